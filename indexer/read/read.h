/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers: bytes into raw entries, without meaning. One reader a kind of file; each streams, so that its
 * memory does not depend on the size of the file.
 */
#ifndef PURPOSED_READ_READ_H
#define PURPOSED_READ_READ_H

#include "indexer/base/error.h"
#include "indexer/register/entry.h"

enum {
    READ_LINE_MAX = 4 << 20,   /* bytes of one line of text */
    READ_ENTRY_MAX = 32 << 20, /* bytes of one entry, all its fields */
};

enum read_format {
    READ_AUTO, /* told by content */
    READ_PAGE, /* a register page as text */
    READ_WORKBOOK,
    READ_CSV,
    READ_JSONL,
};

/* "page", "xlsx", "csv", "jsonl", "auto"; -1 for other words. */
int read_format_named(const char *name);

/* Tells the kind of a file by its first bytes; READ_AUTO where they fit none (`error` says what was looked
 * for). */
enum read_format read_detect(const char *path, struct error *error);

/* Reads a file. `shown` is the name that entries and problems carry. Returns 0 when it was read to its end
 * (problems with parts of it were told to the sink), -1 with `error` when it could not be read at all, else
 * what the sink's `take` returned to stop it. */
int read_file(const char *path, const char *shown, enum read_format format, const struct entry_sink *sink,
              struct error *error);

/* The name of the organisation a page is headed with, *new*, NULL where the file is no page: read from its
 * first lines only, so that names are known before lists of names are parted. */
char *read_page_organisation(const char *path);

/* Calls `take` with the names of organisations by which lists of names in this file can be parted, each to be
 * used for the time of the call: what a page is headed with; of a workbook or CSV with lists of data
 * controllers its column of organisations, a name as often as it stands there. What cannot be read is told by
 * read_file(). */
void read_organisations(const char *path, void (*take)(void *context, const char *name), void *context);

#endif
