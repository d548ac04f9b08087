/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is being typed at the end of a query text: a table of texts, what a completion stands in for, and of
 * what kinds it may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/search/typed.h"

enum {
    ANY = COMPLETION_ANY,
    TEXT = COMPLETION_TEXT,
    ORGANISATION = 1 << COMPLETION_ORGANISATION,
    DATASET = 1 << COMPLETION_DATASET,
    PROVISION = 1 << COMPLETION_PROVISION,
    CONTROLLER = 1 << COMPLETION_CONTROLLER,
    RECORD = 1 << COMPLETION_RECORD,
};

static const struct {
    const char *q, *replaced;
    unsigned kinds;
} table[] = {
    {"", "", ANY},
    {"   ", "", ANY},
    {"risk str", "risk str", ANY},
    {"  risk str", "risk str", ANY},
    {"risk ", "risk ", ANY},
    {"\"risk str", "risk str", TEXT},
    {"\xE2\x80\x9Crisk str", "risk str", TEXT},
    {"\"risk stratification\" tar", "tar", ANY},
    {"\"risk stratification\"", "", ANY},
    {"invoice AND risk str", "risk str", ANY},
    {"invoice OR ", "", ANY},
    {"invoice or ", "invoice or ", ANY},
    {"invoice NEAR/5 val", "val", ANY},
    {"(invoice OR risk) str", "str", ANY},
    {"(risk str", "risk str", ANY},
    {"invoice -risk", "risk", ANY},
    {"s261(2)(b", "s261(2)(b", ANY},
    {"-", "", ANY},
    {"dataset:men", "men", DATASET},
    {"risk dataset:mental heal", "mental heal", DATASET},
    {"dataset:\"mental heal", "mental heal", DATASET},
    {"dataset:", "", DATASET},
    {"datasets:x", "x", DATASET},
    {"controller:x", "x", CONTROLLER},
    {"organisation:x", "x", ORGANISATION},
    {"legal_basis:s2", "s2", PROVISION},
    {"id:NIC-4", "NIC-4", RECORD},
    {"objectives:str", "str", TEXT},
    {"objectives:\"risk str", "risk str", TEXT},
    {"colour:red", "colour:red", ANY},
    {":x", ":x", ANY},
};

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct typed typed = typed_of(table[i].q, strlen(table[i].q));
        if (typed.len != strlen(table[i].replaced) || typed.kinds != table[i].kinds)
            print_error("\"%s\": \"%.*s\", kinds %x\n", table[i].q, (int)typed.len, typed.text, typed.kinds);
        assert_int_equal(typed.len, strlen(table[i].replaced));
        assert_memory_equal(typed.text, table[i].replaced, typed.len);
        assert_int_equal(typed.kinds, table[i].kinds);
        assert_ptr_equal(typed.text + typed.len, table[i].q + strlen(table[i].q));
    }
}

/* Of a long text the end is looked at, from a word's beginning; one word that long is none. */
static void test_long_texts(void **state)
{
    (void)state;
    char text[4000];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 8 == 7 ? ' ' : 'a';
    struct typed typed = typed_of(text, sizeof text);
    assert_in_range(typed.len, TYPED_BYTES_MAX - 8, TYPED_BYTES_MAX);
    assert_true(typed.text[-1] == ' ');
    memset(text, 'a', sizeof text);
    assert_int_equal(typed_of(text, sizeof text).len, 0);
}

static void test_words_are_dropped_from_the_left(void **state)
{
    (void)state;
    const char *q = "care \t of risk str";
    struct typed typed = typed_of(q, strlen(q));
    assert_true(typed_drop_word(&typed));
    assert_true(typed_drop_word(&typed));
    assert_int_equal(typed.len, strlen("risk str"));
    assert_true(typed_drop_word(&typed));
    assert_false(typed_drop_word(&typed));
    assert_int_equal(typed.len, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_long_texts),
        cmocka_unit_test(test_words_are_dropped_from_the_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
