/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Workbooks. An input holds the parts one after another, each behind a line "=== path/in/the/zip"; they are
 * packed into a zip here, so that what is changed is the XML. An input without such a line is the one sheet
 * of a workbook made for it, and one that begins as a zip does is the file itself.
 */
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

static const char mark[] = "=== ";

static const struct {
    const char *name, *xml;
} around[] = {
    {"_rels/.rels", "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/"
                    "officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/>"
                    "</Relationships>"},
    {"xl/workbook.xml",
     "<workbook xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">"
     "<sheets><sheet name=\"Releases\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"},
    {"xl/_rels/workbook.xml.rels",
     "<Relationships><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/"
     "relationships/worksheet\" Target=\"worksheets/sheet1.xml\"/></Relationships>"},
};

static void add_part(zip_t *zip, const char *name, const char *bytes, size_t len)
{
    zip_source_t *source = zip_source_buffer(zip, bytes, len, 0);
    zip_int64_t index = zip_file_add(zip, name, source, ZIP_FL_OVERWRITE);
    if (index < 0)
        zip_source_free(source);
    else
        zip_set_file_compression(zip, (zip_uint64_t)index, ZIP_CM_STORE, 0);
}

/* The next line that begins a part, or the end. */
static const char *next_mark(const char *at, const char *end)
{
    for (; at < end; at++) {
        if ((size_t)(end - at) > strlen(mark) && memcmp(at, mark, strlen(mark)) == 0)
            return at;
        at = memchr(at, '\n', (size_t)(end - at));
        if (!at)
            break;
    }
    return end;
}

static void add_parts(zip_t *zip, const char *at, const char *end)
{
    while ((at = next_mark(at, end)) < end) {
        const char *name = at + strlen(mark);
        const char *line = memchr(name, '\n', (size_t)(end - name));
        if (!line)
            return;
        MEM_AUTO char *path = mem_copy(name, (size_t)(line - name));
        at = next_mark(line + 1, end);
        add_part(zip, path, line + 1, (size_t)(at - line - 1));
    }
}

static void add_around(zip_t *zip, const char *sheet, size_t len)
{
    for (size_t i = 0; i < sizeof around / sizeof *around; i++)
        add_part(zip, around[i].name, around[i].xml, strlen(around[i].xml));
    add_part(zip, "xl/worksheets/sheet1.xml", sheet, len);
}

/* The zip's bytes, *new*; NULL where the input makes none. */
static char *pack(const char *data, size_t size, size_t *ret_len)
{
    zip_source_t *source = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *zip = zip_open_from_source(source, ZIP_TRUNCATE, NULL);
    FUZZ_CHECK(zip, "no zip could be begun");
    zip_source_keep(source);
    if (size > strlen(mark) && memcmp(data, mark, strlen(mark)) == 0)
        add_parts(zip, data, data + size);
    else
        add_around(zip, data, size);
    char *packed = NULL;
    zip_stat_t status;
    if (zip_close(zip) != 0) {
        zip_discard(zip);
    } else if (zip_source_stat(source, &status) == 0 && status.valid & ZIP_STAT_SIZE &&
               zip_source_open(source) == 0) {
        packed = mem_alloc((size_t)status.size);
        *ret_len = (size_t)zip_source_read(source, packed, status.size);
        zip_source_close(source);
    }
    zip_source_free(source);
    return packed;
}

struct place {
    char *sheet; /* *owned* */
    long line;
};

static void look(const struct entry *entry, void *context)
{
    struct place *last = context;
    FUZZ_CHECK(entry->sheet && *entry->sheet, "an entry of no sheet");
    FUZZ_CHECK(entry->kind != ENTRY_PAGE_AGREEMENT && entry->kind != ENTRY_RECORD, "of kind %d", entry->kind);
    if (last->sheet && strcmp(last->sheet, entry->sheet) == 0)
        FUZZ_CHECK(entry->line != last->line, "row %ld twice", entry->line);
    free(last->sheet);
    *last = (struct place){.sheet = mem_text(entry->sheet), .line = entry->line};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct place last = {0};
    size_t len = 0;
    if (size > 2 && memcmp(data, "PK", 2) == 0) {
        fuzz_read(data, size, READ_WORKBOOK, look, &last);
    } else {
        MEM_AUTO char *packed = pack((const char *)data, size, &len);
        if (packed)
            fuzz_read(packed, len, READ_WORKBOOK, look, &last);
    }
    free(last.sheet);
    return 0;
}
