/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libpurpose's typed methods: what they ask, what they make of a reply, and of one that is not as it should
 * be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/purpose.h"
#include "test_client_server.h"

static enum server_door door = SERVER_UNIX; /* all tests are run over both */

#define REPLY(result) "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":" result "}\n"

enum { LONG_MS = 60000 };

/* A connection to a server of its own. */
struct meeting {
    struct server *server;
    struct purpose_connection *daemon;
};

static struct meeting meet(const char *bytes)
{
    struct meeting meeting = {server_start((struct server_script){SERVER_REPLY, bytes, .door = door}),
                              purpose_new()};
    purpose_set_timeout(meeting.daemon, LONG_MS);
    assert_int_equal(purpose_connect(meeting.daemon, server_address(meeting.server)), PURPOSE_OK);
    return meeting;
}

static void part(struct meeting *meeting)
{
    purpose_free(meeting->daemon);
    server_stop(meeting->server);
}

static void assert_contains(const char *text, const char *expected)
{
    if (!text || !strstr(text, expected))
        fail_msg("\"%s\" does not hold \"%s\"", text ? text : "(nothing)", expected);
}

/* ---- what is asked ---- */

static void assert_asked(const json_t *reply, const char *expected)
{
    char *got = json_dumps(json_object_get(reply, "asked"), JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(got, expected);
    free(got);
}

static void check_search(const struct purpose_query *query, const char *expected)
{
    struct purpose_found *found = NULL;
    struct meeting meeting = meet(REPLY("{\"hits\":[],\"asked\":$PARAMS}"));
    assert_int_equal(purpose_search(meeting.daemon, query, &found), PURPOSE_OK);
    assert_asked(found->json, expected);
    purpose_found_free(found);
    part(&meeting);
}

static void test_questions(void **state)
{
    (void)state;
    static const char *const VALUES[] = {"s251", "s261"};
    static const char *const FACETS[] = {"dataset"};
    static const char *const PARTS[] = {"outputs", "benefits"};
    const struct purpose_filter filters[] = {
        {.name = "legal_basis", .values = VALUES, .value_count = 2},
        {.name = "start", .from = "2019"},
        {.name = "end", .from = "2019-01-02", .to = "2020"},
    };
    json_t *more = json_pack("{s:s, s:i}", "sort", "title", "new", 7);
    check_search(NULL, "{}");
    check_search(&(struct purpose_query){.size = sizeof(struct purpose_query)}, "{}");
    check_search(
        &(struct purpose_query){.size = sizeof(struct purpose_query),
                                .text = "risk \"a b\"",
                                .filters = filters,
                                .filter_count = 3,
                                .facets = FACETS,
                                .facet_count = 1,
                                .parts = PARTS,
                                .part_count = 2,
                                .sort = "-start",
                                .cursor = "c",
                                .offset = 20,
                                .limit = 5,
                                .snippets = PURPOSE_NONE,
                                .any_word = true,
                                .any_release = true,
                                .history = true,
                                .newest_version = true,
                                .fold_copies = true,
                                .explain = true,
                                .more = more},
        "{\"cursor\":\"c\",\"explain\":true,\"facets\":[\"dataset\"],\"filters\":{\"end\":{\"from\":"
        "\"2019-01-02\",\"to\":\"2020\"},\"legal_basis\":[\"s251\",\"s261\"],\"start\":{\"from\":"
        "\"2019\"}},\"fold_copies\":true,\"history\":true,\"limit\":5,\"match\":\"any\",\"new\":7,"
        "\"newest_version\":true,\"offset\":20,\"parts\":[\"outputs\",\"benefits\"],\"q\":\"risk \\\"a "
        "b\\\"\",\"same_release\":false,\"snippets\":0,\"sort\":\"title\"}");
    json_decref(more);
}

static void test_questions_of_other_methods(void **state)
{
    (void)state;
    struct purpose_query query = {.size = sizeof query, .limit = 3};
    struct meeting meeting =
        meet(REPLY("{\"hits\":[],\"values\":[],\"suggestions\":[],\"parts\":{},\"id\":\"x\","
                   "\"asked\":$PARAMS}"));
    struct purpose_found *found = NULL;
    assert_int_equal(purpose_similar(meeting.daemon, "NIC-1", true, &query, &found), PURPOSE_OK);
    assert_asked(found->json, "{\"copies\":true,\"id\":\"NIC-1\",\"limit\":3}");
    purpose_found_free(found);
    struct purpose_record *record = NULL;
    assert_int_equal(purpose_get(meeting.daemon, "NIC-1", "2021-02", &record), PURPOSE_OK);
    assert_asked(record->json, "{\"edition\":\"2021-02\",\"id\":\"NIC-1\"}");
    purpose_record_free(record);
    struct purpose_values *values = NULL;
    assert_int_equal(purpose_facets(meeting.daemon, "dataset", "Act", &query, &values), PURPOSE_OK);
    assert_asked(values->json, "{\"limit\":3,\"name\":\"dataset\",\"parent\":\"Act\"}");
    purpose_values_free(values);
    struct purpose_comparison *comparison = NULL;
    assert_int_equal(purpose_compare(meeting.daemon, "NIC-1", "NIC-2@2017-09", &comparison), PURPOSE_OK);
    assert_asked(comparison->json, "{\"ids\":[\"NIC-1\",\"NIC-2@2017-09\"]}");
    purpose_comparison_free(comparison);
    struct purpose_suggestions *suggestions = NULL;
    assert_int_equal(purpose_suggest(meeting.daemon, "ris", 0, &suggestions), PURPOSE_OK);
    assert_asked(suggestions->json, "{\"q\":\"ris\"}");
    purpose_suggestions_free(suggestions);
    struct purpose_changes *changes = NULL;
    assert_int_equal(purpose_changes(meeting.daemon, NULL, "2021-02", &changes), PURPOSE_OK);
    assert_asked(changes->json, "{\"to\":\"2021-02\"}");
    purpose_changes_free(changes);
    part(&meeting);
}

/* ---- what cannot be asked ---- */

static void check_refused(const struct purpose_query *query, const char *expected)
{
    struct purpose_found *found = NULL;
    struct meeting meeting = meet(REPLY("{\"hits\":[]}"));
    assert_int_equal(purpose_search(meeting.daemon, query, &found), PURPOSE_BAD_ARGUMENT);
    assert_null(found);
    assert_contains(purpose_error_text(meeting.daemon), expected);
    /* It costs nothing but the call. */
    assert_int_equal(purpose_search(meeting.daemon, NULL, &found), PURPOSE_OK);
    assert_string_equal(purpose_error_text(meeting.daemon), "");
    purpose_found_free(found);
    part(&meeting);
}

static void test_bad_queries(void **state)
{
    (void)state;
    enum { SIZE = sizeof(struct purpose_query) };
    static const char *const HOLED[] = {"x", NULL};
    const struct purpose_filter nameless = {.values = HOLED, .value_count = 1};
    const struct purpose_filter holed = {.name = "dataset", .values = HOLED, .value_count = 2};
    const struct purpose_filter both = {.name = "start", .from = "2019", .values = HOLED, .value_count = 1};
    const struct purpose_filter latin = {.name = "caf\xE9", .from = "2019"};
    const struct purpose_filter twice[] = {{.name = "end", .from = "1"}, {.name = "end", .to = "2"}};
    json_t *list = json_array();
    check_refused(&(struct purpose_query){.text = "x"}, "sizeof(struct purpose_query)");
    check_refused(&(struct purpose_query){.size = SIZE, .text = "caf\xE9"}, "q is not UTF-8");
    check_refused(&(struct purpose_query){.size = SIZE, .sort = "\xFF"}, "sort is not UTF-8");
    check_refused(&(struct purpose_query){.size = SIZE, .filter_count = 1}, "filters is NULL");
    check_refused(&(struct purpose_query){.size = SIZE, .filters = &nameless, .filter_count = 1}, "is NULL");
    check_refused(&(struct purpose_query){.size = SIZE, .filters = &holed, .filter_count = 1},
                  "dataset holds a NULL");
    check_refused(&(struct purpose_query){.size = SIZE, .filters = &both, .filter_count = 1},
                  "start has both values and a range");
    check_refused(&(struct purpose_query){.size = SIZE, .filters = &latin, .filter_count = 1}, "not UTF-8");
    check_refused(&(struct purpose_query){.size = SIZE, .filters = twice, .filter_count = 2},
                  "end has two filters");
    check_refused(&(struct purpose_query){.size = SIZE, .part_count = 1}, "parts is NULL");
    check_refused(&(struct purpose_query){.size = SIZE, .facets = HOLED, .facet_count = 2},
                  "facets holds a NULL");
    check_refused(&(struct purpose_query){.size = SIZE, .offset = -1}, "offset is less than 0");
    check_refused(&(struct purpose_query){.size = SIZE, .limit = -2}, "limit is less than PURPOSE_NONE");
    check_refused(&(struct purpose_query){.size = SIZE, .snippets = -2}, "snippets is less than");
    check_refused(&(struct purpose_query){.size = SIZE, .more = list}, "more is no object");
    json_decref(list);
}

/* A program made for a later version, whose query has more members: they must be unused. */
static void test_longer_query(void **state)
{
    (void)state;
    struct {
        struct purpose_query query;
        int later;
    } longer = {.query = {.size = sizeof longer, .text = "x"}};
    check_search(&longer.query, "{\"q\":\"x\"}");
    longer.later = 1;
    check_refused(&longer.query, "later version");
}

static void test_nulls(void **state)
{
    (void)state;
    struct purpose_found *found = NULL;
    struct purpose_record *record = NULL;
    struct purpose_comparison *comparison = NULL;
    struct purpose_values *values = NULL;
    struct purpose_suggestions *suggestions = NULL;
    struct purpose_schema *schema = NULL;
    struct purpose_export *records = NULL;
    json_t *result = NULL;
    struct meeting meeting = meet(REPLY("{}"));
    struct purpose_connection *daemon = meeting.daemon;
    assert_int_equal(purpose_search(daemon, NULL, NULL), PURPOSE_BAD_ARGUMENT);
    assert_contains(purpose_error_text(daemon), "where the result goes is NULL");
    assert_int_equal(purpose_similar(daemon, NULL, false, NULL, &found), PURPOSE_BAD_ARGUMENT);
    assert_contains(purpose_error_text(daemon), "id is NULL");
    assert_int_equal(purpose_get(daemon, NULL, NULL, &record), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_facets(daemon, NULL, NULL, NULL, &values), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_compare(daemon, "a", NULL, &comparison), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_suggest(daemon, NULL, 0, &suggestions), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_changes(daemon, NULL, NULL, NULL), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_health(daemon, NULL), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_export_open(daemon, NULL, NULL), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_call(daemon, NULL, NULL, &result), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_call(daemon, "search", NULL, NULL), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_call(daemon, "search", NULL, &result), PURPOSE_OK);
    json_decref(result);
    assert_int_equal(purpose_connect(NULL, NULL), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_call(NULL, "search", NULL, &result), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_search(NULL, NULL, &found), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_schema(NULL, &schema), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_export_open(NULL, NULL, &records), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_export_next(NULL, &record), PURPOSE_BAD_ARGUMENT);
    assert_int_equal(purpose_default_address(NULL, 100), PURPOSE_BAD_ARGUMENT);
    assert_null(purpose_export_head(NULL));
    assert_contains(purpose_error_text(NULL), "no connection");
    assert_int_equal(purpose_error_code(NULL), 0);
    purpose_set_timeout(NULL, 1);
    purpose_close(NULL);
    purpose_free(NULL);
    purpose_found_free(NULL);
    purpose_record_free(NULL);
    purpose_values_free(NULL);
    purpose_comparison_free(NULL);
    purpose_suggestions_free(NULL);
    purpose_changes_free(NULL);
    purpose_schema_free(NULL);
    purpose_health_free(NULL);
    purpose_export_free(NULL);
    part(&meeting);
}

/* ---- what is made of a reply ---- */

static void test_found(void **state)
{
    (void)state;
    static const char BYTES[] =
        REPLY("{\"revision\":\"r\",\"total\":5,\"groups\":2,\"hits\":[{\"id\":\"NIC-1\",\"version\":null,"
              "\"organisation\":\"A\",\"legal_basis\":[\"s251\",\"s261\"],\"score\":1.5,\"copies\":4,"
              "\"group\":\"NIC-1\",\"history\":true,\"same_release\":\"not stated\",\"snippets\":[{\"part\":"
              "\"outputs\",\"item\":null,\"html\":\"<mark>x</"
              "mark>\"}],\"explain\":[{\"word\":\"x\",\"part\":\"outputs\",\"weight\":1.5}]},{\"id\":\"NIC-"
              "2\",\"score\":2}],"
              "\"facets\":{\"dataset\":[{\"value\":\"a\",\"label\":\"A\",\"count\":3,\"selected\":true,"
              "\"children\":[{\"value\":\"b\",\"count\":1,\"children\":2}]}],\"method\":[]},\"corrected\":"
              "\"risk\",\"relaxed\":true,\"warnings\":[\"one\",{\"message\":\"two\"}],\"cursor\":\"c\","
              "\"query\":\"x\"}");
    struct purpose_found *found = NULL;
    struct meeting meeting = meet(BYTES);
    assert_int_equal(purpose_search(meeting.daemon, NULL, &found), PURPOSE_OK);
    part(&meeting); /* the reply needs neither connection nor daemon */
    assert_string_equal(found->revision, "r");
    assert_int_equal(found->total, 5);
    assert_int_equal(found->groups, 2);
    assert_int_equal(found->hit_count, 2);
    const struct purpose_hit *hit = found->hits[0];
    assert_string_equal(hit->id, "NIC-1");
    assert_null(hit->version);
    assert_null(hit->title);
    assert_int_equal(hit->legal_basis.count, 2);
    assert_string_equal(hit->legal_basis.items[1], "s261");
    assert_int_equal(hit->opt_outs.count, 0);
    assert_true(hit->score == 1.5 && hit->copies == 4 && hit->history && hit->release_not_stated);
    assert_string_equal(hit->snippets[0]->html, "<mark>x</mark>");
    assert_null(hit->snippets[0]->item);
    assert_int_equal(hit->weight_count, 1);
    assert_true(hit->weights[0]->weight == 1.5 && !strcmp(hit->weights[0]->word, "x"));
    assert_string_equal(json_string_value(json_object_get(hit->json, "organisation")), "A");
    assert_true(found->hits[1]->score == 2.0 && !found->hits[1]->history && !found->hits[1]->snippet_count);
    assert_int_equal(found->facet_count, 2);
    assert_string_equal(found->facets[0]->name, "dataset");
    const struct purpose_value *value = found->facets[0]->values[0];
    assert_true(value->count == 3 && value->selected && value->below == 1 && value->child_count == 1);
    assert_true(value->children[0]->below == 2 && !value->children[0]->child_count);
    assert_int_equal(found->facets[1]->value_count, 0);
    assert_string_equal(found->corrected, "risk");
    assert_true(found->relaxed && found->warnings.count == 2);
    assert_string_equal(found->warnings.items[1], "two");
    assert_string_equal(found->cursor, "c");
    assert_string_equal(found->understood, "x");
    purpose_found_free(found);
}

static void test_record(void **state)
{
    (void)state;
    struct purpose_record *record = NULL;
    struct meeting meeting =
        meet(REPLY("{\"id\":\"NIC-1\",\"objectives\":\"x\",\"outputs\":\"\",\"commercial\":true,"
                   "\"sublicensing\":null,\"datasets\":[\"a\"],\"releases\":null,\"versions\":[\"NIC-1\","
                   "{\"id\":\"NIC-0\"}]}"));
    assert_int_equal(purpose_get(meeting.daemon, "NIC-1", NULL, &record), PURPOSE_OK);
    assert_string_equal(record->objectives, "x");
    assert_string_equal(record->outputs, "");
    assert_null(record->processing);
    assert_int_equal(record->commercial, 1);
    assert_int_equal(record->sublicensing, -1);
    assert_string_equal(record->datasets.items[0], "a");
    assert_string_equal(record->versions.items[1], "NIC-0");
    assert_true(json_is_null(json_object_get(record->json, "releases")));
    purpose_record_free(record);
    part(&meeting);
}

static void test_others(void **state)
{
    (void)state;
    struct meeting meeting = meet(REPLY(
        "{\"total\":7,\"values\":[{\"value\":\"a\",\"count\":2}],\"suggestions\":[{\"text\":\"risk\","
        "\"kind\":\"word\",\"count\":3}],\"parts\":{\"title\":{\"equal\":true},\"outputs\":{\"edits\":[{"
        "\"op\":\"delete\",\"text\":\"x\"}]}},\"from\":\"2017-09\",\"gone\":[\"NIC-1\"]}"));
    struct purpose_values *values = NULL;
    assert_int_equal(purpose_facets(meeting.daemon, "dataset", NULL, NULL, &values), PURPOSE_OK);
    assert_true(values->total == 7 && values->value_count == 1 && values->values[0]->count == 2);
    purpose_values_free(values);
    struct purpose_suggestions *suggestions = NULL;
    assert_int_equal(purpose_suggest(meeting.daemon, "r", 1, &suggestions), PURPOSE_OK);
    assert_true(suggestions->count == 1 && suggestions->items[0]->count == 3);
    assert_string_equal(suggestions->items[0]->kind, "word");
    purpose_suggestions_free(suggestions);
    struct purpose_comparison *comparison = NULL;
    assert_int_equal(purpose_compare(meeting.daemon, "a", "b", &comparison), PURPOSE_OK);
    assert_int_equal(comparison->part_count, 2);
    assert_true(comparison->parts[0]->equal && !comparison->parts[1]->equal);
    assert_int_equal(comparison->parts[1]->edits[0]->op, PURPOSE_DELETE);
    purpose_comparison_free(comparison);
    struct purpose_changes *changes = NULL;
    assert_int_equal(purpose_changes(meeting.daemon, NULL, NULL, &changes), PURPOSE_OK);
    assert_true(changes->gone.count == 1 && !changes->added.count && !changes->to);
    purpose_changes_free(changes);
    part(&meeting);
}

static void test_schema_and_health(void **state)
{
    (void)state;
    struct meeting meeting = meet(
        REPLY("{\"fields\":[{\"name\":\"id\",\"label\":\"Reference\"}],\"facets\":[],\"parts\":[{\"name\":"
              "\"title\"}],\"vocabulary\":[{\"short\":\"HES\",\"long\":\"Hospital Episode Statistics\","
              "\"count\":4,\"source\":\"register\"}],\"version\":\"0.1.0\",\"index\":{\"revision\":\"r\","
              "\"records\":42,\"problem\":null}}"));
    struct purpose_schema *schema = NULL;
    assert_int_equal(purpose_schema(meeting.daemon, &schema), PURPOSE_OK);
    assert_string_equal(schema->fields[0]->label, "Reference");
    assert_true(!schema->facet_count && schema->part_count == 1 && schema->acronym_count == 1);
    assert_string_equal(schema->vocabulary[0]->short_form, "HES");
    purpose_schema_free(schema);
    struct purpose_health *health = NULL;
    assert_int_equal(purpose_health(meeting.daemon, &health), PURPOSE_OK);
    assert_string_equal(health->version, "0.1.0");
    assert_string_equal(health->revision, "r");
    assert_true(health->records == 42 && !health->problem);
    purpose_health_free(health);
    part(&meeting);
}

/* ---- replies of other shapes ---- */

/* Each method on a reply that lacks what it needs, or has it in another shape: an error that names it. */
static void check_shape(const char *bytes, const char *method, const char *expected)
{
    struct meeting meeting = meet(bytes);
    struct purpose_connection *daemon = meeting.daemon;
    enum purpose_status status = PURPOSE_OK;
    struct purpose_found *found = NULL;
    struct purpose_values *values = NULL;
    struct purpose_record *record = NULL;
    struct purpose_comparison *comparison = NULL;
    struct purpose_suggestions *suggestions = NULL;
    struct purpose_changes *changes = NULL;
    struct purpose_schema *schema = NULL;
    struct purpose_health *health = NULL;
    if (!strcmp(method, "search"))
        status = purpose_search(daemon, NULL, &found);
    else if (!strcmp(method, "facets"))
        status = purpose_facets(daemon, "x", NULL, NULL, &values);
    else if (!strcmp(method, "get"))
        status = purpose_get(daemon, "x", NULL, &record);
    else if (!strcmp(method, "compare"))
        status = purpose_compare(daemon, "x", "y", &comparison);
    else if (!strcmp(method, "suggest"))
        status = purpose_suggest(daemon, "x", 0, &suggestions);
    else if (!strcmp(method, "changes"))
        status = purpose_changes(daemon, NULL, NULL, &changes);
    else if (!strcmp(method, "schema"))
        status = purpose_schema(daemon, &schema);
    else
        status = purpose_health(daemon, &health);
    if (status != PURPOSE_BAD_REPLY)
        fail_msg("%s of %s is %d", method, bytes, (int)status);
    assert_true(!found && !values && !record && !comparison && !suggestions && !changes && !schema &&
                !health);
    assert_contains(purpose_error_text(daemon), method);
    assert_contains(purpose_error_text(daemon), expected);
    part(&meeting);
}

static void test_shapes(void **state)
{
    (void)state;
    static const struct {
        const char *bytes, *method, *expected;
    } CASES[] = {
        {REPLY("[]"), "search", "\"result\" is not an object"},
        {REPLY("null"), "get", "\"result\" is not an object"},
        {REPLY("\"x\""), "status", "\"result\" is not an object"},
        {REPLY("{}"), "search", "\"hits\" is not a list"},
        {REPLY("{\"hits\":{}}"), "search", "\"hits\" is not a list"},
        {REPLY("{\"hits\":[1]}"), "search", "\"an item of a list\" is not an object"},
        {REPLY("{\"hits\":[{}]}"), "search", "\"id\" is not a text"},
        {REPLY("{\"hits\":[{\"id\":1}]}"), "search", "\"id\" is not a text"},
        {REPLY("{\"hits\":[{\"id\":\"x\",\"legal_basis\":[1]}]}"), "search", "\"legal_basis\""},
        {REPLY("{\"hits\":[{\"id\":\"x\",\"snippets\":[[]]}]}"), "search", "item of a list"},
        {REPLY("{\"hits\":[{\"id\":\"x\",\"explain\":[{}]}]}"), "search", "\"word\" is not a text"},
        {REPLY("{\"hits\":[],\"total\":\"many\"}"), "search", "\"total\" is not a whole number"},
        {REPLY("{\"hits\":[],\"relaxed\":1}"), "search", "\"relaxed\" is not true or false"},
        {REPLY("{\"hits\":[],\"warnings\":[{}]}"), "search", "\"warnings\""},
        {REPLY("{\"hits\":[],\"facets\":[]}"), "search", "\"facets\" is not an object"},
        {REPLY("{\"hits\":[],\"facets\":{\"x\":1}}"), "search", "\"x\" is not a list"},
        {REPLY("{\"hits\":[],\"facets\":{\"x\":[{\"children\":[]}]}}"), "search", "\"value\" is not a text"},
        {REPLY("{\"values\":1}"), "facets", "\"values\" is not a list"},
        {REPLY("{\"title\":\"x\"}"), "get", "\"id\" is not a text"},
        {REPLY("{\"id\":\"x\",\"commercial\":\"yes\"}"), "get", "\"commercial\" is not true or false"},
        {REPLY("{\"id\":\"x\",\"versions\":[1]}"), "get", "\"versions\""},
        {REPLY("{}"), "compare", "\"parts\" is not an object"},
        {REPLY("{\"parts\":{\"x\":{}}}"), "compare", "\"x\" is not either equal or a list"},
        {REPLY("{\"parts\":{\"x\":{\"edits\":[{\"op\":\"gone\",\"text\":\"y\"}]}}}"), "compare", "\"op\""},
        {REPLY("{\"parts\":{\"x\":{\"edits\":[{\"op\":\"equal\"}]}}}"), "compare", "\"text\" is not a text"},
        {REPLY("{\"suggestions\":[{\"kind\":\"word\"}]}"), "suggest", "\"text\" is not a text"},
        {REPLY("{\"added\":1}"), "changes", "\"added\" is not a list"},
        {REPLY("{\"fields\":[]}"), "schema", "\"facets\" is not a list"},
        {REPLY("{\"fields\":[{}],\"facets\":[],\"parts\":[]}"), "schema", "\"name\" is not a text"},
        {REPLY("{\"index\":{\"records\":\"x\"}}"), "status", "\"records\" is not a whole number"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++)
        check_shape(CASES[i].bytes, CASES[i].method, CASES[i].expected);
}

/* Values within values, deeper than any hierarchy: refused, not followed until the stack ends. */
static void test_deep_values(void **state)
{
    (void)state;
    enum { DEPTH = 500, SIZE = DEPTH * 64 };
    char *bytes = calloc(1, SIZE);
    char *at = stpcpy(bytes, "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"result\":{\"values\":[");
    for (int i = 0; i < DEPTH; i++)
        at = stpcpy(at, "{\"value\":\"x\",\"children\":[");
    for (int i = 0; i < DEPTH; i++)
        at = stpcpy(at, "]}");
    stpcpy(at, "]}}\n");
    check_shape(bytes, "facets", "\"children\" is not");
    free(bytes);
}

/* ---- export ---- */

static void test_export(void **state)
{
    (void)state;
    static const char *const IDS[] = {"NIC-1", "NIC-2", "NIC-3", "NIC-4"};
    struct server *server = server_start(
        (struct server_script){SERVER_METHODS, TESTS_DIR "/cases/client/program/pages", .door = door});
    struct purpose_connection *daemon = purpose_new();
    struct purpose_export *records = NULL;
    struct purpose_record *record = NULL;
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    assert_int_equal(purpose_export_open(daemon, NULL, &records), PURPOSE_OK);
    assert_string_equal(purpose_export_head(records)->corrected, "knees");
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        assert_int_equal(purpose_export_next(records, &record), PURPOSE_OK);
        assert_string_equal(record->id, IDS[i]);
        purpose_record_free(record);
    }
    for (int i = 0; i < 2; i++) { /* the end stays the end */
        assert_int_equal(purpose_export_next(records, &record), PURPOSE_OK);
        assert_null(record);
    }
    assert_string_equal(purpose_export_head(records)->warnings.items[0], "the field \"foo\" is not known");
    purpose_export_free(records);
    purpose_free(daemon);
    server_stop(server);
}

static void check_export_ends(const char *folder, int before, enum purpose_status expected, const char *text)
{
    struct server *server = server_start((struct server_script){SERVER_METHODS, folder, .door = door});
    struct purpose_connection *daemon = purpose_new();
    struct purpose_export *records = NULL;
    struct purpose_record *record = NULL;
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    assert_int_equal(purpose_export_open(daemon, NULL, &records), PURPOSE_OK);
    for (int i = 0; i < before; i++) {
        assert_int_equal(purpose_export_next(records, &record), PURPOSE_OK);
        purpose_record_free(record);
    }
    record = NULL;
    assert_int_equal(purpose_export_next(records, &record), expected);
    assert_null(record);
    assert_contains(purpose_error_text(daemon), text);
    assert_int_equal(purpose_export_next(records, &record), PURPOSE_OK); /* and stays ended */
    assert_null(record);
    purpose_export_free(records);
    purpose_free(daemon);
    server_stop(server);
}

static void test_export_that_ends_early(void **state)
{
    (void)state;
    check_export_ends(TESTS_DIR "/cases/client/program/cut", 2, PURPOSE_LOST, "closed the connection");
    check_export_ends(TESTS_DIR "/cases/client/program/found", 1, PURPOSE_BAD_REPLY, "do not come to an end");
    check_export_ends(TESTS_DIR "/cases/client/program/none", 0, PURPOSE_OK, "");
}

/* ---- the transport's failures reach whoever uses a typed method ---- */

static void check_failure(enum server_act act, const char *bytes, enum purpose_status expected)
{
    struct purpose_found *found = NULL;
    struct server *server = server_start((struct server_script){act, bytes, .door = door});
    struct purpose_connection *daemon = purpose_new();
    assert_int_equal(purpose_connect(daemon, server_address(server)), PURPOSE_OK);
    purpose_set_timeout(daemon, act == SERVER_HANG || act == SERVER_TRICKLE ? 100 : LONG_MS);
    assert_int_equal(purpose_search(daemon, NULL, &found), expected);
    assert_null(found);
    assert_true(*purpose_error_text(daemon));
    assert_int_equal(purpose_error_code(daemon), expected == PURPOSE_REFUSED ? -32003 : 0);
    purpose_free(daemon);
    server_stop(server);
}

static void test_failures(void **state)
{
    (void)state;
    check_failure(SERVER_HANG, NULL, PURPOSE_TIMEOUT);
    check_failure(SERVER_TRICKLE, NULL, PURPOSE_TIMEOUT);
    check_failure(SERVER_CLOSE, "{\"jsonr", PURPOSE_LOST);
    check_failure(SERVER_FLOOD, NULL, PURPOSE_BAD_REPLY);
    check_failure(SERVER_REPLY, "rubbish\n", PURPOSE_BAD_REPLY);
    check_failure(
        SERVER_REPLY,
        "{\"jsonrpc\":\"2.0\",\"id\":$ID,\"error\":{\"code\":-32003,\"message\":\"no such record\"}}\n",
        PURPOSE_REFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions),
        cmocka_unit_test(test_questions_of_other_methods),
        cmocka_unit_test(test_bad_queries),
        cmocka_unit_test(test_longer_query),
        cmocka_unit_test(test_nulls),
        cmocka_unit_test(test_found),
        cmocka_unit_test(test_record),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_schema_and_health),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_deep_values),
        cmocka_unit_test(test_export),
        cmocka_unit_test(test_export_that_ends_early),
        cmocka_unit_test(test_failures),
    };
    int failed = cmocka_run_group_tests_name("client_typed", tests, NULL, NULL);
    door = SERVER_HTTP;
    return failed + cmocka_run_group_tests_name("client_typed over HTTP", tests, NULL, NULL);
}
