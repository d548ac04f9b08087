/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What readers hand on: raw entries, cut out of a file but not yet understood.
 *
 * An entry is one block of a source: an agreement of a page, a row of a sheet, a line of JSON. It holds, for
 * each heading met, the text that stood there, to the byte but for line ends, which are '\n'. What the text
 * means is decided in this room, by whoever turns entries into records.
 */
#ifndef PURPOSED_REGISTER_ENTRY_H
#define PURPOSED_REGISTER_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/error.h"

enum entry_kind {
    ENTRY_PAGE_AGREEMENT,  /* an agreement of a register page */
    ENTRY_SHEET_STATEMENT, /* a row of a sheet of agreements' prose */
    ENTRY_SHEET_RELEASE,   /* a row of a sheet of releases, or of data sets */
    ENTRY_SHEET_LABEL,     /* a row of the sheet of explanations: a legal basis and what it means */
    ENTRY_RECORD,          /* a record as JSON */
};

enum entry_heading {
    HEADING_NONE = -1,
    HEADING_REFERENCE,
    HEADING_TITLE,
    HEADING_ORGANISATION,
    HEADING_ORGANISATION_TYPE,
    HEADING_TYPE_OF_DATA, /* page: "Type of data"; sheets: identifiable or anonymised */
    HEADING_OPT_OUTS,
    HEADING_LEGAL_BASIS,
    HEADING_DUTY_OF_CONFIDENCE,
    HEADING_PURPOSES, /* page only: commercial, prose, kinds of organisation */
    HEADING_COMMERCIAL,
    HEADING_SENSITIVITY,
    HEADING_WHEN, /* page only: both halves */
    HEADING_START,
    HEADING_END,
    HEADING_MONTH, /* the month a file was released */
    HEADING_METHOD,
    HEADING_CONTROLLERS,
    HEADING_SUBLICENSING,
    HEADING_DATASETS, /* page: one data set a line, list marks taken off; sheets: one */
    HEADING_OBJECTIVES,
    HEADING_EXPECTED_BENEFITS,
    HEADING_YIELDED_BENEFITS,
    HEADING_OUTPUTS,
    HEADING_PROCESSING,
    HEADING_PAGE_FILES, /* page: the sentence that says how many data files went out */
    HEADING_FLAGS,      /* page: warnings about the organisation, one a line, flag character taken off */
    HEADING_PAGE_NOTES, /* page: "Repeats: ...", "Categories: ..." and the like, one a line */
    HEADING_EXPLANATION,
    HEADING_JSON, /* ENTRY_RECORD: the whole object */
    HEADING_COUNT,
};

/* A text met under a heading. `text` is NULL where the heading was not met, "" where nothing stood under it.
 */
struct entry_field {
    const char *text;
    size_t len;
    bool cut_off; /* the source itself was cut (a cell of exactly 32,767 characters) */
};

/* *Borrowed* by whoever is handed it, for the time of the call. */
struct entry {
    enum entry_kind kind;
    const char *file;    /* as it is to be shown in `sources` */
    const char *sheet;   /* NULL but for workbooks */
    long line;           /* line of the heading, or row; 1-based */
    const char *edition; /* "YYYY-MM" where the source says so itself, else NULL */
    bool from_1904;      /* a number that stands for a day counts from 1904-01-01 */
    struct entry_field fields[HEADING_COUNT];
};

/* What became of the input that a problem is about. */
enum problem_kind {
    PROBLEM_LEFT_OUT,  /* it was not taken */
    PROBLEM_CUT_SHORT, /* taken as far as it goes; more may have stood there */
    PROBLEM_NOTE,      /* taken all the same */
};

/* Where entries go. `take` returns 0 to go on, other values end the reading with that value. `problem` is
 * told what was not as expected, with its place; the reading goes on behind it. */
struct entry_sink {
    void *context;
    int (*take)(void *context, const struct entry *entry);
    void (*problem)(void *context, enum problem_kind kind, const struct error *error);
};

#endif
