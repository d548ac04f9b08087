/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/marks.h"

#include <stdlib.h>

#include "daemon/search/search.h"
#include "indexer/base/json_text.h"
#include "indexer/base/mem.h"

static void put_part(struct buf *to, const char *name, const struct passage_mark *marks, size_t count)
{
    json_text_member(to, name);
    buf_byte(to, '[');
    for (size_t i = 0; i < count; i++)
        buf_printf(to, "%s[%zu,%zu]", i ? "," : "", marks[i].start, marks[i].end);
    buf_byte(to, ']');
}

void marks_put(struct buf *to, struct analyser *analyser, const struct snippet_query *query,
               const struct text_section sections[TEXT_SECTION_COUNT])
{
    struct passage_mark *marks = mem_zero(SEARCH_MARKS_MAX, sizeof *marks);
    size_t left = SEARCH_MARKS_MAX;
    buf_byte(to, '{');
    for (int part = 0; part < FIELD_PART_COUNT && left > 0; part++) {
        const struct text_section *section = &sections[TEXT_SECTION_PARTS + part];
        if (!query->parts[part] || !section->len)
            continue;
        size_t count = passage_marks(analyser, query->parts[part], section->bytes, section->len, marks, left);
        if (count > 0)
            put_part(to, field_parts()[part]->name, marks, count);
        left -= count;
    }
    buf_byte(to, '}');
    free(marks);
}
