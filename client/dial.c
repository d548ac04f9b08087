/* SPDX-License-Identifier: MIT */
#include "client/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TMP_FOLDER "/tmp/purposed-"

__attribute__((format(printf, 3, 4))) static int fail(struct dial_error *error, enum purpose_status status,
                                                      const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->text, sizeof error->text, format, args);
    va_end(args);
    error->status = status;
    return -1;
}

int64_t dial_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int dial_wait(int fd, short events, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline - dial_now();
        if (left <= 0)
            return 0;
        struct pollfd ready = {.fd = fd, .events = events};
        int count = poll(&ready, 1, left > INT_MAX ? INT_MAX : (int)left);
        if (count > 0)
            return 1;
        if (count < 0 && errno != EINTR)
            return -1;
    }
}

enum purpose_status purpose_default_address(char *to, size_t size)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    int len;
    if (!to)
        return PURPOSE_BAD_ARGUMENT;
    if (runtime && runtime[0] == '/')
        len = snprintf(to, size, "unix:%s/purposed/sock", runtime);
    else if (geteuid() == 0)
        len = snprintf(to, size, "unix:/run/purposed/sock");
    else
        len = snprintf(to, size, "unix:" TMP_FOLDER "%lu/sock", (unsigned long)geteuid());
    return len < 0 || (size_t)len >= size ? PURPOSE_BAD_ARGUMENT : PURPOSE_OK;
}

/* Says why nobody could be reached, from errno, and what to do about it. */
static int fail_to_reach(struct dial_error *error, const char *address, int is_default, int reason)
{
    if (reason == ETIMEDOUT)
        return fail(error, PURPOSE_TIMEOUT, "%s does not take the connection in time; try again later",
                    address);
    if (reason == EACCES || reason == EPERM)
        return fail(error, PURPOSE_NO_DAEMON,
                    "%s may not be used by this user (%s); ask its owner, or start your own with: "
                    "purposed --db DIR",
                    address, strerror(reason));
    if (reason != ENOENT && reason != ECONNREFUSED)
        return fail(error, PURPOSE_NO_DAEMON, "%s cannot be reached: %s", address, strerror(reason));
    return fail(error, PURPOSE_NO_DAEMON, "no daemon listens at %s; start it with: purposed --db DIR%s%s",
                address, is_default ? "" : " --listen ", is_default ? "" : address);
}

/* Connects a non-blocking socket; 0 or an errno, ETIMEDOUT at the deadline. */
static int connect_in_time(int fd, const struct sockaddr *to, socklen_t len, int64_t deadline)
{
    while (connect(fd, to, len)) {
        if (errno == EISCONN)
            return 0;
        if (errno == EAGAIN) { /* a Unix socket with a full queue: there is nothing to poll for */
            if (dial_now() + DIAL_RETRY_MS >= deadline)
                return ETIMEDOUT;
            nanosleep(&(struct timespec){.tv_nsec = DIAL_RETRY_MS * 1000000L}, NULL);
            continue;
        }
        if (errno != EINPROGRESS && errno != EINTR && errno != EALREADY)
            return errno;
        int ready = dial_wait(fd, POLLOUT, deadline);
        if (ready <= 0)
            return ready ? errno : ETIMEDOUT;
        int reason = 0;
        socklen_t size = sizeof reason;
        return getsockopt(fd, SOL_SOCKET, SO_ERROR, &reason, &size) ? errno : reason;
    }
    return 0;
}

/* A connected socket, or -1 with errno. */
static int open_socket(const struct sockaddr *to, socklen_t len, int64_t deadline)
{
    int fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    int reason = connect_in_time(fd, to, len, deadline);
    if (!reason)
        return fd;
    close(fd);
    errno = reason;
    return -1;
}

/* Anybody may make a folder in /tmp: one that is not ours could hold somebody else's socket. */
static int is_foreign_folder(const char *path)
{
    char folder[PURPOSE_ADDRESS_SIZE];
    struct stat info;
    if (strncmp(path, TMP_FOLDER, strlen(TMP_FOLDER)) != 0)
        return 0;
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = '\0';
    return !lstat(folder, &info) && (!S_ISDIR(info.st_mode) || info.st_uid != geteuid());
}

static int dial_unix(const char *address, int is_default, int64_t deadline, struct dial_error *error)
{
    const char *path = address + strlen("unix:");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (!*path)
        return fail(error, PURPOSE_BAD_ARGUMENT, "address %s names no path; it takes unix:PATH", address);
    if (strlen(path) >= sizeof to.sun_path)
        return fail(error, PURPOSE_BAD_ARGUMENT,
                    "the path of a Unix socket has at most %zu bytes, this one %zu: %s",
                    sizeof to.sun_path - 1, strlen(path), path);
    if (is_default && is_foreign_folder(path))
        return fail(error, PURPOSE_NO_DAEMON,
                    "%s lies in a folder of another user and is not trusted; name the daemon's address",
                    address);
    strcpy(to.sun_path, path);
    int fd = open_socket((struct sockaddr *)&to, sizeof to, deadline);
    return fd >= 0 ? fd : fail_to_reach(error, address, is_default, errno);
}

/* Takes HOST:PORT or [HOST]:PORT apart; 0, or -1 where it is neither. */
static int split_host(const char *text, char *host, size_t size, const char **ret_port)
{
    const char *colon = strrchr(text, ':');
    if (!colon || colon == text || !colon[1] || strspn(colon + 1, "0123456789") != strlen(colon + 1))
        return -1;
    long number = strtol(colon + 1, NULL, 10); /* digits only; too many of them give LONG_MAX */
    if (number < 1 || number > UINT16_MAX)
        return -1;
    size_t len = (size_t)(colon - text);
    if (text[0] == '[' && colon[-1] == ']') {
        text++;
        len -= 2;
    }
    if (!len || len >= size || memchr(text, '[', len))
        return -1;
    memcpy(host, text, len);
    host[len] = '\0';
    *ret_port = colon + 1;
    return 0;
}

static int dial_tcp(const char *address, int64_t deadline, struct dial_error *error)
{
    char host[PURPOSE_ADDRESS_SIZE];
    const char *port;
    if (split_host(address + strlen("tcp:"), host, sizeof host, &port))
        return fail(error, PURPOSE_BAD_ARGUMENT,
                    "address %s is not understood; it takes tcp:HOST:PORT, as in tcp:127.0.0.1:7070",
                    address);
    struct addrinfo *list = NULL;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    int problem = getaddrinfo(host, port, &hints, &list);
    if (problem)
        return fail(error, problem == EAI_MEMORY ? PURPOSE_NO_MEMORY : PURPOSE_NO_DAEMON,
                    "host %s of %s is not known: %s", host, address, gai_strerror(problem));
    int fd = -1;
    int reason = ECONNREFUSED;
    for (struct addrinfo *one = list; one && fd < 0; one = one->ai_next) {
        fd = open_socket(one->ai_addr, one->ai_addrlen, deadline);
        reason = errno;
    }
    freeaddrinfo(list);
    if (fd < 0)
        return fail_to_reach(error, address, 0, reason);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1},
               sizeof(int)); /* a delay less; nothing is lost without */
    return fd;
}

int dial(const char *address, int is_default, int64_t deadline, struct dial_error *error)
{
    if (!strncmp(address, "unix:", 5))
        return dial_unix(address, is_default, deadline, error);
    if (!strncmp(address, "tcp:", 4))
        return dial_tcp(address, deadline, error);
    return fail(error, PURPOSE_BAD_ARGUMENT,
                "address %s is not understood; it takes unix:PATH, tcp:HOST:PORT or http://HOST:PORT",
                address);
}
