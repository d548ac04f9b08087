/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/clients.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/bench/clock.h"

static void *open_one(enum engine engine, const char *path)
{
    if (engine == ENGINE_PLAIN)
        return plain_open(path);
    return engine == ENGINE_FTS5 ? (void *)fts5_open(path) : (void *)groonga_open(path);
}

static void close_one(enum engine engine, void *opened)
{
    if (engine == ENGINE_RAW)
        raw_close(opened);
    else if (engine == ENGINE_PLAIN)
        plain_close(opened);
    else if (engine == ENGINE_FTS5)
        fts5_close(opened);
    else
        groonga_close(opened);
}

static void search_one(enum engine engine, void *opened, const struct bench_query *query)
{
    struct bench_hits hits;
    if (engine == ENGINE_RAW)
        raw_search(opened, query, &hits);
    else if (engine == ENGINE_PLAIN)
        plain_search(opened, query, &hits);
    else if (engine == ENGINE_FTS5)
        fts5_search(opened, query, &hits);
    else
        groonga_search(opened, query);
}

void clients_open(struct clients *clients, enum engine engine, const char *path, size_t count)
{
    *clients = (struct clients){.engine = engine, .count = count};
    for (size_t i = 0; i < count; i++)
        clients->engines[i] = open_one(engine, path);
}

void clients_open_raw(struct clients *clients, const char *postings, const char *with_terms)
{
    *clients =
        (struct clients){.engine = ENGINE_RAW, .count = 1, .engines = {raw_open(postings, with_terms)}};
}

void clients_close(struct clients *clients)
{
    for (size_t i = 0; i < clients->count; i++)
        close_one(clients->engine, clients->engines[i]);
    clients->count = 0;
}

double clients_processor(const struct clients *clients)
{
    double seconds = 0;
    if (clients->engine != ENGINE_GROONGA)
        return clock_processor();
    for (size_t i = 0; i < clients->count; i++)
        seconds += groonga_processor(clients->engines[i]);
    return seconds;
}

/* ---- asking ---- */

struct asking {
    enum engine engine;
    const struct search *searches;
    size_t count;
    double *us;
    atomic_size_t next;
};

struct asker {
    struct asking *asking;
    void *opened;
    pthread_t thread;
};

static void *ask(void *data)
{
    const struct asker *asker = data;
    struct asking *asking = asker->asking;
    size_t number;
    while ((number = atomic_fetch_add(&asking->next, 1)) < asking->count) {
        double since = clock_us();
        search_one(asking->engine, asker->opened, &asking->searches[number].query);
        asking->us[number] = clock_us() - since;
    }
    return NULL;
}

double clients_ask(struct clients *clients, size_t askers, const struct search *searches, size_t count,
                   double *ret_us)
{
    struct asking asking = {.engine = clients->engine, .searches = searches, .count = count, .us = ret_us};
    struct asker all[CLIENTS_MAX] = {{.opened = clients->engines[0]}};
    double start = clock_us();
    for (size_t i = 0; i < askers; i++) {
        all[i] = (struct asker){.asking = &asking, .opened = clients->engines[i]};
        if (i > 0 && pthread_create(&all[i].thread, NULL, ask, &all[i]) != 0) {
            fputs("bench: no thread can be had\n", stderr);
            exit(2);
        }
    }
    ask(&all[0]);
    for (size_t i = 1; i < askers; i++)
        pthread_join(all[i].thread, NULL);
    return (clock_us() - start) / 1e6;
}
