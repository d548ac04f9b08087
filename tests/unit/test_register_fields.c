/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The field table: that its rows fit together, and what facets take from records and releases. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"

static void rows_are_in_the_order_of_the_contract(void **state)
{
    (void)state;
    static const char *const names[] = {"id",
                                        "agreement",
                                        "version",
                                        "title",
                                        "organisation",
                                        "organisation_types",
                                        "controllers",
                                        "edition",
                                        "editions",
                                        "start",
                                        "end",
                                        "released_from",
                                        "released_to",
                                        "commercial",
                                        "sublicensing",
                                        "commercial_note",
                                        "identifiability",
                                        "opt_outs",
                                        "legal_basis",
                                        "duty_of_confidence",
                                        "sensitivity",
                                        "method",
                                        "datasets",
                                        "legal_basis_text",
                                        "releases",
                                        "objectives",
                                        "expected_benefits",
                                        "yielded_benefits",
                                        "outputs",
                                        "processing",
                                        "page_files",
                                        "flags",
                                        "parse_notes",
                                        "first_seen",
                                        "changed",
                                        "sources",
                                        "in_force",
                                        "group"};
    size_t count;
    const struct field *fields = field_table(&count);
    assert_int_equal(count, sizeof names / sizeof *names);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(fields[i].name, names[i]);
        assert_true(*fields[i].label && *fields[i].help);
    }
}

static void slots_are_used_once(void **state)
{
    (void)state;
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++)
            if (fields[i].slot != SLOT_NONE)
                assert_int_not_equal(fields[i].slot, fields[j].slot);
}

static void facets_have_a_slot_and_a_name(void **state)
{
    (void)state;
    size_t facet_count, field_count, with_use = 0;
    const struct field *const *facets = field_facets(&facet_count);
    const struct field *fields = field_table(&field_count);
    for (size_t i = 0; i < field_count; i++)
        with_use += (fields[i].use & FIELD_USE_FACET) != 0;
    assert_int_equal(with_use, facet_count);
    bool record_level = false;
    for (size_t i = 0; i < facet_count; i++) {
        bool is_release = facets[i]->use & FIELD_USE_RELEASE;
        assert_int_equal(field_facet_number(facets[i]), (int)i);
        assert_int_equal(facets[i]->slot, SLOT_FACETS + (int)i);
        assert_ptr_equal(field_find(facets[i]->facet), facets[i]);
        assert_int_equal(is_release, facets[i]->release_offset >= 0);
        assert_false(record_level && is_release); /* release facets come first */
        record_level |= !is_release;
    }
    assert_int_equal(field_facet_number(field_find("title")), -1);
}

static void no_prefix_begins_another(void **state)
{
    (void)state;
    const struct field *const *parts = field_parts();
    for (int i = 0; i < FIELD_PART_COUNT; i++) {
        assert_true(parts[i]->use & FIELD_USE_PART);
        for (int j = 0; j < FIELD_PART_COUNT; j++)
            if (i != j)
                assert_int_not_equal(strncmp(parts[i]->prefix, parts[j]->prefix, strlen(parts[i]->prefix)),
                                     0);
    }
}

