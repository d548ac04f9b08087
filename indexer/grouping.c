/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/grouping.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/distinct/groups.h"
#include "indexer/distinct/minhash.h"
#include "indexer/distinct/shingles.h"

_Static_assert(sizeof(uint32_t) * MINHASH_SIZE <= LEDGER_SIGNATURE_MAX, "a signature fits");
_Static_assert((int)SHINGLES_HASH_SIZE == (int)LEDGER_HASH_SIZE, "a set's hash is one of the ledger's");
_Static_assert(GROUPING_RUNS_MAX >= 2 * SHINGLES_MAX, "two sets fit");

static const char *const prose[] = {"objectives", "expected_benefits", "yielded_benefits", "outputs",
                                    "processing"};

/* The numbers of the ledger: by which version groups were made, and whether texts were crowded then. */
static const char number_version[] = "distinct", number_crowded[] = "crowded";

/* ---- the set of a statement ---- */

static void add_prose(const json_t *record, struct shingles *shingles)
{
    for (size_t i = 0; i < sizeof prose / sizeof *prose; i++) {
        const json_t *part = json_object_get(record, prose[i]);
        if (json_is_string(part))
            shingles_add(shingles, json_string_value(part), json_string_length(part));
    }
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
    json_t *record = json_loadb(json, len, 0, NULL);
    if (!record) {
        error_set(error, "the history is damaged at statement %lld", (long long)sighting);
        return -1;
    }
    add_prose(record, shingles);
    json_decref(record);
    shingles_finish(shingles);
    return 0;
}

/* ---- wordings of members ---- */

static int find_or_add(struct ledger *ledger, const struct shingles *shingles, int64_t *ret_number,
                       struct error *error)
{
    struct ledger_wording wording = {.size = (int64_t)shingles->count};
    *ret_number = 0;
    if (shingles->count == 0)
        return 0;
    shingles_hash(shingles, wording.hash);
    if (ledger_find_wording(ledger, wording.hash, ret_number, error) != 0)
        return -1;
    if (*ret_number)
        return 0;
    uint32_t signature[MINHASH_SIZE];
    minhash_sign(shingles->runs, shingles->count, signature);
    memcpy(wording.signature, signature, sizeof signature);
    wording.signature_len = sizeof signature;
    int status = ledger_add_wording(ledger, &wording, error);
    *ret_number = wording.number;
    return status;
}

static int read_member(struct ledger *ledger, const char *key, int64_t sighting, struct shingles *shingles,
                       struct error *error)
{
    int64_t wording;
    if (read_set(ledger, sighting, shingles, error) != 0 ||
        find_or_add(ledger, shingles, &wording, error) != 0)
        return -1;
    return ledger_set_wording(ledger, key, wording, error);
}

static int read_members(struct ledger *ledger, struct report *report, struct error *error)
{
    int64_t total, done = 0, sighting;
    if (ledger_count_unread(ledger, &total, error) != 0)
        return -1;
    struct shingles shingles = {0};
    MEM_AUTO char *after = mem_text("");
    int status = 0, found = 0;
    char *key;
    while (status == 0 && (found = ledger_next_unread(ledger, after, &key, &sighting, error)) == 1) {
        free(after);
        after = key;
        status = read_member(ledger, key, sighting, &shingles, error);
        report_progress(report, "looking for copies", ++done, total);
    }
    shingles_free(&shingles);
    return found < 0 ? -1 : status;
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
        if (oldest == keep) {
            if (wordings->held_count == 1)
                return;
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

int grouping_run(struct ledger *ledger, struct report *report, bool *changed, struct error *error)
{
    struct wordings wordings = {.ledger = ledger, .error = error};
    bool regrouped = false;
    int status = read_members(ledger, report, error);
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
