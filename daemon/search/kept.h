/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was found out is kept for an epoch, for whoever needs it again: the documents that a phrase, a
 * frequent word or a filter's values match, without looking into positions, posting lists or columns; texts
 * as they are unpacked; the register's neighbour of a word.
 *
 * All of it is a pure function of its key and the epoch, so nothing here can be stale. When as many bytes are
 * held as are allowed, what was asked for longest ago goes. Keys may be a stranger's: they are hashed with a
 * seed of the process. Any thread.
 */
#ifndef PURPOSED_SEARCH_KEPT_H
#define PURPOSED_SEARCH_KEPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/search/bits.h"
#include "indexer/base/buf.h"

enum {
    KEPT_KEY_MAX = 4096,      /* bytes of a key; what has a longer one is not kept */
    KEPT_TEXT_MAX = 64 << 10, /* bytes of a text; a longer one would push out many */
};

enum kept_kind { KEPT_SET, KEPT_TEXT, KEPT_WORD, KEPT_KIND_COUNT };

struct kept;

struct kept *kept_new(size_t bytes_max); /* *new*; 0: nothing is kept */
void kept_free(struct kept *kept);

/* Copies the set of that key to `documents`, which is as large as the one kept; false where there is none. */
bool kept_find(struct kept *kept, const struct buf *key, struct bits *documents);
/* Keeps a copy. */
void kept_put(struct kept *kept, const struct buf *key, const struct bits *documents);

/* The text that is kept for stored bytes at `place`, of `len` bytes, to `to`; false where there is none. */
bool kept_find_text(struct kept *kept, uint64_t place, char *to, size_t len);
void kept_put_text(struct kept *kept, uint64_t place, const char *text, size_t len);

/* The word that is kept for a word, *new*, "" for none at all; false where nothing is. */
bool kept_find_word(struct kept *kept, const char *word, char **ret_word);
void kept_put_word(struct kept *kept, const char *word, const char *found);

struct kept_figures {
    size_t counts[KEPT_KIND_COUNT];
    size_t bytes, bytes_max;
    uint64_t hits, misses; /* of sets and words: of kept_find and kept_find_word */
    uint64_t text_hits, text_misses;
};
struct kept_figures kept_figures(struct kept *kept);

#endif
