/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each file NAME.{txt,jsonl,csv} of cases/read, read, gives what NAME.expected beside it says. A case
 * NAME.parts is a workbook: its parts stand one after another, each behind a line "=== path/in/the/zip".
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "tests/unit/test_read_dump.h"

enum { FILE_MAX = 16 << 20 /* bytes of a case */ };

static char *slurp(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    struct buf text = BUF_INIT(FILE_MAX);
    char block[4096];
    size_t got;
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        buf_append(&text, block, got);
    fclose(file);
    return buf_take(&text);
}

static char *beside(const char *path, const char *suffix)
{
    const char *dot = strrchr(path, '.');
    return mem_format("%.*s%s", (int)(dot - path), path, suffix);
}

static int check_case(const char *path)
{
    BUF_AUTO struct buf got = BUF_INIT(FILE_MAX);
    MEM_AUTO char *expected_path = beside(path, ".expected");
    MEM_AUTO char *expected = slurp(expected_path);
    const char *name = strrchr(path, '/') + 1;
    read_dump(path, name, READ_AUTO, &got);
    if (expected && strcmp(expected, got.len ? got.data : "") == 0)
        return 0;
    fprintf(stderr, "%s: %s; read was:\n%s", name, expected ? "differs" : "no .expected beside it",
            got.len ? got.data : "");
    return 1;
}

static void check_cases(const char *pattern)
{
    MEM_AUTO char *full = mem_format("%s/cases/read/%s", TESTS_DIR, pattern);
    glob_t found;
    assert_int_equal(glob(full, 0, NULL, &found), 0);
    int failed = 0;
    for (size_t i = 0; i < found.gl_pathc; i++)
        failed += check_case(found.gl_pathv[i]);
    globfree(&found);
    assert_int_equal(failed, 0);
}

static void test_pages(void **state)
{
    (void)state;
    check_cases("page-*.txt");
}

static void test_json_lines(void **state)
{
    (void)state;
    check_cases("records*.jsonl");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_json_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
