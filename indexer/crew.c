/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/crew.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

/* What the reader gave: an entry, or a problem it met. */
struct given {
    struct entry entry;
    char *texts; /* all that the entry points to */
    struct error *problem;
    enum problem_kind kind; /* of the problem */
};

/* What comes of it: an item, or a problem. */
struct outcome {
    struct intake_item *item;
    struct error *problem;
    enum problem_kind kind;
};

struct batch {
    struct given *given;
    size_t given_count, given_cap, bytes;
    struct outcome *outcomes;
    size_t outcome_count, outcome_cap;
    bool done; /* a thread has worked on all of it */
};

/* Batches number n have the place n % batch_count: the reader fills number `filled`, threads take those below
 * it, and those below `handed` are done with. */
struct crew {
    const struct intake *intake;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* whatever anyone waits for */
    struct batch *batches;
    size_t batch_count;
    size_t filled, taken; /* under the lock */
    size_t handed;        /* the reader's own */
    bool ending;
    int ended; /* what the intake's take returned */
    pthread_t threads[CREW_THREADS_MAX];
    unsigned thread_count;
};

/* ---- entries, copied ---- */

static size_t text_size(const char *text)
{
    return text ? strlen(text) + 1 : 0;
}

static const char *put_text(char **at, const char *text, size_t len)
{
    if (!text)
        return NULL;
    char *start = *at;
    memcpy(start, text, len);
    start[len] = '\0';
    *at += len + 1;
    return start;
}

/* The name of the file stays: it is that of the reader. Returns the bytes that the copy takes. */
static size_t copy_entry(const struct entry *entry, struct given *ret_given)
{
    size_t size = text_size(entry->sheet) + text_size(entry->edition);
    for (int i = 0; i < HEADING_COUNT; i++)
        size += entry->fields[i].text ? entry->fields[i].len + 1 : 0;
    *ret_given = (struct given){.entry = *entry, .texts = mem_alloc(size)};
    char *at = ret_given->texts;
    struct entry *copy = &ret_given->entry;
    copy->sheet = put_text(&at, entry->sheet, entry->sheet ? strlen(entry->sheet) : 0);
    copy->edition = put_text(&at, entry->edition, entry->edition ? strlen(entry->edition) : 0);
    for (int i = 0; i < HEADING_COUNT; i++)
        copy->fields[i].text = put_text(&at, entry->fields[i].text, entry->fields[i].len);
    return size;
}

static struct error *copy_error(const struct error *error)
{
    struct error *copy = mem_alloc(sizeof *copy);
    *copy = *error;
    return copy;
}

/* ---- at work ---- */

static void add_outcome(struct batch *batch, struct outcome outcome)
{
    batch->outcomes =
        mem_push(batch->outcomes, batch->outcome_count, &batch->outcome_cap, sizeof *batch->outcomes);
    batch->outcomes[batch->outcome_count++] = outcome;
}

static int put_item(void *context, struct intake_item *item)
{
    add_outcome(context, (struct outcome){.item = item});
    return 0;
}

static void put_problem(void *context, enum problem_kind kind, const struct error *error)
{
    add_outcome(context, (struct outcome){.problem = copy_error(error), .kind = kind});
}

static void work_on(struct intake_hand *hand, struct batch *batch)
{
    for (size_t i = 0; i < batch->given_count; i++) {
        struct given *given = &batch->given[i];
        if (given->problem)
            add_outcome(batch, (struct outcome){.problem = given->problem, .kind = given->kind});
        else
            intake_entry(hand, &given->entry);
        free(given->texts);
    }
    batch->given_count = batch->bytes = 0;
}

/* The next batch for a thread; NULL when there will be none. */
static struct batch *next_batch(struct crew *crew)
{
    struct batch *batch = NULL;
    pthread_mutex_lock(&crew->lock);
    while (crew->taken == crew->filled && !crew->ending)
        pthread_cond_wait(&crew->changed, &crew->lock);
    if (crew->taken < crew->filled)
        batch = &crew->batches[crew->taken++ % crew->batch_count];
    pthread_mutex_unlock(&crew->lock);
    return batch;
}