static void fields_are_found_by_any_of_their_names(void **state)
{
    (void)state;
    static const char *const names[][2] = {{"dataset", "datasets"},
                                           {"datasets", "datasets"},
                                           {"organisations", "organisation"},
                                           {"organisation_type", "organisation_types"},
                                           {"organisation-types", "organisation_types"},
                                           {"opt_out", "opt_outs"},
                                           {"opt-outs", "opt_outs"},
                                           {"legal", "legal_basis"},
                                           {"legal_bases", "legal_basis"},
                                           {"edition", "editions"},
                                           {"editions", "editions"},
                                           {"flag", "flags"},
                                           {"controller", "controllers"},
                                           {"released", "released_from"},
                                           {"released_to", "released_to"},
                                           {"expected", "expected_benefits"},
                                           {"yielded", "yielded_benefits"},
                                           {"objective", "objectives"},
                                           {"output", "outputs"},
                                           {"id", "id"},
                                           {"ids", "id"},
                                           {"groups", "group"},
                                           {"in_force", "in_force"},
                                           {"titles", "title"},
                                           {"sensitivities", "sensitivity"},
                                           {"page_files", "page_files"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct field *field = field_find(names[i][0]);
        assert_non_null(field);
        assert_string_equal(field->name, names[i][1]);
    }
    static const char *const unknown[] = {"",      "s", "benefits", "dataset_", "Title", "organisationss",
                                          "colour"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_null(field_find(unknown[i]));
    assert_string_equal(field_filter_name(field_find("released")), "released");
    assert_string_equal(field_filter_name(field_find("datasets")), "dataset");
    assert_string_equal(field_filter_name(field_find("start")), "start");
}

static void assert_values(const char *facet, const struct record *record, const char *expected)
{
    STRLIST_AUTO struct strlist values = {0};
    strlist_add(&values, "from before");
    field_record_values(field_find(facet), record, &values);
    char joined[1000] = "";
    for (size_t i = 0; i < values.len; i++) {
        strcat(joined, i ? " | " : "");
        strcat(joined, values.items[i]);
    }
    assert_string_equal(joined, expected);
}

static void facets_take_their_values_from_records(void **state)
{
    (void)state;
    RECORD_AUTO struct record *record = record_new();
    assert_values("organisation", record, "");
    assert_values("commercial", record, "");
    assert_values("in_force", record, "");
    record->organisation = mem_text("Harbour Board");
    record->commercial = ANSWER_YES;
    record->sublicensing = ANSWER_NO;
    record->edition = mem_text("2021-02");
    strlist_add(&record->editions, "2017-09");
    strlist_add(&record->editions, "2021-02");
    strlist_add(&record->legal_basis, "Health Act 2009 > s36");
    assert_values("organisation", record, "Harbour Board");
    assert_values("commercial", record, "yes");
    assert_values("sublicensing", record, "no");
    assert_values("edition", record, "2017-09 | 2021-02");
    assert_values("legal_basis", record, "Health Act 2009 > s36");
    assert_values("group", record, "");
}

static void set(char **text, const char *to)
{
    free(*text);
    *text = mem_text(to);
}

static void years_in_force(void **state)
{
    (void)state;
    RECORD_AUTO struct record *record = record_new();
    set(&record->start, "2019-09-01");
    assert_values("in_force", record, "2019");
    set(&record->end, "2021-01");
    assert_values("in_force", record, "2019 | 2020 | 2021");
    set(&record->start, NULL);
    assert_values("in_force", record, "2021");
    set(&record->start, "2022-01-01");
    assert_values("in_force", record, "2022 | 2021");
    set(&record->start, "1900-01-01");
    set(&record->end, "2199-12-31");
    assert_values("in_force", record, "1900 | 2199");
}

static void facets_take_their_values_from_releases(void **state)
{
    (void)state;
    struct release release = {.dataset = mem_text("Tides"), .opt_outs = mem_text("No > exempt"), .count = 1};
    strlist_add(&release.legal_basis, "A");
    strlist_add(&release.legal_basis, "B");
    STRLIST_AUTO struct strlist values = {0};
    field_release_values(field_find("dataset"), &release, &values);
    assert_int_equal(values.len, 1);
    assert_string_equal(values.items[0], "Tides");
    field_release_values(field_find("opt_outs"), &release, &values);
    assert_string_equal(values.items[0], "No > exempt");
    field_release_values(field_find("legal_basis"), &release, &values);
    assert_int_equal(values.len, 2);
    field_release_values(field_find("method"), &release, &values);
    assert_int_equal(values.len, 0);
    field_release_values(field_find("organisation"), &release, &values);
    assert_int_equal(values.len, 0);
    release_free(&release);
}

static void assert_key(const char *facet, const char *spelling, const char *expected)
{
    MEM_AUTO char *key = field_key(field_find(facet), spelling);
    assert_string_equal(key, expected);
}

static void keys_of_values(void **state)
{
    (void)state;
    assert_key("dataset", "Community Services Data Set (CSDS)", "community-service-dataset");
    assert_key("organisation", "The Harbour Board", "harbour-board");
    assert_key("identifiability", "Anonymised - ICO Code Compliant", "anonymised-ico-code-compliant");
    assert_key("organisation_type", "Clinical Commissioning Group (CCG)", "clinical-commissioning-group-ccg");
    assert_key("legal_basis", "Health Act 2009 > s36", "Health Act 2009 > s36");
    assert_key("opt_outs", "No > data flow is not identifiable", "No > data flow is not identifiable");
    assert_key("version", "5.2", "5.2");
    assert_key("edition", "2021-02", "2021-02");
    assert_key("dataset", " ??? ", "???");
}

static void the_text_of_a_part(void **state)
{
    (void)state;
    RECORD_AUTO struct record *record = record_new();
    record->outputs = mem_text("A table.");
    assert_string_equal(field_part_text(field_find("outputs"), record), "A table.");
    assert_null(field_part_text(field_find("objectives"), record));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_are_in_the_order_of_the_contract),
        cmocka_unit_test(slots_are_used_once),
        cmocka_unit_test(facets_have_a_slot_and_a_name),
        cmocka_unit_test(no_prefix_begins_another),
        cmocka_unit_test(fields_are_found_by_any_of_their_names),
        cmocka_unit_test(facets_take_their_values_from_records),
        cmocka_unit_test(years_in_force),
        cmocka_unit_test(facets_take_their_values_from_releases),
        cmocka_unit_test(keys_of_values),
        cmocka_unit_test(the_text_of_a_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
