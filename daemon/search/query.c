/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/query.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/search/search.h"
#include "indexer/base/mem.h"
#include "indexer/store/columns.h"

struct parser {
    struct analyser *analyser;
    const char *text; /* where it begins */
    const char *at, *end;
    bool match_any;
    size_t words; /* leaves so far */
    int depth;
    struct strlist *warnings;
    struct error *error;
};

/* ---- characters ---- */

static void warn(struct parser *parser, char *steals_text)
{
    strlist_add_unique(parser->warnings, steals_text);
    free(steals_text);
}

static bool is_space(const char *at)
{
    return isspace((unsigned char)*at) || (unsigned char)*at < 0x20;
}

/* The length of an opening or closing double quote at `at`, typewriter's or typographic; 0 where there is
 * none. */
static size_t quote_length(const char *at, const char *end)
{
    if (at < end && *at == '"')
        return 1;
    static const char *const quotes[] = {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xC2\xAB",
                                         "\xC2\xBB"};
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        size_t len = strlen(quotes[i]);
        if ((size_t)(end - at) >= len && memcmp(at, quotes[i], len) == 0)
            return len;
    }
    return 0;
}

static void skip_space(struct parser *parser)
{
    while (parser->at < parser->end && is_space(parser->at))
        parser->at++;
}

/* Where the chunk at `at` ends: at white space, a quote, or a bracket that the chunk itself does not open. */
static const char *chunk_end(const char *at, const char *end)
{
    int open = 0;
    for (const char *start = at; at < end; at++) {
        if (is_space(at) || quote_length(at, end))
            break;
        if (*at == '(' && at == start)
            break;
        if (*at == '(')
            open++;
        if (*at == ')' && open-- == 0)
            break;
    }
    return at;
}

static bool chunk_is(const char *at, const char *end, const char *word)
{
    return (size_t)(end - at) == strlen(word) && memcmp(at, word, strlen(word)) == 0;
}

/* "NEAR" or "NEAR/n"; *ret_distance is n. */
static bool chunk_is_near(const char *at, const char *end, long *ret_distance)
{
    *ret_distance = QUERY_NEAR_DEFAULT;
    if (chunk_is(at, end, "NEAR"))
        return true;
    if (end - at < 6 || memcmp(at, "NEAR/", 5) != 0)
        return false;
    *ret_distance = 0;
    for (at += 5; at < end; at++) {
        if (!isdigit((unsigned char)*at))
            return false;
        if (*ret_distance <= QUERY_NEAR_MAX)
            *ret_distance = *ret_distance * 10 + (*at - '0');
    }
    return true;
}

static bool chunk_is_operator(const char *at, const char *end)
{
    long distance;
    return chunk_is(at, end, "AND") || chunk_is(at, end, "OR") || chunk_is(at, end, "NOT") ||
           chunk_is_near(at, end, &distance);
}

/* ---- leaves ---- */

/* Counts a leaf; NULL (with `leaf` freed and the error set) past the limit. */
static struct query *count_leaf(struct parser *parser, struct query *leaf)
{
    parser->words += leaf->terms.len;
    if (parser->words <= SEARCH_QUERY_WORDS_MAX)
        return leaf;
    error_set(parser->error, "the query has more than %d words", SEARCH_QUERY_WORDS_MAX);
    query_free(leaf);
    return NULL;
}

static struct query *leaf_of_terms(enum query_kind kind, unsigned parts, const struct strlist *terms)
{
    struct query *leaf = query_new(terms->len == 1 ? QUERY_WORD : kind, parts);
    for (size_t i = 0; i < terms->len; i++)
        strlist_add(&leaf->terms, terms->items[i]);
    return leaf;
}

/* Notes where in the query text a leaf came from. */
static void place_leaf(const struct parser *parser, struct query *leaf, const char *from, const char *to)
{
    leaf->start = (size_t)(from - parser->text);
    leaf->end = (size_t)(to - parser->text);
}

