/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets of documents that are kept: what comes back, what goes, and that the bytes stay bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "daemon/search/kept.h"

enum { DOCUMENTS = 5000, MANY = 3 * KEPT_BYTES_MAX / (DOCUMENTS / 8) };

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
    struct kept *kept = kept_new();
    assert_false(is_there(kept, 1));
    put(kept, 1);
    put(kept, 1);
    put(kept, 2);
    assert_true(is_there(kept, 1) && is_there(kept, 2) && !is_there(kept, 3));
    struct kept_figures figures = kept_figures(kept);
    assert_int_equal(figures.sets, 2);
    assert_int_equal(figures.hits, 2);
    assert_int_equal(figures.misses, 2);
    kept_free(kept);
}

static void test_the_longest_unasked_goes_first(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    put(kept, 0);
    for (int i = 1; i < MANY; i++) {
        put(kept, i);
        assert_true(is_there(kept, 0));
        assert_in_range(kept_figures(kept).bytes, 1, KEPT_BYTES_MAX);
    }
    assert_true(is_there(kept, MANY - 1));
    assert_false(is_there(kept, 1));
    assert_in_range(kept_figures(kept).sets, 1, MANY / 2);
    kept_free(kept);
    kept_free(NULL);
}

static void test_too_long_a_key_is_not_kept(void **state)
{
    (void)state;
    struct kept *kept = kept_new();
    BITS_AUTO struct bits documents = bits_new(DOCUMENTS);
    BUF_AUTO struct buf key = BUF_INIT(2 * KEPT_KEY_MAX);
    for (int i = 0; i <= KEPT_KEY_MAX; i++)
        buf_byte(&key, 'x');
    kept_put(kept, &key, &documents);
    assert_false(kept_find(kept, &key, &documents));
    assert_int_equal(kept_figures(kept).sets, 0);
    kept_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_kept_comes_back),
        cmocka_unit_test(test_the_longest_unasked_goes_first),
        cmocka_unit_test(test_too_long_a_key_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
