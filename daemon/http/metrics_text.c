/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/http/metrics_text.h"

#include <inttypes.h>

static const unsigned statuses[METRICS_STATUSES - 1] = {200, 202, 204, 302, 304, 400, 404, 405, 408, 413,
                                                        414, 415, 421, 429, 431, 500, 501, 503, 505};

size_t metrics_status_place(unsigned status)
{
    size_t place = 0;
    while (place < METRICS_STATUSES - 1 && statuses[place] != status)
        place++;
    return place;
}

static void put_family(struct buf *to, const char *name, const char *type, const char *help)
{
    buf_printf(to, "# HELP purposed_%s %s\n# TYPE purposed_%s %s\n", name, help, name, type);
}

static void put_one(struct buf *to, const char *name, const char *type, const char *help, uint64_t value)
{
    put_family(to, name, type, help);
    buf_printf(to, "purposed_%s %" PRIu64 "\n", name, value);
}

static uint64_t answered(const struct metric_calls *calls)
{
    uint64_t sum = calls->results;
    for (size_t i = 0; i < METRIC_CODES; i++)
        sum += calls->errors[i];
    return sum;
}

static void put_requests(struct buf *to, enum metric_door door, const char *method,
                         const struct metric_calls *calls)
{
    static const char LINE[] =
        "purposed_requests_total{door=\"%s\",method=\"%s\",outcome=\"%s\"} %" PRIu64 "\n";
    if (calls->results)
        buf_printf(to, LINE, metric_door_name(door), method, "ok", calls->results);
    for (size_t i = 0; i < METRIC_CODES; i++)
        if (calls->errors[i])
            buf_printf(to, LINE, metric_door_name(door), method, metric_code_name(i), calls->errors[i]);
}

static void put_histogram(struct buf *to, enum metric_door door, const char *method,
                          const struct metric_calls *calls)
{
    static const char NAME[] = "purposed_request_duration_seconds";
    const char *is = metric_door_name(door);
    uint64_t sum = 0;
    for (size_t i = 0; i <= METRIC_BUCKETS; i++) {
        sum += calls->buckets[i];
        buf_printf(to, "%s_bucket{door=\"%s\",method=\"%s\",le=\"%s\"} %" PRIu64 "\n", NAME, is, method,
                   metric_bucket_name(i), sum);
    }
    buf_printf(to, "%s_sum{door=\"%s\",method=\"%s\"} %.9f\n", NAME, is, method,
               (double)calls->total_ns / 1e9);
    buf_printf(to, "%s_count{door=\"%s\",method=\"%s\"} %" PRIu64 "\n", NAME, is, method, sum);
}

static void put_calls(struct buf *to, const struct metrics *metrics,
                      void (*put)(struct buf *, enum metric_door, const char *, const struct metric_calls *))
{
    for (enum metric_door door = 0; door < METRIC_DOORS; door++)
        for (size_t i = 0; i < METRIC_METHODS; i++)
            if (answered(&metrics->doors[door][i]))
                put(to, door, metric_method_name(i), &metrics->doors[door][i]);
}

static void put_http(struct buf *to, const struct metrics_now *now)
{
    put_family(to, "http_responses_total", "counter", "Replies over HTTP, by status.");
    for (size_t i = 0; i < METRICS_STATUSES; i++) {
        if (!now->statuses[i])
            continue;
        if (i < METRICS_STATUSES - 1)
            buf_printf(to, "purposed_http_responses_total{status=\"%u\"} %" PRIu64 "\n", statuses[i],
                       now->statuses[i]);
        else
            buf_printf(to, "purposed_http_responses_total{status=\"other\"} %" PRIu64 "\n", now->statuses[i]);
    }
    put_family(to, "connections", "gauge", "Connections open.");
    buf_printf(to, "purposed_connections{door=\"socket\"} %" PRIu64 "\n", now->sessions);
    buf_printf(to, "purposed_connections{door=\"http\"} %" PRIu64 "\n", now->http_connections);
}

static void put_index(struct buf *to, const struct metrics_now *now)
{
    put_one(to, "index_available", "gauge", "1 while there is an index to answer from.",
            now->revision != NULL);
    if (now->revision) {
        put_family(to, "index_info", "gauge", "The epoch that is served.");
        buf_printf(to, "purposed_index_info{revision=\"%s\"} 1\n", now->revision);
    }
    put_one(to, "index_records", "gauge", "Records of that epoch.", now->records);
    put_one(to, "index_memory_bytes", "gauge", "Memory that its columns hold.", now->index_bytes);
}

static void put_cache(struct buf *to, const struct replies_counts *counts)
{
    put_one(to, "cache_hits_total", "counter", "Questions answered with a reply that was kept.",
            counts->hits);
    put_one(to, "cache_misses_total", "counter", "Questions looked for in vain.", counts->misses);
    put_one(to, "cache_evicted_total", "counter", "Replies that made room for others.", counts->evicted);
    put_one(to, "cache_entries", "gauge", "Replies kept.", counts->entries);
    put_one(to, "cache_bytes", "gauge", "Memory they take.", counts->bytes);
    put_one(to, "cache_max_bytes", "gauge", "Memory they may take.", counts->max);
}

void metrics_put(struct buf *to, const struct metrics *metrics, const struct metrics_now *now)
{
    put_family(to, "build_info", "gauge", "The version that runs.");
    buf_text(to, "purposed_build_info{version=\"" PURPOSED_VERSION "\"} 1\n");
    put_family(to, "uptime_seconds", "gauge", "Since the start.");
    buf_printf(to, "purposed_uptime_seconds %.3f\n", now->uptime_s);
    put_one(to, "resident_memory_bytes", "gauge", "Memory of the process.", now->resident_bytes);
    put_family(to, "requests_total", "counter", "Calls answered, by door, method and outcome.");
    put_calls(to, metrics, put_requests);
    put_family(to, "request_duration_seconds", "histogram", "From a call's arrival to its answer.");
    put_calls(to, metrics, put_histogram);
    put_one(to, "reruns_total", "counter", "Runs repeated because the index moved on.", metrics->reruns);
    put_one(to, "connections_accepted_total", "counter", "Connections accepted.", metrics->accepted);
    put_one(to, "connections_refused_total", "counter", "Connections refused: too many.", metrics->refused);
    put_one(to, "connections_cut_off_total", "counter", "Connections cut off.", metrics->cut_off);
    put_http(to, now);
    put_one(to, "queue_waiting", "gauge", "Calls waiting for a worker.", now->waiting);
    put_one(to, "queue_bytes", "gauge", "Bytes of those calls.", now->waiting_bytes);
    put_one(to, "workers_running", "gauge", "Workers that are searching.", now->running);
    put_one(to, "workers", "gauge", "Workers there are.", now->workers);
    put_cache(to, &now->replies);
    put_index(to, now);
}
