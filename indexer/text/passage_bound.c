/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a passage can be worth at most, by where the index has its terms. */
#include <stdlib.h>

#include "indexer/base/mem.h"
#include "indexer/text/passage_match.h"

size_t passage_query_terms(const struct passage_query *query)
{
    return query->term_count;
}

struct term passage_query_term_at(const struct passage_query *query, size_t number)
{
    return passage_query_term(query, (uint32_t)number);
}

/* The number of the first position that is `wanted` or more. */
static size_t first_from(const struct passage_positions *positions, uint32_t wanted)
{
    size_t low = 0, high = positions->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (positions->items[middle] < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool stands_in(const struct passage_positions *positions, uint32_t from, uint32_t to)
{
    size_t first = first_from(positions, from);

    return first < positions->count && positions->items[first] < to;
}

static bool stands_at(const struct passage_positions *positions, uint32_t position)
{
    return position < UINT32_MAX && stands_in(positions, position, position + 1);
}

/* Something of the query at a position. */
struct standing {
    uint32_t position, item;
};

struct standings {
    struct standing *items;
    size_t count, cap;
};

static void add(struct standings *standings, uint32_t position, uint32_t item)
{
    standings->items =
        mem_push(standings->items, standings->count, &standings->cap, sizeof *standings->items);
    standings->items[standings->count++] = (struct standing){position, item};
}

static bool phrase_stands(const struct passage_query *query, const struct match_item *item,
                          const struct passage_positions *terms, uint32_t position)
{
    for (uint32_t word = 1; word < item->n; word++) {
        if (!stands_at(&terms[query->order[item->first + word]], position + word))
            return false;
    }
    return true;
}

/* Where a word stands, or a phrase begins. */
static void gather(const struct passage_query *query, const struct match_item *item,
                   const struct passage_positions *terms, uint32_t from, uint32_t to,
                   struct standings *standings)
{
    bool is_phrase = item->kind == MATCH_PHRASE;
    const struct passage_positions *first = &terms[is_phrase ? query->order[item->first] : item->term];

    for (size_t i = first_from(first, from); i < first->count && first->items[i] < to; i++) {
        if (!is_phrase || phrase_stands(query, item, terms, first->items[i]))
            add(standings, first->items[i], item->form_of);
    }
}

static bool all_stand(const struct passage_query *query, const struct match_item *item,
                      const struct passage_positions *terms, uint32_t from, uint32_t to)
{
    for (uint32_t i = 0; i < item->n; i++) {
        if (!stands_in(&terms[query->order[item->first + i]], from, to))
            return false;
    }
    return true;
}

static int by_position(const void *a, const void *b)
{
    const struct standing *one = a, *other = b;

    return one->position < other->position ? -1 : one->position > other->position;
}

/* The most that different things are worth which stand less than `reach` positions from the first of them. */
static uint64_t most_within(const struct passage_query *query, const struct standings *standings,
                            size_t reach)
{
    uint16_t seen[PASSAGE_ITEMS_MAX] = {0};
    uint64_t units = 0, most = 0;

    for (size_t from = 0, to = 0; from < standings->count; from++) {
        const struct standing *first = &standings->items[from];
        for (; to < standings->count && standings->items[to].position - first->position < reach; to++) {
            if (seen[standings->items[to].item]++ == 0)
                units += query->items[standings->items[to].item].units;
        }
        most = units > most ? units : most;
        if (--seen[first->item] == 0)
            units -= query->items[first->item].units;
    }
    return most;
}

/* A token takes a byte at least and another that parts it from the next, or is longer: in so many bytes begin
 * half as many tokens. What a passage is worth begins within its length. */
double passage_query_bound(const struct passage_query *query, const struct passage_positions *terms,
                           uint32_t from, uint32_t to, size_t length)
{
    struct standings standings = {0};
    uint64_t units = 0;

    for (size_t i = 0; i < query->item_count; i++) {
        const struct match_item *item = &query->items[i];
        if (item->kind == MATCH_WORD || item->kind == MATCH_PHRASE)
            gather(query, item, terms, from, to, &standings);
        else if (item->kind == MATCH_PREFIX || all_stand(query, item, terms, from, to))
            units += query->items[item->form_of].units;
    }
    if (standings.count > 1)
        qsort(standings.items, standings.count, sizeof *standings.items, by_position);
    units += most_within(query, &standings, length / 2 + 1);
    free(standings.items);
    return (double)units / MATCH_UNIT;
}
