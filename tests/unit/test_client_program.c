/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program as a user runs it: what it prints, how it ends, in a pipe and on a terminal. */
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "test_client_server.h"

static enum server_door door = SERVER_UNIX; /* all tests are run over both */

#define FOUND TESTS_DIR "/cases/client/program/found"
#define PAGES TESTS_DIR "/cases/client/program/pages"
#define CUT TESTS_DIR "/cases/client/program/cut"
#define NONE TESTS_DIR "/cases/client/program/none"

enum { WORDS_MAX = 16, OUTPUT_MAX = 1 << 20, ROWS = 24, COLUMNS = 60 };

struct outcome {
    char output[OUTPUT_MAX]; /* stdout and stderr together, as a terminal shows them */
    int code;                /* exit code, -1 where a signal ended it */
};

static struct outcome outcome;

static void read_all(int fd)
{
    size_t len = 0;
    ssize_t count;
    while (len + 1 < OUTPUT_MAX && (count = read(fd, outcome.output + len, OUTPUT_MAX - 1 - len)) > 0)
        len += (size_t)count;
    outcome.output[len] = '\0';
    close(fd);
}

static void take_end(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    outcome.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The child's side: `line` is split at spaces. */
static void become_program(const char *line, const struct server *server)
{
    char *argv[WORDS_MAX] = {(char *)"purpose"};
    int count = 1;
    char *words = strdup(line);
    for (char *word = strtok(words, " "); word && count + 1 < WORDS_MAX; word = strtok(NULL, " "))
        argv[count++] = word;
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("PURPOSED_SOCKET");
    if (server)
        setenv("PURPOSED_SOCKET", server_address(server), 1);
    execv(PURPOSE_PROGRAM, argv);
    _exit(99);
}

static void run_in_pipe(const struct server *server, const char *line)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (!child) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        close(ends[1]);
        become_program(line, server);
    }
    close(ends[1]);
    read_all(ends[0]);
    take_end(child);
}

static void run_on_terminal(const struct server *server, const char *line, const char *variable,
                            const char *value)
{
    int terminal;
    struct winsize size = {.ws_row = ROWS, .ws_col = COLUMNS};
    pid_t child = forkpty(&terminal, NULL, NULL, &size);
    assert_true(child >= 0);
    if (!child) {
        setenv("TERM", "xterm", 1);
        setenv("PAGER", "cat", 1);
        unsetenv("NO_COLOR");
        if (variable)
            setenv(variable, value, 1);
        become_program(line, server);
    }
    read_all(terminal);
    take_end(child);
}

static void assert_contains(const char *part)
{
    if (!strstr(outcome.output, part))
        fail_msg("\"%s\" does not hold \"%s\"", outcome.output, part);
}

static void assert_lacks(const char *part)
{
    if (strstr(outcome.output, part))
        fail_msg("\"%s\" holds \"%s\"", outcome.output, part);
}

/* Every line fits a terminal of the usual width. */
static void assert_narrow(void)
{
    for (const char *at = outcome.output; *at; at += strcspn(at, "\n") + (at[strcspn(at, "\n")] == '\n'))
        if (strcspn(at, "\n") > 80)
            fail_msg("too long: %.*s", (int)strcspn(at, "\n"), at);
}

static struct server *serve(enum server_act act, const char *bytes)
{
    return server_start((struct server_script){.act = act, .bytes = bytes, .door = door});
}

