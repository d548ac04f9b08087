/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Statutory numbers: "s261(2)(b)(ii)", "section 251", "regulation 3 (4)", "261(2)(b)".
 *
 * A number is one to four digits and perhaps a letter; what leads to it is one of statute_begins()'s words, a
 * dot and up to two spaces; levels are brackets that hold up to three digits (and a letter), a letter, or a
 * small roman number. Behind a word a number from 1800 to 2099 without a letter is a year ("Regulations
 * 2002").
 */
#ifndef PURPOSED_TEXT_STATUTE_H
#define PURPOSED_TEXT_STATUTE_H

#include "indexer/text/word.h"

enum {
    STATUTE_LEVELS_MAX = 6, /* brackets; further ones are words again */
    STATUTE_LEVEL_MAX = 5,  /* bytes between brackets */
    STATUTE_BYTES_MAX = 3 + 5 + STATUTE_LEVELS_MAX * (STATUTE_LEVEL_MAX + 2),
};

struct statute {
    size_t end;  /* bytes of the text */
    size_t lead; /* bytes of "s", "reg" or "art" in front of the number; 0 for a number with brackets alone */
    size_t levels;                            /* brackets */
    size_t level_end[1 + STATUTE_LEVELS_MAX]; /* where in `bytes` the number, then each bracket ends */
    bool is_word_apart;                       /* the word leading to the number stands by itself */
    char bytes[STATUTE_BYTES_MAX];            /* the deepest level, folded: "s261(2)(b)(ii)" */
};

/* Whether a folded word can lead to a number. */
bool statute_begins(const char *folded, size_t len);

/* Whether a statutory number begins with `word`. */
bool statute_read(const char *text, size_t len, const struct word *word, struct statute *ret_statute);

#endif
