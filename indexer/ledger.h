/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ledger: what every source states, and what became of it. `history.sqlite` in the index folder.
 *
 * It is the one thing that is never thrown away: generations of the index are derived from it, whatever their
 * format. Tables (ledger_schema.c has them): source     a file: its content's hash, so that an unchanged one
 * is skipped sighting   one statement of one source: reference, id, edition, hashes; its record, compressed,
 * in `statement` release    one distinct row of releases of one source label      what a provision means in
 * plain words, as a workbook explains it identity   every id ever known: when it was first seen, changed and
 * lost; kept after the record has gone manifest   the documents that the index is to hold, with their hashes
 *   pending    those of them that it does not hold yet in that form
 *   wording, member  which records are copies of one another
 *
 * A text with no value ("no edition") is "" in the tables and NULL in these structs. All calls return 0 (or
 * what they say), -1 with `error`. A ledger is one thread's; several may be open at once, one of them
 * writing.
 */
#ifndef PURPOSED_INDEXER_LEDGER_H
#define PURPOSED_INDEXER_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <zstd.h>

#include "indexer/base/error.h"
#include "indexer/base/strlist.h"

enum {
    LEDGER_SCHEMA = 3,            /* PRAGMA user_version; an older one is brought up, a newer one refused */
    LEDGER_HASH_SIZE = 16,        /* bytes of a text's or file's hash (XXH3, 128 bits) */
    LEDGER_WAIT_MS = 10000,       /* how long a reader waits for a commit under way */
    LEDGER_RECORD_MAX = 64 << 20, /* bytes of one record as JSON */
    LEDGER_SIGNATURE_MAX = 512,   /* bytes of a wording's signature */
    LEDGER_SIGHTINGS_MAX = 1000,  /* statements of one reference in one source (the register has thirteen) */
};

struct ledger;

enum ledger_mode {
    LEDGER_WRITE,   /* made where there is none */
    LEDGER_READ,    /* must be there */
    LEDGER_SCRATCH, /* a temporary one, gone when closed; `path` is not looked at */
};

int ledger_open(const char *path, enum ledger_mode mode, struct ledger **ret_ledger, struct error *error);
void ledger_close(struct ledger *ledger); /* what was not committed is dropped */

int ledger_begin(struct ledger *ledger, struct error *error);
int ledger_commit(struct ledger *ledger, struct error *error);
void ledger_rollback(struct ledger *ledger);
/* A file's own changes inside the transaction: kept, or undone as if it had not been read. */
int ledger_file_begin(struct ledger *ledger, struct error *error);
int ledger_file_end(struct ledger *ledger, bool keep, struct error *error);

/* Numbers of the ledger as a whole; 0 where never set.
 * "run": runs that wrote; "sequence": grows with each change that the index has to follow; "indexed": the
 * sequence that the index is known to have reached; "rank": the highest rank given to a source. */
int ledger_number(struct ledger *ledger, const char *key, int64_t *ret_number, struct error *error);
int ledger_set_number(struct ledger *ledger, const char *key, int64_t number, struct error *error);
/* A text under a key, *new*; "" where never set. "vocabulary": the user's own acronyms, as vocabulary_read()
 * gives them. */
int ledger_value(struct ledger *ledger, const char *key, char **ret_text, struct error *error);
int ledger_set_value(struct ledger *ledger, const char *key, const char *text, struct error *error);
/* Whether the file holds together, and what was stated is as it was read. 0; 1 with `error` where it does
 * not; -1. */
int ledger_check(struct ledger *ledger, struct error *error);

/* ---- Sources ---- */

struct ledger_source {
    int64_t number; /* 0: not in the ledger yet */
    char *path;     /* absolute, links resolved */
    char *shown;    /* as `sources` of its records name it */
    char *edition;  /* as --edition gave it, or NULL */
    int format;     /* as --format gave it (enum read_format) */
    unsigned char hash[LEDGER_HASH_SIZE];
    int64_t reader;   /* INTAKE_VERSION it was read with */
    int64_t rejected; /* problems, for which it is not known whole */
    int64_t rank;     /* the source named last has the highest */
    int64_t run;      /* of its last reading; its sightings of earlier runs are left over */
};

void ledger_source_clear(struct ledger_source *source);
/* 1 found, 0 not. */
int ledger_find_source(struct ledger *ledger, const char *path, struct ledger_source *ret_source,
                       struct error *error);
/* Inserts (number 0, set then) or updates. */
int ledger_put_source(struct ledger *ledger, struct ledger_source *source, struct error *error);
int ledger_rank_source(struct ledger *ledger, int64_t source, int64_t rank, struct error *error);
/* The paths of sources that are `root` or lie under it. */
int ledger_sources_under(struct ledger *ledger, const char *root, struct strlist *paths, struct error *error);
/* Takes a source out with all that it stated; its references become affected. */
int ledger_forget_source(struct ledger *ledger, int64_t source, struct error *error);
/* Notes that this run names the source; forgotten when the ledger is closed. */
int ledger_name_source(struct ledger *ledger, int64_t source, struct error *error);
/* Names of organisations that sources gave records. */
int ledger_organisations(struct ledger *ledger, struct strlist *names, struct error *error);

