/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/request_internal.h"

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
    [SORT_START] = "start",
    [SORT_END] = "end",
    [SORT_RELEASED] = "released",
    [SORT_CHANGED] = "changed",
    [SORT_ORGANISATION] = "organisation",
    [SORT_TITLE] = "title",
    [SORT_ID] = "id",
    [SORT_PAGE_FILES] = "page_files",
};

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

char *request_list_names(const char *const *names, size_t count)
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
    char *list = request_list_names(names, count);
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
        MEM_AUTO char *list = request_list_names(known, count);
        return request_fail(error, "%s has no parameter \"%.60s\"; it takes %s", method, name, list);
    }
    return 0;
}

/* ---- plain values ---- */

json_t *request_given(const json_t *params, const char *name)
{
    json_t *value = json_object_get(params, name);
    return json_is_null(value) ? NULL : value;
}

int request_take_bool(const json_t *params, const char *name, bool *ret_value, struct search_error *error)
{
    json_t *value = request_given(params, name);
    if (value && !json_is_boolean(value))
        return request_fail(error, "%s takes true or false", name);
    if (value)
        *ret_value = json_is_true(value);
    return 0;
}

int request_take_count(const json_t *params, const char *name, size_t max, size_t *ret_value,
                       struct search_error *error)
{
    json_t *value = request_given(params, name);
    if (!value)
        return 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || (size_t)json_integer_value(value) > max)
        return request_fail(error, "%s takes a whole number from 0 to %zu", name, max);
    *ret_value = (size_t)json_integer_value(value);
    return 0;
}

int request_take_text(const json_t *params, const char *name, const char **ret_text,
                      struct search_error *error)
{
    json_t *value = request_given(params, name);
    if (!value)
        return 0;
    if (!json_is_string(value) || json_string_length(value) > REQUEST_TEXT_MAX)
        return request_fail(error, "%s takes a text of at most %d bytes", name, REQUEST_TEXT_MAX);
    *ret_text = json_string_value(value);
    return 0;
}

int request_take_word(const json_t *params, const char *name, const char *const *words, size_t count,
                      size_t *ret_word, struct search_error *error)
{
    json_t *value = request_given(params, name);
    if (!value)
        return 0;
    const char *text = json_string_value(value);
    for (size_t i = 0; text && i < count; i++) {
        if (strcmp(words[i], text) == 0) {
            *ret_word = i;
            return 0;
        }
    }
    MEM_AUTO char *list = request_list_names(words, count);
    return text ? request_fail(error, "%s takes one of %s, not \"%.60s\"", name, list, text)
                : request_fail(error, "%s takes one of %s", name, list);
}

/* ---- facets by name ---- */

int request_facet_named(const char *name, const char *parameter, struct search_error *error)
{
    const struct field *field = field_find(name);
    int facet = field && field->use & FIELD_USE_FACET ? field_facet_number(field) : -1;
    if (facet >= 0)
        return facet;
    MEM_AUTO char *list = list_facets();
    if (strcmp(parameter, "filters") != 0)
        return request_fail(error, "%s: there is no facet \"%.60s\"; there are %s", parameter, name, list);
    const char *kinds[RANGE_COUNT];
    for (enum range_kind kind = 0; kind < RANGE_COUNT; kind++)
        kinds[kind] = request_range_name(kind);
    MEM_AUTO char *ranges = request_list_names(kinds, RANGE_COUNT);
    return request_fail(error, "filters: there is no facet \"%.60s\"; there are %s, and the ranges %s", name,
                        list, ranges);
}

/* ---- facets to count ---- */

