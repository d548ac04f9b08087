/* SPDX-License-Identifier: MIT */
/* From a struct purpose_query to the parameters of a call. */
#include "client/purpose_inside.h"

static void wrong(struct question *question, const char *what, const char *why)
{
    if (!question->status)
        question->status = purpose_fail(question->connection, PURPOSE_BAD_ARGUMENT, "%s %s", what, why);
}

static void out_of_memory(struct question *question)
{
    if (!question->status)
        question->status = purpose_fail(question->connection, PURPOSE_NO_MEMORY, "out of memory");
}

struct question question_begin(struct purpose_connection *connection, const void *ret_result)
{
    struct question question = {.connection = connection, .params = json_object()};
    if (!connection)
        wrong(&question, "the connection", "is NULL");
    else if (!ret_result)
        wrong(&question, "where the result goes", "is NULL");
    else if (!question.params)
        out_of_memory(&question);
    return question;
}

/* Steals `value`. */
static void set(struct question *question, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value))
        out_of_memory(question);
}

/* A *new* text; NULL with the reason told. */
static json_t *new_text(struct question *question, const char *name, const char *text)
{
    json_t *value = json_string(text);
    if (value)
        return value;
    value = json_string_nocheck(text);
    if (value)
        wrong(question, name, "is not UTF-8");
    else
        out_of_memory(question);
    json_decref(value);
    return NULL;
}

/* Whether it is a text, and UTF-8. */
static bool is_text(struct question *question, const char *name, const char *text)
{
    if (!text)
        wrong(question, name, "is NULL");
    else
        json_decref(new_text(question, name, text));
    return !question->status;
}

void question_text(struct question *question, const char *name, const char *text)
{
    json_t *value = text && !question->status ? new_text(question, name, text) : NULL;
    if (value)
        set(question, question->params, name, value);
}

void question_needed_text(struct question *question, const char *name, const char *text)
{
    if (!text)
        wrong(question, name, "is NULL, and must be a text");
    question_text(question, name, text);
}

void question_flag(struct question *question, const char *name, bool flag)
{
    if (flag && !question->status)
        set(question, question->params, name, json_true());
}

void question_limit(struct question *question, const char *name, int limit)
{
    if (limit < PURPOSE_NONE)
        wrong(question, name, "is less than PURPOSE_NONE");
    if (limit && !question->status)
        set(question, question->params, name, json_integer(limit == PURPOSE_NONE ? 0 : limit));
}

/* A *new* list; NULL with the reason told. */
static json_t *new_list(struct question *question, const char *name, const char *const *texts, size_t count)
{
    json_t *list = json_array();
    if (count && !texts)
        wrong(question, name, "is NULL, and must be a list as long as its count says");
    for (size_t i = 0; texts && i < count && !question->status; i++) {
        if (!texts[i])
            wrong(question, name, "holds a NULL");
        else if (json_array_append_new(list, new_text(question, name, texts[i])))
            out_of_memory(question);
    }
    if (!question->status && list)
        return list;
    json_decref(list);
    out_of_memory(question);
    return NULL;
}

void question_list(struct question *question, const char *name, const char *const *texts, size_t count)
{
    json_t *list = count && !question->status ? new_list(question, name, texts, count) : NULL;
    if (list)
        set(question, question->params, name, list);
}

/* A *new* range or list of values. */
static json_t *new_condition(struct question *question, const struct purpose_filter *filter)
{
    if (!filter->from && !filter->to)
        return new_list(question, filter->name, filter->values, filter->value_count);
    json_t *range = json_object();
    if (filter->value_count)
        wrong(question, filter->name, "has both values and a range");
    if (filter->from && !question->status)
        set(question, range, "from", new_text(question, filter->name, filter->from));
    if (filter->to && !question->status)
        set(question, range, "to", new_text(question, filter->name, filter->to));
    return range;
}

static void set_filters(struct question *question, const struct purpose_query *query)
{
    json_t *filters = query->filter_count && !question->status ? json_object() : NULL;
    if (query->filter_count && !query->filters)
        wrong(question, "filters", "is NULL, and must be a list as long as its count says");
    for (size_t i = 0; query->filters && i < query->filter_count && !question->status; i++) {
        const struct purpose_filter *filter = &query->filters[i];
        if (!is_text(question, "the name of a filter", filter->name))
            break;
        if (json_object_get(filters, filter->name))
            wrong(question, filter->name, "has two filters; one takes several values");
        else
            set(question, filters, filter->name, new_condition(question, filter));
    }
    if (filters && !question->status)
        set(question, question->params, "filters", json_incref(filters));
    json_decref(filters);
}

/* A query of a later version may be longer: what this one does not know of it must be unused. */
static bool is_known(struct question *question, const struct purpose_query *query)
{
    const char *bytes = (const char *)query;
    if (query->size < sizeof *query) {
        wrong(question, "the size of a query", "is not set to sizeof(struct purpose_query)");
        return false;
    }
    for (size_t i = sizeof *query; i < query->size; i++) {
        if (!bytes[i])
            continue;
        wrong(question, "the query", "uses what a later version of libpurpose has");
        return false;
    }
    return true;
}

void question_query(struct question *question, const struct purpose_query *query)
{
    if (!query || question->status || !is_known(question, query))
        return;
    question_text(question, "q", query->text);
    set_filters(question, query);
    question_list(question, "parts", query->parts, query->part_count);
    question_text(question, "sort", query->sort);
    question_text(question, "match", query->any_word ? "any" : NULL);
    question_flag(question, "history", query->history);
    question_flag(question, "newest_version", query->newest_version);
    question_flag(question, "fold_copies", query->fold_copies);
    if (query->any_release && !question->status)
        set(question, question->params, "same_release", json_false());
}

void question_page(struct question *question, const struct purpose_query *query)
{
    if (!query || question->status)
        return;
    if (query->offset < 0)
        wrong(question, "offset", "is less than 0");
    else if (query->offset)
        set(question, question->params, "offset", json_integer(query->offset));
    question_list(question, "facets", query->facets, query->facet_count);
    question_text(question, "cursor", query->cursor);
    question_limit(question, "limit", query->limit);
    question_limit(question, "snippets", query->snippets);
    question_flag(question, "explain", query->explain);
}

void question_more(struct question *question, const struct purpose_query *query)
{
    if (!query || !query->more || question->status)
        return;
    if (!json_is_object(query->more))
        wrong(question, "more", "is no object");
    else if (json_object_update(question->params, (json_t *)query->more))
        out_of_memory(question);
}
