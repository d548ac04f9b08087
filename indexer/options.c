/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "indexer/register/dates.h"

static const char usage[] =
    "purpose-index --db DIR [--edition YYYY-MM] [--format FORMAT] [--jobs N] "
    "[--prune] [--watch [--rescan SECONDS]] [--vocabulary FILE] [--json] [--quiet] "
    "SOURCE...\n"
    "purpose-index --parse [--edition YYYY-MM] [--format FORMAT] [--jobs N] SOURCE...\n"
    "purpose-index --db DIR --check\n";

static const char help[] =
    "\n"
    "Brings the index in folder DIR in step with its sources. A SOURCE is a file or a folder (walked): "
    "register text\n"
    "page, official workbook, its sheets as CSV, or records as JSON Lines, told apart by content.\n"
    "\n"
    "  --db DIR            the index folder, made where there is none\n"
    "  --edition YYYY-MM   the edition of the register that the sources are; without it as they say "
    "themselves\n"
    "  --format FORMAT     auto (default), page, xlsx, csv or jsonl: insist on it\n"
    "  --jobs N            threads (default: as many as processors, at most 8); the result is the same\n"
    "  --prune             take out what came from a SOURCE named now and is no longer there\n"
    "  --watch             go on until SIGTERM or SIGINT: follow the SOURCEs and bring the index in step "
    "whenever "
    "a file is\n"
    "                      added, changed, replaced or deleted; what was deleted leaves the index, as by "
    "--prune. "
    "One line\n"
    "                      a change on stderr, with --json also a report. No other purpose-index can write "
    "to DIR "
    "meanwhile\n"
    "  --rescan SECONDS    with --watch: how often sources are looked over for changes that were not told "
    "(60)\n"
    "  --vocabulary FILE   acronyms of your own, one `short TAB long` a line, # begins a comment: a search "
    "for the "
    "one\n"
    "                      finds the other as well. They take the place of those that an earlier FILE gave, "
    "and stay "
    "until\n"
    "                      the option is given again (an empty FILE takes them away); with --watch the FILE "
    "is "
    "followed\n"
    "                      like a source. No SOURCE is needed beside it\n"
    "  --json              end with a report as a JSON object\n"
    "  --quiet             no progress bar and no report; problems are told all the same\n"
    "  --parse             print the records of each source as JSON Lines and index nothing; first_seen and "
    "changed\n"
    "                      are null, since nothing was indexed\n"
    "  --check             verify the index\n"
    "  --help, --version\n"
    "\n"
    "The report: `records` in the index afterwards; `added`, `updated` (text, editions or releases differ), "
    "`unchanged`\n"
    "of the sources named; `removed`; `superseded` statements that lost to a source named later; `rejected` "
    "inputs;\n"
    "`bytes` read; `seconds`. Exit: 0 all taken, 1 some input rejected, 2 wrong usage or nothing could be "
    "done.\n"
    "\n"
    "Examples:\n"
    "  purpose-index --db register 2021-02.xlsx              the official workbook; its edition is read off "
    "it\n"
    "  purpose-index --db register --edition 2017-03 sheets/ sheets saved as CSV, of an edition they do not "
    "say\n"
    "  purpose-index --db register --prune pages/            a folder of pages, and nothing of it that is "
    "gone\n"
    "  purpose-index --parse pages/ > records.jsonl          records as JSON Lines, which can be indexed "
    "again\n"
    "  purpose-index --db register --watch pages/            the index follows the folder\n"
    "  purpose-index --db register --check                   is the index sound?\n";

enum option_code {
    OPTION_DB = 256,
    OPTION_EDITION,
    OPTION_FORMAT,
    OPTION_JOBS,
    OPTION_PRUNE,
    OPTION_VOCABULARY,
    OPTION_WATCH,
    OPTION_RESCAN,
    OPTION_JSON,
    OPTION_QUIET,
    OPTION_PARSE,
    OPTION_CHECK,
    OPTION_HELP,
    OPTION_VERSION,
};

static const struct option long_options[] = {
    {"db", required_argument, NULL, OPTION_DB},
    {"edition", required_argument, NULL, OPTION_EDITION},
    {"format", required_argument, NULL, OPTION_FORMAT},
    {"jobs", required_argument, NULL, OPTION_JOBS},
    {"prune", no_argument, NULL, OPTION_PRUNE},
    {"vocabulary", required_argument, NULL, OPTION_VOCABULARY},
    {"watch", no_argument, NULL, OPTION_WATCH},
    {"rescan", required_argument, NULL, OPTION_RESCAN},
    {"json", no_argument, NULL, OPTION_JSON},
    {"quiet", no_argument, NULL, OPTION_QUIET},
    {"parse", no_argument, NULL, OPTION_PARSE},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"help", no_argument, NULL, OPTION_HELP},
    {"version", no_argument, NULL, OPTION_VERSION},
    {0},
};

__attribute__((format(printf, 1, 2))) static int wrong(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("purpose-index: ", stderr);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "\nusage:\n%s", usage);
    return EXIT_NOTHING_DONE;
}

