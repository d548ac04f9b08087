/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record's JSON, both ways, member by member as the field table says. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/dates.h"
#include "indexer/register/field.h"
#include "indexer/register/record.h"
#include "indexer/register/reference.h"

enum {
    RECORD_UNKNOWN_MAX = 20, /* unknown members that are named; more are ignored without a word */
    RECORD_SOURCES_MAX = 10000,
    RECORD_NAME_MAX = 64, /* bytes of an unknown member's name that are shown */
};

enum release_kind { RELEASE_TEXT, RELEASE_MONTH, RELEASE_LIST, RELEASE_EDITIONS, RELEASE_COUNT };

static const struct release_member {
    const char *name;
    enum release_kind kind;
    size_t offset;
} release_members[] = {
    {"dataset", RELEASE_TEXT, offsetof(struct release, dataset)},
    {"identifiability", RELEASE_TEXT, offsetof(struct release, identifiability)},
    {"opt_outs", RELEASE_TEXT, offsetof(struct release, opt_outs)},
    {"legal_basis", RELEASE_LIST, offsetof(struct release, legal_basis)},
    {"duty_of_confidence", RELEASE_TEXT, offsetof(struct release, duty_of_confidence)},
    {"sensitivity", RELEASE_TEXT, offsetof(struct release, sensitivity)},
    {"method", RELEASE_TEXT, offsetof(struct release, method)},
    {"month", RELEASE_MONTH, offsetof(struct release, month)},
    {"count", RELEASE_COUNT, offsetof(struct release, count)},
    {"editions", RELEASE_EDITIONS, offsetof(struct release, editions)},
};

enum { RELEASE_MEMBERS = sizeof release_members / sizeof *release_members };

/* ---- Writing ---- */

static json_t *text_json(const char *text)
{
    return text ? json_string(text) : json_null();
}

static json_t *list_json(const struct strlist *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->len; i++)
        json_array_append_new(array, json_string(list->items[i]));
    return array;
}

static json_t *answer_json(enum answer answer)
{
    return answer == ANSWER_UNKNOWN ? json_null() : json_boolean(answer == ANSWER_YES);
}

static json_t *release_member_json(const struct release *release, const struct release_member *member)
{
    const void *at = (const char *)release + member->offset;
    switch (member->kind) {
    case RELEASE_LIST:
    case RELEASE_EDITIONS:
        return list_json(at);
    case RELEASE_COUNT:
        return json_integer(*(const long *)at);
    case RELEASE_TEXT:
    case RELEASE_MONTH:
        break;
    }
    return text_json(*(char *const *)at);
}

static json_t *releases_json(const struct record *record)
{
    if (!record->has_releases)
        return json_null();
    json_t *array = json_array();
    for (size_t i = 0; i < record->release_count; i++) {
        json_t *object = json_object();
        for (size_t j = 0; j < RELEASE_MEMBERS; j++)
            json_object_set_new_nocheck(object, release_members[j].name,
                                        release_member_json(&record->releases[i], &release_members[j]));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *sources_json(const struct record *record)
{
    json_t *array = json_array();
    for (size_t i = 0; i < record->source_count; i++) {
        const struct source *source = &record->sources[i];
        json_t *object = json_object();
        json_object_set_new_nocheck(object, "file", json_string(source->file));
        if (source->sheet)
            json_object_set_new_nocheck(object, "sheet", json_string(source->sheet));
        json_object_set_new_nocheck(object, source->sheet ? "row" : "line", json_integer(source->line));
        json_array_append_new(array, object);
    }
    return array;
}

/* NULL for a member that is absent. */
static json_t *member_json(const struct record *record, const struct field *field)
{
    const void *at = field->kind == FIELD_DERIVED ? NULL : (const char *)record + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_DATE:
        return text_json(*(char *const *)at);
    case FIELD_PROSE:
        return *(char *const *)at ? json_string(*(char *const *)at) : NULL;
    case FIELD_LIST:
    case FIELD_PATHS:
        return list_json(at);
    case FIELD_ANSWER:
        return answer_json(*(const enum answer *)at);
    case FIELD_NUMBER:
        return *(const long *)at < 0 ? json_null() : json_integer(*(const long *)at);
    case FIELD_RELEASES:
        return releases_json(record);
    case FIELD_SOURCES:
        return sources_json(record);
    case FIELD_DERIVED:
        break;
    }
    return NULL;
}

json_t *record_to_json(const struct record *record)
{
    return record_extent_json(record, RECORD_WHOLE);
}

json_t *record_extent_json(const struct record *record, enum record_extent extent)
{
    json_t *object = json_object();
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (extent == RECORD_WITHOUT_PROSE && fields[i].kind == FIELD_PROSE)
            continue;
        json_t *value = member_json(record, &fields[i]);
        if (value)
            json_object_set_new_nocheck(object, fields[i].name, value);
    }
    return object;
}

