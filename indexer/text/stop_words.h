/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that hold sentences together and say nothing of what they are about: articles, pronouns,
 * prepositions, conjunctions, auxiliaries. Nothing is left out of the index for them; they are not offered
 * for completion, and no phrase that is offered begins or ends with one. */
#ifndef PURPOSED_TEXT_STOP_WORDS_H
#define PURPOSED_TEXT_STOP_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a word, folded and not stemmed, is one of them. */
bool stop_word_is(const char *word, size_t len);

#endif
