/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The vocabulary of a snapshot: which short and long forms stand for each other. Read-only once loaded, and
 * shared by all workers.
 *
 * Three sources: the user's own file, the texts of the register, and what is built in. What a text explains
 * is used only where enough speaks for it: VOCABULARY_RECORDS_MIN records (one, in a register of fewer than
 * VOCABULARY_SMALL), and one in VOCABULARY_SHARE at least of the records that have the short form's word at
 * all; else a word that means many things, or is no acronym in most places ("it", "as"), would be widened.
 */
#ifndef PURPOSED_SEARCH_VOCABULARY_H
#define PURPOSED_SEARCH_VOCABULARY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"
#include "indexer/text/analyser.h"
#include "shim/shim.h"

enum {
    VOCABULARY_RECORDS_MIN = 2,
    VOCABULARY_SMALL = 200, /* records */
    VOCABULARY_SHARE = 50,
    VOCABULARY_ALTERNATES_MAX = 3, /* forms that one is widened to */
    VOCABULARY_WORDS_MAX = 24,     /* of a form; longer ones are not used */
    VOCABULARY_SHOWN_MAX = 1000,   /* in a reply */
};

enum vocabulary_source { VOCABULARY_FILE, VOCABULARY_REGISTER, VOCABULARY_BUILT_IN };

/* Another form of one: its key (analyser_key). */
struct vocabulary_other {
    char *key;
};

/* A form's other forms; what holds another one of them is left out, as it finds nothing more. */
struct vocabulary_form {
    struct vocabulary_other *others[VOCABULARY_ALTERNATES_MAX];
    size_t count;
};

struct vocabulary;

/* Loads it; `records` is the number of current records. The analyser is used meanwhile. *new*; SHIM_OK,
 * SHIM_CHANGED or another status with `error`. */
enum shim_status vocabulary_load(struct shim_reader *reader, struct analyser *analyser, uint32_t records,
                                 struct vocabulary **ret_vocabulary, struct error *error);
void vocabulary_free(struct vocabulary *vocabulary); /* takes NULL */

/* The other forms of what has the key, *borrowed*, or NULL. Of a short form ending in '+' the one without it
 * stands for both: SUS is widened, SUS+ is not, as it is asked for by who means that very form. */
const struct vocabulary_form *vocabulary_find(const struct vocabulary *vocabulary, const char *key,
                                              size_t len);
/* The words of the longest form. */
size_t vocabulary_longest(const struct vocabulary *vocabulary);
/* Appends `"vocabulary":[{"short","long","count","source"}]` as a member, the most frequent first; `source`
 * is "file", "register" or "built in", `count` the records that explain the pair. */
void vocabulary_put(const struct vocabulary *vocabulary, struct buf *to);

#endif
