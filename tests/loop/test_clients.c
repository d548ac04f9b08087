/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many clients, and those that behave badly: the others never notice. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/wire/rpc.h"
#include "tests/loop/fake_search.h"
#include "tests/loop/harness.h"

enum { CLIENTS = 32, CALLS = 50 };

static void many_clients(unsigned workers)
{
    struct served served;
    struct client clients[CLIENTS];
    char params[64];
    served_init(&served);
    served.options.limits.workers = workers;
    served.options.limits.queue = CLIENTS * CALLS;
    served_start(&served);
    for (int i = 0; i < CLIENTS; i++)
        client_dial(&clients[i], served.path);
    for (int call = 0; call < CALLS; call++)
        for (int i = 0; i < CLIENTS; i++) {
            snprintf(params, sizeof params, "{\"client\":%d,\"call\":%d}", i, call);
            client_call(&clients[i], call, "echo", params);
        }
    for (int i = 0; i < CLIENTS; i++) {
        int sum = 0;
        for (int call = 0; call < CALLS; call++) {
            json_t *reply = client_reply(&clients[i]), *result = json_object_get(reply, "result");
            assert_int_equal(json_integer_value(json_object_get(result, "client")), i);
            assert_int_equal(json_integer_value(json_object_get(result, "call")), reply_id(reply));
            sum += reply_id(reply);
            json_decref(reply);
        }
        assert_int_equal(sum, CALLS * (CALLS - 1) / 2);
        client_close(&clients[i]);
    }
    served_stop(&served);
}

static void test_many_clients_one_worker(void **state)
{
    (void)state;
    many_clients(1);
}

static void test_many_clients_four_workers(void **state)
{
    (void)state;
    many_clients(4);
}

static void test_half_a_line_and_silence(void **state)
{
    (void)state;
    struct served served;
    struct client slow, other;
    served_init(&served);
    served.options.limits.line_ms = 100;
    served_start(&served);
    client_dial(&slow, served.path);
    client_dial(&other, served.path);
    client_send(&slow, "{\"jsonrpc\":\"2.0\",\"id\":1,");
    client_call(&other, 1, "echo", NULL);
    client_expect_result(&other, 1, "null");
    client_expect_error(&slow, -1, RPC_DEADLINE, "must end within 100 ms");
    client_expect_end(&slow);
    client_close(&slow);
    client_call(&other, 2, "echo", NULL);
    client_expect_result(&other, 2, "null");
    client_close(&other);
    served_stop(&served);
}

static void test_a_line_that_never_ends(void **state)
{
    (void)state;
    struct served served;
    struct client slow;
    served_init(&served);
    served.options.limits.line_bytes = 1024;
    served.options.limits.line_ms = 100;
    served_start(&served);
    client_dial(&slow, served.path);
    char text[2048];
    memset(text, '[', sizeof text);
    client_send_bytes(&slow, text, sizeof text);
    client_expect_error(&slow, -1, RPC_INVALID_REQUEST, "a line may hold 1024 bytes");
    client_expect_error(&slow, -1, RPC_DEADLINE, "must end within 100 ms");
    client_expect_end(&slow);
    client_close(&slow);
    served_stop(&served);
}

static void test_an_idle_client_is_let_go_a_waiting_one_is_not(void **state)
{
    (void)state;
    struct served served;
    struct client idle, waiting;
    served_init(&served);
    served.options.limits.idle_ms = 1000;
    served_start(&served);
    fake_close_gate();
    client_dial(&waiting, served.path);
    client_call(&waiting, 1, "wait", NULL);
    client_dial(&idle, served.path);
    client_expect_end(&idle);
    client_close(&idle);
    fake_open_gate();
    client_expect_result(&waiting, 1, "\"waited\"");
    client_expect_end(&waiting);
    client_close(&waiting);
    served_stop(&served);
}

static bool was_cut_off(void *path)
{
    return status_number(path, "connections", "cut_off") == 1;
}

static void never_read(struct served *served, int calls)
{
    struct client deaf, other;
    served_start(served);
    client_dial(&deaf, served->path);
    client_call_at_once(&deaf, 0, calls, "big",
                        "{\"bytes\":200000}"); /* later ones wait unread once replies do */
    wait_until(was_cut_off, served->path);
    client_dial(&other, served->path);
    client_call(&other, 1, "echo", NULL);
    client_expect_result(&other, 1, "null");
    client_close(&other);
    client_close(&deaf);
    served_stop(served);
}

static void test_a_client_that_never_reads_passes_its_deadline(void **state)
{
    (void)state;
    struct served served;
    served_init(&served);
    served.options.limits.write_ms = 100;
    never_read(&served, 20);
}

