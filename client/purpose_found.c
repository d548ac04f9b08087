/* SPDX-License-Identifier: MIT */
/* The methods that find: search, similar, facets, suggest. */
#include <string.h>

#include "client/purpose_inside.h"

enum {
    DEPTH_MAX = 32, /* levels of a facet's values; no hierarchy of the register has more than a few */
};

/* ---- hits ---- */

static void *make_snippet(struct reply *reply, const json_t *json)
{
    struct purpose_snippet *snippet = reply_alloc(reply, sizeof *snippet);
    if (!snippet)
        return NULL;
    snippet->part = reply_text(reply, json, "part");
    snippet->item = json_string_value(json_object_get(json, "item"));
    snippet->html = reply_text(reply, json, "html");
    return snippet;
}

static void *make_weight(struct reply *reply, const json_t *json)
{
    struct purpose_weight *weight = reply_alloc(reply, sizeof *weight);
    if (!weight)
        return NULL;
    weight->word = reply_text(reply, json, "word");
    weight->part = reply_text(reply, json, "part");
    weight->weight = json_number_value(json_object_get(json, "weight"));
    if (!weight->word)
        reply_is_wrong(reply, "word", "a text");
    return weight;
}

static bool is_not_stated(struct reply *reply, const json_t *json)
{
    const char *same_release = reply_text(reply, json, "same_release");
    return same_release && !strcmp(same_release, "not stated");
}

static void *make_hit(struct reply *reply, const json_t *json)
{
    struct purpose_hit *hit = reply_alloc(reply, sizeof *hit);
    if (!hit)
        return NULL;
    *hit = (struct purpose_hit){
        .id = reply_text(reply, json, "id"),
        .agreement = reply_text(reply, json, "agreement"),
        .version = reply_text(reply, json, "version"),
        .title = reply_text(reply, json, "title"),
        .organisation = reply_text(reply, json, "organisation"),
        .edition = reply_text(reply, json, "edition"),
        .start = reply_text(reply, json, "start"),
        .end = reply_text(reply, json, "end"),
        .identifiability = reply_texts(reply, json, "identifiability"),
        .opt_outs = reply_texts(reply, json, "opt_outs"),
        .legal_basis = reply_texts(reply, json, "legal_basis"),
        .score = json_number_value(json_object_get(json, "score")),
        .copies = reply_number(reply, json, "copies", 0),
        .group = reply_text(reply, json, "group"),
        .history = reply_flag(reply, json, "history"),
        .release_not_stated = is_not_stated(reply, json),
        .json = json,
    };
    if (!hit->id)
        reply_is_wrong(reply, "id", "a text");
    hit->snippets =
        reply_array(reply, reply_optional_list(reply, json, "snippets"), make_snippet, &hit->snippet_count);
    hit->weights =
        reply_array(reply, reply_optional_list(reply, json, "explain"), make_weight, &hit->weight_count);
    return hit;
}

/* ---- facets ---- */

static void *make_value(struct reply *reply, const json_t *json);

/* The levels below a value: a number, or the values themselves. */
static void take_children(struct reply *reply, const json_t *json, struct purpose_value *value)
{
    const json_t *children = json_object_get(json, "children");
    if (json_is_array(children) && reply->depth >= DEPTH_MAX) {
        reply_is_wrong(reply, "children", "a list within few others");
    } else if (json_is_array(children)) {
        reply->depth++;
        value->children = reply_array(reply, children, make_value, &value->child_count);
        reply->depth--;
        value->below = (long long)value->child_count;
    } else {
        value->below = reply_number(reply, json, "children", 0);
    }
}

static void *make_value(struct reply *reply, const json_t *json)
{
    struct purpose_value *value = reply_alloc(reply, sizeof *value);
    if (!value)
        return NULL;
    value->value = reply_text(reply, json, "value");
    value->label = reply_text(reply, json, "label");
    value->count = reply_number(reply, json, "count", 0);
    value->selected = reply_flag(reply, json, "selected");
    if (!value->value)
        reply_is_wrong(reply, "value", "a text");
    else
        take_children(reply, json, value);
    return value;
}

static struct purpose_facet *make_facet(struct reply *reply, const char *name, const json_t *values)
{
    struct purpose_facet *facet = reply_alloc(reply, sizeof *facet);
    if (!facet)
        return NULL;
    if (!json_is_array(values))
        reply_is_wrong(reply, name, "a list");
    facet->name = name;
    facet->values = reply_array(reply, values, make_value, &facet->value_count);
    return facet;
}

static void take_facets(struct reply *reply, struct purpose_found *found)
{
    const char *name;
    json_t *values;
    json_t *facets = json_object_get(reply->json, "facets");
    size_t count = json_object_size(facets);
    const struct purpose_facet **items = count ? reply_alloc(reply, count * sizeof *items) : NULL;
    if (facets && !json_is_object(facets) && !json_is_null(facets))
        reply_is_wrong(reply, "facets", "an object");
    if (!items)
        return;
    json_object_foreach(facets, name, values)
    {
        items[found->facet_count++] = make_facet(reply, name, values);
    }
    found->facets = items;
}

/* ---- search, similar ---- */

