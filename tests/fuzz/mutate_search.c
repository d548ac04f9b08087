/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Changes parameters as parameters: most changes of bytes make JSON that is none. Three times in four a
 * member is set, taken out, or given another value that means something; else, and where the input is no
 * JSON, bytes are changed as ever.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* Values of parameters, as JSON. What stands in the register's sample comes up often enough to be found. */
static const char *const texts[] = {"\"risk\"",
                                    "\"risk str\"",
                                    "\"data AND \\\"health s\"",
                                    "\"dataset:hos\"",
                                    "\"section 25\"",
                                    "\"NIC-5\"",
                                    "\"risk stratification\"",
                                    "\"data OR wait*\"",
                                    "\"-s251 ward\"",
                                    "\"\\\"risk stratification\\\" AND s261\"",
                                    "\"objectives:(data NEAR/5 care)\"",
                                    "\"since:2021-02\"",
                                    "\"year:2018..2020\"",
                                    "\"NOT NOT (a OR NOT b)\"",
                                    "\"\"",
                                    "\"Identifiable\"",
                                    "\"Yes\"",
                                    "\"No > data flow is not identifiable\"",
                                    "\"s251\"",
                                    "\"section 261(2)(b)(ii)\"",
                                    "\"Health and Social Care Act 2012\"",
                                    "\"UK GDPR\"",
                                    "\"(none)\"",
                                    "\"2020-08\"",
                                    "\"2021-02\"",
                                    "\"2019\"",
                                    "\"2019-04-01\"",
                                    "\"yes\"",
                                    "\"emergency-care-dataset-ecds\"",
                                    "\"One-Off\"",
                                    "\"1.2\"",
                                    "\"Academic\"",
                                    "\"count\"",
                                    "\"value\"",
                                    "\"releases\"",
                                    "\"records\"",
                                    "\"any\"",
                                    "\"all\"",
                                    "\"-start\"",
                                    "\"title\"",
                                    "\"page_files\"",
                                    "\"relevance\"",
                                    "\"objectives\"",
                                    "\"benefits\"",
                                    "\"NIC-500001-A1B2C\"",
                                    "\"DARS-NIC-500001-A1B2C-v1.2@2020-08\""};
static const char *const values[] = {
    "0",
    "1",
    "3",
    "100",
    "1000",
    "100000",
    "-1",
    "2.5",
    "true",
    "false",
    "null",
    "[]",
    "{}",
    "[\"Identifiable\"]",
    "[\"Yes\",\"No\"]",
    "[\"s251\",\"s261\"]",
    "[\"(none)\"]",
    "[\"2021-02\"]",
    "{\"from\":\"2018\"}",
    "{\"question\":\"0\",\"id\":\"GPCENSUS\",\"value\":null}",
    "{\"question\":\"0\",\"id\":\"NIC\",\"value\":20180101}",
    "{\"question\":\"0\",\"id\":\"DARS-NIC-5\",\"value\":\"d\"}",
    "{\"question\":\"0\",\"id\":\"GPCENSUS\",\"value\":1.5,\"rank\":3,\"revision\":\"0123456789abcdef\"}",
    "{\"question\":\"0\",\"id\":\"a\",\"value\":null,\"params\":{\"q\":\"data\",\"sort\":\"id\"}}",
    "{\"question\":\"0\",\"id\":\"a\",\"value\":null,\"params\":{}}",
    "{\"to\":\"2020-01-01\"}",
    "{\"from\":\"2019-01\",\"to\":\"2021\"}",
    "[\"legal_basis\",\"dataset\"]",
    "[{\"name\":\"legal_basis\",\"parent\":\"Health and Social Care Act 2012\"}]",
    "[{\"name\":\"opt_outs\",\"count\":\"releases\",\"as\":\"o\",\"limit\":2,\"offset\":1}]",
    "[{\"name\":\"dataset\",\"contains\":\"care\",\"sort\":\"value\"},\"dataset\"]"};
