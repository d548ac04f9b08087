/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon on a loop: listeners, connections, workers, the index it serves.
 *
 * One thread runs the loop and everything here; only workers.h and epochs.h name what other threads may call.
 */
#ifndef PURPOSED_DAEMON_DAEMON_H
#define PURPOSED_DAEMON_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "daemon/work/limits.h"
#include "indexer/base/error.h"

struct daemon_options {
    const char *db;            /* the index's folder */
    const char *const *listen; /* addresses; none: the default */
    size_t listen_count;
    const char *base_url; /* under which others see what is served over HTTP; NULL: as each calls it */
    const char *group;    /* that may use Unix sockets; NULL: this user alone */
    bool is_public;       /* addresses that others can reach are allowed */
    bool log_queries;     /* a line for each call, with its parameters */
    struct limits limits;
};

struct daemon;

/* Listens and serves once the caller runs `loop`, until SIGTERM, SIGINT or daemon_stop(); then uv_run()
 * returns. The loop is the daemon's alone. Says on stderr what it listens on. *new*; `options` is copied, but
 * not its texts. Returns 0, or -1 with `error` and nothing left on the loop. */
int daemon_start(uv_loop_t *loop, const struct daemon_options *options, struct daemon **ret_daemon,
                 struct error *error);
/* Stops accepting, answers what was read, and ends. Asked again it cuts off those that still wait. */
void daemon_stop(struct daemon *daemon);
void daemon_free(struct daemon *daemon); /* takes NULL; once uv_run() has returned */

/* The addresses listened on as one would dial them, with the port that port 0 became. *Borrowed*. */
const char *daemon_address(const struct daemon *daemon, size_t number);

#endif
