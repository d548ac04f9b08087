/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/help.h"

enum {
    SEARCH = HELP_FOR(COMMAND_SEARCH),
    SHOW = HELP_FOR(COMMAND_SHOW),
    FACETS = HELP_FOR(COMMAND_FACETS),
    SIMILAR = HELP_FOR(COMMAND_SIMILAR),
    COMPARE = HELP_FOR(COMMAND_COMPARE),
    SUGGEST = HELP_FOR(COMMAND_SUGGEST),
    CHANGES = HELP_FOR(COMMAND_CHANGES),
    EXPORT = HELP_FOR(COMMAND_EXPORT),
    FINDS = SEARCH | EXPORT, /* what takes a query and gives agreements */
    HITS = SEARCH | SIMILAR,
    LISTS = SEARCH | FACETS,
    ROWS = LISTS | SIMILAR | SUGGEST | CHANGES | EXPORT,
};

const char help_minus_hint[] = "to leave out a word, put -- before the query: purpose -- risk -invoice";

const struct help_option help_options[] = {
    {"", 'f', "FACET=VALUE", LISTS | SIMILAR | EXPORT,
     "only what has this value; given twice for one facet: either value; start, end, released and changed "
     "take FROM..TO"},
    {"facet", KEY_FACET, "NAME", HITS, "count the values of this facet (may be given several times)"},
    {"part", KEY_PART, "PART", FINDS | SIMILAR | FACETS,
     "look in this part only, or hold this part against others (may be given several times)"},
    {"any", KEY_ANY, NULL, FINDS | FACETS, "any of the words, not all of them"},
    {"fold", KEY_FOLD, NULL, FINDS,
     "one agreement for each distinct text, with the number of its copies, which say the same or nearly so"},
    {"copies", KEY_COPIES, NULL, SIMILAR, "the agreements whose parts are the same but for white space"},
    {"newest", KEY_NEWEST, NULL, LISTS | EXPORT,
     "of the versions of an agreement that match, the newest only"},
    {"history", KEY_HISTORY, NULL, FINDS | FACETS, "look in the texts of older editions too"},
    {"explain", KEY_EXPLAIN, NULL, SEARCH,
     "say how the query is understood and why each agreement was found"},
    {"snippets", KEY_SNIPPETS, "N", SEARCH, "up to so many passages of each agreement (1)"},
    {"sort", KEY_SORT, "KEY", LISTS | EXPORT,
     "agreements: relevance, start, end, released, organisation, title, id or page_files, turned round with "
     "a - before it; facets: count or value"},
    {"", 'n', "N", LISTS | SIMILAR | SUGGEST, "so many on a page (10)"},
    {"page", KEY_PAGE, "N", LISTS | SIMILAR, "the N-th page"},
    {"cursor", KEY_CURSOR, "CURSOR", SEARCH,
     "the page after the one whose --json result has this cursor; steady while the index changes"},
    {"edition", KEY_EDITION, "YYYY-MM", SHOW, "the text as it stood in this edition"},
    {"full", KEY_FULL, NULL, COMPARE, "all the words that both have, not only those around a difference"},
    {"from", KEY_FROM, "YYYY-MM", CHANGES, "the older edition (the one before the newer one)"},
    {"to", KEY_TO, "YYYY-MM", CHANGES, "the newer edition (the newest)"},
    {"parent", KEY_PARENT, "VALUE", FACETS,
     "the values one level below this one; a value further down is a path, its levels parted by \" > \""},
    {"contains", KEY_CONTAINS, "TEXT", FACETS, "only values that contain this text"},
    {"count", KEY_COUNT, "WHAT", FACETS,
     "records (the agreements, each once; so without this) or releases (the rows of a workbook; pages "
     "state none)"},
    {"json", KEY_JSON, NULL, HELP_FOR_ALL,
     "the result as one JSON object, as the daemon gave it; of export, an array of records"},
    {"jsonl", KEY_JSONL, NULL, ROWS, "a JSON object a line for each agreement, value or change"},
    {"csv", KEY_CSV, NULL, ROWS, "comma-separated values with a heading row (RFC 4180)"},
    {"tsv", KEY_TSV, NULL, ROWS, "tab-separated values with a heading row"},
    {"colour", KEY_COLOUR, "WHEN", HELP_FOR_ALL,
     "auto (on a terminal), always or never; NO_COLOR counts as never"},
    {"no-pager", KEY_NO_PAGER, NULL, HELP_FOR_ALL, "do not use $PAGER on a terminal"},
    {"socket", KEY_SOCKET, "ADDRESS", HELP_FOR_ALL,
     "the daemon's unix:PATH, tcp:HOST:PORT or http://HOST:PORT; else $PURPOSED_SOCKET, else where purposed "
     "listens by itself"},
    {"timeout", KEY_TIMEOUT, "SECONDS", HELP_FOR_ALL, "give up after so long (30)"},
    {"help", 'h', NULL, HELP_FOR_ALL, "this text"},
    {"version", 'V', NULL, HELP_FOR_ALL, "the version"},
    {NULL, 0, NULL, 0, NULL},
};

_Static_assert(sizeof help_options / sizeof *help_options <= HELP_OPTIONS_MAX,
               "too many options for the tables");
