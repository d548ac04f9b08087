/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Leaves of the query tree: words, phrases and prefixes of the text, values of facets, references. */
#include <stdlib.h>
#include <string.h>

#include "daemon/search/query_internal.h"
#include "daemon/search/search.h"
#include "indexer/base/mem.h"

/* Counts a leaf; NULL (with `leaf` freed and the error set) past the limit. */
static struct query *count_leaf(struct parser *parser, struct query *leaf)
{
    parser->words += leaf->terms.len;
    if (parser->words <= search_limits()->query_words)
        return leaf;
    error_set(parser->error, "the query has more than %d words", (int)search_limits()->query_words);
    query_free(leaf);
    return NULL;
}

/* Notes where in the query text a leaf came from. */
static void place_leaf(const struct parser *parser, struct query *leaf, const char *from, const char *to)
{
    leaf->start = (size_t)(from - parser->text);
    leaf->end = (size_t)(to - parser->text);
}

static void take_terms(struct parser *parser, const char *from, const char *to, struct strlist *terms)
{
    struct token token;
    analyser_begin(parser->analyser, from, (size_t)(to - from));
    while (analyser_next(parser->analyser, &token))
        strlist_add_copy(terms, token.exact.bytes, token.exact.len);
}

static struct query *leaf_of_terms(enum query_kind kind, unsigned parts, const struct strlist *terms)
{
    struct query *leaf = query_new(terms->len == 1 ? QUERY_WORD : kind, parts);
    for (size_t i = 0; i < terms->len; i++)
        strlist_add(&leaf->terms, terms->items[i]);
    return leaf;
}

/* ---- values of facets, references ---- */

static const char *trim_end(const char *from, const char *to)
{
    while (to > from && lex_space(to - 1, to))
        to--;
    return to;
}

/* The words of a value, each by itself. */
static struct query *words_of_value(struct parser *parser, const char *from, const char *to)
{
    struct query *all = query_new(QUERY_AND, QUERY_ALL_PARTS);
    struct token token;
    all->is_implied = true;
    analyser_begin(parser->analyser, from, (size_t)(to - from));
    while (analyser_next(parser->analyser, &token)) {
        struct query *word = query_new(QUERY_WORD, QUERY_ALL_PARTS);
        strlist_add_copy(&word->terms, token.exact.bytes, token.exact.len);
        place_leaf(parser, word, from + token.start, from + token.start + token.len);
        query_add(all, word);
    }
    return query_simplify(all);
}

/* A leaf that narrows: its value as typed, its terms to be looked for in values and to be shown. */
static struct query *leaf_of_value(struct parser *parser, const char *from, const char *to,
                                   struct scope scope, bool is_quoted)
{
    from = lex_skip(from, to);
    to = trim_end(from, to);
    struct query *leaf = query_new(scope.kind == SCOPE_ID ? QUERY_ID : QUERY_VALUE, QUERY_ALL_PARTS);
    leaf->facet = scope.facet;
    leaf->is_quoted = is_quoted;
    take_terms(parser, from, to, &leaf->terms);
    if (leaf->terms.len == 0 || (size_t)(to - from) > QUERY_VALUE_MAX) {
        bool is_empty = leaf->terms.len == 0;
        query_free(leaf);
        if (is_empty)
            parser_warn(parser, "%s: has no word behind it: it was left out", scope.name);
        else
            parser_warn(parser, "%s: takes a value of at most %d bytes: a longer one was left out",
                        scope.name, QUERY_VALUE_MAX);
        return NULL;
    }
    leaf->value = mem_copy(from, (size_t)(to - from));
    if (scope.kind == SCOPE_FACET && is_quoted)
        leaf->words = leaf_of_terms(QUERY_PHRASE, QUERY_ALL_PARTS, &leaf->terms);
    else if (scope.kind == SCOPE_FACET)
        leaf->words = words_of_value(parser, from, to);
    place_leaf(parser, leaf, from, to);
    return count_leaf(parser, leaf);
}

struct query *leaf_of_none(struct parser *parser, const char *from, const char *to, struct scope scope)
{
    return leaf_of_value(parser, from, to, scope, true);
}

/* Several values behind one field, each a chunk: a record has but one reference, and may be in force in
 * several years. */
