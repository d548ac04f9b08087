/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/page.h"

#include <string.h>

#include "daemon/search/ranking.h"

/* ---- by weight ---- */

static enum search_status top_by_weight(struct inquiry *inquiry, const struct bits *documents, size_t offset,
                                        size_t limit, struct shim_hit *hits, size_t *ret_count)
{
    struct ranking ranking;
    enum shim_status status = ranking_make(&inquiry->matcher, inquiry->query, &ranking);
    if (status != SHIM_OK)
        return answer_status(status, inquiry->matcher.error.text, inquiry->error);
    struct shim_error shim_error;
    status = shim_top_by_weight(inquiry->worker->reader, ranking.query, documents->words, documents->count,
                                &shim_weighting_default, offset, limit, hits, ret_count, &shim_error);
    ranking_free(&ranking);
    return answer_status(status, shim_error.text, inquiry->error);
}

enum {
    FOLD_SPARE = 32, /* hits ranked beyond those needed, before any copy was seen */
    FOLD_GROWTH = 4, /* times as many in each further round */
};

/* The first `wanted` hits of distinct groups: ranks more than are needed, takes the first of each group, and
 * ranks what is left without the groups met, until there are enough. What is left comes behind everything
 * ranked before, since all of that was met. */
static enum search_status top_folded(struct inquiry *inquiry, const struct fold *fold, size_t wanted,
                                     struct shim_hit *hits, size_t *ret_count)
{
    struct bits left = bits_copy(&inquiry->shown);
    enum search_status status = SEARCH_OK;
    size_t window = wanted + FOLD_SPARE, total = bits_total(&left);
    *ret_count = 0;
    while (*ret_count < wanted && *ret_count < fold->total && status == SEARCH_OK) {
        window = window < total ? window : total;
        struct shim_hit *ranked = mem_zero(window, sizeof *ranked);
        size_t count = 0;
        status = top_by_weight(inquiry, &left, 0, window, ranked, &count);
        size_t kept = fold_hits(fold, ranked, count, &left);
        kept = kept < wanted - *ret_count ? kept : wanted - *ret_count;
        memcpy(hits + *ret_count, ranked, kept * sizeof *hits);
        *ret_count += kept;
        free(ranked);
        if (count < window)
            break;
        window *= FOLD_GROWTH;
    }
    bits_free(&left);
    return status;
}

static enum search_status top_hits(struct inquiry *inquiry, const struct page *page, size_t offset,
                                   size_t limit, struct shim_hit *hits, size_t *ret_count)
{
    *ret_count = 0;
    if (!page->is_folded)
        return top_by_weight(inquiry, &inquiry->shown, offset, limit, hits, ret_count);
    struct shim_hit *all = mem_zero(offset + limit, sizeof *all);
    size_t count;
    enum search_status status = top_folded(inquiry, &page->fold, offset + limit, all, &count);
    *ret_count = count > offset ? count - offset : 0;
    if (*ret_count)
        memcpy(hits, all + offset, *ret_count * sizeof *hits);
    free(all);
    return status;
}

static uint64_t revision_hash(const struct inquiry *inquiry)
{
    return cursor_hash(inquiry->snapshot->revision, strlen(inquiry->snapshot->revision));
}

/* Where to go on in the order of another revision: behind the record that was shown last or, where it is no
 * longer found, before the first that weighs less. */
static size_t place_again(const struct inquiry *inquiry, const struct shim_hit *hits, size_t count)
{
    const struct cursor *cursor = &inquiry->request.cursor;
    for (size_t i = 0; i < count; i++)
        if (strcmp(inquiry->columns->ids[hits[i].document], cursor->id) == 0)
            return i + 1;
    size_t place = 0;
    while (place < count && hits[place].weight >= cursor->score)
        place++;
    return place;
}

