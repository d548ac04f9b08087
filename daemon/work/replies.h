/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies kept, to be given again to who asks the same of the same epoch.
 *
 * A reply is found under its question's key (search_key()) and the tag of its epoch (snapshot_tag()); when
 * another epoch is looked for, all of the one before are forgotten, so none can be given too late. Memory is
 * bounded, keys and all: what is asked once lies in a part of its own, from which those asked again move to
 * the other, so that many questions never asked again do not push out what is popular (segmented LRU:
 * Karedla, Love, Wherry, "Caching strategies to improve disk system performance", Computer 27(3), 1994).
 *
 * All of it is the loop's thread's.
 */
#ifndef PURPOSED_WORK_REPLIES_H
#define PURPOSED_WORK_REPLIES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/buf.h"

enum {
    REPLIES_KEY_MAX = 4096,   /* bytes of a question; longer ones are not kept */
    REPLIES_LINE_MAX = 16384, /* bytes of a request that is looked up at all */
    REPLIES_SHARE = 16,       /* a reply larger than this part of all the memory is not kept; */
    REPLIES_REPLY_MAX =
        128 << 10,             /* nor one of more bytes: many at once must not fill a connection's output */
    REPLIES_POPULAR = 80,      /* percent of the memory that those asked again may take */
    REPLIES_FREED_AT_ONCE = 64 /* of an epoch that has passed, with each question */
};

struct replies;

struct replies_counts {
    uint64_t hits, misses, evicted;
    size_t entries, bytes, max; /* `bytes` as malloc is asked for them */
};

/* *New*; NULL for a `max` of 0: then nothing is kept, and all below take it. */
struct replies *replies_new(size_t max);
void replies_free(struct replies *replies);

/* Appends the reply to a question of this epoch, its `took_us` being the time since `asked_at` (ns of
 * uv_hrtime()). False where there is none. */
bool replies_find(struct replies *replies, uint64_t tag, const struct buf *key, uint64_t asked_at,
                  struct buf *to);
/* Keeps a copy of the reply, unless it is too large. */
void replies_keep(struct replies *replies, uint64_t tag, const struct buf *key, const struct buf *reply);
/* Whether a reply of so many bytes may be kept. */
bool replies_take(const struct replies *replies, size_t bytes);
struct replies_counts replies_counts(const struct replies *replies);

#endif
