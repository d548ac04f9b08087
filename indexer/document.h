/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record as a document of the index: terms, slots, stored text.
 *
 * Terms: each token's term, and what else it can be found by, at its position; the same with the part's
 * prefix, without positions. The identity is DOCUMENT_IDENTITY_PREFIX and the key: the id, or "id@edition"
 * for an older edition's text; of a key longer than DOCUMENT_KEY_MAX bytes its XXH3 hash (128 bits, 32
 * hexadecimal digits).
 */
#ifndef PURPOSED_INDEXER_DOCUMENT_H
#define PURPOSED_INDEXER_DOCUMENT_H

#include <pthread.h>

#include "indexer/ledger.h"
#include "indexer/phrases.h"
#include "indexer/register/record.h"
#include "indexer/store/dictionary.h"
#include "indexer/store/pairs.h"
#include "indexer/store/text_store.h"
#include "indexer/words.h"
#include "shim/shim.h"

#define DOCUMENT_IDENTITY_PREFIX "Q"
enum {
    DOCUMENT_KEY_MAX = 200, /* bytes of a key that stands as it is */
    DOCUMENT_IDENTITY_SIZE = DOCUMENT_KEY_MAX + 2,
    DOCUMENT_STATE_OLDER = 1, /* bit of SLOT_STATE: an older edition's text */
};

/* Writes the identity term of a key, NUL-terminated. */
void document_identity(const char *key, char ret_term[DOCUMENT_IDENTITY_SIZE]);

/* Where documents of all threads meet; each of the two is used under its lock. */
struct document_store {
    struct dictionaries *dictionaries;
    pthread_mutex_t dictionaries_lock;
    struct text_writer *text; /* NULL: texts are not stored, nor addressed */
    pthread_mutex_t text_lock;
};

void document_store_init(struct document_store *store, struct dictionaries *dictionaries,
                         struct text_writer *text);
void document_store_destroy(struct document_store *store); /* the locks; not what they guard */

struct document_maker; /* one thread's */

/* What is counted over all documents, by one thread; all *borrowed*. */
struct document_counts {
    struct words *words;           /* of all documents */
    struct pairs *pairs;           /* acronyms of records, not of older texts */
    struct phrase_counts *phrases; /* likewise */
};

/* *new*, or NULL without memory. What is met in the records made is added to `counts`. */
struct document_maker *document_maker_new(struct document_store *store, const struct document_counts *counts);
void document_maker_free(struct document_maker *maker);

/* Makes the document of a record; it is *borrowed* until the next. Its text is stored. NULL with `error`. */
struct shim_document *document_make(struct document_maker *maker, const struct manifest_entry *entry,
                                    const struct record *record, struct error *error);

/* The sections of the record made last, packed (text_pack); *borrowed* until the next. */
const struct buf *document_text(const struct document_maker *maker);
/* The stored sections of a record, packed (text_pack). 0, or -1 with `error`. */
int document_pack(const struct record *record, struct buf *packed, struct error *error);

/* Takes off `counts` what a stored record (or older text) was counted for, before it is replaced or removed.
 */
void document_unword(struct analyser *analyser, const struct document_counts *counts, bool is_older,
                     const struct text_section sections[TEXT_SECTION_COUNT]);

/* Calls `give` for each spelling of each facet in the order in which document_make asks for their ordinals.
 */
void document_spellings(const struct manifest_entry *entry, const struct record *record,
                        void (*give)(void *context, int facet, const char *spelling), void *context);

#endif
