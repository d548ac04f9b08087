/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs the tables of tests/cases/register: NAME.tsv holds a line a case, an input and what its normaliser
 * makes of it, parted by a tab. Lists are joined with " | ", "(none)" is an empty one or NULL; \n \t and
 * \\ stand for themselves. Lines that begin with '#' are comments; "known: X" names something the normaliser
 * knows beforehand.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/base/strlist.h"
#include "indexer/register/answers.h"
#include "indexer/register/dates.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"
#include "indexer/register/organisations.h"
#include "indexer/register/reference.h"

enum { RESULT_MAX = 1 << 20 };

static const char *or_none(const char *text)
{
    return text && *text ? text : "(none)";
}

static char *join(const struct strlist *list)
{
    struct buf buf = BUF_INIT(RESULT_MAX);
    for (size_t i = 0; i < list->len; i++)
        buf_printf(&buf, "%s%s", i ? " | " : "", list->items[i]);
    if (!list->len)
        buf_text(&buf, "(none)");
    return buf_take(&buf);
}

/* ---- Normalisers: each makes one text of its result ---- */

static char *run_key_fold(const char *input, const struct strlist *known)
{
    (void)known;
    return key_fold(input);
}

static char *run_key_tidy(const char *input, const struct strlist *known)
{
    (void)known;
    return key_tidy(input);
}

static char *run_reference(const char *input, const struct strlist *known)
{
    (void)known;
    MEM_AUTO char *agreement = NULL;
    MEM_AUTO char *version = NULL;
    MEM_AUTO char *base = reference_base(input);
    reference_split(input, &agreement, &version);
    return mem_format("%s\t%s\t%s", agreement, or_none(version), base);
}

/* "A < B": the input is "A B", "(none)" being no version. */
static char *run_versions(const char *input, const struct strlist *known)
{
    (void)known;
    size_t len = strcspn(input, " ");
    MEM_AUTO char *a = mem_copy(input, len);
    const char *b = input + len + 1;
    const char *left = strcmp(a, "(none)") == 0 ? NULL : a, *right = strcmp(b, "(none)") == 0 ? NULL : b;
    int order = reference_compare_versions(left, right);
    assert_int_equal((order > 0) - (order < 0), -((reference_compare_versions(right, left) > 0) -
                                                  (reference_compare_versions(right, left) < 0)));
    return mem_text(order < 0 ? "older" : order > 0 ? "newer" : "same");
}

static char *date_of(const char *input, enum dates_system system)
{
    char date[11], month[8];
    if (!dates_parse(input, system, date)) {
        assert_false(dates_parse_month(input, system, month));
        return mem_text("(none)");
    }
    assert_true(dates_parse_month(input, system, month));
    assert_memory_equal(date, month, 7);
    return mem_text(date);
}

static char *run_dates(const char *input, const struct strlist *known)
{
    (void)known;
    return date_of(input, DATES_FROM_1900);
}

static char *run_dates_1904(const char *input, const struct strlist *known)
{
    (void)known;
    return date_of(input, DATES_FROM_1904);
}

static char *run_editions(const char *input, const struct strlist *known)
{
    (void)known;
    return mem_text(dates_is_edition(input) ? "yes" : "no");
}

static char *run_when(const char *input, const struct strlist *known)
{
    (void)known;
    struct page_dates dates;
    bool understood = dates_parse_when(input, &dates);
    return mem_format("%s\t%s\t%s\t%s\t%s", or_none(dates.start), or_none(dates.end),
                      or_none(dates.released_from), or_none(dates.released_to),
                      understood ? "understood" : "in doubt");
}

static char *run_opt_outs_page(const char *input, const struct strlist *known)
{
    (void)known;
    STRLIST_AUTO struct strlist opt_outs = {0};
    STRLIST_AUTO struct strlist identifiability = {0};
    STRLIST_AUTO struct strlist duty = {0};
    answers_parse_page(input, &opt_outs, &identifiability, &duty);
    MEM_AUTO char *first = join(&opt_outs);
    MEM_AUTO char *second = join(&identifiability);
    MEM_AUTO char *third = join(&duty);
    return mem_format("%s\t%s\t%s", first, second, third);
}

