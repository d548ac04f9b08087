/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods `search` and `facets`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/search/answer.h"
#include "daemon/search/count.h"
#include "daemon/search/ranking.h"
#include "daemon/search/snippet.h"
#include "indexer/base/json_text.h"

static long long microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- ranking ---- */

/* Sort keys for the direction asked, *new*: what has no value comes last either way. */
static uint32_t *directed_keys(const struct columns *columns, enum sort_key key, bool descending)
{
    uint32_t *keys = mem_alloc(columns->bits * sizeof *keys);
    for (size_t document = 0; document < columns->bits; document++) {
        uint32_t rank = columns->ranks[key][document];
        keys[document] = descending || rank ? rank : UINT32_MAX;
    }
    return keys;
}

static enum search_status rank_by_key(struct inquiry *inquiry, enum sort_key key, struct shim_hit *hits,
                                      size_t *ret_count)
{
    const struct request *request = &inquiry->request;
    const struct bits *matched = &inquiry->shown;
    uint32_t *keys = directed_keys(inquiry->columns, key, request->descending);
    struct shim_error shim_error;
    enum shim_status status = shim_top_by_key(matched->words, matched->count, keys, request->descending,
                                              request->offset, request->limit, hits, ret_count, &shim_error);
    free(keys);
    return answer_status(status, shim_error.text, inquiry->error);
}

/* By weight; where nothing is weighed (no text, or only what is not wanted) in the order of ids. */
static enum search_status rank(struct inquiry *inquiry, struct shim_hit *hits, size_t *ret_count)
{
    const struct request *request = &inquiry->request;
    const struct bits *matched = &inquiry->shown;
    if (request->sort != SORT_RELEVANCE)
        return rank_by_key(inquiry, request->sort, hits, ret_count);
    if (!inquiry->query || !query_has_wanted(inquiry->query))
        return rank_by_key(inquiry, SORT_ID, hits, ret_count);
    struct ranking ranking;
    if (ranking_make(&inquiry->matcher, inquiry->query, &ranking) != 0)
        return answer_fail(inquiry->error, -32603, "no memory to rank with");
    struct shim_error shim_error;
    enum shim_status status = shim_top_by_weight(inquiry->worker->reader, ranking.query, matched->words,
                                                 matched->count, &shim_weighting_default, request->offset,
                                                 request->limit, hits, ret_count, &shim_error);
    ranking_free(&ranking);
    return answer_status(status, shim_error.text, inquiry->error);
}

/* ---- hits ---- */

static enum search_status put_hit(struct inquiry *inquiry, const struct shim_hit *hit,
                                  const struct snippet_query *snippets, struct buf *to)
{
    const struct columns *columns = inquiry->columns;
    struct text_section sections[TEXT_SECTION_COUNT];
    struct error error = ERROR_NONE;
    if (text_reader_get(inquiry->snapshot->texts, inquiry->worker->frame, &columns->addresses[hit->document],
                        sections, &error) != 0)
        return answer_fail(inquiry->error, -32603, "%s: %s", columns->ids[hit->document], error.text);
    json_text_comma(to);
    buf_byte(to, '{');
    buf_append(to, sections[TEXT_SECTION_HIT].bytes, sections[TEXT_SECTION_HIT].len);
    if (inquiry->filtered.has_release_selection && inquiry->request.same_release &&
        !(columns->states[hit->document] & DOCUMENT_HAS_RELEASES))
        buf_text(to, ",\"same_release\":\"not stated\"");
    if (columns->states[hit->document] & DOCUMENT_IS_OLD)
        buf_text(to, ",\"history\":true");
    json_text_member(to, "score");
    buf_printf(to, "%.4f", hit->weight);
    json_text_member(to, "snippets");
    snippet_put(to, inquiry->worker->analyser, snippets, sections, inquiry->request.snippets);
    buf_byte(to, '}');
    return SEARCH_OK;
}

