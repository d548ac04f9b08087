/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/match.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/search/search.h"
#include "indexer/store/columns.h"

enum { RARE_WORD = 64 /* a word that no more than one document in so many has */ };

void matcher_free(struct matcher *matcher)
{
    for (size_t i = 0; i < matcher->expansion_count; i++) {
        free(matcher->expansions[i].prefix);
        strlist_free(&matcher->expansions[i].terms);
    }
    free(matcher->expansions);
    matcher->expansions = NULL;
    matcher->expansion_count = matcher->expansion_cap = 0;
}

/* ---- prefixes ---- */

/* Adds the stems of the spelling entries that begin so. */
static enum shim_status gather_expansions(struct matcher *matcher, const char *prefix, struct strlist *terms)
{
    struct shim_terms *words;
    enum shim_status status =
        shim_reader_spellings(matcher->reader, prefix, strlen(prefix), &words, &matcher->error);
    if (status != SHIM_OK)
        return status;
    const char *word;
    size_t len;
    uint32_t count;
    size_t met = 0;
    while ((status = shim_terms_next(words, &word, &len, &count, &matcher->error)) == SHIM_OK) {
        if (++met > search_limits()->expansions) {
            MEM_AUTO char *text =
                mem_format("\"%s*\" stands for more than %d words: the first %d were looked for", prefix,
                           (int)search_limits()->expansions, (int)search_limits()->expansions);
            strlist_add_unique(matcher->warnings, text);
            break;
        }
        struct token token;
        analyser_begin(matcher->analyser, word, len);
        if (analyser_next(matcher->analyser, &token))
            strlist_add_copy(terms, token.term.bytes, token.term.len);
    }
    shim_terms_free(words);
    return status == SHIM_END ? SHIM_OK : status;
}

/* Sorts and drops what stands twice. */
static void make_distinct(struct strlist *terms)
{
    strlist_sort(terms);
    size_t kept = 0;
    for (size_t i = 0; i < terms->len; i++) {
        if (kept && strcmp(terms->items[kept - 1], terms->items[i]) == 0)
            free(terms->items[i]);
        else
            terms->items[kept++] = terms->items[i];
    }
    terms->len = kept;
}

const struct strlist *matcher_expand(struct matcher *matcher, const char *prefix)
{
    for (size_t i = 0; i < matcher->expansion_count; i++)
        if (strcmp(matcher->expansions[i].prefix, prefix) == 0)
            return &matcher->expansions[i].terms;
    struct strlist terms = {0};
    if (gather_expansions(matcher, prefix, &terms) != SHIM_OK) {
        strlist_free(&terms);
        return NULL;
    }
    make_distinct(&terms);
    matcher->expansions = mem_push(matcher->expansions, matcher->expansion_count, &matcher->expansion_cap,
                                   sizeof *matcher->expansions);
    struct expansion *expansion = &matcher->expansions[matcher->expansion_count++];
    *expansion = (struct expansion){.prefix = mem_text(prefix), .terms = terms};
    return &expansion->terms;
}

/* ---- words ---- */

size_t match_scoped_term(const struct field *part, const char *term, char scoped[SHIM_TERM_MAX])
{
    size_t prefix = strlen(part->prefix);
    size_t len = strlen(term);
    if (prefix + len > SHIM_TERM_MAX)
        len = SHIM_TERM_MAX - prefix;
    memcpy(scoped, part->prefix, prefix);
    memcpy(scoped + prefix, term, len);
    return prefix + len;
}

struct shim_query *match_word_query(const char *term, unsigned parts)
{
    if (parts == QUERY_ALL_PARTS)
        return shim_query_word(term, strlen(term));
    struct shim_query *words[FIELD_PART_COUNT];
    size_t count = 0;
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        if (!(parts & 1U << part))
            continue;
        char scoped[SHIM_TERM_MAX];
        size_t len = match_scoped_term(field_parts()[part], term, scoped);
        words[count++] = shim_query_word(scoped, len);
    }
    return count == 1 ? words[0] : shim_query_or(words, count);
}

