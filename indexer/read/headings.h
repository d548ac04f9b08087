/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one table of column headings, of all known editions. For this room only. */
#ifndef PURPOSED_READ_HEADINGS_H
#define PURPOSED_READ_HEADINGS_H

#include <stddef.h>

#include "indexer/base/buf.h"
#include "indexer/register/entry.h"

enum sheet_kind {
    SHEET_UNKNOWN,
    SHEET_STATEMENTS, /* agreements' prose */
    SHEET_RELEASES,   /* releases, or data sets of agreements */
    SHEET_LABELS,     /* legal bases explained */
    SHEET_SKIPPED,    /* corrections to earlier registers: no releases of this edition */
    SHEET_KIND_COUNT,
};

/* A cell of a row that may be the heading row. */
struct heading_cell {
    size_t column; /* 0-based */
    char *text;
};

/* By the sheet's name; SHEET_UNKNOWN for others. */
enum sheet_kind sheet_kind_named(const char *name);
/* What a kind is called, and its sheets' names and headings, for messages. */
const char *sheet_kind_sought(enum sheet_kind kind);

/* Is this a heading row, and of which kind of sheet? SHEET_UNKNOWN where it is none. */
enum sheet_kind headings_recognise(const struct heading_cell *cells, size_t count);
/* The heading of a cell in a sheet of this kind; HEADING_NONE where it is none we read. */
enum entry_heading headings_match(enum sheet_kind kind, const char *text);
/* Appends the columns that a sheet of this kind must have and the row lacks, as texts of headings. */
void headings_missing(enum sheet_kind kind, const struct heading_cell *cells, size_t count,
                      struct buf *missing);

#endif