/* The node whose children are asked for: a value, or a provision in short as filters take it. */
static int32_t parent_node(struct request *request, const struct facet_column *column, const char *typed)
{
    int32_t node = columns_node(column, typed);
    if (node == NODE_UNKNOWN && strcmp(column->field->facet, "legal_basis") == 0) {
        struct selection meant = {0};
        STRLIST_AUTO struct strlist notes = {0};
        if (request_select_provision(&meant, column, typed, &notes) && meant.count == 1)
            node = meant.nodes[0];
        free(meant.nodes);
    }
    if (node == NODE_UNKNOWN)
        request_warn_of_value(request, column, typed);
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
    if (request_take_count(object, "limit", SEARCH_FACET_VALUES_MAX, &counted->limit, error) != 0 ||
        request_take_count(object, "offset", (size_t)search_limits()->window, &counted->offset, error) != 0 ||
        request_take_text(object, "parent", &parent, error) != 0 ||
        request_take_text(object, "contains", &contains, error) != 0 ||
        request_take_word(object, "sort", sorts, 2, &sort, error) != 0 ||
        request_take_word(object, "count", counts, 2, &count, error) != 0)
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
            request_take_text(item, "name", &name, error) != 0 ||
            request_take_text(item, "as", &as, error) != 0)
            return -1;
        if (!name)
            return request_fail(error, "facets: an object needs a name, e.g. {\"name\": \"legal_basis\"}");
    }
    int facet = request_facet_named(name, "facets", error);
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
    json_t *facets = request_given(params, "facets");
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
    json_t *parts = request_given(params, "parts");
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
            MEM_AUTO char *list = request_list_names(names, FIELD_PART_COUNT);
            return request_fail(error,
                                "parts: there is no part \"%.60s\"; there are %s, and benefits for both",
                                name ? name : "(not a text)", list);
        }
        request->parts |= named;
    }
    return 0;
}

static bool is_stored(const struct field *field)
{
    return field->kind != FIELD_PROSE && field->kind != FIELD_DERIVED;
}

static int refuse_field(const char *name, struct search_error *error)
{
    size_t count, kept = 0;
    const struct field *fields = field_table(&count);
    const char *names[REQUEST_FIELDS_MAX];
    for (size_t i = 0; i < count && kept < REQUEST_FIELDS_MAX; i++)
        if (is_stored(&fields[i]))
            names[kept++] = fields[i].name;
    MEM_AUTO char *list = request_list_names(names, kept);
    return request_fail(error, "fields: there is no field \"%.60s\" for a hit to carry; there are %s", name,
                        list);
}

static void add_field(struct request *request, const struct field *field)
{
    bool is_there = field->use & FIELD_USE_HIT || strcmp(field->name, "changed") == 0;
    for (size_t i = 0; i < request->field_count; i++)
        is_there |= request->fields[i] == field;
    if (!is_there && request->field_count < REQUEST_FIELDS_MAX)
        request->fields[request->field_count++] = field;
}

/* What hits carry anyway is passed over. */
static int take_fields(struct request *request, const json_t *params, struct search_error *error)
{
    json_t *fields = request_given(params, "fields");
    if (!fields)
        return 0;
    if (!json_is_array(fields) || json_array_size(fields) > REQUEST_FIELDS_MAX)
        return request_fail(error, "fields takes a list of at most %d names of fields", REQUEST_FIELDS_MAX);
    size_t i;
    json_t *item;
    json_array_foreach(fields, i, item)
    {
        const char *name = json_string_value(item);
        const struct field *field = name ? field_find(name) : NULL;
        if (!field || !is_stored(field))
            return refuse_field(name ? name : "(not a text)", error);
        add_field(request, field);
    }
    return 0;
}

static int take_sort(struct request *request, const json_t *params, struct search_error *error)
{
    const char *sort = NULL;
    if (request_take_text(params, "sort", &sort, error) != 0)
        return -1;
    if (!sort)
        return 0;
    request->sort = SORT_RELEVANCE;
    if (strcmp(sort, "relevance") == 0)
        return 0;
    request->descending = *sort == '-';
    for (enum sort_key key = 0; key < SORT_KEY_COUNT; key++) {
        if (strcmp(sort + request->descending, sort_names[key]) == 0) {
            request->sort = key;
            return 0;
        }
    }
    MEM_AUTO char *list = request_list_names(sort_names, SORT_KEY_COUNT);
    return request_fail(
        error, "sort takes relevance, %s, each with - before it for descending; not \"%.60s\"", list, sort);
}