static void test_found(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, FOUND);
    run_in_pipe(server, "knees");
    assert_string_equal(outcome.output, "1 agreement\n\n 1. NHS Upper Thornby CCG\n    Knees\n"
                                        "    NIC-10101-A1B2C · in force from 2019-09-01\n"
                                        "    Legal basis: National Health Service Act 2006 s251\n"
                                        "    Found in Objectives:\n      The knees & hips\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "show NIC-10101-A1B2C");
    assert_contains("Objectives\n  The knees & hips.\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "facets organisation");
    assert_string_equal(outcome.output, "Recipient\n  NHS England  2\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "schema");
    assert_contains("legal_basis   Legal basis ");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "status");
    assert_string_equal(outcome.output, "Records: 585\nRevision: gen-000001/1\n");
    assert_int_equal(outcome.code, 0);
    server_stop(server);
}

static void test_for_programs(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, FOUND);
    run_in_pipe(server, "--json facets organisation");
    assert_string_equal(outcome.output,
                        "{\"values\":[{\"value\":\"nhs england\",\"label\":\"NHS England\",\"count\":2,"
                        "\"selected\":false}],\"total\":1}\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "--csv knees");
    assert_contains("NIC-10101-A1B2C,NHS Upper Thornby CCG,Knees,,2019-09-01,,"
                    "National Health Service Act 2006 > s251,,,objectives,The knees & hips,,,\r\n");
    run_in_pipe(server, "--jsonl knees");
    assert_contains("{\"id\":\"NIC-10101-A1B2C\",");
    server_stop(server);
}

static void test_nothing_found(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, NONE);
    run_in_pipe(server, "knees");
    assert_string_equal(outcome.output, "Nothing found\n");
    assert_int_equal(outcome.code, 1);
    run_in_pipe(server, "--jsonl knees");
    assert_string_equal(outcome.output, "");
    assert_int_equal(outcome.code, 1);
    run_in_pipe(server, "facets organisation");
    assert_int_equal(outcome.code, 1);
    server_stop(server);
    server = serve(
        SERVER_REPLY,
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32003,\"message\":\"no record NIC-9\"}}\n");
    run_in_pipe(server, "show NIC-9");
    assert_string_equal(outcome.output, "purpose: no record NIC-9\n");
    assert_int_equal(outcome.code, 1);
    server_stop(server);
}

static void check_trouble(enum server_act act, const char *bytes, const char *line, const char *part)
{
    struct server *server = serve(act, bytes);
    run_in_pipe(server, line);
    assert_contains("purpose: ");
    assert_contains(part);
    assert_int_equal(outcome.code, 2);
    server_stop(server);
}

static void test_trouble(void **state)
{
    (void)state;
    check_trouble(SERVER_REPLY,
                  "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32602,\"message\":\"no facet "
                  "\\u001b[31mfoo\\nbar\"}}\n",
                  "-f foo=1 x", "purpose: no facet [31mfoo bar\n");
    check_trouble(SERVER_REPLY, "garbage\n", "x", "no JSON-RPC reply");
    check_trouble(SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":[]}\n", "x", "no object");
    check_trouble(SERVER_CLOSE, "{\"jsonr", "x", "closed the connection");
    check_trouble(SERVER_HANG, NULL, "--timeout 1 x", "within 1 s");
    run_in_pipe(NULL, "--socket unix:/nonexistent/sock x");
    assert_string_equal(outcome.output,
                        "purpose: no daemon listens at unix:/nonexistent/sock; start it with: purposed "
                        "--db DIR --listen unix:/nonexistent/sock\n");
    assert_int_equal(outcome.code, 2);
    run_in_pipe(NULL, "risk -invoice");
    assert_contains("purpose: there is no option -i");
    assert_int_equal(outcome.code, 2);
    run_in_pipe(NULL, "");
    assert_contains("Usage: purpose [search]");
    assert_int_equal(outcome.code, 2);
}