static void test_a_client_that_never_reads_passes_its_bytes(void **state)
{
    (void)state;
    struct served served;
    served_init(&served);
    served.options.limits.output_bytes = 1 << 20;
    never_read(&served, 20);
}

/* The daemon stops reading from who does not read, and goes on with him when he does. */
static void test_a_client_that_reads_late_gets_all(void **state)
{
    (void)state;
    struct served served;
    struct client late;
    served_init(&served);
    served.options.limits.in_flight = 4;
    served_start(&served);
    client_dial(&late, served.path);
    for (int i = 0; i < 100; i++)
        client_call(&late, i, "big", "{\"bytes\":200000}");
    usleep(100000);
    assert_true(fake_runs() < 50);
    for (int i = 0; i < 100; i++) {
        json_t *reply = client_reply(&late);
        assert_int_equal(json_string_length(json_object_get(reply, "result")), 200000);
        json_decref(reply);
    }
    client_close(&late);
    served_stop(&served);
}

static bool one_is_waiting(void *unused)
{
    (void)unused;
    return fake_waiting() == 1;
}

static void test_overload_is_said_at_once(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served.options.limits.workers = 1;
    served.options.limits.queue = 4;
    served_start(&served);
    fake_close_gate();
    client_dial(&client, served.path);
    client_call(&client, 0, "wait", NULL);
    wait_until(one_is_waiting, NULL);
    for (int i = 1; i <= 10; i++)
        client_call(&client, i, "echo", NULL);
    for (int i = 5; i <= 10; i++)
        client_expect_error(&client, i, RPC_OVERLOADED, "try again later");
    fake_open_gate();
    client_expect_result(&client, 0, "\"waited\"");
    for (int i = 1; i <= 4; i++)
        client_expect_result(&client, i, "null");
    client_close(&client);
    served_stop(&served);
}

static bool as_many_as_may_be_are_queued(void *path)
{
    return status_number(path, "queue", "waiting") == status_number(path, "limits", "in_flight") - 1;
}

/* One who asks once has the next turn, though another has sent a thousand calls before. */
static void test_clients_take_turns(void **state)
{
    (void)state;
    enum { GREEDY = 1000 };
    struct served served;
    struct client greedy, other;
    served_init(&served);
    served.options.limits.workers = 1;
    served_start(&served);
    fake_close_gate();
    client_dial(&greedy, served.path);
    client_dial(&other, served.path);
    client_call(&greedy, 0, "wait", NULL);
    wait_until(one_is_waiting, NULL);
    client_call_at_once(&greedy, 1, GREEDY, "echo", NULL); /* a socket holds few small pieces */
    wait_until(as_many_as_may_be_are_queued, served.path);
    client_call(&other, 1, "runs", NULL);
    client_call(&other, 2, "runs", NULL);
    client_call(&other, 3, "status", NULL);
    json_decref(client_reply(&other)); /* status is answered at once: both calls are queued by now */
    fake_open_gate();
    client_expect_result(&other, 1, "2");
    client_expect_result(&other, 2, "4"); /* each has had one turn between */
    client_expect_result(&greedy, 0, "\"waited\"");
    for (int i = 1; i <= GREEDY; i++)
        client_expect_result(&greedy, i, "null");
    client_close(&greedy);
    client_close(&other);
    served_stop(&served);
}

static void test_too_many_bytes_waiting_are_overload(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    char params[3000];
    served_init(&served);
    served.options.limits.workers = 1;
    served.options.limits.queue_bytes = 8192;
    served_start(&served);
    snprintf(params, sizeof params, "{\"q\":\"%02900d\"}", 0);
    fake_close_gate();
    client_dial(&client, served.path);
    client_call(&client, 0, "wait", NULL);
    wait_until(one_is_waiting, NULL);
    for (int i = 1; i <= 3; i++)
        client_call(&client, i, "echo", params);
    client_expect_error(&client, 3, RPC_OVERLOADED, "try again later");
    fake_open_gate();
    client_expect_result(&client, 0, "\"waited\"");
    client_expect_result(&client, 1, params);
    client_expect_result(&client, 2, params);
    client_close(&client);
    served_stop(&served);
}

static bool one_is_queued(void *path)
{
    return status_number(path, "queue", "waiting") == 1;
}

static void test_a_call_that_waited_too_long(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served.options.limits.workers = 1;
    served.options.limits.deadline_ms = 1000;
    served_start(&served);
    fake_close_gate();
    client_dial(&client, served.path);
    client_call(&client, 1, "wait", NULL);
    wait_until(one_is_waiting, NULL);
    client_call(&client, 2, "echo", NULL);
    wait_until(one_is_queued, served.path);
    usleep(1100000);
    fake_open_gate();
    client_expect_result(&client, 1, "\"waited\"");
    client_expect_error(&client, 2, RPC_DEADLINE, "waited more than 1000 ms");
    assert_int_equal(fake_runs(), 1);
    client_close(&client);
    served_stop(&served);
}

