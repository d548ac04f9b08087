/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run says: problems as they are met, how far it is, and what came of it. */
#ifndef PURPOSED_INDEXER_REPORT_H
#define PURPOSED_INDEXER_REPORT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "indexer/base/error.h"
#include "indexer/base/strlist.h"
#include "indexer/register/entry.h"

enum {
    REPORT_BAR_WIDTH = 30,       /* characters */
    REPORT_INTERVAL_MS = 100,    /* between two drawings of the bar */
    REPORT_PROBLEMS_MAX = 10000, /* told one by one; more are only counted */
    REPORT_TOUCHED_SHOWN = 3,    /* files named in a log line */
};

/* What runs that follow one another in one process keep: files touched by the run, and problems of the last
 * one, which are not told again. Zeroed memory is an empty log; free with report_log_free. */
struct report_log {
    struct strlist touched; /* the first of them: "FILE changed" */
    size_t touched_count;   /* of all */
    struct told_problem *told;
    int64_t run; /* counts runs */
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
    struct report_log *log; /* NULL; *borrowed* */
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

/* Takes the bar away and tells why nothing could be done. */
void report_failure(struct report *report, const struct error *error);

/* These do nothing, and find nothing, without a log. `what` happened to a file: "added", "changed". */
void report_touch(struct report *report, const char *file, const char *what);
/* Whether a file or a record is not as it was before the run. */
bool report_has_change(const struct report *report);
/* The log line of the run on stderr. */
void report_change(struct report *report);
/* The run has ended. */
void report_log_next(struct report_log *log);
void report_log_free(struct report_log *log);

#endif
