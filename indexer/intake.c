/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/intake.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>
#include <zstd.h>

#include "indexer/base/mem.h"
#include "indexer/crew.h"
#include "indexer/merge.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"
#include "indexer/register/reference.h"
#include "indexer/register/understand.h"

enum { COMPRESSION_LEVEL = 3 };

struct intake_hand {
    const struct intake *intake;
    ZSTD_CCtx *compressor;
};

void intake_item_free(struct intake_item *item)
{
    if (!item)
        return;
    free(item->file);
    free(item->sheet);
    free(item->label_path);
    free(item->label_text);
    sighting_clear(&item->sighting);
    release_row_clear(&item->release);
    buf_free(&item->record);
    free(item);
}

static struct intake_item *new_item(enum intake_kind kind, const struct entry *entry)
{
    struct intake_item *item = mem_zero(1, sizeof *item);
    *item = (struct intake_item){
        .kind = kind,
        .file = mem_text(entry->file),
        .sheet = mem_text(entry->sheet),
        .line = entry->line,
        .record = BUF_INIT(LEDGER_RECORD_MAX),
    };
    return item;
}

/* ---- statements ---- */

/* Where and when it was seen, taken out of the record's JSON. */
static char *take_seen(json_t *object)
{
    static const char *const members[] = {"editions", "sources", "parse_notes"};
    json_t *seen = json_object();
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        json_object_set(seen, members[i], json_object_get(object, members[i]));
        json_object_del(object, members[i]);
    }
    char *text = json_dumps(seen, JSON_COMPACT);
    json_decref(seen);
    return text;
}

static int compress(struct intake_hand *hand, const char *json, size_t len, struct buf *packed)
{
    size_t room = ZSTD_compressBound(len);
    char *to = buf_reserve(packed, room);
    if (!to)
        return -1;
    size_t size = ZSTD_compressCCtx(hand->compressor, to, room, json, len, COMPRESSION_LEVEL);
    if (ZSTD_isError(size))
        return -1;
    packed->len += size;
    return 0;
}

static void hash_statement(const struct record *record, unsigned char ret_hash[LEDGER_HASH_SIZE])
{
    MEM_AUTO char *text = record_statement_text(record);
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(text ? text : "", text ? strlen(text) : 0));
    memcpy(ret_hash, canonical.digest, LEDGER_HASH_SIZE);
}

/* Releases and what only the indexer knows are no part of the statement. */
static json_t *statement_json(const struct record *record)
{
    json_t *object = record_to_json(record);
    json_object_del(object, "releases");
    json_object_del(object, "first_seen");
    json_object_del(object, "changed");
    json_object_del(object, "edition");
    return object;
}

static int fill_statement(struct intake_hand *hand, const struct record *record, struct intake_item *item)
{
    json_t *object = statement_json(record);
    struct sighting *sighting = &item->sighting;
    *sighting = (struct sighting){
        .reference = reference_base(record->id),
        .id = mem_text(record->id),
        .edition = mem_text(record->edition),
        .organisation = mem_text(record->organisation),
        .has_releases = record->has_releases,
        .seen = take_seen(object),
    };
    hash_statement(record, sighting->text);
    char *json = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    int status = -1;
    if (json && sighting->seen && strlen(json) <= LEDGER_RECORD_MAX) {
        sighting->hash = XXH3_64bits(json, strlen(json));
        status = compress(hand, json, strlen(json), &item->record);
    }
    free(json);
    return status;
}

/* ---- releases ---- */

/* A release as JSON, without its count and editions. */
static char *release_json(const struct release *release)
{
    RECORD_AUTO struct record *carrier = record_new();
    release_copy(record_add_release(carrier), release);
    json_t *object = record_to_json(carrier);
    json_t *row = json_array_get(json_object_get(object, "releases"), 0);
    json_object_del(row, "count");
    json_object_del(row, "editions");
    char *json = json_dumps(row, JSON_COMPACT);
    json_decref(object);
    return json;
}

