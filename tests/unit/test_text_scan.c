/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Skipping through a text, or reading no further than can matter, finds what reading all of it finds. */
#include "test_text_random.h"

#include "indexer/text/passage_scan.h"

enum { TERMS = 3, TERM_MAX = 200 /* bytes */ };

struct asked {
    char bytes[TERMS][TERM_MAX];
    struct term terms[TERMS];
    unsigned kind; /* 0 words, 1 a phrase, 2 a nearness */
};

/* Terms that stand behind each other in the text, often such as can be skipped to. */
static bool ask(uint64_t *seed, struct analyser *analyser, const char *text, size_t len, struct asked *asked)
{
    struct token token;
    size_t count = 0, skip = case_random(seed) % 40;

    asked->kind = case_random(seed) % 3;
    analyser_begin(analyser, text, len);
    while (count < TERMS && analyser_next(analyser, &token)) {
        struct term term = token.extra_count > 0 && case_random(seed) % 2 == 0 ? token.extra[0] : token.term;
        if (skip > 0) {
            skip--;
            continue;
        }
        if (asked->kind == 0 && (term.len < 3 || term.bytes[0] < 'a'))
            continue;
        memcpy(asked->bytes[count], term.bytes, term.len);
        asked->terms[count] = (struct term){asked->bytes[count], term.len};
        count++;
    }
    return count == TERMS;
}

static struct passage_query *query_of(const struct asked *asked)
{
    struct passage_query *query = passage_query_new();

    for (size_t i = 0; asked->kind == 0 && i < TERMS; i++)
        passage_query_word(query, asked->terms[i].bytes, asked->terms[i].len,
                           asked->terms[i].len % 3 ? 1 : 2);
    if (asked->kind == 1)
        passage_query_phrase(query, asked->terms, 2, 1);
    if (asked->kind == 2)
        passage_query_near(query, asked->terms, 2, 6, 1);
    return query;
}

static void assert_same(const struct matches *one, const struct matches *other)
{
    assert_int_equal(one->count, other->count);
    assert_int_equal(one->mark_count, other->mark_count);
    for (size_t i = 0; i < one->count; i++) {
        assert_int_equal(one->found[i].start, other->found[i].start);
        assert_int_equal(one->found[i].end, other->found[i].end);
        assert_int_equal(one->found[i].item, other->found[i].item);
    }
    for (size_t i = 0; i < one->mark_count; i++) {
        assert_int_equal(one->marks[i].start, other->marks[i].start);
        assert_int_equal(one->marks[i].end, other->marks[i].end);
    }
}

/* Whether there was something to skip to, and it was found. */
static bool compare(struct analyser *analyser, const struct asked *asked, const char *text, size_t len)
{
    struct passage_query *query = query_of(asked);
    struct matches skipping = {.wants_marks = true}, reading = {.wants_marks = true};
    bool skips = passage_scan_may(&query->pairs);

    matches_collect(&skipping, analyser, query, text, 0, len);
    query->pairs.reads_all = true;
    matches_collect(&reading, analyser, query, text, 0, len);
    assert_same(&skipping, &reading);
    skips = skips && reading.count > 0;
    matches_free(&skipping);
    matches_free(&reading);
    passage_query_free(query);
    return skips;
}

static void test_finds_the_same(void **state)
{
    struct analyser *analyser = analyser_new();
    uint64_t seed = 20;
    size_t skipped[TERMS] = {0};

    (void)state;
    for (int i = 0; i < 4 * TEXTS; i++) {
        char text[TEXT_MAX];
        struct asked asked;
        size_t len = random_text(&seed, text);
        char *copy = exactly(text, len);
        if (ask(&seed, analyser, copy, len, &asked))
            skipped[asked.kind] += compare(analyser, &asked, copy, len);
        free(copy);
    }
    analyser_free(analyser);
    for (size_t kind = 0; kind < TERMS; kind++)
        assert_true(skipped[kind] > 100);
}

/* The positions of each term of the query in the text; free the items. */
static void find_positions(struct analyser *analyser, const struct passage_query *query, const char *text,
                           size_t len, struct passage_positions *positions)
{
    struct token token;

    for (size_t t = 0; t < passage_query_terms(query); t++) {
        struct term term = passage_query_term_at(query, t);
        uint32_t *items = mem_alloc(TEXT_MAX * sizeof *items);
        size_t count = 0;
        analyser_begin(analyser, text, len);
        while (analyser_next(analyser, &token)) {
            bool has = token.term.len == term.len && memcmp(token.term.bytes, term.bytes, term.len) == 0;
            for (size_t i = 0; i < token.extra_count; i++)
                has |=
                    token.extra[i].len == term.len && memcmp(token.extra[i].bytes, term.bytes, term.len) == 0;
            if (has)
                items[count++] = token.position;
        }
        positions[t] = (struct passage_positions){items, count};
    }
}

/* By the positions no passage is worth more than is said, and one is found that is as good as any. */
static void compare_bounded(struct analyser *analyser, struct passage_query *query, const char *text,
                            size_t len, size_t length)
{
    struct passage_positions positions[TERMS] = {0};
    struct passage plain, bounded;
    size_t count = passage_find(analyser, query, text, len, length, &plain, 1);

    find_positions(analyser, query, text, len, positions);
    double bound = passage_query_bound(query, positions, 0, UINT32_MAX, length);
    assert_true(count == 0 || plain.score <= bound);
    assert_true(bound <= passage_query_most(query));
    assert_int_equal(passage_find_one(analyser, query, text, len, length, bound, &bounded), count);
    if (count > 0) {
        assert_int_equal(plain.start, bounded.start);
        assert_int_equal(plain.end, bounded.end);
        assert_true(plain.score == bounded.score);
    }
    for (size_t t = 0; t < passage_query_terms(query); t++)
        free((void *)positions[t].items);
}

static void test_bounds(void **state)
{
    struct analyser *analyser = analyser_new();
    uint64_t seed = 22;

    (void)state;
    for (int i = 0; i < 4 * TEXTS; i++) {
        char text[TEXT_MAX];
        struct asked asked;
        size_t len = random_text(&seed, text);
        char *copy = exactly(text, len);
        if (ask(&seed, analyser, copy, len, &asked)) {
            struct passage_query *query = query_of(&asked);
            compare_bounded(analyser, query, copy, len, 40 + case_random(&seed) % 100);
            passage_query_free(query);
        }
        free(copy);
    }
    analyser_free(analyser);
}

static void test_short_way(void **state)
{
    uint64_t seed = 21;

    (void)state;
    for (int i = 0; i < TEXTS; i++) {
        char text[TEXT_MAX];
        size_t len = random_text(&seed, text);
        char *copy = exactly(text, len);
        struct passage_begins begins = {0};
        passage_scan_add(&begins, "risk", 4);
        passage_scan_add(&begins, "die", 3);
        passage_scan_add(&begins, (char[]){(char)('a' + case_random(&seed) % 26), 'e', 'd'}, 3);
        for (size_t at = 0; at <= len; at++)
            assert_int_equal(passage_scan_find(&begins, copy, len, at),
                             passage_scan_find_any(&begins, copy, len, at));
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_the_same),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_short_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
