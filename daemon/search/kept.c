/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/kept.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

static uint64_t seed;
#define HASH_FUNCTION(key, len, hash) ((hash) = (unsigned)XXH3_64bits_withSeed(key, len, seed))

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"

/* Its bytes are those of the key, which begins with the kind, and then those of the value. */
struct entry {
    UT_hash_handle hh;
    enum kept_kind kind;
    size_t key_len, len;
    char bytes[];
};

struct kept {
    pthread_mutex_t lock;  /* of all that follows */
    struct entry *entries; /* in the order in which they were asked for, the last one last */
    struct kept_figures figures;
};

static void draw_seed(void)
{
    /* Without randomness a stranger could at worst slow look-ups down. */
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed)
        seed = (uint64_t)(uintptr_t)&seed;
}

struct kept *kept_new(size_t bytes_max)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, draw_seed);
    struct kept *kept = mem_zero(1, sizeof *kept);
    kept->figures.bytes_max = bytes_max;
    pthread_mutex_init(&kept->lock, NULL);
    return kept;
}

static size_t bytes_of(const struct entry *entry)
{
    return sizeof *entry + entry->key_len + entry->len;
}

static void drop(struct kept *kept, struct entry *entry)
{
    HASH_DEL(kept->entries, entry);
    kept->figures.counts[entry->kind]--;
    kept->figures.bytes -= bytes_of(entry);
    free(entry);
}

void kept_free(struct kept *kept)
{
    if (!kept)
        return;
    struct entry *entry, *next;
    HASH_ITER(hh, kept->entries, entry, next)
    {
        drop(kept, entry);
    }
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

static bool is_key(const struct kept *kept, const struct buf *key)
{
    return kept->figures.bytes_max > 0 && !buf_failed(key) && key->len <= KEPT_KEY_MAX;
}

/* The entry, which is now the one asked for last; NULL: there is none. Under the lock. */
static struct entry *find(struct kept *kept, const struct buf *key)
{
    struct entry *entry;
    HASH_FIND(hh, kept->entries, key->data, key->len, entry);
    if (!entry)
        return NULL;
    HASH_DEL(kept->entries, entry);
    HASH_ADD_KEYPTR(hh, kept->entries, entry->bytes, entry->key_len, entry);
    return entry;
}

static void put(struct kept *kept, enum kept_kind kind, const struct buf *key, const void *value, size_t len)
{
    if (!is_key(kept, key) || sizeof(struct entry) + key->len + len > kept->figures.bytes_max)
        return;
    struct entry *before, *entry = mem_alloc(sizeof *entry + key->len + len);
    *entry = (struct entry){.kind = kind, .key_len = key->len, .len = len};
    memcpy(entry->bytes, key->data, key->len);
    if (len > 0)
        memcpy(entry->bytes + key->len, value, len);
    pthread_mutex_lock(&kept->lock);
    HASH_FIND(hh, kept->entries, key->data, key->len, before);
    if (before) /* another worker looked for the same meanwhile */
        drop(kept, before);
    while (kept->entries && kept->figures.bytes + bytes_of(entry) > kept->figures.bytes_max)
        drop(kept, kept->entries);
    HASH_ADD_KEYPTR(hh, kept->entries, entry->bytes, entry->key_len, entry);
    kept->figures.counts[kind]++;
    kept->figures.bytes += bytes_of(entry);
    pthread_mutex_unlock(&kept->lock);
}

/* Keys of one kind are no keys of another. */
static void begin_key(struct buf *key, enum kept_kind kind, const void *bytes, size_t len)
{
    buf_byte(key, (char)kind);
    buf_append(key, bytes, len);
}

/* ---- sets ---- */

bool kept_find(struct kept *kept, const struct buf *name, struct bits *documents)
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX + 1);
    begin_key(&key, KEPT_SET, name->data, name->len);
    if (buf_failed(name) || !is_key(kept, &key))
        return false;
    pthread_mutex_lock(&kept->lock);
    const struct entry *entry = find(kept, &key);
    if (entry)
        memcpy(documents->words, entry->bytes + entry->key_len, entry->len);
    kept->figures.hits += entry != NULL;
    kept->figures.misses += entry == NULL;
    pthread_mutex_unlock(&kept->lock);
    return entry != NULL;
}

void kept_put(struct kept *kept, const struct buf *name, const struct bits *documents)
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX + 1);
    begin_key(&key, KEPT_SET, name->data, name->len);
    if (!buf_failed(name))
        put(kept, KEPT_SET, &key, documents->words, bits_words(documents->count) * sizeof(uint64_t));
}

/* ---- texts ---- */

bool kept_find_text(struct kept *kept, uint64_t place, char *to, size_t len)
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    begin_key(&key, KEPT_TEXT, &place, sizeof place);
    if (!is_key(kept, &key))
        return false;
    pthread_mutex_lock(&kept->lock);
    const struct entry *entry = find(kept, &key);
    bool is_there = entry && entry->len == len;
    if (is_there)
        memcpy(to, entry->bytes + entry->key_len, len);
    kept->figures.text_hits += is_there;
    kept->figures.text_misses += !is_there;
    pthread_mutex_unlock(&kept->lock);
    return is_there;
}

void kept_put_text(struct kept *kept, uint64_t place, const char *text, size_t len)
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    begin_key(&key, KEPT_TEXT, &place, sizeof place);
    if (len <= KEPT_TEXT_MAX)
        put(kept, KEPT_TEXT, &key, text, len);
}

/* ---- words ---- */

bool kept_find_word(struct kept *kept, const char *word, char **ret_word)
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    begin_key(&key, KEPT_WORD, word, strlen(word));
    if (!is_key(kept, &key))
        return false;
    pthread_mutex_lock(&kept->lock);
    const struct entry *entry = find(kept, &key);
    if (entry)
        *ret_word = mem_copy(entry->bytes + entry->key_len, entry->len);
    kept->figures.hits += entry != NULL;
    kept->figures.misses += entry == NULL;
    pthread_mutex_unlock(&kept->lock);
    return entry != NULL;
}

void kept_put_word(struct kept *kept, const char *word, const char *found)
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    begin_key(&key, KEPT_WORD, word, strlen(word));
    put(kept, KEPT_WORD, &key, found, strlen(found));
}

struct kept_figures kept_figures(struct kept *kept)
{
    pthread_mutex_lock(&kept->lock);
    struct kept_figures figures = kept->figures;
    pthread_mutex_unlock(&kept->lock);
    return figures;
}
