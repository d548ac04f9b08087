/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the ledger knows of records that are copies of one another. */
#include <string.h>

#include "indexer/ledger_internal.h"

/* ---- members ---- */

int ledger_put_member(struct ledger *ledger, const char *key, int64_t sighting,
                      const unsigned char text[LEDGER_HASH_SIZE], struct error *error)
{
    return ledger_do(ledger, error,
                     "INSERT INTO member(key, sighting, text, wording, first) VALUES(?, ?, ?, NULL, '')"
                     " ON CONFLICT(key) DO UPDATE SET sighting = excluded.sighting,"
                     " wording = CASE WHEN text = excluded.text THEN wording END, text = excluded.text"
                     " WHERE sighting <> excluded.sighting OR text <> excluded.text",
                     "tih", key, sighting, text);
}

int ledger_remove_member(struct ledger *ledger, const char *key, struct error *error)
{
    return ledger_do(ledger, error, "DELETE FROM member WHERE key = ?", "t", key);
}

int ledger_next_member(struct ledger *ledger, const char *after, char **ret_key, int64_t *ret_sighting,
                       int64_t *ret_wording, struct error *error)
{
    sqlite3_stmt *found = ledger_query(
        ledger, error, "SELECT key, sighting, wording FROM member WHERE key > ? ORDER BY key LIMIT 1", "t",
        after);
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status != 1)
        return status;
    *ret_key = ledger_text(found, 0);
    *ret_sighting = sqlite3_column_int64(found, 1);
    *ret_wording = sqlite3_column_int64(found, 2);
    ledger_done(found);
    return 1;
}

int ledger_next_unread(struct ledger *ledger, const char *after, char **ret_key, int64_t *ret_sighting,
                       struct error *error)
{
    sqlite3_stmt *found = ledger_query(
        ledger, error,
        "SELECT key, sighting FROM member WHERE wording IS NULL AND key > ? ORDER BY key LIMIT 1", "t",
        after);
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status != 1)
        return status;
    *ret_key = ledger_text(found, 0);
    *ret_sighting = sqlite3_column_int64(found, 1);
    ledger_done(found);
    return 1;
}

int ledger_count_unread(struct ledger *ledger, int64_t *ret_count, struct error *error)
{
    return ledger_ask(ledger, error, ret_count, "SELECT count(*) FROM member WHERE wording IS NULL", "");
}

int ledger_set_wording(struct ledger *ledger, const char *key, int64_t wording, struct error *error)
{
    return ledger_do(ledger, error, "UPDATE member SET wording = ? WHERE key = ?", "it", wording, key);
}

/* ---- wordings ---- */

int ledger_find_wording(struct ledger *ledger, const unsigned char hash[LEDGER_HASH_SIZE],
                        int64_t *ret_number, struct error *error)
{
    return ledger_ask(ledger, error, ret_number, "SELECT number FROM wording WHERE hash = ?", "h", hash);
}

int ledger_add_wording(struct ledger *ledger, struct ledger_wording *wording, struct error *error)
{
    if (ledger_do(ledger, error, "INSERT INTO wording(hash, size, component, signature) VALUES(?, ?, 0, ?)",
                  "hib", wording->hash, wording->size, (const void *)wording->signature,
                  wording->signature_len) != 0)
        return -1;
    wording->number = sqlite3_last_insert_rowid(ledger->db);
    return 0;
}

int ledger_next_wording(struct ledger *ledger, int64_t after, struct ledger_wording *ret_wording,
                        struct error *error)
{
    sqlite3_stmt *found = ledger_query(ledger, error,
                                       "SELECT number, size, component, hash, signature FROM wording WHERE "
                                       "number > ? ORDER BY number LIMIT 1",
                                       "i", after);
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status != 1)
        return status;
    *ret_wording = (struct ledger_wording){.number = sqlite3_column_int64(found, 0),
                                           .size = sqlite3_column_int64(found, 1),
                                           .component = sqlite3_column_int64(found, 2)};
    ledger_hash(found, 3, ret_wording->hash);
    const void *signature = sqlite3_column_blob(found, 4);
    size_t len = (size_t)sqlite3_column_bytes(found, 4);
    if (signature && len <= sizeof ret_wording->signature) {
        memcpy(ret_wording->signature, signature, len);
        ret_wording->signature_len = len;
    }
    ledger_done(found);
    return 1;
}

int ledger_count_wordings(struct ledger *ledger, int64_t *ret_count, struct error *error)
{
    return ledger_ask(ledger, error, ret_count, "SELECT count(*) FROM wording", "");
}

int ledger_wording_sighting(struct ledger *ledger, int64_t wording, int64_t *ret_sighting,
                            struct error *error)
{
    return ledger_ask(ledger, error, ret_sighting,
                      "SELECT sighting FROM member WHERE wording = ? ORDER BY key LIMIT 1", "i", wording);
}

int ledger_set_component(struct ledger *ledger, int64_t wording, int64_t component, struct error *error)
{
    return ledger_do(ledger, error, "UPDATE wording SET component = ? WHERE number = ?", "ii", component,
                     wording);
}

#define UNUSED "number NOT IN (SELECT wording FROM member WHERE wording IS NOT NULL)"

int ledger_drop_wordings(struct ledger *ledger, struct error *error)
{
    if (ledger_do(ledger, error,
                  "UPDATE wording SET component = -component WHERE component > 0 AND component IN"
                  " (SELECT component FROM wording WHERE " UNUSED ")",
                  "") != 0)
        return -1;
    return ledger_do(ledger, error, "DELETE FROM wording WHERE " UNUSED, "");
}

/* ---- groups ---- */

/* The first id of a member's group. Keys are compared by bytes. */
#define FIRST                                                                                                \
    "coalesce((SELECT leader.key FROM wording JOIN leader ON leader.component = wording.component"           \
    " WHERE wording.number = member.wording), member.key)"

int ledger_count_misplaced(struct ledger *ledger, int64_t *ret_count, struct error *error)
{
    if (ledger_do(ledger, error, "DELETE FROM leader", "") != 0 ||
        ledger_do(ledger, error,
                  "INSERT INTO leader(component, key) SELECT component, min(member.key) FROM member"
                  " JOIN wording ON wording.number = member.wording GROUP BY component",
                  "") != 0)
        return -1;
    return ledger_ask(ledger, error, ret_count, "SELECT count(*) FROM member WHERE first <> " FIRST, "");
}

int ledger_settle_members(struct ledger *ledger, bool *ret_changed, struct error *error)
{
    int64_t differing;
    if (ledger_count_misplaced(ledger, &differing, error) != 0)
        return -1;
    *ret_changed = differing > 0;
    if (differing == 0)
        return 0;
    if (ledger_do(ledger, error,
                  "INSERT OR IGNORE INTO pending(key) SELECT key FROM member WHERE first <> " FIRST, "") != 0)
        return -1;
    return ledger_do(ledger, error, "UPDATE member SET first = " FIRST " WHERE first <> " FIRST, "");
}

int ledger_forget_wordings(struct ledger *ledger, struct error *error)
{
    if (ledger_do(ledger, error, "UPDATE member SET wording = NULL", "") != 0 ||
        ledger_do(ledger, error, "DELETE FROM wording", "") != 0)
        return -1;
    return ledger_do(ledger, error,
                     "INSERT OR IGNORE INTO affected(reference) SELECT DISTINCT reference FROM manifest", "");
}
