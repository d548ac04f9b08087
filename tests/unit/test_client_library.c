/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpurpose against daemons that are not there, hang, go away, or say what is no reply. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/purpose.h"
#include "test_client_server.h"

enum { SHORT_MS = 150, LONG_MS = 60000, ADDRESS_SIZE = 2 * PURPOSE_ADDRESS_SIZE };

static void assert_contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not hold \"%s\"", text, part);
}

/* One call of a server that follows `script`; the error's text must hold `part`. */
static void check_call(struct server_script script, int timeout, enum purpose_status expected, int code,
                       const char *part)
{
    json_t *result = NULL;
    struct server *server = server_start(script);
    struct purpose_connection *daemon = purpose_new();
    purpose_set_timeout(daemon, timeout);
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), expected);
    assert_contains(purpose_error_text(daemon), part);
    assert_int_equal(purpose_error_code(daemon), code);
    assert_true(expected == PURPOSE_OK ? result != NULL : result == NULL);
    json_decref(result);
    purpose_free(daemon);
    server_stop(server);
}

static void test_results(void **state)
{
    (void)state;
    struct server *server = server_start((struct server_script){
        SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{\"n\":$ID}}\n", false});
    struct purpose_connection *daemon = purpose_new();
    json_t *params = json_pack("{s:s}", "q", "a \"phrase\"\n");
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    for (int i = 1; i < 4; i++) {
        json_t *result = NULL;
        assert_int_equal(purpose_call(daemon, "search", params, &result), PURPOSE_OK);
        assert_int_equal(json_integer_value(json_object_get(result, "n")), i);
        assert_string_equal(purpose_error_text(daemon), "");
        json_decref(result);
    }
    json_decref(params);
    purpose_free(daemon);
    server_stop(server);
}

static void test_result_over_tcp(void **state)
{
    (void)state;
    check_call((struct server_script){SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n", true},
               LONG_MS, PURPOSE_OK, 0, "");
}

static void test_refused(void **state)
{
    (void)state;
    check_call(
        (struct server_script){SERVER_REPLY,
                               "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32602,\"message\":\"no "
                               "facet \\\"foo\\\"\"}}\n",
                               false},
        LONG_MS, PURPOSE_REFUSED, -32602, "no facet \"foo\"");
}

/* The connection serves on after a refusal. */
static void test_call_after_refusal(void **state)
{
    (void)state;
    json_t *result = NULL;
    struct server *server =
        server_start((struct server_script){SERVER_METHODS, TESTS_DIR "/cases/client/program/found", false});
    struct purpose_connection *daemon = purpose_new();
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    assert_int_equal(purpose_call(daemon, "nonsense", NULL, &result), PURPOSE_REFUSED);
    assert_int_equal(purpose_error_code(daemon), -32601);
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), PURPOSE_OK);
    assert_int_equal(purpose_error_code(daemon), 0);
    json_decref(result);
    purpose_free(daemon);
    server_stop(server);
}

/* A daemon that has no room for one more says so before it closes, and may not have read the request. */
static void test_refused_before_reading(void **state)
{
    (void)state;
    check_call(
        (struct server_script){
            SERVER_SLAM,
            "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32001,\"message\":\"too "
            "many\"}}\n",
            false},
        LONG_MS, PURPOSE_REFUSED, -32001, "too many");
}

static void test_bad_replies(void **state)
{
    (void)state;
    static const char *const NO_REPLIES[] = {
        "garbage\n",
        "\n",
        "{}\n",
        "[]\n",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID}\n",
        "{\"jsonrpc\":\"1.0\",\"id\":$ID,\"result\":{}}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":\"no\"}\n",
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":\"\xFF\"}\n",
    };
    for (size_t i = 0; i < sizeof NO_REPLIES / sizeof *NO_REPLIES; i++)
        check_call((struct server_script){SERVER_REPLY, NO_REPLIES[i], false}, LONG_MS, PURPOSE_BAD_REPLY, 0,
                   "no JSON-RPC reply");
    check_call(
        (struct server_script){SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":7$ID,\"result\":{}}\n", false},
        LONG_MS, PURPOSE_BAD_REPLY, 0, "another call");
    check_call(
        (struct server_script){SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{}}\n", false},
        LONG_MS, PURPOSE_BAD_REPLY, 0, "another call");
    check_call((struct server_script){SERVER_REPLY, "HTTP/1.1 400 Bad Request\r\n\r\n", true}, LONG_MS,
               PURPOSE_BAD_REPLY, 0, "speaks HTTP");
}

