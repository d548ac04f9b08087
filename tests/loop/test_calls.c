/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one connection says and is answered. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "daemon/wire/rpc.h"
#include "tests/loop/fake_search.h"
#include "tests/loop/harness.h"

enum { PIPELINED = 1000 };

static void send_echoes(struct client *client, int count)
{
    struct buf lines = BUF_INIT(1 << 20);
    for (int i = 0; i < count; i++)
        buf_printf(&lines, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"echo\",\"params\":{\"n\":%d}}\n", i,
                   3 * i);
    client_send_bytes(client, lines.data, lines.len);
    buf_free(&lines);
}

/* Each of the ids 0 to count - 1 is answered once, with its own result. */
static void expect_echoes(struct client *client, int count)
{
    bool *is_answered = calloc((size_t)count, sizeof *is_answered);
    assert_non_null(is_answered);
    for (int i = 0; i < count; i++) {
        json_t *reply = client_reply(client);
        int id = reply_id(reply);
        assert_in_range(id, 0, count - 1);
        assert_false(is_answered[id]);
        is_answered[id] = true;
        json_t *result = json_object_get(reply, "result");
        assert_int_equal(json_integer_value(json_object_get(result, "n")), 3 * id);
        json_decref(reply);
    }
    free(is_answered);
}

static void pipeline(unsigned workers, unsigned in_flight)
{
    struct served served;
    struct client client;
    served_init(&served);
    served.options.limits.workers = workers;
    served.options.limits.in_flight = in_flight;
    served_start(&served);
    client_dial(&client, served.path);
    send_echoes(&client, PIPELINED);
    expect_echoes(&client, PIPELINED);
    assert_int_equal(fake_runs(), PIPELINED);
    client_close(&client);
    served_stop(&served);
}

static void test_pipelining_one_worker(void **state)
{
    (void)state;
    pipeline(1, 64);
}

static void test_pipelining_four_workers(void **state)
{
    (void)state;
    pipeline(4, 64);
}

static void test_pipelining_one_in_flight(void **state)
{
    (void)state;
    pipeline(4, 1);
}

static void test_a_batch_is_answered_in_one_line(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    client_send(&client, "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\",\"params\":{\"a\":1}},"
                         "{\"jsonrpc\":\"2.0\",\"method\":\"echo\"},"
                         "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"nothing\"},"
                         "7,"
                         "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"status\"}]\n");
    json_t *replies = client_reply(&client);
    assert_true(json_is_array(replies));
    assert_int_equal(json_array_size(replies), 4);
    int codes[4] = {1, 1, 1, 1}; /* by id, that of null first */
    for (size_t i = 0; i < 4; i++) {
        const json_t *reply = json_array_get(replies, i);
        int id = reply_id(reply);
        codes[id < 0 ? 0 : id] = reply_code(reply);
    }
    assert_int_equal(codes[0], RPC_INVALID_REQUEST);
    assert_int_equal(codes[1], 0);
    assert_int_equal(codes[2], RPC_UNKNOWN_METHOD);
    assert_int_equal(codes[3], 0);
    json_decref(replies);
    client_close(&client);
    served_stop(&served);
}

static void test_a_batch_waits_for_its_last_call(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    fake_close_gate();
    client_send(&client, "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"wait\"},"
                         "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"echo\"}]\n");
    client_call(&client, 3, "echo", NULL);
    client_expect_result(&client, 3, "null");
    fake_open_gate();
    json_t *replies = client_reply(&client);
    assert_int_equal(json_array_size(replies), 2);
    json_decref(replies);
    client_close(&client);
    served_stop(&served);
}

static void test_a_batch_past_the_reply_limit(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served.options.limits.reply_bytes = 4096;
    served_start(&served);
    client_dial(&client, served.path);
    client_send(&client, "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"big\",\"params\":{\"bytes\":3000}},"
                         "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"big\",\"params\":{\"bytes\":3000}}]\n");
    json_t *replies = client_reply(&client);
    assert_int_equal(json_array_size(replies), 2);
    assert_int_equal(reply_code(json_array_get(replies, 0)), 0);
    assert_int_equal(reply_code(json_array_get(replies, 1)), RPC_INVALID_PARAMS);
    json_decref(replies);
    client_close(&client);
    served_stop(&served);
}

static void test_notifications_are_not_answered(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    client_send(&client,
                "{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}\n"
                "{\"jsonrpc\":\"2.0\",\"method\":\"no such method\"}\n"
                "{\"jsonrpc\":\"2.0\",\"method\":\"echo\",\"params\":[1]}\n"
                "[{\"jsonrpc\":\"2.0\",\"method\":\"echo\"},{\"jsonrpc\":\"2.0\",\"method\":\"status\"}]\n");
    client_call(&client, 9, "echo", NULL);
    client_expect_result(&client, 9, "null");
    client_close(&client);
    served_stop(&served);
}

