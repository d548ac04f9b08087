/* SPDX-License-Identifier: MIT */
#include "daemon/wire/row.h"

enum { DIGITS = 15 /* significant digits of a real: what a decimal survives a double with */ };

static int append_dumped(const char *bytes, size_t len, void *to)
{
    buf_append(to, bytes, len);
    return buf_failed(to) ? -1 : 0;
}

static bool has_members(const json_t *value)
{
    return json_is_object(value) || json_is_object(json_array_get(value, 0));
}

static void join(struct buf *to, const json_t *list)
{
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        if (!json_is_string(item))
            continue;
        buf_text(to, to->len ? "; " : "");
        buf_text(to, json_string_value(item));
    }
}

static void put_text(struct buf *to, const json_t *value)
{
    if (has_members(value)) {
        if (json_dump_callback(value, append_dumped, to, JSON_COMPACT | JSON_REAL_PRECISION(DIGITS)))
            to->failed = true;
    } else if (json_is_integer(value)) {
        buf_printf(to, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_boolean(value)) {
        buf_text(to, json_is_true(value) ? "true" : "false");
    } else {
        join(to, value);
    }
}

void row_put(struct buf *to, const json_t *value, bool is_first, enum cell_form form)
{
    if (!is_first)
        cell_next(to, form);
    if (json_is_string(value)) {
        cell_put(to, json_string_value(value), form);
        return;
    }
    BUF_AUTO struct buf text = BUF_INIT(ROW_CELL_MAX);
    put_text(&text, value);
    if (buf_failed(&text))
        to->failed = true;
    else
        cell_put(to, text.data, form);
}
