/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a query tree weighs: the query by which matches are ranked, and its leaves, which explain a weight. */
#ifndef PURPOSED_SEARCH_RANKING_H
#define PURPOSED_SEARCH_RANKING_H

#include "daemon/search/match.h"

#define RANKING_ADDED 0.8 /* of a typed word's weight: a form that the vocabulary added */
enum { RANKING_WHOLE = -1 /* in place of a part: the whole text */ };

/* A document's weight is the sum, over all leaves, of what each leaf's query gives it. */
struct ranking_leaf {
    const char *term; /* a stem, without a part's prefix; borrowed from the tree or the matcher */
    int part;         /* of field_parts(), or RANKING_WHOLE */
    double factor;    /* what the term's weight is multiplied by */
};

struct ranking {
    struct shim_query *query;
    struct ranking_leaf *leaves; /* in the order of the tree; a term that is wanted twice is there twice */
    size_t count, cap;
};

/* The ranking of what the tree matches, *new* in `ranking`; it lives no longer than the tree and the matcher.
 * Phrases weigh as their words do. 0; -1 where nothing is wanted (only negations), or without memory. */
int ranking_make(struct matcher *matcher, const struct query *query, struct ranking *ranking);
void ranking_free(struct ranking *ranking); /* what it holds, not itself */

/* One leaf as a query, *new*, factor included: ranking one document by it tells what the leaf gave. NULL
 * without memory. */
struct shim_query *ranking_leaf_query(const struct ranking_leaf *leaf);

#endif
