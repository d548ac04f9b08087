/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/loop/harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/loop/fake_search.h"

enum { MINUTES = 60 * 1000, CLIENT_LINE_MAX = 64 << 20 };

void served_init(struct served *served)
{
    *served = (struct served){.daemon = NULL};
    fake_reset();
    limits_init(&served->options.limits);
    served->options.db = "an index";
    served->options.limits.workers = 2;
    served->options.limits.deadline_ms = 5 * MINUTES;
    served->options.limits.line_ms = 5 * MINUTES;
    served->options.limits.write_ms = 5 * MINUTES;
    served->options.limits.drain_ms = 5 * MINUTES;
    strcpy(served->folder, "/tmp/purposed-test-XXXXXX");
    assert_non_null(mkdtemp(served->folder));
    snprintf(served->path, sizeof served->path, "%s/sock", served->folder);
}

static void run_loop(void *data)
{
    struct served *served = data;
    uv_run(&served->loop, UV_RUN_DEFAULT);
}

void served_start(struct served *served)
{
    char address[128];
    const char *listen[] = {address};
    struct error error = ERROR_NONE;
    snprintf(address, sizeof address, "unix:%s", served->path);
    if (served->options.listen_count == 0) {
        served->options.listen = listen;
        served->options.listen_count = 1;
    }
    assert_int_equal(uv_loop_init(&served->loop), 0);
    if (daemon_start(&served->loop, &served->options, &served->daemon, &error))
        fail_msg("%s", error.text);
    assert_int_equal(uv_thread_create(&served->thread, run_loop, served), 0);
}

void served_join(struct served *served)
{
    assert_int_equal(uv_thread_join(&served->thread), 0);
    daemon_free(served->daemon);
    assert_int_equal(uv_loop_close(&served->loop), 0);
    assert_int_equal(access(served->path, F_OK), -1);
    assert_int_equal(rmdir(served->folder), 0);
    assert_int_equal(fake_snapshots(), 0);
    assert_false(fake_was_misused());
}

void served_stop(struct served *served)
{
    assert_int_equal(kill(getpid(), SIGTERM), 0);
    served_join(served);
}

static void client_init(struct client *client, int domain, const struct sockaddr *address, socklen_t len)
{
    struct timeval wait = {.tv_sec = CLIENT_WAIT_S};
    client->fd = socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(client->fd >= 0);
    assert_int_equal(setsockopt(client->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait), 0);
    assert_int_equal(setsockopt(client->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait), 0);
    assert_int_equal(connect(client->fd, address, len), 0);
    frame_reader_init(&client->reader, CLIENT_LINE_MAX);
}

void client_dial(struct client *client, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof address.sun_path);
    strcpy(address.sun_path, path);
    client_init(client, AF_UNIX, (const struct sockaddr *)&address, sizeof address);
}

void client_dial_tcp(struct client *client, unsigned short port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    client_init(client, AF_INET, (const struct sockaddr *)&address, sizeof address);
}

void client_close(struct client *client)
{
    close(client->fd);
    frame_reader_free(&client->reader);
}

void client_send_bytes(struct client *client, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t sent = send(client->fd, bytes, len, MSG_NOSIGNAL);
        assert_true(sent > 0);
        bytes += sent;
        len -= (size_t)sent;
    }
}

void client_send(struct client *client, const char *text)
{
    client_send_bytes(client, text, strlen(text));
}

void client_call_at_once(struct client *client, int first, int count, const char *method, const char *params)
{
    struct buf lines = BUF_INIT(CLIENT_LINE_MAX);
    for (int id = first; id < first + count; id++) {
        buf_printf(&lines, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"%s\"", id, method);
        if (params)
            buf_printf(&lines, ",\"params\":%s", params);
        buf_text(&lines, "}\n");
    }
    client_send_bytes(client, lines.data, lines.len);
    buf_free(&lines);
}

void client_call(struct client *client, int id, const char *method, const char *params)
{
    client_call_at_once(client, id, 1, method, params);
}

json_t *client_reply(struct client *client)
{
    char *line, chunk[65536];
    size_t len;
    enum frame_status status;
    while ((status = frame_reader_next(&client->reader, &line, &len)) == FRAME_WAIT) {
        ssize_t got = recv(client->fd, chunk, sizeof chunk, 0);
        if (got == 0 || (got < 0 && errno == ECONNRESET))
            return NULL;
        assert_true(got > 0);
        assert_int_equal(frame_reader_feed(&client->reader, chunk, (size_t)got), FRAME_WAIT);
    }
    assert_int_equal(status, FRAME_LINE);
    json_t *reply = json_loadb(line, len, 0, NULL);
    assert_non_null(reply);
    return reply;
}

int reply_id(const json_t *reply)
{
    const json_t *id = json_object_get(reply, "id");
    return json_is_integer(id) ? (int)json_integer_value(id) : -1;
}

int reply_code(const json_t *reply)
{
    return (int)json_integer_value(json_object_get(json_object_get(reply, "error"), "code"));
}

void client_expect_error(struct client *client, int id, int code, const char *says)
{
    json_t *reply = client_reply(client);
    assert_non_null(reply);
    assert_int_equal(reply_id(reply), id);
    assert_int_equal(reply_code(reply), code);
    const char *message = json_string_value(json_object_get(json_object_get(reply, "error"), "message"));
    if (!strstr(message, says))
        fail_msg("\"%s\" does not say \"%s\"", message, says);
    json_decref(reply);
}

void client_expect_result(struct client *client, int id, const char *result)
{
    json_t *reply = client_reply(client);
    json_t *wanted = json_loads(result, JSON_DECODE_ANY, NULL);
    assert_non_null(reply);
    assert_non_null(wanted);
    assert_int_equal(reply_id(reply), id);
    assert_true(json_equal(json_object_get(reply, "result"), wanted));
    json_decref(wanted);
    json_decref(reply);
}

void client_expect_end(struct client *client)
{
    assert_null(client_reply(client));
}

json_int_t status_number(const char *path, const char *object, const char *member)
{
    struct client client;
    client_dial(&client, path);
    client_call(&client, 1, "status", NULL);
    json_t *reply = client_reply(&client);
    json_t *number = json_object_get(json_object_get(json_object_get(reply, "result"), object), member);
    assert_true(json_is_integer(number));
    json_int_t value = json_integer_value(number);
    json_decref(reply);
    client_close(&client);
    return value;
}

void wait_until(bool (*condition)(void *data), void *data)
{
    for (int i = 0; i < CLIENT_WAIT_S * 200; i++) {
        if (condition(data))
            return;
        usleep(5000);
    }
    fail_msg("what was waited for did not come");
}
