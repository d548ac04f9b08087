/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/loop/fake_search.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/search.h"
#include "daemon/work/limits.h"

enum { LIVE = 0x11FE, DEAD = 0xDEAD };

struct snapshot {
    atomic_int references;
    atomic_int mark; /* LIVE until it is closed */
    unsigned workers;
    int epoch;
    char revision[32];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t gate = PTHREAD_COND_INITIALIZER;
static bool is_gate_open = true;
static int waiting;

static atomic_int index_state = FAKE_THERE, epoch = 1;
static atomic_int changes, snapshots, runs;
static atomic_bool is_misused;
static atomic_bool is_busy[WORKERS_MAX];

void fake_reset(void)
{
    fake_open_gate();
    atomic_store(&index_state, FAKE_THERE);
    atomic_store(&epoch, 1);
    atomic_store(&changes, 0);
    atomic_store(&runs, 0);
    atomic_store(&is_misused, false);
}

void fake_set_index(enum fake_index index)
{
    atomic_store(&index_state, (int)index);
}

void fake_next_epoch(void)
{
    atomic_fetch_add(&epoch, 1);
}

void fake_set_changes(int times)
{
    atomic_store(&changes, times);
}

static void set_gate(bool is_open)
{
    pthread_mutex_lock(&lock);
    is_gate_open = is_open;
    pthread_cond_broadcast(&gate);
    pthread_mutex_unlock(&lock);
}

void fake_close_gate(void)
{
    set_gate(false);
}

void fake_open_gate(void)
{
    set_gate(true);
}

int fake_snapshots(void)
{
    return atomic_load(&snapshots);
}

int fake_runs(void)
{
    return atomic_load(&runs);
}

int fake_waiting(void)
{
    pthread_mutex_lock(&lock);
    int now = waiting;
    pthread_mutex_unlock(&lock);
    return now;
}

bool fake_was_misused(void)
{
    return atomic_load(&is_misused);
}

int snapshot_open(const char *db, unsigned workers, struct snapshot **ret_snapshot, struct error *error)
{
    int state = atomic_load(&index_state);
    if (state == FAKE_NONE)
        return 1;
    if (state == FAKE_DAMAGED) {
        error_at(error, db, NULL, 0);
        error_set(error, "is damaged");
        return -1;
    }
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    if (!snapshot)
        return -1;
    atomic_store(&snapshot->references, 1);
    atomic_store(&snapshot->mark, LIVE);
    snapshot->workers = workers;
    snapshot->epoch = atomic_load(&epoch);
    snprintf(snapshot->revision, sizeof snapshot->revision, "gen-%d/1", snapshot->epoch);
    atomic_fetch_add(&snapshots, 1);
    *ret_snapshot = snapshot;
    return 0;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    atomic_fetch_add(&snapshot->references, 1);
    return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
    if (!snapshot || atomic_fetch_sub(&snapshot->references, 1) > 1)
        return;
    atomic_store(&snapshot->mark, DEAD);
    atomic_fetch_sub(&snapshots, 1);
    free(snapshot);
}

bool snapshot_is_stale(const struct snapshot *snapshot, const char *db)
{
    (void)db;
    return snapshot->epoch != atomic_load(&epoch);
}

const char *snapshot_revision(const struct snapshot *snapshot)
{
    return snapshot->revision;
}

uint64_t snapshot_tag(const struct snapshot *snapshot)
{
    return (uint64_t)snapshot->epoch;
}

uint32_t snapshot_record_count(const struct snapshot *snapshot)
{
    return 30 + (uint32_t)snapshot->epoch;
}

size_t snapshot_memory(const struct snapshot *snapshot)
{
    return sizeof *snapshot;
}

struct search_kept snapshot_kept(const struct snapshot *snapshot)
{
    (void)snapshot;
    return (struct search_kept){0};
}

static enum search_status run_echo(const json_t *params, struct buf *result)
{
    char *text = params ? json_dumps(params, JSON_COMPACT) : strdup("null");
    if (text)
        buf_text(result, text);
    free(text);
    return SEARCH_OK;
}

static enum search_status run_big(const json_t *params, struct buf *result)
{
    json_int_t bytes = json_integer_value(json_object_get(params, "bytes"));
    buf_byte(result, '"');
    for (json_int_t i = 0; i < bytes; i++)
        buf_byte(result, 'x');
    buf_byte(result, '"');
    return SEARCH_OK;
}

static enum search_status run_fail(const json_t *params, struct search_error *error)
{
    const char *message = json_string_value(json_object_get(params, "message"));
    error->code = (int)json_integer_value(json_object_get(params, "code"));
    snprintf(error->message, sizeof error->message, "%s", message ? message : "");
    return SEARCH_FAILED;
}

static enum search_status run_wait(struct buf *result)
{
    pthread_mutex_lock(&lock);
    waiting++;
    while (!is_gate_open)
        pthread_cond_wait(&gate, &lock);
    waiting--;
    pthread_mutex_unlock(&lock);
    buf_text(result, "\"waited\"");
    return SEARCH_OK;
}

/* What is kept: the revision, how many ran, `bytes` of text, and a time that none can have taken. */
static enum search_status run_kept(const struct snapshot *snapshot, const json_t *params, struct buf *result)
{
    buf_printf(result, "{\"revision\":\"%s\",\"epoch\":%d,\"runs\":%d,\"text\":", snapshot->revision,
               snapshot->epoch, fake_runs());
    run_big(params, result);
    buf_text(result, ",\"took_us\":987654321}");
    return SEARCH_OK;
}

static enum search_status run_method(struct snapshot *snapshot, unsigned worker, const char *method,
                                     const json_t *params, struct buf *result, struct search_error *error)
{
    if (strcmp(method, "wait") == 0)
        return run_wait(result);
    if (strcmp(method, "big") == 0)
        return run_big(params, result);
    if (strcmp(method, "fail") == 0)
        return run_fail(params, error);
    if (strcmp(method, "kept") == 0)
        return json_object_get(params, "message") ? run_fail(params, error)
                                                  : run_kept(snapshot, params, result);
    if (strcmp(method, "revision") == 0)
        buf_printf(result, "{\"revision\":\"%s\",\"worker\":%u}", snapshot->revision, worker);
    if (strcmp(method, "runs") == 0)
        buf_printf(result, "%d", fake_runs());
    return strcmp(method, "echo") == 0 ? run_echo(params, result) : SEARCH_OK;
}

enum search_status search_run(struct snapshot *snapshot, unsigned worker, const char *method,
                              const json_t *params, struct buf *result, struct search_error *error)
{
    atomic_fetch_add(&runs, 1);
    if (worker >= snapshot->workers || atomic_exchange(&is_busy[worker], true))
        atomic_store(&is_misused, true);
    enum search_status status = SEARCH_CHANGED;
    if (atomic_load(&changes) <= 0) {
        status = run_method(snapshot, worker, method, params, result, error);
    } else {
        atomic_fetch_sub(&changes, 1);
        buf_text(result, "half an answer");
    }
    if (atomic_load(&snapshot->mark) != LIVE)
        atomic_store(&is_misused, true);
    atomic_store(&is_busy[worker], false);
    return status;
}

char *search_understood(struct snapshot *snapshot, unsigned worker, const char *method, const json_t *params)
{
    (void)snapshot, (void)worker, (void)params;
    return strdup(method);
}

void search_end_without_memory(void)
{
}

void search_set_limits(const struct search_limits *limits)
{
    (void)limits;
}

bool search_has_method(const char *method)
{
    static const char *const METHODS[] = {"echo", "wait",  "big",    "fail", "revision",
                                          "runs", "empty", "search", "kept"};
    for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++)
        if (strcmp(METHODS[i], method) == 0)
            return true;
    return false;
}

bool search_key(const char *method, const json_t *params, struct buf *to)
{
    char *text = params ? json_dumps(params, JSON_COMPACT | JSON_SORT_KEYS) : strdup("{}");
    bool is_kept = text && strcmp(method, "kept") == 0;
    buf_text(to, is_kept ? text : "");
    free(text);
    return is_kept && !buf_failed(to);
}
