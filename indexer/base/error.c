/* SPDX-License-Identifier: MIT */
#include "indexer/base/error.h"

#include <stdio.h>
#include <string.h>

void error_clear(struct error *error)
{
    if (error)
        *error = (struct error)ERROR_NONE;
}

/* Cuts a text that filled its buffer back to the last whole UTF-8 character. */
static void cut_to_character(char *text)
{
    size_t len = strlen(text);
    size_t lead = len;
    while (lead > 0 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80)
        lead--;
    if (lead == 0)
        return;
    unsigned char first = (unsigned char)text[lead - 1];
    size_t need = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
    if (len - (lead - 1) < need)
        text[lead - 1] = '\0';
}

void error_vset(struct error *error, const char *format, va_list args)
{
    if (!error || error->is_set)
        return;
    error->is_set = 1;
    int wanted = vsnprintf(error->text, sizeof error->text, format, args);
    if (wanted >= (int)sizeof error->text)
        cut_to_character(error->text);
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
    size_t room = sizeof error->place - strlen(tail) - 1;
    size_t len = strlen(file);
    snprintf(error->place, sizeof error->place, "%s%s", len > room ? file + (len - room) : file, tail);
}