static bool one_is_open(void *path)
{
    return status_number(path, "connections", "open") == 1; /* that of the question */
}

static bool two_are_waiting(void *path)
{
    return status_number(path, "queue", "waiting") == 2;
}

static bool all_are_received(void *path)
{
    return status_number(path, "queue", "waiting") == 5;
}

static bool none_is_waiting(void *path)
{
    return status_number(path, "queue", "waiting") == 0;
}

/* Not read from any more, since as much of it is in flight as may be, and yet missed when it leaves. */
static void test_a_client_that_left_while_it_was_not_read(void **state)
{
    (void)state;
    struct served served;
    struct client gone;
    served_init(&served);
    served.options.limits.workers = 1;
    served.options.limits.in_flight = 3;
    served.options.limits.line_ms = 100;
    served_start(&served);
    fake_close_gate();
    client_dial(&gone, served.path);
    client_call(&gone, 0, "wait", NULL);
    wait_until(one_is_waiting, NULL);
    for (int i = 1; i < 10; i++)
        client_call(&gone, i, "echo", NULL);
    wait_until(two_are_waiting, served.path);
    client_close(&gone);
    wait_until(none_is_waiting, served.path);
    fake_open_gate();
    wait_until(one_is_open, served.path);
    assert_int_equal(fake_runs(), 1);
    served_stop(&served);
}

/* However many calls may be in flight: their lines together are bounded too. */
static void test_long_lines_wait_unread(void **state)
{
    (void)state;
    enum { LONG = 600000 };
    struct served served;
    struct client client;
    char *params = malloc(LONG + 16);
    assert_non_null(params);
    snprintf(params, LONG + 16, "{\"q\":\"%0*d\"}", LONG, 0);
    served_init(&served);
    served.options.limits.workers = 1;
    served_start(&served);
    fake_close_gate();
    client_dial(&client, served.path);
    client_call(&client, 0, "wait", NULL);
    wait_until(one_is_waiting, NULL);
    client_call(&client, 1, "echo", params);
    client_call(&client, 2, "echo", params);
    wait_until(two_are_waiting, served.path);
    client_call(&client, 3, "echo", NULL);
    assert_int_equal(status_number(served.path, "queue", "waiting"), 2);
    fake_open_gate();
    client_expect_result(&client, 0, "\"waited\"");
    client_expect_result(&client, 1, params);
    client_expect_result(&client, 2, params);
    client_expect_result(&client, 3, "null");
    client_close(&client);
    served_stop(&served);
    free(params);
}

static void test_calls_of_a_client_that_left_are_dropped(void **state)
{
    (void)state;
    struct served served;
    struct client gone, other;
    served_init(&served);
    served.options.limits.workers = 1;
    served_start(&served);
    fake_close_gate();
    client_dial(&gone, served.path);
    client_call(&gone, 0, "wait", NULL);
    wait_until(one_is_waiting, NULL);
    client_send(&gone, "[");
    for (int i = 0; i < 5; i++)
        client_send(&gone, i ? ",{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}"
                             : "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}");
    client_send(&gone, "]\n");
    wait_until(all_are_received, served.path);
    client_close(&gone);
    wait_until(none_is_waiting, served.path);
    fake_open_gate();
    wait_until(one_is_open, served.path);
    client_dial(&other, served.path);
    client_call(&other, 1, "echo", NULL);
    client_expect_result(&other, 1, "null");
    client_close(&other);
    assert_int_equal(fake_runs(), 2);
    served_stop(&served);
}

static void test_one_connection_too_many(void **state)
{
    (void)state;
    struct served served;
    struct client first, second, third;
    served_init(&served);
    served.options.limits.connections = 2;
    served_start(&served);
    client_dial(&first, served.path);
    client_dial(&second, served.path);
    client_call(&second, 1, "echo", NULL);
    client_expect_result(&second, 1, "null");
    client_dial(&third, served.path);
    client_expect_error(&third, -1, RPC_OVERLOADED, "too many connections");
    client_expect_end(&third);
    client_close(&third);
    client_call(&first, 2, "echo", NULL);
    client_expect_result(&first, 2, "null");
    client_close(&first);
    client_close(&second);
    served_stop(&served);
}

static bool refuses(void *path)
{
    return access(path, F_OK) != 0;
}

