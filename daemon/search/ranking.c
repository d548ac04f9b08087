/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/ranking.h"

#include <stdlib.h>

struct shim_query *ranking_leaf_query(const struct ranking_leaf *leaf)
{
    struct shim_query *word = match_word_query(
        leaf->term, leaf->part == RANKING_WHOLE ? QUERY_ALL_PARTS : 1U << (unsigned)leaf->part);
    return leaf->factor == 1 ? word : shim_query_scale(word, leaf->factor);
}

static struct shim_query *add_leaf(struct ranking *ranking, const char *term, int part, double factor)
{
    ranking->leaves = mem_push(ranking->leaves, ranking->count, &ranking->cap, sizeof *ranking->leaves);
    struct ranking_leaf *leaf = &ranking->leaves[ranking->count++];
    *leaf = (struct ranking_leaf){.term = term, .part = part, .factor = factor};
    return ranking_leaf_query(leaf);
}

/* A word in any of the parts. */
static struct shim_query *add_word(struct ranking *ranking, const char *term, unsigned parts, double factor)
{
    if (parts == QUERY_ALL_PARTS)
        return add_leaf(ranking, term, RANKING_WHOLE, factor);
    struct shim_query *words[FIELD_PART_COUNT];
    size_t count = 0;
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        if (parts & 1U << part)
            words[count++] = add_leaf(ranking, term, part, factor);
    return shim_query_or(words, count);
}

static struct shim_query *add_words(struct ranking *ranking, const struct strlist *terms, unsigned parts,
                                    bool all, double factor)
{
    if (terms->len == 0)
        return shim_query_none();
    struct shim_query **words = mem_zero(terms->len, sizeof(struct shim_query *));
    for (size_t i = 0; i < terms->len; i++)
        words[i] = add_word(ranking, terms->items[i], parts, factor);
    struct shim_query *query = all ? shim_query_and(words, terms->len) : shim_query_or(words, terms->len);
    free(words);
    return query;
}

/* What the vocabulary added weighs less than what was typed, its words together as one. */
static double leaf_factor(const struct query *leaf)
{
    return leaf->is_added ? RANKING_ADDED / (double)leaf->terms.len : 1;
}

static struct shim_query *add_tree(struct ranking *ranking, struct matcher *matcher,
                                   const struct query *query)
{
    if (query->kind == QUERY_PREFIX) {
        const struct strlist *terms = matcher_expand(matcher, query->terms.items[0]);
        return terms ? add_words(ranking, terms, query->parts, false, 1) : NULL;
    }
    if (query->kind != QUERY_AND && query->kind != QUERY_OR)
        return add_words(ranking, &query->terms, query->parts, true, leaf_factor(query));
    struct shim_query **children = mem_zero(query->count, sizeof(struct shim_query *));
    size_t count = 0;
    for (size_t i = 0; i < query->count; i++)
        if (query_has_wanted(query->children[i]))
            children[count++] = add_tree(ranking, matcher, query->children[i]);
    struct shim_query *group =
        query->kind == QUERY_AND ? shim_query_and(children, count) : shim_query_or(children, count);
    free(children);
    return group;
}

int ranking_make(struct matcher *matcher, const struct query *query, struct ranking *ranking)
{
    *ranking = (struct ranking){0};
    if (query_has_wanted(query))
        ranking->query = add_tree(ranking, matcher, query);
    if (ranking->query)
        return 0;
    ranking_free(ranking);
    return -1;
}

void ranking_free(struct ranking *ranking)
{
    shim_query_free(ranking->query);
    free(ranking->leaves);
    *ranking = (struct ranking){0};
}
