/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "client/labels.h"
#include "client/render.h"

enum {
    INDENT = 2,       /* columns a level */
    COUNT_GAP = 2,    /* columns between a value and its count */
    VALUE_MIN = 10,   /* columns a value is given at least */
    COUNT_DIGITS = 24 /* bytes of a count, NUL included */
};

static const char SELECTED[] = "● ";
static const char NOT_SELECTED[] = "  ";

struct columns {
    int value; /* with its indentation */
    int count;
};

static const json_t *children_of(const json_t *value)
{
    return json_object_get(value, "children");
}

static void write_count(const json_t *value, char to[COUNT_DIGITS])
{
    const json_t *count = json_object_get(value, "count");
    snprintf(to, COUNT_DIGITS, "%lld", (long long)json_integer_value(count));
}

/* Bytes of a path's levels above the last, without the sign behind them; 0 where it has one level. */
static size_t above_length(const char *path)
{
    size_t len = 0;
    for (const char *at = path; (at = strstr(at, " > ")); at++)
        len = (size_t)(at - path);
    return len;
}

/* The label, without the levels above that its parent's line shows already. */
static void add_value(struct buf *text, const json_t *value, const json_t *parent)
{
    const char *label = text_member(value, "label");
    const char *above = parent ? text_member(parent, "value") : NULL;
    size_t len = above ? strlen(above) : 0;
    if (!label)
        label = text_member(value, "value");
    if (!label || !strcmp(label, "(none)"))
        text_add(text, STYLE_QUIET, "not stated");
    else if (above && !strncmp(label, above, len) && !strncmp(label + len, " > ", 3))
        text_add(text, STYLE_PLAIN, label + len + 3);
    else if (parent)
        text_add(text, STYLE_PLAIN, label);
    else
        add_path(text, label);
    json_int_t below =
        json_integer_value(children_of(value)); /* told as a number where they are not listed */
    if (below > 0)
        text_printf(text, STYLE_QUIET, " (%lld below)", (long long)below);
}

static void measure(const json_t *values, const json_t *parent, int depth, struct columns *columns)
{
    size_t i;
    const json_t *value;
    char count[COUNT_DIGITS];
    json_array_foreach(values, i, value)
    {
        BUF_AUTO struct buf text = TEXT_INIT;
        add_value(&text, value, parent);
        int width = depth * INDENT + INDENT + text_width(text.data, text.len);
        write_count(value, count);
        columns->value = width > columns->value ? width : columns->value;
        columns->count = (int)strlen(count) > columns->count ? (int)strlen(count) : columns->count;
        if (depth < RENDER_DEPTH_MAX)
            measure(children_of(value), value, depth + 1, columns);
    }
}

/* The value's lines, the count at the end of the first. */
static void write_value(struct page *page, const json_t *value, const struct buf *text, int indent,
                        const struct columns *columns)
{
    char count[COUNT_DIGITS];
    int width = columns->value - indent > VALUE_MIN ? columns->value - indent : VALUE_MIN;
    bool is_selected = json_is_true(json_object_get(value, "selected"));
    enum style style = STYLE_PLAIN;
    size_t next;
    write_count(value, count);
    size_t at = text_fit(text->data, text->len, width, &next);
    page_indent(page, indent - INDENT);
    buf_text(&page->out, is_selected ? SELECTED : NOT_SELECTED);
    style = page_styled(page, style, text->data, at);
    page_indent(page, width - text_width(text->data, at) + COUNT_GAP + columns->count - (int)strlen(count));
    buf_printf(&page->out, "%s\n", count);
    while (next < text->len) {
        size_t from = next;
        at = text_fit(text->data + from, text->len - from, width, &next);
        page_indent(page, indent);
        style = page_styled(page, style, text->data + from, at);
        buf_byte(&page->out, '\n');
        next += from;
    }
}