static void test_sigterm_with_work_in_flight(void **state)
{
    (void)state;
    struct served served;
    struct client busy, idle;
    served_init(&served);
    served.options.limits.workers = 1;
    served.options.limits.in_flight = 2;
    served_start(&served);
    fake_close_gate();
    client_dial(&busy, served.path);
    client_dial(&idle, served.path);
    client_call(&idle, 1, "status", NULL);
    json_decref(client_reply(&idle));
    client_send(&busy, "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"wait\"}\n"
                       "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}\n"
                       "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"echo\"}\n"
                       "{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"status\"}\n");
    wait_until(one_is_waiting, NULL);
    assert_int_equal(kill(getpid(), SIGTERM), 0);
    client_expect_end(&idle);
    wait_until(refuses, served.path);
    fake_open_gate();
    client_expect_result(&busy, 0, "\"waited\"");
    client_expect_result(&busy, 1, "null");
    bool is_answered[4] = {false};
    for (int i = 0; i < 2; i++) {
        json_t *reply = client_reply(&busy);
        is_answered[reply_id(reply)] = true;
        json_decref(reply);
    }
    assert_true(is_answered[2] && is_answered[3]);
    client_expect_end(&busy);
    client_close(&busy);
    client_close(&idle);
    served_join(&served);
}

static bool some_have_run(void *unused)
{
    (void)unused;
    return fake_runs() >= 4;
}

/* More than a socket holds, so that the daemon has replies left that nobody takes. */
static void ask_and_not_read(struct client *deaf, const struct served *served)
{
    client_dial(deaf, served->path);
    client_call_at_once(deaf, 0, 20, "big", "{\"bytes\":1000000}");
    wait_until(some_have_run, NULL);
}

static void test_the_time_for_stopping_ends(void **state)
{
    (void)state;
    struct served served;
    struct client deaf;
    served_init(&served);
    served.options.limits.drain_ms = 100;
    served_start(&served);
    ask_and_not_read(&deaf, &served);
    served_stop(&served);
    client_close(&deaf);
}

static void test_a_second_signal_does_not_wait(void **state)
{
    (void)state;
    struct served served;
    struct client deaf;
    served_init(&served);
    served_start(&served);
    ask_and_not_read(&deaf, &served);
    assert_int_equal(kill(getpid(), SIGTERM), 0);
    wait_until(refuses, served.path);
    assert_int_equal(kill(getpid(), SIGINT), 0);
    served_join(&served);
    client_close(&deaf);
}

/* Whatever bytes come, in whatever pieces, others are served, and everything ends well. */
static void test_noise(void **state)
{
    (void)state;
    static const char *const PIECES[] = {
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"echo\"}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"big\",\"params\":{\"bytes\":99999}}\n",
        "[[[[{\"a\":",
        "\"\\u00",
        "\xff\xfe\n",
        "\r\n",
        "[]\n",
        "}]\n",
        "[1,2,{}]\n",
        "{\"jsonrpc\":\"2.0\",\"method\":\"echo\"}\n"};
    struct served served;
    struct client client;
    unsigned seed = 42;
    served_init(&served);
    served_start(&served);
    for (int round = 0; round < 200; round++) {
        client_dial(&client, served.path);
        unsigned pieces = (seed = seed * 1103515245 + 12345) >> 16 & 31;
        for (unsigned i = 0; i < pieces; i++) {
            seed = seed * 1103515245 + 12345;
            const char *piece = PIECES[(seed >> 16) % (sizeof PIECES / sizeof PIECES[0])];
            client_send_bytes(&client, piece, strlen(piece) - ((seed >> 8) % 8 == 0));
        }
        client_close(&client);
    }
    client_dial(&client, served.path);
    client_call(&client, 7, "echo", NULL);
    client_expect_result(&client, 7, "null");
    client_close(&client);
    served_stop(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_clients_one_worker),
        cmocka_unit_test(test_many_clients_four_workers),
        cmocka_unit_test(test_half_a_line_and_silence),
        cmocka_unit_test(test_a_line_that_never_ends),
        cmocka_unit_test(test_an_idle_client_is_let_go_a_waiting_one_is_not),
        cmocka_unit_test(test_a_client_that_never_reads_passes_its_deadline),
        cmocka_unit_test(test_a_client_that_never_reads_passes_its_bytes),
        cmocka_unit_test(test_a_client_that_reads_late_gets_all),
        cmocka_unit_test(test_overload_is_said_at_once),
        cmocka_unit_test(test_clients_take_turns),
        cmocka_unit_test(test_too_many_bytes_waiting_are_overload),
        cmocka_unit_test(test_a_call_that_waited_too_long),
        cmocka_unit_test(test_a_client_that_left_while_it_was_not_read),
        cmocka_unit_test(test_long_lines_wait_unread),
        cmocka_unit_test(test_calls_of_a_client_that_left_are_dropped),
        cmocka_unit_test(test_one_connection_too_many),
        cmocka_unit_test(test_sigterm_with_work_in_flight),
        cmocka_unit_test(test_the_time_for_stopping_ends),
        cmocka_unit_test(test_a_second_signal_does_not_wait),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
