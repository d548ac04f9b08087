/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods `search` and `facets`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/search/answer.h"
#include "daemon/search/count.h"
#include "daemon/search/explain.h"
#include "daemon/search/fields.h"
#include "daemon/search/page.h"
#include "daemon/search/snippet.h"
#include "indexer/base/json_text.h"

long long answer_microseconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* ---- hits ---- */

/* How many of the matches share the hit's text, and the filter value that lists them all. */
static void put_group(const struct fold *fold, uint32_t document, struct buf *to)
{
    uint32_t group = fold_group(fold, document);
    json_text_member(to, "copies");
    json_text_number(to, fold_copies(fold, document));
    json_text_member(to, "group");
    json_text_or_null(to, group == NODE_NONE ? NULL : fold->column->nodes[group].key);
}

/* What the hits of a page are shown with. */
struct showing {
    struct snippet_query *snippets;
    struct explanation *explanation; /* NULL: not asked for, or nothing ranks */
};

static enum search_status put_explanation(struct inquiry *inquiry, const struct showing *showing,
                                          size_t number, struct buf *to)
{
    if (!inquiry->request.explain)
        return SEARCH_OK;
    json_text_member(to, "explain");
    if (!showing->explanation) {
        buf_text(to, "[]");
        return SEARCH_OK;
    }
    enum shim_status status = explain_put(showing->explanation, number, to);
    return answer_status(status, inquiry->matcher.error.text, inquiry->error);
}

/* The members of the hit that are stored: those of every hit, and those asked for. */
static void put_members(struct inquiry *inquiry, struct text_frame *frame, struct buf *to,
                        struct error *error)
{
    struct text_section section;
    if (text_frame_section(frame, TEXT_SECTION_HIT, &section, error) == 0)
        buf_append(to, section.bytes, section.len);
    if (inquiry->request.field_count > 0 &&
        text_frame_section(frame, TEXT_SECTION_REST, &section, error) == 0)
        fields_put(to, &section, inquiry->request.fields, inquiry->request.field_count);
}

/* Hit number `number` of the page. */
static enum search_status put_hit(struct inquiry *inquiry, const struct page *page, size_t number,
                                  const struct showing *showing, struct buf *to)
{
    const struct shim_hit *hit = &page->hits[number];
    const struct columns *columns = inquiry->columns;
    struct text_frame *frame = inquiry->worker->frame;
    struct error error = ERROR_NONE;
    if (text_reader_find(inquiry->snapshot->texts, frame, &columns->addresses[hit->document], &error) != 0)
        return answer_fail(inquiry->error, -32603, "%s: %s", columns->ids[hit->document], error.text);
    json_text_comma(to);
    buf_byte(to, '{');
    put_members(inquiry, frame, to, &error);
    if ((inquiry->filtered.has_release_selection || inquiry->matcher.asked_releases) &&
        inquiry->request.same_release && !(columns->states[hit->document] & DOCUMENT_HAS_RELEASES))
        buf_text(to, ",\"same_release\":\"not stated\"");
    if (columns->states[hit->document] & DOCUMENT_IS_OLD)
        buf_text(to, ",\"history\":true");
    if (page->is_folded)
        put_group(&page->fold, hit->document, to);
    json_text_member(to, "score");
    json_text_decimal(to, hit->weight);
    json_text_member(to, "snippets");
    const struct snippet_record record = {frame, inquiry->worker->reader, columns, hit->document};
    snippet_put(to, inquiry->worker->analyser, showing->snippets, &record, inquiry->request.snippets, &error);
    if (error.is_set)
        return answer_fail(inquiry->error, -32603, "%s: %s", columns->ids[hit->document], error.text);
    enum search_status status = put_explanation(inquiry, showing, number, to);
    buf_byte(to, '}');
    return status;
}

static bool find_text(void *kept, uint64_t place, char *to, size_t len)
{
    return kept_find_text(kept, place, to, len);
}

static void keep_text(void *kept, uint64_t place, const char *bytes, size_t len)
{
    kept_put_text(kept, place, bytes, len);
}

static enum search_status put_hits(struct inquiry *inquiry, const struct page *page, struct buf *to)
{
    enum search_status status = SEARCH_OK;
    struct showing showing = {
        .snippets = snippet_query_new(&inquiry->matcher, inquiry->marked ? inquiry->marked : inquiry->query)};
    if (inquiry->request.explain)
        status = answer_status(explain_hits(&inquiry->matcher, inquiry->query, inquiry->request.q, page->hits,
                                            page->count, &showing.explanation),
                               inquiry->matcher.error.text, inquiry->error);
    /* The texts of a page are shown again with others; those read once and for all by `get` are not kept. */
    const struct text_holder holder = {find_text, keep_text, inquiry->snapshot->kept};
    text_frame_hold(inquiry->worker->frame, &holder);
    json_text_member(to, "hits");
    buf_byte(to, '[');
    for (size_t i = 0; i < page->count && status == SEARCH_OK; i++)
        status = put_hit(inquiry, page, i, &showing, to);
    buf_byte(to, ']');
    text_frame_hold(inquiry->worker->frame, NULL);
    snippet_query_free(showing.snippets);
    explanation_free(showing.explanation);
    return status;
}

static enum search_status put_page(struct inquiry *inquiry, struct buf *to)
{
    struct page page;
    MEM_AUTO char *cursor = NULL;
    enum search_status status = page_find(inquiry, &page);
    if (status == SEARCH_OK) {
        answer_put_totals(inquiry, page.is_folded ? &page.fold : NULL, to);
        status = put_hits(inquiry, &page, to);
    }
    if (status == SEARCH_OK && page.has_more)
        status = page_cursor(inquiry, &page, page.count, NULL, &cursor);
    if (cursor) {
        json_text_member(to, "cursor");
        json_text_or_null(to, cursor);
    }
    page_free(&page);
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

/* The query as it was understood: in words, and as its tree with the stems that are looked for. */
static void put_query(const struct inquiry *inquiry, struct buf *to)
{
    MEM_AUTO char *words = explain_query(inquiry->query, inquiry->request.q);
    MEM_AUTO char *tree = query_text(inquiry->query);
    json_text_member(to, "query");
    json_text_or_null(to, words);
    json_text_member(to, "tree");
    json_text_or_null(to, tree);
}

enum search_status answer_put_search(struct inquiry *inquiry, long long start, struct buf *to)
{
    buf_byte(to, '{');
    enum search_status status = put_page(inquiry, to);
    if (status != SEARCH_OK)
        return status;
    put_facets(inquiry, to);
    if (inquiry->request.explain)
        put_query(inquiry, to);
    answer_put_findings(inquiry, to);
    json_text_member(to, "took_us");
    json_text_number(to, answer_microseconds() - start);
    buf_byte(to, '}');
    return SEARCH_OK;
}

enum search_status answer_search(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    long long start = answer_microseconds();
    if (request_parse_search(&inquiry->request, inquiry->columns, params, inquiry->error) != 0)
        return SEARCH_FAILED;
    enum search_status status = answer_match(inquiry);
    return status == SEARCH_OK ? answer_put_search(inquiry, start, to) : status;
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
