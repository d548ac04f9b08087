/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "indexer/base/mem.h"

enum {
    SWITCH_BASE = 0x10, /* this byte plus the style: control bytes that no cleaned text holds */
    ENTITY_MAX = 10,    /* bytes between & and ; of the longest entity understood */
};

/* Select Graphic Rendition parameters (ECMA-48, 8.3.117), in the order of enum style; each starts from plain.
 */
static const char *const SGR[] = {"0", "0;1", "0;36", "0;2", "0;1;31", "0;1;4", "0;33", "0;31", "0;32"};

static bool is_switch(char byte)
{
    unsigned char value = (unsigned char)byte;
    return value >= SWITCH_BASE && value < SWITCH_BASE + sizeof SGR / sizeof *SGR;
}

static bool is_white(utf8proc_int32_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r') || c == 0x85 || c == 0x2028 || c == 0x2029;
}

/* Marks that reorder what stands around them could make a line say something else than it does. */
static bool is_direction(utf8proc_int32_t c)
{
    return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069);
}

/* The character to show for `c`; 0 for none. */
static utf8proc_int32_t clean_character(utf8proc_int32_t c)
{
    if (c < ' ' || (c >= 0x7F && c < 0xA0) || is_direction(c) || c == 0xFEFF)
        return 0;
    if (c == 0xF0B7 || c == 0xF0A7) /* bullets of the Symbol and Wingdings fonts */
        return 0x2022;
    return c == 0xF02D ? '-' : c;
}

static bool ends_white(const struct buf *text)
{
    size_t len = text->len;
    while (len && is_switch(text->data[len - 1]))
        len--;
    return !len || text->data[len - 1] == ' ';
}

static void add_character(struct buf *text, utf8proc_int32_t c)
{
    utf8proc_uint8_t bytes[4];
    if (is_white(c)) {
        if (!ends_white(text))
            buf_byte(text, ' ');
        return;
    }
    c = clean_character(c);
    if (c)
        buf_append(text, bytes, (size_t)utf8proc_encode_char(c, bytes));
}

static void add_cleaned(struct buf *text, const char *utf8, size_t len)
{
    for (size_t at = 0; at < len;) {
        utf8proc_int32_t c;
        utf8proc_ssize_t step =
            utf8proc_iterate((const utf8proc_uint8_t *)utf8 + at, (utf8proc_ssize_t)(len - at), &c);
        if (step > 0)
            add_character(text, c);
        at += step > 0 ? (size_t)step : 1;
    }
}

static void add_switch(struct buf *text, enum style style)
{
    buf_byte(text, (char)(SWITCH_BASE + (int)style));
}

void text_add_bytes(struct buf *text, enum style style, const char *utf8, size_t len)
{
    if (style != STYLE_PLAIN)
        add_switch(text, style);
    add_cleaned(text, utf8, len);
    if (style != STYLE_PLAIN)
        add_switch(text, STYLE_PLAIN);
}

void text_add(struct buf *text, enum style style, const char *utf8)
{
    if (utf8)
        text_add_bytes(text, style, utf8, strlen(utf8));
}

void text_printf(struct buf *text, enum style style, const char *format, ...)
{
    struct buf made = TEXT_INIT;
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *at = len < 0 ? NULL : buf_reserve(&made, (size_t)len + 1);
    if (at) {
        va_start(args, format);
        vsnprintf(at, (size_t)len + 1, format, args);
        va_end(args);
        text_add_bytes(text, style, at, (size_t)len);
    }
    buf_free(&made);
}

