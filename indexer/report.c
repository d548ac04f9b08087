/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static double seconds_between(const struct timespec *from, const struct timespec *to)
{
    return (double)(to->tv_sec - from->tv_sec) + (double)(to->tv_nsec - from->tv_nsec) / 1e9;
}

static double seconds_since(const struct timespec *from)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return seconds_between(from, &now);
}

void report_start(struct report *report, bool quiet)
{
    *report = (struct report){.bar = !quiet && isatty(STDERR_FILENO)};
    clock_gettime(CLOCK_MONOTONIC, &report->start);
}

void report_clear_bar(struct report *report)
{
    if (report->bar_is_shown)
        fputs("\r\033[K", stderr);
    report->bar_is_shown = false;
}

/* Names of files may hold anything; a terminal must not be steered by them. */
static void print_plain(const char *text)
{
    for (const char *at = text; *at; at++)
        fputc((unsigned char)*at < 0x20 || *at == 0x7f ? '?' : *at, stderr);
}

void report_problem(struct report *report, enum problem_kind kind, const struct error *error)
{
    report->rejected += kind == PROBLEM_LEFT_OUT;
    if (report->told++ >= REPORT_PROBLEMS_MAX)
        return;
    report_clear_bar(report);
    if (*error->place) {
        print_plain(error->place);
        fputs(": ", stderr);
    }
    if (kind != PROBLEM_LEFT_OUT)
        fputs("note: ", stderr);
    print_plain(error->text);
    fputc('\n', stderr);
    if (report->told == REPORT_PROBLEMS_MAX)
        fputs("further problems are counted, not shown\n", stderr);
}

void report_progress(struct report *report, const char *doing, int64_t done, int64_t total)
{
    if (!report->bar || total <= 0)
        return;
    if (report->bar_is_shown && seconds_since(&report->drawn) * 1000 < REPORT_INTERVAL_MS)
        return;
    clock_gettime(CLOCK_MONOTONIC, &report->drawn);
    int filled = (int)(done * REPORT_BAR_WIDTH / total);
    char bar[REPORT_BAR_WIDTH + 1];
    memset(bar, ' ', REPORT_BAR_WIDTH);
    memset(bar, '#', (size_t)filled);
    bar[REPORT_BAR_WIDTH] = '\0';
    fprintf(stderr, "\r\033[K[%s] %3" PRId64 "%% %s: %" PRId64 " of %" PRId64, bar, done * 100 / total, doing,
            done, total);
    fflush(stderr);
    report->bar_is_shown = true;
}

static void print_json(const struct report *report, double seconds)
{
    printf("{\"records\":%" PRId64 ",\"added\":%" PRId64 ",\"updated\":%" PRId64 ",\"unchanged\":%" PRId64
           ",\"removed\":%" PRId64 ",\"superseded\":%" PRId64 ",\"rejected\":%" PRId64 ",\"bytes\":%" PRId64
           ",\"seconds\":%.3f}\n",
           report->records, report->added, report->updated, report->unchanged, report->removed,
           report->superseded, report->rejected, report->bytes, seconds);
}

static void print_line(const struct report *report, double seconds)
{
    printf("%" PRId64 " records: %" PRId64 " added, %" PRId64 " updated, %" PRId64 " unchanged, %" PRId64
           " removed, %" PRId64 " superseded, %" PRId64 " rejected; %" PRId64 " bytes in %.3f seconds\n",
           report->records, report->added, report->updated, report->unchanged, report->removed,
           report->superseded, report->rejected, report->bytes, seconds);
}

void report_end(struct report *report, bool quiet, bool json)
{
    report_clear_bar(report);
    double seconds = seconds_since(&report->start);
    if (json)
        print_json(report, seconds);
    else if (!quiet)
        print_line(report, seconds);
    fflush(stdout);
}
