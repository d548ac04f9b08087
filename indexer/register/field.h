/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The field table: one row a field, read by the record's JSON, the indexer, filters, facets, the `schema`
 * reply, the help texts and the page. A new field is a new row (and its member in struct record).
 *
 * Index format history (FIELD_FORMAT; an index of another number is not read but built anew):
 *   1  first: slots and prefixes as below
 *   2  every current record's group in its facet's slot; COLUMN_PART_HASHES (indexer/store/columns.h)
 *   3  stored records in several frames (indexer/store/text_store.h); a hit's `changed` is stored with it
 *   4  stored records with checksums
 */
#ifndef PURPOSED_REGISTER_FIELD_H
#define PURPOSED_REGISTER_FIELD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/strlist.h"
#include "indexer/register/record.h"

enum { FIELD_FORMAT = 4 };

enum field_kind {
    FIELD_TEXT,     /* char *: a text, null when NULL */
    FIELD_PROSE,    /* char *: a text, absent when NULL */
    FIELD_DATE,     /* char *: "YYYY-MM-DD" or "YYYY-MM" */
    FIELD_LIST,     /* struct strlist of texts */
    FIELD_PATHS,    /* struct strlist of paths, levels parted by FIELD_PATH_SEPARATOR */
    FIELD_ANSWER,   /* enum answer */
    FIELD_NUMBER,   /* long, null when negative */
    FIELD_RELEASES, /* the releases */
    FIELD_SOURCES,  /* the sources */
    FIELD_DERIVED,  /* a facet worked out of other members: in_force, group */
};

#define FIELD_PATH_SEPARATOR " > "

/* What a field can be used for. */
enum field_use {
    FIELD_USE_PART = 1 << 0,  /* searched as a part of the text; `prefix` is the prefix of its terms */
    FIELD_USE_FACET = 1 << 1, /* counted and filtered by value; `slot` holds its ordinals (record level) */
    FIELD_USE_RELEASE =
        1 << 2,               /* a facet of releases: for records that have them, held in SLOT_RELEASES too */
    FIELD_USE_RANGE = 1 << 3, /* filtered by {from, to} */
    FIELD_USE_SORT = 1 << 4,  /* a sort key */
    FIELD_USE_HIT = 1 << 5,   /* a member of a hit */
};

/* Value slots of the index. Once used, a number is never given to anything else. */
enum field_slot {
    SLOT_NONE = -1,
    SLOT_HASH = 0, /* 8 bytes: hash of the record as it was indexed */
    SLOT_PART_STARTS =
        1, /* FIELD_PART_COUNT varints: position before which each part's words lie; see indexer/store */
    SLOT_RELEASES = 2,  /* rows of releases as ordinals; see indexer/store */
    SLOT_REFERENCE = 3, /* the reference without "#n": whose releases these are */
    SLOT_STATE = 4,     /* 1 byte, bits: 1 an older edition's text */
    SLOT_FACETS = 16,   /* first of the facets' slots */
    SLOT_DATES = 48,    /* first of the slots of dates and sort keys */
};

struct field {
    const char *name;  /* the member's name in JSON */
    const char *facet; /* its name as a facet (singular), NULL where it is none */
    const char *label; /* what people read */
    const char *help;  /* one sentence: what it says */
    enum field_kind kind;
    unsigned use;  /* enum field_use */
    size_t offset; /* of the member in struct record */
    ptrdiff_t
        release_offset; /* of the member in struct release (char * or struct strlist), -1 where it has none */
    const char *prefix; /* of the terms of a part, NULL where it is none */
    int slot;           /* of a facet; SLOT_NONE otherwise: dates and sort keys lie as indexer/store says */
};

enum { FIELD_PART_COUNT = 8 };

/* All rows, in the order of the record's JSON. *Borrowed*, for ever. */
const struct field *field_table(size_t *ret_count);
/* By the name of facet or member, singular or plural, "-" standing for "_", or by a name of the query
 * language; NULL where there is none. Facets go before members: "edition" is the facet, the member
 * `editions`. "released" is released_from, the pair of released_to. */
const struct field *field_find(const char *name);
/* The name under which filters, facets and sorts know a field. *Borrowed*, for ever. */
const char *field_filter_name(const struct field *field);
/* The parts, in the order in which their words are indexed: title, organisation, objectives,
 * expected_benefits, yielded_benefits, outputs, processing, commercial_note. */
const struct field *const *field_parts(void);
/* The facets, in the order in which they are shown; the release facets come first. */
const struct field *const *field_facets(size_t *ret_count);
/* Index of a facet in field_facets(), or -1. */
int field_facet_number(const struct field *field);

/* The text of a part, *borrowed* from the record; NULL where absent. */
const char *field_part_text(const struct field *part, const struct record *record);

/* The values of a facet, as spelt, that a record or a release has; a list emptied first. Answers are "yes"
 * and "no"; in_force gives each year from start to end, the only year known, or none; a span that runs
 * backwards or is longer than FIELD_YEARS_MAX years is cut to its two ends. `group` has none: groups are made
 * of all records together. */
enum { FIELD_YEARS_MAX = 200 };
void field_record_values(const struct field *facet, const struct record *record, struct strlist *values);
void field_release_values(const struct field *facet, const struct release *release, struct strlist *values);

/* Changes a text, in place, so that it can be a level of a path: FIELD_PATH_SEPARATOR within it would make
 * two of it. */
void field_as_level(char *text);

/* The stable key of a value of this facet, *new*: for paths the path itself, folded spelling for other texts
 * (see key.h). Two spellings are one value when their keys are equal. */
char *field_key(const struct field *facet, const char *spelling);

#endif
