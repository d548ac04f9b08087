/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Schema history (LEDGER_SCHEMA, kept in PRAGMA user_version):
 *   1  first
 *   2  texts of the ledger as a whole, by key
 *   3  wording, member: which records are copies of one another
 */
#include "indexer/ledger_internal.h"

#define VALUE_TABLE "CREATE TABLE value(key TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;"

/* A wording is a set of five-word runs (indexer/distinct): equal ones are kept once. Its component is the
 * lowest number of a wording in its group; 0 where it is new; negative where the group has lost one since it
 * was found. A member is a record that is current, its sighting, the hash of that one's text, its wording
 * (null where not yet worked out, 0 for a record without prose) and its group: the id of the group's first
 * member. */
#define SCHEMA_3                                                                                             \
    "CREATE TABLE wording("                                                                                  \
    " number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, size INTEGER NOT NULL,"                         \
    " component INTEGER NOT NULL, signature BLOB NOT NULL);"                                                 \
    "CREATE TABLE member("                                                                                   \
    " key TEXT PRIMARY KEY, sighting INTEGER NOT NULL, text BLOB NOT NULL, wording INTEGER,"                 \
    " first TEXT NOT NULL) WITHOUT ROWID;"                                                                   \
    "CREATE INDEX member_wording ON member(wording);"

const char ledger_schema[] =
    "CREATE TABLE number(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"

    VALUE_TABLE

    "CREATE TABLE source("
    " number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, shown TEXT NOT NULL, edition TEXT NOT NULL,"
    " format INTEGER NOT NULL, hash BLOB NOT NULL, reader INTEGER NOT NULL, rejected INTEGER NOT NULL,"
    " rank INTEGER NOT NULL, run INTEGER NOT NULL);"

    "CREATE TABLE sighting("
    " number INTEGER PRIMARY KEY, source INTEGER NOT NULL, run INTEGER NOT NULL, ordinal INTEGER NOT NULL,"
    " reference TEXT NOT NULL, id TEXT NOT NULL, edition TEXT NOT NULL, organisation TEXT NOT NULL,"
    " text BLOB NOT NULL, hash INTEGER NOT NULL, has_releases INTEGER NOT NULL, seen TEXT NOT NULL);"
    "CREATE INDEX sighting_reference ON sighting(reference, source);"
    "CREATE INDEX sighting_source ON sighting(source, run, ordinal);"

    /* Apart from sighting, so that walking what was stated does not drag the records along. */
    "CREATE TABLE statement(sighting INTEGER PRIMARY KEY, record BLOB NOT NULL);"
    "CREATE TRIGGER sighting_gone AFTER DELETE ON sighting BEGIN"
    " DELETE FROM statement WHERE sighting = OLD.number; END;"

    "CREATE TABLE release("
    " source INTEGER NOT NULL, run INTEGER NOT NULL, reference TEXT NOT NULL, edition TEXT NOT NULL,"
    " hash INTEGER NOT NULL, count INTEGER NOT NULL, organisation TEXT NOT NULL, row TEXT NOT NULL,"
    " ordinal INTEGER NOT NULL, sheet TEXT NOT NULL, line INTEGER NOT NULL, PRIMARY KEY(reference, source, "
    "run, edition, hash)) WITHOUT ROWID;"
    "CREATE INDEX release_source ON release(source, run);"

    "CREATE TABLE label(path TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE identity("
    " id TEXT PRIMARY KEY, day TEXT NOT NULL, first_edition TEXT NOT NULL, changed TEXT NOT NULL,"
    " text BLOB NOT NULL, gone TEXT NOT NULL) WITHOUT ROWID;"

    "CREATE TABLE manifest("
    " key TEXT PRIMARY KEY, reference TEXT NOT NULL, id TEXT NOT NULL, edition TEXT NOT NULL,"
    " hash INTEGER NOT NULL, said INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX manifest_reference ON manifest(reference);"

    "CREATE TABLE pending(key TEXT PRIMARY KEY) WITHOUT ROWID;" SCHEMA_3;

/* What brings a ledger of schema n + 1 to the next, all of them one transaction; what it held stays. Members
 * are found by the next run, which settles every reference where "distinct" is not DISTINCT_VERSION. */
const char *const ledger_migrations[LEDGER_SCHEMA - 1] = {VALUE_TABLE, SCHEMA_3};

const char ledger_temporary_schema[] =
    "CREATE TEMPORARY TABLE affected(reference TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TEMPORARY TABLE named(source INTEGER PRIMARY KEY);"
    "CREATE TEMPORARY TABLE leader(component INTEGER PRIMARY KEY, key TEXT NOT NULL);";
