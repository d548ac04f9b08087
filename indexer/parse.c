/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/parse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/reading.h"
#include "indexer/sources.h"
#include "indexer/statements.h"

/* The run has a ledger of its own, on disk for as long as it takes: so releases find their statements and
 * sources meet, in bounded memory. */
struct parse {
    const struct options *options;
    struct report *report;
    struct error *error;
    struct source_list list;
    struct organisation_names *names;
    struct ledger *ledger;
    size_t file;
    int64_t source, ordinal, items, problems; /* of the file */
};

static void note_problem(void *context, enum problem_kind kind, const struct error *error)
{
    struct parse *parse = context;
    parse->problems += kind != PROBLEM_NOTE;
    report_problem(parse->report, kind, error);
}

static void tell(void *context, const struct error *error)
{
    note_problem(context, PROBLEM_LEFT_OUT, error);
}

static int begin_file(void *context, size_t number)
{
    struct parse *parse = context;
    struct ledger_source source = {
        .path = parse->list.files[number].path,
        .shown = parse->list.files[number].shown,
        .rank = (int64_t)number,
        .run = 1,
    };
    parse->file = number;
    parse->ordinal = parse->items = parse->problems = 0;
    if (ledger_file_begin(parse->ledger, parse->error) != 0 ||
        ledger_put_source(parse->ledger, &source, parse->error) != 0)
        return -1;
    parse->source = source.number;
    return 0;
}

static int take_item(void *context, struct intake_item *item)
{
    struct parse *parse = context;
    struct error problem = ERROR_NONE;
    bool label_changed;
    int status =
        intake_store(parse->ledger, parse->source, 1, &parse->ordinal, item, &label_changed, &problem);
    if (status == 0 && item->kind != INTAKE_LABEL)
        parse->items++;
    if (status == 1)
        tell(parse, &problem);
    if (status == -1)
        error_set(parse->error, "%s", problem.text);
    intake_item_free(item);
    return status == -1 ? -1 : 0;
}

static int end_file(void *context, int status, const struct error *error)
{
    struct parse *parse = context;
    struct error problem = ERROR_NONE;
    bool taken = status == 0 && parse->items > 0;
    if (status != 0) {
        tell(parse, error);
    } else if (!taken && parse->problems == 0) {
        error_set(&problem, "no agreement was found in it");
        error_at(&problem, parse->list.files[parse->file].shown, NULL, 0);
        tell(parse, &problem);
    }
    parse->report->taken += taken;
    return ledger_file_end(parse->ledger, taken, parse->error);
}

/* ---- printing ---- */

static int print_record(struct parse *parse, const struct record *record)
{
    json_t *object = record_to_json(record);
    int status = json_dumpf(object, stdout, JSON_COMPACT);
    json_decref(object);
    if (status != 0 || putchar('\n') == EOF) {
        error_set(parse->error, "standard output cannot be written: %s", strerror(errno));
        return -1;
    }
    return 0;
}

/* The record, then the texts of older editions. */
static int print_id(struct parse *parse, const struct statements *statements, const struct id_statements *id)
{
    struct merge_plan plan = {0};
    if (id->count > 0)
        merge_plan_make(id->sightings, id->count, &plan);
    int status = 0;
    for (size_t i = 0; status == 0 && i < (plan.count > 0 ? plan.count : 1); i++) {
        const struct merge_text *text = plan.count > 0 ? &plan.texts[i] : NULL;
        RECORD_AUTO struct record *record =
            statements_record(parse->ledger, statements, id, text, RECORD_WHOLE, parse->error);
        status = record ? print_record(parse, record) : -1;
    }
    merge_plan_free(&plan);
    return status;
}

static int print_reference(struct parse *parse, const char *reference)
{
    struct statements statements;
    int status = statements_load(parse->ledger, reference, &statements, parse->error);
    struct id_statements id;
    size_t at = 0;
    while (status == 0 && statements_next_id(&statements, &at, &id))
        status = print_id(parse, &statements, &id);
    statements_free(&statements);
    return status;
}

static int print_records(struct parse *parse)
{
    STRLIST_AUTO struct strlist references = {0};
    int status = ledger_references(parse->ledger, &references, parse->error);
    for (size_t i = 0; status == 0 && i < references.len; i++)
        status = print_reference(parse, references.items[i]);
    if (status == 0 && fflush(stdout) != 0) {
        error_set(parse->error, "standard output cannot be written: %s", strerror(errno));
        return -1;
    }
    return status;
}

/* ---- the run ---- */

static void add_name(void *names, const char *name)
{
    organisation_names_add(names, name);
}

static void find_sources(struct parse *parse)
{
    for (size_t i = 0; i < parse->options->sources.len; i++)
        sources_add(&parse->list, parse->options->sources.items[i], tell, parse);
    for (size_t i = 0; i < parse->list.missing.len; i++) {
        struct error problem = ERROR_NONE;
        error_set(&problem, "is not there; a file or a folder was expected");
        error_at(&problem, parse->list.missing.items[i], NULL, 0);
        tell(parse, &problem);
    }
    parse->names = organisation_names_new();
    for (size_t i = 0; i < parse->list.count; i++)
        read_organisations(parse->list.files[i].path, add_name, parse->names);
}

static int read_files(struct parse *parse)
{
    struct reading_file *files = mem_zero(parse->list.count, sizeof *files);
    for (size_t i = 0; i < parse->list.count; i++)
        files[i] =
            (struct reading_file){.path = parse->list.files[i].path, .shown = parse->list.files[i].shown};
    struct reading reading = {
        .files = files,
        .count = parse->list.count,
        .jobs = parse->options->jobs,
        .format = parse->options->format,
        .edition = parse->options->edition,
        .names = parse->names,
        .begin = begin_file,
        .take = take_item,
        .problem = note_problem,
        .end = end_file,
        .context = parse,
    };
    int status = reading_run(&reading);
    free(files);
    return status;
}

int parse_run(const struct options *options, struct report *report, struct error *error)
{
    struct parse parse = {.options = options, .report = report, .error = error};
    find_sources(&parse);
    int status = ledger_open(NULL, LEDGER_SCRATCH, &parse.ledger, error);
    if (status == 0)
        status = ledger_begin(parse.ledger, error);
    if (status == 0)
        status = read_files(&parse);
    if (status == 0)
        status = print_records(&parse);
    ledger_close(parse.ledger);
    organisation_names_free(parse.names);
    sources_free(&parse.list);
    return status;
}
