/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters of every method, over an index of the sample register and a few records with releases. An input
 * is the parameters as JSON; its first line may name another method than search. An answer is valid JSON that
 * says the same when asked again, also in the question's one spelling, with hits that are records and
 * passages that are safe HTML; what a cursor brings was not there before; a refusal names what is wrong. A
 * cursor given as an object is sealed first, so that its members can be anything.
 */
#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/canonical.h"
#include "daemon/search/cursor.h"
#include "daemon/search/search.h"
#include "indexer/base/mem.h"
#include "indexer/sync.h"
#include "tests/fuzz/support.h"

enum { RESULT_MAX = 64 << 20 /* bytes */, HITS_DEFAULT = 10 };

static struct snapshot *snapshot;

/* ---- the index ---- */

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

/* The folder goes again at once: what is open stays readable. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char db[] = "/tmp/purposed-fuzz-XXXXXX";
    struct options options = {.db = db, .jobs = 1, .quiet = true};
    struct report report;
    struct error error = ERROR_NONE;
    (void)argc;
    (void)argv;
    FUZZ_CHECK(mkdtemp(db), "no folder for the index");
    strlist_add(&options.sources, TESTS_DIR "/register");
    strlist_add(&options.sources, TESTS_DIR "/fuzz/records.jsonl");
    report_start(&report, true);
    FUZZ_CHECK(sync_run(&options, &report, &error) == 0, "%s: %s", error.place, error.text);
    FUZZ_CHECK(report.rejected == 0, "%lld problems", (long long)report.rejected);
    FUZZ_CHECK(snapshot_open(db, 1, &snapshot, &error) == 0, "%s", error.text);
    nftw(db, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    strlist_free(&options.sources);
    return 0;
}

/* ---- asking ---- */

/* The answer, *new*, without how long it took; NULL where the question is refused. */
static json_t *ask(const char *method, const json_t *params)
{
    BUF_AUTO struct buf bytes = BUF_INIT(RESULT_MAX);
    struct search_error refusal = {0};
    json_error_t error;
    enum search_status status = search_run(snapshot, 0, method, params, &bytes, &refusal);
    if (status != SEARCH_OK) {
        FUZZ_CHECK(status == SEARCH_FAILED && refusal.code < 0 && *refusal.message, "status %d, code %d",
                   status, refusal.code);
        FUZZ_CHECK(refusal.code != -32603, "an error of our own: %s", refusal.message);
        FUZZ_CHECK(bytes.len == 0, "a refusal with an answer");
        return NULL;
    }
    json_t *result = json_loadb(bytes.data, bytes.len, JSON_REJECT_DUPLICATES, &error);
    FUZZ_CHECK(json_is_object(result), "no object (%s): %s", error.text, bytes.data);
    json_object_del(result, "took_us");
    return result;
}

static json_int_t number_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    FUZZ_CHECK(json_is_integer(value) && json_integer_value(value) >= 0, "%s is no number", name);
    return json_integer_value(value);
}

/* ---- answers ---- */

static void check_values(const json_t *values)
{
    size_t i;
    json_t *value;
    FUZZ_CHECK(json_is_array(values), "a facet without values");
    json_array_foreach(values, i, value)
    {
        /* What was chosen is shown as typed, though it be nothing and nothing have it. */
        bool is_there = number_of(value, "count") > 0;
        FUZZ_CHECK(!is_there || json_string_length(json_object_get(value, "value")) > 0,
                   "a value without a key");
        FUZZ_CHECK(!is_there || json_string_length(json_object_get(value, "label")) > 0,
                   "a value without a label");
        number_of(value, "children");
    }
}

static void check_hit(const json_t *hit)
{
    size_t i;
    json_t *snippet;
    FUZZ_CHECK(json_string_length(json_object_get(hit, "id")) > 0, "a hit without id");
    FUZZ_CHECK(json_is_number(json_object_get(hit, "score")), "a hit without score");
    json_array_foreach(json_object_get(hit, "snippets"), i, snippet)
    {
        const json_t *html = json_object_get(snippet, "html");
        FUZZ_CHECK(json_is_string(html) && json_is_string(json_object_get(snippet, "part")), "no snippet");
        fuzz_check_html(json_string_value(html), json_string_length(html));
    }
}

