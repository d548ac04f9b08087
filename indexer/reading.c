/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/reading.h"

#include <pthread.h>
#include <stdlib.h>

#include "indexer/base/mem.h"

static unsigned files_at_once(const struct reading *reading)
{
    unsigned most = reading->count < reading->jobs ? (unsigned)reading->count : reading->jobs;
    return most > 0 ? most : 1;
}

/* Where there are fewer files than threads, several of these share one. */
static int intake_one(const struct reading *reading, size_t file, int (*take)(void *, struct intake_item *),
                      void (*problem)(void *, enum problem_kind, const struct error *), void *context,
                      struct error *error)
{
    struct intake intake = {
        .path = reading->files[file].path,
        .shown = reading->files[file].shown,
        .format = reading->format,
        .edition = reading->edition,
        .inherited = reading->files[file].inherited,
        .names = reading->names,
        .threads = reading->jobs / files_at_once(reading),
        .take = take,
        .problem = problem,
        .context = context,
    };
    return intake_file(&intake, error);
}

/* ---- one thread ---- */

/* Whether what ended a file was the caller, not the file. */
struct direct {
    const struct reading *reading;
    int ended;
};

static int take_direct(void *context, struct intake_item *item)
{
    struct direct *direct = context;
    direct->ended = direct->reading->take(direct->reading->context, item);
    return direct->ended;
}

static void problem_direct(void *context, enum problem_kind kind, const struct error *error)
{
    struct direct *direct = context;
    direct->reading->problem(direct->reading->context, kind, error);
}

static int run_direct(const struct reading *reading)
{
    struct direct direct = {.reading = reading};
    for (size_t i = 0; i < reading->count && direct.ended == 0; i++) {
        struct error error = ERROR_NONE;
        direct.ended = reading->begin(reading->context, i);
        if (direct.ended != 0)
            break;
        int status = intake_one(reading, i, take_direct, problem_direct, &direct, &error);
        if (direct.ended == 0)
            direct.ended = reading->end(reading->context, status, &error);
    }
    return direct.ended;
}

/* ---- several threads ---- */

/* An item, or a problem. */
struct event {
    struct intake_item *item;
    struct error *problem;
    enum problem_kind kind; /* of the problem */
};

/* A file in hand: what a thread found in it and the caller has not had yet. */
struct slot {
    struct pool *pool;
    struct event events[READING_QUEUE]; /* a ring */
    size_t first, count;
    bool finished;
    int status;
    struct error error;
};

struct pool {
    const struct reading *reading;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* whatever anyone waits for */
    struct slot *slots;     /* file i has slot i % slot_count */
    size_t slot_count;
    size_t next;     /* file to be taken by a thread */
    size_t consumed; /* files handed on in full */
    bool stopped;
};

static void free_event(struct event *event)
{
    intake_item_free(event->item);
    free(event->problem);
    *event = (struct event){0};
}

/* Waits for room, then puts the event into the slot. 0, or -1 when the run was stopped. */
static int put_event(struct slot *slot, struct event event)
{
    struct pool *pool = slot->pool;
    pthread_mutex_lock(&pool->lock);
    while (slot->count == READING_QUEUE && !pool->stopped)
        pthread_cond_wait(&pool->changed, &pool->lock);
    bool stopped = pool->stopped;
    if (!stopped) {
        slot->events[(slot->first + slot->count++) % READING_QUEUE] = event;
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    if (stopped)
        free_event(&event);
    return stopped ? -1 : 0;
}

static int take_queued(void *context, struct intake_item *item)
{
    return put_event(context, (struct event){.item = item});
}

static void problem_queued(void *context, enum problem_kind kind, const struct error *error)
{
    struct error *copy = mem_alloc(sizeof *copy);
    *copy = *error;
    put_event(context, (struct event){.problem = copy, .kind = kind});
}

/* The next file for a thread, waiting until it is not too far ahead; false when there is none. */
static bool next_file(struct pool *pool, size_t *ret_file)
{
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopped && pool->next < pool->reading->count &&
           pool->next >= pool->consumed + pool->slot_count)
        pthread_cond_wait(&pool->changed, &pool->lock);
    bool found = !pool->stopped && pool->next < pool->reading->count;
    if (found)
        *ret_file = pool->next++;
    pthread_mutex_unlock(&pool->lock);
    return found;
}

