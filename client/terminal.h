/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands behind standard output, and how a finished text gets there. */
#ifndef PURPOSED_CLIENT_TERMINAL_H
#define PURPOSED_CLIENT_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

#include "client/options.h"

struct terminal {
    bool is_terminal;
    bool colour;
    int width; /* columns to write in */
    int rows;  /* 0 where there is no terminal */
};

struct terminal terminal_look(enum colour colour);
/* Writes `len` bytes to standard output, through $PAGER (or less) where that is a terminal, `pager` is asked
 * for and they do not fit on it. 0, or -1 with `error`. A pager that ends early is no error. */
int terminal_write(const struct terminal *terminal, const char *bytes, size_t len, bool pager,
                   struct error *error);
/* Writes `len` bytes to standard output, never through a pager. 0, or -1 with `error` and errno. */
int terminal_write_plain(const char *bytes, size_t len, struct error *error);
/* Prints "purpose: text" on stderr, as one line without control characters. */
void terminal_complain(const char *text);

#endif
