/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The grammar of query text, by recursive descent: OR of ANDs of NEARs of perhaps negated items. */
#include "daemon/search/query.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/search/query_internal.h"
#include "indexer/base/mem.h"

static struct query *parse_or(struct parser *parser, struct scope scope);
static struct query *parse_item(struct parser *parser, struct scope scope, bool only_one);

static void skip_space(struct parser *parser)
{
    parser->at = lex_skip(parser->at, parser->end);
}

/* ---- items ---- */

static struct query *parse_phrase(struct parser *parser, struct scope scope)
{
    parser->at += lex_quote(parser->at, parser->end);
    const char *start = parser->at;
    while (parser->at < parser->end && !lex_quote(parser->at, parser->end))
        parser->at++;
    const char *stop = parser->at;
    if (parser->at < parser->end)
        parser->at += lex_quote(parser->at, parser->end);
    else
        parser_warn(parser, "a quote was not closed: everything behind it was taken as one phrase");
    return leaf_of_quoted(parser, start, stop, scope);
}

static struct query *parse_group(struct parser *parser, struct scope scope)
{
    parser->at++; /* the bracket */
    if (parser->depth >= QUERY_DEPTH_MAX) {
        parser_warn(parser, "brackets nested deeper than %d were ignored", QUERY_DEPTH_MAX);
        parser->ignored++;
        return NULL;
    }
    parser->depth++;
    struct query *inner = parse_or(parser, scope);
    parser->depth--;
    skip_space(parser);
    bool is_closed = parser->at < parser->end && *parser->at == ')';
    parser->at += is_closed;
    if (!is_closed && !parser->error->is_set)
        parser_warn(parser, "a bracket was not closed");
    if (is_closed && !inner)
        parser_warn(parser, "brackets with nothing to look for in them were left out");
    return inner;
}

/* Plain words up to the next thing that is none. */
static struct query *parse_words(struct parser *parser, struct scope scope, bool only_one)
{
    const char *start = parser->at;
    const char *stop;
    do {
        stop = parser->at = lex_word(parser->analyser, parser->at, parser->end);
        skip_space(parser);
    } while (!only_one && parser->at < parser->end && !lex_ends_run(parser->at, parser->end));
    return leaf_of_run(parser, start, stop, scope);
}

/* "word*"; false where it is none and the word is still to be taken. */
static bool parse_prefix(struct parser *parser, struct scope scope, struct query **ret_query)
{
    const char *start = parser->at, *chunk = lex_chunk(start, parser->end), *end = chunk;
    while (end > start && end[-1] == '*')
        end--;
    *ret_query = NULL;
    if (end == chunk)
        return false;
    if (end == start) {
        parser_warn(parser, "a * alone stands for nothing: it was left out");
        parser->at = chunk;
        return true;
    }
    bool is_none;
    *ret_query = leaf_of_prefix(parser, start, end, scope, &is_none);
    if (!is_none)
        parser->at = chunk;
    return !is_none;
}

/* ---- fields ---- */

/* Whether "name:" of a field stands at the parser's place. */
static const char *known_field(const struct parser *parser, struct scope *ret_scope)
{
    const char *colon = lex_field(parser->at, parser->end);
    bool is_known = colon && parser->fields <= QUERY_FIELDS_MAX &&
                    field_scope(parser->at, (size_t)(colon - parser->at), ret_scope);
    return is_known ? colon : NULL;
}

/* Names that are no field's: they and what is behind them are words, as one item. */
static struct query *parse_no_field(struct parser *parser, struct scope scope, bool only_one)
{
    struct query *all = query_new(parser->match_any ? QUERY_OR : QUERY_AND, scope.parts);
    struct scope named;
    const char *colon;
    all->is_implied = true;
    while ((colon = lex_field(parser->at, parser->end)) && !known_field(parser, &named) &&
           !parser->error->is_set) {
        MEM_AUTO char *piece = parser_piece(parser->at, colon);
        if (field_scope(parser->at, (size_t)(colon - parser->at), &named))
            parser_warn(parser, "fields more than %d deep, one inside the other, were taken as words",
                        QUERY_FIELDS_MAX);
        else
            parser_warn(parser, "there is no field called \"%s\": it was looked for as a word", piece);
        struct query *name = leaf_of_run(parser, parser->at, colon, scope);
        if (name)
            query_add(all, name);
        parser->at = colon + 1;
    }
    struct query *rest = parser->error->is_set ? NULL : parse_item(parser, scope, only_one);
    if (rest)
        query_add(all, rest);
    return query_simplify(all);
}

