/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One request, from its first line to its last byte. */
#include <inttypes.h>
#include <string.h>

#include "daemon/http/internal.h"
#include "indexer/base/mem.h"

/* ---- its life ---- */

/* The target is kept as it was sent, but for the scheme and host before its path: what the library makes of
 * it stops at %00 and lets %zz pass. */
void *http_request_begin(void *cls, const char *uri, struct MHD_Connection *mhd)
{
    (void)cls;
    struct http_request *request = mem_zero(1, sizeof *request);
    request->mhd = mhd;
    request->target = mem_text(uri + target_path_start(uri, strlen(uri)));
    request->connection = http_connection_of(mhd);
    if (request->connection) {
        http_request_forget(request->connection);
        request->connection->request = request;
        request->number = ++request->connection->requests;
    }
    return request;
}

static void request_free(struct http_request *request)
{
    route_call_free(&request->call);
    json_decref(request->cursor);
    gzip_free(request->gzip);
    buf_free(&request->piece);
    buf_free(&request->posted);
    rpc_message_free(&request->message);
    buf_free(&request->job.result);
    free(request->target);
    free(request->base);
    free(request);
}

void http_request_forget(struct http_connection *connection)
{
    if (connection->request)
        request_free(connection->request);
    connection->request = NULL;
}

void http_request_completed(void *cls, struct MHD_Connection *mhd, void **context,
                            enum MHD_RequestTerminationCode code)
{
    struct http *http = cls;
    struct http_request *request = *context;
    (void)mhd, (void)code;
    if (!request)
        return;
    if (request->connection) {
        request->connection->request = NULL;
        request->connection->waits_since = uv_now(http->host.loop);
        request->connection->taken_at = 0;
    }
    request_free(request);
    *context = NULL;
}

/* ---- jobs ---- */

void http_request_name(const struct http_request *request, char name[LOG_ID_SIZE])
{
    log_request(name, 'h', request->connection->number, request->number);
}

void http_request_tell(const struct http_request *request, const char *method, int code, const char *message)
{
    const struct http_host *host = &request->connection->http->host;
    const struct job *job = &request->job;
    uint64_t whole = job->ended_at - job->queued_at, slow_ms = host->limits->slow_ms;
    bool is_slow = slow_ms && job->ended_at && whole >= slow_ms * 1000000;
    bool is_gone = atomic_load(&job->is_cancelled);
    if (!host->log_queries && !is_slow && (is_gone || !log_is_failure(code)))
        return;
    bool may_tell = host->log_queries || is_slow;
    char *asked =
        may_tell && request->takes_body && job->params ? json_dumps(job->params, JSON_COMPACT) : NULL;
    struct log_call told = {.id = request->takes_body ? request->message.calls[0].id : NULL,
                            .method = method,
                            .asked = asked      ? asked
                                     : may_tell ? request->target
                                                : NULL,
                            .understood = job->understood,
                            .waited_us = (job->started_at - job->queued_at) / 1000,
                            .took_us = (job->ended_at - job->started_at) / 1000,
                            .is_slow = is_slow,
                            .is_wanted = host->log_queries,
                            .code = code,
                            .message = message};
    http_request_name(request, told.request);
    log_call(&told);
    free(asked);
}

static void on_done(struct job *job)
{
    struct http_request *request = job->owner;
    struct http *http = request->connection->http;
    struct metrics *metrics = http->host.metrics;
    request->connection->peer->in_flight--;
    metrics->waited_ns += job->started_at - job->queued_at;
    metrics->searched_ns += job->ended_at - job->started_at;
    metrics->reruns += job->reruns;
    metrics_answer(metrics, METRIC_HTTP, job->method, job->code, uv_hrtime() - job->queued_at);
    http_request_tell(request, job->method, job->code, job->error.message);
    free(job->understood);
    job->understood = NULL;
    request->stage = HTTP_DONE;
    http->is_dirty = true;
    MHD_resume_connection(request->mhd);
}

bool http_request_submit(struct http_request *request, const char *method, const json_t *params)
{
    struct http *http = request->connection->http;
    struct job *job = &request->job;
    bool is_cancelled = atomic_load(&job->is_cancelled);
    *job = (struct job){
        .method = method, .params = params, .render = job->render, .next = job->next, .owner = request};
    job->weight = strlen(request->target) + request->posted.len;
    job->reply_max = http->host.limits->reply_bytes;
    job->rounds = &request->connection->rounds;
    job->done = on_done;
    atomic_init(&job->is_cancelled, is_cancelled);
    http->host.metrics->calls += !request->is_starved; /* tried again it is the same call */
    if (!workers_submit(http->host.workers, job)) {
        job->queued_at = 0;
        return false;
    }
    request->connection->peer->in_flight++;
    return true;
}

/* ---- what is asked ---- */

static bool is_method(const char *method, const char *name)
{
    return strcmp(method, name) == 0;
}

static bool is_taken(const struct http_request *request, const char *method)
{
    return request->takes_body
               ? is_method(method, MHD_HTTP_METHOD_POST)
               : is_method(method, MHD_HTTP_METHOD_GET) || is_method(method, MHD_HTTP_METHOD_HEAD);
}

static bool announces_body(struct MHD_Connection *mhd)
{
    const char *length = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const char *encoding =
        MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_TRANSFER_ENCODING);
    return encoding || (length && strspn(length, "0") != strlen(length));
}