/* ---- Reading ---- */

static const char *type_name(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "a list";
    case JSON_STRING:
        return "a text";
    case JSON_INTEGER:
        return "a number";
    case JSON_REAL:
        return "a number with a point or an exponent";
    case JSON_TRUE:
        return "true";
    case JSON_FALSE:
        return "false";
    case JSON_NULL:
        break;
    }
    return "null";
}

static int wrong_type(struct error *error, const char *name, const char *expected, const json_t *value)
{
    error_set(error, "member `%s`: expected %s, found %s", name, expected, type_name(value));
    return -1;
}

/* The text of a string, *borrowed*; NULL with `error` for another type, and for a NUL inside. */
static const char *text_of(const json_t *value, const char *name, const char *expected, struct error *error)
{
    if (!json_is_string(value)) {
        wrong_type(error, name, expected, value);
        return NULL;
    }
    const char *text = json_string_value(value);
    if (strlen(text) == json_string_length(value))
        return text;
    error_set(error, "member `%s`: a NUL character is not allowed in a text", name);
    return NULL;
}

static int read_text(const json_t *value, const char *name, char **text, struct error *error)
{
    const char *read = text_of(value, name, "a text or null", error);
    if (!read)
        return -1;
    *text = mem_text(read);
    return 0;
}

/* The same for what is a value of a facet. */
static int read_value(const json_t *value, const char *name, char **text, struct error *error)
{
    if (json_string_length(value) > RECORD_VALUE_MAX) {
        error_set(error, "member `%s`: expected at most %d bytes, found %zu", name, RECORD_VALUE_MAX,
                  json_string_length(value));
        return -1;
    }
    return read_text(value, name, text, error);
}

static int read_month(const json_t *value, const char *name, char **month, struct error *error)
{
    const char *read = text_of(value, name, "a month (YYYY-MM) or null", error);
    if (!read)
        return -1;
    if (!dates_is_edition(read)) {
        error_set(error, "member `%s`: expected a month (YYYY-MM), found \"%.40s\"", name, read);
        return -1;
    }
    *month = mem_text(read);
    return 0;
}

static int read_date(const json_t *value, const char *name, char **date, struct error *error)
{
    if (strcmp(name, "edition") == 0 || strncmp(name, "released_", 9) == 0)
        return read_month(value, name, date, error);
    const char *read = text_of(value, name, "a date (YYYY-MM-DD or YYYY-MM) or null", error);
    char written[11];
    if (!read)
        return -1;
    if (!dates_parse(read, DATES_FROM_1900, written) || strcmp(read, written) != 0) {
        error_set(error, "member `%s`: expected a date (YYYY-MM-DD or YYYY-MM), found \"%.40s\"", name, read);
        return -1;
    }
    *date = mem_text(read);
    return 0;
}

static int check_array(const json_t *value, const char *name, size_t max, const char *what,
                       struct error *error)
{
    if (!json_is_array(value)) {
        error_set(error, "member `%s`: expected a list of %s, found %s", name, what, type_name(value));
        return -1;
    }
    if (json_array_size(value) > max) {
        error_set(error, "member `%s`: expected at most %zu values, found %zu", name, max,
                  json_array_size(value));
        return -1;
    }
    return 0;
}

static int read_list(const json_t *value, const char *name, struct strlist *list, struct error *error)
{
    if (check_array(value, name, RECORD_LIST_MAX, "texts", error) < 0)
        return -1;
    for (size_t i = 0; i < json_array_size(value); i++) {
        const char *text = text_of(json_array_get(value, i), name, "a list of texts", error);
        if (!text)
            return -1;
        if (strlen(text) > RECORD_VALUE_MAX) {
            error_set(error, "member `%s`: expected values of at most %d bytes, found one of %zu", name,
                      RECORD_VALUE_MAX, strlen(text));
            return -1;
        }
        strlist_add_unique(list, text);
    }
    return 0;
}

