/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/help.h"

/* How getopt_long gives a word that is no option, since the table's short options begin with '-'. */
enum { KEY_WORD = 1 };

enum { COUNT_SIZE = 16 /* bytes of a number's longest text worth reading */ };

static const struct help_option *find_option(int key)
{
    for (const struct help_option *option = help_options; option->name; option++)
        if (option->key == key)
            return option;
    return NULL;
}

/* Reads a whole number from `least` to `most`; -1 with `error` naming the option. */
static long read_count(const char *option, const char *text, long least, long most, struct error *error)
{
    char *end = NULL;
    errno = 0;
    long value = strlen(text) < COUNT_SIZE ? strtol(text, &end, 10) : 0;
    if (end && end != text && !*end && !errno && value >= least && value <= most)
        return value;
    error_set(error, "%s takes a whole number from %ld to %ld, not \"%s\"%s%s", option, least, most, text,
              option[1] == 'n' ? "; " : "", option[1] == 'n' ? help_minus_hint : "");
    return -1;
}

static void set_format(struct options *options, enum format format, struct error *error)
{
    if (options->format != FORMAT_TEXT && options->format != format)
        error_set(error, "only one of --json, --jsonl, --csv and --tsv can be given");
    options->format = format;
}

static void set_colour(struct options *options, const char *when, struct error *error)
{
    static const char *const NAMES[] = {"auto", "always", "never"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(when, NAMES[i]) != 0)
            continue;
        options->colour = (enum colour)i;
        return;
    }
    error_set(error, "--colour takes auto, always or never, not \"%s\"", when);
}

/* A command's own mistake is told here, a mistake of what it asks for by the daemon. */
static void check_filter(const char *filter, struct error *error)
{
    const char *sign = strchr(filter, '=');
    if (!sign || sign == filter)
        error_set(error, "-f takes FACET=VALUE, as in -f legal_basis=s251, not \"%s\"; %s", filter,
                  help_minus_hint);
}

/* Where an option that takes no value is noted; NULL for any other. */
static bool *find_flag(struct options *options, int key)
{
    switch (key) {
    case 'h':
        return &options->help;
    case 'V':
        return &options->version;
    case KEY_NO_PAGER:
        return &options->no_pager;
    case KEY_ANY:
        return &options->any;
    case KEY_FOLD:
        return &options->fold;
    case KEY_COPIES:
        return &options->copies;
    case KEY_NEWEST:
        return &options->newest;
    case KEY_HISTORY:
        return &options->history;
    case KEY_EXPLAIN:
        return &options->explain;
    case KEY_FULL:
        return &options->full;
    default:
        return NULL;
    }
}

/* Where an option is noted whose value is handed on as it is; NULL for any other. */
static const char **find_text(struct options *options, int key)
{
    switch (key) {
    case KEY_SORT:
        return &options->sort;
    case KEY_EDITION:
        return &options->edition;
    case KEY_PARENT:
        return &options->parent;
    case KEY_CONTAINS:
        return &options->contains;
    case KEY_COUNT:
        return &options->count;
    case KEY_FROM:
        return &options->from;
    case KEY_TO:
        return &options->to;
    case KEY_CURSOR:
        return &options->cursor;
    case KEY_SOCKET:
        return &options->address;
    default:
        return NULL;
    }
}

/* Takes an option whose value is read here. */
static void apply_value(struct options *options, int key, const char *value, struct error *error)
{
    switch (key) {
    case 'f':
        check_filter(value, error);
        strlist_add(&options->filters, value);
        break;
    case 'n':
        options->limit = read_count("-n", value, 0, OPTIONS_COUNT_MAX, error);
        break;
    case KEY_FACET:
        strlist_add(&options->facets, value);
        break;
    case KEY_PART:
        strlist_add(&options->parts, value);
        break;
    case KEY_PAGE:
        options->page = read_count("--page", value, 1, OPTIONS_COUNT_MAX, error);
        break;
    case KEY_SNIPPETS:
        options->snippets = read_count("--snippets", value, 0, OPTIONS_COUNT_MAX, error);
        break;
    case KEY_JSON:
    case KEY_JSONL:
    case KEY_CSV:
    case KEY_TSV:
        set_format(options, (enum format)(FORMAT_JSON + (key - KEY_JSON)), error);
        break;
    case KEY_COLOUR:
        set_colour(options, value, error);
        break;
    case KEY_TIMEOUT:
        options->seconds = (int)read_count("--timeout", value, 1, OPTIONS_SECONDS_MAX, error);
        break;
    default:
        break;
    }
}

static void apply(struct options *options, int key, const char *value, struct error *error)
{
    bool *flag = find_flag(options, key);
    const char **text = find_text(options, key);
    if (flag)
        *flag = true;
    else if (text)
        *text = value;
    else
        apply_value(options, key, value, error);
}

/* getopt_long's table and short options, made from ours. Two spellings of --colour are one option. */
struct getopt_table {
    struct option longs[HELP_OPTIONS_MAX + 2];
    char shorts[2 * HELP_OPTIONS_MAX + 3];
};

static void make_table(struct getopt_table *table)
{
    size_t count = 0;
    size_t len = 0;
    memset(table, 0, sizeof *table);
    table->shorts[len++] = '-';
    table->shorts[len++] = ':';
    for (const struct help_option *option = help_options; option->name; option++) {
        int has_value = option->value ? required_argument : no_argument;
        if (option->name[0])
            table->longs[count++] = (struct option){option->name, has_value, NULL, option->key};
        if (option->key < KEY_FIRST_LONG)
            table->shorts[len++] = (char)option->key;
        if (option->key < KEY_FIRST_LONG && has_value)
            table->shorts[len++] = ':';
    }
    table->longs[count] = (struct option){"color", required_argument, NULL, KEY_COLOUR};
}

