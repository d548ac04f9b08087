/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "client/labels.h"
#include "client/render.h"
#include "client/table.h"

enum { ITEM_INDENT = 4 };

static const char NOT_STATED[] = "not stated";

/* How a member of a record is laid out; those not named here go by the shape of their value. */
enum layout {
    LAYOUT_BY_VALUE,
    LAYOUT_IN_HEAD,  /* stands at the top of the page */
    LAYOUT_QUESTION, /* its absence is an answer too */
    LAYOUT_PROSE,
    LAYOUT_RELEASES,
    LAYOUT_LAST,   /* after the prose */
    LAYOUT_HIDDEN, /* says nothing of the agreement */
};

static const struct {
    const char *name;
    enum layout layout;
} LAYOUTS[] = {
    {"organisation", LAYOUT_IN_HEAD},
    {"title", LAYOUT_IN_HEAD},
    {"id", LAYOUT_IN_HEAD},
    {"version", LAYOUT_IN_HEAD},
    {"edition", LAYOUT_IN_HEAD},
    {"start", LAYOUT_IN_HEAD},
    {"end", LAYOUT_IN_HEAD},
    {"flags", LAYOUT_IN_HEAD},
    {"commercial", LAYOUT_QUESTION},
    {"sublicensing", LAYOUT_QUESTION},
    {"identifiability", LAYOUT_QUESTION},
    {"opt_outs", LAYOUT_QUESTION},
    {"legal_basis", LAYOUT_QUESTION},
    {"datasets", LAYOUT_QUESTION},
    {"commercial_note", LAYOUT_PROSE},
    {"objectives", LAYOUT_PROSE},
    {"expected_benefits", LAYOUT_PROSE},
    {"yielded_benefits", LAYOUT_PROSE},
    {"outputs", LAYOUT_PROSE},
    {"processing", LAYOUT_PROSE},
    {"releases", LAYOUT_RELEASES},
    {"parse_notes", LAYOUT_LAST},
    {"first_seen", LAYOUT_LAST},
    {"changed", LAYOUT_LAST},
    {"sources", LAYOUT_LAST},
    {"versions", LAYOUT_LAST},
    {"agreement", LAYOUT_LAST},
    {"revision", LAYOUT_HIDDEN},
    {"editions", LAYOUT_LAST},
};

static enum layout layout_of(const char *name)
{
    for (size_t i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++)
        if (!strcmp(LAYOUTS[i].name, name))
            return LAYOUTS[i].layout;
    return LAYOUT_BY_VALUE;
}

static void render_head(struct page *page, const json_t *record)
{
    size_t i;
    const json_t *flag;
    const char *version = text_member(record, "version");
    const char *edition = text_member(record, "edition");
    const char *start = text_member(record, "start");
    const char *end = text_member(record, "end");
    const char *organisation = text_member(record, "organisation");
    BUF_AUTO struct buf title = TEXT_INIT;
    BUF_AUTO struct buf text = TEXT_INIT;
    render_line(page, STYLE_NAME, "%s", organisation ? organisation : "Recipient not stated");
    text_add(&title, STYLE_PLAIN, text_member(record, "title"));
    page_paragraph(page, 0, 2, &title);
    text_add(&text, STYLE_REFERENCE, text_member(record, "id"));
    if (version)
        text_printf(&text, STYLE_PLAIN, " · version %s", version);
    text_add(&text, STYLE_PLAIN, start || end ? " · in force " : " · dates not stated");
    add_period(&text, start, end);
    if (edition)
        text_printf(&text, STYLE_PLAIN, " · edition %s", edition);
    page_paragraph(page, 0, 2, &text);
    json_array_foreach(json_object_get(record, "flags"), i, flag)
    {
        if (json_is_string(flag))
            render_line(page, STYLE_WARNING, "Warning in the source: %s", json_string_value(flag));
    }
}

/* "page.txt, line 12", "register.xlsx, sheet DataReleases, row 7". */
static void add_source(struct buf *text, const json_t *source)
{
    const char *sheet = text_member(source, "sheet");
    const json_t *row = json_object_get(source, sheet ? "row" : "line");
    text_add(text, STYLE_PLAIN, text_member(source, "file"));
    if (sheet)
        text_printf(text, STYLE_PLAIN, ", sheet %s", sheet);
    if (json_is_integer(row))
        text_printf(text, STYLE_PLAIN, ", %s %lld", sheet ? "row" : "line",
                    (long long)json_integer_value(row));
}

