/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of options and commands that the command line is read by and that --help prints. */
#ifndef PURPOSED_CLIENT_HELP_H
#define PURPOSED_CLIENT_HELP_H

#include "client/options.h"

enum { HELP_OPTIONS_MAX = 48 };

/* What getopt_long gives for an option; below KEY_FIRST_LONG it is the short option's letter. */
enum {
    KEY_FIRST_LONG = 256,
    KEY_FACET = KEY_FIRST_LONG,
    KEY_PART,
    KEY_ANY,
    KEY_FOLD,
    KEY_COPIES,
    KEY_SNIPPETS,
    KEY_CURSOR,
    KEY_SORT,
    KEY_PAGE,
    KEY_NEWEST,
    KEY_HISTORY,
    KEY_EXPLAIN,
    KEY_EDITION,
    KEY_FULL,
    KEY_FROM,
    KEY_TO,
    KEY_PARENT,
    KEY_CONTAINS,
    KEY_COUNT,
    KEY_JSON, /* to KEY_TSV in the order of enum format */
    KEY_JSONL,
    KEY_CSV,
    KEY_TSV,
    KEY_COLOUR,
    KEY_NO_PAGER,
    KEY_SOCKET,
    KEY_TIMEOUT,
};

#define HELP_FOR(command) (1u << (command))
#define HELP_FOR_ALL (~0u)

struct help_option {
    const char *name; /* long name; "" where it has none; NULL ends the table */
    int key;
    const char *value; /* what its value is called; NULL where it takes none */
    unsigned commands; /* HELP_FOR() each command that takes it */
    const char *help;
};

extern const struct help_option help_options[];

struct help_command {
    const char *name;
    const char *usage; /* after "purpose " */
    const char *summary;
    const char *details; /* paragraphs and examples; each example works on the register of tests/register */
};

extern const struct help_command help_commands[COMMAND_COUNT];

/* What may stand in a query: paragraphs and examples. */
extern const char help_query[];

/* Told where somebody may have meant a minus before a word. */
extern const char help_minus_hint[];

#endif
