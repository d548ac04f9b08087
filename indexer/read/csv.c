/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sheets saved as CSV, cut into cells by libcsv, which takes what is not quite CSV for what it was meant to
 * be.
 *
 * A quote that is never closed swallows the rows after it. So when a row of several lines has the wrong
 * width, or the file ends inside a quote, the row is told and left out, and reading starts anew on the line
 * after its first, silently until a row of the right width with a reference comes up.
 */
#include "indexer/read/csv.h"

#include <csv.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/read/edition.h"
#include "indexer/read/lines.h"
#include "indexer/read/page_headings.h"
#include "indexer/read/reader.h"
#include "indexer/read/table.h"

enum {
    CSV_CELLS_MAX = 1024, /* of a row; more are a ragged row */
    CSV_BLOCK =
        256 << 10, /* bytes by which libcsv's cell grows; its own 128 make a long cell take for ever */
    CSV_RESTARTS_MAX = 64,      /* after broken rows, in one file */
    CSV_DETECT_BYTES = 64 << 10 /* in which the heading row is looked for */
};

/* The cells of one row. */
struct cells {
    struct buf bytes;
    size_t starts[CSV_CELLS_MAX + 1];
    size_t count;
    size_t last_filled; /* cells up to the last one with text */
};

struct csv_file {
    struct reader *reader;
    struct lines lines;
    struct csv_parser parser;
    struct table table;
    struct cells cells;
    char delimiter;
    long row_line;        /* first line of the row being read, 0 between rows */
    off_t after_row_line; /* where the line after it begins */
    size_t width;         /* of the heading row */
    bool lenient;         /* this row has a stray quote */
    bool row_ended;       /* a row ended on this line: what follows a lone carriage return is another */
    bool resyncing;
    bool restart; /* wanted by the row just ended */
    bool stopped;
    bool failed; /* libcsv could not go on */
    int restarts;
    long repaired_lines;
};

static void clear_cells(struct cells *cells)
{
    buf_reset(&cells->bytes);
    cells->count = cells->last_filled = 0;
}

static bool is_blank(const char *text, size_t len)
{
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len == 0;
}

static void add_cell(void *text, size_t len, void *context)
{
    struct cells *cells = context;
    if (cells->count < CSV_CELLS_MAX) {
        cells->starts[cells->count] = cells->bytes.len;
        buf_append(&cells->bytes, text, len);
        cells->starts[cells->count + 1] = cells->bytes.len;
    }
    cells->count++;
    if (!is_blank(text, len))
        cells->last_filled = cells->count;
}

static size_t stored_cells(const struct cells *cells)
{
    return cells->count < CSV_CELLS_MAX ? cells->count : CSV_CELLS_MAX;
}

static const char *cell_text(const struct cells *cells, size_t i, size_t *ret_len)
{
    *ret_len = cells->starts[i + 1] - cells->starts[i];
    return *ret_len ? cells->bytes.data + cells->starts[i] : "";
}

static int init_parser(struct csv_parser *parser, char delimiter)
{
    if (csv_init(parser, CSV_STRICT) != 0)
        return -1;
    csv_set_blk_size(parser, CSV_BLOCK);
    csv_set_delim(parser, (unsigned char)delimiter);
    return 0;
}

/* --- which delimiter --- */

struct heading_search {
    struct cells cells;
    size_t best;
};

static void search_cell(void *text, size_t len, void *context)
{
    add_cell(text, len, &((struct heading_search *)context)->cells);
}

static void search_row(int c, void *context)
{
    struct heading_search *search = context;
    struct heading_cell *row = mem_zero(stored_cells(&search->cells), sizeof *row);
    size_t count = stored_cells(&search->cells);
    (void)c;
    for (size_t i = 0; i < count; i++) {
        size_t len;
        const char *text = cell_text(&search->cells, i, &len);
        row[i] = (struct heading_cell){.column = i, .text = mem_copy(text, len)};
    }
    if (headings_recognise(row, count) != SHEET_UNKNOWN && count > search->best)
        search->best = count;
    for (size_t i = 0; i < count; i++)
        free(row[i].text);
    free(row);
    clear_cells(&search->cells);
}

static size_t heading_width(const char *bytes, size_t len, char delimiter)
{
    struct csv_parser parser;
    struct heading_search *search = mem_zero(1, sizeof *search);
    search->cells.bytes = (struct buf)BUF_INIT(CSV_DETECT_BYTES);
    if (init_parser(&parser, delimiter) == 0) {
        csv_set_opts(&parser, 0);
        csv_parse(&parser, bytes, len, search_cell, search_row, search);
        csv_fini(&parser, search_cell, search_row, search);
        csv_free(&parser);
    }
    size_t best = search->best;
    buf_free(&search->cells.bytes);
    free(search);
    return best;
}

