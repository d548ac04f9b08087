/* SPDX-License-Identifier: MIT */
/*
 * Where a message ends: lines out of a stream of bytes.
 *
 * A line ends with '\n'; one '\r' before it goes. A line longer than the limit is told once, as
 * FRAME_TOO_LONG, and its rest is thrown away unseen, so that the next line is read again. How the stream was
 * cut into feeds never shows.
 */
#ifndef PURPOSED_WIRE_FRAME_H
#define PURPOSED_WIRE_FRAME_H

#include <stddef.h>

#include "indexer/base/buf.h"

enum frame_status { FRAME_LINE = 1, FRAME_WAIT = 0, FRAME_TOO_LONG = -1, FRAME_NO_MEMORY = -2 };

enum {
    FRAME_FEED_MAX =
        1 << 20, /* bytes that may be fed on top of an unfinished line, before lines are taken out */
    FRAME_KEEP_MAX = 64 << 10, /* bytes of memory kept while no line is held */
};

struct frame_reader {
    struct buf bytes;
    size_t limit;   /* bytes of a line, without its end */
    size_t taken;   /* bytes at the front handed out already */
    size_t scanned; /* bytes after those, already searched for an end */
    int skipping;   /* in the rest of a line that was too long */
};

void frame_reader_init(struct frame_reader *reader, size_t limit);
void frame_reader_free(struct frame_reader *reader);
/* Takes bytes in. FRAME_WAIT, or FRAME_NO_MEMORY, also when they are more than FRAME_FEED_MAX allows. */
enum frame_status frame_reader_feed(struct frame_reader *reader, const char *bytes, size_t len);
/* The next line, *borrowed* until the next call on this reader, without its end and followed by a NUL. */
enum frame_status frame_reader_next(struct frame_reader *reader, char **ret_line, size_t *ret_len);
/* Bytes held that no line was made of yet; once frame_reader_next() says FRAME_WAIT, those of an unfinished
 * line. */
size_t frame_reader_pending(const struct frame_reader *reader);

#endif
