/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A workbook's shared strings, spooled to a temporary file without a name; in memory only where each begins.
 * For this room only.
 */
#ifndef PURPOSED_READ_SHARED_STRINGS_H
#define PURPOSED_READ_SHARED_STRINGS_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "indexer/base/buf.h"
#include "indexer/read/package.h"

enum {
    CELL_MAX = 1 << 20,           /* bytes of a cell's text; a spreadsheet keeps 32,767 characters */
    SHARED_STRINGS_MAX = 4 << 20, /* how many; 8 bytes of memory each */
};

struct shared_strings {
    FILE *spool;
    uint64_t *ends;          /* in the spool; a string begins where the one before it ends */
    unsigned char *too_long; /* a bit a string */
    size_t count, cap;
};

/* Reads all of `part` (NULL: the workbook has none). 0, or -1 with `error`. */
int shared_strings_load(struct shared_strings *strings, const struct package *package, const char *part,
                        struct error *error);
void shared_strings_free(struct shared_strings *strings); /* also where loading failed */

enum shared_string { SHARED_STRING_FOUND, SHARED_STRING_MISSING, SHARED_STRING_TOO_LONG };
/* Puts a string into `to`, emptied first. */
enum shared_string shared_strings_get(const struct shared_strings *strings, size_t index, struct buf *to);

/* Appends text as cells hold it: "_x000D_" stands for the character of that number. */
void cell_text_decode(const char *text, size_t len, struct buf *to);

#endif
