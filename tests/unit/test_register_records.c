/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs tests/cases/register/records.json (records as JSON, both ways) and entries.json (entries into records
 * and releases). `expect` is the whole result, `part` some of its members, `absent` members it must not have,
 * `error` and `error_place` what is said instead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/base/mem.h"
#include "indexer/register/understand.h"

static const char *const heading_names[HEADING_COUNT] = {
    "reference",
    "title",
    "organisation",
    "organisation_type",
    "type_of_data",
    "opt_outs",
    "legal_basis",
    "duty_of_confidence",
    "purposes",
    "commercial",
    "sensitivity",
    "when",
    "start",
    "end",
    "month",
    "method",
    "controllers",
    "sublicensing",
    "datasets",
    "objectives",
    "expected_benefits",
    "yielded_benefits",
    "outputs",
    "processing",
    "page_files",
    "flags",
    "page_notes",
    "explanation",
    "json",
};

static json_t *load_cases(const char *name)
{
    MEM_AUTO char *path = mem_format("%s/cases/register/%s", TESTS_DIR, name);
    json_error_t error;
    json_t *cases = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!json_is_array(cases) || json_array_size(cases) == 0)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return cases;
}

static const char *text_member(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

static void assert_json_equal(const char *name, const char *what, json_t *found, json_t *expected)
{
    if (json_equal(found, expected))
        return;
    MEM_AUTO char *found_text = json_dumps(found, JSON_ENCODE_ANY);
    MEM_AUTO char *expected_text = json_dumps(expected, JSON_ENCODE_ANY);
    fail_msg("%s: %s\n expected %s\n found    %s", name, what, expected_text,
             found_text ? found_text : "nothing");
}

static void check_error(const json_t *test, const struct error *error)
{
    const char *name = text_member(test, "name"), *expected = text_member(test, "error");
    if (!expected)
        fail_msg("%s: %s: %s", name, error->place, error->text);
    size_t len =
        json_is_true(json_object_get(test, "error_begins")) ? strlen("not JSON: ") : sizeof error->text;
    if (strncmp(error->text, expected, len) != 0)
        fail_msg("%s:\n expected %s\n found    %s", name, expected, error->text);
    if (text_member(test, "error_place"))
        assert_string_equal(error->place, text_member(test, "error_place"));
}

static void check_members(const json_t *test, json_t *found)
{
    const char *name = text_member(test, "name"), *member;
    json_t *expected, *whole = json_object_get(test, "expect"), *absent;
    if (whole)
        json_object_foreach(found, member, expected) if (!json_object_get(whole, member))
            fail_msg("%s: unexpected member %s", name, member);
    json_object_foreach(whole ? whole : json_object_get(test, "part"), member, expected)
        assert_json_equal(name, member, json_object_get(found, member), expected);
    size_t i;
    json_array_foreach(json_object_get(test, "absent"), i, absent)
        assert_null(json_object_get(found, json_string_value(absent)));
}

/* Checks the record against the case, and that a copy and a second reading of its JSON say the same. */
static void check_record(const json_t *test, const struct record *record)
{
    const char *name = text_member(test, "name");
    json_t *found = record_to_json(record);
    check_members(test, found);
    RECORD_AUTO struct record *copy = record_copy(record);
    json_t *copied = record_to_json(copy);
    assert_json_equal(name, "its copy", copied, found);
    struct error error = ERROR_NONE;
    RECORD_AUTO struct record *again = record_from_json(found, &error);
    if (!again)
        fail_msg("%s: read again: %s", name, error.text);
    json_t *second = record_to_json(again);
    assert_json_equal(name, "read again", second, found);
    MEM_AUTO char *statement = record_statement_text(record);
    MEM_AUTO char *statement_again = record_statement_text(again);
    assert_string_equal(statement, statement_again);
    json_decref(found);
    json_decref(copied);
    json_decref(second);
}

static void records_as_json(void **state)
{
    (void)state;
    json_t *cases = load_cases("records.json"), *test;
    size_t i;
    json_array_foreach(cases, i, test)
    {
        struct error error = ERROR_NONE;
        json_t *input = json_object_get(test, "record");
        RECORD_AUTO struct record *record = record_from_json(input, &error);
        if (!record) {
            check_error(test, &error);
            continue;
        }
        if (text_member(test, "error"))
            fail_msg("%s: taken without an error", text_member(test, "name"));
        if (!json_object_get(test, "expect") && !json_object_get(test, "part"))
            json_object_set(test, "expect", input);
        check_record(test, record);
    }
    json_decref(cases);
}

static enum entry_kind kind_of(const json_t *test)
{
    static const char *const names[] = {[ENTRY_PAGE_AGREEMENT] = "page",
                                        [ENTRY_SHEET_STATEMENT] = "statement",
                                        [ENTRY_SHEET_RELEASE] = "release",
                                        [ENTRY_SHEET_LABEL] = "label",
                                        [ENTRY_RECORD] = "record"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], text_member(test, "kind")) == 0)
            return (enum entry_kind)i;
    fail_msg("%s: unknown kind", text_member(test, "name"));
    return ENTRY_SHEET_LABEL;
}

static int heading_of(const char *name)
{
    for (int i = 0; i < HEADING_COUNT; i++)
        if (strcmp(name, heading_names[i]) == 0)
            return i;
    fail_msg("unknown heading %s", name);
    return 0;
}

