/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs, signatures and groups, held against plain computations. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/distinct/groups.h"
#include "indexer/distinct/minhash.h"
#include "indexer/distinct/shingles.h"

static uint64_t drawn;

static uint64_t draw(void)
{
    drawn += 0x9E3779B97F4A7C15;
    uint64_t mixed = (drawn ^ (drawn >> 30)) * 0xBF58476D1CE4E5B9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
    return mixed ^ (mixed >> 31);
}

static size_t draw_below(size_t limit)
{
    return (size_t)(draw() % limit);
}

/* ---- runs ---- */

static void unescape(char *text)
{
    char *to = text;
    for (; *text; text++, to++) {
        *to = *text;
        if (*text == '\\' && (text[1] == 'n' || text[1] == 't'))
            *to = *++text == 'n' ? '\n' : '\t';
    }
    *to = '\0';
}

static size_t count_common(const struct shingles *a, const struct shingles *b)
{
    size_t common = 0;
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++)
            common += a->runs[i] == b->runs[j];
    return common;
}

static void check_runs(const char *line, size_t common, size_t both, char *left, char *right)
{
    struct shingles a = {0}, b = {0};
    unescape(left);
    unescape(right);
    shingles_add(&a, left, strlen(left));
    shingles_add(&b, right, strlen(right));
    shingles_finish(&a);
    shingles_finish(&b);
    unsigned char a_hash[SHINGLES_HASH_SIZE], b_hash[SHINGLES_HASH_SIZE];
    shingles_hash(&a, a_hash);
    shingles_hash(&b, b_hash);
    bool same = memcmp(a_hash, b_hash, sizeof a_hash) == 0;
    if (count_common(&a, &b) != common || a.count + b.count - common != both || same != (common == both) ||
        shingles_alike(a.runs, a.count, b.runs, b.count) != (both > 0 && 10 * common >= 7 * both))
        fail_msg("%s: %zu of %zu", line, count_common(&a, &b), a.count + b.count - count_common(&a, &b));
    shingles_free(&a);
    shingles_free(&b);
}

static void test_runs(void **state)
{
    (void)state;
    FILE *file = fopen(TESTS_DIR "/cases/distinct/runs.tsv", "r");
    assert_non_null(file);
    char line[1024];
    size_t cases = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        char *at = line, *fields[4] = {0};
        for (size_t i = 0; i < 4; i++)
            fields[i] = strsep(&at, "\t");
        if (*line == '#')
            continue;
        for (size_t i = 0; i < 4; i++)
            assert_non_null(fields[i]);
        MEM_AUTO char *shown = mem_format("case %zu, %s", ++cases, fields[2]);
        check_runs(shown, strtoul(fields[0], NULL, 10), strtoul(fields[1], NULL, 10), fields[2], fields[3]);
    }
    fclose(file);
    assert_true(cases > 10);
}

static void test_runs_end_with_their_part(void **state)
{
    (void)state;
    struct shingles apart = {0}, joined = {0};
    shingles_add(&apart, "one two three four five", 23);
    shingles_add(&apart, "six seven eight nine ten", 24);
    shingles_add(&joined, "one two three four five six seven eight nine ten", 48);
    shingles_finish(&apart);
    shingles_finish(&joined);
    assert_int_equal(apart.count, 2);
    assert_int_equal(joined.count, 6);
    shingles_free(&apart);
    shingles_free(&joined);
}

/* Long texts are sorted in another way than short ones. */
static void test_sets_of_many_runs(void **state)
{
    (void)state;
    struct shingles shingles = {0};
    for (int i = 0; i < 3000; i++) {
        MEM_AUTO char *text = mem_format("word%d of a long text", i % 2000);
        shingles_add(&shingles, text, strlen(text));
    }
    shingles_finish(&shingles);
    assert_int_equal(shingles.count, 2000);
    for (size_t i = 1; i < shingles.count; i++)
        assert_true(shingles.runs[i - 1] < shingles.runs[i]);
    shingles_free(&shingles);
}

static void test_alike_from_seven_tenths_on(void **state)
{
    (void)state;
    uint64_t a[100], b[100];
    for (uint64_t i = 0; i < 100; i++)
        a[i] = b[i] = i;
    for (size_t common = 0; common <= 100; common++) {
        for (size_t i = 0; i < 100; i++)
            b[i] = i < common ? i : 1000 + i;
        assert_int_equal(shingles_alike(a, 100, b, 100), 10 * common >= 7 * (200 - common));
        assert_int_equal(shingles_alike(a, 100, a, common), common >= 70);
    }
    assert_false(shingles_alike(a, 0, b, 0));
}

