/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Threads that search, and the way to them and back.
 *
 * The loop hands a job in; a worker runs it on a snapshot of its own choice of time, unless the same was
 * answered before of the same epoch (replies.h); the job's `done` is
 * called on the loop, always, also for jobs that were cancelled, waited too long or found no index. The way
 * back is one uv_async.
 *
 * Those who ask take turns: each asker's jobs run in their order, one a round, so that one who hands in a
 * thousand at once does not keep the others waiting (start-time fair queueing with jobs of one length: Goyal,
 * Vin, Cheng, "Start-time Fair Queueing", SIGCOMM 1996).
 */
#ifndef PURPOSED_WORK_WORKERS_H
#define PURPOSED_WORK_WORKERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/queue.h>
#include <uv.h>

#include "daemon/work/epochs.h"
#include "daemon/work/limits.h"
#include "daemon/work/replies.h"

struct job {
    /* The caller's, unchanged until `done`. */
    const char *method;
    const json_t *params; /* may be NULL */
    size_t weight;        /* bytes of the request, for the queue's limit */
    uint64_t *rounds;     /* the asker's own, shared by all its jobs, 0 at first; the workers' to change */
    size_t reply_max;     /* bytes of a result */
    void (*done)(struct job *job);
    /* Makes of a result, in the worker's thread, what is to be sent; may set `code` and `error`. NULL: the
     * result is. */
    void (*render)(struct job *job);
    /* Called in the worker's thread after each call but one that the index moved on under (then all begins
     * anew, with the first), `made` being how many there were. It may take the result, or `code` and `error`,
     * set `method` and `params` to what is to be asked next on the same snapshot, and return true. NULL: the
     * one call is all. */
    bool (*next)(struct job *job, unsigned made);
    void *owner;
    atomic_bool is_cancelled; /* nobody waits for it any more: not run if it is not running yet */

    /* The answer: `code` 0 and `result`, or a code and a message. */
    int code;
    struct search_error error;
    struct buf result; /* the owner frees it, whatever `code` is */
    uint64_t tag;      /* snapshot_tag() of the epoch it was computed from */
    char *understood;  /* of a slow call: its query in words; the owner's, as the result */
    unsigned reruns;   /* because the index moved on under it */
    uint64_t queued_at, started_at, ended_at; /* ns of uv_hrtime() */

    /* The workers' own. */
    struct buf key;          /* of the question; empty: the reply is not to be kept */
    struct buf kept;         /* the result as it was before `render` */
    bool is_found;           /* the result is one that was kept */
    uint64_t round;          /* in which it has its turn */
    TAILQ_ENTRY(job) queued; /* while it waits */
    STAILQ_ENTRY(job) link;  /* on its way back */
};

struct workers;

struct workers_load {
    size_t waiting, bytes, running;
};

/* *new*, until workers_stop(); limits and epochs are *borrowed*. Returns 0, or -1 with `error`. */
int workers_start(uv_loop_t *loop, struct epochs *epochs, const struct limits *limits,
                  struct workers **ret_workers, struct error *error);
/* Hands a job in, or returns false where the queue is full. */
bool workers_submit(struct workers *workers, struct job *job);
/* Takes cancelled jobs out of the queue, so that they hold no place in it; their `done` is called soon. */
void workers_drop_cancelled(struct workers *workers);
struct workers_load workers_load(struct workers *workers);
/* The loop's. */
struct replies_counts workers_replies(const struct workers *workers);
/* Ends the threads and frees; no job may be waiting or running. */
void workers_stop(struct workers *workers);

#endif
