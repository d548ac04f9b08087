/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is answered on the loop: the daemon about itself, and the descriptions of what it serves. */
#include <stdio.h>
#include <string.h>

#include "daemon/http/internal.h"
#include "daemon/http/openapi.h"
#include "daemon/http/render.h"
#include "indexer/base/mem.h"

enum { LOCAL_MAX = 4 << 20 /* bytes */ };

static enum MHD_Result reply_text(struct http_request *request, const char *text)
{
    struct buf body = BUF_INIT(LOCAL_MAX);
    buf_text(&body, text);
    return http_reply(request, "text/plain; charset=utf-8", &body);
}

static enum MHD_Result answer_ready(struct http_request *request)
{
    const struct http_host *host = &request->connection->http->host;
    struct snapshot *snapshot = epochs_current(host->epochs);
    if (snapshot) {
        snapshot_unref(snapshot);
        return reply_text(request, "ready\n");
    }
    struct problem problem;
    char why[PROBLEM_DETAIL_SIZE - 64];
    epochs_problem(host->epochs, why, sizeof why);
    problem_set(&problem, 503, NULL, "the index is not available: %s", why[0] ? why : "none is loaded yet");
    problem.code = RPC_NO_INDEX;
    return http_reply_problem(request, &problem);
}

static enum MHD_Result answer_status(struct http_request *request)
{
    const struct http_host *host = &request->connection->http->host;
    struct buf body = BUF_INIT(LOCAL_MAX);
    char message[RPC_MESSAGE_SIZE];
    int code = host->status(host->data, NULL, &body, message, sizeof message);
    metrics_answer(host->metrics, METRIC_HTTP, "status", code, 0);
    if (code == 0)
        return http_reply(request, "application/json", &body);
    struct problem problem;
    buf_free(&body);
    problem_set(&problem, problem_status(code), NULL, "%s", message);
    problem.code = code;
    return http_reply_problem(request, &problem);
}

static enum MHD_Result answer_metrics(struct http_request *request)
{
    const struct http *http = request->connection->http;
    const struct http_host *host = &http->host;
    struct workers_load load = workers_load(host->workers);
    struct snapshot *snapshot = epochs_current(host->epochs);
    size_t resident = 0;
    uv_resident_set_memory(&resident);
    struct metrics_now now = {
        .uptime_s = (double)(uv_now(host->loop) - host->metrics->started_ms) / 1000,
        .resident_bytes = resident,
        .waiting = load.waiting,
        .waiting_bytes = load.bytes,
        .running = load.running,
        .workers = host->limits->workers,
        .sessions = host->sessions(host->data),
        .http_connections = http->connection_count,
        .revision = snapshot ? snapshot_revision(snapshot) : NULL,
        .replies = workers_replies(host->workers),
        .records = snapshot ? snapshot_record_count(snapshot) : 0,
        .index_bytes = snapshot ? snapshot_memory(snapshot) : 0,
        .statuses = http->statuses,
    };
    struct buf body = BUF_INIT(LOCAL_MAX);
    metrics_put(&body, host->metrics, &now);
    snapshot_unref(snapshot);
    return http_reply(request, "text/plain; version=0.0.4; charset=utf-8", &body);
}

static enum MHD_Result answer_openapi(struct http_request *request)
{
    struct http *http = request->connection->http;
    struct buf body = BUF_INIT(LOCAL_MAX);
    if (!http->openapi) {
        struct buf text = BUF_INIT(LOCAL_MAX);
        openapi_put(&text, search_has_method);
        http->openapi_len = text.len;
        http->openapi = buf_take(&text);
    }
    buf_append(&body, http->openapi, http->openapi_len);
    return http_reply(request, "application/json", &body);
}

static enum MHD_Result answer_opensearch(struct http_request *request)
{
    struct buf body = BUF_INIT(LOCAL_MAX);
    render_opensearch(request->base, &body);
    return http_reply(request, "application/opensearchdescription+xml; charset=utf-8", &body);
}

static enum MHD_Result answer_asset(struct http_request *request)
{
    const struct web_asset *asset = web_asset_find(request->call.rest);
    struct buf body = BUF_INIT(LOCAL_MAX);
    buf_append(&body, asset->bytes, asset->len);
    request->is_gzipped = request->takes_gzip && asset->len >= HTTP_GZIP_LEAST;
    if (request->is_gzipped) {
        struct buf plain = body;
        struct gzip *gzip = gzip_new();
        body = (struct buf)BUF_INIT(LOCAL_MAX);
        gzip_put(gzip, &plain, true, &body);
        gzip_free(gzip);
        buf_free(&plain);
    }
    return http_reply(request, asset->type, &body);
}

/* A page that asks nothing. */
static enum MHD_Result answer_page(struct http_request *request)
{
    struct buf body = BUF_INIT(LOCAL_MAX);
    web_page_put(request->call.page, request->base, &body);
    return http_reply(request, HTTP_HTML, &body);
}

/* What stays the same while this daemon runs has a tag of its own. */
static bool is_fixed(enum route_kind kind)
{
    return kind == ROUTE_OPENAPI || kind == ROUTE_OPENSEARCH || kind == ROUTE_ASSET;
}

enum MHD_Result http_answer_local(struct http_request *request)
{
    enum route_kind kind = request->call.route->kind;
    if (is_fixed(kind)) {
        http_set_etag(request, 0);
        if (http_is_unchanged(request))
            return http_reply_empty(request, MHD_HTTP_NOT_MODIFIED, NULL);
    }
    switch (kind) {
    case ROUTE_READY:
        return answer_ready(request);
    case ROUTE_STATUS:
        return answer_status(request);
    case ROUTE_METRICS:
        return answer_metrics(request);
    case ROUTE_OPENAPI:
        return answer_openapi(request);
    case ROUTE_OPENSEARCH:
        return answer_opensearch(request);
    case ROUTE_ASSET:
        return answer_asset(request);
    case ROUTE_PAGE:
        return answer_page(request);
    default:
        return reply_text(request, "alive\n");
    }
}
