/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/canonical.h"

#include <string.h>

#include "daemon/search/query.h"
#include "daemon/search/request.h"
#include "indexer/register/field.h"

enum { OF_SEARCH = 1, OF_SIMILAR = 2, OF_FACETS = 4, OF_SUGGEST = 8, OF_COUNTED = 16 };

/* What a parameter is where it is not given. Null stands for that everywhere. */
static const struct standard {
    const char *name;
    unsigned methods;
    json_type type;
    const char *text;
    json_int_t number;
} standards[] = {
    {"match", OF_SEARCH | OF_FACETS, JSON_STRING, "all", 0},
    {"same_release", OF_SEARCH | OF_SIMILAR | OF_FACETS, JSON_TRUE, NULL, 0},
    {"history", OF_SEARCH | OF_FACETS, JSON_FALSE, NULL, 0},
    {"newest_version", OF_SEARCH | OF_SIMILAR | OF_FACETS, JSON_FALSE, NULL, 0},
    {"fold_copies", OF_SEARCH | OF_SIMILAR, JSON_FALSE, NULL, 0},
    {"explain", OF_SEARCH | OF_SIMILAR, JSON_FALSE, NULL, 0},
    {"copies", OF_SIMILAR, JSON_FALSE, NULL, 0},
    {"snippets", OF_SEARCH | OF_SIMILAR, JSON_INTEGER, NULL, 1},
    {"limit", OF_SEARCH | OF_SIMILAR, JSON_INTEGER, NULL, REQUEST_LIMIT_DEFAULT},
    {"limit", OF_FACETS | OF_COUNTED, JSON_INTEGER, NULL, REQUEST_VALUES_DEFAULT},
    {"offset", OF_SEARCH | OF_SIMILAR | OF_FACETS | OF_COUNTED, JSON_INTEGER, NULL, 0},
    {"sort", OF_SEARCH | OF_SIMILAR, JSON_STRING, "relevance", 0},
    {"sort", OF_FACETS | OF_COUNTED, JSON_STRING, "count", 0},
    {"count", OF_FACETS | OF_COUNTED, JSON_STRING, "records", 0},
    /* Without a standard, but null is as if they were not given. */
    {"q", OF_SEARCH | OF_FACETS, JSON_NULL, NULL, 0},
    {"filters", OF_SEARCH | OF_SIMILAR | OF_FACETS, JSON_NULL, NULL, 0},
    {"facets", OF_SEARCH | OF_SIMILAR, JSON_NULL, NULL, 0},
    {"parts", OF_SEARCH | OF_SIMILAR | OF_FACETS, JSON_NULL, NULL, 0},
    {"cursor", OF_SEARCH | OF_SIMILAR, JSON_NULL, NULL, 0},
    {"limit", OF_SUGGEST, JSON_NULL, NULL, 0},
    {"parent", OF_FACETS | OF_COUNTED, JSON_NULL, NULL, 0},
    {"contains", OF_FACETS | OF_COUNTED, JSON_NULL, NULL, 0},
    {"as", OF_COUNTED, JSON_NULL, NULL, 0},
};

static unsigned method_bit(const char *method)
{
    static const struct {
        const char *name;
        unsigned bit;
    } methods[] = {
        {"search", OF_SEARCH}, {"similar", OF_SIMILAR}, {"facets", OF_FACETS}, {"suggest", OF_SUGGEST}};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (strcmp(methods[i].name, method) == 0)
            return methods[i].bit;
    return 0;
}

static bool is_standard(const struct standard *standard, const json_t *value)
{
    if (json_is_null(value))
        return true;
    if (json_typeof(value) != standard->type)
        return false;
    if (standard->type == JSON_STRING)
        return strcmp(json_string_value(value), standard->text) == 0;
    return standard->type != JSON_INTEGER || json_integer_value(value) == standard->number;
}

static bool may_be_left_out(unsigned method, const char *name, const json_t *value)
{
    for (size_t i = 0; i < sizeof standards / sizeof *standards; i++)
        if (standards[i].methods & method && strcmp(standards[i].name, name) == 0 &&
            is_standard(&standards[i], value))
            return true;
    return false;
}

/* A shallow copy of an object without what may be left out. *New*. */
static json_t *without_standards(unsigned method, const json_t *object)
{
    json_t *copy = json_object();
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)object, name, value)
    {
        if (!may_be_left_out(method, name, value))
            json_object_set(copy, name, value);
    }
    return copy;
}

/* ---- names ---- */