/* ---- What a source states ---- */

/* A statement, all but the record itself. */
struct sighting {
    int64_t number, source, rank, run;
    int64_t ordinal; /* in the source's order */
    char *reference, *id, *edition, *organisation;
    unsigned char text[LEDGER_HASH_SIZE]; /* hash of record_statement_text */
    uint64_t hash;                        /* of the record's JSON */
    bool has_releases;
    char *seen; /* JSON object: the record's `editions`, `sources` and `parse_notes` */
};

void sighting_clear(struct sighting *sighting);
void sightings_free(struct sighting *sightings, size_t count);

/* The id, *new*, that a source's statement gets: the one stated, or the next free "#n" where the source, in
 * this run and for this edition, has that id for another text. 1 with
 * `error` past LEDGER_SIGHTINGS_MAX. */
int ledger_assign_id(struct ledger *ledger, const struct sighting *sighting, const char *stated,
                     char **ret_id, struct error *error);
/* Adds a statement; `record` is its JSON, compressed. */
int ledger_add_sighting(struct ledger *ledger, const struct sighting *sighting, const void *record,
                        size_t len, struct error *error);
/* A row of releases as one source states it. */
struct release_row {
    int64_t source, run;
    int64_t ordinal; /* in the source's order */
    int64_t count;   /* rows that say the same */
    char *reference, *edition, *organisation;
    char *shown, *sheet; /* where it stands first; `shown` is the source's, only read */
    int64_t line;
    bool is_total; /* only written: the count is already that of all the source's rows, as in a record's JSON
                    */
    uint64_t hash; /* of `row` */
    char *row;     /* the release as JSON, its month included, without count and editions */
};

void release_row_clear(struct release_row *row);
void release_rows_free(struct release_row *rows, size_t count);
/* Adds a row; its count is added up where the source has the row already (is_total: the larger one stays). */
int ledger_add_release(struct ledger *ledger, const struct release_row *row, struct error *error);
int ledger_put_label(struct ledger *ledger, const char *path, const char *text, bool *ret_changed,
                     struct error *error);
/* All labels as a JSON object, *new*. */
int ledger_labels(struct ledger *ledger, char **ret_json, struct error *error);

/* A source was read anew in `run`: what it stated before goes where it states the same reference and edition
 * now (or stated no edition then); the rest stays as left over. All its references become affected. */
int ledger_replace(struct ledger *ledger, int64_t source, int64_t run, struct error *error);
/* Takes away what is left over of references that the source no longer has. */
int ledger_prune_left_over(struct ledger *ledger, int64_t source, int64_t run, bool *ret_pruned,
                           struct error *error);
/* Makes every reference that more than one source states affected: the order of sources may have changed. */
int ledger_affect_shared(struct ledger *ledger, struct error *error);
/* The next affected reference behind `after` ("" at first), *new*; 1, or 0 when there is none. */
int ledger_next_affected(struct ledger *ledger, const char *after, char **ret_reference, struct error *error);
int ledger_clear_affected(struct ledger *ledger, struct error *error);

/* The sightings under a reference, by id, then in the order of rank and ordinal. *new*. */
int ledger_sightings(struct ledger *ledger, const char *reference, struct sighting **ret_sightings,
                     size_t *ret_count, struct error *error);
/* The JSON of a statement, uncompressed, *new*. */
int ledger_statement(struct ledger *ledger, int64_t sighting, char **ret_json, size_t *ret_len,
                     struct error *error);
/* The same as it lies there, for ledger_unpack() on any thread: the JSON, *new* and NUL-terminated, or NULL
 * where it cannot be uncompressed. */
int ledger_statement_packed(struct ledger *ledger, int64_t sighting, char **ret_bytes, size_t *ret_len,
                            struct error *error);
char *ledger_unpack(ZSTD_DCtx *context, const void *bytes, size_t len, size_t *ret_len);
/* Adds all references in the order of sources and, within one, in the order in which it first has them. */
int ledger_references(struct ledger *ledger, struct strlist *references, struct error *error);

/* The release rows of a reference: by edition, then in the order of rank and ordinal; *new*. */
int ledger_releases(struct ledger *ledger, const char *reference, struct release_row **ret_rows,
                    size_t *ret_count, struct error *error);

/* ---- What became of it ---- */

struct identity {
    char *day;           /* "YYYY-MM-DD" when it was first indexed */
    char *first_edition; /* the oldest edition it was ever seen in, or NULL */
    char *changed;       /* edition or day of its text as it is */
    unsigned char text[LEDGER_HASH_SIZE];
    char *gone; /* edition or day since when no source states it, or NULL */
};

void identity_clear(struct identity *identity);
/* 1 found, 0 never seen. */
int ledger_find_identity(struct ledger *ledger, const char *id, struct identity *ret_identity,
                         struct error *error);
int ledger_put_identity(struct ledger *ledger, const char *id, const struct identity *identity,
                        struct error *error);

