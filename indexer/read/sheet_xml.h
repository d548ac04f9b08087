/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One sheet of a workbook, its cells streamed into a table. For this room only. */
#ifndef PURPOSED_READ_SHEET_XML_H
#define PURPOSED_READ_SHEET_XML_H

#include "indexer/read/package.h"
#include "indexer/read/shared_strings.h"
#include "indexer/read/table.h"

enum { SHEET_MERGES_MAX = 65536 /* ranges of merged cells; further ones are read as empty cells */ };

/* Reads the sheet in `part` to its end, until the table is over, or until the sink stops. Damage is told to
 * the sink, with what was read before it kept; then false is returned. */
bool sheet_read(const struct package *package, const char *part, const struct shared_strings *strings,
                struct table *table);

#endif
