/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"

/* "place: what is wrong", and the run that met it last. */
struct told_problem {
    UT_hash_handle hh;
    int64_t run;
    char text[];
};

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

/* Whether the last run has told it. */
static bool was_told(struct report_log *log, const struct error *error)
{
    MEM_AUTO char *text = mem_format("%s: %s", error->place, error->text);
    struct told_problem *told;
    HASH_FIND_STR(log->told, text, told);
    if (told) {
        told->run = log->run;
        return true;
    }
    if (HASH_COUNT(log->told) < REPORT_PROBLEMS_MAX) {
        size_t len = strlen(text);
        told = mem_zero(1, sizeof *told + len + 1);
        told->run = log->run;
        memcpy(told->text, text, len);
        HASH_ADD_STR(log->told, text, told);
    }
    return false;
}

void report_problem(struct report *report, enum problem_kind kind, const struct error *error)
{
    report->rejected += kind == PROBLEM_LEFT_OUT;
    if (report->log && was_told(report->log, error))
        return;
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

void report_failure(struct report *report, const struct error *error)
{
    report_clear_bar(report);
    fputs("purpose-index: ", stderr);
    print_plain(error->place);
    fputs(*error->place ? ": " : "", stderr);
    print_plain(error->text);
    fputc('\n', stderr);
}

/* ---- runs that follow one another ---- */

void report_touch(struct report *report, const char *file, const char *what)
{
    struct report_log *log = report->log;
    if (!log)
        return;
    if (log->touched_count++ < REPORT_TOUCHED_SHOWN)
        strlist_add_steal(&log->touched, mem_format("%s %s", file, what));
}

bool report_has_change(const struct report *report)
{
    bool has_touched = report->log && report->log->touched_count > 0;
    return has_touched || report->added > 0 || report->updated > 0 || report->removed > 0;
}

static void print_counts(const struct report *report)
{
    const struct {
        int64_t count;
        const char *what;
    } counts[] = {{report->added, "added"},
                  {report->updated, "updated"},
                  {report->removed, "removed"},
                  {report->superseded, "superseded"},
                  {report->rejected, "rejected"}};
    const char *before = ": ";
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].count > 0) {
            fprintf(stderr, "%s%" PRId64 " %s", before, counts[i].count, counts[i].what);
            before = ", ";
        }
    fputs(*before == ':' ? ": no record differs\n" : "\n", stderr);
}

void report_change(struct report *report)
{
    const struct report_log *log = report->log;
    report_clear_bar(report);
    fputs("watch: ", stderr);
    for (size_t i = 0; log && i < log->touched.len; i++) {
        fputs(i > 0 ? ", " : "", stderr);
        print_plain(log->touched.items[i]);
    }
    if (log && log->touched_count > log->touched.len)
        fprintf(stderr, ", and %zu more files", log->touched_count - log->touched.len);
    if (!log || log->touched_count == 0)
        fputs("the index brought in step", stderr);
    print_counts(report);
}

void report_log_next(struct report_log *log)
{
    struct told_problem *told, *next;
    HASH_ITER(hh, log->told, told, next)
    {
        if (told->run == log->run)
            continue;
        HASH_DEL(log->told, told);
        free(told);
    }
    log->run++;
    log->touched_count = 0;
    strlist_free(&log->touched);
}

void report_log_free(struct report_log *log)
{
    report_log_next(log);
    report_log_next(log);
}
