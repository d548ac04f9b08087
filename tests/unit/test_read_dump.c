/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/test_read_dump.h"

enum { SHOWN_WHOLE = 400, SHOWN_END = 40 /* bytes of a text */ };

static const char *const KINDS[] = {[ENTRY_PAGE_AGREEMENT] = "agreement",
                                    [ENTRY_SHEET_STATEMENT] = "statement",
                                    [ENTRY_SHEET_RELEASE] = "release",
                                    [ENTRY_SHEET_LABEL] = "label",
                                    [ENTRY_RECORD] = "record"};

static const char *const HEADINGS[HEADING_COUNT] = {
    [HEADING_REFERENCE] = "reference",
    [HEADING_TITLE] = "title",
    [HEADING_ORGANISATION] = "organisation",
    [HEADING_ORGANISATION_TYPE] = "organisation type",
    [HEADING_TYPE_OF_DATA] = "type of data",
    [HEADING_OPT_OUTS] = "opt-outs",
    [HEADING_LEGAL_BASIS] = "legal basis",
    [HEADING_DUTY_OF_CONFIDENCE] = "duty",
    [HEADING_PURPOSES] = "purposes",
    [HEADING_COMMERCIAL] = "commercial",
    [HEADING_SENSITIVITY] = "sensitivity",
    [HEADING_WHEN] = "when",
    [HEADING_START] = "start",
    [HEADING_END] = "end",
    [HEADING_MONTH] = "month",
    [HEADING_METHOD] = "method",
    [HEADING_CONTROLLERS] = "controllers",
    [HEADING_SUBLICENSING] = "sublicensing",
    [HEADING_DATASETS] = "datasets",
    [HEADING_OBJECTIVES] = "objectives",
    [HEADING_EXPECTED_BENEFITS] = "expected",
    [HEADING_YIELDED_BENEFITS] = "yielded",
    [HEADING_OUTPUTS] = "outputs",
    [HEADING_PROCESSING] = "processing",
    [HEADING_PAGE_FILES] = "page files",
    [HEADING_FLAGS] = "flags",
    [HEADING_PAGE_NOTES] = "page notes",
    [HEADING_EXPLANATION] = "explanation",
    [HEADING_JSON] = "json",
};

static void dump_bytes(struct buf *to, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\n')
            buf_text(to, "\\n");
        else
            buf_byte(to, text[i]);
}

static void dump_field(struct buf *to, const char *name, const struct entry_field *field)
{
    buf_printf(to, "  %s |%s", name, field->len ? " " : "");
    if (strlen(field->text) != field->len)
        buf_text(to, "<length and text differ>");
    if (field->len <= SHOWN_WHOLE) {
        dump_bytes(to, field->text, field->len);
    } else {
        dump_bytes(to, field->text, SHOWN_END);
        buf_printf(to, " <%zu bytes> ", field->len);
        dump_bytes(to, field->text + field->len - SHOWN_END, SHOWN_END);
    }
    buf_text(to, field->cut_off ? " <cut off>\n" : "\n");
}

static int take(void *context, const struct entry *entry)
{
    struct buf *to = context;
    buf_printf(to, "%s %s%s%ld", KINDS[entry->kind], entry->sheet ? entry->sheet : "",
               entry->sheet ? ":" : "", entry->line);
    if (entry->edition)
        buf_printf(to, " of %s", entry->edition);
    if (entry->from_1904)
        buf_text(to, ", days from 1904");
    buf_byte(to, '\n');
    for (int i = 0; i < HEADING_COUNT; i++)
        if (entry->fields[i].text)
            dump_field(to, HEADINGS[i], &entry->fields[i]);
    return 0;
}

static void problem(void *context, enum problem_kind kind, const struct error *error)
{
    static const char *const KIND_NAMES[] = {
        [PROBLEM_LEFT_OUT] = "problem", [PROBLEM_CUT_SHORT] = "cut short", [PROBLEM_NOTE] = "note"};
    buf_printf(context, "%s %s: %s\n", KIND_NAMES[kind], error->place, error->text);
}

void read_dump(const char *path, const char *shown, enum read_format format, struct buf *to)
{
    struct entry_sink sink = {.context = to, .take = take, .problem = problem};
    struct error error = ERROR_NONE;
    if (read_file(path, shown, format, &sink, &error) != 0)
        buf_printf(to, "failed %s: %s\n", error.place, error.text);
}
