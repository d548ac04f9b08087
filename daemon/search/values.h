/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands behind a field in query text: values of facets, found by their words, and references.
 *
 * A value is meant where the text is its key, its label or any spelling met; a provision in any of its short
 * forms (as in filters). Else those values are meant whose label has all the words, in order where they were
 * quoted, or what the vocabulary put beside them. Names (data sets, controllers, kinds of organisation,
 * warnings) are always found by their words too: "HES" means each data set with HES in its name, though one
 * be called just that; of answers, which are few and name each other ("Sensitive", "Non-Sensitive"), a whole
 * one is meant alone.
 *
 * The words of a facet's values are gathered when the facet is first asked so, once an epoch, and shared by
 * all workers.
 */
#ifndef PURPOSED_SEARCH_VALUES_H
#define PURPOSED_SEARCH_VALUES_H

#include "daemon/search/bits.h"
#include "daemon/search/columns.h"
#include "daemon/search/query.h"

struct values;

struct values *values_new(size_t facet_count); /* *new*, for as many facets; any thread may ask it */
void values_free(struct values *values);       /* takes NULL */

/* Who asks. */
struct values_asked {
    struct values *values;         /* borrowed */
    const struct columns *columns; /* borrowed */
    struct analyser *analyser;     /* borrowed: the thread's own */
    struct strlist *warnings;      /* borrowed: what names no value is said here */
};

/* Sets the documents that have a value meant by `leaf`, a QUERY_VALUE. */
void values_match(const struct values_asked *asked, const struct query *leaf, struct bits *documents);
/* Sets the documents with one and the same release that has a value meant by each of the leaves, all of
 * release facets; of documents without rows of releases, those that have the values at all. */
void values_match_release(const struct values_asked *asked, const struct query *const *leaves, size_t count,
                          struct bits *documents);
/* Sets the documents whose reference is `leaf`'s, a QUERY_ID: with or without DARS-, version and the pieces
 * behind what was typed. */
void values_match_id(const struct values_asked *asked, const struct query *leaf, struct bits *documents);

#endif
