/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/passage_match.h"

#include <stddef.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "indexer/base/mem.h"
#include "indexer/text/passage_scan.h"

enum {
    SLOTS_FIRST = 64, /* a power of two */
    WEIGHT_MAX = 1000000,
};

/* What a thing counts beside a word of the same weight. */
static const double factors[] = {
    [MATCH_WORD] = 1, [MATCH_PREFIX] = 1, [MATCH_PHRASE] = 2, [MATCH_NEAR] = 1.5};

struct passage_query *passage_query_new(void)
{
    struct passage_query *query = mem_alloc(sizeof *query);

    memset(query, 0, offsetof(struct passage_query, items));
    query->bytes = (struct buf)BUF_INIT(MATCH_BYTES_MAX);
    query->last = UINT32_MAX;
    query->slot_count = SLOTS_FIRST;
    query->slots = mem_zero(query->slot_count, sizeof *query->slots);
    return query;
}

void passage_query_free(struct passage_query *query)
{
    if (query == NULL)
        return;
    buf_free(&query->bytes);
    free(query->terms);
    free(query->order);
    free(query->slots);
    free(query);
}

bool passage_query_is_empty(const struct passage_query *query)
{
    return query->item_count == 0;
}

bool passage_query_is_single(const struct passage_query *query)
{
    for (size_t i = 1; i < query->item_count; i++) {
        if (query->items[i].form_of != query->items[0].form_of)
            return false;
    }
    return query->item_count > 0;
}

void passage_query_same(struct passage_query *query)
{
    query->is_same_next = query->last != UINT32_MAX;
}

double passage_query_most(const struct passage_query *query)
{
    uint64_t units = 0;

    for (size_t i = 0; i < query->item_count; i++)
        units += query->items[i].form_of == i ? query->items[i].units : 0;
    return (double)units / MATCH_UNIT;
}

static uint32_t *find_slot(const struct passage_query *query, struct term term, uint32_t hash)
{
    size_t mask = query->slot_count - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        uint32_t number = query->slots[i];
        if (number == 0)
            return &query->slots[i];
        const struct match_term *other = &query->terms[number - 1];
        if (other->hash == hash && other->len == term.len &&
            memcmp(query->bytes.data + other->at, term.bytes, term.len) == 0)
            return &query->slots[i];
    }
}

int32_t passage_query_find(const struct passage_query *query, struct term term)
{
    uint32_t *slot = find_slot(query, term, (uint32_t)XXH3_64bits(term.bytes, term.len));

    return (int32_t)*slot - 1;
}

static void grow_slots(struct passage_query *query)
{
    query->slot_count *= 2;
    free(query->slots);
    query->slots = mem_zero(query->slot_count, sizeof *query->slots);
    for (uint32_t i = 0; i < query->term_count; i++)
        *find_slot(query, passage_query_term(query, i), query->terms[i].hash) = i + 1;
}

static bool is_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static bool is_one_of_porters(const char *term, size_t len)
{
    return len == 3 &&
           (memcmp(term, "die", 3) == 0 || memcmp(term, "lie", 3) == 0 || memcmp(term, "tie", 3) == 0);
}

/* Lets plain words by whose stems, or which themselves, may begin so. */
static void let_by(struct passage_query *query, const char *bytes, size_t len)
{
    uint32_t *begins = &query->begins[bytes[0] & 31];

    if (!is_letter(bytes[0]))
        return;
    if (len == 1)
        *begins = UINT32_MAX;
    else if (is_letter(bytes[1]))
        *begins |= UINT32_C(1) << (bytes[1] & 31);
    if (is_one_of_porters(bytes, len)) /* dying, lying, tying */
        *begins |= UINT32_C(1) << ('y' & 31);
}

/* The number of a term, added where it is new; -1 where there is no more room. */
static int32_t add_term(struct passage_query *query, struct term term)
{
    uint32_t hash = (uint32_t)XXH3_64bits(term.bytes, term.len);
    uint32_t *slot;

    if (term.len == 0 || term.len > MATCH_TERM_BYTES_MAX)
        return -1;
    if (2 * (query->term_count + 1) > query->slot_count)
        grow_slots(query);
    slot = find_slot(query, term, hash);
    if (*slot != 0)
        return (int32_t)*slot - 1;
    if (query->term_count == MATCH_TERMS_MAX || query->bytes.len + term.len > MATCH_BYTES_MAX)
        return -1;
    query->terms = mem_push(query->terms, query->term_count, &query->term_cap, sizeof *query->terms);
    query->terms[query->term_count] =
        (struct match_term){.at = query->bytes.len, .len = term.len, .hash = hash, .word_item = -1};
    buf_append(&query->bytes, term.bytes, term.len);
    let_by(query, term.bytes, term.len);
    passage_scan_add(&query->pairs, term.bytes, term.len);
    *slot = (uint32_t)++query->term_count;
    return (int32_t)query->term_count - 1;
}