/* Which option getopt_long stopped at, as typed. */
static void tell_unknown(char **argv, int key, struct error *error)
{
    const char *word = argv[optind - 1];
    const struct help_option *option = key == ':' ? find_option(optopt) : NULL;
    if (option && option->key < KEY_FIRST_LONG)
        error_set(error, "-%c needs a value: -%c %s", optopt, optopt, option->value);
    else if (option)
        error_set(error, "--%s needs a value: --%s %s", option->name, option->name, option->value);
    else if (optopt && optopt < KEY_FIRST_LONG)
        error_set(error, "there is no option -%c; see purpose --help; %s", optopt, help_minus_hint);
    else if (optopt)
        error_set(error, "%s takes no value", word);
    else
        error_set(error, "%s is no option, or short for several; see purpose --help", word);
}

/* The first word is a command where it is one's name; otherwise all words are a query. */
static void take_word(struct options *options, const char *word, bool *is_first)
{
    enum command command = *is_first ? options_command(word) : COMMAND_COUNT;
    if (command == COMMAND_COUNT) {
        strlist_add(&options->words, word);
    } else {
        options->command = command;
        options->is_named = true;
    }
    *is_first = false;
}

/* How many words each command takes, and what it says of another number of them. */
static const struct {
    size_t least, most;
    const char *expected; /* NULL: it takes no words at all */
} WORDS[COMMAND_COUNT] = {
    [COMMAND_SEARCH] = {0, SIZE_MAX, ""},
    [COMMAND_SHOW] = {1, 1, "takes one reference: purpose show ID"},
    [COMMAND_FACETS] = {1, SIZE_MAX,
                        "takes a facet's name: purpose facets NAME [QUERY...]; purpose schema lists them"},
    [COMMAND_SIMILAR] = {1, 1, "takes one reference: purpose similar ID"},
    [COMMAND_COMPARE] = {2, 2, "takes two references: purpose compare ID ID; an older text is ID@YYYY-MM"},
    [COMMAND_SUGGEST] = {1, SIZE_MAX, "takes the beginning of a text: purpose suggest TEXT"},
    [COMMAND_EXPORT] = {0, SIZE_MAX, ""},
    [COMMAND_HELP] = {0, 1, "takes one command"},
};

static bool is_topic(const char *word)
{
    return options_command(word) != COMMAND_COUNT || !strcmp(word, options_query_topic);
}

static void check_words(const struct options *options, struct error *error)
{
    const char *name = options_command_name(options->command);
    size_t count = options->words.len;
    const char *expected = WORDS[options->command].expected;
    const char *first = count ? options->words.items[0] : "";
    if (!expected && count)
        error_set(error, "%s takes no words; to search for it: purpose search %s %s", name, name, first);
    else if (options->command == COMMAND_HELP && count > 1)
        error_set(error, "help takes one command; to search for it: purpose search help %s", first);
    else if (options->command == COMMAND_HELP && count && !is_topic(first))
        error_set(error, "there is no command \"%s\"; to search for it: purpose search help %s", first,
                  first);
    else if (expected && (count < WORDS[options->command].least || count > WORDS[options->command].most))
        error_set(error, "%s %s", name, expected);
}

/* Options that each make sense, but not together. */
static void check_together(const struct options *options, struct error *error)
{
    if (options->cursor && options->page > 1)
        error_set(error, "only one of --cursor and --page can be given");
}

static void check_options(const struct options *options, unsigned long given, struct error *error)
{
    const char *command = options_command_name(options->command);
    for (const struct help_option *option = help_options; option->name; option++) {
        if (!(given & 1UL << (option - help_options)) || option->commands & HELP_FOR(options->command))
            continue;
        if (option->name[0])
            error_set(error, "--%s is not for %s; see purpose help %s", option->name, command, command);
        else
            error_set(error, "-%c is not for %s; see purpose help %s", option->key, command, command);
    }
}

/* Reads everything up to the end or a `--`; what follows that are words of the query alone. */
static unsigned long read_options(int argc, char **argv, struct options *options, struct error *error)
{
    struct getopt_table table;
    unsigned long given = 0;
    bool is_first = true;
    int key;
    make_table(&table);
    optind = 0; /* begin anew, also in a program that has used it before */
    opterr = 0;
    while (!error->is_set && (key = getopt_long(argc, argv, table.shorts, table.longs, NULL)) != -1) {
        if (key == '?' || key == ':') {
            tell_unknown(argv, key, error);
        } else if (key == KEY_WORD) {
            take_word(options, optarg, &is_first);
        } else {
            apply(options, key, optarg, error);
            given |= 1UL << (find_option(key) - help_options);
        }
    }
    for (int at = optind; at < argc; at++)
        strlist_add(&options->words, argv[at]);
    return given;
}

int options_parse(int argc, char **argv, struct options *ret_options, struct error *error)
{
    struct error own = ERROR_NONE;
    struct options options = {.limit = OPTIONS_HITS, .page = 1, .snippets = -1, .seconds = OPTIONS_SECONDS};
    unsigned long given = read_options(argc, argv, &options, &own);
    if (!options.help && !options.version) {
        check_options(&options, given, &own);
        check_words(&options, &own);
        check_together(&options, &own);
    }
    if (!own.is_set) {
        *ret_options = options;
        return 0;
    }
    error_set(error, "%s", own.text);
    options_free(&options);
    return -1;
}

void options_free(struct options *options)
{
    strlist_free(&options->words);
    strlist_free(&options->filters);
    strlist_free(&options->facets);
    strlist_free(&options->parts);
}
