/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "client/labels.h"
#include "client/render.h"
#include "client/table.h"

enum { TREE_INDENT = 2 };

static void add_scalar(struct buf *text, const json_t *value)
{
    if (json_is_string(value))
        text_add(text, STYLE_PLAIN, json_string_value(value));
    else if (json_is_integer(value))
        text_printf(text, STYLE_PLAIN, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        text_printf(text, STYLE_PLAIN, "%g", json_real_value(value));
    else if (json_is_boolean(value))
        text_add(text, STYLE_PLAIN, json_is_true(value) ? "yes" : "no");
    else if (json_is_null(value))
        text_add(text, STYLE_QUIET, "none");
}

static void render_tree(struct page *page, const json_t *object, int depth);

static void render_leaf(struct page *page, const char *name, const json_t *value, int depth)
{
    size_t i;
    const json_t *item;
    BUF_AUTO struct buf text = TEXT_INIT;
    text_printf(&text, STYLE_QUIET, "%s:", label_of(NULL, "", name).text);
    text_add(&text, STYLE_PLAIN, " ");
    add_scalar(&text, value);
    json_array_foreach(value, i, item)
    {
        if (i)
            text_add(&text, STYLE_PLAIN, ", ");
        add_scalar(&text, item);
    }
    page_paragraph(page, depth * TREE_INDENT, depth * TREE_INDENT + TREE_INDENT, &text);
}

static bool holds_objects(const json_t *value)
{
    return json_is_object(json_array_get(value, 0));
}

/* Names and values, those within others further to the right. */
static void render_tree(struct page *page, const json_t *object, int depth)
{
    const char *name;
    json_t *value;
    size_t i;
    const json_t *item;
    if (depth > RENDER_DEPTH_MAX)
        return;
    json_object_foreach((json_t *)object, name, value)
    {
        bool is_list = holds_objects(value);
        render_leaf(page, name, json_is_object(value) || is_list ? NULL : value, depth);
        render_tree(page, value, depth + 1);
        json_array_foreach(is_list ? value : NULL, i, item)
        {
            render_tree(page, item, depth + 1);
        }
    }
}

void render_status(struct page *page, const json_t *result)
{
    render_tree(page, result, 0);
}

static void add_member(struct table *table, const json_t *row, const char *name)
{
    BUF_AUTO struct buf text = TEXT_INIT;
    add_scalar(&text, json_object_get(row, name));
    table_add(table, STYLE_PLAIN, text.data);
}

/* A list of named things: fields, facets, parts. */
static void render_names(struct page *page, const json_t *schema, const char *list, const char *heading)
{
    size_t i;
    const json_t *row;
    const json_t *rows = json_object_get(schema, list);
    TABLE_AUTO struct table table = {.columns = 3};
    if (!json_array_size(rows))
        return;
    page_blank(page);
    render_line(page, STYLE_HEADING, "%s", heading);
    json_array_foreach(rows, i, row)
    {
        add_member(&table, row, "name");
        add_member(&table, row, "label");
        add_member(&table, row, "help");
    }
    table_write(page, 2, &table);
}

/* Rows of a list of objects, `max` at most, in columns of these members; `columns` is the number of them. */
static void render_rows(struct page *page, const json_t *rows, const char *const *members, size_t columns,
                        size_t max)
{
    TABLE_AUTO struct table table = {.columns = columns, .right = {[0] = false}};
    table.right[columns - 1] = true;
    for (size_t i = 0; i < json_array_size(rows) && i < max; i++)
        for (size_t n = 0; n < columns; n++)
            add_member(&table, json_array_get(rows, i), members[n]);
    table_write(page, 2, &table);
}

/* The acronyms known, with their long forms: where each comes from, and how often the register says so. */
static void render_vocabulary(struct page *page, const json_t *vocabulary)
{
    static const char *const MEMBERS[] = {"short", "long", "source", "count"};
    size_t count = json_array_size(vocabulary);
    if (!count)
        return;
    page_blank(page);
    render_line(page, STYLE_HEADING, "Acronyms: each also finds the other form, but for a quoted word");
    render_rows(page, vocabulary, MEMBERS, sizeof MEMBERS / sizeof *MEMBERS, RENDER_ACRONYMS_MAX);
    if (count > RENDER_ACRONYMS_MAX)
        render_line(page, STYLE_QUIET, "… and %zu more, see --json", count - RENDER_ACRONYMS_MAX);
}

void render_suggestions(struct page *page, const json_t *result)
{
    static const char *const MEMBERS[] = {"text", "kind", "count"};
    const json_t *suggestions = json_object_get(result, "suggestions");
    if (json_array_size(suggestions))
        render_rows(page, suggestions, MEMBERS, sizeof MEMBERS / sizeof *MEMBERS, RENDER_SUGGESTIONS_MAX);
    else
        render_line(page, STYLE_NAME, "Nothing found");
}

void render_schema(struct page *page, const json_t *result)
{
    render_names(page, result, "facets", "Facets: counted with --facet NAME, filtered by with -f NAME=VALUE");
    render_names(page, result, "parts", "Parts: searched with --part NAME");
    render_names(page, result, "fields", "Fields of a record");
    render_vocabulary(page, json_object_get(result, "vocabulary"));
    page_blank(page);
    if (json_array_size(json_object_get(result, "sorts")))
        render_leaf(page, "sort_keys", json_object_get(result, "sorts"), 0);
    if (json_is_object(json_object_get(result, "limits"))) {
        render_leaf(page, "limits", NULL, 0);
        render_tree(page, json_object_get(result, "limits"), 1);
    }
}
