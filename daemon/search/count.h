/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facet counts: for each value, the total that one would get with it as the only selection of its facet. One
 * walk over the documents a facet; a document (or a row of releases) counts once for each value and each
 * level above it.
 */
#ifndef PURPOSED_SEARCH_COUNT_H
#define PURPOSED_SEARCH_COUNT_H

#include "daemon/search/filter.h"

/* Keeps, of each agreement, the documents of the newest version among them. */
void keep_newest_versions(const struct columns *columns, struct bits *documents);

/* Counts by node, *new*. */
uint32_t *count_records(const struct request *request, const struct columns *columns,
                        const struct filtered *filtered, int facet);
/* Rows of the source, those of one reference once however many of its statements match. */
uint32_t *count_releases(const struct request *request, const struct columns *columns,
                         const struct filtered *filtered, int facet);

/* Appends one facet's values as JSON: [{value, label, count, selected, children}]; `*ret_total` is how many
 * values there are before offset and limit. */
void count_put(struct buf *to, const struct request *request, const struct columns *columns,
               const struct counted *counted, const uint32_t *counts, size_t *ret_total);

#endif