static struct shim_query *words_query(const struct strlist *terms, unsigned parts, bool all)
{
    if (terms->len == 0)
        return shim_query_none();
    struct shim_query **words = mem_zero(terms->len, sizeof(struct shim_query *));
    for (size_t i = 0; i < terms->len; i++)
        words[i] = match_word_query(terms->items[i], parts);
    struct shim_query *query = all ? shim_query_and(words, terms->len) : shim_query_or(words, terms->len);
    free(words);
    return query;
}

static struct shim_query *ordered_query(const struct query *query)
{
    size_t *lens = mem_zero(query->terms.len, sizeof *lens);
    for (size_t i = 0; i < query->terms.len; i++)
        lens[i] = strlen(query->terms.items[i]);
    const char *const *terms = (const char *const *)query->terms.items;
    struct shim_query *ordered = query->kind == QUERY_NEAR
                                     ? shim_query_near(terms, lens, query->terms.len, query->distance)
                                     : shim_query_phrase(terms, lens, query->terms.len);
    free(lens);
    return ordered;
}

/* ---- phrases held to a part ---- */

int match_part_at(const struct columns *columns, uint32_t document, uint32_t position)
{
    const uint32_t *starts = columns->part_starts[document];
    int part = 0;
    for (int next = 1; next < FIELD_PART_COUNT; next++)
        if (starts[next] <= position)
            part = next;
    return part;
}

/* Holds a phrase or NEAR to parts. Its words must stand there at all: cheap, and leaves few documents to look
 * into. */
static struct shim_query *held_query(const struct columns *columns, const struct query *query,
                                     struct shim_query *ordered)
{
    const struct shim_stretches parts = {.starts = &columns->part_starts[0][0],
                                         .documents = columns->bits,
                                         .per_document = FIELD_PART_COUNT,
                                         .kept = query->parts};
    return shim_query_filter(shim_query_held(ordered, &parts),
                             words_query(&query->terms, query->parts, true));
}

/* ---- the tree ---- */

/* Runs a query of the shim and frees it. */
static enum shim_status run(struct matcher *matcher, struct shim_query *query, struct bits *documents)
{
    if (!query) {
        matcher->error = (struct shim_error){SHIM_NO_MEMORY, "no memory for the query"};
        return SHIM_NO_MEMORY;
    }
    enum shim_status status =
        shim_match(matcher->reader, query, documents->words, documents->count, &matcher->error);
    shim_query_free(query);
    return status;
}

static enum shim_status match_ordered(struct matcher *matcher, const struct query *query,
                                      struct bits *documents)
{
    struct shim_query *ordered = ordered_query(query);
    if (query->parts != QUERY_ALL_PARTS)
        ordered = held_query(matcher->columns, query, ordered);
    return run(matcher, ordered, documents);
}

/* Whoever asks for a year is told how many records cannot be found by one: a workbook says no dates at all.
 */
static void warn_of_dateless(struct matcher *matcher, size_t dateless, size_t records)
{
    if (dateless == 0)
        return;
    MEM_AUTO char *text = mem_format("year: %zu of %zu records do not say when they are in force; "
                                     "in_force:(none) finds them",
                                     dateless, records);
    strlist_add_unique(matcher->warnings, text);
}

/* What was in force in one of the years, or was first seen or changed since a day. */
static void match_time(struct matcher *matcher, const struct query *query, struct bits *documents)
{
    const struct columns *columns = matcher->columns;
    const struct facet_column *years = &columns->facets[field_facet_number(field_find("in_force"))];
    size_t records = 0, dateless = 0;
    BITS_EACH(&columns->all, document)
    {
        bool matches = query->kind == QUERY_SINCE && columns->dates[document].changed >= query->from;
        uint32_t first = years->documents.starts[document], last = years->documents.starts[document + 1];
        for (uint32_t i = first; query->kind == QUERY_YEARS && i < last && !matches; i++) {
            unsigned long year = strtoul(years->nodes[years->documents.items[i]].key, NULL, 10);
            matches = year && year >= query->from && year <= query->to; /* 0: "(none)" */
        }
        if (matches)
            bits_set(documents, document);
        if (columns->states[document] & DOCUMENT_IS_OLD)
            continue;
        records++;
        dateless += first == last || years->documents.items[first] == NODE_NONE;
    }
    if (query->kind == QUERY_YEARS)
        warn_of_dateless(matcher, dateless, records);
}