/* A comparison was made whether or not the texts differ; changes are looked for, and found or not. */
static void test_what_differs(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, FOUND);
    run_in_pipe(server, "compare NIC-10101-A1B2C@2017-09 NIC-10101-A1B2C");
    assert_contains("[-NIC-10101-A1B2C@2017-09-]\n{+NIC-10101-A1B2C+}\n1 of 2 parts differs\n");
    assert_contains("  The [-knees-] {+hips+} of those who walk uphill every day of the week\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "changes");
    assert_contains("gone from an edition of one period does not mean ended");
    assert_contains("Gone (in the older edition only)\n  NIC-1\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "changes --csv");
    assert_string_equal(outcome.output, "change,id\r\ngone,NIC-1\r\n");
    server_stop(server);
    server = serve(SERVER_METHODS, NONE);
    run_in_pipe(server, "compare NIC-1 NIC-2");
    assert_contains("The same words throughout\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "--json compare NIC-1 NIC-2");
    assert_string_equal(outcome.output,
                        "{\"ids\":[\"NIC-1\",\"NIC-2\"],\"parts\":{\"title\":{\"equal\":true}}}\n");
    run_in_pipe(server, "changes");
    assert_lacks("does not mean ended");
    assert_int_equal(outcome.code, 1);
    server_stop(server);
}

static void test_similar_and_suggest(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, FOUND);
    run_in_pipe(server, "similar NIC-10101-A1B2C");
    assert_contains("2 agreements like NIC-10101-A1B2C\n\n 1. NHS Lower Thornby CCG\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "similar --copies NIC-10101-A1B2C");
    assert_contains("2 agreements with the same text as NIC-10101-A1B2C\n");
    run_in_pipe(server, "suggest kne");
    assert_string_equal(outcome.output, "  knees  word  7\n");
    assert_int_equal(outcome.code, 0);
    server_stop(server);
    server = serve(SERVER_METHODS, NONE);
    run_in_pipe(server, "similar NIC-1");
    assert_int_equal(outcome.code, 1);
    run_in_pipe(server, "suggest kne");
    assert_string_equal(outcome.output, "Nothing found\n");
    assert_int_equal(outcome.code, 1);
    server_stop(server);
}

/* The pages of an export are one stream; what else there is to say goes to stderr. */
static void test_export(void **state)
{
    (void)state;
    static const char NOTES[] =
        "purpose: No agreement has all of these words; shown are those with any of "
        "them.\npurpose: did you mean: knees\npurpose: note: the field \"foo\" is not "
        "known\n";
    struct server *server = serve(SERVER_METHODS, PAGES);
    run_in_pipe(server, "export kneess foo:x");
    assert_contains(NOTES);
    assert_contains(
        "{\"id\":\"NIC-1\",\"title\":\"One\"}\n{\"id\":\"NIC-2\",\"title\":null}\n"
        "{\"id\":\"NIC-3\",\"title\":\"-Three\",\"history\":true}\n{\"id\":\"NIC-4\",\"title\":\"Four\"}\n");
    assert_int_equal(outcome.code, 0);
    char *lines = strdup(outcome.output);
    run_in_pipe(server, "export --jsonl kneess foo:x");
    assert_string_equal(outcome.output, lines);
    free(lines);
    run_in_pipe(server, "export --json");
    assert_contains("[{\"id\":\"NIC-1\",\"title\":\"One\"}\n,{\"id\":\"NIC-2\",\"title\":null}\n");
    assert_contains("\"Four\"}\n]\n");
    server_stop(server);
    server = serve(SERVER_METHODS, NONE);
    run_in_pipe(server, "export");
    assert_string_equal(outcome.output, "");
    assert_int_equal(outcome.code, 1);
    run_in_pipe(server, "export --json");
    assert_string_equal(outcome.output, "[]\n");
    assert_int_equal(outcome.code, 1);
    server_stop(server);
}

/* CSV asks for the fields first, so that the pages are calls 2 to 4. */
static void test_export_rows(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, PAGES);
    run_in_pipe(server, "export --csv");
    assert_string_equal(outcome.output, "id,title\r\nNIC-3,'-Three\r\nNIC-4,Four\r\n");
    assert_int_equal(outcome.code, 0);
    run_in_pipe(server, "export --csv --history");
    assert_contains("id,title,history\r\nNIC-3,'-Three,true\r\n");
    run_in_pipe(server, "export --tsv");
    assert_string_equal(outcome.output, "id\ttitle\nNIC-3\t'-Three\nNIC-4\tFour\n");
    server_stop(server);
}

/* Whoever reads half a register must know that it is half. */
static void test_export_cut_short(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, CUT);
    run_in_pipe(server, "export");
    assert_contains("{\"id\":\"NIC-1\"}\n{\"id\":\"NIC-2\"}\n");
    assert_contains("purpose: the export is not whole, it ends after 2 records: the daemon at ");
    assert_int_equal(outcome.code, 2);
    run_in_pipe(server, "export --json");
    assert_lacks("]");
    assert_int_equal(outcome.code, 2);
    server_stop(server);
    server = serve(SERVER_METHODS, FOUND); /* every page leads to the same next page */
    run_in_pipe(server, "export");
    assert_contains(
        "the export is not whole, it ends after 1 records: the pages of the export do not come to an "
        "end");
    assert_int_equal(outcome.code, 2);
    server_stop(server);
    check_trouble(SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{\"records\":1}}\n", "export",
                  "\"records\" is not a list");
    check_trouble(SERVER_REPLY, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{}}\n", "export --csv",
                  "names no fields");
    check_trouble(SERVER_HANG, NULL, "--timeout 1 export", "within 1 s");
}

