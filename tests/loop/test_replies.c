/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replies that are kept: given again while the epoch lasts and not a moment longer, in bounded memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/loop/fake_search.h"
#include "tests/loop/harness.h"

enum { MANY = 3000, TOLD_US = 987654321 /* what the search says it took */ };

struct tested {
    struct served served;
    struct client client;
};

static void start(struct tested *tested, uint64_t cache_bytes)
{
    served_init(&tested->served);
    tested->served.options.limits.cache_bytes = cache_bytes;
    served_start(&tested->served);
    client_dial(&tested->client, tested->served.path);
}

static void stop(struct tested *tested)
{
    client_close(&tested->client);
    served_stop(&tested->served);
}

/* A member of the reply to "kept". */
static json_int_t ask(struct tested *tested, const char *params, const char *member)
{
    client_call(&tested->client, 7, "kept", params);
    json_t *reply = client_reply(&tested->client);
    assert_int_equal(reply_id(reply), 7);
    json_t *number = json_object_get(json_object_get(reply, "result"), member);
    assert_true(json_is_integer(number));
    json_int_t is = json_integer_value(number);
    json_decref(reply);
    return is;
}

static json_int_t cache(const struct tested *tested, const char *member)
{
    return status_number(tested->served.path, "cache", member);
}

static void test_the_same_is_searched_once(void **state)
{
    struct tested tested;
    (void)state;
    start(&tested, 1 << 20);
    assert_int_equal(ask(&tested, "{\"bytes\":3,\"q\":\"a\"}", "runs"), 1);
    assert_int_equal(ask(&tested, "{\"bytes\":3,\"q\":\"a\"}", "runs"), 1);
    assert_int_equal(ask(&tested, "{ \"q\": \"a\", \"bytes\": 3 }", "runs"), 1);
    assert_int_equal(ask(&tested, "{\"bytes\":3,\"q\":\"b\"}", "runs"), 2);
    assert_int_equal(fake_runs(), 2);
    assert_int_equal(cache(&tested, "hits"), 2);
    assert_int_equal(cache(&tested, "misses"), 2);
    assert_int_equal(cache(&tested, "entries"), 2);
    stop(&tested);
}

static void test_says_how_long_this_answer_took(void **state)
{
    struct tested tested;
    (void)state;
    start(&tested, 1 << 20);
    assert_int_equal(ask(&tested, "{\"bytes\":3}", "took_us"), TOLD_US);
    assert_true(ask(&tested, "{\"bytes\":3}", "took_us") < TOLD_US);
    assert_int_equal(fake_runs(), 1);
    stop(&tested);
}

static void test_is_answered_while_all_workers_are_busy(void **state)
{
    struct tested tested;
    struct client slow;
    (void)state;
    start(&tested, 1 << 20);
    assert_int_equal(ask(&tested, "{\"bytes\":3}", "runs"), 1);
    client_dial(&slow, tested.served.path);
    fake_close_gate();
    for (int i = 0; i < 2 * (int)tested.served.options.limits.workers; i++)
        client_call(&slow, i, "wait", NULL);
    assert_int_equal(ask(&tested, "{\"bytes\":3}", "runs"), 1);
    fake_open_gate();
    client_close(&slow);
    stop(&tested);
}

/* Who has seen an epoch never gets an answer of the one before, whether by status or by an answer. */
static void test_is_never_of_an_epoch_that_has_passed(void **state)
{
    struct tested tested;
    json_int_t seen = 0;
    (void)state;
    start(&tested, 1 << 20);
    for (int i = 0; i < 400; i++) {
        if (i % 4 == 0)
            fake_next_epoch();
        if (i % 16 == 5)
            fake_set_changes(1); /* a worker notices before the timer does, and moves all on */
        char params[64];
        snprintf(params, sizeof params, "{\"bytes\":3,\"q\":%d}", i % 3 + (i % 16 == 5 ? i : 0));
        json_int_t epoch = ask(&tested, params, "epoch");
        assert_true(epoch >= seen);
        seen = epoch;
        json_int_t records = status_number(tested.served.path, "index", "records");
        assert_true(records - 30 >= seen);
        seen = records - 30;
    }
    assert_true(seen > 1);
    assert_true(cache(&tested, "hits") > 0);
    stop(&tested);
}

