/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of one file, understood by several threads at once; what comes of them is handed on in the
 * order of the file, so that nothing depends on how many threads there are. What is held in memory is bounded
 * by batches: the reader waits for room.
 */
#ifndef PURPOSED_INDEXER_CREW_H
#define PURPOSED_INDEXER_CREW_H

#include "indexer/intake.h"

enum {
    CREW_BATCH_ENTRIES = 64,      /* entries that a thread takes at once */
    CREW_BATCH_BYTES = 256 << 10, /* of their texts, where they are more than one */
    CREW_BATCHES_EACH = 3,        /* batches for each thread: at work, waiting, and waiting to be handed on */
    CREW_THREADS_MAX = 64,        /* more are not started */
};

struct crew;

/* Starts at most `threads`. `intake` is *borrowed* until crew_end(); its `take` and `problem` are called on
 * the caller's thread, from within the functions below. *new*, or NULL where no thread can be started. */
struct crew *crew_new(const struct intake *intake, unsigned threads);
/* Members of an entry sink whose context is the crew. What they are given is copied. crew_take() returns what
 * the intake's `take` returned to end the reading, for an entry before this one, else 0. */
int crew_take(void *crew, const struct entry *entry);
void crew_problem(void *crew, enum problem_kind kind, const struct error *error);
/* Hands on what is left, ends the threads and frees the crew. 0, or what `take` returned. */
int crew_end(struct crew *crew);

#endif
