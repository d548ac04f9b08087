/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cells merged downwards: the text stands in the first of them and holds for all. The ranges are listed
 * behind the rows, so a sheet that has any is looked through once before it is read. For this room only.
 */
#ifndef PURPOSED_READ_SHEET_MERGES_H
#define PURPOSED_READ_SHEET_MERGES_H

#include <stddef.h>

#include "indexer/base/buf.h"
#include "indexer/read/package.h"
#include "indexer/read/table.h"

struct merge {
    long first, last; /* rows */
    size_t column;    /* the first one of the range */
    char *text;       /* of the first cell, once met and where it is wanted */
    size_t len;
};

struct merges {
    struct merge *items; /* by first row */
    size_t count, cap;
    size_t done; /* those before it have ended, or not begun and are behind `open` */
    size_t open; /* those before it have begun */
};

/* "B12" to row and 0-based column; false where it is none, or beyond TABLE_COLUMNS_MAX. */
bool cell_position(const char *reference, long *ret_row, size_t *ret_column);

void merges_find(struct merges *merges, const struct package *package, const char *part);
void merges_free(struct merges *merges);
/* A cell of this row has this text: kept where a range begins here. */
void merges_keep(struct merges *merges, long row, size_t column, const char *text, size_t len);
/* Fills in the cells of this row that ranges begun above it reach. Rows come in their order. */
void merges_fill(struct merges *merges, long row, struct table *table);

#endif
