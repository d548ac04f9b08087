/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/bench/searches.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/text/analyser.h"

const char *const BENCH_FACET_NAMES[BENCH_FACETS] = {"organisation", "dataset", "legal_basis"};

/* The stems of a text, as they stand in our index. */
static void add_terms(struct strlist *terms, struct analyser *analyser, const char *text)
{
    struct token token;
    analyser_begin(analyser, text, strlen(text));
    while (analyser_next(analyser, &token))
        strlist_add_copy(terms, token.term.bytes, token.term.len);
}

static char *request_line(const json_t *params, bool full)
{
    json_t *all = json_deep_copy(params);
    json_object_set_new(all, "limit", json_integer(BENCH_HITS));
    json_object_set_new(all, "snippets", json_integer(full ? 1 : 0));
    if (full) {
        json_t *facets = json_array();
        for (int i = 0; i < BENCH_FACETS; i++)
            json_array_append_new(facets, json_string(BENCH_FACET_NAMES[i]));
        json_object_set_new(all, "facets", facets);
    }
    json_t *request =
        json_pack("{s:s,s:i,s:s,s:o}", "jsonrpc", "2.0", "id", 1, "method", "search", "params", all);
    MEM_AUTO char *text = json_dumps(request, JSON_COMPACT);
    json_decref(request);
    return mem_format("%s\n", text);
}

/* The field of a part; NULL where none is named. */
static const struct field *part_named(const char *name)
{
    for (int i = 0; name && i < FIELD_PART_COUNT; i++)
        if (strcmp(field_parts()[i]->name, name) == 0)
            return field_parts()[i];
    return NULL;
}

static int class_number(struct strlist *classes, const char *name)
{
    strlist_add_unique(classes, name);
    for (size_t i = 0; i < classes->len; i++)
        if (strcmp(classes->items[i], name) == 0)
            return (int)i;
    return -1;
}

static void take_filter(struct search *search, json_t *filters)
{
    const char *facet;
    json_t *values;
    json_object_foreach(filters, facet, values)
    {
        search->facet = mem_text(facet);
        search->value = mem_text(json_string_value(json_array_get(values, 0)));
    }
}

static int take_search(struct searches *searches, struct analyser *analyser, const json_t *line)
{
    const char *class, *part = json_string_value(json_object_get(line, "part"));
    int phrase;
    json_t *params, *filters = NULL;
    const char *q;
    if (json_unpack((json_t *)line, "{s:s, s:b, s:o}", "class", &class, "phrase", &phrase, "params",
                    &params) != 0 ||
        json_unpack(params, "{s:s, s?o}", "q", &q, "filters", &filters) != 0)
        return -1;
    searches->items = mem_push(searches->items, searches->count, &searches->cap, sizeof *searches->items);
    struct search *search = &searches->items[searches->count++];
    *search = (struct search){.class = class_number(&searches->classes, class), .text = mem_text(q)};
    add_terms(&search->terms, analyser, q);
    take_filter(search, filters);
    search->bare_request = request_line(params, false);
    search->full_request = request_line(params, true);
    const struct field *held = part_named(part);
    search->query = (struct bench_query){.terms = (const char *const *)search->terms.items,
                                         .term_count = search->terms.len,
                                         .text = search->text,
                                         .phrase = phrase,
                                         .part = held ? held->name : NULL,
                                         .prefix = held ? held->prefix : NULL,
                                         .facet = search->facet,
                                         .value = search->value};
    return 0;
}

int searches_read(const char *path, struct searches *searches, struct error *error)
{
    FILE *file = fopen(path, "r");
    struct analyser *analyser = analyser_new();
    json_t *line = NULL;
    int status = file && analyser ? 0 : -1;
    while (status == 0 && (line = json_loadf(file, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        status = take_search(searches, analyser, line);
        json_decref(line);
    }
    if (status != 0 || searches->count == 0 || searches->classes.len > SEARCH_CLASSES_MAX) {
        error_set(error, "%s: expected the lines that `generate queries` writes", path);
        status = -1;
    }
    analyser_free(analyser);
    if (file)
        fclose(file);
    return status;
}

void searches_free(struct searches *searches)
{
    for (size_t i = 0; i < searches->count; i++) {
        struct search *search = &searches->items[i];
        strlist_free(&search->terms);
        free(search->text);
        free(search->facet);
        free(search->value);
        free(search->bare_request);
        free(search->full_request);
    }
    free(searches->items);
    strlist_free(&searches->classes);
}