/* The count of a value is the total with it as the only one chosen of its facet. */
static void check_count(const json_t *params, const char *facet, const json_t *value)
{
    json_t *question = json_deep_copy(params);
    json_t *filters = json_object_get(question, "filters");
    if (!json_is_object(filters))
        json_object_set_new(question, "filters", filters = json_object());
    /* Whatever name the facet was asked by, it may be among the filters by another. */
    json_object_set_new(filters, facet, json_pack("[O]", json_object_get(value, "value")));
    json_object_set_new(question, "limit", json_integer(0));
    json_object_del(question, "facets");
    json_t *answer = ask("search", question);
    if (answer) {
        json_int_t total = number_of(answer, "total"), count = number_of(value, "count");
        MEM_AUTO char *asked = json_dumps(question, JSON_SORT_KEYS);
        FUZZ_CHECK(total == count, "%s counts %lld, but gives %lld: %s", facet, (long long)count,
                   (long long)total, asked);
    }
    json_decref(answer);
    json_decref(question);
}

/* Of the facets that are asked for by their own name and count records, one value each. */
static void check_counts(const json_t *params, const json_t *facets, size_t which)
{
    size_t i;
    json_t *item;
    json_array_foreach(json_object_get(params, "facets"), i, item)
    {
        const char *name = json_string_value(item);
        const json_t *values = name ? json_object_get(facets, name) : NULL;
        if (json_array_size(values) > 0)
            check_count(params, name, json_array_get(values, which % json_array_size(values)));
    }
}

/* ---- pages ---- */

/* The page behind this one, *new*; NULL where there is none. `params`: those of this page. */
static json_t *turn(const char *method, const json_t *params, const json_t *result)
{
    json_t *cursor = json_object_get(result, "cursor");
    if (!cursor)
        return NULL;
    bool alone = strcmp(method, "export") == 0;
    json_t *question = alone ? json_object() : json_copy((json_t *)params);
    json_object_set(question, "cursor", cursor);
    json_object_del(question, "offset");
    json_t *page = ask(method, question);
    FUZZ_CHECK(page, "a cursor that was just given is refused");
    json_decref(question);
    return page;
}

static bool same_record(const json_t *left, const json_t *right)
{
    static const char *const names[] = {"id", "edition", "history"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *value = json_object_get(left, names[i]), *other = json_object_get(right, names[i]);
        if (value != other && !json_equal(value, other))
            return false;
    }
    return true;
}

static void check_distinct(const json_t *before, const json_t *behind)
{
    size_t i, other;
    json_t *left, *right;
    FUZZ_CHECK(json_array_size(behind) > 0, "nothing behind a cursor");
    json_array_foreach(before, i, left)
    {
        json_array_foreach(behind, other, right)
            FUZZ_CHECK(!same_record(left, right), "%s twice", json_string_value(json_object_get(left, "id")));
    }
}

static void check_folded(const json_t *result, const json_t *hits)
{
    size_t i;
    json_t *hit;
    json_int_t copies = 0;
    if (!json_object_get(result, "groups"))
        return;
    json_array_foreach(hits, i, hit)
    {
        FUZZ_CHECK(number_of(hit, "copies") > 0, "a hit that is no copy of itself");
        copies += number_of(hit, "copies");
    }
    FUZZ_CHECK(copies <= number_of(result, "total"), "more copies than records");
    FUZZ_CHECK((json_int_t)json_array_size(hits) <= number_of(result, "groups"), "more hits than groups");
    FUZZ_CHECK(number_of(result, "groups") <= number_of(result, "total"), "more groups than records");
}

/* ---- methods ---- */

