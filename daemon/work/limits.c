/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/limits.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#define FIELD(name) offsetof(struct limits, name)
#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)
#define SECONDS UINT64_C(1000)

const struct limit_field LIMIT_FIELDS[] = {
    {"workers", LIMIT_COUNT, FIELD(workers), 0, 1, WORKERS_MAX,
     "threads that search; one for each processor"},
    {"queue", LIMIT_COUNT, FIELD(queue), 1024, 1, 65536, "calls waiting for a worker; more are refused"},
    {"queue-bytes", LIMIT_BYTES, FIELD(queue_bytes), 32 * MIB, KIB, 1024 * MIB, "of those calls' lines"},
    {"cache-bytes", LIMIT_BYTES, FIELD(cache_bytes), 16 * MIB, 0, 4096 * MIB,
     "of replies kept for who asks the same; 0: none"},
    {"kept-bytes", LIMIT_BYTES, FIELD(search.kept_bytes), SEARCH_KEPT_BYTES, 0, 4096 * MIB,
     "of sets and texts kept to answer others with; 0: none"},
    {"connections", LIMIT_COUNT, FIELD(connections), 256, 1, 10000, "open at once"},
    {"in-flight", LIMIT_COUNT, FIELD(in_flight), 64, 1, 10000,
     "unanswered calls of one connection, or over HTTP of one address"},
    {"line-bytes", LIMIT_BYTES, FIELD(line_bytes), MIB, KIB, 16 * MIB, "of a request line"},
    {"reply-bytes", LIMIT_BYTES, FIELD(reply_bytes), 16 * MIB, KIB, 256 * MIB, "of a reply"},
    {"output-bytes", LIMIT_BYTES, FIELD(output_bytes), 32 * MIB, KIB, 1024 * MIB,
     "a connection may leave unread"},
    {"deadline", LIMIT_MS, FIELD(deadline_ms), 10 * SECONDS, 1, 3600 * SECONDS,
     "a call may wait for a worker"},
    {"idle-timeout", LIMIT_MS, FIELD(idle_ms), 600 * SECONDS, 0, 86400 * SECONDS,
     "a connection may say nothing; 0: for ever"},
    {"line-timeout", LIMIT_MS, FIELD(line_ms), 30 * SECONDS, 1, 3600 * SECONDS,
     "from a line's first byte to its end"},
    {"http-timeout", LIMIT_MS, FIELD(http_ms), 30 * SECONDS, 1, 3600 * SECONDS,
     "for an HTTP request to come whole"},
    {"write-timeout", LIMIT_MS, FIELD(write_ms), 30 * SECONDS, 1, 3600 * SECONDS,
     "a connection may leave replies unread"},
    {"drain-timeout", LIMIT_MS, FIELD(drain_ms), 30 * SECONDS, 1, 3600 * SECONDS,
     "for calls in flight when stopped"},
    {"query-bytes", LIMIT_BYTES, FIELD(search.query_bytes), SEARCH_QUERY_MAX, 16, MIB, "of a query text"},
    {"query-words", LIMIT_COUNT, FIELD(search.query_words), SEARCH_QUERY_WORDS_MAX, 1, 65536, "in a query"},
    {"expansions", LIMIT_COUNT, FIELD(search.expansions), SEARCH_EXPANSIONS_MAX, 1, 100000,
     "words that a prefix stands for"},
    {"hits", LIMIT_COUNT, FIELD(search.hits), SEARCH_LIMIT_MAX, 1, 100000, "in a reply"},
    {"window", LIMIT_COUNT, FIELD(search.window), SEARCH_WINDOW_MAX, 1, 10000000,
     "hits that offset and limit reach to; cursors go on"},
    {"slow", LIMIT_MS, FIELD(slow_ms), 0, 0, 3600 * SECONDS,
     "from which on a call is logged, with its query; 0: none"},
};

const size_t LIMIT_FIELD_COUNT = sizeof LIMIT_FIELDS / sizeof LIMIT_FIELDS[0];

static uint64_t *place_of(struct limits *limits, const struct limit_field *field)
{
    return (uint64_t *)(void *)((char *)limits + field->offset);
}

void limits_init(struct limits *limits)
{
    for (size_t i = 0; i < LIMIT_FIELD_COUNT; i++)
        *place_of(limits, &LIMIT_FIELDS[i]) = LIMIT_FIELDS[i].standard;
    unsigned processors = uv_available_parallelism();
    limits->workers = processors < WORKERS_MAX ? processors : WORKERS_MAX;
}

uint64_t limits_get(const struct limits *limits, const struct limit_field *field)
{
    return *(const uint64_t *)(const void *)((const char *)limits + field->offset);
}

/* The factor that a unit's letter stands for, 0 where it is none. */
static uint64_t bytes_factor(const char *unit)
{
    static const char LETTERS[] = "KMG";
    if (*unit == '\0')
        return 1;
    const char *letter = strchr(LETTERS, toupper((unsigned char)*unit));
    return letter && unit[1] == '\0' ? KIB << (10 * (letter - LETTERS)) : 0;
}

static bool read_number(const char *text, enum limit_unit unit, uint64_t most, uint64_t *ret_number)
{
    char *end;
    errno = 0;
    if (!isdigit((unsigned char)*text))
        return false;
    if (unit == LIMIT_MS) {
        double seconds = strtod(text, &end);
        if (*end || errno || !isfinite(seconds) || seconds * 1000 > (double)most)
            return false;
        /* The shortest there is: 0 would say that there is none. */
        *ret_number = seconds > 0 && seconds < 0.001 ? 1 : (uint64_t)(seconds * 1000 + 0.5);
        return true;
    }
    unsigned long long number = strtoull(text, &end, 10);
    uint64_t factor = unit == LIMIT_BYTES ? bytes_factor(end) : *end == '\0';
    if (errno || factor == 0 || number > most / factor)
        return false;
    *ret_number = number * factor;
    return true;
}

int limits_set(struct limits *limits, const struct limit_field *field, const char *text, struct error *error)
{
    uint64_t number;
    if (read_number(text, field->unit, field->most, &number) && number >= field->least) {
        *place_of(limits, field) = number;
        return 0;
    }
    if (field->unit == LIMIT_MS)
        error_set(error, "--%s takes seconds, %g to %g, not \"%s\"", field->option,
                  (double)field->least / 1000, (double)field->most / 1000, text);
    else
        error_set(error, "--%s takes a number%s, %" PRIu64 " to %" PRIu64 ", not \"%s\"", field->option,
                  field->unit == LIMIT_BYTES ? " of bytes (K, M and G are known)" : "", field->least,
                  field->most, text);
    return -1;
}
