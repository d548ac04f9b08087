/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A query tree against an index: which documents match. */
#ifndef PURPOSED_SEARCH_MATCH_H
#define PURPOSED_SEARCH_MATCH_H

#include "daemon/search/bits.h"
#include "daemon/search/columns.h"
#include "daemon/search/kept.h"
#include "daemon/search/query.h"
#include "daemon/search/values.h"
#include "shim/shim.h"

/* Words that a prefix stands for, looked up once a search. */
struct expansion {
    char *prefix;
    struct strlist terms; /* their stems */
};

struct matcher {
    struct shim_reader *reader;    /* borrowed */
    const struct columns *columns; /* borrowed */
    struct analyser *analyser;     /* borrowed */
    struct values *values;         /* borrowed */
    struct kept *kept;             /* borrowed; NULL: nothing is kept */
    bool same_release;             /* values of several release facets hold for one and the same release */
    bool asked_releases;           /* the tree asked so */
    struct expansion *expansions;
    size_t expansion_count, expansion_cap;
    struct strlist *warnings; /* borrowed */
    struct shim_error error;
};

void matcher_free(struct matcher *matcher); /* what it holds, not itself */

/* The stems of the register's words that begin so, *borrowed* from the matcher; at most
 * search_limits()->expansions, a warning where there are more. NULL with the matcher's error set. */
const struct strlist *matcher_expand(struct matcher *matcher, const char *prefix);

/* Every document, current or old, that the tree matches; *ret_documents is *new*. A negated leaf alone
 * matches what lacks it. SHIM_OK, or the matcher's error. */
enum shim_status matcher_match(struct matcher *matcher, const struct query *query,
                               struct bits *ret_documents);

/* The part in which a position of the document's text lies. */
int match_part_at(const struct columns *columns, uint32_t document, uint32_t position);
/* The term of a stem held to a part, in `scoped` (cut to what a term may be); returns its length. */
size_t match_scoped_term(const struct field *part, const char *term, char scoped[SHIM_TERM_MAX]);
/* A stem in any of the parts, *new*; NULL without memory. */
struct shim_query *match_word_query(const char *term, unsigned parts);

#endif
