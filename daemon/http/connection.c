/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connections: who they are from, how many there may be, and how long they may take. */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/http/internal.h"
#include "daemon/http/taken.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

/* ---- peers ---- */

static void take_address(const struct sockaddr *from, unsigned char address[16])
{
    memset(address, 0, 16);
    if (from->sa_family == AF_INET6)
        memcpy(address, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
    else
        memcpy(address + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
}

static struct http_peer *join_peer(struct http *http, const struct sockaddr *from)
{
    struct http_peer *peer;
    unsigned char address[16];
    take_address(from, address);
    LIST_FOREACH(peer, &http->peers, link)
    {
        if (memcmp(peer->address, address, sizeof address) == 0) {
            peer->connections++;
            return peer;
        }
    }
    peer = mem_zero(1, sizeof *peer);
    memcpy(peer->address, address, sizeof address);
    peer->connections = 1;
    LIST_INSERT_HEAD(&http->peers, peer, link);
    return peer;
}

static void leave_peer(struct http_peer *peer)
{
    if (--peer->connections > 0)
        return;
    LIST_REMOVE(peer, link);
    free(peer);
}

/* ---- the beginning and the end ---- */

static void connection_free(struct http_connection *connection)
{
    http_request_forget(connection);
    LIST_REMOVE(connection, link);
    connection->http->connection_count--;
    leave_peer(connection->peer);
    free(connection);
}

static void connection_start(struct http *http, int fd, const struct sockaddr *from, socklen_t len)
{
    struct http_connection *connection = mem_zero(1, sizeof *connection);
    connection->http = http;
    connection->fd = fd;
    connection->number = ++http->connection_number;
    connection->waits_since = uv_now(http->host.loop);
    connection->peer = join_peer(http, from);
    LIST_INSERT_HEAD(&http->connections, connection, link);
    http->connection_count++;
    http->host.metrics->accepted++;
    size_t open = http->connection_count + http->host.sessions(http->host.data);
    connection->is_surplus = open > http->host.limits->connections;
    http->host.metrics->refused += connection->is_surplus;
    http->accepting = connection;
    /* It closes the socket where it does not take it. */
    if (MHD_add_connection(http->mhd, fd, from, len) != MHD_YES && http->accepting)
        connection_free(connection);
    http->accepting = NULL;
    http->is_dirty = true;
}

/* Beyond even the spare ones nothing is read: the answer is the same whatever is asked. */
static void refuse(struct http *http, int fd)
{
    static const char BUSY[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
                               "Content-Length: 0\r\nConnection: close\r\n\r\n";
    http->host.metrics->refused++;
    http->statuses[metrics_status_place(503)]++;
    if (send(fd, BUSY, sizeof BUSY - 1, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
        shutdown(fd, SHUT_WR);
    close(fd);
}

void http_accept(void *data, int fd, const struct sockaddr *from, socklen_t len)
{
    struct http *http = data;
    if (http->connection_count >= http->host.limits->connections + HTTP_CONNECTIONS_SPARE)
        refuse(http, fd);
    else
        connection_start(http, fd, from, len);
}

void http_connection_notify(void *cls, struct MHD_Connection *mhd, void **socket_context,
                            enum MHD_ConnectionNotificationCode code)
{
    struct http *http = cls;
    (void)mhd;
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = http->accepting;
        http->accepting = NULL;
    } else if (*socket_context) {
        connection_free(*socket_context);
        *socket_context = NULL;
    }
}

struct http_connection *http_connection_of(struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info->socket_context;
}

/* ---- deadlines ---- */

void http_connection_cut(struct http_connection *connection)
{
    if (connection->request)
        atomic_store(&connection->request->job.is_cancelled, true);
    shutdown(connection->fd, SHUT_RDWR);
    connection->http->is_dirty = true;
}

/* Whether a client whose answer is being worked on has closed its side. A browser that gives up does no more
 * than that, and the library ends the connection when it comes to the end of what was sent, before it
 * replies. */
static bool is_gone(const struct http_connection *connection)
{
    struct pollfd poll_fd = {.fd = connection->fd, .events = POLLRDHUP};
    return poll(&poll_fd, 1, 0) > 0;
}

/* Whether nothing more will come. The library is told once, and not again when the end came right behind what
 * it was reading. */
static bool has_ended(const struct http_connection *connection)
{
    int unread = 0;
    struct pollfd poll_fd = {.fd = connection->fd, .events = POLLRDHUP};
    return poll(&poll_fd, 1, 0) > 0 && ioctl(connection->fd, FIONREAD, &unread) == 0 && unread == 0;
}

/* Whether the client has taken nothing of its reply for too long. What it acknowledged it has taken. */
static bool does_not_read(struct http_connection *connection)
{
    const struct http *http = connection->http;
    uint64_t now = uv_now(http->host.loop), taken = taken_bytes(connection->fd);
    if (taken != connection->taken || !connection->taken_at) {
        connection->taken = taken;
        connection->taken_at = now;
    }
    return now - connection->taken_at >= http->host.limits->write_ms;
}

void http_connection_tell(const struct http_connection *connection, const char *why)
{
    connection->http->host.metrics->cut_off++;
    log_trouble("connection h%" PRIu64 " cut off: %s", connection->number, why);
}

/* Notes what came for requests that are over, once after each; before the first nothing did. */
static void note_received(struct http_connection *connection)
{
    if (connection->request || connection->received_for == connection->requests)
        return;
    connection->received_for = connection->requests;
    connection->received = taken_received(connection->fd);
}

/* Whether anything of the request that is waited for has come. The library tells of its first line alone.
 * What came right behind the last request, before a sweep, is taken for that one's. */
static bool has_begun(const struct http_connection *connection)
{
    return connection->request || taken_received(connection->fd) > connection->received;
}

/* Its time is over. Of one that was kept open and asks nothing there is nothing to tell, as on a socket. */
static void cut_off(struct http_connection *connection)
{
    char why[96];
    uint64_t allowed = connection->http->host.limits->http_ms;
    snprintf(why, sizeof why, "its request did not come whole within %" PRIu64 " ms", allowed);
    if (!connection->waits_since)
        http_connection_tell(connection, "it does not read its reply");
    else if (!has_ended(connection) && has_begun(connection))
        http_connection_tell(connection, why);
    connection->waits_since = connection->taken_at = 0;
    http_connection_cut(connection);
}

/* While a worker is at it. */
static void sweep_waiting(struct http_connection *connection)
{
    struct http_request *request = connection->request;
    connection->taken_at = 0;
    if (!atomic_load(&request->job.is_cancelled) && is_gone(connection)) {
        atomic_store(&request->job.is_cancelled, true);
        workers_drop_cancelled(connection->http->host.workers);
    }
    http_answer_retry(request);
}

void http_connection_sweep(struct http_connection *connection)
{
    struct http *http = connection->http;
    struct http_request *request = connection->request;
    uint64_t since = connection->waits_since;
    bool has_now_ended = since && has_ended(connection);
    note_received(connection);
    if (has_now_ended && connection->ended_for == since) {
        connection->waits_since = 0;
        http_connection_cut(connection);
    } else if (http->is_stopping && !request) {
        http_connection_cut(connection); /* its reply began before the end and left it open */
    } else if (request && request->stage == HTTP_WAITING) {
        sweep_waiting(connection);
    } else if (since ? uv_now(http->host.loop) - since >= http->host.limits->http_ms
                     : request && does_not_read(connection)) {
        cut_off(connection);
    }
    /* What was read may not have been looked at yet: it has until the next sweep. */
    connection->ended_for = has_now_ended ? since : 0;
}