static struct values_asked asked_of(const struct matcher *matcher)
{
    return (struct values_asked){matcher->values, matcher->columns, matcher->analyser, matcher->warnings};
}

static void match_narrowing(struct matcher *matcher, const struct query *query, struct bits *documents)
{
    const struct values_asked asked = asked_of(matcher);
    if (query->kind == QUERY_VALUE)
        values_match(&asked, query, documents);
    else if (query->kind == QUERY_ID)
        values_match_id(&asked, query, documents);
    else
        match_time(matcher, query, documents);
}

/* A leaf of text, looked for in the index. */
static enum shim_status look_for(struct matcher *matcher, const struct query *query, struct bits *documents)
{
    if (query->kind == QUERY_WORD)
        return run(matcher, match_word_query(query->terms.items[0], query->parts), documents);
    if (query->kind != QUERY_PREFIX)
        return match_ordered(matcher, query, documents);
    const struct strlist *terms = matcher_expand(matcher, query->terms.items[0]);
    if (!terms)
        return matcher->error.status;
    return run(matcher, words_query(terms, query->parts, false), documents);
}

/* All that decides what a leaf of text matches. */
static void put_key(const struct query *query, struct buf *key)
{
    buf_printf(key, "%d %u %u", (int)query->kind, query->parts, query->distance);
    for (size_t i = 0; i < query->terms.len; i++)
        buf_append(key, query->terms.items[i], strlen(query->terms.items[i]) + 1);
}

/* A rare word is looked up as soon as a kept set is copied. */
static bool is_worth_keeping(const struct query *query, const struct bits *documents)
{
    return query->kind != QUERY_WORD || bits_total(documents) > documents->count / RARE_WORD;
}

static enum shim_status match_leaf(struct matcher *matcher, const struct query *query, struct bits *documents)
{
    if (query_narrows(query)) {
        match_narrowing(matcher, query, documents);
        return SHIM_OK;
    }
    /* What a prefix stands for is looked up in any case: there may be a warning to give. */
    if (query->kind == QUERY_PREFIX && !matcher_expand(matcher, query->terms.items[0]))
        return matcher->error.status;
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    put_key(query, &key);
    if (matcher->kept && kept_find(matcher->kept, &key, documents))
        return SHIM_OK;
    enum shim_status status = look_for(matcher, query, documents);
    if (status == SHIM_OK && matcher->kept && is_worth_keeping(query, documents))
        kept_put(matcher->kept, &key, documents);
    return status;
}

/* What a child does to its group, in the order in which it is done. */
enum role { ROLE_WANTED, ROLE_NARROWS, ROLE_EXCLUDES, ROLE_COUNT };

/* In a group without typed operators, what is negated excludes and what ranks nothing narrows, whether all or
 * any of the words are wanted. */
static enum role role_of(const struct query *group, const struct query *child)
{
    bool any_typed = group->kind == QUERY_OR && !group->is_implied;
    if (any_typed)
        return ROLE_WANTED;
    if (child->kind == QUERY_NOT)
        return ROLE_EXCLUDES;
    return query_has_wanted(child) ? ROLE_WANTED : ROLE_NARROWS;
}

/* Brings one child's documents into the group's; `started`: the group has documents of another child already.
 */
static void join(const struct matcher *matcher, const struct query *group, enum role role, bool started,
                 const struct bits *found, struct bits *documents)
{
    if (!started && role == ROLE_EXCLUDES)
        bits_or(documents, &matcher->columns->all);
    if (role == ROLE_EXCLUDES)
        bits_and_not(documents, found);
    else if (!started || (role == ROLE_WANTED && group->kind == QUERY_OR))
        bits_or(documents, found);
    else
        bits_and(documents, found);
}

