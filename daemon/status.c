/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `status`: what the daemon serves, how busy it is, and what its limits are. */
#include <stdio.h>

#include "daemon/internal.h"
#include "indexer/base/json_text.h"

enum { PROBLEM_SHOWN = 512 /* bytes of what is wrong with the index */ };

static void put_number(struct buf *to, const char *name, uint64_t number)
{
    json_text_member(to, name);
    json_text_number(to, (long long)number);
}

static void put_text(struct buf *to, const char *name, const char *text)
{
    json_text_member(to, name);
    json_text_or_null(to, text);
}

static void open_object(struct buf *to, const char *name)
{
    json_text_member(to, name);
    buf_byte(to, '{');
}

/* What is kept for this epoch (daemon/search/kept.h). */
static void put_kept(struct buf *to, const struct snapshot *snapshot)
{
    const struct search_kept kept = snapshot ? snapshot_kept(snapshot) : (struct search_kept){0};
    open_object(to, "kept");
    put_number(to, "sets", kept.sets);
    put_number(to, "texts", kept.texts);
    put_number(to, "words", kept.words);
    put_number(to, "bytes", kept.bytes);
    put_number(to, "bytes_max", kept.bytes_max);
    put_number(to, "hits", kept.hits);
    put_number(to, "misses", kept.misses);
    put_number(to, "text_hits", kept.text_hits);
    put_number(to, "text_misses", kept.text_misses);
    buf_byte(to, '}');
}

static void put_index(struct buf *to, struct daemon *daemon, const struct snapshot *snapshot)
{
    char problem[PROBLEM_SHOWN];
    epochs_problem(daemon->epochs, problem, sizeof problem);
    open_object(to, "index");
    put_text(to, "db", daemon->options.db);
    put_text(to, "revision", snapshot ? snapshot_revision(snapshot) : NULL);
    put_number(to, "records", snapshot ? snapshot_record_count(snapshot) : 0);
    put_number(to, "memory_bytes", snapshot ? snapshot_memory(snapshot) : 0);
    put_text(to, "problem", problem[0] ? problem : NULL);
    put_kept(to, snapshot);
    buf_byte(to, '}');
    put_text(to, "revision", snapshot ? snapshot_revision(snapshot) : NULL);
}

static void put_queue(struct buf *to, struct daemon *daemon)
{
    struct workers_load load = workers_load(daemon->workers);
    open_object(to, "queue");
    put_number(to, "waiting", load.waiting);
    put_number(to, "waiting_bytes", load.bytes);
    put_number(to, "running", load.running);
    buf_byte(to, '}');
}

static void put_cache(struct buf *to, struct daemon *daemon)
{
    struct replies_counts counts = workers_replies(daemon->workers);
    uint64_t asked = counts.hits + counts.misses;
    open_object(to, "cache");
    put_number(to, "bytes", counts.bytes);
    put_number(to, "entries", counts.entries);
    put_number(to, "hits", counts.hits);
    put_number(to, "misses", counts.misses);
    put_number(to, "evicted", counts.evicted);
    json_text_member(to, "hit_rate");
    if (asked)
        json_text_decimal(to, (double)counts.hits / (double)asked);
    else
        json_text_or_null(to, NULL);
    buf_byte(to, '}');
}

static void put_connections(struct buf *to, const struct daemon *daemon)
{
    const struct metrics *metrics = &daemon->metrics;
    open_object(to, "connections");
    put_number(to, "open", daemon_connections(daemon));
    put_number(to, "http", daemon->http ? http_connections(daemon->http) : 0);
    put_number(to, "accepted", metrics->accepted);
    put_number(to, "refused", metrics->refused);
    put_number(to, "cut_off", metrics->cut_off);
    put_number(to, "bytes_in", metrics->bytes_in);
    put_number(to, "bytes_out", metrics->bytes_out);
    buf_byte(to, '}');
}

static void put_calls(struct buf *to, const struct metrics *metrics)
{
    open_object(to, "calls");
    put_number(to, "received", metrics->calls);
    put_number(to, "notifications", metrics->notifications);
    put_number(to, "results", metrics->results);
    put_number(to, "reruns", metrics->reruns);
    put_number(to, "waited_us", metrics->waited_ns / 1000);
    put_number(to, "searched_us", metrics->searched_ns / 1000);
    open_object(to, "errors");
    for (size_t i = 0; i < METRIC_CODES; i++)
        if (metrics->errors[i])
            put_number(to, metric_code_number(i), metrics->errors[i]);
    buf_text(to, "}}");
}

static void put_limits(struct buf *to, const struct limits *limits)
{
    char name[64];
    open_object(to, "limits");
    for (size_t i = 0; i < LIMIT_FIELD_COUNT; i++) {
        const struct limit_field *field = &LIMIT_FIELDS[i];
        snprintf(name, sizeof name, "%s%s", field->option, field->unit == LIMIT_MS ? "-ms" : "");
        for (char *at = name; *at; at++)
            if (*at == '-')
                *at = '_';
        put_number(to, name, limits_get(limits, field));
    }
    put_number(to, "batch", RPC_BATCH_MAX);
    put_number(to, "depth", RPC_DEPTH_MAX);
    buf_byte(to, '}');
}

static uint64_t resident_memory(void)
{
    size_t bytes = 0;
    return uv_resident_set_memory(&bytes) ? 0 : bytes;
}

int status_run(struct daemon *daemon, const json_t *params, struct buf *result, char *message, size_t size)
{
    if (params && json_object_size(params) > 0) {
        snprintf(message, size, "status takes no parameters, not \"%.64s\"",
                 json_object_iter_key(json_object_iter((json_t *)params)));
        return RPC_INVALID_PARAMS;
    }
    struct snapshot *snapshot = epochs_current(daemon->epochs);
    buf_byte(result, '{');
    put_text(result, "version", PURPOSED_VERSION);
    put_number(result, "uptime_ms", uv_now(daemon->loop) - daemon->metrics.started_ms);
    put_number(result, "memory_bytes", resident_memory());
    put_index(result, daemon, snapshot);
    put_queue(result, daemon);
    put_cache(result, daemon);
    put_connections(result, daemon);
    put_calls(result, &daemon->metrics);
    put_limits(result, &daemon->options.limits);
    buf_byte(result, '}');
    snapshot_unref(snapshot);
    if (!buf_failed(result))
        return 0;
    snprintf(message, size, "the reply would pass a reply's limit");
    return RPC_INVALID_PARAMS;
}
