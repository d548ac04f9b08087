/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/ranking.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/search/function_words.h"

/* Parts that say what a text is about, and how much more a word weighs there. */
static const struct {
    const char *part;
    double factor;
} boosts[] = {{"title", RANKING_TITLE}, {"objectives", RANKING_OBJECTIVES}};

enum { BOOST_COUNT = sizeof boosts / sizeof *boosts };

/* A ranking being made. */
struct making {
    struct ranking *ranking;
    struct matcher *matcher;
    uint32_t documents;
    size_t boosted; /* words */
    struct shim_query *extras[RANKING_BOOSTED_MAX * BOOST_COUNT];
    size_t extra_count;
};

struct shim_query *ranking_leaf_query(const struct ranking_leaf *leaf)
{
    struct shim_query *word = match_word_query(
        leaf->term, leaf->part == RANKING_WHOLE ? QUERY_ALL_PARTS : 1U << (unsigned)leaf->part);
    return leaf->factor == 1 ? word : shim_query_scale(word, leaf->factor);
}

static struct shim_query *add_leaf(struct making *making, const char *term, int part, double factor)
{
    struct ranking *ranking = making->ranking;
    ranking->leaves = mem_push(ranking->leaves, ranking->count, &ranking->cap, sizeof *ranking->leaves);
    struct ranking_leaf *leaf = &ranking->leaves[ranking->count++];
    *leaf = (struct ranking_leaf){.term = term, .part = part, .factor = factor};
    return ranking_leaf_query(leaf);
}

/* ---- what weighs more ---- */

static int part_number(const char *name)
{
    int part = 0;
    while (strcmp(field_parts()[part]->name, name) != 0)
        part++;
    return part;
}

/* In how many documents a term stands; 0 where it cannot be read, which the ranking itself will say. */
static uint32_t frequency(const struct making *making, const char *term, size_t len)
{
    uint32_t documents = 0;
    struct shim_error ignored;
    if (shim_reader_frequency(making->matcher->reader, term, len, &documents, &ignored) != SHIM_OK)
        return 0;
    return documents;
}

/* A rare word of titles may be a common one of texts: the part's term weighs with its own rarity, so that is
 * divided out. */
static void add_boosts(struct making *making, const char *term, double factor)
{
    if (making->boosted == RANKING_BOOSTED_MAX)
        return;
    making->boosted++;
    uint32_t whole = frequency(making, term, strlen(term));
    for (int i = 0; i < BOOST_COUNT && whole > 0; i++) {
        int part = part_number(boosts[i].part);
        char scoped[SHIM_TERM_MAX];
        size_t len = match_scoped_term(field_parts()[part], term, scoped);
        uint32_t there = frequency(making, scoped, len);
        if (there == 0)
            continue;
        double rarity =
            shim_weighting_rarity(making->documents, whole) / shim_weighting_rarity(making->documents, there);
        making->extras[making->extra_count++] =
            add_leaf(making, term, part, factor * boosts[i].factor * rarity);
    }
}

/* ---- the tree ---- */

/* A word in any of the parts. */
static struct shim_query *add_word(struct making *making, const char *term, unsigned parts, double factor,
                                   bool boosted)
{
    if (is_function_word(term))
        factor *= RANKING_FUNCTION_WORD;
    if (parts == QUERY_ALL_PARTS) {
        struct shim_query *word = add_leaf(making, term, RANKING_WHOLE, factor);
        if (boosted)
            add_boosts(making, term, factor);
        return word;
    }
    struct shim_query *words[FIELD_PART_COUNT];
    size_t count = 0;
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        if (parts & 1U << part)
            words[count++] = add_leaf(making, term, part, factor);
    return shim_query_or(words, count);
}

/* The words of a prefix are many, and only one of them was meant: they weigh once. */
static struct shim_query *add_words(struct making *making, const struct strlist *terms, unsigned parts,
                                    bool all, double factor)
{
    if (terms->len == 0)
        return shim_query_none();
    struct shim_query **words = mem_zero(terms->len, sizeof(struct shim_query *));
    for (size_t i = 0; i < terms->len; i++)
        words[i] = add_word(making, terms->items[i], parts, factor, all);
    struct shim_query *query = all ? shim_query_and(words, terms->len) : shim_query_or(words, terms->len);
    free(words);
    return query;
}

/* What the vocabulary added weighs less than what was typed, its words together as one. */
static double leaf_factor(const struct query *leaf)
{
    return leaf->is_added ? RANKING_ADDED / (double)leaf->terms.len : 1;
}

static struct shim_query *add_tree(struct making *making, const struct query *query)
{
    if (query->kind == QUERY_PREFIX) {
        const struct strlist *terms = matcher_expand(making->matcher, query->terms.items[0]);
        return terms ? add_words(making, terms, query->parts, false, 1) : NULL;
    }
    if (query->kind != QUERY_AND && query->kind != QUERY_OR)
        return add_words(making, &query->terms, query->parts, true, leaf_factor(query));
    struct shim_query **children = mem_zero(query->count, sizeof(struct shim_query *));
    size_t count = 0;
    for (size_t i = 0; i < query->count; i++)
        if (query_has_wanted(query->children[i]))
            children[count++] = add_tree(making, query->children[i]);
    struct shim_query *group =
        query->kind == QUERY_AND ? shim_query_and(children, count) : shim_query_or(children, count);
    free(children);
    return group;
}

/* The tree with what weighs more on top. */
static struct shim_query *make_query(struct making *making, const struct query *query)
{
    struct shim_query *tree = add_tree(making, query);
    if (making->extra_count == 0)
        return tree;
    return shim_query_boost(tree, shim_query_or(making->extras, making->extra_count));
}

enum shim_status ranking_make(struct matcher *matcher, const struct query *query, struct ranking *ranking)
{
    *ranking = (struct ranking){0};
    struct shim_error *error = &matcher->error;
    if (!query_has_wanted(query)) {
        *error = (struct shim_error){SHIM_INVALID, "nothing is wanted that could be weighed"};
        return SHIM_INVALID;
    }
    uint32_t last;
    struct making making = {.ranking = ranking, .matcher = matcher};
    enum shim_status status = shim_reader_count(matcher->reader, &making.documents, &last, error);
    if (status != SHIM_OK)
        return status;
    *error = (struct shim_error){SHIM_NO_MEMORY, "no memory to rank with"};
    ranking->query = make_query(&making, query);
    if (ranking->query)
        return SHIM_OK;
    ranking_free(ranking);
    return error->status;
}

void ranking_free(struct ranking *ranking)
{
    shim_query_free(ranking->query);
    free(ranking->leaves);
    *ranking = (struct ranking){0};
}
