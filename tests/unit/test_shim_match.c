/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Thousands of random queries of all kinds, matched and ranked, against the plain model. */
#include "test_shim_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_shim_model.h"

enum { BITS = MODEL_DOCUMENTS + 70, WORDS = (BITS + 63) / 64, QUERIES = 3000, RANKED = 500 };

static struct shim_error error;
static struct model model;

static int make_model(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    model_fill(&model, UINT64_C(0x9e3779b97f4a7c15));
    model_index(&model, *state);
    return 0;
}

static bool has_bit(const uint64_t *words, int bit)
{
    return words[bit / 64] >> bit % 64 & 1;
}

static void fail_at(const struct shim_query *query, int document, const char *what)
{
    char *text = shim_query_text(query);
    fail_msg("document %d %s: %s", document, what, text);
}

static void expect_matches(const struct model_query *wanted, const struct shim_query *query,
                           const uint64_t *words)
{
    for (int d = 0; d < WORDS * 64; d++) {
        bool should = d >= 1 && d <= MODEL_DOCUMENTS && model_matches(&model, wanted, d);
        if (has_bit(words, d) != should)
            fail_at(query, d, should ? "should match" : "should not match");
    }
}

static void test_matches_are_the_models(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    for (int i = 0; i < QUERIES; i++) {
        uint64_t words[WORDS] = {0};
        struct model_query *wanted = model_query_random(&model, 1 + i % 5, false);
        struct shim_query *query = model_query_build(wanted);
        assert_non_null(query);
        EXPECT(SHIM_OK, shim_match(reader, query, words, BITS, &error));
        expect_matches(wanted, query, words);
        shim_query_free(query);
        model_query_free(wanted);
    }
    shim_reader_free(reader);
}

struct ranked {
    int document;
    double weight;
};

static int heavier(const void *a, const void *b)
{
    const struct ranked *first = a, *second = b;
    if (first->weight != second->weight)
        return first->weight > second->weight ? -1 : 1;
    return first->document - second->document;
}

static size_t rank_plainly(const struct model_query *query, const uint64_t *words,
                           const struct shim_weighting *weighting, struct ranked *ret_ranked)
{
    size_t n = 0;
    for (int d = 1; d <= MODEL_DOCUMENTS; d++)
        if ((!words || has_bit(words, d)) && model_matches(&model, query, d))
            ret_ranked[n++] = (struct ranked){d, model_weight(&model, query, d, weighting)};
    qsort(ret_ranked, n, sizeof(*ret_ranked), heavier);
    return n;
}

static bool near_enough(double a, double b)
{
    return fabs(a - b) <= 1e-9 * (1 + fabs(a));
}

/* The hits stand at ranks from `offset` on. Sums are rounded differently by the library, so which of two
 * equally heavy documents comes first is asked of the library's own weights. */
static void expect_top(const struct model_query *wanted, const struct shim_query *query,
                       const struct shim_weighting *weighting, const struct ranked *plain, size_t offset,
                       const struct shim_hit *hits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int document = (int)hits[i].document;
        if (!model_matches(&model, wanted, document))
            fail_at(query, document, "is a hit without a match");
        if (!near_enough(hits[i].weight, model_weight(&model, wanted, document, weighting)))
            fail_at(query, document, "has another weight");
        if (!near_enough(hits[i].weight, plain[offset + i].weight))
            fail_at(query, document, "is at another rank");
        if (i > 0 && (hits[i - 1].weight < hits[i].weight ||
                      (hits[i - 1].weight == hits[i].weight && hits[i - 1].document >= hits[i].document)))
            fail_at(query, document, "comes after a lighter one or an equal with a higher number");
    }
}

static void random_bits(uint64_t words[WORDS])
{
    unsigned thin = model_random(&model, 4);
    for (int i = 0; i < WORDS; i++) {
        words[i] = UINT64_MAX;
        for (unsigned j = 0; j < thin; j++)
            words[i] &= (uint64_t)model_random(&model, UINT32_MAX) << 32 | model_random(&model, UINT32_MAX);
    }
}

