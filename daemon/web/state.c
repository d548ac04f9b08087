/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/web/state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/web/html.h"
#include "indexer/base/mem.h"

enum { RANGES_MAX = sizeof((struct state *)0)->ranges / sizeof *((struct state *)0)->ranges };

/* ---- what an address says ---- */

static bool is(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

static bool is_no(const char *value)
{
    return is(value, "0") || is(value, "no") || is(value, "false");
}

/* Takes a number, moved to within its bounds; false where it is none. */
static bool take_number(const char *text, long least, long most, long *number)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (*end)
        return false;
    *number = value < least ? least : value > most ? most : value;
    return true;
}

static bool is_sort(const char *key)
{
    const char *name = key + (*key == '-');
    const struct field *field = field_find(name);
    return is(key, "relevance") ||
           (field && field->use & FIELD_USE_SORT && is(field_filter_name(field), name));
}

static bool is_part(const char *name)
{
    const struct field *const *parts = field_parts();
    for (size_t i = 0; i < FIELD_PART_COUNT; i++)
        if (is(parts[i]->name, name))
            return true;
    return is(name, "benefits");
}

static bool take_text(struct state *state, const char *name, const char *value)
{
    const struct {
        const char *name;
        char **text;
    } texts[] = {{"q", &state->q},       {"contains", &state->contains},
                 {"from", &state->from}, {"parent", &state->parent},
                 {"to", &state->to},     {"kind", &state->kind}};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (is(texts[i].name, name)) {
            free(*texts[i].text);
            *texts[i].text = mem_text(value);
            return true;
        }
    }
    return false;
}

static bool take_flag(struct state *state, const char *name, const char *value)
{
    if (is(name, "fold") || is(name, "fold_copies"))
        state->shows_copies = is_no(value);
    else if (is(name, "history"))
        state->history = !is_no(value);
    else if (is(name, "newest_version"))
        state->newest_version = !is_no(value);
    else if (is(name, "match") && (is(value, "any") || is(value, "all")))
        state->any = is(value, "any");
    else if (is(name, "order"))
        state->by_name = is(value, "name");
    else
        return false;
    return true;
}

static bool take_filter(struct state *state, const char *name, const char *value)
{
    const struct field *field = field_find(name);
    if (!field || !(field->use & (FIELD_USE_FACET | FIELD_USE_RANGE)))
        return false;
    if (field->use & FIELD_USE_FACET) {
        if (state_find(state, field, value) >= 0)
            return true;
        if (state->filter_count == STATE_FILTERS_MAX)
            return false;
        state->filters[state->filter_count++] = (struct state_filter){field, mem_text(value)};
        return true;
    }
    for (size_t i = 0; i < state->range_count; i++)
        if (state->ranges[i].field == field)
            return is(state->ranges[i].text, value);
    if (state->range_count == RANGES_MAX)
        return false;
    state->ranges[state->range_count].field = field;
    state->ranges[state->range_count++].text = mem_text(value);
    return true;
}

static bool take_other(struct state *state, const char *name, const char *value)
{
    if (is(name, "id"))
        strlist_add(&state->ids, value);
    else if (is(name, "offset"))
        return take_number(value, 0, STATE_OFFSET_MAX, &state->offset);
    else if (is(name, "limit"))
        return take_number(value, 1, STATE_LIMIT_MAX, &state->limit);
    else if (is(name, "sort") && is_sort(value))
        state->sort = state->sort ? state->sort : mem_text(value);
    else if ((is(name, "part") || is(name, "parts")) && is_part(value))
        state->part = state->part ? state->part : mem_text(value);
    else
        return false;
    return true;
}

void state_take(struct state *state, const struct web_pair *pairs, size_t count)
{
    *state = (struct state){.limit = STATE_LIMIT};
    for (size_t i = 0; i < count; i++) {
        const char *name = pairs[i].name, *value = pairs[i].value;
        if (!*value)
            continue;
        if (!take_text(state, name, value) && !take_flag(state, name, value) &&
            !take_other(state, name, value) && !take_filter(state, name, value) &&
            state->unknown.len < STATE_UNKNOWN_MAX)
            strlist_add_unique(&state->unknown, name);
    }
    if (!state->q)
        state->q = mem_text("");
}