/* A document that the index is to hold. */
struct manifest_entry {
    char *key; /* the id, or "id@edition" for an older edition's text */
    char *reference, *id;
    char *edition; /* NULL for the record itself */
    uint64_t hash; /* of all that the document is made of */
    uint64_t said; /* of what it says: its text, its editions, its releases */
    char *group;   /* only read: the first id among its copies (its own where it has none), by order of bytes;
                      NULL for an older edition's text */
};

void manifest_entry_clear(struct manifest_entry *entry);
void manifest_entries_free(struct manifest_entry *entries, size_t count);
/* The entries of a reference, by key; *new*. */
int ledger_manifest(struct ledger *ledger, const char *reference, struct manifest_entry **ret_entries,
                    size_t *ret_count, struct error *error);
int ledger_find_entry(struct ledger *ledger, const char *key, struct manifest_entry *ret_entry,
                      struct error *error);
/* Both put the key among the pending. */
int ledger_put_entry(struct ledger *ledger, const struct manifest_entry *entry, struct error *error);
int ledger_remove_entry(struct ledger *ledger, const char *key, struct error *error);
/* How many documents, how many of them records (not older texts). */
int ledger_count(struct ledger *ledger, int64_t *ret_documents, int64_t *ret_records, struct error *error);
/* How many records the sources named in this run (ledger_name_source) state now. */
int ledger_count_named(struct ledger *ledger, int64_t *ret_records, struct error *error);
/* The key at place `offset` (0 the first) in order of bytes, *new*; NULL behind the last. */
int ledger_key_at(struct ledger *ledger, int64_t offset, char **ret_key, struct error *error);

/* Walks the manifest's entries, or the pending keys, in order of bytes: the next behind `after` ("" at
 * first). 1, or 0 at the end. */
int ledger_next_entry(struct ledger *ledger, const char *after, struct manifest_entry *ret_entry,
                      struct error *error);
int ledger_next_pending(struct ledger *ledger, const char *after, char **ret_key, struct error *error);
int ledger_count_pending(struct ledger *ledger, int64_t *ret_count, struct error *error);
int ledger_clear_pending(struct ledger *ledger, struct error *error);

/* ---- Which records are copies of one another ---- */

/* A set of five-word runs, see indexer/distinct. */
struct ledger_wording {
    int64_t number;
    int64_t size;      /* runs */
    int64_t component; /* see ledger_schema.c */
    unsigned char hash[LEDGER_HASH_SIZE];
    unsigned char signature[LEDGER_SIGNATURE_MAX];
    size_t signature_len; /* bytes */
};

/* Notes that a record is current, and by which statement (0: releases alone) of which text. */
int ledger_put_member(struct ledger *ledger, const char *key, int64_t sighting,
                      const unsigned char text[LEDGER_HASH_SIZE], struct error *error);
int ledger_remove_member(struct ledger *ledger, const char *key, struct error *error);
/* The next member behind `after` whose wording is not worked out; *ret_key *new*. 1, or 0 at the end. */
int ledger_next_unread(struct ledger *ledger, const char *after, char **ret_key, int64_t *ret_sighting,
                       struct error *error);
int ledger_count_unread(struct ledger *ledger, int64_t *ret_count, struct error *error);
/* Sets the wording of a member; 0 for none. */
int ledger_set_wording(struct ledger *ledger, const char *key, int64_t wording, struct error *error);
/* The wording with that hash, 0 where there is none. */
int ledger_find_wording(struct ledger *ledger, const unsigned char hash[LEDGER_HASH_SIZE],
                        int64_t *ret_number, struct error *error);
/* Adds a wording, new to all groups, and sets its number. */
int ledger_add_wording(struct ledger *ledger, struct ledger_wording *wording, struct error *error);
/* The next wording by number. 1, or 0 at the end. */
int ledger_next_wording(struct ledger *ledger, int64_t after, struct ledger_wording *ret_wording,
                        struct error *error);
int ledger_count_wordings(struct ledger *ledger, int64_t *ret_count, struct error *error);
/* The statement of some member with the wording. */
int ledger_wording_sighting(struct ledger *ledger, int64_t wording, int64_t *ret_sighting,
                            struct error *error);
int ledger_set_component(struct ledger *ledger, int64_t wording, int64_t component, struct error *error);
/* Takes away wordings that no member has; those that were in one group with them are marked so. */
int ledger_drop_wordings(struct ledger *ledger, struct error *error);
/* Works the members' groups out of the wordings' components; what has another group than before becomes
 * pending. *ret_changed: whether there was any. */
int ledger_settle_members(struct ledger *ledger, bool *ret_changed, struct error *error);
/* How many members have another group than their wordings' components say. */
int ledger_count_misplaced(struct ledger *ledger, int64_t *ret_count, struct error *error);
/* The next member behind `after`, its wording worked out; *ret_key *new*. 1, or 0 at the end. */
int ledger_next_member(struct ledger *ledger, const char *after, char **ret_key, int64_t *ret_sighting,
                       int64_t *ret_wording, struct error *error);
/* Forgets all wordings; every reference of the manifest becomes affected. */
int ledger_forget_wordings(struct ledger *ledger, struct error *error);

#endif