static void check_search(const json_t *result, const json_t *params, size_t which)
{
    size_t i;
    json_t *hit, *facet;
    const char *name;
    const json_t *limit = json_object_get(params, "limit"), *hits = json_object_get(result, "hits");
    json_int_t total = number_of(result, "total");
    json_int_t most = json_is_integer(limit) ? json_integer_value(limit) : HITS_DEFAULT;
    FUZZ_CHECK(json_is_array(hits) && (json_int_t)json_array_size(hits) <= most &&
                   (json_int_t)json_array_size(hits) <= total,
               "%zu hits of %lld", json_array_size(hits), (long long)total);
    json_array_foreach(hits, i, hit) check_hit(hit);
    json_object_foreach(json_object_get(result, "facets"), name, facet) check_values(facet);
    json_array_foreach(json_object_get(result, "warnings"), i, hit)
        FUZZ_CHECK(json_string_length(hit) > 0, "an empty warning");
    check_counts(params, json_object_get(result, "facets"), which);
    check_folded(result, hits);
    json_t *behind = turn("search", params, result);
    if (behind)
        check_distinct(hits, json_object_get(behind, "hits"));
    json_decref(behind);
}

static void check_export(const json_t *result, const json_t *params)
{
    size_t i;
    json_t *record;
    const json_t *records = json_object_get(result, "records");
    FUZZ_CHECK(json_is_array(records) && (json_int_t)json_array_size(records) <= number_of(result, "total"),
               "%zu records", json_array_size(records));
    json_array_foreach(records, i, record)
    {
        struct error error = ERROR_NONE;
        RECORD_AUTO struct record *read = record_from_json(record, &error);
        FUZZ_CHECK(read, "no record: %s", error.text);
    }
    json_t *behind = turn("export", params, result);
    if (behind)
        check_distinct(records, json_object_get(behind, "records"));
    json_decref(behind);
}

static void check_get(const json_t *result)
{
    struct error error = ERROR_NONE;
    RECORD_AUTO struct record *record = record_from_json(result, &error);
    FUZZ_CHECK(record, "no record: %s", error.text);
    FUZZ_CHECK(json_array_size(json_object_get(result, "versions")) > 0, "a record without versions");
}

/* As a search's, and never the record that is asked about. */
static void check_similar(const json_t *result, const json_t *params)
{
    size_t i;
    json_t *hit;
    const char *id = json_string_value(json_object_get(params, "id"));
    json_array_foreach(json_object_get(result, "hits"), i, hit)
    {
        check_hit(hit);
        FUZZ_CHECK(strcmp(json_string_value(json_object_get(hit, "id")), id) != 0, "similar to itself");
    }
    json_int_t total = number_of(result, "total");
    FUZZ_CHECK((json_int_t)json_array_size(json_object_get(result, "hits")) <= total,
               "more hits than in all");
}

/* What is offered is found: a word or a phrase in quotes, a value as a filter, as often as it is said. */
static void check_suggestion(const json_t *suggestion)
{
    static const char *const kinds[][2] = {{"organisation", "organisation"},
                                           {"dataset", "dataset"},
                                           {"provision", "legal_basis"},
                                           {"controller", "controller"}};
    const char *kind = json_string_value(json_object_get(suggestion, "kind"));
    const json_t *text = json_object_get(suggestion, "text");
    FUZZ_CHECK(kind && json_string_length(text) > 0, "a suggestion without kind or text");
    json_t *question = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i][0], kind) == 0)
            question = json_pack("{s:{s:[O]},s:i}", "filters", kinds[i][1], text, "limit", 0);
    if (strcmp(kind, "word") == 0 || strcmp(kind, "phrase") == 0) {
        MEM_AUTO char *quoted = mem_format("\"%s\"", json_string_value(text));
        question = json_pack("{s:s,s:i}", "q", quoted, "limit", 0);
    }
    json_t *answer = question ? ask("search", question) : NULL;
    FUZZ_CHECK(!answer || number_of(answer, "total") == number_of(suggestion, "count"),
               "%s \"%s\" is counted %lld, but gives %lld", kind, json_string_value(text),
               (long long)number_of(suggestion, "count"), (long long)number_of(answer, "total"));
    json_decref(answer);
    json_decref(question);
}

