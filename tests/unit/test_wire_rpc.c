/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cases of tests/cases/protocol: a line in, the calls or the reply it is; a text in, the JSON it becomes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/wire/rpc.h"

enum { LINE_MAX_BYTES = 1 << 20 };

/* The bytes of "line", or those of "hex"; *new*, without a NUL after them so that a sanitizer sees overreads.
 */
static char *case_bytes(const json_t *row, size_t *ret_len)
{
    const json_t *line = json_object_get(row, "line");
    const char *hex = json_string_value(json_object_get(row, "hex"));
    size_t len = line ? json_string_length(line) : strlen(hex) / 2;
    char *bytes = malloc(len ? len : 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++) {
        unsigned byte = 0;
        if (!line)
            assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
        bytes[i] = line ? json_string_value(line)[i] : (char)byte;
    }
    *ret_len = len;
    return bytes;
}

static void for_each_case(const char *file, void (*check)(const json_t *row))
{
    char path[4096];
    snprintf(path, sizeof path, TESTS_DIR "/cases/protocol/%s", file);
    FILE *cases = fopen(path, "r");
    assert_non_null(cases);
    char *line = NULL;
    size_t cap = 0, count = 0;
    while (getline(&line, &cap, cases) > 0) {
        json_t *row = json_loads(line, JSON_ALLOW_NUL, NULL);
        assert_non_null(row);
        print_message("    %s\n", json_string_value(json_object_get(row, "name")));
        check(row);
        json_decref(row);
        count++;
    }
    free(line);
    fclose(cases);
    assert_true(count > 0);
}

static void check_text(const char *is, const json_t *wanted)
{
    if (json_is_string(wanted))
        assert_string_equal(is, json_string_value(wanted));
    else
        assert_null(is);
}

static void check_call(const struct rpc_call *call, const json_t *wanted)
{
    const json_t *params = json_object_get(wanted, "params");
    check_text(call->id, json_object_get(wanted, "id"));
    check_text(call->method, json_object_get(wanted, "method"));
    assert_int_equal(call->error, json_integer_value(json_object_get(wanted, "error")));
    if (call->error)
        assert_non_null(strstr(call->message, json_string_value(json_object_get(wanted, "says"))));
    assert_true(params ? json_equal(params, call->params) : call->params == NULL);
}

static void check_request(const json_t *row)
{
    size_t len;
    char *line = case_bytes(row, &len);
    struct rpc_message message;
    const json_t *calls = json_object_get(row, "calls");
    assert_int_equal(rpc_parse(line, len, &message), 0);
    free(line);
    assert_int_equal(message.is_batch, json_is_true(json_object_get(row, "batch")));
    assert_int_equal(message.count, json_array_size(calls));
    for (size_t i = 0; i < message.count; i++)
        check_call(&message.calls[i], json_array_get(calls, i));
    rpc_message_free(&message);
}

static void check_reply(const json_t *row)
{
    size_t len;
    char *line = case_bytes(row, &len);
    struct rpc_reply reply;
    int status = rpc_parse_reply(line, len, &reply);
    free(line);
    assert_int_equal(status, json_is_true(json_object_get(row, "wrong")) ? -1 : 0);
    if (status)
        return;
    assert_int_equal(reply.id, json_integer_value(json_object_get(row, "id")));
    assert_int_equal(reply.code, json_integer_value(json_object_get(row, "code")));
    check_text(reply.message, json_object_get(row, "message"));
    assert_true(reply.code ? !reply.result : json_equal(reply.result, json_object_get(row, "result")));
    rpc_reply_free(&reply);
}

static void check_string(const json_t *row)
{
    size_t len;
    char *bytes = case_bytes(row, &len);
    struct buf literal = BUF_INIT(LINE_MAX_BYTES);
    rpc_put_string(&literal, bytes, len);
    free(bytes);
    assert_false(buf_failed(&literal));
    json_t *is = json_loadb(literal.data, literal.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    assert_non_null(is);
    assert_true(json_equal(is, json_object_get(row, "text")));
    json_decref(is);
    buf_free(&literal);
}

static void test_requests(void **state)
{
    (void)state;
    for_each_case("requests.jsonl", check_request);
}

static void test_invalid(void **state)
{
    (void)state;
    for_each_case("invalid.jsonl", check_request);
}

static void test_batches(void **state)
{
    (void)state;
    for_each_case("batches.jsonl", check_request);
}

static void test_replies(void **state)
{
    (void)state;
    for_each_case("replies.jsonl", check_reply);
}

static void test_strings(void **state)
{
    (void)state;
    for_each_case("strings.jsonl", check_string);
}

/* What one side puts, the other takes apart. */
static void test_request_there_and_back(void **state)
{
    (void)state;
    struct buf line = BUF_INIT(LINE_MAX_BYTES);
    json_t *params = json_pack("{s:s, s:[i,i]}", "q", "a \"b\"\n\xc3\xa9", "list", 1, 2);
    rpc_put_request(&line, 42, "sea\"rch", params);
    assert_false(buf_failed(&line));
    assert_ptr_equal(memchr(line.data, '\n', line.len), line.data + line.len - 1);
    struct rpc_message message;
    assert_int_equal(rpc_parse(line.data, line.len - 1, &message), 0);
    assert_int_equal(message.count, 1);
    assert_string_equal(message.calls[0].id, "42");
    assert_string_equal(message.calls[0].method, "sea\"rch");
    assert_true(json_equal(message.calls[0].params, params));
    rpc_message_free(&message);
    json_decref(params);
    buf_reset(&line);
    rpc_put_request(&line, 0, "status", NULL);
    assert_string_equal(line.data, "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"status\"}\n");
    buf_free(&line);
}

static void test_replies_there_and_back(void **state)
{
    (void)state;
    struct buf line = BUF_INIT(LINE_MAX_BYTES);
    struct rpc_reply reply;
    rpc_put_result(&line, "7", "{\"total\":3}", strlen("{\"total\":3}"));
    assert_string_equal(line.data, "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{\"total\":3}}");
    assert_int_equal(rpc_parse_reply(line.data, line.len, &reply), 0);
    assert_int_equal(reply.id, 7);
    rpc_reply_free(&reply);
    buf_reset(&line);
    rpc_put_error(&line, "null", RPC_OVERLOADED, "the \"queue\" is full\n\xff");
    assert_null(memchr(line.data, '\n', line.len));
    assert_int_equal(rpc_parse_reply(line.data, line.len, &reply), 0);
    assert_int_equal(reply.code, RPC_OVERLOADED);
    assert_string_equal(reply.message, "the \"queue\" is full\n\xEF\xBF\xBD");
    rpc_reply_free(&reply);
    buf_free(&line);
}

static void test_a_full_buffer_says_so(void **state)
{
    (void)state;
    struct buf line = BUF_INIT(60);
    json_t *params = json_pack("{s:s}", "q", "a text that does not fit into what is left of sixty bytes");
    rpc_put_request(&line, 1, "search", params);
    assert_true(buf_failed(&line));
    json_decref(params);
    buf_free(&line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_requests),
        cmocka_unit_test(test_invalid),
        cmocka_unit_test(test_batches),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_strings),
        cmocka_unit_test(test_request_there_and_back),
        cmocka_unit_test(test_replies_there_and_back),
        cmocka_unit_test(test_a_full_buffer_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