static int take_release(struct intake_hand *hand, const struct entry *entry, const char *reference,
                        const char *edition, const struct release *release)
{
    struct intake_item *item = new_item(INTAKE_RELEASE, entry);
    const struct entry_field *organisation = &entry->fields[HEADING_ORGANISATION];
    char *row = release_json(release);
    item->release = (struct release_row){
        .reference = mem_text(reference),
        .edition = mem_text(edition),
        .organisation = organisation->text ? key_tidy(organisation->text) : NULL,
        .sheet = mem_text(entry->sheet),
        .line = entry->line,
        .count = release->count,
        .is_total = entry->kind == ENTRY_RECORD,
        .row = row ? row : mem_text("{}"),
    };
    item->release.hash = XXH3_64bits(item->release.row, strlen(item->release.row));
    return hand->intake->take(hand->intake->context, item);
}

/* The releases that a record's JSON carries: a row for each edition. */
static int take_record_releases(struct intake_hand *hand, const struct entry *entry,
                                const struct record *record)
{
    MEM_AUTO char *reference = reference_base(record->id);
    int status = 0;
    for (size_t i = 0; status == 0 && i < record->release_count; i++) {
        const struct release *release = &record->releases[i];
        if (release->editions.len == 0)
            status = take_release(hand, entry, reference, record->edition, release);
        for (size_t n = 0; status == 0 && n < release->editions.len; n++)
            status = take_release(hand, entry, reference, release->editions.items[n], release);
    }
    return status;
}

/* ---- entries ---- */

static void tell(struct intake_hand *hand, const struct entry *entry, struct error *error)
{
    error_at(error, entry->file, entry->sheet, entry->line);
    hand->intake->problem(hand->intake->context, PROBLEM_LEFT_OUT, error);
}

static void inherit_edition(const struct intake *intake, struct record *record)
{
    if (record->edition || !intake->inherited)
        return;
    record->edition = mem_text(intake->inherited);
    strlist_add_unique(&record->editions, intake->inherited);
}

static int take_statement(struct intake_hand *hand, const struct entry *entry)
{
    const struct intake *intake = hand->intake;
    struct error error = ERROR_NONE;
    RECORD_AUTO struct record *record = understand_statement(entry, intake->names, intake->edition, &error);
    if (!record) {
        tell(hand, entry, &error);
        return 0;
    }
    inherit_edition(intake, record);
    merge_take_out_releases(record);
    struct intake_item *item = new_item(INTAKE_STATEMENT, entry);
    if (fill_statement(hand, record, item) != 0) {
        intake_item_free(item);
        error_set(&error, "the record is larger than %d bytes, or not text", LEDGER_RECORD_MAX);
        tell(hand, entry, &error);
        return 0;
    }
    int status = intake->take(intake->context, item);
    return status == 0 ? take_record_releases(hand, entry, record) : status;
}

/* A row is taken without a month that is none; but not without a word. */
static void tell_month(struct intake_hand *hand, const struct entry *entry, const struct release *release)
{
    const struct entry_field *field = &entry->fields[HEADING_MONTH];
    MEM_AUTO char *month = field->text ? key_tidy(field->text) : NULL;
    if (!month || !*month || release->month)
        return;
    struct error error = ERROR_NONE;
    error_set(&error,
              "\"%.40s\" is no month, expected one such as Jul-19 or 2019-07: the release is taken without",
              month);
    error_at(&error, entry->file, entry->sheet, entry->line);
    hand->intake->problem(hand->intake->context, PROBLEM_NOTE, &error);
}

static int take_release_row(struct intake_hand *hand, const struct entry *entry)
{
    const struct intake *intake = hand->intake;
    struct error error = ERROR_NONE;
    MEM_AUTO char *reference = NULL;
    struct release release = {0};
    int status = 0;
    if (understand_release(entry, intake->edition, &reference, &release, &error) == 0) {
        const char *edition = release.editions.len > 0 ? release.editions.items[0] : intake->inherited;
        tell_month(hand, entry, &release);
        status = take_release(hand, entry, reference, edition, &release);
    } else {
        tell(hand, entry, &error);
    }
    release_free(&release);
    return status;
}

