/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/workers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "daemon/wire/rpc.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

STAILQ_HEAD(job_list, job);
TAILQ_HEAD(job_queue, job);

struct worker {
    struct workers *workers;
    unsigned number;
    uv_thread_t thread;
};

struct workers {
    struct epochs *epochs;
    const struct limits *limits;
    uv_async_t back;
    struct replies *replies; /* the loop's */

    uv_mutex_t lock; /* of all down to `is_stopping` */
    uv_cond_t wanted;
    struct job_queue queue; /* by round, and in a round in the order of arrival */
    struct job_list finished;
    uint64_t round; /* of the job taken last */
    size_t waiting, bytes, running, idle;
    bool is_stopping;

    unsigned count; /* threads that were started */
    struct worker workers[WORKERS_MAX];
};

static void job_fail(struct job *job, int code, const char *message)
{
    job->code = code;
    snprintf(job->error.message, sizeof job->error.message, "%s", message);
}

static void fail_without_index(struct workers *workers, struct job *job)
{
    char problem[sizeof job->error.message - 64];
    epochs_problem(workers->epochs, problem, sizeof problem);
    snprintf(job->error.message, sizeof job->error.message, "the index is not available: %s",
             problem[0] ? problem : "it is being replaced, try again");
    job->code = RPC_NO_INDEX;
}

/* A result that is none: too long, or, by a fault of ours, empty. */
static void check_result(struct job *job)
{
    char message[128];
    if (buf_failed(&job->result)) {
        snprintf(message, sizeof message, "the reply would pass %zu bytes: ask for less at once",
                 job->reply_max);
        job_fail(job, RPC_INVALID_PARAMS, message);
    } else if (job->result.len == 0) {
        job_fail(job, RPC_INTERNAL, "no result");
    }
}

/* One call after another, as the job has them, on one snapshot. */
static enum search_status ask(struct worker *worker, struct job *job, struct snapshot *snapshot)
{
    enum search_status status;
    unsigned made = 0;
    do {
        buf_reset(&job->result);
        job->code = 0;
        status = search_run(snapshot, worker->number, job->method, job->params, &job->result, &job->error);
        if (status == SEARCH_FAILED)
            job->code = job->error.code ? job->error.code : RPC_INTERNAL;
        made++;
    } while (status != SEARCH_CHANGED && job->next && job->next(job, made));
    return status == SEARCH_CHANGED ? status : job->code ? SEARCH_FAILED : SEARCH_OK;
}

static bool is_slow(const struct workers *workers, const struct job *job)
{
    uint64_t slow_ns = workers->limits->slow_ms * 1000000;
    return slow_ns && uv_hrtime() - job->queued_at >= slow_ns;
}

/* Runs it on one snapshot; on another when the index moved on meanwhile, a bounded number of times. */
static void search(struct worker *worker, struct job *job)
{
    struct workers *workers = worker->workers;
    enum search_status status = SEARCH_CHANGED;
    const struct job first = {.method = job->method, .params = job->params};
    struct snapshot *snapshot = epochs_current(workers->epochs);
    for (unsigned run = 0; snapshot && status == SEARCH_CHANGED && run < RERUNS_MAX; run++) {
        if (run > 0) {
            struct snapshot *fresh = epochs_renew(workers->epochs, snapshot);
            snapshot_unref(snapshot);
            snapshot = fresh;
            job->reruns++;
        }
        buf_reset(&job->result);
        if (!snapshot)
            break;
        job->tag = snapshot_tag(snapshot);
        job->method = first.method;
        job->params = first.params;
        status = ask(worker, job, snapshot);
    }
    if (status == SEARCH_OK && is_slow(workers, job))
        job->understood = search_understood(snapshot, worker->number, first.method, first.params);
    snapshot_unref(snapshot);
    if (status == SEARCH_OK)
        check_result(job);
    else if (status == SEARCH_CHANGED)
        fail_without_index(workers, job);
}

static void abandon(struct job *job)
{
    job_fail(job, RPC_DEADLINE, "nobody waits for it");
    job->started_at = job->ended_at = uv_hrtime();
}

/* Whether the result found when the job was handed in is still of the epoch that is served. */
static bool is_current(const struct workers *workers, const struct job *job)
{
    uint64_t tag;
    return epochs_tag(workers->epochs, &tag) && tag == job->tag;
}