static void *work(void *context)
{
    struct pool *pool = context;
    size_t file;
    while (next_file(pool, &file)) {
        struct slot *slot = &pool->slots[file % pool->slot_count];
        struct error error = ERROR_NONE;
        int status = intake_one(pool->reading, file, take_queued, problem_queued, slot, &error);
        pthread_mutex_lock(&pool->lock);
        slot->status = status;
        slot->error = error;
        slot->finished = true;
        pthread_cond_broadcast(&pool->changed);
        pthread_mutex_unlock(&pool->lock);
    }
    return NULL;
}

/* The next event of a slot; false when its file is finished. */
static bool get_event(struct slot *slot, struct event *ret_event)
{
    struct pool *pool = slot->pool;
    pthread_mutex_lock(&pool->lock);
    while (slot->count == 0 && !slot->finished)
        pthread_cond_wait(&pool->changed, &pool->lock);
    bool found = slot->count > 0;
    if (found) {
        *ret_event = slot->events[slot->first];
        slot->first = (slot->first + 1) % READING_QUEUE;
        slot->count--;
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return found;
}

static int hand_on(struct pool *pool, size_t file)
{
    const struct reading *reading = pool->reading;
    struct slot *slot = &pool->slots[file % pool->slot_count];
    struct event event;
    int ended = reading->begin(reading->context, file);
    while (ended == 0 && get_event(slot, &event)) {
        if (event.problem)
            reading->problem(reading->context, event.kind, event.problem);
        else
            ended = reading->take(reading->context, event.item);
        free(event.problem);
    }
    return ended == 0 ? reading->end(reading->context, slot->status, &slot->error) : ended;
}

static void consume(struct pool *pool, size_t file)
{
    pthread_mutex_lock(&pool->lock);
    struct slot *slot = &pool->slots[file % pool->slot_count];
    *slot = (struct slot){.pool = pool};
    pool->consumed = file + 1;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static void stop(struct pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stopped = true;
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static void free_slots(struct pool *pool)
{
    for (size_t i = 0; i < pool->slot_count; i++)
        for (struct slot *slot = &pool->slots[i]; slot->count > 0; slot->count--) {
            free_event(&slot->events[slot->first]);
            slot->first = (slot->first + 1) % READING_QUEUE;
        }
    free(pool->slots);
}

static int run_pool(const struct reading *reading, pthread_t *threads, unsigned thread_count,
                    struct pool *pool)
{
    unsigned started = 0;
    while (started < thread_count && pthread_create(&threads[started], NULL, work, pool) == 0)
        started++;
    int ended = 0;
    for (size_t i = 0; started > 0 && i < reading->count && ended == 0; i++) {
        ended = hand_on(pool, i);
        if (ended == 0)
            consume(pool, i);
    }
    stop(pool);
    for (unsigned i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return started > 0 ? ended : run_direct(reading);
}

int reading_run(const struct reading *reading)
{
    unsigned jobs = files_at_once(reading);
    if (reading->jobs <= 1 || reading->count == 0)
        return run_direct(reading);
    struct pool pool = {.reading = reading, .slot_count = (size_t)jobs * READING_AHEAD};
    pthread_mutex_init(&pool.lock, NULL);
    pthread_cond_init(&pool.changed, NULL);
    pool.slots = mem_zero(pool.slot_count, sizeof *pool.slots);
    for (size_t i = 0; i < pool.slot_count; i++)
        pool.slots[i].pool = &pool;
    pthread_t *threads = mem_zero(jobs, sizeof *threads);
    int ended = run_pool(reading, threads, jobs, &pool);
    free(threads);
    free_slots(&pool);
    pthread_cond_destroy(&pool.changed);
    pthread_mutex_destroy(&pool.lock);
    return ended;
}