static enum search_status put_hits(struct inquiry *inquiry, struct buf *to)
{
    struct shim_hit *hits = mem_zero(inquiry->request.limit, sizeof *hits);
    size_t count = 0;
    enum search_status status = inquiry->request.limit ? rank(inquiry, hits, &count) : SEARCH_OK;
    struct snippet_query *snippets =
        status == SEARCH_OK ? snippet_query_new(&inquiry->matcher, inquiry->query) : NULL;
    json_text_member(to, "hits");
    buf_byte(to, '[');
    for (size_t i = 0; i < count && status == SEARCH_OK; i++)
        status = put_hit(inquiry, &hits[i], snippets, to);
    buf_byte(to, ']');
    snippet_query_free(snippets);
    free(hits);
    return status;
}

/* ---- facets ---- */

static void put_facet(struct inquiry *inquiry, const struct counted *counted, struct buf *to,
                      size_t *ret_total)
{
    uint32_t *counts =
        counted->releases
            ? count_releases(&inquiry->request, inquiry->columns, &inquiry->filtered, counted->facet)
            : count_records(&inquiry->request, inquiry->columns, &inquiry->filtered, counted->facet);
    count_put(to, &inquiry->request, inquiry->columns, counted, counts, ret_total);
    free(counts);
}

static void put_facets(struct inquiry *inquiry, struct buf *to)
{
    if (inquiry->request.counted_count == 0)
        return;
    json_text_member(to, "facets");
    buf_byte(to, '{');
    for (size_t i = 0; i < inquiry->request.counted_count; i++) {
        const struct counted *counted = &inquiry->request.counted[i];
        json_text_comma(to);
        json_text_or_null(to, counted->name);
        buf_byte(to, ':');
        size_t total;
        put_facet(inquiry, counted, to, &total);
    }
    buf_byte(to, '}');
}

/* ---- methods ---- */

enum search_status answer_search(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    long long start = microseconds();
    if (request_parse_search(&inquiry->request, inquiry->columns, params, inquiry->error) != 0)
        return SEARCH_FAILED;
    enum search_status status = answer_match(inquiry);
    if (status != SEARCH_OK)
        return status;
    buf_byte(to, '{');
    json_text_member(to, "revision");
    json_text_or_null(to, inquiry->snapshot->revision);
    json_text_member(to, "total");
    json_text_number(to, (long long)bits_total(&inquiry->shown));
    status = put_hits(inquiry, to);
    if (status != SEARCH_OK)
        return status;
    put_facets(inquiry, to);
    if (inquiry->request.explain) {
        MEM_AUTO char *understood = query_text(inquiry->query);
        json_text_member(to, "query");
        json_text_or_null(to, understood);
    }
    if (inquiry->relaxed) {
        json_text_member(to, "relaxed");
        buf_text(to, "true");
    }
    answer_put_warnings(to, &inquiry->request.warnings);
    json_text_member(to, "took_us");
    json_text_number(to, microseconds() - start);
    buf_byte(to, '}');
    return SEARCH_OK;
}

enum search_status answer_facets(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    if (request_parse_facets(&inquiry->request, inquiry->columns, params, inquiry->error) != 0)
        return SEARCH_FAILED;
    enum search_status status = answer_match(inquiry);
    if (status != SEARCH_OK)
        return status;
    buf_byte(to, '{');
    json_text_member(to, "revision");
    json_text_or_null(to, inquiry->snapshot->revision);
    json_text_member(to, "name");
    json_text_or_null(to, inquiry->request.counted[0].name);
    json_text_member(to, "label");
    json_text_or_null(to, inquiry->columns->facets[inquiry->request.counted[0].facet].field->label);
    json_text_member(to, "values");
    size_t total;
    put_facet(inquiry, &inquiry->request.counted[0], to, &total);
    json_text_member(to, "total");
    json_text_number(to, (long long)total);
    answer_put_warnings(to, &inquiry->request.warnings);
    buf_byte(to, '}');
    return SEARCH_OK;
}
