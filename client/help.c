/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/help.h"

#include <string.h>

enum {
    SEARCH = HELP_FOR(COMMAND_SEARCH),
    SHOW = HELP_FOR(COMMAND_SHOW),
    FACETS = HELP_FOR(COMMAND_FACETS),
    COMPARE = HELP_FOR(COMMAND_COMPARE),
    CHANGES = HELP_FOR(COMMAND_CHANGES),
    LISTS = SEARCH | FACETS,
    ROWS = LISTS | CHANGES,
    OPTION_COLUMNS = 24, /* columns that an option's name and value take in the help */
};

const char help_minus_hint[] = "to leave out a word, put -- before the query: purpose -- risk -invoice";

const struct help_option help_options[] = {
    {"", 'f', "FACET=VALUE", LISTS,
     "only what has this value; given twice for one facet: either value; start, end, released and changed "
     "take "
     "FROM..TO"},
    {"facet", KEY_FACET, "NAME", SEARCH, "count the values of this facet (may be given several times)"},
    {"part", KEY_PART, "PART", SEARCH, "look in this part only (may be given several times)"},
    {"fold", KEY_FOLD, NULL, SEARCH, "show agreements with the same text as one"},
    {"newest", KEY_NEWEST, NULL, LISTS, "of the versions of an agreement that match, the newest only"},
    {"history", KEY_HISTORY, NULL, SEARCH, "look in the texts of older editions too"},
    {"explain", KEY_EXPLAIN, NULL, SEARCH, "say how the query is understood"},
    {"sort", KEY_SORT, "KEY", LISTS,
     "search: relevance, start, end, released, organisation, title, id or page_files, turned round with a - "
     "before "
     "it; facets: count or value"},
    {"", 'n', "N", LISTS, "so many on a page (10)"},
    {"page", KEY_PAGE, "N", LISTS, "the N-th page"},
    {"edition", KEY_EDITION, "YYYY-MM", SHOW, "the text as it stood in this edition"},
    {"full", KEY_FULL, NULL, COMPARE, "all the words that both have, not only those around a difference"},
    {"from", KEY_FROM, "YYYY-MM", CHANGES, "the older edition (the one before the newer one)"},
    {"to", KEY_TO, "YYYY-MM", CHANGES, "the newer edition (the newest)"},
    {"parent", KEY_PARENT, "VALUE", FACETS,
     "the values one level below this one; a value further down is a path, its levels parted by \" > \""},
    {"contains", KEY_CONTAINS, "TEXT", FACETS, "only values that contain this text"},
    {"json", KEY_JSON, NULL, HELP_FOR_ALL, "the result as one JSON object, as the daemon gave it"},
    {"jsonl", KEY_JSONL, NULL, ROWS, "a JSON object a line for each hit, value or change"},
    {"csv", KEY_CSV, NULL, ROWS, "comma-separated values with a heading row (RFC 4180)"},
    {"tsv", KEY_TSV, NULL, ROWS, "tab-separated values with a heading row"},
    {"colour", KEY_COLOUR, "WHEN", HELP_FOR_ALL,
     "auto (on a terminal), always or never; NO_COLOR counts as never"},
    {"no-pager", KEY_NO_PAGER, NULL, HELP_FOR_ALL, "do not use $PAGER on a terminal"},
    {"socket", KEY_SOCKET, "ADDRESS", HELP_FOR_ALL,
     "the daemon's unix:PATH or tcp:HOST:PORT; else $PURPOSED_SOCKET, else where purposed listens by itself"},
    {"timeout", KEY_TIMEOUT, "SECONDS", HELP_FOR_ALL, "give up after so long (30)"},
    {"help", 'h', NULL, HELP_FOR_ALL, "this text"},
    {"version", 'V', NULL, HELP_FOR_ALL, "the version"},
    {NULL, 0, NULL, 0, NULL},
};

_Static_assert(sizeof help_options / sizeof *help_options <= HELP_OPTIONS_MAX,
               "too many options for the tables");