static void test_many_questions_fill_bounded_memory(void **state)
{
    enum { MAX = 64 << 10 };
    struct tested tested;
    json_int_t popular_runs;
    (void)state;
    start(&tested, MAX);
    popular_runs = ask(&tested, "{\"bytes\":300}", "runs");
    assert_int_equal(ask(&tested, "{\"bytes\":300}", "runs"), popular_runs);
    for (int i = 0; i < MANY; i++) {
        char params[64];
        snprintf(params, sizeof params, "{\"bytes\":%d,\"q\":%d}", i % 2000, i);
        ask(&tested, params, "runs");
        if (i % 500 == 0)
            assert_in_range(cache(&tested, "bytes"), 1, MAX);
    }
    assert_in_range(cache(&tested, "bytes"), MAX / 2, MAX);
    assert_true(cache(&tested, "evicted") > MANY / 2);
    /* What was asked twice has outlived them all. */
    assert_int_equal(ask(&tested, "{\"bytes\":300}", "runs"), popular_runs);
    stop(&tested);
}

static void test_what_is_large_or_wrong_is_not_kept(void **state)
{
    enum { MAX = 256 << 10 };
    struct tested tested;
    (void)state;
    start(&tested, MAX);
    json_int_t first = ask(&tested, "{\"bytes\":16384}", "runs");
    assert_int_equal(ask(&tested, "{\"bytes\":16384}", "runs"), first + 1);
    for (int i = 0; i < 2; i++) {
        client_call(&tested.client, 9, "kept", "{\"code\":-32602,\"message\":\"no such thing\"}");
        client_expect_error(&tested.client, 9, -32602, "no such thing");
    }
    assert_int_equal(fake_runs(), 4);
    assert_int_equal(cache(&tested, "entries"), 0);
    assert_int_equal(cache(&tested, "bytes"), 0);
    stop(&tested);
}

/* Kept replies wait for nobody, so all of a connection's may be ready at once. */
static void test_many_at_once_do_not_flood_a_connection(void **state)
{
    struct tested tested;
    (void)state;
    start(&tested, 64 << 20);
    json_int_t runs = ask(&tested, "{\"bytes\":120000}", "runs");
    for (int i = 0; i < 150; i++)
        client_call(&tested.client, i, "kept", "{\"bytes\":120000}");
    for (int i = 0; i < 150; i++) {
        json_t *reply = client_reply(&tested.client);
        assert_int_equal(reply_code(reply), 0);
        json_decref(reply);
    }
    assert_int_equal(fake_runs(), runs);
    assert_int_equal(ask(&tested, "{\"bytes\":140000}", "runs"), runs + 1);
    assert_int_equal(ask(&tested, "{\"bytes\":140000}", "runs"), runs + 2);
    stop(&tested);
}

static void test_a_long_question_is_not_kept(void **state)
{
    static char params[8192];
    struct tested tested;
    (void)state;
    start(&tested, 1 << 20);
    snprintf(params, sizeof params, "{\"bytes\":1,\"q\":\"%05000d\"}", 0);
    json_int_t first = ask(&tested, params, "runs");
    assert_int_equal(ask(&tested, params, "runs"), first + 1);
    assert_int_equal(cache(&tested, "entries"), 0);
    stop(&tested);
}

static void test_can_be_switched_off(void **state)
{
    struct tested tested;
    (void)state;
    start(&tested, 0);
    assert_int_equal(ask(&tested, "{\"bytes\":3}", "runs"), 1);
    assert_int_equal(ask(&tested, "{\"bytes\":3}", "runs"), 2);
    assert_int_equal(cache(&tested, "hits"), 0);
    assert_int_equal(cache(&tested, "misses"), 0);
    stop(&tested);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_is_searched_once),
        cmocka_unit_test(test_says_how_long_this_answer_took),
        cmocka_unit_test(test_is_answered_while_all_workers_are_busy),
        cmocka_unit_test(test_is_never_of_an_epoch_that_has_passed),
        cmocka_unit_test(test_many_questions_fill_bounded_memory),
        cmocka_unit_test(test_what_is_large_or_wrong_is_not_kept),
        cmocka_unit_test(test_many_at_once_do_not_flood_a_connection),
        cmocka_unit_test(test_a_long_question_is_not_kept),
        cmocka_unit_test(test_can_be_switched_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
