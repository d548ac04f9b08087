/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/table.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

enum {
    MISSING_MAX = 1024 /* bytes of a list of missing columns */,
    HEADING_CELLS_MAX = 1024 /* looked at in a row */
};

void table_init(struct table *table, struct reader *reader, const char *sheet, const char *edition)
{
    *table = (struct table){.reader = reader, .sheet = sheet, .edition = edition};
    table->named = sheet ? sheet_kind_named(sheet) : SHEET_UNKNOWN;
    table->over = table->named == SHEET_SKIPPED;
    for (int i = 0; i < HEADING_COUNT; i++)
        table->text[i] = (struct buf)BUF_INIT(READ_ENTRY_MAX);
}

static void forget_cells(struct table *table)
{
    for (size_t i = 0; i < table->cell_count; i++)
        free(table->cells[i].text);
    table->cell_count = 0;
}

void table_free(struct table *table)
{
    forget_cells(table);
    free(table->cells);
    free(table->columns);
    for (int i = 0; i < HEADING_COUNT; i++)
        buf_free(&table->text[i]);
}

bool table_wants(const struct table *table, size_t column)
{
    if (table->over)
        return false;
    if (table->kind == SHEET_UNKNOWN)
        return table->cell_count < HEADING_CELLS_MAX;
    return column < table->width && table->columns[column] != HEADING_NONE;
}

/* Characters as spreadsheets count them, in units of UTF-16; or as Unicode does, as other programs count
 * them. */
static bool is_cut_off(const char *text, size_t len)
{
    size_t characters = 0, units = 0;
    if (len < TABLE_CELL_CHARACTERS)
        return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char byte = (unsigned char)text[i];
        characters += (byte & 0xC0) != 0x80;
        units += ((byte & 0xC0) != 0x80) + (byte >= 0xF0);
    }
    return characters == TABLE_CELL_CHARACTERS || units == TABLE_CELL_CHARACTERS;
}

/* Appends with line ends as '\n'. */
static void append_lines(struct buf *to, const char *text, size_t len)
{
    for (const char *end = text + len; text < end;) {
        const char *cr = memchr(text, '\r', (size_t)(end - text));
        buf_append(to, text, (size_t)((cr ? cr : end) - text));
        if (!cr)
            return;
        buf_byte(to, '\n');
        text = cr + 1;
        if (text < end && *text == '\n')
            text++;
    }
}

void table_cell(struct table *table, size_t column, const char *text, size_t len)
{
    if (!table_wants(table, column))
        return;
    if (table->kind == SHEET_UNKNOWN) {
        if (len == 0)
            return;
        table->cells = mem_push(table->cells, table->cell_count, &table->cell_cap, sizeof *table->cells);
        table->cells[table->cell_count++] =
            (struct heading_cell){.column = column, .text = mem_copy(text, len)};
        return;
    }
    enum entry_heading heading = table->columns[column];
    buf_reset(&table->text[heading]);
    append_lines(&table->text[heading], text, len);
    table->cut_off[heading] = is_cut_off(text, len);
    table->rejected |= buf_failed(&table->text[heading]);
}

void table_reject(struct table *table)
{
    table->rejected = true;
}

static void map_columns(struct table *table)
{
    bool mapped[HEADING_COUNT] = {false};
    for (size_t i = 0; i < table->cell_count; i++)
        if (table->cells[i].column >= table->width)
            table->width = table->cells[i].column + 1;
    table->columns = mem_alloc(table->width * sizeof *table->columns);
    memset(table->columns, HEADING_NONE, table->width * sizeof *table->columns); /* all bits set */
    for (size_t i = 0; i < table->cell_count; i++) {
        enum entry_heading heading = headings_match(table->kind, table->cells[i].text);
        if (heading == HEADING_NONE || mapped[heading])
            continue;
        mapped[heading] = true;
        table->columns[table->cells[i].column] = (int16_t)heading;
        table->met[heading] = true;
    }
}

/* The heading row, if this is it. */
static void try_heading_row(struct table *table, long row)
{
    enum sheet_kind kind = headings_recognise(table->cells, table->cell_count);
    table->rows += table->cell_count > 0;
    if (kind == SHEET_UNKNOWN || (table->named != SHEET_UNKNOWN && kind != table->named)) {
        table->over = table->rows >= TABLE_HEADING_ROWS;
        return;
    }
    if (table->only_named && table->named == SHEET_UNKNOWN && kind == SHEET_RELEASES) {
        table->over = true;
        return;
    }
    BUF_AUTO struct buf missing = BUF_INIT(MISSING_MAX);
    table->kind = kind;
    map_columns(table);
    headings_missing(kind, table->cells, table->cell_count, &missing);
    table->over = !table->met[HEADING_REFERENCE] && kind != SHEET_LABELS;
    if (missing.len)
        reader_problem(table->reader, table->sheet, row, "missing columns, looked for %s%s", missing.data,
                       table->over ? ": rows without a reference cannot be read" : "; the others are read");
}

static enum entry_kind entry_kind_of(enum sheet_kind kind)
{
    return kind == SHEET_STATEMENTS ? ENTRY_SHEET_STATEMENT
           : kind == SHEET_RELEASES ? ENTRY_SHEET_RELEASE
                                    : ENTRY_SHEET_LABEL;
}

static bool take_row(struct table *table, long row)
{
    struct entry entry = {.kind = entry_kind_of(table->kind),
                          .sheet = table->sheet,
                          .line = row,
                          .edition = table->edition,
                          .from_1904 = table->from_1904};
    bool any = false;
    for (int i = 0; i < HEADING_COUNT; i++) {
        if (!table->met[i])
            continue;
        reader_field(&entry, i, &table->text[i]);
        entry.fields[i].cut_off = table->cut_off[i];
        any |= table->text[i].len && strspn(table->text[i].data, " \t\n") < table->text[i].len;
    }
    /* Below the explanations stand remarks, in one column. */
    if (table->kind == SHEET_LABELS)
        any = entry.fields[HEADING_LEGAL_BASIS].len && entry.fields[HEADING_EXPLANATION].len;
    return !any || reader_take(table->reader, &entry);
}

bool table_row(struct table *table, long row)
{
    bool going_on = true;
    if (table->over) {
        forget_cells(table);
    } else if (table->kind == SHEET_UNKNOWN) {
        if (!table->rejected)
            try_heading_row(table, row);
        forget_cells(table);
    } else if (!table->rejected) {
        going_on = take_row(table, row);
    }
    for (int i = 0; i < HEADING_COUNT; i++) {
        buf_reset(&table->text[i]);
        table->cut_off[i] = false;
    }
    table->rejected = false;
    return going_on;
}
