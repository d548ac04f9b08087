/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/settle.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/statements.h"

struct settle {
    struct ledger *ledger;
    const struct settling *settling;
    struct report *report;
    struct error *error;
    const struct statements *statements;
    struct manifest_entry *before; /* the reference's entries as they were */
    size_t before_count;
    bool *kept; /* for each of them: still there */
    bool changed;
};

static void count_superseded(struct settle *settle, const struct id_statements *id,
                             const struct merge_plan *plan)
{
    bool winner_is_new = id->sightings[plan->texts[0].base].run == settle->settling->run;
    for (size_t i = 0; i < plan->superseded_count; i++)
        if (winner_is_new || id->sightings[plan->superseded[i]].run == settle->settling->run)
            settle->report->superseded++;
}

/* The oldest edition in which the id was ever seen. */
static void note_first_edition(struct identity *identity, const char *edition)
{
    if (!edition || (identity->first_edition && strcmp(identity->first_edition, edition) <= 0))
        return;
    free(identity->first_edition);
    identity->first_edition = mem_text(edition);
}

static void note_changed(struct identity *identity, const char *since)
{
    char *changed = mem_text(since);
    free(identity->changed);
    identity->changed = changed;
}

static void note_statements(struct settle *settle, const struct id_statements *id,
                            const struct merge_text *text, struct identity *identity)
{
    for (size_t i = 0; i < id->count; i++)
        note_first_edition(identity, id->sightings[i].edition);
    const unsigned char *now = id->sightings[text->base].text;
    if (text->since)
        note_changed(identity, text->since);
    else if (!identity->changed || memcmp(identity->text, now, LEDGER_HASH_SIZE) != 0)
        note_changed(identity, settle->settling->today);
    memcpy(identity->text, now, LEDGER_HASH_SIZE);
}

static void note_rows(struct settle *settle, struct identity *identity)
{
    for (size_t i = 0; i < settle->statements->row_count; i++)
        note_first_edition(identity, settle->statements->rows[i].edition);
    if (!identity->changed)
        note_changed(identity, identity->first_edition ? identity->first_edition : settle->settling->today);
}

/* Works out since when the id and its text are known. 0, or -1. */
static int settle_identity(struct settle *settle, const struct id_statements *id,
                           const struct merge_text *text, struct identity *identity)
{
    *identity = (struct identity){0};
    int found = ledger_find_identity(settle->ledger, id->id, identity, settle->error);
    if (found < 0)
        return -1;
    if (found == 0)
        identity->day = mem_text(settle->settling->today);
    free(identity->gone);
    identity->gone = NULL;
    if (text)
        note_statements(settle, id, text, identity);
    else
        note_rows(settle, identity);
    return ledger_put_identity(settle->ledger, id->id, identity, settle->error);
}

static struct manifest_entry *find_before(struct settle *settle, const char *key)
{
    for (size_t i = 0; i < settle->before_count; i++)
        if (strcmp(settle->before[i].key, key) == 0) {
            settle->kept[i] = true;
            return &settle->before[i];
        }
    return NULL;
}

static int settle_entry(struct settle *settle, struct manifest_entry *entry)
{
    const struct manifest_entry *before = find_before(settle, entry->key);
    if (!entry->edition && !before)
        settle->report->added++;
    else if (!entry->edition && before->said != entry->said)
        settle->report->updated++;
    if (before && before->hash == entry->hash && before->said == entry->said)
        return 0;
    settle->changed = true;
    return ledger_put_entry(settle->ledger, entry, settle->error);
}

/* The record is one of those that copies are looked for among. */
static int settle_member(struct settle *settle, const struct id_statements *id, const struct merge_text *text)
{
    static const unsigned char none[LEDGER_HASH_SIZE];
    const struct sighting *base = text ? &id->sightings[text->base] : NULL;
    return ledger_put_member(settle->ledger, id->id, base ? base->number : 0, base ? base->text : none,
                             settle->error);
}

