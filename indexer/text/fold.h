/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Characters: what they are to a word, and what they fold to.
 *
 * Folding is Unicode's compatibility decomposition, full case folding, and marks taken off (utf8proc, Unicode
 * 14; UAX #15 and section 3.13 of the standard). For ASCII that comes down to lower case, which a table does.
 */
#ifndef PURPOSED_TEXT_FOLD_H
#define PURPOSED_TEXT_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fold_class {
    FOLD_PARTS,      /* no word goes on across it */
    FOLD_LETTER,     /* letters, letter numbers and marks */
    FOLD_DIGIT,      /* decimal digits of any script */
    FOLD_APOSTROPHE, /* stands inside a word where a letter follows */
    FOLD_VANISHES,   /* soft hyphens, joiners, marks of direction: as if not there */
};

enum {
    FOLD_BYTES_MAX = 128, /* one character folded */
    FOLD_INVALID = -1,    /* the character that bytes which are no UTF-8 stand for */
};

/* Letters (lower-cased) and digits of ASCII; 0 for every other byte. */
extern const unsigned char fold_ascii[256];

static inline bool fold_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* The character at `at` (which is < len) and how many bytes it takes; FOLD_INVALID takes one. */
size_t fold_decode(const char *text, size_t len, size_t at, int32_t *ret_character);

enum fold_class fold_class(int32_t character);
bool fold_is_capital(int32_t character);

/* What a letter or digit folds to, of it only letters and digits; returns the bytes written, maybe none. */
size_t fold_letter(int32_t character, char folded[FOLD_BYTES_MAX]);

/* The bytes of the hyphen (-, U+2010, U+2011) at `at`; 0 where there is none. */
size_t fold_hyphen(const char *text, size_t len, size_t at);

#endif
