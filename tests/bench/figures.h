/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was measured, and what it comes to.
 *
 * The machine may be slow or busy, so no time stands for itself: within one round everybody answers the same
 * searches one after the other, the ratio to `raw` is taken in that round, and of the rounds' ratios the
 * median is shown.
 */
#ifndef PURPOSED_BENCH_FIGURES_H
#define PURPOSED_BENCH_FIGURES_H

#include <stddef.h>
#include <stdio.h>

enum { FIGURES_ROUNDS_MAX = 99 };

struct effort {
    double seconds;
    double processor; /* seconds of it that whoever answers spent on a processor, all threads */
};

struct figures {
    size_t modes, rounds, searches;
    double *us;            /* [mode][round][search]: how long each took */
    struct effort *effort; /* [mode][round][class]: all of the class together */
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

enum { FIGURES_NO_BASE = -1 };

/* A row: median, 99th percentile, processor time of a search, searches a second; and each against mode 0. On
 * a busy machine the processor time is what can be believed. */
void figures_print_head(FILE *to);
void figures_print(const struct figures *figures, size_t mode, const struct span *span, FILE *to);
/* How much processor time a search takes in `mode` for what it takes in `base`, over the span. */
double figures_processor_ratio(const struct figures *figures, size_t mode, size_t base,
                               const struct span *span);
/* How often mode `mode` answers for each answer of mode `base`, over the span. */
double figures_rate_ratio(const struct figures *figures, size_t mode, size_t base, const struct span *span);

#endif
