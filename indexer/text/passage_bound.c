/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a passage can be worth at most, by where the index has its terms. */
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

static bool phrase_stands(const struct passage_query *query, const struct match_item *item,
                          const struct passage_positions *terms, uint32_t from, uint32_t to)
{
    const uint32_t *order = query->order + item->first;
    const struct passage_positions *first = &terms[order[0]];

    for (size_t i = first_from(first, from); i < first->count && first->items[i] < to; i++) {
        uint32_t word = 1;
        while (word < item->n && stands_at(&terms[order[word]], first->items[i] + word))
            word++;
        if (word == item->n)
            return true;
    }
    return false;
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

static bool may_stand(const struct passage_query *query, uint32_t number,
                      const struct passage_positions *terms, uint32_t from, uint32_t to)
{
    const struct match_item *item = &query->items[number];

    switch (item->kind) {
    case MATCH_WORD:
        return stands_in(&terms[item->term], from, to);
    case MATCH_PHRASE:
        return phrase_stands(query, item, terms, from, to);
    case MATCH_NEAR:
        return all_stand(query, item, terms, from, to);
    case MATCH_PREFIX:
        break;
    }
    return true;
}

double passage_query_bound(const struct passage_query *query, const struct passage_positions *terms,
                           uint32_t from, uint32_t to)
{
    bool is_counted[PASSAGE_ITEMS_MAX] = {false};
    uint64_t units = 0;

    for (uint32_t i = 0; i < query->item_count; i++) {
        uint32_t as = passage_query_counts_as(query, i);
        if (is_counted[as] || !may_stand(query, i, terms, from, to))
            continue;
        is_counted[as] = true;
        units += query->items[as].units;
    }
    return (double)units / MATCH_UNIT;
}
