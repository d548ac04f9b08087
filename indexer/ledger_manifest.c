/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/ledger_internal.h"

/* ---- identities ---- */

void identity_clear(struct identity *identity)
{
    free(identity->day);
    free(identity->first_edition);
    free(identity->changed);
    free(identity->gone);
    *identity = (struct identity){0};
}

int ledger_find_identity(struct ledger *ledger, const char *id, struct identity *ret_identity,
                         struct error *error)
{
    sqlite3_stmt *found = ledger_query(
        ledger, error, "SELECT day, first_edition, changed, text, gone FROM identity WHERE id = ?", "t", id);
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status != 1)
        return status;
    *ret_identity = (struct identity){
        .day = ledger_text(found, 0),
        .first_edition = ledger_text_or_null(found, 1),
        .changed = ledger_text(found, 2),
        .gone = ledger_text_or_null(found, 4),
    };
    ledger_hash(found, 3, ret_identity->text);
    ledger_done(found);
    return 1;
}

int ledger_put_identity(struct ledger *ledger, const char *id, const struct identity *identity,
                        struct error *error)
{
    return ledger_do(ledger, error,
                     "INSERT OR REPLACE INTO identity(id, day, first_edition, changed, text, gone)"
                     " VALUES(?, ?, ?, ?, ?, ?)",
                     "ttttht", id, identity->day, identity->first_edition, identity->changed, identity->text,
                     identity->gone);
}

/* ---- manifest ---- */

void manifest_entry_clear(struct manifest_entry *entry)
{
    free(entry->key);
    free(entry->reference);
    free(entry->id);
    free(entry->edition);
    free(entry->group);
    *entry = (struct manifest_entry){0};
}

void manifest_entries_free(struct manifest_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++)
        manifest_entry_clear(&entries[i]);
    free(entries);
}

#define ENTRY                                                                                                \
    "SELECT manifest.key, reference, id, edition, hash, said, first FROM manifest"                           \
    " LEFT JOIN member ON member.key = manifest.key "

static void read_entry(sqlite3_stmt *found, struct manifest_entry *entry)
{
    *entry = (struct manifest_entry){
        .key = ledger_text(found, 0),
        .reference = ledger_text(found, 1),
        .id = ledger_text(found, 2),
        .edition = ledger_text_or_null(found, 3),
        .hash = (uint64_t)sqlite3_column_int64(found, 4),
        .said = (uint64_t)sqlite3_column_int64(found, 5),
        .group = ledger_text_or_null(found, 6),
    };
}

int ledger_manifest(struct ledger *ledger, const char *reference, struct manifest_entry **ret_entries,
                    size_t *ret_count, struct error *error)
{
    sqlite3_stmt *found =
        ledger_query(ledger, error, ENTRY "WHERE reference = ? ORDER BY manifest.key", "t", reference);
    if (!found)
        return -1;
    struct manifest_entry *entries = NULL;
    size_t count = 0, cap = 0;
    int status;
    while ((status = ledger_row(ledger, found, error)) == 1) {
        entries = mem_push(entries, count, &cap, sizeof *entries);
        read_entry(found, &entries[count++]);
    }
    if (status < 0) {
        manifest_entries_free(entries, count);
        return -1;
    }
    *ret_entries = entries;
    *ret_count = count;
    return 0;
}

/* The entry a query found. */
static int one_entry(struct ledger *ledger, sqlite3_stmt *found, struct manifest_entry *ret_entry,
                     struct error *error)
{
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status != 1)
        return status;
    read_entry(found, ret_entry);
    ledger_done(found);
    return 1;
}

int ledger_find_entry(struct ledger *ledger, const char *key, struct manifest_entry *ret_entry,
                      struct error *error)
{
    return one_entry(ledger, ledger_query(ledger, error, ENTRY "WHERE manifest.key = ?", "t", key), ret_entry,
                     error);
}

int ledger_next_entry(struct ledger *ledger, const char *after, struct manifest_entry *ret_entry,
                      struct error *error)
{
    return one_entry(
        ledger,
        ledger_query(ledger, error, ENTRY "WHERE manifest.key > ? ORDER BY manifest.key LIMIT 1", "t", after),
        ret_entry, error);
}

static int put_pending(struct ledger *ledger, const char *key, struct error *error)
{
    return ledger_do(ledger, error, "INSERT OR IGNORE INTO pending(key) VALUES(?)", "t", key);
}

int ledger_put_entry(struct ledger *ledger, const struct manifest_entry *entry, struct error *error)
{
    if (ledger_do(ledger, error,
                  "INSERT OR REPLACE INTO manifest(key, reference, id, edition, hash, said) VALUES(?, ?, ?, "
                  "?, ?, ?)",
                  "ttttii", entry->key, entry->reference, entry->id, entry->edition, (int64_t)entry->hash,
                  (int64_t)entry->said) != 0)
        return -1;
    return put_pending(ledger, entry->key, error);
}

int ledger_remove_entry(struct ledger *ledger, const char *key, struct error *error)
{
    if (ledger_do(ledger, error, "DELETE FROM manifest WHERE key = ?", "t", key) != 0)
        return -1;
    return put_pending(ledger, key, error);
}

int ledger_count(struct ledger *ledger, int64_t *ret_documents, int64_t *ret_records, struct error *error)
{
    if (ledger_ask(ledger, error, ret_documents, "SELECT count(*) FROM manifest", "") != 0)
        return -1;
    return ledger_ask(ledger, error, ret_records, "SELECT count(*) FROM manifest WHERE edition = ''", "");
}

int ledger_count_named(struct ledger *ledger, int64_t *ret_records, struct error *error)
{
    return ledger_ask(ledger, error, ret_records,
                      "SELECT count(*) FROM manifest m WHERE edition = '' AND"
                      " (EXISTS (SELECT 1 FROM sighting s JOIN named n ON n.source = s.source"
                      "  WHERE s.reference = m.reference AND s.id = m.id)"
                      " OR EXISTS (SELECT 1 FROM release r JOIN named n ON n.source = r.source"
                      "  WHERE r.reference = m.reference AND m.id = m.reference))",
                      "");
}

int ledger_key_at(struct ledger *ledger, int64_t offset, char **ret_key, struct error *error)
{
    sqlite3_stmt *found =
        ledger_query(ledger, error, "SELECT key FROM manifest ORDER BY key LIMIT 1 OFFSET ?", "i", offset);
    int status = found ? ledger_row(ledger, found, error) : -1;
    *ret_key = NULL;
    if (status == 1) {
        *ret_key = ledger_text(found, 0);
        ledger_done(found);
    }
    return status < 0 ? -1 : 0;
}

/* ---- pending ---- */

int ledger_next_pending(struct ledger *ledger, const char *after, char **ret_key, struct error *error)
{
    sqlite3_stmt *found =
        ledger_query(ledger, error, "SELECT key FROM pending WHERE key > ? ORDER BY key LIMIT 1", "t", after);
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status != 1)
        return status;
    *ret_key = ledger_text(found, 0);
    ledger_done(found);
    return 1;
}

int ledger_count_pending(struct ledger *ledger, int64_t *ret_count, struct error *error)
{
    return ledger_ask(ledger, error, ret_count, "SELECT count(*) FROM pending", "");
}

int ledger_clear_pending(struct ledger *ledger, struct error *error)
{
    return ledger_do(ledger, error, "DELETE FROM pending", "");
}
