/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as lines: JSON Lines, and rows of CSV. */
#include "daemon/http/render.h"
#include "daemon/wire/row.h"
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

/* What records have of themselves; what is worked out of it is a facet's alone. */
static bool has_column(const struct field *field)
{
    return field->kind != FIELD_DERIVED;
}

/* Of no record: its heading. */
static void put_column(struct buf *to, const json_t *record, const char *name, bool is_first)
{
    if (record) {
        row_put(to, json_object_get(record, name), is_first, CELL_CSV);
        return;
    }
    if (!is_first)
        cell_next(to, CELL_CSV);
    cell_put(to, name, CELL_CSV);
}

static void put_row(struct buf *to, const json_t *record, bool with_history)
{
    size_t count, columns = 0;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++)
        if (has_column(&fields[i]))
            put_column(to, record, fields[i].name, columns++ == 0);
    if (with_history)
        put_column(to, record, "history", false);
    cell_end_row(to, CELL_CSV);
}

void render_csv(const json_t *result, bool with_history, bool is_first, struct buf *to)
{
    size_t i;
    const json_t *record;
    if (is_first)
        put_row(to, NULL, with_history);
    json_array_foreach(json_object_get(result, "records"), i, record) put_row(to, record, with_history);
}
