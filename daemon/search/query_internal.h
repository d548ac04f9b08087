/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the parser share: where it stands, what is told from characters, and its leaves. */
#ifndef PURPOSED_SEARCH_QUERY_INTERNAL_H
#define PURPOSED_SEARCH_QUERY_INTERNAL_H

#include "daemon/search/query.h"

enum { LEX_FIELD_MAX = 60 /* bytes of a field's name; longer ones are no names */ };

/* What a field makes of the text behind it. */
enum scope_kind { SCOPE_PARTS, SCOPE_FACET, SCOPE_ID, SCOPE_SINCE, SCOPE_YEARS };

struct scope {
    enum scope_kind kind;
    unsigned parts;   /* SCOPE_PARTS; the others' leaves have QUERY_ALL_PARTS */
    int facet;        /* SCOPE_FACET: as in field_facets() */
    const char *name; /* of the field as messages say it; NULL where none was typed */
};

struct parser {
    struct analyser *analyser;
    const char *text; /* where it begins */
    const char *at, *end;
    bool match_any;
    size_t words;   /* leaves so far */
    int depth;      /* brackets open */
    int fields;     /* fields open, one right behind the other */
    size_t ignored; /* brackets that were opened too deep, and are still to be closed */
    struct strlist *warnings;
    struct error *error;
};

/* ---- characters (query_lex.c) ---- */

/* The length of the white space (of an opening or closing double quote) at `at`, 0 where there is none. */
size_t lex_space(const char *at, const char *end);
size_t lex_quote(const char *at, const char *end);
/* Steps over white space and marks of direction, which say nothing where a word begins. */
const char *lex_skip(const char *at, const char *end);
/* Where the chunk at `at` ends: at white space, a quote, or a bracket that the chunk itself does not open. */
const char *lex_chunk(const char *at, const char *end);
/* The same, going on where a provision is written with spaces: "section 251", "261 (2)(b)". */
const char *lex_word(struct analyser *analyser, const char *at, const char *end);
bool lex_is(const char *at, const char *end, const char *word);
/* Where the operator `word`, or "NEAR" or "NEAR/n", ends that stands at `at`; NULL where it does not.
 * *ret_distance is n, cut off above QUERY_NEAR_MAX. */
const char *lex_operator(const char *at, const char *end, const char *word);
const char *lex_near(const char *at, const char *end, long *ret_distance);
bool lex_any_operator(const char *at, const char *end);
/* "name:" with something right behind it, which is no address ("http://"): where the name ends, else NULL. */
const char *lex_field(const char *at, const char *end);
/* What may not go on a run of plain words. */
bool lex_ends_run(const char *at, const char *end);

/* Says that control characters were taken as white space, where there are any. */
void lex_warn_of_controls(struct parser *parser);
/* Adds a sentence about what was not taken literally: a text of at most QUERY_WARNINGS_MAX. */
__attribute__((format(printf, 2, 3))) void parser_warn(struct parser *parser, const char *format, ...);
/* A piece of the text for a message, cut to what a person reads; *new*. */
char *parser_piece(const char *from, const char *to);

/* ---- leaves (query_leaf.c); NULL where nothing came of them, which was said, or past a limit ---- */

/* A run of plain words, from a chunk's start to a chunk's end. */
struct query *leaf_of_run(struct parser *parser, const char *from, const char *to, struct scope scope);
/* The text between quotes. */
struct query *leaf_of_quoted(struct parser *parser, const char *from, const char *to, struct scope scope);
/* What stands before a '*'. `*ret_is_none`: it is no prefix, and was not taken. */
struct query *leaf_of_prefix(struct parser *parser, const char *from, const char *to, struct scope scope,
                             bool *ret_is_none);
/* "(none)" behind a facet's name. */
struct query *leaf_of_none(struct parser *parser, const char *from, const char *to, struct scope scope);

/* ---- fields (query_field.c) ---- */

/* What a field's name stands for; false where it is none. */
bool field_scope(const char *name, size_t len, struct scope *ret_scope);
/* A date or years; NULL (said) where it is none. */
struct query *leaf_of_time(struct parser *parser, const char *from, const char *to, struct scope scope);

#endif
