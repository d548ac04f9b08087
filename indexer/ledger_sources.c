/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "indexer/base/mem.h"
#include "indexer/ledger_internal.h"
#include "indexer/register/reference.h"

/* ---- sources ---- */

void ledger_source_clear(struct ledger_source *source)
{
    free(source->path);
    free(source->shown);
    free(source->edition);
    *source = (struct ledger_source){0};
}

int ledger_find_source(struct ledger *ledger, const char *path, struct ledger_source *ret_source,
                       struct error *error)
{
    sqlite3_stmt *found =
        ledger_query(ledger, error,
                     "SELECT number, path, shown, edition, format, hash, reader, rejected, rank, run"
                     " FROM source WHERE path = ?",
                     "t", path);
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status != 1)
        return status;
    *ret_source = (struct ledger_source){
        .number = sqlite3_column_int64(found, 0),
        .path = ledger_text(found, 1),
        .shown = ledger_text(found, 2),
        .edition = ledger_text_or_null(found, 3),
        .format = sqlite3_column_int(found, 4),
        .reader = sqlite3_column_int64(found, 6),
        .rejected = sqlite3_column_int64(found, 7),
        .rank = sqlite3_column_int64(found, 8),
        .run = sqlite3_column_int64(found, 9),
    };
    ledger_hash(found, 5, ret_source->hash);
    ledger_done(found);
    return 1;
}

int ledger_put_source(struct ledger *ledger, struct ledger_source *source, struct error *error)
{
    if (ledger_do(
            ledger, error,
            "INSERT INTO source(path, shown, edition, format, hash, reader, rejected, rank, run)"
            " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"
            " ON CONFLICT(path) DO UPDATE SET shown = ?2, edition = ?3, format = ?4, hash = ?5, reader = ?6,"
            " rejected = ?7, rank = ?8, run = ?9",
            "tttihiiii", source->path, source->shown, source->edition, (int64_t)source->format, source->hash,
            source->reader, source->rejected, source->rank, source->run) != 0)
        return -1;
    if (source->number == 0)
        source->number = sqlite3_last_insert_rowid(ledger->db);
    return 0;
}

int ledger_rank_source(struct ledger *ledger, int64_t source, int64_t rank, struct error *error)
{
    return ledger_do(ledger, error, "UPDATE source SET rank = ? WHERE number = ?", "ii", rank, source);
}

int ledger_sources_under(struct ledger *ledger, const char *root, struct strlist *paths, struct error *error)
{
    /* "folder/" up to "folder0": '0' is the byte behind '/'. */
    MEM_AUTO char *from = mem_format("%s/", strcmp(root, "/") == 0 ? "" : root);
    MEM_AUTO char *to = mem_format("%s0", strcmp(root, "/") == 0 ? "" : root);
    sqlite3_stmt *found = ledger_query(
        ledger, error, "SELECT path FROM source WHERE path = ?1 OR (path >= ?2 AND path < ?3) ORDER BY path",
        "ttt", root, from, to);
    int status = found ? 1 : -1;
    while (status == 1 && (status = ledger_row(ledger, found, error)) == 1)
        strlist_add_steal(paths, ledger_text(found, 0));
    return status;
}

int ledger_name_source(struct ledger *ledger, int64_t source, struct error *error)
{
    return ledger_do(ledger, error, "INSERT OR IGNORE INTO named(source) VALUES(?)", "i", source);
}

static int affect_source(struct ledger *ledger, int64_t source, struct error *error)
{
    return ledger_do(
        ledger, error,
        "INSERT OR IGNORE INTO affected SELECT DISTINCT reference FROM sighting WHERE source = ?1"
        " UNION SELECT DISTINCT reference FROM release WHERE source = ?1",
        "i", source);
}

int ledger_forget_source(struct ledger *ledger, int64_t source, struct error *error)
{
    if (affect_source(ledger, source, error) != 0 ||
        ledger_do(ledger, error, "DELETE FROM sighting WHERE source = ?", "i", source) != 0 ||
        ledger_do(ledger, error, "DELETE FROM release WHERE source = ?", "i", source) != 0)
        return -1;
    return ledger_do(ledger, error, "DELETE FROM source WHERE number = ?", "i", source);
}

