/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What fuzz targets share. A target is a file fuzz_NAME.c that defines LLVMFuzzerTestOneInput; it asserts
 * what must hold for every input with FUZZ_CHECK, whose message says what did not.
 */
#ifndef PURPOSED_FUZZ_SUPPORT_H
#define PURPOSED_FUZZ_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/strlist.h"
#include "indexer/read/read.h"
#include "indexer/register/entry.h"
#include "indexer/register/record.h"

/* libFuzzer's entries (https://llvm.org/docs/LibFuzzer.html); `initialize` is called once, before all inputs.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define FUZZ_CHECK(holds, ...)                                                                               \
    do {                                                                                                     \
        if (!(holds))                                                                                        \
            fuzz_fail(__FILE__, __LINE__, #holds, __VA_ARGS__);                                              \
    } while (0)

__attribute__((noreturn, format(printf, 4, 5))) void fuzz_fail(const char *file, int line, const char *claim,
                                                               const char *format, ...);

/* The input as a *new* text of exactly its size, so that reading past it is seen. A NUL ends it for those who
 * take texts. */
char *fuzz_text(const uint8_t *data, size_t size);
/* The input as a file without a folder: its path, *borrowed*, the same in each call. */
const char *fuzz_file(const void *data, size_t size);

bool fuzz_is_utf8(const char *bytes, size_t len);
void fuzz_check_utf8(const char *bytes, size_t len, const char *what);
/* UTF-8, nothing empty, nothing twice. */
void fuzz_check_values(const struct strlist *values, const char *what);
/* White space as single spaces, none at the ends. */
void fuzz_check_tidy(const struct strlist *values, const char *what);
/* At most `max` levels, none of them empty. */
void fuzz_check_paths(const struct strlist *paths, size_t max, const char *what);
/* Its JSON makes an equal record again; its dates are dates, the keys of its facets' values UTF-8. */
void fuzz_check_record(const struct record *record);
/* The marked and escaped text of a passage. */
void fuzz_check_html(const char *html, size_t len);
/* A page for people: known elements, rightly nested, links that stay here, one script, no id twice, no
 * character that a reader cannot see. The address it was written with is "http://127.0.0.1:1". */
void fuzz_check_page(const char *html, size_t len);

/* Reads the input as a file of the format, and makes records of its entries; all of it checked. `look`, if
 * not NULL, is shown each entry. Returns read_file's result. */
int fuzz_read(const void *data, size_t size, enum read_format format,
              void (*look)(const struct entry *entry, void *context), void *context);

#endif