static void test_tops_are_the_models(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    for (int i = 0; i < RANKED; i++) {
        const struct shim_weighting weighting = {
            0.5 * model_random(&model, 4), 0.25 * model_random(&model, 5), 0.25 * model_random(&model, 3),
            0.5 * model_random(&model, 3)};
        struct model_query *wanted = model_query_random(&model, 1 + i % 4, true);
        struct shim_query *query = model_query_build(wanted);
        struct ranked plain[MODEL_DOCUMENTS];
        struct shim_hit hits[MODEL_DOCUMENTS];
        uint64_t words[WORDS];
        size_t n, offset = model_random(&model, 20), limit = model_random(&model, 2) ? 10 : MODEL_DOCUMENTS;
        random_bits(words);
        const uint64_t *among = i % 3 ? words : NULL;
        size_t all = rank_plainly(wanted, among, &weighting, plain);
        size_t after = all > offset ? all - offset : 0;
        EXPECT(SHIM_OK,
               shim_top_by_weight(reader, query, among, BITS, &weighting, offset, limit, hits, &n, &error));
        if (n != (after < limit ? after : limit))
            fail_at(query, (int)n, "hits are too many or too few");
        expect_top(wanted, query, &weighting, plain, offset, hits, n);
        for (size_t h = 0; h < n; h++)
            assert_true(!among || has_bit(among, (int)hits[h].document));
        shim_query_free(query);
        model_query_free(wanted);
    }
    shim_reader_free(reader);
}

/* What the daemon does: the matches as the filter, prefixes included. */
static void test_tops_among_the_matches(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    for (int i = 0; i < RANKED; i++) {
        uint64_t words[WORDS] = {0};
        struct shim_hit hits[MODEL_DOCUMENTS];
        size_t n, count = 0;
        struct model_query *wanted = model_query_random(&model, 1 + i % 4, false);
        struct shim_query *query = model_query_build(wanted);
        EXPECT(SHIM_OK, shim_match(reader, query, words, BITS, &error));
        EXPECT(SHIM_OK, shim_top_by_weight(reader, query, words, BITS, &shim_weighting_default, 0, SIZE_MAX,
                                           hits, &n, &error));
        for (int w = 0; w < WORDS; w++)
            count += (size_t)__builtin_popcountll(words[w]);
        if (n != count)
            fail_at(query, (int)n, "hits of other matches");
        for (size_t h = 0; h < n; h++)
            assert_true(has_bit(words, (int)hits[h].document));
        shim_query_free(query);
        model_query_free(wanted);
    }
    shim_reader_free(reader);
}

struct keyed {
    uint32_t key, tie, document;
};

static bool descending_keys;

static int by_key(const void *a, const void *b)
{
    const struct keyed *first = a, *second = b;
    if (first->key != second->key)
        return (first->key < second->key) != descending_keys ? -1 : 1;
    if (first->tie != second->tie)
        return first->tie < second->tie ? -1 : 1;
    return first->document < second->document ? -1 : 1;
}

static void test_tops_by_key(void **state)
{
    static uint32_t keys[5000], ties[5000];
    static uint64_t words[5000 / 64 + 1];
    static struct keyed plain[5000];
    static struct shim_hit hits[5000];
    (void)state;
    for (int i = 0; i < 400; i++) {
        size_t bits = model_random(&model, 5000), all = 0, n = 99;
        uint32_t spread = i % 3 ? UINT32_MAX : 4;
        for (size_t d = 0; d < 5000; d++) {
            keys[d] = i % 7 ? model_random(&model, spread) : UINT32_MAX;
            ties[d] = i % 11 ? model_random(&model, 8) : UINT32_MAX;
            if (model_random(&model, 3))
                words[d / 64] |= UINT64_C(1) << d % 64;
            else
                words[d / 64] &= ~(UINT64_C(1) << d % 64);
        }
        for (size_t d = 1; d < bits; d++)
            if (words[d / 64] >> d % 64 & 1)
                plain[all++] = (struct keyed){keys[d], i % 5 ? ties[d] : 0, (uint32_t)d};
        descending_keys = i % 2;
        qsort(plain, all, sizeof(*plain), by_key);
        size_t offset = model_random(&model, i % 5 ? 300 : 6000);
        size_t limit = i % 4 ? model_random(&model, 200) : 5000;
        EXPECT(SHIM_OK, shim_top_by_key(words, bits, keys, descending_keys, i % 5 ? ties : NULL, offset,
                                        limit, hits, &n, &error));
        size_t after = all > offset ? all - offset : 0;
        assert_int_equal(n, after < limit ? after : limit);
        for (size_t h = 0; h < n; h++)
            assert_int_equal(hits[h].document, plain[offset + h].document);
    }
}

