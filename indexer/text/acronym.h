/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Acronyms that a text explains: "Hospital Episode Statistics (HES)", "HES (Hospital Episode Statistics)".
 *
 * After A. S. Schwartz and M. A. Hearst, "A simple algorithm for identifying abbreviation definitions in
 * biomedical text", Pacific Symposium on Biocomputing 8 (2003), 451-462: of a short form of n characters the
 * long form is among the min(n + 5, 2n) words beside it, in the same sentence; the short form's letters and
 * digits are looked for in it from the right, each as near as can be, the first of them at a word's
 * beginning. What we ask for besides, for the sake of what a register puts in brackets ("(2)", "(the
 * 'Trust')", "(e.g. a practice)"): a short form has two capitals, or a capital and a digit, and hardly more
 * small letters than capitals. A long form has two words or more, does not hold the short form, begins with
 * no article or preposition; the short form's last letter stands in its last word, and half of the short
 * form's capitals, in order, are its words' first letters.
 */
#ifndef PURPOSED_TEXT_ACRONYM_H
#define PURPOSED_TEXT_ACRONYM_H

#include <stdbool.h>
#include <stddef.h>

enum {
    ACRONYM_SHORT_MIN = 2,   /* characters of a short form, as in the paper */
    ACRONYM_SHORT_MAX = 10,  /* likewise */
    ACRONYM_SHORT_WORDS = 2, /* likewise */
    ACRONYM_LONG_MAX = 200,  /* bytes of a long form */
};

/* Both forms as bytes of the text; of a plural ("CCGs") the short form is the singular. */
struct acronym {
    size_t short_start, short_len;
    size_t long_start, long_len;
};

struct acronym_finder {
    const char *text; /* borrowed */
    size_t len, at;
};

/* The next one, in the order of brackets; false at the end. Any bytes are text. */
bool acronym_next(struct acronym_finder *finder, struct acronym *acronym);

#endif