/* What a provision says in plain words. */
static void write_explanation(struct page *page, const json_t *value, int indent)
{
    BUF_AUTO struct buf text = TEXT_INIT;
    text_add(&text, STYLE_QUIET, text_member(value, "explanation"));
    page_paragraph(page, indent + INDENT, indent + INDENT, &text);
}

static void write_values(struct page *page, const json_t *values, const json_t *parent, int depth,
                         const struct columns *columns)
{
    size_t i;
    const json_t *value;
    json_array_foreach(values, i, value)
    {
        BUF_AUTO struct buf text = TEXT_INIT;
        add_value(&text, value, parent);
        write_value(page, value, &text, depth * INDENT + INDENT, columns);
        write_explanation(page, value, depth * INDENT + INDENT);
        if (depth < RENDER_DEPTH_MAX)
            write_values(page, children_of(value), value, depth + 1, columns);
    }
}

/* `parent`: the value that they lie below, as far as its `value` is known; NULL at the top. */
static void write_all(struct page *page, const json_t *values, const json_t *parent)
{
    struct columns columns = {.value = 0};
    if (!json_array_size(values)) {
        render_line(page, STYLE_QUIET, "no values");
        return;
    }
    measure(values, parent, 0, &columns);
    int room = page->width - COUNT_GAP - columns.count;
    columns.value = columns.value > room ? room : columns.value;
    write_values(page, values, parent, 0, &columns);
}

void render_values(struct page *page, const json_t *values)
{
    write_all(page, values, NULL);
}

/* The values below the one asked for, whose path stands in the heading, fit to be typed. */
static void render_children(struct page *page, const json_t *values, const struct view *view)
{
    const char *label = text_member(json_array_get(values, 0), "label");
    size_t len = label ? above_length(label) : 0;
    if (!json_array_size(values)) {
        render_line(page, STYLE_QUIET, "nothing lies below \"%s\"; purpose facets %s lists the top values",
                    view->parent, view->facet);
        return;
    }
    json_t *parent = json_pack("{s:s%}", "value", label ? label : "", len);
    render_line(page, STYLE_HEADING, "%s%s", label_before_value(view->schema, "facets", view->facet).text,
                len ? text_member(parent, "value") : view->parent);
    write_all(page, values, len ? parent : NULL);
    json_decref(parent);
}

/* How to list what lies below a value, by the example of the first that has any. */
static void render_way_down(struct page *page, const json_t *values, const struct view *view)
{
    size_t i;
    const json_t *value;
    json_array_foreach(values, i, value)
    {
        const char *path = text_member(value, "value");
        if (!path || json_integer_value(children_of(value)) < 1)
            continue;
        BUF_AUTO struct buf text = TEXT_INIT;
        page_blank(page);
        render_line(page, STYLE_QUIET, "what lies below a value:");
        text_printf(&text, STYLE_QUIET, "purpose facets %s --parent ", view->facet);
        add_shell_word(&text, STYLE_QUIET, path);
        page_paragraph(page, INDENT, INDENT, &text);
        return;
    }
}

void render_facets(struct page *page, const json_t *result, const struct view *view)
{
    const json_t *values = json_object_get(result, "values");
    json_int_t total = json_integer_value(json_object_get(result, "total"));
    json_int_t last = view->offset + (json_int_t)json_array_size(values);
    render_notes(page, result);
    page_blank(page);
    if (view->parent) {
        render_children(page, values, view);
    } else {
        render_line(page, STYLE_HEADING, "%s", label_of(view->schema, "facets", view->facet).text);
        render_values(page, values);
    }
    render_way_down(page, values, view);
    if (last >= total || view->limit < 1)
        return;
    page_blank(page);
    render_line(page, STYLE_QUIET, "%ld to %lld of %lld values shown; for more: --page %ld, or -n %lld",
                view->offset + 1, (long long)last, (long long)total, view->offset / view->limit + 2,
                (long long)total);
}
