/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The phrases that are offered for completion, with the number of current records that have each, kept in the
 * index's metadata and so committed with it: under "phrases/<chunk>", PHRASE_LIST_CHUNK each: 8 bytes of the
 * key, low first, then the count and the length as varints, then the text.
 */
#ifndef PURPOSED_STORE_PHRASE_LIST_H
#define PURPOSED_STORE_PHRASE_LIST_H

#include <stddef.h>
#include <stdint.h>

#include "indexer/base/error.h"
#include "shim/shim.h"

enum {
    PHRASE_LIST_MAX = 4096,  /* phrases that an index keeps */
    PHRASE_LIST_CHUNK = 256, /* phrases under one key: what is written where one of them changes */
    PHRASE_TEXT_MAX = 120,   /* bytes of one, as written in a record */
};

struct phrase {
    char *text;
    uint64_t key; /* of its stems, as the indexer makes it */
    uint32_t
        count; /* current records in which its stems stand in this order, next to each other, in one part */
};

/* At most PHRASE_LIST_MAX, in an order that stays. Zeroed memory is an empty one. */
struct phrase_list {
    struct phrase *items;
    size_t count;
};

void phrase_list_free(struct phrase_list *list); /* what it holds, and leaves it empty */
/* What the index holds, none if it has no phrases. SHIM_OK, or what the shim said, with `error`. */
enum shim_status phrase_list_load(struct shim_reader *reader, struct phrase_list *ret_list,
                                  struct error *error);
/* Writes one chunk, from item `chunk` * PHRASE_LIST_CHUNK on, into the open batch. 0, or -1 with `error`. */
int phrase_list_save(const struct phrase_list *list, size_t chunk, struct shim_writer *writer,
                     struct error *error);

#endif
