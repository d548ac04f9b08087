/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Buffers with a ceiling, errors with a place, JSON text as jansson reads it back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"
#include "indexer/base/json_lift.h"
#include "indexer/base/json_text.h"
#include "indexer/base/mem.h"
#include "indexer/base/strlist.h"

static void test_a_buffer_stops_at_its_ceiling(void **state)
{
    (void)state;
    BUF_AUTO struct buf buf = BUF_INIT(10);
    buf_text(&buf, "0123456789");
    assert_false(buf_failed(&buf));
    buf_byte(&buf, 'x');
    assert_true(buf_failed(&buf));
    assert_string_equal(buf.data, "0123456789"); /* what was there stays */
    assert_null(buf_take(&buf));
    buf_reset(&buf);
    buf_printf(&buf, "%d", 42);
    assert_string_equal(buf.data, "42");
    buf_consume(&buf, 1);
    assert_string_equal(buf.data, "2");
}

static void test_the_first_error_wins_and_is_cut_between_characters(void **state)
{
    (void)state;
    struct error error = ERROR_NONE;
    char text[2000];
    for (size_t i = 0; i + 2 < sizeof text; i += 2)
        memcpy(text + i, "\xC3\xA9", 3);
    error_set(&error, "%s", text);
    error_set(&error, "second");
    assert_true(strlen(error.text) % 2 == 0 && strlen(error.text) > 400);
    error_at(&error, "pages/a.txt", NULL, 12);
    error_at(&error, "pages/b.txt", NULL, 1);
    assert_string_equal(error.place, "pages/a.txt:12");
    error_set(NULL, "nobody listens");
}

static void test_a_long_place_keeps_its_end(void **state)
{
    (void)state;
    struct error error = ERROR_NONE;
    char path[1000];
    memset(path, 'a', sizeof path);
    strcpy(path + 900, "/page.txt");
    error_at(&error, path, "Sheet", 7);
    assert_non_null(strstr(error.place, "/page.txt:Sheet:7"));
}

static void check_string(const char *bytes, size_t len, const char *wanted)
{
    BUF_AUTO struct buf text = BUF_INIT(1 << 16);
    json_text_string(&text, bytes, len);
    json_error_t why;
    json_t *read = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (!read)
        fail_msg("%s: %s", text.data, why.text);
    assert_int_equal(json_string_length(read), wanted ? strlen(wanted) : len);
    assert_memory_equal(json_string_value(read), wanted ? wanted : bytes, json_string_length(read));
    json_decref(read);
}

static void test_strings_are_read_back_by_jansson(void **state)
{
    (void)state;
    check_string("plain", 5, NULL);
    check_string("\"\\/\b\f\n\r\t\x01\x1f\x7f", 12, NULL);
    check_string("a\0b", 3, NULL);
    check_string("\xC3\xA9 \xE2\x80\xA8 \xF0\x9F\x9A\xA9", 11, NULL);
    check_string("a\xFFz", 3, "a\xEF\xBF\xBDz");
    check_string("\xC3", 1, "\xEF\xBF\xBD");
    check_string("\xED\xA0\x80", 3, "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"); /* a surrogate */
    check_string("\xC0\x80", 2, "\xEF\xBF\xBD\xEF\xBF\xBD");                 /* overlong */
}

/* Plain text is gone through by eight bytes: what must be escaped is met in each place of them. */
static void test_each_byte_is_met_in_each_place(void **state)
{
    (void)state;
    for (size_t place = 0; place < 20; place++) {
        for (int byte = 0; byte < 256; byte++) {
            char bytes[] = "abcdefghijklmnopqrst";
            bytes[place] = (char)byte;
            MEM_AUTO char *repaired = mem_format("%.*s\xEF\xBF\xBD%s", (int)place, bytes, bytes + place + 1);
            check_string(bytes, sizeof bytes - 1, byte < 0x80 ? NULL : repaired);
        }
    }
}

static void test_any_bytes_make_a_string(void **state)
{
    (void)state;
    srand(20261122);
    for (int round = 0; round < 20000; round++) {
        char bytes[40];
        size_t len = (size_t)rand() % sizeof bytes;
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)rand();
        BUF_AUTO struct buf text = BUF_INIT(1 << 16);
        json_text_string(&text, bytes, len);
        json_t *read = json_loadb(text.data, text.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        assert_non_null(read);
        json_decref(read);
    }
}

static void test_numbers_and_members(void **state)
{
    (void)state;
    BUF_AUTO struct buf text = BUF_INIT(1000);
    buf_byte(&text, '{');
    json_text_member(&text, "low");
    json_text_number(&text, INT64_MIN);
    json_text_member(&text, "high");
    json_text_number(&text, INT64_MAX);
    json_text_member(&text, "none");
    json_text_or_null(&text, NULL);
    buf_byte(&text, '}');
    assert_string_equal(text.data,
                        "{\"low\":-9223372036854775808,\"high\":9223372036854775807,\"none\":null}");
}

static void test_lists_hold_each_value_once(void **state)
{
    (void)state;
    STRLIST_AUTO struct strlist list = {0};
    assert_true(strlist_add_unique(&list, "b"));
    assert_true(strlist_add_unique(&list, "a"));
    assert_false(strlist_add_unique(&list, "b"));
    strlist_sort(&list);
    assert_string_equal(list.items[0], "a");
    assert_int_equal(list.len, 2);
}

