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
#include <zip.h>

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

static void tell_nobody(void *context, enum problem_kind kind, const struct error *error)
{
    (void)kind;
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

/* --- workbooks --- */

static const char RELS[] =
    "<Relationships><Relationship Id=\"r\" Type=\"x/officeDocument\" Target=\"xl/workbook.xml\"/>"
    "</Relationships>";
static const char BOOK[] =
    "<workbook xmlns:r=\"r\"><sheets><sheet name=\"DataReleases\" r:id=\"a\"/></sheets></workbook>";
static const char BOOK_RELS[] =
    "<Relationships><Relationship Id=\"a\" Type=\"x/worksheet\" Target=\"sheet1.xml\"/>"
    "<Relationship Id=\"b\" Type=\"x/sharedStrings\" Target=\"strings.xml\"/></Relationships>";
static const char HEADINGS[] =
    "<row r=\"1\"><c t=\"str\"><v>NIC Number</v></c><c t=\"str\"><v>Dataset</v></c>"
    "<c t=\"str\"><v>Type of Data</v></c><c t=\"str\"><v>Sensitive or Non-Sensitive</v></c>"
    "<c t=\"str\"><v>Legal Basis for Provision of Data</v></c>"
    "<c t=\"str\"><v>Frequency</v></c>";

static void add_part(zip_t *zip, const char *name, const void *bytes, size_t len)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, len, 0);
    assert_true(zip_file_add(zip, name, source, ZIP_FL_OVERWRITE) >= 0);
}

static void write_workbook(const char *path, const struct buf *sheet, const struct buf *strings)
{
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    add_part(zip, "_rels/.rels", RELS, strlen(RELS));
    add_part(zip, "xl/workbook.xml", BOOK, strlen(BOOK));
    add_part(zip, "xl/_rels/workbook.xml.rels", BOOK_RELS, strlen(BOOK_RELS));
    add_part(zip, "xl/sheet1.xml", sheet->data, sheet->len);
    add_part(zip, "xl/strings.xml", strings->data, strings->len);
    assert_int_equal(zip_close(zip), 0);
}

static void add_many(struct buf *to, char byte, size_t count)
{
    char *bytes = buf_reserve(to, count);
    assert_non_null(bytes);
    memset(bytes, byte, count);
    bytes[count] = '\0';
    to->len += count;
}

static void test_large_cells(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("large.xlsx");
    BUF_AUTO struct buf sheet = BUF_INIT(64 << 20);
    BUF_AUTO struct buf strings = BUF_INIT(64 << 20);
    buf_text(&strings, "<sst><si><t>NIC-4-AAAAA</t></si><si><t>");
    add_many(&strings, 'y', 10 << 20);
    buf_text(&strings, "</t></si><si><t>");
    add_many(&strings, 'z', 32767);
    buf_text(&strings, "</t></si></sst>");
    buf_printf(&sheet, "<worksheet><sheetData>%s</row>", HEADINGS);
    buf_text(&sheet, "<row r=\"2\"><c t=\"str\"><v>NIC-2-AAAAA</v></c><c t=\"str\"><v>");
    add_many(&sheet, 'x', 10 << 20);
    buf_text(&sheet,
             "</v></c></row><row r=\"3\"><c t=\"str\"><v>NIC-3-AAAAA</v></c><c t=\"s\"><v>1</v></c></row>"
             "<row r=\"4\"><c t=\"s\"><v>0</v></c><c t=\"s\"><v>2</v></c></row></sheetData></worksheet>");
    write_workbook(path, &sheet, &strings);
    static const char *const texts[] = {
        "problem input:DataReleases:2: the cell in column 2 has more than 1048576 bytes; the row is left out",
        "problem input:DataReleases:3: the cell in column 2 has more than 1048576 bytes; the row is left out",
        "release DataReleases:4\n  reference | NIC-4-AAAAA",
        "<32767 bytes>",
        "<cut off>",
        NULL};
    assert_read(path, READ_AUTO, texts);
    unlink(path);
}