void state_free(struct state *state)
{
    free(state->q);
    free(state->sort);
    free(state->part);
    free(state->contains);
    free(state->parent);
    free(state->from);
    free(state->to);
    free(state->kind);
    strlist_free(&state->ids);
    strlist_free(&state->unknown);
    for (size_t i = 0; i < state->filter_count; i++)
        free(state->filters[i].value);
    for (size_t i = 0; i < state->range_count; i++)
        free(state->ranges[i].text);
    *state = (struct state){.q = NULL};
}

bool state_is_search(const struct state *state)
{
    return state->q[strspn(state->q, " \t\r\n")] || state->filter_count || state->range_count ||
           state->sort || state->part || state->history || state->newest_version || state->shows_copies ||
           state->any || state->offset;
}

int state_find(const struct state *state, const struct field *field, const char *value)
{
    for (size_t i = 0; i < state->filter_count; i++)
        if (state->filters[i].field == field && is(state->filters[i].value, value))
            return (int)i;
    return -1;
}

/* ---- what is asked for it ---- */

static json_t *range_of(const char *text)
{
    const char *dots = strstr(text, "..");
    json_t *range = json_object();
    size_t len = dots ? (size_t)(dots - text) : strlen(text);
    if (len > 0)
        json_object_set_new(range, "from", json_stringn(text, len));
    text = dots ? dots + 2 : text;
    if (*text)
        json_object_set_new(range, "to", json_string(text));
    return range;
}

static json_t *filters_of(const struct state *state)
{
    json_t *filters = json_object();
    for (size_t i = 0; i < state->filter_count; i++) {
        const char *name = field_filter_name(state->filters[i].field);
        json_t *values = json_object_get(filters, name);
        if (!values) {
            values = json_array();
            json_object_set_new(filters, name, values);
        }
        json_array_append_new(values, json_string(state->filters[i].value));
    }
    for (size_t i = 0; i < state->range_count; i++)
        json_object_set_new(filters, field_filter_name(state->ranges[i].field),
                            range_of(state->ranges[i].text));
    return filters;
}

json_t *state_question(const struct state *state)
{
    json_t *params = json_pack("{s:s, s:o, s:b, s:b}", "q", state->q, "filters", filters_of(state), "history",
                               state->history, "newest_version", state->newest_version);
    if (state->part)
        json_object_set_new(params, "parts", json_pack("[s]", state->part));
    if (state->any)
        json_object_set_new(params, "match", json_string("any"));
    return params;
}

json_t *state_params(const struct state *state)
{
    json_t *params = state_question(state);
    json_object_set_new(params, "limit", json_integer(state->limit));
    json_object_set_new(params, "offset", json_integer(state->offset));
    json_object_set_new(params, "fold_copies", json_boolean(!state->shows_copies));
    if (state->sort)
        json_object_set_new(params, "sort", json_string(state->sort));
    return params;
}

/* ---- other addresses ---- */

struct state_change state_without(const struct state *state, const struct field *field, const char *value)
{
    int number = state_find(state, field, value);
    /* Of several spellings it is not known which, so all go. */
    return number >= 0 ? (struct state_change){.drop = number + 1}
                       : (struct state_change){.drop_field = field};
}

struct writing {
    struct buf *to;
    bool has_one;
};

static void put_pair(struct writing *writing, const char *name, const char *value)
{
    buf_text(writing->to, writing->has_one ? "&amp;" : "?");
    html_put(writing->to, "%u=%u", name, value);
    writing->has_one = true;
}

/* Whether one of two paths holds the other. */
static bool is_above_or_below(const char *a, const char *b)
{
    size_t shorter = strlen(a) < strlen(b) ? strlen(a) : strlen(b);
    const char *longer = strlen(a) < strlen(b) ? b : a;
    return strncmp(a, b, shorter) == 0 &&
           (!longer[shorter] || strncmp(longer + shorter, FIELD_PATH_SEPARATOR, 3) == 0);
}