static const char *const facets[] = {"legal_basis",
                                     "opt_outs",
                                     "identifiability",
                                     "duty_of_confidence",
                                     "dataset",
                                     "sensitivity",
                                     "method",
                                     "organisation",
                                     "organisation_type",
                                     "controller",
                                     "commercial",
                                     "sublicensing",
                                     "in_force",
                                     "edition",
                                     "flag",
                                     "group",
                                     "version"};
static const char *const members[] = {
    "copies", "q",        "filters",  "facets",       "match",    "parts",       "sort",
    "offset", "limit",    "snippets", "same_release", "history",  "explain",     "newest_version",
    "name",   "parent",   "contains", "count",        "id",       "fold_copies", "cursor",
    "rank",   "revision", "question", "value",        "params",   "edition",     "ids",
    "from",   "to",       "start",    "end",          "released", "changed",     "fields"};

#define PICK(table, random) table[(random) % (sizeof(table) / sizeof *(table))]

static uint64_t next_number(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state >> 8;
}

static json_t *random_value(uint64_t *state)
{
    uint64_t random = next_number(state);
    const char *json = random % 2 ? PICK(texts, random / 2) : PICK(values, random / 2);
    return json_loads(json, JSON_DECODE_ANY, NULL);
}

static const char *random_name(uint64_t *state)
{
    uint64_t random = next_number(state);
    return random % 2 ? PICK(facets, random / 2) : PICK(members, random / 2);
}

/* Asks for a facet, or chooses one of its values: what parameters are most about. */
static void change_facets(json_t *params, uint64_t *state)
{
    uint64_t random = next_number(state);
    const char *name = random % 2 ? "facets" : "filters", *facet = PICK(facets, random / 4);
    json_t *inner = json_object_get(params, name);
    if (random % 2 == 0) {
        if (!json_is_object(inner))
            json_object_set_new(params, name, inner = json_object());
        const char *text = PICK(texts, next_number(state));
        json_object_set_new(inner, facet, json_pack("[o]", json_loads(text, JSON_DECODE_ANY, NULL)));
        return;
    }
    if (!json_is_array(inner))
        json_object_set_new(params, name, inner = json_array());
    json_array_append_new(inner, json_string(facet));
}

static void change_object(json_t *object, uint64_t *state)
{
    uint64_t random = next_number(state);
    size_t at = json_object_size(object) ? next_number(state) % json_object_size(object) : 0;
    void *member = json_object_iter(object);
    for (; member && at > 0; at--)
        member = json_object_iter_next(object, member);
    json_t *value = member ? json_object_iter_value(member) : NULL;
    if (!member || random % 4 == 0)
        json_object_set_new(object, random_name(state), random_value(state));
    else if (random % 4 == 1)
        json_object_del(object, json_object_iter_key(member));
    else if (random % 4 == 2 || !json_is_object(value))
        json_object_iter_set_new(object, member, random_value(state));
    else
        change_object(value, state);
}

/* The length of the line before the parameters that names a method, its end included. */
static size_t head_length(const uint8_t *data, size_t size)
{
    const uint8_t *line = size && *data != '{' ? memchr(data, '\n', size) : NULL;
    return line ? (size_t)(line - data) + 1 : 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    uint64_t state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    size_t head = head_length(data, size);
    json_t *params = json_loadb((const char *)data + head, size - head, JSON_ALLOW_NUL, NULL);
    if (!json_is_object(params) || next_number(&state) % 4 == 0) {
        json_decref(params);
        return LLVMFuzzerMutate(data, size, max_size);
    }
    for (uint64_t changes = 1 + next_number(&state) % 3; changes > 0; changes--)
        next_number(&state) % 2 ? change_facets(params, &state) : change_object(params, &state);
    MEM_AUTO char *text = json_dumps(params, JSON_COMPACT);
    json_decref(params);
    size_t len = text ? strlen(text) : 0;
    if (!len || head + len > max_size)
        return LLVMFuzzerMutate(data, size, max_size);
    memcpy(data + head, text, len);
    return head + len;
}
