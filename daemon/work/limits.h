/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every limit of the daemon, named once, with its unit.
 *
 * Those of struct limits can be set: the table in limits.c gives each its option, bounds and help, and
 * `status` tells them. Those of the enum are fixed.
 */
#ifndef PURPOSED_DAEMON_LIMITS_H
#define PURPOSED_DAEMON_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "daemon/search/search.h"
#include "indexer/base/error.h"

enum {
    READ_CHUNK = 64 << 10, /* bytes read from a connection at once */
    OUTPUT_PAUSE =
        256 << 10, /* bytes of unsent replies from which on no further request of a connection is taken */
    INPUT_PAUSE = 1 << 20,  /* bytes of unanswered request lines from which on no further one is taken */
    OUTPUT_KEEP = 64 << 10, /* bytes of memory kept by a connection that has nothing to send */
    RERUNS_MAX = 5,         /* runs of one call whose index moved on under it */
    EPOCH_CHECK_MS = 250,   /* between two looks for a newer index */
    EPOCH_RETRY_MS = 2000,  /* before an index that could not be opened is tried again */
    LISTENERS_MAX = 16,     /* sockets listened on */
    LISTEN_BACKLOG = 128,   /* connections not yet accepted */
    SWEEP_MS_MIN = 10,      /* between two looks for connections past a deadline */
    SWEEP_MS_MAX = 1000,
    WORKERS_MAX = 64,
    DESCRIPTORS_KEPT = 128,    /* for all but connections and readers, those told to come again included */
    DESCRIPTORS_A_WORKER = 24, /* two readers of an index: that served, and the next */
    UNKNOWN_METHOD_SHOWN = 64, /* bytes of an unknown method's name that are repeated */
};

struct limits {
    uint64_t workers;      /* threads that search */
    uint64_t queue;        /* calls waiting for a worker; one more is refused (-32001) */
    uint64_t queue_bytes;  /* of the lines of those calls */
    uint64_t cache_bytes;  /* of replies kept to be given again; 0: none */
    uint64_t connections;  /* open at once; one more is told so and closed */
    uint64_t in_flight;    /* calls of one connection not yet answered; further lines wait unread */
    uint64_t line_bytes;   /* of a request line */
    uint64_t reply_bytes;  /* of a reply; a longer one becomes an error */
    uint64_t output_bytes; /* unsent to one connection; past it the connection is cut off */
    uint64_t deadline_ms;  /* a call may wait for a worker (-32002) */
    uint64_t idle_ms;      /* a connection may say nothing; 0: for ever */
    uint64_t line_ms;      /* from a line's first byte to its end */
    uint64_t http_ms;  /* for an HTTP request to come whole, from its connection's or the last reply's end */
    uint64_t write_ms; /* a connection may leave its replies unread */
    uint64_t drain_ms; /* for what is in flight once the daemon is told to stop */
    struct search_limits search;
    uint64_t slow_ms; /* from which on a call is told in the log; 0: none is */
};

enum limit_unit { LIMIT_COUNT, LIMIT_BYTES, LIMIT_MS };

struct limit_field {
    const char *option; /* as --OPTION, and its name in `status` */
    enum limit_unit unit;
    size_t offset; /* in struct limits */
    uint64_t standard, least, most;
    const char *help;
};

extern const struct limit_field LIMIT_FIELDS[];
extern const size_t LIMIT_FIELD_COUNT;

void limits_init(struct limits *limits);
uint64_t limits_get(const struct limits *limits, const struct limit_field *field);
/* Takes a whole number; bytes may end with K, M or G; times are seconds and may have a fraction. Returns 0,
 * or -1 with `error`, which names the option and what it takes. */
int limits_set(struct limits *limits, const struct limit_field *field, const char *text, struct error *error);

#endif
