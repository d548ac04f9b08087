/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program purposed: its command line. */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <jansson.h>

#include "daemon/daemon.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

enum {
    EXIT_USAGE = 2,
    OPTION_DB = 256,
    OPTION_LISTEN,
    OPTION_PUBLIC,
    OPTION_BASE_URL,
    OPTION_LOG_QUERIES,
    OPTION_LOG,
    OPTION_GROUP,
    OPTION_LIMIT, /* and one for each of LIMIT_FIELDS after it */
    LIMIT_OPTIONS_MAX = 32,
};

struct arguments {
    struct daemon_options daemon;
    const char *listen[LISTENERS_MAX];
};

static const struct option OPTIONS[] = {
    {"db", required_argument, NULL, OPTION_DB},
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"base-url", required_argument, NULL, OPTION_BASE_URL},
    {"public", no_argument, NULL, OPTION_PUBLIC},
    {"log-queries", no_argument, NULL, OPTION_LOG_QUERIES},
    {"log", required_argument, NULL, OPTION_LOG},
    {"group", required_argument, NULL, OPTION_GROUP},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
};

enum { OPTION_COUNT = sizeof OPTIONS / sizeof OPTIONS[0] };

static void print_limit(const struct limit_field *field, const struct limits *limits)
{
    static const char *const UNITS[] = {[LIMIT_COUNT] = "N", [LIMIT_BYTES] = "BYTES", [LIMIT_MS] = "SECONDS"};
    uint64_t is = limits_get(limits, field);
    char option[48];
    snprintf(option, sizeof option, "--%s %s", field->option, UNITS[field->unit]);
    printf("  %-25s %s (", option, field->help);
    if (field->unit == LIMIT_MS)
        printf("%g)\n", (double)is / 1000);
    else if (field->unit == LIMIT_BYTES && is % (1 << 20) == 0)
        printf("%" PRIu64 "M)\n", is >> 20);
    else
        printf("%" PRIu64 ")\n", is);
}

static void print_help(void)
{
    struct limits limits;
    limits_init(&limits);
    fputs(
        "Usage: purposed --db DIR [--listen ADDRESS]... [OPTION]...\n"
        "Answers searches over the index in DIR, and follows it as purpose-index changes it.\n"
        "\n"
        "  --db DIR                  the index's folder; started before there is an index it waits for one\n"
        "  --listen ADDRESS          unix:PATH, tcp:HOST:PORT or http:HOST:PORT; may be given several "
        "times.\n"
        "                            Without it:\n"
        "                            unix: and $XDG_RUNTIME_DIR/purposed/sock, else /run/purposed/sock as "
        "root,\n"
        "                            else /tmp/purposed-UID/sock\n"
        "  --base-url URL            under which others see what is served over HTTP, for links in feeds\n"
        "  --public                  allow addresses that other machines can reach\n"
        "  --group NAME              who may use Unix sockets besides this user: their folder is 0750, they "
        "0660\n"
        "  --log text|json           how lines on stderr are written: one a failure, with the request's id\n"
        "  --log-queries             a line on stderr for each call, with its parameters\n"
        "  --help, --version\n"
        "\n"
        "Limits, with what they are unless set:\n",
        stdout);
    for (size_t i = 0; i < LIMIT_FIELD_COUNT; i++)
        print_limit(&LIMIT_FIELDS[i], &limits);
    fputs("\n"
          "Examples:\n"
          "  purposed --db /var/lib/purposed\n"
          "  purposed --db index --listen unix:/tmp/p.sock --listen http:127.0.0.1:7700\n"
          "  echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}' | nc -NU /tmp/p.sock\n"
          "\n"
          "SIGTERM and SIGINT: accept no more, finish what is in flight, exit 0. Exit 2: usage, or it cannot "
          "start.\n",
          stdout);
}

static int usage_error(const char *text)
{
    log_line("%s", text);
    fputs("Try 'purposed --help'.\n", stderr);
    return EXIT_USAGE;
}

/* It is put into feeds and headers as it is. */
static bool is_url(const char *text)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/[]%";
    const char *host = strstr(text, "://");
    size_t len = strlen(text);
    return (strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0) && host[3] &&
           host[3] != '/' && text[len - 1] != '/' && strspn(text, PLAIN) == len;
}

/* How lines are logged. Returns as take_option() does. */
static int take_form(const char *name)
{
    bool is_json = strcmp(name, "json") == 0;
    if (!is_json && strcmp(name, "text") != 0)
        return usage_error("--log takes text or json");
    log_set_form(is_json ? LOG_JSON : LOG_TEXT);
    return -1;
}

