/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/growth.h"

#include <stdio.h>
#include <stdlib.h>

#include "indexer/base/mem.h"
#include "tests/bench/figures.h"
#include "tests/bench/process.h"
#include "tests/bench/searches.h"
#include "tests/bench/served.h"

enum { OPENINGS = 5 };

struct grown {
    const struct growth *growth;
    struct searches searches;
    const char **requests;
    struct served served[GROWTH_SIZES_MAX];
    double open_ms[GROWTH_SIZES_MAX];
    struct figures figures; /* a mode a size, one class */
};

static const struct served_settings SETTINGS = {"1", "0", "32M"};

/* Starts a daemon a few times over; the last one stays. */
static int open_size(struct grown *grown, size_t size, struct error *error)
{
    double took[OPENINGS];
    for (int i = 0; i < OPENINGS; i++) {
        if (i > 0)
            served_stop(&grown->served[size]);
        if (served_start(&grown->served[size], grown->growth->program, grown->growth->sizes[2 * size + 1],
                         &SETTINGS, 1, error) != 0)
            return -1;
        took[i] = grown->served[size].open_ms;
    }
    grown->open_ms[size] = figures_percentile(took, OPENINGS, 50);
    return 0;
}

static int ask_size(struct grown *grown, size_t size, size_t round, struct error *error)
{
    struct served *served = &grown->served[size];
    struct effort *effort = figures_effort(&grown->figures, size, round);
    double before = process_processor(served->pid);
    effort->seconds = served_ask(served, 1, grown->requests, grown->searches.count,
                                 figures_us(&grown->figures, size, round), NULL, error);
    effort->processor = process_processor(served->pid) - before;
    return effort->seconds < 0 ? -1 : 0;
}

/* The first round warms the caches and does not count. */
static int run_rounds(struct grown *grown, struct error *error)
{
    for (size_t round = 0; round <= grown->growth->rounds; round++)
        for (size_t size = 0; size < grown->growth->size_count; size++)
            if (ask_size(grown, size, round ? round - 1 : 0, error) != 0)
                return -1;
    return 0;
}

static void put_row(const struct grown *grown, size_t size, FILE *facts)
{
    const struct figures *figures = &grown->figures;
    const char *name = grown->growth->sizes[2 * size];
    struct span all = {.name = "all", .count = grown->searches.count, .class_count = 1};
    double slower = 1 / figures_median(figures, size, 0, &all, MEASURE_RATE),
           processor = figures_median(figures, size, 0, &all, MEASURE_PROCESSOR),
           median = figures_median(figures, size, 0, &all, MEASURE_MEDIAN),
           megabytes = (double)grown->served[size].peak_kib / 1024;
    printf("| %s | %.0f | %.2f (%.2f) | %.2f | %.0f | %.0f |\n", name,
           1e6 / figures_median(figures, size, FIGURES_NO_BASE, &all, MEASURE_RATE), slower, processor,
           median, grown->open_ms[size], megabytes);
    fprintf(facts, "growth %s\t%.2f (%.2f)\nopening %s\t%.0f ms\n", name, slower, processor, name,
            grown->open_ms[size]);
}

static int print_rows(const struct grown *grown, struct error *error)
{
    FILE *facts = fopen(grown->growth->facts, "a");
    printf("| agreements | us a full reply | × the first's (of processor) | its median × | opens in, ms | "
           "daemon's own memory, MB |\n| --- | ---: | ---: | ---: | ---: | ---: |\n");
    for (size_t size = 0; facts && size < grown->growth->size_count; size++)
        put_row(grown, size, facts);
    if (facts && fclose(facts) == 0)
        return 0;
    error_set(error, "%s cannot be written", grown->growth->facts);
    return -1;
}

int growth_run(const struct growth *growth, struct error *error)
{
    struct grown grown = {.growth = growth};
    int status = searches_read(growth->queries, &grown.searches, error);
    grown.requests = mem_alloc((grown.searches.count + 1) * sizeof *grown.requests);
    for (size_t i = 0; i < grown.searches.count; i++)
        grown.requests[i] = grown.searches.items[i].full_request;
    figures_init(&grown.figures, growth->size_count, growth->rounds, grown.searches.count, 1);
    for (size_t size = 0; status == 0 && size < growth->size_count; size++) {
        grown.figures.taken[size] = growth->rounds;
        status = open_size(&grown, size, error);
    }
    if (status == 0)
        status = run_rounds(&grown, error);
    if (status == 0)
        status = print_rows(&grown, error);
    for (size_t size = 0; size < growth->size_count; size++)
        if (grown.served[size].folder)
            served_stop(&grown.served[size]);
    figures_free(&grown.figures);
    free(grown.requests);
    searches_free(&grown.searches);
    return status;
}
