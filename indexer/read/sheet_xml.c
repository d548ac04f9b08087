/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/sheet_xml.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/read/sheet_merges.h"

enum { SHEET_ROWS_MAX = 1 << 20 /* as many as a spreadsheet has */ };

struct sheet {
    struct table *table;
    const struct shared_strings *strings;
    struct merges merges;
    long row;      /* being read, or read last */
    size_t column; /* of the cell being read */
    size_t next_column;
    char type[16];        /* of the cell: "s", "inlineStr", "str", "b", "e", "n" or "" */
    bool in_value;        /* <v>, or <t> of an inline string */
    int phonetic;         /* depth of <rPh> */
    struct buf raw, text; /* as it stands in the XML, and as it is meant */
    bool stop;
};

static void begin_row(struct sheet *sheet, const char **attributes)
{
    const char *number = package_attribute(attributes, "r", false);
    long row = number ? strtol(number, NULL, 10) : 0;
    sheet->row = row > sheet->row && row <= SHEET_ROWS_MAX ? row : sheet->row + 1;
    sheet->next_column = 0;
}

static void begin_cell(struct sheet *sheet, const char **attributes)
{
    const char *reference = package_attribute(attributes, "r", false);
    const char *type = package_attribute(attributes, "t", false);
    long row;
    if (!reference || !cell_position(reference, &row, &sheet->column))
        sheet->column = sheet->next_column;
    sheet->next_column = sheet->column + 1;
    size_t len = type ? strnlen(type, sizeof sheet->type - 1) : 0;
    memcpy(sheet->type, type ? type : "", len);
    sheet->type[len] = '\0';
    buf_reset(&sheet->raw);
}

static void tell_too_long(struct sheet *sheet)
{
    reader_problem(sheet->table->reader, sheet->table->sheet, sheet->row,
                   "the cell in column %zu has more than %d bytes; the row is left out", sheet->column + 1,
                   CELL_MAX);
    table_reject(sheet->table);
}

/* The cell's text in sheet->text; false where there is none, or none that can be had. */
static bool cell_text(struct sheet *sheet)
{
    const char *raw = sheet->raw.len ? sheet->raw.data : "";
    if (buf_failed(&sheet->raw)) {
        tell_too_long(sheet);
        return false;
    }
    if (strcmp(sheet->type, "b") == 0) { /* as it is shown, and saved as CSV */
        buf_reset(&sheet->text);
        buf_text(&sheet->text, strcmp(raw, "0") == 0 ? "FALSE" : "TRUE");
        return true;
    }
    if (strcmp(sheet->type, "s") != 0) {
        buf_reset(&sheet->text);
        cell_text_decode(raw, sheet->raw.len, &sheet->text);
        return true;
    }
    char *end;
    unsigned long index = strtoul(raw, &end, 10);
    enum shared_string found =
        end == raw ? SHARED_STRING_MISSING : shared_strings_get(sheet->strings, index, &sheet->text);
    if (found == SHARED_STRING_TOO_LONG) {
        tell_too_long(sheet);
    } else if (found == SHARED_STRING_MISSING) {
        reader_problem(
            sheet->table->reader, sheet->table->sheet, sheet->row,
            "the cell in column %zu refers to shared text \"%.20s\", which does not exist; the row is left "
            "out",
            sheet->column + 1, raw);
        table_reject(sheet->table);
    }
    return found == SHARED_STRING_FOUND;
}

static void end_cell(struct sheet *sheet)
{
    if (sheet->raw.len == 0 && !buf_failed(&sheet->raw))
        return;
    if (sheet->column >= TABLE_COLUMNS_MAX || !table_wants(sheet->table, sheet->column) || !cell_text(sheet))
        return;
    const char *text = sheet->text.len ? sheet->text.data : "";
    table_cell(sheet->table, sheet->column, text, sheet->text.len);
    merges_keep(&sheet->merges, sheet->row, sheet->column, text, sheet->text.len);
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct sheet *sheet = context;
    if (strcmp(name, "row") == 0)
        begin_row(sheet, attributes);
    else if (strcmp(name, "c") == 0)
        begin_cell(sheet, attributes);
    else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0)
        sheet->in_value = sheet->phonetic == 0;
    else if (strcmp(name, "rPh") == 0)
        sheet->phonetic++;
}

static void XMLCALL on_end(void *context, const XML_Char *name)
{
    struct sheet *sheet = context;
    if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        sheet->in_value = false;
    } else if (strcmp(name, "rPh") == 0) {
        sheet->phonetic--;
    } else if (strcmp(name, "c") == 0) {
        end_cell(sheet);
    } else if (strcmp(name, "row") == 0) {
        merges_fill(&sheet->merges, sheet->row, sheet->table);
        sheet->stop = !table_row(sheet->table, sheet->row) || sheet->table->over;
    } else if (strcmp(name, "sheetData") == 0) {
        sheet->stop = true;
    }
}

static void XMLCALL on_text(void *context, const XML_Char *text, int len)
{
    struct sheet *sheet = context;
    if (sheet->in_value)
        buf_append(&sheet->raw, text, (size_t)len);
}

bool sheet_read(const struct package *package, const char *part, const struct shared_strings *strings,
                struct table *table)
{
    struct sheet sheet = {
        .table = table, .strings = strings, .raw = BUF_INIT(CELL_MAX), .text = BUF_INIT(CELL_MAX)};
    struct package_handlers handlers = {
        .context = &sheet, .start = on_start, .end = on_end, .text = on_text, .stop = &sheet.stop};
    struct error error = ERROR_NONE;
    merges_find(&sheet.merges, package, part);
    bool whole = package_parse(package, part, &handlers, &error) == 0;
    if (!whole)
        reader_problem(table->reader, table->sheet, sheet.row, "%s%s", error.text,
                       sheet.row ? "; what stands behind this row is not read" : "");
    merges_free(&sheet.merges);
    buf_free(&sheet.raw);
    buf_free(&sheet.text);
    return whole;
}
