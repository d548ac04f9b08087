/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/base/json_lift.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/base/utf8.h"

struct walk {
    const char *at, *end;
    const char *copied; /* up to here the object is in `rest` */
    struct json_lifted *texts;
    size_t count;
    bool keep;
    struct buf *rest;
};

static void skip_space(struct walk *walk)
{
    while (walk->at < walk->end && strchr(" \t\r\n", *walk->at) && *walk->at != '\0')
        walk->at++;
}

/* Moves on past `byte`, and the white space before it. */
static bool take(struct walk *walk, char byte)
{
    skip_space(walk);
    if (walk->at == walk->end || *walk->at != byte)
        return false;
    walk->at++;
    return true;
}

/* The quote that ends the string whose bytes begin at `at`; NULL where none does. One behind an odd number of
 * backslashes is a byte of the string. */
static const char *string_end(const char *at, const char *end)
{
    const char *from = at, *quote;
    while (from < end && (quote = memchr(from, '"', (size_t)(end - from))) != NULL) {
        const char *before = quote;
        while (before > at && before[-1] == '\\')
            before--;
        if ((quote - before) % 2 == 0)
            return quote;
        from = quote + 1;
    }
    return NULL;
}

/* Moves on behind a value of any kind, whatever is in it. */
static bool skip_value(struct walk *walk)
{
    size_t depth = 0;
    for (; walk->at < walk->end; walk->at++) {
        char byte = *walk->at;
        if (byte == '"') {
            const char *quote = string_end(walk->at + 1, walk->end);
            if (!quote)
                return false;
            walk->at = quote;
        } else if (byte == '{' || byte == '[') {
            depth++;
        } else if ((byte == '}' || byte == ']' || byte == ',') && depth == 0) {
            return true;
        } else if (byte == '}' || byte == ']') {
            depth--;
        }
    }
    return false;
}

/* ---- a text ---- */

/* The byte that an escape of two stands for; 0 for any other escape. */
static char unescaped(char byte)
{
    static const char escapes[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
    for (size_t i = 0; i + 1 < sizeof escapes; i += 2)
        if (escapes[i] == byte)
            return escapes[i + 1];
    return 0;
}

/* The bytes from `at` on that stand for themselves. */
static const char *plain_end(const char *at, const char *end)
{
    while (at < end) {
        unsigned char byte = (unsigned char)*at;
        size_t width = 1;
        if (byte >= 0x80)
            width = utf8_length(at, (size_t)(end - at));
        else if (byte < 0x20 || byte == '"' || byte == '\\')
            width = 0;
        if (width == 0)
            break;
        at += width;
    }
    return at;
}

/* Reads the string that begins at `at`, behind its quote, into `to` of enough room (NULL: nowhere). Returns
 * its closing quote, or NULL where it is not one to be taken out. */
static const char *read_text(const char *at, const char *end, char *to, size_t *ret_len)
{
    size_t len = 0;
    while (at < end) {
        const char *stop = plain_end(at, end);
        if (to)
            memcpy(to + len, at, (size_t)(stop - at));
        len += (size_t)(stop - at);
        if (stop == end || (*stop != '"' && *stop != '\\'))
            return NULL;
        if (*stop == '"') {
            *ret_len = len;
            return stop;
        }
        char byte = stop + 1 < end ? unescaped(stop[1]) : 0;
        if (byte == 0)
            return NULL;
        if (to)
            to[len] = byte;
        len++;
        at = stop + 2;
    }
    return NULL;
}

/* Takes the string at `walk->at`, a quote, out; it stays where it cannot be. */
static void lift(struct walk *walk, struct json_lifted *text)
{
    const char *quote = string_end(walk->at + 1, walk->end);
    if (!quote || text->text)
        return;
    size_t room = (size_t)(quote - walk->at), len;
    char *bytes = walk->keep ? mem_alloc(room) : NULL;
    if (read_text(walk->at + 1, walk->end, bytes, &len) != quote) {
        free(bytes);
        return;
    }
    if (bytes) {
        bytes[len] = '\0';
        text->text = bytes;
        text->len = len;
    }
    buf_append(walk->rest, walk->copied, (size_t)(walk->at + 1 - walk->copied));
    walk->copied = quote;
}

/* ---- the object ---- */

static struct json_lifted *find(struct walk *walk, const char *name, size_t len)
{
    for (size_t i = 0; i < walk->count; i++)
        if (strlen(walk->texts[i].name) == len && memcmp(walk->texts[i].name, name, len) == 0)
            return &walk->texts[i];
    return NULL;
}

static bool walk_member(struct walk *walk)
{
    if (!take(walk, '"'))
        return false;
    const char *name = walk->at, *quote = string_end(name, walk->end);
    if (!quote)
        return false;
    struct json_lifted *text = find(walk, name, (size_t)(quote - name));
    walk->at = quote + 1;
    if (!take(walk, ':'))
        return false;
    skip_space(walk);
    if (text && walk->at < walk->end && *walk->at == '"')
        lift(walk, text);
    return skip_value(walk);
}

static bool walk_object(struct walk *walk)
{
    if (!take(walk, '{'))
        return false;
    if (take(walk, '}'))
        return true;
    do {
        if (!walk_member(walk))
            return false;
    } while (take(walk, ','));
    return take(walk, '}');
}

bool json_lift(const char *json, size_t len, struct json_lifted *texts, size_t count, bool keep,
               struct buf *rest)
{
    struct walk walk = {json, json + len, json, texts, count, keep, rest};
    if (!walk_object(&walk)) {
        json_lifted_free(texts, count);
        return false;
    }
    buf_append(rest, walk.copied, (size_t)(walk.end - walk.copied));
    return true;
}

void json_lifted_free(struct json_lifted *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(texts[i].text);
        texts[i].text = NULL;
    }
}
