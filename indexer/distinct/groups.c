/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/distinct/groups.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/base/mem.h"
#include "indexer/distinct/shingles.h"

/* A text and its band. */
struct place {
    uint64_t key;
    uint32_t text;
};

struct state {
    const struct grouping *grouping;
    uint32_t *parents; /* union-find; a root is the lowest number of its set */
    struct place *places;
    uint64_t *keys; /* bands of the open texts */
    size_t open_count;
    size_t band;
    bool crowded;
};

/* ---- sets ---- */

static uint32_t find_root(uint32_t *parents, uint32_t text)
{
    while (parents[text] != text) {
        parents[text] = parents[parents[text]];
        text = parents[text];
    }
    return text;
}

static void join(uint32_t *parents, uint32_t a, uint32_t b)
{
    a = find_root(parents, a);
    b = find_root(parents, b);
    if (a < b)
        parents[b] = a;
    else
        parents[a] = b;
}

struct known {
    int64_t component;
    uint32_t text;
};

static int by_component(const void *a, const void *b)
{
    const struct known *left = a, *right = b;
    return (left->component > right->component) - (left->component < right->component);
}

/* Texts of a group that lost none are in it still. */
static void join_known(struct state *state)
{
    const struct grouping *grouping = state->grouping;
    struct known *known = mem_zero(grouping->count, sizeof *known);
    size_t count = 0;
    for (size_t i = 0; i < grouping->count; i++) {
        state->parents[i] = (uint32_t)i;
        if (!grouping->texts[i].open)
            known[count++] = (struct known){grouping->texts[i].component, (uint32_t)i};
    }
    if (count > 1)
        qsort(known, count, sizeof *known, by_component);
    for (size_t i = 1; i < count; i++)
        if (known[i].component == known[i - 1].component)
            join(state->parents, known[i].text, known[i - 1].text);
    free(known);
}

/* ---- pairs ---- */

static const uint32_t *band_of(const struct state *state, uint32_t text, size_t band)
{
    return state->grouping->texts[text].signature + band * MINHASH_ROWS;
}

/* Whether a band before this one has brought the two together: then they were compared. */
static bool met_before(const struct state *state, uint32_t a, uint32_t b)
{
    for (size_t band = 0; band < state->band; band++)
        if (memcmp(band_of(state, a, band), band_of(state, b, band), MINHASH_ROWS * sizeof(uint32_t)) == 0)
            return true;
    return false;
}

static bool may_be_alike(const struct state *state, uint32_t a, uint32_t b)
{
    const struct group_text *left = &state->grouping->texts[a], *right = &state->grouping->texts[b];
    bool known_apart = left->component && right->component && left->component != right->component;
    return !known_apart && find_root(state->parents, a) != find_root(state->parents, b) &&
           shingles_sizes_alike(left->size, right->size) && !met_before(state, a, b) &&
           minhash_equal(left->signature, right->signature) >= MINHASH_LEAST;
}

static int compare_pair(struct state *state, uint32_t a, uint32_t b)
{
    if (!may_be_alike(state, a, b))
        return 0;
    int alike = state->grouping->test(state->grouping->context, a, b);
    if (alike == 1)
        join(state->parents, a, b);
    return alike == 1 ? 0 : alike;
}

/* ---- bands ---- */

static bool is_one_group(struct state *state, const struct place *places, size_t count)
{
    uint32_t root = find_root(state->parents, places[0].text);
    for (size_t i = 1; i < count; i++)
        if (find_root(state->parents, places[i].text) != root)
            return false;
    return true;
}

static int by_signature(const void *a, const void *b, void *context)
{
    const struct state *state = context;
    const struct group_text *left = &state->grouping->texts[((const struct place *)a)->text],
                            *right = &state->grouping->texts[((const struct place *)b)->text];
    /* From this band on, so that those next to each other differ from band to band. */
    size_t at = state->band * MINHASH_ROWS;
    int order = memcmp(left->signature + at, right->signature + at, (MINHASH_SIZE - at) * sizeof(uint32_t));
    if (order == 0)
        order = memcmp(left->signature, right->signature, at * sizeof(uint32_t));
    return order != 0 ? order : (left->size > right->size) - (left->size < right->size);
}

