/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many records have each word: what the index's spelling entries are changed by. */
#ifndef PURPOSED_INDEXER_WORDS_H
#define PURPOSED_INDEXER_WORDS_H

#include <stddef.h>

#include "indexer/base/error.h"
#include "indexer/text/analyser.h"
#include "shim/shim.h"

enum {
    WORDS_SHORTEST = 2, /* bytes of a word that can be asked for by a prefix */
    WORDS_LONGEST = SHIM_SPELLING_MAX,
    WORDS_MAX = 50000, /* words held by one thread before they are written */
};

struct words;

struct words *words_new(void); /* *new* */
void words_free(struct words *words);
/* What follows belongs to another record, that is added (`by` 1) or taken away (-1). */
void words_next_record(struct words *words, int by);
/* A token of it; a word counts once a record. What holds no letter is no word, nor is a reference. */
void words_add(struct words *words, const struct token *token);
/* Writes the changes into the open batch where there are WORDS_MAX of them, or always. 0, or -1 with `error`.
 */
int words_write_when_full(struct words *words, struct shim_writer *writer, struct error *error);
int words_write(struct words *words, struct shim_writer *writer, struct error *error);
/* Whether the index's spelling entries are just these words, with these counts. 0; 1 with `error`. */
int words_compare(const struct words *words, struct shim_reader *reader, struct error *error);

#endif
