/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A query tree with the vocabulary's other forms put beside what was typed.
 *
 * A word that is a form becomes (word OR other form OR ...); words next to each other, with no operator typed
 * between them, that are a form together become ((the words as they were) OR other form OR ...). The longest
 * form goes first. Other forms are leaves marked `is_added`: a word, or a phrase. They are looked for in the
 * same parts; those of words behind a facet's name in the same value.
 *
 * What stands between quotes, behind a minus or NOT, in a NEAR, or before a '*' is meant literally and stays.
 */
#ifndef PURPOSED_SEARCH_EXPAND_H
#define PURPOSED_SEARCH_EXPAND_H

#include "daemon/search/query.h"
#include "daemon/search/vocabulary.h"

enum { EXPAND_ADDED_MAX = 32 /* leaves added to one query; a warning where there would be more */ };

/* *Steals* `query` (NULL: none) and returns what it becomes. */
struct query *expand(const struct vocabulary *vocabulary, struct query *query, struct strlist *warnings);

#endif
