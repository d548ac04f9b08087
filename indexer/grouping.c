/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/grouping.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "indexer/base/json_lift.h"
#include "indexer/base/mem.h"
#include "indexer/distinct/groups.h"
#include "indexer/distinct/minhash.h"
#include "indexer/distinct/shingles.h"

_Static_assert(sizeof(uint32_t) * MINHASH_SIZE <= LEDGER_SIGNATURE_MAX, "a signature fits");
_Static_assert((int)SHINGLES_HASH_SIZE == (int)LEDGER_HASH_SIZE, "a set's hash is one of the ledger's");
_Static_assert(GROUPING_RUNS_MAX >= 2 * SHINGLES_MAX, "two sets fit");

static const char *const prose[] = {"objectives", "expected_benefits", "yielded_benefits", "outputs",
                                    "processing"};
enum { PROSE_COUNT = sizeof prose / sizeof *prose };

/* The numbers of the ledger: by which version groups were made, and whether texts were crowded then. */
static const char number_version[] = "distinct", number_crowded[] = "crowded";

/* ---- the set of a statement ---- */

static void add_prose(const struct json_lifted *texts, const json_t *rest, struct shingles *shingles)
{
    for (size_t i = 0; i < PROSE_COUNT; i++) {
        const json_t *part = texts[i].text ? NULL : json_object_get(rest, prose[i]);
        if (texts[i].text)
            shingles_add(shingles, texts[i].text, texts[i].len);
        else if (json_is_string(part))
            shingles_add(shingles, json_string_value(part), json_string_length(part));
    }
}

/* False: the statement is damaged. */
static bool read_prose(const char *json, size_t len, struct shingles *shingles)
{
    struct json_lifted texts[PROSE_COUNT];
    for (size_t i = 0; i < PROSE_COUNT; i++)
        texts[i] = (struct json_lifted){.name = prose[i]};
    BUF_AUTO struct buf rest = BUF_INIT(LEDGER_RECORD_MAX);
    json_t *record = NULL;
    if (json_lift(json, len, texts, PROSE_COUNT, true, &rest))
        record = json_loadb(rest.data, rest.len, 0, NULL);
    if (record)
        add_prose(texts, record, shingles);
    json_lifted_free(texts, PROSE_COUNT);
    json_decref(record);
    return record != NULL;
}

/* 0, or -1 with `error`. */
static int read_set(struct ledger *ledger, int64_t sighting, struct shingles *shingles, struct error *error)
{
    MEM_AUTO char *json = NULL;
    size_t len;
    shingles_clear(shingles);
    if (sighting == 0) /* releases alone */
        return 0;
    if (ledger_statement(ledger, sighting, &json, &len, error) != 0)
        return -1;
    if (!read_prose(json, len, shingles)) {
        error_set(error, "the history is damaged at statement %lld", (long long)sighting);
        return -1;
    }
    shingles_finish(shingles);
    return 0;
}

/* ---- wordings of members ---- */

/* A member whose wording is not known yet, and what its statement turns out to be. */
struct member {
    char *key;
    int64_t sighting; /* 0: releases alone */
    char *packed;     /* its record as the ledger has it */
    size_t packed_len;
    bool is_damaged;
    struct ledger_wording wording; /* without its number; of size 0 where there is no prose */
};

/* Members at a time, worked out on several threads and then written in order by the one that has the ledger.
 */
struct batch {
    struct member *members; /* GROUPING_BATCH of them */
    size_t count;
    unsigned jobs;
};

/* One of the threads at work on a batch: every jobs-th member is its own. */
struct share {
    struct batch *batch;
    unsigned first;
    pthread_t thread;
    bool started;
};

static void work_out(struct member *member, ZSTD_DCtx *expander, struct shingles *shingles)
{
    uint32_t signature[MINHASH_SIZE];
    size_t len;
    shingles_clear(shingles);
    if (member->sighting == 0)
        return;
    MEM_AUTO char *json = ledger_unpack(expander, member->packed, member->packed_len, &len);
    member->is_damaged = !json || !read_prose(json, len, shingles);
    shingles_finish(shingles);
    if (member->is_damaged || shingles->count == 0)
        return;
    member->wording.size = (int64_t)shingles->count;
    shingles_hash(shingles, member->wording.hash);
    minhash_sign(shingles->runs, shingles->count, signature);
    memcpy(member->wording.signature, signature, sizeof signature);
    member->wording.signature_len = sizeof signature;
}

static void *run_share(void *context)
{
    struct share *share = context;
    struct shingles shingles = {0};
    ZSTD_DCtx *expander = ZSTD_createDCtx();
    for (size_t i = share->first; i < share->batch->count; i += share->batch->jobs)
        work_out(&share->batch->members[i], expander, &shingles);
    ZSTD_freeDCtx(expander);
    shingles_free(&shingles);
    return NULL;
}

