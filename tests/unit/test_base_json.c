/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is written as JSON by hand, read by jansson: a text of any bytes and numbers of any size say the same.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "indexer/base/buf.h"
#include "indexer/base/json_text.h"

enum { ROUNDS = 20000, PIECES_MAX = 12, TEXT_MAX = 256, LINE_MAX_BYTES = 1 << 16 };

/* ---- chance, the same each time (splitmix64, https://prng.di.unimi.it/splitmix64.c) ---- */

static uint64_t chance_state;

static uint64_t chance(void)
{
    uint64_t mixed = (chance_state += 0x9E3779B97F4A7C15U);
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
    return mixed ^ (mixed >> 31);
}

/* ---- texts ---- */

/* A text as it is handed to the writer, and as it should be read again. */
struct text {
    char given[TEXT_MAX], meant[3 * TEXT_MAX];
    size_t given_len, meant_len;
};

static void add(struct text *text, const void *given, size_t len, const void *meant, size_t meant_len)
{
    memcpy(text->given + text->given_len, given, len);
    memcpy(text->meant + text->meant_len, meant, meant_len);
    text->given_len += len;
    text->meant_len += meant_len;
}

/* The UTF-8 of a code, as if any number were one: also of surrogates and what is past U+10FFFF. */
static size_t encode(uint32_t code, unsigned char to[4])
{
    size_t len = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = len; i-- > 1; code >>= 6)
        to[i] = (unsigned char)(0x80 | (code & 0x3F));
    static const unsigned char leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    to[0] = (unsigned char)(leads[len] | code);
    return len;
}

static void add_code(struct text *text, uint32_t code)
{
    unsigned char bytes[4];
    size_t len = encode(code, bytes);
    if ((code >= 0xD800 && code <= 0xDFFF) || code > 0x10FFFF) {
        /* Each byte is wrong by itself. */
        for (size_t i = 0; i < len; i++)
            add(text, bytes + i, 1, "\xEF\xBF\xBD", 3);
    } else {
        add(text, bytes, len, bytes, len);
    }
}

/* Bytes that are no UTF-8 whatever stands behind them. */
static void add_wrong(struct text *text)
{
    static const char *const wrong[] = {
        "\x80", "\xBF", "\xC0", "\xC1\xBF", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF5", "\xFE", "\xFF"};
    const char *bytes = wrong[chance() % (sizeof wrong / sizeof *wrong)];
    for (; *bytes; bytes++)
        add(text, bytes, 1, "\xEF\xBF\xBD", 3);
}

static void add_piece(struct text *text)
{
    static const uint32_t codes[] = {0,      '"',    '\\',    '/',     0x7F,     0x80,     0x7FF,
                                     0x800,  0xD7FF, 0xD800,  0xDBFF,  0xDC00,   0xDFFF,   0xE000,
                                     0x2028, 0x2029, 0xFEFF,  0xFFFD,  0xFFFE,   0xFFFF,   0xF0B7,
                                     0x85,   0xA0,   0x10000, 0x1F6A9, 0x10FFFF, 0x110000, 0x13FFFF};
    switch (chance() % 5) {
    case 0:
        add_code(text, codes[chance() % (sizeof codes / sizeof *codes)]);
        break;
    case 1:
        add_code(text, (uint32_t)(chance() % 0x20)); /* controls */
        break;
    case 2:
        add_wrong(text);
        break;
    case 3:
        add_code(text, (uint32_t)(chance() % 0x110000));
        break;
    default:
        add_code(text, (uint32_t)(0x20 + chance() % 0x5F));
    }
}

static json_t *read_line(const struct buf *line, size_t flags)
{
    json_error_t why;
    assert_false(buf_failed(line));
    assert_null(memchr(line->data, '\n', line->len)); /* one message is one line */
    json_t *value = json_loadb(line->data, line->len, flags | JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    if (!value)
        fail_msg("%s: %s", line->data, why.text);
    return value;
}

static void check_text(const json_t *value, const struct text *text)
{
    assert_true(json_is_string(value));
    assert_int_equal(json_string_length(value), text->meant_len);
    assert_memory_equal(json_string_value(value), text->meant, text->meant_len);
}

static void test_any_text_is_read_as_it_was_meant(void **state)
{
    (void)state;
    chance_state = 20261122;
    for (int round = 0; round < ROUNDS; round++) {
        struct text text = {.given_len = 0};
        for (uint64_t pieces = chance() % (PIECES_MAX + 1); pieces > 0; pieces--)
            add_piece(&text);
        BUF_AUTO struct buf line = BUF_INIT(LINE_MAX_BYTES);
        json_text_string(&line, text.given, text.given_len);
        json_t *value = read_line(&line, 0);
        check_text(value, &text);
        json_decref(value);
    }
}

/* A character cut off at the end is what is wrong there, and what follows a cut one is not taken with it. */
static void test_a_character_cut_anywhere(void **state)
{
    (void)state;
    static const uint32_t codes[] = {0xE9, 0x2028, 0x1F6A9, 0x10FFFF};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        unsigned char bytes[4];
        size_t len = encode(codes[i], bytes);
        for (size_t cut = 1; cut < len; cut++) {
            for (int is_followed = 0; is_followed < 2; is_followed++) {
                struct text text = {.given_len = 0};
                for (size_t at = 0; at < cut; at++)
                    add(&text, bytes + at, 1, "\xEF\xBF\xBD", 3);
                if (is_followed)
                    add(&text, "\"", 1, "\"", 1);
                BUF_AUTO struct buf line = BUF_INIT(LINE_MAX_BYTES);
                json_text_string(&line, text.given, text.given_len);
                json_t *value = read_line(&line, 0);
                check_text(value, &text);
                json_decref(value);
            }
        }
    }
}

/* ---- numbers ---- */

static void check_number(long long number)
{
    BUF_AUTO struct buf line = BUF_INIT(LINE_MAX_BYTES);
    json_text_number(&line, number);
    json_t *value = read_line(&line, 0);
    assert_true(json_is_integer(value)); /* never a real, however large */
    assert_true(json_integer_value(value) == number);
    json_decref(value);
}

static void test_any_whole_number_comes_back(void **state)
{
    (void)state;
    static const long long edges[] = {0,         9,          10,        99,        100,
                                      INT32_MAX, UINT32_MAX, 1LL << 53, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        for (int by = -1; by <= 1; by++) {
            check_number((long long)((uint64_t)edges[i] + (uint64_t)by));
            check_number((long long)(0 - (uint64_t)edges[i] + (uint64_t)by));
        }
    }
    chance_state = 20261123;
    for (int round = 0; round < ROUNDS; round++)
        check_number((long long)(chance() >> (chance() % 64)));
}

/* What is read is the nearest there is with four decimals: exactly the number where it has no more than that.
 */
static void check_decimal(double number)
{
    BUF_AUTO struct buf line = BUF_INIT(LINE_MAX_BYTES);
    json_text_decimal(&line, number);
    json_t *value = read_line(&line, 0);
    assert_true(json_is_real(value)); /* whole numbers too */
    double read = json_real_value(value);
    double rounding = 0.00005 + fabs(number) * 1e-15;
    if (fabs(number) >= 1e15 || number == trunc(number))
        rounding = 0;
    if (!(fabs(read - number) <= rounding))
        fail_msg("%.17g was written as %s", number, line.data);
    assert_true(signbit(read) == signbit(number));
    json_decref(value);
}

static void test_any_double_comes_back(void **state)
{
    (void)state;
    static const double edges[] = {0.0,
                                   1.0,
                                   2.0,
                                   0.00005,
                                   0.000049,
                                   0.5,
                                   0.9999,
                                   0.99995,
                                   123456.7891,
                                   4e15,
                                   1e15,
                                   1e16,
                                   1e300,
                                   1e-300,
                                   5e-324,
                                   1.7976931348623157e308,
                                   9007199254740993.0,
                                   2.2250738585072014e-308};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        check_decimal(edges[i]);
        check_decimal(-edges[i]);
    }
    chance_state = 20261124;
    for (int round = 0; round < ROUNDS; round++) {
        double number = ldexp((double)(chance() >> 11), (int)(chance() % 2000) - 1053); /* 1e-300 to 1e300 */
        check_decimal(chance() % 2 ? number : -number);
        check_decimal((double)(chance() >> (chance() % 64))); /* whole */
        check_decimal((double)(chance() % 100000000) / 10000);
    }
}