int ledger_organisations(struct ledger *ledger, struct strlist *names, struct error *error)
{
    sqlite3_stmt *found =
        ledger_query(ledger, error,
                     "SELECT DISTINCT organisation FROM sighting WHERE organisation <> ''"
                     " UNION SELECT DISTINCT organisation FROM release WHERE organisation <> ''",
                     "");
    int status = found ? 1 : -1;
    while (status == 1 && (status = ledger_row(ledger, found, error)) == 1)
        strlist_add_steal(names, ledger_text(found, 0));
    return status;
}

/* ---- writing what a source states ---- */

/* The smallest n for which "base#n" is not among `taken`. */
static char *next_free_id(const char *base, const struct strlist *taken)
{
    for (size_t n = 2;; n++) {
        char *id = mem_format("%s#%zu", base, n);
        if (!strlist_has(taken, id))
            return id;
        free(id);
    }
}

int ledger_assign_id(struct ledger *ledger, const struct sighting *sighting, const char *stated,
                     char **ret_id, struct error *error)
{
    STRLIST_AUTO struct strlist taken = {0};
    sqlite3_stmt *found =
        ledger_query(ledger, error,
                     /* By reference: the other index would walk all that the source states. */
                     "SELECT id, text FROM sighting INDEXED BY sighting_reference"
                     " WHERE reference = ? AND source = ? AND run = ?"
                     " AND edition = ?",
                     "tiit", sighting->reference, sighting->source, sighting->run, sighting->edition);
    if (!found)
        return -1;
    int status;
    size_t count = 0;
    while ((status = ledger_row(ledger, found, error)) == 1) {
        unsigned char text[LEDGER_HASH_SIZE];
        ledger_hash(found, 1, text);
        MEM_AUTO char *id = ledger_text(found, 0);
        if (++count == LEDGER_SIGHTINGS_MAX) {
            ledger_done(found);
            error_set(error, "more than %d statements of %s in one source", LEDGER_SIGHTINGS_MAX,
                      sighting->reference);
            return 1;
        }
        if (memcmp(text, sighting->text, sizeof text) == 0) {
            ledger_done(found);
            *ret_id = mem_text(id);
            return 0;
        }
        strlist_add_unique(&taken, id);
    }
    if (status < 0)
        return -1;
    *ret_id = strlist_has(&taken, stated) ? next_free_id(sighting->reference, &taken) : mem_text(stated);
    return 0;
}

int ledger_add_sighting(struct ledger *ledger, const struct sighting *sighting, const void *record,
                        size_t len, struct error *error)
{
    if (ledger_do(
            ledger, error,
            "INSERT INTO sighting(source, run, ordinal, reference, id, edition, organisation, text, hash,"
            " has_releases, seen) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            "iiitttthiit", sighting->source, sighting->run, sighting->ordinal, sighting->reference,
            sighting->id, sighting->edition, sighting->organisation, sighting->text, (int64_t)sighting->hash,
            (int64_t)sighting->has_releases, sighting->seen) != 0)
        return -1;
    int64_t number = sqlite3_last_insert_rowid(ledger->db);
    return ledger_do(ledger, error, "INSERT INTO statement(sighting, record) VALUES(?, ?)", "ib", number,
                     record, len);
}

#define ADD_RELEASE                                                                                          \
    "INSERT INTO release(source, run, reference, edition, hash, count, organisation, row, ordinal, sheet, "  \
    "line)"                                                                                                  \
    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = "

int ledger_add_release(struct ledger *ledger, const struct release_row *row, struct error *error)
{
    return ledger_do(ledger, error,
                     row->is_total ? ADD_RELEASE "max(count, excluded.count)"
                                   : ADD_RELEASE "count + excluded.count",
                     "iittiittiti", row->source, row->run, row->reference, row->edition, (int64_t)row->hash,
                     row->count, row->organisation, row->row, row->ordinal, row->sheet, row->line);
}

