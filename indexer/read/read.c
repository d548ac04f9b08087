/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/read.h"

#include <string.h>

#include "indexer/read/reader.h"

static const char *const NAMES[] = {[READ_AUTO] = "auto",
                                    [READ_PAGE] = "page",
                                    [READ_WORKBOOK] = "xlsx",
                                    [READ_CSV] = "csv",
                                    [READ_JSONL] = "jsonl"};

int read_format_named(const char *name)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(NAMES[i], name) == 0)
            return (int)i;
    return -1;
}

int read_file(const char *path, const char *shown, enum read_format format, const struct entry_sink *sink,
              struct error *error)
{
    struct reader reader = {.path = path, .shown = shown, .sink = sink, .error = error};
    if (format == READ_AUTO)
        format = detect_format(path, shown, error);
    switch (format) {
    case READ_PAGE:
        return page_read(&reader);
    case READ_JSONL:
        return jsonl_read(&reader);
    case READ_WORKBOOK:
        return workbook_read(&reader);
    case READ_CSV:
        return csv_read(&reader);
    case READ_AUTO:
        break;
    }
    return -1;
}
