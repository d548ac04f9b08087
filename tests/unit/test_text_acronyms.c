/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which acronyms a text explains: cases as plain data, and texts that would take long if looked at twice. */
#include "test_text_support.h"

#include "indexer/text/acronym.h"

static void write_pairs(const char *text, size_t len, struct buf *to)
{
    struct acronym_finder finder = {.text = text, .len = len};
    struct acronym found;

    buf_append(to, "", 0);
    while (acronym_next(&finder, &found)) {
        if (to->len > 0)
            buf_byte(to, '|');
        buf_append(to, text + found.short_start, found.short_len);
        buf_byte(to, '=');
        buf_append(to, text + found.long_start, found.long_len);
    }
    if (to->len == 0)
        buf_byte(to, '-');
}

static void check_pairs(const struct test_case *test_case, void *context)
{
    struct buf pairs = BUF_INIT(CASE_BYTES);

    write_pairs(test_case->column[0].data, test_case->column[0].len, &pairs);
    if (test_case->columns != 2 || strcmp(pairs.data, test_case->column[1].data) != 0) {
        print_error("acronyms.tsv:%d: %s\n  expected %s\n  but got  %s\n", test_case->line,
                    test_case->written[0], test_case->columns > 1 ? test_case->written[1] : "", pairs.data);
        ++*(int *)context;
    }
    buf_free(&pairs);
}

static void texts_explain_their_acronyms(void **state)
{
    int failures = 0;

    (void)state;
    assert_true(each_case("acronyms.tsv", check_pairs, &failures) >= 60);
    assert_int_equal(failures, 0);
}

/* A text of nothing but one piece over and over. */
static void check_repeated(const char *piece, size_t expected)
{
    enum { TIMES = 100000 };
    struct buf text = BUF_INIT(CASE_BYTES * 16);
    struct acronym found;
    size_t count = 0;

    for (size_t i = 0; i < TIMES; i++)
        buf_text(&text, piece);
    assert_false(buf_failed(&text));
    for (struct acronym_finder finder = {.text = text.data, .len = text.len}; acronym_next(&finder, &found);)
        count++;
    assert_int_equal(count, expected);
    buf_free(&text);
}

static void long_texts_are_read_once(void **state)
{
    (void)state;
    check_repeated("(", 0);
    check_repeated("a", 0);
    check_repeated(" (", 0);
    check_repeated("x(AB) ", 0);
    check_repeated("\n(AB)", 0);
    check_repeated("'(AB)", 0);
    check_repeated("Regional Widget Audit (RWA) ", 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_explain_their_acronyms),
        cmocka_unit_test(long_texts_are_read_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
