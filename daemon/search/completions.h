/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an index has to complete a text with: its words, its phrases, the values of some facets, its
 * references. Loaded once a snapshot, then only read, by all workers.
 *
 * Phrases and values are found by any of their words: their folded spellings (key_fold) lie one a line in one
 * block of text, which is searched as a whole. Words lie sorted, so those that begin alike lie together.
 */
#ifndef PURPOSED_SEARCH_COMPLETIONS_H
#define PURPOSED_SEARCH_COMPLETIONS_H

#include "daemon/search/columns.h"
#include "daemon/search/typed.h"
#include "shim/shim.h"

enum {
    COMPLETIONS_MAX = 50,            /* of one kind, and in one reply */
    COMPLETIONS_WORDS_MAX = 1000000, /* words of an index that are offered; those behind them are not */
    COMPLETIONS_LINE_MAX = 1024,     /* bytes of a folded spelling; longer ones are not offered */
};

/* How well a text answers what was typed: better ones stand first, whatever their count. */
enum completion_fit {
    FIT_WHOLE,  /* it is what was typed */
    FIT_BEGINS, /* it begins with it (a path: its last level does) */
    FIT_HOLDS,  /* some word in it does, and the words behind it follow */
    FIT_WORDS,  /* it has all the words, somewhere */
};

struct completion {
    enum completion_kind kind;
    enum completion_fit fit;
    uint32_t count;   /* current records */
    const char *text; /* borrowed from the completions or the columns */
    size_t len;
};

struct completions;

/* SHIM_OK, or what the reader said (SHIM_CHANGED: again on a fresh one) with `error` set. `columns` is
 * borrowed, and must live as long. */
enum shim_status completions_load(struct shim_reader *reader, const struct columns *columns,
                                  struct completions **ret_completions, struct error *error);
void completions_free(struct completions *completions);
size_t completions_memory(const struct completions *completions); /* bytes, about */

/* The best `limit` (at most COMPLETIONS_MAX) of one kind, best first, in `best`; returns how many. `typed` is
 * folded by key_fold; `is_ended`: its last word is complete. An empty text finds everything. The counts of
 * words are those of their spellings. */
size_t completions_find(const struct completions *completions, enum completion_kind kind, const char *typed,
                        bool is_ended, struct completion *best, size_t limit);

#endif