static struct query *leaves_of_chunks(struct parser *parser, const char *from, const char *to,
                                      struct scope scope)
{
    struct query *group = query_new(scope.kind == SCOPE_ID ? QUERY_OR : QUERY_AND, QUERY_ALL_PARTS);
    while (from < to && !parser->error->is_set) {
        const char *stop = lex_chunk(from, to);
        struct query *leaf = scope.kind == SCOPE_ID ? leaf_of_value(parser, from, stop, scope, false)
                                                    : leaf_of_time(parser, from, stop, scope);
        if (leaf)
            query_add(group, leaf);
        from = lex_skip(stop > from ? stop : from + 1, to);
    }
    return query_simplify(group);
}

/* ---- words of the text ---- */

/* Tokens of one chunk, as they are gathered. */
struct chunk {
    struct strlist terms;
    char *joined; /* a hyphenated compound in one word */
    size_t span;  /* tokens that `joined` stands for */
    const char *from, *to;
};

/* Pieces of one chunk: looked for next to each other; a hyphenated compound also as one word. */
static struct query *leaf_of_chunk(struct parser *parser, const struct chunk *chunk, unsigned parts)
{
    struct query *leaf = count_leaf(parser, leaf_of_terms(QUERY_PHRASE, parts, &chunk->terms));
    if (leaf)
        place_leaf(parser, leaf, chunk->from, chunk->to);
    if (!leaf || !chunk->joined || chunk->span != chunk->terms.len)
        return leaf;
    struct query *either = query_new(QUERY_OR, parts);
    struct query *word = query_new(QUERY_WORD, parts);
    strlist_add(&word->terms, chunk->joined);
    place_leaf(parser, word, chunk->from, chunk->to);
    query_add(either, leaf);
    query_add(either, word);
    return either;
}

static void take_token(struct chunk *chunk, const struct token *token, const char *run)
{
    if (chunk->terms.len == 0) {
        chunk->from = run + token->start;
        if (token->joined.len) {
            chunk->joined = mem_copy(token->joined.bytes, token->joined.len);
            chunk->span = token->joined_span;
        }
    }
    strlist_add_copy(&chunk->terms, token->exact.bytes, token->exact.len);
    chunk->to = run + token->start + token->len;
}

static bool has_space(const char *from, const char *to)
{
    for (; from < to; from++)
        if (lex_space(from, to))
            return true;
    return false;
}

static void clear_chunk(struct chunk *chunk)
{
    strlist_free(&chunk->terms);
    free(chunk->joined);
    *chunk = (struct chunk){0};
}

/* The tokens of a run of plain words, gathered by chunk: a chunk ends where white space follows. The run is
 * analysed as a whole, so that "section 251" is the one token it is in the text. */
static void add_words(struct parser *parser, const char *from, const char *to, unsigned parts,
                      struct query *group)
{
    struct chunk chunk = {0};
    struct token token;
    analyser_begin(parser->analyser, from, (size_t)(to - from));
    bool more = analyser_next(parser->analyser, &token);
    while (more) {
        take_token(&chunk, &token, from);
        more = analyser_next(parser->analyser, &token);
        if (more && !has_space(chunk.to, from + token.start))
            continue;
        struct query *leaf = leaf_of_chunk(parser, &chunk, parts);
        if (leaf)
            query_add(group, leaf);
        clear_chunk(&chunk);
        more = more && leaf;
    }
}

/* A field's name with a space behind its colon, or nothing: it is a word, as in prose, and is said. */
static void warn_of_bare_field(struct parser *parser, const char *from, const char *to, const char *piece)
{
    struct scope named;
    if (to - from > 1 && to[-1] == ':' && field_scope(from, (size_t)(to - 1 - from), &named))
        parser_warn(parser, "nothing stands right behind \"%s\": it was looked for as a word", piece);
}

/* Whether one of the texts stands at the chunk's start, with more behind it. */
static bool begins_with(const char *from, const char *to, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(texts[i]);
        if ((size_t)(to - from) > len && memcmp(from, texts[i], len) == 0)
            return true;
    }
    return false;
}

/* Says what of a chunk was not taken as it may have been meant. */
static void warn_of_chunk(struct parser *parser, const char *from, const char *to)
{
    static const char *const dashes[] = {"\xE2\x80\x92", "\xE2\x80\x93", "\xE2\x80\x94", "\xE2\x88\x92", "!"};
    static const char *const quotes[] = {"'", "\xE2\x80\x98"};
    MEM_AUTO char *piece = parser_piece(from, to);
    warn_of_bare_field(parser, from, to, piece);
    if (memchr(from, '*', (size_t)(to - 1 - from)))
        parser_warn(parser, "a * goes only behind a word: \"%s\" was looked for without it", piece);
    if (begins_with(from, to, dashes, sizeof dashes / sizeof *dashes))
        parser_warn(parser, "only a plain - leaves a word out: \"%s\" was looked for", piece);
    if (begins_with(from, to, quotes, sizeof quotes / sizeof *quotes))
        parser_warn(parser, "single quotes make no phrase: the words were looked for");
    if (to - from >= 5 && memcmp(from, "NEAR/", 5) == 0)
        parser_warn(parser, "NEAR/ takes a number: \"%s\" was looked for as words", piece);
    if (lex_is(from, to, "&&") || lex_is(from, to, "||"))
        parser_warn(parser, "\"%s\" was left out: operators are AND, OR and NOT", piece);
}

