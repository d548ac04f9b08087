/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One of the engines, opened for a number of clients who ask at once. */
#ifndef PURPOSED_BENCH_CLIENTS_H
#define PURPOSED_BENCH_CLIENTS_H

#include <stddef.h>

#include "tests/bench/searches.h"

enum { CLIENTS_MAX = 16 };

enum engine { ENGINE_RAW, ENGINE_PLAIN, ENGINE_FTS5, ENGINE_GROONGA, ENGINE_DAEMON };

struct clients {
    enum engine engine;
    size_t count;
    void *engines[CLIENTS_MAX]; /* one each */
};

/* Opens the index of an engine in this process, or beside it, `count` times; not for raw. */
void clients_open(struct clients *clients, enum engine engine, const char *path, size_t count);
/* The same for raw, once: our index, and its copy with the facets' values as terms. */
void clients_open_raw(struct clients *clients, const char *postings, const char *with_terms);
void clients_close(struct clients *clients);
/* The first `askers` of them ask all the searches, each the next one when it has its answer; gives in
 * `ret_us` how long each took. Returns the seconds for all. */
double clients_ask(struct clients *clients, size_t askers, const struct search *searches, size_t count,
                   double *ret_us);
/* Seconds that they have been on a processor. */
double clients_processor(const struct clients *clients);

#endif
