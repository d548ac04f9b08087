/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The benchmark: searches by class, in one run, over the daemon's socket and straight on the engines; and
 * what it takes to build their indexes. It measures and prints; it never fails because something was slow.
 */
#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/search/function_words.h"
#include "daemon/search/ranking.h"
#include "indexer/base/mem.h"
#include "indexer/store/generation.h"
#include "tests/bench/clock.h"
#include "tests/bench/figures.h"
#include "tests/bench/peers.h"
#include "tests/bench/searches.h"
#include "tests/bench/served.h"

enum { CONNECTIONS = 16, WORKER_SETS = 2, ROUNDS = 5 };

enum engine { ENGINE_RAW, ENGINE_PLAIN, ENGINE_FTS5, ENGINE_DAEMON };

/* Mode 0 is what the others are held against. */
static const struct mode {
    enum engine engine;
    bool full;
    size_t connections;
    unsigned workers;
    const char *title;
} modes[] = {
    {ENGINE_RAW, false, 1, 0, "raw Xapian, ten best, in process"},
    {ENGINE_DAEMON, false, 1, 1, "daemon, ten best, 1 connection, 1 worker"},
    {ENGINE_DAEMON, false, 16, 1, "daemon, ten best, 16 connections, 1 worker"},
    {ENGINE_DAEMON, false, 16, 2, "daemon, ten best, 16 connections, 2 workers"},
    {ENGINE_DAEMON, true, 1, 1, "daemon, full reply, 1 connection, 1 worker"},
    {ENGINE_DAEMON, true, 16, 1, "daemon, full reply, 16 connections, 1 worker"},
    {ENGINE_DAEMON, true, 1, 2, "daemon, full reply, 1 connection, 2 workers"},
    {ENGINE_DAEMON, true, 16, 2, "daemon, full reply, 16 connections, 2 workers"},
    {ENGINE_PLAIN, true, 1, 0, "Xapian as its manual has it, full answer, in process"},
    {ENGINE_FTS5, true, 1, 0, "SQLite FTS5, full answer, in process"},
};
enum { MODES = sizeof modes / sizeof *modes };

struct bench {
    const char *db, *program, *queries, *plain_path, *fts5_path;
    size_t rounds;
    struct searches searches;
    struct raw_engine *raw;
    struct plain_engine *plain;
    struct fts5_engine *fts5;
    struct served served[WORKER_SETS]; /* with one worker, with two */
    struct figures figures;
};

static bool takes_part(const struct bench *bench, const struct mode *mode)
{
    return (mode->engine != ENGINE_PLAIN || bench->plain) && (mode->engine != ENGINE_FTS5 || bench->fts5);
}

/* The searches of one class, or of all (class < 0). */
static struct span span_of(const struct searches *searches, int class)
{
    struct span span = {.name = "all", .count = searches->count, .class_count = searches->classes.len};
    if (class < 0)
        return span;
    span = (struct span){.name = searches->classes.items[class], .class = (size_t) class, .class_count = 1};
    while (searches->items[span.first].class != class)
        span.first++;
    while (span.first + span.count < searches->count &&
           searches->items[span.first + span.count].class == class)
        span.count++;
    return span;
}

/* ---- one mode, one class, one round ---- */

static void search_in_process(struct bench *bench, enum engine engine, const struct search *search)
{
    struct bench_hits hits;
    if (engine == ENGINE_RAW)
        raw_search(bench->raw, &search->query, &hits);
    else if (engine == ENGINE_PLAIN)
        plain_search(bench->plain, &search->query, &hits);
    else
        fts5_search(bench->fts5, &search->query, &hits);
}

static int run_daemon(struct bench *bench, const struct mode *mode, const struct span *span, double *us,
                      struct effort *effort, struct error *error)
{
    const char **requests = mem_alloc(span->count * sizeof *requests);
    for (size_t i = 0; i < span->count; i++) {
        const struct search *search = &bench->searches.items[span->first + i];
        requests[i] = mode->full ? search->full_request : search->bare_request;
    }
    struct served *served = &bench->served[mode->workers - 1];
    double before = served_processor(served);
    effort->seconds = served_ask(served, mode->connections, requests, span->count, us, NULL, error);
    effort->processor = served_processor(served) - before;
    free(requests);
    return effort->seconds < 0 ? -1 : 0;
}