static void work_out_batch(struct batch *batch)
{
    struct share *shares = mem_zero(batch->jobs, sizeof *shares);
    for (unsigned i = 0; i < batch->jobs; i++) {
        shares[i] = (struct share){.batch = batch, .first = i};
        shares[i].started =
            i > 0 && i < batch->count && pthread_create(&shares[i].thread, NULL, run_share, &shares[i]) == 0;
    }
    for (unsigned i = 0; i < batch->jobs; i++)
        if (!shares[i].started)
            run_share(&shares[i]);
    for (unsigned i = 0; i < batch->jobs; i++)
        if (shares[i].started)
            pthread_join(shares[i].thread, NULL);
    free(shares);
}

/* Fills the batch with the members behind `after`. 0, or -1 with `error`. */
static int fill_batch(struct ledger *ledger, struct batch *batch, const char *after, struct error *error)
{
    int found = 1;
    size_t bytes = 0;
    while (found == 1 && batch->count < GROUPING_BATCH && bytes < GROUPING_BATCH_BYTES) {
        struct member *member = &batch->members[batch->count];
        found = ledger_next_unread(ledger, after, &member->key, &member->sighting, error);
        if (found != 1)
            break;
        batch->count++;
        after = member->key;
        if (member->sighting != 0 && ledger_statement_packed(ledger, member->sighting, &member->packed,
                                                             &member->packed_len, error) != 0)
            return -1;
        bytes += member->packed_len;
    }
    return found < 0 ? -1 : 0;
}

static void empty_batch(struct batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        free(batch->members[i].key);
        free(batch->members[i].packed);
        batch->members[i] = (struct member){0};
    }
    batch->count = 0;
}

static int note_member(struct ledger *ledger, struct member *member, struct error *error)
{
    struct ledger_wording *wording = &member->wording;
    if (member->is_damaged) {
        error_set(error, "the history is damaged at statement %lld", (long long)member->sighting);
        return -1;
    }
    if (wording->size > 0 && (ledger_find_wording(ledger, wording->hash, &wording->number, error) != 0 ||
                              (!wording->number && ledger_add_wording(ledger, wording, error) != 0)))
        return -1;
    return ledger_set_wording(ledger, member->key, wording->number, error);
}

static int read_batches(struct ledger *ledger, struct batch *batch, struct report *report, int64_t total,
                        struct error *error)
{
    int64_t done = 0;
    MEM_AUTO char *after = mem_text("");
    for (;;) {
        if (fill_batch(ledger, batch, after, error) != 0)
            return -1;
        if (batch->count == 0)
            return 0;
        work_out_batch(batch);
        for (size_t i = 0; i < batch->count; i++) {
            if (note_member(ledger, &batch->members[i], error) != 0)
                return -1;
            report_progress(report, "looking for copies", ++done, total);
        }
        free(after);
        after = mem_text(batch->members[batch->count - 1].key);
        empty_batch(batch);
    }
}

static int read_members(struct ledger *ledger, unsigned jobs, struct report *report, struct error *error)
{
    int64_t total;
    if (ledger_count_unread(ledger, &total, error) != 0)
        return -1;
    struct batch batch = {.jobs = jobs > 0 ? jobs : 1};
    batch.members = mem_zero(GROUPING_BATCH, sizeof *batch.members);
    int status = read_batches(ledger, &batch, report, total, error);
    empty_batch(&batch);
    free(batch.members);
    return status;
}

/* ---- comparing ---- */

/* All wordings, and the sets of those compared last. */
struct wordings {
    struct ledger *ledger;
    struct error *error;
    struct group_text *texts;
    int64_t *numbers;
    size_t count;
    struct shingles read;
    uint64_t **sets; /* of texts[i].size runs; NULL where not held */
    uint32_t *held;  /* a ring of those that are, the oldest first */
    size_t held_first, held_count, held_runs;
};

static void let_go(struct wordings *wordings, uint32_t text)
{
    free(wordings->sets[text]);
    wordings->sets[text] = NULL;
    wordings->held_runs -= wordings->texts[text].size;
}

/* Makes room for a set; `keep` stays. */
static void make_room(struct wordings *wordings, size_t runs, uint32_t keep)
{
    while (wordings->held_count > 0 && wordings->held_runs + runs > GROUPING_RUNS_MAX) {
        uint32_t oldest = wordings->held[wordings->held_first];
        wordings->held_first = (wordings->held_first + 1) % wordings->count;
        if (oldest == keep) { /* never the only one: two sets fit */
            wordings->held[(wordings->held_first + wordings->held_count - 1) % wordings->count] = oldest;
            continue;
        }
        wordings->held_count--;
        let_go(wordings, oldest);
    }
}

