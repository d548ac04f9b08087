/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Query text: any text is a query or passes a named limit; the tree is well-formed, its words are UTF-8, and
 * what it says in words is a query again.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/search/query.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

enum { TREE_DEPTH_MAX = 4 * QUERY_DEPTH_MAX /* a bracket makes an OR of ANDs of NOTs of leaves */ };

static struct analyser *analyser;

/* A value of a facet, or a reference: as typed, and in words. */
static void check_value(const struct query *query)
{
    size_t facets;
    field_facets(&facets);
    FUZZ_CHECK(query->value && *query->value, "a leaf of kind %d without a value", query->kind);
    FUZZ_CHECK(query->kind == QUERY_ID || (query->facet >= 0 && (size_t)query->facet < facets), "facet %d",
               query->facet);
    FUZZ_CHECK(!query->is_prefix || query->kind == QUERY_ID || query->terms.len == 1, "a prefix of %zu words",
               query->terms.len);
}

static void check_leaf(const struct query *query)
{
    FUZZ_CHECK(query->start <= query->end, "from byte %zu to %zu", query->start, query->end);
    if (query->kind == QUERY_SINCE || query->kind == QUERY_YEARS) {
        FUZZ_CHECK(query->terms.len == 0 && query->count == 0, "a date with words");
        FUZZ_CHECK(query->kind == QUERY_SINCE ? query->from > 0 : query->from <= query->to, "from %u to %u",
                   query->from, query->to);
        return;
    }
    bool is_value = query->kind == QUERY_VALUE || query->kind == QUERY_ID;
    if (is_value)
        check_value(query);
    size_t least = query->kind == QUERY_PHRASE || query->kind == QUERY_NEAR ? 2 : 1;
    FUZZ_CHECK(query->terms.len >= least && query->count == 0, "a leaf of kind %d with %zu terms",
               query->kind, query->terms.len);
    FUZZ_CHECK(is_value || least == 2 || query->terms.len == 1, "a word of %zu terms", query->terms.len);
    for (size_t i = 0; i < query->terms.len; i++) {
        const char *term = query->terms.items[i];
        FUZZ_CHECK(*term, "an empty term");
        fuzz_check_utf8(term, strlen(term), "a term");
    }
    FUZZ_CHECK(query->parts && !(query->parts & ~(unsigned)QUERY_ALL_PARTS), "parts %x", query->parts);
    FUZZ_CHECK(query->kind != QUERY_NEAR || (query->distance >= 1 && query->distance <= QUERY_NEAR_MAX),
               "distance %u", query->distance);
}

/* Whether the tree has an AND of several wanted sides that nobody typed, and that is not negated as a whole.
 */
static bool check_tree(const struct query *query, int depth)
{
    size_t wanted = 0;
    for (size_t i = 0; i < query->count; i++)
        wanted += query_has_wanted(query->children[i]);
    bool is_implied = query->kind == QUERY_AND && query->is_implied && wanted > 1;
    FUZZ_CHECK(depth < TREE_DEPTH_MAX, "deeper than %d", depth);
    if (query->kind < QUERY_AND) {
        check_leaf(query);
        return false;
    }
    FUZZ_CHECK(query->kind == QUERY_NOT ? query->count == 1 : query->count >= 2, "%zu sides of kind %d",
               query->count, query->kind);
    for (size_t i = 0; i < query->count; i++)
        is_implied |= check_tree(query->children[i], depth + 1);
    return is_implied && query->kind != QUERY_NOT;
}

/* The tree of a text, *new*, checked; NULL where there is nothing to look for or a limit is passed. */
static struct query *parse(const char *text, size_t len, unsigned parts, bool match_any)
{
    struct query *query = NULL;
    struct error error = ERROR_NONE;
    STRLIST_AUTO struct strlist warnings = {0};
    int status = query_parse(analyser, text, len, parts, match_any, &query, &warnings, &error);
    FUZZ_CHECK(status == 0 ? !error.is_set : status == -1 && error.is_set && !query, "status %d", status);
    /* Warnings quote the text; bytes that are no UTF-8 are replaced where the reply is written. */
    for (size_t i = 0; i < warnings.len && fuzz_is_utf8(text, len); i++)
        fuzz_check_utf8(warnings.items[i], strlen(warnings.items[i]), "a warning");
    if (query) {
        bool is_implied = check_tree(query, 0);
        FUZZ_CHECK(!match_any || !is_implied, "an implied AND, though any word will do");
    }
    return query;
}

static void check_text(const struct query *query)
{
    MEM_AUTO char *text = query_text(query);
    fuzz_check_utf8(text, strlen(text), "the query in words");
    FUZZ_CHECK((query != NULL) == (*text != '\0'), "in words: \"%s\"", text);
    query_free(parse(text, strlen(text), QUERY_ALL_PARTS, false));
}

static void check_relax(struct query *query)
{
    bool has_wanted = query_has_wanted(query);
    bool had_implied = check_tree(query, 0);
    FUZZ_CHECK(query_relax(query) == had_implied, "relaxing: %d", had_implied);
    FUZZ_CHECK(!check_tree(query, 0), "not wholly relaxed");
    FUZZ_CHECK(query_has_wanted(query) == has_wanted, "other words are wanted than before");
    check_text(query);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = mem_alloc(size);
    memcpy(text, data, size);
    if (!analyser)
        analyser = analyser_new();
    struct query *all = parse(text, size, QUERY_ALL_PARTS, false);
    struct query *any = parse(text, size, 1U << (size % FIELD_PART_COUNT), true);
    FUZZ_CHECK(!all == !any, "something to look for in all parts and nothing in one, or the reverse");
    check_text(all);
    check_text(any);
    if (all)
        check_relax(all);
    query_free(all);
    query_free(any);
    free(text);
    return 0;
}
