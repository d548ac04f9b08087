/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/rounds.h"

#include <stdlib.h>

#include "indexer/base/mem.h"
#include "indexer/store/generation.h"
#include "tests/bench/process.h"

const struct mode MODES[] = {
    {ENGINE_RAW, false, 1, 0, "Xapian, ten best and no more"},
    {ENGINE_DAEMON, false, 1, DAEMON_ONE_WORKER, "Purposed, ten best"},
    {ENGINE_DAEMON, false, 16, DAEMON_ONE_WORKER, "… 16 connections"},
    {ENGINE_DAEMON, false, 16, DAEMON_TWO_WORKERS, "… 16 connections, 2 workers"},
    {ENGINE_DAEMON, true, 1, DAEMON_ONE_WORKER, "Purposed, **full reply**"},
    {ENGINE_DAEMON, true, 16, DAEMON_ONE_WORKER, "… 16 connections"},
    {ENGINE_DAEMON, true, 1, DAEMON_BARE, "… **with nothing kept**"},
    {ENGINE_DAEMON, true, 1, DAEMON_TWO_WORKERS, "… 2 workers"},
    {ENGINE_DAEMON, true, 4, DAEMON_TWO_WORKERS, "… 4 connections, 2 workers"},
    {ENGINE_DAEMON, true, 16, DAEMON_TWO_WORKERS, "… 16 connections, 2 workers"},
    {ENGINE_DAEMON, true, 16, DAEMON_CACHING, "… 16 connections, **from the cache**"},
    {ENGINE_PLAIN, true, 1, 0, "Xapian as its manual has it, full"},
    {ENGINE_FTS5, true, 1, 0, "SQLite FTS5, full"},
    {ENGINE_FTS5, true, 4, 0, "… 4 clients"},
    {ENGINE_GROONGA, true, 1, 0, "Groonga, full"},
    {ENGINE_GROONGA, true, 4, 0, "… 4 clients"},
};
static const struct served_settings DAEMON_SETTINGS[DAEMONS] = {
    [DAEMON_ONE_WORKER] = {"1", "0", "32M"},
    [DAEMON_TWO_WORKERS] = {"2", "0", "32M"},
    [DAEMON_CACHING] = {"1", "64M", "32M"},
    [DAEMON_BARE] = {"1", "0", "0"},
};
const size_t MODE_COUNT = sizeof MODES / sizeof *MODES;

bool bench_takes_part(const struct bench *bench, const struct mode *mode)
{
    return mode->engine == ENGINE_DAEMON || bench->paths[mode->engine];
}

struct span bench_span(const struct searches *searches, int class)
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

static int run_daemon(struct bench *bench, const struct mode *mode, const struct span *span, double *us,
                      struct effort *effort, struct error *error)
{
    const char **requests = mem_alloc(span->count * sizeof *requests);
    for (size_t i = 0; i < span->count; i++) {
        const struct search *search = &bench->searches.items[span->first + i];
        requests[i] = mode->full ? search->full_request : search->bare_request;
    }
    struct served *served = &bench->served[mode->daemon];
    double before = process_processor(served->pid);
    effort->seconds = served_ask(served, mode->connections, requests, span->count, us, NULL, error);
    effort->processor = process_processor(served->pid) - before;
    free(requests);
    return effort->seconds < 0 ? -1 : 0;
}

static int run_mode(struct bench *bench, size_t mode, size_t round, const struct span *span,
                    struct error *error)
{
    double *us = figures_us(&bench->figures, mode, round) + span->first;
    struct effort *effort = &figures_effort(&bench->figures, mode, round)[span->class];
    if (MODES[mode].engine == ENGINE_DAEMON)
        return run_daemon(bench, &MODES[mode], span, us, effort, error);
    struct clients *clients = &bench->clients[MODES[mode].engine];
    double before = clients_processor(clients);
    effort->seconds =
        clients_ask(clients, MODES[mode].connections, bench->searches.items + span->first, span->count, us);
    effort->processor = clients_processor(clients) - before;
    return 0;
}

/* Asks the daemon with a cache everything once. */
static int fill_cache(struct bench *bench, struct error *error)
{
    size_t count = bench->searches.count;
    const char **requests = mem_alloc(count * sizeof *requests);
    double *us = mem_alloc(count * sizeof *us);
    for (size_t i = 0; i < count; i++)
        requests[i] = bench->searches.items[i].full_request;
    double seconds =
        served_ask(&bench->served[DAEMON_CACHING], CONNECTIONS, requests, count, us, NULL, error);
    free(requests);
    free(us);
    return seconds < 0 ? -1 : 0;
}

int bench_run(struct bench *bench, struct error *error)
{
    if (fill_cache(bench, error) != 0)
        return -1;
    for (size_t round = 0; round < bench->rounds; round++)
        for (size_t kind = 0; kind < bench->searches.classes.len; kind++) {
            struct span span = bench_span(&bench->searches, (int)kind);
            for (size_t mode = 0; mode < MODE_COUNT; mode++)
                if (round < bench->figures.taken[mode] && run_mode(bench, mode, round, &span, error) != 0)
                    return -1;
        }
    return 0;
}

/* ---- opening and closing ---- */

static void plan_rounds(struct bench *bench)
{
    struct figures *figures = &bench->figures;
    figures_init(figures, MODE_COUNT, bench->rounds, bench->searches.count, bench->searches.classes.len);
    for (size_t mode = 0; mode < MODE_COUNT; mode++) {
        bool is_peer = MODES[mode].engine != ENGINE_DAEMON && MODES[mode].engine != ENGINE_RAW;
        if (bench_takes_part(bench, &MODES[mode]))
            figures->taken[mode] = is_peer ? bench->peer_rounds : bench->rounds;
    }
}

int bench_open(struct bench *bench, struct error *error)
{
    char name[GENERATION_NAME_SIZE];
    if (searches_read(bench->queries, &bench->searches, error) != 0)
        return -1;
    if (generation_current(bench->db, name, error) != 0) {
        error_set(error, "%s: there is no index", bench->db);
        return -1;
    }
    MEM_AUTO char *postings = generation_postings(bench->db, name);
    clients_open_raw(&bench->clients[ENGINE_RAW], postings, bench->paths[ENGINE_RAW]);
    for (int engine = ENGINE_RAW + 1; engine < ENGINE_DAEMON; engine++)
        if (bench->paths[engine])
            clients_open(&bench->clients[engine], (enum engine)engine, bench->paths[engine],
                         engine == ENGINE_FTS5 || engine == ENGINE_GROONGA ? PEER_CLIENTS : 1);
    plan_rounds(bench);
    for (unsigned i = 0; i < DAEMONS; i++)
        if (served_start(&bench->served[i], bench->program, bench->db, &DAEMON_SETTINGS[i], CONNECTIONS,
                         error) != 0)
            return -1;
    return 0;
}

void bench_close(struct bench *bench)
{
    for (int i = 0; i < DAEMONS; i++)
        if (bench->served[i].folder)
            served_stop(&bench->served[i]);
    for (int engine = 0; engine < ENGINE_DAEMON; engine++)
        clients_close(&bench->clients[engine]);
    figures_free(&bench->figures);
    searches_free(&bench->searches);
}
