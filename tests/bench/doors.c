/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same searches over the Unix socket and over HTTP, in rounds of one run: how many a second through each
 * door.
 *
 * Each of a few connections asks, waits for the answer, and asks again.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "tests/bench/clock.h"

enum { CONNECTIONS = 8, ROUNDS = 7, ROUND_MS = 1000, REPLY_MAX = 64 << 20, CHUNK = 64 << 10 };

static const char *const words[] = {
    "asthma",        "risk stratification", "invoice",   "hospital", "patients data", "outcomes research",
    "commissioning", "mortality",           "screening", "audit"};

enum { WORDS = sizeof words / sizeof words[0] };

struct door {
    const char *name;
    int (*dial)(const char *address);
    void (*ask)(struct buf *to, const char *word);
    bool (*is_whole)(const struct buf *reply);
    const char *address;
    int fds[CONNECTIONS];
    struct buf replies[CONNECTIONS];
    unsigned asked;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "doors: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

/* ---- the two doors ---- */

static int dial_socket(const char *path)
{
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to))
        fail(path);
    return fd;
}

static void ask_socket(struct buf *to, const char *word)
{
    buf_printf(to, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"search\",\"params\":{\"q\":\"%s\"}}\n", word);
}

static bool is_whole_line(const struct buf *reply)
{
    return reply->len > 0 && reply->data[reply->len - 1] == '\n';
}

static int dial_http(const char *port)
{
    const int on = 1;
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to))
        fail(port);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

static void ask_http(struct buf *to, const char *word)
{
    buf_text(to, "GET /api/search?q=");
    for (; *word; word++)
        buf_byte(to, *word == ' ' ? '+' : *word);
    buf_text(to, " HTTP/1.1\r\nHost: localhost\r\n\r\n");
}

static bool is_whole_reply(const struct buf *reply)
{
    const char *end = reply->len ? strstr(reply->data, "\r\n\r\n") : NULL;
    const char *length = end ? strstr(reply->data, "Content-Length: ") : NULL;
    return length && reply->len >= (size_t)(end + 4 - reply->data) + strtoul(length + 16, NULL, 10);
}

/* ---- a round ---- */

static void ask(struct door *door, size_t number)
{
    struct buf line = BUF_INIT(CHUNK);
    door->ask(&line, words[door->asked++ % WORDS]);
    if (send(door->fds[number], line.data, line.len, MSG_NOSIGNAL) != (ssize_t)line.len)
        fail(door->name);
    buf_free(&line);
}

/* Takes what is there; whether the answer is whole, and then forgets it. */
static bool take(struct door *door, size_t number)
{
    char *to = buf_reserve(&door->replies[number], CHUNK);
    ssize_t got = to ? recv(door->fds[number], to, CHUNK, 0) : -1;
    if (got <= 0)
        fail(door->name);
    door->replies[number].len += (size_t)got;
    to[got] = '\0';
    if (!door->is_whole(&door->replies[number]))
        return false;
    buf_reset(&door->replies[number]);
    return true;
}

/* Answers a second. */
static double run(struct door *door)
{
    struct pollfd polls[CONNECTIONS];
    double start = clock_us(), end = start + ROUND_MS * 1e3;
    size_t answers = 0, waiting = CONNECTIONS;
    for (size_t i = 0; i < CONNECTIONS; i++) {
        polls[i] = (struct pollfd){.fd = door->fds[i], .events = POLLIN};
        ask(door, i);
    }
    while (waiting > 0) {
        if (poll(polls, CONNECTIONS, -1) < 0)
            fail("poll");
        for (size_t i = 0; i < CONNECTIONS; i++) {
            if (!polls[i].revents || !take(door, i))
                continue;
            answers++;
            if (clock_us() < end)
                ask(door, i);
            else
                waiting--;
        }
    }
    return (double)answers * 1e6 / (clock_us() - start);
}

static int by_size(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

int main(int argc, char **argv)
{
    struct door doors[] = {{"unix socket", dial_socket, ask_socket, is_whole_line, argv[1], {0}, {{0}}, 0},
                           {"http", dial_http, ask_http, is_whole_reply, argv[2], {0}, {{0}}, 0}};
    double rates[2][ROUNDS], ratios[ROUNDS];
    if (argc != 3) {
        fputs("usage: bench_doors SOCKET-PATH HTTP-PORT\n", stderr);
        return 2;
    }
    for (size_t d = 0; d < 2; d++)
        for (size_t i = 0; i < CONNECTIONS; i++) {
            doors[d].fds[i] = doors[d].dial(doors[d].address);
            doors[d].replies[i] = (struct buf)BUF_INIT(REPLY_MAX);
        }
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t d = 0; d < 2; d++)
            rates[d][round] = run(&doors[d]);
        ratios[round] = rates[1][round] / rates[0][round];
    }
    for (size_t d = 0; d < 2; d++) {
        qsort(rates[d], ROUNDS, sizeof rates[d][0], by_size);
        printf("%-12s %8.0f searches/s\n", doors[d].name, rates[d][ROUNDS / 2]);
        for (size_t i = 0; i < CONNECTIONS; i++) {
            close(doors[d].fds[i]);
            buf_free(&doors[d].replies[i]);
        }
    }
    qsort(ratios, ROUNDS, sizeof ratios[0], by_size);
    printf("http / unix  %8.2f (median of %d rounds, %d connections)\n", ratios[ROUNDS / 2], ROUNDS,
           CONNECTIONS);
    return 0;
}
