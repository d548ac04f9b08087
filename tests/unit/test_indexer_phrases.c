/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which phrases a sample gives, and how they are counted: records written as texts of one part. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/phrase_sample.h"
#include "indexer/phrases.h"

static struct phrase_list choose(const char *const *texts, size_t max)
{
    struct phrase_sample *sample = phrase_sample_new();
    struct analyser *analyser = analyser_new();
    for (size_t i = 0; texts[i]; i++) {
        RECORD_AUTO struct record *record = record_new();
        record->objectives = mem_text(texts[i]);
        phrase_sample_add(sample, analyser, record);
    }
    struct phrase_list list = phrase_sample_choose(sample, max);
    analyser_free(analyser);
    phrase_sample_free(sample);
    return list;
}

static void assert_phrases(const char *const *texts, const char *const *expected)
{
    struct phrase_list list = choose(texts, PHRASE_LIST_MAX);
    size_t count = 0;
    for (; expected[count]; count++) {
        assert_true(count < list.count);
        assert_string_equal(list.items[count].text, expected[count]);
    }
    assert_int_equal(list.count, count);
    phrase_list_free(&list);
}

/* Its neighbours vary: a phrase. "stratification of", "of patients" hold a stop word at an end. */
static void test_neighbours_vary(void **state)
{
    (void)state;
    static const char *const texts[] = {"We buy risk stratification tools.",
                                        "They use risk stratification there.",
                                        "All risk stratification of patients.", NULL};
    static const char *const expected[] = {"risk stratification", NULL};
    assert_phrases(texts, expected);
}

/* "uses service" always has "secondary" before it: a fragment. */
static void test_fragments_are_left_out(void **state)
{
    (void)state;
    static const char *const texts[] = {"Get secondary uses service data.",
                                        "The secondary uses service is old.",
                                        "Old secondary uses service flows.", NULL};
    static const char *const expected[] = {"secondary uses service", NULL};
    assert_phrases(texts, expected);
}

/* Sentences, lists, commas and brackets part words; spaces of any kind and hyphens do not. */
static void test_what_parts_words(void **state)
{
    (void)state;
    static const char *const apart[] = {
        "risk. Score", "risk, score", "risk (score)", "risk\nscore", "risk / score", "risk; score", NULL};
    static const char *const none[] = {NULL};
    assert_phrases(apart, none);
    static const char *const joined[] = {"de-identified", "(de-identified)", NULL};
    static const char *const hyphen[] = {"de-identified", NULL};
    assert_phrases(joined, hyphen);
    static const char *const spaced[] = {"risk  score", "risk\xC2\xA0score", "risk \t score", NULL};
    static const char *const space[] = {"risk score", NULL};
    assert_phrases(spaced, space);
}

/* A phrase counts once a record: of one record alone it is none. */
static void test_one_record_is_not_enough(void **state)
{
    (void)state;
    static const char *const texts[] = {"risk score. risk score. risk score.", "another text", NULL};
    static const char *const none[] = {NULL};
    assert_phrases(texts, none);
}

/* Inflections are one phrase, spelt as most records have it. */
static void test_the_usual_spelling(void **state)
{
    (void)state;
    static const char *const texts[] = {"Risk Scores",  "risk score", "risk score", "the risk score of all",
                                        "a risk score", "RISK SCORE", NULL};
    static const char *const expected[] = {"risk score", NULL};
    assert_phrases(texts, expected);
}

/* References and what is searched in its exact form are in no phrase; single letters and numbers begin none.
 */
static void test_what_is_no_word_of_a_phrase(void **state)
{
    (void)state;
    static const char *const texts[] = {"agreement NIC-12345-A1B2C", "SUS+ data", "b) option", "2019 report",
                                        NULL};
    const char *twice[9];
    for (size_t i = 0; i < 8; i++)
        twice[i] = texts[i / 2];
    twice[8] = NULL;
    static const char *const none[] = {NULL};
    assert_phrases(twice, none);
}

static void test_the_most_frequent_are_kept(void **state)
{
    (void)state;
    static const char *const texts[] = {"case finding. risk score", "risk score", "case finding; risk score",
                                        NULL};
    struct phrase_list list = choose(texts, 1);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].text, "risk score");
    phrase_list_free(&list);
}

/* ---- counting ---- */

static void count_text(struct phrase_counts *counts, struct analyser *analyser, const char *text)
{
    struct token token;
    phrase_counts_next_part(counts);
    analyser_begin(analyser, text, strlen(text));
    while (analyser_next(analyser, &token))
        phrase_counts_add(counts, &token);
}

/* As a search finds them: by stems, across sentences, compounds also joined; within one part; once a record.
 */
static void test_counts(void **state)
{
    (void)state;
    static const char *const sample[] = {"risk score", "risk score", "health and wellbeing",
                                         "health and wellbeing", NULL};
    struct phrase_list list = choose(sample, PHRASE_LIST_MAX);
    assert_int_equal(list.count, 2);
    struct phrases *phrases = phrases_new(&list);
    struct phrase_counts *counts = phrase_counts_new(phrases);
    struct analyser *analyser = analyser_new();
    static const char *const records[] = {"Risks scored; risk score", "at risk. Score it",
                                          "health and well-being", "risk"};
    for (size_t i = 0; i < 4; i++) {
        phrase_counts_next_record(counts, 1);
        count_text(counts, analyser, records[i]);
    }
    count_text(counts, analyser, "score"); /* another part of the last record */
    phrase_counts_next_record(counts, 0);
    count_text(counts, analyser, "risk score");
    phrases_take(phrases, counts);
    const struct phrase_list *counted = phrases_list(phrases);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(counted->items[i].count, strcmp(counted->items[i].text, "risk score") == 0 ? 2 : 1);
    phrase_counts_next_record(counts, -1);
    count_text(counts, analyser, records[0]);
    phrases_take(phrases, counts);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(counted->items[i].count, 1);
    analyser_free(analyser);
    phrase_counts_free(counts);
    phrases_free(phrases);
}

/* More runs of words than are held: those that come again and again outlive the rest. */
static void test_memory_is_bounded(void **state)
{
    (void)state;
    enum { RECORDS = 60, WORDS = 4000 };
    struct phrase_sample *sample = phrase_sample_new();
    struct analyser *analyser = analyser_new();
    for (unsigned i = 0, number = 0; i < RECORDS; i++) {
        RECORD_AUTO struct record *record = record_new();
        struct buf text = BUF_INIT(1 << 20);
        buf_printf(&text, "Some x%u risk score y%u.", i, i);
        for (unsigned word = 0; word < WORDS; word++)
            buf_printf(&text, " w%u", number++);
        record->objectives = buf_take(&text);
        phrase_sample_add(sample, analyser, record);
    }
    struct phrase_list list = phrase_sample_choose(sample, PHRASE_LIST_MAX);
    assert_int_equal(list.count, 1);
    assert_string_equal(list.items[0].text, "risk score");
    phrase_list_free(&list);
    analyser_free(analyser);
    phrase_sample_free(sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_neighbours_vary),
        cmocka_unit_test(test_fragments_are_left_out),
        cmocka_unit_test(test_what_parts_words),
        cmocka_unit_test(test_one_record_is_not_enough),
        cmocka_unit_test(test_the_usual_spelling),
        cmocka_unit_test(test_what_is_no_word_of_a_phrase),
        cmocka_unit_test(test_the_most_frequent_are_kept),
        cmocka_unit_test(test_counts),
        cmocka_unit_test(test_memory_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
