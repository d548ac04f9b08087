/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The headings of a register page and its references, by their look alone. For this room only. */
#ifndef PURPOSED_READ_PAGE_HEADINGS_H
#define PURPOSED_READ_PAGE_HEADINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/register/entry.h"

enum page_shape {
    PAGE_LINE,  /* text on the heading's own line or the following ones */
    PAGE_LIST,  /* one item a line */
    PAGE_PROSE, /* the heading alone on its line, paragraphs below it */
};

struct page_heading {
    const char *text;
    enum entry_heading heading;
    enum page_shape shape;
    int place; /* prose: in the usual order; the two benefits share one, since either comes first */
};

/* The heading a line begins with, or NULL. `*ret_rest` is what follows the colon, without space. */
const struct page_heading *page_heading_match(const char *line, const char **ret_rest);
/* By number; NULL where it is no heading of a page. */
const struct page_heading *page_heading_of(enum entry_heading heading);

/* Whether `text` looks like what stands under this one-line heading. Asked where the heading is out of its
 * place and the line may be prose. */
bool page_heading_fits(const struct page_heading *heading, const char *text);

/* Whether a line has the form "Word and more:" of headings that newer or older pages have and we do not know.
 */
bool page_heading_unknown(const char *line);

/* Is this line the register's title, the first line of a page? */
bool page_is_title(const char *line);

/* The text behind a flag character (a warning sign, perhaps with a variation selector); NULL where there is
 * none. */
const char *page_flag_text(const char *line);
/* "58 data files in total were ..." */
bool page_is_file_count(const char *line);

/* What follows a list mark ("  1. ", "- ", "* "); `line` itself where there is none. */
const char *page_list_item(const char *line);

enum page_reference {
    PAGE_NO_REFERENCE,
    PAGE_REFERENCE_WEAK,   /* of another kind, or behind a dash that is no em dash */
    PAGE_REFERENCE_STRONG, /* "Title — DARS-NIC-12345-A1B2C-v1.2" */
};

/* Does a text look like a reference of any kind? */
bool page_reference_plausible(const char *text);

/* Is this an agreement's heading, "<Title> — <Reference>"? Titles may hold dashes: the last one parts. */
enum page_reference page_reference_parse(const char *line, size_t *ret_title_len, const char **ret_reference);

#endif
