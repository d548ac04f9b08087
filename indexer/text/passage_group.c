/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phrases and nearness out of hits. */
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/text/passage_match.h"

enum { CLEARED_A_STEP = 64 }; /* bytes that are cleared in a step of work */

/* The hits of each term: those of term t are by_term[begins[t] .. begins[t + 1]), ascending. */
struct sorted {
    uint32_t *begins;
    uint32_t *by_term;
};

static struct sorted sort_hits(const struct matches *matches, const struct passage_query *query)
{
    struct sorted sorted;
    uint32_t *next;

    sorted.begins = mem_zero(query->term_count + 2, sizeof *sorted.begins);
    sorted.by_term = mem_zero(matches->hit_count, sizeof *sorted.by_term);
    /* Counted one place too far on, so that filling moves each beginning to where it belongs. */
    for (size_t i = 0; i < matches->hit_count; i++)
        sorted.begins[matches->hits[i].term + 2]++;
    for (size_t t = 2; t < query->term_count + 2; t++)
        sorted.begins[t] += sorted.begins[t - 1];
    next = sorted.begins + 1;
    for (uint32_t i = 0; i < matches->hit_count; i++)
        sorted.by_term[next[matches->hits[i].term]++] = i;
    return sorted;
}

static bool has_work(struct matches *matches)
{
    return matches->work++ < MATCH_WORK_MAX;
}

/* The hit of `term` at `position`, or NULL. */
static const struct match_hit *hit_at(struct matches *matches, const struct sorted *sorted, uint32_t term,
                                      uint32_t position)
{
    uint32_t low = sorted->begins[term], high = sorted->begins[term + 1];

    while (low < high && has_work(matches)) {
        uint32_t middle = low + (high - low) / 2;
        const struct match_hit *hit = &matches->hits[sorted->by_term[middle]];
        if (hit->position == position)
            return hit;
        if (hit->position < position)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Where the phrase that begins with `first` ends; 0 where it does not stand there. */
static size_t phrase_end(struct matches *matches, const struct passage_query *query,
                         const struct sorted *sorted, const struct match_item *item,
                         const struct match_hit *first)
{
    size_t end = first->end;

    for (uint32_t i = 1; i < item->n; i++) {
        const struct match_hit *hit =
            hit_at(matches, sorted, query->order[item->first + i], first->position + i);
        if (hit == NULL)
            return 0;
        end = hit->end > end ? hit->end : end;
    }
    return end;
}

static void group_phrase(struct matches *matches, const struct passage_query *query,
                         const struct sorted *sorted, uint32_t number)
{
    const struct match_item *item = &query->items[number];
    uint32_t term = query->order[item->first];

    for (uint32_t i = sorted->begins[term]; i < sorted->begins[term + 1] && has_work(matches); i++) {
        const struct match_hit *first = &matches->hits[sorted->by_term[i]];
        size_t end = phrase_end(matches, query, sorted, item, first);
        if (end > 0) {
            matches_add(matches, first->start, end, number);
            matches_add_mark(matches, first->start, end);
        }
    }
}

/* A nearness being looked for: every word at a position of its own, as OP_NEAR has it (a token may be several
 * terms). */
struct nearness {
    struct matches *matches;
    const struct passage_query *query;
    const struct match_item *item;
    uint32_t number;
    uint32_t *own; /* the hits that are one of its words */
    size_t count;
    size_t marked;  /* own[.. marked) are marked where they are to be */
    int8_t *holder; /* for each of own: the word that holds its position, at the first hit of the position; -1
                       none */
    bool *is_visited; /* the same, in one search */
};

static bool is_word_of(const struct nearness *near, uint32_t term)
{
    for (uint32_t i = 0; i < near->item->n; i++) {
        if (near->query->order[near->item->first + i] == term)
            return true;
    }
    return false;
}

static const struct match_hit *own_hit(const struct nearness *near, size_t index)
{
    return &near->matches->hits[near->own[index]];
}

/* The first of own[from ..] at the position of own[index]. */
static size_t place_of(const struct nearness *near, size_t from, size_t index)
{
    while (index > from && own_hit(near, index - 1)->position == own_hit(near, index)->position)
        index--;
    return index;
}

/* Finds a place for a word among own[from .. to], moving others that can stand elsewhere (Kuhn 1955). */
static bool find_place(struct nearness *near, int8_t word, size_t from, size_t to)
{
    uint32_t term = near->query->order[near->item->first + (uint32_t)word];

    for (size_t i = from; i <= to && has_work(near->matches); i++) {
        size_t place;
        if (own_hit(near, i)->term != term)
            continue;
        place = place_of(near, from, i);
        if (near->is_visited[place])
            continue;
        near->is_visited[place] = true;
        if (near->holder[place] < 0 || find_place(near, near->holder[place], from, to)) {
            near->holder[place] = word;
            return true;
        }
    }
    return false;
}

static bool is_complete(struct nearness *near, size_t from, size_t to)
{
    near->matches->work += (uint32_t)(to - from) / CLEARED_A_STEP;
    memset(near->holder + from, -1, to - from + 1);
    for (uint32_t word = 0; word < near->item->n; word++) {
        memset(near->is_visited + from, 0, (to - from + 1) * sizeof *near->is_visited);
        if (!find_place(near, (int8_t)word, from, to))
            return false;
    }
    return true;
}

/* A match that ends with own[to], from as late as it can. What else of the window is one of the words could
 * stand in for the one chosen, so all are marked. */
static void match_near(struct nearness *near, size_t from, size_t to)
{
    size_t end = 0, tight = to + 1 - near->item->n;

    if (!is_complete(near, from, to))
        return;
    while (tight > from && !is_complete(near, tight, to))
        tight--;
    for (size_t i = tight; i <= to; i++)
        end = own_hit(near, i)->end > end ? own_hit(near, i)->end : end;
    matches_add(near->matches, own_hit(near, tight)->start, end, near->number);
    for (near->marked = near->marked > from ? near->marked : from; near->marked <= to; near->marked++)
        matches_add_mark(near->matches, own_hit(near, near->marked)->start, own_hit(near, near->marked)->end);
}

static void slide_near(struct nearness *near)
{
    size_t from = 0;

    for (size_t to = 0; to < near->count && has_work(near->matches); to++) {
        while (own_hit(near, to)->position - own_hit(near, from)->position >= near->item->window)
            from++;
        if (to - from + 1 >= near->item->n)
            match_near(near, from, to);
    }
}

static void group_near(struct matches *matches, const struct passage_query *query, uint32_t number)
{
    struct nearness near = {
        .matches = matches, .query = query, .item = &query->items[number], .number = number};

    near.own = mem_zero(matches->hit_count, sizeof *near.own);
    for (uint32_t i = 0; i < matches->hit_count; i++) {
        if (is_word_of(&near, matches->hits[i].term))
            near.own[near.count++] = i;
    }
    near.holder = mem_zero(near.count + 1, sizeof *near.holder);
    near.is_visited = mem_zero(near.count + 1, sizeof *near.is_visited);
    slide_near(&near);
    free(near.own);
    free(near.holder);
    free(near.is_visited);
}

void matches_group(struct matches *matches, const struct passage_query *query)
{
    struct sorted sorted = sort_hits(matches, query);

    for (uint32_t i = 0; i < query->item_count; i++) {
        if (query->items[i].kind == MATCH_PHRASE)
            group_phrase(matches, query, &sorted, i);
        else if (query->items[i].kind == MATCH_NEAR)
            group_near(matches, query, i);
    }
    free(sorted.begins);
    free(sorted.by_term);
}
