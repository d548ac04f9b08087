/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/request.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/query.h"
#include "indexer/base/mem.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"
#include "indexer/store/columns.h"

static const char *const sort_names[SORT_KEY_COUNT] = {
    [SORT_START] = "start",           [SORT_END] = "end",
    [SORT_RELEASED] = "released",     [SORT_ORGANISATION] = "organisation",
    [SORT_TITLE] = "title",           [SORT_ID] = "id",
    [SORT_PAGE_FILES] = "page_files",
};

static const char *const range_names[RANGE_COUNT] = {
    [RANGE_START] = "start", [RANGE_END] = "end", [RANGE_RELEASED] = "released", [RANGE_CHANGED] = "changed"};

int request_fail(struct search_error *error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    error->code = -32602;
    return -1;
}

const char *request_sort_name(enum sort_key key)
{
    return sort_names[key];
}

const char *request_range_name(enum range_kind kind)
{
    return range_names[kind];
}

/* Names as "a, b, c", for messages. */
static char *list_names(const char *const *names, size_t count)
{
    struct buf text = BUF_INIT(REQUEST_TEXT_MAX);
    for (size_t i = 0; i < count; i++)
        buf_printf(&text, "%s%s", i ? ", " : "", names[i]);
    char *list = buf_take(&text);
    buf_free(&text);
    return list ? list : mem_text("");
}

static char *list_facets(void)
{
    size_t count;
    const struct field *const *facets = field_facets(&count);
    const char **names = mem_zero(count, sizeof *names);
    for (size_t i = 0; i < count; i++)
        names[i] = facets[i]->facet;
    char *list = list_names(names, count);
    free(names);
    return list;
}

int request_check_names(const json_t *params, const char *const *known, const char *method,
                        struct search_error *error)
{
    size_t count = 0;
    while (known[count])
        count++;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)params, name, value)
    {
        bool found = false;
        for (size_t i = 0; i < count; i++)
            found |= strcmp(known[i], name) == 0;
        if (found)
            continue;
        MEM_AUTO char *list = list_names(known, count);
        return request_fail(error, "%s has no parameter \"%.60s\"; it takes %s", method, name, list);
    }
    return 0;
}

/* ---- plain values ---- */

/* An absent parameter and null leave the default. */
static json_t *given(const json_t *params, const char *name)
{
    json_t *value = json_object_get(params, name);
    return json_is_null(value) ? NULL : value;
}

static int take_bool(const json_t *params, const char *name, bool *ret_value, struct search_error *error)
{
    json_t *value = given(params, name);
    if (value && !json_is_boolean(value))
        return request_fail(error, "%s takes true or false", name);
    if (value)
        *ret_value = json_is_true(value);
    return 0;
}

static int take_count(const json_t *params, const char *name, size_t max, size_t *ret_value,
                      struct search_error *error)
{
    json_t *value = given(params, name);
    if (!value)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || (size_t)json_integer_value(value) > max)
        return request_fail(error, "%s takes a whole number from 0 to %zu", name, max);
    *ret_value = (size_t)json_integer_value(value);
    return 0;
}

static int take_text(const json_t *params, const char *name, const char **ret_text,
                     struct search_error *error)
{
    json_t *value = given(params, name);
    if (!value)
        return 0;
    if (!json_is_string(value) || json_string_length(value) > REQUEST_TEXT_MAX)
        return request_fail(error, "%s takes a text of at most %d bytes", name, REQUEST_TEXT_MAX);
    *ret_text = json_string_value(value);
    return 0;
}

static int take_word(const json_t *params, const char *name, const char *const *words, size_t count,
                     size_t *ret_word, struct search_error *error)
{
    json_t *value = given(params, name);
    if (!value)
        return 0;
    const char *text = json_string_value(value);
    for (size_t i = 0; text && i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_word = i;
            return 0;
        }
    }
    MEM_AUTO char *list = list_names(words, count);
    return text ? request_fail(error, "%s takes one of %s, not \"%.60s\"", name, list, text)
                : request_fail(error, "%s takes one of %s", name, list);
}