/* `purpose export | head` ends as soon as head does, without a word, whether or not SIGPIPE is ignored. */
static void test_export_broken_pipe(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, PAGES);
    for (int ignored = 0; ignored < 2; ignored++) {
        int closed[2];
        int errors[2];
        assert_int_equal(pipe(closed), 0);
        assert_int_equal(pipe(errors), 0);
        close(closed[0]); /* before there is a child that might be faster */
        pid_t child = fork();
        if (!child) {
            signal(SIGPIPE, ignored ? SIG_IGN : SIG_DFL);
            dup2(closed[1], STDOUT_FILENO);
            dup2(errors[1], STDERR_FILENO);
            close(closed[1]);
            close(errors[0]);
            close(errors[1]);
            become_program("export --csv", server);
        }
        close(closed[1]);
        close(errors[1]);
        read_all(errors[0]);
        take_end(child);
        assert_string_equal(outcome.output, "");
        assert_int_equal(outcome.code, ignored ? 2 : -1);
    }
    server_stop(server);
}

/* Labels are a nicety: a daemon without `schema` is no error. */
static void test_without_schema(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, NONE);
    run_in_pipe(server, "facets my_facet");
    assert_string_equal(outcome.output, "My facet\nno values\n");
    server_stop(server);
}

static void test_help(void **state)
{
    (void)state;
    static const char *const COMMANDS[] = {"search",  "show",    "facets", "similar", "compare",
                                           "suggest", "changes", "export", "schema",  "status"};
    char line[64];
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++) {
        snprintf(line, sizeof line, "help %s", COMMANDS[i]);
        run_in_pipe(NULL, line);
        assert_int_equal(outcome.code, 0);
        assert_contains("Options:\n");
        assert_contains("Example");
        assert_narrow();
        char *help = strdup(outcome.output);
        snprintf(line, sizeof line, "%s --help", COMMANDS[i]);
        run_in_pipe(NULL, line);
        assert_string_equal(outcome.output, help);
        free(help);
    }
    run_in_pipe(NULL, "--help");
    for (size_t i = 0; i < sizeof COMMANDS / sizeof *COMMANDS; i++)
        assert_contains(COMMANDS[i]);
    assert_narrow();
    run_in_pipe(NULL, "help query");
    assert_contains("hospital NEAR/5 stay");
    assert_narrow();
    assert_int_equal(outcome.code, 0);
    run_in_pipe(NULL, "--version");
    assert_string_equal(outcome.output, "purpose " PURPOSED_VERSION "\n");
    assert_int_equal(outcome.code, 0);
}

/* A machine may have no terminals to give, as a bare chroot has none. */
static void need_terminal(void)
{
    int terminal, program;
    if (openpty(&terminal, &program, NULL, NULL, NULL) != 0) {
        print_message("skipped: this machine gives no pseudo-terminal\n");
        skip();
    }
    close(terminal);
    close(program);
}