static int read_editions(const json_t *value, const char *name, struct strlist *list, struct error *error)
{
    if (read_list(value, name, list, error) < 0)
        return -1;
    for (size_t i = 0; i < list->len; i++) {
        if (dates_is_edition(list->items[i]))
            continue;
        error_set(error, "member `%s`: expected months (YYYY-MM), found \"%.40s\"", name, list->items[i]);
        return -1;
    }
    return 0;
}

static int read_number(const json_t *value, const char *name, long min, long max, long *number,
                       struct error *error)
{
    if (!json_is_integer(value)) {
        error_set(error, "member `%s`: expected a whole number, found %s", name, type_name(value));
        return -1;
    }
    if (json_integer_value(value) < min || json_integer_value(value) > max) {
        error_set(error, "member `%s`: expected a number from %ld to %ld, found %lld", name, min, max,
                  (long long)json_integer_value(value));
        return -1;
    }
    *number = (long)json_integer_value(value);
    return 0;
}

static int read_answer(const json_t *value, const char *name, enum answer *answer, struct error *error)
{
    if (!json_is_boolean(value))
        return wrong_type(error, name, "true, false or null", value);
    *answer = json_is_true(value) ? ANSWER_YES : ANSWER_NO;
    return 0;
}

/* Names a member that is not known in the record's notes, so that a misspelt one is not lost without a word.
 */
static void note_unknown(struct record *record, const char *of, const char *name)
{
    if (record->parse_notes.len >= RECORD_UNKNOWN_MAX)
        return;
    int shown = (int)strnlen(name, RECORD_NAME_MAX);
    bool is_cut = shown == RECORD_NAME_MAX;
    while (is_cut && shown > 0 && ((unsigned char)name[shown] & 0xC0) == 0x80)
        shown--;
    MEM_AUTO char *note = mem_format("Unknown member %s`%.*s` ignored", of, shown, name);
    strlist_add_unique(&record->parse_notes, note);
}

static int read_release_member(const json_t *value, const struct release_member *member,
                               struct release *release, struct error *error)
{
    char name[48];
    snprintf(name, sizeof name, "releases.%s", member->name);
    void *at = (char *)release + member->offset;
    switch (member->kind) {
    case RELEASE_TEXT:
        return read_value(value, name, at, error);
    case RELEASE_MONTH:
        return read_month(value, name, at, error);
    case RELEASE_LIST:
        return read_list(value, name, at, error);
    case RELEASE_EDITIONS:
        return read_editions(value, name, at, error);
    case RELEASE_COUNT:
        return read_number(value, name, 1, RECORD_NUMBER_MAX, at, error);
    }
    return -1;
}

static bool is_release_member(const char *name)
{
    for (size_t i = 0; i < RELEASE_MEMBERS; i++)
        if (strcmp(name, release_members[i].name) == 0)
            return true;
    return false;
}

static int read_release(json_t *object, struct record *record, struct error *error)
{
    if (!json_is_object(object))
        return wrong_type(error, "releases", "a list of objects or null", object);
    struct release *release = record_add_release(record);
    for (size_t i = 0; i < RELEASE_MEMBERS; i++) {
        const json_t *value = json_object_get(object, release_members[i].name);
        if (value && !json_is_null(value) &&
            read_release_member(value, &release_members[i], release, error) < 0)
            return -1;
    }
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        if (!is_release_member(name))
            note_unknown(record, "of a release ", name);
    }
    return 0;
}

static int read_releases(const json_t *value, struct record *record, struct error *error)
{
    if (!json_is_array(value))
        return wrong_type(error, "releases", "a list of objects or null", value);
    record->has_releases = true;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (read_release(json_array_get(value, i), record, error) < 0)
            return -1;
    return 0;
}

