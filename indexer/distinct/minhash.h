/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * MinHash signatures: the share of places in which two signatures are equal is an estimate of the Jaccard
 * similarity J of the sets (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, ch. 3),
 * with a standard deviation of sqrt(J (1 - J) / MINHASH_SIZE): 0.04 at 0.7.
 *
 * Signatures are cut into MINHASH_BANDS bands of MINHASH_ROWS; sets that agree in a whole band are
 * candidates. Two sets of similarity J miss each other in all bands with a chance of
 * (1 - J^MINHASH_ROWS)^MINHASH_BANDS:
 *     J       0.30  0.50  0.60   0.70     0.75   0.80
 *     missed  0.77  0.13  0.012  0.00015  5e-6   5e-8
 * At 0.70 MINHASH_LEAST rejects another 1.4e-6: fewer equal places than that.
 */
#ifndef PURPOSED_DISTINCT_MINHASH_H
#define PURPOSED_DISTINCT_MINHASH_H

#include <stddef.h>
#include <stdint.h>

enum {
    MINHASH_SIZE = 128,
    MINHASH_ROWS = 4,
    MINHASH_BANDS = MINHASH_SIZE / MINHASH_ROWS,
    MINHASH_LEAST = 64, /* equal places of two sets that may be alike */
};

/* The signature of a set of hashes, which must be well mixed in all bits. */
void minhash_sign(const uint64_t *hashes, size_t count, uint32_t ret_signature[MINHASH_SIZE]);
/* In how many places two signatures are equal. */
unsigned minhash_equal(const uint32_t *a, const uint32_t *b);

#endif