/* Pieces of one chunk: looked for next to each other; a hyphenated compound also as one word. */
static struct query *chunk_leaf(struct parser *parser, unsigned parts, const struct strlist *terms,
                                const char *joined, const char *from, const char *to)
{
    struct query *leaf = count_leaf(parser, leaf_of_terms(QUERY_PHRASE, parts, terms));
    if (leaf)
        place_leaf(parser, leaf, from, to);
    if (!leaf || !joined)
        return leaf;
    struct query *either = query_new(QUERY_OR, parts);
    struct query *word = query_new(QUERY_WORD, parts);
    strlist_add(&word->terms, joined);
    place_leaf(parser, word, from, to);
    query_add(either, leaf);
    query_add(either, word);
    return either;
}

/* The tokens of a run of plain words, gathered by chunk: a chunk ends where white space follows. */
static bool parse_run(struct parser *parser, const char *run, size_t len, unsigned parts, struct query *group)
{
    STRLIST_AUTO struct strlist terms = {0};
    MEM_AUTO char *joined = NULL;
    size_t span = 0; /* tokens that `joined` stands for */
    size_t chunk_start = 0, previous_end = 0;
    struct token token;
    analyser_begin(parser->analyser, run, len);
    bool more = analyser_next(parser->analyser, &token);
    while (more) {
        if (terms.len == 0)
            chunk_start = token.start;
        if (terms.len == 0 && token.joined.len) {
            joined = mem_copy(token.joined.bytes, token.joined.len);
            span = token.joined_span;
        }
        strlist_add_copy(&terms, token.exact.bytes, token.exact.len);
        previous_end = token.start + token.len;
        more = analyser_next(parser->analyser, &token);
        bool goes_on = more;
        for (size_t i = previous_end; goes_on && i < token.start; i++)
            goes_on = !is_space(run + i);
        if (goes_on)
            continue;
        struct query *leaf = chunk_leaf(parser, parts, &terms, span == terms.len ? joined : NULL,
                                        run + chunk_start, run + previous_end);
        if (!leaf)
            return false;
        query_add(group, leaf);
        strlist_free(&terms);
        free(joined);
        joined = NULL;
    }
    return true;
}

/* The text between quotes. */
static struct query *parse_phrase(struct parser *parser, unsigned parts)
{
    parser->at += quote_length(parser->at, parser->end);
    const char *start = parser->at;
    while (parser->at < parser->end && !quote_length(parser->at, parser->end))
        parser->at++;
    size_t len = (size_t)(parser->at - start);
    if (parser->at < parser->end)
        parser->at += quote_length(parser->at, parser->end);
    else
        warn(parser, mem_text("a quote was not closed: everything behind it was taken as one phrase"));
    if (memchr(start, '*', len))
        warn(parser, mem_text("inside quotes * is no wildcard: the words were looked for as they stand"));
    STRLIST_AUTO struct strlist terms = {0};
    struct token token;
    analyser_begin(parser->analyser, start, len);
    while (analyser_next(parser->analyser, &token))
        strlist_add_copy(&terms, token.exact.bytes, token.exact.len);
    if (terms.len == 0) {
        warn(parser, mem_text("a phrase without words was left out"));
        return NULL;
    }
    struct query *leaf = count_leaf(parser, leaf_of_terms(QUERY_PHRASE, parts, &terms));
    if (leaf) {
        leaf->is_quoted = true;
        place_leaf(parser, leaf, start, start + len);
    }
    return leaf;
}

/* "word*", `end` at the '*'. NULL where it is too short for a prefix or no single word. */
static struct query *parse_prefix(struct parser *parser, const char *start, const char *end, unsigned parts)
{
    struct token token;
    analyser_begin(parser->analyser, start, (size_t)(end - start));
    if (!analyser_next(parser->analyser, &token) || token.word.len < QUERY_PREFIX_MIN) {
        warn(parser, mem_format("a * needs at least %d letters before it: \"%.*s*\" was taken as a word",
                                QUERY_PREFIX_MIN, (int)(end - start), start));
        return NULL;
    }
    struct query *leaf = query_new(QUERY_PREFIX, parts);
    strlist_add_copy(&leaf->terms, token.word.bytes, token.word.len);
    place_leaf(parser, leaf, start, end);
    if (analyser_next(parser->analyser, &token)) {
        query_free(leaf);
        warn(parser, mem_format("a * goes behind a single word: \"%.*s*\" was taken as words",
                                (int)(end - start), start));
        return NULL;
    }
    return count_leaf(parser, leaf);
}

/* ---- parts ---- */