static int read_source(const json_t *object, struct record *record, struct error *error)
{
    if (!json_is_object(object))
        return wrong_type(error, "sources", "a list of objects", object);
    MEM_AUTO char *file = NULL;
    MEM_AUTO char *sheet = NULL;
    const json_t *file_value = json_object_get(object, "file"),
                 *sheet_value = json_object_get(object, "sheet");
    if (!file_value) {
        error_set(error, "member `sources.file`: expected a text, found nothing");
        return -1;
    }
    if (read_text(file_value, "sources.file", &file, error) < 0)
        return -1;
    if (sheet_value && !json_is_null(sheet_value) &&
        read_text(sheet_value, "sources.sheet", &sheet, error) < 0)
        return -1;
    const char *number_name = sheet ? "row" : "line";
    const json_t *number = json_object_get(object, number_name);
    long line = 0;
    if (number && !json_is_null(number) &&
        read_number(number, sheet ? "sources.row" : "sources.line", 0, RECORD_NUMBER_MAX, &line, error) < 0)
        return -1;
    record_add_source(record, file, sheet, line);
    return 0;
}

static int read_sources(const json_t *value, struct record *record, struct error *error)
{
    if (check_array(value, "sources", RECORD_SOURCES_MAX, "objects", error) < 0)
        return -1;
    for (size_t i = 0; i < json_array_size(value); i++)
        if (read_source(json_array_get(value, i), record, error) < 0)
            return -1;
    return 0;
}

static int read_member(const json_t *value, const struct field *field, struct record *record,
                       struct error *error)
{
    void *at = (char *)record + field->offset;
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_PROSE:
        return (field->facet ? read_value : read_text)(value, field->name, at, error);
    case FIELD_DATE:
        return read_date(value, field->name, at, error);
    case FIELD_LIST:
    case FIELD_PATHS:
        return strcmp(field->name, "editions") == 0 ? read_editions(value, field->name, at, error)
                                                    : read_list(value, field->name, at, error);
    case FIELD_ANSWER:
        return read_answer(value, field->name, at, error);
    case FIELD_NUMBER:
        return read_number(value, field->name, 0, RECORD_NUMBER_MAX, at, error);
    case FIELD_RELEASES:
        return read_releases(value, record, error);
    case FIELD_SOURCES:
        return read_sources(value, record, error);
    case FIELD_DERIVED:
        break;
    }
    return 0;
}

static int read_members(const json_t *object, struct record *record, struct error *error)
{
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++) {
        const json_t *value =
            fields[i].kind == FIELD_DERIVED ? NULL : json_object_get(object, fields[i].name);
        if (value && !json_is_null(value) && read_member(value, &fields[i], record, error) < 0)
            return -1;
    }
    return 0;
}

static void note_unknown_members(const json_t *object, struct record *record)
{
    size_t count;
    const struct field *fields = field_table(&count);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        bool is_known = false;
        for (size_t i = 0; i < count && !is_known; i++)
            is_known = fields[i].kind != FIELD_DERIVED && strcmp(name, fields[i].name) == 0;
        if (!is_known)
            note_unknown(record, "", name);
    }
}

/* Steals `found`. */
static void fill_missing(char **text, char *found)
{
    if (*text)
        free(found);
    else
        *text = found;
}

/* Trims the id, and works out agreement and version where they are missing. */
static int complete_identity(struct record *record, struct error *error)
{
    char *id = record->id ? record->id : mem_text("");
    size_t start = strspn(id, " \t\r\n"), len = strlen(id);
    while (len > start && strchr(" \t\r\n", id[len - 1]))
        len--;
    record->id = mem_copy(id + start, len - start);
    free(id);
    if (!*record->id) {
        error_set(error, "member `id`: expected a reference, found nothing");
        return -1;
    }
    for (const char *c = record->id; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F) {
            error_set(error, "member `id`: a control character is not allowed in a reference");
            return -1;
        }
    char *agreement, *version;
    reference_split(record->id, &agreement, &version);
    fill_missing(&record->agreement, agreement);
    fill_missing(&record->version, version);
    return 0;
}

struct record *record_from_json(const json_t *object, struct error *error)
{
    if (!json_is_object(object)) {
        error_set(error, "expected a record as a JSON object, found %s",
                  object ? type_name(object) : "nothing");
        return NULL;
    }
    struct record *record = record_new();
    if (read_members(object, record, error) < 0 || complete_identity(record, error) < 0) {
        record_free(record);
        return NULL;
    }
    note_unknown_members(object, record);
    return record;
}
