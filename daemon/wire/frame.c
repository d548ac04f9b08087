/* SPDX-License-Identifier: MIT */
#include "daemon/wire/frame.h"

#include <string.h>

enum { FRAME_END_MAX = 2 /* bytes of a line's end, "\r\n" */ };

void frame_reader_init(struct frame_reader *reader, size_t limit)
{
    *reader =
        (struct frame_reader){.bytes = BUF_INIT(limit + FRAME_END_MAX + FRAME_FEED_MAX), .limit = limit};
}

void frame_reader_free(struct frame_reader *reader)
{
    buf_free(&reader->bytes);
    reader->taken = reader->scanned = 0;
}

/* Forgets what was handed out; memory that one long line needed is not kept for the short ones after it. */
static void drop_taken(struct frame_reader *reader)
{
    buf_consume(&reader->bytes, reader->taken);
    reader->taken = 0;
    if (reader->bytes.len == 0 && reader->bytes.cap > FRAME_KEEP_MAX)
        buf_free(&reader->bytes);
}

enum frame_status frame_reader_feed(struct frame_reader *reader, const char *bytes, size_t len)
{
    drop_taken(reader);
    if (reader->skipping) {
        const char *end = memchr(bytes, '\n', len);
        if (!end)
            return FRAME_WAIT;
        reader->skipping = 0;
        len -= (size_t)(end + 1 - bytes);
        bytes = end + 1;
    }
    buf_append(&reader->bytes, bytes, len);
    if (!buf_failed(&reader->bytes))
        return FRAME_WAIT;
    /* What was held is whole still: the caller may take lines out, or give up. */
    reader->bytes.failed = false;
    return FRAME_NO_MEMORY;
}

/* No end in sight: whether the line has passed the limit already, and is to be skipped. */
static enum frame_status unfinished(struct frame_reader *reader, const char *line, size_t len)
{
    reader->scanned = len;
    size_t text = len > 0 && line[len - 1] == '\r' ? len - 1 : len;
    if (text <= reader->limit)
        return FRAME_WAIT;
    reader->taken = reader->bytes.len;
    reader->scanned = 0;
    reader->skipping = 1;
    return FRAME_TOO_LONG;
}

enum frame_status frame_reader_next(struct frame_reader *reader, char **ret_line, size_t *ret_len)
{
    size_t held = frame_reader_pending(reader);
    if (held == 0) {
        drop_taken(reader);
        return FRAME_WAIT;
    }
    char *line = reader->bytes.data + reader->taken;
    char *end = memchr(line + reader->scanned, '\n', held - reader->scanned);
    if (!end)
        return unfinished(reader, line, held);
    size_t len = (size_t)(end - line);
    reader->taken += len + 1;
    reader->scanned = 0;
    if (len > 0 && line[len - 1] == '\r')
        len--;
    if (len > reader->limit)
        return FRAME_TOO_LONG;
    line[len] = '\0';
    *ret_line = line;
    *ret_len = len;
    return FRAME_LINE;
}

size_t frame_reader_pending(const struct frame_reader *reader)
{
    return reader->bytes.len - reader->taken;
}
