/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Long texts taken out of a JSON object before the rest is parsed: of a record, nine tenths are a handful of
 * texts, which a parser walks byte by byte into a tree that is thrown away at once.
 */
#ifndef PURPOSED_BASE_JSON_LIFT_H
#define PURPOSED_BASE_JSON_LIFT_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/buf.h"

/* A member of the object that is taken out where it is a plain text. */
struct json_lifted {
    const char *name;
    char *text; /* *new*; NULL: it is absent, no text, or stays in the rest */
    size_t len;
};

/* Appends the object to `rest`, the members named in `texts` made "" where they were taken out; of those, the
 * texts are kept with `keep`. A text with \u escapes, or that is not well-formed, stays where it is, for the
 * parser to judge: what is wrong with `json` is wrong with the rest too. False, with nothing kept, where it
 * is no object that could be walked. */
bool json_lift(const char *json, size_t len, struct json_lifted *texts, size_t count, bool keep,
               struct buf *rest);
/* Frees the texts, not the array. */
void json_lifted_free(struct json_lifted *texts, size_t count);

#endif
