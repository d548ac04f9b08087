/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/sync.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "indexer/base/mem.h"
#include "indexer/grouping.h"
#include "indexer/index.h"
#include "indexer/lock.h"
#include "indexer/read/vocabulary.h"
#include "indexer/reading.h"
#include "indexer/settle.h"
#include "indexer/sources.h"

enum { DAY_SIZE = 11 };

/* A file of the run. */
struct run_file {
    const struct source_file *file;
    struct ledger_source known; /* what the ledger says of it; number 0: nothing */
    unsigned char hash[LEDGER_HASH_SIZE];
    bool failed; /* could not be hashed */
    bool needs_reading;
};

struct run {
    const struct options *options;
    struct report *report;
    struct error *error;
    struct ledger *ledger;
    struct source_list list;
    struct run_file *files;
    struct organisation_names *names;
    char today[DAY_SIZE];
    int64_t number; /* of the run */
    bool wrote;     /* the ledger has to be committed */
    bool labels_changed;
    bool vocabulary_changed;
    /* While files are read: */
    struct run_file **to_read;
    size_t read_count, read_done;
    struct run_file *reading;
    struct ledger_source source;
    int64_t ordinal, problems, items;
};

static void tell(void *context, const struct error *error)
{
    struct run *run = context;
    report_problem(run->report, PROBLEM_LEFT_OUT, error);
}

/* ---- which files, and which of them changed ---- */

/* What a SOURCE that is not there stands for is taken out by --prune, and is a problem otherwise. */
static int tell_missing(struct run *run)
{
    for (size_t i = 0; i < run->list.missing.len; i++) {
        const char *source = run->list.missing.items[i];
        struct error problem = ERROR_NONE;
        error_set(&problem, "is not there; a file or a folder was expected");
        error_at(&problem, source, NULL, 0);
        report_problem(run->report, PROBLEM_LEFT_OUT, &problem);
    }
    return 0;
}

/* Under --prune, a SOURCE that is gone and was indexed is what is to be taken out, not a problem. */
static int forgive_missing(struct run *run)
{
    struct strlist unknown = {0};
    size_t missing = 0;
    for (size_t i = 0; i < run->options->sources.len && missing < run->list.missing.len; i++) {
        const char *source = run->options->sources.items[i];
        if (strcmp(source, run->list.missing.items[missing]) != 0)
            continue;
        STRLIST_AUTO struct strlist known = {0};
        MEM_AUTO char *path = source_path(source);
        if (ledger_sources_under(run->ledger, path, &known, run->error) != 0) {
            strlist_free(&unknown);
            return -1;
        }
        if (known.len == 0)
            strlist_add(&unknown, source);
        missing++;
    }
    strlist_free(&run->list.missing);
    run->list.missing = unknown;
    return 0;
}

static int find_sources(struct run *run)
{
    sources_exclude(&run->list, run->options->db);
    for (size_t i = 0; i < run->options->sources.len; i++)
        sources_add(&run->list, run->options->sources.items[i], tell, run);
    if (run->options->prune && forgive_missing(run) != 0)
        return -1;
    return tell_missing(run);
}

/* Whether a file known to the ledger would say something else now. One with problems is read again, so that
 * they are told again. */
static bool has_changed(const struct run *run, const struct run_file *file)
{
    const struct ledger_source *known = &file->known;
    const char *edition = run->options->edition;
    return known->number == 0 || memcmp(known->hash, file->hash, sizeof file->hash) != 0 ||
           known->format != (int)run->options->format || known->reader != INTAKE_VERSION ||
           known->rejected > 0 || (edition && (!known->edition || strcmp(known->edition, edition) != 0));
}

static int look_at_file(struct run *run, struct run_file *file)
{
    struct error problem = ERROR_NONE;
    int64_t size = 0;
    if (source_hash(file->file, file->hash, &size, &problem) != 0) {
        file->failed = true;
        report_problem(run->report, PROBLEM_LEFT_OUT, &problem);
        return 0;
    }
    run->report->bytes += size;
    if (ledger_find_source(run->ledger, file->file->path, &file->known, run->error) < 0)
        return -1;
    file->needs_reading = has_changed(run, file);
    if (!file->needs_reading)
        run->report->taken++;
    return 0;
}