/* Whether a child of a group is a value of a facet of releases, to be met along with its like. */
static bool is_of_release(const struct matcher *matcher, const struct query *group, const struct query *child)
{
    return child->kind == QUERY_VALUE && role_of(group, child) == ROLE_NARROWS &&
           (size_t)child->facet < matcher->columns->release_facet_count;
}

/* The values that one and the same release must meet, *new*: those of several release facets, one of each.
 * NULL where there are not two. Two values of one facet are asked of the record: no release has two data
 * sets. */
static const struct query **same_release_values(const struct matcher *matcher, const struct query *group,
                                                size_t *ret_count)
{
    const struct query **values = mem_zero(group->count, sizeof *values);
    unsigned facets = 0; /* met, as bits */
    bool one_of_each = matcher->same_release;
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++) {
        const struct query *child = group->children[i];
        if (!is_of_release(matcher, group, child))
            continue;
        one_of_each = one_of_each && !(facets & 1U << child->facet);
        facets |= 1U << child->facet;
        values[count++] = child;
    }
    bool asks_record = matcher->same_release && !one_of_each && (facets & (facets - 1));
    if (asks_record)
        strlist_add_unique(matcher->warnings, "several values of one field are asked of the record as a "
                                              "whole, and so are the others beside them, not of one release");
    *ret_count = count;
    if (one_of_each && count > 1)
        return values;
    free(values);
    return NULL;
}

/* One child into its group. */
static enum shim_status match_child(struct matcher *matcher, const struct query *group,
                                    const struct query *child, enum role role, bool started,
                                    struct bits *documents)
{
    struct bits found;
    enum shim_status status =
        matcher_match(matcher, role == ROLE_EXCLUDES ? child->children[0] : child, &found);
    if (status != SHIM_OK)
        return status;
    join(matcher, group, role, started, &found, documents);
    bits_free(&found);
    return SHIM_OK;
}

static void match_same_release(struct matcher *matcher, const struct query *group,
                               const struct query *const *values, size_t count, bool started,
                               struct bits *documents)
{
    const struct values_asked asked = asked_of(matcher);
    BITS_AUTO struct bits found = bits_new(matcher->columns->bits);
    values_match_release(&asked, values, count, &found);
    join(matcher, group, ROLE_NARROWS, started, &found, documents);
    matcher->asked_releases = true;
}

static enum shim_status match_group(struct matcher *matcher, const struct query *group,
                                    struct bits *documents)
{
    size_t value_count;
    const struct query **values = same_release_values(matcher, group, &value_count);
    enum shim_status status = SHIM_OK;
    bool started = false;
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        for (size_t i = 0; i < group->count && status == SHIM_OK; i++) {
            const struct query *child = group->children[i];
            if (role_of(group, child) != role || (values && is_of_release(matcher, group, child)))
                continue;
            status = match_child(matcher, group, child, role, started, documents);
            started = true;
        }
        if (role == ROLE_NARROWS && values && status == SHIM_OK) {
            match_same_release(matcher, group, values, value_count, started, documents);
            started = true;
        }
    }
    free(values);
    return status;
}

enum shim_status matcher_match(struct matcher *matcher, const struct query *query, struct bits *ret_documents)
{
    struct bits documents = bits_new(matcher->columns->bits);
    enum shim_status status;
    if (query->kind == QUERY_NOT) {
        struct bits found;
        status = matcher_match(matcher, query->children[0], &found);
        if (status == SHIM_OK) {
            bits_or(&documents, &matcher->columns->all);
            bits_and_not(&documents, &found);
            bits_free(&found);
        }
    } else if (query->kind == QUERY_AND || query->kind == QUERY_OR) {
        status = match_group(matcher, query, &documents);
    } else {
        status = match_leaf(matcher, query, &documents);
    }
    if (status == SHIM_OK)
        *ret_documents = documents;
    else
        bits_free(&documents);
    return status;
}
