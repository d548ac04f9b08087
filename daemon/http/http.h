/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door for HTTP: GNU libmicrohttpd on the daemon's own loop.
 *
 * The library's epoll descriptor is polled by the loop. A request that a worker must answer suspends its
 * connection; the worker's way back leads over the loop, which alone resumes. All of it is the loop's
 * thread's, but for rendering, which is done where the result was computed.
 */
#ifndef PURPOSED_HTTP_HTTP_H
#define PURPOSED_HTTP_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "daemon/work/epochs.h"
#include "daemon/work/limits.h"
#include "daemon/work/metrics.h"
#include "daemon/work/workers.h"
#include "indexer/base/buf.h"
#include "indexer/base/error.h"

struct http;

/* What the daemon lends, *borrowed* until the end. */
struct http_host {
    uv_loop_t *loop;
    struct epochs *epochs;
    struct workers *workers;
    const struct limits *limits;
    struct metrics *metrics;
    const char *base_url; /* under which others see this server; NULL: as each request calls it */
    bool is_public;       /* any name for this server is taken */
    bool log_queries;
    void *data; /* of the calls below */
    /* Appends the result of `status`; 0, or an error code with `message`. */
    int (*status)(void *data, const json_t *params, struct buf *result, char *message, size_t size);
    size_t (*sessions)(void *data); /* connections of the other doors */
    void (*settled)(void *data);    /* after http_stop(): the last connection is gone */
};

/* *new*; serves nothing yet. Returns 0, or -1 with `error`. */
int http_start(const struct http_host *host, struct http **ret_http, struct error *error);
/* Listens on an address. Returns its text as one would dial it, with the port that port 0 became, *borrowed*;
 * NULL with `error`. */
const char *http_listen(struct http *http, const struct sockaddr *address, struct error *error);
/* The same on a socket that listens already, *stolen*. */
const char *http_listen_on(struct http *http, int fd, struct error *error);
/* To be called before the loop waits, and now and then for deadlines. */
void http_before_wait(struct http *http);
void http_sweep(struct http *http);
size_t http_connections(const struct http *http);
/* Accepts no more, answers what was asked, and ends: then `settled` is called, and no handle is left. Asked
 * again, or with `is_now`, it cuts off those who still wait. */
void http_stop(struct http *http, bool is_now);
void http_free(struct http *http); /* takes NULL; once the loop has ended */

#endif