/* ---- facets by name ---- */

/* Index of the facet in field_facets(), or -1 with `error` naming the known ones. */
static int facet_named(const char *name, const char *parameter, struct search_error *error)
{
    const struct field *field = field_find(name);
    int facet = field && field->use & FIELD_USE_FACET ? field_facet_number(field) : -1;
    if (facet >= 0)
        return facet;
    MEM_AUTO char *list = list_facets();
    if (strcmp(parameter, "filters") != 0)
        return request_fail(error, "%s: there is no facet \"%.60s\"; there are %s", parameter, name, list);
    MEM_AUTO char *ranges = list_names(range_names, RANGE_COUNT);
    return request_fail(error, "filters: there is no facet \"%.60s\"; there are %s, and the ranges %s", name,
                        list, ranges);
}

/* ---- filters ---- */

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
static bool select_provision(struct selection *selection, const struct facet_column *column,
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
static void warn_of_value(struct request *request, const struct facet_column *column, const char *typed)
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
    if (is_legal_basis && node != NODE_NONE && select_provision(selection, column, typed, &request->warnings))
        return;
    if (node != NODE_UNKNOWN) {
        select_node(selection, node);
        return;
    }
    if (selection->unknown.len >= REQUEST_UNKNOWN_MAX)
        return;
    strlist_add_unique(&selection->unknown, typed);
    warn_of_value(request, column, typed);
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
    int facet = facet_named(name, "filters", error);
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
    json_t *value = given(object, which);
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

static int take_filters(struct request *request, const struct columns *columns, const json_t *params,
                        struct search_error *error)
{
    json_t *filters = given(params, "filters");
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

/* ---- facets to count ---- */

/* The node whose children are asked for: a value, or a provision in short as filters take it. */
static int32_t parent_node(struct request *request, const struct facet_column *column, const char *typed)
{
    int32_t node = columns_node(column, typed);
    if (node == NODE_UNKNOWN && strcmp(column->field->facet, "legal_basis") == 0) {
        struct selection meant = {0};
        STRLIST_AUTO struct strlist notes = {0};
        if (select_provision(&meant, column, typed, &notes) && meant.count == 1)
            node = meant.nodes[0];
        free(meant.nodes);
    }
    if (node == NODE_UNKNOWN)
        warn_of_value(request, column, typed);
    return node;
}

/* limit, offset, parent, contains, sort and count of one facet. */
static int take_counted_options(struct request *request, struct counted *counted,
                                const struct columns *columns, const json_t *object,
                                struct search_error *error)
{
    static const char *const sorts[] = {"count", "value"};
    static const char *const counts[] = {"records", "releases"};
    const char *parent = NULL, *contains = NULL;
    size_t sort = 0, count = 0;
    if (take_count(object, "limit", SEARCH_FACET_VALUES_MAX, &counted->limit, error) != 0 ||
        take_count(object, "offset", SEARCH_WINDOW_MAX, &counted->offset, error) != 0 ||
        take_text(object, "parent", &parent, error) != 0 ||
        take_text(object, "contains", &contains, error) != 0 ||
        take_word(object, "sort", sorts, 2, &sort, error) != 0 ||
        take_word(object, "count", counts, 2, &count, error) != 0)
        return -1;
    counted->by_value = sort == 1;
    counted->releases = count == 1;
    if (contains)
        counted->contains = key_fold(contains);
    if (parent) {
        counted->has_parent = true;
        counted->parent = parent_node(request, &columns->facets[counted->facet], parent);
    }
    return 0;
}

static struct counted *add_counted(struct request *request, int facet, const char *name)
{
    request->counted = mem_grow(request->counted, request->counted_count + 1, sizeof *request->counted);
    struct counted *counted = &request->counted[request->counted_count++];
    *counted = (struct counted){
        .facet = facet, .name = mem_text(name), .limit = REQUEST_VALUES_DEFAULT, .parent = NODE_NO_PARENT};
    return counted;
}

static int take_counted(struct request *request, const struct columns *columns, const json_t *item,
                        struct search_error *error)
{
    static const char *const known[] = {"name",     "as",   "limit", "offset", "parent",
                                        "contains", "sort", "count", NULL};
    const char *name = json_string_value(item);
    if (!name && !json_is_object(item))
        return request_fail(error,
                            "facets takes a list of names, or of objects {name, as, limit, parent, ...}");
    const char *as = NULL;
    if (!name) {
        if (request_check_names(item, known, "a facet", error) != 0 ||
            take_text(item, "name", &name, error) != 0 || take_text(item, "as", &as, error) != 0)
            return -1;
        if (!name)
            return request_fail(error, "facets: an object needs a name, e.g. {\"name\": \"legal_basis\"}");
    }
    int facet = facet_named(name, "facets", error);
    if (facet < 0)
        return -1;
    if (!as)
        as = columns->facets[facet].field->facet;
    for (size_t i = 0; i < request->counted_count; i++)
        if (strcmp(request->counted[i].name, as) == 0)
            return request_fail(
                error, "facets: \"%.60s\" is asked for twice; give one of them another name with \"as\"", as);
    struct counted *counted = add_counted(request, facet, as);
    return json_is_object(item) ? take_counted_options(request, counted, columns, item, error) : 0;
}

static int take_facets(struct request *request, const struct columns *columns, const json_t *params,
                       struct search_error *error)
{
    json_t *facets = given(params, "facets");
    if (!facets)
        return 0;
    if (!json_is_array(facets) || json_array_size(facets) > SEARCH_FACETS_MAX)
        return request_fail(error, "facets takes a list of at most %d facets", SEARCH_FACETS_MAX);
    size_t i;
    json_t *item;
    json_array_foreach(facets, i, item)
    {
        if (take_counted(request, columns, item, error) != 0)
            return -1;
    }
    return 0;
}

/* ---- the rest of a search ---- */

static int take_parts(struct request *request, const json_t *params, struct search_error *error)
{
    json_t *parts = given(params, "parts");
    if (!parts)
        return 0;
    bool is_list = json_is_array(parts);
    size_t count = is_list ? json_array_size(parts) : 1;
    request->parts = count ? 0 : QUERY_ALL_PARTS;
    for (size_t i = 0; i < count; i++) {
        const char *name = json_string_value(is_list ? json_array_get(parts, i) : parts);
        unsigned named = name ? query_parts_named(name, strlen(name)) : 0;
        if (!named) {
            const char *names[FIELD_PART_COUNT];
            for (int part = 0; part < FIELD_PART_COUNT; part++)
                names[part] = field_parts()[part]->name;
            MEM_AUTO char *list = list_names(names, FIELD_PART_COUNT);
            return request_fail(error,
                                "parts: there is no part \"%.60s\"; there are %s, and benefits for both",
                                name ? name : "(not a text)", list);
        }
        request->parts |= named;
    }
    return 0;
}

static int take_sort(struct request *request, const json_t *params, struct search_error *error)
{
    const char *sort = NULL;
    if (take_text(params, "sort", &sort, error) != 0)
        return -1;
    if (!sort || strcmp(sort, "relevance") == 0)
        return 0;
    request->descending = *sort == '-';
    for (enum sort_key key = 0; key < SORT_KEY_COUNT; key++) {
        if (strcmp(sort + request->descending, sort_names[key]) == 0) {
            request->sort = key;
            return 0;
        }
    }
    MEM_AUTO char *list = list_names(sort_names, SORT_KEY_COUNT);
    return request_fail(
        error, "sort takes relevance, %s, each with - before it for descending; not \"%.60s\"", list, sort);
}

static int take_query(struct request *request, const json_t *params, struct search_error *error)
{
    json_t *q = given(params, "q");
    if (!q)
        return 0;
    if (!json_is_string(q) || json_string_length(q) > SEARCH_QUERY_MAX)
        return request_fail(error, "q takes a text of at most %d bytes", SEARCH_QUERY_MAX);
    request->q = json_string_value(q);
    request->q_len = json_string_length(q);
    return 0;
}

void request_init(struct request *request, const struct columns *columns)
{
    *request = (struct request){.parts = QUERY_ALL_PARTS,
                                .same_release = true,
                                .sort = SORT_RELEVANCE,
                                .limit = REQUEST_LIMIT_DEFAULT,
                                .snippets = 1,
                                .facet_count = columns->facet_count};
    request->selections = mem_zero(columns->facet_count, sizeof *request->selections);
}

int request_parse_search(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error)
{
    static const char *const known[] = {"q",       "filters", "facets",         "match",    "parts",
                                        "sort",    "offset",  "limit",          "snippets", "same_release",
                                        "history", "explain", "newest_version", NULL};
    static const char *const matches[] = {"all", "any"};
    size_t match = 0;
    if (request_check_names(params, known, "search", error) != 0 || take_query(request, params, error) != 0 ||
        take_filters(request, columns, params, error) != 0 ||
        take_facets(request, columns, params, error) != 0 ||
        take_word(params, "match", matches, 2, &match, error) != 0 ||
        take_parts(request, params, error) != 0 || take_sort(request, params, error) != 0 ||
        take_count(params, "offset", SEARCH_WINDOW_MAX, &request->offset, error) != 0 ||
        take_count(params, "limit", SEARCH_LIMIT_MAX, &request->limit, error) != 0 ||
        take_count(params, "snippets", SEARCH_SNIPPETS_MAX, &request->snippets, error) != 0 ||
        take_bool(params, "same_release", &request->same_release, error) != 0 ||
        take_bool(params, "history", &request->history, error) != 0 ||
        take_bool(params, "explain", &request->explain, error) != 0 ||
        take_bool(params, "newest_version", &request->newest_version, error) != 0)
        return -1;
    request->match_any = match == 1;
    if (request->offset + request->limit > SEARCH_WINDOW_MAX)
        return request_fail(error, "offset and limit together reach to at most %d", SEARCH_WINDOW_MAX);
    return 0;
}

int request_parse_facets(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error)
{
    static const char *const known[] = {
        "name", "q",     "filters", "limit",        "offset",         "parent", "contains",
        "sort", "count", "parts",   "same_release", "newest_version", NULL};
    const char *name = NULL;
    if (request_check_names(params, known, "facets", error) != 0 ||
        take_text(params, "name", &name, error) != 0)
        return -1;
    if (!name) {
        MEM_AUTO char *list = list_facets();
        return request_fail(error, "facets needs a name; there are %s", list);
    }
    int facet = facet_named(name, "name", error);
    if (facet < 0)
        return -1;
    struct counted *counted = add_counted(request, facet, columns->facets[facet].field->facet);
    if (take_counted_options(request, counted, columns, params, error) != 0 ||
        take_query(request, params, error) != 0 || take_filters(request, columns, params, error) != 0 ||
        take_parts(request, params, error) != 0 ||
        take_bool(params, "same_release", &request->same_release, error) != 0 ||
        take_bool(params, "newest_version", &request->newest_version, error) != 0)
        return -1;
    return 0;
}

void request_free(struct request *request)
{
    for (size_t i = 0; request->selections && i < request->facet_count; i++) {
        free(request->selections[i].nodes);
        strlist_free(&request->selections[i].unknown);
    }
    free(request->selections);
    for (size_t i = 0; i < request->counted_count; i++) {
        free(request->counted[i].name);
        free(request->counted[i].contains);
    }
    free(request->counted);
    strlist_free(&request->warnings);
}
