/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/figures.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

void figures_init(struct figures *figures, size_t modes, size_t rounds, size_t searches, size_t classes)
{
    *figures = (struct figures){.modes = modes, .rounds = rounds, .searches = searches, .classes = classes};
    figures->us = mem_zero(modes * rounds * searches, sizeof(double));
    figures->seconds = mem_zero(modes * rounds * classes, sizeof(double));
}

void figures_free(struct figures *figures)
{
    free(figures->us);
    free(figures->seconds);
}

double *figures_us(const struct figures *figures, size_t mode, size_t round)
{
    return figures->us + (mode * figures->rounds + round) * figures->searches;
}

double *figures_seconds(const struct figures *figures, size_t mode, size_t round)
{
    return figures->seconds + (mode * figures->rounds + round) * figures->classes;
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
enum measure { MEASURE_MEDIAN, MEASURE_P99, MEASURE_RATE };

static double in_round(const struct figures *figures, size_t mode, size_t round, const struct span *span,
                       enum measure measure)
{
    if (measure != MEASURE_RATE)
        return percentile(figures_us(figures, mode, round) + span->first, span->count,
                          measure == MEASURE_P99 ? 99 : 50);
    double seconds = 0;
    for (size_t i = 0; i < span->class_count; i++)
        seconds += figures_seconds(figures, mode, round)[span->class + i];
    return (double)span->count / seconds;
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
    fprintf(to, "| class | p50 us | p99 us | a second | p50 / raw | p99 / raw | rate / raw |\n");
    fprintf(to, "| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
}

void figures_print(const struct figures *figures, size_t mode, const struct span *span, FILE *to)
{
    fprintf(to, "| %s", span->name);
    fprintf(to, " | %.0f | %.0f | %.0f", over_rounds(figures, mode, FIGURES_NO_BASE, span, MEASURE_MEDIAN),
            over_rounds(figures, mode, FIGURES_NO_BASE, span, MEASURE_P99),
            over_rounds(figures, mode, FIGURES_NO_BASE, span, MEASURE_RATE));
    fprintf(to, " | %.2f | %.2f | %.3f |\n", over_rounds(figures, mode, 0, span, MEASURE_MEDIAN),
            over_rounds(figures, mode, 0, span, MEASURE_P99),
            over_rounds(figures, mode, 0, span, MEASURE_RATE));
}

double figures_rate_ratio(const struct figures *figures, size_t mode, size_t base, const struct span *span)
{
    return over_rounds(figures, mode, (int)base, span, MEASURE_RATE);
}
