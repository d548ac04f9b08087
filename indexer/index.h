/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The index as derived from the ledger: a new generation built whole, or the current one changed in place.
 *
 * Metadata of the index: "format" (FIELD_FORMAT), "analyser" (ANALYSER_VERSION), "ledger" (the ledger's
 * sequence that it has reached), "changes" (documents changed in place since it was built), "labels" (JSON:
 * what provisions mean), "vocabulary" (the user's own acronyms), PAIRS_KEY (those that the texts explain).
 * Changes in place leave holes; once as many documents were changed as half of the index holds, it is built
 * anew.
 */
#ifndef PURPOSED_INDEXER_INDEX_H
#define PURPOSED_INDEXER_INDEX_H

#include <stdint.h>

#include "indexer/base/error.h"
#include "indexer/ledger.h"
#include "indexer/report.h"
#include "indexer/store/dictionary.h"
#include "shim/shim.h"

enum {
    /* Documents of one thread that gather before they are flushed into its segment: more are slower to find,
     * in a tree of nodes that no cache holds (2,500 agreements: 16 take two thirds of the time of 120). */
    INDEX_FLUSH_DOCUMENTS = 16,
    INDEX_SEGMENT_DOCUMENTS = 500, /* of a segment, at least; what a flush rewrites stays small */
    INDEX_SEGMENTS_MAX = 80,       /* that are made one; six files each are open then */
    INDEX_SHARD_DOCUMENTS = 64,    /* a thread gets no fewer */
    INDEX_SAMPLES_MAX = 6 << 20,   /* bytes that the compression dictionary is trained on */
};

struct index {
    const char *db;
    const char *ledger_path;
    struct ledger *ledger; /* between two transactions */
    unsigned jobs;
    struct report *report;
};

/* Brings the index in step with the ledger: nothing to do, a change in place, or a new generation. 0, or -1
 * with `error` (the index is as it was). */
int index_follow(const struct index *index, struct error *error);

/* A new generation of all documents, made current. */
int index_build(const struct index *index, int64_t sequence, struct error *error);
/* The pending documents, in the current generation. */
int index_update(const struct index *index, const char *generation, int64_t sequence, int64_t changes,
                 struct error *error);

/* Writes all metadata into the open batch. 0, or -1 with `error`. */
int index_write_metadata(const struct index *index, struct shim_writer *writer,
                         struct dictionaries *dictionaries, int64_t sequence, int64_t changes,
                         struct error *error);
/* Sets `error` to what the shim says; returns -1. */
int index_fail(const char *what, const struct shim_error *shim_error, struct error *error);

#endif