static char *run_opt_out(const char *input, const struct strlist *known)
{
    (void)known;
    char *path = answers_opt_out(input);
    return path ? path : mem_text("(none)");
}

static char *run_type_of_data(const char *input, const struct strlist *known)
{
    (void)known;
    STRLIST_AUTO struct strlist values = {0};
    bool understood = answers_type_of_data(input, &values);
    MEM_AUTO char *joined = join(&values);
    return mem_format("%s\t%s", joined, understood ? "understood" : "in doubt");
}

static char *run_yes_no(const char *input, const struct strlist *known)
{
    (void)known;
    static const char *const names[] = {"unknown", "no", "yes"};
    return mem_text(names[answers_yes_no(input)]);
}

static char *run_lists(const char *input, const struct strlist *known)
{
    (void)known;
    STRLIST_AUTO struct strlist values = {0};
    answers_split_list(input, &values);
    return join(&values);
}

static char *run_sensitivity(const char *input, const struct strlist *known)
{
    (void)known;
    STRLIST_AUTO struct strlist values = {0};
    answers_sensitivity(input, &values);
    return join(&values);
}

static char *run_organisations(const char *input, const struct strlist *known)
{
    struct organisation_names *names = organisation_names_new();
    for (size_t i = 0; i < known->len; i++)
        organisation_names_add(names, known->items[i]);
    STRLIST_AUTO struct strlist organisations = {0};
    STRLIST_AUTO struct strlist notes = {0};
    organisations_split(input, names, &organisations, &notes);
    organisation_names_free(names);
    MEM_AUTO char *joined = join(&organisations);
    return mem_format("%s\t%s", joined, notes.len ? "in doubt" : "sure");
}

static char *run_legal_basis(const char *input, const struct strlist *known)
{
    (void)known;
    STRLIST_AUTO struct strlist paths = {0};
    legal_basis_parse(input, &paths);
    return join(&paths);
}

/* The known paths and all levels above them, as an index holds them. */
static void add_levels(const struct strlist *known, struct strlist *levels)
{
    for (size_t i = 0; i < known->len; i++)
        for (const char *path = known->items[i], *end = path; end;) {
            end = strstr(end, FIELD_PATH_SEPARATOR);
            MEM_AUTO char *level = end ? mem_copy(path, (size_t)(end - path)) : mem_text(path);
            strlist_add_unique(levels, level);
            end = end ? end + strlen(FIELD_PATH_SEPARATOR) : NULL;
        }
}

static char *run_legal_basis_typed(const char *input, const struct strlist *known)
{
    STRLIST_AUTO struct strlist levels = {0};
    STRLIST_AUTO struct strlist paths = {0};
    MEM_AUTO char *note = NULL;
    add_levels(known, &levels);
    bool found = legal_basis_resolve(input, &levels, &paths, &note);
    assert_int_equal(found, paths.len > 0);
    MEM_AUTO char *joined = join(&paths);
    return mem_format("%s\t%s", joined, or_none(note));
}

static char *run_legal_basis_words(const char *input, const struct strlist *known)
{
    (void)known;
    return mem_text(or_none(legal_basis_explain(input)));
}

/* ---- The driver ---- */

struct table {
    const char *name;
    char *(*run)(const char *input, const struct strlist *known);
};

static void unescape(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from == '\\' && from[1]) {
            from++;
            *to++ = *from == 'n' ? '\n' : *from == 't' ? '\t' : *from;
        } else {
            *to++ = *from;
        }
    }
    *to = '\0';
}

static FILE *open_table(const char *name)
{
    MEM_AUTO char *path = mem_format("%s/cases/register/%s.tsv", TESTS_DIR, name);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s cannot be read", path);
    return file;
}