static const struct {
    const char *name;
    const char *usage; /* after "purpose " */
    const char *summary;
    const char *details; /* paragraphs and examples */
} commands[COMMAND_COUNT] = {
    [COMMAND_SEARCH] = {"search", "[search] [OPTION]... [QUERY...]",
                        "find agreements; also without the word \"search\"",
                        "The query's words are joined by spaces and handed on as they are. The shell\n"
                        "takes quotes away, so those of a phrase need quotes around them. Without a query\n"
                        "the filters alone decide. A word that begins with a minus stands after -- (or\n"
                        "write NOT).\n"
                        "\n"
                        "--csv and --tsv put an apostrophe before a field that starts with = + - @ tab\n"
                        "or return, so that no spreadsheet takes it for a formula.\n"
                        "\n"
                        "Exit status: 0 something found, 1 nothing found, 2 an error.\n"
                        "\n"
                        "Examples:\n"
                        "  purpose risk stratification                    both words, in any form\n"
                        "  purpose '\"risk stratification\"'                the phrase\n"
                        "  purpose search show                            the word \"show\"\n"
                        "  purpose -- risk -invoice                       without \"invoice\"\n"
                        "  purpose --part objectives --fold benchmarking  distinct texts, by aim\n"
                        "  purpose --newest cancer year:2018..2020        in force then, newest versions\n"
                        "  purpose --history invoice since:2021-02        new since then, older texts too\n"
                        "  purpose -f legal_basis=s251 -f legal_basis=s261 --facet opt_outs cancer\n"
                        "  purpose -f start=2019-01-01..2020 -f organisation='NHS ENGLAND'\n"
                        "  purpose --csv -n 1000 asthma > asthma.csv\n"},
    [COMMAND_SHOW] = {"show", "show [OPTION]... ID", "one agreement in full",
                      "ID is a reference, or an agreement without its version: then the newest one.\n"
                      "\n"
                      "Exit status: 0 shown, 1 there is no such agreement, 2 an error.\n"
                      "\n"
                      "Examples:\n"
                      "  purpose show DARS-NIC-12345-A1B2C-v2.1\n"
                      "  purpose show --edition 2021-02 NIC-12345-A1B2C\n"
                      "  purpose show --json NIC-12345-A1B2C | jq .datasets\n"},
    [COMMAND_FACETS] = {"facets", "facets [OPTION]... NAME [QUERY...]",
                        "the values of a facet with their counts",
                        "NAME is one of those that purpose schema lists. With a query or filters only\n"
                        "what they find is counted.\n"
                        "\n"
                        "Exit status: 0 there are values, 1 there are none, 2 an error.\n"
                        "\n"
                        "Examples:\n"
                        "  purpose facets organisation -n 50\n"
                        "  purpose facets dataset --contains mental asthma\n"
                        "  purpose facets legal_basis --parent 'Health and Social Care Act 2012'\n"
                        "  purpose facets legal_basis --parent 'Health and Social Care Act 2012 > s261'\n"},
    [COMMAND_COMPARE] = {"compare", "compare [OPTION]... ID ID", "how one text differs from another",
                         "Each ID is a reference, or an agreement without its version: then the newest\n"
                         "one. ID@YYYY-MM is the text that it had in that edition. What only the first\n"
                         "text has is shown as [-words-], what only the second has as {+words+}; white\n"
                         "space does not count. Long runs of words that both have are cut: see --full.\n"
                         "\n"
                         "Exit status: 0 compared, whether they differ or not; 1 there is no such\n"
                         "agreement or edition of it; 2 an error.\n"
                         "\n"
                         "Examples:\n"
                         "  purpose compare NIC-12345-A1B2C NIC-54321-C2B1A\n"
                         "  purpose compare NIC-12345-A1B2C@2017-09 NIC-12345-A1B2C\n"
                         "  purpose compare --full DARS-NIC-12345-A1B2C-v1.0 DARS-NIC-12345-A1B2C-v2.1\n"},
    [COMMAND_CHANGES] = {"changes", "changes [OPTION]...", "what changed from one edition to another",
                         "Added: in the newer edition only. Gone: in the older one only. Changed: in both,\n"
                         "with different texts. Renewed: the agreement is in both, under references that\n"
                         "differ. Gone from an edition of one period does not mean ended.\n"
                         "\n"
                         "Exit status: 0 something changed, 1 nothing changed, 2 an error.\n"
                         "\n"
                         "Examples:\n"
                         "  purpose changes\n"
                         "  purpose changes --from 2017-09 --to 2021-02\n"
                         "  purpose changes --csv > changes.csv\n"},
    [COMMAND_SCHEMA] = {"schema", "schema [OPTION]...", "the facets, parts and fields there are",
                        "Example:\n"
                        "  purpose schema\n"},
    [COMMAND_STATUS] = {"status", "status [OPTION]...", "how the daemon and its index are",
                        "Example:\n"
                        "  purpose status --json\n"},
    [COMMAND_HELP] = {"help", "help [COMMAND]", "how a command is used",
                      "Examples:\n"
                      "  purpose risk stratification\n"
                      "  purpose '\"risk stratification\"' -f legal_basis=s251 --facet organisation_type\n"
                      "  purpose show DARS-NIC-12345-A1B2C-v2.1\n"
                      "  purpose facets dataset\n"
                      "  purpose help search\n"
                      "\n"
                      "Exit status: 0 something found, 1 nothing found, 2 an error.\n"},
};