/* The parts that a name in the query stands for, 0 where it is none. */
unsigned query_parts_named(const char *name, size_t len)
{
    static const struct {
        const char *name, *part;
    } names[] = {
        {"expected", "expected_benefits"}, {"yielded", "yielded_benefits"}, {"output", "outputs"},
        {"objective", "objectives"},       {"recipient", "organisation"},
    };
    MEM_AUTO char *asked = mem_copy(name, len);
    for (char *at = asked; *at; at++)
        *at = (char)(*at == '-' ? '_' : tolower((unsigned char)*at));
    const char *part = asked;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(asked, names[i].name) == 0)
            part = names[i].part;
    unsigned parts = 0;
    for (int i = 0; i < FIELD_PART_COUNT; i++) {
        const char *known = field_parts()[i]->name;
        bool is_benefit = strcmp(known, "expected_benefits") == 0 || strcmp(known, "yielded_benefits") == 0;
        if (strcmp(part, known) == 0 || (is_benefit && strcmp(part, "benefits") == 0))
            parts |= 1U << i;
    }
    return parts;
}

/* "name:" at the start of the chunk, something behind it: where the name ends, else NULL. */
static const char *field_colon(const char *at, const char *end)
{
    const char *start = at;
    while (at < end && (isalpha((unsigned char)*at) || *at == '_' || *at == '-'))
        at++;
    bool is_field = at > start && end - at > 1 && *at == ':' && !is_space(at + 1) && at[1] != '/';
    return is_field ? at : NULL;
}

/* ---- grammar ---- */

static struct query *parse_or(struct parser *parser, unsigned parts);

static struct query *parse_group(struct parser *parser, unsigned parts)
{
    parser->at++; /* the bracket */
    struct query *inner = NULL;
    if (parser->depth >= QUERY_DEPTH_MAX) {
        warn(parser, mem_format("brackets nested deeper than %d were ignored", QUERY_DEPTH_MAX));
    } else {
        parser->depth++;
        inner = parse_or(parser, parts);
        parser->depth--;
    }
    skip_space(parser);
    if (parser->at < parser->end && *parser->at == ')')
        parser->at++;
    else if (parser->at >= parser->end)
        warn(parser, mem_text("a bracket was not closed"));
    return inner;
}

/* What may not open a run of plain words. */
static bool run_ends_at(const char *at, const char *end)
{
    const char *chunk = chunk_end(at, end);
    return chunk == at || *at == '-' || field_colon(at, end) || chunk_is_operator(at, chunk) ||
           (chunk > at && chunk[-1] == '*');
}

/* Plain words up to the next thing that is none. */
static struct query *parse_words(struct parser *parser, unsigned parts, bool only_one)
{
    const char *start = parser->at;
    const char *stop;
    do {
        stop = parser->at = chunk_end(parser->at, parser->end);
        skip_space(parser);
    } while (!only_one && parser->at < parser->end && !run_ends_at(parser->at, parser->end));
    struct query *group = query_new(parser->match_any ? QUERY_OR : QUERY_AND, parts);
    group->is_implied = true;
    if (!parse_run(parser, start, (size_t)(stop - start), parts, group)) {
        query_free(group);
        return NULL;
    }
    return query_simplify(group);
}

static struct query *parse_item(struct parser *parser, unsigned parts, bool only_one);

/* Four digits at `at`, 0 where there are none. */
static unsigned year_at(const char *at, const char *end)
{
    unsigned year = 0;
    for (int i = 0; i < 4; i++, at++) {
        if (at >= end || !isdigit((unsigned char)*at))
            return 0;
        year = year * 10 + (unsigned)(*at - '0');
    }
    return at < end && isdigit((unsigned char)*at) ? 0 : year;
}

/* "2019" or "2018..2020", to the chunk's end. */
static bool parse_years(const char *at, const char *end, unsigned *ret_from, unsigned *ret_to)
{
    unsigned from = year_at(at, end), to = from;
    if (end - at > 4)
        to = end - at == 10 && at[4] == '.' && at[5] == '.' ? year_at(at + 6, end) : 0;
    *ret_from = from < to ? from : to;
    *ret_to = from < to ? to : from;
    return from && to;
}