static bool is_dropped(const struct state *state, size_t i, const struct state_change *change)
{
    const struct state_filter *filter = &state->filters[i];
    return change->drop == -1 || change->drop == (int)i + 1 || filter->field == change->drop_field ||
           (change->add_field == filter->field && filter->field->kind == FIELD_PATHS &&
            is_above_or_below(filter->value, change->add_value));
}

static void put_filters(struct writing *writing, const struct state *state, const struct state_change *change)
{
    for (size_t i = 0; i < state->filter_count; i++)
        if (!is_dropped(state, i, change))
            put_pair(writing, field_filter_name(state->filters[i].field), state->filters[i].value);
    if (change->add_field)
        put_pair(writing, field_filter_name(change->add_field), change->add_value);
    for (size_t i = 0; i < state->range_count; i++)
        if (change->drop != -1 && change->drop_range != (int)i + 1)
            put_pair(writing, field_filter_name(state->ranges[i].field), state->ranges[i].text);
}

static void put_number(struct writing *writing, const char *name, long value)
{
    char digits[24];
    snprintf(digits, sizeof digits, "%ld", value);
    put_pair(writing, name, digits);
}

static void put_values(struct writing *writing, const struct state *state)
{
    if (state->contains)
        put_pair(writing, "contains", state->contains);
    if (state->by_name)
        put_pair(writing, "order", "name");
}

static void put_question(struct writing *writing, const struct state *state,
                         const struct state_change *change)
{
    if (state->part && !change->drop_part)
        put_pair(writing, change->for_api ? "parts" : "part", state->part);
    if (state->any != change->flip_any)
        put_pair(writing, "match", "any");
    if (state->history != change->flip_history)
        put_pair(writing, "history", "1");
    if (state->newest_version != change->flip_newest)
        put_pair(writing, "newest_version", "1");
}

void state_url(struct buf *to, const struct state *state, const struct state_change *change)
{
    struct writing writing = {.to = to};
    const char *q = change->q ? change->q : state->q;
    const char *sort = change->sort ? change->sort : state->sort;
    bool shows_copies = state->shows_copies != change->flip_copies;
    html_put(to, "%h", change->path ? change->path : "/");
    if (*q && !change->drop_q)
        put_pair(&writing, "q", q);
    put_filters(&writing, state, change);
    put_question(&writing, state, change);
    if (sort && *sort)
        put_pair(&writing, "sort", sort);
    if (change->for_api ? !shows_copies : shows_copies)
        put_pair(&writing, change->for_api ? "fold_copies" : "fold", change->for_api ? "1" : "0");
    if (change->for_values)
        put_values(&writing, state);
    if (change->parent)
        put_pair(&writing, "parent", change->parent);
    if (state->limit != STATE_LIMIT && !change->for_api)
        put_number(&writing, "limit", state->limit);
    if (change->offset > 0)
        put_number(&writing, "offset", change->offset);
}

static void put_field(struct buf *to, const char *name, const char *value)
{
    html_put(to, "<input type=\"hidden\" name=\"%t\" value=\"%t\">", name, value);
}

static void put_own(struct buf *to, const struct state *state)
{
    if (*state->q)
        put_field(to, "q", state->q);
    if (state->part)
        put_field(to, "part", state->part);
    if (state->any)
        put_field(to, "match", "any");
    if (state->history)
        put_field(to, "history", "1");
    if (state->newest_version)
        put_field(to, "newest_version", "1");
}

void state_hidden(struct buf *to, const struct state *state, bool is_values)
{
    for (size_t i = 0; i < state->filter_count; i++)
        put_field(to, field_filter_name(state->filters[i].field), state->filters[i].value);
    for (size_t i = 0; i < state->range_count; i++)
        put_field(to, field_filter_name(state->ranges[i].field), state->ranges[i].text);
    if (is_values)
        put_own(to, state);
    if (state->sort)
        put_field(to, "sort", state->sort);
    if (state->shows_copies)
        put_field(to, "fold", "0");
}