/* Bytes of a body that are read. */
static size_t body_max(const struct http_request *request)
{
    return request->takes_body ? request->connection->http->host.limits->line_bytes : HTTP_BODY_DISCARD_MAX;
}

static bool announces_too_much(const struct http_request *request)
{
    const char *length =
        MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    return length && strtoull(length, NULL, 10) > body_max(request);
}

static enum MHD_Result refuse_method(struct http_request *request, const char *method)
{
    struct problem problem;
    if (is_method(method, MHD_HTTP_METHOD_OPTIONS))
        return http_reply_empty(request, MHD_HTTP_NO_CONTENT, NULL);
    problem_set(&problem, 405, NULL, "%s",
                request->takes_body ? "calls are posted here: POST and OPTIONS are taken"
                                    : "nothing here can be changed: GET, HEAD and OPTIONS are taken");
    return http_reply_problem(request, &problem);
}

static enum MHD_Result refuse_body(struct http_request *request)
{
    struct problem problem;
    if (request->takes_body)
        problem_set(&problem, 413, NULL, "a call may have %zu bytes", body_max(request));
    else
        problem_set(&problem, 413, NULL, "a request takes no body: what is asked stands in its parameters");
    return http_reply_problem(request, &problem);
}

/* A fault of the request as a whole, before it is looked at in detail. */
static int check(struct http_request *request, struct problem *problem)
{
    const struct http_connection *connection = request->connection;
    const struct limits *limits = connection->http->host.limits;
    const union MHD_ConnectionInfo *head =
        MHD_get_connection_info(request->mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (head && head->header_size > HTTP_HEAD_MAX && strlen(request->target) <= TARGET_MAX)
        return problem_set(problem, 431, NULL, "a request's head may have %d bytes, not %zu", HTTP_HEAD_MAX,
                           head->header_size);
    if (connection->is_surplus)
        return problem_set(problem, 503, NULL, "too many connections: try again later");
    if (connection->peer->in_flight >= limits->in_flight)
        return problem_set(problem, 429, NULL,
                           "%zu requests of this address are unanswered, which is as many as may be: try "
                           "again later",
                           connection->peer->in_flight);
    request->base = http_base(request, problem);
    if (!request->base)
        return -1;
    return route_resolve(request->target, strlen(request->target), &request->call, problem);
}

static enum MHD_Result start(struct http_request *request)
{
    struct problem problem;
    request->connection->waits_since = 0;
    request->takes_gzip = http_takes_gzip(request->mhd);
    if (check(request, &problem)) {
        bool is_busy = problem.status == 429 || problem.status == 503;
        metrics_answer(request->connection->http->host.metrics, METRIC_HTTP, NULL,
                       is_busy ? RPC_OVERLOADED : RPC_INVALID_REQUEST, 0);
        return http_reply_problem(request, &problem);
    }
    if (request->takes_body)
        return http_call_start(request);
    return http_answer_asks(request) ? http_answer_start(request) : http_answer_local(request);
}

static bool has_too_much(const struct http_request *request)
{
    return request->takes_body && request->body > body_max(request);
}

/* A piece of a body: kept where it is a call, else read away. One that did not say how long it is, and is too
 * long, is read away as well, as far as may be: its client hears of nothing before the body's end. */
static enum MHD_Result take_body(struct http_request *request, const char *bytes, size_t len)
{
    request->body += len;
    if (request->body > body_max(request) + (request->takes_body ? HTTP_BODY_DISCARD_MAX : 0)) {
        http_connection_tell(request->connection, "the body of its request is too long");
        return MHD_NO;
    }
    if (request->takes_body && !has_too_much(request))
        buf_append(&request->posted, bytes, len);
    return MHD_YES;
}

static enum MHD_Result take_head(struct http_request *request, const char *method, const char *version)
{
    request->stage = HTTP_READING;
    request->is_head = is_method(method, MHD_HTTP_METHOD_HEAD);
    request->is_old = is_method(version, MHD_HTTP_VERSION_1_0);
    request->takes_body = route_takes_calls(request->target, strlen(request->target));
    request->posted = (struct buf)BUF_INIT(body_max(request));
    if (!announces_too_much(request))
        return MHD_YES;
    return is_taken(request, method) ? refuse_body(request) : refuse_method(request, method);
}

/* Called when the head is there, for each piece of a body, when all of it has been read, and again once a
 * worker is done. */
enum MHD_Result http_request_handle(void *cls, struct MHD_Connection *mhd, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **context)
{
    struct http_request *request = *context;
    (void)cls, (void)url;
    if (!request->connection)
        return MHD_NO;
    if (request->stage == HTTP_NEW)
        return take_head(request, method, version);
    if (request->stage == HTTP_READING && *upload_size > 0) {
        size_t len = *upload_size;
        *upload_size = 0;
        return take_body(request, upload, len);
    }
    if (request->stage == HTTP_DONE)
        return http_answer_finish(request);
    if (request->stage == HTTP_WAITING)
        return MHD_YES;
    if (!is_taken(request, method))
        return refuse_method(request, method);
    bool is_wrong = request->takes_body ? has_too_much(request) : announces_body(mhd);
    return is_wrong ? refuse_body(request) : start(request);
}