/* ---- signatures ---- */

enum { SET_SIZE = 200, TRIALS = 1000 };

/* Two sets with `common` of SET_SIZE in common, signed. */
static void sign_pair(size_t common, uint32_t left[MINHASH_SIZE], uint32_t right[MINHASH_SIZE])
{
    uint64_t a[SET_SIZE], b[SET_SIZE];
    for (size_t i = 0; i < SET_SIZE; i++) {
        a[i] = draw();
        b[i] = i < common ? a[i] : draw();
    }
    minhash_sign(a, SET_SIZE, left);
    minhash_sign(b, SET_SIZE, right);
}

static bool share_a_band(const uint32_t *a, const uint32_t *b)
{
    for (size_t band = 0; band < MINHASH_BANDS; band++)
        if (memcmp(a + band * MINHASH_ROWS, b + band * MINHASH_ROWS, MINHASH_ROWS * sizeof *a) == 0)
            return true;
    return false;
}

/* The share of equal places is the similarity, as closely as theory says; pairs are missed as often as it
 * says. */
static void test_signatures_estimate(void **state)
{
    (void)state;
    for (size_t common = 50; common <= SET_SIZE; common += 30) {
        double likeness = (double)common / (double)(2 * SET_SIZE - common);
        double sum = 0, squares = 0, missed = 0;
        for (size_t trial = 0; trial < TRIALS; trial++) {
            uint32_t left[MINHASH_SIZE], right[MINHASH_SIZE];
            sign_pair(common, left, right);
            double estimate = minhash_equal(left, right) / (double)MINHASH_SIZE;
            sum += estimate - likeness;
            squares += (estimate - likeness) * (estimate - likeness);
            missed += !share_a_band(left, right);
        }
        double deviation = sqrt(likeness * (1 - likeness) / MINHASH_SIZE);
        double miss = pow(1 - pow(likeness, MINHASH_ROWS), MINHASH_BANDS);
        assert_true(fabs(sum / TRIALS) < 0.005);
        assert_true(sqrt(squares / TRIALS) < 1.1 * deviation + 1e-9);
        assert_true(fabs(missed / TRIALS - miss) < 5 * sqrt(miss * (1 - miss) / TRIALS) + 0.002);
    }
}

static void test_what_is_alike_is_a_candidate(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t trial = 0; trial < 5 * TRIALS; trial++) {
        uint32_t left[MINHASH_SIZE], right[MINHASH_SIZE];
        sign_pair(165, left, right); /* 165 / 235: 0.702 */
        missed += !share_a_band(left, right) || minhash_equal(left, right) < MINHASH_LEAST;
    }
    assert_true(missed < 5 * TRIALS / 1000);
}

/* ---- groups ---- */

enum { RUNS = 120 };

struct text {
    uint64_t runs[RUNS]; /* sorted */
    struct group_text text;
};

struct texts {
    struct text *all;
    size_t count, tests;
    struct group_text *given;
    size_t *order; /* of given to all */
};

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static int are_alike(void *context, size_t a, size_t b)
{
    struct texts *texts = context;
    texts->tests++;
    return shingles_alike(texts->all[texts->order[a]].runs, RUNS, texts->all[texts->order[b]].runs, RUNS);
}

/* Families of texts, each made from one before by changing some runs. */
static void make_texts(struct texts *texts, size_t count, size_t families, size_t changes)
{
    *texts = (struct texts){.count = count};
    texts->all = mem_zero(count, sizeof *texts->all);
    texts->given = mem_zero(count, sizeof *texts->given);
    texts->order = mem_zero(count, sizeof *texts->order);
    for (size_t i = 0; i < count; i++) {
        struct text *text = &texts->all[i];
        for (size_t run = 0; run < RUNS; run++)
            text->runs[run] = draw();
        if (i >= families)
            memcpy(text->runs, texts->all[i % families + families * draw_below(i / families)].runs,
                   sizeof text->runs);
        for (size_t change = draw_below(changes + 1); change > 0; change--)
            text->runs[draw_below(RUNS)] = draw();
        qsort(text->runs, RUNS, sizeof *text->runs, by_number);
        minhash_sign(text->runs, RUNS, text->text.signature);
        text->text.size = RUNS;
        text->text.open = true;
    }
}

