/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "tests/bench/engines.h"

enum { MATCH_MAX = 4096, BATCH_RECORDS = 1000 };

struct fts5_engine {
    sqlite3 *database;
    sqlite3_stmt *add_record, *add_value;
    sqlite3_stmt *top, *top_filtered, *count[BENCH_FACETS], *count_filtered[BENCH_FACETS];
    sqlite3_int64 records;
};

static void must(struct fts5_engine *engine, int status)
{
    if (status == SQLITE_OK || status == SQLITE_DONE || status == SQLITE_ROW)
        return;
    fprintf(stderr, "bench: SQLite: %s\n", sqlite3_errmsg(engine->database));
    exit(2);
}

static sqlite3_stmt *prepare(struct fts5_engine *engine, const char *sql)
{
    sqlite3_stmt *statement;
    must(engine, sqlite3_prepare_v2(engine->database, sql, -1, &statement, NULL));
    return statement;
}

static void run(struct fts5_engine *engine, const char *sql)
{
    must(engine, sqlite3_exec(engine->database, sql, NULL, NULL, NULL));
}

/* ---- building ---- */

struct fts5_engine *fts5_create(const char *path)
{
    struct fts5_engine *engine = mem_zero(1, sizeof *engine);
    remove(path);
    must(engine, sqlite3_open(path, &engine->database));
    run(engine, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                "CREATE VIRTUAL TABLE records USING fts5(title, organisation, objectives, expected_benefits,"
                " yielded_benefits, outputs, processing, commercial_note, tokenize='porter unicode61');"
                "CREATE TABLE labels(id INTEGER PRIMARY KEY, value TEXT UNIQUE);"
                "CREATE TABLE facets(facet INTEGER, record INTEGER, label INTEGER,"
                " PRIMARY KEY(facet, record, label)) WITHOUT ROWID;"
                "BEGIN");
    engine->add_record = prepare(engine, "INSERT INTO records VALUES(?,?,?,?,?,?,?,?)");
    engine->add_value = prepare(engine, "INSERT OR IGNORE INTO facets VALUES(?,?,?)");
    return engine;
}

static sqlite3_int64 label_of(struct fts5_engine *engine, const char *value)
{
    sqlite3_stmt *add = prepare(engine, "INSERT OR IGNORE INTO labels(value) VALUES(?)");
    sqlite3_bind_text(add, 1, value, -1, SQLITE_STATIC);
    must(engine, sqlite3_step(add));
    sqlite3_finalize(add);
    sqlite3_stmt *find = prepare(engine, "SELECT id FROM labels WHERE value=?");
    sqlite3_bind_text(find, 1, value, -1, SQLITE_STATIC);
    must(engine, sqlite3_step(find));
    sqlite3_int64 label = sqlite3_column_int64(find, 0);
    sqlite3_finalize(find);
    return label;
}

void fts5_add(struct fts5_engine *engine, const struct bench_record *record)
{
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        sqlite3_bind_text(engine->add_record, part + 1, record->parts[part], -1, SQLITE_STATIC);
    must(engine, sqlite3_step(engine->add_record));
    must(engine, sqlite3_reset(engine->add_record));
    sqlite3_int64 row = sqlite3_last_insert_rowid(engine->database);
    for (int facet = 0; facet < BENCH_FACETS; facet++)
        for (size_t i = 0; i < record->value_counts[facet]; i++) {
            sqlite3_bind_int(engine->add_value, 1, facet);
            sqlite3_bind_int64(engine->add_value, 2, row);
            sqlite3_bind_int64(engine->add_value, 3, label_of(engine, record->values[facet][i]));
            must(engine, sqlite3_step(engine->add_value));
            must(engine, sqlite3_reset(engine->add_value));
        }
    if (++engine->records % BATCH_RECORDS == 0)
        run(engine, "COMMIT; BEGIN");
}

void fts5_finish(struct fts5_engine *engine)
{
    run(engine, "INSERT INTO records(records) VALUES('optimize'); COMMIT");
    fts5_close(engine);
}

