/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the daemon grows with the register: the same full replies from indexes of several sizes, in one run. */
#ifndef PURPOSED_BENCH_GROWTH_H
#define PURPOSED_BENCH_GROWTH_H

#include <stddef.h>

#include "indexer/base/error.h"

enum { GROWTH_SIZES_MAX = 8 };

struct growth {
    const char *program, *queries, *facts; /* as struct bench has them */
    size_t rounds;
    const char *const *sizes; /* pairs: what the size is called, and its index's folder */
    size_t size_count;
};

/* Prints a table, a row for each size; writes what the goals are about. 0, or -1 with `error`. */
int growth_run(const struct growth *growth, struct error *error);

#endif
