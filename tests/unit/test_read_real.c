/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The register as published, where it lies beside the project: every row accounted for. Skipped elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "indexer/base/mem.h"
#include "indexer/base/strlist.h"
#include "indexer/read/read.h"

struct counts {
    int kinds[ENTRY_RECORD + 1];
    int problems, cut_off, other_editions, without_reference;
    struct strlist legal_bases, opt_outs, datasets;
};

static int take(void *context, const struct entry *entry)
{
    struct counts *counts = context;
    counts->kinds[entry->kind]++;
    for (int i = 0; i < HEADING_COUNT; i++)
        counts->cut_off += entry->fields[i].cut_off;
    counts->other_editions += entry->edition && strcmp(entry->edition, "2021-02") != 0;
    counts->without_reference += entry->kind != ENTRY_SHEET_LABEL && !entry->fields[HEADING_REFERENCE].len;
    if (entry->kind == ENTRY_SHEET_RELEASE) {
        strlist_add_unique(&counts->legal_bases, entry->fields[HEADING_LEGAL_BASIS].text);
        strlist_add_unique(&counts->opt_outs, entry->fields[HEADING_OPT_OUTS].text);
    }
    if (entry->kind == ENTRY_PAGE_AGREEMENT)
        strlist_add(&counts->datasets, entry->fields[HEADING_DATASETS].text);
    return 0;
}

static void problem(void *context, enum problem_kind kind, const struct error *error)
{
    (void)kind;
    print_error("%s: %s\n", error->place, error->text);
    ((struct counts *)context)->problems++;
}

static void read_real(const char *name, struct counts *counts)
{
    MEM_AUTO char *path = mem_format("%s/../../shared/register/%s", TESTS_DIR, name);
    struct entry_sink sink = {.context = counts, .take = take, .problem = problem};
    struct error error = ERROR_NONE;
    if (access(path, R_OK) != 0)
        skip();
    assert_int_equal(read_file(path, name, READ_AUTO, &sink, &error), 0);
    assert_int_equal(counts->problems, 0);
    assert_int_equal(counts->without_reference, 0);
}

static void free_counts(struct counts *counts)
{
    strlist_free(&counts->legal_bases);
    strlist_free(&counts->opt_outs);
    strlist_free(&counts->datasets);
}

static void test_workbook(void **state)
{
    (void)state;
    struct counts counts = {0};
    read_real("workbook/2021-02.xlsx", &counts);
    assert_int_equal(counts.kinds[ENTRY_SHEET_STATEMENT], 585);
    assert_int_equal(counts.kinds[ENTRY_SHEET_RELEASE], 5079);
    assert_int_equal(counts.kinds[ENTRY_SHEET_LABEL], 9);
    assert_int_equal(counts.other_editions, 0);
    assert_int_equal(counts.legal_bases.len, 13);
    assert_int_equal(counts.opt_outs.len, 10);
    assert_int_equal(counts.cut_off, 4);
    free_counts(&counts);
}

static size_t lines_of(const char *text)
{
    size_t lines = *text != '\0';
    for (; *text; text++)
        lines += *text == '\n';
    return lines;
}

static void test_pages(void **state)
{
    (void)state;
    struct counts counts = {0};
    read_real("pages/arden-and-gem-csu.txt", &counts);
    read_real("pages/cambridge-and-peterborough-ccg.txt", &counts);
    read_real("pages/mid-and-south-essex-icb-06q.txt", &counts);
    assert_int_equal(counts.datasets.len, 4);
    assert_int_equal(lines_of(counts.datasets.items[0]), 26);
    assert_int_equal(lines_of(counts.datasets.items[1]), 20);
    assert_int_equal(lines_of(counts.datasets.items[2]), 1);
    assert_int_equal(lines_of(counts.datasets.items[3]), 1);
    free_counts(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_workbook), cmocka_unit_test(test_pages)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
