/* SPDX-License-Identifier: MIT */
/* Values of a reply as cells of a table (indexer/base/cell.h): the same by every door. */
#ifndef PURPOSED_WIRE_ROW_H
#define PURPOSED_WIRE_ROW_H

#include <jansson.h>
#include <stdbool.h>

#include "indexer/base/cell.h"

enum { ROW_CELL_MAX = 256 << 20 /* bytes of one cell; past it `to` has failed */ };

/* Appends a cell, parted from the one before it unless it is the first of its row: a text as it is, a number,
 * true or false; of a list the texts, joined by "; "; whatever has members of its own as JSON; null, or NULL,
 * empty. */
void row_put(struct buf *to, const json_t *value, bool is_first, enum cell_form form);

#endif
