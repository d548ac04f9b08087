/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stems of folded words, remembered. */
#ifndef PURPOSED_TEXT_STEMS_H
#define PURPOSED_TEXT_STEMS_H

#include "indexer/text/analyser.h"

struct stems;

struct stems *stems_new(void); /* *new*; NULL without a stemmer */
void stems_free(struct stems *stems);

/* Starts anew when ANALYSER_MEMO_WORDS are remembered: stems given out before are gone then. */
void stems_settle(struct stems *stems);

/* The stem of a folded word of letters only, of at most ANALYSER_WORD_MAX bytes; *borrowed* until
 * stems_settle(). Words of up to two bytes are their own stem (and `word` itself is what is borrowed).
 *
 * A stem begins with the word's first two bytes, or is one byte long, or is die, lie or tie: Porter 2 changes
 * nothing before the third letter but in those words of its list of exceptions. The passage matcher builds on
 * that. */
struct term stems_of(struct stems *stems, const char *word, size_t len);

#endif
