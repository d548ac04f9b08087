/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filters of a search: values chosen of facets, and ranges of dates. */
#include <stdio.h>
#include <string.h>

#include "daemon/search/request_internal.h"
#include "indexer/register/legal_basis.h"
#include "indexer/store/columns.h"

static const char *const range_names[RANGE_COUNT] = {
    [RANGE_START] = "start", [RANGE_END] = "end", [RANGE_RELEASED] = "released", [RANGE_CHANGED] = "changed"};

const char *request_range_name(enum range_kind kind)
{
    return range_names[kind];
}

/* ---- values ---- */

static void select_node(struct selection *selection, int32_t node)
{
    for (size_t i = 0; i < selection->count; i++)
        if (selection->nodes[i] == node)
            return;
    selection->nodes =
        mem_push(selection->nodes, selection->count, &selection->cap, sizeof *selection->nodes);
    selection->nodes[selection->count++] = node;
}

/* The nodes of the paths that a person means by a short form of a provision. */
bool request_select_provision(struct selection *selection, const struct facet_column *column,
                              const char *typed, struct strlist *warnings)
{
    STRLIST_AUTO struct strlist paths = {0};
    MEM_AUTO char *note = NULL;
    bool meant = legal_basis_resolve(typed, &column->paths, &paths, &note);
    for (size_t i = 0; meant && i < paths.len; i++) {
        int32_t node = columns_node(column, paths.items[i]);
        if (node != NODE_UNKNOWN)
            select_node(selection, node);
    }
    if (note)
        strlist_add_unique(warnings, note);
    return meant;
}

/* Adds a warning, unless there are many already. */
void request_warn_of_value(struct request *request, const struct facet_column *column, const char *typed)
{
    if (request->warnings.len >= REQUEST_WARNINGS_MAX)
        return;
    MEM_AUTO char *text =
        mem_format("%s: nothing in this index has the value \"%.200s\"", column->field->facet, typed);
    strlist_add_unique(&request->warnings, text);
}

static void select_value(struct request *request, const struct columns *columns, int facet, const char *typed)
{
    const struct facet_column *column = &columns->facets[facet];
    struct selection *selection = &request->selections[facet];
    bool is_legal_basis = strcmp(column->field->facet, "legal_basis") == 0;
    int32_t node = columns_node(column, typed);
    if (node != NODE_UNKNOWN && !is_legal_basis) {
        select_node(selection, node);
        return;
    }
    if (is_legal_basis && node != NODE_NONE &&
        request_select_provision(selection, column, typed, &request->warnings))
        return;
    if (node != NODE_UNKNOWN) {
        select_node(selection, node);
        return;
    }
    if (selection->unknown.len >= REQUEST_UNKNOWN_MAX)
        return;
    strlist_add_unique(&selection->unknown, typed);
    request_warn_of_value(request, column, typed);
}

/* One value of a filter as text: strings as they are; true, false and whole numbers as facets spell them. */
static int filter_text(const json_t *value, const char *name, char number[32], const char **ret_text,
                       struct search_error *error)
{
    *ret_text = json_is_true(value) ? "yes" : json_is_false(value) ? "no" : json_string_value(value);
    if (json_is_integer(value)) {
        snprintf(number, 32, "%lld", (long long)json_integer_value(value));
        *ret_text = number;
    }
    if (!*ret_text || strlen(*ret_text) > REQUEST_TEXT_MAX)
        return request_fail(error, "filters: %.60s takes values that are texts of at most %d bytes", name,
                            REQUEST_TEXT_MAX);
    return 0;
}

static int take_selection(struct request *request, const struct columns *columns, const char *name,
                          const json_t *values, struct search_error *error)
{
    int facet = request_facet_named(name, "filters", error);
    if (facet < 0)
        return -1;
    bool is_list = json_is_array(values);
    size_t count = is_list ? json_array_size(values) : 1;
    if (count > SEARCH_FILTER_VALUES_MAX)
        return request_fail(error, "filters: %s takes at most %d values", name, SEARCH_FILTER_VALUES_MAX);
    if (count > 0)
        request->selections[facet].is_set = true; /* an empty list chooses nothing, so it does not filter */
    for (size_t i = 0; i < count; i++) {
        char number[32];
        const char *text;
        if (filter_text(is_list ? json_array_get(values, i) : values, name, number, &text, error) != 0)
            return -1;
        select_value(request, columns, facet, text);
    }
    return 0;
}

/* "2019", "2019-05" or "2019-05-31" as the first day (or the last) that it stands for; false for anything
 * else. */
static bool range_day(const char *text, bool last, uint32_t *ret_day)
{
    char day[11] = "";
    size_t len = strlen(text);
    if (len != 4 && len != 7 && len != 10)
        return false;
    memcpy(day, text, len + 1);
    if (len == 4)
        memcpy(day + 4, last ? "-12" : "-01", 4);
    if (len < 10)
        memcpy(day + 7, last ? "-31" : "-01", 4);
    *ret_day = column_day(day);
    return *ret_day != 0;
}

static int take_bound(const json_t *object, const char *range, const char *which, bool is_month,
                      uint32_t *ret_bound, struct search_error *error)
{
    json_t *value = request_given(object, which);
    if (!value)
        return 0;
    uint32_t day;
    if (!json_is_string(value) || !range_day(json_string_value(value), strcmp(which, "to") == 0, &day))
        return request_fail(error, "filters: %s.%s takes a date: YYYY, YYYY-MM or YYYY-MM-DD", range, which);
    *ret_bound = is_month ? (day / 10000 - 1900) * 12 + day / 100 % 100 : day;
    return 0;
}

static int take_range(struct request *request, enum range_kind kind, const json_t *value,
                      struct search_error *error)
{
    const char *name = range_names[kind];
    static const char *const known[] = {"from", "to", NULL};
    if (!json_is_object(value))
        return request_fail(error, "filters: %s takes {\"from\": date, \"to\": date}, either may be left out",
                            name);
    if (request_check_names(value, known, name, error) != 0)
        return -1;
    struct range *range = &request->ranges[kind];
    *range = (struct range){.is_set = true, .from = 0, .to = UINT32_MAX};
    bool is_month = kind == RANGE_RELEASED;
    if (take_bound(value, name, "from", is_month, &range->from, error) != 0)
        return -1;
    return take_bound(value, name, "to", is_month, &range->to, error);
}

int request_take_filters(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error)
{
    json_t *filters = request_given(params, "filters");
    if (!filters)
        return 0;
    if (!json_is_object(filters))
        return request_fail(error, "filters takes an object: {facet: [values], start: {from, to}, ...}");
    const char *name;
    json_t *value;
    json_object_foreach(filters, name, value)
    {
        enum range_kind kind = 0;
        while (kind < RANGE_COUNT && strcmp(range_names[kind], name) != 0)
            kind++;
        int status = kind < RANGE_COUNT ? take_range(request, kind, value, error)
                                        : take_selection(request, columns, name, value, error);
        if (status != 0)
            return -1;
    }
    return 0;
}
