/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/table.h"

#include <string.h>

enum {
    GAP = 2,          /* columns between two */
    LINE_BYTES = 4096 /* of a cell looked at for one line: a long cell is not measured anew for each */
};

/* How a table is laid out on one page. */
struct layout {
    int width[TABLE_COLUMNS_MAX]; /* 0: left out */
    int indent;
    size_t last; /* the last column shown */
};

void table_free(struct table *table)
{
    strlist_free(&table->cells);
}

void table_add(struct table *table, enum style style, const char *utf8)
{
    struct buf text = TEXT_INIT;
    text_add(&text, style, utf8);
    strlist_add_copy(&table->cells, text.data ? text.data : "", text.len);
    buf_free(&text);
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* Columns that are empty in every row get the width 0. */
static void measure(const struct table *table, struct layout *layout)
{
    memset(layout->width, 0, sizeof layout->width);
    for (size_t i = 0; i < table->cells.len; i++) {
        int *width = &layout->width[i % table->columns];
        *width = larger(*width, text_width(table->cells.items[i], strlen(table->cells.items[i])));
    }
    for (size_t i = 0; i < table->columns; i++) {
        const char *heading = table->headings[i];
        if (layout->width[i] && heading)
            layout->width[i] = larger(layout->width[i], text_width(heading, strlen(heading)));
        if (layout->width[i])
            layout->last = i;
    }
}

static int total_width(const struct table *table, const struct layout *layout)
{
    int total = layout->indent - GAP;
    for (size_t i = 0; i < table->columns; i++)
        if (layout->width[i])
            total += layout->width[i] + GAP;
    return total;
}

/* Takes columns from the widest until the table fits, or nothing more can be taken. */
static void narrow(const struct table *table, struct layout *layout, int width)
{
    for (int excess = total_width(table, layout) - width; excess > 0; excess--) {
        size_t widest = 0;
        for (size_t i = 1; i < table->columns; i++)
            if (layout->width[i] > layout->width[widest])
                widest = i;
        if (layout->width[widest] <= TABLE_COLUMN_MIN)
            return;
        layout->width[widest]--;
    }
}

/* What of a cell is still to be written, and the style it goes on in. */
struct cell {
    const char *text;
    enum style style;
};

static void write_cell_line(struct page *page, struct cell *cell, int width, bool is_right)
{
    size_t next;
    size_t len = text_fit(cell->text, strnlen(cell->text, LINE_BYTES), width, &next);
    int room = width - text_width(cell->text, len);
    page_indent(page, is_right ? room : 0);
    cell->style = page_styled(page, cell->style, cell->text, len);
    page_indent(page, is_right ? 0 : room);
    cell->text += next;
}

static bool is_written(const struct cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (*cells[i].text)
            return false;
    return true;
}

static void trim_line(struct page *page)
{
    while (page->out.len && page->out.data[page->out.len - 1] == ' ')
        page->out.len--;
}

static void write_row(struct page *page, const struct table *table, const struct layout *layout,
                      const char *const *row)
{
    struct cell cells[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < table->columns; i++)
        cells[i] = (struct cell){.text = layout->width[i] ? row[i] : "", .style = STYLE_PLAIN};
    do {
        page_indent(page, layout->indent);
        for (size_t i = 0; i < table->columns; i++) {
            if (!layout->width[i])
                continue;
            write_cell_line(page, &cells[i], layout->width[i], table->right[i]);
            page_indent(page, i == layout->last ? 0 : GAP);
        }
        trim_line(page); /* the last column's padding */
        buf_byte(&page->out, '\n');
    } while (!is_written(cells, table->columns));
}

static void write_headings(struct page *page, const struct table *table, const struct layout *layout)
{
    struct table styled = {.columns = table->columns};
    bool has_headings = false;
    for (size_t i = 0; i < table->columns; i++) {
        table_add(&styled, STYLE_HEADING, table->headings[i]);
        has_headings = has_headings || table->headings[i];
    }
    if (has_headings)
        write_row(page, table, layout, (const char *const *)styled.cells.items);
    table_free(&styled);
}

void table_write(struct page *page, int indent, const struct table *table)
{
    struct layout layout = {.indent = indent};
    measure(table, &layout);
    narrow(table, &layout, page->width);
    write_headings(page, table, &layout);
    for (size_t at = 0; at + table->columns <= table->cells.len; at += table->columns)
        write_row(page, table, &layout, (const char *const *)table->cells.items + at);
}