int ledger_put_label(struct ledger *ledger, const char *path, const char *text, bool *ret_changed,
                     struct error *error)
{
    int64_t same;
    if (ledger_ask(ledger, error, &same, "SELECT 1 FROM label WHERE path = ? AND text = ?", "tt", path,
                   text) != 0)
        return -1;
    if (!same && ledger_do(ledger, error, "INSERT OR REPLACE INTO label(path, text) VALUES(?, ?)", "tt", path,
                           text) != 0)
        return -1;
    *ret_changed = !same;
    return 0;
}

int ledger_labels(struct ledger *ledger, char **ret_json, struct error *error)
{
    sqlite3_stmt *found = ledger_query(
        ledger, error, "SELECT json_group_object(path, text) FROM (SELECT * FROM label ORDER BY path)", "");
    if (!found || ledger_row(ledger, found, error) != 1)
        return -1;
    *ret_json = ledger_text(found, 0);
    ledger_done(found);
    return 0;
}

/* ---- what a source no longer states ---- */

/* What the source states now, by reference and edition. */
#define STATED                                                                                               \
    "(SELECT reference, edition FROM sighting WHERE source = ?1 AND run = ?2"                                \
    " UNION SELECT reference, edition FROM release WHERE source = ?1 AND run = ?2)"

int ledger_replace(struct ledger *ledger, int64_t source, int64_t run, struct error *error)
{
    if (affect_source(ledger, source, error) != 0)
        return -1;
    if (ledger_do(ledger, error,
                  "DELETE FROM sighting WHERE source = ?1 AND run <> ?2 AND ((reference, edition) IN " STATED
                  " OR (edition = '' AND reference IN (SELECT reference FROM " STATED ")))",
                  "ii", source, run) != 0)
        return -1;
    return ledger_do(
        ledger, error,
        "DELETE FROM release WHERE source = ?1 AND run <> ?2 AND ((reference, edition) IN " STATED
        " OR (edition = '' AND reference IN (SELECT reference FROM " STATED ")))",
        "ii", source, run);
}

#define LEFT_OVER " WHERE source = ?1 AND run <> ?2 AND reference NOT IN (SELECT reference FROM " STATED ")"

int ledger_prune_left_over(struct ledger *ledger, int64_t source, int64_t run, bool *ret_pruned,
                           struct error *error)
{
    int64_t left;
    if (ledger_ask(ledger, error, &left,
                   "SELECT EXISTS (SELECT 1 FROM sighting" LEFT_OVER
                   ") OR EXISTS (SELECT 1 FROM release" LEFT_OVER ")",
                   "ii", source, run) != 0)
        return -1;
    *ret_pruned = left != 0;
    if (!left)
        return 0;
    if (ledger_do(ledger, error,
                  "INSERT OR IGNORE INTO affected SELECT reference FROM sighting" LEFT_OVER
                  " UNION SELECT reference FROM release" LEFT_OVER,
                  "ii", source, run) != 0 ||
        ledger_do(ledger, error, "DELETE FROM sighting" LEFT_OVER, "ii", source, run) != 0)
        return -1;
    return ledger_do(ledger, error, "DELETE FROM release" LEFT_OVER, "ii", source, run);
}

/* ---- affected references ---- */

int ledger_affect_shared(struct ledger *ledger, struct error *error)
{
    return ledger_do(ledger, error,
                     "INSERT OR IGNORE INTO affected SELECT reference FROM sighting GROUP BY reference"
                     " HAVING min(source) <> max(source)",
                     "");
}

int ledger_next_affected(struct ledger *ledger, const char *after, char **ret_reference, struct error *error)
{
    sqlite3_stmt *found = ledger_query(
        ledger, error, "SELECT reference FROM affected WHERE reference > ? ORDER BY reference LIMIT 1", "t",
        after);
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status != 1)
        return status;
    *ret_reference = ledger_text(found, 0);
    ledger_done(found);
    return 1;
}

