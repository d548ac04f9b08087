/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/distinct/minhash.h"

#include <string.h>
#include <xxhash.h>

enum { BLOCK = 16 }; /* hash functions at a time: what fits into registers */

/* Function n of a hash h is its lower half times an odd number plus its upper half times another, modulo
 * 2^32: the numbers are drawn once and for all. */
struct family {
    uint32_t low[MINHASH_SIZE], high[MINHASH_SIZE];
};

static void draw(struct family *family)
{
    for (uint32_t n = 0; n < MINHASH_SIZE; n++) {
        uint64_t drawn = XXH3_64bits(&n, sizeof n);
        family->low[n] = (uint32_t)drawn | 1;
        family->high[n] = (uint32_t)(drawn >> 32) | 1;
    }
}

static void sign_block(const uint64_t *hashes, size_t count, const uint32_t *low, const uint32_t *high,
                       uint32_t *signature)
{
    uint32_t least[BLOCK];
    memset(least, 0xff, sizeof least);
    for (size_t i = 0; i < count; i++) {
        uint32_t lower = (uint32_t)hashes[i], upper = (uint32_t)(hashes[i] >> 32);
        for (size_t n = 0; n < BLOCK; n++) {
            uint32_t value = lower * low[n] + upper * high[n];
            least[n] = value < least[n] ? value : least[n];
        }
    }
    memcpy(signature, least, sizeof least);
}

void minhash_sign(const uint64_t *hashes, size_t count, uint32_t ret_signature[MINHASH_SIZE])
{
    struct family family;
    draw(&family);
    for (size_t n = 0; n < MINHASH_SIZE; n += BLOCK)
        sign_block(hashes, count, family.low + n, family.high + n, ret_signature + n);
}

unsigned minhash_equal(const uint32_t *a, const uint32_t *b)
{
    unsigned equal = 0;
    for (size_t n = 0; n < MINHASH_SIZE; n++)
        equal += a[n] == b[n];
    return equal;
}
