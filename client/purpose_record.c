/* SPDX-License-Identifier: MIT */
/* The methods that give records whole: get, and export page by page. */
#include <stdlib.h>
#include <string.h>

#include "client/purpose_inside.h"

/* 1, 0, or -1 where it is not stated. */
static int take_answer(struct reply *reply, const json_t *json, const char *name)
{
    const json_t *value = json_object_get(json, name);
    bool answer = reply_flag(reply, json, name);
    return json_is_boolean(value) ? answer : -1;
}

/* The ids of the versions: texts, or objects that hold one. */
static struct purpose_texts take_versions(struct reply *reply, const json_t *json)
{
    const json_t *list = reply_optional_list(reply, json, "versions");
    size_t count = json_array_size(list);
    const char **items = count ? reply_alloc(reply, count * sizeof *items) : NULL;
    for (size_t i = 0; items && i < count; i++) {
        const json_t *version = json_array_get(list, i);
        items[i] = json_string_value(json_is_object(version) ? json_object_get(version, "id") : version);
        if (!items[i])
            reply_is_wrong(reply, "versions", "a list of ids");
    }
    return (struct purpose_texts){items, items ? count : 0};
}

static void take_texts(struct reply *reply, const json_t *json, struct purpose_record *record)
{
    record->id = reply_text(reply, json, "id");
    record->agreement = reply_text(reply, json, "agreement");
    record->version = reply_text(reply, json, "version");
    record->title = reply_text(reply, json, "title");
    record->organisation = reply_text(reply, json, "organisation");
    record->edition = reply_text(reply, json, "edition");
    record->start = reply_text(reply, json, "start");
    record->end = reply_text(reply, json, "end");
    record->released_from = reply_text(reply, json, "released_from");
    record->released_to = reply_text(reply, json, "released_to");
    record->first_seen = reply_text(reply, json, "first_seen");
    record->changed = reply_text(reply, json, "changed");
    record->legal_basis_text = reply_text(reply, json, "legal_basis_text");
    record->objectives = reply_text(reply, json, "objectives");
    record->expected_benefits = reply_text(reply, json, "expected_benefits");
    record->yielded_benefits = reply_text(reply, json, "yielded_benefits");
    record->outputs = reply_text(reply, json, "outputs");
    record->processing = reply_text(reply, json, "processing");
    record->commercial_note = reply_text(reply, json, "commercial_note");
    if (!record->id)
        reply_is_wrong(reply, "id", "a text");
}

static void take_lists(struct reply *reply, const json_t *json, struct purpose_record *record)
{
    record->organisation_types = reply_texts(reply, json, "organisation_types");
    record->controllers = reply_texts(reply, json, "controllers");
    record->editions = reply_texts(reply, json, "editions");
    record->identifiability = reply_texts(reply, json, "identifiability");
    record->opt_outs = reply_texts(reply, json, "opt_outs");
    record->legal_basis = reply_texts(reply, json, "legal_basis");
    record->duty_of_confidence = reply_texts(reply, json, "duty_of_confidence");
    record->sensitivity = reply_texts(reply, json, "sensitivity");
    record->method = reply_texts(reply, json, "method");
    record->datasets = reply_texts(reply, json, "datasets");
    record->flags = reply_texts(reply, json, "flags");
    record->parse_notes = reply_texts(reply, json, "parse_notes");
    record->versions = take_versions(reply, json);
}

static void fill_record(struct reply *reply, void *made)
{
    struct purpose_record *record = made;
    take_texts(reply, reply->json, record);
    take_lists(reply, reply->json, record);
    record->commercial = take_answer(reply, reply->json, "commercial");
    record->sublicensing = take_answer(reply, reply->json, "sublicensing");
    record->history = reply_flag(reply, reply->json, "history");
    record->json = reply->json;
}

enum purpose_status purpose_get(struct purpose_connection *connection, const char *id, const char *edition,
                                struct purpose_record **ret_record)
{
    void *made = NULL;
    struct question question = question_begin(connection, ret_record);
    question_needed_text(&question, "id", id);
    question_text(&question, "edition", edition);
    enum purpose_status status =
        reply_ask(&question, "get", sizeof(struct purpose_record), fill_record, &made);
    if (!status)
        *ret_record = made;
    return status;
}

