/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/address.h"
#include "daemon/internal.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

enum { ADDRESS_TEXT_MAX = 256 };

struct listener {
    struct daemon *daemon;
    bool is_unix;
    char *address;
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    };
};

static void on_connection(uv_stream_t *stream, int status)
{
    struct listener *listener = stream->data;
    if (status < 0)
        log_line("%s: cannot accept a connection: %s", listener->address, uv_strerror(status));
    else
        session_accept(listener->daemon, stream, listener->is_unix);
}

static void on_closed(uv_handle_t *handle)
{
    struct listener *listener = handle->data;
    free(listener->address);
    free(listener);
}

static struct listener *listener_new(struct daemon *daemon, bool is_unix)
{
    struct listener *listener = mem_zero(1, sizeof *listener);
    listener->daemon = daemon;
    listener->is_unix = is_unix;
    if (is_unix)
        uv_pipe_init(daemon->loop, &listener->pipe, 0);
    else
        uv_tcp_init(daemon->loop, &listener->tcp);
    listener->handle.data = listener;
    return listener;
}

/* The last step: steals `listener`. */
static int serve(struct daemon *daemon, struct listener *listener, struct error *error)
{
    int status = uv_listen(&listener->stream, LISTEN_BACKLOG, on_connection);
    if (status) {
        error_set(error, "cannot listen on %s: %s", listener->address, uv_strerror(status));
        uv_close(&listener->handle, on_closed);
        return -1;
    }
    daemon->listeners[daemon->listener_count++] = listener;
    return 0;
}

/* Whether somebody answers on the socket at `path`: 1 yes, 0 a socket that nobody serves, -1 no socket, with
 * errno. */