/* The facet's own name for what may be its plural; NULL where there is no such facet. */
static const char *facet_name(const char *name)
{
    const struct field *field = name ? field_find(name) : NULL;
    return field && field->use & FIELD_USE_FACET ? field->facet : NULL;
}

static void name_facet(json_t *object)
{
    const char *name = facet_name(json_string_value(json_object_get(object, "name")));
    if (name)
        json_object_set_new(object, "name", json_string(name));
}

/* One of `facets`: its name alone where nothing else is said of it. *New*. */
static json_t *counted(const json_t *item)
{
    const char *name = facet_name(json_string_value(item));
    if (name)
        return json_string(name);
    if (!json_is_object(item))
        return json_incref((json_t *)item);
    json_t *copy = without_standards(OF_COUNTED, item);
    name_facet(copy);
    name = facet_name(json_string_value(json_object_get(copy, "name")));
    if (!name || json_object_size(copy) > 1)
        return copy;
    json_decref(copy);
    return json_string(name);
}

static void take_facets(json_t *params)
{
    json_t *facets = json_object_get(params, "facets"), *item;
    size_t i;
    if (!json_is_array(facets))
        return;
    json_t *copy = json_array();
    json_array_foreach(facets, i, item)
    {
        json_array_append_new(copy, counted(item));
    }
    json_object_set_new(params, "facets", copy);
    if (json_array_size(copy) == 0)
        json_object_del(params, "facets");
}

static bool is_range(const char *name)
{
    for (enum range_kind kind = 0; kind < RANGE_COUNT; kind++)
        if (strcmp(request_range_name(kind), name) == 0)
            return true;
    return false;
}

/* One filter under its facet's own name, as a list. */
static void put_filter(json_t *copy, const char *name, json_t *value)
{
    const char *facet = is_range(name) ? NULL : facet_name(name);
    if (!facet)
        json_object_set(copy, name, value);
    else if (!json_is_array(value))
        json_object_set_new(copy, facet, json_pack("[O]", value));
    else if (json_array_size(value) > 0) /* else it chooses nothing */
        json_object_set(copy, facet, value);
}

/* Two spellings of one facet add up, so none may take the place of the other. */
static bool has_twice(const json_t *filters)
{
    const char *name;
    json_t *value, *seen = json_object();
    bool twice = false;
    json_object_foreach((json_t *)filters, name, value)
    {
        const char *facet = is_range(name) ? NULL : facet_name(name);
        twice |= facet && json_object_get(seen, facet);
        if (facet)
            json_object_set(seen, facet, value);
    }
    json_decref(seen);
    return twice;
}

static void take_filters(json_t *params)
{
    json_t *filters = json_object_get(params, "filters"), *value;
    const char *name;
    if (!json_is_object(filters) || has_twice(filters))
        return;
    json_t *copy = json_object();
    json_object_foreach(filters, name, value)
    {
        put_filter(copy, name, value);
    }
    json_object_set_new(params, "filters", copy);
    if (json_object_size(copy) == 0)
        json_object_del(params, "filters");
}

/* In the order of the table, each once; all of them are as none. */
static void take_parts(json_t *params)
{
    json_t *parts = json_object_get(params, "parts");
    bool is_list = json_is_array(parts);
    size_t count = is_list ? json_array_size(parts) : 1;
    unsigned all = count ? 0 : QUERY_ALL_PARTS;
    for (size_t i = 0; parts && i < count; i++) {
        const char *name = json_string_value(is_list ? json_array_get(parts, i) : parts);
        unsigned named = name ? query_parts_named(name, strlen(name)) : 0;
        if (!named)
            return;
        all |= named;
    }
    if (!parts)
        return;
    json_t *copy = json_array();
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        if (all & 1U << part)
            json_array_append_new(copy, json_string(field_parts()[part]->name));
    json_object_set_new(params, "parts", copy);
    if ((all & QUERY_ALL_PARTS) == QUERY_ALL_PARTS)
        json_object_del(params, "parts");
}

json_t *canonical_params(const char *method, const json_t *params)
{
    unsigned bit = method_bit(method);
    if (!params)
        return json_object();
    if (!json_is_object(params))
        return json_incref((json_t *)params);
    json_t *copy = without_standards(bit, params);
    if (bit & (OF_SEARCH | OF_SIMILAR))
        take_facets(copy);
    if (bit & OF_FACETS)
        name_facet(copy);
    if (bit & (OF_SEARCH | OF_SIMILAR | OF_FACETS)) {
        take_filters(copy);
        take_parts(copy);
    }
    return copy;
}
