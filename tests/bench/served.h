/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon under test: started here, asked over its Unix socket, stopped. */
#ifndef PURPOSED_BENCH_SERVED_H
#define PURPOSED_BENCH_SERVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"

enum { SERVED_CONNECTIONS_MAX = 64, SERVED_REPLY_MAX = 64 << 20, SERVED_START_MS = 60000 };

struct served {
    pid_t pid;
    char *folder, *socket_path;
    double open_ms; /* from the program's start to its first answer */
    long peak_kib;  /* most memory of its own, as seen after each asking */
    int connections[SERVED_CONNECTIONS_MAX];
    size_t connection_count;
};

/* What the daemon's options of these names are set to. */
struct served_settings {
    const char *workers, *cache_bytes, *kept_bytes;
};

/* Starts `program` over `db`, so set, and opens `connections`. 0, or -1 with `error`. */
int served_start(struct served *served, const char *program, const char *db,
                 const struct served_settings *settings, size_t connections, struct error *error);
/* Asks all request lines over the first `connections`, each with one call under way, and gives in `ret_us`
 * how long each took. Returns the seconds for all, or -1 with `error`. `last`, where not NULL, is the reply
 * that came last, without its newline. */
double served_ask(struct served *served, size_t connections, const char *const *requests, size_t count,
                  double *ret_us, struct buf *last, struct error *error);
void served_stop(struct served *served);

#endif
