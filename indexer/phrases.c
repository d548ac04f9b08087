/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/phrases.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/base/mem.h"

enum {
    SLOTS = 4 * PHRASE_LIST_MAX,            /* a power of two; of the table from key to phrase */
    FILTER_SHIFT = 48,                      /* of a key, leaves the bits that choose one of FILTER_BITS */
    FILTER_BITS = 1 << (64 - FILTER_SHIFT), /* one set for each phrase: most runs of words are none, and are
                                               done with here */
    WORD_BITS = 64,
    NO_PHRASE = -1,
};

struct phrases {
    struct phrase_list list;
    bool changed[PHRASE_LIST_MAX / PHRASE_LIST_CHUNK];
    uint64_t filter[FILTER_BITS / WORD_BITS];
    uint16_t slots[SLOTS]; /* number of a phrase plus 1; 0 is free */
};

struct phrase_counts {
    const struct phrases *phrases;
    int64_t *changes; /* by phrase */
    uint64_t *met;    /* by phrase: the record in which it was met last */
    uint64_t record;
    int by;
    uint64_t window[PHRASE_WORDS_MAX]; /* stems of the part's last tokens, the last one first */
    size_t filled;
};

uint64_t phrase_stem(const struct term *stem)
{
    return XXH3_64bits(stem->bytes, stem->len);
}

uint64_t phrase_key(uint64_t behind, uint64_t stem)
{
    /* A polynomial in stems that are hashes already; every run of words in the corpus takes this step. */
    return behind * UINT64_C(0x9E3779B97F4A7C15) + stem;
}

static void enter(struct phrases *phrases, size_t number)
{
    uint64_t key = phrases->list.items[number].key;
    size_t slot = key % SLOTS;
    while (phrases->slots[slot])
        slot = (slot + 1) % SLOTS;
    phrases->slots[slot] = (uint16_t)(number + 1);
    size_t bit = key >> FILTER_SHIFT;
    phrases->filter[bit / WORD_BITS] |= UINT64_C(1) << bit % WORD_BITS;
}

struct phrases *phrases_new(struct phrase_list *list)
{
    struct phrases *phrases = mem_zero(1, sizeof *phrases);
    phrases->list = *list;
    *list = (struct phrase_list){0};
    for (size_t i = 0; i < phrases->list.count; i++)
        enter(phrases, i);
    return phrases;
}

void phrases_free(struct phrases *phrases)
{
    if (!phrases)
        return;
    phrase_list_free(&phrases->list);
    free(phrases);
}

const struct phrase_list *phrases_list(const struct phrases *phrases)
{
    return &phrases->list;
}

static int find(const struct phrases *phrases, uint64_t key)
{
    size_t bit = key >> FILTER_SHIFT;
    if (!(phrases->filter[bit / WORD_BITS] >> bit % WORD_BITS & 1))
        return NO_PHRASE;
    for (size_t slot = key % SLOTS; phrases->slots[slot]; slot = (slot + 1) % SLOTS)
        if (phrases->list.items[phrases->slots[slot] - 1].key == key)
            return phrases->slots[slot] - 1;
    return NO_PHRASE;
}

struct phrase_counts *phrase_counts_new(const struct phrases *phrases)
{
    struct phrase_counts *counts = mem_zero(1, sizeof *counts);
    counts->phrases = phrases;
    counts->changes = mem_zero(phrases->list.count + 1, sizeof *counts->changes);
    counts->met = mem_zero(phrases->list.count + 1, sizeof *counts->met);
    return counts;
}

void phrase_counts_free(struct phrase_counts *counts)
{
    if (!counts)
        return;
    free(counts->changes);
    free(counts->met);
    free(counts);
}

void phrase_counts_next_record(struct phrase_counts *counts, int by)
{
    counts->record++;
    counts->by = by;
    counts->filled = 0;
}

void phrase_counts_next_part(struct phrase_counts *counts)
{
    counts->filled = 0;
}

/* Counts the phrases that end with `stem`, behind what the window holds from its second on. */
static void count_ending(struct phrase_counts *counts, uint64_t stem)
{
    uint64_t key = phrase_key(0, stem);
    for (size_t words = PHRASE_WORDS_MIN; words <= counts->filled; words++) {
        key = phrase_key(key, counts->window[words - 1]);
        int phrase = find(counts->phrases, key);
        if (phrase == NO_PHRASE || counts->met[phrase] == counts->record)
            continue;
        counts->met[phrase] = counts->record;
        counts->changes[phrase] += counts->by;
    }
}

void phrase_counts_add(struct phrase_counts *counts, const struct token *token)
{
    if (counts->by == 0)
        return;
    memmove(counts->window + 1, counts->window, (PHRASE_WORDS_MAX - 1) * sizeof *counts->window);
    counts->window[0] = phrase_stem(&token->term);
    counts->filled += counts->filled < PHRASE_WORDS_MAX;
    count_ending(counts, counts->window[0]);
    /* "well-being" is also found as "wellbeing", where "well" stands. */
    if (token->joined.len > 0)
        count_ending(counts, phrase_stem(&token->joined));
}

void phrases_take(struct phrases *phrases, struct phrase_counts *counts)
{
    for (size_t i = 0; i < phrases->list.count; i++) {
        int64_t count = phrases->list.items[i].count + counts->changes[i];
        if (counts->changes[i] != 0)
            phrases->changed[i / PHRASE_LIST_CHUNK] = true;
        phrases->list.items[i].count = count > 0 ? (uint32_t)count : 0;
        counts->changes[i] = 0;
    }
}

int phrases_write(struct phrases *phrases, bool everything, struct shim_writer *writer, struct error *error)
{
    for (size_t chunk = 0; chunk * PHRASE_LIST_CHUNK < phrases->list.count; chunk++) {
        if (!everything && !phrases->changed[chunk])
            continue;
        if (phrase_list_save(&phrases->list, chunk, writer, error) != 0)
            return -1;
        phrases->changed[chunk] = false;
    }
    return 0;
}
