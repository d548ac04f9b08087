/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folding copies: of each group of records that share their text, the hit that comes first stands for all. A
 * document without a group (an older text) stands for itself.
 */
#ifndef PURPOSED_SEARCH_FOLD_H
#define PURPOSED_SEARCH_FOLD_H

#include "daemon/search/columns.h"
#include "daemon/search/order.h"

struct fold {
    const struct facet_column *column; /* of the facet `group`, borrowed */
    uint32_t *sizes;                   /* by node: documents of the group among those folded */
    size_t total;                      /* groups, each document without one counted as one */
};

/* Counts the groups of the documents. Free with fold_free. */
void fold_count(const struct columns *columns, const struct bits *documents, struct fold *ret_fold);
void fold_free(struct fold *fold); /* what it holds, not itself */

/* The node of a document's group in the facet, NODE_NONE where it has none. */
uint32_t fold_group(const struct fold *fold, uint32_t document);
/* How many of the documents a hit stands for, itself included. */
uint32_t fold_copies(const struct fold *fold, uint32_t document);

/* Keeps the first document of each group in an order. */
void fold_keep_first(const struct fold *fold, const struct order *order, struct bits *documents);
/* The first hit of each group among hits that are in order, moved together at the front; takes every document
 * of a group met out of `documents`. Returns how many. */
size_t fold_hits(const struct fold *fold, struct shim_hit *hits, size_t count, struct bits *documents);

#endif
