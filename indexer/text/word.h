/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a word begins and ends, and what it folds to. */
#ifndef PURPOSED_TEXT_WORD_H
#define PURPOSED_TEXT_WORD_H

#include "indexer/text/analyser.h"

struct word {
    size_t start, end; /* bytes of the text */
    size_t len;        /* of `folded`, at most ANALYSER_WORD_MAX */
    bool is_letters;   /* letters only */
    bool is_capital;   /* begins with a capital */
    bool is_plain;     /* ASCII letters, and what follows makes it nothing more than a word */
    char folded[ANALYSER_WORD_MAX + 1]; /* a NUL behind it */
};

/* The first word that begins at or behind `at`; false where there is none. */
bool word_find(const char *text, size_t len, size_t at, struct word *word);

/* The same by the long way, which takes any character: what the short way must agree with. */
bool word_find_any(const char *text, size_t len, size_t at, struct word *word);

#endif
