/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Short forms and their long forms as the register's texts explain them, with the number of records that do.
 *
 * A pair is two keys: the terms of the short form and those of the long form, each parted by single spaces.
 * Under it stand the spellings met, each with its own count, as one record may have several. Kept in the
 * index's metadata under PAIRS_KEY as rows in the order of their bytes, so that equal counts are equal bytes:
 *   SHORT KEY \t LONG KEY \n               and the same with \t SHORT \t LONG for a spelling,
 * each row led by its count and a tab.
 */
#ifndef PURPOSED_STORE_PAIRS_H
#define PURPOSED_STORE_PAIRS_H

#include <stdbool.h>
#include <stdint.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"
#include "shim/shim.h"

#define PAIRS_KEY "pairs"

enum {
    PAIRS_FORM_MAX = 512,         /* bytes of a key or a spelling; what is longer is left out */
    PAIRS_GATHERED_MAX = 1000000, /* rows in memory; past it no new ones are taken */
    PAIRS_KEPT_MAX = 100000,      /* rows in the index; past it the ones met least go */
    PAIRS_BYTES_MAX = 64 << 20,   /* of all rows as they are kept */
};

struct pairs; /* one thread's */

struct pairs *pairs_new(void);        /* *new* */
void pairs_free(struct pairs *pairs); /* takes NULL */

/* What follows belongs to another record, that is added (`by` 1) or taken away (-1). */
void pairs_next_record(struct pairs *pairs, int by);
/* A pair of it, in one spelling; each counts once a record. Control characters part words. */
void pairs_add(struct pairs *pairs, const char *short_key, const char *long_key, const char *short_form,
               const char *long_form);
/* Adds the counts of another one. */
void pairs_merge(struct pairs *pairs, const struct pairs *from);

/* Adds what the index holds: SHIM_OK, or what the shim says, with `error`. */
enum shim_status pairs_load(struct pairs *pairs, struct shim_reader *reader, struct error *error);
/* Writes into the open batch, if anything was added since loading: 0, or -1 with `error`. */
int pairs_save(const struct pairs *pairs, struct shim_writer *writer, struct error *error);

/* Whether the rows that the index holds can come from these pairs, which are those of all its records. Rows
 * that went for there being PAIRS_KEPT_MAX are counted anew, from nothing, when an index is changed in place:
 * then a row may be missing or count too little, but never too much. What `is_new`, not changed since it was
 * built, has them all. 0; 1 with `error`. */
int pairs_compare(const struct pairs *pairs, struct shim_reader *reader, bool is_new, struct error *error);

struct pair {
    const char *short_key, *long_key;   /* borrowed from the pairs, as the spellings are */
    const char *short_form, *long_form; /* the most frequent spelling; of equals the first by bytes */
    int64_t count;
};

/* All pairs that some record has, by keys: *new*, free() it. */
struct pair *pairs_list(const struct pairs *pairs, size_t *ret_count);

#endif
