/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of queries that `generate queries` writes, made ready for everyone who is asked. */
#ifndef PURPOSED_BENCH_SEARCHES_H
#define PURPOSED_BENCH_SEARCHES_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/error.h"
#include "indexer/base/strlist.h"
#include "tests/bench/engines.h"

enum { SEARCH_CLASSES_MAX = 16 };

struct search {
    int class;
    struct bench_query query; /* for who searches without the daemon */
    struct strlist terms;     /* of our analyser; query.terms points here */
    char *text, *facet, *value;
    char *bare_request, *full_request; /* JSON-RPC lines with their newline */
};

struct searches {
    struct search *items;
    size_t count, cap;
    struct strlist classes; /* names, in the order met */
};

/* 0, or -1 with `error`. */
int searches_read(const char *path, struct searches *searches, struct error *error);
void searches_free(struct searches *searches);

#endif
