/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/record.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/reference.h"

enum { STATEMENT_TEXT_MAX = 1 << 30 }; /* bytes; sixteen times the largest record that can be stored */

static void *at(struct record *record, const struct field *field)
{
    return (char *)record + field->offset;
}

static const void *at_const(const struct record *record, const struct field *field)
{
    return (const char *)record + field->offset;
}

struct record *record_new(void)
{
    struct record *record = mem_zero(1, sizeof *record);
    record->page_files = RECORD_NO_PAGE_FILES;
    return record;
}

void release_free(struct release *release)
{
    free(release->dataset);
    free(release->identifiability);
    free(release->opt_outs);
    strlist_free(&release->legal_basis);
    free(release->duty_of_confidence);
    free(release->sensitivity);
    free(release->method);
    free(release->month);
    strlist_free(&release->editions);
    *release = (struct release){0};
}

static void copy_list(struct strlist *to, const struct strlist *from)
{
    for (size_t i = 0; i < from->len; i++)
        strlist_add(to, from->items[i]);
}

void release_copy(struct release *to, const struct release *from)
{
    *to = (struct release){
        .dataset = mem_text(from->dataset),
        .identifiability = mem_text(from->identifiability),
        .opt_outs = mem_text(from->opt_outs),
        .duty_of_confidence = mem_text(from->duty_of_confidence),
        .sensitivity = mem_text(from->sensitivity),
        .method = mem_text(from->method),
        .month = mem_text(from->month),
        .count = from->count,
    };
    copy_list(&to->legal_basis, &from->legal_basis);
    copy_list(&to->editions, &from->editions);
}

static void free_releases(struct record *record)
{
    for (size_t i = 0; i < record->release_count; i++)
        release_free(&record->releases[i]);
    free(record->releases);
}

void record_forget_sources(struct record *record)
{
    for (size_t i = 0; i < record->source_count; i++) {
        free(record->sources[i].file);
        free(record->sources[i].sheet);
    }
    free(record->sources);
    record->sources = NULL;
    record->source_count = 0;
}

static void free_member(struct record *record, const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_PROSE:
    case FIELD_DATE:
        free(*(char **)at(record, field));
        break;
    case FIELD_LIST:
    case FIELD_PATHS:
        strlist_free(at(record, field));
        break;
    case FIELD_RELEASES:
        free_releases(record);
        break;
    case FIELD_SOURCES:
        record_forget_sources(record);
        break;
    case FIELD_ANSWER:
    case FIELD_NUMBER:
    case FIELD_DERIVED:
        break;
    }
}

void record_free(struct record *record)
{
    if (!record)
        return;
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++)
        free_member(record, &fields[i]);
    free(record);
}

/* The number of items for which an array grown by doubling has room when it holds `count`. */
static size_t room_for(size_t count)
{
    size_t room = 1;
    while (room < count)
        room *= 2;
    return room;
}

struct release *record_add_release(struct record *record)
{
    size_t count = record->release_count;
    if (count == 0 || room_for(count) == count)
        record->releases = mem_grow(record->releases, room_for(count + 1), sizeof *record->releases);
    struct release *release = &record->releases[record->release_count++];
    *release = (struct release){.count = 1};
    record->has_releases = true;
    return release;
}

static bool same_source(const struct source *source, const char *file, const char *sheet, long line)
{
    if (source->line != line || strcmp(source->file, file) != 0 || !source->sheet != !sheet)
        return false;
    return !sheet || strcmp(source->sheet, sheet) == 0;
}

void record_add_source(struct record *record, const char *file, const char *sheet, long line)
{
    size_t count = record->source_count;
    for (size_t i = 0; i < count; i++)
        if (same_source(&record->sources[i], file, sheet, line))
            return;
    if (count == 0 || room_for(count) == count)
        record->sources = mem_grow(record->sources, room_for(count + 1), sizeof *record->sources);
    record->sources[record->source_count++] =
        (struct source){.file = mem_text(file), .sheet = mem_text(sheet), .line = line};
}

static void copy_member(struct record *copy, const struct record *record, const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_PROSE:
    case FIELD_DATE:
        *(char **)at(copy, field) = mem_text(*(char *const *)at_const(record, field));
        break;
    case FIELD_LIST:
    case FIELD_PATHS:
        copy_list(at(copy, field), at_const(record, field));
        break;
    case FIELD_ANSWER:
        *(enum answer *)at(copy, field) = *(const enum answer *)at_const(record, field);
        break;
    case FIELD_NUMBER:
        *(long *)at(copy, field) = *(const long *)at_const(record, field);
        break;
    case FIELD_RELEASES:
        for (size_t i = 0; i < record->release_count; i++)
            release_copy(record_add_release(copy), &record->releases[i]);
        copy->has_releases = record->has_releases;
        break;
    case FIELD_SOURCES:
        for (size_t i = 0; i < record->source_count; i++)
            record_add_source(copy, record->sources[i].file, record->sources[i].sheet,
                              record->sources[i].line);
        break;
    case FIELD_DERIVED:
        break;
    }
}

struct record *record_copy(const struct record *record)
{
    struct record *copy = record_new();
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++)
        copy_member(copy, record, &fields[i]);
    return copy;
}

/* ---- What a record says ---- */

/* Lengths go first, so that no text can be mistaken for another's end. */
static void state_text(struct buf *buf, const char *text)
{
    if (text)
        buf_printf(buf, "%zu:%s", strlen(text), text);
    else
        buf_byte(buf, '-');
}

static void state_list(struct buf *buf, const struct strlist *list)
{
    buf_printf(buf, "[%zu]", list->len);
    for (size_t i = 0; i < list->len; i++)
        state_text(buf, list->items[i]);
}

static bool is_statement(const char *name)
{
    static const char *const others[] = {"id",      "edition", "editions", "first_seen",
                                         "changed", "sources", "releases", "parse_notes"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i]) == 0)
            return false;
    return true;
}

static void state_member(struct buf *buf, const struct record *record, const struct field *field)
{
    switch (field->kind) {
    case FIELD_TEXT:
    case FIELD_PROSE:
    case FIELD_DATE:
        state_text(buf, *(char *const *)at_const(record, field));
        break;
    case FIELD_LIST:
    case FIELD_PATHS:
        state_list(buf, at_const(record, field));
        break;
    case FIELD_ANSWER:
        buf_printf(buf, "%d", (int)*(const enum answer *)at_const(record, field));
        break;
    case FIELD_NUMBER:
        buf_printf(buf, "%ld", *(const long *)at_const(record, field));
        break;
    case FIELD_RELEASES:
    case FIELD_SOURCES:
    case FIELD_DERIVED:
        break;
    }
    buf_byte(buf, '\n');
}

char *record_statement_text(const struct record *record)
{
    struct buf buf = BUF_INIT(STATEMENT_TEXT_MAX);
    MEM_AUTO char *reference = record->id ? reference_base(record->id) : NULL;
    state_text(&buf, reference);
    buf_byte(&buf, '\n');
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++)
        if (is_statement(fields[i].name))
            state_member(&buf, record, &fields[i]);
    return buf_take(&buf);
}