/* "name:" and what it holds. */
static struct query *parse_field(struct parser *parser, struct scope scope, bool only_one)
{
    static const char none[] = "(none)";
    struct scope named, inner;
    const char *colon = known_field(parser, &named);
    if (!colon)
        return parse_no_field(parser, scope, only_one);
    MEM_AUTO char *name = parser_piece(parser->at, colon);
    const char *start = parser->at = colon + 1;
    if (named.kind == SCOPE_FACET && (size_t)(parser->end - start) >= sizeof none - 1 &&
        strncasecmp(start, none, sizeof none - 1) == 0) {
        parser->at += sizeof none - 1;
        return leaf_of_none(parser, start, parser->at, named);
    }
    if (known_field(parser, &inner))
        parser_warn(parser, "\"%s:\" stands right before another field: it was left out", name);
    return parse_item(parser, named, true);
}

/* One word, phrase, prefix, field or group; a run of words unless `only_one`. NULL where nothing came of it.
 */
static struct query *parse_item(struct parser *parser, struct scope scope, bool only_one)
{
    if (parser->at >= parser->end)
        return NULL;
    if (lex_quote(parser->at, parser->end))
        return parse_phrase(parser, scope);
    if (*parser->at == '(')
        return parse_group(parser, scope);
    if (lex_field(parser->at, parser->end)) {
        parser->fields++;
        struct query *query = parse_field(parser, scope, only_one);
        parser->fields--;
        return query;
    }
    struct query *prefix;
    if (parse_prefix(parser, scope, &prefix))
        return prefix;
    const char *chunk = lex_chunk(parser->at, parser->end);
    if (chunk == parser->at)
        return NULL;
    return parse_words(parser, scope, only_one || chunk[-1] == '*');
}

/* A '-' right before something. */
static bool starts_negation(const struct parser *parser)
{
    return parser->end - parser->at > 1 && *parser->at == '-' && lex_space(parser->at + 1, parser->end) == 0;
}

/* An item, perhaps negated. */
static struct query *parse_negated(struct parser *parser, struct scope scope)
{
    bool negated = false, typed = false;
    for (;;) {
        skip_space(parser);
        const char *is_not = lex_operator(parser->at, parser->end, "NOT");
        bool is_dash = starts_negation(parser);
        if (!is_not && !is_dash)
            break;
        negated = !negated;
        typed |= is_not != NULL;
        parser->at = is_not ? is_not : parser->at + 1;
    }
    bool is_operator = lex_any_operator(parser->at, parser->end);
    struct query *item = (negated || typed) && is_operator ? NULL : parse_item(parser, scope, negated);
    if (!item && typed)
        parser_warn(parser, "NOT needs something behind it: it was left out");
    if (!item || !negated)
        return item;
    struct query *not = query_new(QUERY_NOT, scope.parts);
    query_add(not, item);
    return not ;
}

/* ---- NEAR ---- */

static bool take_near(struct parser *parser, long *ret_distance)
{
    skip_space(parser);
    const char *behind = lex_near(parser->at, parser->end, ret_distance);
    if (!behind)
        return false;
    parser->at = behind;
    if (*ret_distance < 1 || *ret_distance > QUERY_NEAR_MAX) {
        *ret_distance = *ret_distance < 1 ? 1 : QUERY_NEAR_MAX;
        parser_warn(parser, "NEAR takes 1 to %d words: NEAR/%ld was used", QUERY_NEAR_MAX, *ret_distance);
    }
    return true;
}

/* The last of a run of implied words, taken off it: NEAR binds the words right beside it. */
static struct query *take_last(struct query **item)
{
    struct query *run = *item;
    bool is_run =
        run && (run->kind == QUERY_AND || run->kind == QUERY_OR) && run->is_implied && run->count > 0;
    if (!is_run) {
        *item = NULL;
        return run;
    }
    struct query *last = run->children[--run->count];
    *item = query_simplify(run);
    return last;
}

/* Adds the word `right` (*stolen*) to the words that NEAR joins. */
static struct query *grow_near(struct parser *parser, struct query *left, struct query *right, long distance)
{
    if (left->kind == QUERY_NEAR && left->distance != (unsigned)distance)
        parser_warn(parser,
                    "words joined by several NEARs are near each other by the largest of their numbers");
    left->kind = QUERY_NEAR;
    left->distance = (unsigned)distance > left->distance ? (unsigned)distance : left->distance;
    strlist_add(&left->terms, right->terms.items[0]);
    left->is_quoted |= right->is_quoted;
    left->end = right->end;
    query_free(right);
    return left;
}

/* Joins two sides of NEAR; what is no word makes it an AND, and is said. */
static struct query *join_near(struct parser *parser, struct query *left, struct query *right, long distance)
{
    bool left_fits =
        left->kind == QUERY_WORD || (left->kind == QUERY_NEAR && left->terms.len < QUERY_NEAR_WORDS_MAX);
    if (left_fits && right->kind == QUERY_WORD && left->parts == right->parts)
        return grow_near(parser, left, right, distance);
    parser_warn(parser, "NEAR goes between words, at most %d of them: it was taken as AND",
                QUERY_NEAR_WORDS_MAX);
    struct query *both = query_new(QUERY_AND, left->parts);
    query_add(both, left);
    query_add(both, right);
    return both;
}

