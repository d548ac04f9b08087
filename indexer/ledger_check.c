/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the ledger holds together: as a file, and what it keeps against the hashes taken when it came in.
 */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/base/mem.h"
#include "indexer/ledger_internal.h"

static int check_file(struct ledger *ledger, struct error *error)
{
    sqlite3_stmt *found = ledger_query(ledger, error, "PRAGMA integrity_check(1)", "");
    if (!found || ledger_row(ledger, found, error) != 1)
        return -1;
    MEM_AUTO char *answer = ledger_text(found, 0);
    ledger_done(found);
    if (strcmp(answer, "ok") == 0)
        return 0;
    error_set(error, "the history is damaged: %s", answer);
    return 1;
}

static int check_statement(struct ledger *ledger, sqlite3_stmt *sighting, struct error *error)
{
    MEM_AUTO char *json = NULL;
    size_t len;
    struct error problem = ERROR_NONE;
    int status = ledger_statement(ledger, sqlite3_column_int64(sighting, 0), &json, &len, &problem);
    if (status == 0 && XXH3_64bits(json, len) == (uint64_t)sqlite3_column_int64(sighting, 1))
        return 0;
    error_set(error, "the history is damaged: a statement of %s is not what was read",
              (const char *)sqlite3_column_text(sighting, 2));
    return 1;
}

static int check_release(struct ledger *ledger, sqlite3_stmt *release, struct error *error)
{
    (void)ledger;
    const char *row = (const char *)sqlite3_column_text(release, 0);
    if (row && XXH3_64bits(row, strlen(row)) == (uint64_t)sqlite3_column_int64(release, 1))
        return 0;
    error_set(error, "the history is damaged: a release of %s is not what was read",
              (const char *)sqlite3_column_text(release, 2));
    return 1;
}

static int check_rows(struct ledger *ledger, const char *sql,
                      int (*check)(struct ledger *ledger, sqlite3_stmt *row, struct error *error),
                      struct error *error)
{
    sqlite3_stmt *found = ledger_query(ledger, error, sql, "");
    int status = 0, row = -1;
    while (status == 0 && found && (row = ledger_row(ledger, found, error)) == 1)
        status = check(ledger, found, error);
    if (found)
        ledger_done(found);
    return row < 0 ? -1 : status;
}

int ledger_check(struct ledger *ledger, struct error *error)
{
    int status = check_file(ledger, error);
    if (status == 0)
        status = check_rows(ledger, "SELECT number, hash, id FROM sighting", check_statement, error);
    if (status == 0)
        status = check_rows(ledger, "SELECT row, hash, reference FROM release", check_release, error);
    return status;
}
