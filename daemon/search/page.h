/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page: which hits a reply shows, in which order, from an offset or behind a cursor, folded where that is
 * asked.
 *
 * By a sort key a page begins behind a place among the records (order.h), so that a walk by cursors gives
 * every record that stays as it is exactly once, whatever comes and goes meanwhile. By relevance it does so
 * while the index stays at one revision; after a change it goes on behind the record shown last or, where
 * that is gone, behind its score, which is the best that can be done: every weight may have moved.
 */
#ifndef PURPOSED_SEARCH_PAGE_H
#define PURPOSED_SEARCH_PAGE_H

#include "daemon/search/answer.h"
#include "daemon/search/fold.h"

struct page {
    struct shim_hit *hits;
    size_t count;
    bool has_more;
    bool by_weight;
    struct order order; /* unless by weight */
    size_t first;       /* by weight: hits before this page */
    bool is_folded;
    struct fold fold; /* if so */
};

/* The page that the request asks for, of what answer_match found. Free with page_free, also after a failure.
 */
enum search_status page_find(struct inquiry *inquiry, struct page *ret_page);
void page_free(struct page *page); /* what it holds, not itself */

/* The cursor that goes on behind the first `shown` hits of a page, *new*; `params`: an export's, else NULL.
 */
enum search_status page_cursor(struct inquiry *inquiry, const struct page *page, size_t shown,
                               const json_t *params, char **ret_cursor);

#endif