char csv_delimiter(const char *bytes, size_t len)
{
    static const char delimiters[] = ",;\t";
    char best = '\0';
    size_t width = 1;
    if (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        len -= 3;
    }
    if (len > CSV_DETECT_BYTES)
        len = CSV_DETECT_BYTES;
    for (const char *delimiter = delimiters; *delimiter; delimiter++) {
        size_t found = heading_width(bytes, len, *delimiter);
        if (found > width) {
            width = found;
            best = *delimiter;
        }
    }
    return best;
}

/* --- rows --- */

static const char *reference_of(const struct csv_file *file, size_t *ret_len)
{
    for (size_t i = 0; i < file->table.width && i < stored_cells(&file->cells); i++)
        if (file->table.columns[i] == HEADING_REFERENCE)
            return cell_text(&file->cells, i, ret_len);
    *ret_len = 0;
    return "";
}

static bool looks_like_a_row(const struct csv_file *file)
{
    size_t len;
    const char *text = reference_of(file, &len);
    MEM_AUTO char *reference = mem_copy(text, len);
    reference[strcspn(reference, " ")] = '\0';
    return page_reference_plausible(reference);
}

static bool right_width(const struct csv_file *file)
{
    return file->cells.last_filled == 0 || file->table.kind == SHEET_UNKNOWN ||
           (file->cells.count >= file->width && file->cells.last_filled <= file->width);
}

static void broken_row(struct csv_file *file, const char *what)
{
    if (!file->resyncing)
        reader_problem(file->reader, NULL, file->row_line, "%s; the row is left out", what);
    if (file->restarts < CSV_RESTARTS_MAX) {
        file->restart = true;
    } else if (file->restarts == CSV_RESTARTS_MAX) {
        file->restarts++;
        reader_problem(file->reader, NULL, file->row_line,
                       "more than %d broken rows: lines inside them are not looked at "
                       "any more",
                       CSV_RESTARTS_MAX);
    }
}

static void ragged_row(struct csv_file *file)
{
    MEM_AUTO char *what =
        mem_format("the row has %zu cells, the heading row %zu", file->cells.count, file->width);
    bool one_line = file->lines.number == file->row_line;
    if (one_line && !file->resyncing)
        reader_problem(file->reader, NULL, file->row_line, "%s; the row is left out", what);
    else if (!one_line)
        broken_row(file, what);
}

static void take_cells(struct csv_file *file)
{
    bool heading_row = file->table.kind == SHEET_UNKNOWN;
    for (size_t i = 0; i < stored_cells(&file->cells); i++) {
        size_t len;
        const char *text = cell_text(&file->cells, i, &len);
        table_cell(&file->table, i, text, len);
    }
    file->stopped = !table_row(&file->table, file->row_line);
    if (heading_row && file->table.kind != SHEET_UNKNOWN)
        file->width = file->cells.count;
}

static void take_cell(void *text, size_t len, void *context)
{
    struct csv_file *file = context;
    if (file->row_line == 0) /* a second row on one line, parted by a lone carriage return */
        file->row_line = file->lines.number;
    add_cell(text, len, &file->cells);
}

static void take_row(int c, void *context)
{
    struct csv_file *file = context;
    (void)c;
    file->row_ended = true;
    if (!file->stopped && !file->restart && file->row_line) {
        if (!right_width(file))
            ragged_row(file);
        else if (buf_failed(&file->cells.bytes))
            reader_problem(file->reader, NULL, file->row_line, "a row of more than %d bytes is left out",
                           READ_ENTRY_MAX);
        else if (!file->resyncing || looks_like_a_row(file)) {
            file->resyncing = false;
            take_cells(file);
        }
    }
    clear_cells(&file->cells);
    file->row_line = 0;
}

/* Forgets the row being read, and goes on at the line after its first. */
static bool restart(struct csv_file *file, long row_line, off_t after_row_line)
{
    clear_cells(&file->cells);
    csv_free(&file->parser);
    file->restart = false;
    file->resyncing = true;
    file->row_line = 0;
    file->restarts++;
    return init_parser(&file->parser, file->delimiter) == 0 &&
           lines_seek(&file->lines, after_row_line, row_line) == 0;
}

static int no_space(unsigned char c)
{
    (void)c;
    return 0;
}

/* Feeds a line to libcsv, by the letter of the rules, by which space around a cell is part of it, or
 * leniently. Returns false where it breaks the rules. */
static bool feed(struct csv_file *file, const struct line *line, bool lenient)
{
    csv_set_opts(&file->parser, lenient ? 0 : CSV_STRICT);
    csv_set_space_func(&file->parser, lenient ? NULL : no_space);
    if (csv_parse(&file->parser, line->text, line->len, take_cell, take_row, file) != line->len)
        return false;
    return !line->ended || csv_parse(&file->parser, "\n", 1, take_cell, take_row, file) == 1;
}

/* A stray quote: within one line it is a character like others (5" pipes); in a row of several lines it most
 * likely opens a cell of another row, since the quote that began this row's last cell was never closed. */