static int run_mode(struct bench *bench, size_t mode, size_t round, const struct span *span,
                    struct error *error)
{
    double *us = figures_us(&bench->figures, mode, round) + span->first;
    struct effort *effort = &figures_effort(&bench->figures, mode, round)[span->class];
    if (modes[mode].engine == ENGINE_DAEMON)
        return run_daemon(bench, &modes[mode], span, us, effort, error);
    double start = clock_us(), before = clock_processor();
    for (size_t i = 0; i < span->count; i++) {
        double since = clock_us();
        search_in_process(bench, modes[mode].engine, &bench->searches.items[span->first + i]);
        us[i] = clock_us() - since;
    }
    *effort = (struct effort){(clock_us() - start) / 1e6, clock_processor() - before};
    return 0;
}

static int run_rounds(struct bench *bench, struct error *error)
{
    for (size_t round = 0; round < bench->rounds; round++)
        for (size_t kind = 0; kind < bench->searches.classes.len; kind++) {
            struct span span = span_of(&bench->searches, (int)kind);
            for (size_t mode = 0; mode < MODES; mode++)
                if (takes_part(bench, &modes[mode]) && run_mode(bench, mode, round, &span, error) != 0)
                    return -1;
        }
    return 0;
}

/* ---- do they answer the same? ---- */

/* Whether the daemon's scores are raw Xapian's weights, as far as a reply writes them out. */
static bool same_scores(const json_t *answers, const struct bench_hits *hits)
{
    bool same = json_array_size(answers) == hits->count;
    for (size_t i = 0; i < hits->count && same; i++) {
        double score = json_number_value(json_object_get(json_array_get(answers, i), "score"));
        same = fabs(score - hits->weights[i]) < 1e-3;
    }
    return same;
}

/* What the first round of questions, which warms all caches, says of each class. */
struct comparison {
    size_t asked, compared, same;
    double matched; /* records, over all questions */
};

static bool has_function_word(const struct bench_query *query)
{
    for (size_t i = 0; i < query->term_count; i++)
        if (is_function_word(query->terms[i]))
            return true;
    return false;
}

/* Not compared: filters, function words and where in a text a phrase stands, of which raw knows nothing, and
 * what the daemon answers with any of the words because nothing has them all. */
static bool is_compared(const struct bench_query *query, const struct bench_hits *hits)
{
    return hits->count > 0 && !query->facet && !(query->part && query->phrase) && !has_function_word(query);
}

static int compare_one(struct bench *bench, const struct search *search, struct comparison *found,
                       struct error *error)
{
    BUF_AUTO struct buf reply = BUF_INIT(SERVED_REPLY_MAX);
    const char *request = search->bare_request;
    struct bench_hits hits;
    double us;
    const struct bench_boost boosts[] = {{field_find("title")->prefix, RANKING_TITLE},
                                         {field_find("objectives")->prefix, RANKING_OBJECTIVES}};
    raw_search_boosted(bench->raw, &search->query, boosts, sizeof boosts / sizeof *boosts, &hits);
    if (served_ask(&bench->served[0], 1, &request, 1, &us, &reply, error) < 0)
        return -1;
    json_t *object = json_loads(reply.data, 0, NULL);
    const json_t *result = json_object_get(object, "result");
    found->asked++;
    found->matched += json_number_value(json_object_get(result, "total"));
    if (is_compared(&search->query, &hits)) {
        bool same = same_scores(json_object_get(result, "hits"), &hits);
        found->compared++;
        found->same += same;
        if (!same)
            fprintf(stderr, "bench: other scores than raw Xapian's: %s", request);
    }
    json_decref(object);
    return 0;
}

