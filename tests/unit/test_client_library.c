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
    if (!text || !strstr(text, part))
        fail_msg("\"%s\" does not hold \"%s\"", text ? text : "(nothing)", part);
}

/* One call of a server that follows `script`; the error's text must hold `part`. */
static void check_one_call(struct server_script script, int timeout, enum purpose_status expected, int code,
                           const char *part)
{
    json_t *result = NULL;
    struct server *server = server_start(script);
    struct purpose_connection *daemon = purpose_new();
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    purpose_set_timeout(daemon, timeout); /* connecting is not what is timed */
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), expected);
    assert_contains(purpose_error_text(daemon), part);
    assert_int_equal(purpose_error_code(daemon), code);
    assert_true(expected == PURPOSE_OK ? result != NULL : result == NULL);
    json_decref(result);
    purpose_free(daemon);
    server_stop(server);
}

/* The same, and what is for a Unix socket also over HTTP. One that ends before it has read the request is
 * left out there: whether its answer is read still is the system's affair. */
static void check_call(struct server_script script, int timeout, enum purpose_status expected, int code,
                       const char *part)
{
    check_one_call(script, timeout, expected, code, part);
    if (script.door != SERVER_UNIX || script.act == SERVER_SLAM)
        return;
    script.door = SERVER_HTTP;
    check_one_call(script, timeout, expected, code, part);
}

