/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the ledger share: statements prepared once, bound and stepped in one call. */
#ifndef PURPOSED_INDEXER_LEDGER_INTERNAL_H
#define PURPOSED_INDEXER_LEDGER_INTERNAL_H

#include <sqlite3.h>

#include "indexer/ledger.h"

enum { LEDGER_STATEMENTS_MAX = 128 }; /* different SQL texts of one ledger */

struct ledger {
    sqlite3 *db;
    struct {
        const char *sql; /* the literal itself: its address tells it */
        sqlite3_stmt *statement;
    } prepared[LEDGER_STATEMENTS_MAX];
    size_t prepared_count;
    struct ZSTD_DCtx_s *expander; /* made when first asked for */
};

extern const char ledger_schema[];
extern const char *const ledger_migrations[LEDGER_SCHEMA - 1]; /* from schema n + 1 to the next */
extern const char ledger_temporary_schema[];

/* Sets `error` to what SQLite says; returns -1. */
int ledger_fail(struct ledger *ledger, struct error *error);

/* Prepares `sql` (a string literal) once and binds: 'i' int64_t, 't' const char * (NULL is ""), 'n' const
 * char * (NULL is null), 'h' const unsigned char * of LEDGER_HASH_SIZE bytes, 'b' const void * and size_t.
 * NULL with `error`. */
sqlite3_stmt *ledger_query(struct ledger *ledger, struct error *error, const char *sql, const char *types,
                           ...);
/* 1 a row, 0 none left, -1; at 0 and -1 the statement is done with. */
int ledger_row(struct ledger *ledger, sqlite3_stmt *statement, struct error *error);
/* Ends a walk before its last row. */
void ledger_done(sqlite3_stmt *statement);
/* Binds and runs to the end. 0 or -1. */
int ledger_do(struct ledger *ledger, struct error *error, const char *sql, const char *types, ...);
/* The one number that a query gives. 0 or -1. */
int ledger_ask(struct ledger *ledger, struct error *error, int64_t *ret_number, const char *sql,
               const char *types, ...);

char *ledger_text(sqlite3_stmt *statement, int column);         /* *new* */
char *ledger_text_or_null(sqlite3_stmt *statement, int column); /* *new*; "" and null are NULL */
void ledger_hash(sqlite3_stmt *statement, int column, unsigned char ret_hash[LEDGER_HASH_SIZE]);

#endif
