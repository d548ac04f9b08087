/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/export.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/formats.h"
#include "client/labels.h"
#include "client/request.h"
#include "client/terminal.h"

enum {
    COMPLAINT_SIZE = PURPOSE_ERROR_SIZE + 256, /* bytes of one line on stderr */
};

struct export
{
    struct purpose_connection *daemon;
    enum format format;
    json_t *fields;        /* names of the columns of CSV and TSV */
    json_int_t records;    /* written so far */
    bool reader_went_away; /* and with it the reason to go on */
};

static enum exit_code complain(const struct export *export, const char *reason)
{
    char line[COMPLAINT_SIZE];
    if (export->records)
        snprintf(line, sizeof line, "the export is not whole, it ends after %lld records: %s",
                 (long long)export->records, reason);
    else
        snprintf(line, sizeof line, "%s", reason);
    terminal_complain(line);
    return EXIT_TROUBLE;
}

static enum exit_code put_out(struct export *export, struct buf *bytes)
{
    struct error error = ERROR_NONE;
    if (buf_failed(bytes))
        return complain(export, "a record is too large to write");
    if (!terminal_write_plain(bytes->data, bytes->len, &error))
        return EXIT_FOUND;
    export->reader_went_away = errno == EPIPE;
    return export->reader_went_away ? EXIT_TROUBLE : complain(export, error.text);
}

/* What stands between the records, and around them. */
static void put_record(struct export *export, struct buf *to, const json_t *record)
{
    if (export->format == FORMAT_CSV || export->format == FORMAT_TSV) {
        format_record(to, record, export->fields, export->format);
    } else {
        if (export->format == FORMAT_JSON)
            buf_text(to, export->records ? "," : "[");
        format_json(to, record, false);
    }
    export->records++;
}

static enum exit_code write_page(struct export *export, const json_t *records)
{
    size_t i;
    const json_t *record;
    BUF_AUTO struct buf bytes = TEXT_INIT;
    json_array_foreach(records, i, record)
    {
        put_record(export, &bytes, record);
    }
    return put_out(export, &bytes);
}

static enum exit_code write_heading(struct export *export)
{
    BUF_AUTO struct buf bytes = TEXT_INIT;
    format_record_heading(&bytes, export->fields, export->format);
    return put_out(export, &bytes);
}

static enum exit_code write_end(struct export *export)
{
    BUF_AUTO struct buf bytes = TEXT_INIT;
    if (export->format == FORMAT_JSON)
        buf_text(&bytes, export->records ? "]\n" : "[]\n");
    return put_out(export, &bytes);
}

/* What the answer has to say beside its records, which are all that standard output takes. */
static void tell_notes(const json_t *page)
{
    size_t i;
    const json_t *warning;
    const char *corrected = text_member(page, "corrected");
    char line[COMPLAINT_SIZE];
    if (json_is_true(json_object_get(page, "relaxed")))
        terminal_complain(label_relaxed);
    if (corrected) {
        snprintf(line, sizeof line, "did you mean: %s", corrected);
        terminal_complain(line);
    }
    json_array_foreach(json_object_get(page, "warnings"), i, warning)
    {
        const char *text = warning_text(warning);
        snprintf(line, sizeof line, "note: %s", text ? text : "");
        if (text)
            terminal_complain(line);
    }
}

static bool is_page(const json_t *page)
{
    const json_t *cursor = json_object_get(page, "cursor");
    return json_is_array(json_object_get(page, "records")) &&
           (!cursor || json_is_null(cursor) || json_is_string(cursor));
}

/* Asks for one page; NULL with the reason told. */
static json_t *fetch(struct export *export, const json_t *params)
{
    json_t *page = NULL;
    if (purpose_call(export->daemon, request_method(COMMAND_EXPORT), params, &page)) {
        complain(export, purpose_error_text(export->daemon));
        return NULL;
    }
    if (is_page(page))
        return page;
    json_decref(page);
    complain(export, "the daemon's result has no records[] and cursor; is it a purposed of this version?");
    return NULL;
}

/* The parameters of the page after this one, *new*; NULL where there is none. */
static json_t *next_params(const json_t *page)
{
    const char *cursor = text_member(page, "cursor");
    return cursor ? json_pack("{s:s}", "cursor", cursor) : NULL;
}

/* A page without records that leads to another, or a page that leads to itself, would keep us for ever. */
static bool is_stuck(const json_t *page, const json_t *asked)
{
    const json_t *next = json_object_get(page, "cursor");
    bool is_empty = !json_array_size(json_object_get(page, "records"));
    return json_is_string(next) && (is_empty || json_equal(next, json_object_get(asked, "cursor")));
}

static enum exit_code copy_page(struct export *export, const json_t *page, const json_t *asked)
{
    if (!export->records)
        tell_notes(page);
    if (is_stuck(page, asked))
        return complain(export,
                        "the daemon's pages do not come to an end; is it a purposed of this version?");
    return write_page(export, json_object_get(page, "records"));
}

static enum exit_code copy_pages(struct export *export, const json_t *params)
{
    enum exit_code code = EXIT_FOUND;
    json_t *asked = json_deep_copy(params);
    while (asked && code == EXIT_FOUND) {
        json_t *page = fetch(export, asked);
        code = page ? copy_page(export, page, asked) : EXIT_TROUBLE;
        json_decref(asked);
        asked = code == EXIT_FOUND ? next_params(page) : NULL;
        json_decref(page);
    }
    json_decref(asked);
    return code;
}

/* The columns: the schema's fields that records have of themselves, in its order. */
static json_t *fetch_fields(struct export *export, bool with_history)
{
    size_t i;
    const json_t *field;
    json_t *schema = NULL;
    json_t *fields = json_array();
    if (purpose_call(export->daemon, request_method(COMMAND_SCHEMA), NULL, &schema)) {
        complain(export, purpose_error_text(export->daemon));
        return fields;
    }
    json_array_foreach(json_object_get(schema, "fields"), i, field)
    {
        const char *name = text_member(field, "name");
        const char *kind = text_member(field, "kind");
        if (name && !(kind && !strcmp(kind, "derived")))
            json_array_append_new(fields, json_string(name));
    }
    json_decref(schema);
    if (json_array_size(fields) && with_history)
        json_array_append_new(fields, json_string("history")); /* true for a text of an older edition */
    if (!json_array_size(fields))
        complain(export, "the daemon names no fields, which the columns would be; try --jsonl");
    return fields;
}

static enum exit_code start(struct export *export, bool with_history)
{
    if (export->format != FORMAT_CSV && export->format != FORMAT_TSV)
        return EXIT_FOUND;
    export->fields = fetch_fields(export, with_history);
    return json_array_size(export->fields) ? write_heading(export) : EXIT_TROUBLE;
}

enum exit_code export_run(struct purpose_connection *daemon, const struct options *options,
                          const json_t *params)
{
    struct export export = {.daemon = daemon, .format = options->format};
    enum exit_code code = start(&export, options->history);
    if (code == EXIT_FOUND)
        code = copy_pages(&export, params);
    if (code == EXIT_FOUND)
        code = write_end(&export);
    json_decref(export.fields);
    return code == EXIT_FOUND && !export.records ? EXIT_NOTHING : code;
}
