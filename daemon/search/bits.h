/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of documents as plain bits, document d at words[d / 64] bit d % 64. At the register's size (tens of
 * thousands of documents, a few kilobytes a set) flat words beat compressed bitmaps at everything a search
 * does.
 */
#ifndef PURPOSED_SEARCH_BITS_H
#define PURPOSED_SEARCH_BITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

struct bits {
    uint64_t *words;
    size_t count; /* bits; all sets of one search have the same */
};

static inline size_t bits_words(size_t count)
{
    return (count + 63) / 64;
}

/* An empty set of documents 0 to count - 1. Free with bits_free. */
static inline struct bits bits_new(size_t count)
{
    return (struct bits){mem_zero(bits_words(count), sizeof(uint64_t)), count};
}

static inline void bits_free(struct bits *set)
{
    free(set->words);
    *set = (struct bits){0};
}

static inline struct bits bits_copy(const struct bits *from)
{
    struct bits set = bits_new(from->count);
    memcpy(set.words, from->words, bits_words(from->count) * sizeof(uint64_t));
    return set;
}

static inline void bits_set(struct bits *set, size_t bit)
{
    set->words[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static inline bool bits_has(const struct bits *set, size_t bit)
{
    return set->words[bit / 64] >> (bit % 64) & 1;
}

static inline void bits_clear(struct bits *set, size_t bit)
{
    set->words[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

static inline void bits_and(struct bits *set, const struct bits *with)
{
    for (size_t i = 0; i < bits_words(set->count); i++)
        set->words[i] &= with->words[i];
}

static inline void bits_or(struct bits *set, const struct bits *with)
{
    for (size_t i = 0; i < bits_words(set->count); i++)
        set->words[i] |= with->words[i];
}

static inline void bits_and_not(struct bits *set, const struct bits *without)
{
    for (size_t i = 0; i < bits_words(set->count); i++)
        set->words[i] &= ~without->words[i];
}

static inline size_t bits_total(const struct bits *set)
{
    size_t total = 0;
    for (size_t i = 0; i < bits_words(set->count); i++)
        total += (size_t)__builtin_popcountll(set->words[i]);
    return total;
}

/* How many are in both. */
static inline size_t bits_shared(const struct bits *a, const struct bits *b)
{
    size_t total = 0;
    for (size_t i = 0; i < bits_words(a->count); i++)
        total += (size_t)__builtin_popcountll(a->words[i] & b->words[i]);
    return total;
}

/* The first bit set at or behind `from`, or `count` where there is none. */
static inline size_t bits_next(const struct bits *set, size_t from)
{
    if (from >= set->count)
        return set->count;
    size_t i = from / 64;
    uint64_t word = set->words[i] & ~UINT64_C(0) << (from % 64);
    while (!word) {
        if (++i >= bits_words(set->count))
            return set->count;
        word = set->words[i];
    }
    return i * 64 + (size_t)__builtin_ctzll(word);
}

#define BITS_AUTO __attribute__((cleanup(bits_free)))
#define BITS_EACH(set, bit)                                                                                  \
    for (size_t bit = bits_next(set, 0); bit < (set)->count; bit = bits_next(set, bit + 1))

#endif