static void free_texts(struct texts *texts)
{
    free(texts->all);
    free(texts->given);
    free(texts->order);
}

/* Groups the texts of `chosen` in a drawn order; writes for each the lowest number in its group. */
static bool group_chosen(struct texts *texts, const bool *chosen, uint32_t *ret_lowest)
{
    size_t count = 0;
    for (size_t i = 0; i < texts->count; i++)
        if (chosen[i])
            texts->order[count++] = i;
    for (size_t i = count; i > 1; i--) {
        size_t other = draw_below(i), kept = texts->order[i - 1];
        texts->order[i - 1] = texts->order[other];
        texts->order[other] = kept;
    }
    for (size_t i = 0; i < count; i++)
        texts->given[i] = texts->all[texts->order[i]].text;
    uint32_t *groups = mem_zero(count, sizeof *groups), *lowest = mem_zero(count, sizeof *lowest);
    struct grouping grouping = {texts->given, count, are_alike, texts};
    bool crowded;
    assert_int_equal(group_texts(&grouping, groups, &crowded), 0);
    memset(lowest, 0xff, count * sizeof *lowest);
    for (size_t i = 0; i < count; i++) {
        assert_true(groups[i] <= i && groups[groups[i]] == groups[i]);
        if (texts->order[i] < lowest[groups[i]])
            lowest[groups[i]] = (uint32_t)texts->order[i];
    }
    for (size_t i = 0; i < count; i++)
        ret_lowest[texts->order[i]] = lowest[groups[i]];
    free(groups);
    free(lowest);
    return crowded;
}

/* The same plainly: every pair. */
static void group_plainly(const struct texts *texts, const bool *chosen, uint32_t *ret_lowest)
{
    for (uint32_t i = 0; i < texts->count; i++)
        ret_lowest[i] = i;
    for (size_t i = 0; i < texts->count; i++)
        for (size_t j = 0; j < i; j++) {
            uint32_t a = ret_lowest[i], b = ret_lowest[j];
            if (!chosen[i] || !chosen[j] || a == b ||
                !shingles_alike(texts->all[i].runs, RUNS, texts->all[j].runs, RUNS))
                continue;
            for (size_t n = 0; n < texts->count; n++)
                if (ret_lowest[n] == (a > b ? a : b))
                    ret_lowest[n] = a < b ? a : b;
        }
}

static size_t check_against_plain(struct texts *texts, const bool *chosen, uint32_t *lowest)
{
    uint32_t *plain = mem_zero(texts->count, sizeof *plain);
    assert_false(group_chosen(texts, chosen, lowest));
    group_plainly(texts, chosen, plain);
    size_t groups = 0;
    for (size_t i = 0; i < texts->count; i++) {
        if (chosen[i] && lowest[i] != plain[i])
            fail_msg("text %zu: group %u, plainly %u", i, lowest[i], plain[i]);
        groups += chosen[i] && lowest[i] == i;
    }
    free(plain);
    return groups;
}

/* Texts come and go; each time all but the new and the groups that lost one are known. */
static void come_and_go(struct texts *texts, size_t rounds)
{
    bool *chosen = mem_zero(texts->count, sizeof *chosen);
    uint32_t *lowest = mem_zero(texts->count, sizeof *lowest);
    for (size_t round = 0; round < rounds; round++) {
        for (size_t change = texts->count / 5; change > 0; change--) {
            size_t i = draw_below(texts->count);
            for (size_t n = 0; chosen[i] && n < texts->count; n++)
                if (chosen[n] && lowest[n] == lowest[i])
                    texts->all[n].text.open = true;
            chosen[i] = !chosen[i];
            texts->all[i].text.open = true;
            texts->all[i].text.component = 0;
        }
        check_against_plain(texts, chosen, lowest);
        for (size_t i = 0; i < texts->count; i++) {
            texts->all[i].text.component = chosen[i] ? lowest[i] + 1 : 0;
            texts->all[i].text.open = !chosen[i];
        }
    }
    free(chosen);
    free(lowest);
}

