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
#include <vector>

#include <xapian.h>

#include "shim/counts.hh"
#include "shim/shim.h"

namespace shim
{

/* Fills `error` where there is one; returns `status`. */
shim_status report(shim_error *error, shim_status status, const char *text) noexcept;
/* The same with what errno says about `path`. */
shim_status report_errno(shim_error *error, const char *path, const char *what) noexcept;
/* A failed status, with the path put before an error text that does not name it. */
shim_status at_path(shim_status status, const char *path, shim_error *error) noexcept;
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
/* The library takes some tables for empty where their file is gone. So that none can go unseen, each that it
 * makes when it is first needed is there from the start: made where it is not, and looked for. */
shim_status make_tables(const char *path, shim_error *error) noexcept;
shim_status find_tables(const char *path, shim_error *error) noexcept;
/* Whether this is what the library (1.4.22) says of a sound entry that it cannot take apart again: it misses
 * the end of a compressed one whose last bytes stand for much. Seen of what it looks corrections up by, with
 * thousands of words in a row like w1ord, w2ord; all other tables are of entries too small or too varied. */
bool is_sound_but_unread(const Xapian::DatabaseCorruptError &problem);
/* Makes the entries of a folder durable. */
shim_status sync_folder(const char *path, shim_error *error) noexcept;

} // namespace shim

struct shim_document {
    Xapian::Document document;
};

struct shim_reader {
    Xapian::Database index;
    bool of_writer;                         /* a view: lives and moves with its writer */
    shim_status spoilt = SHIM_OK;           /* see reading() */
    std::vector<Xapian::termcount> lengths; /* of documents, by number; empty until they are asked for */
    shim::Counts counts;                    /* of words that are ranked by */
};

namespace shim
{

/* A read through a reader, or through what was made from one.
 *
 * After the library has once said that the index has moved on, or that a block is damaged, it may take the
 * block at its word the next time it comes by, and find nothing. So such an answer stays until the reader has
 * been refreshed. */
template <typename Object, typename Body>
shim_status reading(Object *object, shim_error *error, Body &&body) noexcept
{
    if (object->spoilt != SHIM_OK)
        return report(error, object->spoilt, shim_status_text(object->spoilt));
    shim_status status = guarded(error, body);
    if (status == SHIM_CHANGED || status == SHIM_DAMAGED)
        object->spoilt = status;
    return status;
}

} // namespace shim

#endif
