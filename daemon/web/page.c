/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which page an address is, and which methods it asks. */
#include "daemon/web/page.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/reference.h"

/* ---- which page ---- */

static const char RECORDS[] = "/records/", FACETS[] = "/facets/";

static bool begins(const char *text, const char *with)
{
    size_t len = strlen(with);
    return strncmp(text, with, len) == 0 && text[len];
}

static bool find_kind(struct web_page *page, const char *path)
{
    static const struct {
        const char *path;
        enum page_kind kind;
    } kinds[] = {{"/", PAGE_START},
                 {"/compare", PAGE_COMPARE},
                 {"/changes", PAGE_CHANGES_KIND},
                 {"/about", PAGE_ABOUT}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        page->kind = kinds[i].kind;
        if (strcmp(path, kinds[i].path) == 0)
            return true;
    }
    if (begins(path, RECORDS)) {
        page->kind = PAGE_RECORD;
        page->rest = mem_text(path + strlen(RECORDS));
        return true;
    }
    page->kind = PAGE_VALUES;
    page->facet = begins(path, FACETS) ? field_find(path + strlen(FACETS)) : NULL;
    return page->facet && page->facet->use & FIELD_USE_FACET;
}

struct web_page *web_page_new(const char *path, const struct web_pair *pairs, size_t count)
{
    struct web_page *page = mem_zero(1, sizeof *page);
    if (!find_kind(page, path)) {
        free(page);
        return NULL;
    }
    state_take(&page->state, pairs, count);
    if (page->kind == PAGE_START && state_is_search(&page->state))
        page->kind = PAGE_RESULTS;
    return page;
}

void web_page_free(struct web_page *page)
{
    if (!page)
        return;
    state_free(&page->state);
    for (unsigned i = 0; i < WEB_CALLS_MAX; i++) {
        json_decref(page->params[i]);
        json_decref(page->results[i]);
        free(page->failures[i]);
    }
    free(page->rest);
    free(page);
}

/* ---- what it asks ---- */

static void add_facet(json_t *facets, const char *name, int limit)
{
    json_array_append_new(facets, json_pack("{s:s, s:i}", "name", name, "limit", limit));
}

/* The facets beside the hits, and what the chart is drawn of. */
static json_t *all_facets(void)
{
    json_t *facets = json_array();
    size_t count;
    const struct field *const *fields = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        const char *name = fields[i]->facet;
        if (strcmp(name, "group") != 0 && strcmp(name, "version") != 0 && strcmp(name, "in_force") != 0)
            add_facet(facets, name, PAGE_FACET_VALUES);
    }
    json_array_append_new(
        facets, json_pack("{s:s, s:i, s:s}", "name", "in_force", "limit", FIELD_YEARS_MAX, "sort", "value"));
    json_array_append_new(facets, json_pack("{s:s, s:s, s:i, s:s}", "name", "legal_basis", "as", "chart",
                                            "limit", PAGE_FACET_VALUES, "count", "releases"));
    return facets;
}

static const char *ask_start(struct web_page *page, unsigned number)
{
    static const char *const named[] = {"organisation", "dataset"};
    switch (number) {
    case 0:
        page->params[number] =
            json_pack("{s:i, s:b, s:o}", "limit", 0, "fold_copies", 1, "facets", all_facets());
        return "search";
    case 1:
    case 2:
        page->params[number] = json_pack("{s:s, s:i}", "name", named[number - 1], "limit", 1);
        return "facets";
    case 3:
        page->params[number] = json_object();
        return "changes";
    case 4:
        page->params[number] = changes_names(page, page->results[3]);
        return page->params[number] ? "search" : NULL;
    default:
        return NULL;
    }
}

static json_t *search_params(const struct web_page *page)
{
    return page->kind == PAGE_ABOUT ? json_pack("{s:i}", "limit", 0) : state_params(&page->state);
}

static void ask_hits(json_t *params)
{
    json_object_set_new(params, "facets", all_facets());
    json_object_set_new(params, "fields", json_pack("[s]", "datasets"));
    json_object_set_new(params, "snippets", json_integer(PAGE_SNIPPETS));
}

/* The second call asks for the levels below those shown, and which words a hit has where none has all; the
 * third for the levels below them. */
