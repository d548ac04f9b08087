/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index comes, moves on, is damaged: answers are of one epoch, and there is always one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/wire/rpc.h"
#include "tests/loop/fake_search.h"
#include "tests/loop/harness.h"

struct sought {
    struct client *client;
    const char *revision;
};

static bool revision_is(void *data)
{
    struct sought *sought = data;
    client_call(sought->client, 1, "revision", NULL);
    json_t *reply = client_reply(sought->client);
    const char *is = json_string_value(json_object_get(json_object_get(reply, "result"), "revision"));
    bool is_found = is && strcmp(is, sought->revision) == 0;
    json_decref(reply);
    return is_found;
}

static void test_waits_for_the_first_index(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    fake_set_index(FAKE_NONE);
    served_start(&served);
    client_dial(&client, served.path);
    client_call(&client, 1, "echo", NULL);
    client_expect_error(&client, 1, RPC_NO_INDEX, "no index in an index yet");
    client_call(&client, 2, "serch", NULL);
    client_expect_error(&client, 2, RPC_UNKNOWN_METHOD, "serch");
    client_call(&client, 3, "status", NULL);
    json_t *reply = client_reply(&client);
    assert_true(json_is_null(json_object_get(json_object_get(reply, "result"), "revision")));
    json_decref(reply);
    fake_set_index(FAKE_THERE);
    wait_until(revision_is, &(struct sought){&client, "gen-1/1"});
    client_close(&client);
    served_stop(&served);
}

static bool one_snapshot_is_open(void *unused)
{
    (void)unused;
    return fake_snapshots() == 1;
}

static void test_moves_on_with_the_index(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    assert_true(revision_is(&(struct sought){&client, "gen-1/1"}));
    fake_next_epoch();
    wait_until(revision_is, &(struct sought){&client, "gen-2/1"});
    wait_until(one_snapshot_is_open, NULL);
    client_close(&client);
    served_stop(&served);
}

/* An answer that is being computed keeps its epoch open, while others are served from the next. */
static void test_the_old_epoch_stays_for_its_last_answer(void **state)
{
    (void)state;
    struct served served;
    struct client slow, client;
    served_init(&served);
    served_start(&served);
    fake_close_gate();
    client_dial(&slow, served.path);
    client_call(&slow, 1, "wait", NULL);
    client_dial(&client, served.path);
    assert_true(revision_is(&(struct sought){&client, "gen-1/1"}));
    fake_next_epoch();
    wait_until(revision_is, &(struct sought){&client, "gen-2/1"});
    fake_open_gate();
    client_expect_result(&slow, 1, "\"waited\"");
    wait_until(one_snapshot_is_open, NULL);
    client_close(&slow);
    client_close(&client);
    served_stop(&served);
}

static void test_a_damaged_index_leaves_the_one_served(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    fake_set_index(FAKE_DAMAGED);
    fake_next_epoch();
    json_t *problem = NULL;
    while (!problem) {
        client_call(&client, 1, "status", NULL);
        json_t *reply = client_reply(&client);
        problem = json_object_get(json_object_get(json_object_get(reply, "result"), "index"), "problem");
        problem = json_is_string(problem) ? json_incref(problem) : NULL;
        json_decref(reply);
    }
    assert_string_equal(json_string_value(problem), "an index: is damaged");
    json_decref(problem);
    assert_true(revision_is(&(struct sought){&client, "gen-1/1"}));
    fake_set_index(FAKE_THERE);
    wait_until(revision_is, &(struct sought){&client, "gen-2/1"});
    client_close(&client);
    served_stop(&served);
}

static void test_a_call_is_run_again_when_the_index_changed(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    fake_set_changes(2);
    client_call(&client, 1, "echo", "{\"whole\":true}");
    client_expect_result(&client, 1, "{\"whole\":true}");
    assert_int_equal(fake_runs(), 3);
    assert_int_equal(status_number(served.path, "calls", "reruns"), 2);
    wait_until(one_snapshot_is_open, NULL);
    client_close(&client);
    served_stop(&served);
}

static void test_a_call_is_not_run_again_for_ever(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    served_init(&served);
    served_start(&served);
    client_dial(&client, served.path);
    fake_set_changes(1000000);
    client_call(&client, 1, "echo", NULL);
    client_expect_error(&client, 1, RPC_NO_INDEX, "try again");
    assert_int_equal(fake_runs(), RERUNS_MAX);
    fake_set_changes(0);
    client_call(&client, 2, "echo", NULL);
    client_expect_result(&client, 2, "null");
    client_close(&client);
    served_stop(&served);
}

/* Epochs pass by while many calls run, some of which find the index changed: each is answered, once. */
static void test_changes_under_load(void **state)
{
    (void)state;
    enum { CALLS = 2000 };
    struct served served;
    struct client client;
    served_init(&served);
    served.options.limits.workers = 4;
    served_start(&served);
    client_dial(&client, served.path);
    for (int sent = 0, got = 0; got < CALLS; got++) {
        for (; sent < CALLS && sent - got < 60; sent++)
            client_call(&client, sent, "revision", NULL);
        json_t *reply = client_reply(&client);
        assert_int_equal(reply_code(reply), 0);
        json_decref(reply);
        if (got % 50 == 0) {
            fake_next_epoch();
            fake_set_changes(1);
        }
    }
    wait_until(one_snapshot_is_open, NULL);
    client_close(&client);
    served_stop(&served);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_waits_for_the_first_index),
        cmocka_unit_test(test_moves_on_with_the_index),
        cmocka_unit_test(test_the_old_epoch_stays_for_its_last_answer),
        cmocka_unit_test(test_a_damaged_index_leaves_the_one_served),
        cmocka_unit_test(test_a_call_is_run_again_when_the_index_changed),
        cmocka_unit_test(test_a_call_is_not_run_again_for_ever),
        cmocka_unit_test(test_changes_under_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
