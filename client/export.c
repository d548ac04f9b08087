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
    WRITE_SIZE = 1 << 16,                      /* bytes worth writing at once */
};

struct stream {
    struct purpose_connection *daemon;
    enum format format;
    json_t *fields;        /* names of the columns of CSV and TSV */
    json_int_t records;    /* written so far */
    bool reader_went_away; /* and with it the reason to go on */
};

static enum exit_code complain(const struct stream *stream, const char *reason)
{
    char line[COMPLAINT_SIZE];
    if (stream->records)
        snprintf(line, sizeof line, "the export is not whole, it ends after %lld records: %s",
                 (long long)stream->records, reason);
    else
        snprintf(line, sizeof line, "%s", reason);
    terminal_complain(line);
    return EXIT_TROUBLE;
}

/* Writes the bytes and forgets them. */
static enum exit_code put_out(struct stream *stream, struct buf *bytes)
{
    struct error error = ERROR_NONE;
    if (buf_failed(bytes))
        return complain(stream, "a record is too large to write");
    int failed = terminal_write_plain(bytes->data, bytes->len, &error);
    buf_reset(bytes);
    if (!failed)
        return EXIT_FOUND;
    stream->reader_went_away = errno == EPIPE;
    return stream->reader_went_away ? EXIT_TROUBLE : complain(stream, error.text);
}

/* What stands between the records, and around them. */
static void put_record(struct stream *stream, struct buf *to, const json_t *record)
{
    if (stream->format == FORMAT_CSV || stream->format == FORMAT_TSV) {
        format_record(to, record, stream->fields, stream->format);
    } else {
        if (stream->format == FORMAT_JSON)
            buf_text(to, stream->records ? "," : "[");
        format_json(to, record, false);
    }
    stream->records++;
}

static enum exit_code write_heading(struct stream *stream)
{
    BUF_AUTO struct buf bytes = TEXT_INIT;
    format_record_heading(&bytes, stream->fields, stream->format);
    return put_out(stream, &bytes);
}

static enum exit_code write_end(struct stream *stream)
{
    BUF_AUTO struct buf bytes = TEXT_INIT;
    if (stream->format == FORMAT_JSON)
        buf_text(&bytes, stream->records ? "]\n" : "[]\n");
    return put_out(stream, &bytes);
}

/* What the answer has to say beside its records, which are all that standard output takes. */
static void tell_notes(const struct purpose_found *head)
{
    char line[COMPLAINT_SIZE];
    if (head->relaxed)
        terminal_complain(label_relaxed);
    if (head->corrected) {
        snprintf(line, sizeof line, "did you mean: %s", head->corrected);
        terminal_complain(line);
    }
    for (size_t i = 0; i < head->warnings.count; i++) {
        snprintf(line, sizeof line, "note: %s", head->warnings.items[i]);
        terminal_complain(line);
    }
}

/* Writes what has come together once it is worth a call of the system. */
static enum exit_code put_records(struct stream *stream, struct purpose_export *records, struct buf *bytes)
{
    for (;;) {
        struct purpose_record *record = NULL;
        if (purpose_export_next(records, &record))
            return complain(stream, purpose_error_text(stream->daemon));
        if (!record)
            return put_out(stream, bytes);
        put_record(stream, bytes, record->json);
        purpose_record_free(record);
        enum exit_code code = bytes->len >= WRITE_SIZE ? put_out(stream, bytes) : EXIT_FOUND;
        if (code != EXIT_FOUND)
            return code;
    }
}

static enum exit_code copy_records(struct stream *stream, const json_t *params)
{
    struct purpose_export *records = NULL;
    BUF_AUTO struct buf bytes = TEXT_INIT;
    struct purpose_query query = {.size = sizeof query, .more = params};
    if (purpose_export_open(stream->daemon, &query, &records))
        return complain(stream, purpose_error_text(stream->daemon));
    tell_notes(purpose_export_head(records));
    enum exit_code code = put_records(stream, records, &bytes);
    if (bytes.len && !stream->reader_went_away)
        put_out(stream, &bytes); /* what came whole before a failure */
    purpose_export_free(records);
    return code;
}

/* The columns: the schema's fields that records have of themselves, in its order, as over HTTP
 * (daemon/http/render_export.c). */
static json_t *fetch_fields(struct stream *stream, bool with_history)
{
    size_t i;
    const json_t *field;
    json_t *schema = NULL;
    json_t *fields = json_array();
    if (purpose_call(stream->daemon, request_method(COMMAND_SCHEMA), NULL, &schema)) {
        complain(stream, purpose_error_text(stream->daemon));
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
        complain(stream, "the daemon names no fields, which the columns would be; try --jsonl");
    return fields;
}

static enum exit_code start(struct stream *stream, bool with_history)
{
    if (stream->format != FORMAT_CSV && stream->format != FORMAT_TSV)
        return EXIT_FOUND;
    stream->fields = fetch_fields(stream, with_history);
    return json_array_size(stream->fields) ? write_heading(stream) : EXIT_TROUBLE;
}

enum exit_code export_run(struct purpose_connection *daemon, const struct options *options,
                          const json_t *params)
{
    struct stream stream = {.daemon = daemon, .format = options->format};
    enum exit_code code = start(&stream, options->history);
    if (code == EXIT_FOUND)
        code = copy_records(&stream, params);
    if (code == EXIT_FOUND)
        code = write_end(&stream);
    json_decref(stream.fields);
    return code == EXIT_FOUND && !stream.records ? EXIT_NOTHING : code;
}
