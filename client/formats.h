/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results for programs: JSON, JSON Lines, CSV (RFC 4180) and TSV.
 *
 * A field of CSV or TSV that starts with = + - @ tab or return gets an apostrophe before it, so that no
 * spreadsheet takes it for a formula (OWASP, "CSV Injection"); tabs and line ends within a TSV field are
 * spaces. Control characters are left out of both; in JSON they are escaped, also those that JSON allows as
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
 * in `fields`. Of a list the texts are joined, whatever has members of its own is JSON. */
void format_record_heading(struct buf *to, const json_t *fields, enum format format);
void format_record(struct buf *to, const json_t *record, const json_t *fields, enum format format);
/* Appends one field, quoted as the format wants it. `text` may be NULL. */
void format_field(struct buf *to, const char *text, enum format format);

#endif
