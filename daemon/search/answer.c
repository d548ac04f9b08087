/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/correct.h"
#include "daemon/search/count.h"
#include "daemon/search/expand.h"
#include "indexer/base/json_text.h"

enum search_status answer_fail(struct search_error *error, int code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    error->code = code;
    return SEARCH_FAILED;
}

enum search_status answer_status(enum shim_status status, const char *text, struct search_error *error)
{
    if (status == SHIM_OK)
        return SEARCH_OK;
    if (status == SHIM_CHANGED)
        return SEARCH_CHANGED;
    return answer_fail(error, -32603, "the index cannot be read: %s", text);
}

void answer_init(struct inquiry *inquiry, struct snapshot *snapshot, unsigned worker,
                 struct search_error *error)
{
    *inquiry = (struct inquiry){.snapshot = snapshot,
                                .columns = snapshot->columns,
                                .worker = &snapshot->workers[worker],
                                .error = error};
    request_init(&inquiry->request, inquiry->columns);
    inquiry->matcher = (struct matcher){.reader = inquiry->worker->reader,
                                        .columns = inquiry->columns,
                                        .analyser = inquiry->worker->analyser,
                                        .values = snapshot->values,
                                        .kept = snapshot->kept,
                                        .warnings = &inquiry->request.warnings};
}

void answer_free(struct inquiry *inquiry)
{
    filtered_free(&inquiry->filtered);
    bits_free(&inquiry->shown);
    matcher_free(&inquiry->matcher);
    query_free(inquiry->query);
    free(inquiry->corrected);
    query_free(inquiry->marked);
    request_free(&inquiry->request);
}

/* The documents among which is searched. */
static const struct bits *searched(const struct inquiry *inquiry)
{
    return inquiry->request.history ? &inquiry->columns->all : &inquiry->columns->current;
}

static enum search_status match_text(struct inquiry *inquiry, struct bits *ret_documents)
{
    enum shim_status status = matcher_match(&inquiry->matcher, inquiry->query, ret_documents);
    if (status != SHIM_OK)
        return answer_status(status, inquiry->matcher.error.text, inquiry->error);
    bits_and(ret_documents, searched(inquiry));
    return SEARCH_OK;
}

enum search_status answer_parse(struct inquiry *inquiry)
{
    const struct request *request = &inquiry->request;
    struct error error = ERROR_NONE;
    if (!request->q)
        return SEARCH_OK;
    if (query_parse(inquiry->worker->analyser, request->q, request->q_len, request->parts, request->match_any,
                    &inquiry->query, &inquiry->request.warnings, &error) != 0)
        return answer_fail(inquiry->error, -32602, "q: %s", error.text);
    inquiry->query = expand(inquiry->snapshot->vocabulary, inquiry->query, &inquiry->request.warnings);
    return SEARCH_OK;
}

/* Like `relaxed` it is decided before filters. */
static enum search_status correct_text(struct inquiry *inquiry, size_t found)
{
    const struct request *request = &inquiry->request;
    enum shim_status status =
        correct(&inquiry->matcher, inquiry->query, request->q, request->q_len, found, &inquiry->corrected);
    return answer_status(status, inquiry->matcher.error.text, inquiry->error);
}

/* The documents that the text finds; any word where no record has all. */
static enum search_status match_query(struct inquiry *inquiry, struct bits *documents)
{
    if (!inquiry->query) {
        *documents = bits_copy(searched(inquiry));
        return SEARCH_OK;
    }
    enum search_status status = match_text(inquiry, documents);
    /* Decided before filters: whether any record has every word does not depend on what is chosen. */
    if (status == SEARCH_OK && bits_total(documents) == 0 && query_relax(inquiry->query)) {
        bits_free(documents);
        status = match_text(inquiry, documents);
        inquiry->relaxed = status == SEARCH_OK && bits_total(documents) > 0;
    }
    return status == SEARCH_OK ? correct_text(inquiry, inquiry->relaxed ? 0 : bits_total(documents)) : status;
}

void answer_filter(struct inquiry *inquiry, struct bits documents)
{
    filter_apply(&inquiry->request, inquiry->columns, inquiry->snapshot->kept, documents, &inquiry->filtered);
    inquiry->shown = bits_copy(&inquiry->filtered.matched);
    if (inquiry->request.newest_version)
        keep_newest_versions(inquiry->columns, &inquiry->shown);
}

enum search_status answer_match(struct inquiry *inquiry)
{
    enum search_status status = answer_parse(inquiry);
    if (status != SEARCH_OK)
        return status;
    inquiry->matcher.same_release = inquiry->request.same_release;
    struct bits documents = {0};
    status = match_query(inquiry, &documents);
    if (status != SEARCH_OK) {
        bits_free(&documents);
        return status;
    }
    answer_filter(inquiry, documents);
    return SEARCH_OK;
}

void answer_put_totals(const struct inquiry *inquiry, const struct fold *fold, struct buf *to)
{
    json_text_member(to, "revision");
    json_text_or_null(to, inquiry->snapshot->revision);
    json_text_member(to, "total");
    json_text_number(to, (long long)bits_total(&inquiry->shown));
    if (fold) {
        json_text_member(to, "groups");
        json_text_number(to, (long long)fold->total);
    }
}

void answer_put_findings(const struct inquiry *inquiry, struct buf *to)
{
    if (inquiry->corrected) {
        json_text_member(to, "corrected");
        json_text_or_null(to, inquiry->corrected);
    }
    if (inquiry->relaxed) {
        json_text_member(to, "relaxed");
        buf_text(to, "true");
    }
    answer_put_warnings(to, &inquiry->request.warnings);
}

void answer_put_warnings(struct buf *to, const struct strlist *warnings)
{
    if (warnings->len == 0)
        return;
    json_text_member(to, "warnings");
    buf_byte(to, '[');
    for (size_t i = 0; i < warnings->len; i++) {
        json_text_comma(to);
        json_text_or_null(to, warnings->items[i]);
    }
    buf_byte(to, ']');
}