static uint64_t units_of(enum match_kind kind, double weight)
{
    double units = weight * factors[kind] * MATCH_UNIT;

    if (!(units >= 1))
        return 1;
    return units > (double)WEIGHT_MAX * MATCH_UNIT ? (uint64_t)WEIGHT_MAX * MATCH_UNIT : (uint64_t)units;
}

static struct match_item *add_item(struct passage_query *query, enum match_kind kind, double weight)
{
    struct match_item *item;
    uint32_t number = (uint32_t)query->item_count;

    if (query->item_count == PASSAGE_ITEMS_MAX)
        return NULL;
    item = &query->items[query->item_count++];
    *item = (struct match_item){.kind = kind,
                                .units = units_of(kind, weight),
                                .form_of = query->is_same_next ? query->items[query->last].form_of : number,
                                .first = (uint32_t)query->order_count,
                                .n = 0};
    query->is_same_next = false;
    query->last = number;
    return item;
}

void passage_query_word(struct passage_query *query, const char *term, size_t len, double weight)
{
    int32_t number;
    uint64_t units = units_of(MATCH_WORD, weight);

    if (query->item_count == PASSAGE_ITEMS_MAX || (number = add_term(query, (struct term){term, len})) < 0)
        return;
    if (query->terms[number].word_item < 0) {
        query->terms[number].word_item = (int32_t)query->item_count;
        add_item(query, MATCH_WORD, weight)->term = (uint32_t)number;
        return;
    }
    query->is_same_next = false;
    query->last = (uint32_t)query->terms[number].word_item;
    if (query->items[query->last].units < units)
        query->items[query->last].units = units;
}

/* Adds the terms of a group behind each other; false where one does not fit. */
static bool add_order(struct passage_query *query, const struct term *terms, size_t n)
{
    size_t before = query->order_count;

    for (size_t i = 0; i < n; i++) {
        int32_t number = add_term(query, terms[i]);
        if (number < 0) {
            query->order_count = before;
            return false;
        }
        query->order = mem_push(query->order, query->order_count, &query->order_cap, sizeof *query->order);
        query->order[query->order_count++] = (uint32_t)number;
    }
    for (size_t i = before; i < query->order_count; i++)
        query->terms[query->order[i]].is_grouped = true;
    return true;
}

static void add_group(struct passage_query *query, enum match_kind kind, const struct term *terms, size_t n,
                      unsigned window, double weight)
{
    uint32_t first = (uint32_t)query->order_count;
    struct match_item *item;

    if (n == 0 || n > PASSAGE_WORDS_MAX || query->item_count == PASSAGE_ITEMS_MAX ||
        !add_order(query, terms, n))
        return;
    item = add_item(query, kind, weight);
    item->first = first;
    item->n = (uint32_t)n;
    item->window = window > n ? window : (unsigned)n;
    query->reach = query->reach > item->window ? query->reach : item->window;
    query->has_groups = true;
}

void passage_query_phrase(struct passage_query *query, const struct term *terms, size_t n, double weight)
{
    add_group(query, MATCH_PHRASE, terms, n, 0, weight);
}

void passage_query_near(struct passage_query *query, const struct term *terms, size_t n, unsigned window,
                        double weight)
{
    add_group(query, MATCH_NEAR, terms, n, window, weight);
}

void passage_query_prefix(struct passage_query *query, const char *prefix, size_t len, double weight)
{
    struct match_item *item;
    size_t at = query->bytes.len;

    if (len == 0 || len > ANALYSER_WORD_MAX || at + len > MATCH_BYTES_MAX)
        return;
    item = add_item(query, MATCH_PREFIX, weight);
    if (item == NULL)
        return;
    buf_append(&query->bytes, prefix, len);
    item->first = (uint32_t)at;
    item->n = (uint32_t)len;
    let_by(query, prefix, len);
    query->pairs.reads_all = true;
    query->has_prefixes = true;
}
