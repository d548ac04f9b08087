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
#include <unistd.h>
#include <zip.h>

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

/* Packs the parts of a case into a workbook. */
static void pack(const char *parts_path, const char *zip_path)
{
    MEM_AUTO char *parts = slurp(parts_path);
    zip_t *zip = zip_open(zip_path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (char *at = parts; at && *at;) {
        char *name = at + strlen("=== ");
        char *text = strchr(name, '\n') + 1;
        char *next = strstr(text, "\n=== ");
        size_t len = next ? (size_t)(next + 1 - text) : strlen(text);
        text[-1] = '\0';
        zip_source_t *source = zip_source_buffer(zip, text, len, 0);
        assert_true(zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) >= 0);
        at = next ? next + 1 : NULL;
    }
    assert_int_equal(zip_close(zip), 0);
}

static void read_case(const char *path, const char *name, struct buf *got)
{
    char zip_path[] = "/tmp/purposed-parts-XXXXXX";
    if (strcmp(strrchr(path, '.'), ".parts") != 0) {
        read_dump(path, name, READ_AUTO, got);
        return;
    }
    close(mkstemp(zip_path));
    pack(path, zip_path);
    read_dump(zip_path, name, READ_AUTO, got);
    unlink(zip_path);
}

static int check_case(const char *path)
{
    BUF_AUTO struct buf got = BUF_INIT(FILE_MAX);
    MEM_AUTO char *expected_path = beside(path, ".expected");
    MEM_AUTO char *expected = slurp(expected_path);
    const char *name = strrchr(path, '/') + 1;
    read_case(path, name, &got);
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

static void test_sheets_as_csv(void **state)
{
    (void)state;
    check_cases("*.csv");
}

static void test_workbooks(void **state)
{
    (void)state;
    check_cases("workbook-*.parts");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages),
        cmocka_unit_test(test_json_lines),
        cmocka_unit_test(test_sheets_as_csv),
        cmocka_unit_test(test_workbooks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