static int is_served(const char *path)
{
    struct stat is;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (lstat(path, &is) || !S_ISSOCK(is.st_mode)) {
        errno = ENOTSOCK;
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    /* Without waiting: a daemon with a full backlog says EAGAIN, and is there all the same. */
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    int status = connect(fd, (const struct sockaddr *)&address, sizeof address);
    int why = errno;
    close(fd);
    if (status == 0 || why == EAGAIN || why == EINPROGRESS)
        return 1;
    errno = why;
    return why == ECONNREFUSED ? 0 : -1;
}

/* Binds; a socket left behind by a daemon that was killed is replaced, one that is served is not. */
static int bind_unix(struct listener *listener, const char *path, struct error *error)
{
    int status = uv_pipe_bind(&listener->pipe, path);
    if (status == UV_EADDRINUSE) {
        int served = is_served(path);
        if (served > 0)
            error_set(error, "cannot listen on %s: another daemon serves it", path);
        else if (served < 0)
            error_set(error, "cannot listen on %s: the file there is in the way: %s", path, strerror(errno));
        else if (unlink(path))
            error_set(error, "cannot replace the old socket %s: %s", path, strerror(errno));
        else
            status = uv_pipe_bind(&listener->pipe, path);
    }
    if (status)
        error_set(error, "cannot listen on %s: %s", path, uv_strerror(status));
    return status ? -1 : 0;
}

static int open_unix(struct daemon *daemon, const char *path, struct error *error)
{
    if (address_make_folder(path, &daemon->group, error))
        return -1;
    struct listener *listener = listener_new(daemon, true);
    listener->address = mem_format("unix:%s", path);
    if (bind_unix(listener, path, error) || address_share(path, &daemon->group, error)) {
        uv_close(&listener->handle, on_closed);
        return -1;
    }
    return serve(daemon, listener, error);
}

static char *bound_address(const uv_tcp_t *tcp, const struct sockaddr *wanted)
{
    struct sockaddr_storage is;
    int len = sizeof is;
    struct buf text = BUF_INIT(ADDRESS_TEXT_MAX);
    if (uv_tcp_getsockname(tcp, (struct sockaddr *)&is, &len))
        address_put_tcp(&text, wanted);
    else
        address_put_tcp(&text, (const struct sockaddr *)&is);
    char *taken = buf_take(&text);
    return taken ? taken : mem_text("tcp:?");
}

static int open_tcp(struct daemon *daemon, const struct sockaddr *host, struct error *error)
{
    struct listener *listener = listener_new(daemon, false);
    /* One listener for each address a name stands for: the IPv6 one must leave IPv4 to the other. */
    unsigned flags = host->sa_family == AF_INET6 ? UV_TCP_IPV6ONLY : 0;
    int status = uv_tcp_bind(&listener->tcp, host, flags);
    listener->address = bound_address(&listener->tcp, host);
    if (status == 0)
        return serve(daemon, listener, error);
    error_set(error, "cannot listen on %s: %s", listener->address, uv_strerror(status));
    uv_close(&listener->handle, on_closed);
    return -1;
}

/* Takes down where HTTP is listened for; NULL: nowhere. */
static int add_http_address(struct daemon *daemon, const char *address)
{
    if (!address)
        return -1;
    daemon->http_addresses[daemon->http_address_count++] = address;
    return 0;
}

static int open_http(struct daemon *daemon, const struct sockaddr *host, struct error *error)
{
    if (!daemon->http && daemon_start_http(daemon, error))
        return -1;
    return add_http_address(daemon, http_listen(daemon->http, host, error));
}

int listen_open(struct daemon *daemon, const char *text, struct error *error)
{
    struct address address;
    if (address_parse(text, daemon->options.is_public, &address, error))
        return -1;
    size_t wanted = address.is_unix ? 1 : address.host_count;
    if (daemon->listener_count + daemon->http_address_count + wanted > LISTENERS_MAX) {
        error_set(error, "cannot listen on more than %d addresses", LISTENERS_MAX);
        return -1;
    }
    if (address.is_unix)
        return open_unix(daemon, address.path, error);
    for (size_t i = 0; i < address.host_count; i++)
        if ((address.is_http ? open_http : open_tcp)(daemon, (const struct sockaddr *)&address.hosts[i],
                                                     error))
            return -1;
    return 0;
}

/* ---- sockets that were handed over ---- */

/* Steals `listener` and the descriptor, which opening gave `status` for. */
static int serve_taken(struct daemon *daemon, struct listener *listener, int fd, int status,
                       struct error *error)
{
    if (status == 0)
        return serve(daemon, listener, error);
    error_set(error, "cannot listen on %s: %s", listener->address, uv_strerror(status));
    uv_close(&listener->handle, on_closed);
    close(fd);
    return -1;
}

/* Steals the descriptor. */
static int take_unix(struct daemon *daemon, int fd, const struct sockaddr_un *bound, socklen_t len,
                     struct error *error)
{
    size_t named = len - offsetof(struct sockaddr_un, sun_path);
    struct listener *listener = listener_new(daemon, true);
    listener->address = mem_format("unix:%.*s", (int)strnlen(bound->sun_path, named), bound->sun_path);
    return serve_taken(daemon, listener, fd, uv_pipe_open(&listener->pipe, fd), error);
}

static int take_tcp(struct daemon *daemon, int fd, const struct sockaddr *bound, struct error *error)
{
    struct listener *listener = listener_new(daemon, false);
    int status = uv_tcp_open(&listener->tcp, fd);
    listener->address = bound_address(&listener->tcp, bound);
    return serve_taken(daemon, listener, fd, status, error);
}

static int take_http(struct daemon *daemon, int fd, struct error *error)
{
    if (!daemon->http && daemon_start_http(daemon, error)) {
        close(fd);
        return -1;
    }
    return add_http_address(daemon, http_listen_on(daemon->http, fd, error));
}

int listen_take(struct daemon *daemon, int fd, const char *name, struct error *error)
{
    union {
        struct sockaddr any;
        struct sockaddr_un local;
        struct sockaddr_storage storage;
    } bound;
    memset(&bound, 0, sizeof bound);
    socklen_t len = sizeof bound;
    int listens = 0;
    socklen_t size = sizeof listens;
    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) || !listens ||
        getsockname(fd, &bound.any, &len)) {
        error_set(error, "descriptor %d, which was handed over, is no socket that listens", fd);
        return -1;
    }
    if (bound.any.sa_family == AF_UNIX)
        return take_unix(daemon, fd, &bound.local, len, error);
    if (address_is_public(&bound.any) && !daemon->options.is_public) {
        error_set(
            error,
            "others could reach the socket that was handed over (descriptor %d): say --public if they may",
            fd);
        close(fd);
        return -1;
    }
    bool is_http = strncmp(name, "http", 4) == 0;
    return is_http ? take_http(daemon, fd, error) : take_tcp(daemon, fd, &bound.any, error);
}

void listen_close_all(struct daemon *daemon)
{
    /* libuv removes the socket's file as it closes. */
    for (size_t i = 0; i < daemon->listener_count; i++)
        uv_close(&daemon->listeners[i]->handle, on_closed);
    daemon->listener_count = 0;
}

const char *listener_address(const struct listener *listener)
{
    return listener->address;
}
