/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/acceptor.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/work/limits.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

struct acceptor {
    uv_poll_t poll;
    uv_timer_t rest;
    int fd, handles;
    const char *name;
    acceptor_take *take;
    void *data;
};

static void on_readable(uv_poll_t *poll, int status, int events);

static void on_rested(uv_timer_t *timer)
{
    struct acceptor *acceptor = timer->data;
    uv_poll_start(&acceptor->poll, UV_READABLE, on_readable);
}

static void rest(struct acceptor *acceptor, int why)
{
    log_line("%s: cannot accept a connection: %s", acceptor->name, strerror(why));
    uv_poll_stop(&acceptor->poll);
    uv_timer_start(&acceptor->rest, on_rested, ACCEPTOR_REST_MS, 0);
}

static void on_readable(uv_poll_t *poll, int status, int events)
{
    struct acceptor *acceptor = poll->data;
    (void)status;
    (void)events;
    for (int i = 0; i < ACCEPTOR_TURN_MAX; i++) {
        struct sockaddr_storage from = {.ss_family = AF_UNSPEC};
        socklen_t len = sizeof from;
        int fd = accept4(acceptor->fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            acceptor->take(acceptor->data, fd, (const struct sockaddr *)&from, len);
        } else if (errno == EAGAIN) {
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            rest(acceptor, errno);
            return;
        }
    }
}

/* Closes and keeps errno; -1. */
static int give_up(int fd)
{
    int why = errno;
    close(fd);
    errno = why;
    return -1;
}

static socklen_t length_of(const struct sockaddr *address)
{
    switch (address->sa_family) {
    case AF_INET:
        return sizeof(struct sockaddr_in);
    case AF_INET6:
        return sizeof(struct sockaddr_in6);
    default:
        return sizeof(struct sockaddr_un);
    }
}

int acceptor_bind(const struct sockaddr *address)
{
    const int on = 1;
    bool is_named = address->sa_family != AF_UNIX;
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if ((is_named && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)) ||
        (address->sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on)) ||
        bind(fd, address, length_of(address)))
        return give_up(fd);
    return fd;
}

static int make_ready(int fd)
{
    int listens = 0, flags = fcntl(fd, F_GETFL);
    socklen_t size = sizeof listens;
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) ||
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size))
        return -1;
    return listens ? 0 : listen(fd, LISTEN_BACKLOG);
}

struct acceptor *acceptor_start(uv_loop_t *loop, int fd, const char *name, acceptor_take *take, void *data)
{
    if (make_ready(fd)) {
        give_up(fd);
        return NULL;
    }
    struct acceptor *acceptor = mem_zero(1, sizeof *acceptor);
    int status = uv_poll_init(loop, &acceptor->poll, fd);
    if (status) {
        free(acceptor);
        errno = -status;
        give_up(fd);
        return NULL;
    }
    uv_timer_init(loop, &acceptor->rest);
    acceptor->poll.data = acceptor->rest.data = acceptor;
    acceptor->fd = fd;
    acceptor->handles = 2;
    acceptor->name = name;
    acceptor->take = take;
    acceptor->data = data;
    uv_poll_start(&acceptor->poll, UV_READABLE, on_readable);
    return acceptor;
}

static void on_closed(uv_handle_t *handle)
{
    struct acceptor *acceptor = handle->data;
    if (--acceptor->handles > 0)
        return;
    close(acceptor->fd);
    free(acceptor);
}

void acceptor_stop(struct acceptor *acceptor)
{
    uv_close((uv_handle_t *)&acceptor->poll, on_closed);
    uv_close((uv_handle_t *)&acceptor->rest, on_closed);
}