static void check_suggest(const json_t *result, const json_t *params)
{
    size_t i;
    json_t *suggestion;
    const char *q = json_string_value(json_object_get(params, "q"));
    size_t len = json_string_length(json_object_get(params, "q"));
    const json_t *replaces = json_object_get(result, "replaces");
    size_t replaced = json_string_length(replaces);
    /* Bytes that are no characters are told otherwise. */
    FUZZ_CHECK(replaced <= len && memcmp(q + len - replaced, json_string_value(replaces), replaced) == 0,
               "\"%s\" does not end with what is replaced", q);
    json_array_foreach(json_object_get(result, "suggestions"), i, suggestion) check_suggestion(suggestion);
}

/* The same question in its one spelling is answered alike, but for the order of warnings. */
static void check_canonical(const char *method, const json_t *params, const json_t *result)
{
    json_t *canonical = canonical_params(method, params), *once_more = canonical_params(method, canonical);
    FUZZ_CHECK(json_equal(canonical, once_more), "a canonical spelling has another one");
    json_t *other = ask(method, canonical), *wanted = json_deep_copy(result);
    FUZZ_CHECK(!other == !result, "refused in one spelling only");
    FUZZ_CHECK(json_array_size(json_object_get(other, "warnings")) ==
                   json_array_size(json_object_get(wanted, "warnings")),
               "other warnings");
    json_object_del(other, "warnings");
    json_object_del(wanted, "warnings");
    FUZZ_CHECK(json_equal(other, wanted) || !wanted, "another answer in its canonical spelling");
    json_decref(other);
    json_decref(wanted);
    json_decref(once_more);
    json_decref(canonical);
}

static void check_answer(const char *method, const json_t *params, size_t which)
{
    json_t *result = ask(method, params), *again = ask(method, params);
    FUZZ_CHECK(json_equal(result, again) || (!result && !again), "asked twice, two answers");
    check_canonical(method, params, result);
    if (result && strcmp(method, "search") == 0)
        check_search(result, params, which);
    else if (result && strcmp(method, "export") == 0)
        check_export(result, params);
    else if (result && strcmp(method, "facets") == 0)
        check_values(json_object_get(result, "values"));
    else if (result && strcmp(method, "similar") == 0)
        check_similar(result, params);
    else if (result && strcmp(method, "suggest") == 0)
        check_suggest(result, params);
    else if (result && strcmp(method, "get") == 0)
        check_get(result);
    json_decref(result);
    json_decref(again);
}

/* A cursor given as an object becomes the text of it; with a question of 0, one of this very search. */
static void seal_cursor(json_t *params)
{
    json_t *cursor = json_object_get(params, "cursor");
    if (!json_is_object(cursor))
        return;
    const char *question = json_string_value(json_object_get(cursor, "question"));
    if (question && strcmp(question, "0") == 0)
        json_object_set_new(cursor, "question",
                            json_sprintf("%016llx", (unsigned long long)cursor_question(params)));
    MEM_AUTO char *payload = json_dumps(cursor, JSON_COMPACT);
    MEM_AUTO char *text = payload ? cursor_seal(payload, strlen(payload)) : NULL;
    json_object_set_new(params, "cursor", text ? json_string(text) : json_null());
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const methods[] = {"facets", "get",     "search",  "compare", "changes",
                                          "schema", "similar", "suggest", "export"};
    const char *text = (const char *)data, *line = memchr(data, '\n', size), *method = "search";
    for (size_t i = 0; line && i < sizeof methods / sizeof *methods; i++) {
        size_t len = strlen(methods[i]);
        if ((size_t)(line - text) == len && memcmp(text, methods[i], len) == 0) {
            method = methods[i];
            size -= len + 1;
            text += len + 1;
            break;
        }
    }
    json_t *params = json_loadb(text, size, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(params)) {
        seal_cursor(params);
        check_answer(method, params, size);
    }
    json_decref(params);
    return 0;
}
