/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/index.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/store/generation.h"
#include "indexer/store/metadata.h"
#include "indexer/text/analyser.h"

int index_fail(const char *what, const struct shim_error *shim_error, struct error *error)
{
    error_set(error, "%s: %s", what, shim_error->text);
    return -1;
}

/* ---- metadata ---- */

static int set_text(struct shim_writer *writer, const char *key, const char *text, struct error *error)
{
    struct shim_error shim_error;
    if (shim_writer_set_metadata(writer, key, text, strlen(text), &shim_error) == SHIM_OK)
        return 0;
    return index_fail("the index cannot be written", &shim_error, error);
}

static int set_number(struct shim_writer *writer, const char *key, int64_t number, struct error *error)
{
    MEM_AUTO char *text = mem_format("%" PRId64, number);
    return set_text(writer, key, text, error);
}

int index_write_metadata(const struct index *index, struct shim_writer *writer,
                         struct dictionaries *dictionaries, int64_t sequence, int64_t changes,
                         struct error *error)
{
    MEM_AUTO char *labels = NULL;
    MEM_AUTO char *vocabulary = NULL;
    if (ledger_labels(index->ledger, &labels, error) != 0 ||
        ledger_value(index->ledger, "vocabulary", &vocabulary, error) != 0 ||
        dictionaries_save(dictionaries, writer, error) != 0 ||
        set_text(writer, "labels", labels, error) != 0 ||
        set_text(writer, "vocabulary", vocabulary, error) != 0 ||
        set_number(writer, "format", FIELD_FORMAT, error) != 0 ||
        set_number(writer, "analyser", ANALYSER_VERSION, error) != 0 ||
        set_number(writer, "changes", changes, error) != 0)
        return -1;
    return set_number(writer, "ledger", sequence, error);
}

/* ---- following ---- */

enum step { STEP_NONE, STEP_UPDATE, STEP_BUILD };

/* What the generation says of itself. */
struct standing {
    int64_t format, analyser, ledger, changes;
};

static struct standing read_standing(const char *db, const char *generation)
{
    struct standing standing = {-1, -1, -1, -1};
    MEM_AUTO char *postings = generation_postings(db, generation);
    struct shim_reader *reader;
    if (shim_reader_open(postings, &reader, NULL) != SHIM_OK)
        return standing;
    standing = (struct standing){
        .format = metadata_number(reader, "format"),
        .analyser = metadata_number(reader, "analyser"),
        .ledger = metadata_number(reader, "ledger"),
        .changes = metadata_number(reader, "changes"),
    };
    shim_reader_free(reader);
    return standing;
}

/* `indexed`: the sequence up to which nothing is pending. An index at that one lacks what is pending; one
 * that is at another belongs to another history, or is damaged. */
static enum step choose_step(const struct standing *standing, int64_t sequence, int64_t indexed,
                             int64_t pending, int64_t documents)
{
    if (standing->format != FIELD_FORMAT || standing->analyser != ANALYSER_VERSION)
        return STEP_BUILD;
    if (standing->ledger == sequence)
        return STEP_NONE;
    if (standing->ledger != indexed || standing->changes < 0)
        return STEP_BUILD;
    return 2 * (standing->changes + pending) > documents ? STEP_BUILD : STEP_UPDATE;
}

/* The index has reached the sequence: nothing is pending any more. */
static int note_reached(const struct index *index, int64_t sequence, struct error *error)
{
    struct ledger *ledger = index->ledger;
    if (ledger_begin(ledger, error) != 0)
        return -1;
    if (ledger_clear_pending(ledger, error) == 0 &&
        ledger_set_number(ledger, "indexed", sequence, error) == 0 && ledger_commit(ledger, error) == 0)
        return 0;
    ledger_rollback(ledger);
    return -1;
}

/* An update that fails met damage, or a disk that a generation of its own may do without: the index is built
 * anew from the ledger. */
static int update_or_build(const struct index *index, const char *generation, int64_t sequence,
                           int64_t changes, struct error *error)
{
    struct error failure = ERROR_NONE, note = ERROR_NONE;
    if (index_update(index, generation, sequence, changes, &failure) == 0)
        return 0;
    if (index_build(index, sequence, error) != 0)
        return -1;
    error_set(&note, "%s; the index was built anew", failure.text);
    error_at(&note, *failure.place ? failure.place : index->db, NULL, 0);
    report_problem(index->report, PROBLEM_NOTE, &note);
    return 0;
}

int index_follow(const struct index *index, struct error *error)
{
    struct ledger *ledger = index->ledger;
    int64_t sequence, indexed, pending, documents, records;
    if (ledger_number(ledger, "sequence", &sequence, error) != 0 ||
        ledger_number(ledger, "indexed", &indexed, error) != 0 ||
        ledger_count_pending(ledger, &pending, error) != 0 ||
        ledger_count(ledger, &documents, &records, error) != 0)
        return -1;
    char generation[GENERATION_NAME_SIZE];
    struct error unnamed = ERROR_NONE;
    int current = generation_current(index->db, generation, &unnamed);
    if (current == -1) {
        if (error)
            *error = unnamed;
        return -1;
    }
    enum step step = STEP_BUILD;
    struct standing standing = {0};
    if (current == 0) {
        standing = read_standing(index->db, generation);
        step = choose_step(&standing, sequence, indexed, pending, documents);
    }
    /* What a run that was cut short has left; building does so at its end. */
    if (step != STEP_BUILD)
        generation_remove_others(index->db, generation);
    if (step == STEP_BUILD && index_build(index, sequence, error) != 0)
        return -1;
    if (step == STEP_UPDATE &&
        update_or_build(index, generation, sequence, standing.changes + pending, error) != 0)
        return -1;
    return sequence == indexed && pending == 0 ? 0 : note_reached(index, sequence, error);
}
