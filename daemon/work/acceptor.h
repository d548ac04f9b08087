/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where connections come in: a socket that listens, on a loop. All of it is the loop's thread's.
 *
 * Where the system has nothing left to let somebody in with (descriptors, memory), that is said in the log,
 * and the acceptor rests for a moment; who waits goes on waiting. libuv's own listening tries again at once
 * and without end, and nobody else is served meanwhile (uv__server_io in its src/unix/stream.c, 1.44).
 */
#ifndef PURPOSED_DAEMON_WORK_ACCEPTOR_H
#define PURPOSED_DAEMON_WORK_ACCEPTOR_H

#include <sys/socket.h>
#include <uv.h>

enum {
    ACCEPTOR_TURN_MAX = 64, /* connections let in before others are looked after */
    ACCEPTOR_REST_MS = 250,
};

struct acceptor;

/* A connection: `fd` is *stolen*, does not block and is closed on exec; `from` is borrowed. */
typedef void acceptor_take(void *data, int fd, const struct sockaddr *from, socklen_t len);

/* A socket bound to an address of IPv4, IPv6 (which leaves IPv4 to others) or the file system. -1 with errno.
 */
int acceptor_bind(const struct sockaddr *address);
/* Listens on `fd` (*stolen*), unless it listens already, and gives `take` who comes. `name` is borrowed as
 * long as the acceptor lives, and names it in the log. *New*; NULL with errno. */
struct acceptor *acceptor_start(uv_loop_t *loop, int fd, const char *name, acceptor_take *take, void *data);
/* Nobody comes in any more; `name` is let go. Frees the acceptor when the loop comes to it. */
void acceptor_stop(struct acceptor *acceptor);

#endif