/* Items with NEAR between them. Adds what stands before the NEAR's left word to `group`. */
static struct query *parse_near(struct parser *parser, struct scope scope, struct query *group)
{
    struct query *left = parse_negated(parser, scope);
    long distance;
    while (!parser->error->is_set && take_near(parser, &distance)) {
        skip_space(parser);
        struct query *word = take_last(&left);
        if (left)
            query_add(group, left);
        bool is_operator = lex_any_operator(parser->at, parser->end);
        if (starts_negation(parser)) {
            parser_warn(parser, "NEAR leaves no word out: what stands behind the - was looked for");
            parser->at++;
        }
        struct query *right = is_operator ? NULL : parse_item(parser, scope, true);
        if (!word || !right)
            parser_warn(parser, "NEAR needs a word on either side: it was left out");
        left = word && right ? join_near(parser, word, right, distance) : word ? word : right;
    }
    return left;
}

/* ---- groups ---- */

/* A bracket that closes: whether it ends the group at hand. One that nothing opened is stepped over. */
static bool closes_group(struct parser *parser)
{
    if (parser->ignored > 0) {
        parser->ignored--;
    } else if (parser->depth > 0) {
        return true;
    } else {
        parser_warn(parser, "a bracket was closed that was not open: it was left out");
    }
    parser->at++;
    return false;
}

/* Steps over an operator between items; whether it was one. */
static bool take_between(struct parser *parser, const struct query *group, bool *waiting, bool *typed)
{
    const char *behind = lex_operator(parser->at, parser->end, "AND");
    long distance;
    if (behind) {
        if (group->count == 0 || *waiting)
            parser_warn(parser, "AND needs something on either side: it was left out");
        *typed = *waiting = group->count > 0;
        parser->at = behind;
        return true;
    }
    if (!take_near(parser, &distance))
        return false;
    parser_warn(parser, "NEAR needs a word on either side: it was left out");
    return true;
}

/* Whether the group goes on at the parser's place; steps over what belongs to none. */
static bool has_more(struct parser *parser)
{
    for (;;) {
        skip_space(parser);
        if (parser->at >= parser->end || parser->error->is_set)
            return false;
        if (*parser->at != ')')
            return !lex_operator(parser->at, parser->end, "OR");
        if (closes_group(parser))
            return false;
    }
}

/* Items up to OR, a closing bracket or the end: all wanted, or any where nothing was said and `match` says
 * so. */
static struct query *parse_and(struct parser *parser, struct scope scope)
{
    struct query *group = query_new(QUERY_AND, scope.parts);
    group->is_implied = true;
    bool typed = false, waiting = false; /* for what AND joins */
    while (has_more(parser)) {
        if (take_between(parser, group, &waiting, &typed))
            continue;
        const char *before = parser->at;
        struct query *item = parse_near(parser, scope, group);
        if (item) {
            query_add(group, item);
            waiting = false;
        } else if (parser->at == before) {
            parser->at++; /* a character that means nothing by itself */
        }
    }
    if (waiting)
        parser_warn(parser, "AND needs something on either side: it was left out");
    if (typed)
        group->is_implied = false;
    else if (parser->match_any)
        group->kind = QUERY_OR;
    return query_simplify(group);
}

static struct query *parse_or(struct parser *parser, struct scope scope)
{
    struct query *group = query_new(QUERY_OR, scope.parts);
    bool more = true, lacks_side = false, typed = false;
    while (more) {
        struct query *side = parse_and(parser, scope);
        lacks_side |= !side;
        if (side)
            query_add(group, side);
        skip_space(parser);
        const char *behind = lex_operator(parser->at, parser->end, "OR");
        more = !parser->error->is_set && behind;
        parser->at = more ? behind : parser->at;
        typed |= more;
    }
    if (typed && lacks_side && !parser->error->is_set)
        parser_warn(parser, "OR needs something on either side: it was left out");
    return query_simplify(group);
}

int query_parse(struct analyser *analyser, const char *text, size_t len, unsigned parts, bool match_any,
                struct query **ret_query, struct strlist *warnings, struct error *error)
{
    struct error ignored = ERROR_NONE;
    struct parser parser = {.analyser = analyser,
                            .text = text,
                            .at = text,
                            .end = text + len,
                            .match_any = match_any,
                            .warnings = warnings,
                            .error = error ? error : &ignored};
    lex_warn_of_controls(&parser);
    struct query *query = parse_or(&parser, (struct scope){.kind = SCOPE_PARTS, .parts = parts});
    if (parser.error->is_set) {
        query_free(query);
        return -1;
    }
    *ret_query = query;
    return 0;
}
