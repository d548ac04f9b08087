/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Responses: status, headers, bytes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <xxhash.h>

#include "daemon/http/internal.h"
#include "daemon/http/render.h"

enum { STREAM_BLOCK = 32 << 10 /* bytes of a stream that the library asks for at once */ };

static void add(struct MHD_Response *response, const char *name, const char *value)
{
    MHD_add_response_header(response, name, value);
}

/* ---- negotiation ---- */

/* Whether one member of an Accept-Encoding is wanted: all are but those of no weight. */
static bool has_weight(const char *member, size_t len)
{
    const char *weight = memchr(member, '=', len);
    return !weight || strtod(weight + 1, NULL) > 0;
}

/* Whether an Accept-Encoding takes gzip (RFC 9110, 12.5.3): "*" stands for what is not named itself. */
bool http_takes_gzip(struct MHD_Connection *mhd)
{
    const char *at = MHD_lookup_connection_value(mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    bool takes_others = false;
    while (at && *at) {
        at += strspn(at, ", \t");
        size_t len = strcspn(at, ",");
        size_t name = strcspn(at, ";, \t");
        if (name == 4 && strncasecmp(at, "gzip", 4) == 0)
            return has_weight(at, len);
        if (name == 1 && *at == '*')
            takes_others = has_weight(at, len);
        at += len;
    }
    return takes_others;
}

/* Weak: a reply also says how long it took. */
void http_set_etag(struct http_request *request, uint64_t tag)
{
    uint64_t seed = request->connection->http->salt ^ tag;
    uint64_t hash = XXH3_64bits_withSeed(request->target, strlen(request->target), seed);
    hash ^= XXH3_64bits_withSeed(request->base, strlen(request->base), hash);
    snprintf(request->etag, sizeof request->etag, "W/\"%016" PRIx64 "\"", hash);
}

bool http_is_unchanged(struct http_request *request)
{
    const char *at =
        MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
    const char *own = request->etag + 2; /* compared weakly (RFC 9110, 8.8.3.2) */
    while (at && *at) {
        at += strspn(at, ", \t");
        size_t len = strcspn(at, ",");
        while (len > 0 && strchr(" \t", at[len - 1]))
            len--;
        if (len == 1 && *at == '*')
            return true;
        size_t weak = len > 2 && strncmp(at, "W/", 2) == 0 ? 2 : 0;
        if (len - weak == strlen(own) && strncmp(at + weak, own, len - weak) == 0)
            return true;
        at += strcspn(at, ",");
    }
    return false;
}

/* ---- headers ---- */

/* What is about this machine is for those who ask it themselves, not for pages of others; nor are calls,
 * which may ask for just that. */
static bool is_about_register(const struct http_request *request)
{
    const struct route *route = request->call.route;
    return !request->takes_body && (!route || (route->kind != ROUTE_STATUS && route->kind != ROUTE_METRICS));
}

static void add_common(struct http_request *request, struct MHD_Response *response)
{
    add(response, "X-Content-Type-Options", "nosniff");
    if (is_about_register(request)) {
        add(response, "Access-Control-Allow-Origin", "*");
        add(response, "Access-Control-Expose-Headers", "ETag, Link, Retry-After, X-Request-Id");
    }
    if (request->connection->http->is_stopping || request->connection->is_surplus)
        add(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

/* By which the log knows a request that failed. */
static void add_name(struct http_request *request, struct MHD_Response *response)
{
    char name[LOG_ID_SIZE];
    http_request_name(request, name);
    add(response, "X-Request-Id", name);
}

static enum MHD_Result queue(struct http_request *request, unsigned status, struct MHD_Response *response)
{
    if (!response)
        return MHD_NO;
    add_common(request, response);
    if (status >= 400)
        add_name(request, response);
    request->connection->waits_since = 0;
    request->connection->http->statuses[metrics_status_place(status)]++;
    enum MHD_Result result = MHD_queue_response(request->mhd, status, response);
    MHD_destroy_response(response);
    return result;
}

static void add_page_headers(struct MHD_Response *response)
{
    add(response, "Content-Security-Policy", WEB_POLICY);
    add(response, "Referrer-Policy", "same-origin");
    add(response, "Cross-Origin-Opener-Policy", "same-origin");
}

/* What says how long a reply may be kept: a 304 has it like the reply it stands for (RFC 9110, 15.4.5). */
static void add_freshness(struct http_request *request, struct MHD_Response *response)
{
    add(response, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
    if (request->etag[0])
        add(response, MHD_HTTP_HEADER_ETAG, request->etag);
    add(response, MHD_HTTP_HEADER_CACHE_CONTROL, request->etag[0] ? "no-cache" : "no-store");
}

static void add_data_headers(struct http_request *request, struct MHD_Response *response, const char *type)
{
    add(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    add_freshness(request, response);
    if (strcmp(type, HTTP_HTML) == 0)
        add_page_headers(response);
    if (request->etag[0])
        add(response, "Link",
            "<" RENDER_LICENCE_URL ">; rel=\"license\", <" RENDER_SOURCE_URL ">; rel=\"via\"");
    if (request->is_gzipped)
        add(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
}

static void add_retry(struct MHD_Response *response)
{
    char seconds[16];
    snprintf(seconds, sizeof seconds, "%d", HTTP_RETRY_S);
    add(response, MHD_HTTP_HEADER_RETRY_AFTER, seconds);
}

static const char *methods_of(const struct http_request *request)
{
    return request->takes_body ? "POST, OPTIONS" : "GET, HEAD, OPTIONS";
}

/* ---- replies ---- */

static struct MHD_Response *response_of(struct buf *body)
{
    if (!body->data) {
        buf_free(body);
        return MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    }
    struct MHD_Response *response =
        MHD_create_response_from_buffer(body->len, body->data, MHD_RESPMEM_MUST_FREE);
    if (!response)
        free(body->data);
    *body = (struct buf)BUF_INIT(body->max);
    return response;
}

enum MHD_Result http_reply_as(struct http_request *request, unsigned status, const char *type,
                              struct buf *body)
{
    struct MHD_Response *response = response_of(body);
    if (response)
        add_data_headers(request, response, type);
    if (response && status == MHD_HTTP_SERVICE_UNAVAILABLE)
        add_retry(response);
    return queue(request, status, response);
}

enum MHD_Result http_reply(struct http_request *request, const char *type, struct buf *body)
{
    return http_reply_as(request, MHD_HTTP_OK, type, body);
}

enum MHD_Result http_reply_stream(struct http_request *request, const char *type,
                                  MHD_ContentReaderCallback reader)
{
    struct MHD_Response *response =
        MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, STREAM_BLOCK, reader, request, NULL);
    if (response)
        add_data_headers(request, response, type);
    if (response)
        add(response, "Content-Disposition",
            request->call.is_csv ? "attachment; filename=\"purposed.csv\""
                                 : "attachment; filename=\"purposed.jsonl\"");
    return queue(request, MHD_HTTP_OK, response);
}

/* Whether it is a person who looks at the answer: one of a page, or to somebody who would rather have HTML.
 */
static bool is_for_people(struct http_request *request)
{
    const struct route *route = request->call.route;
    const char *takes = MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
    return route ? route->kind == ROUTE_PAGE : takes && strstr(takes, "text/html");
}

static void put_problem(struct http_request *request, const struct problem *problem, struct buf *body)
{
    if (is_for_people(request))
        web_problem_put(request->call.page, problem->status, problem->detail, body);
    else
        problem_put(body, problem);
}

enum MHD_Result http_reply_problem(struct http_request *request, const struct problem *problem)
{
    struct buf body = BUF_INIT(32 * PROBLEM_DETAIL_SIZE);
    bool is_html = is_for_people(request);
    put_problem(request, problem, &body);
    struct MHD_Response *response = response_of(&body);
    if (response) {
        add(response, MHD_HTTP_HEADER_CONTENT_TYPE, is_html ? HTTP_HTML : "application/problem+json");
        if (is_html)
            add_page_headers(response);
        add(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
        if (problem->status == 503 || problem->status == 429)
            add_retry(response);
        if (problem->status == 405)
            add(response, MHD_HTTP_HEADER_ALLOW, methods_of(request));
    }
    return queue(request, (unsigned)problem->status, response);
}

enum MHD_Result http_reply_empty(struct http_request *request, unsigned status, const char *location)
{
    struct MHD_Response *response = MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT);
    if (response && location)
        add(response, MHD_HTTP_HEADER_LOCATION, location);
    if (response && request->etag[0])
        add_freshness(request, response);
    if (response && status == MHD_HTTP_NO_CONTENT)
        add(response, MHD_HTTP_HEADER_ALLOW, methods_of(request));
    if (response && status == MHD_HTTP_NO_CONTENT && !request->takes_body) {
        add(response, "Access-Control-Allow-Methods", methods_of(request));
        add(response, "Access-Control-Allow-Headers", MHD_HTTP_HEADER_IF_NONE_MATCH);
        add(response, "Access-Control-Max-Age", "86400");
    }
    return queue(request, status, response);
}