static int take_label(struct intake_hand *hand, const struct entry *entry)
{
    const char *basis = entry->fields[HEADING_LEGAL_BASIS].text;
    const char *explanation = entry->fields[HEADING_EXPLANATION].text;
    if (!basis || !explanation)
        return 0;
    STRLIST_AUTO struct strlist paths = {0};
    legal_basis_parse(basis, &paths);
    int status = 0;
    for (size_t i = 0; status == 0 && i < paths.len; i++) {
        struct intake_item *item = new_item(INTAKE_LABEL, entry);
        item->label_path = mem_text(paths.items[i]);
        item->label_text = key_tidy(explanation);
        status = hand->intake->take(hand->intake->context, item);
    }
    return status;
}

int intake_entry(struct intake_hand *hand, const struct entry *entry)
{
    switch (entry->kind) {
    case ENTRY_PAGE_AGREEMENT:
    case ENTRY_SHEET_STATEMENT:
    case ENTRY_RECORD:
        return take_statement(hand, entry);
    case ENTRY_SHEET_RELEASE:
        return take_release_row(hand, entry);
    case ENTRY_SHEET_LABEL:
        return take_label(hand, entry);
    }
    return 0;
}

struct intake_hand *intake_hand_new(const struct intake *intake)
{
    struct intake_hand *hand = mem_zero(1, sizeof *hand);
    *hand = (struct intake_hand){.intake = intake, .compressor = ZSTD_createCCtx()};
    return hand;
}

void intake_hand_free(struct intake_hand *hand)
{
    if (!hand)
        return;
    ZSTD_freeCCtx(hand->compressor);
    free(hand);
}

/* ---- files ---- */

static int take_entry(void *context, const struct entry *entry)
{
    return intake_entry(context, entry);
}

static void pass_problem(void *context, enum problem_kind kind, const struct error *error)
{
    struct intake_hand *hand = context;
    hand->intake->problem(hand->intake->context, kind, error);
}

static int read_alone(const struct intake *intake, struct error *error)
{
    struct intake_hand *hand = intake_hand_new(intake);
    struct entry_sink sink = {.context = hand, .take = take_entry, .problem = pass_problem};
    int status = read_file(intake->path, intake->shown, intake->format, &sink, error);
    intake_hand_free(hand);
    return status;
}

static int read_with(struct crew *crew, const struct intake *intake, struct error *error)
{
    struct entry_sink sink = {.context = crew, .take = crew_take, .problem = crew_problem};
    int status = read_file(intake->path, intake->shown, intake->format, &sink, error);
    int ended = crew_end(crew);
    return ended != 0 ? ended : status;
}

int intake_file(const struct intake *intake, struct error *error)
{
    struct crew *crew = intake->threads > 1 ? crew_new(intake, intake->threads) : NULL;
    int status = crew ? read_with(crew, intake, error) : read_alone(intake, error);
    if (status == -1)
        error_at(error, intake->shown, NULL, 0);
    return status;
}

/* ---- into the ledger ---- */

static int store_statement(struct ledger *ledger, struct intake_item *item, struct error *error)
{
    struct sighting *sighting = &item->sighting;
    char *id;
    int assigned = ledger_assign_id(ledger, sighting, sighting->id, &id, error);
    if (assigned != 0)
        return assigned;
    free(sighting->id);
    sighting->id = id;
    return ledger_add_sighting(ledger, sighting, item->record.data, item->record.len, error);
}

int intake_store(struct ledger *ledger, int64_t source, int64_t run, int64_t *ordinal,
                 struct intake_item *item, bool *ret_label_changed, struct error *error)
{
    item->sighting.source = item->release.source = source;
    item->sighting.run = item->release.run = run;
    item->sighting.ordinal = item->release.ordinal = (*ordinal)++;
    int status = 0;
    bool changed = false;
    switch (item->kind) {
    case INTAKE_STATEMENT:
        status = store_statement(ledger, item, error);
        break;
    case INTAKE_RELEASE:
        status = ledger_add_release(ledger, &item->release, error);
        break;
    case INTAKE_LABEL:
        status = ledger_put_label(ledger, item->label_path, item->label_text, &changed, error);
        break;
    }
    if (changed)
        *ret_label_changed = true;
    if (status == 1)
        error_at(error, item->file, item->sheet, item->line);
    return status;
}
