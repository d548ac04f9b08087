/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/statements.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/base/mem.h"
#include "indexer/register/reference.h"

/* ---- loading ---- */

static uint64_t mix(uint64_t hash, const void *bytes, size_t len)
{
    return XXH3_64bits_withSeed(bytes, len, hash);
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    return mix(hash, text ? text : "", text ? strlen(text) + 1 : 0);
}

static int by_row(const void *a, const void *b)
{
    const struct release_row *const *left = a, *const *right = b;
    int order = strcmp((*left)->edition ? (*left)->edition : "", (*right)->edition ? (*right)->edition : "");
    if (order != 0)
        return order;
    if ((*left)->hash != (*right)->hash)
        return (*left)->hash < (*right)->hash ? -1 : 1;
    /* Of what several sources say, the largest count is taken. */
    return ((*left)->count < (*right)->count) - ((*left)->count > (*right)->count);
}

/* What the rows say together, whichever sources say it and in whatever order. */
static uint64_t hash_rows(const struct release_row *rows, size_t count)
{
    const struct release_row **sorted = mem_zero(count, sizeof *sorted);
    for (size_t i = 0; i < count; i++)
        sorted[i] = &rows[i];
    qsort(sorted, count, sizeof *sorted, by_row);
    uint64_t hash = 0;
    for (size_t i = 0; i < count; i++) {
        const struct release_row *before = i > 0 ? sorted[i - 1] : NULL;
        if (before && before->hash == sorted[i]->hash &&
            strcmp(before->edition ? before->edition : "", sorted[i]->edition ? sorted[i]->edition : "") == 0)
            continue;
        hash = mix(hash, &sorted[i]->hash, sizeof sorted[i]->hash);
        hash = mix(hash, &sorted[i]->count, sizeof sorted[i]->count);
        hash = mix_text(hash, sorted[i]->edition);
    }
    free(sorted);
    return hash;
}

int statements_load(struct ledger *ledger, const char *reference, struct statements *ret_statements,
                    struct error *error)
{
    struct statements *all = ret_statements;
    *all = (struct statements){.reference = mem_text(reference)};
    if (ledger_sightings(ledger, reference, &all->sightings, &all->sighting_count, error) != 0 ||
        ledger_releases(ledger, reference, &all->rows, &all->row_count, error) != 0)
        return -1;
    all->has_releases = all->row_count > 0;
    for (size_t i = 0; i < all->sighting_count && !all->has_releases; i++)
        all->has_releases = all->sightings[i].has_releases;
    /* They come by edition, and names of organisations change. */
    for (size_t i = all->row_count; i-- > 0 && !all->organisation;)
        all->organisation = all->rows[i].organisation;
    all->releases = hash_rows(all->rows, all->row_count);
    return 0;
}

void statements_free(struct statements *statements)
{
    free(statements->reference);
    sightings_free(statements->sightings, statements->sighting_count);
    release_rows_free(statements->rows, statements->row_count);
    *statements = (struct statements){0};
}

bool statements_next_id(const struct statements *statements, size_t *at, struct id_statements *ret_id)
{
    if (statements->sighting_count == 0) {
        *ret_id = (struct id_statements){.id = statements->reference};
        return statements->row_count > 0 && (*at)++ == 0;
    }
    size_t end = *at;
    while (end < statements->sighting_count &&
           strcmp(statements->sightings[end].id, statements->sightings[*at].id) == 0)
        end++;
    if (end == *at)
        return false;
    const struct sighting *first = &statements->sightings[*at];
    *ret_id = (struct id_statements){.id = first->id, .sightings = first, .count = end - *at};
    *at = end;
    return true;
}

/* ---- hashes ---- */

uint64_t statements_said(const struct statements *statements, const struct id_statements *id,
                         const struct merge_text *text)
{
    uint64_t hash = mix(statements->releases, &statements->has_releases, sizeof statements->has_releases);
    if (!text)
        return mix_text(hash, statements->organisation);
    hash = mix(hash, id->sightings[text->base].text, LEDGER_HASH_SIZE);
    for (size_t i = 0; i < text->count; i++) {
        const char *edition = id->sightings[text->members[i]].edition;
        bool repeated =
            i > 0 && strcmp(edition ? edition : "", id->sightings[text->members[i - 1]].edition
                                                        ? id->sightings[text->members[i - 1]].edition
                                                        : "") == 0;
        if (!repeated)
            hash = mix_text(hash, edition);
    }
    return hash;
}