/* What is lifted and the rest together are what jansson reads of the whole. */
static void check_lift(const char *json, const char *lifted, const char *left)
{
    struct json_lifted texts[] = {{.name = "a"}, {.name = "long"}};
    BUF_AUTO struct buf rest = BUF_INIT(1000);
    assert_true(json_lift(json, strlen(json), texts, 2, true, &rest));
    assert_string_equal(rest.data, left);
    if (lifted) {
        json_t *whole = json_loads(json, 0, NULL);
        assert_non_null(texts[1].text);
        assert_string_equal(texts[1].text, lifted);
        assert_int_equal(texts[1].len, strlen(lifted));
        assert_string_equal(texts[1].text, json_string_value(json_object_get(whole, "long")));
        json_decref(whole);
    } else {
        assert_null(texts[1].text);
    }
    json_lifted_free(texts, 2);
    buf_reset(&rest);
    assert_true(json_lift(json, strlen(json), texts, 2, false, &rest));
    assert_null(texts[1].text);
    assert_string_equal(rest.data, left);
}

static void test_texts_are_lifted_out_of_an_object(void **state)
{
    (void)state;
    check_lift("{\"long\":\"x\"}", "x", "{\"long\":\"\"}");
    check_lift(" { \"b\" : [\"long\", {\"long\":\"}\"}] ,\"long\" : \"\" , \"z\":1}\n", "",
               " { \"b\" : [\"long\", {\"long\":\"}\"}] ,\"long\" : \"\" , \"z\":1}\n");
    check_lift("{\"long\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t \xC3\xA9\x7F\"}", "\"\\/\b\f\n\r\t \xC3\xA9\x7F",
               "{\"long\":\"\"}");
    check_lift("{\"long\":null,\"a\":2}", NULL, "{\"long\":null,\"a\":2}");
    check_lift("{}", NULL, "{}");
    /* What the parser has to judge stays. */
    check_lift("{\"long\":\"\\u00e9\"}", NULL, "{\"long\":\"\\u00e9\"}");
    check_lift("{\"long\":\"a\nb\"}", NULL, "{\"long\":\"a\nb\"}");
    check_lift("{\"long\":\"\xC0\x80\"}", NULL, "{\"long\":\"\xC0\x80\"}");
    check_lift("{\"long\":\"\\x\"}", NULL, "{\"long\":\"\\x\"}");
}

static void test_what_is_no_object_is_not_walked(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "[]",
                                        "\"long\"",
                                        "{",
                                        "{\"long",
                                        "{\"long\"",
                                        "{\"long\":",
                                        "{\"long\":\"x",
                                        "{\"long\":\"x\"",
                                        "{\"long\":\"x\\",
                                        "{\"a\":[",
                                        "{,}",
                                        "{\"a\":1,}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct json_lifted lifted = {.name = "long"};
        BUF_AUTO struct buf rest = BUF_INIT(1000);
        assert_false(json_lift(texts[i], strlen(texts[i]), &lifted, 1, true, &rest));
        assert_null(lifted.text);
    }
}

/* Bytes that may be anything: the rest is accepted by the parser where the whole is, and only there. */
static void test_what_is_wrong_stays_wrong(void **state)
{
    (void)state;
    static const char pieces[] = "{}[]:,\"\"\"\\ntu0longa\xC3\xA9 1";
    srand(20261123);
    for (int round = 0; round < 200000; round++) {
        char json[48] = "{\"long\":\"";
        size_t len = rand() % 2 ? strlen(json) : 1;
        for (size_t more = (size_t)rand() % 24; more > 0; more--)
            json[len++] = pieces[(size_t)rand() % (sizeof pieces - 1)];
        if (rand() % 2)
            memcpy(json + len, "\"}", 2), len += 2;
        struct json_lifted text = {.name = "long"};
        BUF_AUTO struct buf rest = BUF_INIT(1000);
        json_t *whole = json_loadb(json, len, JSON_REJECT_DUPLICATES, NULL);
        bool walked = json_lift(json, len, &text, 1, true, &rest);
        json_t *left = walked ? json_loadb(rest.data, rest.len, JSON_REJECT_DUPLICATES, NULL) : NULL;
        if (json_is_object(whole))
            assert_non_null(left);
        else
            assert_false(json_is_object(left));
        if (left && text.text)
            assert_string_equal(text.text, json_string_value(json_object_get(whole, "long")));
        json_lifted_free(&text, 1);
        json_decref(left);
        json_decref(whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_buffer_stops_at_its_ceiling),
        cmocka_unit_test(test_the_first_error_wins_and_is_cut_between_characters),
        cmocka_unit_test(test_a_long_place_keeps_its_end),
        cmocka_unit_test(test_strings_are_read_back_by_jansson),
        cmocka_unit_test(test_each_byte_is_met_in_each_place),
        cmocka_unit_test(test_any_bytes_make_a_string),
        cmocka_unit_test(test_numbers_and_members),
        cmocka_unit_test(test_texts_are_lifted_out_of_an_object),
        cmocka_unit_test(test_what_is_no_object_is_not_walked),
        cmocka_unit_test(test_what_is_wrong_stays_wrong),
        cmocka_unit_test(test_lists_hold_each_value_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