/* Takes one option. Returns -1 to go on, else the exit code. */
static int take_option(int option, struct arguments *arguments)
{
    struct error error = ERROR_NONE;
    struct daemon_options *daemon = &arguments->daemon;
    switch (option) {
    case OPTION_DB:
        daemon->db = optarg;
        return -1;
    case OPTION_LISTEN:
        if (daemon->listen_count == LISTENERS_MAX)
            return usage_error("too many addresses to listen on");
        arguments->listen[daemon->listen_count++] = optarg;
        return -1;
    case OPTION_BASE_URL:
        if (!is_url(optarg))
            return usage_error("--base-url takes http://HOST or https://HOST, without a slash at the end");
        daemon->base_url = optarg;
        return -1;
    case OPTION_PUBLIC:
        daemon->is_public = true;
        return -1;
    case OPTION_LOG_QUERIES:
        daemon->log_queries = true;
        return -1;
    case OPTION_LOG:
        return take_form(optarg);
    case OPTION_GROUP:
        daemon->group = optarg;
        return -1;
    case 'h':
        print_help();
        return EXIT_SUCCESS;
    case 'V':
        puts("purposed " PURPOSED_VERSION);
        return EXIT_SUCCESS;
    }
    if (option < OPTION_LIMIT) {
        fputs("Try 'purposed --help'.\n", stderr); /* getopt has said what is wrong */
        return EXIT_USAGE;
    }
    if (limits_set(&daemon->limits, &LIMIT_FIELDS[option - OPTION_LIMIT], optarg, &error))
        return usage_error(error.text);
    return -1;
}

static int take_arguments(int argc, char **argv, struct arguments *arguments)
{
    struct option options[OPTION_COUNT + LIMIT_OPTIONS_MAX + 1] = {{0}};
    memcpy(options, OPTIONS, sizeof OPTIONS);
    for (size_t i = 0; i < LIMIT_FIELD_COUNT && i < LIMIT_OPTIONS_MAX; i++)
        options[OPTION_COUNT + i] =
            (struct option){LIMIT_FIELDS[i].option, required_argument, NULL, OPTION_LIMIT + (int)i};
    int option;
    while ((option = getopt_long(argc, argv, "hV", options, NULL)) != -1) {
        int status = take_option(option, arguments);
        if (status >= 0)
            return status;
    }
    if (optind < argc)
        return usage_error("takes no arguments but options");
    if (!arguments->daemon.db)
        return usage_error("say where the index is: --db DIR");
    return -1;
}

/* Each connection takes a descriptor, and so do the readers: as many as the system lets us have, and no more
 * connections than that leaves room for, since one that is told so can try again and one that is dropped
 * cannot know. */
static void fit_descriptors(struct limits *limits)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit))
        return;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit(RLIMIT_NOFILE, &limit))
            getrlimit(RLIMIT_NOFILE, &limit);
    }
    uint64_t kept = DESCRIPTORS_KEPT + limits->workers * DESCRIPTORS_A_WORKER;
    uint64_t left = limit.rlim_cur > kept ? limit.rlim_cur - kept : 1;
    if (left >= limits->connections)
        return;
    log_line("at most %" PRIu64 " connections instead of %" PRIu64 ": the system allows %" PRIu64
             " open files",
             left, limits->connections, (uint64_t)limit.rlim_cur);
    limits->connections = left;
}

/* A mapped file that is cut short by others, or that the disk cannot read, ends whoever reads it: with a word
 * about why. */
static _Noreturn void on_bus_error(int number)
{
    static const char said[] = "purposed: a file of the index was cut short while it was served, or the disk "
                               "cannot read it: stopping; purpose-index --db DIR --check says what to do\n";
    (void)number;
    ssize_t ignored = write(STDERR_FILENO, said, sizeof said - 1);
    (void)ignored;
    _exit(EXIT_USAGE);
}

static int serve(const struct daemon_options *options)
{
    uv_loop_t loop;
    struct daemon *daemon = NULL;
    struct error error = ERROR_NONE;
    int status = uv_loop_init(&loop);
    if (status) {
        log_line("cannot make a loop: %s", uv_strerror(status));
        return EXIT_USAGE;
    }
    status = daemon_start(&loop, options, &daemon, &error);
    if (status == 0)
        uv_run(&loop, UV_RUN_DEFAULT);
    else
        log_line("%s", error.text);
    daemon_free(daemon);
    uv_loop_close(&loop);
    return status ? EXIT_USAGE : EXIT_SUCCESS;
}

static void *grow(void *block, size_t size)
{
    return mem_grow(block, size, 1);
}

/* Whoever went on without memory it needed might answer wrongly, or no more. */
static void end_without_memory(void)
{
    search_end_without_memory();
    uv_replace_allocator(mem_alloc, grow, mem_zero, free);
}

int main(int argc, char **argv)
{
    end_without_memory();
    struct arguments arguments = {.daemon = {.db = NULL}};
    arguments.daemon.listen = arguments.listen;
    limits_init(&arguments.daemon.limits);
    int status = take_arguments(argc, argv, &arguments);
    if (status >= 0)
        return status;
    /* Before any thread: jansson seeds its tables at their first use otherwise. */
    json_object_seed(0);
    fit_descriptors(&arguments.daemon.limits);
    sigaction(SIGBUS, &(struct sigaction){.sa_handler = on_bus_error}, NULL);
    return serve(&arguments.daemon);
}
