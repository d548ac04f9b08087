/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a text may be cut: at the ends of lines, sentences and words. */
#ifndef PURPOSED_TEXT_EDGES_H
#define PURPOSED_TEXT_EDGES_H

#include <stdbool.h>
#include <stddef.h>

/* The bytes of the white space at `at` that a text may be cut at (no no-break space), or 0. */
size_t edge_space(const char *text, size_t len, size_t at);

/* Goes over white space, forward from `at` or back to behind what stands before it. */
size_t edge_skip(const char *text, size_t len, size_t at);
size_t edge_skip_back(const char *text, size_t at);

/* Whether a line or a sentence begins at `at`, or the text does. */
bool edge_is_beginning(const char *text, size_t len, size_t at);
/* Whether a line or a sentence ends before `at`, or the text does. */
bool edge_is_end(const char *text, size_t len, size_t at);
/* Whether `at` is the first byte of what stands behind white space; the same for the byte behind a word's
 * last. */
bool edge_is_word_beginning(const char *text, size_t at);
bool edge_is_word_end(const char *text, size_t len, size_t at);

/* `at`, or before it where that is inside a character. */
size_t edge_character(const char *text, size_t len, size_t at);

#endif
