/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts beside the hits: what is chosen, what else could be. */
#include "daemon/web/page.h"

#include <stdio.h>
#include <string.h>

#include "indexer/base/mem.h"

enum { LEVELS_MAX = 3 };

static const char *const open_at_first[] = {"legal_basis", "opt_outs", "identifiability", "dataset",
                                            "organisation"};

/* ---- levels below ---- */

static bool is_child(const char *path, const char *parent)
{
    size_t len = strlen(parent), separator = strlen(FIELD_PATH_SEPARATOR);
    return strncmp(path, parent, len) == 0 && strncmp(path + len, FIELD_PATH_SEPARATOR, separator) == 0 &&
           !strstr(path + len + separator, FIELD_PATH_SEPARATOR);
}

static void ask_children(json_t *facets, const json_t *values, const char *name)
{
    size_t i;
    const json_t *value;
    json_array_foreach(values, i, value)
    {
        char as[32];
        if (page_number(value, "children") == 0 || json_array_size(facets) >= PAGE_DEEPER_MAX)
            continue;
        snprintf(as, sizeof as, "%s/%zu", name, json_array_size(facets));
        json_array_append_new(facets, json_pack("{s:s, s:s, s:s, s:i}", "name", name, "as", as, "parent",
                                                page_text(value, "value"), "limit", PAGE_FACET_VALUES));
    }
}

json_t *facets_deeper(const struct web_page *page, unsigned number)
{
    static const char *const paths[] = {"legal_basis", "opt_outs"};
    const json_t *known = page_list(page->results[number - 1], "facets");
    json_t *facets = json_array();
    for (size_t i = 0; i < sizeof paths / sizeof *paths && number == 1; i++)
        ask_children(facets, page_list(known, paths[i]), paths[i]);
    const char *name;
    json_t *values;
    json_object_foreach((json_t *)known, name, values)
    {
        if (number > 1)
            ask_children(facets, values, strncmp(name, "opt", 3) == 0 ? "opt_outs" : "legal_basis");
    }
    if (json_array_size(facets) > 0)
        return facets;
    json_decref(facets);
    return NULL;
}

/* The list that holds the children of a path; NULL where it was not asked for. */
static const json_t *children_of(const struct web_page *page, unsigned level, const char *parent)
{
    const char *name;
    json_t *values;
    if (level >= LEVELS_MAX)
        return NULL;
    json_object_foreach((json_t *)page_list(page->results[level], "facets"), name, values)
    {
        size_t i;
        const json_t *value;
        if (strchr(name, '/'))
            json_array_foreach(values, i,
                               value) if (is_child(page_text(value, "value"), parent)) return values;
    }
    return NULL;
}

/* ---- rows ---- */

static const char *last_level(const char *path)
{
    const char *last = path;
    for (const char *at = path; (at = strstr(at, FIELD_PATH_SEPARATOR)); last = at)
        at += strlen(FIELD_PATH_SEPARATOR);
    return last;
}

static void put_row_link(struct buf *to, const struct state *state, const struct field *field,
                         const json_t *value)
{
    const char *key = page_text(value, "value");
    bool is_selected = json_is_true(json_object_get(value, "selected"));
    struct state_change change = {.add_field = field, .add_value = key};
    if (is_selected)
        change = state_without(state, field, key);
    html_put(to, "<a class=\"value%h\" rel=\"nofollow\" href=\"", is_selected ? " on" : "");
    state_url(to, state, &change);
    html_put(to, "\"%h><span class=\"name\">%h", is_selected ? " aria-current=\"true\"" : "",
             is_selected ? "<span class=\"hidden\">Chosen, remove: </span>" : "");
}

/* A link to the children that there is no room for. */
static void put_deeper(struct buf *to, const struct state *state, const struct field *field,
                       const json_t *value, size_t shown)
{
    BUF_AUTO struct buf path = BUF_INIT(PAGE_HTML_MAX);
    const char *key = page_text(value, "value");
    MEM_AUTO char *words = page_path_words(key);
    html_put(&path, "/facets/%u", field->facet);
    buf_text(to, "<p class=\"all\"><a href=\"");
    state_url(to, state, &(struct state_change){.path = path.data, .parent = key});
    html_put(to, "\">%n more<span class=\"hidden\"> of %t</span></a></p>",
             page_number(value, "children") - (long long)shown, words);
}

