/* SPDX-License-Identifier: GPL-2.0-or-later */
/* purpose-index: brings an index in step with its sources. */
#include <malloc.h>
#include <signal.h>

#include <jansson.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/check.h"
#include "indexer/index.h"
#include "indexer/options.h"
#include "indexer/parse.h"
#include "indexer/report.h"
#include "indexer/sync.h"
#include "indexer/watch.h"
#include "shim/shim.h"

static int exit_code(const struct report *report)
{
    if (report->rejected == 0)
        return EXIT_ALL_TAKEN;
    return report->taken > 0 ? EXIT_SOME_REJECTED : EXIT_NOTHING_DONE;
}

static int fail(struct report *report, const struct error *error)
{
    report_failure(report, error);
    return EXIT_NOTHING_DONE;
}

/* Before any thread starts. Without memory the run ends and says so: a record of which a library had no
 * memory for a part would pass for a whole one, or for a damaged one. Xapian's trees of nodes are freed as
 * they were made, in their thousands: put back one by one, they need not be gathered up again (M_MXFAST 0
 * takes a tenth off indexing). */
static void set_memory(void)
{
    json_set_alloc_funcs(mem_alloc, free);
    buf_on_no_memory(mem_run_out);
    shim_on_no_memory(mem_run_out);
    mallopt(M_MXFAST, 0);
    shim_set_flush_threshold(INDEX_FLUSH_DOCUMENTS);
}

static int run_index(const struct options *options)
{
    struct report report;
    struct error error = ERROR_NONE;
    report_start(&report, options->quiet);
    if (sync_run(options, &report, &error) != 0)
        return fail(&report, &error);
    report_end(&report, options->quiet, options->json);
    return exit_code(&report);
}

static int run_parse(const struct options *options)
{
    struct report report;
    struct error error = ERROR_NONE;
    report_start(&report, true);
    if (parse_run(options, &report, &error) != 0)
        return fail(&report, &error);
    return exit_code(&report);
}

int main(int argc, char **argv)
{
    struct options options;
    int code = options_read(argc, argv, &options);
    if (code < 0) {
        set_memory();
        signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of writing, told as one */
        code = options.action == ACTION_PARSE   ? run_parse(&options)
               : options.action == ACTION_CHECK ? check_run(options.db)
               : options.watch                  ? watch_run(&options)
                                                : run_index(&options);
    }
    options_free(&options);
    return code;
}