static void check_results(enum server_door door)
{
    struct server *server = server_start((struct server_script){
        SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{\"n\":$ID}}\n", .door = door});
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

static void test_results(void **state)
{
    (void)state;
    check_results(SERVER_UNIX);
    check_results(SERVER_HTTP);
}

static void test_result_over_tcp(void **state)
{
    (void)state;
    check_call((struct server_script){SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n",
                                      .door = SERVER_TCP},
               LONG_MS, PURPOSE_OK, 0, "");
}

static void test_refused(void **state)
{
    (void)state;
    check_call(
        (struct server_script){SERVER_REPLY,
                               "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32602,\"message\":\"no "
                               "facet \\\"foo\\\"\"}}\n",
                               .door = SERVER_UNIX},
        LONG_MS, PURPOSE_REFUSED, -32602, "no facet \"foo\"");
}

/* The connection serves on after a refusal. */
static void check_call_after_refusal(enum server_door door)
{
    json_t *result = NULL;
    struct server *server = server_start(
        (struct server_script){SERVER_METHODS, TESTS_DIR "/cases/client/program/found", .door = door});
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

static void test_call_after_refusal(void **state)
{
    (void)state;
    check_call_after_refusal(SERVER_UNIX);
    check_call_after_refusal(SERVER_HTTP);
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
            .door = SERVER_UNIX},
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
        check_call((struct server_script){SERVER_REPLY, NO_REPLIES[i], .door = SERVER_UNIX}, LONG_MS,
                   PURPOSE_BAD_REPLY, 0, "no JSON-RPC reply");
    check_call((struct server_script){SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":7$ID,\"result\":{}}\n",
                                      .door = SERVER_UNIX},
               LONG_MS, PURPOSE_BAD_REPLY, 0, "another call");
    check_call((struct server_script){SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":null,\"result\":{}}\n",
                                      .door = SERVER_UNIX},
               LONG_MS, PURPOSE_BAD_REPLY, 0, "another call");
    check_call((struct server_script){SERVER_REPLY, "HTTP/1.1 400 Bad Request\r\n\r\n", .door = SERVER_TCP},
               LONG_MS, PURPOSE_BAD_REPLY, 0, "speaks HTTP");
}

static void test_lost(void **state)
{
    (void)state;
    check_call((struct server_script){SERVER_CLOSE, NULL, .door = SERVER_UNIX}, LONG_MS, PURPOSE_LOST, 0,
               "closed the connection");
    check_call(
        (struct server_script){SERVER_CLOSE, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"res", .door = SERVER_UNIX},
        LONG_MS, PURPOSE_LOST, 0, "closed the connection");
    check_call((struct server_script){SERVER_SLAM, NULL, .door = SERVER_UNIX}, LONG_MS, PURPOSE_LOST, 0,
               "closed the connection");
    check_call((struct server_script){SERVER_SLAM, "{\"jsonr", .door = SERVER_TCP}, LONG_MS, PURPOSE_LOST, 0,
               "closed the connection");
}

static void test_timeouts(void **state)
{
    (void)state;
    check_call((struct server_script){SERVER_HANG, NULL, .door = SERVER_UNIX}, SHORT_MS, PURPOSE_TIMEOUT, 0,
               "within 0.15 s");
    check_call((struct server_script){SERVER_HANG, "{\"jsonrpc\":\"2.0\",", .door = SERVER_UNIX}, SHORT_MS,
               PURPOSE_TIMEOUT, 0, "0.15 s");
    check_call((struct server_script){SERVER_TRICKLE, NULL, .door = SERVER_UNIX}, SHORT_MS, PURPOSE_TIMEOUT,
               0, "try again");
}

static void test_flood(void **state)
{
    (void)state;
    check_call((struct server_script){SERVER_FLOOD, NULL, .door = SERVER_UNIX}, LONG_MS, PURPOSE_BAD_REPLY, 0,
               "longer than 64 MiB");
}

/* After a failure nothing is left of the old connection: a new one is made, and answers. */
static void check_connect_again(enum server_door door)
{
    json_t *result = NULL;
    struct server *server = server_start((struct server_script){SERVER_HANG, NULL, .door = door});
    struct server *other = server_start(
        (struct server_script){SERVER_METHODS, TESTS_DIR "/cases/client/program/found", .door = door});
    struct purpose_connection *daemon = purpose_new();
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), PURPOSE_LOST);
    assert_contains(purpose_error_text(daemon), "connect again");
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    purpose_set_timeout(daemon, SHORT_MS);
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

static void test_connect_again(void **state)
{
    (void)state;
    check_connect_again(SERVER_UNIX);
    check_connect_again(SERVER_HTTP);
}

/* More than a socket's buffer holds, to somebody who never reads. */
static void check_request_nobody_reads(enum server_door door)
{
    json_t *result = NULL;
    size_t len = 3 << 20;
    char *text = malloc(len + 1);
    memset(text, 'x', len);
    text[len] = '\0';
    json_t *params = json_pack("{s:s}", "q", text);
    struct server *server = server_start((struct server_script){SERVER_HANG, NULL, .door = door});
    struct purpose_connection *daemon = purpose_new();
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    purpose_set_timeout(daemon, SHORT_MS);
    assert_int_equal(purpose_call(daemon, "search", params, &result), PURPOSE_TIMEOUT);
    json_decref(params);
    free(text);
    purpose_free(daemon);
    server_stop(server);
}

static void test_request_nobody_reads(void **state)
{
    (void)state;
    check_request_nobody_reads(SERVER_UNIX);
    check_request_nobody_reads(SERVER_HTTP);
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
    struct server *server = server_start((struct server_script){
        SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n", .door = SERVER_UNIX});
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
                                      "http:",
                                      "http://",
                                      "http://:7700",
                                      "http://somebody:secret@host:1",
                                      "http://host:1/?q=1",
                                      "http://host:1/#part",
                                      "http://host:123456",
                                      "http://ho st:1",
                                      "httpx://host:1",
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
    struct server *server = server_start((struct server_script){SERVER_REPLY, NULL, .door = SERVER_TCP});
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
    struct server *server = server_start((struct server_script){SERVER_REPLY, NULL, .door = SERVER_UNIX});
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

static void check_http(const char *head, const char *bytes, enum purpose_status expected, int code,
                       const char *part)
{
    check_one_call((struct server_script){SERVER_REPLY, bytes, SERVER_HTTP, head}, LONG_MS, expected, code,
                   part);
}

/* What servers of HTTP say that are no purposed, or stand before one. */
static void test_http_replies(void **state)
{
    (void)state;
    check_http("200 OK\r\nContent-Type: application/json;charset=utf-8",
               "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n", PURPOSE_OK, 0, "");
    check_http("404 Not Found\r\nContent-Type: application/json",
               "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32003,\"message\":\"no such\"}}\n",
               PURPOSE_REFUSED, -32003, "no such");
    check_http("200 OK\r\nContent-Type: text/html", "<p>hello\n", PURPOSE_BAD_REPLY, 0,
               "no JSON-RPC reply but text/html (HTTP status 200)");
    check_http("200 OK\r\nX-Nothing: here", "{}\n", PURPOSE_BAD_REPLY, 0, "of no type");
    check_http("500 Oops\r\nContent-Type: text/plain", "oops\n", PURPOSE_BAD_REPLY, 0, "HTTP status 500");
    check_http("302 Found\r\nLocation: https://elsewhere.example/purposed/api/rpc", "gone\n",
               PURPOSE_BAD_REPLY, 0,
               "sends its callers on to https://elsewhere.example/purposed; name that instead");
    check_http("503 Busy\r\nContent-Type: text/html\r\nRetry-After: 7", "busy\n", PURPOSE_REFUSED, 0,
               "too busy: try again later (again in 7 s)");
    check_http("429 Slowly\r\nContent-Type: application/problem+json\r\nRetry-After: 2",
               "{\"detail\":\"too many\",\"code\":-32001}\n", PURPOSE_REFUSED, -32001,
               "too many (again in 2 s)");
    check_http("400 Bad\r\nContent-Type: application/problem+json", "[]\n", PURPOSE_REFUSED, 0,
               "refuses the call with HTTP status 400");
    check_http("200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip", "no gzip\n",
               PURPOSE_BAD_REPLY, 0, "no JSON-RPC reply");
}

static void check_unreachable(const char *address, enum purpose_status expected, const char *part)
{
    json_t *result = NULL;
    struct purpose_connection *daemon = purpose_new();
    assert_int_equal(purpose_connect(daemon, address), PURPOSE_OK);
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), expected);
    assert_contains(purpose_error_text(daemon), part);
    purpose_free(daemon);
}

static void test_nobody_there_by_http(void **state)
{
    (void)state;
    char address[ADDRESS_SIZE], secure[ADDRESS_SIZE];
    struct server *server = server_start((struct server_script){SERVER_REPLY, NULL, .door = SERVER_HTTP});
    struct server *other =
        server_start((struct server_script){SERVER_SLAM, "SSH-2.0-OpenSSH_9.2\r\n", .door = SERVER_TCP});
    snprintf(address, sizeof address, "%s", server_address(server));
    server_stop(server);
    check_unreachable(address, PURPOSE_NO_DAEMON,
                      "start it with: purposed --db DIR --listen http://127.0.0.1:");
    check_unreachable("http:nobody.invalid:7070", PURPOSE_NO_DAEMON,
                      "host of http:nobody.invalid:7070 is not known");
    snprintf(address, sizeof address, "http%s", server_address(other) + strlen("tcp"));
    check_unreachable(address, PURPOSE_BAD_REPLY, "no JSON-RPC reply");
    snprintf(secure, sizeof secure, "https%s", server_address(other) + strlen("tcp"));
    check_unreachable(secure, PURPOSE_NO_DAEMON, "cannot be reached: ");
    server_stop(other);
}

/* Whoever finds the daemon's queue of connections full waits, but not for ever. */
static void test_full_queue(void **state)
{
    (void)state;
    enum { TRIES = 16 };
    struct server *server = server_start((struct server_script){SERVER_NO_ACCEPT, NULL, .door = SERVER_UNIX});
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
        cmocka_unit_test(test_http_replies),
        cmocka_unit_test(test_nobody_there_by_http),
        cmocka_unit_test(test_full_queue),
    };
    return cmocka_run_group_tests_name("client_library", tests, NULL, NULL);
}
