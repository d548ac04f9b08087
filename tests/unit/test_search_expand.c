/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees widened by the vocabulary: cases as plain data, over an index of nothing but acronyms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/search/expand.h"
#include "daemon/search/vocabulary.h"
#include "indexer/base/mem.h"
#include "indexer/store/pairs.h"
#include "shim/shim.h"

enum { RECORDS = 300, REPLY_MAX = 1 << 20 };

/* What the register explains, and in how many records. */
static const struct {
    int records;
    const char *short_key, *long_key, *short_form, *long_form;
} explained[] = {
    {5, "rwa", "region widget audit", "RWA", "Regional Widget Audit"},
    {3, "rwa", "region widget audit programm", "RWA", "Regional Widget Audit Programme"},
    {2, "rwa", "rural wage award", "RWA", "Rural Wage Award"},
    {250, "it", "inform technolog", "IT", "Information Technology"},
    {5, "wid", "widget ident", "WID", "Widget Identity"}, /* of RECORDS that have "wid" */
    {1, "onc", "onli now celebr explan", "ONCE", "Only Now Celebrated Explanation"},
    {7, "hes", "hospit episod statist", "HES", "Hospital Episode Statistics"},
};
static const char own[] = "WX\tWide Example\nwx\tWeather\nUK WX\tUK-wide example\n\t\nno tab\n++\t--\n";

struct world {
    char folder[64];
    struct analyser *analyser;
    struct shim_reader *reader;
    struct vocabulary *vocabulary;
};

static struct world world;

static void write_pairs(struct shim_writer *writer)
{
    struct pairs *pairs = pairs_new();
    for (size_t i = 0; i < sizeof explained / sizeof *explained; i++)
        for (int n = 0; n < explained[i].records; n++) {
            pairs_next_record(pairs, 1);
            pairs_add(pairs, explained[i].short_key, explained[i].long_key, explained[i].short_form,
                      explained[i].long_form);
        }
    assert_int_equal(pairs_save(pairs, writer, NULL), 0);
    pairs_free(pairs);
}

static void write_index(const char *path)
{
    struct shim_writer *writer;
    struct shim_document *document = shim_document_new();
    uint32_t number;
    assert_int_equal(shim_writer_open(path, &writer, NULL), SHIM_OK);
    assert_int_equal(shim_writer_begin(writer, NULL), SHIM_OK);
    shim_document_add_term(document, "wid", 3, 1);
    for (int i = 0; i < RECORDS; i++)
        assert_int_equal(shim_writer_add(writer, document, &number, NULL), SHIM_OK);
    write_pairs(writer);
    assert_int_equal(shim_writer_set_metadata(writer, "vocabulary", own, sizeof own - 1, NULL), SHIM_OK);
    assert_int_equal(shim_writer_commit(writer, NULL), SHIM_OK);
    shim_document_free(document);
    shim_writer_free(writer);
}

static int open_world(void **state)
{
    (void)state;
    strcpy(world.folder, "/tmp/purposed-expand-XXXXXX");
    assert_non_null(mkdtemp(world.folder));
    MEM_AUTO char *path = mem_format("%s/index", world.folder);
    write_index(path);
    world.analyser = analyser_new();
    assert_non_null(world.analyser);
    assert_int_equal(shim_reader_open(path, &world.reader, NULL), SHIM_OK);
    assert_int_equal(vocabulary_load(world.reader, world.analyser, RECORDS, &world.vocabulary, NULL),
                     SHIM_OK);
    return 0;
}

static int close_world(void **state)
{
    (void)state;
    vocabulary_free(world.vocabulary);
    shim_reader_free(world.reader);
    analyser_free(world.analyser);
    MEM_AUTO char *command = mem_format("rm -rf '%s'", world.folder);
    return system(command);
}

/* The tree of a text, widened. */
static struct query *widened(const char *text, bool match_any, struct strlist *warnings)
{
    struct query *query = NULL;
    assert_int_equal(
        query_parse(world.analyser, text, strlen(text), QUERY_ALL_PARTS, match_any, &query, warnings, NULL),
        0);
    return expand(world.vocabulary, query, warnings);
}

static bool check_case(const char *text, const char *tree)
{
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = widened(text, false, &warnings);
    MEM_AUTO char *got = query_text(query);
    bool good = strcmp(got, tree) == 0 && warnings.len == 0;
    if (!good)
        print_error("query: %s\n  wanted: %s\n  got:    %s (%s)\n", text, tree, got,
                    warnings.len ? warnings.items[0] : "");
    query_free(query);
    return good;
}

static void test_cases(void **state)
{
    (void)state;
    FILE *file = fopen(TESTS_DIR "/cases/query/expand.tsv", "r");
    assert_non_null(file);
    char line[4096];
    size_t cases = 0, failures = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        char *tree = line;
        char *text = strsep(&tree, "\t");
        assert_non_null(tree);
        failures += !check_case(text, tree);
        cases++;
    }
    fclose(file);
    assert_true(cases > 50);
    assert_int_equal(failures, 0);
}

/* Any of the words: a run is a form all the same. */
static void test_any(void **state)
{
    (void)state;
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = widened("rural wage award -HES", true, &warnings);
    MEM_AUTO char *text = query_text(query);
    assert_string_equal(text, "((rural OR wage OR award) OR rwa) OR NOT hes");
    query_free(query);
}

