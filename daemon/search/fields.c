/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/fields.h"

#include <string.h>

#include "indexer/base/json_text.h"

/* ---- a walk through JSON that this project wrote: compact, well-formed ---- */

/* Behind the string that begins at `at`. */
static size_t string_end(const struct text_section *json, size_t at)
{
    for (at++; at < json->len && json->bytes[at] != '"'; at++)
        at += json->bytes[at] == '\\';
    return at + 1;
}

/* Behind the value that begins at `at`. */
static size_t value_end(const struct text_section *json, size_t at)
{
    for (size_t depth = 0; at < json->len; at++) {
        char byte = json->bytes[at];
        bool closes = byte == ']' || byte == '}';
        if ((byte == ',' || closes) && depth == 0)
            return at;
        depth += byte == '[' || byte == '{';
        depth -= closes;
        if (byte == '"')
            at = string_end(json, at) - 1;
    }
    return json->len;
}

static bool is_wanted(const struct text_section *name, const struct field *const *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strlen(fields[i]->name) == name->len && memcmp(fields[i]->name, name->bytes, name->len) == 0)
            return true;
    return false;
}

void fields_put(struct buf *to, const struct text_section *record, const struct field *const *fields,
                size_t count)
{
    size_t found = 0;
    for (size_t at = 1; found < count && at < record->len && record->bytes[at] == '"';) {
        size_t name_end = string_end(record, at), end = value_end(record, name_end + 1);
        struct text_section name = {record->bytes + at + 1, name_end - at - 2};
        if (end > record->len)
            return;
        if (is_wanted(&name, fields, count)) {
            json_text_comma(to);
            buf_append(to, record->bytes + at, end - at);
            found++;
        }
        at = end + 1;
    }
}
