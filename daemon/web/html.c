/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/web/html.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "indexer/base/percent.h"
#include "indexer/base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"

enum { NUMBER_SIZE = 32 };

/* ---- characters ---- */

static uint32_t code_of(const char *text, size_t len)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (len == 1)
        return bytes[0];
    uint32_t code = bytes[0] & (0x7FU >> len);
    for (size_t i = 1; i < len; i++)
        code = code << 6 | (bytes[i] & 0x3F);
    return code;
}

/* As in passages: soft hyphens, marks and overrides of direction, joiners of no script, the byte-order mark,
 * tags; and controls. */
static bool is_hidden(uint32_t code)
{
    return (code < 0x20 && code != '\t' && code != '\n') || (code >= 0x7F && code < 0xA0) || code == 0xAD ||
           code == 0x61C || (code >= 0x200E && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xFFF9 && code <= 0xFFFB) ||
           (code >= 0xE0000 && code <= 0xE007F);
}

/* Line and paragraph separators, and bullets of fonts that nobody has. */
static bool is_space(uint32_t code)
{
    return code == 0x2028 || code == 0x2029 || (code >= 0xE000 && code <= 0xF8FF);
}

static bool is_noncharacter(uint32_t code)
{
    return (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
}

static const char *escape_of(char byte)
{
    switch (byte) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

static void put_character(struct buf *to, const char *text, size_t len)
{
    uint32_t code = code_of(text, len);
    const char *escape = len == 1 ? escape_of(*text) : NULL;
    if (escape)
        buf_text(to, escape);
    else if (is_hidden(code))
        return;
    else if (is_space(code))
        buf_byte(to, ' ');
    else if (is_noncharacter(code))
        buf_text(to, REPLACEMENT);
    else
        buf_append(to, text, len);
}

void html_text(struct buf *to, const char *text, size_t len)
{
    while (len > 0) {
        size_t one = utf8_length(text, len);
        if (one == 0)
            buf_text(to, REPLACEMENT);
        else
            put_character(to, text, one);
        one += one == 0;
        text += one;
        len -= one;
    }
}

void html_number(struct buf *to, long long number)
{
    char digits[NUMBER_SIZE];
    int len = snprintf(digits, sizeof digits, "%lld", number);
    for (int i = 0; i < len; i++) {
        if (i > 0 && (len - i) % 3 == 0 && digits[i - 1] != '-')
            buf_byte(to, ',');
        buf_byte(to, digits[i]);
    }
}

/* ---- templates ---- */

static void put_text(struct buf *to, const char *text)
{
    if (text)
        html_text(to, text, strlen(text));
}

static void put_hole(struct buf *to, char hole, va_list *values)
{
    const char *text;
    switch (hole) {
    case 'n':
        html_number(to, va_arg(*values, long long));
        return;
    case 'd':
        buf_printf(to, "%d", va_arg(*values, int));
        return;
    case '%':
        buf_byte(to, '%');
        return;
    default:
        text = va_arg(*values, const char *);
    }
    if (hole == 'b')
        buf_text(to, "<bdi>");
    if (hole == 't' || hole == 'b')
        put_text(to, text);
    else if (hole == 'u')
        percent_put(to, text ? text : "");
    else if (hole == 'h')
        buf_text(to, text ? text : "");
    if (hole == 'b')
        buf_text(to, "</bdi>");
}

void html_put(struct buf *to, const char *template, ...)
{
    va_list values;
    va_start(values, template);
    while (*template) {
        size_t len = strcspn(template, "%");
        buf_append(to, template, len);
        template += len;
        if (*template == '%' && template[1]) {
            put_hole(to, template[1], &values);
            template += 2;
        }
    }
    va_end(values);
}

/* ---- prose ---- */

/* Writes bytes from `start` to `end`; whoever writes a text goes through it once, from its beginning. */
static void put_stretch(struct buf *to, struct html_marked *rest, size_t start, size_t end)
{
    while (start < end) {
        while (rest->count > 0 && rest->marks->end <= start) {
            rest->marks++;
            rest->count--;
        }
        bool is_marked = rest->count > 0 && rest->marks->start <= start;
        size_t stop = rest->count == 0 ? end : is_marked ? rest->marks->end : rest->marks->start;
        stop = stop < end ? stop : end;
        buf_text(to, is_marked ? "<mark>" : "");
        html_text(to, rest->text + start, stop - start);
        buf_text(to, is_marked ? "</mark>" : "");
        start = stop;
    }
}

void html_marked(struct buf *to, const struct html_marked *marked)
{
    struct html_marked rest = *marked;
    put_stretch(to, &rest, 0, strlen(marked->text));
}

/* Bytes of the bullet that the line begins with, and the space after it; 0: none. */
static size_t bullet(const char *line, size_t len)
{
    static const char *const bullets[] = {
        "\xE2\x80\xA2", "\xEF\x82\xB7", "\xEF\x82\xA7", "\xEF\x80\xAD",  "\xC2\xB7", "- ",
        "-\t",          "o\t",          "o ",           "\xE2\x80\x93 ", "* "};
    for (size_t i = 0; i < sizeof bullets / sizeof *bullets; i++) {
        size_t size = strlen(bullets[i]);
        if (len > size && strncmp(line, bullets[i], size) == 0)
            return size + strspn(line + size, " \t");
    }
    return 0;
}

/* A short line in capitals, or one that ends in a colon and stands by itself. */
static bool is_heading(const char *line, size_t len)
{
    bool has_letter = false;
    if (len < 4 || len > 80)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (islower((unsigned char)line[i]))
            return false;
        has_letter |= isupper((unsigned char)line[i]);
    }
    return has_letter;
}

void html_prose(struct buf *to, const struct html_marked *marked)
{
    struct html_marked rest = *marked;
    const char *text = marked->text;
    bool in_list = false;
    buf_text(to, "<div class=\"prose\" dir=\"auto\">");
    while (*text) {
        size_t len = strcspn(text, "\n");
        size_t blank = strspn(text, " \t\r");
        const char *line = text + (blank < len ? blank : len);
        size_t line_len = len - (size_t)(line - text);
        while (line_len > 0 && isspace((unsigned char)line[line_len - 1]))
            line_len--;
        size_t passed = bullet(line, line_len);
        if (line_len > 0) {
            if (in_list != (passed > 0))
                buf_text(to, passed ? "<ul>" : "</ul>");
            in_list = passed > 0;
            const char *tag = passed ? "li" : is_heading(line, line_len) ? "h3" : "p";
            buf_printf(to, "<%s>", tag);
            size_t start = (size_t)(line - marked->text);
            put_stretch(to, &rest, start + passed, start + line_len);
            buf_printf(to, "</%s>\n", tag);
        }
        text += len + (text[len] != '\0');
    }
    buf_text(to, in_list ? "</ul></div>\n" : "</div>\n");
}
