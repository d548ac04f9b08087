/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of texts for the terminal: columns as wide as they need, narrowed to the page, cells wrapped. */
#ifndef PURPOSED_CLIENT_TABLE_H
#define PURPOSED_CLIENT_TABLE_H

#include "client/text.h"
#include "indexer/base/strlist.h"

enum {
    TABLE_COLUMNS_MAX = 8,
    TABLE_COLUMN_MIN = 6, /* columns of the terminal below which no column of the table is narrowed */
};

struct table {
    size_t columns;
    const char *headings[TABLE_COLUMNS_MAX]; /* *borrowed*; all NULL: no heading row */
    bool right[TABLE_COLUMNS_MAX];           /* aligned to the right */
    struct strlist cells;                    /* row by row, styled texts */
};

void table_free(struct table *table);
/* Adds a cell; NULL is an empty one. */
void table_add(struct table *table, enum style style, const char *utf8);
/* Columns with no cell that says anything are left out. */
void table_write(struct page *page, int indent, const struct table *table);

#define TABLE_AUTO __attribute__((cleanup(table_free)))

#endif
