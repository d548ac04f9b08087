/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the ledger keeps, replaces and forgets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/ledger.h"

static char path[64];

static int make_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/ledger-test-XXXXXX");
    int fd = mkstemp(path);
    close(fd);
    return unlink(path);
}

static int remove_path(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static struct ledger *open_scratch(void)
{
    struct ledger *ledger;
    struct error error = ERROR_NONE;
    assert_int_equal(ledger_open(NULL, LEDGER_SCRATCH, &ledger, &error), 0);
    assert_int_equal(ledger_begin(ledger, &error), 0);
    return ledger;
}

static int64_t add_source(struct ledger *ledger, const char *name, int64_t run)
{
    struct ledger_source source = {.path = (char *)name, .shown = (char *)name, .run = run};
    struct ledger_source known;
    struct error error = ERROR_NONE;
    if (ledger_find_source(ledger, name, &known, &error) == 1) {
        source.number = known.number;
        ledger_source_clear(&known);
    }
    assert_int_equal(ledger_put_source(ledger, &source, &error), 0);
    return source.number;
}

/* States `text` under `reference`; returns the id given, *new*. */
static char *state_text(struct ledger *ledger, int64_t source, int64_t run, const char *reference,
                        const char *edition, char text)
{
    static int64_t ordinal;
    struct error error = ERROR_NONE;
    struct sighting sighting = {.source = source,
                                .run = run,
                                .ordinal = ordinal++,
                                .reference = (char *)reference,
                                .edition = (char *)edition,
                                .seen = (char *)"{}"};
    sighting.text[0] = (unsigned char)text;
    assert_int_equal(ledger_assign_id(ledger, &sighting, reference, &sighting.id, &error), 0);
    char packed[64];
    size_t len = ZSTD_compress(packed, sizeof packed, &text, 1, 1);
    assert_int_equal(ledger_add_sighting(ledger, &sighting, packed, len, &error), 0);
    return sighting.id;
}

static void say(struct ledger *ledger, int64_t source, int64_t run, const char *reference,
                const char *edition, char text)
{
    free(state_text(ledger, source, run, reference, edition, text));
}

/* What is stated under a reference: "id@edition:text " for each. */
static char *stated(struct ledger *ledger, const char *reference)
{
    static char all[512];
    struct sighting *sightings;
    size_t count;
    struct error error = ERROR_NONE;
    *all = '\0';
    assert_int_equal(ledger_sightings(ledger, reference, &sightings, &count, &error), 0);
    for (size_t i = 0; i < count; i++) {
        char *json;
        size_t len;
        assert_int_equal(ledger_statement(ledger, sightings[i].number, &json, &len, &error), 0);
        size_t used = strlen(all);
        snprintf(all + used, sizeof all - used, "%s@%s:%s ", sightings[i].id,
                 sightings[i].edition ? sightings[i].edition : "", json);
        free(json);
    }
    sightings_free(sightings, count);
    return all;
}

static void test_ids_within_a_source(void **state)
{
    (void)state;
    struct ledger *ledger = open_scratch();
    int64_t source = add_source(ledger, "/a", 1);
    static const struct {
        const char *edition;
        char text;
        const char *id;
    } statements[] = {
        {NULL, 'A', "NIC-1-A"},        {NULL, 'B', "NIC-1-A#2"}, {NULL, 'A', "NIC-1-A"},
        {NULL, 'C', "NIC-1-A#3"},      {NULL, 'B', "NIC-1-A#2"}, {"2020-01", 'B', "NIC-1-A"},
        {"2020-01", 'A', "NIC-1-A#2"},
    };
    for (size_t i = 0; i < sizeof statements / sizeof *statements; i++) {
        MEM_AUTO char *id =
            state_text(ledger, source, 1, "NIC-1-A", statements[i].edition, statements[i].text);
        assert_string_equal(id, statements[i].id);
    }
    ledger_close(ledger);
}

static void test_statements_of_one_reference_are_bounded(void **state)
{
    (void)state;
    struct ledger *ledger = open_scratch();
    int64_t source = add_source(ledger, "/a", 1);
    struct error error = ERROR_NONE;
    for (int i = 0; i < LEDGER_SIGHTINGS_MAX; i++)
        say(ledger, source, 1, "R", NULL, 'A');
    struct sighting sighting = {.source = source, .run = 1, .reference = (char *)"R"};
    char *id;
    assert_int_equal(ledger_assign_id(ledger, &sighting, "R", &id, &error), 1);
    assert_true(error.is_set);
    ledger_close(ledger);
}

static void read_again(struct ledger *ledger, const char *reference, const char *edition, char text)
{
    struct error error = ERROR_NONE;
    int64_t source = add_source(ledger, "/a", 2);
    say(ledger, source, 2, reference, edition, text);
    assert_int_equal(ledger_replace(ledger, source, 2, &error), 0);
}

static void test_replacing(void **state)
{
    (void)state;
    static const struct {
        const char *edition_before, *edition_now;
        const char *stated; /* afterwards, of a reference that is stated again */
    } cases[] = {
        {NULL, NULL, "R@:B "},
        {"2020-01", "2020-01", "R@2020-01:B "},
        {NULL, "2020-01", "R@2020-01:B "},
        {"2020-01", "2021-02", "R@2020-01:A R@2021-02:B "},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct ledger *ledger = open_scratch();
        int64_t source = add_source(ledger, "/a", 1), other = add_source(ledger, "/b", 1);
        say(ledger, source, 1, "R", cases[i].edition_before, 'A');
        say(ledger, source, 1, "GONE", cases[i].edition_before, 'G');
        say(ledger, other, 1, "OTHER", cases[i].edition_before, 'O');
        read_again(ledger, "R", cases[i].edition_now, 'B');
        assert_string_equal(stated(ledger, "R"), cases[i].stated);
        assert_int_equal(strlen(stated(ledger, "GONE")) > 0, 1);
        bool pruned;
        struct error error = ERROR_NONE;
        assert_int_equal(ledger_prune_left_over(ledger, source, 2, &pruned, &error), 0);
        assert_true(pruned);
        assert_string_equal(stated(ledger, "GONE"), "");
        assert_string_equal(stated(ledger, "R"), cases[i].stated);
        assert_int_equal(ledger_prune_left_over(ledger, source, 2, &pruned, &error), 0);
        assert_false(pruned);
        assert_int_equal(ledger_forget_source(ledger, source, &error), 0);
        assert_string_equal(stated(ledger, "R"), "");
        assert_int_equal(strlen(stated(ledger, "OTHER")) > 0, 1);
        ledger_close(ledger);
    }
}

static void test_affected(void **state)
{
    (void)state;
    struct ledger *ledger = open_scratch();
    struct error error = ERROR_NONE;
    int64_t a = add_source(ledger, "/a", 1), b = add_source(ledger, "/b", 1);
    say(ledger, a, 1, "SHARED", NULL, 'A');
    say(ledger, b, 1, "SHARED", NULL, 'B');
    say(ledger, b, 1, "ALONE", NULL, 'C');
    assert_int_equal(ledger_affect_shared(ledger, &error), 0);
    MEM_AUTO char *reference = NULL;
    char *next;
    assert_int_equal(ledger_next_affected(ledger, "", &reference, &error), 1);
    assert_string_equal(reference, "SHARED");
    assert_int_equal(ledger_next_affected(ledger, reference, &next, &error), 0);
    ledger_close(ledger);
}

static void test_sources_under_a_folder(void **state)
{
    (void)state;
    struct ledger *ledger = open_scratch();
    static const char *const paths[] = {"/a", "/a/b", "/a/b/c", "/a.txt", "/ab", "/a0", "/b"};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        add_source(ledger, paths[i], 1);
    static const struct {
        const char *root;
        size_t count;
    } cases[] = {{"/a", 3}, {"/a/b", 2}, {"/a/b/c", 1}, {"/a.txt", 1}, {"/c", 0}, {"/", 7}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        STRLIST_AUTO struct strlist found = {0};
        struct error error = ERROR_NONE;
        assert_int_equal(ledger_sources_under(ledger, cases[i].root, &found, &error), 0);
        assert_int_equal(found.len, cases[i].count);
    }
    ledger_close(ledger);
}

static void test_releases_count(void **state)
{
    (void)state;
    struct ledger *ledger = open_scratch();
    struct error error = ERROR_NONE;
    struct release_row row = {.source = add_source(ledger, "/a", 1),
                              .run = 1,
                              .reference = (char *)"R",
                              .edition = (char *)"2021-02",
                              .row = (char *)"{\"dataset\":\"HES\"}",
                              .sheet = (char *)"Releases",
                              .line = 5,
                              .hash = 7,
                              .count = 1};
    for (int i = 0; i < 3; i++)
        assert_int_equal(ledger_add_release(ledger, &row, &error), 0);
    row.is_total = true;
    row.count = 2;
    assert_int_equal(ledger_add_release(ledger, &row, &error), 0);
    struct release_row *rows;
    size_t count;
    assert_int_equal(ledger_releases(ledger, "R", &rows, &count, &error), 0);
    assert_int_equal(count, 1);
    assert_int_equal(rows[0].count, 3);
    assert_int_equal(rows[0].line, 5);
    assert_string_equal(rows[0].shown, "/a");
    assert_string_equal(rows[0].sheet, "Releases");
    release_rows_free(rows, count);
    ledger_close(ledger);
}

static void test_a_file_undone(void **state)
{
    (void)state;
    struct ledger *ledger = open_scratch();
    struct error error = ERROR_NONE;
    assert_int_equal(ledger_file_begin(ledger, &error), 0);
    say(ledger, add_source(ledger, "/a", 1), 1, "R", NULL, 'A');
    assert_int_equal(ledger_file_end(ledger, false, &error), 0);
    assert_int_equal(ledger_file_begin(ledger, &error), 0);
    say(ledger, add_source(ledger, "/b", 1), 1, "R", NULL, 'B');
    assert_int_equal(ledger_file_end(ledger, true, &error), 0);
    assert_string_equal(stated(ledger, "R"), "R@:B ");
    ledger_close(ledger);
}

static void test_uncommitted_is_dropped(void **state)
{
    (void)state;
    struct ledger *ledger;
    struct error error = ERROR_NONE;
    int64_t number;
    for (int64_t run = 1; run <= 2; run++) {
        assert_int_equal(ledger_open(path, LEDGER_WRITE, &ledger, &error), 0);
        assert_int_equal(ledger_number(ledger, "run", &number, &error), 0);
        assert_int_equal(number, run - 1);
        assert_int_equal(ledger_begin(ledger, &error), 0);
        assert_int_equal(ledger_set_number(ledger, "run", run, &error), 0);
        assert_int_equal(ledger_commit(ledger, &error), 0);
        assert_int_equal(ledger_begin(ledger, &error), 0);
        assert_int_equal(ledger_set_number(ledger, "run", 99, &error), 0);
        ledger_close(ledger);
    }
}

static void test_newer_and_damaged_files_are_refused(void **state)
{
    (void)state;
    struct ledger *ledger;
    struct error error = ERROR_NONE;
    assert_int_equal(ledger_open(path, LEDGER_READ, &ledger, &error), -1);
    error_clear(&error);
    assert_int_equal(ledger_open(path, LEDGER_WRITE, &ledger, &error), 0);
    ledger_close(ledger);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "PRAGMA user_version = 99", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(ledger_open(path, LEDGER_WRITE, &ledger, &error), -1);
    assert_non_null(strstr(error.text, "99"));
    error_clear(&error);
    FILE *file = fopen(path, "w");
    fputs("this was a history once, and is long enough not to be taken for an empty one, which would be made "
          "anew",
          file);
    fclose(file);
    assert_int_equal(ledger_open(path, LEDGER_WRITE, &ledger, &error), -1);
    assert_non_null(strstr(error.place, "ledger-test"));
}

/* A history as the first version made it. */
static const char first_schema[] =
    "CREATE TABLE number(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE source(number INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, shown TEXT NOT NULL,"
    " edition TEXT NOT NULL, format INTEGER NOT NULL, hash BLOB NOT NULL, reader INTEGER NOT NULL,"
    " rejected INTEGER NOT NULL, rank INTEGER NOT NULL, run INTEGER NOT NULL);"
    "CREATE TABLE sighting(number INTEGER PRIMARY KEY, source INTEGER NOT NULL, run INTEGER NOT NULL,"
    " ordinal INTEGER NOT NULL, reference TEXT NOT NULL, id TEXT NOT NULL, edition TEXT NOT NULL,"
    " organisation TEXT NOT NULL, text BLOB NOT NULL, hash INTEGER NOT NULL,"
    " has_releases INTEGER NOT NULL, seen TEXT NOT NULL);"
    "CREATE INDEX sighting_reference ON sighting(reference, source);"
    "CREATE INDEX sighting_source ON sighting(source, run, ordinal);"
    "CREATE TABLE statement(sighting INTEGER PRIMARY KEY, record BLOB NOT NULL);"
    "CREATE TRIGGER sighting_gone AFTER DELETE ON sighting BEGIN"
    " DELETE FROM statement WHERE sighting = OLD.number; END;"
    "CREATE TABLE release(source INTEGER NOT NULL, run INTEGER NOT NULL, reference TEXT NOT NULL,"
    " edition TEXT NOT NULL, hash INTEGER NOT NULL, count INTEGER NOT NULL, organisation TEXT NOT NULL,"
    " row TEXT NOT NULL, ordinal INTEGER NOT NULL, sheet TEXT NOT NULL, line INTEGER NOT NULL,"
    " PRIMARY KEY(reference, source, run, edition, hash)) WITHOUT ROWID;"
    "CREATE INDEX release_source ON release(source, run);"
    "CREATE TABLE label(path TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE identity(id TEXT PRIMARY KEY, day TEXT NOT NULL, first_edition TEXT NOT NULL,"
    " changed TEXT NOT NULL, text BLOB NOT NULL, gone TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE manifest(key TEXT PRIMARY KEY, reference TEXT NOT NULL, id TEXT NOT NULL,"
    " edition TEXT NOT NULL, hash INTEGER NOT NULL, said INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX manifest_reference ON manifest(reference);"
    "CREATE TABLE pending(key TEXT PRIMARY KEY) WITHOUT ROWID;"
    "PRAGMA user_version = 1;"
    "INSERT INTO number VALUES('run', 5), ('sequence', 3);"
    "INSERT INTO source VALUES(1, '/a', 'a', '2019-06', 0, x'00', 1, 0, 1, 5);"
    "INSERT INTO sighting VALUES(7, 1, 5, 0, 'R', 'R', '2019-06', 'Trust',"
    " x'0102030405060708090a0b0c0d0e0f10', 9, 0, '{}');"
    "INSERT INTO statement VALUES(7, x'00');"
    "INSERT INTO release VALUES(1, 5, 'R', '2019-06', 4, 2, 'Trust', '{}', 1, '', 3);"
    "INSERT INTO label VALUES('A > s1', 'plainly');"
    "INSERT INTO identity VALUES('R', '2019-07-01', '2019-06', '2019-06', x'00', '');"
    "INSERT INTO manifest VALUES('R', 'R', 'R', '', 11, 12);";

static void make_first_schema(void)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, first_schema, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

/* All rows of all tables but those that later versions added. */
static char *all_rows(void)
{
    static const char *const tables[] = {"number", "source",   "sighting", "statement", "release",
                                         "label",  "identity", "manifest", "pending"};
    sqlite3 *db;
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    struct buf rows = BUF_INIT(1 << 16);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        sqlite3_stmt *all;
        MEM_AUTO char *sql = mem_format("SELECT * FROM %s", tables[i]);
        assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &all, NULL), SQLITE_OK);
        while (sqlite3_step(all) == SQLITE_ROW)
            for (int column = 0; column < sqlite3_column_count(all); column++)
                buf_printf(&rows, "%s.%d %d: %s\n", tables[i], column, sqlite3_column_bytes(all, column),
                           sqlite3_column_text(all, column) ? (const char *)sqlite3_column_text(all, column)
                                                            : "");
        sqlite3_finalize(all);
    }
    sqlite3_close(db);
    return buf_take(&rows);
}

