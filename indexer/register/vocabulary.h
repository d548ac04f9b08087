/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Acronyms that people who read registers know, whether or not a register's text explains them. */
#ifndef PURPOSED_REGISTER_VOCABULARY_H
#define PURPOSED_REGISTER_VOCABULARY_H

#include <stddef.h>

struct vocabulary_pair {
    const char *short_form, *long_form;
};

/* *Borrowed*, for ever. A short form may be there several times. */
const struct vocabulary_pair *vocabulary_built_in(size_t *ret_count);

#endif