static enum search_status begin_by_weight(struct inquiry *inquiry, const struct page *page, size_t total,
                                          size_t *ret_first)
{
    const struct request *request = &inquiry->request;
    *ret_first = request->has_cursor ? request->cursor.rank : request->offset;
    *ret_first = *ret_first < total ? *ret_first : total;
    if (!request->has_cursor || request->cursor.revision == revision_hash(inquiry))
        return SEARCH_OK;
    struct shim_hit *hits = mem_zero(total, sizeof *hits);
    size_t count;
    enum search_status status = top_hits(inquiry, page, 0, total, hits, &count);
    if (status == SEARCH_OK)
        *ret_first = place_again(inquiry, hits, count);
    free(hits);
    return status;
}

static enum search_status find_by_weight(struct inquiry *inquiry, struct page *page)
{
    size_t total = page->is_folded ? page->fold.total : bits_total(&inquiry->shown);
    enum search_status status = begin_by_weight(inquiry, page, total, &page->first);
    if (status != SEARCH_OK)
        return status;
    return top_hits(inquiry, page, page->first, inquiry->request.limit + 1, page->hits, &page->count);
}

/* ---- by key ---- */

static enum search_status find_by_key(struct inquiry *inquiry, struct page *page)
{
    const struct request *request = &inquiry->request;
    struct bits documents = bits_copy(&inquiry->shown);
    if (page->is_folded)
        fold_keep_first(&page->fold, &page->order, &documents);
    if (request->has_cursor)
        order_keep_behind(&page->order, &request->cursor, &documents);
    struct shim_error shim_error;
    enum shim_status status = order_top(&page->order, &documents, request->offset, request->limit + 1,
                                        page->hits, &page->count, &shim_error);
    bits_free(&documents);
    return answer_status(status, shim_error.text, inquiry->error);
}

/* ---- pages ---- */

/* By weight; where nothing is weighed (no text, or only what is not wanted) in the order of ids. */
static void choose_order(const struct inquiry *inquiry, struct page *page)
{
    const struct request *request = &inquiry->request;
    page->by_weight = request->sort == SORT_RELEVANCE && inquiry->query && query_has_wanted(inquiry->query);
    page->order = (struct order){inquiry->columns, request->sort, request->descending};
    if (request->sort == SORT_RELEVANCE)
        page->order = (struct order){inquiry->columns, SORT_ID, false};
}

enum search_status page_find(struct inquiry *inquiry, struct page *ret_page)
{
    const struct request *request = &inquiry->request;
    struct page *page = ret_page;
    *page = (struct page){.is_folded = request->fold_copies};
    choose_order(inquiry, page);
    if (request->has_cursor && request->cursor.by_weight != page->by_weight)
        return answer_fail(inquiry->error, -32602, "cursor: this one came with another order of hits");
    if (page->is_folded)
        fold_count(inquiry->columns, &inquiry->shown, &page->fold);
    if (request->limit == 0)
        return SEARCH_OK;
    page->hits = mem_zero(request->limit + 1, sizeof *page->hits);
    enum search_status status = page->by_weight ? find_by_weight(inquiry, page) : find_by_key(inquiry, page);
    page->has_more = page->count > request->limit;
    page->count -= page->has_more;
    return status;
}

void page_free(struct page *page)
{
    free(page->hits);
    fold_free(&page->fold);
    *page = (struct page){0};
}

enum search_status page_cursor(struct inquiry *inquiry, const struct page *page, size_t shown,
                               const json_t *params, char **ret_cursor)
{
    const struct shim_hit *last = &page->hits[shown - 1];
    struct cursor cursor = {
        .question = cursor_question(inquiry->request.params), .by_weight = page->by_weight, .params = params};
    if (page->by_weight) {
        cursor.id = mem_text(inquiry->columns->ids[last->document]);
        cursor.score = last->weight;
        cursor.rank = page->first + shown;
        cursor.revision = revision_hash(inquiry);
    } else {
        order_note_place(&page->order, last->document, &cursor);
    }
    *ret_cursor = cursor_write(&cursor, params ? CURSOR_EXPORT_MAX : CURSOR_SEARCH_MAX);
    cursor_free(&cursor);
    if (!*ret_cursor)
        return answer_fail(inquiry->error, -32603, "%s: its place makes no cursor",
                           inquiry->columns->ids[last->document]);
    return SEARCH_OK;
}
