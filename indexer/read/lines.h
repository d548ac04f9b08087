/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of a text file, of bounded length, as valid UTF-8 without NUL. For this room only.
 *
 * A line ends with '\n', a '\r' before it taken off; a byte-order mark at the file's start is skipped. A line
 * longer than the ceiling is passed over and told as such, so that what follows it can be read.
 */
#ifndef PURPOSED_READ_LINES_H
#define PURPOSED_READ_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"

struct lines {
    int fd;
    const char *shown;
    struct error *error;
    char *block;
    size_t block_len, block_at;
    off_t offset; /* of the next line in the file */
    long number;  /* of the line given last, 1-based */
    struct buf text, repaired;
    bool failed;
};

/* *Borrowed* until the next call. */
struct line {
    const char *text; /* NUL-terminated; "" when too long */
    size_t len;
    long number;
    bool too_long;
    bool repaired; /* bytes that are no UTF-8, or NUL, were replaced by U+FFFD */
    bool ended;    /* by a line end, not by the end of the file */
};

/* `max`: bytes of the longest line read. 0, or -1 with `error`. */
int lines_open(struct lines *lines, const char *path, const char *shown, size_t max, struct error *error);
void lines_close(struct lines *lines); /* also where opening failed */

/* The next line, or false at the end or on a read error (then `failed` is set and `error` tells). */
bool lines_next(struct lines *lines, struct line *ret_line);

/* Goes back to a place that a line began at: `offset`, before the line after `number`. 0, or -1 with `error`.
 */
int lines_seek(struct lines *lines, off_t offset, long number);

/* Appends `text` with each ill-formed byte and each NUL as U+FFFD; returns whether there was any. `to` may be
 * NULL to ask only. */
bool lines_repair(const char *text, size_t len, struct buf *to);

#endif