static int compare_answers(struct bench *bench, struct error *error)
{
    struct comparison found[SEARCH_CLASSES_MAX] = {0};
    for (size_t i = 0; i < bench->searches.count; i++) {
        const struct search *search = &bench->searches.items[i];
        if (compare_one(bench, search, &found[search->class], error) != 0)
            return -1;
    }
    printf("| class | searches | records matched, mean | same ten scores as raw |\n| --- | ---: | ---: | "
           "---: |\n");
    for (size_t kind = 0; kind < bench->searches.classes.len; kind++)
        printf("| %s | %zu | %.0f | %zu of %zu |\n", bench->searches.classes.items[kind], found[kind].asked,
               found[kind].matched / (double)found[kind].asked, found[kind].same, found[kind].compared);
    return 0;
}

/* ---- the tables ---- */

static void print_tables(const struct bench *bench)
{
    struct span all = span_of(&bench->searches, -1);
    for (size_t mode = 0; mode < MODES; mode++) {
        if (!takes_part(bench, &modes[mode]))
            continue;
        printf("\n%s\n\n", modes[mode].title);
        figures_print_head(stdout);
        for (size_t kind = 0; kind < bench->searches.classes.len; kind++) {
            struct span span = span_of(&bench->searches, (int)kind);
            figures_print(&bench->figures, mode, &span, stdout);
        }
        figures_print(&bench->figures, mode, &all, stdout);
    }
}

static size_t mode_of(enum engine engine, bool full, size_t connections, unsigned workers)
{
    for (size_t i = 0; i < MODES; i++)
        if (modes[i].engine == engine && modes[i].full == full && modes[i].connections == connections &&
            modes[i].workers == workers)
            return i;
    abort();
}

static void print_ratio(const struct bench *bench, const char *what, size_t mode, size_t base)
{
    struct span all = span_of(&bench->searches, -1);
    if (takes_part(bench, &modes[base]))
        printf("| %s | %.2f | %.2f |\n", what, figures_rate_ratio(&bench->figures, mode, base, &all),
               1 / figures_processor_ratio(&bench->figures, mode, base, &all));
}

static void print_summary(const struct bench *bench)
{
    size_t full = mode_of(ENGINE_DAEMON, true, CONNECTIONS, 1),
           full_alone = mode_of(ENGINE_DAEMON, true, 1, 1);
    printf("\n| over the whole log | searches a second | searches for a second of processor |\n"
           "| --- | ---: | ---: |\n");
    print_ratio(bench, "full replies, 16 connections, 1 worker, to raw", full, 0);
    print_ratio(bench, "full replies, 16 connections, 2 workers, to 1 worker",
                mode_of(ENGINE_DAEMON, true, CONNECTIONS, 2), full);
    print_ratio(bench, "ten best, 16 connections, 1 worker, to raw",
                mode_of(ENGINE_DAEMON, false, CONNECTIONS, 1), 0);
    print_ratio(bench, "full replies, 1 connection, to Xapian as its manual has it", full_alone,
                mode_of(ENGINE_PLAIN, true, 1, 0));
    print_ratio(bench, "full replies, 1 connection, to SQLite FTS5", full_alone,
                mode_of(ENGINE_FTS5, true, 1, 0));
    for (int i = 0; i < WORKER_SETS; i++)
        printf("\nThe daemon with %d worker%s: first answer after %.0f ms; %.1f MB of its own memory at the "
               "end.\n",
               i + 1, i ? "s" : "", bench->served[i].open_ms,
               (double)served_memory(&bench->served[i]) / 1024);
}

/* ---- the command ---- */

static int open_all(struct bench *bench, struct error *error)
{
    char name[GENERATION_NAME_SIZE];
    if (searches_read(bench->queries, &bench->searches, error) != 0)
        return -1;
    if (generation_current(bench->db, name, error) != 0) {
        error_set(error, "%s: there is no index", bench->db);
        return -1;
    }
    MEM_AUTO char *postings = generation_postings(bench->db, name);
    bench->raw = raw_open(postings);
    bench->plain = bench->plain_path ? plain_open(bench->plain_path) : NULL;
    bench->fts5 = bench->fts5_path ? fts5_open(bench->fts5_path) : NULL;
    figures_init(&bench->figures, MODES, bench->rounds, bench->searches.count, bench->searches.classes.len);
    for (unsigned i = 0; i < WORKER_SETS; i++)
        if (served_start(&bench->served[i], bench->program, bench->db, i + 1, CONNECTIONS, error) != 0)
            return -1;
    return 0;
}