/* Where no record has all words, the forms of one word stay together. */
static void test_relaxed(void **state)
{
    (void)state;
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = widened("HES rural wage award invoice", false, &warnings);
    assert_true(query_relax(query));
    MEM_AUTO char *text = query_text(query);
    assert_string_equal(text,
                        "(hes OR \"hospit episod statist\") OR ((rural OR wage OR award) OR rwa) OR invoic");
    query_free(query);
}

static size_t count_added(const struct query *query)
{
    size_t count = query->is_added + (query->words ? count_added(query->words) : 0);
    for (size_t i = 0; i < query->count; i++)
        count += count_added(query->children[i]);
    return count;
}

static void test_only_added_leaves_are_marked(void **state)
{
    (void)state;
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = widened("HES risk", false, &warnings);
    assert_int_equal(query->kind, QUERY_AND);
    const struct query *either = query->children[0];
    assert_int_equal(either->count, 2);
    assert_false(either->children[0]->is_added);
    assert_true(either->children[1]->is_added);
    assert_int_equal(either->children[1]->kind, QUERY_PHRASE);
    assert_int_equal(count_added(query), 1);
    query_free(query);
}

static void test_no_more_than_the_limit(void **state)
{
    (void)state;
    STRLIST_AUTO struct strlist warnings = {0};
    BUF_AUTO struct buf text = BUF_INIT(65536);
    for (int i = 0; i < 1000; i++)
        buf_text(&text, "HES ");
    struct query *query = widened(text.data, false, &warnings);
    assert_int_equal(count_added(query), EXPAND_ADDED_MAX);
    assert_int_equal(query->count, 1000);
    assert_int_equal(warnings.len, 1);
    assert_non_null(strstr(warnings.items[0], "no more than 32"));
    query_free(query);
    assert_null(expand(world.vocabulary, NULL, &warnings));
}

/* Words of the text and those behind a facet's name count together. */
static void test_no_more_than_the_limit_in_values(void **state)
{
    (void)state;
    STRLIST_AUTO struct strlist warnings = {0};
    BUF_AUTO struct buf text = BUF_INIT(65536);
    buf_text(&text, "dataset:(");
    for (int i = 0; i < EXPAND_ADDED_MAX - 2; i++)
        buf_text(&text, "HES ");
    buf_text(&text, ") HES HES HES dataset:HES");
    struct query *query = widened(text.data, false, &warnings);
    assert_int_equal(count_added(query), EXPAND_ADDED_MAX);
    assert_true(query->children[0]->is_widened);
    assert_false(query->children[query->count - 1]->is_widened);
    assert_int_equal(warnings.len, 1);
    query_free(query);
}

static void test_the_vocabulary_is_told(void **state)
{
    (void)state;
    BUF_AUTO struct buf reply = BUF_INIT(REPLY_MAX);
    buf_byte(&reply, '{');
    vocabulary_put(world.vocabulary, &reply);
    static const char begin[] =
        "{\"vocabulary\":[{\"short\":\"UK WX\",\"long\":\"UK-wide example\",\"count\":0,\"source\":\"file\"},"
        "{\"short\":\"wx\",\"long\":\"Weather\",\"count\":0,\"source\":\"file\"},"
        "{\"short\":\"WX\",\"long\":\"Wide Example\",\"count\":0,\"source\":\"file\"},"
        "{\"short\":\"HES\",\"long\":\"Hospital Episode Statistics\",\"count\":7,\"source\":\"register\"},"
        "{\"short\":\"RWA\",\"long\":\"Regional Widget Audit\",\"count\":5,\"source\":\"register\"},";
    reply.data[strlen(begin)] = '\0';
    assert_string_equal(reply.data, begin);
    buf_reset(&reply);
    buf_byte(&reply, '{');
    vocabulary_put(world.vocabulary, &reply);
    assert_non_null(strstr(reply.data, "{\"short\":\"GP\",\"long\":\"General Practice\",\"count\":0,"
                                       "\"source\":\"built in\"}"));
    assert_null(strstr(reply.data, "Information Technology"));
    assert_null(strstr(reply.data, "Widget Identity"));
    assert_null(strstr(reply.data, "Only Now Celebrated Explanation"));
}

/* In a small register one record is enough. */
static void test_a_small_register(void **state)
{
    (void)state;
    struct vocabulary *small;
    assert_int_equal(vocabulary_load(world.reader, world.analyser, VOCABULARY_SMALL - 1, &small, NULL),
                     SHIM_OK);
    assert_non_null(vocabulary_find(small, "onc", 3));
    assert_null(vocabulary_find(world.vocabulary, "onc", 3));
    assert_null(vocabulary_find(small, "it", 2));
    vocabulary_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_any),
        cmocka_unit_test(test_relaxed),
        cmocka_unit_test(test_only_added_leaves_are_marked),
        cmocka_unit_test(test_no_more_than_the_limit),
        cmocka_unit_test(test_no_more_than_the_limit_in_values),
        cmocka_unit_test(test_the_vocabulary_is_told),
        cmocka_unit_test(test_a_small_register),
    };
    return cmocka_run_group_tests(tests, open_world, close_world);
}
