/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/peers.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/document.h"
#include "indexer/register/field.h"
#include "indexer/register/record.h"
#include "tests/bench/engines.h"

/* ---- as a dump for scriptindex: NAME=VALUE, further lines of a value begin with '=' ---- */

static void put_dump_value(FILE *dump, const char *name, const char *value)
{
    fprintf(dump, "%s=", name);
    for (; *value; value++) {
        fputc(*value, dump);
        if (*value == '\n')
            fputc('=', dump);
    }
    fputc('\n', dump);
}

static void dump_add(FILE *dump, const struct bench_record *record)
{
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        if (record->parts[part])
            put_dump_value(dump, field_parts()[part]->name, record->parts[part]);
    for (int facet = 0; facet < BENCH_FACETS; facet++)
        for (size_t i = 0; i < record->value_counts[facet]; i++) {
            MEM_AUTO char *name = mem_format("facet_%s", BENCH_FACET_NAMES[facet]);
            put_dump_value(dump, name, record->values[facet][i]);
        }
    fputc('\n', dump);
}

/* ---- records ---- */

struct sink {
    struct raw_builder *raw;
    struct plain_builder *plain;
    struct fts5_engine *fts5;
    FILE *dump, *groonga;
};

/* The levels above a path's value stand for it too. */
static void add_levels(struct strlist *values)
{
    size_t count = values->len;
    for (size_t i = 0; i < count; i++) {
        MEM_AUTO char *path = mem_text(values->items[i]);
        for (char *cut = path; (cut = strstr(cut, FIELD_PATH_SEPARATOR)) != NULL; cut++) {
            *cut = '\0';
            strlist_add_unique(values, path);
            *cut = FIELD_PATH_SEPARATOR[0];
        }
    }
}

static void hand_over(const struct sink *sink, const struct record *record)
{
    MEM_AUTO char *identity = mem_format(DOCUMENT_IDENTITY_PREFIX "%s", record->id);
    struct bench_record handed = {.identity = identity};
    struct strlist values[BENCH_FACETS] = {0};
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        handed.parts[part] = field_part_text(field_parts()[part], record);
    for (int facet = 0; facet < BENCH_FACETS; facet++) {
        const struct field *field = field_find(BENCH_FACET_NAMES[facet]);
        field_record_values(field, record, &values[facet]);
        if (field->kind == FIELD_PATHS)
            add_levels(&values[facet]);
        handed.values[facet] = (const char *const *)values[facet].items;
        handed.value_counts[facet] = values[facet].len;
    }
    if (sink->raw)
        raw_add(sink->raw, &handed);
    else if (sink->plain)
        plain_add(sink->plain, &handed);
    else if (sink->fts5)
        fts5_add(sink->fts5, &handed);
    else if (sink->groonga)
        groonga_add(sink->groonga, &handed);
    else
        dump_add(sink->dump, &handed);
    for (int facet = 0; facet < BENCH_FACETS; facet++)
        strlist_free(&values[facet]);
}

static int read_register(const char *path, const struct sink *sink, struct error *error)
{
    FILE *file = fopen(path, "r");
    if (!file) {
        error_set(error, "%s cannot be read", path);
        return -1;
    }
    char *line = NULL;
    size_t cap = 0;
    int status = 0;
    while (status == 0 && getline(&line, &cap, file) > 0) {
        json_t *object = json_loads(line, 0, NULL);
        RECORD_AUTO struct record *record = object ? record_from_json(object, error) : NULL;
        json_decref(object);
        if (record)
            hand_over(sink, record);
        else
            status = -1;
    }
    free(line);
    fclose(file);
    return status;
}

int peers_build(const char *kind, const char *path, const char *to, struct error *error)
{
    struct sink sink = {0};
    if (strcmp(kind, "raw") == 0)
        sink.raw = raw_begin(to);
    else if (strcmp(kind, "plain") == 0)
        sink.plain = plain_create(to);
    else if (strcmp(kind, "fts5") == 0)
        sink.fts5 = fts5_create(to);
    else if (strcmp(kind, "omega") == 0)
        sink.dump = fopen(to, "w");
    else if (strcmp(kind, "groonga") == 0)
        sink.groonga = fopen(to, "w");
    if (!sink.raw && !sink.plain && !sink.fts5 && !sink.dump && !sink.groonga) {
        error_set(error, "%s: cannot be written as \"%s\"; there are raw, plain, fts5, omega and groonga", to,
                  kind);
        return -1;
    }
    if (sink.groonga)
        groonga_begin(sink.groonga);
    int status = read_register(path, &sink, error);
    if (sink.groonga)
        groonga_end(sink.groonga);
    if (sink.raw)
        raw_finish(sink.raw);
    else if (sink.plain)
        plain_finish(sink.plain);
    else if (sink.fts5)
        fts5_finish(sink.fts5);
    else if (fclose(sink.dump ? sink.dump : sink.groonga) != 0) {
        error_set(error, "%s cannot be written", to);
        status = -1;
    }
    return status;
}
