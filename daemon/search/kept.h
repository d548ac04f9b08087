/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sets of documents kept for an epoch: what a phrase, a frequent word or a filter's values were found to
 * match, so that whoever asks again need not look into positions, posting lists or columns.
 *
 * The set is a pure function of its key and the epoch, so nothing here can be stale. When KEPT_BYTES_MAX are
 * held, those asked for longest ago go. Any thread.
 */
#ifndef PURPOSED_SEARCH_KEPT_H
#define PURPOSED_SEARCH_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/search/bits.h"
#include "indexer/base/buf.h"

enum {
    KEPT_BYTES_MAX = 8 << 20, /* of sets and their keys; a set of 20,000 documents has 2.5 KB */
    KEPT_KEY_MAX = 4096,      /* bytes of a key; what has a longer one is not kept */
};

struct kept;

struct kept *kept_new(void); /* *new* */
void kept_free(struct kept *kept);

/* Copies the set of that key to `documents`, which is as large as the one kept; false where there is none. */
bool kept_find(struct kept *kept, const struct buf *key, struct bits *documents);
/* Keeps a copy. */
void kept_put(struct kept *kept, const struct buf *key, const struct bits *documents);

struct kept_figures {
    size_t sets, bytes;
    uint64_t hits, misses; /* of kept_find */
};
struct kept_figures kept_figures(struct kept *kept);

#endif
