/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between two texts, in words: the shortest edit script (E. W. Myers, "An O(ND) Difference
 * Algorithm and Its Variations", Algorithmica 1, 1986). White space parts words and does not count. Texts
 * that differ in more than WORD_DIFF_EDITS_MAX words are told as far as their beginnings and ends agree, and
 * what lies between as replaced.
 */
#ifndef PURPOSED_SEARCH_WORD_DIFF_H
#define PURPOSED_SEARCH_WORD_DIFF_H

#include <stdbool.h>
#include <stddef.h>

enum { WORD_DIFF_EDITS_MAX = 1500 /* inserted and deleted words: 18 MB of work space */ };

enum word_diff_op { WORD_DIFF_EQUAL, WORD_DIFF_DELETE, WORD_DIFF_INSERT };

/* A run of words: bytes of the first text (equal, delete) or of the second (insert), white space behind them
 * included. */
struct word_edit {
    enum word_diff_op op;
    size_t start, len;
};

/* The edits in order, *new* (free()); a deletion comes before the insertion at its place. `*ret_count` is 0
 * for two texts without words. */
struct word_edit *word_diff(const char *a, size_t a_len, const char *b, size_t b_len, size_t *ret_count);
/* Whether two texts have the same words. */
bool word_equal(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