int ledger_clear_affected(struct ledger *ledger, struct error *error)
{
    return ledger_do(ledger, error, "DELETE FROM affected", "");
}

/* ---- reading it back ---- */

void sighting_clear(struct sighting *sighting)
{
    free(sighting->reference);
    free(sighting->id);
    free(sighting->edition);
    free(sighting->organisation);
    free(sighting->seen);
    *sighting = (struct sighting){0};
}

void sightings_free(struct sighting *sightings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sighting_clear(&sightings[i]);
    free(sightings);
}

static void read_sighting(sqlite3_stmt *row, struct sighting *sighting)
{
    *sighting = (struct sighting){
        .number = sqlite3_column_int64(row, 0),
        .source = sqlite3_column_int64(row, 1),
        .run = sqlite3_column_int64(row, 2),
        .ordinal = sqlite3_column_int64(row, 3),
        .reference = ledger_text(row, 4),
        .id = ledger_text(row, 5),
        .edition = ledger_text_or_null(row, 6),
        .organisation = ledger_text_or_null(row, 7),
        .hash = (uint64_t)sqlite3_column_int64(row, 9),
        .has_releases = sqlite3_column_int(row, 10) != 0,
        .seen = ledger_text(row, 11),
        .rank = sqlite3_column_int64(row, 12),
    };
    ledger_hash(row, 8, sighting->text);
}

int ledger_sightings(struct ledger *ledger, const char *reference, struct sighting **ret_sightings,
                     size_t *ret_count, struct error *error)
{
    sqlite3_stmt *found = ledger_query(
        ledger, error,
        "SELECT s.number, s.source, s.run, s.ordinal, s.reference, s.id, s.edition, s.organisation, s.text,"
        " s.hash, s.has_releases, s.seen, o.rank FROM sighting s JOIN source o ON o.number = s.source"
        " WHERE s.reference = ? ORDER BY s.id, o.rank, s.run, s.ordinal",
        "t", reference);
    if (!found)
        return -1;
    struct sighting *sightings = NULL;
    size_t count = 0, cap = 0;
    int status;
    while ((status = ledger_row(ledger, found, error)) == 1) {
        sightings = mem_push(sightings, count, &cap, sizeof *sightings);
        read_sighting(found, &sightings[count++]);
    }
    if (status < 0) {
        sightings_free(sightings, count);
        return -1;
    }
    *ret_sightings = sightings;
    *ret_count = count;
    return 0;
}

/* The record of a statement as it lies there, *borrowed* until ledger_done(*ret_row). */
static int find_statement(struct ledger *ledger, int64_t sighting, sqlite3_stmt **ret_row,
                          const void **ret_bytes, size_t *ret_len, struct error *error)
{
    sqlite3_stmt *found =
        ledger_query(ledger, error, "SELECT record FROM statement WHERE sighting = ?", "i", sighting);
    int status = found ? ledger_row(ledger, found, error) : -1;
    if (status == 0)
        error_set(error, "the history lacks the record of a statement");
    if (status != 1)
        return -1;
    *ret_bytes = sqlite3_column_blob(found, 0);
    *ret_len = (size_t)sqlite3_column_bytes(found, 0);
    *ret_row = found;
    return 0;
}

int ledger_statement_packed(struct ledger *ledger, int64_t sighting, char **ret_bytes, size_t *ret_len,
                            struct error *error)
{
    sqlite3_stmt *row;
    const void *bytes;
    if (find_statement(ledger, sighting, &row, &bytes, ret_len, error) != 0)
        return -1;
    *ret_bytes = mem_copy(*ret_len ? bytes : "", *ret_len);
    ledger_done(row);
    return 0;
}

