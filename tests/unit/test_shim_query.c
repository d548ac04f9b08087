/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The query tree and the stemmer: ownership, limits, and what single queries match. */
#include "test_shim_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct shim_error error;

static const char *const TEXTS[] = {
    "risk stratification of patients",         /* 1 */
    "risk | stratification",                   /* 2: the phrase is parted */
    "stratification risk",                     /* 3: the other way round */
    "the risk of stratification",              /* 4 */
    "risk risk stratification stratification", /* 5 */
    "patients and their risks",                /* 6 */
};

static int make_index(void **state)
{
    if (make_folder(state) != 0)
        return -1;
    index_texts(*state, TEXTS, sizeof(TEXTS) / sizeof(TEXTS[0]));
    return 0;
}

static void expect_text(struct shim_query *query, const char *wanted)
{
    char *text = shim_query_text(query);
    assert_non_null(text);
    assert_string_equal(text, wanted);
    shim_free(text);
    shim_query_free(query);
}

static struct shim_query *and_of(struct shim_query *a, struct shim_query *b)
{
    struct shim_query *both[] = {a, b};
    return shim_query_and(both, 2);
}

static struct shim_query *or_of(struct shim_query *a, struct shim_query *b)
{
    struct shim_query *either[] = {a, b};
    return shim_query_or(either, 2);
}

static void test_each_kind_matches(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    assert_string_equal(matches(reader, shim_query_all()), "1 2 3 4 5 6");
    assert_string_equal(matches(reader, shim_query_none()), "");
    assert_string_equal(matches(reader, word_of("risk")), "1 2 3 4 5");
    assert_string_equal(matches(reader, word_of("nowhere")), "");
    assert_string_equal(matches(reader, phrase_of("risk stratification")), "1 5");
    assert_string_equal(matches(reader, phrase_of("stratification risk")), "3");
    assert_string_equal(matches(reader, phrase_of("risk risk")), "5");
    assert_string_equal(matches(reader, phrase_of("risk risk risk")), "");
    assert_string_equal(matches(reader, phrase_of("risk nowhere")), "");
    assert_string_equal(matches(reader, phrase_of("risk")), "1 2 3 4 5");
    assert_string_equal(matches(reader, near_of("risk stratification", 1)), "1 3 5");
    assert_string_equal(matches(reader, near_of("risk stratification", 2)), "1 3 4 5");
    assert_string_equal(matches(reader, near_of("stratification risk", 102)), "1 2 3 4 5");
    assert_string_equal(matches(reader, shim_query_prefix("risk", 4, 2)), "1 2 3 4 5 6");
    assert_string_equal(matches(reader, shim_query_prefix("q", 1, 1)), "");
    assert_string_equal(matches(reader, and_of(word_of("risk"), word_of("patients"))), "1");
    assert_string_equal(matches(reader, or_of(word_of("risks"), word_of("the"))), "4 6");
    assert_string_equal(matches(reader, shim_query_and_not(word_of("risk"), word_of("of"))), "2 3 5");
    assert_string_equal(matches(reader, shim_query_filter(word_of("risk"), word_of("of"))), "1 4");
    assert_string_equal(matches(reader, shim_query_boost(word_of("risk"), word_of("of"))), "1 2 3 4 5");
    assert_string_equal(matches(reader, shim_query_scale(word_of("of"), 0)), "1 4");
    assert_string_equal(matches(reader, shim_query_and(NULL, 0)), "1 2 3 4 5 6");
    assert_string_equal(matches(reader, shim_query_or(NULL, 0)), "");
    shim_reader_free(reader);
}

static void test_prefix_past_its_limit(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    struct shim_query *query = shim_query_prefix("risk", 4, 1);
    struct shim_hit hits[2];
    uint64_t words[1] = {0};
    size_t n;
    EXPECT(SHIM_TOO_MANY, shim_match(reader, query, words, 64, &error));
    assert_int_equal(words[0], 0);
    EXPECT(SHIM_TOO_MANY,
           shim_top_by_weight(reader, query, NULL, 0, &shim_weighting_default, 0, 2, hits, &n, &error));
    shim_query_free(query);
    /* The reader is none the worse for it. */
    assert_string_equal(matches(reader, word_of("risks")), "6");
    shim_reader_free(reader);
}

static void test_bits_of_others_stay(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    struct shim_query *query = word_of("risk");
    uint64_t words[2] = {UINT64_C(1) << 63, UINT64_MAX};
    EXPECT(SHIM_OK, shim_match(reader, query, words, 4, &error));
    assert_int_equal(words[0], UINT64_C(1) << 63 | 0xe);
    assert_int_equal(words[1], UINT64_MAX);
    EXPECT(SHIM_OK, shim_match(reader, query, NULL, 0, &error));
    shim_query_free(query);
    query = shim_query_all();
    words[0] = 0;
    EXPECT(SHIM_OK, shim_match(reader, query, words, 128, &error));
    assert_int_equal(words[0], 0x7e);
    shim_query_free(query);
    shim_reader_free(reader);
}