/* "2021-02", "2021" or "2021-02-28" as a day, to the chunk's end. */
static bool parse_since(const char *at, const char *end, unsigned *ret_day)
{
    char date[] = "0000-01-01";
    size_t len = (size_t)(end - at);
    if (len != 4 && len != 7 && len != 10)
        return false;
    memcpy(date, at, len);
    *ret_day = column_day(date);
    return *ret_day != 0;
}

/* since: and year:. False where the name is neither; a value that is none is said and left out. */
static bool parse_time(struct parser *parser, const char *colon, struct query **ret_query)
{
    const char *name = parser->at, *value = colon + 1, *end = chunk_end(colon + 1, parser->end);
    bool is_since = colon - name == 5 && strncasecmp(name, "since", 5) == 0;
    bool is_year = colon - name == 4 && strncasecmp(name, "year", 4) == 0;
    if (!is_since && !is_year)
        return false;
    unsigned from = 0, to = 0;
    bool good = is_since ? parse_since(value, end, &from) : parse_years(value, end, &from, &to);
    parser->at = end;
    *ret_query = NULL;
    if (!good) {
        warn(parser,
             is_since ? mem_text("since: takes a date, such as since:2021-02; it was left out")
                      : mem_text("year: takes years, such as year:2019 or year:2018..2020; it was left out"));
        return true;
    }
    *ret_query = query_new(is_since ? QUERY_SINCE : QUERY_YEARS, QUERY_ALL_PARTS);
    (*ret_query)->from = from;
    (*ret_query)->to = to;
    return true;
}

/* "name:" and what it holds: a part, or a name that is none and stays words. */
static struct query *parse_field(struct parser *parser, const char *colon, unsigned parts)
{
    const char *name = parser->at;
    struct query *time;
    if (parse_time(parser, colon, &time))
        return time;
    unsigned named = query_parts_named(name, (size_t)(colon - name));
    if (named) {
        parser->at = colon + 1;
        return parse_item(parser, named, true);
    }
    warn(parser, mem_format("there is no part called \"%.*s\": it was looked for as a word",
                            (int)(colon - name), name));
    return parse_words(parser, parts, true);
}

/* One word, phrase, prefix, field or group; a run of words unless `only_one`. NULL where nothing came of it.
 */
static struct query *parse_item(struct parser *parser, unsigned parts, bool only_one)
{
    if (parser->at >= parser->end)
        return NULL;
    if (quote_length(parser->at, parser->end))
        return parse_phrase(parser, parts);
    if (*parser->at == '(')
        return parse_group(parser, parts);
    const char *colon = field_colon(parser->at, parser->end);
    if (colon)
        return parse_field(parser, colon, parts);
    const char *chunk = chunk_end(parser->at, parser->end);
    if (chunk > parser->at && chunk[-1] == '*') {
        struct query *prefix = parse_prefix(parser, parser->at, chunk - 1, parts);
        if (prefix || parser->error->is_set) {
            parser->at = chunk;
            return prefix;
        }
        only_one = true;
    }
    if (chunk == parser->at) { /* a ')' that nothing opened */
        parser->at++;
        return NULL;
    }
    return parse_words(parser, parts, only_one);
}

/* An item, perhaps negated. *ret_empty: the text had nothing more for this group. */
static struct query *parse_negated(struct parser *parser, unsigned parts)
{
    bool negated = false;
    for (;;) {
        skip_space(parser);
        const char *chunk = chunk_end(parser->at, parser->end);
        bool is_not = chunk_is(parser->at, chunk, "NOT");
        bool is_dash = parser->end - parser->at > 1 && *parser->at == '-' && !is_space(parser->at + 1);
        if (!is_not && !is_dash)
            break;
        negated = !negated;
        parser->at = is_not ? chunk : parser->at + 1;
    }
    struct query *item = parse_item(parser, parts, negated);
    if (!item || !negated)
        return item;
    struct query *not = query_new(QUERY_NOT, parts);
    query_add(not, item);
    return not ;
}

/* Whether the operator `word` stands next; steps over it. */
static bool take_operator(struct parser *parser, const char *word)
{
    skip_space(parser);
    const char *chunk = chunk_end(parser->at, parser->end);
    if (!chunk_is(parser->at, chunk, word))
        return false;
    parser->at = chunk;
    return true;
}

