/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/http/gzip.h"

#include <zlib.h>

#include "indexer/base/mem.h"

enum { LEVEL = 5, WINDOW_BITS = 15 + 16 /* with gzip's head and tail */, MEMORY_LEVEL = 8, ROOM = 16 << 10 };

struct gzip {
    z_stream stream;
};

static void *take(void *opaque, unsigned count, unsigned size)
{
    (void)opaque;
    return mem_alloc((size_t)count * size);
}

static void give(void *opaque, void *block)
{
    (void)opaque;
    free(block);
}

struct gzip *gzip_new(void)
{
    struct gzip *gzip = mem_zero(1, sizeof *gzip);
    gzip->stream.zalloc = take;
    gzip->stream.zfree = give;
    /* Fails without memory or for wrong constants alone, and take() does not return without memory. */
    deflateInit2(&gzip->stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY);
    return gzip;
}

void gzip_free(struct gzip *gzip)
{
    if (!gzip)
        return;
    deflateEnd(&gzip->stream);
    free(gzip);
}

void gzip_put(struct gzip *gzip, const struct buf *from, bool is_last, struct buf *to)
{
    z_stream *stream = &gzip->stream;
    stream->next_in = (Bytef *)from->data;
    stream->avail_in = (uInt)from->len;
    do {
        /* Near the ceiling what is left of it, and past it one byte, which fails. */
        size_t left = to->max - to->len, size = left < 1 ? 1 : left < ROOM ? left : ROOM;
        char *room = buf_reserve(to, size);
        if (!room)
            return;
        stream->next_out = (Bytef *)room;
        stream->avail_out = (uInt)size;
        deflate(stream, is_last ? Z_FINISH : Z_SYNC_FLUSH);
        to->len += size - stream->avail_out;
    } while (stream->avail_out == 0);
    if (to->data)
        to->data[to->len] = '\0';
}
