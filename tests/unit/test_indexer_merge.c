/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which statement is the record, and which releases are the same: tables of cases in tests/cases/indexer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/merge.h"

enum { STATEMENTS_MAX = 16, LINE_SIZE = 256, OUTPUT_MAX = 1 << 16 };

/* ---- statements ---- */

struct merge_case {
    char name[LINE_SIZE];
    struct sighting sightings[STATEMENTS_MAX];
    size_t count;
    struct buf expected;
};

static const char *or_dash(const char *edition)
{
    return edition ? edition : "-";
}

static void render_text(struct buf *to, const char *kind, const struct sighting *sightings,
                        const struct merge_text *text)
{
    buf_printf(to, "%s %c edition=%s since=%s members=", kind, sightings[text->base].text[0],
               or_dash(text->edition), or_dash(text->since));
    for (size_t i = 0; i < text->count; i++)
        buf_printf(to, "%s%zu", i > 0 ? "," : "", text->members[i]);
    buf_text(to, "\n");
}

static void check_case(struct merge_case *merge_case)
{
    struct merge_plan plan;
    BUF_AUTO struct buf rendered = BUF_INIT(OUTPUT_MAX);
    merge_plan_make(merge_case->sightings, merge_case->count, &plan);
    for (size_t i = 0; i < plan.count; i++)
        render_text(&rendered, i == 0 ? "record" : "older", merge_case->sightings, &plan.texts[i]);
    for (size_t i = 0; i < plan.superseded_count; i++)
        buf_printf(&rendered, "lost %zu\n", plan.superseded[i]);
    merge_plan_free(&plan);
    if (strcmp(rendered.data, merge_case->expected.data) != 0)
        print_error("case %s", merge_case->name);
    assert_string_equal(rendered.data, merge_case->expected.data);
    for (size_t i = 0; i < merge_case->count; i++)
        sighting_clear(&merge_case->sightings[i]);
    buf_free(&merge_case->expected);
    merge_case->count = 0;
}

static void add_statement(struct merge_case *merge_case, const char *line)
{
    char edition[8], text;
    assert_int_equal(sscanf(line, "in %7s %c", edition, &text), 2);
    assert_true(merge_case->count < STATEMENTS_MAX);
    struct sighting *sighting = &merge_case->sightings[merge_case->count++];
    *sighting = (struct sighting){.edition = mem_text(strcmp(edition, "-") == 0 ? NULL : edition)};
    sighting->text[0] = (unsigned char)text;
}

static void test_statements(void **state)
{
    (void)state;
    FILE *file = fopen(TESTS_DIR "/cases/indexer/merge.txt", "r");
    assert_non_null(file);
    struct merge_case merge_case = {.expected = BUF_INIT(OUTPUT_MAX)};
    char line[LINE_SIZE];
    size_t cases = 0;
    while (fgets(line, sizeof line, file)) {
        if (strncmp(line, "case ", 5) == 0) {
            if (merge_case.count > 0)
                check_case(&merge_case);
            snprintf(merge_case.name, sizeof merge_case.name, "%s", line + 5);
            cases++;
        } else if (strncmp(line, "in ", 3) == 0) {
            add_statement(&merge_case, line);
        } else if (*line != '#' && *line != '\n') {
            buf_text(&merge_case.expected, line);
        }
    }
    check_case(&merge_case);
    fclose(file);
    assert_true(cases >= 16);
}

/* ---- where and when ---- */

static void test_seen(void **state)
{
    (void)state;
    struct sighting sightings[] = {
        {.reference = (char *)"R",
         .edition = (char *)"2021-02",
         .seen = (char *)"{\"editions\":[\"2021-02\"],\"sources\":[{\"file\":\"b.xlsx\",\"sheet\":\"S\","
                         "\"row\":7}],"
                         "\"parse_notes\":[\"cut\"]}"},
        {.reference = (char *)"R",
         .edition = (char *)"2020-01",
         .seen =
             (char *)"{\"editions\":[\"2020-01\",\"2019-01\"],\"sources\":[{\"file\":\"a.txt\",\"line\":3},"
                     "{\"file\":\"b.xlsx\",\"sheet\":\"S\",\"row\":7}],\"parse_notes\":[\"cut\",\"other\"]}"},
    };
    struct merge_plan plan;
    merge_plan_make(sightings, 2, &plan);
    assert_int_equal(plan.count, 1);
    RECORD_AUTO struct record *record = record_new();
    record->edition = mem_text("1999-01");
    strlist_add(&record->parse_notes, "stale");
    record_add_source(record, "stale.txt", NULL, 1);
    struct error error = ERROR_NONE;
    assert_int_equal(merge_seen(sightings, &plan.texts[0], record, &error), 0);
    merge_plan_free(&plan);
    assert_string_equal(record->edition, "2021-02");
    assert_int_equal(record->editions.len, 3);
    assert_string_equal(record->editions.items[0], "2019-01");
    assert_string_equal(record->editions.items[2], "2021-02");
    assert_int_equal(record->parse_notes.len, 2);
    assert_int_equal(record->source_count, 2);
    assert_string_equal(record->sources[0].sheet, "S");
    assert_int_equal(record->sources[0].line, 7);
    assert_string_equal(record->sources[1].file, "a.txt");
}

