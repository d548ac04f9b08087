/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/kept.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"

struct set {
    UT_hash_handle hh;
    struct bits documents;
    size_t bytes; /* about, all told */
    char key[];
};

struct kept {
    pthread_mutex_t lock; /* of all that follows */
    struct set *sets;     /* in the order in which they were asked for, the last one last */
    struct kept_figures figures;
};

struct kept *kept_new(void)
{
    struct kept *kept = mem_zero(1, sizeof *kept);
    pthread_mutex_init(&kept->lock, NULL);
    return kept;
}

static void drop(struct kept *kept, struct set *set)
{
    HASH_DEL(kept->sets, set);
    kept->figures.sets--;
    kept->figures.bytes -= set->bytes;
    bits_free(&set->documents);
    free(set);
}

void kept_free(struct kept *kept)
{
    if (!kept)
        return;
    struct set *set, *next;
    HASH_ITER(hh, kept->sets, set, next)
    {
        drop(kept, set);
    }
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

static bool is_key(const struct buf *key)
{
    return !buf_failed(key) && key->len <= KEPT_KEY_MAX;
}

bool kept_find(struct kept *kept, const struct buf *key, struct bits *documents)
{
    if (!is_key(key))
        return false;
    struct set *set;
    pthread_mutex_lock(&kept->lock);
    HASH_FIND(hh, kept->sets, key->data, key->len, set);
    if (set) {
        memcpy(documents->words, set->documents.words, bits_words(documents->count) * sizeof(uint64_t));
        HASH_DEL(kept->sets, set); /* to the end of the order */
        HASH_ADD(hh, kept->sets, key[0], key->len, set);
        kept->figures.hits++;
    } else {
        kept->figures.misses++;
    }
    pthread_mutex_unlock(&kept->lock);
    return set != NULL;
}

void kept_put(struct kept *kept, const struct buf *key, const struct bits *documents)
{
    size_t words = bits_words(documents->count) * sizeof(uint64_t);
    struct set *set, *before;
    if (!is_key(key) || sizeof *set + key->len + words > KEPT_BYTES_MAX)
        return;
    set = mem_alloc(sizeof *set + key->len);
    set->documents = bits_copy(documents);
    set->bytes = sizeof *set + key->len + words;
    memcpy(set->key, key->data, key->len);
    pthread_mutex_lock(&kept->lock);
    HASH_FIND(hh, kept->sets, key->data, key->len, before);
    if (before) /* another worker looked for the same meanwhile */
        drop(kept, before);
    while (kept->sets && kept->figures.bytes + set->bytes > KEPT_BYTES_MAX)
        drop(kept, kept->sets);
    HASH_ADD(hh, kept->sets, key[0], key->len, set);
    kept->figures.sets++;
    kept->figures.bytes += set->bytes;
    pthread_mutex_unlock(&kept->lock);
}

struct kept_figures kept_figures(struct kept *kept)
{
    pthread_mutex_lock(&kept->lock);
    struct kept_figures figures = kept->figures;
    pthread_mutex_unlock(&kept->lock);
    return figures;
}
