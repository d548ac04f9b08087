/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/formats.h"

#include <stdio.h>
#include <string.h>

#include "client/labels.h"
#include "client/text.h"

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

/* Leaves control characters out, but for tabs and line ends. */
static void clean_field(struct buf *to, const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)text[0];
        unsigned char next = (unsigned char)text[1];
        if (byte == 0xC2 && next >= 0x80 && next < 0xA0)
            text++;
        else if ((byte >= ' ' && byte != 0x7F) || strchr("\t\r\n", byte))
            buf_byte(to, (char)byte);
    }
}

static bool needs_quotes(const char *text)
{
    size_t len = strlen(text);
    return text[strcspn(text, ",\"\r\n")] || (len && (text[0] == ' ' || text[len - 1] == ' '));
}

static void put_quoted(struct buf *to, const char *text)
{
    buf_byte(to, '"');
    for (; *text; text++) {
        if (*text == '"')
            buf_byte(to, '"');
        buf_byte(to, *text);
    }
    buf_byte(to, '"');
}

void format_field(struct buf *to, const char *text, enum format format)
{
    BUF_AUTO struct buf field = TEXT_INIT;
    if (!text || !*text)
        return;
    clean_field(&field, text);
    if (!field.len)
        return;
    BUF_AUTO struct buf whole = TEXT_INIT;
    buf_text(&whole, strchr("=+-@\t\r", field.data[0]) ? "'" : "");
    buf_append(&whole, field.data, field.len);
    if (format == FORMAT_CSV && needs_quotes(whole.data)) {
        put_quoted(to, whole.data);
        return;
    }
    for (size_t i = 0; i < whole.len; i++)
        buf_byte(to, format == FORMAT_TSV && strchr("\t\r\n", whole.data[i]) ? ' ' : whole.data[i]);
}

/* The texts of a list, joined by "; "; a single text as it is. */
static void join(struct buf *to, const json_t *value)
{
    size_t i;
    const json_t *item;
    if (json_is_string(value))
        buf_text(to, json_string_value(value));
    json_array_foreach(value, i, item)
    {
        if (!json_is_string(item))
            continue;
        buf_text(to, to->len ? "; " : "");
        buf_text(to, json_string_value(item));
    }
}

/* The same, and a number. */
static void put_simple(struct buf *to, const json_t *value)
{
    join(to, value);
    if (json_is_integer(value))
        buf_printf(to, "%lld", (long long)json_integer_value(value));
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

static void put_cell(struct buf *to, const struct buf *text, enum format format, bool is_first)
{
    if (!is_first)
        buf_byte(to, format == FORMAT_TSV ? '\t' : ',');
    format_field(to, text->data, format);
}

static void end_row(struct buf *to, enum format format)
{
    buf_text(to, format == FORMAT_TSV ? "\n" : "\r\n");
}

static void put_hit(struct buf *to, const json_t *hit, const char *const *columns, enum format format)
{
    const json_t *snippets = json_object_get(hit, "snippets");
    for (size_t i = 0; columns[i]; i++) {
        BUF_AUTO struct buf text = TEXT_INIT;
        if (!strcmp(columns[i], "history")) /* a column for reading: true, or nothing */
            buf_text(&text, json_is_true(json_object_get(hit, "history")) ? "true" : "");
        else if (!strcmp(columns[i], "found_in"))
            join_snippets(&text, snippets, "part");
        else if (!strcmp(columns[i], "snippet"))
            join_snippets(&text, snippets, "html");
        else
            put_simple(&text, json_object_get(hit, columns[i]));
        put_cell(to, &text, format, i == 0);
    }
    end_row(to, format);
}

static void put_value(struct buf *to, const json_t *value, const char *const *columns, enum format format)
{
    for (size_t i = 0; columns[i]; i++) {
        BUF_AUTO struct buf text = TEXT_INIT;
        put_simple(&text, json_object_get(value, columns[i]));
        put_cell(to, &text, format, i == 0);
    }
    end_row(to, format);
}

static void put_heading(struct buf *to, const char *const *columns, enum format format)
{
    for (size_t i = 0; columns[i]; i++) {
        if (i)
            buf_byte(to, format == FORMAT_TSV ? '\t' : ',');
        buf_text(to, columns[i]);
    }
    end_row(to, format);
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
    json_array_foreach(fields, i, name)
    {
        BUF_AUTO struct buf text = TEXT_INIT;
        join(&text, name);
        put_cell(to, &text, format, i == 0);
    }
    end_row(to, format);
}

/* Whether a value is more than texts and numbers. */
static bool has_members(const json_t *value)
{
    return json_is_object(value) || json_is_object(json_array_get(value, 0));
}

static void put_whole(struct buf *to, const json_t *value)
{
    if (has_members(value)) {
        BUF_AUTO struct buf line = TEXT_INIT;
        format_json(&line, value, false);
        buf_append(to, line.data, line.len ? line.len - 1 : 0); /* without its end */
        to->failed = to->failed || line.failed;
        return;
    }
    put_simple(to, value);
    if (json_is_boolean(value))
        buf_text(to, json_is_true(value) ? "true" : "false");
}

void format_record(struct buf *to, const json_t *record, const json_t *fields, enum format format)
{
    size_t i;
    const json_t *name;
    json_array_foreach(fields, i, name)
    {
        const char *key = json_string_value(name);
        BUF_AUTO struct buf text = TEXT_INIT;
        put_whole(&text, key ? json_object_get(record, key) : NULL);
        if (buf_failed(&text))
            to->failed = true;
        else
            put_cell(to, &text, format, i == 0);
    }
    end_row(to, format);
}