static bool take_near(struct parser *parser, long *ret_distance)
{
    skip_space(parser);
    const char *chunk = chunk_end(parser->at, parser->end);
    if (!chunk_is_near(parser->at, chunk, ret_distance))
        return false;
    parser->at = chunk;
    if (*ret_distance < 1 || *ret_distance > QUERY_NEAR_MAX) {
        *ret_distance = *ret_distance < 1 ? 1 : QUERY_NEAR_MAX;
        warn(parser,
             mem_format("NEAR takes 1 to %d words: NEAR/%ld was used", QUERY_NEAR_MAX, *ret_distance));
    }
    return true;
}

/* The last of a run of implied words, taken off it: NEAR binds the words right beside it. */
static struct query *take_last(struct query **item)
{
    struct query *run = *item;
    if (!run || (run->kind != QUERY_AND && run->kind != QUERY_OR) || !run->is_implied || run->count == 0) {
        *item = NULL;
        return run;
    }
    struct query *last = run->children[--run->count];
    *item = query_simplify(run);
    return last;
}

/* Joins two sides of NEAR; what is no word makes it an AND, and is said. */
static struct query *join_near(struct parser *parser, struct query *left, struct query *right, long distance)
{
    bool left_fits = left->kind == QUERY_WORD || left->kind == QUERY_NEAR;
    if (left_fits && right->kind == QUERY_WORD && left->parts == right->parts) {
        if (left->kind == QUERY_WORD)
            left->kind = QUERY_NEAR;
        left->distance = (unsigned)distance > left->distance ? (unsigned)distance : left->distance;
        strlist_add(&left->terms, right->terms.items[0]);
        left->is_quoted |= right->is_quoted;
        left->end = right->end;
        query_free(right);
        return left;
    }
    warn(parser, mem_text("NEAR goes between words: it was taken as AND"));
    struct query *both = query_new(QUERY_AND, left->parts);
    query_add(both, left);
    query_add(both, right);
    return both;
}

/* Items with NEAR between them. Adds what stands before the NEAR's left word to `group`. */
static struct query *parse_near(struct parser *parser, unsigned parts, struct query *group)
{
    struct query *left = parse_negated(parser, parts);
    long distance;
    while (!parser->error->is_set && take_near(parser, &distance)) {
        skip_space(parser);
        struct query *word = take_last(&left);
        if (left)
            query_add(group, left);
        struct query *right = parse_item(parser, parts, true);
        if (!word || !right)
            warn(parser, mem_text("NEAR needs a word on either side"));
        left = word && right ? join_near(parser, word, right, distance) : word ? word : right;
    }
    return left;
}

/* Items up to OR, a closing bracket or the end: all wanted, or any where nothing was said and `match` says
 * so. */
static struct query *parse_and(struct parser *parser, unsigned parts)
{
    struct query *group = query_new(QUERY_AND, parts);
    group->is_implied = true;
    bool typed = false;
    for (;;) {
        skip_space(parser);
        if (parser->at >= parser->end || parser->error->is_set || (*parser->at == ')' && parser->depth > 0))
            break;
        if (chunk_is(parser->at, chunk_end(parser->at, parser->end), "OR"))
            break;
        if (take_operator(parser, "AND")) {
            typed = true;
            continue;
        }
        long distance;
        if (take_near(parser, &distance)) {
            warn(parser, mem_text("NEAR needs a word on either side"));
            continue;
        }
        const char *before = parser->at;
        struct query *item = parse_near(parser, parts, group);
        if (item)
            query_add(group, item);
        else if (parser->at == before)
            parser->at++; /* a character that means nothing by itself */
    }
    if (typed)
        group->is_implied = false;
    else if (parser->match_any)
        group->kind = QUERY_OR;
    return query_simplify(group);
}

static struct query *parse_or(struct parser *parser, unsigned parts)
{
    struct query *group = query_new(QUERY_OR, parts);
    do {
        struct query *side = parse_and(parser, parts);
        if (side)
            query_add(group, side);
    } while (!parser->error->is_set && take_operator(parser, "OR"));
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
    struct query *query = parse_or(&parser, parts);
    if (parser.error->is_set) {
        query_free(query);
        return -1;
    }
    *ret_query = query;
    return 0;
}