static void test_groups_as_by_every_pair(void **state)
{
    (void)state;
    static const struct {
        size_t count, families, changes;
    } cases[] = {{1, 1, 0}, {60, 60, 5}, {60, 1, 10}, {150, 10, 20}, {150, 5, 40}, {200, 20, 30}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct texts texts;
        make_texts(&texts, cases[i].count, cases[i].families, cases[i].changes);
        bool *all = mem_zero(texts.count, sizeof *all);
        uint32_t *lowest = mem_zero(texts.count, sizeof *lowest);
        memset(all, true, texts.count * sizeof *all);
        size_t groups = check_against_plain(&texts, all, lowest);
        assert_true(groups >= 1 && groups <= texts.count);
        free(all);
        free(lowest);
        come_and_go(&texts, 20);
        free_texts(&texts);
    }
}

static void test_copies_cost_no_more_tests_than_there_are(void **state)
{
    (void)state;
    struct texts texts;
    make_texts(&texts, 1000, 4, 2);
    bool *all = mem_zero(texts.count, sizeof *all);
    uint32_t *lowest = mem_zero(texts.count, sizeof *lowest);
    memset(all, true, texts.count * sizeof *all);
    group_chosen(&texts, all, lowest);
    for (size_t i = 0; i < texts.count; i++)
        assert_int_equal(lowest[i], i % 4);
    assert_true(texts.tests <= 2 * texts.count);
    texts.tests = 0;
    for (size_t i = 0; i < texts.count; i++) {
        texts.all[i].text.component = lowest[i] + 1;
        texts.all[i].text.open = false;
    }
    all[0] = false;
    for (size_t i = 0; i < texts.count; i += 4)
        texts.all[i].text.open = true;
    group_chosen(&texts, all, lowest);
    assert_int_equal(lowest[8], 4);
    assert_true(texts.tests <= texts.count / 2);
    free(all);
    free(lowest);
    free_texts(&texts);
}

/* Texts that all agree in one band: more than are compared with one another. What is known from before makes
 * no difference then. */
static void test_a_crowd(void **state)
{
    (void)state;
    struct texts texts;
    make_texts(&texts, GROUP_BUCKET_MAX + 200, GROUP_BUCKET_MAX + 200, 0);
    for (size_t i = 0; i < texts.count; i++)
        memcpy(texts.all[i].text.signature, texts.all[0].text.signature, MINHASH_ROWS * sizeof(uint32_t));
    /* Two copies, next to each other by signature though far apart by number. */
    texts.all[texts.count - 1] = texts.all[3];
    bool *all = mem_zero(texts.count, sizeof *all);
    uint32_t *first = mem_zero(texts.count, sizeof *first), *second = mem_zero(texts.count, sizeof *second);
    memset(all, true, texts.count * sizeof *all);
    assert_true(group_chosen(&texts, all, first));
    assert_int_equal(first[texts.count - 1], 3);
    for (size_t i = 0; i < texts.count; i++) {
        texts.all[i].text.component = i == texts.count - 1 ? 1 : (int64_t)i + 1;
        texts.all[i].text.open = i == 7;
    }
    assert_true(group_chosen(&texts, all, second));
    assert_memory_equal(first, second, texts.count * sizeof *first);
    free(all);
    free(first);
    free(second);
    free_texts(&texts);
}

static int fails(void *context, size_t a, size_t b)
{
    (void)context;
    (void)a;
    (void)b;
    return -1;
}

static void test_a_test_that_fails_ends_it(void **state)
{
    (void)state;
    struct texts texts;
    make_texts(&texts, 10, 1, 0);
    uint32_t groups[10];
    bool crowded;
    for (size_t i = 0; i < 10; i++)
        texts.given[i] = texts.all[i].text;
    struct grouping grouping = {texts.given, 10, fails, NULL};
    assert_int_equal(group_texts(&grouping, groups, &crowded), -1);
    grouping.count = 0;
    assert_int_equal(group_texts(&grouping, groups, &crowded), 0);
    free_texts(&texts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_runs),
        cmocka_unit_test(test_runs_end_with_their_part),
        cmocka_unit_test(test_sets_of_many_runs),
        cmocka_unit_test(test_alike_from_seven_tenths_on),
        cmocka_unit_test(test_signatures_estimate),
        cmocka_unit_test(test_what_is_alike_is_a_candidate),
        cmocka_unit_test(test_groups_as_by_every_pair),
        cmocka_unit_test(test_copies_cost_no_more_tests_than_there_are),
        cmocka_unit_test(test_a_crowd),
        cmocka_unit_test(test_a_test_that_fails_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
