/* SPDX-License-Identifier: MIT */
#include "indexer/base/error.h"

#include <stdio.h>
#include <string.h>

#include "indexer/base/utf8.h"

void error_clear(struct error *error)
{
    if (error)
        *error = (struct error)ERROR_NONE;
}

/* Takes out, in place, what is no whole UTF-8 character: formats cut texts by bytes ("%.20s"), and so does
 * the end of a buffer. */
static void keep_characters(char *text)
{
    size_t len = strlen(text), kept = 0;
    for (size_t at = 0; at < len;) {
        size_t width = utf8_length(text + at, len - at);
        memmove(text + kept, text + at, width);
        kept += width;
        at += width ? width : 1;
    }
    text[kept] = '\0';
}

void error_vset(struct error *error, const char *format, va_list args)
{
    if (!error || error->is_set)
        return;
    error->is_set = 1;
    vsnprintf(error->text, sizeof error->text, format, args);
    keep_characters(error->text);
}

void error_set(struct error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    error_vset(error, format, args);
    va_end(args);
}

void error_at(struct error *error, const char *file, const char *sheet, long line)
{
    if (!error || error->place[0])
        return;
    char tail[96] = "";
    if (sheet && line >= 1)
        snprintf(tail, sizeof tail, ":%.64s:%ld", sheet, line);
    else if (sheet)
        snprintf(tail, sizeof tail, ":%.64s", sheet);
    else if (line >= 1)
        snprintf(tail, sizeof tail, ":%ld", line);
    keep_characters(tail);
    size_t room = sizeof error->place - strlen(tail) - 1;
    size_t len = strlen(file);
    const char *shown = len > room ? file + (len - room) : file;
    while (shown > file && ((unsigned char)*shown & 0xC0) == 0x80)
        shown++;
    snprintf(error->place, sizeof error->place, "%s%s", shown, tail);
}
