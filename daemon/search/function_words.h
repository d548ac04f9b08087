/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that hold sentences together and say little of what a text is about. */
#ifndef PURPOSED_SEARCH_FUNCTION_WORDS_H
#define PURPOSED_SEARCH_FUNCTION_WORDS_H

#include <stdbool.h>

/* Whether a term, a stem as the analyser makes it, is an English article, pronoun, preposition, conjunction,
 * auxiliary or question word. */
bool is_function_word(const char *term);

#endif
