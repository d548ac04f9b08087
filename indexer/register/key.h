/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The key of a facet value: what its spellings have in common.
 *
 * Folding is Unicode's (NFKC, case folding, marks taken off; utf8proc). Every run of white space, dashes,
 * slashes and other punctuation becomes one '-', none at the ends; apostrophes go; '&' is "and"; '+' stays.
 * "The same under several spellings" goes further for data sets, organisations and methods (key_loose): "data
 * set" and "dataset", "ad hoc" and "adhoc", "Limited" and "Ltd" are one, a plural 's' of a word goes, so do
 * "of" and a "The" at the beginning, and brackets that hold an acronym of the words before them ("... Data
 * Set (CSDS)") or the words of the acronym before them ("MSDS (Maternity Services Data Set)"). Different
 * things never get one key: digits, '+', other words and other brackets are kept.
 */
#ifndef PURPOSED_REGISTER_KEY_H
#define PURPOSED_REGISTER_KEY_H

#include <stdbool.h>

char *key_fold(const char *spelling); /* *new*; "" for a text without letters or digits */
/* Whether key_fold(spelling) is `key`: with ASCII a fraction of folding. */
bool key_is(const char *spelling, const char *key);
char *key_loose(const char *spelling); /* *new* */

/* White space of every kind as single spaces, none at the ends; *new*. Private-use bullets and U+2028 count
 * as space. */
char *key_tidy(const char *text);

#endif
