/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses: what may be listened on, what is in the way, what is left behind. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/address.h"
#include "tests/loop/fake_search.h"
#include "tests/loop/harness.h"

static const char LONG_PATH[] =
    "unix:/tmp/a-path-that-is-longer-than-the-hundred-and-seven-bytes-that-the-system-has-"
    "room-for-in-a-unix-address/sock";

static const struct {
    const char *text;
    bool is_public;
    const char *says; /* NULL: taken */
} ADDRESSES[] = {
    {"unix:/tmp/sock", false, NULL},
    {"unix:sock", false, NULL},
    {"unix:", false, "takes 1 to 107 bytes"},
    {LONG_PATH, false, "takes 1 to 107 bytes"},
    {"tcp:127.0.0.1:7700", false, NULL},
    {"tcp:127.8.9.10:7700", false, NULL},
    {"tcp:[::1]:7700", false, NULL},
    {"tcp:[::ffff:127.0.0.1]:7700", false, NULL},
    {"tcp:localhost:0", false, NULL},
    {"tcp:0.0.0.0:7700", false, "--public"},
    {"tcp:0.0.0.0:7700", true, NULL},
    {"tcp:[::]:7700", false, "--public"},
    {"tcp::7700", false, "--public"},
    {"tcp:*:7700", false, "--public"},
    {"tcp:*:7700", true, NULL},
    {"tcp:192.0.2.1:7700", false, "--public"},
    {"tcp:[::ffff:192.0.2.1]:7700", false, "--public"},
    {"tcp:127.0.0.1", false, "tcp:HOST:PORT"},
    {"tcp:127.0.0.1:", false, "tcp:HOST:PORT"},
    {"tcp:127.0.0.1:http", false, "port of 0 to 65535"},
    {"tcp:127.0.0.1:65536", false, "port of 0 to 65535"},
    {"tcp:127.0.0.1:-1", false, "port of 0 to 65535"},
    {"tcp:::1:7700", false, "in brackets"},
    {"tcp:no such host:7700", false, "no such host"},
    {"http:127.0.0.1:8080", false, NULL},
    {"http://[::1]:8080", false, NULL},
    {"http:192.0.2.1:80", false, "--public"},
    {"http:8080", false, "http:HOST:PORT"},
    {"https:127.0.0.1:8080", false, "expected unix:PATH"},
    {"/tmp/sock", false, "expected unix:PATH, tcp:HOST:PORT or http:HOST:PORT"},
    {"", false, "expected unix:PATH, tcp:HOST:PORT or http:HOST:PORT"},
};

static void test_addresses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ADDRESSES / sizeof ADDRESSES[0]; i++) {
        struct address address;
        struct error error = ERROR_NONE;
        int status = address_parse(ADDRESSES[i].text, ADDRESSES[i].is_public, &address, &error);
        if (status != (ADDRESSES[i].says ? -1 : 0))
            fail_msg("%s: %s", ADDRESSES[i].text, error.text);
        if (status && (!strstr(error.text, ADDRESSES[i].says) || !strstr(error.text, ADDRESSES[i].text)))
            fail_msg("%s: \"%s\" does not say \"%s\"", ADDRESSES[i].text, error.text, ADDRESSES[i].says);
    }
}

/* The daemon does not start, says why, and leaves nothing on the loop. */
static void expect_refusal(struct served *served, const char *address, const char *says)
{
    uv_loop_t loop;
    struct daemon *daemon = NULL;
    struct error error = ERROR_NONE;
    struct daemon_options options = served->options;
    const char *listen[] = {address};
    options.listen = listen;
    options.listen_count = 1;
    assert_int_equal(uv_loop_init(&loop), 0);
    assert_int_equal(daemon_start(&loop, &options, &daemon, &error), -1);
    assert_null(daemon);
    if (!strstr(error.text, says))
        fail_msg("\"%s\" does not say \"%s\"", error.text, says);
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void expect_service(struct served *served)
{
    struct client client;
    client_dial(&client, served->path);
    client_call(&client, 1, "echo", NULL);
    client_expect_result(&client, 1, "null");
    client_close(&client);
}

static void test_a_second_daemon_is_refused(void **state)
{
    (void)state;
    struct served served;
    char address[128];
    served_init(&served);
    served_start(&served);
    snprintf(address, sizeof address, "unix:%s", served.path);
    expect_refusal(&served, address, "another daemon serves it");
    expect_service(&served);
    served_stop(&served);
}

static void leave_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    strcpy(address.sun_path, path);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    close(fd);
}

static void test_a_socket_left_behind_is_replaced(void **state)
{
    (void)state;
    struct served served;
    served_init(&served);
    leave_socket(served.path);
    served_start(&served);
    expect_service(&served);
    served_stop(&served);
}