static void test_top_at_its_bounds(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    struct shim_query *query = shim_query_word("w0", 2);
    struct shim_weighting bad = shim_weighting_default;
    struct shim_hit hits[MODEL_DOCUMENTS];
    uint32_t keys[1] = {0};
    size_t n = 7;
    EXPECT(SHIM_OK,
           shim_top_by_weight(reader, query, NULL, 0, &shim_weighting_default, 0, 0, hits, &n, &error));
    assert_int_equal(n, 0);
    EXPECT(SHIM_OK, shim_top_by_weight(reader, query, NULL, 0, &shim_weighting_default, SIZE_MAX, SIZE_MAX,
                                       hits, &n, &error));
    assert_int_equal(n, 0);
    EXPECT(SHIM_OK, shim_top_by_weight(reader, query, &(uint64_t){0}, 1, &shim_weighting_default, 0, 10, hits,
                                       &n, &error));
    assert_int_equal(n, 0);
    EXPECT(SHIM_OK, shim_top_by_key(NULL, 0, keys, false, NULL, 0, SIZE_MAX, hits, &n, &error));
    assert_int_equal(n, 0);
    EXPECT(SHIM_OK,
           shim_top_by_key(&(uint64_t){1}, 1, keys, false, NULL, SIZE_MAX, SIZE_MAX, hits, &n, &error));
    assert_int_equal(n, 0);
    bad.k1 = -1;
    EXPECT(SHIM_INVALID, shim_top_by_weight(reader, query, NULL, 0, &bad, 0, 1, hits, &n, &error));
    bad = (struct shim_weighting){1, (double)NAN, 0, 0};
    EXPECT(SHIM_INVALID, shim_top_by_weight(reader, query, NULL, 0, &bad, 0, 1, hits, &n, &error));
    shim_query_free(query);
    shim_reader_free(reader);
}

enum { STRETCHES = 4, HELD = 600 };

static bool is_kept(const struct shim_stretches *held, int document, int position)
{
    const uint32_t *starts = held->starts + (size_t)document * STRETCHES;
    int stretch = STRETCHES - 1;
    while (stretch > 0 && starts[stretch] > (uint32_t)position)
        stretch--;
    return held->kept >> stretch & 1;
}

/* Whether what the words match begins where it counts: tried at each position, with nothing else there. */
static bool begins_in(const struct model_query *wanted, const struct shim_stretches *held, int d)
{
    static struct model rest;
    const struct model_document *document = &model.documents[d];
    int window = wanted->n + (wanted->kind == MODEL_NEAR ? wanted->distance - 1 : 0);
    for (int i = 0; i < document->n; i++) {
        bool asked = false;
        for (int word = 0; word < wanted->n; word++)
            asked |= document->words[i] == wanted->words[word];
        if (!asked || !is_kept(held, d, i + 1))
            continue;
        rest.documents[d] = *document;
        for (int at = 0; at < document->n; at++)
            if (at < i || at >= i + window)
                rest.documents[d].words[at] = -1;
        if (model_matches(&rest, wanted, d))
            return true;
    }
    return false;
}

static void random_stretches(uint32_t starts[][STRETCHES], struct shim_stretches *held)
{
    for (int d = 0; d <= MODEL_DOCUMENTS; d++) {
        starts[d][0] = 1;
        for (int i = 1; i < STRETCHES; i++)
            starts[d][i] = starts[d][i - 1] + model_random(&model, MODEL_WORDS_MAX / 2);
    }
    *held = (struct shim_stretches){starts[0], MODEL_DOCUMENTS + 1, STRETCHES,
                                    model_random(&model, 1 << STRETCHES)};
}

static void test_held_matches_are_the_models(void **state)
{
    static uint32_t starts[MODEL_DOCUMENTS + 1][STRETCHES];
    struct shim_reader *reader = open_reader(*state);
    for (int i = 0; i < HELD; i++) {
        struct shim_stretches held;
        uint64_t words[WORDS] = {0};
        struct model_query *wanted = model_query_random(&model, 1, false);
        random_stretches(starts, &held);
        struct shim_query *query = shim_query_held(model_query_build(wanted), &held);
        if (wanted->kind != MODEL_WORD && wanted->kind != MODEL_PHRASE && wanted->kind != MODEL_NEAR) {
            assert_null(query);
            model_query_free(wanted);
            continue;
        }
        EXPECT(SHIM_OK, shim_match(reader, query, words, BITS, &error));
        for (int d = 1; d <= MODEL_DOCUMENTS; d++) {
            bool should = model_matches(&model, wanted, d) && begins_in(wanted, &held, d);
            if (has_bit(words, d) != should)
                fail_at(query, d, should ? "should match where held" : "should not match where held");
        }
        shim_query_free(query);
        model_query_free(wanted);
    }
    shim_reader_free(reader);
}

#define ON_MODEL(test) cmocka_unit_test_setup_teardown(test, make_model, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_MODEL(test_matches_are_the_models), ON_MODEL(test_tops_are_the_models),
        ON_MODEL(test_tops_among_the_matches), ON_MODEL(test_tops_by_key),
        ON_MODEL(test_top_at_its_bounds),      ON_MODEL(test_held_matches_are_the_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