static void test_damaged_seen(void **state)
{
    (void)state;
    struct sighting sighting = {.reference = (char *)"NIC-1-A", .seen = (char *)"[not json"};
    struct merge_plan plan;
    merge_plan_make(&sighting, 1, &plan);
    RECORD_AUTO struct record *record = record_new();
    struct error error = ERROR_NONE;
    assert_int_equal(merge_seen(&sighting, &plan.texts[0], record, &error), -1);
    assert_non_null(strstr(error.text, "NIC-1-A"));
    merge_plan_free(&plan);
}

/* ---- releases ---- */

static struct release_row *read_rows(const json_t *array, size_t *ret_count)
{
    struct release_row *rows = mem_zero(json_array_size(array), sizeof *rows);
    size_t i;
    json_t *row;
    json_array_foreach(array, i, row)
    {
        char *text = json_dumps(json_object_get(row, "row"), JSON_COMPACT);
        rows[i] = (struct release_row){
            .source = json_integer_value(json_object_get(row, "source")),
            .count = json_integer_value(json_object_get(row, "count")),
            .edition = mem_text(json_string_value(json_object_get(row, "edition"))),
            .reference = mem_text("NIC-1-A"),
            .row = mem_text(text),
        };
        free(text);
    }
    *ret_count = json_array_size(array);
    return rows;
}

static json_t *list_json(const struct strlist *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->len; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

static json_t *text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *releases_json(const struct record *record)
{
    json_t *array = json_array();
    for (size_t i = 0; i < record->release_count; i++) {
        const struct release *release = &record->releases[i];
        json_array_append_new(array,
                              json_pack("[oooo]", text_json(release->dataset), text_json(release->month),
                                        json_integer(release->count), list_json(&release->editions)));
    }
    return array;
}

static void assert_json(const json_t *release_case, const char *member, json_t *got)
{
    char *expected = json_dumps(json_object_get(release_case, member), JSON_COMPACT | JSON_ENCODE_ANY);
    char *text = json_dumps(got, JSON_COMPACT | JSON_ENCODE_ANY);
    if (strcmp(expected, text) != 0)
        print_error("case %s: %s\n", json_string_value(json_object_get(release_case, "case")), member);
    assert_string_equal(text, expected);
    free(expected);
    free(text);
    json_decref(got);
}

static void check_releases(const json_t *release_case)
{
    size_t count;
    struct release_row *rows = read_rows(json_object_get(release_case, "rows"), &count);
    RECORD_AUTO struct record *record = record_new();
    struct error error = ERROR_NONE;
    assert_int_equal(merge_releases(rows, count, record, &error), 0);
    assert_true(record->has_releases);
    assert_json(release_case, "releases", releases_json(record));
    assert_json(release_case, "datasets", list_json(&record->datasets));
    assert_json(release_case, "from", text_json(record->released_from));
    assert_json(release_case, "to", text_json(record->released_to));
    release_rows_free(rows, count);
}

static void test_releases(void **state)
{
    (void)state;
    json_t *cases = json_load_file(TESTS_DIR "/cases/indexer/releases.json", 0, NULL);
    assert_true(json_array_size(cases) >= 7);
    size_t i;
    json_t *release_case;
    json_array_foreach(cases, i, release_case)
    {
        check_releases(release_case);
    }
    json_decref(cases);
}

static void test_damaged_releases(void **state)
{
    (void)state;
    struct release_row row = {.reference = (char *)"NIC-1-A", .row = (char *)"{", .count = 1};
    RECORD_AUTO struct record *record = record_new();
    struct error error = ERROR_NONE;
    assert_int_equal(merge_releases(&row, 1, record, &error), -1);
    assert_true(error.is_set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statements),       cmocka_unit_test(test_seen),
        cmocka_unit_test(test_damaged_seen),     cmocka_unit_test(test_releases),
        cmocka_unit_test(test_damaged_releases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
