/* SPDX-License-Identifier: MIT */
/*
 * Texts as cells of a table: CSV (RFC 4180) or TSV, the same wherever a program of ours writes one.
 *
 * A cell that starts with = + - @ tab, return or line feed gets an apostrophe before it, so that no
 * spreadsheet takes it for a formula (OWASP, "CSV Injection"). For the same reason a cell of CSV is quoted
 * also where it holds what some of them part cells by, a semicolon or a tab. Tabs and line ends within a cell
 * of TSV are spaces. Control characters are left out of both.
 */
#ifndef PURPOSED_BASE_CELL_H
#define PURPOSED_BASE_CELL_H

#include <stdbool.h>

#include "indexer/base/buf.h"

enum cell_form { CELL_CSV, CELL_TSV };

/* Appends a cell. `text` may be NULL, which is an empty one. */
void cell_put(struct buf *to, const char *text, enum cell_form form);
/* Parts a cell from the one before it; ends a row. */
void cell_next(struct buf *to, enum cell_form form);
void cell_end_row(struct buf *to, enum cell_form form);

#endif
