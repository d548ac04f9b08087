/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/http/http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http/internal.h"
#include "daemon/work/acceptor.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

enum { ADDRESS_TEXT_MAX = 64 };

/* ---- the library on the loop ---- */

static void on_timer(uv_timer_t *timer)
{
    struct http *http = timer->data;
    http->is_dirty = true;
}

/* When the library wants to be called though nothing happens on its sockets. */
static void set_timer(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG wait;
    if (MHD_get_timeout(http->mhd, &wait) == MHD_YES)
        uv_timer_start(&http->timer, on_timer, wait, 0);
    else
        uv_timer_stop(&http->timer);
}

static void run(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG wait = 0;
    for (int runs = 0; runs < HTTP_RUNS_MAX; runs++) {
        http->is_dirty = false;
        MHD_run(http->mhd);
        bool is_waited = MHD_get_timeout(http->mhd, &wait) == MHD_YES;
        if (!http->is_dirty && !(is_waited && wait == 0))
            break;
    }
    set_timer(http);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct http *http = poll->data;
    (void)status;
    (void)events;
    run(http);
}

static void settle(struct http *http)
{
    if (!http->is_stopping || http->is_settled || http->connection_count > 0)
        return;
    http->is_settled = true;
    uv_poll_stop(&http->poll);
    uv_close((uv_handle_t *)&http->poll, NULL);
    uv_close((uv_handle_t *)&http->timer, NULL);
    MHD_stop_daemon(http->mhd);
    http->mhd = NULL;
    http->host.settled(http->host.data);
}

void http_before_wait(struct http *http)
{
    if (http->is_settled)
        return;
    if (http->is_dirty)
        run(http);
    settle(http);
}

static struct MHD_Daemon *start_library(struct http *http)
{
    const struct limits *limits = http->host.limits;
    /* Without deadlines of its own, which activity of any kind puts off: http_connection_sweep() has ours. */
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
                            NULL, http_request_handle, http, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)limits->connections + HTTP_CONNECTIONS_SPARE + 1,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_CONNECTION_BYTES,
                            MHD_OPTION_CONNECTION_TIMEOUT, 0U, MHD_OPTION_NOTIFY_CONNECTION,
                            http_connection_notify, http, MHD_OPTION_NOTIFY_COMPLETED, http_request_completed,
                            http, MHD_OPTION_URI_LOG_CALLBACK, http_request_begin, http,
                            MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
}

int http_start(const struct http_host *host, struct http **ret_http, struct error *error)
{
    struct http *http = mem_zero(1, sizeof *http);
    http->host = *host;
    LIST_INIT(&http->connections);
    LIST_INIT(&http->peers);
    if (getrandom(&http->salt, sizeof http->salt, 0) != sizeof http->salt)
        http->salt = uv_hrtime();
    http->mhd = start_library(http);
    const union MHD_DaemonInfo *info =
        http->mhd ? MHD_get_daemon_info(http->mhd, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info) {
        error_set(error, "cannot start the HTTP library: %s", strerror(errno));
        if (http->mhd)
            MHD_stop_daemon(http->mhd);
        free(http);
        return -1;
    }
    uv_poll_init(host->loop, &http->poll, info->epoll_fd);
    uv_timer_init(host->loop, &http->timer);
    http->poll.data = http->timer.data = http;
    uv_poll_start(&http->poll, UV_READABLE, on_poll);
    *ret_http = http;
    return 0;
}

/* ---- listening ---- */

/* As one would dial it; *new*. */
static char *url_of(const struct sockaddr *address)
{
    char host[INET6_ADDRSTRLEN] = "?";
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        return mem_format("http://[%s]:%u", host, ntohs(in6->sin6_port));
    }
    const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
    inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
    return mem_format("http://%s:%u", host, ntohs(in->sin_port));
}

char *http_bound_url(int fd)
{
    struct sockaddr_storage is;
    socklen_t len = sizeof is;
    memset(&is, 0, sizeof is);
    getsockname(fd, (struct sockaddr *)&is, &len); /* where that fails, nothing is known of it */
    return url_of((const struct sockaddr *)&is);
}

const char *http_listen(struct http *http, const struct sockaddr *address, struct error *error)
{
    int fd = acceptor_bind(address);
    if (fd < 0) {
        int why = errno;
        MEM_AUTO char *url = url_of(address);
        error_set(error, "cannot listen on %s: %s", url, strerror(why));
        return NULL;
    }
    return http_listen_on(http, fd, error);
}

const char *http_listen_on(struct http *http, int fd, struct error *error)
{
    if (http->listener_count == HTTP_LISTENERS_MAX) {
        error_set(error, "cannot listen for HTTP on more than %d sockets", HTTP_LISTENERS_MAX);
        close(fd);
        return NULL;
    }
    struct http_listener *listener = &http->listeners[http->listener_count];
    listener->address = http_bound_url(fd);
    listener->acceptor = acceptor_start(http->host.loop, fd, listener->address, http_accept, http);
    if (!listener->acceptor) {
        error_set(error, "cannot listen on %s: %s", listener->address, strerror(errno));
        free(listener->address);
        return NULL;
    }
    http->listener_count++;
    return listener->address;
}

/* ---- time, and the end ---- */

void http_sweep(struct http *http)
{
    struct http_connection *connection;
    LIST_FOREACH(connection, &http->connections, link)
    http_connection_sweep(connection);
}

size_t http_connections(const struct http *http)
{
    return http->connection_count;
}

void http_stop(struct http *http, bool is_now)
{
    struct http_connection *connection;
    bool is_again = http->is_stopping;
    http->is_stopping = true;
    for (size_t i = 0; i < http->listener_count; i++) {
        acceptor_stop(http->listeners[i].acceptor);
        free(http->listeners[i].address);
    }
    http->listener_count = 0;
    LIST_FOREACH(connection, &http->connections, link)
    {
        if (is_again || is_now || !connection->request)
            http_connection_cut(connection);
    }
    if (is_again || is_now)
        workers_drop_cancelled(http->host.workers);
    http->is_dirty = true;
}

void http_free(struct http *http)
{
    if (!http)
        return;
    free(http->openapi);
    free(http);
}
