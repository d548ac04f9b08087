/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Query text into a tree: our own small parser, which takes any text and says what it did not take literally.
 *
 *   words  "a phrase"  AND OR NOT -word  ( )  NEAR  NEAR/5  prefix*  part:word  part:"phrase"  part:( ... )
 *   dataset:word  controller:"in order"  legal:s251  opt_outs:No   any facet: what narrows, and ranks nothing
 *   id:NIC-12345 (a reference, as much of it as is known, in whole pieces)   id:NIC-12*
 *   since:2021-02 (edition first seen or changed)   year:2019   year:2018..2020   year:2018..   (in force)
 *
 * Words next to each other are all wanted (or any, as `match` says). Operators are in capitals; AND binds
 * tighter than OR, NEAR tighter than AND. A run of words is analysed as a whole, so that "section 251" is the
 * one token it is in the text. Pieces joined by punctuation ("and/or", "re-design") are looked for next to
 * each other, compounds also joined. A bracket inside a word ("s261(2)(b)") belongs to the word.
 *
 * The words behind a facet's name are wanted in one and the same value; an operator between them parts them:
 * dataset:(mental health) is one value, dataset:(mental AND maternity) two, or one. What stands behind a
 * field's name holds up to the end of a word, phrase or bracket; a field inside a field's brackets goes by
 * its own name.
 */
#ifndef PURPOSED_SEARCH_QUERY_H
#define PURPOSED_SEARCH_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"
#include "indexer/base/strlist.h"
#include "indexer/register/field.h"
#include "indexer/text/analyser.h"

enum {
    QUERY_DEPTH_MAX = 64,      /* nested brackets; deeper ones are left out */
    QUERY_FIELDS_MAX = 8,      /* fields one inside the other; names deeper than that are words */
    QUERY_PREFIX_MIN = 2,      /* letters before a '*' */
    QUERY_NEAR_DEFAULT = 10,   /* words between neighbours that NEAR allows, plus 1 */
    QUERY_NEAR_MAX = 50,       /* more would reach from one part into the next */
    QUERY_NEAR_WORDS_MAX = 16, /* words that NEAR joins; more are joined by AND */
    QUERY_YEAR_LAST = 9999,    /* QUERY_YEARS without an end */
    QUERY_VALUE_MAX = 1024,    /* bytes of a value behind a field */
    QUERY_WARNINGS_MAX = 20,   /* sentences about one text; then one more says that there is more */
    QUERY_ALL_PARTS = (1 << FIELD_PART_COUNT) - 1,
};

enum query_kind {
    QUERY_WORD,
    QUERY_PHRASE,
    QUERY_NEAR,
    QUERY_PREFIX,
    QUERY_SINCE,
    QUERY_YEARS,
    QUERY_VALUE, /* a value of a facet */
    QUERY_ID,    /* a reference */
    QUERY_AND,
    QUERY_OR,
    QUERY_NOT
};

struct query {
    enum query_kind kind;
    bool is_implied;   /* QUERY_AND, QUERY_OR: no operator was typed */
    bool is_quoted;    /* leaves of text: it stood between quotes, and is meant as it stands */
    bool is_added;     /* leaves of text: the vocabulary put it beside what was typed */
    bool is_widened;   /* QUERY_VALUE: the vocabulary put something beside its words */
    size_t start, end; /* leaves: the bytes of the query text they came from; both 0 where from none */
    unsigned parts;    /* leaves: bit n is part n of field_parts() */
    unsigned distance; /* QUERY_NEAR: as shim_query_near takes it */
    unsigned from, to; /* QUERY_SINCE: a day as column_day (`from`); QUERY_YEARS: both years included,
                          0 and QUERY_YEAR_LAST where it is open */
    int facet;         /* QUERY_VALUE: as in field_facets() */
    bool is_prefix;    /* QUERY_VALUE: the last term begins a word; QUERY_ID: the value begins a reference */
    char *value;       /* QUERY_VALUE, QUERY_ID: as typed, any bytes */
    struct strlist terms; /* leaves of text and values: one term, several, or the prefix */
    struct query *words;  /* QUERY_VALUE but for prefixes: what one and the same value must have, a tree of
                             text; quoted a phrase */
    struct query **children;
    size_t count, cap;
};

/* The parts (as bits) that a name stands for: a part, a short form of one, or "benefits" for both; 0 where
 * none. */
unsigned query_parts_named(const char *name, size_t len);

/* Parses `len` bytes. `parts` is where to look unless the text says otherwise; `match_any`: implied operators
 * are OR. *ret_query is *new*, or NULL where the text holds nothing to look for. Sentences about what was not
 * taken literally are added to `warnings`. 0, or -1 with `error` where the text passes a limit. */
int query_parse(struct analyser *analyser, const char *text, size_t len, unsigned parts, bool match_any,
                struct query **ret_query, struct strlist *warnings, struct error *error);
/* For the parser: a *new* node; a child (*stolen*) added; a group of one made its child, an empty one NULL.
 */
struct query *query_new(enum query_kind kind, unsigned parts);
void query_add(struct query *query, struct query *child);
struct query *query_simplify(struct query *query);
void query_free(struct query *query); /* takes NULL */
/* Turns implied ANDs of several words into ORs, but for negated ones. Returns whether there were any. */
bool query_relax(struct query *query);
/* The tree in words, *new*: terms as they are looked for, `part|part:` before what is held to parts; "" for
 * NULL. */
char *query_text(const struct query *query);
/* Whether the tree has a leaf of text that is not negated: something to rank by and to mark. */
bool query_has_wanted(const struct query *query);
/* Whether a leaf only narrows: a date, a value of a facet, a reference. */
bool query_narrows(const struct query *query);

#endif