uint64_t statements_hash(const struct statements *statements, const struct id_statements *id,
                         const struct merge_text *text, const struct identity *identity)
{
    uint64_t hash = statements_said(statements, id, text);
    for (size_t i = 0; text && i < text->count; i++) {
        const struct sighting *member = &id->sightings[text->members[i]];
        hash = mix(hash, &member->hash, sizeof member->hash);
        hash = mix_text(hash, member->edition);
        hash = mix_text(hash, member->seen);
    }
    for (size_t i = 0; i < statements->row_count; i++) {
        /* Their order is that of the record's releases; the source stands in a record of releases alone. */
        hash = mix(hash, &statements->rows[i].hash, sizeof statements->rows[i].hash);
        hash = mix_text(hash, text ? NULL : statements->rows[i].shown);
        hash = mix(hash, &statements->rows[i].line, text ? 0 : sizeof statements->rows[i].line);
    }
    hash = mix_text(hash, identity->first_edition ? identity->first_edition : identity->day);
    return mix_text(hash, identity->changed);
}

/* ---- records ---- */

static struct record *base_record(struct ledger *ledger, const struct sighting *base,
                                  enum record_extent extent, struct error *error)
{
    MEM_AUTO char *json = NULL;
    size_t len;
    if (ledger_statement(ledger, base->number, &json, &len, error) != 0)
        return NULL;
    struct record *record = record_from_text(json, len, extent, NULL);
    if (!record)
        error_set(error, "the history is damaged at a statement of %s", base->reference);
    return record;
}

/* A reference that has releases and no statement is a record all the same, of what its rows say. */
static struct record *record_of_rows(const struct statements *statements)
{
    struct record *record = record_new();
    record->organisation = mem_text(statements->organisation);
    int64_t source = 0;
    for (size_t i = 0; i < statements->row_count; i++) {
        const struct release_row *row = &statements->rows[i];
        if (row->edition && strlist_add_unique(&record->editions, row->edition)) {
            free(record->edition);
            record->edition = mem_text(row->edition); /* the rows come by edition: the last is the newest */
        }
        if (row->source != source)
            record_add_source(record, row->shown, row->sheet, (long)row->line);
        source = row->source;
    }
    return record;
}

static void set_identity(struct record *record, const char *id)
{
    free(record->id);
    free(record->agreement);
    free(record->version);
    record->id = mem_text(id);
    reference_split(id, &record->agreement, &record->version);
}

struct record *statements_record(struct ledger *ledger, const struct statements *statements,
                                 const struct id_statements *id, const struct merge_text *text,
                                 enum record_extent extent, struct error *error)
{
    struct record *record =
        text ? base_record(ledger, &id->sightings[text->base], extent, error) : record_of_rows(statements);
    if (!record)
        return NULL;
    set_identity(record, id->id);
    if ((text && merge_seen(id->sightings, text, record, error) != 0) ||
        (statements->has_releases &&
         merge_releases(statements->rows, statements->row_count, record, error) != 0)) {
        record_free(record);
        return NULL;
    }
    return record;
}

static int set_dates(struct ledger *ledger, const struct merge_text *text, bool is_older,
                     struct record *record, struct error *error)
{
    struct identity identity;
    int found = ledger_find_identity(ledger, record->id, &identity, error);
    if (found == 0)
        error_set(error, "the history lacks the identity of %s", record->id);
    if (found != 1)
        return -1;
    record->first_seen = mem_text(identity.first_edition ? identity.first_edition : identity.day);
    const char *since = is_older && text ? text->since : NULL;
    record->changed = mem_text(since ? since : identity.changed);
    identity_clear(&identity);
    return 0;
}

static const struct merge_text *find_text(const struct merge_plan *plan, const char *edition)
{
    if (!edition)
        return &plan->texts[0];
    for (size_t i = 1; i < plan->count; i++)
        if (plan->texts[i].edition && strcmp(plan->texts[i].edition, edition) == 0)
            return &plan->texts[i];
    return NULL;
}

static struct record *document_record(struct ledger *ledger, const struct statements *statements,
                                      const struct id_statements *id, const char *edition,
                                      enum record_extent extent, struct error *error)
{
    struct merge_plan plan = {0};
    if (id->count > 0)
        merge_plan_make(id->sightings, id->count, &plan);
    const struct merge_text *text = id->count > 0 ? find_text(&plan, edition) : NULL;
    struct record *record = NULL;
    if (text || id->count == 0)
        record = statements_record(ledger, statements, id, text, extent, error);
    if (record && set_dates(ledger, text, edition != NULL, record, error) != 0) {
        record_free(record);
        record = NULL;
    }
    merge_plan_free(&plan);
    return record;
}

struct record *statements_document(struct ledger *ledger, const struct manifest_entry *entry,
                                   enum record_extent extent, struct error *error)
{
    struct statements statements;
    struct record *record = NULL;
    if (statements_load(ledger, entry->reference, &statements, error) == 0) {
        struct id_statements id;
        size_t at = 0;
        while (!record && statements_next_id(&statements, &at, &id))
            if (strcmp(id.id, entry->id) == 0)
                record = document_record(ledger, &statements, &id, entry->edition, extent, error);
        if (!record)
            error_set(error, "the history lacks the statement of %s", entry->key);
    }
    statements_free(&statements);
    return record;
}
