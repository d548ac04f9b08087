/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that the ledger knows of one reference, and records put together from it. */
#ifndef PURPOSED_INDEXER_STATEMENTS_H
#define PURPOSED_INDEXER_STATEMENTS_H

#include "indexer/ledger.h"
#include "indexer/merge.h"

/* A reference: its statements under all ids, its releases. */
struct statements {
    char *reference;
    struct sighting *sightings; /* by id, the source named last behind */
    size_t sighting_count;
    struct release_row *rows;
    size_t row_count;
    bool has_releases;        /* a source says what went with what */
    uint64_t releases;        /* hash of what the rows say together */
    const char *organisation; /* of the newest rows, *borrowed*: for a reference with no statement */
};

/* The statements of one id. */
struct id_statements {
    const char *id; /* *borrowed* from the statements */
    const struct sighting *sightings;
    size_t count; /* 0: releases alone, with no statement; then there is no other id */
};

/* 0, or -1 with `error`. Free in any case. */
int statements_load(struct ledger *ledger, const char *reference, struct statements *ret_statements,
                    struct error *error);
void statements_free(struct statements *statements);
/* The id at `*at` (0 at first) among the sightings, *at moved behind it; false at the end. */
bool statements_next_id(const struct statements *statements, size_t *at, struct id_statements *ret_id);

/* Hashes of a text: of all that its document is made of, and of what it says (text, editions, releases).
 * `text` is NULL for releases alone. */
uint64_t statements_hash(const struct statements *statements, const struct id_statements *id,
                         const struct merge_text *text, const struct identity *identity);
uint64_t statements_said(const struct statements *statements, const struct id_statements *id,
                         const struct merge_text *text);

/* The record of a text, *new*; first_seen and changed are left out, and the prose where it is not asked for.
 * NULL with `error`. */
struct record *statements_record(struct ledger *ledger, const struct statements *statements,
                                 const struct id_statements *id, const struct merge_text *text,
                                 enum record_extent extent, struct error *error);
/* The record that a document of the index is made of, *new*. */
struct record *statements_document(struct ledger *ledger, const struct manifest_entry *entry,
                                   enum record_extent extent, struct error *error);

#endif
