/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon has done since it started. All of it is the loop's thread's. */
#ifndef PURPOSED_WORK_METRICS_H
#define PURPOSED_WORK_METRICS_H

#include <stddef.h>
#include <stdint.h>

enum {
    METRIC_CODES = 10,   /* the codes of enum rpc_code, and one place for others */
    METRIC_METHODS = 11, /* those of the contract, and one place for others */
    METRIC_BUCKETS = 14, /* of a histogram, and one more for what is slower */
};

enum metric_door { METRIC_SOCKET, METRIC_HTTP, METRIC_DOORS };

/* Calls of one method that came in by one door. */
struct metric_calls {
    uint64_t results, errors[METRIC_CODES];
    uint64_t buckets[METRIC_BUCKETS + 1]; /* by how long the answer took, waiting for its turn included */
    uint64_t total_ns;
};

struct metrics {
    uint64_t started_ms; /* of uv_now() */
    uint64_t accepted, refused, cut_off;
    uint64_t calls, notifications, results, reruns;
    uint64_t errors[METRIC_CODES]; /* in the order of metric_code_number() */
    uint64_t waited_ns, searched_ns;
    uint64_t bytes_in, bytes_out;
    struct metric_calls doors[METRIC_DOORS][METRIC_METHODS];
};

/* An answer to a call, `code` 0 for a result. `method` may be NULL or unknown. */
void metrics_answer(struct metrics *metrics, enum metric_door door, const char *method, int code,
                    uint64_t took_ns);

/* As "-32602", and in words as "bad_parameter"; "other" for the last place. *Borrowed*, for ever. */
const char *metric_code_number(size_t place);
const char *metric_code_name(size_t place);
const char *metric_method_name(size_t place);
const char *metric_door_name(enum metric_door door);
/* The upper end of a histogram's bucket, in seconds, as Prometheus spells it; "+Inf" for the last. */
const char *metric_bucket_name(size_t bucket);

#endif
