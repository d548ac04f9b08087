/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is kept for an epoch: what comes back, what goes, and that the bytes stay bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/search/kept.h"

enum { ROOM = 1 << 20, DOCUMENTS = 5000, MANY = 3 * ROOM / (DOCUMENTS / 8) };

static void name(struct buf *key, int number)
{
    buf_reset(key);
    buf_printf(key, "set %d", number);
}

/* The set number n holds document n % DOCUMENTS and no other. */
static void put(struct kept *kept, int number)
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    BITS_AUTO struct bits documents = bits_new(DOCUMENTS);
    name(&key, number);
    bits_set(&documents, (size_t)number % DOCUMENTS);
    kept_put(kept, &key, &documents);
}

static bool is_there(struct kept *kept, int number)
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    BITS_AUTO struct bits documents = bits_new(DOCUMENTS);
    name(&key, number);
    if (!kept_find(kept, &key, &documents))
        return false;
    assert_int_equal(bits_total(&documents), 1);
    assert_true(bits_has(&documents, (size_t)number % DOCUMENTS));
    return true;
}

static void test_what_is_kept_comes_back(void **state)
{
    (void)state;
    struct kept *kept = kept_new(ROOM);
    assert_false(is_there(kept, 1));
    put(kept, 1);
    put(kept, 1);
    put(kept, 2);
    assert_true(is_there(kept, 1) && is_there(kept, 2) && !is_there(kept, 3));
    struct kept_figures figures = kept_figures(kept);
    assert_int_equal(figures.counts[KEPT_SET], 2);
    assert_int_equal(figures.hits, 2);
    assert_int_equal(figures.misses, 2);
    kept_free(kept);
}

static void test_the_longest_unasked_goes_first(void **state)
{
    (void)state;
    struct kept *kept = kept_new(ROOM);
    put(kept, 0);
    for (int i = 1; i < MANY; i++) {
        put(kept, i);
        assert_true(is_there(kept, 0));
        assert_in_range(kept_figures(kept).bytes, 1, ROOM);
    }
    assert_true(is_there(kept, MANY - 1));
    assert_false(is_there(kept, 1));
    assert_in_range(kept_figures(kept).counts[KEPT_SET], 1, MANY / 2);
    kept_free(kept);
    kept_free(NULL);
}

static void test_too_long_a_key_is_not_kept(void **state)
{
    (void)state;
    struct kept *kept = kept_new(ROOM);
    BITS_AUTO struct bits documents = bits_new(DOCUMENTS);
    BUF_AUTO struct buf key = BUF_INIT(2 * KEPT_KEY_MAX);
    for (int i = 0; i <= KEPT_KEY_MAX; i++)
        buf_byte(&key, 'x');
    kept_put(kept, &key, &documents);
    assert_false(kept_find(kept, &key, &documents));
    assert_int_equal(kept_figures(kept).counts[KEPT_SET], 0);
    kept_free(kept);
}

static void test_texts_and_words_come_back(void **state)
{
    (void)state;
    struct kept *kept = kept_new(ROOM);
    char text[6] = "", other[5] = "";
    char *word = NULL;
    assert_false(kept_find_text(kept, 17, text, 5));
    assert_false(kept_find_word(kept, "datta", &word));
    kept_put_text(kept, 17, "texts", 5);
    kept_put_word(kept, "datta", "data");
    kept_put_word(kept, "zzzz", "");
    assert_true(kept_find_text(kept, 17, text, 5));
    assert_string_equal(text, "texts");
    assert_false(kept_find_text(kept, 17, other, 4)); /* another text's length */
    assert_false(kept_find_text(kept, 18, text, 5));
    assert_true(kept_find_word(kept, "datta", &word));
    assert_string_equal(word, "data");
    free(word);
    assert_true(kept_find_word(kept, "zzzz", &word));
    assert_string_equal(word, "");
    free(word);
    struct kept_figures figures = kept_figures(kept);
    assert_int_equal(figures.counts[KEPT_TEXT], 1);
    assert_int_equal(figures.counts[KEPT_WORD], 2);
    assert_int_equal(figures.text_hits, 1);
    assert_int_equal(figures.text_misses, 3);
    kept_free(kept);
}

/* A word, a text and a set may be called by the same bytes. */
static void test_kinds_are_kept_apart(void **state)
{
    (void)state;
    struct kept *kept = kept_new(ROOM);
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    BITS_AUTO struct bits documents = bits_new(64);
    char text[8];
    char *word = NULL;
    uint64_t place;
    memcpy(&place, "eightlet", sizeof place);
    kept_put_word(kept, "eightlet", "another");
    assert_false(kept_find_text(kept, place, text, 7));
    buf_text(&key, "eightlet");
    assert_false(kept_find(kept, &key, &documents));
    kept_put(kept, &key, &documents);
    kept_put_text(kept, place, "texts", 5);
    assert_true(kept_find_word(kept, "eightlet", &word));
    assert_string_equal(word, "another");
    free(word);
    kept_free(kept);
}

static void test_a_large_text_is_not_kept(void **state)
{
    (void)state;
    struct kept *kept = kept_new(ROOM);
    char *text = calloc(1, KEPT_TEXT_MAX + 1);
    kept_put_text(kept, 1, text, KEPT_TEXT_MAX + 1);
    assert_false(kept_find_text(kept, 1, text, KEPT_TEXT_MAX + 1));
    kept_put_text(kept, 2, text, KEPT_TEXT_MAX);
    assert_true(kept_find_text(kept, 2, text, KEPT_TEXT_MAX));
    free(text);
    kept_free(kept);
}

static void test_none_is_kept_where_nothing_may(void **state)
{
    (void)state;
    struct kept *kept = kept_new(0);
    char text[5];
    char *word = NULL;
    put(kept, 1);
    kept_put_text(kept, 17, "texts", 5);
    kept_put_word(kept, "datta", "data");
    assert_false(is_there(kept, 1));
    assert_false(kept_find_text(kept, 17, text, 5));
    assert_false(kept_find_word(kept, "datta", &word));
    assert_int_equal(kept_figures(kept).bytes, 0);
    kept_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_kept_comes_back),
        cmocka_unit_test(test_the_longest_unasked_goes_first),
        cmocka_unit_test(test_too_long_a_key_is_not_kept),
        cmocka_unit_test(test_texts_and_words_come_back),
        cmocka_unit_test(test_kinds_are_kept_apart),
        cmocka_unit_test(test_a_large_text_is_not_kept),
        cmocka_unit_test(test_none_is_kept_where_nothing_may),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
