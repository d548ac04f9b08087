/* SPDX-License-Identifier: MIT */
/*
 * Bytes that grow up to a ceiling.
 *
 * A buffer is made with its ceiling in bytes. An append that would pass it, or for which there is no memory,
 * changes nothing, and every later append does nothing too: ask buf_failed() once, at the end. The bytes are
 * always followed by a NUL that `len` does not count.
 */
#ifndef PURPOSED_BASE_BUF_H
#define PURPOSED_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct buf {
    char *data; /* NULL until the first append */
    size_t len;
    size_t cap;
    size_t max; /* bytes, the ceiling of len */
    bool failed;
};

#define BUF_INIT(ceiling)                                                                                    \
    {                                                                                                        \
        .data = NULL, .len = 0, .cap = 0, .max = (ceiling), .failed = false                                  \
    }

/* What is called where there is no memory for a buffer, and does not come back: for programs that do not look
 * whether each of theirs failed. Of the process; call it before any thread starts. */
void buf_on_no_memory(void (*end)(void));

/* Frees the memory and leaves an empty buffer with the same ceiling. */
void buf_free(struct buf *buf);

/* Forgets the bytes and a failure, keeps the memory. */
void buf_reset(struct buf *buf);

/* Makes room for `more` bytes after len and returns where they go, or NULL (failed). Add what was written to
 * len. */
char *buf_reserve(struct buf *buf, size_t more);

/* What buf_append() does where there is no room yet. */
void buf_append_grown(struct buf *buf, const void *bytes, size_t len);

static inline void buf_append(struct buf *buf, const void *bytes, size_t len)
{
    if (len >= buf->cap - buf->len || buf->failed || len > buf->max - buf->len) {
        buf_append_grown(buf, bytes, len);
        return;
    }
    if (len)
        memcpy(buf->data + buf->len, bytes, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *buf, const char *format, ...);

static inline void buf_text(struct buf *buf, const char *text)
{
    buf_append(buf, text, strlen(text));
}

static inline void buf_byte(struct buf *buf, char byte)
{
    if (buf->len + 1 < buf->cap && !buf->failed && buf->len < buf->max) {
        buf->data[buf->len++] = byte;
        buf->data[buf->len] = '\0';
        return;
    }
    buf_append(buf, &byte, 1);
}

/* Drops the first `count` bytes (at most len). */
void buf_consume(struct buf *buf, size_t count);

/* The bytes as a *new* NUL-terminated text ("" when empty), the buffer left empty; NULL if it failed. */
char *buf_take(struct buf *buf);

static inline bool buf_failed(const struct buf *buf)
{
    return buf->failed;
}

#define BUF_AUTO __attribute__((cleanup(buf_free)))

#endif