static void *run_hand(void *context)
{
    struct crew *crew = context;
    struct intake intake = *crew->intake;
    intake.take = put_item;
    intake.problem = put_problem;
    struct intake_hand *hand = intake_hand_new(&intake);
    for (struct batch *batch; (batch = next_batch(crew));) {
        intake.context = batch;
        work_on(hand, batch);
        pthread_mutex_lock(&crew->lock);
        batch->done = true;
        pthread_cond_broadcast(&crew->changed);
        pthread_mutex_unlock(&crew->lock);
    }
    intake_hand_free(hand);
    return NULL;
}

/* ---- handing on ---- */

static void hand_on_batch(struct crew *crew, struct batch *batch)
{
    const struct intake *intake = crew->intake;
    for (size_t i = 0; i < batch->outcome_count; i++) {
        struct outcome *outcome = &batch->outcomes[i];
        if (crew->ended != 0)
            intake_item_free(outcome->item);
        else if (outcome->item)
            crew->ended = intake->take(intake->context, outcome->item);
        else
            intake->problem(intake->context, outcome->kind, outcome->problem);
        free(outcome->problem);
    }
    batch->outcome_count = 0;
    batch->done = false;
}

/* Hands on the batches that are done, in order, and waits for more until at most `most` are left. */
static void hand_on(struct crew *crew, size_t most)
{
    while (crew->handed < crew->filled) {
        struct batch *batch = &crew->batches[crew->handed % crew->batch_count];
        pthread_mutex_lock(&crew->lock);
        while (!batch->done && crew->filled - crew->handed > most)
            pthread_cond_wait(&crew->changed, &crew->lock);
        bool done = batch->done;
        pthread_mutex_unlock(&crew->lock);
        if (!done)
            return;
        hand_on_batch(crew, batch);
        crew->handed++;
    }
}

/* ---- from the reader ---- */

static void give(struct crew *crew, const struct given *given, size_t bytes)
{
    struct batch *batch = &crew->batches[crew->filled % crew->batch_count];
    batch->given = mem_push(batch->given, batch->given_count, &batch->given_cap, sizeof *batch->given);
    batch->given[batch->given_count++] = *given;
    batch->bytes += bytes;
    if (batch->given_count < CREW_BATCH_ENTRIES && batch->bytes < CREW_BATCH_BYTES)
        return;
    pthread_mutex_lock(&crew->lock);
    crew->filled++;
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
    hand_on(crew, crew->batch_count - 1);
}

int crew_take(void *context, const struct entry *entry)
{
    struct crew *crew = context;
    if (crew->ended != 0)
        return crew->ended;
    struct given given;
    size_t bytes = copy_entry(entry, &given);
    give(crew, &given, bytes);
    return crew->ended;
}

void crew_problem(void *context, enum problem_kind kind, const struct error *error)
{
    struct given given = {.problem = copy_error(error), .kind = kind};
    give(context, &given, sizeof *error);
}

/* ---- beginning and end ---- */

static void free_crew(struct crew *crew)
{
    for (size_t i = 0; i < crew->batch_count; i++) {
        free(crew->batches[i].given);
        free(crew->batches[i].outcomes);
    }
    free(crew->batches);
    pthread_cond_destroy(&crew->changed);
    pthread_mutex_destroy(&crew->lock);
    free(crew);
}

struct crew *crew_new(const struct intake *intake, unsigned threads)
{
    struct crew *crew = mem_zero(1, sizeof *crew);
    crew->intake = intake;
    pthread_mutex_init(&crew->lock, NULL);
    pthread_cond_init(&crew->changed, NULL);
    if (threads > CREW_THREADS_MAX)
        threads = CREW_THREADS_MAX;
    crew->batch_count = (size_t)threads * CREW_BATCHES_EACH;
    crew->batches = mem_zero(crew->batch_count, sizeof *crew->batches);
    while (crew->thread_count < threads &&
           pthread_create(&crew->threads[crew->thread_count], NULL, run_hand, crew) == 0)
        crew->thread_count++;
    if (crew->thread_count > 0)
        return crew;
    free_crew(crew);
    return NULL;
}

int crew_end(struct crew *crew)
{
    pthread_mutex_lock(&crew->lock);
    crew->filled += crew->batches[crew->filled % crew->batch_count].given_count > 0;
    crew->ending = true;
    pthread_cond_broadcast(&crew->changed);
    pthread_mutex_unlock(&crew->lock);
    hand_on(crew, 0);
    for (unsigned i = 0; i < crew->thread_count; i++)
        pthread_join(crew->threads[i], NULL);
    int ended = crew->ended;
    free_crew(crew);
    return ended;
}
