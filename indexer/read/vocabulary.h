/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A user's own acronyms: a file with one `short TAB long` a line, empty lines and those that begin with #
 * apart. */
#ifndef PURPOSED_READ_VOCABULARY_H
#define PURPOSED_READ_VOCABULARY_H

#include "indexer/base/buf.h"
#include "indexer/base/error.h"

enum {
    VOCABULARY_LINE_MAX = 1024,   /* bytes of a line, a comment's too */
    VOCABULARY_FORM_MAX = 200,    /* bytes of a form */
    VOCABULARY_LINES_MAX = 10000, /* pairs of a file */
    VOCABULARY_BYTES_MAX = VOCABULARY_LINES_MAX * 2 * (VOCABULARY_FORM_MAX + 1),
};

/* Appends the pairs to `rows` as they are kept, "SHORT\tLONG\n" each, without white space around the forms.
 * What a line is wrong in is told with its place, "shown:line", and the line left out. 0, or -1 with `error`
 * where the file cannot be read. */
int vocabulary_read(const char *path, const char *shown,
                    void (*problem)(void *context, const struct error *error), void *context,
                    struct buf *rows, struct error *error);

#endif