/* Warnings, which are texts or objects that hold one. */
static struct purpose_texts take_warnings(struct reply *reply)
{
    const json_t *list = reply_optional_list(reply, reply->json, "warnings");
    size_t count = json_array_size(list);
    const char **items = count ? reply_alloc(reply, count * sizeof *items) : NULL;
    for (size_t i = 0; items && i < count; i++) {
        const json_t *warning = json_array_get(list, i);
        const json_t *message = json_object_get(warning, "message");
        items[i] = json_string_value(message ? message : warning);
        if (!items[i])
            reply_is_wrong(reply, "warnings", "a list of texts");
    }
    return (struct purpose_texts){items, items ? count : 0};
}

void reply_head(struct reply *reply, struct purpose_found *found)
{
    found->revision = reply_text(reply, reply->json, "revision");
    found->total = reply_number(reply, reply->json, "total", 0);
    found->groups = reply_number(reply, reply->json, "groups", -1);
    found->corrected = reply_text(reply, reply->json, "corrected");
    found->relaxed = reply_flag(reply, reply->json, "relaxed");
    found->warnings = take_warnings(reply);
    found->cursor = reply_text(reply, reply->json, "cursor");
    found->understood = reply_text(reply, reply->json, "query");
    found->json = reply->json;
}

static void fill_found(struct reply *reply, void *made)
{
    struct purpose_found *found = made;
    reply_head(reply, found);
    found->hits = reply_array(reply, reply_list(reply, reply->json, "hits"), make_hit, &found->hit_count);
    take_facets(reply, found);
}

static enum purpose_status ask_for_hits(struct question *question, const char *method,
                                        const struct purpose_query *query, struct purpose_found **ret_found)
{
    void *made = NULL;
    question_query(question, query);
    question_page(question, query);
    question_more(question, query);
    enum purpose_status status = reply_ask(question, method, sizeof(struct purpose_found), fill_found, &made);
    if (!status)
        *ret_found = made;
    return status;
}

enum purpose_status purpose_search(struct purpose_connection *connection, const struct purpose_query *query,
                                   struct purpose_found **ret_found)
{
    struct question question = question_begin(connection, ret_found);
    return ask_for_hits(&question, "search", query, ret_found);
}

enum purpose_status purpose_similar(struct purpose_connection *connection, const char *id, bool copies,
                                    const struct purpose_query *query, struct purpose_found **ret_found)
{
    struct question question = question_begin(connection, ret_found);
    question_needed_text(&question, "id", id);
    question_flag(&question, "copies", copies);
    return ask_for_hits(&question, "similar", query, ret_found);
}

void purpose_found_free(struct purpose_found *found)
{
    reply_free(found);
}

/* ---- values of a facet ---- */

static void fill_values(struct reply *reply, void *made)
{
    struct purpose_values *values = made;
    values->total = reply_number(reply, reply->json, "total", 0);
    values->warnings = take_warnings(reply);
    values->values =
        reply_array(reply, reply_list(reply, reply->json, "values"), make_value, &values->value_count);
    values->json = reply->json;
}

enum purpose_status purpose_facets(struct purpose_connection *connection, const char *name,
                                   const char *parent, const struct purpose_query *query,
                                   struct purpose_values **ret_values)
{
    void *made = NULL;
    struct question question = question_begin(connection, ret_values);
    question_needed_text(&question, "name", name);
    question_text(&question, "parent", parent);
    question_query(&question, query);
    question_page(&question, query);
    question_more(&question, query);
    enum purpose_status status =
        reply_ask(&question, "facets", sizeof(struct purpose_values), fill_values, &made);
    if (!status)
        *ret_values = made;
    return status;
}

void purpose_values_free(struct purpose_values *values)
{
    reply_free(values);
}

/* ---- suggestions ---- */

static void *make_suggestion(struct reply *reply, const json_t *json)
{
    struct purpose_suggestion *suggestion = reply_alloc(reply, sizeof *suggestion);
    if (!suggestion)
        return NULL;
    suggestion->text = reply_text(reply, json, "text");
    suggestion->kind = reply_text(reply, json, "kind");
    suggestion->count = reply_number(reply, json, "count", 0);
    if (!suggestion->text)
        reply_is_wrong(reply, "text", "a text");
    return suggestion;
}

static void fill_suggestions(struct reply *reply, void *made)
{
    struct purpose_suggestions *suggestions = made;
    suggestions->items = reply_array(reply, reply_list(reply, reply->json, "suggestions"), make_suggestion,
                                     &suggestions->count);
    suggestions->json = reply->json;
}

enum purpose_status purpose_suggest(struct purpose_connection *connection, const char *text, int limit,
                                    struct purpose_suggestions **ret_suggestions)
{
    void *made = NULL;
    struct question question = question_begin(connection, ret_suggestions);
    question_needed_text(&question, "q", text);
    question_limit(&question, "limit", limit);
    enum purpose_status status =
        reply_ask(&question, "suggest", sizeof(struct purpose_suggestions), fill_suggestions, &made);
    if (!status)
        *ret_suggestions = made;
    return status;
}

void purpose_suggestions_free(struct purpose_suggestions *suggestions)
{
    reply_free(suggestions);
}