/* The column of another 200 that is known is read, wherever it stands. */
static void test_many_columns(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("wide.xlsx");
    BUF_AUTO struct buf sheet = BUF_INIT(1 << 20);
    BUF_AUTO struct buf strings = BUF_INIT(64);
    buf_text(&strings, "<sst/>");
    buf_printf(&sheet, "<worksheet><sheetData>%s", HEADINGS);
    for (int i = 0; i < 200; i++)
        buf_printf(&sheet, "<c t=\"str\"><v>Extra %d</v></c>", i);
    buf_text(&sheet, "<c t=\"str\"><v>Month File Released</v></c></row>"
                     "<row><c t=\"str\"><v>NIC-1-AAAAA</v></c><c r=\"XFD2\"><v>far out</v></c>"
                     "<c r=\"XFE2\"><v>farther</v></c><c r=\"GY2\" t=\"str\"><v>Jul-19</v></c></row>"
                     "</sheetData></worksheet>");
    write_workbook(path, &sheet, &strings);
    static const char *const texts[] = {"release DataReleases:2\n  reference | NIC-1-AAAAA",
                                        "  month | Jul-19", NULL};
    assert_read(path, READ_AUTO, texts);
    unlink(path);
}

static void test_zip_bomb(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("bomb.xlsx");
    BUF_AUTO struct buf sheet = BUF_INIT(64 << 20);
    BUF_AUTO struct buf strings = BUF_INIT(64);
    buf_text(&strings, "<sst/>");
    buf_printf(&sheet, "<worksheet><sheetData>%s</row>", HEADINGS);
    add_many(&sheet, ' ', 40 << 20);
    buf_text(&sheet, "</sheetData></worksheet>");
    write_workbook(path, &sheet, &strings);
    static const char *const texts[] = {
        "problem input:DataReleases: xl/sheet1.xml unpacks to more than 400 times its "
        "size: taken for a zip bomb",
        NULL};
    assert_read(path, READ_AUTO, texts);
    unlink(path);
}

static void test_truncated_workbook(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("cut.xlsx");
    BUF_AUTO struct buf sheet = BUF_INIT(1 << 20);
    BUF_AUTO struct buf strings = BUF_INIT(64);
    buf_text(&strings, "<sst/>");
    buf_printf(&sheet, "<worksheet><sheetData>%s</row></sheetData></worksheet>", HEADINGS);
    write_workbook(path, &sheet, &strings);
    assert_int_equal(truncate(path, 300), 0);
    static const char *const cut[] = {"failed input: cannot be opened as a workbook: ", NULL};
    assert_read(path, READ_AUTO, cut);
    FILE *file = fopen(path, "wb");
    fputs("no zip at all", file);
    fclose(file);
    assert_read(path, READ_WORKBOOK, cut);
    unlink(path);
}

/* --- CSV --- */

static void test_quote_open_for_megabytes(void **state)
{
    (void)state;
    MEM_AUTO char *path = path_of("open.csv");
    FILE *file = fopen(path, "wb");
    fputs("Reference Number,Dataset,Type of Data,Frequency\nNIC-1-AAAAA,\"open,x,x\n", file);
    for (int i = 0; i < 40; i++) {
        fill(file, 'x', 1 << 20);
        fputc('\n', file);
    }
    fputs("NIC-2-AAAAA,A,x,x\n", file);
    fill(file, 'x', LINE_BYTES);
    fputs("\nNIC-3-AAAAA,A,x,x\n", file);
    fclose(file);
    static const char *const texts[] = {
        "problem input:2: a quote opened in this row is not closed; the row is left out",
        "  reference | NIC-2-AAAAA", "problem input:44: line 44 has more than 4194304 bytes",
        "  reference | NIC-3-AAAAA", NULL};
    assert_read(path, READ_CSV, texts);
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
        cmocka_unit_test(test_long_line),
        cmocka_unit_test(test_long_agreement),
        cmocka_unit_test(test_long_record),
        cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_stopped_by_the_sink),
        cmocka_unit_test(test_organisation_of_a_page),
        cmocka_unit_test(test_large_cells),
        cmocka_unit_test(test_many_columns),
        cmocka_unit_test(test_zip_bomb),
        cmocka_unit_test(test_truncated_workbook),
        cmocka_unit_test(test_quote_open_for_megabytes),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