static void test_lost(void **state)
{
    (void)state;
    check_call((struct server_script){SERVER_CLOSE, NULL, false}, LONG_MS, PURPOSE_LOST, 0,
               "closed the connection");
    check_call((struct server_script){SERVER_CLOSE, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"res", false}, LONG_MS,
               PURPOSE_LOST, 0, "closed the connection");
    check_call((struct server_script){SERVER_SLAM, NULL, false}, LONG_MS, PURPOSE_LOST, 0,
               "closed the connection");
    check_call((struct server_script){SERVER_SLAM, "{\"jsonr", true}, LONG_MS, PURPOSE_LOST, 0,
               "closed the connection");
}

static void test_timeouts(void **state)
{
    (void)state;
    check_call((struct server_script){SERVER_HANG, NULL, false}, SHORT_MS, PURPOSE_TIMEOUT, 0,
               "within 0.15 s");
    check_call((struct server_script){SERVER_HANG, "{\"jsonrpc\":\"2.0\",", false}, SHORT_MS, PURPOSE_TIMEOUT,
               0, "0.15 s");
    check_call((struct server_script){SERVER_TRICKLE, NULL, false}, SHORT_MS, PURPOSE_TIMEOUT, 0,
               "try again");
}

static void test_flood(void **state)
{
    (void)state;
    check_call((struct server_script){SERVER_FLOOD, NULL, false}, LONG_MS, PURPOSE_BAD_REPLY, 0,
               "longer than 64 MiB");
}

/* After a failure nothing is left of the old connection: a new one is made, and answers. */
static void test_connect_again(void **state)
{
    (void)state;
    json_t *result = NULL;
    struct server *server = server_start((struct server_script){SERVER_HANG, NULL, false});
    struct server *other =
        server_start((struct server_script){SERVER_METHODS, TESTS_DIR "/cases/client/program/found", false});
    struct purpose_connection *daemon = purpose_new();
    purpose_set_timeout(daemon, SHORT_MS);
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), PURPOSE_LOST);
    assert_contains(purpose_error_text(daemon), "connect again");
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), PURPOSE_TIMEOUT);
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), PURPOSE_LOST);
    purpose_set_timeout(daemon, LONG_MS);
    assert_int_equal(purpose_connect(daemon, server_address(other)), PURPOSE_OK);
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), PURPOSE_OK);
    json_decref(result);
    purpose_free(daemon);
    server_stop(server);
    server_stop(other);
}

/* More than a socket's buffer holds, to somebody who never reads. */
static void test_request_nobody_reads(void **state)
{
    (void)state;
    json_t *result = NULL;
    size_t len = 3 << 20;
    char *text = malloc(len + 1);
    memset(text, 'x', len);
    text[len] = '\0';
    json_t *params = json_pack("{s:s}", "q", text);
    struct server *server = server_start((struct server_script){SERVER_HANG, NULL, false});
    struct purpose_connection *daemon = purpose_new();
    purpose_set_timeout(daemon, SHORT_MS);
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    assert_int_equal(purpose_call(daemon, "search", params, &result), PURPOSE_TIMEOUT);
    json_decref(params);
    free(text);
    purpose_free(daemon);
    server_stop(server);
}

static void test_bad_arguments(void **state)
{
    (void)state;
    json_t *result = NULL;
    size_t len = PURPOSE_REQUEST_MAX + 1;
    char *text = malloc(len + 1);
    memset(text, 'x', len);
    text[len] = '\0';
    json_t *params = json_pack("{s:s}", "q", text);
    json_t *list = json_array();
    struct server *server = server_start(
        (struct server_script){SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n", false});
    struct purpose_connection *daemon = purpose_new();
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    assert_int_equal(purpose_call(daemon, "search", params, &result), PURPOSE_BAD_ARGUMENT);
    assert_contains(purpose_error_text(daemon), "longer than 4 MiB");
    assert_int_equal(purpose_call(daemon, "search", list, &result), PURPOSE_BAD_ARGUMENT);
    assert_contains(purpose_error_text(daemon), "no object");
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), PURPOSE_OK);
    json_decref(result);
    json_decref(params);
    json_decref(list);
    free(text);
    purpose_free(daemon);
    server_stop(server);
}

static void check_address(const char *address, enum purpose_status expected, const char *part)
{
    struct purpose_connection *daemon = purpose_new();
    purpose_set_timeout(daemon, LONG_MS);
    assert_int_equal(purpose_connect(daemon, address), expected);
    assert_contains(purpose_error_text(daemon), part);
    purpose_free(daemon);
}

