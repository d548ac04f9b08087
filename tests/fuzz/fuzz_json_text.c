/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * JSON written by hand, read by jansson: a text comes back to the byte, each byte of it that is no UTF-8 as
 * U+FFFD; numbers come back as they were.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "daemon/wire/rpc.h"
#include "indexer/base/buf.h"
#include "indexer/base/json_text.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

static void repair(const uint8_t *data, size_t size, struct buf *to)
{
    for (size_t at = 0; at < size;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t taken = utf8proc_iterate(data + at, (utf8proc_ssize_t)(size - at), &code);
        if (taken > 0)
            buf_append(to, data + at, (size_t)taken);
        else
            buf_text(to, "\xEF\xBF\xBD");
        at += taken > 0 ? (size_t)taken : 1;
    }
}

static void check_literal(const struct buf *literal, const struct buf *meant)
{
    json_error_t error;
    FUZZ_CHECK(!buf_failed(literal), "it did not fit");
    json_t *value = json_loadb(literal->data, literal->len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
    FUZZ_CHECK(json_is_string(value), "%s: %s", error.text, literal->data);
    FUZZ_CHECK(json_string_length(value) == meant->len, "%zu bytes became %zu", meant->len,
               json_string_length(value));
    FUZZ_CHECK(!meant->len || memcmp(json_string_value(value), meant->data, meant->len) == 0, "%s",
               literal->data);
    json_decref(value);
}

/* The first bytes as a double: within its rounding to four decimals, and never what JSON has no number for.
 */
static void check_decimal(const char *bytes, size_t size)
{
    double number = 0;
    memcpy(&number, bytes, size < sizeof number ? size : sizeof number);
    BUF_AUTO struct buf text = BUF_INIT(400);
    json_text_decimal(&text, number);
    json_t *value = json_loadb(text.data, text.len, JSON_DECODE_ANY, NULL);
    FUZZ_CHECK(isfinite(number) ? json_is_real(value) : json_is_null(value), "%s", text.data);
    FUZZ_CHECK(!isfinite(number) || fabs(json_real_value(value) - number) <= 0.00005 + fabs(number) * 1e-15,
               "%.17g: %s", number, text.data);
    json_decref(value);
}

/* An object of the text as its one member's value; its length as a number beside it. */
static void check_members(const char *text, size_t size)
{
    BUF_AUTO struct buf object = BUF_INIT(8 * size + 200);
    long long number = size >= sizeof number ? 0 : -(long long)size;
    if (size >= sizeof number)
        memcpy(&number, text, sizeof number);
    buf_byte(&object, '{');
    json_text_member(&object, "text");
    json_text_or_null(&object, text);
    json_text_member(&object, "number");
    json_text_number(&object, number);
    json_text_member(&object, "none");
    json_text_or_null(&object, NULL);
    json_text_member(&object, "list");
    buf_byte(&object, '[');
    json_text_comma(&object);
    json_text_number(&object, 1);
    json_text_comma(&object);
    json_text_number(&object, 2);
    buf_text(&object, "]}");
    json_t *value = json_loadb(object.data, object.len, JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(json_object_size(value) == 4, "no object of four members: %s", object.data);
    FUZZ_CHECK(json_integer_value(json_object_get(value, "number")) == number, "%lld: %s", number,
               object.data);
    json_decref(value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_AUTO char *text = fuzz_text(data, size);
    BUF_AUTO struct buf meant = BUF_INIT(3 * size + 1);
    BUF_AUTO struct buf literal = BUF_INIT(6 * size + 8);
    BUF_AUTO struct buf of_wire = BUF_INIT(6 * size + 8);
    repair(data, size, &meant);
    json_text_string(&literal, text, size);
    check_literal(&literal, &meant);
    rpc_put_string(&of_wire, text, size);
    check_literal(&of_wire, &meant);
    check_members(text, size);
    check_decimal(text, size);
    return 0;
}
