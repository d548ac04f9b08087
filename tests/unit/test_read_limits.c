/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is too large, or no file: told, and the rest is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "indexer/base/mem.h"
#include "tests/unit/test_read_dump.h"

enum { DUMP_MAX = 1 << 20, LINE_BYTES = 100 * 1000 * 1000 };

static char folder[] = "/tmp/purposed-read-XXXXXX";

static char *path_of(const char *name)
{
    return mem_format("%s/%s", folder, name);
}

static FILE *begin_page(const char *path)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs("NHS Digital Data Release Register - reformatted\nOne Trust projects\n", file);
    return file;
}

static void add_agreement(FILE *file, const char *reference)
{
    fprintf(file, "Title \xE2\x80\x94 %s\nType of data: Pseudonymised\nObjectives:\nWords of %s.\n",
            reference, reference);
}

static void fill(FILE *file, char byte, size_t count)
{
    char block[8192];
    memset(block, byte, sizeof block);
    for (; count; count -= count < sizeof block ? count : sizeof block)
        fwrite(block, 1, count < sizeof block ? count : sizeof block, file);
}

/* Reads and asserts which texts the dump holds, one after another. */
static void assert_read(const char *path, enum read_format format, const char *const *texts)
{
    BUF_AUTO struct buf got = BUF_INIT(DUMP_MAX);
    read_dump(path, "input", format, &got);
    const char *at = got.len ? got.data : "";
    for (; *texts; texts++) {
        const char *found = strstr(at, *texts);
        if (!found)
            fail_msg("\"%s\" is missing in:\n%s", *texts, got.data);
        at = found + strlen(*texts);
    }
}

static void test_long_line(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("long-line.txt");
    FILE *file = begin_page(path);
    add_agreement(file, "DARS-NIC-1-AAAAA");
    add_agreement(file, "DARS-NIC-2-AAAAA");
    fill(file, 'x', LINE_BYTES);
    fputs("\nOutputs:\nlost with it\n", file);
    add_agreement(file, "DARS-NIC-3-AAAAA");
    fclose(file);
    BUF_AUTO struct buf got = BUF_INIT(DUMP_MAX);
    read_dump(path, "input", READ_AUTO, &got);
    assert_non_null(strstr(
        got.data, "problem input:11: a line of more than 4194304 bytes: the agreement DARS-NIC-2-AAAAA "
                  "(line 7) is left out"));
    assert_non_null(strstr(got.data, "Words of DARS-NIC-1-AAAAA."));
    assert_non_null(strstr(got.data, "Words of DARS-NIC-3-AAAAA."));
    assert_null(strstr(got.data, "Words of DARS-NIC-2-AAAAA."));
    assert_null(strstr(got.data, "lost with it"));
    unlink(path);
}

static void test_long_agreement(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("long-agreement.txt");
    FILE *file = begin_page(path);
    add_agreement(file, "DARS-NIC-1-AAAAA");
    for (int i = 0; i < READ_ENTRY_MAX / 1000000 + 1; i++) {
        fill(file, 'x', 1000000);
        fputc('\n', file);
    }
    add_agreement(file, "DARS-NIC-2-AAAAA");
    fclose(file);
    static const char *const texts[] = {
        "problem input:40: the agreement DARS-NIC-1-AAAAA (line 3) has more than 33554432",
        "  reference | DARS-NIC-2-AAAAA", NULL};
    assert_read(path, READ_AUTO, texts);
    unlink(path);
}

static void test_long_record(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("long.jsonl");
    FILE *file = fopen(path, "wb");
    fputs("{\"id\":\"A\"}\n{\"id\":\"", file);
    fill(file, 'x', LINE_BYTES);
    fputs("\"}\n{\"id\":\"B\"}\n", file);
    fclose(file);
    static const char *const texts[] = {"record 1", "problem input:2: a line of more than 33554432 bytes",
                                        "record 3", NULL};
    assert_read(path, READ_AUTO, texts);
    unlink(path);
}

static void test_no_file(void **state)
{
    (void)state;
    MEM_AUTO char *missing = path_of("missing.txt");
    MEM_AUTO char *pipe = path_of("pipe");
    static const char *const no_such[] = {"failed input: No such file or directory", NULL};
    static const char *const is_folder[] = {"failed input: a folder where a file was expected", NULL};
    static const char *const is_pipe[] = {"failed input: no regular file", NULL};
    assert_read(missing, READ_AUTO, no_such);
    assert_read(missing, READ_PAGE, no_such);
    assert_read(folder, READ_AUTO, is_folder);
    assert_int_equal(mkfifo(pipe, 0600), 0);
    assert_read(pipe, READ_AUTO, is_pipe);
    unlink(pipe);
}

static int stop_at_first(void *context, const struct entry *entry)
{
    (void)entry;
    return ++*(int *)context == 1 ? 7 : 0;
}

static void tell_nobody(void *context, const struct error *error)
{
    (void)context;
    (void)error;
}

static void test_stopped_by_the_sink(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("two.txt");
    FILE *file = begin_page(path);
    add_agreement(file, "DARS-NIC-1-AAAAA");
    add_agreement(file, "DARS-NIC-2-AAAAA");
    fclose(file);
    int taken = 0;
    struct entry_sink sink = {.context = &taken, .take = stop_at_first, .problem = tell_nobody};
    assert_int_equal(read_file(path, "input", READ_AUTO, &sink, NULL), 7);
    assert_int_equal(taken, 1);
    unlink(path);
}

static void test_organisation_of_a_page(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("one.txt");
    FILE *file = begin_page(path);
    fclose(file);
    MEM_AUTO char *organisation = read_page_organisation(path);
    assert_string_equal(organisation, "One Trust");
    file = fopen(path, "wb");
    fputs("{\"id\":\"A\"}\n", file);
    fclose(file);
    assert_null(read_page_organisation(path));
    assert_null(read_page_organisation(folder));
    unlink(path);
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_line),           cmocka_unit_test(test_long_agreement),
        cmocka_unit_test(test_long_record),         cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_stopped_by_the_sink), cmocka_unit_test(test_organisation_of_a_page),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
