/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/epochs.h"

#include <stdio.h>
#include <string.h>

#include "daemon/work/limits.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

enum { PROBLEM_SIZE = ERROR_PLACE_SIZE + ERROR_TEXT_SIZE + 4 };

struct epochs {
    char *db;
    unsigned workers;

    uv_mutex_t loading; /* held while an index is opened: one thread loads, those who want it too wait */
    uint64_t retry_at;  /* ns; before this, an index that could not be opened is let be; under `loading` */

    uv_mutex_t lock; /* of the two below */
    struct snapshot *current;
    char problem[PROBLEM_SIZE];

    /* The loop's alone. */
    uv_timer_t timer;
    uv_work_t look;
    bool is_looking;
    bool is_stopped;
};

struct snapshot *epochs_current(struct epochs *epochs)
{
    uv_mutex_lock(&epochs->lock);
    struct snapshot *current = epochs->current ? snapshot_ref(epochs->current) : NULL;
    uv_mutex_unlock(&epochs->lock);
    return current;
}

bool epochs_tag(struct epochs *epochs, uint64_t *ret_tag)
{
    uv_mutex_lock(&epochs->lock);
    bool is_there = epochs->current != NULL;
    if (is_there)
        *ret_tag = snapshot_tag(epochs->current);
    uv_mutex_unlock(&epochs->lock);
    return is_there;
}

void epochs_problem(struct epochs *epochs, char *text, size_t size)
{
    uv_mutex_lock(&epochs->lock);
    snprintf(text, size, "%s", epochs->problem);
    uv_mutex_unlock(&epochs->lock);
}

/* Says what is wrong once, not at each look. */
static void note_problem(struct epochs *epochs, const char *problem)
{
    uv_mutex_lock(&epochs->lock);
    bool is_new = strcmp(epochs->problem, problem) != 0;
    snprintf(epochs->problem, sizeof epochs->problem, "%s", problem);
    uv_mutex_unlock(&epochs->lock);
    if (is_new && *problem)
        log_line("%s", problem);
}

/* With what is served anew goes what was wrong: nobody sees the one and still hears of the other. */
static void swap_in(struct epochs *epochs, struct snapshot *fresh)
{
    uv_mutex_lock(&epochs->lock);
    struct snapshot *old = epochs->current;
    epochs->current = fresh;
    epochs->problem[0] = '\0';
    uv_mutex_unlock(&epochs->lock);
    snapshot_unref(old);
    log_line("serving %s, %u records", snapshot_revision(fresh), (unsigned)snapshot_record_count(fresh));
}

static void load(struct epochs *epochs)
{
    struct snapshot *fresh = NULL;
    struct error error = ERROR_NONE;
    char problem[PROBLEM_SIZE] = "";
    int status = snapshot_open(epochs->db, epochs->workers, &fresh, &error);
    if (status == 0) {
        epochs->retry_at = 0;
        swap_in(epochs, fresh);
        return;
    }
    if (status > 0) {
        snprintf(problem, sizeof problem, "no index in %.256s yet", epochs->db);
    } else {
        epochs->retry_at = uv_hrtime() + EPOCH_RETRY_MS * UINT64_C(1000000);
        snprintf(problem, sizeof problem, "%s%s%s", error.place, error.place[0] ? ": " : "", error.text);
    }
    note_problem(epochs, problem);
}

struct snapshot *epochs_renew(struct epochs *epochs, const struct snapshot *seen)
{
    uv_mutex_lock(&epochs->loading);
    struct snapshot *current = epochs_current(epochs);
    /* Another thread may have loaded it while this one waited. */
    if (current == seen && uv_hrtime() >= epochs->retry_at) {
        snapshot_unref(current);
        load(epochs);
        current = epochs_current(epochs);
    }
    uv_mutex_unlock(&epochs->loading);
    if (current != seen)
        return current;
    snapshot_unref(current);
    return NULL;
}

/* On the pool. */
static void look(uv_work_t *work)
{
    struct epochs *epochs = work->data;
    struct snapshot *current = epochs_current(epochs);
    if (!current || snapshot_is_stale(current, epochs->db))
        snapshot_unref(epochs_renew(epochs, current));
    else
        note_problem(epochs, ""); /* what was wrong with the folder is mended */
    snapshot_unref(current);
}

static void looked(uv_work_t *work, int status)
{
    struct epochs *epochs = work->data;
    (void)status;
    epochs->is_looking = false;
}

static void on_timer(uv_timer_t *timer)
{
    struct epochs *epochs = timer->data;
    if (epochs->is_looking || epochs->is_stopped)
        return;
    epochs->look.data = epochs;
    epochs->is_looking = uv_queue_work(timer->loop, &epochs->look, look, looked) == 0;
}

struct epochs *epochs_new(const char *db, unsigned workers)
{
    struct epochs *epochs = mem_zero(1, sizeof *epochs);
    epochs->db = mem_text(db);
    epochs->workers = workers;
    uv_mutex_init(&epochs->loading);
    uv_mutex_init(&epochs->lock);
    load(epochs);
    return epochs;
}

void epochs_watch(struct epochs *epochs, uv_loop_t *loop)
{
    uv_timer_init(loop, &epochs->timer);
    epochs->timer.data = epochs;
    uv_timer_start(&epochs->timer, on_timer, EPOCH_CHECK_MS, EPOCH_CHECK_MS);
    /* The first look at once: with it the loop's pool starts its threads, which it ends the program for want
     * of, without a word, where there is no memory for them later. */
    on_timer(&epochs->timer);
}

void epochs_stop(struct epochs *epochs)
{
    epochs->is_stopped = true;
    uv_close((uv_handle_t *)&epochs->timer, NULL);
}

void epochs_free(struct epochs *epochs)
{
    if (!epochs)
        return;
    snapshot_unref(epochs->current);
    uv_mutex_destroy(&epochs->loading);
    uv_mutex_destroy(&epochs->lock);
    free(epochs->db);
    free(epochs);
}