/* A failed call frees what it was given; the sanitizer that watches for leaks is the judge. */
static void test_stolen_queries_go(void **state)
{
    (void)state;
    struct shim_query *parts[] = {word_of("a"), NULL, word_of("b")};
    assert_null(shim_query_and(parts, 3));
    parts[0] = word_of("a"), parts[2] = NULL;
    assert_null(shim_query_or(parts, 3));
    assert_null(shim_query_and_not(word_of("a"), NULL));
    assert_null(shim_query_and_not(NULL, word_of("a")));
    assert_null(shim_query_filter(NULL, word_of("a")));
    assert_null(shim_query_filter(word_of("a"), NULL));
    assert_null(shim_query_boost(NULL, word_of("a")));
    assert_null(shim_query_boost(word_of("a"), NULL));
    assert_null(shim_query_scale(NULL, 1));
    assert_null(shim_query_scale(word_of("a"), -1));
    assert_null(shim_query_scale(word_of("a"), (double)NAN));
    assert_null(shim_query_scale(word_of("a"), (double)INFINITY));
    assert_null(shim_query_scale(shim_query_scale(word_of("a"), 1e200), 1e200));
    shim_query_free(NULL);
}

static void test_arguments_out_of_bounds(void **state)
{
    char longest[SHIM_TERM_MAX + 1];
    const char *terms[] = {"a", longest};
    size_t lens[] = {1, sizeof(longest)};
    (void)state;
    memset(longest, 'x', sizeof(longest));
    assert_null(shim_query_word("", 0));
    assert_null(shim_query_word(longest, sizeof(longest)));
    assert_null(shim_query_phrase(terms, lens, 0));
    assert_null(shim_query_phrase(terms, lens, 2));
    assert_null(shim_query_near(terms, lens, 1, 0));
    assert_null(shim_query_near(terms, lens, 2, 3));
    assert_null(shim_query_near(terms, lens, 1, UINT32_MAX));
    assert_null(shim_query_prefix("", 0, 10));
    assert_null(shim_query_prefix("a", 1, 0));
    assert_null(shim_query_range(UINT32_MAX, "a", 1, NULL, 0));
}

static void test_in_words(void **state)
{
    (void)state;
    expect_text(and_of(word_of("a"), or_of(word_of("b"), phrase_of("c d"))), "(a AND (b OR \"c d\"))");
    expect_text(shim_query_filter(near_of("a b", 5), shim_query_prefix("x", 1, 9)),
                "((a NEAR/5 b) FILTER x*)");
    expect_text(shim_query_and_not(shim_query_all(), shim_query_none()), "(ALL NOT NONE)");
    expect_text(shim_query_range(3, "a", 1, "\0", 1), "slot 3:a..\\x00");
    expect_text(shim_query_scale(shim_query_word("a\"b\n", 4), 2.5), "(a\\x22b\\x0a)^2.500000");
}

static void test_chains_are_flat(void **state)
{
    (void)state;
    expect_text(and_of(and_of(word_of("a"), word_of("b")), word_of("c")), "(a AND b AND c)");
    expect_text(or_of(word_of("a"), or_of(word_of("b"), word_of("c"))), "(b OR c OR a)");
    expect_text(shim_query_and_not(shim_query_and_not(word_of("a"), word_of("b")), word_of("c")),
                "(a NOT (b OR c))");
    expect_text(shim_query_filter(shim_query_filter(word_of("a"), word_of("b")), word_of("c")),
                "(a FILTER (b AND c))");
    expect_text(shim_query_boost(shim_query_boost(word_of("a"), word_of("b")), word_of("c")),
                "(a MAYBE (b OR c))");
    expect_text(shim_query_scale(shim_query_scale(word_of("a"), 2), 3), "(a)^6.000000");
    struct shim_query *one = word_of("a");
    expect_text(shim_query_or(&one, 1), "a");
}

static struct shim_query *any_of_first(int n)
{
    struct shim_query **parts = calloc((size_t)n, sizeof(*parts));
    for (int i = 0; i < n; i++)
        parts[i] = word_of("risk");
    struct shim_query *query = shim_query_or(parts, (size_t)n);
    free(parts);
    return query;
}

