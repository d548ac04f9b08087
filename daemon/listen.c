/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/address.h"
#include "daemon/internal.h"
#include "daemon/work/acceptor.h"
#include "indexer/base/mem.h"

enum { ADDRESS_TEXT_MAX = 256 };

struct listener {
    struct daemon *daemon;
    bool is_unix;
    char *address;
    char *made; /* the file of a socket that we made; NULL: none */
    struct acceptor *acceptor;
};

static void on_connection(void *data, int fd, const struct sockaddr *from, socklen_t len)
{
    struct listener *listener = data;
    (void)from;
    (void)len;
    session_accept(listener->daemon, fd, listener->is_unix);
}

static void listener_free(struct listener *listener)
{
    if (listener->acceptor)
        acceptor_stop(listener->acceptor);
    if (listener->made)
        unlink(listener->made);
    free(listener->made);
    free(listener->address);
    free(listener);
}

static struct listener *listener_new(struct daemon *daemon, bool is_unix)
{
    struct listener *listener = mem_zero(1, sizeof *listener);
    listener->daemon = daemon;
    listener->is_unix = is_unix;
    return listener;
}

/* The last step: steals `listener` and `fd`. */
static int serve(struct listener *listener, int fd, struct error *error)
{
    struct daemon *daemon = listener->daemon;
    listener->acceptor = acceptor_start(daemon->loop, fd, listener->address, on_connection, listener);
    if (!listener->acceptor) {
        error_set(error, "cannot listen on %s: %s", listener->address, strerror(errno));
        listener_free(listener);
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

/* Binds; a socket left behind by a daemon that was killed is replaced, one that is served is not. A
 * descriptor, or -1 with `error`. */
static int bind_unix(const char *path, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = acceptor_bind((const struct sockaddr *)&address);
    if (fd < 0 && errno == EADDRINUSE) {
        int served = is_served(path);
        if (served > 0)
            error_set(error, "cannot listen on %s: another daemon serves it", path);
        else if (served < 0)
            error_set(error, "cannot listen on %s: the file there is in the way: %s", path, strerror(errno));
        else if (unlink(path))
            error_set(error, "cannot replace the old socket %s: %s", path, strerror(errno));
        else
            fd = acceptor_bind((const struct sockaddr *)&address);
    }
    if (fd < 0) /* the first error is the one that is told */
        error_set(error, "cannot listen on %s: %s", path, strerror(errno));
    return fd;
}

static int open_unix(struct daemon *daemon, const char *path, struct error *error)
{
    if (address_make_folder(path, &daemon->group, error))
        return -1;
    int fd = bind_unix(path, error);
    if (fd < 0)
        return -1;
    struct listener *listener = listener_new(daemon, true);
    listener->address = mem_format("unix:%s", path);
    listener->made = mem_text(path);
    if (address_share(path, &daemon->group, error)) {
        close(fd);
        listener_free(listener);
        return -1;
    }
    return serve(listener, fd, error);
}

/* As one would dial it, with the port that port 0 became; *new*. */
static char *bound_address(int fd)
{
    struct sockaddr_storage is;
    socklen_t len = sizeof is;
    struct buf text = BUF_INIT(ADDRESS_TEXT_MAX);
    if (getsockname(fd, (struct sockaddr *)&is, &len) == 0)
        address_put_tcp(&text, (const struct sockaddr *)&is);
    char *taken = buf_take(&text);
    return taken ? taken : mem_text("tcp:?");
}

static int open_tcp(struct daemon *daemon, const struct sockaddr *host, struct error *error)
{
    int fd = acceptor_bind(host);
    if (fd < 0) {
        int why = errno;
        BUF_AUTO struct buf text = BUF_INIT(ADDRESS_TEXT_MAX);
        address_put_tcp(&text, host);
        error_set(error, "cannot listen on %s: %s", text.data, strerror(why));
        return -1;
    }
    struct listener *listener = listener_new(daemon, false);
    listener->address = bound_address(fd);
    return serve(listener, fd, error);
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

/* Steals the descriptor. */
static int take_unix(struct daemon *daemon, int fd, const struct sockaddr_un *bound, socklen_t len,
                     struct error *error)
{
    size_t named = len - offsetof(struct sockaddr_un, sun_path);
    struct listener *listener = listener_new(daemon, true);
    listener->address = mem_format("unix:%.*s", (int)strnlen(bound->sun_path, named), bound->sun_path);
    return serve(listener, fd, error);
}

static int take_tcp(struct daemon *daemon, int fd, struct error *error)
{
    struct listener *listener = listener_new(daemon, false);
    listener->address = bound_address(fd);
    return serve(listener, fd, error);
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
    return is_http ? take_http(daemon, fd, error) : take_tcp(daemon, fd, error);
}

void listen_close_all(struct daemon *daemon)
{
    for (size_t i = 0; i < daemon->listener_count; i++)
        listener_free(daemon->listeners[i]);
    daemon->listener_count = 0;
}

const char *listener_address(const struct listener *listener)
{
    return listener->address;
}