static int look_at_files(struct run *run)
{
    run->files = mem_zero(run->list.count, sizeof *run->files);
    run->to_read = mem_zero(run->list.count, sizeof(struct run_file *));
    for (size_t i = 0; i < run->list.count; i++) {
        struct run_file *file = &run->files[i];
        file->file = &run->list.files[i];
        if (look_at_file(run, file) != 0)
            return -1;
        if (file->needs_reading)
            run->to_read[run->read_count++] = file;
        report_progress(run->report, "looking at files", (int64_t)i + 1, (int64_t)run->list.count);
    }
    return 0;
}

/* ---- reading what changed ---- */

static void add_name(void *names, const char *name)
{
    organisation_names_add(names, name);
}

/* Names that hold commas are known from the files of the run and from what was indexed before. */
static int gather_names(struct run *run)
{
    run->names = organisation_names_new();
    STRLIST_AUTO struct strlist known = {0};
    if (ledger_organisations(run->ledger, &known, run->error) != 0)
        return -1;
    for (size_t i = 0; i < known.len; i++)
        organisation_names_add(run->names, known.items[i]);
    for (size_t i = 0; i < run->read_count; i++)
        read_organisations(run->to_read[i]->file->path, add_name, run->names);
    return 0;
}

static int begin_file(void *context, size_t number)
{
    struct run *run = context;
    struct run_file *file = run->to_read[number];
    const char *edition = run->options->edition ? run->options->edition : file->known.edition;
    run->reading = file;
    run->problems = run->items = run->ordinal = 0;
    run->source = (struct ledger_source){
        .number = file->known.number,
        .path = mem_text(file->file->path),
        .shown = mem_text(file->file->shown),
        .edition = mem_text(edition),
        .format = run->options->format,
        .reader = INTAKE_VERSION,
        .rank = file->known.rank,
        .run = run->number,
    };
    memcpy(run->source.hash, file->hash, sizeof file->hash);
    if (ledger_file_begin(run->ledger, run->error) != 0)
        return -1;
    return ledger_put_source(run->ledger, &run->source, run->error);
}

/* A file that may be cut short is known as one with problems: it is no proof that something is gone. */
static void note_problem(void *context, enum problem_kind kind, const struct error *error)
{
    struct run *run = context;
    run->problems += kind != PROBLEM_NOTE;
    report_problem(run->report, kind, error);
}

static int take_item(void *context, struct intake_item *item)
{
    struct run *run = context;
    struct error problem = ERROR_NONE;
    int status = intake_store(run->ledger, run->source.number, run->number, &run->ordinal, item,
                              &run->labels_changed, &problem);
    if (status == 0 && item->kind != INTAKE_LABEL)
        run->items++;
    if (status == 1)
        note_problem(run, PROBLEM_LEFT_OUT, &problem);
    if (status == -1)
        error_set(run->error, "%s", problem.text);
    intake_item_free(item);
    return status == -1 ? -1 : 0;
}

/* A file that says nothing leaves what it said before as it was. */
static bool was_taken(struct run *run, int status, const struct error *error)
{
    struct error problem = ERROR_NONE;
    if (status != 0)
        note_problem(run, PROBLEM_LEFT_OUT, error);
    else if (run->items == 0 && run->problems == 0) {
        error_set(&problem, "no agreement was found in it");
        error_at(&problem, run->reading->file->shown, NULL, 0);
        note_problem(run, PROBLEM_LEFT_OUT, &problem);
    }
    return status == 0 && run->items > 0;
}

/* Files with problems are read again though they are as they were. */
static void note_change(const struct run *run)
{
    const struct run_file *file = run->reading;
    bool is_new = file->known.number == 0;
    if (is_new || memcmp(file->known.hash, file->hash, sizeof file->hash) != 0)
        report_touch(run->report, file->file->shown, is_new ? "added" : "changed");
}

static int end_file(void *context, int status, const struct error *error)
{
    struct run *run = context;
    bool taken = was_taken(run, status, error);
    run->source.rejected = run->problems;
    int ended = 0;
    if (taken) {
        note_change(run);
        run->wrote = true;
        run->report->taken++;
        run->reading->known.number = run->source.number;
        run->reading->known.run = run->number;
        run->reading->known.rejected = run->problems;
        if (ledger_put_source(run->ledger, &run->source, run->error) != 0 ||
            ledger_replace(run->ledger, run->source.number, run->number, run->error) != 0)
            ended = -1;
    }
    ledger_source_clear(&run->source);
    if (ended == 0)
        ended = ledger_file_end(run->ledger, taken, run->error);
    report_progress(run->report, "reading", (int64_t)++run->read_done, (int64_t)run->read_count);
    return ended;
}