/* The document of one text: the record's, or an older edition's. */
static int settle_text(struct settle *settle, const struct id_statements *id, const struct merge_text *text,
                       bool is_older, const struct identity *identity)
{
    struct manifest_entry entry = {
        .reference = settle->statements->reference,
        .id = (char *)id->id,
        .edition = is_older ? (char *)text->edition : NULL,
        .hash = statements_hash(settle->statements, id, text, identity),
        .said = statements_said(settle->statements, id, text),
    };
    MEM_AUTO char *key = is_older ? mem_format("%s@%s", id->id, text->edition) : mem_text(id->id);
    entry.key = key;
    if (!is_older && settle_member(settle, id, text) != 0)
        return -1;
    return settle_entry(settle, &entry);
}

static int settle_id(struct settle *settle, const struct id_statements *id)
{
    struct merge_plan plan = {0};
    if (id->count > 0) {
        merge_plan_make(id->sightings, id->count, &plan);
        count_superseded(settle, id, &plan);
    }
    struct identity identity;
    int status = settle_identity(settle, id, plan.count > 0 ? &plan.texts[0] : NULL, &identity);
    if (status == 0 && plan.count == 0)
        status = settle_text(settle, id, NULL, false, &identity);
    for (size_t i = 0; status == 0 && i < plan.count; i++)
        status = settle_text(settle, id, &plan.texts[i], i > 0, &identity);
    identity_clear(&identity);
    merge_plan_free(&plan);
    return status;
}

static int lose_identity(struct settle *settle, const char *id)
{
    struct identity identity;
    int status = ledger_find_identity(settle->ledger, id, &identity, settle->error);
    if (status != 1)
        return status;
    free(identity.gone);
    identity.gone = mem_text(settle->settling->edition ? settle->settling->edition : settle->settling->today);
    status = ledger_put_identity(settle->ledger, id, &identity, settle->error);
    identity_clear(&identity);
    return status;
}

/* Entries that nothing stands for any more. */
static int settle_gone(struct settle *settle)
{
    for (size_t i = 0; i < settle->before_count; i++) {
        const struct manifest_entry *entry = &settle->before[i];
        if (settle->kept[i])
            continue;
        settle->changed = true;
        if (ledger_remove_entry(settle->ledger, entry->key, settle->error) != 0)
            return -1;
        if (entry->edition)
            continue;
        settle->report->removed++;
        if (ledger_remove_member(settle->ledger, entry->key, settle->error) != 0 ||
            lose_identity(settle, entry->id) != 0)
            return -1;
    }
    return 0;
}

static int settle_reference(struct settle *settle, const char *reference)
{
    struct statements statements;
    int status = statements_load(settle->ledger, reference, &statements, settle->error);
    if (status == 0)
        status =
            ledger_manifest(settle->ledger, reference, &settle->before, &settle->before_count, settle->error);
    if (status == 0) {
        settle->statements = &statements;
        settle->kept = mem_zero(settle->before_count, sizeof *settle->kept);
        struct id_statements id;
        size_t at = 0;
        while (status == 0 && statements_next_id(&statements, &at, &id))
            status = settle_id(settle, &id);
        if (status == 0)
            status = settle_gone(settle);
        free(settle->kept);
        manifest_entries_free(settle->before, settle->before_count);
        settle->statements = NULL;
    }
    statements_free(&statements);
    return status;
}

int settle(struct ledger *ledger, const struct settling *settling, struct report *report, bool *ret_changed,
           struct error *error)
{
    struct settle settle = {.ledger = ledger, .settling = settling, .report = report, .error = error};
    MEM_AUTO char *reference = mem_text("");
    int status;
    char *next;
    while ((status = ledger_next_affected(ledger, reference, &next, error)) == 1) {
        free(reference);
        reference = next;
        if (settle_reference(&settle, reference) != 0)
            return -1;
    }
    if (status == 0)
        status = ledger_clear_affected(ledger, error);
    *ret_changed = settle.changed;
    return status;
}
