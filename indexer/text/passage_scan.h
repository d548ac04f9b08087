/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Skipping what no word of a query can be in, without parting it into tokens.
 *
 * Where all that is looked for is made of ASCII letters, a token that is wanted begins with one of few pairs
 * of letters (stems_of() says why), or with a letter and something that may be a letter or vanish: an
 * apostrophe, a hyphen, a byte of UTF-8. Those places are found some bytes a step; the analyser goes on from
 * the place itself where a token surely begins there, else from the white space before it, across which no
 * token of letters reaches.
 */
#ifndef PURPOSED_TEXT_PASSAGE_SCAN_H
#define PURPOSED_TEXT_PASSAGE_SCAN_H

#include "indexer/text/passage_match.h"
#include "indexer/text/scan.h"

/* Notes what a term begins with; one that is not to be skipped by makes the query one that reads all. */
void passage_scan_add(struct passage_begins *begins, const char *term, size_t len);

/* Whether the next wanted token can be skipped to. */
static inline bool passage_scan_may(const struct passage_begins *begins)
{
    return begins->count > 0 && !begins->reads_all;
}

/* Moves the analyser to where the next token may be wanted, at or behind where it is; false where none is.
 * What is skipped is not counted in its position. */
bool passage_scan_skip(struct analyser *analyser, const struct passage_begins *begins);

/* The same a byte a step: what the short way must agree with. The first byte at or behind `at` that a wanted
 * token may begin with; `len` where there is none. */
size_t passage_scan_find_any(const struct passage_begins *begins, const char *text, size_t len, size_t at);
size_t passage_scan_find(const struct passage_begins *begins, const char *text, size_t len, size_t at);

#endif