static void test_addresses(void **state)
{
    (void)state;
    char address[ADDRESS_SIZE];
    static const char *const BAD[] = {"",
                                      "sock",
                                      "/run/sock",
                                      "tcp:",
                                      "tcp:localhost",
                                      "tcp::7070",
                                      "tcp:host:",
                                      "tcp:host:http",
                                      "tcp:host:0",
                                      "tcp:host:65536",
                                      "unix:",
                                      "tcp:host:-1",
                                      "http:localhost:1",
                                      "tcp:host:1234567",
                                      "tcp:[]:1"};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        check_address(BAD[i], PURPOSE_BAD_ARGUMENT, BAD[i]);
    memset(address, 'x', sizeof address);
    memcpy(address, "unix:/", 6);
    address[200] = '\0';
    check_address(address, PURPOSE_BAD_ARGUMENT, "at most 107 bytes");
    memset(address, 'x', sizeof address);
    address[sizeof address - 1] = '\0';
    check_address(address, PURPOSE_BAD_ARGUMENT, "at most 511 bytes");
}

static void test_nobody_there(void **state)
{
    (void)state;
    char address[ADDRESS_SIZE];
    struct server *server = server_start((struct server_script){SERVER_REPLY, NULL, true});
    snprintf(address, sizeof address, "%s", server_address(server));
    server_stop(server);
    check_address(address, PURPOSE_NO_DAEMON, "start it with: purposed --db DIR --listen tcp:127.0.0.1:");
    check_address(
        "unix:/nonexistent/sock", PURPOSE_NO_DAEMON,
        "no daemon listens at unix:/nonexistent/sock; start it with: purposed --db DIR --listen unix:/nonex");
    check_address("unix:/dev/null", PURPOSE_NO_DAEMON, "unix:/dev/null");
    check_address("tcp:nobody.invalid:7070", PURPOSE_NO_DAEMON, "host nobody.invalid");
}

static void test_default_address(void **state)
{
    (void)state;
    char address[ADDRESS_SIZE];
    char expected[ADDRESS_SIZE];
    struct server *server = server_start((struct server_script){SERVER_REPLY, NULL, false});
    setenv("XDG_RUNTIME_DIR", server_folder(server), 1);
    assert_int_equal(purpose_default_address(address, sizeof address), PURPOSE_OK);
    assert_string_equal(address, server_address(server));
    assert_int_equal(purpose_default_address(address, 8), PURPOSE_BAD_ARGUMENT);
    check_address(NULL, PURPOSE_OK, "");
    server_stop(server);
    check_address(NULL, PURPOSE_NO_DAEMON, "start it with: purposed --db DIR");
    setenv("XDG_RUNTIME_DIR", "relative", 1); /* which the standard says to ignore */
    assert_int_equal(purpose_default_address(address, sizeof address), PURPOSE_OK);
    snprintf(expected, sizeof expected, "unix:/tmp/purposed-%lu/sock", (unsigned long)geteuid());
    assert_string_equal(address, geteuid() ? expected : "unix:/run/purposed/sock");
}

/* Whoever finds the daemon's queue of connections full waits, but not for ever. */
static void test_full_queue(void **state)
{
    (void)state;
    enum { TRIES = 16 };
    struct server *server = server_start((struct server_script){SERVER_NO_ACCEPT, NULL, false});
    struct purpose_connection *waiting[TRIES] = {NULL};
    enum purpose_status status = PURPOSE_OK;
    for (int i = 0; i < TRIES && !status; i++) {
        waiting[i] = purpose_new();
        purpose_set_timeout(waiting[i], SHORT_MS);
        status = purpose_connect(waiting[i], server_address(server));
        if (status)
            assert_contains(purpose_error_text(waiting[i]), "in time");
    }
    assert_int_equal(status, PURPOSE_TIMEOUT);
    for (int i = 0; i < TRIES; i++)
        purpose_free(waiting[i]);
    server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_result_over_tcp),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_call_after_refusal),
        cmocka_unit_test(test_refused_before_reading),
        cmocka_unit_test(test_bad_replies),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_timeouts),
        cmocka_unit_test(test_flood),
        cmocka_unit_test(test_connect_again),
        cmocka_unit_test(test_request_nobody_reads),
        cmocka_unit_test(test_bad_arguments),
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_default_address),
        cmocka_unit_test(test_full_queue),
    };
    return cmocka_run_group_tests_name("client_library", tests, NULL, NULL);
}