static void put_row(struct buf *to, const struct web_page *page, const struct field *field,
                    const json_t *value, bool has_children)
{
    const char *key = page_text(value, "value"), *label = page_text(value, "label");
    const char *plain = page_text(value, "explanation");
    bool is_path = field->kind == FIELD_PATHS;
    put_row_link(to, &page->state, field, value);
    html_put(to, "%b",
             is_path ? last_level(key)[0] == '(' ? page_value(field, key) : last_level(key)
                     : page_value(field, label));
    if (*plain && !has_children) /* what is below is explained more closely */
        html_put(to, "<span class=\"plain\">%t</span>", plain);
    buf_text(to, "</span> ");
    page_found(to, value);
    buf_text(to, "</a>");
}

static void put_rows(struct buf *to, const struct web_page *page, const struct field *field,
                     const json_t *values, unsigned level, const char *parent)
{
    size_t i;
    const json_t *value;
    buf_text(to, "<ul>");
    json_array_foreach(values, i, value)
    {
        const char *key = page_text(value, "value");
        const json_t *children = page_number(value, "children") ? children_of(page, level, key) : NULL;
        size_t shown = 0, k;
        const json_t *child;
        if (parent ? !is_child(key, parent) : page_is_below(values, value))
            continue; /* chosen, and listed in its place */
        json_array_foreach(children, k, child) shown += is_child(page_text(child, "value"), key);
        buf_text(to, "<li>");
        put_row(to, page, field, value, shown > 0);
        if (shown > 0)
            put_rows(to, page, field, children, level + 1, key);
        if (shown > 0 && page_number(value, "children") > (long long)shown)
            put_deeper(to, &page->state, field, value, shown);
        buf_text(to, "</li>");
    }
    buf_text(to, "</ul>");
}

/* ---- facets ---- */

static bool is_open(const struct field *field, const struct state *state)
{
    for (size_t i = 0; i < state->filter_count; i++)
        if (state->filters[i].field == field)
            return true;
    for (size_t i = 0; i < sizeof open_at_first / sizeof *open_at_first; i++)
        if (strcmp(open_at_first[i], field->facet) == 0)
            return true;
    return false;
}

/* Whether there is anything to choose. */
static bool says_something(const json_t *values)
{
    return json_array_size(values) > 1 ||
           (json_array_size(values) == 1 &&
            strcmp(page_text(json_array_get(values, 0), "value"), "(none)") != 0);
}

static void put_more(struct buf *to, const struct state *state, const struct field *field)
{
    BUF_AUTO struct buf path = BUF_INIT(PAGE_HTML_MAX);
    html_put(&path, "/facets/%u", field->facet);
    html_put(to,
             "<form class=\"within\" action=\"%h\" method=\"get\"><label><span class=\"hidden\">Find in "
             "\xE2\x80\x9C%t\xE2\x80\x9D</span><input type=\"search\" name=\"contains\" "
             "placeholder=\"Find one\" autocomplete=\"off\"></label><button class=\"quiet\">Find</button>",
             path.data, field->label);
    state_hidden(to, state, true);
    buf_text(to, "</form><p class=\"all\"><a href=\"");
    state_url(to, state, &(struct state_change){.path = path.data});
    html_put(to, "\">Show all<span class=\"hidden\">: %t</span></a></p>", field->label);
}

static void put_facet(struct buf *to, const struct web_page *page, const struct field *field)
{
    const json_t *values = page_list(page_list(page->results[0], "facets"), field->facet);
    if (!says_something(values) || strcmp(field->facet, "in_force") == 0)
        return;
    html_put(to, "<details class=\"facet\" id=\"facet-%t\"%h><summary><h3>%t</h3></summary>\n", field->facet,
             is_open(field, &page->state) ? " open" : "", field->label);
    put_rows(to, page, field, values, 1, NULL);
    if (json_array_size(values) >= PAGE_FACET_VALUES)
        put_more(to, &page->state, field);
    buf_text(to, "</details>\n");
}

void facets_put(const struct web_page *page, struct buf *to)
{
    size_t count;
    const struct field *const *fields = field_facets(&count);
    buf_text(to, "<aside id=\"filters\" aria-labelledby=\"narrow\"><div class=\"filters-head\"><h2 "
                 "id=\"narrow\">Narrow this down</h2><a class=\"button quiet close\" href=\"#main\">Done</a>"
                 "</div>\n");
    chart_put(to, page_list(page->results[0], "facets"), &page->state);
    for (size_t i = 0; i < count; i++)
        put_facet(to, page, fields[i]);
    buf_text(to, "</aside>\n");
}
