/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place where text becomes HTML. Everything that is not written in this program goes through here, so
 * that no text of a record or a query can become markup, run as script, or turn the page's direction round.
 *
 * Templates are constants of the program, copied as they are but for their holes:
 *
 *   %t  const char *   text, escaped: for content and for attributes in double quotes; NULL is ""
 *   %b  const char *   the same in <bdi>: text whose direction is its own; for content
 *   %u  const char *   percent-encoded, all but letters, digits and -._~: a piece of a URL
 *   %n  long long      a number as people read it: 12,345
 *   %d  int            a number as programs read it
 *   %h  const char *   HTML that this room or the search made; NULL is ""
 *   %%                 a per cent sign
 */
#ifndef PURPOSED_WEB_HTML_H
#define PURPOSED_WEB_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/buf.h"

/* Escapes for content and quoted attributes. Control characters but tab and line feed, marks and overrides of
 * direction and other invisible format characters are left out; what is no UTF-8 becomes U+FFFD; line
 * separators and private-use bullets become spaces. */
void html_text(struct buf *to, const char *text, size_t len);
void html_number(struct buf *to, long long number);
void html_put(struct buf *to, const char *template, ...);

/* A stretch of a text that is marked, in bytes. */
struct html_mark {
    size_t start, end;
};

/* A text with its marks, which are in order and do not overlap; those behind its end are passed over. */
struct html_marked {
    const char *text;
    const struct html_mark *marks;
    size_t count;
};

/* The text escaped, what is marked in <mark>. */
void html_marked(struct buf *to, const struct html_marked *marked);
/* Prose of a record: lines become paragraphs, headings, or items of a list where they begin with a bullet. */
void html_prose(struct buf *to, const struct html_marked *marked);

#endif
