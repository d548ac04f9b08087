/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as lines: JSON Lines, and rows of CSV. */
#include <string.h>

#include "daemon/http/render.h"
#include "indexer/register/field.h"

void render_jsonl(const json_t *result, struct buf *to)
{
    size_t i;
    const json_t *record;
    json_array_foreach(json_object_get(result, "records"), i, record)
    {
        size_t len = json_dumpb(record, NULL, 0, JSON_COMPACT);
        char *line = buf_reserve(to, len + 1);
        if (!line)
            return;
        to->len += json_dumpb(record, line, len, JSON_COMPACT);
        buf_byte(to, '\n');
    }
}

/* ---- CSV ---- */

/* Releases say what went with what, sources where a record stood: neither is one cell's. */
static bool has_column(const struct field *field)
{
    return field->kind != FIELD_RELEASES && field->kind != FIELD_SOURCES && field->kind != FIELD_DERIVED;
}

/* What spreadsheets take for the beginning of a formula (OWASP, "CSV Injection"). */
static bool would_run(const char *text)
{
    return *text && strchr("=+-@\t\r", *text);
}

static void put_text(struct buf *to, const char *text)
{
    for (; *text; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"')
            buf_text(to, "\"\"");
        else if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F)
            buf_byte(to, ' ');
        else
            buf_byte(to, *text);
    }
}

static void put_cell(struct buf *to, const json_t *value)
{
    size_t i;
    const json_t *item;
    buf_byte(to, '"');
    if (json_is_string(value)) {
        const char *text = json_string_value(value);
        buf_text(to, would_run(text) ? "'" : "");
        put_text(to, text);
    } else if (json_is_integer(value)) {
        buf_printf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        buf_text(to, json_is_true(value) ? "yes" : "no");
    }
    json_array_foreach(value, i, item)
    {
        const char *text = json_string_value(item);
        if (!text)
            continue;
        buf_text(to, i ? "; " : would_run(text) ? "'" : "");
        put_text(to, text);
    }
    buf_byte(to, '"');
}

static void put_row(struct buf *to, const json_t *record)
{
    size_t count, columns = 0;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (!has_column(&fields[i]))
            continue;
        if (columns++)
            buf_byte(to, ',');
        if (record)
            put_cell(to, json_object_get(record, fields[i].name));
        else
            buf_text(to, fields[i].name);
    }
    buf_text(to, "\r\n");
}

void render_csv(const json_t *result, bool is_first, struct buf *to)
{
    size_t i;
    const json_t *record;
    if (is_first)
        put_row(to, NULL);
    json_array_foreach(json_object_get(result, "records"), i, record) put_row(to, record);
}