static void test_a_file_in_the_way_is_kept(void **state)
{
    (void)state;
    struct served served;
    char address[128];
    served_init(&served);
    int fd = open(served.path, O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    close(fd);
    snprintf(address, sizeof address, "unix:%s", served.path);
    expect_refusal(&served, address, "in the way");
    assert_int_equal(unlink(served.path), 0);
    assert_int_equal(rmdir(served.folder), 0);
}

static void test_the_folder_is_made_for_us_alone(void **state)
{
    (void)state;
    struct served served;
    struct stat is;
    served_init(&served);
    assert_int_equal(rmdir(served.folder), 0);
    served_start(&served);
    assert_int_equal(stat(served.folder, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0700);
    served_stop(&served);
}

static void test_the_default_address(void **state)
{
    const struct address_group nobody = {.is_given = false};
    (void)state;
    struct served served;
    struct stat is;
    char folder[128], sock[160];
    struct buf address = BUF_INIT(1024);
    struct error error = ERROR_NONE;
    served_init(&served);
    snprintf(folder, sizeof folder, "%s/purposed", served.folder);
    snprintf(sock, sizeof sock, "unix:%s/sock", folder);
    setenv("XDG_RUNTIME_DIR", served.folder, 1);
    assert_int_equal(mkdir(folder, 0777), 0);
    assert_int_equal(address_default(&nobody, &address, &error), 0);
    assert_string_equal(address.data, sock);
    assert_int_equal(stat(folder, &is), 0);
    assert_int_equal(is.st_mode & 0777, 0700);
    assert_int_equal(rmdir(folder), 0);
    buf_free(&address);
    assert_int_equal(symlink("/tmp", folder), 0);
    assert_int_equal(address_default(&nobody, &address, &error), -1);
    assert_non_null(strstr(error.text, "not a folder of ours"));
    assert_int_equal(unlink(folder), 0);
    assert_int_equal(rmdir(served.folder), 0);
    unsetenv("XDG_RUNTIME_DIR");
}

static void test_several_addresses_at_once(void **state)
{
    (void)state;
    struct served served;
    struct client client;
    char address[128];
    served_init(&served);
    snprintf(address, sizeof address, "unix:%s", served.path);
    const char *listen[] = {address, "tcp:127.0.0.1:0"};
    served.options.listen = listen;
    served.options.listen_count = 2;
    served_start(&served);
    const char *bound = daemon_address(served.daemon, 1);
    unsigned short port = (unsigned short)atoi(strrchr(bound, ':') + 1);
    assert_non_null(strstr(bound, "tcp:127.0.0.1:"));
    assert_true(port > 0);
    expect_refusal(&served, bound, "already in use");
    expect_service(&served);
    client_dial_tcp(&client, port);
    client_call(&client, 1, "echo", "{\"over\":\"tcp\"}");
    client_expect_result(&client, 1, "{\"over\":\"tcp\"}");
    client_close(&client);
    served_stop(&served);
}

static const struct {
    const char *option, *text;
    uint64_t number;
    const char *says; /* NULL: taken */
} LIMITS[] = {
    {"workers", "4", 4, NULL},
    {"workers", "0", 0, "--workers takes a number, 1 to 64, not \"0\""},
    {"workers", "65", 0, "1 to 64"},
    {"workers", "-1", 0, "1 to 64"},
    {"workers", "4x", 0, "1 to 64"},
    {"workers", "", 0, "1 to 64"},
    {"workers", "99999999999999999999", 0, "1 to 64"},
    {"line-bytes", "2048", 2048, NULL},
    {"line-bytes", "64k", 65536, NULL},
    {"line-bytes", "2M", 2097152, NULL},
    {"line-bytes", "1G", 0, "of bytes (K, M and G are known)"},
    {"line-bytes", "1KB", 0, "of bytes"},
    {"line-bytes", "18014398509481984K", 0, "of bytes"},
    {"idle-timeout", "0", 0, NULL},
    {"idle-timeout", "1.5", 1500, NULL},
    {"idle-timeout", "nan", 0, "takes seconds"},
    {"idle-timeout", "1e99", 0, "takes seconds, 0 to 86400"},
    {"idle-timeout", "0.0001", 1, NULL}, /* the shortest there is, not none */
    {"slow", "0.0004", 1, NULL},
    {"line-timeout", "0", 0, "takes seconds, 0.001 to 3600"},
};

static void test_limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++) {
        struct limits limits;
        struct error error = ERROR_NONE;
        const struct limit_field *field = LIMIT_FIELDS;
        while (strcmp(field->option, LIMITS[i].option) != 0)
            field++;
        limits_init(&limits);
        uint64_t before = limits_get(&limits, field);
        int status = limits_set(&limits, field, LIMITS[i].text, &error);
        assert_int_equal(status, LIMITS[i].says ? -1 : 0);
        assert_int_equal(limits_get(&limits, field), status ? before : LIMITS[i].number);
        if (status && !strstr(error.text, LIMITS[i].says))
            fail_msg("\"%s\" does not say \"%s\"", error.text, LIMITS[i].says);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_a_second_daemon_is_refused),
        cmocka_unit_test(test_a_socket_left_behind_is_replaced),
        cmocka_unit_test(test_a_file_in_the_way_is_kept),
        cmocka_unit_test(test_the_folder_is_made_for_us_alone),
        cmocka_unit_test(test_the_default_address),
        cmocka_unit_test(test_several_addresses_at_once),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
