/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rows of a sheet, of a workbook or as CSV, into entries: the heading row is looked for, its columns are
 * mapped to headings, and each row below it becomes an entry. For this room only.
 */
#ifndef PURPOSED_READ_TABLE_H
#define PURPOSED_READ_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/buf.h"
#include "indexer/read/headings.h"
#include "indexer/read/reader.h"

enum {
    TABLE_HEADING_ROWS = 50,       /* among which the heading row is looked for */
    TABLE_COLUMNS_MAX = 16384,     /* as many as a spreadsheet has */
    TABLE_CELL_CHARACTERS = 32767, /* the most a spreadsheet keeps of a cell: one of exactly these was cut */
};

struct table {
    struct reader *reader;
    const char *sheet;     /* NULL for CSV */
    const char *edition;   /* NULL where unknown */
    bool from_1904;        /* its numbers for days count from 1904-01-01 */
    enum sheet_kind named; /* by the sheet's name */
    enum sheet_kind kind;  /* known when the heading row has been met */
    bool only_named; /* another sheet bears the name of releases: rows headed like them count for nothing here
                      */
    bool over;       /* nothing more is to be read here */
    long rows;       /* with text, before the heading row */
    struct heading_cell *cells; /* of the row, while the heading row is looked for */
    size_t cell_count, cell_cap;
    int16_t *columns; /* column: enum entry_heading */
    size_t width;     /* columns up to the last one headed */
    struct buf text[HEADING_COUNT];
    bool met[HEADING_COUNT], cut_off[HEADING_COUNT];
    bool rejected;
};

void table_init(struct table *table, struct reader *reader, const char *sheet, const char *edition);
void table_free(struct table *table);

/* Does a cell in this column matter? Asked before fetching its text. */
bool table_wants(const struct table *table, size_t column);
void table_cell(struct table *table, size_t column, const char *text, size_t len);
/* Leaves the row out that is being put together; the caller has told why. */
void table_reject(struct table *table);
/* Ends a row. Returns false when the reading of the whole file is to end. */
bool table_row(struct table *table, long row);

#endif
