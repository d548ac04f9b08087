/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/served.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "indexer/base/mem.h"
#include "tests/bench/clock.h"
#include "tests/bench/process.h"

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 && connect(descriptor, (struct sockaddr *)&address, sizeof address) == 0)
        return descriptor;
    if (descriptor >= 0)
        close(descriptor);
    return -1;
}

static pid_t start_program(const char *program, const char *db, const struct served_settings *settings,
                           const char *socket_path)
{
    MEM_AUTO char *address = mem_format("unix:%s", socket_path);
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    execl(program, program, "--db", db, "--listen", address, "--workers", settings->workers, "--cache-bytes",
          settings->cache_bytes, "--kept-bytes", settings->kept_bytes, (char *)NULL);
    _exit(127);
}

/* Waits for the first connection. */
static int wait_for_it(struct served *served, struct error *error)
{
    double start = clock_us();
    while (clock_us() - start < SERVED_START_MS * 1e3) {
        served->connections[0] = connect_to(served->socket_path);
        if (served->connections[0] >= 0) {
            served->connection_count = 1;
            return 0;
        }
        if (waitpid(served->pid, NULL, WNOHANG) != 0)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    error_set(error, "the daemon did not come up");
    return -1;
}

int served_start(struct served *served, const char *program, const char *db,
                 const struct served_settings *settings, size_t connections, struct error *error)
{
    static const char *const status = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}\n";
    double start = clock_us(), took;
    *served = (struct served){.pid = -1, .folder = mem_text("/tmp/purposed-bench-XXXXXX")};
    if (!mkdtemp(served->folder)) {
        error_set(error, "no folder can be made in /tmp: %s", strerror(errno));
        return -1;
    }
    served->socket_path = mem_format("%s/sock", served->folder);
    served->pid = start_program(program, db, settings, served->socket_path);
    if (served->pid < 0 || wait_for_it(served, error) != 0 ||
        served_ask(served, 1, &status, 1, &took, NULL, error) < 0)
        return -1;
    served->open_ms = (clock_us() - start) / 1e3;
    while (served->connection_count < connections) {
        int descriptor = connect_to(served->socket_path);
        if (descriptor < 0) {
            error_set(error, "the daemon takes no connection: %s", strerror(errno));
            return -1;
        }
        served->connections[served->connection_count++] = descriptor;
    }
    return 0;
}

/* ---- asking ---- */

struct asker {
    int descriptor;
    size_t asked; /* number of the request under way; SIZE_MAX: none */
    double since;
    struct buf reply;
};

static int ask(struct asker *asker, const char *request, size_t number)
{
    size_t len = strlen(request), sent = 0;
    asker->asked = number;
    asker->since = clock_us();
    while (sent < len) {
        ssize_t wrote = send(asker->descriptor, request + sent, len - sent, MSG_NOSIGNAL);
        if (wrote < 0 && errno != EINTR)
            return -1;
        sent += wrote > 0 ? (size_t)wrote : 0;
    }
    return 0;
}

/* 1 when the reply is whole, 0 when more is to come, -1 on failure. */
static int take_reply(struct asker *asker)
{
    char *to = buf_reserve(&asker->reply, 256 << 10);
    ssize_t got = to ? recv(asker->descriptor, to, 256 << 10, 0) : -1;
    if (got <= 0)
        return got < 0 && errno == EINTR ? 0 : -1;
    asker->reply.len += (size_t)got;
    return asker->reply.data[asker->reply.len - 1] == '\n';
}

static bool is_answer(const struct buf *reply)
{
    static const char result[] = "\"result\":";
    return memmem(reply->data, reply->len < 64 ? reply->len : 64, result, sizeof result - 1) != NULL;
}

struct asking {
    const char *const *requests;
    size_t count, next, answered;
    double *us;
    struct buf *last;
};

static int ask_next(struct asking *asking, struct asker *asker)
{
    buf_reset(&asker->reply);
    asker->asked = SIZE_MAX;
    if (asking->next == asking->count)
        return 0;
    size_t number = asking->next++;
    return ask(asker, asking->requests[number], number);
}

static int hear(struct asking *asking, struct asker *asker)
{
    int whole = take_reply(asker);
    if (whole <= 0)
        return whole;
    asking->us[asker->asked] = clock_us() - asker->since;
    asking->answered++;
    if (!is_answer(&asker->reply))
        return -1;
    if (asking->last) {
        buf_reset(asking->last);
        buf_append(asking->last, asker->reply.data, asker->reply.len - 1);
    }
    return ask_next(asking, asker);
}

static int ask_all(struct asking *asking, struct asker *askers, size_t connections)
{
    struct pollfd polled[SERVED_CONNECTIONS_MAX];
    for (size_t i = 0; i < connections; i++) {
        polled[i] = (struct pollfd){.fd = askers[i].descriptor, .events = POLLIN};
        if (ask_next(asking, &askers[i]) != 0)
            return -1;
    }
    while (asking->answered < asking->count) {
        if (poll(polled, connections, SERVED_START_MS) <= 0)
            return -1;
        for (size_t i = 0; i < connections; i++)
            if (polled[i].revents && hear(asking, &askers[i]) < 0)
                return -1;
    }
    return 0;
}

double served_ask(struct served *served, size_t connections, const char *const *requests, size_t count,
                  double *ret_us, struct buf *last, struct error *error)
{
    struct asker askers[SERVED_CONNECTIONS_MAX];
    struct asking asking = {.requests = requests, .count = count, .us = ret_us, .last = last};
    for (size_t i = 0; i < connections; i++)
        askers[i] = (struct asker){.descriptor = served->connections[i], .reply = BUF_INIT(SERVED_REPLY_MAX)};
    double start = clock_us();
    int status = ask_all(&asking, askers, connections);
    double seconds = (clock_us() - start) / 1e6;
    long kib = process_memory(served->pid);
    served->peak_kib = kib > served->peak_kib ? kib : served->peak_kib;
    for (size_t i = 0; i < connections; i++) {
        if (status != 0 && askers[i].reply.len > 0)
            error_set(error, "the daemon answered %.200s", askers[i].reply.data);
        buf_free(&askers[i].reply);
    }
    if (status == 0)
        return seconds;
    error_set(error, "the daemon's answer did not come");
    return -1;
}

void served_stop(struct served *served)
{
    for (size_t i = 0; i < served->connection_count; i++)
        close(served->connections[i]);
    if (served->pid > 0) {
        kill(served->pid, SIGTERM);
        waitpid(served->pid, NULL, 0);
    }
    if (served->socket_path)
        unlink(served->socket_path);
    rmdir(served->folder);
    free(served->socket_path);
    free(served->folder);
}
