/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Did you mean: a query text with its misspelt words replaced by the register's own.
 *
 * A word is misspelt where no record has it and the register has one nearby (Damerau 1964: letters left out,
 * put in, changed or swapped); where few records were found, also one that is a hundred times rarer than its
 * neighbour. Words in phrases count; what is negated, prefixes, references, whatever has digits in it, short
 * words and what the vocabulary added do not. Everything else of the text stays as it was typed.
 */
#ifndef PURPOSED_SEARCH_CORRECT_H
#define PURPOSED_SEARCH_CORRECT_H

#include "daemon/search/match.h"

enum {
    CORRECT_SHORTEST = 4,    /* letters of a word */
    CORRECT_LONG = 6,        /* letters from which on two mistakes may be in it, else one */
    CORRECT_WORDS_MAX = 64,  /* words of a query that are looked at */
    CORRECT_LOOKUPS_MAX = 8, /* distinct ones among them without a record, or with few, that are looked up */
    CORRECT_FEW = 10,        /* records found; from here on only words that no record has are corrected */
    CORRECT_RARER = 100,     /* times as many records must have the neighbour of a word that some have */
};

/* The tree is `text`'s, `found` how many records it found before filters. *ret_text is *new*, or NULL where
 * there is nothing to correct. SHIM_OK, or what the reader said. */
enum shim_status correct(struct matcher *matcher, const struct query *query, const char *text, size_t len,
                         size_t found, char **ret_text);

#endif