static struct entry entry_of(const json_t *test)
{
    struct entry entry = {.kind = kind_of(test),
                          .file = text_member(test, "file"),
                          .sheet = text_member(test, "sheet"),
                          .line = (long)json_integer_value(json_object_get(test, "line")),
                          .edition = text_member(test, "entry_edition"),
                          .from_1904 = json_is_true(json_object_get(test, "from_1904"))};
    const char *name;
    json_t *value;
    json_object_foreach(json_object_get(test, "fields"), name, value) entry.fields[heading_of(name)] =
        (struct entry_field){.text = json_string_value(value), .len = json_string_length(value)};
    size_t i;
    json_array_foreach(json_object_get(test, "cut_off"), i, value)
        entry.fields[heading_of(json_string_value(value))]
            .cut_off = true;
    return entry;
}

static struct organisation_names *names_of(const json_t *test)
{
    struct organisation_names *names = organisation_names_new();
    json_t *name;
    size_t i;
    json_array_foreach(json_object_get(test, "known"), i, name)
        organisation_names_add(names, json_string_value(name));
    return names;
}

static void check_release(const json_t *test, const struct entry *entry)
{
    struct error error = ERROR_NONE;
    MEM_AUTO char *reference = NULL;
    RECORD_AUTO struct record *holder = record_new();
    struct release *release = record_add_release(holder);
    if (understand_release(entry, text_member(test, "edition"), &reference, release, &error) < 0) {
        check_error(test, &error);
        return;
    }
    if (text_member(test, "error"))
        fail_msg("%s: taken without an error", text_member(test, "name"));
    assert_string_equal(reference, text_member(test, "reference"));
    json_t *json = record_to_json(holder);
    assert_json_equal(text_member(test, "name"), "release",
                      json_array_get(json_object_get(json, "releases"), 0), json_object_get(test, "release"));
    json_decref(json);
}

static void check_statement(const json_t *test, const struct entry *entry)
{
    struct error error = ERROR_NONE;
    struct organisation_names *names = names_of(test);
    RECORD_AUTO struct record *record =
        understand_statement(entry, names, text_member(test, "edition"), &error);
    organisation_names_free(names);
    if (!record)
        check_error(test, &error);
    else if (text_member(test, "error"))
        fail_msg("%s: taken without an error", text_member(test, "name"));
    else
        check_record(test, record);
}

static void entries_into_records(void **state)
{
    (void)state;
    json_t *cases = load_cases("entries.json"), *test;
    size_t i;
    json_array_foreach(cases, i, test)
    {
        struct entry entry = entry_of(test);
        if (entry.kind == ENTRY_SHEET_RELEASE)
            check_release(test, &entry);
        else
            check_statement(test, &entry);
    }
    json_decref(cases);
}

/* Bytes that are no UTF-8 and NULs become U+FFFD and are noted: JSON could not hold them. */
static void damaged_bytes_are_replaced_and_noted(void **state)
{
    (void)state;
    struct entry entry = {.kind = ENTRY_PAGE_AGREEMENT, .file = "p.txt", .line = 1};
    entry.fields[HEADING_REFERENCE] = (struct entry_field){.text = "NIC-1", .len = 5};
    entry.fields[HEADING_OBJECTIVES] = (struct entry_field){.text = "a\xff"
                                                                    "b\0c\xc3",
                                                            .len = 6};
    RECORD_AUTO struct record *record = understand_statement(&entry, NULL, NULL, NULL);
    assert_non_null(record);
    assert_string_equal(record->objectives, "a\xef\xbf\xbd"
                                            "b\xef\xbf\xbd"
                                            "c\xef\xbf\xbd");
    assert_int_equal(record->parse_notes.len, 1);
    assert_string_equal(record->parse_notes.items[0],
                        "Objectives held bytes that are not UTF-8; they were replaced");
}

/* What a record says does not depend on where and when it was seen, nor on its number under the reference. */
static void equal_statements_have_equal_texts(void **state)
{
    (void)state;
    RECORD_AUTO struct record *a = record_new();
    a->id = mem_text("NIC-1-A");
    a->objectives = mem_text("To sail.");
    RECORD_AUTO struct record *b = record_copy(a);
    free(b->id);
    b->id = mem_text("NIC-1-A#2");
    b->edition = mem_text("2021-02");
    strlist_add(&b->editions, "2021-02");
    b->first_seen = mem_text("2021-02");
    record_add_source(b, "x.txt", NULL, 3);
    strlist_add(&b->parse_notes, "noticed");
    record_add_release(b);
    MEM_AUTO char *first = record_statement_text(a);
    MEM_AUTO char *second = record_statement_text(b);
    assert_string_equal(first, second);
    b->outputs = mem_text("");
    MEM_AUTO char *third = record_statement_text(b);
    assert_string_not_equal(first, third);
}

static void a_source_is_added_once(void **state)
{
    (void)state;
    RECORD_AUTO struct record *record = record_new();
    for (int round = 0; round < 2; round++)
        for (long line = 1; line <= 20; line++) {
            record_add_source(record, "x", NULL, line);
            record_add_source(record, "x", "sheet", line);
        }
    assert_int_equal(record->source_count, 40);
    assert_int_equal(record->sources[39].line, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_as_json),
        cmocka_unit_test(entries_into_records),
        cmocka_unit_test(damaged_bytes_are_replaced_and_noted),
        cmocka_unit_test(equal_statements_have_equal_texts),
        cmocka_unit_test(a_source_is_added_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
