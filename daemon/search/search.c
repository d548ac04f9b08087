/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/search.h"

#include <string.h>

#include "daemon/search/answer.h"
#include "daemon/search/canonical.h"
#include "daemon/search/explain.h"
#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "shim/shim.h"

enum { REPLY_FIRST = 16 << 10 /* bytes: a usual reply does not grow beyond */ };

static const struct {
    const char *name;
    enum search_status (*run)(struct inquiry *inquiry, const json_t *params, struct buf *to);
    bool is_kept; /* worth keeping: it takes more to answer than to read what was stored */
} methods[] = {
    {"search", answer_search, true},   {"get", answer_get, false},        {"facets", answer_facets, true},
    {"compare", answer_compare, true}, {"changes", answer_changes, true}, {"schema", answer_schema, true},
    {"export", answer_export, false},  {"similar", answer_similar, true}, {"suggest", answer_suggest, true},
};

static struct search_limits now = {SEARCH_QUERY_MAX, SEARCH_QUERY_WORDS_MAX, SEARCH_EXPANSIONS_MAX,
                                   SEARCH_LIMIT_MAX, SEARCH_WINDOW_MAX,      SEARCH_KEPT_BYTES};

const struct search_limits *search_limits(void)
{
    return &now;
}

void search_end_without_memory(void)
{
    json_set_alloc_funcs(mem_alloc, free);
    buf_on_no_memory(mem_run_out);
    shim_on_no_memory(mem_run_out);
}

void search_set_limits(const struct search_limits *limits)
{
    now = *limits;
}

bool search_has_method(const char *method)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i].name, method) == 0)
            return true;
    return false;
}

bool search_key(const char *method, const json_t *params, struct buf *to)
{
    bool is_kept = false;
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        is_kept |= methods[i].is_kept && strcmp(methods[i].name, method) == 0;
    if (!is_kept)
        return false;
    json_t *canonical = canonical_params(method, params);
    MEM_AUTO char *text = json_dumps(canonical, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(canonical);
    buf_text(to, method);
    buf_text(to, text ? text : "");
    return text && !buf_failed(to);
}

char *search_understood(struct snapshot *snapshot, unsigned worker, const char *method, const json_t *params)
{
    static const struct {
        const char *name;
        int (*parse)(struct request *request, const struct columns *columns, const json_t *params,
                     struct search_error *error);
    } asking[] = {
        {"search", request_parse_search}, {"facets", request_parse_facets}, {"export", request_parse_export}};
    struct search_error error;
    struct inquiry inquiry;
    char *words = NULL;
    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
        if (strcmp(asking[i].name, method) != 0)
            continue;
        answer_init(&inquiry, snapshot, worker, &error);
        if (asking[i].parse(&inquiry.request, inquiry.columns, params, &error) == 0 &&
            answer_parse(&inquiry) == SEARCH_OK && inquiry.query)
            words = explain_query(inquiry.query, inquiry.request.q);
        answer_free(&inquiry);
    }
    return words;
}

enum search_status search_run(struct snapshot *snapshot, unsigned worker, const char *method,
                              const json_t *params, struct buf *result, struct search_error *error)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(methods[i].name, method) != 0)
            continue;
        size_t before = result->len;
        if (result->cap == 0 && result->max >= REPLY_FIRST)
            buf_reserve(result, REPLY_FIRST);
        struct inquiry inquiry;
        answer_init(&inquiry, snapshot, worker, error);
        enum search_status status = methods[i].run(&inquiry, params, result);
        answer_free(&inquiry);
        if (status == SEARCH_OK && buf_failed(result))
            status = answer_fail(error, -32602,
                                 "the answer is larger than the limit of %zu bytes; ask for less at once",
                                 result->max);
        if (status != SEARCH_OK && result->data && !buf_failed(result)) {
            result->len = before;
            result->data[before] = '\0';
        }
        return status;
    }
    return answer_fail(error, -32601,
                       "there is no method \"%.60s\"; there are search, get, facets, compare, changes, "
                       "export, similar, suggest, schema and status",
                       method);
}
