/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables, as the README shows them, and the figures that the goals are about. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/rounds.h"

static void print_head(const struct bench *bench, const char *first, bool with_all)
{
    size_t columns = bench->searches.classes.len + with_all;
    printf("\n| %s |", first);
    for (size_t kind = 0; kind < bench->searches.classes.len; kind++)
        printf(" %s |", bench->searches.classes.items[kind]);
    printf("%s\n| --- |", with_all ? " all |" : "");
    for (size_t i = 0; i < columns; i++)
        printf(" ---: |");
    putchar('\n');
}

/* ---- how long a search takes ---- */

static void put_latency(const struct bench *bench, size_t mode, const struct span *span)
{
    if (mode == 0) {
        printf(" %.0f · %.0f us |", figures_median(&bench->figures, 0, FIGURES_NO_BASE, span, MEASURE_MEDIAN),
               figures_median(&bench->figures, 0, FIGURES_NO_BASE, span, MEASURE_P99));
        return;
    }
    double median = figures_median(&bench->figures, mode, 0, span, MEASURE_MEDIAN),
           slow = figures_median(&bench->figures, mode, 0, span, MEASURE_P99);
    printf(" %.*f · %.*f |", median < 10 ? 1 : 0, median, slow < 10 ? 1 : 0, slow);
}

static void put_rate(const struct bench *bench, size_t mode, const struct span *span)
{
    const struct figures *figures = &bench->figures;
    if (mode == 0) {
        printf(" %.0f/s |", figures_median(figures, 0, FIGURES_NO_BASE, span, MEASURE_RATE));
        return;
    }
    double rate = figures_median(figures, mode, 0, span, MEASURE_RATE),
           processor = 1 / figures_median(figures, mode, 0, span, MEASURE_PROCESSOR);
    printf(" %.*f (%.*f) |", rate < 0.1 ? 3 : 2, rate, processor < 0.1 ? 3 : 2, processor);
}

static void print_table(const struct bench *bench, const char *first, bool with_all,
                        void (*put)(const struct bench *, size_t mode, const struct span *))
{
    print_head(bench, first, with_all);
    for (size_t mode = 0; mode < MODE_COUNT; mode++) {
        if (!bench_takes_part(bench, &MODES[mode]))
            continue;
        printf("| %s |", MODES[mode].title);
        for (size_t kind = 0; kind < bench->searches.classes.len; kind++) {
            struct span span = bench_span(&bench->searches, (int)kind);
            put(bench, mode, &span);
        }
        struct span all = bench_span(&bench->searches, -1);
        if (with_all)
            put(bench, mode, &all);
        putchar('\n');
    }
}

/* ---- what the goals are about ---- */

static size_t mode_of(enum engine engine, bool full, size_t connections, unsigned daemon)
{
    for (size_t i = 0; i < MODE_COUNT; i++)
        if (MODES[i].engine == engine && MODES[i].full == full && MODES[i].connections == connections &&
            MODES[i].daemon == daemon)
            return i;
    abort();
}

/* Answers of `mode` for each of `base` over the whole log, by the clock and (in brackets) by processor. */
static void put_ratio(FILE *facts, const struct bench *bench, const char *name, size_t mode, size_t base)
{
    struct span all = bench_span(&bench->searches, -1);
    if (!bench_takes_part(bench, &MODES[base]))
        return;
    double rate = figures_median(&bench->figures, mode, (int)base, &all, MEASURE_RATE),
           processor = figures_median(&bench->figures, mode, (int)base, &all, MEASURE_PROCESSOR);
    fprintf(facts, "%s\t%.2f (%.2f)\n", name, rate, 1 / processor);
}

/* The class of searches whose slow ones are furthest behind raw's slow ones. */
static void put_worst(FILE *facts, const struct bench *bench, const char *name, bool phrases)
{
    size_t mode = mode_of(ENGINE_DAEMON, true, 1, DAEMON_ONE_WORKER);
    const char *worst = "none";
    double most = 0;
    for (size_t kind = 0; kind < bench->searches.classes.len; kind++) {
        struct span span = bench_span(&bench->searches, (int)kind);
        bool of_phrases = bench->searches.items[span.first].query.phrase;
        double ratio = figures_median(&bench->figures, mode, 0, &span, MEASURE_P99);
        if (of_phrases != phrases || ratio < most)
            continue;
        most = ratio;
        worst = span.name;
    }
    fprintf(facts, "%s\t%.2f (%s)\n", name, most, worst);
}

/* Of the daemons that keep no replies. */
static double peak_megabytes(const struct bench *bench)
{
    long most = 0;
    for (int i = 0; i < DAEMON_CACHING; i++)
        most = bench->served[i].peak_kib > most ? bench->served[i].peak_kib : most;
    return (double)most / 1024;
}

static void put_facts(FILE *facts, const struct bench *bench)
{
    size_t raw = mode_of(ENGINE_RAW, false, 1, 0),
           full = mode_of(ENGINE_DAEMON, true, CONNECTIONS, DAEMON_ONE_WORKER),
           full_1 = mode_of(ENGINE_DAEMON, true, 1, DAEMON_ONE_WORKER),
           full_4 = mode_of(ENGINE_DAEMON, true, PEER_CLIENTS, DAEMON_TWO_WORKERS);
    put_ratio(facts, bench, "full", full, raw);
    put_ratio(facts, bench, "two workers", mode_of(ENGINE_DAEMON, true, CONNECTIONS, DAEMON_TWO_WORKERS),
              full);
    put_ratio(facts, bench, "bare", mode_of(ENGINE_DAEMON, false, CONNECTIONS, DAEMON_ONE_WORKER), raw);
    put_ratio(facts, bench, "plain", full_1, mode_of(ENGINE_PLAIN, true, 1, 0));
    put_ratio(facts, bench, "fts5 1", full_1, mode_of(ENGINE_FTS5, true, 1, 0));
    put_ratio(facts, bench, "fts5 4", full_4, mode_of(ENGINE_FTS5, true, PEER_CLIENTS, 0));
    put_ratio(facts, bench, "groonga 1", full_1, mode_of(ENGINE_GROONGA, true, 1, 0));
    put_ratio(facts, bench, "groonga 4", full_4, mode_of(ENGINE_GROONGA, true, PEER_CLIENTS, 0));
    put_ratio(facts, bench, "cached", mode_of(ENGINE_DAEMON, true, CONNECTIONS, DAEMON_CACHING), full);
    put_ratio(facts, bench, "nothing kept", mode_of(ENGINE_DAEMON, true, 1, DAEMON_BARE), full_1);
    put_worst(facts, bench, "p99", false);
    put_worst(facts, bench, "p99 phrase", true);
    fprintf(facts, "daemon\t%.0f MB\n", peak_megabytes(bench));
}

int bench_report(const struct bench *bench, struct error *error)
{
    print_table(bench, "median · 99th percentile, × raw's", false, put_latency);
    print_table(bench, "searches a second, × raw's (of processor)", true, put_rate);
    FILE *facts = fopen(bench->facts, "a");
    if (facts)
        put_facts(facts, bench);
    if (facts && fclose(facts) == 0)
        return 0;
    error_set(error, "%s cannot be written", bench->facts);
    return -1;
}
