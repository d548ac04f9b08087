/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results laid out for people. Each writes one result on a page; what a reply lacks or holds in another shape
 * than expected is passed over.
 */
#ifndef PURPOSED_CLIENT_RENDER_H
#define PURPOSED_CLIENT_RENDER_H

#include <jansson.h>

#include "client/text.h"

enum {
    RENDER_RELEASES_MAX = 50,      /* rows of releases shown of a record */
    RENDER_DEPTH_MAX = 16,         /* levels of a facet's values, or of a status, that are shown */
    RENDER_CONTEXT = 8,            /* words shown before and after a difference of two texts */
    RENDER_HIDDEN_MIN = 5,         /* fewer words than these are shown rather than counted */
    RENDER_WEIGHTS_MAX = 8,        /* words' weights shown of a hit; of the rest, how many there are */
    RENDER_SUGGESTIONS_MAX = 1000, /* more than a daemon gives */
    RENDER_ACRONYMS_MAX = 500,     /* of a vocabulary; of the rest, how many there are */
};

/* What was asked, as far as the answer's layout depends on it. */
struct view {
    const json_t *schema; /* *borrowed*; the daemon's `schema` reply, NULL where there is none */
    long offset;          /* hits or values before the first one here */
    long limit;           /* of them on a page */
    const char *facet;    /* *borrowed*; the facet asked for */
    const char *parent;   /* *borrowed*; the value whose children were asked for, or NULL */
    const char *like;     /* *borrowed*; the record that others are like, NULL for a search */
    bool by_cursor;       /* the page was asked for by a cursor: how far in all hits it is, is not known */
    bool copies;          /* of such: those whose text is the same */
    bool full;            /* of a comparison: all words, also those far from any difference */
};

void render_search(struct page *page, const json_t *result, const struct view *view);
void render_facets(struct page *page, const json_t *result, const struct view *view);
void render_compare(struct page *page, const json_t *result, const struct view *view);
void render_changes(struct page *page, const json_t *result);
void render_record(struct page *page, const json_t *record, const struct view *view);
void render_suggestions(struct page *page, const json_t *result);
void render_schema(struct page *page, const json_t *result);
void render_status(struct page *page, const json_t *result);

/* One facet's values with their counts, below each other. */
void render_values(struct page *page, const json_t *values);
/* Corrections and warnings that came with a result. */
void render_notes(struct page *page, const json_t *result);
/* Writes one line. */
__attribute__((format(printf, 3, 4))) void render_line(struct page *page, enum style style,
                                                       const char *format, ...);
/* Writes the command that compares a record's text of edition `from` with that of `to`; NULL: with its
 * newest. */
void render_comparison(struct page *page, int indent, const char *id, const char *from, const char *to);
/* How many there are and of what: "1 agreement", "5,079 agreements". */
void add_count(struct buf *text, enum style style, json_int_t count, const char *one, const char *many);

#endif
