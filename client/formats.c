/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/formats.h"

#include <stdio.h>
#include <string.h>

#include "client/labels.h"
#include "client/text.h"
#include "daemon/wire/row.h"

enum {
    FORMAT_COLUMNS_MAX = 14,
    JSON_DIGITS = 15, /* significant digits of a real: what a decimal survives a double with */
};

/* The columns of a hit. */
#define HIT_COLUMNS                                                                                          \
    "id", "organisation", "title", "edition", "start", "end", "legal_basis", "opt_outs", "identifiability",  \
        "found_in", "snippet", "history", "copies", "group"

static int append_dumped(const char *bytes, size_t len, void *to)
{
    buf_append(to, bytes, len);
    return buf_failed(to) ? -1 : 0;
}

/* DEL and the C1 controls (U+0080 to U+009F, in UTF-8 0xC2 and a byte): JSON leaves them, terminals obey
 * them. */
static void escape_controls(struct buf *to, const struct buf *json)
{
    size_t from = 0;
    for (size_t at = 0; at < json->len; at++) {
        unsigned char byte = (unsigned char)json->data[at];
        unsigned char next = at + 1 < json->len ? (unsigned char)json->data[at + 1] : 0;
        bool is_c1 = byte == 0xC2 && next >= 0x80 && next < 0xA0;
        if (byte != 0x7F && !is_c1)
            continue;
        buf_append(to, json->data + from, at - from);
        buf_printf(to, "\\u00%02x", is_c1 ? next : byte);
        at += is_c1;
        from = at + 1;
    }
    buf_append(to, json->data + from, json->len - from);
}

void format_json(struct buf *to, const json_t *value, bool pretty)
{
    BUF_AUTO struct buf json = TEXT_INIT;
    size_t flags =
        JSON_ENCODE_ANY | JSON_REAL_PRECISION(JSON_DIGITS) | (pretty ? JSON_INDENT(2) : JSON_COMPACT);
    if (json_dump_callback(value, append_dumped, &json, flags) || !json.len) {
        to->failed = true;
        return;
    }
    escape_controls(to, &json);
    buf_byte(to, '\n');
}

static enum cell_form cell_form(enum format format)
{
    return format == FORMAT_TSV ? CELL_TSV : CELL_CSV;
}

/* Appends one member of each snippet, joined: the part's name, or the text without its marks. */
static void join_snippets(struct buf *to, const json_t *snippets, const char *member)
{
    size_t i;
    const json_t *snippet;
    json_array_foreach(snippets, i, snippet)
    {
        const char *value = text_member(snippet, member);
        BUF_AUTO struct buf text = TEXT_INIT;
        if (!value)
            continue;
        if (!strcmp(member, "html"))
            text_add_html(&text, value);
        else
            text_add(&text, STYLE_PLAIN, value);
        buf_text(to, to->len ? "; " : "");
        buf_append(to, text.data, text.len);
    }
}

/* A column for reading: a text made here. */
static void put_made(struct buf *to, const json_t *hit, const char *column, enum format format)
{
    BUF_AUTO struct buf text = TEXT_INIT;
    const json_t *snippets = json_object_get(hit, "snippets");
    if (!strcmp(column, "history")) /* true, or nothing */
        buf_text(&text, json_is_true(json_object_get(hit, "history")) ? "true" : "");
    else
        join_snippets(&text, snippets, !strcmp(column, "snippet") ? "html" : "part");
    if (buf_failed(&text))
        to->failed = true;
    cell_put(to, text.data, cell_form(format));
}

static bool is_made(const char *column)
{
    return !strcmp(column, "history") || !strcmp(column, "found_in") || !strcmp(column, "snippet");
}

static void put_hit(struct buf *to, const json_t *hit, const char *const *columns, enum format format)
{
    for (size_t i = 0; columns[i]; i++) {
        if (!is_made(columns[i])) {
            row_put(to, json_object_get(hit, columns[i]), i == 0, cell_form(format));
            continue;
        }
        cell_next(to, cell_form(format));
        put_made(to, hit, columns[i], format);
    }
    cell_end_row(to, cell_form(format));
}

static void put_value(struct buf *to, const json_t *value, const char *const *columns, enum format format)
{
    for (size_t i = 0; columns[i]; i++)
        row_put(to, json_object_get(value, columns[i]), i == 0, cell_form(format));
    cell_end_row(to, cell_form(format));
}

static void put_heading(struct buf *to, const char *const *columns, enum format format)
{
    for (size_t i = 0; columns[i]; i++) {
        if (i)
            cell_next(to, cell_form(format));
        buf_text(to, columns[i]);
    }
    cell_end_row(to, cell_form(format));
}

static void put_changes(struct buf *to, const json_t *result, const char *const *columns, enum format format)
{
    for (size_t kind = 0; kind < CHANGE_KINDS; kind++) {
        const json_t *ids = json_object_get(result, change_kinds[kind]);
        for (size_t i = 0; i < json_array_size(ids); i++) {
            json_t *row =
                json_pack("{s:s, s:O}", columns[0], change_kinds[kind], columns[1], json_array_get(ids, i));
            if (format == FORMAT_JSONL)
                format_json(to, row, false);
            else
                put_value(to, row, columns, format);
            json_decref(row);
        }
    }
}

/* What the rows of a command's result are, and their columns. */
static const struct {
    const char *list; /* of the result; NULL: those of the changes */
    void (*put)(struct buf *to, const json_t *row, const char *const *columns, enum format format);
    const char *columns[FORMAT_COLUMNS_MAX + 1]; /* NULL ends them */
} ROWS[COMMAND_COUNT] = {
    [COMMAND_SEARCH] = {"hits", put_hit, {HIT_COLUMNS}},
    [COMMAND_SIMILAR] = {"hits", put_hit, {HIT_COLUMNS}},
    [COMMAND_FACETS] = {"values", put_value, {"value", "label", "count"}},
    [COMMAND_SUGGEST] = {"suggestions", put_value, {"text", "kind", "count"}},
    [COMMAND_CHANGES] = {NULL, put_value, {"change", "id"}},
};

static void put_rows(struct buf *to, const json_t *rows, enum command command, enum format format)
{
    size_t i;
    const json_t *row;
    json_array_foreach(rows, i, row)
    {
        if (format == FORMAT_JSONL)
            format_json(to, row, false);
        else
            ROWS[command].put(to, row, ROWS[command].columns, format);
    }
}

void format_rows(struct buf *to, const json_t *result, enum command command, enum format format)
{
    if (format != FORMAT_JSONL)
        put_heading(to, ROWS[command].columns, format);
    if (ROWS[command].list)
        put_rows(to, json_object_get(result, ROWS[command].list), command, format);
    else
        put_changes(to, result, ROWS[command].columns, format);
}

/* ---- records ---- */

void format_record_heading(struct buf *to, const json_t *fields, enum format format)
{
    size_t i;
    const json_t *name;
    json_array_foreach(fields, i, name) row_put(to, name, i == 0, cell_form(format));
    cell_end_row(to, cell_form(format));
}

void format_record(struct buf *to, const json_t *record, const json_t *fields, enum format format)
{
    size_t i;
    const json_t *name;
    json_array_foreach(fields, i, name)
    {
        const char *key = json_string_value(name);
        row_put(to, key ? json_object_get(record, key) : NULL, i == 0, cell_form(format));
    }
    cell_end_row(to, cell_form(format));
}