static void test_what_is_no_number_is_null(void **state)
{
    (void)state;
    static const double none[] = {INFINITY, -INFINITY, NAN};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        BUF_AUTO struct buf line = BUF_INIT(LINE_MAX_BYTES);
        json_text_decimal(&line, none[i]);
        assert_string_equal(line.data, "null");
    }
}

/* ---- whole replies ---- */

static void put_hits(struct buf *line, const struct text *texts, const long long *numbers, size_t count)
{
    buf_byte(line, '{');
    json_text_member(line, "total");
    json_text_number(line, (long long)count);
    json_text_member(line, "hits");
    buf_byte(line, '[');
    for (size_t i = 0; i < count; i++) {
        json_text_comma(line);
        buf_byte(line, '{');
        json_text_member(line, "text");
        json_text_string(line, texts[i].given, texts[i].given_len);
        json_text_member(line, "none");
        json_text_or_null(line, NULL);
        json_text_member(line, "number");
        json_text_number(line, numbers[i]);
        json_text_member(line, "score");
        json_text_decimal(line, (double)numbers[i] / 4);
        buf_byte(line, '}');
    }
    buf_text(line, "]}");
}

static void test_a_reply_is_one_line_with_all_its_members(void **state)
{
    (void)state;
    enum { HITS_MAX = 5 };
    chance_state = 20261125;
    for (int round = 0; round < ROUNDS / 10; round++) {
        struct text texts[HITS_MAX] = {{.given_len = 0}};
        long long numbers[HITS_MAX];
        size_t count = chance() % (HITS_MAX + 1);
        for (size_t i = 0; i < count; i++) {
            numbers[i] = (long long)(chance() >> 24);
            for (uint64_t pieces = chance() % PIECES_MAX; pieces > 0; pieces--)
                add_piece(&texts[i]);
        }
        BUF_AUTO struct buf line = BUF_INIT(LINE_MAX_BYTES);
        put_hits(&line, texts, numbers, count);
        json_t *reply = read_line(&line, JSON_REJECT_DUPLICATES);
        const json_t *hits = json_object_get(reply, "hits");
        assert_int_equal(json_array_size(hits), count);
        for (size_t i = 0; i < count; i++) {
            const json_t *hit = json_array_get(hits, i);
            assert_int_equal(json_object_size(hit), 4);
            check_text(json_object_get(hit, "text"), &texts[i]);
            assert_true(json_is_null(json_object_get(hit, "none")));
            assert_true(json_integer_value(json_object_get(hit, "number")) == numbers[i]);
            assert_true(json_real_value(json_object_get(hit, "score")) == (double)numbers[i] / 4);
        }
        json_decref(reply);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_text_is_read_as_it_was_meant),
        cmocka_unit_test(test_a_character_cut_anywhere),
        cmocka_unit_test(test_any_whole_number_comes_back),
        cmocka_unit_test(test_any_double_comes_back),
        cmocka_unit_test(test_what_is_no_number_is_null),
        cmocka_unit_test(test_a_reply_is_one_line_with_all_its_members),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
