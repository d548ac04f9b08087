/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results for programs: JSON, JSON Lines, and CSV and TSV, whose cells are daemon/wire/row.h's.
 *
 * Control characters are left out of CSV and TSV; in JSON they are escaped, also those that JSON allows as
 * they are.
 */
#ifndef PURPOSED_CLIENT_FORMATS_H
#define PURPOSED_CLIENT_FORMATS_H

#include <jansson.h>
#include <stdbool.h>

#include "client/options.h"
#include "indexer/base/buf.h"

/* Appends `value` as one line, or indented where `pretty`. */
void format_json(struct buf *to, const json_t *value, bool pretty);
/* Appends a line for each hit of a search, each value of a facet, each suggestion, or each change between
 * editions, in `format`: JSON Lines, CSV or TSV. */
void format_rows(struct buf *to, const json_t *result, enum command command, enum format format);
/* Append a heading row, and a row for one record of an export, as CSV or TSV: a column for each of the names
 * in `fields`. */
void format_record_heading(struct buf *to, const json_t *fields, enum format format);
void format_record(struct buf *to, const json_t *record, const json_t *fields, enum format format);

#endif
