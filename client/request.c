/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/request.h"

#include <string.h>

#include "indexer/base/mem.h"

/* What is typed at a terminal may be in any encoding; JSON is UTF-8. */
static json_t *new_text(const char *text, size_t len, struct error *error)
{
    json_t *value = json_stringn(text, len);
    if (!value)
        error_set(error, "\"%s\" is not UTF-8", text);
    return value;
}

static void set_text(json_t *params, const char *name, const char *text, struct error *error)
{
    if (text)
        json_object_set_new(params, name, new_text(text, strlen(text), error));
}

static void set_flag(json_t *params, const char *name, bool flag)
{
    if (flag)
        json_object_set_new(params, name, json_true());
}

static void set_list(json_t *params, const char *name, const struct strlist *list, struct error *error)
{
    if (!list->len)
        return;
    json_t *values = json_array();
    for (size_t i = 0; i < list->len; i++)
        json_array_append_new(values, new_text(list->items[i], strlen(list->items[i]), error));
    json_object_set_new(params, name, values);
}

/* The words from number `first` on, joined by spaces, as `q`. */
static void set_query(json_t *params, const struct strlist *words, size_t first, struct error *error)
{
    size_t len = 0;
    for (size_t i = first; i < words->len; i++)
        len += strlen(words->items[i]) + 1;
    if (!len)
        return;
    MEM_AUTO char *query = mem_alloc(len);
    char *to = query;
    for (size_t i = first; i < words->len; i++) {
        to = stpcpy(to, words->items[i]);
        *to++ = ' ';
    }
    to[-1] = '\0';
    set_text(params, "q", query, error);
}

/* Whether a filter of this name is a range of dates; names may be plural. */
static bool is_range(const char *name, size_t len)
{
    static const char *const RANGES[] = {"start", "end", "released", "changed"};
    for (size_t i = 0; i < sizeof RANGES / sizeof *RANGES; i++) {
        size_t full = strlen(RANGES[i]);
        if ((len == full || (len == full + 1 && name[full] == 's')) && !strncmp(name, RANGES[i], full))
            return true;
    }
    return false;
}

/* FROM..TO, one of them may be left out; one date alone is both. */
static json_t *new_range(const char *value, struct error *error)
{
    json_t *range = json_object();
    const char *dots = strstr(value, "..");
    size_t from = dots ? (size_t)(dots - value) : strlen(value);
    const char *to = dots ? dots + 2 : value;
    if (from)
        json_object_set_new(range, "from", new_text(value, from, error));
    if (*to)
        json_object_set_new(range, "to", new_text(to, strlen(to), error));
    if (!json_object_size(range))
        error_set(error, "a range takes FROM..TO, as in -f start=2019-01-01..2020, not \"%s\"", value);
    return range;
}

static void add_filter(json_t *filters, const char *filter, struct error *error)
{
    const char *sign = strchr(filter, '=');
    size_t len = (size_t)(sign - filter);
    MEM_AUTO char *name = mem_copy(filter, len);
    json_t *there = json_object_get(filters, name);
    if (is_range(name, len)) {
        if (there)
            error_set(error, "%s is given twice; a range is one: -f %s=FROM..TO", name, name);
        else
            json_object_set_new(filters, name, new_range(sign + 1, error));
        return;
    }
    if (!there) {
        there = json_array();
        if (json_object_set_new(filters, name, there))
            error_set(error, "\"%s\" is not UTF-8", filter);
    }
    if (!error->is_set)
        json_array_append_new(there, new_text(sign + 1, strlen(sign + 1), error));
}

static void set_filters(json_t *params, const struct strlist *list, struct error *error)
{
    if (!list->len)
        return;
    json_t *filters = json_object();
    for (size_t i = 0; i < list->len && !error->is_set; i++)
        add_filter(filters, list->items[i], error);
    json_object_set_new(params, "filters", filters);
}

