/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/base/buf.h"
#include "indexer/base/hash.h"
#include "indexer/base/mem.h"
#include "indexer/merge.h"
#include "indexer/register/field.h"

enum { ROWS_MAX = 256 << 20 }; /* bytes of the JSON of all rows of a reference */

/* A release met, and how often the source now looked at has it. */
struct met {
    UT_hash_handle hh;
    uint64_t key;
    size_t release; /* in the record */
    int64_t source;
    const char *edition;
    int64_t count; /* of this source's edition */
};

/* The rows as one record's releases: `releases[i]` is what row i says. */
static struct record *parse_rows(const struct release_row *rows, size_t count, struct error *error)
{
    BUF_AUTO struct buf json = BUF_INIT(ROWS_MAX);
    buf_text(&json, "{\"id\":\"rows\",\"releases\":[");
    for (size_t i = 0; i < count; i++) {
        buf_text(&json, i > 0 ? "," : "");
        buf_text(&json, rows[i].row);
    }
    buf_text(&json, "]}");
    json_t *object = buf_failed(&json) ? NULL : json_loadb(json.data, json.len, 0, NULL);
    struct record *record = object ? record_from_json(object, error) : NULL;
    json_decref(object);
    if (record && record->release_count == count)
        return record;
    error_set(error, "the history is damaged at the releases of %s", rows[0].reference);
    record_free(record);
    return NULL;
}

static void hash_text(XXH3_state_t *state, const char *text)
{
    XXH3_64bits_update(state, text ? text : "\x01", text ? strlen(text) + 1 : 2);
}

/* What makes a release: all that it says, and its month, which is its edition's where it names none. */
static uint64_t release_key(const struct release *release, const char *edition)
{
    XXH3_state_t *state = XXH3_createState();
    XXH3_64bits_reset(state);
    size_t count;
    const struct field *const *facets = field_facets(&count);
    struct strlist values = {0};
    for (size_t i = 0; i < count; i++) {
        if (!(facets[i]->use & FIELD_USE_RELEASE))
            continue;
        field_release_values(facets[i], release, &values);
        for (size_t n = 0; n < values.len; n++)
            hash_text(state, values.items[n]);
        hash_text(state, NULL);
    }
    strlist_free(&values);
    hash_text(state, release->month ? release->month : edition);
    uint64_t key = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    return key;
}

static struct met *meet(struct met **all, uint64_t key, struct record *record, const struct release *release)
{
    struct met *met;
    HASH_FIND(hh, *all, &key, sizeof key, met);
    if (met)
        return met;
    met = mem_zero(1, sizeof *met);
    met->key = key;
    met->release = record->release_count;
    HASH_ADD(hh, *all, key, sizeof key, met);
    struct release *added = record_add_release(record);
    release_copy(added, release);
    added->count = 0;
    return met;
}

/* Rows of one source's edition add up; of what several say, the largest is taken. */
static void count_row(struct met *met, const struct release_row *row, struct release *release)
{
    bool same = met->source == row->source &&
                strcmp(met->edition ? met->edition : "", row->edition ? row->edition : "") == 0;
    met->count = same ? met->count + row->count : row->count;
    met->source = row->source;
    met->edition = row->edition;
    if (met->count > release->count)
        release->count = (long)met->count;
    if (row->edition)
        strlist_add_unique(&release->editions, row->edition);
}

static void free_met(struct met **all)
{
    struct met *met, *next;
    HASH_ITER(hh, *all, met, next)
    {
        HASH_DEL(*all, met);
        free(met);
    }
}

/* Adds a value to a list over the agreement; what such a list has no room for stands in the releases alone.
 */
static void add_value(struct strlist *list, const char *value)
{
    if (value && list->len < RECORD_LIST_MAX)
        strlist_add_unique(list, value);
}

static void add_to_lists(struct record *record, const struct release *release)
{
    add_value(&record->datasets, release->dataset);
    add_value(&record->identifiability, release->identifiability);
    add_value(&record->opt_outs, release->opt_outs);
    add_value(&record->duty_of_confidence, release->duty_of_confidence);
    add_value(&record->sensitivity, release->sensitivity);
    add_value(&record->method, release->method);
    for (size_t i = 0; i < release->legal_basis.len; i++)
        add_value(&record->legal_basis, release->legal_basis.items[i]);
}

static void find_months(const struct record *record, const char **ret_first, const char **ret_last)
{
    *ret_first = *ret_last = NULL;
    for (size_t i = 0; i < record->release_count; i++) {
        const char *month = record->releases[i].month;
        if (month && (!*ret_first || strcmp(month, *ret_first) < 0))
            *ret_first = month;
        if (month && (!*ret_last || strcmp(month, *ret_last) > 0))
            *ret_last = month;
    }
}

/* The first and the last month that rows name, where the statement itself does not say when data went out. */
static void set_months(struct record *record)
{
    const char *first, *last;
    if (record->released_from || record->released_to)
        return;
    find_months(record, &first, &last);
    record->released_from = mem_text(first);
    record->released_to = mem_text(last);
}

static void remove_text(struct strlist *list, const char *text)
{
    for (size_t i = 0; text && i < list->len; i++) {
        if (strcmp(list->items[i], text) != 0)
            continue;
        free(list->items[i]);
        memmove(&list->items[i], &list->items[i + 1], (list->len - i - 1) * sizeof *list->items);
        list->len--;
        return;
    }
}

static void remove_from_lists(struct record *record, const struct release *release)
{
    remove_text(&record->datasets, release->dataset);
    remove_text(&record->identifiability, release->identifiability);
    remove_text(&record->opt_outs, release->opt_outs);
    remove_text(&record->duty_of_confidence, release->duty_of_confidence);
    remove_text(&record->sensitivity, release->sensitivity);
    remove_text(&record->method, release->method);
    for (size_t i = 0; i < release->legal_basis.len; i++)
        remove_text(&record->legal_basis, release->legal_basis.items[i]);
}

static bool same_or_null(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

void merge_take_out_releases(struct record *record)
{
    const char *first, *last;
    for (size_t i = 0; i < record->release_count; i++)
        remove_from_lists(record, &record->releases[i]);
    find_months(record, &first, &last);
    if (!same_or_null(record->released_from, first) || !same_or_null(record->released_to, last))
        return;
    free(record->released_from);
    free(record->released_to);
    record->released_from = record->released_to = NULL;
}

int merge_releases(const struct release_row *rows, size_t count, struct record *record, struct error *error)
{
    record->has_releases = true;
    if (count == 0)
        return 0;
    RECORD_AUTO struct record *parsed = parse_rows(rows, count, error);
    if (!parsed)
        return -1;
    struct met *all = NULL;
    for (size_t i = 0; i < count; i++) {
        const struct release *release = &parsed->releases[i];
        struct met *met = meet(&all, release_key(release, rows[i].edition), record, release);
        count_row(met, &rows[i], &record->releases[met->release]);
    }
    free_met(&all);
    for (size_t i = 0; i < record->release_count; i++)
        add_to_lists(record, &record->releases[i]);
    set_months(record);
    return 0;
}