static const char *ask_results(struct web_page *page, unsigned number)
{
    if (number == 0) {
        page->params[number] = search_params(page);
        ask_hits(page->params[number]);
        return "search";
    }
    bool explains = number == 1 && json_is_true(json_object_get(page->results[0], "relaxed"));
    json_t *facets = number <= 2 ? facets_deeper(page, number) : NULL;
    if (!facets && !explains)
        return NULL;
    json_t *params = search_params(page);
    if (facets)
        json_object_set_new(params, "facets", facets);
    json_object_set_new(params, "snippets", json_integer(0));
    json_object_set_new(params, "explain", json_boolean(explains));
    if (!explains) {
        json_object_set_new(params, "limit", json_integer(0));
        json_object_set_new(params, "offset", json_integer(0));
    }
    page->params[number] = params;
    return "search";
}

const char *page_edition(const struct web_page *page)
{
    for (size_t i = 0; i < page->state.filter_count; i++)
        if (strcmp(field_filter_name(page->state.filters[i].field), "edition") == 0)
            return page->state.filters[i].value;
    return NULL;
}

const char *page_group(const struct web_page *page)
{
    size_t i;
    const json_t *hit;
    const char *id = page_text(page->results[CALL_RECORD], "id");
    json_array_foreach(page_list(page->results[CALL_GROUP], "hits"), i, hit)
    {
        if (strcmp(page_text(hit, "id"), id) == 0)
            return page_text(hit, "group");
    }
    return "";
}

/* All texts that a reference has had, or those there are now with their groups. What else the words of an odd
 * one find is left out when it is shown. */
static json_t *texts_of(const char *id, bool has_older)
{
    BUF_AUTO struct buf query = BUF_INIT(PAGE_HTML_MAX);
    buf_text(&query, "id:\"");
    for (; *id; id++)
        buf_byte(&query, (char)(*id == '"' ? ' ' : *id));
    buf_byte(&query, '"');
    return json_pack("{s:s, s:i, s:i, s:b, s:b, s:s}", "q", query.data, "limit", PAGE_TEXTS, "snippets", 0,
                     "history", has_older, "fold_copies", !has_older, "sort", has_older ? "-changed" : "id");
}

static void ask_marks(const struct state *state, json_t *params)
{
    if (!*state->q)
        return;
    json_object_set_new(params, "q", json_string(state->q));
    if (state->part)
        json_object_set_new(params, "parts", json_pack("[s]", state->part));
    if (state->any)
        json_object_set_new(params, "match", json_string("any"));
}

static const char *ask_record(struct web_page *page, unsigned number)
{
    const char *id = number ? page_text(page->results[CALL_RECORD], "id") : page->rest;
    const char *edition = page_edition(page);
    switch (number) {
    case CALL_RECORD:
        page->params[number] = json_pack("{s:s}", "id", id);
        if (edition)
            json_object_set_new(page->params[number], "edition", json_string(edition));
        ask_marks(&page->state, page->params[number]);
        return "get";
    case CALL_TEXTS:
        page->params[number] = texts_of(id, true);
        return "search";
    case CALL_SIMILAR:
        if (edition) /* what is like the newest text need not be like an older one */
            return NULL;
        page->params[number] = json_pack("{s:s, s:i, s:i, s:b}", "id", id, "limit", PAGE_SIMILAR, "snippets",
                                         0, "fold_copies", 1);
        return "similar";
    case CALL_GROUP:
        page->params[number] = texts_of(id, false);
        return "search";
    case CALL_COPIES:
        if (!*page_group(page))
            return NULL;
        page->params[number] = json_pack("{s:{s:[s]}, s:i, s:i, s:s}", "filters", "group", page_group(page),
                                         "limit", PAGE_SIMILAR + 1, "snippets", 0, "sort", "organisation");
        return "search";
    default:
        return NULL;
    }
}

static const char *ask_compare(struct web_page *page, unsigned number)
{
    const struct strlist *ids = &page->state.ids;
    if (ids->len != 2 || number > 2)
        return NULL;
    if (number == 0) {
        page->params[0] = json_pack("{s:[s, s]}", "ids", ids->items[0], ids->items[1]);
        return "compare";
    }
    const char *id = ids->items[number - 1], *edition = reference_edition(id);
    size_t len = edition ? (size_t)(edition - id) - 1 : strlen(id);
    page->params[number] = json_pack("{s:s%}", "id", id, len);
    if (edition)
        json_object_set_new(page->params[number], "edition", json_string(edition));
    return "get";
}

