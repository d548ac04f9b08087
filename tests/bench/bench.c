/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The benchmark: searches by class, in one run, over the daemon's socket and straight on the engines; and
 * what it takes to build their indexes. It measures and prints; it never fails because something was slow.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/bench/clock.h"
#include "tests/bench/growth.h"
#include "tests/bench/peers.h"
#include "tests/bench/rounds.h"

static int usage(void)
{
    fputs(
        "usage: bench searches --db DIR --raw DIR --daemon PROGRAM --queries FILE --facts FILE [--rounds N]\n"
        "                      [--plain DIR] [--fts5 FILE] [--groonga FILE] [--peer-rounds N]\n"
        "       bench growth --daemon PROGRAM --queries FILE --facts FILE [--rounds N] {NAME DIR}...\n"
        "       bench build raw|plain|fts5|omega|groonga REGISTER TO\n"
        "       bench measure FILE PROGRAM [ARGUMENT...]\n",
        stderr);
    return 2;
}

static int fail(const struct error *error)
{
    fprintf(stderr, "bench: %s\n", error->text);
    return 2;
}

static const char **place_of(struct bench *bench, int option)
{
    switch (option) {
    case 'd':
        return &bench->db;
    case 'p':
        return &bench->program;
    case 'q':
        return &bench->queries;
    case 'f':
        return &bench->facts;
    default:
        return &bench->paths[option];
    }
}

static bool is_round_count(size_t count)
{
    return count >= 1 && count <= FIGURES_ROUNDS_MAX;
}

static int read_options(struct bench *bench, int argc, char **argv)
{
    static const struct option known[] = {{"db", required_argument, NULL, 'd'},
                                          {"daemon", required_argument, NULL, 'p'},
                                          {"queries", required_argument, NULL, 'q'},
                                          {"facts", required_argument, NULL, 'f'},
                                          {"rounds", required_argument, NULL, 'r'},
                                          {"peer-rounds", required_argument, NULL, 'e'},
                                          {"raw", required_argument, NULL, ENGINE_RAW},
                                          {"plain", required_argument, NULL, ENGINE_PLAIN},
                                          {"fts5", required_argument, NULL, ENGINE_FTS5},
                                          {"groonga", required_argument, NULL, ENGINE_GROONGA},
                                          {0}};
    int option;
    while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (option == '?')
            return -1;
        if (option == 'r')
            bench->rounds = strtoul(optarg, NULL, 10);
        else if (option == 'e')
            bench->peer_rounds = strtoul(optarg, NULL, 10);
        else
            *place_of(bench, option) = optarg;
    }
    if (bench->peer_rounds > bench->rounds)
        bench->peer_rounds = bench->rounds;
    bool whole = bench->program && bench->queries && bench->facts;
    return whole && is_round_count(bench->rounds) && is_round_count(bench->peer_rounds) ? 0 : -1;
}

static int command_searches(int argc, char **argv)
{
    struct bench bench = {.rounds = 5, .peer_rounds = 1};
    struct error error = ERROR_NONE;
    if (read_options(&bench, argc, argv) != 0 || !bench.db || !bench.paths[ENGINE_RAW] || optind != argc)
        return usage();
    int status = bench_open(&bench, &error);
    if (status == 0)
        status = bench_compare(&bench, &error);
    if (status == 0)
        status = bench_run(&bench, &error);
    if (status == 0)
        status = bench_report(&bench, &error);
    bench_close(&bench);
    return status == 0 ? 0 : fail(&error);
}

static int command_growth(int argc, char **argv)
{
    struct bench bench = {.rounds = 5, .peer_rounds = 1};
    struct error error = ERROR_NONE;
    if (read_options(&bench, argc, argv) != 0)
        return usage();
    struct growth growth = {.program = bench.program,
                            .queries = bench.queries,
                            .facts = bench.facts,
                            .rounds = bench.rounds,
                            .sizes = (const char *const *)argv + optind,
                            .size_count = (size_t)(argc - optind) / 2};
    if ((argc - optind) % 2 || growth.size_count == 0 || growth.size_count > GROWTH_SIZES_MAX)
        return usage();
    return growth_run(&growth, &error) == 0 ? 0 : fail(&error);
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
    fprintf(file, "%.6f %.6f %ld\n", (clock_us() - start) / 1e6, processor, used.ru_maxrss);
    fclose(file);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 2;
}

int main(int argc, char **argv)
{
    struct error error = ERROR_NONE;
    if (argc > 1 && strcmp(argv[1], "searches") == 0)
        return command_searches(argc - 1, argv + 1);
    if (argc > 1 && strcmp(argv[1], "growth") == 0)
        return command_growth(argc - 1, argv + 1);
    if (argc == 5 && strcmp(argv[1], "build") == 0)
        return peers_build(argv[2], argv[3], argv[4], &error) == 0 ? 0 : fail(&error);
    if (argc > 3 && strcmp(argv[1], "measure") == 0)
        return command_measure(argv[2], argv + 3);
    return usage();
}
