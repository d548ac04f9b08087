/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters: which of the documents that the text matches are meant, and, for each facet, which would be
 * without that facet's own selection (as Lucene's DrillSideways does it).
 *
 * Selections of release facets must hold for one and the same release. What a document's rows say is
 * evaluated once for each distinct combination of values. Documents without rows, whose source does
 * not say what went with what, and all documents where same_release is false, are asked by what they say over
 * all.
 */
#ifndef PURPOSED_SEARCH_FILTER_H
#define PURPOSED_SEARCH_FILTER_H

#include "daemon/search/bits.h"
#include "daemon/search/columns.h"
#include "daemon/search/kept.h"
#include "daemon/search/request.h"

enum { FILTER_PASSES = -1, FILTER_FAILS = -2 }; /* else: the only facet whose selection is not met */

struct filtered {
    struct bits base;     /* text and ranges */
    struct bits matched;  /* all filters */
    struct bits *without; /* by facet: all filters but its own; words NULL where it has none: as `matched` */
    struct bits *rows;    /* by release facet: combinations that have a chosen value; words NULL where none is
                             chosen. NULL: nothing is chosen of any */
    bool has_release_selection;
    size_t facet_count, release_facet_count;
};

/* Applies the request's filters to what the text matched (*steals* `text`). What a selection matches is kept
 * for the epoch. Free with filtered_free. */
void filter_apply(const struct request *request, const struct columns *columns, struct kept *kept,
                  struct bits text, struct filtered *ret_filtered);
void filtered_free(struct filtered *filtered);

/* What a facet is counted over: documents that meet all filters but its own. *Borrowed*. */
const struct bits *filtered_for(const struct filtered *filtered, int facet);
/* The combinations of rows that meet all selections of release facets, `facet`'s own set aside, *new*; words
 * NULL where all do. */
struct bits filter_speaking(const struct filtered *filtered, int facet);
/* Whether the rows of a document are asked one by one under this request. */
bool filter_asks_rows(const struct request *request, const struct columns *columns, uint32_t document);

#endif