/* Returns whether the case holds; says on stderr what differs. */
static bool run_case(const struct table *table, char *line, long number, const struct strlist *known)
{
    char *tab = strchr(line, '\t');
    if (!tab) {
        fprintf(stderr, "%s.tsv:%ld: no tab\n", table->name, number);
        return false;
    }
    *tab = '\0';
    unescape(line);
    MEM_AUTO char *result = table->run(line, known);
    if (strcmp(result, tab + 1) == 0)
        return true;
    fprintf(stderr, "%s.tsv:%ld: %s\n  expected  %s\n  found     %s\n", table->name, number, line, tab + 1,
            result);
    return false;
}

static void run_table(void **state)
{
    const struct table *table = *state;
    FILE *file = open_table(table->name);
    STRLIST_AUTO struct strlist known = {0};
    char *line = NULL;
    size_t size = 0, cases = 0, failures = 0;
    for (long number = 1; getline(&line, &size, file) > 0; number++) {
        line[strcspn(line, "\n")] = '\0';
        if (!*line || *line == '#')
            continue;
        if (strncmp(line, "known: ", 7) == 0) {
            strlist_add(&known, line + 7);
            continue;
        }
        cases++;
        failures += !run_case(table, line, number, &known);
    }
    free(line);
    fclose(file);
    assert_true(cases > 0);
    assert_int_equal(failures, 0);
}

/* keys.tsv: a key, and the spellings that are one value; no two lines have the same key. */
static void spellings_of_one_value(void **state)
{
    (void)state;
    FILE *file = open_table("keys");
    STRLIST_AUTO struct strlist keys = {0};
    char *line = NULL;
    size_t size = 0;
    for (long number = 1; getline(&line, &size, file) > 0; number++) {
        line[strcspn(line, "\n")] = '\0';
        if (!*line || *line == '#')
            continue;
        char *rest = strchr(line, '\t');
        assert_non_null(rest);
        *rest++ = '\0';
        if (!strlist_add_unique(&keys, line))
            fail_msg("keys.tsv:%ld: the key %s has two lines", number, line);
        for (char *next; rest; rest = next) {
            next = strstr(rest, " | ");
            if (next) {
                *next = '\0';
                next += 3;
            }
            MEM_AUTO char *key = key_loose(rest);
            if (strcmp(key, line) != 0)
                fail_msg("keys.tsv:%ld: %s has the key %s, expected %s", number, rest, key, line);
        }
    }
    free(line);
    fclose(file);
    assert_true(keys.len > 0);
}

static const struct table tables[] = {
    {"key_fold", run_key_fold},
    {"key_tidy", run_key_tidy},
    {"references", run_reference},
    {"versions", run_versions},
    {"dates", run_dates},
    {"dates_1904", run_dates_1904},
    {"editions", run_editions},
    {"when", run_when},
    {"opt_outs_page", run_opt_outs_page},
    {"opt_out", run_opt_out},
    {"type_of_data", run_type_of_data},
    {"yes_no", run_yes_no},
    {"lists", run_lists},
    {"sensitivity", run_sensitivity},
    {"organisations", run_organisations},
    {"legal_basis", run_legal_basis},
    {"legal_basis_typed", run_legal_basis_typed},
    {"legal_basis_words", run_legal_basis_words},
};

enum { TABLE_COUNT = sizeof tables / sizeof *tables };

int main(void)
{
    struct CMUnitTest tests[TABLE_COUNT + 1] = {cmocka_unit_test(spellings_of_one_value)};
    for (size_t i = 0; i < TABLE_COUNT; i++)
        tests[i + 1] =
            (struct CMUnitTest){tables[i].name, run_table, NULL, NULL, (void *)(uintptr_t)&tables[i]};
    return cmocka_run_group_tests_name("register_tables", tests, NULL, NULL);
}
