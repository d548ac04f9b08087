/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records as JSON Lines: one object a line, handed on whole. Whoever makes records of them parses them. */
#include <string.h>

#include "indexer/read/lines.h"
#include "indexer/read/reader.h"

static bool take_line(struct reader *reader, const struct line *line)
{
    const char *start = line->text + strspn(line->text, " \t\r");
    if (line->too_long) {
        reader_problem(reader, NULL, line->number, "a line of more than %d bytes is left out",
                       READ_ENTRY_MAX);
        return true;
    }
    if (*start == '\0')
        return true;
    if (*start != '{') {
        reader_problem(reader, NULL, line->number,
                       "expected a JSON object on a line of its own, found \"%.20s\"", start);
        return true;
    }
    if (line->repaired)
        reader_note(reader, PROBLEM_NOTE, line->number, "bytes that are no UTF-8 were replaced by U+FFFD");
    struct entry entry = {.kind = ENTRY_RECORD, .line = line->number};
    entry.fields[HEADING_JSON] =
        (struct entry_field){.text = start, .len = line->len - (size_t)(start - line->text)};
    return reader_take(reader, &entry);
}

int jsonl_read(struct reader *reader)
{
    /* A record with all its releases is far longer than a line of prose: the ceiling is that of an entry. */
    struct lines lines;
    struct line line;
    if (lines_open(&lines, reader->path, reader->shown, READ_ENTRY_MAX, reader->error) < 0)
        return -1;
    while (lines_next(&lines, &line) && take_line(reader, &line))
        continue;
    bool failed = lines.failed;
    lines_close(&lines);
    return failed ? -1 : reader_result(reader);
}
