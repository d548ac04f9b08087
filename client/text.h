/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text made to be read: cleaned, styled, measured in terminal columns and wrapped.
 *
 * A styled text is UTF-8 in a `struct buf` in which single control bytes switch the style. Whatever comes
 * from outside goes in through text_add() and its like, which let no control character pass, so that a switch
 * can neither be forged nor an escape sequence reach the terminal.
 */
#ifndef PURPOSED_CLIENT_TEXT_H
#define PURPOSED_CLIENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/buf.h"

enum style {
    STYLE_PLAIN,
    STYLE_NAME,      /* who received the data */
    STYLE_REFERENCE, /* an id */
    STYLE_QUIET,     /* what one reads last */
    STYLE_MARK,      /* the words looked for */
    STYLE_HEADING,
    STYLE_WARNING,
    STYLE_DELETED,  /* words of the first of two texts only */
    STYLE_INSERTED, /* words of the second only */
};

enum {
    PAGE_WIDTH_MIN = 20,        /* columns; a narrower terminal breaks lines itself */
    PAGE_WIDTH_MAX = 100,       /* longer lines are hard to read */
    PAGE_WIDTH_PIPE = 80,       /* where there is no terminal */
    PAGE_BYTES_MAX = 512 << 20, /* bytes of one rendering */
    TEXT_BYTES_MAX = 256 << 20, /* bytes of one styled text: more than any reply holds */
};

#define TEXT_INIT BUF_INIT(TEXT_BYTES_MAX)

/* Where a rendering goes. */
struct page {
    struct buf out;
    int width; /* columns */
    bool colour;
};

#define PAGE_INIT(columns, in_colour)                                                                        \
    {                                                                                                        \
        .out = BUF_INIT(PAGE_BYTES_MAX), .width = (columns), .colour = (in_colour)                           \
    }

/* Appends `utf8`, cleaned: runs of white space are one space; control and direction characters and what is
 * not UTF-8 are left out; the private-use bullets that word processors leave behind become bullets. NULL adds
 * nothing. */
void text_add(struct buf *text, enum style style, const char *utf8);
void text_add_bytes(struct buf *text, enum style style, const char *utf8, size_t len);
__attribute__((format(printf, 3, 4))) void text_printf(struct buf *text, enum style style, const char *format,
                                                       ...);
/* A snippet: `<mark>` switches the style, entities are characters again. */
void text_add_html(struct buf *text, const char *html);

/* Terminal columns of a styled text. */
int text_width(const char *text, size_t len);
/* How many bytes of a styled text make its first line of at most `width` columns (one character at least);
 * `*ret_next` is where the next line starts, `len` where there is none. */
size_t text_fit(const char *text, size_t len, int width, size_t *ret_next);

/* Writes `text` as a paragraph, its first line indented by `first` columns, the others by `rest`. Nothing for
 * an empty text. */
void page_paragraph(struct page *page, int first, int rest, struct buf *text);
/* Writes prose as it stands in a register: a paragraph for each line, one empty line for any number of them.
 */
void page_prose(struct page *page, int indent, const char *prose);
void page_blank(struct page *page); /* an empty line, but never two, and none at the top */
void page_indent(struct page *page, int columns);
/* Writes styled text as it is, beginning in style `from`; the style is switched off at its end and returned.
 */
enum style page_styled(struct page *page, enum style from, const char *text, size_t len);

#endif
