/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call of the protocol as a body: what the socket's line says, and its reply. For programs that have the
 * protocol already and nothing but HTTP to reach the daemon by, as `purpose` is where it is given an address
 * of HTTP: no second spelling of parameters and errors, which could come to differ from the first.
 *
 * One call a request. A batch is one connection's turn at the socket but would be one here too, and whoever
 * wants several answers at once has several requests.
 */
#include <string.h>
#include <strings.h>

#include "daemon/http/internal.h"
#include "daemon/work/methods.h"

enum { ENVELOPE_MAX = 128 + RPC_ID_MAX /* bytes around a result */ };

#define CALL_TYPE "application/json"

static enum MHD_Result reply_error(struct http_request *request, int code, const char *message)
{
    struct buf body = BUF_INIT(request->job.reply_max + ENVELOPE_MAX + 6 * sizeof(struct search_error));
    rpc_put_error(&body, request->message.calls[0].id, code, message);
    request->is_gzipped = false;
    return http_reply_as(request, (unsigned)problem_status(code), CALL_TYPE, &body);
}

enum MHD_Result http_call_refuse(struct http_request *request, int code, const char *message)
{
    metrics_answer(request->connection->http->host.metrics, METRIC_HTTP, request->message.calls[0].method,
                   code, 0);
    return reply_error(request, code, message);
}

void http_call_render(struct http_request *request)
{
    struct job *job = &request->job;
    struct buf body = BUF_INIT(job->reply_max + ENVELOPE_MAX);
    rpc_put_result(&body, request->message.calls[0].id, job->result.data, job->result.len);
    buf_free(&job->result);
    job->result = body;
}

enum MHD_Result http_call_finish(struct http_request *request)
{
    struct job *job = &request->job;
    if (job->code)
        return reply_error(request, job->code, job->error.message);
    return http_reply(request, CALL_TYPE, &job->result);
}

/* What pages of others may post without asking first is not taken (Fetch, "CORS-safelisted request-header"),
 * and asked they are not told that they may: so a call comes from a program. */
static bool is_json(struct MHD_Connection *mhd)
{
    const char *type = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_TYPE);
    size_t len = sizeof CALL_TYPE - 1;
    return type && strncasecmp(type, CALL_TYPE, len) == 0 && strchr("; \t", type[len]);
}

static enum MHD_Result answer_status(struct http_request *request, const struct rpc_call *call)
{
    const struct http_host *host = &request->connection->http->host;
    char message[RPC_MESSAGE_SIZE];
    request->job.reply_max = host->limits->reply_bytes;
    request->job.result = (struct buf)BUF_INIT(host->limits->reply_bytes);
    int code = host->status(host->data, call->params, &request->job.result, message, sizeof message);
    if (code)
        return http_call_refuse(request, code, message);
    metrics_answer(host->metrics, METRIC_HTTP, call->method, 0, 0);
    http_call_render(request);
    return http_reply(request, CALL_TYPE, &request->job.result);
}

static enum MHD_Result answer(struct http_request *request, const struct rpc_call *call)
{
    struct metrics *metrics = request->connection->http->host.metrics;
    char message[METHODS_UNKNOWN_SIZE];
    if (call->id && !call->error && search_has_method(call->method))
        return http_answer_ask(request, call->method, call->params);
    metrics->calls++;
    /* No method changes anything, so a call whose answer nobody wants needs not be run. */
    if (!call->id) {
        metrics->notifications++;
        return http_reply_empty(request, MHD_HTTP_ACCEPTED, NULL);
    }
    if (call->error)
        return http_call_refuse(request, call->error, call->message);
    if (strcmp(call->method, "status") == 0)
        return answer_status(request, call);
    methods_unknown(call->method, message, sizeof message);
    return http_call_refuse(request, RPC_UNKNOWN_METHOD, message);
}

enum MHD_Result http_call_start(struct http_request *request)
{
    struct problem problem;
    if (!is_json(request->mhd)) {
        problem_set(&problem, 415, NULL, "a call is posted as " CALL_TYPE);
        return http_reply_problem(request, &problem);
    }
    if (buf_failed(&request->posted) ||
        rpc_parse(request->posted.data ? request->posted.data : "", request->posted.len, &request->message))
        return MHD_NO; /* no memory */
    if (!request->message.is_batch)
        return answer(request, &request->message.calls[0]);
    problem_set(&problem, 400, NULL, "a request takes one call, not a batch: post each by itself");
    problem.code = RPC_INVALID_REQUEST;
    return http_reply_problem(request, &problem);
}
