/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record: one statement of an agreement, as the contract describes it, and its JSON both ways.
 *
 * Texts are UTF-8, NUL-terminated and owned by the record; NULL is null in JSON but for the five parts of
 * prose and `commercial_note`, where NULL is an absent member. Lists hold each value once, in the order met.
 */
#ifndef PURPOSED_REGISTER_RECORD_H
#define PURPOSED_REGISTER_RECORD_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/error.h"
#include "indexer/base/strlist.h"

enum answer { ANSWER_UNKNOWN = 0, ANSWER_NO, ANSWER_YES }; /* null, false, true */

struct release {
    char *dataset;
    char *identifiability;
    char *opt_outs; /* a path */
    struct strlist legal_basis;
    char *duty_of_confidence;
    char *sensitivity;
    char *method;
    char *month;             /* "YYYY-MM" or NULL */
    long count;              /* rows of the source that say the same; >= 1 */
    struct strlist editions; /* in which editions the row stood */
};

struct source {
    char *file;
    char *sheet; /* NULL but for workbooks */
    long line;   /* `line`, or `row` where there is a sheet */
};

enum {
    RECORD_NO_PAGE_FILES = -1,
    RECORD_LIST_MAX = 10000, /* values of one list; what makes or reads a record holds to it */
    RECORD_VALUE_MAX =
        64 << 10, /* bytes of one: of a list, of a release, of what else is a facet; likewise */
    RECORD_NUMBER_MAX = 1000000000, /* of a count: rows of a release, files of a page */
};

struct record {
    char *id;
    char *agreement, *version;
    char *title;
    char *organisation;
    struct strlist organisation_types, controllers;
    char *edition;
    struct strlist editions;
    char *start, *end;                 /* "YYYY-MM-DD" or "YYYY-MM" */
    char *released_from, *released_to; /* "YYYY-MM" */
    enum answer commercial, sublicensing;
    char *commercial_note;
    struct strlist identifiability, opt_outs, legal_basis, duty_of_confidence, sensitivity, method, datasets;
    char *legal_basis_text;
    struct release *releases; /* has_releases false: null, the source does not say what went with what */
    size_t release_count;
    bool has_releases;
    char *objectives, *expected_benefits, *yielded_benefits, *outputs, *processing;
    long page_files; /* RECORD_NO_PAGE_FILES: null */
    struct strlist flags, parse_notes;
    char *first_seen, *changed; /* "YYYY-MM" or "YYYY-MM-DD" */
    struct source *sources;
    size_t source_count;
};

struct record *record_new(void); /* *new*, empty, nothing known */
struct record *record_copy(const struct record *record);
void record_free(struct record *record);    /* takes NULL */
void release_free(struct release *release); /* what it holds, not itself; and leaves it empty */
void release_copy(struct release *to, const struct release *from);

/* Adds an empty release and returns it (*borrowed* until the next call); sets has_releases. */
struct release *record_add_release(struct record *record);
/* Adds a source unless it is there. */
void record_add_source(struct record *record, const char *file, const char *sheet, long line);

/* Leaves it without sources. */
void record_forget_sources(struct record *record);

/* The record as a *new* JSON object, members in the order of the field table. */
json_t *record_to_json(const struct record *record);
/* The same, without its members of prose where they are not asked for. */
enum record_extent { RECORD_WHOLE, RECORD_WITHOUT_PROSE };
json_t *record_extent_json(const struct record *record, enum record_extent extent);
/* *new*, or NULL with `error` naming the member and what was expected. Members not known are ignored and
 * named in parse_notes; missing ones are null, empty or absent. `agreement` and `version` are worked out
 * where missing. */
struct record *record_from_json(const json_t *object, struct error *error);

/* The same from the text of the JSON, which is far quicker; names no member twice. Without its prose, a
 * record has NULL or "" for the texts of that kind. */
struct record *record_from_text(const char *json, size_t len, enum record_extent extent, struct error *error);

/* A *new* text of what the record says, without where and when it was seen (edition, editions, first_seen,
 * changed, sources, releases, parse_notes): two records with equal texts say the same. For hashing. */
char *record_statement_text(const struct record *record);

static inline void record_free_auto(struct record **record)
{
    record_free(*record);
}
#define RECORD_AUTO __attribute__((cleanup(record_free_auto)))

#endif
