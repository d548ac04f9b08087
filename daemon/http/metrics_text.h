/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts in Prometheus's text format (version 0.0.4). */
#ifndef PURPOSED_HTTP_METRICS_TEXT_H
#define PURPOSED_HTTP_METRICS_TEXT_H

#include "daemon/work/metrics.h"
#include "daemon/work/replies.h"
#include "indexer/base/buf.h"

enum { METRICS_STATUSES = 20 /* of HTTP, and one place for others */ };

/* What is so at the moment. */
struct metrics_now {
    double uptime_s;
    uint64_t resident_bytes;
    uint64_t waiting, waiting_bytes, running, workers;
    uint64_t sessions, http_connections;
    const char *revision; /* NULL: there is no index */
    struct replies_counts replies;
    uint64_t records, index_bytes;
    const uint64_t *statuses; /* METRICS_STATUSES replies of HTTP, as metrics_status_place() orders them */
};

size_t metrics_status_place(unsigned status);
void metrics_put(struct buf *to, const struct metrics *metrics, const struct metrics_now *now);

#endif
