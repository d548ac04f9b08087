/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * References of agreements in running text: "DARS-NIC-212898-X4C9W-v2.1", and as far as that goes: DARS- may
 * be absent, so may the version, and then the letters. The letters are five letters and digits with a digit
 * among them.
 */
#ifndef PURPOSED_TEXT_REFERENCE_H
#define PURPOSED_TEXT_REFERENCE_H

#include "indexer/text/word.h"

enum { REFERENCE_BYTES_MAX = 64 };

struct agreement_reference {
    size_t end; /* bytes of the text */
    size_t len; /* of `bytes` */
    size_t nic; /* where in `bytes` "nic-" begins: behind "dars-" or at 0 */
    size_t number, number_end;
    size_t letters, letters_end;     /* both number_end where there are none */
    char bytes[REFERENCE_BYTES_MAX]; /* folded, parted by '-' */
};

/* Whether a reference begins with `word`. */
bool agreement_reference_read(const char *text, size_t len, const struct word *word,
                              struct agreement_reference *ret_reference);

#endif
