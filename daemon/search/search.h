/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Questions and answers: parameters of a method in, JSON text of its result out.
 *
 * A snapshot is one epoch of an index: its columns in memory, shared and read-only, and one reader for each
 * worker, all at the same commit. An answer is computed from one snapshot alone, so it is never mixed. This
 * room knows no socket.
 */
#ifndef PURPOSED_SEARCH_SEARCH_H
#define PURPOSED_SEARCH_SEARCH_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"

/* What bounds the work of one call, and may be set. */
struct search_limits {
    uint64_t query_bytes; /* of a query text */
    uint64_t query_words; /* of a query */
    uint64_t expansions;  /* words a prefix stands for */
    uint64_t hits;        /* in one reply */
    uint64_t window;      /* offset + limit */
    uint64_t kept_bytes;  /* of what is kept for an epoch; 0: nothing is. Any number, unlike the others */
};

/* What they are unless set. */
enum {
    SEARCH_QUERY_MAX = 65536,
    SEARCH_QUERY_WORDS_MAX = 4096,
    SEARCH_EXPANSIONS_MAX = 1000,
    SEARCH_LIMIT_MAX = 1000,
    SEARCH_WINDOW_MAX = 100000,
    SEARCH_KEPT_BYTES = 32 << 20,
};

/* Of the process, *borrowed*. Set before the first call, by one thread; each 1 to INT_MAX. */
const struct search_limits *search_limits(void);
void search_set_limits(const struct search_limits *limits);

/* Without memory the program ends and says so (mem_run_out), in jansson and in C++ too: a reply of which a
 * part had no memory would pass for a whole one. Of the process; call it before anything else, by one thread.
 */
void search_end_without_memory(void);

enum {
    SEARCH_FACETS_MAX = 64,           /* facets in one search */
    SEARCH_FACET_VALUES_MAX = 10000,  /* values of one facet in a reply */
    SEARCH_FILTER_VALUES_MAX = 10000, /* values of one filter */
    SEARCH_SNIPPETS_MAX = 10,         /* snippets a hit */
    SEARCH_MARKS_MAX = 10000,         /* marks in a record */
    SEARCH_EXPORT_BYTES_MAX =
        1 << 20, /* of the records in one reply of an export; a larger one comes alone */
    SEARCH_EXPORT_PARAMS_MAX =
        512 << 10, /* bytes of an export's parameters as JSON, which its cursor carries */
};

struct snapshot;

/* Opens the current epoch of the index in folder `db` with a reader for each of `workers`. *new*, holding one
 * reference. Returns 0; 1 where there is no index yet; -1 with `error` (damaged, another format). */
int snapshot_open(const char *db, unsigned workers, struct snapshot **ret_snapshot, struct error *error);
/* References are counted atomically; the last one closes the readers. */
struct snapshot *snapshot_ref(struct snapshot *snapshot);
void snapshot_unref(struct snapshot *snapshot); /* takes NULL */
/* Whether the index on disk is at a newer epoch than this; cheap, may be asked several times a second. */
bool snapshot_is_stale(const struct snapshot *snapshot, const char *db);
/* "gen-000001/17": names the commit; *borrowed*. */
const char *snapshot_revision(const struct snapshot *snapshot);
/* A number for this epoch of this index, to tell it from others by: also from those of an index that was
 * built afresh in its place, whose revisions may be called the same. */
uint64_t snapshot_tag(const struct snapshot *snapshot);
uint32_t snapshot_record_count(const struct snapshot *snapshot);
/* Bytes that the columns hold. */
size_t snapshot_memory(const struct snapshot *snapshot);

/* What is kept for the epoch: documents that a phrase, a frequent word or a filter matches, texts unpacked,
 * and words' neighbours. `hits` and `misses` are of sets and words. */
struct search_kept {
    size_t sets, texts, words, bytes, bytes_max;
    uint64_t hits, misses, text_hits, text_misses;
};
struct search_kept snapshot_kept(const struct snapshot *snapshot);

enum search_status {
    SEARCH_OK = 0,
    SEARCH_FAILED,  /* answer with the error's code and message */
    SEARCH_CHANGED, /* the index moved on under the reader: run again on a fresh snapshot */
};

struct search_error {
    int code;           /* as JSON-RPC and the contract number them */
    char message[1024]; /* names the parameter, and what it takes */
};

/* Runs `method` on behalf of worker number `worker` (no two threads with one number at once) and appends the
 * result's JSON to `result`. `params` may be NULL. */
enum search_status search_run(struct snapshot *snapshot, unsigned worker, const char *method,
                              const json_t *params, struct buf *result, struct search_error *error);
/* The query of a call that ran, as it was understood, in words, *new*; NULL where it has none. */
char *search_understood(struct snapshot *snapshot, unsigned worker, const char *method, const json_t *params);
/* Whether `method` is one of this room's: search, get, facets, similar, compare, suggest, changes, export,
 * schema. */
bool search_has_method(const char *method);
/* Whether answers to this are worth giving again to who asks the same of the same epoch; then appends a text
 * that is the same for the same questions, however they are spelt. Any thread. */
bool search_key(const char *method, const json_t *params, struct buf *to);

#endif
