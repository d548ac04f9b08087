/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is being typed: the end of a query text that a completion would stand in for, and what may stand
 * there.
 *
 * Behind an open quote it is all that stands behind it; else what stands behind the last operator, bracket or
 * closed quote. `name:` of a field before it says what it is to be: a value of that field, or words of that
 * part.
 */
#ifndef PURPOSED_SEARCH_TYPED_H
#define PURPOSED_SEARCH_TYPED_H

#include <stdbool.h>
#include <stddef.h>

enum completion_kind {
    COMPLETION_WORD,
    COMPLETION_PHRASE,
    COMPLETION_ORGANISATION,
    COMPLETION_DATASET,
    COMPLETION_PROVISION,
    COMPLETION_CONTROLLER,
    COMPLETION_RECORD,
    COMPLETION_KIND_COUNT,
};

enum {
    COMPLETION_ANY = (1 << COMPLETION_KIND_COUNT) - 1,
    COMPLETION_TEXT = 1 << COMPLETION_WORD | 1 << COMPLETION_PHRASE,
    TYPED_BYTES_MAX =
        240, /* of the end of a text that is looked at; what is typed before it is left as it is */
};

struct typed {
    const char *text; /* borrowed from the query text, whose end it is */
    size_t len;
    unsigned kinds; /* bit n: enum completion_kind */
    bool is_value;  /* of a field that was named: complete without anything typed, and only as a whole */
};

/* "word", "phrase", ... *borrowed*, for ever. */
const char *completion_kind_name(enum completion_kind kind);
/* The facet whose values are of this kind, NULL where it is none. */
const char *completion_kind_facet(enum completion_kind kind);

struct typed typed_of(const char *q, size_t len);
/* Leaves out the first word; false where there is no second. */
bool typed_drop_word(struct typed *typed);

#endif
