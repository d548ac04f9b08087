/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pages of tests/register, read, against what was written into them: cases/read/expected.jsonl, one
 * agreement a line, in the order of the files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/read/read.h"

struct expectations {
    json_t *agreements; /* of one file */
    size_t taken;
    int differences;
};

static void differs(struct expectations *all, const struct entry *entry, const char *what, const char *got,
                    const char *wanted)
{
    print_error("%s:%ld: %s is \"%s\", expected \"%s\"\n", entry->file, entry->line, what,
                got ? got : "(absent)", wanted ? wanted : "(absent)");
    all->differences++;
}

static void check_text(struct expectations *all, const struct entry *entry, const char *what, const char *got,
                       const char *wanted)
{
    if (!got != !wanted || (got && strcmp(got, wanted) != 0))
        differs(all, entry, what, got, wanted);
}

static void check_number(struct expectations *all, const struct entry *entry, const char *what, long got,
                         long wanted)
{
    MEM_AUTO char *got_text = mem_format("%ld", got);
    MEM_AUTO char *wanted_text = mem_format("%ld", wanted);
    check_text(all, entry, what, got_text, wanted_text);
}

static void check_lines(struct expectations *all, const struct entry *entry, const json_t *agreement)
{
    static const struct {
        const char *name;
        enum entry_heading heading;
    } lines[] = {
        {"id", HEADING_REFERENCE},
        {"organisation", HEADING_ORGANISATION},
        {"title", HEADING_TITLE},
        {"type_of_data", HEADING_TYPE_OF_DATA},
        {"opt_outs", HEADING_OPT_OUTS},
        {"legal_basis", HEADING_LEGAL_BASIS},
        {"purposes", HEADING_PURPOSES},
        {"sensitivity", HEADING_SENSITIVITY},
        {"when", HEADING_WHEN},
        {"method", HEADING_METHOD},
        {"controllers", HEADING_CONTROLLERS},
        {"sublicensing", HEADING_SUBLICENSING},
    };
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        check_text(all, entry, lines[i].name, entry->fields[lines[i].heading].text,
                   json_string_value(json_object_get(agreement, lines[i].name)));
}

static long count_lines(const char *text)
{
    long lines = 0;
    while (text && *text) {
        size_t len = strcspn(text, "\n");
        lines += strspn(text, " \t") < len;
        text += len + (text[len] != '\0');
    }
    return lines;
}

static void check_part(struct expectations *all, const struct entry *entry, const char *name, const char *got,
                       const json_t *wanted)
{
    if (!wanted || !got) {
        if (wanted || got)
            differs(all, entry, name, got, wanted ? "(present)" : NULL);
        return;
    }
    const char *last = strrchr(got, '\n');
    MEM_AUTO char *first = mem_copy(got, strcspn(got, "\n"));
    check_text(all, entry, name, first, json_string_value(json_object_get(wanted, "first_line")));
    check_text(all, entry, name, last ? last + 1 : got,
               json_string_value(json_object_get(wanted, "last_line")));
    check_number(all, entry, name, count_lines(got), json_integer_value(json_object_get(wanted, "lines")));
}

static void check_parts(struct expectations *all, const struct entry *entry, const json_t *agreement)
{
    const json_t *parts = json_object_get(agreement, "parts");
    const struct entry_field *fields = entry->fields;
    check_part(all, entry, "objectives", fields[HEADING_OBJECTIVES].text,
               json_object_get(parts, "objectives"));
    check_part(all, entry, "expected_benefits", fields[HEADING_EXPECTED_BENEFITS].text,
               json_object_get(parts, "expected_benefits"));
    check_part(all, entry, "yielded_benefits", fields[HEADING_YIELDED_BENEFITS].text,
               json_object_get(parts, "yielded_benefits"));
    check_part(all, entry, "outputs", fields[HEADING_OUTPUTS].text, json_object_get(parts, "outputs"));
    check_part(all, entry, "processing", fields[HEADING_PROCESSING].text,
               json_object_get(parts, "processing"));
}

static int take(void *context, const struct entry *entry)
{
    struct expectations *all = context;
    const json_t *agreement = json_array_get(all->agreements, all->taken++);
    const char *files = entry->fields[HEADING_PAGE_FILES].text;
    if (!agreement) {
        differs(all, entry, "agreement", entry->fields[HEADING_REFERENCE].text, NULL);
        return 0;
    }
    check_lines(all, entry, agreement);
    check_parts(all, entry, agreement);
    check_number(all, entry, "line", entry->line, json_integer_value(json_object_get(agreement, "line")));
    check_number(all, entry, "datasets", count_lines(entry->fields[HEADING_DATASETS].text),
                 json_integer_value(json_object_get(agreement, "datasets")));
    check_number(all, entry, "page_files", files ? strtol(files, NULL, 10) : 0,
                 json_integer_value(json_object_get(agreement, "page_files")));
    check_number(all, entry, "flags", count_lines(entry->fields[HEADING_FLAGS].text),
                 json_integer_value(json_object_get(agreement, "flags")));
    return 0;
}

static void problem(void *context, enum problem_kind kind, const struct error *error)
{
    (void)kind;
    print_error("%s: %s\n", error->place, error->text);
    ((struct expectations *)context)->differences++;
}

/* {file name: [agreements]} */
static json_t *load_expected(void)
{
    MEM_AUTO char *path = mem_format("%s/cases/read/expected.jsonl", TESTS_DIR);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    json_t *files = json_object(), *agreement;
    while ((agreement = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        const char *name = json_string_value(json_object_get(agreement, "file"));
        if (!json_object_get(files, name))
            json_object_set_new(files, name, json_array());
        json_array_append_new(json_object_get(files, name), agreement);
    }
    fclose(file);
    return files;
}

static void test_pages_of_the_tests(void **state)
{
    (void)state;
    json_t *files = load_expected(), *agreements;
    const char *name;
    int differences = 0;
    assert_true(json_object_size(files) >= 12);
    json_object_foreach(files, name, agreements)
    {
        MEM_AUTO char *path = mem_format("%s/register/%s", TESTS_DIR, name);
        struct expectations all = {.agreements = agreements};
        struct entry_sink sink = {.context = &all, .take = take, .problem = problem};
        struct error error = ERROR_NONE;
        assert_int_equal(read_file(path, name, READ_AUTO, &sink, &error), 0);
        assert_int_equal(all.taken, json_array_size(agreements));
        MEM_AUTO char *organisation = read_page_organisation(path);
        assert_string_equal(
            organisation, json_string_value(json_object_get(json_array_get(agreements, 0), "organisation")));
        differences += all.differences;
    }
    json_decref(files);
    assert_int_equal(differences, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_pages_of_the_tests)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
