/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/merge.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

/* No edition is older than any. */
static int compare_editions(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static bool same_text(const struct sighting *a, const struct sighting *b)
{
    return memcmp(a->text, b->text, LEDGER_HASH_SIZE) == 0;
}

/* The sightings that win their edition, newest edition first. Returns how many. */
static size_t find_winners(const struct sighting *sightings, size_t count, size_t *winners)
{
    size_t found = 0;
    for (size_t i = count; i-- > 0;) {
        size_t at = 0;
        while (at < found && compare_editions(sightings[winners[at]].edition, sightings[i].edition) > 0)
            at++;
        if (at < found && compare_editions(sightings[winners[at]].edition, sightings[i].edition) == 0)
            continue;
        memmove(&winners[at + 1], &winners[at], (found - at) * sizeof *winners);
        winners[at] = i;
        found++;
    }
    return found;
}

/* The oldest edition of the unbroken run of winners that state the text of winner `at`. */
static const char *run_start(const struct sighting *sightings, const size_t *winners, size_t count, size_t at)
{
    const char *since = sightings[winners[at]].edition;
    for (size_t i = at + 1; i < count && sightings[winners[i]].edition; i++) {
        if (!same_text(&sightings[winners[i]], &sightings[winners[at]]))
            break;
        since = sightings[winners[i]].edition;
    }
    return since;
}

static void add_text(struct merge_plan *plan, const struct sighting *sightings, size_t count, size_t base,
                     const char *since)
{
    struct merge_text *text = &plan->texts[plan->count++];
    *text = (struct merge_text){
        .members = mem_zero(count, sizeof *text->members),
        .base = base,
        .edition = sightings[base].edition,
        .since = since,
    };
    for (size_t i = 0; i < count; i++)
        if (same_text(&sightings[i], &sightings[base]))
            text->members[text->count++] = i;
}

static bool is_planned(const struct merge_plan *plan, const struct sighting *sightings, size_t sighting)
{
    for (size_t i = 0; i < plan->count; i++)
        if (same_text(&sightings[plan->texts[i].base], &sightings[sighting]))
            return true;
    return false;
}

void merge_plan_make(const struct sighting *sightings, size_t count, struct merge_plan *ret_plan)
{
    size_t *winners = mem_zero(count, sizeof *winners);
    size_t winner_count = find_winners(sightings, count, winners);
    *ret_plan = (struct merge_plan){
        .texts = mem_zero(winner_count, sizeof *ret_plan->texts),
        .superseded = mem_zero(count, sizeof *ret_plan->superseded),
    };
    for (size_t i = 0; i < winner_count; i++) {
        /* A text without edition cannot be told from others by its edition: it is the record or nothing. */
        bool has_name = i == 0 || sightings[winners[i]].edition;
        if (has_name && !is_planned(ret_plan, sightings, winners[i]))
            add_text(ret_plan, sightings, count, winners[i], run_start(sightings, winners, winner_count, i));
    }
    for (size_t i = 0; i < count; i++)
        if (!is_planned(ret_plan, sightings, i))
            ret_plan->superseded[ret_plan->superseded_count++] = i;
    free(winners);
}

void merge_plan_free(struct merge_plan *plan)
{
    for (size_t i = 0; i < plan->count; i++)
        free(plan->texts[i].members);
    free(plan->texts);
    free(plan->superseded);
    *plan = (struct merge_plan){0};
}

/* ---- where and when ---- */

static void add_strings(struct strlist *list, const json_t *array)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        if (json_is_string(item))
            strlist_add_unique(list, json_string_value(item));
    }
}

static void add_sources(struct record *record, const json_t *array)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        const char *file = json_string_value(json_object_get(item, "file"));
        const char *sheet = json_string_value(json_object_get(item, "sheet"));
        json_t *line = json_object_get(item, sheet ? "row" : "line");
        if (file)
            record_add_source(record, file, sheet, (long)json_integer_value(line));
    }
}

static int add_seen(const struct sighting *sighting, struct record *record, struct error *error)
{
    json_t *seen = json_loads(sighting->seen, 0, NULL);
    if (!json_is_object(seen)) {
        error_set(error, "the history is damaged at a statement of %s", sighting->reference);
        json_decref(seen);
        return -1;
    }
    if (sighting->edition)
        strlist_add_unique(&record->editions, sighting->edition);
    add_strings(&record->editions, json_object_get(seen, "editions"));
    add_strings(&record->parse_notes, json_object_get(seen, "parse_notes"));
    add_sources(record, json_object_get(seen, "sources"));
    json_decref(seen);
    return 0;
}

static void forget_seen(struct record *record)
{
    strlist_free(&record->editions);
    strlist_free(&record->parse_notes);
    record_forget_sources(record);
    free(record->edition);
    record->edition = NULL;
}

int merge_seen(const struct sighting *sightings, const struct merge_text *text, struct record *record,
               struct error *error)
{
    forget_seen(record);
    record->edition = mem_text(text->edition);
    for (size_t i = 0; i < text->count; i++)
        if (add_seen(&sightings[text->members[i]], record, error) != 0)
            return -1;
    strlist_sort(&record->editions);
    return 0;
}