static const char *ask_changes(struct web_page *page, unsigned number)
{
    if (number == 0) {
        page->params[number] = json_pack("{s:s, s:i}", "name", "edition", "limit", 1000);
        return "facets";
    }
    if (number == 2)
        page->params[number] = changes_names(page, page->results[1]);
    if (number > 1)
        return page->params[number] ? "search" : NULL;
    const char *from = page->state.from, *to = page->state.to;
    bool is_backwards = from && to && strcmp(from, to) > 0; /* whichever way round they were chosen */
    page->params[number] = json_object();
    if (from)
        json_object_set_new(page->params[number], is_backwards ? "to" : "from", json_string(from));
    if (to)
        json_object_set_new(page->params[number], is_backwards ? "from" : "to", json_string(to));
    return "changes";
}

static const char *ask_values(struct web_page *page, unsigned number)
{
    const struct state *state = &page->state;
    if (number > 0)
        return NULL;
    json_t *params = state_question(state);
    json_object_set_new(params, "name", json_string(page->facet->facet));
    json_object_set_new(params, "limit", json_integer(STATE_VALUES));
    json_object_set_new(params, "offset", json_integer(state->offset));
    json_object_set_new(params, "sort", json_string(state->by_name ? "value" : "count"));
    page->params[number] = params;
    if (state->contains)
        json_object_set_new(page->params[number], "contains", json_string(state->contains));
    if (state->parent)
        json_object_set_new(page->params[number], "parent", json_string(state->parent));
    return "facets";
}

const char *web_page_call(struct web_page *page, unsigned number, const json_t **ret_params)
{
    const char *method = NULL;
    if (number >= WEB_CALLS_MAX)
        return NULL;
    json_decref(page->params[number]);
    page->params[number] = NULL;
    switch (page->kind) {
    case PAGE_START:
        method = ask_start(page, number);
        break;
    case PAGE_RESULTS:
    case PAGE_ABOUT:
        method = ask_results(page, number);
        break;
    case PAGE_RECORD:
        method = ask_record(page, number);
        break;
    case PAGE_COMPARE:
        method = ask_compare(page, number);
        break;
    case PAGE_CHANGES_KIND:
        method = ask_changes(page, number);
        break;
    case PAGE_VALUES:
        method = ask_values(page, number);
        break;
    }
    *ret_params = page->params[number];
    return method;
}

void web_page_take(struct web_page *page, unsigned number, const char *json, size_t len, int code,
                   const char *message)
{
    if (number >= WEB_CALLS_MAX)
        return;
    for (unsigned i = number; i < WEB_CALLS_MAX; i++) { /* asked again: the index moved on */
        json_decref(page->results[i]);
        free(page->failures[i]);
        page->results[i] = NULL;
        page->failures[i] = NULL;
    }
    page->codes[number] = code;
    if (code == 0)
        page->results[number] = json_loadb(json, len, 0, NULL);
    else
        page->failures[number] = mem_text(message);
}

/* ---- the page ---- */

static void put_main(const struct web_page *page, struct buf *to)
{
    switch (page->kind) {
    case PAGE_START:
        start_put(page, to);
        break;
    case PAGE_RESULTS:
        results_put(page, to);
        break;
    case PAGE_RECORD:
        record_put(page, to);
        break;
    case PAGE_COMPARE:
        compare_put(page, to);
        break;
    case PAGE_CHANGES_KIND:
        changes_put(page, to);
        break;
    case PAGE_VALUES:
        values_put(page, to);
        break;
    case PAGE_ABOUT:
        about_put(page, to);
        break;
    }
}

void web_page_put(const struct web_page *page, const char *base, struct buf *to)
{
    BUF_AUTO struct buf title = BUF_INIT(PAGE_HTML_MAX);
    BUF_AUTO struct buf description = BUF_INIT(PAGE_HTML_MAX);
    BUF_AUTO struct buf feed = BUF_INIT(PAGE_HTML_MAX);
    BUF_AUTO struct buf path = BUF_INIT(PAGE_HTML_MAX);
    bool is_results = page->kind == PAGE_RESULTS;
    preview_title(page, &title);
    preview_description(page, &description);
    if (is_results)
        state_url(&feed, &page->state,
                  &(struct state_change){.path = "/search.atom", .sort = "", .for_api = true});
    if (page->kind == PAGE_RECORD)
        page_record_url(&path, page_text(page->results[0], "id"), page_edition(page), NULL);
    struct shell shell = {
        .title = title.data, .description = description.data, .feed = feed.data, .path = path.data};
    shell_open(to, &shell, base, page->kind == PAGE_START ? NULL : &page->state);
    put_main(page, to);
    shell_close(to);
}