static int read_files(struct run *run)
{
    if (run->read_count == 0)
        return 0;
    if (gather_names(run) != 0)
        return -1;
    struct reading_file *files = mem_zero(run->read_count, sizeof *files);
    for (size_t i = 0; i < run->read_count; i++)
        files[i] = (struct reading_file){run->to_read[i]->file->path, run->to_read[i]->file->shown,
                                         run->to_read[i]->known.edition};
    struct reading reading = {
        .files = files,
        .count = run->read_count,
        .jobs = run->options->jobs,
        .format = run->options->format,
        .edition = run->options->edition,
        .names = run->names,
        .begin = begin_file,
        .take = take_item,
        .problem = note_problem,
        .end = end_file,
        .context = run,
    };
    int status = reading_run(&reading);
    free(files);
    return status;
}

/* ---- order and pruning ---- */

/* The source named last wins: when something was read, the files of this run come after all others, in their
 * order. */
static int rank_files(struct run *run)
{
    int64_t rank;
    if (!run->wrote)
        return 0;
    if (ledger_number(run->ledger, "rank", &rank, run->error) != 0)
        return -1;
    for (size_t i = 0; i < run->list.count; i++)
        if (run->files[i].known.number != 0 &&
            ledger_rank_source(run->ledger, run->files[i].known.number, ++rank, run->error) != 0)
            return -1;
    if (ledger_set_number(run->ledger, "rank", rank, run->error) != 0)
        return -1;
    return ledger_affect_shared(run->ledger, run->error);
}

static bool lies_under(const char *path, const char *root)
{
    size_t len = strlen(root);
    return strncmp(path, root, len) == 0 && (path[len] == '\0' || path[len] == '/' || root[len - 1] == '/');
}

/* What could not be looked into may still be there. */
static bool is_hidden(const struct run *run, const char *path)
{
    for (size_t i = 0; i < run->list.unreadable.len; i++)
        if (lies_under(path, run->list.unreadable.items[i]))
            return true;
    return false;
}

static int forget_path(struct run *run, const char *path)
{
    struct ledger_source source;
    int found = ledger_find_source(run->ledger, path, &source, run->error);
    if (found != 1)
        return found;
    run->wrote = true;
    run->report->taken++;
    report_touch(run->report, source.shown, "deleted");
    int status = ledger_forget_source(run->ledger, source.number, run->error);
    ledger_source_clear(&source);
    return status;
}

static int prune_root(struct run *run, const char *root)
{
    STRLIST_AUTO struct strlist paths = {0};
    if (ledger_sources_under(run->ledger, root, &paths, run->error) != 0)
        return -1;
    for (size_t i = 0; i < paths.len; i++)
        if (!sources_have(&run->list, paths.items[i]) && !is_hidden(run, paths.items[i]) &&
            forget_path(run, paths.items[i]) != 0)
            return -1;
    return 0;
}

/* Takes out files that are gone, and references gone from files that were read without a problem. */
static int prune(struct run *run)
{
    if (!run->options->prune)
        return 0;
    for (size_t i = 0; i < run->list.roots.len; i++)
        if (prune_root(run, run->list.roots.items[i]) != 0)
            return -1;
    for (size_t i = 0; i < run->list.count; i++) {
        const struct run_file *file = &run->files[i];
        bool whole = !file->failed && file->known.number != 0 && file->known.rejected == 0 &&
                     (!file->needs_reading || file->known.run == run->number);
        bool pruned = false;
        if (whole && ledger_prune_left_over(run->ledger, file->known.number, file->known.run, &pruned,
                                            run->error) != 0)
            return -1;
        run->wrote = run->wrote || pruned;
    }
    return 0;
}

/* ---- acronyms of one's own ---- */

/* A file that cannot be read leaves those known as they were. */
static int take_vocabulary(struct run *run)
{
    const char *path = run->options->vocabulary;
    BUF_AUTO struct buf rows = BUF_INIT(VOCABULARY_BYTES_MAX);
    struct error problem = ERROR_NONE;
    MEM_AUTO char *known = NULL;
    if (!path)
        return 0;
    if (vocabulary_read(path, path, tell, run, &rows, &problem) != 0) {
        tell(run, &problem);
        return 0;
    }
    run->report->taken++;
    const char *stated = rows.len ? rows.data : "";
    if (ledger_value(run->ledger, "vocabulary", &known, run->error) != 0)
        return -1;
    if (strcmp(known, stated) == 0)
        return 0;
    report_touch(run->report, path, *known ? "changed" : "added");
    run->wrote = run->vocabulary_changed = true;
    return ledger_set_value(run->ledger, "vocabulary", stated, run->error);
}

