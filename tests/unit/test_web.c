/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What text becomes in a page, and addresses that say another search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "daemon/web/html.h"
#include "daemon/web/state.h"

enum { TEXT_MAX = 1 << 16 };

static void test_text_is_never_markup(void **state)
{
    static const struct {
        const char *text, *html;
    } cases[] = {
        {"plain", "plain"},
        {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"\" onfocus='x' & more", "&quot; onfocus=&#39;x&#39; &amp; more"},
        {"&lt;", "&amp;lt;"},
        {"caf\xC3\xA9", "caf\xC3\xA9"},
        {"a\xE2\x80\xAE"
         "gpj.exe",
         "agpj.exe"},                                                 /* right-to-left override */
        {"a\xE2\x81\xA6z\xE2\x81\xA9", "az"},                         /* isolates left open */
        {"a\x01\x1B[31mz\x7F", "a[31mz"},                             /* controls */
        {"a\xC2\x9Bz", "az"},                                         /* C1 control */
        {"a\xE2\x80\xA8z", "a z"},                                    /* line separator */
        {"\xEF\x82\xB7 item", "  item"},                              /* a bullet of a font nobody has */
        {"a\xFFz", "a\xEF\xBF\xBDz"},                                 /* no UTF-8 */
        {"a\xED\xA0\x80z", "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBDz"}, /* surrogate */
        {"a\xF3\xA0\x80\xBCz", "az"},                                 /* a tag character */
        {"line\nline\ttab", "line\nline\ttab"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_AUTO struct buf html = BUF_INIT(TEXT_MAX);
        html_put(&html, "%t", cases[i].text);
        assert_string_equal(html.data, cases[i].html);
    }
}

static void test_templates(void **state)
{
    BUF_AUTO struct buf html = BUF_INIT(TEXT_MAX);
    (void)state;
    html_put(&html, "<a href=\"/records/%u\">%b</a> %n %d%% %h%t", "NIC-1#2/\"x\" \xC3\xA9", "<b>", 1234567LL,
             42, "<i>", NULL);
    assert_string_equal(html.data,
                        "<a href=\"/records/NIC-1%232%2F%22x%22%20%C3%A9\"><bdi>&lt;b&gt;</bdi></a> "
                        "1,234,567 42% <i>");
}

static void test_numbers(void **state)
{
    static const struct {
        long long number;
        const char *text;
    } cases[] = {{0, "0"}, {999, "999"}, {1000, "1,000"}, {-1000, "-1,000"}, {-100, "-100"}, {5079, "5,079"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_AUTO struct buf html = BUF_INIT(TEXT_MAX);
        html_number(&html, cases[i].number);
        assert_string_equal(html.data, cases[i].text);
    }
}

static void test_prose(void **state)
{
    static const struct {
        const char *text;
        struct html_mark marks[3];
        size_t count;
        const char *html;
    } cases[] = {
        {"One.\n\nTwo.", {{0}}, 0, "<p>One.</p>\n<p>Two.</p>\n"},
        {"Items:\n- one\n\xE2\x80\xA2\ttwo\nEnd",
         {{0}},
         0,
         "<p>Items:</p>\n<ul><li>one</li>\n<li>two</li>\n</ul><p>End</p>\n"},
        {"DATA FLOW:\nIt goes.", {{0}}, 0, "<h3>DATA FLOW:</h3>\n<p>It goes.</p>\n"},
        {"Risks at <risk>",
         {{0, 5}, {10, 14}},
         2,
         "<p><mark>Risks</mark> at &lt;<mark>risk</mark>&gt;</p>\n"},
        {"- risk\n- risk",
         {{2, 6}, {9, 13}},
         2,
         "<ul><li><mark>risk</mark></li>\n<li><mark>risk</mark></li>\n</ul>"},
        /* A phrase over two lines is marked in both, the bullet between them not. */
        {"a risk\n- score",
         {{2, 14}},
         1,
         "<p>a <mark>risk</mark></p>\n<ul><li><mark>score</mark></li>\n</ul>"},
        {"all", {{0, 3}}, 1, "<p><mark>all</mark></p>\n"},
        {"short", {{3, 90}, {100, 110}}, 2, "<p>sho<mark>rt</mark></p>\n"},
        {"- only", {{0}}, 0, "<ul><li>only</li>\n</ul>"},
        {"\n \n", {{0}}, 0, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        BUF_AUTO struct buf html = BUF_INIT(TEXT_MAX), expected = BUF_INIT(TEXT_MAX);
        html_prose(&html, &(struct html_marked){cases[i].text, cases[i].marks, cases[i].count});
        buf_printf(&expected, "<div class=\"prose\" dir=\"auto\">%s</div>\n", cases[i].html);
        assert_string_equal(html.data, expected.data);
    }
}

static void test_marked_text(void **state)
{
    static const struct html_mark marks[] = {{0, 3}, {6, 7}};
    BUF_AUTO struct buf html = BUF_INIT(TEXT_MAX);
    (void)state;
    html_marked(&html, &(struct html_marked){"St A & B", marks, 2});
    assert_string_equal(html.data, "<mark>St </mark>A &amp;<mark> </mark>B");
}

static void check_url(const struct state *search, const struct state_change *change, const char *expected)
{
    BUF_AUTO struct buf url = BUF_INIT(TEXT_MAX);
    state_url(&url, search, change);
    assert_string_equal(url.data, expected);
}

static void test_addresses(void **unused)
{
    static const struct web_pair pairs[] = {{"q", "a&b \"c\""}, {"legal_basis", "Act > s1 > s1(2)"},
                                            {"dataset", "hes"}, {"offset", "20"},
                                            {"colour", "red"},  {"empty", ""},
                                            {"limit", "none"},  {"start", "2018..2019"},
                                            {"limit", "1"}};
    const struct field *basis = field_find("legal_basis");
    struct state search;
    (void)unused;
    state_take(&search, pairs, sizeof pairs / sizeof *pairs);
    assert_true(state_is_search(&search));
    assert_int_equal(search.unknown.len, 2);
    assert_string_equal(search.unknown.items[0], "colour");
    assert_string_equal(search.unknown.items[1], "limit");
#define Q "/?q=a%26b%20%22c%22"
#define REST "&amp;limit=1"
    check_url(&search, &(struct state_change){.path = NULL},
              Q
              "&amp;legal_basis=Act%20%3E%20s1%20%3E%20s1%282%29&amp;dataset=hes&amp;start=2018..2019" REST);
    /* One above takes the place of what lies below it, and the other way round. */
    check_url(&search, &(struct state_change){.add_field = basis, .add_value = "Act > s1"},
              Q "&amp;dataset=hes&amp;legal_basis=Act%20%3E%20s1&amp;start=2018..2019" REST);
    check_url(&search, &(struct state_change){.add_field = basis, .add_value = "Act > s10", .drop = 2},
              Q "&amp;legal_basis=Act%20%3E%20s1%20%3E%20s1%282%29&amp;legal_basis=Act%20%3E%20s10&amp;start="
                "2018..2019" REST);
    check_url(&search, &(struct state_change){.drop = -1, .flip_copies = true}, Q "&amp;fold=0" REST);
    check_url(&search, &(struct state_change){.drop = -1, .for_api = true, .path = "/search.atom"},
              "/search.atom?q=a%26b%20%22c%22&amp;fold_copies=1");
    state_free(&search);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_never_markup),
        cmocka_unit_test(test_templates),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_prose),
        cmocka_unit_test(test_marked_text),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
