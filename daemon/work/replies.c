/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/replies.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <uv.h>

#include <xxhash.h>

/* Seeded, so that no one can choose questions that all fall into one place of the table. */
static uint64_t seed;
#define HASH_FUNCTION(key, len, hash) ((hash) = (unsigned)XXH3_64bits_withSeed(key, len, seed))

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"

static const char TOOK[] = "\"took_us\":";

enum { ENTRY_OVERHEAD = 64 /* bytes of the table and of malloc that an entry stands for */ };

struct entry {
    UT_hash_handle hh;
    TAILQ_ENTRY(entry) link;
    bool is_popular;
    bool says_time; /* then the reply ends with the name of `took_us`, and its value and a brace follow */
    size_t key_len, len;
    char bytes[]; /* the key, then the reply */
};

TAILQ_HEAD(entry_list, entry);

struct replies {
    uint64_t tag;                      /* of the epoch that the entries are of */
    struct entry *table;               /* by key */
    struct entry_list recent, popular; /* the one used last first */
    struct entry_list passed;          /* of epochs before, to be freed */
    size_t popular_bytes;
    struct replies_counts counts;
};

static void draw_seed(void)
{
    uv_random(NULL, NULL, &seed, sizeof seed, 0, NULL);
}

struct replies *replies_new(size_t max)
{
    static uv_once_t once = UV_ONCE_INIT;
    if (max == 0)
        return NULL;
    uv_once(&once, draw_seed);
    struct replies *replies = mem_zero(1, sizeof *replies);
    TAILQ_INIT(&replies->recent);
    TAILQ_INIT(&replies->popular);
    TAILQ_INIT(&replies->passed);
    replies->counts.max = max;
    return replies;
}

static size_t size_of(size_t key_len, size_t len)
{
    return sizeof(struct entry) + ENTRY_OVERHEAD + key_len + len;
}

/* Of an entry that is in no list any more. */
static void entry_free(struct replies *replies, struct entry *entry)
{
    replies->counts.bytes -= size_of(entry->key_len, entry->len);
    replies->counts.entries--;
    free(entry);
}

static void free_passed(struct replies *replies, size_t most)
{
    struct entry *entry;
    while (most-- > 0 && (entry = TAILQ_FIRST(&replies->passed))) {
        TAILQ_REMOVE(&replies->passed, entry, link);
        entry_free(replies, entry);
    }
}

static void forget_epoch(struct replies *replies)
{
    HASH_CLEAR(hh, replies->table);
    TAILQ_CONCAT(&replies->passed, &replies->recent, link);
    TAILQ_CONCAT(&replies->passed, &replies->popular, link);
    replies->popular_bytes = 0;
}

void replies_free(struct replies *replies)
{
    if (!replies)
        return;
    forget_epoch(replies);
    free_passed(replies, SIZE_MAX);
    free(replies);
}

/* Before anything is looked for or kept. */
static void be_at(struct replies *replies, uint64_t tag)
{
    if (replies->tag != tag)
        forget_epoch(replies);
    replies->tag = tag;
    free_passed(replies, REPLIES_FREED_AT_ONCE);
}

/* ---- the two parts ---- */

static void leave(struct replies *replies, struct entry *entry)
{
    TAILQ_REMOVE(entry->is_popular ? &replies->popular : &replies->recent, entry, link);
    if (entry->is_popular)
        replies->popular_bytes -= size_of(entry->key_len, entry->len);
}

static void enter(struct replies *replies, struct entry *entry, bool is_popular)
{
    entry->is_popular = is_popular;
    TAILQ_INSERT_HEAD(is_popular ? &replies->popular : &replies->recent, entry, link);
    if (is_popular)
        replies->popular_bytes += size_of(entry->key_len, entry->len);
}

/* The entry is asked again: to the popular ones, whose least used makes room and is recent again. */
static void promote(struct replies *replies, struct entry *entry)
{
    size_t most = replies->counts.max / 100 * REPLIES_POPULAR;
    leave(replies, entry);
    enter(replies, entry, true);
    while (replies->popular_bytes > most) {
        struct entry *last = TAILQ_LAST(&replies->popular, entry_list);
        leave(replies, last);
        enter(replies, last, false);
    }
}

static void evict(struct replies *replies, struct entry *entry)
{
    leave(replies, entry);
    HASH_DEL(replies->table, entry);
    entry_free(replies, entry);
}

/* Frees until `bytes` more have room: what has passed, then what was asked once, then the rest. */
static void make_room(struct replies *replies, size_t bytes)
{
    while (replies->counts.bytes + bytes > replies->counts.max) {
        if (!TAILQ_EMPTY(&replies->passed)) {
            free_passed(replies, 1);
            continue;
        }
        struct entry *last = TAILQ_LAST(&replies->recent, entry_list);
        evict(replies, last ? last : TAILQ_LAST(&replies->popular, entry_list));
        replies->counts.evicted++;
    }
}

/* ---- finding and keeping ---- */

static struct entry *find(const struct replies *replies, const struct buf *key)
{
    struct entry *entry;
    HASH_FIND(hh, replies->table, key->data, key->len, entry);
    return entry;
}

bool replies_find(struct replies *replies, uint64_t tag, const struct buf *key, uint64_t asked_at,
                  struct buf *to)
{
    if (!replies)
        return false;
    be_at(replies, tag);
    struct entry *entry = find(replies, key);
    if (!entry) {
        replies->counts.misses++;
        return false;
    }
    replies->counts.hits++;
    promote(replies, entry);
    buf_append(to, entry->bytes + entry->key_len, entry->len);
    if (entry->says_time)
        buf_printf(to, "%" PRIu64 "}", (uv_hrtime() - asked_at) / 1000);
    return !buf_failed(to);
}

/* How much of a reply stands before the value of a `took_us` at its very end; all of it where there is none.
 */
static size_t before_time(const struct buf *reply)
{
    size_t end = reply->len;
    if (end < sizeof TOOK || reply->data[end - 1] != '}')
        return reply->len;
    for (end--; end > 0 && isdigit((unsigned char)reply->data[end - 1]);)
        end--;
    size_t name = sizeof TOOK - 1;
    bool is_time = end >= name && memcmp(reply->data + end - name, TOOK, name) == 0;
    return is_time ? end : reply->len;
}

bool replies_take(const struct replies *replies, size_t bytes)
{
    return replies && bytes <= REPLIES_REPLY_MAX && bytes <= replies->counts.max / REPLIES_SHARE;
}

void replies_keep(struct replies *replies, uint64_t tag, const struct buf *key, const struct buf *reply)
{
    if (!replies_take(replies, reply->len) || size_of(key->len, reply->len) > replies->counts.max)
        return;
    be_at(replies, tag);
    if (find(replies, key))
        return; /* asked twice before the first answer was there */
    size_t len = before_time(reply);
    make_room(replies, size_of(key->len, len));
    struct entry *entry = mem_alloc(sizeof *entry + key->len + len);
    *entry = (struct entry){.key_len = key->len, .len = len, .says_time = len < reply->len};
    memcpy(entry->bytes, key->data, key->len);
    memcpy(entry->bytes + key->len, reply->data, len);
    HASH_ADD_KEYPTR(hh, replies->table, entry->bytes, entry->key_len, entry);
    enter(replies, entry, false);
    replies->counts.bytes += size_of(entry->key_len, entry->len);
    replies->counts.entries++;
}

struct replies_counts replies_counts(const struct replies *replies)
{
    return replies ? replies->counts : (struct replies_counts){0};
}
