/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The phrases that an index offers for completion, and how many current records have each: exactly as many as
 * a search for the phrase in quotes finds, so counted by stems that stand next to each other in one part.
 *
 * Which phrases these are is chosen when an index is built (phrase_sample.h), and stays for its life; changes
 * in place add to and take from their counts. All of them are told apart by 64-bit keys made of their stems.
 */
#ifndef PURPOSED_INDEXER_PHRASES_H
#define PURPOSED_INDEXER_PHRASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/error.h"
#include "indexer/store/phrase_list.h"
#include "indexer/text/analyser.h"
#include "shim/shim.h"

enum {
    PHRASE_WORDS_MIN = 2,
    PHRASE_WORDS_MAX = 6, /* "Health and Social Care Act 2012" */
};

/* The key of a run of stems, made from its last to its first: phrase_key(phrase_key(0, last), one before)
 * .... */
uint64_t phrase_key(uint64_t behind, uint64_t stem);
uint64_t phrase_stem(const struct term *stem);

/* Which phrases are counted: read-only, shared by threads. */
struct phrases;
/* *new*; steals `list`. */
struct phrases *phrases_new(struct phrase_list *list);
void phrases_free(struct phrases *phrases);
/* The phrases with their counts, *borrowed*. */
const struct phrase_list *phrases_list(const struct phrases *phrases);

/* One thread's counting. */
struct phrase_counts;
struct phrase_counts *phrase_counts_new(const struct phrases *phrases); /* *new* */
void phrase_counts_free(struct phrase_counts *counts);
/* What follows belongs to another record, that is added (`by` 1), taken away (-1) or not counted (0). */
void phrase_counts_next_record(struct phrase_counts *counts, int by);
/* What follows belongs to another part of it. */
void phrase_counts_next_part(struct phrase_counts *counts);
void phrase_counts_add(struct phrase_counts *counts, const struct token *token);

/* Adds what a thread counted to the phrases' counts, and forgets it there. */
void phrases_take(struct phrases *phrases, struct phrase_counts *counts);
/* Writes what changed since phrases_new, or everything, into the open batch. 0, or -1 with `error`. */
int phrases_write(struct phrases *phrases, bool everything, struct shim_writer *writer, struct error *error);

#endif