/* The result, of now or found before. */
static void answer(struct worker *worker, struct job *job)
{
    const struct workers *workers = worker->workers;
    if (!job->is_found || !is_current(workers, job)) {
        job->is_found = false;
        buf_free(&job->result);
        job->result = (struct buf)BUF_INIT(job->reply_max);
        search(worker, job);
    }
    if (job->code != 0 || !job->render)
        return;
    if (job->key.len > 0 && !job->is_found && replies_take(workers->replies, job->result.len)) {
        job->kept = (struct buf)BUF_INIT(job->reply_max);
        buf_append(&job->kept, job->result.data, job->result.len);
    }
    job->render(job);
}

static void run(struct worker *worker, struct job *job)
{
    uint64_t deadline_ms = worker->workers->limits->deadline_ms;
    job->started_at = uv_hrtime();
    if (atomic_load(&job->is_cancelled)) {
        abandon(job);
    } else if (job->started_at - job->queued_at > deadline_ms * 1000000) {
        char message[96];
        snprintf(message, sizeof message, "waited more than %" PRIu64 " ms for its turn: try again later",
                 deadline_ms);
        job_fail(job, RPC_DEADLINE, message);
    } else {
        answer(worker, job);
    }
    job->ended_at = uv_hrtime();
}

static void unqueue(struct workers *workers, struct job *job)
{
    TAILQ_REMOVE(&workers->queue, job, queued);
    workers->waiting--;
    workers->bytes -= job->weight;
}

static struct job *take(struct workers *workers)
{
    while (TAILQ_EMPTY(&workers->queue) && !workers->is_stopping) {
        workers->idle++;
        uv_cond_wait(&workers->wanted, &workers->lock);
        workers->idle--;
    }
    struct job *job = TAILQ_FIRST(&workers->queue);
    if (!job)
        return NULL;
    unqueue(workers, job);
    workers->round = job->round;
    workers->running++;
    return job;
}

static void work(void *data)
{
    struct worker *worker = data;
    struct workers *workers = worker->workers;
    struct job *job;
    uv_mutex_lock(&workers->lock);
    while ((job = take(workers))) {
        uv_mutex_unlock(&workers->lock);
        run(worker, job);
        uv_mutex_lock(&workers->lock);
        workers->running--;
        bool is_first = STAILQ_EMPTY(&workers->finished);
        STAILQ_INSERT_TAIL(&workers->finished, job, link);
        if (!is_first)
            continue;
        /* The first of a row wakes the loop, which then takes them all, and should not find the lock held. */
        uv_mutex_unlock(&workers->lock);
        uv_async_send(&workers->back);
        uv_mutex_lock(&workers->lock);
    }
    uv_mutex_unlock(&workers->lock);
}

/* Keeps a result that is of the epoch served now. */
static void keep(struct workers *workers, struct job *job)
{
    const struct buf *result = job->render ? &job->kept : &job->result;
    if (job->key.len > 0 && !job->is_found && job->code == 0 && result->len > 0 && !buf_failed(result) &&
        is_current(workers, job))
        replies_keep(workers->replies, job->tag, &job->key, result);
    buf_free(&job->key);
    buf_free(&job->kept);
}

static void on_back(uv_async_t *back)
{
    struct workers *workers = back->data;
    struct job_list finished = STAILQ_HEAD_INITIALIZER(finished);
    uv_mutex_lock(&workers->lock);
    STAILQ_CONCAT(&finished, &workers->finished);
    uv_mutex_unlock(&workers->lock);
    while (!STAILQ_EMPTY(&finished)) {
        struct job *job = STAILQ_FIRST(&finished);
        STAILQ_REMOVE_HEAD(&finished, link);
        keep(workers, job);
        job->done(job);
    }
}

/* Gives the job its round, one behind the asker's last but never one that has passed, and its place. An asker
 * with many jobs mostly adds at the tail; one with few finds its place near the head. */
static void enqueue(struct workers *workers, struct job *job)
{
    uint64_t next = *job->rounds + 1;
    job->round = *job->rounds = next > workers->round ? next : workers->round;
    struct job *last = TAILQ_LAST(&workers->queue, job_queue);
    struct job *later = last && last->round > job->round ? TAILQ_FIRST(&workers->queue) : NULL;
    while (later && later->round <= job->round)
        later = TAILQ_NEXT(later, queued);
    if (later)
        TAILQ_INSERT_BEFORE(later, job, queued);
    else
        TAILQ_INSERT_TAIL(&workers->queue, job, queued);
    workers->waiting++;
    workers->bytes += job->weight;
}

