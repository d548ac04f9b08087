/* SPDX-License-Identifier: MIT */
/*
 * An error with its place.
 *
 * Every function that can fail takes a `struct error *` last but for its results; NULL may be passed. The
 * first error wins: setting an error that is set already does nothing, so a function may report and its
 * callers need not ask whether something below them did. Callers act on the returned status; the text is for
 * people.
 */
#ifndef PURPOSED_BASE_ERROR_H
#define PURPOSED_BASE_ERROR_H

#include <stdarg.h>

enum {
    ERROR_TEXT_SIZE = 512,  /* bytes, NUL included; a longer text is cut at a character's end, bytes that
                              are no UTF-8 are left out */
    ERROR_PLACE_SIZE = 256, /* bytes, NUL included; of a longer place the end is kept */
};

struct error {
    int is_set;
    char place[ERROR_PLACE_SIZE]; /* "file", "file:12", "file:sheet:12"; "" where there is none */
    char text[ERROR_TEXT_SIZE];   /* what is wrong and what was expected, one line, no full stop at the end */
};

#define ERROR_NONE                                                                                           \
    {                                                                                                        \
        .is_set = 0                                                                                          \
    }

/* Forgets what `error` says. */
void error_clear(struct error *error);

/* Sets the text, unless `error` is set already. */
__attribute__((format(printf, 2, 3))) void error_set(struct error *error, const char *format, ...);
__attribute__((format(printf, 2, 0))) void error_vset(struct error *error, const char *format, va_list args);

/* Names the place, unless one is named already. `line` < 1 stands for the whole file; `sheet` may be NULL. */
void error_at(struct error *error, const char *file, const char *sheet, long line);

#endif
