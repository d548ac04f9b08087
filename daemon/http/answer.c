/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a worker answers: the job, the form its result is given, and an export's stream of jobs. */
#include <string.h>

#include "daemon/http/internal.h"
#include "daemon/http/render.h"
#include "indexer/base/mem.h"

static const struct {
    enum route_kind kind;
    const char *type;
} types[] = {
    {ROUTE_JSON, "application/json"},
    {ROUTE_RESULTS, "application/json"},
    {ROUTE_ATOM, "application/atom+xml; charset=utf-8"},
    {ROUTE_SUGGESTIONS, "application/x-suggestions+json; charset=utf-8"},
    {ROUTE_PAGE, HTTP_HTML},
};

static const char *type_of(const struct http_request *request)
{
    if (request->call.route->kind == ROUTE_EXPORT)
        return request->call.is_csv ? "text/csv; charset=utf-8; header=present" : "application/jsonl";
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (types[i].kind == request->call.route->kind)
            return types[i].type;
    return "application/octet-stream";
}

/* ---- rendering, in a worker's thread ---- */

/* Puts `body` in the result's place. */
static void replace(struct job *job, struct buf *body)
{
    if (buf_failed(body)) {
        job->code = RPC_INVALID_PARAMS;
        strcpy(job->error.message, "the reply would be too long: ask for less at once");
        buf_free(body);
        return;
    }
    buf_free(&job->result);
    job->result = *body;
}

static void compress(struct job *job, struct gzip *gzip, bool is_last)
{
    struct buf body = BUF_INIT(job->reply_max);
    gzip_put(gzip, &job->result, is_last, &body);
    replace(job, &body);
}

static void render_form(const struct http_request *request, const json_t *result, struct buf *body)
{
    struct render_call call = {request->base, request->target, request->call.params};
    switch (request->call.route->kind) {
    case ROUTE_ATOM:
        render_atom(result, &call, body);
        return;
    case ROUTE_RESULTS:
        render_results(result, &call, body);
        return;
    default:
        render_suggestions(result, &call, body);
    }
}

static json_t *parse_result(struct job *job)
{
    json_error_t error;
    json_t *result = json_loadb(job->result.data, job->result.len, 0, &error);
    if (!result) {
        job->code = RPC_INTERNAL;
        strcpy(job->error.message, "the result is no JSON");
    }
    return result;
}

/* A page is given each result and says what it asks next; only without the first there is none. */
static bool next_of_page(struct job *job, unsigned made)
{
    struct http_request *request = job->owner;
    struct web_page *page = request->call.page;
    if (job->code && made == 1)
        return false;
    if (job->code == 0 && buf_failed(&job->result)) {
        job->code = RPC_INVALID_PARAMS;
        strcpy(job->error.message, "there is too much of it to show");
    }
    web_page_take(page, made - 1, job->result.data, job->result.len, job->code, job->error.message);
    job->method = web_page_call(page, made, &job->params);
    if (job->method)
        return true;
    job->code = 0;
    job->method = request->method;
    job->params = request->params;
    buf_reset(&job->result);
    buf_text(&job->result, "{}");
    return false;
}

static void render_page(struct job *job, const struct http_request *request)
{
    struct buf body = BUF_INIT(job->reply_max);
    web_page_put(request->call.page, request->base, &body);
    replace(job, &body);
}

static void render_one(struct job *job)
{
    struct http_request *request = job->owner;
    if (request->call.route->kind == ROUTE_PAGE) {
        render_page(job, request);
    } else if (request->call.route->kind == ROUTE_CALL) {
        http_call_render(request);
    } else if (request->call.route->kind != ROUTE_JSON) {
        json_t *result = parse_result(job);
        struct buf body = BUF_INIT(job->reply_max);
        if (!result)
            return;
        render_form(request, result, &body);
        json_decref(result);
        replace(job, &body);
    }
    request->is_gzipped = request->takes_gzip && job->result.len >= HTTP_GZIP_LEAST;
    if (!request->is_gzipped || job->code)
        return;
    struct gzip *gzip = gzip_new();
    compress(job, gzip, true);
    gzip_free(gzip);
}

static void render_piece(struct job *job)
{
    struct http_request *request = job->owner;
    json_t *result = parse_result(job);
    if (!result)
        return;
    struct buf body = BUF_INIT(job->reply_max);
    bool with_history = json_is_true(json_object_get(request->call.params, "history"));
    if (request->call.is_csv)
        render_csv(result, with_history, !request->has_begun, &body);
    else
        render_jsonl(result, &body);
    json_t *cursor = json_object_get(result, "cursor");
    json_decref(request->cursor);
    request->cursor = json_is_string(cursor) ? json_pack("{s:O}", "cursor", cursor) : NULL;
    json_decref(result);
    replace(job, &body);
    if (request->gzip && job->code == 0)
        compress(job, request->gzip, !request->cursor);
}