/* Looks for a result that was kept; what it has not and may be kept gets its key. */
static void look_up(struct workers *workers, struct job *job)
{
    job->key = (struct buf)BUF_INIT(REPLIES_KEY_MAX);
    job->kept = (struct buf)BUF_INIT(0);
    job->is_found = false;
    if (!workers->replies || job->next || job->weight > REPLIES_LINE_MAX ||
        !epochs_tag(workers->epochs, &job->tag))
        return;
    if (!search_key(job->method, job->params, &job->key)) {
        buf_free(&job->key);
        return;
    }
    struct buf found = BUF_INIT(job->reply_max);
    job->is_found = replies_find(workers->replies, job->tag, &job->key, job->queued_at, &found);
    if (job->is_found)
        job->result = found;
    else
        buf_free(&found);
}

/* One that waits for nobody: its `done` is called when the loop comes round. */
static void finish(struct workers *workers, struct job *job)
{
    job->started_at = job->ended_at = uv_hrtime();
    uv_mutex_lock(&workers->lock);
    bool is_first = STAILQ_EMPTY(&workers->finished);
    STAILQ_INSERT_TAIL(&workers->finished, job, link);
    uv_mutex_unlock(&workers->lock);
    if (is_first)
        uv_async_send(&workers->back);
}

bool workers_submit(struct workers *workers, struct job *job)
{
    const struct limits *limits = workers->limits;
    job->queued_at = uv_hrtime();
    look_up(workers, job);
    if (job->is_found && !job->render) {
        finish(workers, job);
        return true;
    }
    uv_mutex_lock(&workers->lock);
    bool is_full = workers->waiting >= limits->queue ||
                   (workers->waiting > 0 && workers->bytes + job->weight > limits->queue_bytes);
    if (!is_full) {
        enqueue(workers, job);
        if (workers->idle > 0)
            uv_cond_signal(&workers->wanted);
    }
    uv_mutex_unlock(&workers->lock);
    if (is_full) {
        buf_free(&job->key);
        buf_free(&job->result);
    }
    return !is_full;
}

void workers_drop_cancelled(struct workers *workers)
{
    uv_mutex_lock(&workers->lock);
    for (struct job *job = TAILQ_FIRST(&workers->queue), *next; job; job = next) {
        next = TAILQ_NEXT(job, queued);
        if (!atomic_load(&job->is_cancelled))
            continue;
        unqueue(workers, job);
        abandon(job);
        STAILQ_INSERT_TAIL(&workers->finished, job, link);
    }
    uv_async_send(&workers->back);
    uv_mutex_unlock(&workers->lock);
}

struct workers_load workers_load(struct workers *workers)
{
    uv_mutex_lock(&workers->lock);
    struct workers_load load = {workers->waiting, workers->bytes, workers->running};
    uv_mutex_unlock(&workers->lock);
    return load;
}

struct replies_counts workers_replies(const struct workers *workers)
{
    return replies_counts(workers->replies);
}

int workers_start(uv_loop_t *loop, struct epochs *epochs, const struct limits *limits,
                  struct workers **ret_workers, struct error *error)
{
    struct workers *workers = mem_zero(1, sizeof *workers);
    workers->epochs = epochs;
    workers->limits = limits;
    workers->replies = replies_new((size_t)limits->cache_bytes);
    TAILQ_INIT(&workers->queue);
    STAILQ_INIT(&workers->finished);
    uv_mutex_init(&workers->lock);
    uv_cond_init(&workers->wanted);
    uv_async_init(loop, &workers->back, on_back);
    workers->back.data = workers;
    for (unsigned i = 0; i < limits->workers; i++) {
        workers->workers[i] = (struct worker){.workers = workers, .number = i};
        int status = uv_thread_create(&workers->workers[i].thread, work, &workers->workers[i]);
        if (status) {
            error_set(error, "cannot start thread %u of %" PRIu64 ": %s", i + 1, limits->workers,
                      uv_strerror(status));
            workers_stop(workers);
            return -1;
        }
        workers->count++;
    }
    *ret_workers = workers;
    return 0;
}

static void on_closed(uv_handle_t *back)
{
    struct workers *workers = back->data;
    uv_mutex_destroy(&workers->lock);
    uv_cond_destroy(&workers->wanted);
    replies_free(workers->replies);
    free(workers);
}

void workers_stop(struct workers *workers)
{
    uv_mutex_lock(&workers->lock);
    workers->is_stopping = true;
    uv_cond_broadcast(&workers->wanted);
    uv_mutex_unlock(&workers->lock);
    for (unsigned i = 0; i < workers->count; i++)
        uv_thread_join(&workers->workers[i].thread);
    uv_close((uv_handle_t *)&workers->back, on_closed);
}