/* The set of a text, held; `keep` is not let go for it. NULL with the error. */
static const uint64_t *hold_set(struct wordings *wordings, uint32_t text, uint32_t keep)
{
    if (wordings->sets[text])
        return wordings->sets[text];
    int64_t sighting;
    if (ledger_wording_sighting(wordings->ledger, wordings->numbers[text], &sighting, wordings->error) != 0 ||
        read_set(wordings->ledger, sighting, &wordings->read, wordings->error) != 0)
        return NULL;
    size_t runs = wordings->read.count;
    if (runs == 0 || runs != wordings->texts[text].size) {
        error_set(wordings->error, "the history is damaged: statement %lld is not of its wording",
                  (long long)sighting);
        return NULL;
    }
    make_room(wordings, runs, keep);
    wordings->sets[text] = mem_alloc(runs * sizeof(uint64_t));
    memcpy(wordings->sets[text], wordings->read.runs, runs * sizeof(uint64_t));
    wordings->held[(wordings->held_first + wordings->held_count++) % wordings->count] = text;
    wordings->held_runs += runs;
    return wordings->sets[text];
}

static int test_pair(void *context, size_t a, size_t b)
{
    struct wordings *wordings = context;
    const uint64_t *left = hold_set(wordings, (uint32_t)a, (uint32_t)b);
    const uint64_t *right = left ? hold_set(wordings, (uint32_t)b, (uint32_t)a) : NULL;
    if (!right)
        return -1;
    return shingles_alike(left, wordings->texts[a].size, right, wordings->texts[b].size);
}

static int take_wording(struct wordings *wordings, const struct ledger_wording *wording)
{
    struct group_text *text = &wordings->texts[wordings->count];
    if (wording->signature_len != sizeof text->signature) {
        error_set(wordings->error, "the history is damaged: a signature is of %zu bytes",
                  wording->signature_len);
        return -1;
    }
    memcpy(text->signature, wording->signature, sizeof text->signature);
    text->size = (uint32_t)wording->size;
    text->open = wording->component <= 0;
    text->component = text->open ? -wording->component : wording->component;
    wordings->numbers[wordings->count++] = wording->number;
    return 0;
}

static int load_wordings(struct wordings *wordings)
{
    int64_t count;
    if (ledger_count_wordings(wordings->ledger, &count, wordings->error) != 0)
        return -1;
    wordings->texts = mem_zero((size_t)count, sizeof *wordings->texts);
    wordings->numbers = mem_zero((size_t)count, sizeof *wordings->numbers);
    wordings->sets = mem_zero((size_t)count, sizeof *wordings->sets);
    wordings->held = mem_zero((size_t)count, sizeof *wordings->held);
    struct ledger_wording wording = {0};
    int status;
    while ((status = ledger_next_wording(wordings->ledger, wording.number, &wording, wordings->error)) == 1)
        if (take_wording(wordings, &wording) != 0)
            return -1;
    return status;
}

static void free_wordings(struct wordings *wordings)
{
    for (size_t i = 0; i < wordings->count; i++)
        free(wordings->sets[i]);
    shingles_free(&wordings->read);
    free(wordings->texts);
    free(wordings->numbers);
    free(wordings->sets);
    free(wordings->held);
}

/* Groups all, *ret_groups *new*: for each text the lowest one of its group. `afresh` uses nothing known. */
static int group_wordings(struct wordings *wordings, bool afresh, uint32_t **ret_groups, bool *ret_crowded)
{
    for (size_t i = 0; i < wordings->count && afresh; i++) {
        wordings->texts[i].open = true;
        wordings->texts[i].component = 0;
    }
    struct grouping grouping = {
        .texts = wordings->texts, .count = wordings->count, .test = test_pair, .context = wordings};
    *ret_groups = mem_zero(wordings->count, sizeof **ret_groups);
    return group_texts(&grouping, *ret_groups, ret_crowded);
}

/* ---- a run ---- */

static int note_components(struct wordings *wordings, const uint32_t *groups, const int64_t *before)
{
    for (size_t i = 0; i < wordings->count; i++) {
        int64_t component = wordings->numbers[groups[i]];
        if (component != before[i] &&
            ledger_set_component(wordings->ledger, wordings->numbers[i], component, wordings->error) != 0)
            return -1;
    }
    return 0;
}

