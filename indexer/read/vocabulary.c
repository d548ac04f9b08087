/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/vocabulary.h"

#include <stdarg.h>
#include <string.h>

#include "indexer/read/lines.h"

struct reading {
    const char *shown;
    long line;
    void (*problem)(void *context, const struct error *error);
    void *context;
    struct buf *rows;
    size_t pairs;
};

/* Both forms, borrowed from the line. */
struct form {
    const char *bytes;
    size_t len;
};

__attribute__((format(printf, 2, 3))) static void tell(const struct reading *reading, const char *format, ...)
{
    struct error error = ERROR_NONE;
    va_list args;
    va_start(args, format);
    error_vset(&error, format, args);
    va_end(args);
    error_at(&error, reading->shown, NULL, reading->line);
    reading->problem(reading->context, &error);
}

static struct form trimmed(const char *start, const char *end)
{
    while (start < end && (unsigned char)*start <= ' ')
        start++;
    while (end > start && (unsigned char)end[-1] <= ' ')
        end--;
    return (struct form){start, (size_t)(end - start)};
}

/* Whether it holds something that can be looked for; what a word is, is not known here. */
static bool has_word(const struct form *form)
{
    for (size_t i = 0; i < form->len; i++) {
        unsigned char byte = (unsigned char)form->bytes[i];
        if (byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z'))
            return true;
    }
    return false;
}

static bool check_form(const struct reading *reading, const struct form *form, const char *which)
{
    if (!has_word(form)) {
        tell(reading, "the %s form is missing; expected a short form, a tab and its long form", which);
        return false;
    }
    if (form->len > VOCABULARY_FORM_MAX) {
        tell(reading, "the %s form has more than %d bytes", which, VOCABULARY_FORM_MAX);
        return false;
    }
    for (size_t i = 0; i < form->len; i++)
        if ((unsigned char)form->bytes[i] < ' ') {
            tell(reading, "the %s form holds a control character", which);
            return false;
        }
    return true;
}

static void take_pair(struct reading *reading, const char *text, size_t len)
{
    const char *tab = memchr(text, '\t', len);
    if (!tab) {
        tell(reading, "expected a short form, a tab and its long form, found \"%.40s\"", text);
        return;
    }
    if (strchr(tab + 1, '\t')) {
        tell(reading, "expected one tab, found more");
        return;
    }
    struct form short_form = trimmed(text, tab), long_form = trimmed(tab + 1, text + len);
    if (!check_form(reading, &short_form, "short") || !check_form(reading, &long_form, "long"))
        return;
    if (reading->pairs++ == VOCABULARY_LINES_MAX)
        tell(reading, "more than %d pairs: this and what follows is left out", VOCABULARY_LINES_MAX);
    if (reading->pairs > VOCABULARY_LINES_MAX)
        return;
    buf_append(reading->rows, short_form.bytes, short_form.len);
    buf_byte(reading->rows, '\t');
    buf_append(reading->rows, long_form.bytes, long_form.len);
    buf_byte(reading->rows, '\n');
}

static void take_line(struct reading *reading, const struct line *line)
{
    reading->line = line->number;
    size_t content = strspn(line->text, " \t\r");
    if (line->too_long)
        tell(reading, "a line of more than %d bytes", VOCABULARY_LINE_MAX);
    else if (line->repaired)
        tell(reading, "bytes that are no UTF-8");
    else if (line->text[content] != '\0' && line->text[content] != '#')
        take_pair(reading, line->text, line->len);
}

int vocabulary_read(const char *path, const char *shown,
                    void (*problem)(void *context, const struct error *error), void *context,
                    struct buf *rows, struct error *error)
{
    struct reading reading = {.shown = shown, .problem = problem, .context = context, .rows = rows};
    struct lines lines;
    struct line line;
    if (lines_open(&lines, path, shown, VOCABULARY_LINE_MAX, error) < 0)
        return -1;
    while (lines_next(&lines, &line))
        take_line(&reading, &line);
    bool failed = lines.failed;
    lines_close(&lines);
    return failed ? -1 : 0;
}