static void test_a_first_history_is_brought_up(void **state)
{
    (void)state;
    struct ledger *ledger;
    struct error error = ERROR_NONE;
    make_first_schema();
    MEM_AUTO char *before = all_rows();
    assert_int_equal(ledger_open(path, LEDGER_READ, &ledger, &error), -1);
    assert_non_null(strstr(error.text, "format 1"));
    error_clear(&error);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(ledger_open(path, LEDGER_WRITE, &ledger, &error), 0);
        ledger_close(ledger);
        MEM_AUTO char *after = all_rows();
        assert_string_equal(after, before);
    }
    assert_int_equal(ledger_open(path, LEDGER_READ, &ledger, &error), 0);
    struct manifest_entry entry;
    assert_int_equal(ledger_find_entry(ledger, "R", &entry, &error), 1);
    assert_int_equal(entry.said, 12);
    assert_null(entry.group);
    manifest_entry_clear(&entry);
    MEM_AUTO char *value = NULL;
    assert_int_equal(ledger_value(ledger, "vocabulary", &value, &error), 0);
    ledger_close(ledger);
}

static void put_wording(struct ledger *ledger, const char *key, unsigned char hash, int64_t component)
{
    struct error error = ERROR_NONE;
    struct ledger_wording wording = {.size = 1, .hash = {hash}, .signature_len = 4};
    assert_int_equal(ledger_put_member(ledger, key, 1, wording.hash, &error), 0);
    assert_int_equal(ledger_find_wording(ledger, wording.hash, &wording.number, &error), 0);
    if (!wording.number) {
        assert_int_equal(ledger_add_wording(ledger, &wording, &error), 0);
        assert_int_equal(ledger_set_component(ledger, wording.number, component, &error), 0);
    }
    assert_int_equal(ledger_set_wording(ledger, key, wording.number, &error), 0);
}

