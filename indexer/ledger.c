/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/ledger.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "indexer/base/mem.h"
#include "indexer/ledger_internal.h"

int ledger_fail(struct ledger *ledger, struct error *error)
{
    /* That is what SQLite calls a disk that cannot read, too. */
    bool may_be_disk = ledger->db && sqlite3_errcode(ledger->db) == SQLITE_CORRUPT;
    error_set(error, "the history cannot be read or written: %s%s",
              ledger->db ? sqlite3_errmsg(ledger->db) : "no memory",
              may_be_disk ? ", or the disk cannot read it" : "");
    return -1;
}

/* ---- statements ---- */

static sqlite3_stmt *prepare(struct ledger *ledger, const char *sql, struct error *error)
{
    for (size_t i = 0; i < ledger->prepared_count; i++)
        if (ledger->prepared[i].sql == sql)
            return ledger->prepared[i].statement;
    sqlite3_stmt *statement = NULL;
    if (ledger->prepared_count == LEDGER_STATEMENTS_MAX) {
        error_set(error, "the history has more than %d statements prepared", LEDGER_STATEMENTS_MAX);
        return NULL;
    }
    if (sqlite3_prepare_v3(ledger->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK) {
        ledger_fail(ledger, error);
        return NULL;
    }
    ledger->prepared[ledger->prepared_count].sql = sql;
    ledger->prepared[ledger->prepared_count++].statement = statement;
    return statement;
}

static int bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    return sqlite3_bind_text(statement, at, text, -1, SQLITE_TRANSIENT);
}

static int bind_next(sqlite3_stmt *statement, int at, char type, va_list *args)
{
    switch (type) {
    case 'i':
        return sqlite3_bind_int64(statement, at, va_arg(*args, int64_t));
    case 't': {
        const char *text = va_arg(*args, const char *);
        return bind_text(statement, at, text ? text : "");
    }
    case 'n':
        return bind_text(statement, at, va_arg(*args, const char *));
    case 'h':
        return sqlite3_bind_blob(statement, at, va_arg(*args, const unsigned char *), LEDGER_HASH_SIZE,
                                 SQLITE_TRANSIENT);
    case 'b': {
        const void *bytes = va_arg(*args, const void *);
        size_t len = va_arg(*args, size_t);
        return sqlite3_bind_blob64(statement, at, bytes, len, SQLITE_STATIC);
    }
    default:
        return SQLITE_MISUSE;
    }
}

static sqlite3_stmt *query(struct ledger *ledger, struct error *error, const char *sql, const char *types,
                           va_list *args)
{
    sqlite3_stmt *statement = prepare(ledger, sql, error);
    if (!statement)
        return NULL;
    sqlite3_reset(statement);
    for (int i = 0; types[i]; i++)
        if (bind_next(statement, i + 1, types[i], args) != SQLITE_OK) {
            ledger_fail(ledger, error);
            return NULL;
        }
    return statement;
}

sqlite3_stmt *ledger_query(struct ledger *ledger, struct error *error, const char *sql, const char *types,
                           ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *statement = query(ledger, error, sql, types, &args);
    va_end(args);
    return statement;
}

int ledger_row(struct ledger *ledger, sqlite3_stmt *statement, struct error *error)
{
    int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        return 1;
    int status = step == SQLITE_DONE ? 0 : ledger_fail(ledger, error);
    sqlite3_reset(statement);
    return status;
}

void ledger_done(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
}

int ledger_do(struct ledger *ledger, struct error *error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *statement = query(ledger, error, sql, types, &args);
    va_end(args);
    if (!statement)
        return -1;
    int step;
    while ((step = ledger_row(ledger, statement, error)) == 1)
        ;
    return step;
}

int ledger_ask(struct ledger *ledger, struct error *error, int64_t *ret_number, const char *sql,
               const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *statement = query(ledger, error, sql, types, &args);
    va_end(args);
    int step = statement ? ledger_row(ledger, statement, error) : -1;
    if (step < 0)
        return -1;
    *ret_number = step == 1 ? sqlite3_column_int64(statement, 0) : 0;
    ledger_done(statement);
    return 0;
}

char *ledger_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return mem_text(text ? text : "");
}

char *ledger_text_or_null(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return mem_text(text && *text ? text : NULL);
}

void ledger_hash(sqlite3_stmt *statement, int column, unsigned char ret_hash[LEDGER_HASH_SIZE])
{
    memset(ret_hash, 0, LEDGER_HASH_SIZE);
    const void *bytes = sqlite3_column_blob(statement, column);
    if (bytes && sqlite3_column_bytes(statement, column) == LEDGER_HASH_SIZE)
        memcpy(ret_hash, bytes, LEDGER_HASH_SIZE);
}

/* ---- opening ---- */

