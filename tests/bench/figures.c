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
}

void figures_free(struct figures *figures)
{
    free(figures->us);
    free(figures->effort);
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

static double percentile(const double *values, size_t count, unsigned percent)
{
    double *sorted = mem_alloc(count * sizeof *sorted);
    memcpy(sorted, values, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare);
    double value = sorted[(count - 1) * percent / 100];
    free(sorted);
    return value;
}

/* What a row shows of one round. */
enum measure { MEASURE_MEDIAN, MEASURE_P99, MEASURE_PROCESSOR, MEASURE_RATE };

static double in_round(const struct figures *figures, size_t mode, size_t round, const struct span *span,
                       enum measure measure)
{
    if (measure == MEASURE_MEDIAN || measure == MEASURE_P99)
        return percentile(figures_us(figures, mode, round) + span->first, span->count,
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

/* The median over the rounds, of the measure itself or (base >= 0) of its ratio to another mode's. */
static double over_rounds(const struct figures *figures, size_t mode, int base, const struct span *span,
                          enum measure measure)
{
    double values[FIGURES_ROUNDS_MAX];
    for (size_t round = 0; round < figures->rounds; round++) {
        values[round] = in_round(figures, mode, round, span, measure);
        if (base != FIGURES_NO_BASE)
            values[round] /= in_round(figures, (size_t)base, round, span, measure);
    }
    return percentile(values, figures->rounds, 50);
}

void figures_print_head(FILE *to)
{
    fprintf(to,
            "| class | p50 us | p99 us | processor us | a second | p50 / raw | p99 / raw | processor / raw | "
            "rate / raw |\n"
            "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n");
}

void figures_print(const struct figures *figures, size_t mode, const struct span *span, FILE *to)
{
    fprintf(to, "| %s", span->name);
    for (int measure = MEASURE_MEDIAN; measure <= MEASURE_RATE; measure++)
        fprintf(to, " | %.0f", over_rounds(figures, mode, FIGURES_NO_BASE, span, (enum measure)measure));
    for (int measure = MEASURE_MEDIAN; measure <= MEASURE_RATE; measure++)
        fprintf(to, " | %.*f", measure == MEASURE_RATE ? 3 : 2,
                over_rounds(figures, mode, 0, span, (enum measure)measure));
    fprintf(to, " |\n");
}

double figures_processor_ratio(const struct figures *figures, size_t mode, size_t base,
                               const struct span *span)
{
    return over_rounds(figures, mode, (int)base, span, MEASURE_PROCESSOR);
}

double figures_rate_ratio(const struct figures *figures, size_t mode, size_t base, const struct span *span)
{
    return over_rounds(figures, mode, (int)base, span, MEASURE_RATE);
}
