/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/figures.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

void figures_init(struct figures *figures, size_t modes, size_t rounds, size_t searches, size_t classes)
{
    *figures = (struct figures){.modes = modes, .rounds = rounds, .searches = searches, .classes = classes};
    figures->us = mem_zero(modes * rounds * searches, sizeof(double));
    figures->effort = mem_zero(modes * rounds * classes, sizeof *figures->effort);
    figures->taken = mem_zero(modes, sizeof *figures->taken);
}

void figures_free(struct figures *figures)
{
    free(figures->us);
    free(figures->effort);
    free(figures->taken);
}

double *figures_us(const struct figures *figures, size_t mode, size_t round)
{
    return figures->us + (mode * figures->rounds + round) * figures->searches;
}

struct effort *figures_effort(const struct figures *figures, size_t mode, size_t round)
{
    return figures->effort + (mode * figures->rounds + round) * figures->classes;
}

static int compare(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

double figures_percentile(const double *values, size_t count, unsigned percent)
{
    double *sorted = mem_alloc(count * sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    double value = sorted[(count - 1) * percent / 100];
    free(sorted);
    return value;
}

static double in_round(const struct figures *figures, size_t mode, size_t round, const struct span *span,
                       enum measure measure)
{
    if (measure == MEASURE_MEDIAN || measure == MEASURE_P99)
        return figures_percentile(figures_us(figures, mode, round) + span->first, span->count,
                                  measure == MEASURE_P99 ? 99 : 50);
    struct effort sum = {0};
    for (size_t i = 0; i < span->class_count; i++) {
        const struct effort *effort = &figures_effort(figures, mode, round)[span->class + i];
        sum.seconds += effort->seconds;
        sum.processor += effort->processor;
    }
    double count = (double)span->count;
    return measure == MEASURE_RATE ? count / sum.seconds : sum.processor / count * 1e6;
}

double figures_median(const struct figures *figures, size_t mode, int base, const struct span *span,
                      enum measure measure)
{
    double values[FIGURES_ROUNDS_MAX];
    size_t rounds = figures->taken[mode];
    if (base != FIGURES_NO_BASE && figures->taken[base] < rounds)
        rounds = figures->taken[base];
    for (size_t round = 0; round < rounds; round++) {
        values[round] = in_round(figures, mode, round, span, measure);
        if (base != FIGURES_NO_BASE)
            values[round] /= in_round(figures, (size_t)base, round, span, measure);
    }
    return figures_percentile(values, rounds, 50);
}
