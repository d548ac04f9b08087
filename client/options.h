/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of `purpose`: one table of commands and one of options, read by the parser and by the help
 * alike.
 */
#ifndef PURPOSED_CLIENT_OPTIONS_H
#define PURPOSED_CLIENT_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "indexer/base/error.h"
#include "indexer/base/strlist.h"

enum {
    OPTIONS_HITS = 10,           /* hits or values on a page, unless -n says */
    OPTIONS_COUNT_MAX = 1000000, /* the largest number an option takes; the daemon's own limits are lower */
    OPTIONS_SECONDS_MAX = 86400, /* the longest --timeout: a day */
    OPTIONS_SECONDS = 30,        /* --timeout, unless given */
};

enum command {
    COMMAND_SEARCH,
    COMMAND_SHOW,
    COMMAND_FACETS,
    COMMAND_SIMILAR,
    COMMAND_COMPARE,
    COMMAND_SUGGEST,
    COMMAND_CHANGES,
    COMMAND_EXPORT,
    COMMAND_SCHEMA,
    COMMAND_STATUS,
    COMMAND_MCP,
    COMMAND_HELP,
    COMMAND_COUNT
};
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_JSONL, FORMAT_CSV, FORMAT_TSV };
enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };

struct options {
    enum command command;
    enum format format;
    enum colour colour;
    bool help, version, no_pager;
    bool any, fold, newest, history, explain; /* of a search */
    bool copies;                              /* of what is similar */
    bool full;                                /* of a comparison */
    bool is_named;                            /* the command was named, not taken for granted */
    struct strlist words;                     /* after the command's name */
    struct strlist filters;                   /* each "FACET=VALUE" as typed */
    struct strlist facets, parts;
    const char *sort, *edition, *parent, *contains, *from, *to; /* *borrowed* from argv; NULL: not given */
    const char *count, *cursor, *address;                       /* the same */
    long limit;                                                 /* >= 0 */
    long page;                                                  /* >= 1 */
    long snippets;                                              /* a hit; -1: not given */
    int seconds;
};

/* Reads the command line; 0, or -1 with `error`. The options borrow from `argv`. Not for two threads at once.
 */
int options_parse(int argc, char **argv, struct options *ret_options, struct error *error);
void options_free(struct options *options);

/* The command of this name, or COMMAND_COUNT. */
enum command options_command(const char *name);
const char *options_command_name(enum command command);

/* How the program, or one command of it, is used. COMMAND_HELP stands for the program. */
void options_help(FILE *to, enum command command);
/* What a query may hold. `purpose help query` asks for it by this name. */
void options_help_query(FILE *to);
extern const char options_query_topic[];

#endif
