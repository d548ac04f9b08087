/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rounds: everybody who takes part answers the log's searches, class by class, one after the other. */
#ifndef PURPOSED_BENCH_ROUNDS_H
#define PURPOSED_BENCH_ROUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/error.h"
#include "tests/bench/clients.h"
#include "tests/bench/figures.h"
#include "tests/bench/searches.h"
#include "tests/bench/served.h"

enum { CONNECTIONS = 16, PEER_CLIENTS = 4 };

/* The daemons that stand beside each other. */
enum {
    DAEMON_ONE_WORKER,
    DAEMON_TWO_WORKERS,
    DAEMON_CACHING, /* one worker, and a cache of replies */
    DAEMON_BARE,    /* one worker that keeps nothing of what it worked out for others */
    DAEMONS,
};

/* Who answers, and how. Mode 0 is raw Xapian, which the others are held against. */
struct mode {
    enum engine engine;
    bool full;          /* with snippets and facets; else ten hits alone */
    size_t connections; /* or clients */
    unsigned daemon;    /* which, for ENGINE_DAEMON */
    const char *title;
};
extern const struct mode MODES[];
extern const size_t MODE_COUNT;

struct bench {
    const char *db, *program, *queries, *facts;
    const char *paths[ENGINE_DAEMON]; /* of raw's copy and the peers' indexes; NULL: takes no part */
    size_t rounds, peer_rounds;       /* the peers are slow and take part in the first rounds only */
    struct searches searches;
    struct clients clients[ENGINE_DAEMON];
    struct served served[DAEMONS];
    struct figures figures;
};

/* What is set to do: paths and numbers, all *borrowed*. 0, or -1 with `error`; to be closed in any case. */
int bench_open(struct bench *bench, struct error *error);
void bench_close(struct bench *bench);
int bench_run(struct bench *bench, struct error *error);
bool bench_takes_part(const struct bench *bench, const struct mode *mode);
/* The searches of one class, or of all (class < 0). */
struct span bench_span(const struct searches *searches, int class);

/* compare.c: asks everything once, which warms all caches, and prints a table of what is asked, how much
 * matches, and whether the daemon's total and ten hits' scores are raw Xapian's. */
int bench_compare(struct bench *bench, struct error *error);

/* report.c: the tables, to standard output; what the goals are about, to the file of facts. */
int bench_report(const struct bench *bench, struct error *error);

#endif
