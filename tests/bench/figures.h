/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was measured, and what it comes to.
 *
 * The machine may be slow or busy, so no time stands for itself: within one round everybody answers the same
 * searches one after the other, the ratio to another is taken in that round, and of the rounds' ratios the
 * median is shown.
 */
#ifndef PURPOSED_BENCH_FIGURES_H
#define PURPOSED_BENCH_FIGURES_H

#include <stddef.h>

enum { FIGURES_ROUNDS_MAX = 99, FIGURES_NO_BASE = -1 };

struct effort {
    double seconds;
    double processor; /* seconds of it that whoever answers spent on a processor, all threads */
};

struct figures {
    size_t modes, rounds, searches;
    double *us;            /* [mode][round][search]: how long each took */
    struct effort *effort; /* [mode][round][class]: all of the class together */
    size_t *taken;         /* [mode]: rounds it took part in, the first ones */
    size_t classes;
};

void figures_init(struct figures *figures, size_t modes, size_t rounds, size_t searches, size_t classes);
void figures_free(struct figures *figures);
double *figures_us(const struct figures *figures, size_t mode, size_t round);
struct effort *figures_effort(const struct figures *figures, size_t mode, size_t round);

/* Searches `first` .. `first` + `count` - 1 and classes `class` .. `class` + `class_count` - 1: a row of a
 * table. */
struct span {
    const char *name;
    size_t first, count, class, class_count;
};

enum measure {
    MEASURE_MEDIAN, /* us of a search */
    MEASURE_P99,
    MEASURE_PROCESSOR, /* us on a processor for a search: on a busy machine, what can be believed */
    MEASURE_RATE,      /* searches a second */
};

/* The median over the rounds of a mode's measure, or (base >= 0) of its ratio to another mode's, of the
 * rounds that both took part in. */
double figures_median(const struct figures *figures, size_t mode, int base, const struct span *span,
                      enum measure measure);
/* `percent` of the values are no larger. */
double figures_percentile(const double *values, size_t count, unsigned percent);

#endif