enum command options_command(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (!strcmp(commands[i].name, name))
            return (enum command)i;
    return COMMAND_COUNT;
}

const char *options_command_name(enum command command)
{
    return commands[command].name;
}

static void print_wrapped(FILE *to, const char *text, int indent, int width)
{
    int used = 0;
    while (*text) {
        int len = (int)strcspn(text, " ");
        if (used && used + 1 + len > width - indent) {
            fprintf(to, "\n%*s", indent, "");
            used = 0;
        }
        used += fprintf(to, "%s%.*s", used ? " " : "", len, text);
        text += len + (text[len] == ' ');
    }
    fputc('\n', to);
}

static void print_option(FILE *to, const struct help_option *option)
{
    char name[64];
    int len = snprintf(name, sizeof name, "  ");
    if (option->key < KEY_FIRST_LONG)
        len += snprintf(name + len, sizeof name - (size_t)len, "-%c%s", option->key,
                        option->name[0] ? ", " : "");
    if (option->name[0])
        len += snprintf(name + len, sizeof name - (size_t)len, "--%s", option->name);
    if (option->value)
        snprintf(name + len, sizeof name - (size_t)len, " %s", option->value);
    fprintf(to, "%-*s", OPTION_COLUMNS, name);
    print_wrapped(to, option->help, OPTION_COLUMNS, 80);
}

static void print_options(FILE *to, enum command command)
{
    fputs("\nOptions:\n", to);
    for (const struct help_option *option = help_options; option->name; option++)
        if (option->commands & HELP_FOR(command))
            print_option(to, option);
}

static void print_program(FILE *to)
{
    fputs("purpose: search NHS England's register of data releases\n\n", to);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "%s purpose %s\n", i ? "      " : "Usage:", commands[i].usage);
    fputs("\nCommands:\n", to);
    for (int i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-8s %s\n", commands[i].name, commands[i].summary);
    print_options(to, COMMAND_SEARCH);
    fprintf(to, "\n%s", commands[COMMAND_HELP].details);
}

void options_help(FILE *to, enum command command)
{
    if (command == COMMAND_HELP) {
        print_program(to);
        return;
    }
    fprintf(to, "purpose %s: %s\n\nUsage: purpose %s\n", commands[command].name, commands[command].summary,
            commands[command].usage);
    print_options(to, command);
    fprintf(to, "\n%s", commands[command].details);
}
