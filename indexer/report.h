/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run says: problems as they are met, how far it is, and what came of it. */
#ifndef PURPOSED_INDEXER_REPORT_H
#define PURPOSED_INDEXER_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "indexer/base/error.h"
#include "indexer/register/entry.h"

enum {
    REPORT_BAR_WIDTH = 30,       /* characters */
    REPORT_INTERVAL_MS = 100,    /* between two drawings of the bar */
    REPORT_PROBLEMS_MAX = 10000, /* told one by one; more are only counted */
};

struct report {
    int64_t records; /* in the index afterwards */
    int64_t added, updated, unchanged, removed;
    int64_t superseded; /* statements that lost to a source named later */
    int64_t rejected;   /* files, folders, entries that could not be taken */
    int64_t told;       /* problems and notes */
    int64_t taken;      /* sources that were read or known to be unchanged, or taken out */
    int64_t bytes;      /* of the sources read */
    bool bar;           /* draw a progress bar */
    bool bar_is_shown;
    struct timespec start, drawn;
};

/* The clock starts. `quiet`, or a stderr that is no terminal: no bar. */
void report_start(struct report *report, bool quiet);
/* Tells a problem on stderr, "place: what is wrong", and counts it as rejected where input was left out; what
 * was taken all the same is told as "place: note: what". One thread. */
void report_problem(struct report *report, enum problem_kind kind, const struct error *error);
/* `done` of `total` of what `doing` names. */
void report_progress(struct report *report, const char *doing, int64_t done, int64_t total);
/* Takes the bar away and prints the last line, or the JSON object. */
void report_end(struct report *report, bool quiet, bool json);
/* Takes the bar away. */
void report_clear_bar(struct report *report);

#endif
