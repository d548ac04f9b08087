/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/read.h"

#include <string.h>

#include "indexer/base/mem.h"
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

/* ---- names of organisations ---- */

struct names {
    void (*take)(void *context, const char *name);
    void *context;
    bool met_statements;
};

/* Goes on while there may be statements that have lists of names. */
static int take_name(void *context, const struct entry *entry)
{
    struct names *names = context;
    if (entry->kind != ENTRY_SHEET_STATEMENT)
        return names->met_statements || !entry->sheet;
    names->met_statements = true;
    const struct entry_field *organisation = &entry->fields[HEADING_ORGANISATION];
    if (organisation->len > 0)
        names->take(names->context, organisation->text);
    return !entry->fields[HEADING_CONTROLLERS].text;
}

static void tell_nobody(void *context, enum problem_kind kind, const struct error *error)
{
    (void)context;
    (void)kind;
    (void)error;
}

char *read_page_organisation(const char *path)
{
    return read_detect(path, NULL) == READ_PAGE ? page_organisation(path) : NULL;
}

void read_organisations(const char *path, void (*take)(void *context, const char *name), void *context)
{
    struct names names = {.take = take, .context = context};
    struct entry_sink sink = {.context = &names, .take = take_name, .problem = tell_nobody};
    enum read_format format = read_detect(path, NULL);
    if (format == READ_WORKBOOK || format == READ_CSV)
        read_file(path, path, format, &sink, NULL);
    MEM_AUTO char *heading = format == READ_PAGE ? page_organisation(path) : NULL;
    if (heading)
        take(context, heading);
}