static void test_what_is_wrong_is_said_and_the_next_is_answered(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    client_send(&client, "what?\n");
    client_expect_error(&client, -1, RPC_PARSE_ERROR, "not JSON at byte");
    client_send(&client, "{\"jsonrpc\":\"2.0\",\"id\":5}\r\n");
    client_expect_error(&client, 5, RPC_INVALID_REQUEST, "method must be a string");
    client_call(&client, 6, "serch", NULL);
    client_expect_error(&client, 6, RPC_UNKNOWN_METHOD, "unknown method \"serch\"; there are: status search");
    client_call(&client, 7, "echo", "[1]");
    client_expect_error(&client, 7, RPC_INVALID_PARAMS, "by name");
    client_call(&client, 8, "fail", "{\"code\":-32602,\"message\":\"limit takes 0 to 1000\"}");
    client_expect_error(&client, 8, RPC_INVALID_PARAMS, "limit takes 0 to 1000");
    client_call(&client, 9, "fail", "{\"code\":-32003,\"message\":\"no such record: \\\"X\\\"\"}");
    client_expect_error(&client, 9, RPC_NOT_FOUND, "no such record: \"X\"");
    client_call(&client, 10, "empty", NULL);
    client_expect_error(&client, 10, RPC_INTERNAL, "no result");
    client_call(&client, 11, "status", "{\"verbose\":true}");
    client_expect_error(&client, 11, RPC_INVALID_PARAMS, "no parameters, not \"verbose\"");
    client_call(&client, 12, "echo", "{\"q\":\"risk\"}");
    client_expect_result(&client, 12, "{\"q\":\"risk\"}");
    client_close(&client);
    served_stop(&served);
}

static void test_too_long_a_line_then_a_good_one(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    char text[10000];
    served_init(&served);
    served.options.limits.line_bytes = 1024;
    served_start(&served);
    client_dial(&client, served.path);
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 100; i++)
        client_send_bytes(&client, text, sizeof text);
    client_expect_error(&client, -1, RPC_INVALID_REQUEST, "a line may hold 1024 bytes");
    client_send(&client, "\n");
    client_call(&client, 1, "echo", NULL);
    client_expect_result(&client, 1, "null");
    client_close(&client);
    served_stop(&served);
}

static void test_a_reply_past_the_limit_is_an_error(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served.options.limits.reply_bytes = 100000;
    served_start(&served);
    client_dial(&client, served.path);
    client_call(&client, 1, "big", "{\"bytes\":200000}");
    client_expect_error(&client, 1, RPC_INVALID_PARAMS, "would pass 100000 bytes");
    client_call(&client, 2, "big", "{\"bytes\":99998}");
    json_t *reply = client_reply(&client);
    assert_int_equal(json_string_length(json_object_get(reply, "result")), 99998);
    json_decref(reply);
    client_close(&client);
    served_stop(&served);
}

static void test_the_end_of_what_a_client_says(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    send_echoes(&client, PIPELINED);
    client_send(&client, "{\"jsonrpc\":\"2.0\",\"id\":1000,\"method\":\"echo\",\"params\":{\"n\":3000}}");
    assert_int_equal(shutdown(client.fd, SHUT_WR), 0);
    expect_echoes(&client, PIPELINED + 1);
    client_expect_end(&client);
    client_close(&client);
    served_stop(&served);
}

static void test_http_is_turned_away(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    client_send(&client, "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n"
                         "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}\n");
    client_expect_error(&client, -1, RPC_INVALID_REQUEST, "not HTTP");
    client_expect_end(&client);
    assert_int_equal(fake_runs(), 0);
    client_close(&client);
    served_stop(&served);
}

static void test_status_tells_what_is_served(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    client_call(&client, 1, "echo", NULL);
    client_expect_result(&client, 1, "null");
    client_call(&client, 2, "status", NULL);
    json_t *reply = client_reply(&client), *result = json_object_get(reply, "result");
    const char *version, *db, *revision, *same_revision;
    json_int_t uptime, memory, records, waiting, running, open, received, results, workers, line_bytes,
        deadline_ms;
    assert_int_equal(json_unpack(result, "{s:s, s:I, s:I, s:s, s:{s:s, s:s, s:I}, s:{s:I, s:I}, s:{s:I}}",
                                 "version", &version, "uptime_ms", &uptime, "memory_bytes", &memory,
                                 "revision", &revision, "index", "db", &db, "revision", &same_revision,
                                 "records", &records, "queue", "waiting", &waiting, "running", &running,
                                 "connections", "open", &open),
                     0);
    assert_int_equal(json_unpack(result, "{s:{s:I, s:I}, s:{s:I, s:I, s:I}}", "calls", "received", &received,
                                 "results", &results, "limits", "workers", &workers, "line_bytes",
                                 &line_bytes, "deadline_ms", &deadline_ms),
                     0);
    assert_string_equal(version, PURPOSED_VERSION);
    assert_string_equal(db, "an index");
    assert_string_equal(revision, "gen-1/1");
    assert_string_equal(same_revision, "gen-1/1");
    assert_int_equal(records, 31);
    assert_true(memory > 0);
    assert_int_equal(waiting, 0);
    assert_int_equal(open, 1);
    assert_int_equal(received, 2);
    assert_int_equal(results, 1);
    assert_int_equal(workers, 2);
    assert_int_equal(line_bytes, 1 << 20);
    assert_int_equal(deadline_ms, 300000);
    json_decref(reply);
    client_close(&client);
    served_stop(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pipelining_one_worker),
        cmocka_unit_test(test_pipelining_four_workers),
        cmocka_unit_test(test_pipelining_one_in_flight),
        cmocka_unit_test(test_a_batch_is_answered_in_one_line),
        cmocka_unit_test(test_a_batch_waits_for_its_last_call),
        cmocka_unit_test(test_a_batch_past_the_reply_limit),
        cmocka_unit_test(test_notifications_are_not_answered),
        cmocka_unit_test(test_what_is_wrong_is_said_and_the_next_is_answered),
        cmocka_unit_test(test_too_long_a_line_then_a_good_one),
        cmocka_unit_test(test_a_reply_past_the_limit_is_an_error),
        cmocka_unit_test(test_the_end_of_what_a_client_says),
        cmocka_unit_test(test_http_is_turned_away),
        cmocka_unit_test(test_status_tells_what_is_served),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