static void set_place(json_t *params, const struct options *options)
{
    json_object_set_new(params, "limit", json_integer(options->limit));
    if (options->page > 1)
        json_object_set_new(params, "offset", json_integer((json_int_t)(options->page - 1) * options->limit));
}

/* What a search, an export and what is like a record have in common. */
static void set_scope(json_t *params, const struct options *options, struct error *error)
{
    set_filters(params, &options->filters, error);
    set_list(params, "parts", &options->parts, error);
}

/* Which words are enough, and which texts are looked in. */
static void set_among(json_t *params, const struct options *options, struct error *error)
{
    set_text(params, "match", options->any ? "any" : NULL, error);
    set_flag(params, "newest_version", options->newest);
    set_flag(params, "history", options->history);
}

/* What is looked for: all of a search but what is shown of it. */
static void set_find(json_t *params, const struct options *options, struct error *error)
{
    set_query(params, &options->words, 0, error);
    set_scope(params, options, error);
    set_text(params, "sort", options->sort, error);
    set_among(params, options, error);
    set_flag(params, "fold_copies", options->fold);
}

static void set_search(json_t *params, const struct options *options, struct error *error)
{
    set_find(params, options, error);
    set_list(params, "facets", &options->facets, error);
    set_flag(params, "explain", options->explain);
    set_text(params, "cursor", options->cursor, error);
    if (options->snippets >= 0)
        json_object_set_new(params, "snippets", json_integer(options->snippets));
    set_place(params, options);
}

static void set_facets(json_t *params, const struct options *options, struct error *error)
{
    set_text(params, "name", options->words.items[0], error);
    set_query(params, &options->words, 1, error);
    set_scope(params, options, error);
    set_text(params, "parent", options->parent, error);
    set_text(params, "contains", options->contains, error);
    set_text(params, "sort", options->sort, error);
    set_text(params, "count", options->count, error);
    set_among(params, options, error);
    set_place(params, options);
}

static void set_similar(json_t *params, const struct options *options, struct error *error)
{
    set_text(params, "id", options->words.items[0], error);
    set_scope(params, options, error);
    set_list(params, "facets", &options->facets, error);
    set_flag(params, "copies", options->copies);
    set_place(params, options);
}

static void set_suggest(json_t *params, const struct options *options, struct error *error)
{
    set_query(params, &options->words, 0, error);
    set_place(params, options);
}

static void set_show(json_t *params, const struct options *options, struct error *error)
{
    set_text(params, "id", options->words.items[0], error);
    set_text(params, "edition", options->edition, error);
}

static void set_compare(json_t *params, const struct options *options, struct error *error)
{
    set_list(params, "ids", &options->words, error);
}

static void set_changes(json_t *params, const struct options *options, struct error *error)
{
    set_text(params, "from", options->from, error);
    set_text(params, "to", options->to, error);
}

static const struct {
    const char *method;
    void (*set)(json_t *params, const struct options *options, struct error *error); /* NULL: none to set */
} CALLS[COMMAND_COUNT] = {
    [COMMAND_SEARCH] = {"search", set_search},    [COMMAND_SHOW] = {"get", set_show},
    [COMMAND_FACETS] = {"facets", set_facets},    [COMMAND_SIMILAR] = {"similar", set_similar},
    [COMMAND_COMPARE] = {"compare", set_compare}, [COMMAND_SUGGEST] = {"suggest", set_suggest},
    [COMMAND_CHANGES] = {"changes", set_changes}, [COMMAND_EXPORT] = {"export", set_find},
    [COMMAND_SCHEMA] = {"schema", NULL},          [COMMAND_STATUS] = {"status", NULL},
};

const char *request_method(enum command command)
{
    return CALLS[command].method;
}

json_t *request_params(const struct options *options, struct error *error)
{
    struct error own = ERROR_NONE;
    json_t *params = json_object();
    if (CALLS[options->command].set)
        CALLS[options->command].set(params, options, &own);
    if (!own.is_set)
        return params;
    json_decref(params);
    error_set(error, "%s", own.text);
    return NULL;
}