/* What the ledger has as components: marked where the group lost a wording. */
static int64_t *components_of(const struct wordings *wordings)
{
    int64_t *components = mem_zero(wordings->count, sizeof *components);
    for (size_t i = 0; i < wordings->count; i++)
        components[i] =
            wordings->texts[i].open ? -wordings->texts[i].component : wordings->texts[i].component;
    return components;
}

static int regroup(struct wordings *wordings)
{
    int64_t crowded;
    if (load_wordings(wordings) != 0 ||
        ledger_number(wordings->ledger, number_crowded, &crowded, wordings->error) != 0)
        return -1;
    int64_t *before = components_of(wordings);
    uint32_t *groups = NULL;
    bool crowded_now = false;
    int status = group_wordings(wordings, crowded != 0, &groups, &crowded_now);
    if (status == 0)
        status = note_components(wordings, groups, before);
    if (status == 0 && crowded_now != (crowded != 0))
        status = ledger_set_number(wordings->ledger, number_crowded, crowded_now, wordings->error);
    free(groups);
    free(before);
    return status;
}

int grouping_prepare(struct ledger *ledger, bool *ret_anew, struct error *error)
{
    int64_t version;
    *ret_anew = false;
    if (ledger_number(ledger, number_version, &version, error) != 0)
        return -1;
    if (version == DISTINCT_VERSION)
        return 0;
    int64_t documents, records;
    if (ledger_count(ledger, &documents, &records, error) != 0 || ledger_forget_wordings(ledger, error) != 0)
        return -1;
    *ret_anew = documents > 0;
    return ledger_set_number(ledger, number_version, DISTINCT_VERSION, error);
}

int grouping_run(struct ledger *ledger, unsigned jobs, struct report *report, bool *changed,
                 struct error *error)
{
    struct wordings wordings = {.ledger = ledger, .error = error};
    bool regrouped = false;
    int status = read_members(ledger, jobs, report, error);
    if (status == 0)
        status = ledger_drop_wordings(ledger, error);
    if (status == 0)
        status = regroup(&wordings);
    free_wordings(&wordings);
    if (status == 0)
        status = ledger_settle_members(ledger, &regrouped, error);
    *changed = *changed || regrouped;
    return status;
}

/* ---- checking ---- */

/* Whether a member's wording is that of its statement. 0, 1 where it is not, -1. */
static int check_member(struct ledger *ledger, int64_t sighting, int64_t wording, struct shingles *shingles,
                        struct error *error)
{
    unsigned char hash[LEDGER_HASH_SIZE];
    int64_t number = 0;
    if (read_set(ledger, sighting, shingles, error) != 0)
        return -1;
    shingles_hash(shingles, hash);
    if (shingles->count > 0 && ledger_find_wording(ledger, hash, &number, error) != 0)
        return -1;
    return number != wording || (shingles->count > 0 && number == 0);
}

static int check_members(struct ledger *ledger, char **ret_key, struct error *error)
{
    struct shingles shingles = {0};
    MEM_AUTO char *after = mem_text("");
    int64_t sighting, wording;
    int status = 0, found = 0;
    char *key;
    while (status == 0 &&
           (found = ledger_next_member(ledger, after, &key, &sighting, &wording, error)) == 1) {
        free(after);
        after = key;
        status = check_member(ledger, sighting, wording, &shingles, error);
    }
    shingles_free(&shingles);
    if (status == 1)
        *ret_key = mem_text(after);
    return found < 0 ? -1 : status;
}

/* Whether all groups, found anew, are those that the ledger has. */
static int check_components(struct ledger *ledger, struct error *error)
{
    struct wordings wordings = {.ledger = ledger, .error = error};
    uint32_t *groups = NULL;
    int64_t *before = NULL;
    bool crowded;
    int status = load_wordings(&wordings);
    if (status == 0) {
        before = components_of(&wordings);
        status = group_wordings(&wordings, true, &groups, &crowded);
    }
    for (size_t i = 0; i < wordings.count && status == 0; i++)
        status = before[i] != wordings.numbers[groups[i]];
    free(groups);
    free(before);
    free_wordings(&wordings);
    return status;
}

int grouping_check(struct ledger *ledger, struct error *error)
{
    MEM_AUTO char *key = NULL;
    int64_t misplaced = 0;
    int status = check_members(ledger, &key, error);
    if (status == 1)
        error_set(error, "the words of %s are not those that copies of it were looked for by", key);
    if (status == 0 && (status = check_components(ledger, error)) == 1)
        error_set(error, "records that are copies of one another are not grouped so");
    if (status == 0)
        status = ledger_count_misplaced(ledger, &misplaced, error);
    if (status == 0 && misplaced > 0) {
        error_set(error, "%lld records are in the group of others", (long long)misplaced);
        status = 1;
    }
    return status;
}