static void add_value(struct buf *text, const json_t *value)
{
    if (json_is_string(value))
        add_path(text, json_string_value(value));
    else if (json_is_boolean(value))
        text_add(text, STYLE_PLAIN, json_is_true(value) ? "Yes" : "No");
    else if (json_is_integer(value))
        text_printf(text, STYLE_PLAIN, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        text_printf(text, STYLE_PLAIN, "%g", json_real_value(value));
    else if (text_member(value, "file"))
        add_source(text, value);
    else
        text_add(text, STYLE_PLAIN, text_member(value, "id"));
}

static bool is_absent(const json_t *value)
{
    return !value || json_is_null(value) || (json_is_array(value) && !json_array_size(value)) ||
           (json_is_string(value) && !json_string_length(value));
}

/* Adds a value and, where the daemon knows it, what it says in plain words. */
static void add_explained(struct buf *text, const json_t *value, const struct view *view)
{
    const char *key = json_string_value(value);
    const char *explanation = key ? text_member(json_object_get(view->schema, "explanations"), key) : NULL;
    add_value(text, value);
    if (explanation)
        text_printf(text, STYLE_QUIET, " – %s", explanation);
}

/* A list of several: an item a line, under the label. */
static void render_items(struct page *page, const json_t *items, const struct view *view)
{
    size_t i;
    const json_t *item;
    json_array_foreach(items, i, item)
    {
        BUF_AUTO struct buf text = TEXT_INIT;
        add_explained(&text, item, view);
        page_paragraph(page, ITEM_INDENT, ITEM_INDENT + 2, &text);
    }
}

static void render_field(struct page *page, const char *name, const json_t *value, const struct view *view)
{
    bool is_list = json_array_size(value) > 1;
    BUF_AUTO struct buf text = TEXT_INIT;
    text_add(&text, STYLE_QUIET, label_before_value(view->schema, "fields", name).text);
    if (is_absent(value))
        text_add(&text, STYLE_QUIET, NOT_STATED);
    else if (!is_list)
        add_explained(&text, json_is_array(value) ? json_array_get(value, 0) : value, view);
    page_paragraph(page, 0, ITEM_INDENT, &text);
    if (is_list)
        render_items(page, value, view);
}

static void render_part(struct page *page, const char *name, const json_t *value, const struct view *view)
{
    const char *prose = json_string_value(value);
    page_blank(page);
    render_line(page, STYLE_HEADING, "%s", label_of(view->schema, "parts", name).text);
    if (*prose)
        page_prose(page, 2, prose);
    else
        render_line(page, STYLE_QUIET, "(left empty in the source)");
}

/* Adds a cell that holds a text, a list of paths, or nothing. */
static void add_cell(struct table *table, const json_t *value)
{
    BUF_AUTO struct buf text = TEXT_INIT;
    if (json_is_array(value))
        add_paths(&text, value);
    else
        add_value(&text, value);
    table_add(table, STYLE_PLAIN, text.data);
}

static void write_releases(struct page *page, const json_t *releases, const struct view *view)
{
    static const char *const NAMES[] = {"dataset",     "identifiability", "opt_outs",
                                        "legal_basis", "month",           "count"};
    enum { COUNT = sizeof NAMES / sizeof *NAMES };
    struct label labels[COUNT];
    TABLE_AUTO struct table table = {.columns = COUNT, .right = {[COUNT - 1] = true}};
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = label_of(view->schema, "facets", NAMES[i]);
        table.headings[i] = labels[i].text;
    }
    for (size_t row = 0; row < json_array_size(releases) && row < RENDER_RELEASES_MAX; row++)
        for (size_t i = 0; i < COUNT; i++)
            add_cell(&table, json_object_get(json_array_get(releases, row), NAMES[i]));
    table_write(page, 2, &table);
}

static void render_releases(struct page *page, const json_t *releases, const struct view *view)
{
    size_t count = json_array_size(releases);
    page_blank(page);
    render_line(page, STYLE_HEADING, "%s", label_of(view->schema, "fields", "releases").text);
    if (json_is_null(releases))
        render_line(page, STYLE_WARNING, "The source does not say which data set went out on which basis.");
    else if (!count)
        render_line(page, STYLE_QUIET, "none");
    else
        write_releases(page, releases, view);
    if (count > RENDER_RELEASES_MAX)
        render_line(page, STYLE_QUIET, "… and %zu more, see --json", count - RENDER_RELEASES_MAX);
}

/* Whether a member is worth its lines. */
static bool is_shown(enum layout layout, const json_t *value)
{
    if (layout == LAYOUT_PROSE)
        return json_is_string(value);
    return layout == LAYOUT_QUESTION || layout == LAYOUT_RELEASES || !is_absent(value);
}

static void render_member(struct page *page, const char *name, const json_t *value, enum layout layout,
                          const struct view *view)
{
    if (layout == LAYOUT_PROSE)
        render_part(page, name, value, view);
    else if (layout == LAYOUT_RELEASES)
        render_releases(page, value, view);
    else
        render_field(page, name, value, view);
}

/* A record's members come in the order of the daemon's field table. */
static void render_members(struct page *page, const json_t *record, enum layout layout,
                           const struct view *view)
{
    const char *name;
    json_t *value;
    bool is_first = true;
    json_object_foreach((json_t *)record, name, value)
    {
        enum layout its = layout_of(name);
        bool is_here = its == layout || (layout == LAYOUT_BY_VALUE && its == LAYOUT_QUESTION);
        if (!is_here || !is_shown(its, value))
            continue;
        if (is_first)
            page_blank(page);
        is_first = false;
        render_member(page, name, value, its, view);
    }
}

void render_record(struct page *page, const json_t *record, const struct view *view)
{
    static const enum layout ORDER[] = {LAYOUT_BY_VALUE, LAYOUT_RELEASES, LAYOUT_PROSE, LAYOUT_LAST};
    render_head(page, record);
    for (size_t i = 0; i < sizeof ORDER / sizeof *ORDER; i++)
        render_members(page, record, ORDER[i], view);
}
