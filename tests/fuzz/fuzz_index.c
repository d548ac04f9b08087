/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A source of any kind, all the way: read, understood, merged, indexed, and answered from. Nothing of it
 * keeps the index from being made; a second run finds nothing new; every record is found, can be got, and is
 * counted.
 */
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/search.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/sync.h"
#include "tests/fuzz/support.h"

enum { RESULT_MAX = 64 << 20 /* bytes */ };

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* Problems are told on stderr, thousands of them in a run of the fuzzer: not there (sanitizers write to its
 * descriptor, and are heard). */
static void run(const struct options *options, struct report *report)
{
    static FILE *nowhere;
    FILE *told = stderr;
    struct error error = ERROR_NONE;
    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    stderr = nowhere ? nowhere : told;
    report_start(report, true);
    int status = sync_run(options, report, &error);
    stderr = told;
    FUZZ_CHECK(status == 0, "%s: %s", error.place, error.text);
}

static json_t *ask(struct snapshot *snapshot, const char *method, json_t *params)
{
    BUF_AUTO struct buf bytes = BUF_INIT(RESULT_MAX);
    struct search_error refusal = {0};
    json_error_t error;
    enum search_status status = search_run(snapshot, 0, method, params, &bytes, &refusal);
    FUZZ_CHECK(status == SEARCH_OK, "%s: %s", method, refusal.message);
    json_t *result = json_loadb(bytes.data, bytes.len, JSON_REJECT_DUPLICATES, &error);
    FUZZ_CHECK(json_is_object(result), "no object (%s): %s", error.text, bytes.data);
    json_decref(params);
    return result;
}

static void check_records(struct snapshot *snapshot, const json_t *hits)
{
    size_t i;
    json_t *hit;
    json_array_foreach(hits, i, hit)
    {
        struct error error = ERROR_NONE;
        const char *id = json_string_value(json_object_get(hit, "id"));
        FUZZ_CHECK(id, "a hit without id");
        json_t *got = ask(snapshot, "get", json_pack("{ss}", "id", id));
        RECORD_AUTO struct record *record = record_from_json(got, &error);
        FUZZ_CHECK(record, "%s is no record: %s", id, error.text);
        FUZZ_CHECK(strcmp(record->id, id) == 0, "asked for %s, got %s", id, record->id);
        json_decref(got);
    }
}

/* Each value's count is the total that choosing it gives. */
static void check_facet(struct snapshot *snapshot, const char *facet, const json_t *values)
{
    size_t i;
    json_t *value;
    json_array_foreach(values, i, value)
    {
        json_t *key = json_object_get(value, "value");
        json_t *found = ask(snapshot, "search", json_pack("{s{s[O]}si}", "filters", facet, key, "limit", 0));
        json_int_t count = json_integer_value(json_object_get(value, "count"));
        json_int_t total = json_integer_value(json_object_get(found, "total"));
        FUZZ_CHECK(count == total && count > 0, "%s \"%s\" counts %lld, but gives %lld", facet,
                   json_string_value(key), (long long)count, (long long)total);
        json_decref(found);
    }
}

static void check_index(struct snapshot *snapshot, const struct report *report)
{
    size_t count;
    const struct field *const *facets = field_facets(&count);
    json_t *all = ask(snapshot, "search", json_pack("{si}", "limit", 10));
    FUZZ_CHECK(json_integer_value(json_object_get(all, "total")) == report->records,
               "%lld records, %lld found", (long long)report->records,
               (long long)json_integer_value(json_object_get(all, "total")));
    check_records(snapshot, json_object_get(all, "hits"));
    json_decref(all);
    for (size_t i = 0; i < count; i++) {
        json_t *counted = ask(snapshot, "facets", json_pack("{sssi}", "name", facets[i]->facet, "limit", 5));
        check_facet(snapshot, facets[i]->facet, json_object_get(counted, "values"));
        json_decref(counted);
    }
}

static void write_source(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");
    FUZZ_CHECK(file && fwrite(data, 1, size, file) == size && fclose(file) == 0, "%s cannot be written",
               path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[] = "/dev/shm/purposed-fuzz-XXXXXX";
    FUZZ_CHECK(mkdtemp(folder), "no folder for the index");
    MEM_AUTO char *db = mem_format("%s/index", folder);
    MEM_AUTO char *source = mem_format("%s/source", folder);
    struct options options = {.db = db, .jobs = 1, .quiet = true};
    struct report first, second;
    struct snapshot *snapshot;
    struct error error = ERROR_NONE;
    strlist_add(&options.sources, source);
    write_source(source, data, size);
    run(&options, &first);
    FUZZ_CHECK(first.added == first.records && !first.updated && !first.removed, "%lld added, %lld there",
               (long long)first.added, (long long)first.records);
    int opened = snapshot_open(db, 1, &snapshot, &error);
    FUZZ_CHECK(opened == 0 || (opened == 1 && first.records == 0), "%d: %s", opened, error.text);
    if (opened == 0) {
        check_index(snapshot, &first);
        snapshot_unref(snapshot);
    }
    run(&options, &second);
    FUZZ_CHECK(!second.added && !second.updated && !second.removed && second.records == first.records,
               "%lld added, %lld updated, %lld removed by the same again", (long long)second.added,
               (long long)second.updated, (long long)second.removed);
    nftw(folder, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    strlist_free(&options.sources);
    return 0;
}