static bool feed_stray_quote(struct csv_file *file, const struct line *line)
{
    if (file->row_line == 0)
        file->row_line = line->number;
    /* A line from which rows were handed on is not fed anew. */
    if (file->row_line != line->number || file->row_ended) {
        broken_row(file, "a quote opened in this row is not closed");
        return true;
    }
    clear_cells(&file->cells);
    csv_free(&file->parser);
    file->lenient = true;
    return init_parser(&file->parser, file->delimiter) == 0 && feed(file, line, true);
}

static void begin_row(struct csv_file *file, const struct line *line)
{
    if (file->row_line)
        return;
    file->row_line = line->number;
    file->after_row_line = file->lines.offset;
    file->lenient = false;
}

/* What cannot be fed at all, or has been fed for too long. */
static bool overlong(struct csv_file *file, const struct line *line)
{
    long row_line = line->too_long ? line->number : file->row_line;
    off_t after = line->too_long ? file->lines.offset : file->after_row_line;
    if (line->too_long) {
        MEM_AUTO char *what = mem_format("line %ld has more than %d bytes", line->number, READ_LINE_MAX);
        broken_row(file, what);
    } else {
        broken_row(file, "a quote opened in this row is not closed");
    }
    return restart(file, row_line, after);
}

/* A line, and whatever rows it ends. Returns false when the reading is to end. */
static bool take_line(struct csv_file *file, const struct line *line)
{
    if (line->repaired && file->repaired_lines++ == 0)
        reader_note(file->reader, PROBLEM_NOTE, line->number,
                    "bytes that are no UTF-8 were replaced by U+FFFD; save the sheet as \"CSV UTF-8\"");
    begin_row(file, line);
    file->row_ended = false;
    if (line->too_long || file->parser.entry_pos > READ_ENTRY_MAX)
        return overlong(file, line);
    long row_line = file->row_line;
    off_t after = file->after_row_line;
    if (!feed(file, line, file->lenient) && !feed_stray_quote(file, line))
        return false;
    /* A blank line begins no row. */
    if (file->cells.count == 0 && file->parser.entry_pos == 0)
        file->row_line = 0;
    return !file->stopped && (!file->restart || restart(file, row_line, after));
}

/* The file's end. Returns true when reading is to go on behind a row whose quote was never closed. */
static bool take_end(struct csv_file *file)
{
    long row_line = file->row_line;
    off_t after = file->after_row_line;
    /* Strict at the end alone: else a quote inside a cell would end the parsing. */
    csv_set_opts(&file->parser, CSV_STRICT | CSV_STRICT_FINI);
    if (csv_fini(&file->parser, take_cell, take_row, file) != 0) {
        broken_row(file, "a quote opened in this row is not closed");
        file->resyncing = true;
    }
    return file->restart && restart(file, row_line, after);
}

static void read_rows(struct csv_file *file)
{
    struct line line;
    do
        while (lines_next(&file->lines, &line))
            if (!take_line(file, &line)) {
                file->failed = !file->stopped;
                return;
            }
    while (!file->lines.failed && take_end(file));
}

static char first_delimiter(struct reader *reader)
{
    struct lines lines;
    struct line line;
    BUF_AUTO struct buf first = BUF_INIT(CSV_DETECT_BYTES + READ_LINE_MAX);
    if (lines_open(&lines, reader->path, reader->shown, READ_LINE_MAX, reader->error) < 0)
        return '\0';
    while (first.len < CSV_DETECT_BYTES && lines_next(&lines, &line)) {
        buf_append(&first, line.text, line.len);
        buf_byte(&first, '\n');
    }
    lines_close(&lines);
    char delimiter = csv_delimiter(first.len ? first.data : "", first.len);
    if (delimiter == '\0') {
        error_set(reader->error, "no heading row known; expected a sheet of %s, or of %s",
                  sheet_kind_sought(SHEET_STATEMENTS), sheet_kind_sought(SHEET_RELEASES));
        error_at(reader->error, reader->shown, NULL, 0);
    }
    return delimiter;
}

int csv_read(struct reader *reader)
{
    char edition[EDITION_SIZE];
    char delimiter = first_delimiter(reader);
    if (delimiter == '\0')
        return -1;
    struct csv_file *file = mem_zero(1, sizeof *file);
    file->reader = reader;
    file->delimiter = delimiter;
    file->cells.bytes = (struct buf)BUF_INIT(READ_ENTRY_MAX);
    table_init(&file->table, reader, NULL, edition_from_file_name(reader->shown, edition) ? edition : NULL);
    int result = -1;
    if (lines_open(&file->lines, reader->path, reader->shown, READ_LINE_MAX, reader->error) == 0) {
        if (init_parser(&file->parser, delimiter) == 0) {
            read_rows(file);
            if (file->failed)
                error_set(reader->error, "cannot be read on: %s", csv_strerror(csv_error(&file->parser)));
            csv_free(&file->parser);
        }
        result = file->lines.failed || file->failed ? -1 : reader_result(reader);
        lines_close(&file->lines);
    }
    table_free(&file->table);
    buf_free(&file->cells.bytes);
    free(file);
    return result;
}
