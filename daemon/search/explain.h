/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a search says of itself: the query as it was understood, in words, and what a hit's score is made of.
 */
#ifndef PURPOSED_SEARCH_EXPLAIN_H
#define PURPOSED_SEARCH_EXPLAIN_H

#include "daemon/search/ranking.h"

enum {
    EXPLAIN_LEAVES_MAX = 192, /* words whose weights are told; a prefix may stand for a thousand */
};

/* The query as a sentence, *new*; words as they were typed in `text`. "" for NULL. */
char *explain_query(const struct query *query, const char *text);

/* How much each word in each part gave the hits of a page. */
struct explanation;

/* Weighs the leaves for `count` hits. *ret_explanation is *new*, NULL where nothing ranks; where words are
 * left out the matcher's warnings say so. SHIM_OK, or what the reader said, in the matcher's error. */
enum shim_status explain_hits(struct matcher *matcher, const struct query *query, const char *text,
                              const struct shim_hit *hits, size_t count,
                              struct explanation **ret_explanation);
/* Appends [{"word", "part", "weight"}], heaviest first, for hit number `hit`. What a word gives counts by the
 * whole text is told of parts by how often it stands in each. */
enum shim_status explain_put(const struct explanation *explanation, size_t hit, struct buf *to);
void explanation_free(struct explanation *explanation); /* takes NULL */

#endif