/* ---- the transaction ---- */

static int settle_run(struct run *run)
{
    struct settling settling = {.today = run->today, .edition = run->options->edition, .run = run->number};
    bool changed = false;
    int64_t sequence;
    if (settle(run->ledger, &settling, run->report, &changed, run->error) != 0 ||
        grouping_run(run->ledger, run->options->jobs, run->report, &changed, run->error) != 0 ||
        ledger_set_number(run->ledger, "run", run->number, run->error) != 0)
        return -1;
    if (!changed && !run->labels_changed && !run->vocabulary_changed)
        return 0;
    if (ledger_number(run->ledger, "sequence", &sequence, run->error) != 0)
        return -1;
    return ledger_set_number(run->ledger, "sequence", sequence + 1, run->error);
}

static int change_ledger(struct run *run)
{
    if (ledger_number(run->ledger, "run", &run->number, run->error) != 0)
        return -1;
    run->number++;
    bool anew = false;
    if (grouping_prepare(run->ledger, &anew, run->error) != 0)
        return -1;
    run->wrote = anew;
    if (read_files(run) != 0 || rank_files(run) != 0 || prune(run) != 0 || take_vocabulary(run) != 0)
        return -1;
    return run->wrote ? settle_run(run) : 0;
}

static int run_transaction(struct run *run)
{
    if (ledger_begin(run->ledger, run->error) != 0)
        return -1;
    int status = change_ledger(run);
    if (status == 0 && run->wrote)
        status = ledger_commit(run->ledger, run->error);
    /* With nothing new, not a byte of the file is to change, not even by what was tried and undone. */
    if (status != 0 || !run->wrote)
        ledger_rollback(run->ledger);
    return status;
}

/* ---- the run ---- */

static int count_records(struct run *run)
{
    struct report *report = run->report;
    int64_t documents, named;
    for (size_t i = 0; i < run->list.count; i++)
        if (run->files[i].known.number != 0 &&
            ledger_name_source(run->ledger, run->files[i].known.number, run->error) != 0)
            return -1;
    if (ledger_count(run->ledger, &documents, &report->records, run->error) != 0 ||
        ledger_count_named(run->ledger, &named, run->error) != 0)
        return -1;
    int64_t others = named - report->added - report->updated;
    report->unchanged = others > 0 ? others : 0;
    return 0;
}

static int follow(struct run *run, const char *ledger_path)
{
    struct index index = {
        .db = run->options->db,
        .ledger_path = ledger_path,
        .ledger = run->ledger,
        .jobs = run->options->jobs,
        .report = run->report,
    };
    return index_follow(&index, run->error);
}

static void note_today(struct run *run)
{
    time_t now = time(NULL);
    struct tm day;
    localtime_r(&now, &day);
    strftime(run->today, sizeof run->today, "%Y-%m-%d", &day);
}

static void free_run(struct run *run)
{
    for (size_t i = 0; run->files && i < run->list.count; i++)
        ledger_source_clear(&run->files[i].known);
    free(run->files);
    free(run->to_read);
    ledger_source_clear(&run->source);
    organisation_names_free(run->names);
    sources_free(&run->list);
    ledger_close(run->ledger);
}

int sync_run_locked(const struct options *options, struct report *report, struct error *error)
{
    struct run run = {.options = options, .report = report, .error = error};
    MEM_AUTO char *ledger_path = mem_format("%s/" SYNC_LEDGER_NAME, options->db);
    note_today(&run);
    int status = ledger_open(ledger_path, LEDGER_WRITE, &run.ledger, error);
    if (status == 0)
        status = find_sources(&run);
    if (status == 0)
        status = look_at_files(&run);
    if (status == 0)
        status = run_transaction(&run);
    bool nothing_taken = report->taken == 0 && report->rejected > 0;
    if (status == 0 && !nothing_taken)
        status = follow(&run, ledger_path);
    if (status == 0)
        status = count_records(&run);
    free_run(&run);
    return status;
}

int sync_run(const struct options *options, struct report *report, struct error *error)
{
    int lock = lock_take(options->db, error);
    if (lock < 0)
        return -1;
    int status = sync_run_locked(options, report, error);
    lock_release(lock);
    return status;
}
