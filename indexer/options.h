/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of purpose-index. */
#ifndef PURPOSED_INDEXER_OPTIONS_H
#define PURPOSED_INDEXER_OPTIONS_H

#include <stdbool.h>

#include "indexer/base/strlist.h"
#include "indexer/read/read.h"

enum {
    EXIT_ALL_TAKEN = 0,
    EXIT_SOME_REJECTED = 1,
    EXIT_NOTHING_DONE = 2, /* or wrong usage */

    OPTIONS_JOBS_MAX = 64,        /* threads that may be asked for */
    OPTIONS_JOBS_DEFAULT_MAX = 8, /* threads taken without being asked */

    OPTIONS_RESCAN_DEFAULT = 60, /* seconds */
    OPTIONS_RESCAN_MAX = 86400,
};

enum action { ACTION_INDEX, ACTION_PARSE, ACTION_CHECK };

struct options {
    enum action action;
    const char *db;
    const char *vocabulary; /* a file of acronyms; NULL: those known stay */
    const char *edition;    /* NULL: as the sources say */
    enum read_format format;
    unsigned jobs;
    bool prune, json, quiet;
    bool watch;      /* implies prune */
    unsigned rescan; /* seconds between looks at sources that are watched */
    struct strlist sources;
};

/* Reads the command line. Returns -1 to go on, else the exit code with which to end (help, version, wrong
 * usage: told already). Free with options_free in any case. */
int options_read(int argc, char **argv, struct options *options);
void options_free(struct options *options);

#endif
