/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order of hits by a sort key: by its values in the direction asked, what has none last either way, and
 * then by id. It depends on the records alone, never on how they got into the index, so that a place in it
 * means the same in every epoch.
 */
#ifndef PURPOSED_SEARCH_ORDER_H
#define PURPOSED_SEARCH_ORDER_H

#include "daemon/search/columns.h"
#include "daemon/search/cursor.h"

struct order {
    const struct columns *columns; /* borrowed */
    enum sort_key key;             /* not SORT_RELEVANCE */
    bool descending;
};

bool order_is_before(const struct order *order, uint32_t document, uint32_t other);
/* The hits at places `offset` to `offset` + `limit` - 1 among the documents; `hits` has room for `limit`. */
enum shim_status order_top(const struct order *order, const struct bits *documents, size_t offset,
                           size_t limit, struct shim_hit *hits, size_t *ret_count, struct shim_error *error);

/* Notes a document's place: its id and value. */
void order_note_place(const struct order *order, uint32_t document, struct cursor *cursor);
/* Takes out the documents that do not come behind that place, whether or not anything is there any more. */
void order_keep_behind(const struct order *order, const struct cursor *place, struct bits *documents);

#endif