char *ledger_unpack(ZSTD_DCtx *context, const void *bytes, size_t len, size_t *ret_len)
{
    unsigned long long size = ZSTD_getFrameContentSize(bytes, len);
    if (size > LEDGER_RECORD_MAX)
        return NULL;
    char *json = mem_alloc((size_t)size + 1);
    if (ZSTD_decompressDCtx(context, json, (size_t)size, bytes, len) != size) {
        free(json);
        return NULL;
    }
    json[size] = '\0';
    *ret_len = (size_t)size;
    return json;
}

int ledger_statement(struct ledger *ledger, int64_t sighting, char **ret_json, size_t *ret_len,
                     struct error *error)
{
    sqlite3_stmt *row;
    const void *bytes;
    size_t len;
    if (find_statement(ledger, sighting, &row, &bytes, &len, error) != 0)
        return -1;
    if (!ledger->expander)
        ledger->expander = ZSTD_createDCtx();
    char *json = ledger_unpack(ledger->expander, bytes, len, ret_len);
    ledger_done(row);
    if (!json) {
        error_set(error, "the history holds a record that cannot be uncompressed");
        return -1;
    }
    *ret_json = json;
    return 0;
}

int ledger_references(struct ledger *ledger, struct strlist *references, struct error *error)
{
    /* Ordinals stay below 2^40, so that one number orders by source, then by ordinal. */
    sqlite3_stmt *found =
        ledger_query(ledger, error,
                     "SELECT reference FROM (SELECT reference, min(first) AS first FROM"
                     " (SELECT reference, source * 1099511627776 + min(ordinal) AS first FROM sighting"
                     "  GROUP BY reference, source UNION ALL"
                     "  SELECT reference, source * 1099511627776 + min(ordinal) FROM release"
                     "  GROUP BY reference, source) GROUP BY reference) ORDER BY first",
                     "");
    int status = found ? 1 : -1;
    while (status == 1 && (status = ledger_row(ledger, found, error)) == 1)
        strlist_add_steal(references, ledger_text(found, 0));
    return status;
}

void release_row_clear(struct release_row *row)
{
    free(row->shown);
    free(row->sheet);
    free(row->reference);
    free(row->edition);
    free(row->organisation);
    free(row->row);
    *row = (struct release_row){0};
}

void release_rows_free(struct release_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        release_row_clear(&rows[i]);
    free(rows);
}

static void read_release(sqlite3_stmt *found, struct release_row *row)
{
    *row = (struct release_row){
        .source = sqlite3_column_int64(found, 0),
        .run = sqlite3_column_int64(found, 1),
        .reference = ledger_text(found, 2),
        .edition = ledger_text_or_null(found, 3),
        .hash = (uint64_t)sqlite3_column_int64(found, 4),
        .count = sqlite3_column_int64(found, 5),
        .organisation = ledger_text_or_null(found, 6),
        .row = ledger_text(found, 7),
        .ordinal = sqlite3_column_int64(found, 8),
        .sheet = ledger_text_or_null(found, 9),
        .line = sqlite3_column_int64(found, 10),
        .shown = ledger_text(found, 11),
    };
}

int ledger_releases(struct ledger *ledger, const char *reference, struct release_row **ret_rows,
                    size_t *ret_count, struct error *error)
{
    sqlite3_stmt *found = ledger_query(
        ledger, error,
        "SELECT r.source, r.run, r.reference, r.edition, r.hash, r.count, r.organisation, r.row, r.ordinal,"
        " r.sheet, r.line, o.shown"
        " FROM release r JOIN source o ON o.number = r.source WHERE r.reference = ?"
        " ORDER BY r.edition, o.rank, r.run, r.ordinal, r.hash",
        "t", reference);
    if (!found)
        return -1;
    struct release_row *rows = NULL;
    size_t count = 0, cap = 0;
    int status;
    while ((status = ledger_row(ledger, found, error)) == 1) {
        rows = mem_push(rows, count, &cap, sizeof *rows);
        read_release(found, &rows[count++]);
    }
    if (status < 0) {
        release_rows_free(rows, count);
        return -1;
    }
    *ret_rows = rows;
    *ret_count = count;
    return 0;
}
