/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers drawn from a seed, the same on every machine: whole numbers only, no library of floating point.
 *
 * The sequence is SplitMix64 (Steele, Lea and Flood 2014).
 */
#ifndef PURPOSED_BENCH_DRAW_H
#define PURPOSED_BENCH_DRAW_H

#include <stdbool.h>
#include <stdint.h>

struct draw {
    uint64_t state;
};

static inline uint64_t draw_next(struct draw *draw)
{
    uint64_t mixed = draw->state += UINT64_C(0x9E3779B97F4A7C15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94D049BB133111EB);
    return mixed ^ (mixed >> 31);
}

/* A sequence of its own for each thing (`kind`) and its number. */
static inline struct draw draw_of(uint64_t kind, uint64_t number)
{
    struct draw draw = {kind * UINT64_C(0x9E3779B97F4A7C15) ^ number};
    draw.state = draw_next(&draw) + number;
    draw_next(&draw);
    return draw;
}

/* 0 .. n - 1. */
static inline uint32_t draw_below(struct draw *draw, uint32_t n)
{
    return (uint32_t)((draw_next(draw) >> 32) * n >> 32);
}

static inline bool draw_chance(struct draw *draw, uint32_t percent)
{
    return draw_below(draw, 100) < percent;
}

/* 0 .. n - 1 as Zipf's law has it, rank r about as often as 1 / (r + 1): each doubling of the rank is drawn
 * equally often. */
static inline uint32_t draw_rank(struct draw *draw, uint32_t n)
{
    uint32_t levels = 32 - (uint32_t)__builtin_clz(n);
    for (;;) {
        uint32_t level = draw_below(draw, levels);
        uint32_t rank = (UINT32_C(1) << level) - 1 + draw_below(draw, UINT32_C(1) << level);
        if (rank < n)
            return rank;
    }
}

/* The same, steeper: each doubling is gone past with a chance of `percent`. */
static inline uint32_t draw_steep_rank(struct draw *draw, uint32_t n, uint32_t percent)
{
    for (;;) {
        uint32_t level = 0;
        while (level < 30 && draw_chance(draw, percent))
            level++;
        uint32_t rank = (UINT32_C(1) << level) - 1 + draw_below(draw, UINT32_C(1) << level);
        if (rank < n)
            return rank;
    }
}

#endif
