/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The set of five-word runs of a text (A. Z. Broder, On the resemblance and containment of documents, 1997),
 * each run as its 64-bit hash.
 *
 * A word is a run of letters and digits, folded as the analyser folds them, so that case, marks and
 * typesetting make no difference; apostrophes part words like everything else. A text of fewer than
 * SHINGLE_WORDS words is one run of them all. Runs do not reach from one text into the next.
 */
#ifndef PURPOSED_DISTINCT_SHINGLES_H
#define PURPOSED_DISTINCT_SHINGLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Results are kept with it; of another version they are worked out anew.
 *   1  first */
enum { DISTINCT_VERSION = 1 };

enum {
    SHINGLE_WORDS = 5,        /* words of a run */
    SHINGLES_MAX = 1 << 20,   /* runs of one set; what a longer text has more is left out */
    SHINGLES_HASH_SIZE = 16,  /* bytes of a set's hash */
    SHINGLES_ALIKE_TENTHS = 7 /* of the runs of two texts, both together: shared by texts that are alike */
};

/* Zeroed, it is empty. One thread's. */
struct shingles {
    uint64_t *runs; /* sorted by shingles_finish, each once */
    size_t count, cap;
    uint64_t *spare; /* for sorting */
    size_t spare_cap;
};

void shingles_free(struct shingles *shingles);
void shingles_clear(struct shingles *shingles); /* empty again, memory kept */
void shingles_add(struct shingles *shingles, const char *text, size_t len);
/* Makes a set of what was added: sorts it and takes out what is there twice. */
void shingles_finish(struct shingles *shingles);

/* The hash of a finished set: equal for equal sets, whatever texts they are of. */
void shingles_hash(const struct shingles *shingles, unsigned char ret_hash[SHINGLES_HASH_SIZE]);

/* Whether two finished sets have at least SHINGLES_ALIKE_TENTHS tenths of their union in common (Jaccard).
 * Exact, in whole numbers. Two empty sets are not alike. */
bool shingles_alike(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count);
/* Whether sets of these sizes can be. */
bool shingles_sizes_alike(size_t a_count, size_t b_count);

#endif
