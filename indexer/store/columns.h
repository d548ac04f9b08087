/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How values are packed into slots: variable-length integers (7 bits a byte, low first, as in LEB128).
 *
 *  - A facet's slot: the ordinals of the record's spellings, each as a varint, in the order met.
 *  - SLOT_PART_STARTS: for each part in the order of field_parts(), the position of its first word,
 * ascending; a part without words starts where the next does. Words of a part lie from its start to PART_GAP
 * before the next start.
 *  - COLUMN_DATES: start and end (column_day), released_from and released_to (column_month), changed
 * (column_day).
 *  - COLUMN_PAGE_FILES: the number plus 1; absent where there is none.
 *  - COLUMN_SORT_ORGANISATION, COLUMN_SORT_TITLE: the folded text, at most COLUMN_SORT_MAX bytes. COLUMN_ID:
 * the id.
 *  - COLUMN_PART_HASHES: for each part in the order of field_parts() column_part_hash() of its text, 8 bytes,
 * low first.
 *  - SLOT_RELEASES: number of rows, then each row: count, month (years since 1900 times 12 + month, 0
 * unknown), number of editions and each edition (like a month), then for each release facet in the order of
 * field_facets() the number of values and their ordinals.
 */
#ifndef PURPOSED_STORE_COLUMNS_H
#define PURPOSED_STORE_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/buf.h"
#include "indexer/register/field.h"

enum column_slot {
    COLUMN_DATES = SLOT_DATES,
    COLUMN_PAGE_FILES,
    COLUMN_SORT_ORGANISATION,
    COLUMN_SORT_TITLE,
    COLUMN_ID,
    COLUMN_PART_HASHES,
};

enum { COLUMN_SORT_MAX = 64 /* bytes of a folded sort key */ };

enum { PART_GAP = 100 }; /* positions between the last word of a part and the first of the next */

void column_put(struct buf *to, uint64_t value);
/* Takes a value off *bytes; false at the end or where it is damaged (*bytes unchanged). */
bool column_take_long(const unsigned char **bytes, const unsigned char *end, uint64_t *ret_value);
static inline bool column_take(const unsigned char **bytes, const unsigned char *end, uint64_t *ret_value)
{
    if (*bytes == end || **bytes & 0x80)
        return column_take_long(bytes, end, ret_value);
    *ret_value = *(*bytes)++; /* as nearly all are */
    return true;
}

/* The hash of a part's text, in which runs of white space are one space and none is at the ends: XXH3, 64
 * bits; 0 for a text that is empty then, or NULL. */
uint64_t column_part_hash(const char *text);

/* "YYYY-MM" (or a longer date, cut) as one number, 0 for NULL or what is no date. */
uint32_t column_month(const char *date);
/* "YYYY-MM-DD" or "YYYY-MM" (the first) as a number that sorts by day; 0 for NULL or no date. */
uint32_t column_day(const char *date);

#endif
