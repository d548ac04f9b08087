/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PURPOSED_BENCH_CLOCK_H
#define PURPOSED_BENCH_CLOCK_H

#include <time.h>

/* Microseconds since some moment. */
static inline double clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

/* Seconds that this process has been on a processor. */
static inline double clock_processor(void)
{
    struct timespec spent;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return (double)spent.tv_sec + (double)spent.tv_nsec / 1e9;
}

#endif
