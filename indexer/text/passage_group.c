/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phrases and nearness out of hits. */
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/text/passage_match.h"

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

/* The last hits of a nearness' words, one each; a word wanted twice has two. */
struct nearby {
    const struct match_hit *last[PASSAGE_WORDS_MAX];
    size_t n;
};

static bool renew(struct nearby *nearby, const struct passage_query *query, const struct match_item *item,
                  const struct match_hit *hit)
{
    size_t oldest = SIZE_MAX;

    for (size_t i = 0; i < nearby->n; i++) {
        if (query->order[item->first + i] != hit->term)
            continue;
        if (oldest == SIZE_MAX || nearby->last[i] == NULL ||
            (nearby->last[oldest] != NULL && nearby->last[i]->position < nearby->last[oldest]->position))
            oldest = i;
    }
    if (oldest != SIZE_MAX)
        nearby->last[oldest] = hit;
    return oldest != SIZE_MAX;
}

/* Whether all words are there, at positions of their own, `window` positions wide at most. */
static bool is_within(const struct nearby *nearby, const struct match_hit *newest, unsigned window)
{
    for (size_t i = 0; i < nearby->n; i++) {
        if (nearby->last[i] == NULL || newest->position - nearby->last[i]->position >= window)
            return false;
        for (size_t k = 0; k < i; k++) {
            if (nearby->last[k]->position == nearby->last[i]->position)
                return false;
        }
    }
    return true;
}

static void add_nearby(struct matches *matches, const struct nearby *nearby, uint32_t number)
{
    size_t start = SIZE_MAX, end = 0;

    for (size_t i = 0; i < nearby->n; i++) {
        const struct match_hit *hit = nearby->last[i];
        start = hit->start < start ? hit->start : start;
        end = hit->end > end ? hit->end : end;
        matches_add_mark(matches, hit->start, hit->end);
    }
    matches_add(matches, start, end, number);
}

static void group_near(struct matches *matches, const struct passage_query *query, uint32_t number)
{
    const struct match_item *item = &query->items[number];
    struct nearby nearby = {.n = item->n};

    for (size_t i = 0; i < matches->hit_count; i++) {
        const struct match_hit *hit = &matches->hits[i];
        matches->work += item->n;
        if (!has_work(matches))
            return;
        if (!renew(&nearby, query, item, hit))
            continue;
        matches->work += item->n * item->n / 2;
        if (is_within(&nearby, hit, item->window))
            add_nearby(matches, &nearby, number);
    }
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