/* ---- the stream of an export ---- */

static void submit_next(struct http_request *request)
{
    request->stage = HTTP_WAITING;
    request->is_starved = !http_request_submit(request, request->call.route->method, request->cursor);
}

void http_answer_retry(struct http_request *request)
{
    if (!request->is_starved)
        return;
    if (atomic_load(&request->job.is_cancelled)) {
        request->is_starved = false;
        request->job.code = RPC_DEADLINE;
        request->stage = HTTP_DONE;
        request->connection->http->is_dirty = true;
        MHD_resume_connection(request->mhd);
        return;
    }
    submit_next(request);
}

static void take_piece(struct http_request *request)
{
    buf_free(&request->piece);
    request->piece = request->job.result;
    request->job.result = (struct buf)BUF_INIT(0);
    request->sent = 0;
}

static ssize_t read_piece(void *cls, uint64_t at, char *to, size_t max)
{
    struct http_request *request = cls;
    (void)at;
    if (request->stage == HTTP_DONE && request->sent == request->piece.len && request->job.result.data)
        take_piece(request);
    size_t left = request->piece.len - request->sent;
    if (left > 0) {
        size_t len = left < max ? left : max;
        memcpy(to, request->piece.data + request->sent, len);
        request->sent += len;
        return (ssize_t)len;
    }
    if (request->job.code)
        return MHD_CONTENT_READER_END_WITH_ERROR;
    if (!request->cursor)
        return MHD_CONTENT_READER_END_OF_STREAM;
    MHD_suspend_connection(request->mhd);
    submit_next(request);
    return 0;
}

/* ---- start and finish ---- */

bool http_answer_asks(struct http_request *request)
{
    const struct route *route = request->call.route;
    request->method = route->method;
    request->params = request->call.params;
    if (route->kind == ROUTE_PAGE) {
        request->method = web_page_call(request->call.page, 0, &request->params);
        request->job.next = next_of_page;
    }
    return request->method && route->kind != ROUTE_STATUS;
}

static enum MHD_Result refuse_overload(struct http_request *request, const char *method)
{
    static const char WHY[] = "too many calls are waiting: try again later";
    struct problem problem;
    http_request_tell(request, method, RPC_OVERLOADED, WHY);
    if (request->takes_body)
        return http_call_refuse(request, RPC_OVERLOADED, WHY);
    problem_set(&problem, 503, NULL, "%s", WHY);
    problem.code = RPC_OVERLOADED;
    metrics_answer(request->connection->http->host.metrics, METRIC_HTTP, method, RPC_OVERLOADED, 0);
    return http_reply_problem(request, &problem);
}

enum MHD_Result http_answer_ask(struct http_request *request, const char *method, const json_t *params)
{
    request->job.render = request->call.route->kind == ROUTE_EXPORT ? render_piece : render_one;
    request->stage = HTTP_WAITING;
    if (!http_request_submit(request, method, params))
        return refuse_overload(request, method);
    MHD_suspend_connection(request->mhd);
    return MHD_YES;
}

enum MHD_Result http_answer_start(struct http_request *request)
{
    struct http *http = request->connection->http;
    const struct route *route = request->call.route;
    struct problem problem;
    if (!search_has_method(request->method)) {
        problem_set(&problem, 404, NULL, "this version does not answer %s", route->path);
        return http_reply_problem(request, &problem);
    }
    struct snapshot *snapshot = epochs_current(http->host.epochs);
    if (snapshot) {
        http_set_etag(request, snapshot_tag(snapshot));
        snapshot_unref(snapshot);
        if (http_is_unchanged(request))
            return http_reply_empty(request, MHD_HTTP_NOT_MODIFIED, NULL);
    }
    if (route->kind == ROUTE_EXPORT && request->takes_gzip) {
        request->gzip = gzip_new();
        request->is_gzipped = true;
    }
    return http_answer_ask(request, request->method, request->params);
}

static enum MHD_Result reply_failure(struct http_request *request)
{
    const struct job *job = &request->job;
    struct problem problem;
    problem_set(&problem, problem_status(job->code), NULL, "%s", job->error.message);
    problem.code = job->code;
    if (job->code == RPC_INVALID_PARAMS)
        route_blame(request->call.route, job->error.message, problem.parameter, sizeof problem.parameter);
    return http_reply_problem(request, &problem);
}

enum MHD_Result http_answer_finish(struct http_request *request)
{
    if (request->takes_body)
        return http_call_finish(request);
    if (request->job.code)
        return reply_failure(request);
    http_set_etag(request, request->job.tag);
    if (request->call.route->kind != ROUTE_EXPORT)
        return http_reply(request, type_of(request), &request->job.result);
    request->has_begun = true;
    take_piece(request);
    return http_reply_stream(request, type_of(request), read_piece);
}
