/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Snippets: where in a record the query was found, part by part. */
#ifndef PURPOSED_SEARCH_SNIPPET_H
#define PURPOSED_SEARCH_SNIPPET_H

#include "daemon/search/match.h"
#include "indexer/base/buf.h"
#include "indexer/store/text_store.h"
#include "indexer/text/passage.h"

/* What to mark in each part; parts in which the same is looked for share it. */
struct snippet_query {
    struct passage_query *parts[FIELD_PART_COUNT]; /* NULL: nothing is looked for in this part */
    struct passage_query *nothing;                 /* for text that is shown unmarked */
};

/* Gathers what the tree wants, not what it negates; *new*. NULL with the matcher's error. `query` may be
 * NULL. */
struct snippet_query *snippet_query_new(struct matcher *matcher, const struct query *query);
void snippet_query_free(struct snippet_query *query);

/* A record that passages are cut out of; all *borrowed*. */
struct snippet_record {
    struct text_frame *frame; /* in which it was found */
    struct shim_reader *reader;
    const struct columns *columns;
    uint32_t document;
};

/* Appends `"snippets":[{part,item,html}, ...]`'s array: the best `wanted` passages over all parts, one a part
 * before a second of any. Title and recipient are shown only where no prose holds anything; where nothing is
 * found the beginning of the first part of prose stands unmarked. No more is unpacked and
 * read than that takes, by where the index says that the words stand; what is damaged sets `error`. */
void snippet_put(struct buf *to, struct analyser *analyser, const struct snippet_query *query,
                 const struct snippet_record *record, size_t wanted, struct error *error);

#endif
