/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/metrics.h"

#include <string.h>

#include "daemon/wire/rpc.h"

static const struct {
    int code;
    const char *number, *name;
} CODES[METRIC_CODES] = {
    {RPC_PARSE_ERROR, "-32700", "parse_error"},
    {RPC_INVALID_REQUEST, "-32600", "invalid_request"},
    {RPC_UNKNOWN_METHOD, "-32601", "unknown_method"},
    {RPC_INVALID_PARAMS, "-32602", "bad_parameter"},
    {RPC_INTERNAL, "-32603", "internal_error"},
    {RPC_OVERLOADED, "-32001", "overloaded"},
    {RPC_DEADLINE, "-32002", "deadline"},
    {RPC_NOT_FOUND, "-32003", "not_found"},
    {RPC_NO_INDEX, "-32004", "no_index"},
    {0, "other", "other"},
};

static const char *const METHODS[METRIC_METHODS] = {"search",  "get",     "facets",  "similar",
                                                    "compare", "suggest", "changes", "export",
                                                    "schema",  "status",  "other"};

static const struct {
    uint64_t ns;
    const char *name;
} BUCKETS[METRIC_BUCKETS] = {
    {100000, "0.0001"},  {250000, "0.00025"}, {500000, "0.0005"},  {1000000, "0.001"},  {2500000, "0.0025"},
    {5000000, "0.005"},  {10000000, "0.01"},  {25000000, "0.025"}, {50000000, "0.05"},  {100000000, "0.1"},
    {250000000, "0.25"}, {1000000000, "1"},   {2500000000, "2.5"}, {10000000000, "10"},
};

static size_t code_place(int code)
{
    size_t place = 0;
    while (place < METRIC_CODES - 1 && CODES[place].code != code)
        place++;
    return place;
}

const char *metric_code_number(size_t place)
{
    return CODES[place].number;
}

const char *metric_code_name(size_t place)
{
    return CODES[place].name;
}

const char *metric_method_name(size_t place)
{
    return METHODS[place];
}

const char *metric_door_name(enum metric_door door)
{
    return door == METRIC_HTTP ? "http" : "socket";
}

const char *metric_bucket_name(size_t bucket)
{
    return bucket < METRIC_BUCKETS ? BUCKETS[bucket].name : "+Inf";
}

static size_t method_place(const char *method)
{
    size_t place = 0;
    while (place < METRIC_METHODS - 1 && (!method || strcmp(METHODS[place], method) != 0))
        place++;
    return place;
}

void metrics_answer(struct metrics *metrics, enum metric_door door, const char *method, int code,
                    uint64_t took_ns)
{
    struct metric_calls *calls = &metrics->doors[door][method_place(method)];
    size_t bucket = 0;
    while (bucket < METRIC_BUCKETS && took_ns > BUCKETS[bucket].ns)
        bucket++;
    calls->buckets[bucket]++;
    calls->total_ns += took_ns;
    if (code == 0) {
        calls->results++;
        metrics->results++;
    } else {
        calls->errors[code_place(code)]++;
        metrics->errors[code_place(code)]++;
    }
}
