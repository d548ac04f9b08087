/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is compared with the daemon.
 *
 *  - raw: Xapian straight on our own index: the ten best, stopping early, and nothing else. No answer of ours
 *    can be faster, and it gives neither totals, facets nor snippets. Our index has no term for a facet's
 *    value: a search with a filter is made on a copy of it that has, and on nothing else is that copy used.
 *  - plain: Xapian as its manual has it, on an index of its own: TermGenerator and QueryParser, values as
 *    strings in slots counted by a MatchSpy, MSet::snippet.
 *  - fts5: SQLite's full-text index with tables of values beside it: bm25, snippet() and GROUP BY.
 *  - groonga: the program `groonga` over a pipe, where installed: select with snippet_html() and drilldowns,
 *    its cache of replies off.
 *
 * All give ten hits; all but raw with a snippet each and the values of three facets. Each open engine serves
 * one client, in one thread. Errors end the program: a benchmark that goes on after one measures nothing.
 */
#ifndef PURPOSED_BENCH_ENGINES_H
#define PURPOSED_BENCH_ENGINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { BENCH_HITS = 10, BENCH_FACETS = 3 };
extern const char *const BENCH_FACET_NAMES[BENCH_FACETS];

/* All *borrowed*. */
struct bench_query {
    const char *const *terms; /* stems, as our analyser makes them */
    size_t term_count;
    const char *text;   /* the same as it is typed */
    bool phrase;        /* the terms next to each other */
    const char *part;   /* where to look; NULL: everywhere */
    const char *prefix; /* of that part's terms */
    const char *facet;  /* what to filter by, and its one value; NULL: no filter */
    const char *value;
};

struct bench_hits {
    size_t count;
    double weights[BENCH_HITS];
};

struct bench_record {
    const char *identity; /* its term in our index */
    const char *parts[8]; /* NULL: absent */
    const char *const *values[BENCH_FACETS];
    size_t value_counts[BENCH_FACETS];
};

/* Open `with_terms`, a copy of our index `postings`, and give each of its documents the facets' values as
 * boolean terms; then it is made compact. */
struct raw_builder;
struct raw_builder *raw_begin(const char *with_terms);
void raw_add(struct raw_builder *builder, const struct bench_record *record);
void raw_finish(struct raw_builder *builder);
struct raw_engine;
struct raw_engine *raw_open(const char *postings, const char *with_terms);
void raw_search(struct raw_engine *engine, const struct bench_query *query, struct bench_hits *hits);
/* A part in which a word weighs once more: the prefix of its terms, and how much (daemon/search/ranking.h).
 */
struct bench_boost {
    const char *prefix;
    double factor;
};
/* The same ranked as ours ranks, to compare scores with; its time is not measured. */
void raw_search_boosted(struct raw_engine *engine, const struct bench_query *query,
                        const struct bench_boost *boosts, size_t count, struct bench_hits *hits);
/* How many documents match, exactly; likewise. */
size_t raw_count(struct raw_engine *engine, const struct bench_query *query);
void raw_close(struct raw_engine *engine);

struct plain_builder;
struct plain_builder *plain_create(const char *path);
void plain_add(struct plain_builder *builder, const struct bench_record *record);
void plain_finish(struct plain_builder *builder);
struct plain_engine;
struct plain_engine *plain_open(const char *path);
void plain_search(struct plain_engine *engine, const struct bench_query *query, struct bench_hits *hits);
void plain_close(struct plain_engine *engine);

struct fts5_engine;
struct fts5_engine *fts5_create(const char *path);
void fts5_add(struct fts5_engine *engine, const struct bench_record *record);
void fts5_finish(struct fts5_engine *engine);
struct fts5_engine *fts5_open(const char *path);
void fts5_search(struct fts5_engine *engine, const struct bench_query *query, struct bench_hits *hits);
void fts5_close(struct fts5_engine *engine);

/* The commands that make its database, for `groonga -n DATABASE` to read. */
void groonga_begin(FILE *commands);
void groonga_add(FILE *commands, const struct bench_record *record);
void groonga_end(FILE *commands);
struct groonga_engine;
struct groonga_engine *groonga_open(const char *path);
void groonga_search(struct groonga_engine *engine, const struct bench_query *query);
/* Seconds that its process has been on a processor. */
double groonga_processor(const struct groonga_engine *engine);
void groonga_close(struct groonga_engine *engine);

#ifdef __cplusplus
}
#endif

#endif