/* "key=group " for each entry. */
static char *groups_of(struct ledger *ledger)
{
    struct buf groups = BUF_INIT(1 << 10);
    struct error error = ERROR_NONE;
    MEM_AUTO char *after = mem_text("");
    struct manifest_entry entry = {0};
    while (ledger_next_entry(ledger, after, &entry, &error) == 1) {
        buf_printf(&groups, "%s=%s ", entry.key, entry.group ? entry.group : "");
        free(after);
        after = mem_text(entry.key);
        manifest_entry_clear(&entry);
    }
    return buf_take(&groups);
}

static void check_groups(struct ledger *ledger, bool changed, const char *expected)
{
    bool did;
    struct error error = ERROR_NONE;
    assert_int_equal(ledger_settle_members(ledger, &did, &error), 0);
    MEM_AUTO char *groups = groups_of(ledger);
    assert_string_equal(groups, expected);
    assert_int_equal(did, changed);
}

static void test_members_of_groups(void **state)
{
    (void)state;
    static const char *const keys[] = {"B", "C", "a", "D", "B@2019-06"};
    struct ledger *ledger = open_scratch();
    struct error error = ERROR_NONE;
    int64_t count;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct manifest_entry entry = {.key = (char *)keys[i], .reference = (char *)"R", .id = (char *)"B"};
        assert_int_equal(ledger_put_entry(ledger, &entry, &error), 0);
    }
    put_wording(ledger, "C", 1, 1);
    put_wording(ledger, "a", 1, 1);
    put_wording(ledger, "B", 2, 1);
    put_wording(ledger, "D", 3, 3);
    assert_int_equal(ledger_clear_pending(ledger, &error), 0);
    check_groups(ledger, true, "B=B B@2019-06= C=B D=D a=B ");
    check_groups(ledger, false, "B=B B@2019-06= C=B D=D a=B ");
    assert_int_equal(ledger_clear_pending(ledger, &error), 0);
    /* The group loses its first, and with it a wording: what is left of it is marked. */
    assert_int_equal(ledger_remove_member(ledger, "B", &error), 0);
    assert_int_equal(ledger_drop_wordings(ledger, &error), 0);
    struct ledger_wording wording;
    assert_int_equal(ledger_next_wording(ledger, 0, &wording, &error), 1);
    assert_int_equal(wording.component, -1);
    assert_int_equal(ledger_next_wording(ledger, wording.number, &wording, &error), 1);
    assert_int_equal(wording.component, 3);
    assert_int_equal(ledger_next_wording(ledger, wording.number, &wording, &error), 0);
    check_groups(ledger, true, "B= B@2019-06= C=C D=D a=C ");
    assert_int_equal(ledger_count_pending(ledger, &count, &error), 0);
    assert_int_equal(count, 2);
    /* The same statement again changes nothing, another text asks for its wording. */
    unsigned char text[LEDGER_HASH_SIZE] = {3};
    assert_int_equal(ledger_put_member(ledger, "D", 2, text, &error), 0);
    assert_int_equal(ledger_count_unread(ledger, &count, &error), 0);
    assert_int_equal(count, 0);
    text[0] = 4;
    assert_int_equal(ledger_put_member(ledger, "D", 2, text, &error), 0);
    assert_int_equal(ledger_count_unread(ledger, &count, &error), 0);
    assert_int_equal(count, 1);
    ledger_close(ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_members_of_groups),
        cmocka_unit_test_setup_teardown(test_a_first_history_is_brought_up, make_path, remove_path),
        cmocka_unit_test(test_ids_within_a_source),
        cmocka_unit_test(test_statements_of_one_reference_are_bounded),
        cmocka_unit_test(test_replacing),
        cmocka_unit_test(test_affected),
        cmocka_unit_test(test_sources_under_a_folder),
        cmocka_unit_test(test_releases_count),
        cmocka_unit_test(test_a_file_undone),
        cmocka_unit_test_setup_teardown(test_uncommitted_is_dropped, make_path, remove_path),
        cmocka_unit_test_setup_teardown(test_newer_and_damaged_files_are_refused, make_path, remove_path),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