/* ---- searching ---- */

/* The plus keeps SQLite from asking the text index once for each record that has the value. */
#define FILTER                                                                                               \
    " AND +rowid IN (SELECT record FROM facets WHERE facet=?2 AND label=(SELECT id FROM labels WHERE "       \
    "value=?3))"
#define TOP(filter)                                                                                          \
    "SELECT rowid, rank, snippet(records, -1, '<mark>', '</mark>', '...', 40) FROM records WHERE records "   \
    "MATCH ?1" filter " ORDER BY rank LIMIT 10"
#define COUNT(filter)                                                                                        \
    "SELECT (SELECT value FROM labels WHERE id=label), count(*) AS n FROM facets WHERE facet=?4 AND record " \
    "IN (SELECT rowid FROM records WHERE records MATCH ?1" filter                                            \
    ") GROUP BY label ORDER BY n DESC LIMIT 10"

struct fts5_engine *fts5_open(const char *path)
{
    struct fts5_engine *engine = mem_zero(1, sizeof *engine);
    must(engine, sqlite3_open_v2(path, &engine->database, SQLITE_OPEN_READONLY, NULL));
    run(engine, "PRAGMA mmap_size=2000000000; PRAGMA cache_size=-65536");
    engine->top = prepare(engine, TOP(""));
    engine->top_filtered = prepare(engine, TOP(FILTER));
    for (int facet = 0; facet < BENCH_FACETS; facet++) {
        engine->count[facet] = prepare(engine, COUNT(""));
        engine->count_filtered[facet] = prepare(engine, COUNT(FILTER));
    }
    return engine;
}

static int facet_number(const char *name)
{
    for (int facet = 0; facet < BENCH_FACETS; facet++)
        if (strcmp(BENCH_FACET_NAMES[facet], name) == 0)
            return facet;
    return -1;
}

static void bind(sqlite3_stmt *statement, const struct bench_query *query, const char *match, int facet)
{
    sqlite3_bind_text(statement, 1, match, -1, SQLITE_STATIC);
    if (query->facet) {
        sqlite3_bind_int(statement, 2, facet_number(query->facet));
        sqlite3_bind_text(statement, 3, query->value, -1, SQLITE_STATIC);
    }
    if (facet >= 0)
        sqlite3_bind_int(statement, 4, facet);
}

void fts5_search(struct fts5_engine *engine, const struct bench_query *query, struct bench_hits *hits)
{
    char match[MATCH_MAX];
    if (query->part)
        snprintf(match, sizeof match, "%s : (%s)", query->part, query->text);
    else
        snprintf(match, sizeof match, "%s", query->text);
    sqlite3_stmt *top = query->facet ? engine->top_filtered : engine->top;
    bind(top, query, match, -1);
    hits->count = 0;
    int status;
    while ((status = sqlite3_step(top)) == SQLITE_ROW)
        hits->weights[hits->count++] = -sqlite3_column_double(top, 1);
    must(engine, status);
    must(engine, sqlite3_reset(top));
    for (int facet = 0; facet < BENCH_FACETS; facet++) {
        sqlite3_stmt *count = query->facet ? engine->count_filtered[facet] : engine->count[facet];
        bind(count, query, match, facet);
        while ((status = sqlite3_step(count)) == SQLITE_ROW)
            continue;
        must(engine, status);
        must(engine, sqlite3_reset(count));
    }
}

void fts5_close(struct fts5_engine *engine)
{
    sqlite3_finalize(engine->add_record);
    sqlite3_finalize(engine->add_value);
    sqlite3_finalize(engine->top);
    sqlite3_finalize(engine->top_filtered);
    for (int facet = 0; facet < BENCH_FACETS; facet++) {
        sqlite3_finalize(engine->count[facet]);
        sqlite3_finalize(engine->count_filtered[facet]);
    }
    sqlite3_close(engine->database);
    free(engine);
}
