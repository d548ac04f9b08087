/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/search.h"

#include <string.h>

#include "daemon/search/answer.h"

static const struct {
    const char *name;
    enum search_status (*run)(struct inquiry *inquiry, const json_t *params, struct buf *to);
} methods[] = {
    {"search", answer_search},   {"get", answer_get},         {"facets", answer_facets},
    {"compare", answer_compare}, {"changes", answer_changes}, {"schema", answer_schema},
    {"export", answer_export},   {"similar", answer_similar}, {"suggest", answer_suggest},
};

static struct search_limits now = {SEARCH_QUERY_MAX, SEARCH_QUERY_WORDS_MAX, SEARCH_EXPANSIONS_MAX,
                                   SEARCH_LIMIT_MAX, SEARCH_WINDOW_MAX};

const struct search_limits *search_limits(void)
{
    return &now;
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

enum search_status search_run(struct snapshot *snapshot, unsigned worker, const char *method,
                              const json_t *params, struct buf *result, struct search_error *error)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(methods[i].name, method) != 0)
            continue;
        size_t before = result->len;
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