/* The character that an entity's name stands for, or -1. */
static utf8proc_int32_t entity_character(const char *name)
{
    static const struct {
        const char *name;
        char character;
    } NAMED[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    for (size_t i = 0; i < sizeof NAMED / sizeof *NAMED; i++)
        if (!strcmp(name, NAMED[i].name))
            return NAMED[i].character;
    if (name[0] != '#')
        return -1;
    char *end;
    bool is_hex = name[1] == 'x' || name[1] == 'X';
    const char *digits = name + 1 + is_hex;
    long value = strtol(digits, &end, is_hex ? 16 : 10);
    bool is_number = digits[0] && !strchr("+- ", digits[0]) && !*end;
    return is_number && value <= 0x10FFFF && utf8proc_codepoint_valid((utf8proc_int32_t)value)
               ? (utf8proc_int32_t)value
               : -1;
}

/* Adds the character of the entity at `html`, which starts with '&'; returns its bytes, 1 where it is none.
 */
static size_t add_entity(struct buf *text, const char *html)
{
    char name[ENTITY_MAX + 1];
    size_t len = strcspn(html + 1, ";&< ");
    utf8proc_int32_t c = -1;
    if (html[1 + len] == ';' && len && len <= ENTITY_MAX) {
        memcpy(name, html + 1, len);
        name[len] = '\0';
        c = entity_character(name);
    }
    add_character(text, c >= 0 ? c : '&');
    return c >= 0 ? len + 2 : 1;
}

void text_add_html(struct buf *text, const char *html)
{
    static const char OPEN[] = "<mark>";
    static const char CLOSE[] = "</mark>";
    while (html && *html) {
        size_t plain = strcspn(html, "&<");
        add_cleaned(text, html, plain);
        html += plain;
        if (!strncmp(html, OPEN, sizeof OPEN - 1)) {
            add_switch(text, STYLE_MARK);
            html += sizeof OPEN - 1;
        } else if (!strncmp(html, CLOSE, sizeof CLOSE - 1)) {
            add_switch(text, STYLE_PLAIN);
            html += sizeof CLOSE - 1;
        } else if (*html == '&') {
            html += add_entity(text, html);
        } else if (*html) {
            add_character(text, *html++);
        }
    }
    add_switch(text, STYLE_PLAIN); /* a mark left open ends here */
}

/* Columns of the character at `text`; `*ret_step` its bytes. */
static int character_width(const char *text, size_t len, size_t *ret_step)
{
    utf8proc_int32_t c;
    *ret_step = 1;
    if (is_switch(*text))
        return 0;
    utf8proc_ssize_t step = utf8proc_iterate((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)len, &c);
    if (step <= 0)
        return 1;
    *ret_step = (size_t)step;
    return utf8proc_charwidth(c);
}

int text_width(const char *text, size_t len)
{
    int width = 0;
    size_t step;
    for (size_t at = 0; at < len; at += step)
        width += character_width(text + at, len - at, &step);
    return width;
}

static size_t skip_spaces(const char *text, size_t at, size_t len)
{
    while (at < len && text[at] == ' ')
        at++;
    return at;
}

size_t text_fit(const char *text, size_t len, int width, size_t *ret_next)
{
    size_t space = 0; /* the last one, as a place to break; 0: none yet */
    size_t at = 0;
    size_t step;
    int used = 0;
    for (; at < len; at += step) {
        int more = character_width(text + at, len - at, &step);
        if (text[at] == ' ' && at)
            space = at;
        if (used + more > width && used)
            break;
        used += more;
    }
    if (at < len && space)
        at = space;
    *ret_next = skip_spaces(text, at, len);
    return at;
}

/* Writes bytes of a styled text, `*style` being the one in force before and after them. */
static void put_styled(struct page *page, const char *text, size_t len, enum style *style)
{
    size_t from = 0;
    for (size_t at = 0; at < len; at++) {
        if (!is_switch(text[at]))
            continue;
        buf_append(&page->out, text + from, at - from);
        from = at + 1;
        enum style next = (enum style)(text[at] - SWITCH_BASE);
        if (page->colour && next != *style)
            buf_printf(&page->out, "\033[%sm", SGR[next]);
        *style = next;
    }
    buf_append(&page->out, text + from, len - from);
}

enum style page_styled(struct page *page, enum style from, const char *text, size_t len)
{
    enum style style = from;
    if (page->colour && style != STYLE_PLAIN)
        buf_printf(&page->out, "\033[%sm", SGR[style]);
    put_styled(page, text, len, &style);
    if (page->colour && style != STYLE_PLAIN)
        buf_text(&page->out, "\033[0m");
    return style;
}

void page_indent(struct page *page, int columns)
{
    for (int i = 0; i < columns; i++)
        buf_byte(&page->out, ' ');
}

static bool has_characters(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (!is_switch(text[i]) && text[i] != ' ')
            return true;
    return false;
}

/* Drops the space at the text's end, which may stand before style switches. */
static void trim(struct buf *text)
{
    size_t end = text->len;
    while (end && is_switch(text->data[end - 1]))
        end--;
    if (!end || text->data[end - 1] != ' ')
        return;
    memmove(text->data + end - 1, text->data + end, text->len - end + 1);
    text->len--;
}

void page_paragraph(struct page *page, int first, int rest, struct buf *text)
{
    trim(text);
    enum style style = STYLE_PLAIN;
    int indent = first;
    if (!text->len)
        return;
    for (size_t at = 0; has_characters(text->data + at, text->len - at);) {
        size_t next;
        int width = page->width - indent;
        size_t len = text_fit(text->data + at, text->len - at, width < 1 ? 1 : width, &next);
        page_indent(page, indent);
        style = page_styled(page, style, text->data + at, len);
        buf_byte(&page->out, '\n');
        at += next;
        indent = rest;
    }
}

void page_prose(struct page *page, int indent, const char *prose)
{
    bool is_first = true;
    bool is_gap = false;
    while (*prose) {
        size_t len = strcspn(prose, "\n");
        BUF_AUTO struct buf line = TEXT_INIT;
        text_add_bytes(&line, STYLE_PLAIN, prose, len);
        bool is_empty = !line.len || !has_characters(line.data, line.len);
        if (!is_empty && is_gap && !is_first)
            page_blank(page);
        if (!is_empty)
            page_paragraph(page, indent, indent, &line);
        is_gap = is_empty;
        is_first = is_first && is_empty;
        prose += len + (prose[len] == '\n');
    }
}

void page_blank(struct page *page)
{
    const struct buf *out = &page->out;
    if (out->len && !(out->len >= 2 && out->data[out->len - 1] == '\n' && out->data[out->len - 2] == '\n'))
        buf_byte(&page->out, '\n');
}
