/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/shared_strings.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "indexer/base/mem.h"

struct loading {
    struct shared_strings *strings;
    struct buf text; /* of the string being read */
    struct buf decoded;
    uint64_t end;
    int item;     /* depth of <si>: text counts inside only */
    int text_run; /* of <t> */
    int phonetic; /* of <rPh>, whose text repeats the string's as it is spoken */
    bool stop;
    bool too_many;
};

/* "_x000D_" at `text`: the number of its character, 0 where it is none. */
static unsigned escaped(const char *text, size_t len)
{
    unsigned number = 0;
    if (len < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
        return 0;
    for (int i = 2; i < 6; i++) {
        if (!isxdigit((unsigned char)text[i]))
            return 0;
        number = number * 16 + (unsigned)(isdigit((unsigned char)text[i])
                                              ? text[i] - '0'
                                              : tolower((unsigned char)text[i]) - 'a' + 10);
    }
    return number;
}

/* Control characters and '_' are what is escaped; anything else that looks so is text. */
void cell_text_decode(const char *text, size_t len, struct buf *to)
{
    const char *end = text + len;
    while (text < end) {
        const char *mark = memchr(text, '_', (size_t)(end - text));
        buf_append(to, text, (size_t)((mark ? mark : end) - text));
        if (!mark)
            return;
        unsigned number = escaped(mark, (size_t)(end - mark));
        bool taken = (number > 0 && number < ' ') || number == '_';
        buf_byte(to, taken ? (char)number : '_');
        text = mark + (taken ? 7 : 1);
    }
}

static void end_string(struct loading *loading)
{
    struct shared_strings *strings = loading->strings;
    if (strings->count >= SHARED_STRINGS_MAX) {
        loading->too_many = loading->stop = true;
        return;
    }
    if (strings->count == strings->cap) {
        strings->cap = strings->cap ? strings->cap * 2 : 1024;
        strings->ends = mem_grow(strings->ends, strings->cap, sizeof *strings->ends);
        strings->too_long = mem_grow(strings->too_long, strings->cap / 8, 1);
    }
    size_t index = strings->count++;
    unsigned char bit = (unsigned char)(1u << (index % 8));
    strings->too_long[index / 8] &= (unsigned char)~bit;
    if (buf_failed(&loading->text)) {
        strings->too_long[index / 8] |= bit;
    } else {
        buf_reset(&loading->decoded);
        cell_text_decode(loading->text.len ? loading->text.data : "", loading->text.len, &loading->decoded);
        loading->end += fwrite(loading->decoded.data ? loading->decoded.data : "", 1, loading->decoded.len,
                               strings->spool);
        loading->stop = ferror(strings->spool) != 0;
    }
    strings->ends[index] = loading->end;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct loading *loading = context;
    (void)attributes;
    if (strcmp(name, "si") == 0 && loading->item++ == 0)
        buf_reset(&loading->text);
    loading->text_run += strcmp(name, "t") == 0;
    loading->phonetic += strcmp(name, "rPh") == 0;
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct loading *loading = context;
    loading->text_run -= strcmp(name, "t") == 0;
    loading->phonetic -= strcmp(name, "rPh") == 0;
    if (strcmp(name, "si") == 0 && --loading->item == 0)
        end_string(loading);
}

static void XMLCALL on_text(void *context, const XML_Char *text, int len)
{
    struct loading *loading = context;
    if (loading->item && loading->text_run && !loading->phonetic)
        buf_append(&loading->text, text, (size_t)len);
}

int shared_strings_load(struct shared_strings *strings, const struct package *package, const char *part,
                        struct error *error)
{
    *strings = (struct shared_strings){.spool = tmpfile()};
    if (!strings->spool) {
        error_set(error, "no temporary file for its texts: %s", strerror(errno));
        return -1;
    }
    if (!part)
        return 0;
    struct loading loading = {.strings = strings, .text = BUF_INIT(CELL_MAX), .decoded = BUF_INIT(CELL_MAX)};
    struct package_handlers handlers = {
        .context = &loading, .start = on_start, .end = on_end, .text = on_text, .stop = &loading.stop};
    int result = package_parse(package, part, &handlers, error);
    if (loading.too_many)
        error_set(error, "%s has more than %d texts", part, SHARED_STRINGS_MAX);
    else if (result == 0 && (loading.stop || fflush(strings->spool) != 0))
        error_set(error, "its texts cannot be put into a temporary file: %s", strerror(errno));
    else
        loading.stop = false;
    buf_free(&loading.text);
    buf_free(&loading.decoded);
    return result < 0 || loading.stop ? -1 : 0;
}

void shared_strings_free(struct shared_strings *strings)
{
    if (strings->spool)
        fclose(strings->spool);
    free(strings->ends);
    free(strings->too_long);
    *strings = (struct shared_strings){0};
}

enum shared_string shared_strings_get(const struct shared_strings *strings, size_t index, struct buf *to)
{
    buf_reset(to);
    if (index >= strings->count)
        return SHARED_STRING_MISSING;
    if (strings->too_long[index / 8] & (1u << (index % 8)))
        return SHARED_STRING_TOO_LONG;
    uint64_t start = index ? strings->ends[index - 1] : 0;
    size_t len = (size_t)(strings->ends[index] - start);
    char *bytes = buf_reserve(to, len);
    if (!bytes)
        return SHARED_STRING_TOO_LONG;
    for (size_t got = 0; got < len;) {
        ssize_t step = pread(fileno(strings->spool), bytes + got, len - got, (off_t)(start + got));
        if (step == 0 || (step < 0 && errno != EINTR))
            return SHARED_STRING_MISSING;
        got += step > 0 ? (size_t)step : 0;
    }
    to->len = len;
    bytes[len] = '\0';
    return SHARED_STRING_FOUND;
}
