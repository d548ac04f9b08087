/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/passage_match.h"

#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/text/passage_scan.h"

void matches_free(struct matches *matches)
{
    free(matches->found);
    free(matches->marks);
    free(matches->hits);
}

void matches_add(struct matches *matches, size_t start, size_t end, uint32_t item)
{
    if (matches->count == MATCH_FOUND_MAX)
        return;
    if (matches->count == matches->cap)
        matches->found = mem_push(matches->found, matches->count, &matches->cap, sizeof *matches->found);
    matches->found[matches->count++] = (struct match){start, end, item};
}

void matches_add_mark(struct matches *matches, size_t start, size_t end)
{
    if (!matches->wants_marks || matches->mark_count == MATCH_FOUND_MAX)
        return;
    if (matches->mark_count == matches->mark_cap)
        matches->marks =
            mem_push(matches->marks, matches->mark_count, &matches->mark_cap, sizeof *matches->marks);
    matches->marks[matches->mark_count++] = (struct match_mark){start, end};
}

static void add_hit(struct matches *matches, size_t start, size_t end, uint32_t term, uint32_t position)
{
    if (matches->hit_count == matches->hit_cap)
        matches->hits = mem_push(matches->hits, matches->hit_count, &matches->hit_cap, sizeof *matches->hits);
    matches->hits[matches->hit_count++] = (struct match_hit){start, end, term, position};
}

static void match_term(struct matches *matches, const struct passage_query *query, struct term term,
                       const struct token *token, size_t end)
{
    int32_t number = passage_query_find(query, term);

    if (number < 0)
        return;
    if (query->terms[number].word_item >= 0) {
        matches_add(matches, token->start, end, (uint32_t)query->terms[number].word_item);
        matches_add_mark(matches, token->start, end);
    }
    if (query->terms[number].is_grouped)
        add_hit(matches, token->start, end, (uint32_t)number, token->position);
}

static void match_prefixes(struct matches *matches, const struct passage_query *query,
                           const struct token *token)
{
    for (uint32_t i = 0; i < query->item_count; i++) {
        const struct match_item *item = &query->items[i];
        if (item->kind != MATCH_PREFIX || item->n > token->word.len ||
            memcmp(query->bytes.data + item->first, token->word.bytes, item->n) != 0)
            continue;
        matches_add(matches, token->start, token->start + token->len, i);
        matches_add_mark(matches, token->start, token->start + token->len);
    }
}

/* `exact` is the term or one of the extras, so these are all. */
static void match_token(struct matches *matches, const struct analyser *analyser,
                        const struct passage_query *query, const struct token *token)
{
    size_t end = token->start + token->len;

    match_term(matches, query, token->term, token, end);
    for (size_t i = 0; i < token->extra_count; i++) {
        bool is_joined = token->extra[i].bytes == token->joined.bytes;
        match_term(matches, query, token->extra[i], token, is_joined ? analyser->compound.end : end);
    }
    if (query->has_prefixes)
        match_prefixes(matches, query, token);
}

static int compare_starts(const void *a, const void *b)
{
    const struct match *one = a, *other = b;

    if (one->start != other->start)
        return one->start < other->start ? -1 : 1;
    return one->end < other->end ? -1 : one->end > other->end;
}

/* Whether the last hit ends the phrase. */
static bool ends_phrase(const struct matches *matches, const struct passage_query *query,
                        const struct match_item *phrase)
{
    const struct match_hit *last = &matches->hits[matches->hit_count - 1];
    uint32_t left = phrase->n;

    for (size_t i = matches->hit_count; left > 0 && i > 0; i--) {
        const struct match_hit *hit = &matches->hits[i - 1];
        uint32_t behind = phrase->n - left;
        if (hit->position + behind < last->position)
            return false;
        if (hit->position + behind == last->position && hit->term == query->order[phrase->first + left - 1])
            left--;
    }
    return left == 0;
}

/* Whether the first match of a query that is a single thing has been met. */
static bool has_first(const struct matches *matches, const struct passage_query *query)
{
    if (matches->count > 0)
        return true;
    for (size_t i = 0; i < query->item_count && matches->hit_count > 0; i++) {
        if (query->items[i].kind == MATCH_PHRASE && ends_phrase(matches, query, &query->items[i]))
            return true;
    }
    return false;
}

/* Whether the match met last is worth as much as any passage can be. */
static bool has_worth(const struct matches *matches, const struct passage_query *query)
{
    return matches->count > 0 &&
           query->items[passage_query_counts_as(query, matches->found[matches->count - 1].item)].units >=
               matches->first_units;
}

/* Goes to the next token that may be wanted, or to one before it. Positions are counted, and so nothing is
 * skipped, as long as a phrase or a nearness could reach from the last hit. */
static bool scan_wanted(const struct matches *matches, struct analyser *analyser,
                        const struct passage_query *query)
{
    bool is_in_reach = matches->hit_count > 0 &&
                       analyser->position - matches->hits[matches->hit_count - 1].position <= query->reach;

    if (!is_in_reach && passage_scan_may(&query->pairs) && !passage_scan_skip(analyser, &query->pairs))
        return false;
    return analyser_scan(analyser);
}

void matches_collect(struct matches *matches, struct analyser *analyser, const struct passage_query *query,
                     const char *text, size_t from, size_t to)
{
    const struct word *word = &analyser->word;
    struct token token;

    analyser_begin(analyser, text, to);
    analyser->at = from;
    while (matches->hit_count < MATCH_HITS_MAX && matches->count < MATCH_HITS_MAX &&
           scan_wanted(matches, analyser, query)) {
        if (word->is_plain && (query->begins[word->folded[0] & 31] >> (word->folded[1] & 31) & 1) == 0)
            continue;
        analyser_complete(analyser, &token);
        match_token(matches, analyser, query, &token);
        if (matches->first_only && has_first(matches, query))
            break;
        if (matches->first_units > 0 && !query->has_groups && has_worth(matches, query))
            break;
    }
    if (matches->hit_count > 0)
        matches_group(matches, query);
    if (matches->count > 1)
        qsort(matches->found, matches->count, sizeof *matches->found, compare_starts);
}