static int execute(struct ledger *ledger, const char *sql, struct error *error)
{
    return sqlite3_exec(ledger->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : ledger_fail(ledger, error);
}

static int make_schema(struct ledger *ledger, struct error *error)
{
    MEM_AUTO char *sql =
        mem_format("BEGIN; %s PRAGMA user_version = %d; COMMIT;", ledger_schema, LEDGER_SCHEMA);
    return execute(ledger, sql, error);
}

/* In one transaction, so that a kill leaves the ledger as it was. */
static int migrate(struct ledger *ledger, int64_t version, struct error *error)
{
    int status = execute(ledger, "BEGIN IMMEDIATE", error);
    for (; status == 0 && version < LEDGER_SCHEMA; version++)
        status = execute(ledger, ledger_migrations[version - 1], error);
    MEM_AUTO char *end = mem_format("PRAGMA user_version = %d; COMMIT;", LEDGER_SCHEMA);
    if (status == 0)
        status = execute(ledger, end, error);
    if (status != 0)
        ledger_rollback(ledger);
    return status;
}

static int check_schema(struct ledger *ledger, enum ledger_mode mode, struct error *error)
{
    int64_t version;
    if (ledger_ask(ledger, error, &version, "PRAGMA user_version", "") != 0)
        return -1;
    if (version == 0 && mode != LEDGER_READ)
        return make_schema(ledger, error);
    if (version == LEDGER_SCHEMA)
        return 0;
    if (version > 0 && version < LEDGER_SCHEMA && mode == LEDGER_WRITE)
        return migrate(ledger, version, error);
    error_set(error, "the history is of format %lld, this program knows format %d%s", (long long)version,
              LEDGER_SCHEMA,
              version < LEDGER_SCHEMA ? "; purpose-index on any source brings it up to that" : "");
    return -1;
}

/* A rollback journal, synced before and after: what was committed is on disk, and a copy of the folder is
 * whole. EXTRA syncs the folder too once the journal is removed: else a power cut brings the journal back,
 * and with it the ledger as it was, under an index that has moved on. */
static int configure(struct ledger *ledger, enum ledger_mode mode, struct error *error)
{
    sqlite3_busy_timeout(ledger->db, LEDGER_WAIT_MS);
    sqlite3_extended_result_codes(ledger->db, 1);
    if (mode == LEDGER_SCRATCH)
        return execute(ledger, "PRAGMA synchronous = OFF; PRAGMA journal_mode = MEMORY;", error);
    if (mode == LEDGER_READ)
        return 0;
    return execute(ledger, "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA;", error);
}

int ledger_open(const char *path, enum ledger_mode mode, struct ledger **ret_ledger, struct error *error)
{
    static const int flags[] = {
        [LEDGER_WRITE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [LEDGER_READ] = SQLITE_OPEN_READWRITE, /* a journal left by a killed writer has to be rolled back */
        [LEDGER_SCRATCH] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    };
    struct ledger *ledger = mem_zero(1, sizeof *ledger);
    int opened = sqlite3_open_v2(mode == LEDGER_SCRATCH ? "" : path, &ledger->db,
                                 flags[mode] | SQLITE_OPEN_NOMUTEX, NULL);
    int status = opened == SQLITE_OK ? 0 : ledger_fail(ledger, error);
    if (status == 0)
        status = configure(ledger, mode, error);
    if (status == 0)
        status = check_schema(ledger, mode, error);
    if (status == 0)
        status = execute(ledger, ledger_temporary_schema, error);
    if (status != 0) {
        if (mode != LEDGER_SCRATCH)
            error_at(error, path, NULL, 0);
        ledger_close(ledger);
        return -1;
    }
    *ret_ledger = ledger;
    return 0;
}

void ledger_close(struct ledger *ledger)
{
    if (!ledger)
        return;
    for (size_t i = 0; i < ledger->prepared_count; i++)
        sqlite3_finalize(ledger->prepared[i].statement);
    sqlite3_close(ledger->db);
    ZSTD_freeDCtx(ledger->expander);
    free(ledger);
}

/* ---- transactions, numbers ---- */

int ledger_begin(struct ledger *ledger, struct error *error)
{
    return ledger_do(ledger, error, "BEGIN IMMEDIATE", "");
}

int ledger_commit(struct ledger *ledger, struct error *error)
{
    return ledger_do(ledger, error, "COMMIT", "");
}

void ledger_rollback(struct ledger *ledger)
{
    if (!sqlite3_get_autocommit(ledger->db))
        ledger_do(ledger, NULL, "ROLLBACK", "");
}

int ledger_file_begin(struct ledger *ledger, struct error *error)
{
    return ledger_do(ledger, error, "SAVEPOINT file", "");
}

int ledger_file_end(struct ledger *ledger, bool keep, struct error *error)
{
    if (!keep && ledger_do(ledger, error, "ROLLBACK TO file", "") != 0)
        return -1;
    return ledger_do(ledger, error, "RELEASE file", "");
}

int ledger_number(struct ledger *ledger, const char *key, int64_t *ret_number, struct error *error)
{
    return ledger_ask(ledger, error, ret_number, "SELECT value FROM number WHERE key = ?", "t", key);
}

int ledger_set_number(struct ledger *ledger, const char *key, int64_t number, struct error *error)
{
    return ledger_do(ledger, error,
                     "INSERT INTO number(key, value) VALUES(?, ?)"
                     " ON CONFLICT(key) DO UPDATE SET value = excluded.value",
                     "ti", key, number);
}

int ledger_value(struct ledger *ledger, const char *key, char **ret_text, struct error *error)
{
    sqlite3_stmt *found = ledger_query(ledger, error, "SELECT text FROM value WHERE key = ?", "t", key);
    int row = found ? ledger_row(ledger, found, error) : -1;
    if (row < 0)
        return -1;
    *ret_text = row == 1 ? ledger_text(found, 0) : mem_text("");
    ledger_done(found);
    return 0;
}

int ledger_set_value(struct ledger *ledger, const char *key, const char *text, struct error *error)
{
    return ledger_do(ledger, error,
                     "INSERT INTO value(key, text) VALUES(?, ?)"
                     " ON CONFLICT(key) DO UPDATE SET text = excluded.text",
                     "tt", key, text);
}