static void warn_of_chunks(struct parser *parser, const char *from, const char *to)
{
    while (from < to) {
        const char *stop = lex_chunk(from, to);
        stop = stop > from ? stop : from + 1;
        warn_of_chunk(parser, from, stop);
        from = lex_skip(stop, to);
    }
}

struct query *leaf_of_run(struct parser *parser, const char *from, const char *to, struct scope scope)
{
    if (scope.kind == SCOPE_FACET)
        return leaf_of_value(parser, from, to, scope, false);
    if (scope.kind != SCOPE_PARTS)
        return leaves_of_chunks(parser, from, to, scope);
    warn_of_chunks(parser, from, to);
    struct query *group = query_new(parser->match_any ? QUERY_OR : QUERY_AND, scope.parts);
    group->is_implied = true;
    add_words(parser, from, to, scope.parts, group);
    return query_simplify(group);
}

struct query *leaf_of_quoted(struct parser *parser, const char *from, const char *to, struct scope scope)
{
    if (scope.kind == SCOPE_SINCE || scope.kind == SCOPE_YEARS)
        return leaf_of_time(parser, from, to, scope);
    if (memchr(from, '*', (size_t)(to - from)))
        parser_warn(parser, "inside quotes * is no wildcard: the words were looked for as they stand");
    if (scope.kind != SCOPE_PARTS)
        return leaf_of_value(parser, from, to, scope, true);
    STRLIST_AUTO struct strlist terms = {0};
    take_terms(parser, from, to, &terms);
    if (terms.len == 0) {
        parser_warn(parser, "a phrase without words was left out");
        return NULL;
    }
    struct query *leaf = count_leaf(parser, leaf_of_terms(QUERY_PHRASE, scope.parts, &terms));
    if (leaf) {
        leaf->is_quoted = true;
        place_leaf(parser, leaf, from, to);
    }
    return leaf;
}

/* A prefix has enough letters, of a single word, and nothing else in it; else it is said. */
static bool is_prefix(struct parser *parser, const char *from, const char *to, char **ret_word)
{
    MEM_AUTO char *piece = parser_piece(from, to);
    struct token token;
    analyser_begin(parser->analyser, from, (size_t)(to - from));
    if (!analyser_next(parser->analyser, &token) || token.word.len < QUERY_PREFIX_MIN) {
        parser_warn(parser, "a * needs at least %d letters before it: \"%s*\" was taken as a word",
                    QUERY_PREFIX_MIN, piece);
        return false;
    }
    if (memchr(from, '*', (size_t)(to - from)))
        return false; /* said of the run it is taken as */
    MEM_AUTO char *word = mem_copy(token.word.bytes, token.word.len);
    if (analyser_next(parser->analyser, &token)) {
        parser_warn(parser, "a * goes behind a single word: \"%s*\" was taken as words", piece);
        return false;
    }
    *ret_word = mem_text(word);
    return true;
}

struct query *leaf_of_prefix(struct parser *parser, const char *from, const char *to, struct scope scope,
                             bool *ret_is_none)
{
    *ret_is_none = false;
    struct query *leaf;
    if (scope.kind == SCOPE_ID) {
        leaf = leaf_of_value(parser, from, to, scope, false);
        if (leaf)
            leaf->is_prefix = true;
        return leaf;
    }
    MEM_AUTO char *word = NULL;
    if (scope.kind == SCOPE_SINCE || scope.kind == SCOPE_YEARS || !is_prefix(parser, from, to, &word)) {
        *ret_is_none = true;
        return NULL;
    }
    leaf = query_new(scope.kind == SCOPE_FACET ? QUERY_VALUE : QUERY_PREFIX, scope.parts);
    leaf->facet = scope.facet;
    leaf->is_prefix = true;
    strlist_add(&leaf->terms, word);
    if (scope.kind == SCOPE_FACET)
        leaf->value = mem_text(word);
    place_leaf(parser, leaf, from, to);
    return count_leaf(parser, leaf);
}