static unsigned default_jobs(void)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    if (cores < 1)
        return 1;
    return cores > OPTIONS_JOBS_DEFAULT_MAX ? OPTIONS_JOBS_DEFAULT_MAX : (unsigned)cores;
}

static int read_jobs(const char *text, unsigned *ret_jobs)
{
    char *end;
    long jobs = strtol(text, &end, 10);
    if (end == text || *end || jobs < 1 || jobs > OPTIONS_JOBS_MAX)
        return wrong("--jobs takes a number from 1 to %d, not \"%s\"", OPTIONS_JOBS_MAX, text);
    *ret_jobs = (unsigned)jobs;
    return -1;
}

static int read_rescan(const char *text, unsigned *ret_seconds)
{
    char *end;
    long seconds = strtol(text, &end, 10);
    if (end == text || *end || seconds < 1 || seconds > OPTIONS_RESCAN_MAX)
        return wrong("--rescan takes seconds, from 1 to %d, not \"%s\"", OPTIONS_RESCAN_MAX, text);
    *ret_seconds = (unsigned)seconds;
    return -1;
}

static int read_edition(const char *text, const char **ret_edition)
{
    if (!dates_is_edition(text))
        return wrong("--edition takes a month as YYYY-MM, not \"%s\"", text);
    *ret_edition = text;
    return -1;
}

static int read_format(const char *text, enum read_format *ret_format)
{
    int format = read_format_named(text);
    if (format < 0)
        return wrong("--format takes auto, page, xlsx, csv or jsonl, not \"%s\"", text);
    *ret_format = (enum read_format)format;
    return -1;
}

static int show(const char *first, const char *second)
{
    printf("%s%s", first, second);
    return fflush(stdout) == 0 ? EXIT_ALL_TAKEN : EXIT_NOTHING_DONE;
}

static int read_option(int code, struct options *options)
{
    switch (code) {
    case OPTION_DB:
        options->db = optarg;
        return -1;
    case OPTION_EDITION:
        return read_edition(optarg, &options->edition);
    case OPTION_FORMAT:
        return read_format(optarg, &options->format);
    case OPTION_JOBS:
        return read_jobs(optarg, &options->jobs);
    case OPTION_PRUNE:
        options->prune = true;
        return -1;
    case OPTION_VOCABULARY:
        options->vocabulary = optarg;
        return -1;
    case OPTION_WATCH:
        options->watch = options->prune = true;
        return -1;
    case OPTION_RESCAN:
        return read_rescan(optarg, &options->rescan);
    case OPTION_JSON:
        options->json = true;
        return -1;
    case OPTION_QUIET:
        options->quiet = true;
        return -1;
    case OPTION_PARSE:
        options->action = ACTION_PARSE;
        return -1;
    case OPTION_CHECK:
        options->action = ACTION_CHECK;
        return -1;
    case OPTION_HELP:
        return show(usage, help);
    case OPTION_VERSION:
        return show("purpose-index ", PURPOSED_VERSION "\n");
    default:
        fprintf(stderr, "usage:\n%s", usage); /* getopt has said what is wrong */
        return EXIT_NOTHING_DONE;
    }
}

static int check_together(const struct options *options)
{
    if (options->action != ACTION_PARSE && (!options->db || !*options->db))
        return wrong("--db DIR is missing");
    if (options->action == ACTION_CHECK && options->sources.len > 0)
        return wrong("--check takes no SOURCE");
    if (options->action == ACTION_CHECK && (options->prune || options->json) && !options->watch)
        return wrong("--check changes nothing: it goes without --prune and --json");
    if (options->action != ACTION_INDEX && options->watch)
        return wrong("--watch indexes: it goes without --parse and --check");
    if (options->rescan && !options->watch)
        return wrong("--rescan goes with --watch");
    if (options->action == ACTION_PARSE && (options->db || options->prune || options->json))
        return wrong("--parse indexes nothing: it goes without --db, --prune and --json");
    if (options->vocabulary && options->action != ACTION_INDEX)
        return wrong("--vocabulary belongs to an index: it goes without --parse and --check");
    bool needs_source = options->action != ACTION_CHECK && (!options->vocabulary || options->watch);
    if (needs_source && options->sources.len == 0)
        return wrong("a SOURCE is missing: a file or a folder");
    return -1;
}

int options_read(int argc, char **argv, struct options *options)
{
    *options = (struct options){.action = ACTION_INDEX, .format = READ_AUTO, .jobs = default_jobs()};
    int code;
    while ((code = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        int end = read_option(code, options);
        if (end >= 0)
            return end;
    }
    for (int i = optind; i < argc; i++)
        strlist_add(&options->sources, argv[i]);
    int end = check_together(options);
    if (!options->rescan)
        options->rescan = OPTIONS_RESCAN_DEFAULT;
    return end;
}

void options_free(struct options *options)
{
    strlist_free(&options->sources);
}
