/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a query tree weighs: the query by which matches are ranked, and its leaves, which explain a weight.
 *
 * Each word of the tree weighs as BM25 says (the shim's weighting), whichever part it stands in. Besides,
 * where it stands in a part that says what a text is about, it weighs once more, by RANKING_TITLE or
 * RANKING_OBJECTIVES of that, with the rarity that the word has in whole texts: weighted parts after
 * Robertson, Zaragoza and Taylor (2004), but summed part by part, so that a weight is a plain sum and the
 * whole text counts once. Words held to parts weigh as words of those parts. Function words weigh
 * RANKING_FUNCTION_WORD of what they would, since questions are typed as sentences. The numbers were chosen
 * by measuring: tests/relevance/README.md.
 */
#ifndef PURPOSED_SEARCH_RANKING_H
#define PURPOSED_SEARCH_RANKING_H

#include "daemon/search/match.h"

#define RANKING_TITLE 0.75
#define RANKING_OBJECTIVES 0.35
#define RANKING_FUNCTION_WORD 0.1
#define RANKING_ADDED 0.8 /* of a typed word's weight: a form that the vocabulary added */

enum {
    RANKING_WHOLE = -1,       /* in place of a part: the whole text */
    RANKING_BOOSTED_MAX = 64, /* words of a query that weigh more in some parts; those after weigh once */
};

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
 * Phrases weigh as their words do. SHIM_OK, or the matcher's error; SHIM_INVALID where nothing is wanted
 * (only negations). */
enum shim_status ranking_make(struct matcher *matcher, const struct query *query, struct ranking *ranking);
void ranking_free(struct ranking *ranking); /* what it holds, not itself */

/* One leaf as a query, *new*, factor included: ranking one document by it tells what the leaf gave. NULL
 * without memory. */
struct shim_query *ranking_leaf_query(const struct ranking_leaf *leaf);

#endif