/* The texts that agree in a band. */
static int compare_bucket(struct state *state, struct place *places, size_t count)
{
    if (count < 2 || is_one_group(state, places, count))
        return 0;
    if (count > GROUP_BUCKET_MAX)
        qsort_r(places, count, sizeof *places, by_signature, state);
    for (size_t i = 1; i < count; i++)
        for (size_t n = 1; n <= i && n < GROUP_BUCKET_MAX; n++) {
            int status = compare_pair(state, places[i - n].text, places[i].text);
            if (status != 0)
                return status;
        }
    return 0;
}

static int by_key(const void *a, const void *b)
{
    const struct place *left = a, *right = b;
    if (left->key != right->key)
        return left->key < right->key ? -1 : 1;
    return (left->text > right->text) - (left->text < right->text);
}

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static uint64_t band_key(const struct state *state, uint32_t text)
{
    return XXH3_64bits(band_of(state, text, state->band), MINHASH_ROWS * sizeof(uint32_t));
}

/* The texts that an open one may agree with, by band. */
static size_t gather_places(struct state *state)
{
    const struct grouping *grouping = state->grouping;
    bool all = state->open_count == grouping->count;
    size_t open = 0, count = 0;
    for (uint32_t i = 0; i < grouping->count && !all; i++)
        if (grouping->texts[i].open)
            state->keys[open++] = band_key(state, i);
    if (open > 1)
        qsort(state->keys, open, sizeof *state->keys, by_number);
    for (uint32_t i = 0; i < grouping->count; i++) {
        uint64_t key = band_key(state, i);
        if (all || bsearch(&key, state->keys, open, sizeof key, by_number))
            state->places[count++] = (struct place){key, i};
    }
    if (count > 1)
        qsort(state->places, count, sizeof *state->places, by_key);
    return count;
}

static int compare_band(struct state *state)
{
    size_t count = gather_places(state);
    int status = 0;
    for (size_t start = 0, end; start < count && status == 0; start = end) {
        for (end = start + 1; end < count && state->places[end].key == state->places[start].key; end++)
            ;
        state->crowded = state->crowded || end - start > GROUP_BUCKET_MAX;
        status = compare_bucket(state, state->places + start, end - start);
    }
    return status;
}

/* ---- all together ---- */

static int compare_all(struct state *state)
{
    const struct grouping *grouping = state->grouping;
    state->crowded = false;
    state->open_count = 0;
    for (size_t i = 0; i < grouping->count; i++)
        state->open_count += grouping->texts[i].open;
    join_known(state);
    int status = 0;
    for (state->band = 0; state->band < MINHASH_BANDS && status == 0 && state->open_count > 0; state->band++)
        status = compare_band(state);
    return status;
}

static void forget_known(const struct grouping *grouping)
{
    for (size_t i = 0; i < grouping->count; i++) {
        grouping->texts[i].component = 0;
        grouping->texts[i].open = true;
    }
}

int group_texts(struct grouping *grouping, uint32_t *ret_groups, bool *ret_crowded)
{
    size_t count = grouping->count;
    struct state state = {.grouping = grouping, .parents = ret_groups};
    state.places = mem_zero(count, sizeof *state.places);
    state.keys = mem_zero(count, sizeof *state.keys);
    int status = compare_all(&state);
    if (status == 0 && state.crowded && state.open_count < count) {
        forget_known(grouping);
        status = compare_all(&state);
    }
    for (uint32_t i = 0; i < count && status == 0; i++)
        ret_groups[i] = find_root(ret_groups, i);
    *ret_crowded = state.crowded;
    free(state.places);
    free(state.keys);
    return status;
}