static int take_query(struct request *request, const json_t *params, struct search_error *error)
{
    json_t *q = request_given(params, "q");
    if (!q)
        return 0;
    if (!json_is_string(q) || json_string_length(q) > search_limits()->query_bytes)
        return request_fail(error, "q takes a text of at most %d bytes", (int)search_limits()->query_bytes);
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

static int take_match(struct request *request, const json_t *params, struct search_error *error)
{
    static const char *const matches[] = {"all", "any"};
    size_t match = 0;
    if (request_take_word(params, "match", matches, 2, &match, error) != 0)
        return -1;
    request->match_any = match == 1;
    return 0;
}

/* What decides which records are found and in which order. */
static int take_question(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error)
{
    request->params = params;
    if (take_query(request, params, error) != 0 ||
        request_take_filters(request, columns, params, error) != 0 ||
        take_match(request, params, error) != 0 || take_parts(request, params, error) != 0 ||
        take_sort(request, params, error) != 0 ||
        request_take_bool(params, "same_release", &request->same_release, error) != 0 ||
        request_take_bool(params, "history", &request->history, error) != 0 ||
        request_take_bool(params, "newest_version", &request->newest_version, error) != 0 ||
        request_take_bool(params, "fold_copies", &request->fold_copies, error) != 0)
        return -1;
    return 0;
}

/* Reads the cursor where one is given: *ret_is_there. */
static int take_cursor(struct request *request, const json_t *params, struct search_error *error)
{
    json_t *text = request_given(params, "cursor");
    if (!text)
        return 0;
    if (!json_is_string(text) ||
        cursor_read(json_string_value(text), json_string_length(text), &request->cursor) != 0)
        return request_fail(error, "cursor takes the text that an earlier reply gave under that name, "
                                   "unchanged");
    request->has_cursor = true;
    return 0;
}

static int take_page(struct request *request, const json_t *params, struct search_error *error)
{
    if (request_take_count(params, "offset", (size_t)search_limits()->window, &request->offset, error) != 0 ||
        request_take_count(params, "limit", (size_t)search_limits()->hits, &request->limit, error) != 0 ||
        take_cursor(request, params, error) != 0)
        return -1;
    if (request->offset + request->limit > search_limits()->window)
        return request_fail(error, "offset and limit together reach to at most %d; a cursor goes further",
                            (int)search_limits()->window);
    if (!request->has_cursor)
        return 0;
    if (request->offset > 0)
        return request_fail(error, "cursor and offset: a page begins at the one or at the other");
    if (request->cursor.params || request->cursor.question != cursor_question(params))
        return request_fail(error, "cursor: this one came with another search; give it with the same "
                                   "parameters (limit, snippets, facets, fields and explain may differ)");
    return 0;
}

int request_parse_search(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error)
{
    static const char *const known[] = {
        "q",           "filters",      "facets",  "match",    "parts",   "sort",
        "offset",      "limit",        "cursor",  "snippets", "history", "newest_version",
        "fold_copies", "same_release", "explain", "fields",   NULL};
    if (request_check_names(params, known, "search", error) != 0 ||
        take_question(request, columns, params, error) != 0 ||
        take_facets(request, columns, params, error) != 0 ||
        request_take_count(params, "snippets", SEARCH_SNIPPETS_MAX, &request->snippets, error) != 0 ||
        request_take_bool(params, "explain", &request->explain, error) != 0 ||
        take_fields(request, params, error) != 0)
        return -1;
    return take_page(request, params, error);
}

int request_parse_similar(struct request *request, const struct columns *columns, const json_t *params,
                          struct search_error *error)
{
    static const char *const known[] = {
        "id",     "parts",    "copies",  "filters",        "facets",      "sort",         "offset", "limit",
        "cursor", "snippets", "explain", "newest_version", "fold_copies", "same_release", "fields", NULL};
    if (request_check_names(params, known, "similar", error) != 0 ||
        request_take_text(params, "id", &request->id, error) != 0 ||
        request_take_bool(params, "copies", &request->copies, error) != 0 ||
        take_question(request, columns, params, error) != 0 ||
        take_facets(request, columns, params, error) != 0 ||
        request_take_count(params, "snippets", SEARCH_SNIPPETS_MAX, &request->snippets, error) != 0 ||
        request_take_bool(params, "explain", &request->explain, error) != 0 ||
        take_fields(request, params, error) != 0)
        return -1;
    if (!request->id)
        return request_fail(error, "similar needs an id, such as \"DARS-NIC-00574-V2H1F-v5.2\"");
    return take_page(request, params, error);
}

/* The parameters that a cursor carries in place of those given, *ret_params *borrowed*. */
static int take_export_cursor(struct request *request, const json_t *params, const json_t **ret_params,
                              struct search_error *error)
{
    *ret_params = params;
    if (take_cursor(request, params, error) != 0)
        return -1;
    if (!request->has_cursor)
        return 0;
    if (!request->cursor.params)
        return request_fail(error, "cursor: this one is of a search, not of an export");
    if (json_object_size(params) > 1)
        return request_fail(error, "cursor: an export goes on by its cursor alone, which knows the rest");
    *ret_params = request->cursor.params;
    return 0;
}

int request_parse_export(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error)
{
    static const char *const known[] = {"q",       "filters",        "match",       "parts",        "sort",
                                        "history", "newest_version", "fold_copies", "same_release", "cursor",
                                        NULL};
    request->sort = SORT_ID;
    if (request_check_names(params, known, "export", error) != 0 ||
        take_export_cursor(request, params, &params, error) != 0 ||
        request_check_names(params, known, "export", error) != 0 ||
        take_question(request, columns, params, error) != 0)
        return -1;
    size_t size = params ? json_dumpb(params, NULL, 0, JSON_COMPACT) : 0;
    if (size > SEARCH_EXPORT_PARAMS_MAX)
        return request_fail(error, "export takes parameters of at most %d bytes of JSON, not %zu",
                            SEARCH_EXPORT_PARAMS_MAX, size);
    request->limit = REQUEST_EXPORT_MAX;
    return 0;
}

int request_parse_facets(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error)
{
    static const char *const known[] = {
        "name",  "q",     "filters",      "limit",          "offset", "parent",  "contains", "sort",
        "count", "parts", "same_release", "newest_version", "match",  "history", NULL};
    const char *name = NULL;
    if (request_check_names(params, known, "facets", error) != 0 ||
        request_take_text(params, "name", &name, error) != 0)
        return -1;
    if (!name) {
        MEM_AUTO char *list = list_facets();
        return request_fail(error, "facets needs a name; there are %s", list);
    }
    int facet = request_facet_named(name, "name", error);
    if (facet < 0)
        return -1;
    struct counted *counted = add_counted(request, facet, columns->facets[facet].field->facet);
    if (take_counted_options(request, counted, columns, params, error) != 0 ||
        take_query(request, params, error) != 0 ||
        request_take_filters(request, columns, params, error) != 0 ||
        take_match(request, params, error) != 0 || take_parts(request, params, error) != 0 ||
        request_take_bool(params, "same_release", &request->same_release, error) != 0 ||
        request_take_bool(params, "history", &request->history, error) != 0 ||
        request_take_bool(params, "newest_version", &request->newest_version, error) != 0)
        return -1;
    return 0;
}

int request_parse_get(struct request *request, const json_t *params, struct search_error *error)
{
    static const char *const known[] = {"id", "edition", "q", "match", "parts", NULL};
    return request_check_names(params, known, "get", error) != 0 || take_query(request, params, error) != 0 ||
                   take_match(request, params, error) != 0 || take_parts(request, params, error) != 0
               ? -1
               : 0;
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
    cursor_free(&request->cursor);
}
