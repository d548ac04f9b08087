/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the shim's files share: the one exception ladder, and the objects behind the opaque types.
 *
 * Every entry of shim.h is noexcept and runs its body inside guarded() or made(); nothing else in this folder
 * catches, but for destructors and undoing.
 */
#ifndef PURPOSED_SHIM_INTERNAL_HH
#define PURPOSED_SHIM_INTERNAL_HH

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include <xapian.h>

#include "shim/shim.h"

namespace shim
{

/* Fills `error` where there is one; returns `status`. */
shim_status report(shim_error *error, shim_status status, const char *text) noexcept;
/* The same with what errno says about `path`. */
shim_status report_errno(shim_error *error, const char *path, const char *what) noexcept;
/* The ladder: call it inside a catch block only. */
shim_status caught(shim_error *error) noexcept;

template <typename Body> shim_status guarded(shim_error *error, Body &&body) noexcept
{
    try {
        return body();
    } catch (...) {
        return caught(error);
    }
}

/* For entries that return an object: NULL for whatever was thrown. */
template <typename Body> auto made(Body &&body) noexcept -> decltype(body())
{
    try {
        return body();
    } catch (...) {
        return nullptr;
    }
}

/* Whether the bytes are a term by convention 4; with `error`, says what is wrong with them. */
bool fits_term(const char *term, size_t len) noexcept;
shim_status check_term(const char *term, size_t len, shim_error *error) noexcept;

/* *New* bytes for a caller in C, with a NUL behind them; throws std::bad_alloc. */
void *copy_out(std::string_view bytes);

/* Opens the index in folder `path` for reading; throws. */
Xapian::Database open_index(const char *path);
/* Makes the entries of a folder durable. */
shim_status sync_folder(const char *path, shim_error *error) noexcept;

} // namespace shim

struct shim_document {
    Xapian::Document document;
};

struct shim_reader {
    Xapian::Database index;
    bool of_writer; /* a view: lives and moves with its writer */
};

#endif