static void test_too_many_words(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    struct shim_query *most = any_of_first(SHIM_QUERY_WORDS);
    assert_null(any_of_first(SHIM_QUERY_WORDS + 1));
    assert_string_equal(matches(reader, most), "1 2 3 4 5");
    assert_null(or_of(any_of_first(SHIM_QUERY_WORDS), word_of("b")));
    assert_null(or_of(phrase_of("a b"), any_of_first(SHIM_QUERY_WORDS - 1)));
    shim_reader_free(reader);
}

/* Chains of any length are one level; true nesting ends at a limit that no stack feels. */
static void test_deep_trees(void **state)
{
    struct shim_reader *reader = open_reader(*state);
    struct shim_query *left = word_of("risk"), *right = word_of("risk");
    struct shim_query *nots = word_of("risk"), *scaled = word_of("risk");
    for (int i = 0; i < 15000; i++) {
        left = and_of(left, word_of("risk"));
        right = or_of(word_of("of"), right);
        nots = shim_query_and_not(nots, word_of("the"));
        scaled = shim_query_scale(scaled, 1);
    }
    assert_string_equal(matches(reader, left), "1 2 3 4 5");
    assert_string_equal(matches(reader, right), "1 2 3 4 5");
    assert_string_equal(matches(reader, nots), "1 2 3 5");
    assert_string_equal(matches(reader, scaled), "1 2 3 4 5");

    struct shim_query *nested = word_of("risk");
    for (int level = 2; level <= SHIM_QUERY_DEPTH; level++) {
        nested = level % 2 ? and_of(nested, word_of("risk")) : or_of(nested, word_of("the"));
        assert_non_null(nested);
    }
    struct shim_hit hits[8];
    size_t n;
    EXPECT(SHIM_OK,
           shim_top_by_weight(reader, nested, NULL, 0, &shim_weighting_default, 0, 8, hits, &n, &error));
    assert_int_equal(n, 5);
    char *text = shim_query_text(nested);
    assert_non_null(text);
    shim_free(text);
    assert_null(shim_query_scale(nested, 2)); /* one level too many */
    shim_reader_free(reader);
}

static const char *stem_of(struct shim_stemmer *stemmer, const char *word)
{
    static char stem[SHIM_TERM_MAX + 1];
    size_t len;
    assert_int_equal(shim_stemmer_stem(stemmer, word, strlen(word), stem, &len), SHIM_OK);
    stem[len] = '\0';
    return stem;
}

static void test_stemmer(void **state)
{
    char longest[SHIM_TERM_MAX + 1], stem[SHIM_TERM_MAX];
    size_t len;
    struct shim_stemmer *stemmer = NULL;
    (void)state;
    EXPECT(SHIM_INVALID, shim_stemmer_new("klingon", &stemmer, &error));
    assert_null(stemmer);
    EXPECT(SHIM_OK, shim_stemmer_new("english", &stemmer, &error));
    assert_string_equal(stem_of(stemmer, "stratification"), "stratif");
    assert_string_equal(stem_of(stemmer, "commissioners"), "commission");
    assert_string_equal(stem_of(stemmer, "risks"), "risk");
    assert_string_equal(stem_of(stemmer, "s261"), "s261");
    assert_string_equal(stem_of(stemmer, ""), "");
    memset(longest, 'x', sizeof(longest));
    assert_int_equal(shim_stemmer_stem(stemmer, longest, SHIM_TERM_MAX, stem, &len), SHIM_OK);
    assert_int_equal(len, SHIM_TERM_MAX);
    assert_int_equal(shim_stemmer_stem(stemmer, longest, sizeof(longest), stem, &len), SHIM_INVALID);
    shim_stemmer_free(stemmer);
    shim_stemmer_free(NULL);
}

static void test_status_texts(void **state)
{
    (void)state;
    for (int status = SHIM_OK; status <= SHIM_INTERNAL; status++) {
        assert_string_not_equal(shim_status_text((enum shim_status)status), "unknown status");
        for (int other = SHIM_OK; other < status; other++)
            assert_string_not_equal(shim_status_text((enum shim_status)status),
                                    shim_status_text((enum shim_status)other));
    }
    assert_string_equal(shim_status_text((enum shim_status)99), "unknown status");
}

#define ON_INDEX(test) cmocka_unit_test_setup_teardown(test, make_index, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_INDEX(test_each_kind_matches),
        ON_INDEX(test_prefix_past_its_limit),
        ON_INDEX(test_bits_of_others_stay),
        cmocka_unit_test(test_stolen_queries_go),
        cmocka_unit_test(test_arguments_out_of_bounds),
        cmocka_unit_test(test_in_words),
        cmocka_unit_test(test_chains_are_flat),
        ON_INDEX(test_too_many_words),
        ON_INDEX(test_deep_trees),
        cmocka_unit_test(test_stemmer),
        cmocka_unit_test(test_status_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
