/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files read and understood by several threads, handed on in the order named: what the run makes of them does
 * not depend on how many threads there are. A thread waits when it is too far ahead.
 */
#ifndef PURPOSED_INDEXER_READING_H
#define PURPOSED_INDEXER_READING_H

#include "indexer/intake.h"

enum {
    READING_QUEUE = 64, /* things of one file that wait to be handed on */
    READING_AHEAD = 2,  /* files in hand for each thread */
};

struct reading_file {
    const char *path, *shown;
    const char *inherited; /* edition, or NULL */
};

struct reading {
    const struct reading_file *files;
    size_t count;
    unsigned jobs;
    enum read_format format;
    const char *edition;
    const struct organisation_names *names;
    /* All on the caller's thread, file after file. `begin`, `take` (which *steals* the item) and `end` return
     * 0 to go on. `status` is intake_file's: 0 or -1. */
    int (*begin)(void *context, size_t file);
    int (*take)(void *context, struct intake_item *item);
    void (*problem)(void *context, enum problem_kind kind, const struct error *error);
    int (*end)(void *context, int status, const struct error *error);
    void *context;
};

/* 0, or what a call that ended it returned. */
int reading_run(const struct reading *reading);

#endif