static void close_all(struct bench *bench)
{
    for (int i = 0; i < WORKER_SETS; i++)
        if (bench->served[i].folder)
            served_stop(&bench->served[i]);
    if (bench->plain)
        plain_close(bench->plain);
    if (bench->fts5)
        fts5_close(bench->fts5);
    if (bench->raw)
        raw_close(bench->raw);
    figures_free(&bench->figures);
    searches_free(&bench->searches);
}

static int usage(void)
{
    fputs("usage: bench searches --db DIR --daemon PROGRAM --queries FILE [--plain DIR] [--fts5 FILE] "
          "[--rounds N]\n"
          "       bench build plain|fts5|omega REGISTER TO\n"
          "       bench measure FILE PROGRAM [ARGUMENT...]\n",
          stderr);
    return 2;
}

static int fail(const struct error *error)
{
    fprintf(stderr, "bench: %s\n", error->text);
    return 2;
}

static int read_options(struct bench *bench, int argc, char **argv)
{
    static const struct option known[] = {{"db", required_argument, NULL, 'd'},
                                          {"daemon", required_argument, NULL, 'p'},
                                          {"queries", required_argument, NULL, 'q'},
                                          {"plain", required_argument, NULL, 'x'},
                                          {"fts5", required_argument, NULL, 'f'},
                                          {"rounds", required_argument, NULL, 'r'},
                                          {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == 'r')
            bench->rounds = strtoul(optarg, NULL, 10);
        else if (option == '?')
            return -1;
        else
            *(option == 'd'   ? &bench->db
              : option == 'p' ? &bench->program
              : option == 'q' ? &bench->queries
              : option == 'x' ? &bench->plain_path
                              : &bench->fts5_path) = optarg;
    }
    bool whole = bench->db && bench->program && bench->queries && optind == argc;
    return whole && bench->rounds >= 1 && bench->rounds <= FIGURES_ROUNDS_MAX ? 0 : -1;
}

static int command_searches(int argc, char **argv)
{
    struct bench bench = {.rounds = ROUNDS};
    struct error error = ERROR_NONE;
    if (read_options(&bench, argc, argv) != 0)
        return usage();
    int status = open_all(&bench, &error);
    if (status == 0)
        status = compare_answers(&bench, &error);
    if (status == 0)
        status = run_rounds(&bench, &error);
    if (status == 0) {
        print_tables(&bench);
        print_summary(&bench);
    }
    close_all(&bench);
    return status == 0 ? 0 : fail(&error);
}

/* Runs a program and writes its seconds, its processor seconds and its peak memory in KiB to a file. */
static int command_measure(const char *path, char **command)
{
    double start = clock_us();
    pid_t pid = fork();
    if (pid == 0) {
        execvp(command[0], command);
        perror(command[0]);
        _exit(127);
    }
    int status;
    struct rusage used;
    if (pid < 0 || wait4(pid, &status, 0, &used) != pid)
        return 2;
    FILE *file = fopen(path, "w");
    if (!file)
        return 2;
    double processor = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
                       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
    fprintf(file, "%.2f %.2f %ld\n", (clock_us() - start) / 1e6, processor, used.ru_maxrss);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

int main(int argc, char **argv)
{
    struct error error = ERROR_NONE;
    if (argc > 1 && strcmp(argv[1], "searches") == 0)
        return command_searches(argc - 1, argv + 1);
    if (argc == 5 && strcmp(argv[1], "build") == 0)
        return peers_build(argv[2], argv[3], argv[4], &error) == 0 ? 0 : fail(&error);
    if (argc > 3 && strcmp(argv[1], "measure") == 0)
        return command_measure(argv[2], argv + 3);
    return usage();
}