void purpose_record_free(struct purpose_record *record)
{
    reply_free(record);
}

/* ---- export ---- */

/* A page: what is told at its head, and its records. */
struct records_page {
    struct purpose_found head;
    const json_t *records;
};

struct purpose_export {
    struct purpose_connection *connection;
    struct records_page *first; /* whose head is the export's */
    struct records_page *page;  /* NULL: at the end */
    size_t next;                /* of its records */
};

static void fill_page(struct reply *reply, void *made)
{
    struct records_page *page = made;
    reply_head(reply, &page->head);
    page->records = reply_list(reply, reply->json, "records");
}

/* A page without records that leads to another, or a page that leads to itself, would go on for ever. */
static enum purpose_status check_page(struct purpose_export *records, const struct records_page *page,
                                      const char *asked)
{
    const char *next = page->head.cursor;
    bool is_stuck = next && (!json_array_size(page->records) || (asked && !strcmp(next, asked)));
    if (!is_stuck)
        return PURPOSE_OK;
    return purpose_fail(records->connection, PURPOSE_BAD_REPLY,
                        "the pages of the export do not come to an end; is it a purposed of this version?");
}

static enum purpose_status ask_for_page(struct purpose_export *records, struct question *question,
                                        const char *asked, struct records_page **ret_page)
{
    void *made = NULL;
    enum purpose_status status = reply_ask(question, "export", sizeof(struct records_page), fill_page, &made);
    if (!status)
        status = check_page(records, made, asked);
    if (!status)
        *ret_page = made;
    else
        reply_free(made);
    return status;
}

static void leave_page(struct purpose_export *records)
{
    if (records->page != records->first)
        reply_free(records->page);
    records->page = NULL;
    records->next = 0;
}

enum purpose_status purpose_export_open(struct purpose_connection *connection,
                                        const struct purpose_query *query, struct purpose_export **ret_export)
{
    struct purpose_export *records = calloc(1, sizeof *records);
    if (!records)
        return purpose_fail(connection, PURPOSE_NO_MEMORY, "out of memory");
    struct question question = question_begin(connection, ret_export);
    question_query(&question, query);
    question_more(&question, query);
    records->connection = connection;
    enum purpose_status status = ask_for_page(records, &question, NULL, &records->first);
    records->page = records->first;
    if (!status)
        *ret_export = records;
    else
        purpose_export_free(records);
    return status;
}

const struct purpose_found *purpose_export_head(const struct purpose_export *records)
{
    return records ? &records->first->head : NULL;
}

/* Moves on to a page with a record left, or to the end. */
static enum purpose_status find_page(struct purpose_export *records)
{
    struct records_page *page = NULL;
    if (!records->page || records->next < json_array_size(records->page->records))
        return PURPOSE_OK;
    const char *cursor = records->page->head.cursor;
    enum purpose_status status = PURPOSE_OK;
    if (cursor) {
        struct question question = question_begin(records->connection, &page);
        question_text(&question, "cursor", cursor);
        status = ask_for_page(records, &question, cursor, &page);
    }
    leave_page(records);
    records->page = page;
    return status;
}

enum purpose_status purpose_export_next(struct purpose_export *records, struct purpose_record **ret_record)
{
    void *made = NULL;
    if (!records || !ret_record)
        return purpose_fail(records ? records->connection : NULL, PURPOSE_BAD_ARGUMENT,
                            "the export, or where its record goes, is NULL");
    enum purpose_status status = find_page(records);
    if (!status && records->page) {
        json_t *json = json_array_get(records->page->records, records->next++);
        status = reply_take(records->connection, "export", json_incref(json), sizeof(struct purpose_record),
                            fill_record, &made);
    }
    if (!status)
        *ret_record = made;
    else
        leave_page(records);
    return status;
}

void purpose_export_free(struct purpose_export *records)
{
    if (!records)
        return;
    leave_page(records);
    reply_free(records->first);
    free(records);
}