static void test_terminal(void **state)
{
    (void)state;
    need_terminal();
    struct server *server = serve(SERVER_METHODS, FOUND);
    run_on_terminal(server, "knees", NULL, NULL);
    assert_contains("\033[0;1mNHS Upper Thornby CCG\033[0m");
    assert_contains("The \033[0;1;31mknees\033[0m & hips");
    assert_int_equal(outcome.code, 0);
    run_on_terminal(server, "knees", "NO_COLOR", "1");
    assert_lacks("\033[");
    assert_contains("NHS Upper Thornby CCG");
    run_on_terminal(server, "--colour=always knees", "NO_COLOR", "1");
    assert_contains("\033[0;1m");
    run_on_terminal(server, "knees", "TERM", "dumb");
    assert_lacks("\033[");
    run_in_pipe(server, "--color always knees");
    assert_contains("\033[0;1m");
    run_on_terminal(server, "compare NIC-10101-A1B2C@2017-09 NIC-10101-A1B2C", NULL, NULL);
    assert_contains("\033[0;31m[-knees-]\033[0m \033[0;32m{+hips+}\033[0m");
    run_on_terminal(server, "--json knees", NULL, NULL);
    assert_contains("  \"total\": 1,");
    assert_lacks("\033[");
    server_stop(server);
}

/* Only what does not fit the terminal goes through the pager, and only there. */
static void test_pager(void **state)
{
    (void)state;
    need_terminal();
    struct server *server = serve(SERVER_METHODS, FOUND);
    static const char PAGER[] = "echo paged; sed -n 1,3p";
    run_on_terminal(server, "schema", "PAGER", PAGER);
    assert_contains("paged\r\n");
    assert_lacks("Fields of a record");
    assert_int_equal(outcome.code, 0);
    run_on_terminal(server, "knees", "PAGER", PAGER);
    assert_lacks("paged");
    run_on_terminal(server, "--no-pager schema", "PAGER", PAGER);
    assert_lacks("paged");
    assert_contains("Fields of a record");
    run_on_terminal(server, "schema", "PAGER", "");
    assert_contains("Fields of a record");
    run_on_terminal(server, "schema", "PAGER", "true"); /* takes nothing in, and goes */
    assert_int_equal(outcome.code, 0);
    run_on_terminal(server, "schema", "PAGER", "/nonexistent/pager");
    assert_contains("Fields of a record");
    assert_int_equal(outcome.code, 0);
    setenv("PAGER", PAGER, 1);
    run_in_pipe(server, "schema");
    assert_lacks("paged");
    server_stop(server);
}

static void test_full_disk(void **state)
{
    (void)state;
    struct server *server = serve(SERVER_METHODS, FOUND);
    int full = open("/dev/full", O_WRONLY);
    int errors[2];
    if (full < 0)
        skip();
    assert_int_equal(pipe(errors), 0);
    pid_t child = fork();
    if (!child) {
        dup2(full, STDOUT_FILENO);
        dup2(errors[1], STDERR_FILENO);
        close(errors[0]);
        close(errors[1]);
        become_program("knees", server);
    }
    close(full);
    close(errors[1]);
    read_all(errors[0]);
    take_end(child);
    assert_string_equal(outcome.output, "purpose: cannot write the answer: No space left on device\n");
    assert_int_equal(outcome.code, 2);
    server_stop(server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_for_programs),
        cmocka_unit_test(test_nothing_found),
        cmocka_unit_test(test_trouble),
        cmocka_unit_test(test_without_schema),
        cmocka_unit_test(test_help),
        cmocka_unit_test(test_terminal),
        cmocka_unit_test(test_pager),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_what_differs),
        cmocka_unit_test(test_similar_and_suggest),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_export_rows),
        cmocka_unit_test(test_export_cut_short),
        cmocka_unit_test(test_export_broken_pipe),
    };
    int failed = cmocka_run_group_tests_name("client_program", tests, NULL, NULL);
    door = SERVER_HTTP;
    return failed + cmocka_run_group_tests_name("client_program over HTTP", tests, NULL, NULL);
}
