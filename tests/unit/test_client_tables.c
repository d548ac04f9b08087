/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of cases: command lines and their requests, texts and their fields, replies and their rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "client/formats.h"
#include "client/options.h"
#include "client/request.h"
#include "indexer/base/cell.h"

#define CASES TESTS_DIR "/cases/client/"

enum { WORDS_MAX = 32, BYTES_MAX = 1 << 20 };

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *value = json_load_file(path, 0, &error);
    if (!value)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    assert_true(json_array_size(value) > 0);
    return value;
}

static const char *text_of(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static int make_argv(const json_t *words, char **argv)
{
    int count = 0;
    size_t i;
    const json_t *word;
    argv[count++] = (char *)"purpose";
    json_array_foreach(words, i, word)
    {
        assert_true(count + 1 < WORDS_MAX);
        argv[count++] = (char *)json_string_value(word);
    }
    argv[count] = NULL;
    return count;
}

static void assert_same_json(const json_t *got, const json_t *expected)
{
    char *got_text = json_dumps(got, JSON_SORT_KEYS);
    char *expected_text = json_dumps(expected, JSON_SORT_KEYS);
    assert_string_equal(got_text, expected_text);
    free(got_text);
    free(expected_text);
}

static void check_request(const json_t *testcase)
{
    char *argv[WORDS_MAX];
    int argc = make_argv(json_object_get(testcase, "argv"), argv);
    const char *expected_error = text_of(testcase, "error");
    struct error error = ERROR_NONE;
    struct options options;
    json_t *params = NULL;
    if (!options_parse(argc, argv, &options, &error)) {
        params = request_params(&options, &error);
        if (!expected_error)
            assert_string_equal(request_method(options.command), text_of(testcase, "method"));
        options_free(&options);
    }
    assert_string_equal(error.text, expected_error ? expected_error : "");
    if (!expected_error)
        assert_same_json(params, json_object_get(testcase, "params"));
    json_decref(params);
}

static void test_requests(void **state)
{
    (void)state;
    json_t *cases = load(CASES "requests.json");
    size_t i;
    const json_t *testcase;
    json_array_foreach(cases, i, testcase)
    {
        check_request(testcase);
    }
    json_decref(cases);
}

/* A shell may hand over bytes of any encoding; JSON holds UTF-8. */
static void test_not_utf8(void **state)
{
    (void)state;
    static const char *const LINES[][5] = {
        {"purpose", "caf\xE9", NULL, NULL},           {"purpose", "-f", "x=caf\xE9", NULL},
        {"purpose", "-f", "caf\xE9=x", NULL},         {"purpose", "-f", "start=caf\xE9..", NULL},
        {"purpose", "--facet", "caf\xE9", NULL},      {"purpose", "show", "caf\xE9", NULL},
        {"purpose", "compare", "caf\xE9", "x", NULL}, {"purpose", "changes", "--to", "caf\xE9", NULL}};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        struct error error = ERROR_NONE;
        struct options options;
        char *argv[5];
        int argc = 0;
        for (; LINES[i][argc]; argc++)
            argv[argc] = (char *)LINES[i][argc];
        argv[argc] = NULL;
        assert_int_equal(options_parse(argc, argv, &options, &error), 0);
        assert_null(request_params(&options, &error));
        assert_non_null(strstr(error.text, "is not UTF-8"));
        options_free(&options);
    }
}

static void check_field(const char *text, enum cell_form form, const char *expected)
{
    BUF_AUTO struct buf field = BUF_INIT(BYTES_MAX);
    cell_put(&field, text, form);
    assert_string_equal(field.data ? field.data : "", expected);
}

static void test_fields(void **state)
{
    (void)state;
    json_t *cases = load(CASES "fields.json");
    size_t i;
    const json_t *testcase;
    json_array_foreach(cases, i, testcase)
    {
        check_field(text_of(testcase, "text"), CELL_CSV, text_of(testcase, "csv"));
        check_field(text_of(testcase, "text"), CELL_TSV, text_of(testcase, "tsv"));
    }
    check_field(NULL, CELL_CSV, "");
    json_decref(cases);
}

static void check_rows(const json_t *testcase, const char *name, enum format format)
{
    const json_t *result = json_object_get(testcase, "result");
    BUF_AUTO struct buf rows = BUF_INIT(BYTES_MAX);
    if (format == FORMAT_JSON)
        format_json(&rows, result, false);
    else
        format_rows(&rows, result, options_command(text_of(testcase, "command")), format);
    assert_false(buf_failed(&rows));
    assert_string_equal(rows.data ? rows.data : "", text_of(testcase, name));
}

static void test_rows(void **state)
{
    (void)state;
    json_t *cases = load(CASES "rows.json");
    size_t i;
    const json_t *testcase;
    json_array_foreach(cases, i, testcase)
    {
        check_rows(testcase, "csv", FORMAT_CSV);
        check_rows(testcase, "tsv", FORMAT_TSV);
        check_rows(testcase, "jsonl", FORMAT_JSONL);
        check_rows(testcase, "json", FORMAT_JSON);
    }
    json_decref(cases);
}

static void check_records(const json_t *testcase, const char *name, enum format format)
{
    const json_t *fields = json_object_get(testcase, "fields");
    const json_t *records = json_object_get(testcase, "records");
    BUF_AUTO struct buf rows = BUF_INIT(BYTES_MAX);
    format_record_heading(&rows, fields, format);
    for (size_t i = 0; i < json_array_size(records); i++)
        format_record(&rows, json_array_get(records, i), fields, format);
    assert_false(buf_failed(&rows));
    assert_string_equal(rows.data, text_of(testcase, name));
}

static void test_records(void **state)
{
    (void)state;
    json_error_t error;
    json_t *testcase = json_load_file(CASES "records.json", 0, &error);
    assert_non_null(testcase);
    check_records(testcase, "csv", FORMAT_CSV);
    check_records(testcase, "tsv", FORMAT_TSV);
    json_decref(testcase);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_requests), cmocka_unit_test(test_not_utf8),
                                       cmocka_unit_test(test_fields), cmocka_unit_test(test_rows),
                                       cmocka_unit_test(test_records)};
    return cmocka_run_group_tests_name("client_tables", tests, NULL, NULL);
}
