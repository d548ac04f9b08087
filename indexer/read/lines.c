/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <utf8proc.h>

#include "indexer/base/mem.h"
#include "indexer/read/reader.h"

enum { LINES_BLOCK = 64 * 1024 /* bytes read at once */ };

static const char REPLACEMENT[] = "\xEF\xBF\xBD"; /* U+FFFD */

int lines_open(struct lines *lines, const char *path, const char *shown, size_t max, struct error *error)
{
    *lines = (struct lines){.fd = -1,
                            .shown = shown,
                            .error = error,
                            .text = BUF_INIT(max),
                            .repaired = BUF_INIT(max * (sizeof REPLACEMENT - 1))};
    struct stat status;
    lines->fd = reader_open(path, shown, &status, error);
    if (lines->fd < 0)
        return -1;
    lines->block = mem_alloc(LINES_BLOCK);
    return 0;
}

void lines_close(struct lines *lines)
{
    if (lines->fd >= 0)
        close(lines->fd);
    lines->fd = -1;
    free(lines->block);
    lines->block = NULL;
    buf_free(&lines->text);
    buf_free(&lines->repaired);
}

/* Fills the block anew; false at the end of the file or on an error. */
static bool fill(struct lines *lines)
{
    ssize_t got;
    do
        got = read(lines->fd, lines->block, LINES_BLOCK);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        error_set(lines->error, "%s", strerror(errno));
        error_at(lines->error, lines->shown, NULL, lines->number + 1);
        lines->failed = true;
    }
    lines->block_at = 0;
    lines->block_len = got > 0 ? (size_t)got : 0;
    return got > 0;
}

bool lines_repair(const char *text, size_t len, struct buf *to)
{
    bool changed = false;
    size_t good = 0; /* start of what is well-formed and not yet appended */
    for (size_t at = 0; at < len;) {
        utf8proc_int32_t point;
        utf8proc_ssize_t step = text[at] > 0    ? 1
                                : text[at] == 0 ? -1
                                                : utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                                                                   (utf8proc_ssize_t)(len - at), &point);
        if (step > 0) {
            at += (size_t)step;
            continue;
        }
        changed = true;
        if (!to)
            return true;
        buf_append(to, text + good, at - good);
        buf_text(to, REPLACEMENT);
        good = ++at;
    }
    if (to)
        buf_append(to, text + good, len - good);
    return changed;
}

/* Gathers the bytes of one line. Returns whether there was any, line end included. */
static bool gather(struct lines *lines, bool *ret_ended)
{
    bool any = false;
    buf_reset(&lines->text);
    *ret_ended = false;
    while (!*ret_ended) {
        if (lines->block_at == lines->block_len && !fill(lines))
            break;
        const char *from = lines->block + lines->block_at;
        size_t left = lines->block_len - lines->block_at;
        const char *end = memchr(from, '\n', left);
        size_t len = end ? (size_t)(end - from) : left;
        buf_append(&lines->text, from, len);
        *ret_ended = end != NULL;
        lines->block_at += len + *ret_ended;
        lines->offset += (off_t)(len + *ret_ended);
        any = true;
    }
    return any && !lines->failed;
}

static void describe(struct lines *lines, struct line *line)
{
    const char *text = lines->text.len ? lines->text.data : "";
    size_t len = lines->text.len;
    if (lines->number == 1 && len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        text += 3;
        len -= 3;
    }
    if (len && text[len - 1] == '\r')
        len--;
    line->repaired = lines_repair(text, len, NULL);
    if (line->repaired) {
        buf_reset(&lines->repaired);
        lines_repair(text, len, &lines->repaired);
        text = lines->repaired.data;
        len = lines->repaired.len;
    } else if (len < lines->text.len && lines->text.len) {
        lines->text.data[text + len - lines->text.data] = '\0';
    }
    line->text = text;
    line->len = len;
}

bool lines_next(struct lines *lines, struct line *ret_line)
{
    bool ended;
    if (!gather(lines, &ended))
        return false;
    *ret_line = (struct line){.text = "", .number = ++lines->number, .ended = ended};
    if (buf_failed(&lines->text))
        ret_line->too_long = true;
    else
        describe(lines, ret_line);
    return true;
}

int lines_seek(struct lines *lines, off_t offset, long number)
{
    lines->block_at = lines->block_len = 0;
    lines->offset = offset;
    lines->number = number;
    if (lseek(lines->fd, offset, SEEK_SET) == offset)
        return 0;
    error_set(lines->error, "%s", strerror(errno));
    error_at(lines->error, lines->shown, NULL, number);
    lines->failed = true;
    return -1;
}
