/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files through the readers, and what they hand on into records. */
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/dates.h"
#include "indexer/register/understand.h"
#include "tests/fuzz/support.h"

static const char shown_name[] = "shown/name.ext";

struct reading {
    void (*look)(const struct entry *entry, void *context);
    void *context;
    enum read_format format;
};

static void understand_one(const struct entry *entry)
{
    struct error error = ERROR_NONE;
    if (entry->kind == ENTRY_SHEET_LABEL)
        return;
    if (entry->kind == ENTRY_SHEET_RELEASE) {
        MEM_AUTO char *reference = NULL;
        struct release release = {0};
        int status = understand_release(entry, NULL, &reference, &release, &error);
        FUZZ_CHECK(status == 0 ? reference && *reference : error.is_set, "a release without reference");
        if (status == 0)
            release_free(&release);
        return;
    }
    RECORD_AUTO struct record *record = understand_statement(entry, NULL, NULL, &error);
    FUZZ_CHECK(record || (error.is_set && *error.place && *error.text), "an error that says nothing");
    if (record)
        fuzz_check_record(record);
}

static int take_entry(void *context, const struct entry *entry)
{
    const struct reading *reading = context;
    FUZZ_CHECK(strcmp(entry->file, shown_name) == 0, "an entry of the file \"%s\"", entry->file);
    FUZZ_CHECK(entry->line >= 1, "an entry on line %ld", entry->line);
    FUZZ_CHECK(!entry->sheet || reading->format == READ_WORKBOOK, "a sheet outside a workbook");
    FUZZ_CHECK(!entry->edition || dates_is_edition(entry->edition), "edition \"%s\"", entry->edition);
    for (int heading = 0; heading < HEADING_COUNT; heading++) {
        const struct entry_field *field = &entry->fields[heading];
        FUZZ_CHECK(field->text || field->len == 0, "a length without a text");
        if (field->text)
            fuzz_check_utf8(field->text, field->len, "a field");
    }
    if (reading->look)
        reading->look(entry, reading->context);
    understand_one(entry);
    return 0;
}

static void take_problem(void *context, enum problem_kind kind, const struct error *error)
{
    (void)context;
    FUZZ_CHECK(kind == PROBLEM_LEFT_OUT || kind == PROBLEM_CUT_SHORT || kind == PROBLEM_NOTE,
               "a problem of no kind: %d", (int)kind);
    FUZZ_CHECK(error->is_set && *error->text, "a problem that says nothing");
    FUZZ_CHECK(strncmp(error->place, shown_name, strlen(shown_name)) == 0, "a problem at \"%s\"",
               error->place);
    fuzz_check_utf8(error->text, strlen(error->text), "a problem");
    FUZZ_CHECK(!strchr(error->text, '\n'), "a problem of several lines: %s", error->text);
}

int fuzz_read(const void *data, size_t size, enum read_format format,
              void (*look)(const struct entry *entry, void *context), void *context)
{
    struct reading reading = {.look = look, .context = context, .format = format};
    struct entry_sink sink = {.context = &reading, .take = take_entry, .problem = take_problem};
    struct error error = ERROR_NONE;
    int status = read_file(fuzz_file(data, size), shown_name, format, &sink, &error);
    FUZZ_CHECK(status == 0 || (status == -1 && error.is_set), "read_file gave %d", status);
    if (error.is_set)
        fuzz_check_utf8(error.text, strlen(error.text), "an error");
    return status;
}
