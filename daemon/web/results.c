/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A search: what was found, and what is known of each hit. */
#include "daemon/web/page.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/key.h"

static const struct {
    const char *key, *words;
    bool needs_dates;
} sorts[] = {{"relevance", "Best match", false},
             {"-changed", "Newest in the register", false},
             {"-start", "Latest start", true},
             {"end", "Earliest end", true},
             {"organisation", "Recipient, A to Z", false}};

/* ---- notices ---- */

static void put_link(struct buf *to, const struct state *state, const struct state_change *change,
                     const char *words)
{
    buf_text(to, "<a href=\"");
    state_url(to, state, change);
    html_put(to, "\">%b</a>", words);
}

void notices_put(struct buf *to, const struct state *state, const json_t *result)
{
    const char *corrected = page_text(result, "corrected");
    size_t i;
    const json_t *warning;
    if (*corrected) {
        buf_text(to, "<p class=\"notice\">Did you mean ");
        put_link(to, state, &(struct state_change){.q = corrected}, corrected);
        buf_text(to, "?</p>\n");
    }
    if (json_is_true(json_object_get(result, "relaxed"))) {
        buf_text(to,
                 "<p class=\"notice\">No agreement has all of these words. These have some of them, and each "
                 "says which. ");
        put_link(to, state, &(struct state_change){.flip_any = true}, "Look for any of the words");
        buf_text(to, "</p>\n");
    }
    json_array_foreach(page_list(result, "warnings"), i, warning)
    {
        const char *text = json_string_value(warning);
        html_put(to, "<p class=\"notice\">%b</p>\n", text ? text : page_text(warning, "message"));
    }
    if (state->unknown.len == 0)
        return;
    buf_text(to, "<p class=\"notice\">The address you followed asks for something this page does not know, "
                 "which was passed over: ");
    for (i = 0; i < state->unknown.len; i++)
        html_put(to, "%h%b", i ? ", " : "", state->unknown.items[i]);
    buf_text(to, ".</p>\n");
}

/* ---- what is chosen ---- */

static bool is_filter(const struct state *state, const struct field *field, const json_t *value)
{
    return state_find(state, field, page_text(value, "value")) >= 0;
}

/* The value that was chosen, perhaps by another spelling, as the counts have it; NULL where they do not. */
static const json_t *find_chosen(const struct state *state, const json_t *facets,
                                 const struct state_filter *filter)
{
    size_t i;
    const json_t *value, *other = NULL;
    MEM_AUTO char *key = key_loose(filter->value);
    json_array_foreach(page_list(facets, filter->field->facet), i, value)
    {
        MEM_AUTO char *spelt = key_loose(page_text(value, "label"));
        if (strcmp(page_text(value, "value"), filter->value) == 0 || (*key && strcmp(spelt, key) == 0))
            return value;
        if (json_is_true(json_object_get(value, "selected")) && !is_filter(state, filter->field, value))
            other = other ? json_null() : value; /* of several it is not known which */
    }
    return json_is_object(other) ? other : NULL;
}

/* The label of a chosen value; *new*. */
static char *label_of(const struct state *state, const json_t *facets, const struct state_filter *filter)
{
    const json_t *value = find_chosen(state, facets, filter);
    bool is_path = filter->field->kind == FIELD_PATHS && strcmp(filter->value, "(none)") != 0;
    const char *text = !value    ? filter->value
                       : is_path ? page_text(value, "value")
                                 : page_text(value, "label");
    return is_path ? page_path_words(text) : mem_text(page_value(filter->field, text));
}

static void put_chip(struct buf *to, const struct state *state, const struct state_change *change,
                     const char *label, const char *value)
{
    buf_text(to, "<li><a class=\"chip\" href=\"");
    state_url(to, state, change);
    html_put(to,
             "\"><span class=\"hidden\">Remove </span><span class=\"chip-label\">%t</span> %b"
             "<span class=\"cross\" aria-hidden=\"true\">\xC3\x97</span></a></li>",
             label, value);
}

static void put_chosen(struct buf *to, const struct state *state, const json_t *facets)
{
    size_t count = state->filter_count + state->range_count + (state->part != NULL) + state->history +
                   state->newest_version + state->any;
    if (count == 0)
        return;
    buf_text(to, "<ul class=\"chips\" aria-label=\"What is chosen\">");
    for (size_t i = 0; i < state->filter_count; i++) {
        const struct field *field = state->filters[i].field;
        bool is_group = strcmp(field->facet, "group") == 0;
        MEM_AUTO char *label = label_of(state, facets, &state->filters[i]);
        put_chip(to, state, &(struct state_change){.drop = (int)i + 1}, is_group ? "Copies of" : field->label,
                 label);
    }
    for (size_t i = 0; i < state->range_count; i++)
        put_chip(to, state, &(struct state_change){.drop_range = (int)i + 1}, state->ranges[i].field->label,
                 state->ranges[i].text);
    if (state->part)
        put_chip(to, state, &(struct state_change){.drop_part = true}, "Only in", page_label(state->part));
    if (state->any)
        put_chip(to, state, &(struct state_change){.flip_any = true}, "Words", "any of them");
    if (state->history)
        put_chip(to, state, &(struct state_change){.flip_history = true}, "With", "older texts");
    if (state->newest_version)
        put_chip(to, state, &(struct state_change){.flip_newest = true}, "Only", "newest versions");
    if (count > 1) {
        buf_text(to, "<li>");
        put_link(to, state,
                 &(struct state_change){.drop = -1,
                                        .drop_part = true,
                                        .flip_any = state->any,
                                        .flip_history = state->history,
                                        .flip_newest = state->newest_version},
                 "Remove all");
        buf_text(to, "</li>");
    }
    buf_text(to, "</ul>\n");
}

/* ---- around the hits ---- */

static void put_heading(struct buf *to, const struct state *state, const json_t *result)
{
    long long total = page_number(result, "total");
    const json_t *groups = json_object_get(result, "groups");
    buf_text(to, "<h1 id=\"found\">");
    if (total == 0)
        buf_text(to, "Nothing found");
    else
        page_count(to, total, "agreement", "agreements");
    if (*state->q) {
        buf_text(to, " <span class=\"for\">for ");
        page_query(to, state->q);
        buf_text(to, "</span>");
    }
    buf_text(to, "</h1>\n");
    if (total < 2)
        return;
    buf_text(to, "<p class=\"folded\">");
    if (groups) {
        page_count(to, page_number(result, "groups"), "distinct text", "distinct texts");
        buf_text(to, "; copies are shown once. ");
        put_link(to, state, &(struct state_change){.flip_copies = true}, "Show every agreement");
    } else {
        put_link(to, state, &(struct state_change){.flip_copies = true}, "Show copies of one text once");
    }
    buf_text(to, "</p>\n");
}

static bool has_dates(const json_t *facets)
{
    size_t i;
    const json_t *year;
    json_array_foreach(page_list(facets, "in_force"), i, year)
    {
        if (strcmp(page_text(year, "value"), "(none)") != 0 && page_number(year, "count") > 0)
            return true;
    }
    return false;
}

static void put_sorts(struct buf *to, const struct state *state, const json_t *facets)
{
    const char *now = state->sort ? state->sort : "relevance";
    buf_text(to, "<nav class=\"sorts\" aria-label=\"Order\"><span>Order:</span><ul>");
    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        bool is_now = strcmp(now, sorts[i].key) == 0;
        if (sorts[i].needs_dates && !is_now && !has_dates(facets))
            continue;
        buf_text(to, "<li><a href=\"");
        state_url(to, state, &(struct state_change){.sort = i ? sorts[i].key : ""});
        html_put(to, "\"%h>%t</a></li>", is_now ? " aria-current=\"true\"" : "",
                 i || *state->q ? sorts[i].words : "Reference"); /* without words nothing matches better */
    }
    buf_text(to, "</ul></nav>\n");
}

static void put_pages(struct buf *to, const struct state *state, const json_t *result)
{
    const json_t *groups = json_object_get(result, "groups");
    long long total = page_number(result, groups ? "groups" : "total");
    long shown = (long)json_array_size(page_list(result, "hits"));
    if (shown == 0 || (state->offset == 0 && shown >= total))
        return;
    buf_text(to, "<nav class=\"pages\" aria-label=\"Pages\">");
    if (state->offset > 0) {
        long before = state->offset > state->limit ? state->offset - state->limit : 0;
        buf_text(to, "<a rel=\"prev\" href=\"");
        state_url(to, state, &(struct state_change){.offset = before});
        buf_text(to, "\">\xE2\x86\x90 Before</a>");
    }
    html_put(to, "<span>%n to %n of %n</span>", (long long)state->offset + 1,
             (long long)state->offset + shown, total);
    if (state->offset + shown < total) {
        buf_text(to, "<a rel=\"next\" href=\"");
        state_url(to, state, &(struct state_change){.offset = state->offset + shown});
        buf_text(to, "\">More \xE2\x86\x92</a>");
    }
    buf_text(to, "</nav>\n");
}

static void put_take_away(struct buf *to, const struct state *state)
{
    static const struct {
        const char *path, *more, *words;
    } forms[] = {{"/api/export", "format=csv", "CSV, for spreadsheets"},
                 {"/api/export", "format=jsonl", "JSON Lines, with every release"},
                 {"/search.atom", NULL, "Feed of this search"}};
    buf_text(to, "<section class=\"take-away\" aria-labelledby=\"take-away\"><h2 id=\"take-away\">Take this "
                 "away</h2><ul>");
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        BUF_AUTO struct buf url = BUF_INIT(PAGE_HTML_MAX);
        state_url(&url, state,
                  &(struct state_change){
                      .path = forms[i].path, .for_api = true, .sort = forms[i].more ? NULL : ""});
        html_put(to, "<li><a href=\"%h", url.data);
        if (forms[i].more)
            html_put(to, "%h%h", strchr(url.data, '?') ? "&amp;" : "?", forms[i].more);
        html_put(to, "\"%h>%t</a></li>", forms[i].more ? " download" : "", forms[i].words);
    }
    buf_text(to, "</ul></section>\n");
}

/* Behind the last page: what matches stands on those before it. */
static void put_past_the_end(struct buf *to, const struct state *state)
{
    buf_text(to, "<div class=\"nothing\"><p>This is behind the last page. ");
    put_link(to, state, &(struct state_change){.path = NULL}, "Go to the first");
    buf_text(to, "</p></div>\n");
}

static void put_nothing(struct buf *to, const struct state *state)
{
    buf_text(to, "<div class=\"nothing\"><p>No agreement in the register matches. You might:</p><ul>");
    if (state->filter_count + state->range_count > 0) {
        buf_text(to, "<li>");
        put_link(to, state, &(struct state_change){.drop = -1}, "look without the filters");
        buf_text(to, "</li>");
    }
    buf_text(to, "<li>use fewer words, or other ones</li><li>look at <a href=\"/\">what the register "
                 "has</a></li></ul></div>\n");
}

static void put_hits(struct buf *to, const struct web_page *page)
{
    size_t i;
    const json_t *hit;
    const json_t *hits = page_list(page->results[0], "hits");
    if (json_array_size(hits) == 0) {
        bool is_past = page_number(page->results[0], "total") > 0;
        (is_past ? put_past_the_end : put_nothing)(to, &page->state);
        return;
    }
    put_sorts(to, &page->state, page_list(page->results[0], "facets"));
    buf_text(to, "<form class=\"hits-form\" action=\"/compare\" method=\"get\">\n<ol class=\"hits\">\n");
    json_array_foreach(hits, i, hit)
        hit_put(to, hit, &page->state, json_array_get(page_list(page->results[1], "hits"), i));
    buf_text(to, "</ol>\n<p class=\"compare-bar\"><button type=\"submit\" class=\"quiet\">Compare the two "
                 "ticked</button></p></form>\n");
    put_pages(to, &page->state, page->results[0]);
    put_take_away(to, &page->state);
}

/* Whether there is anything to narrow, or something chosen to take back. */
static bool has_filters(const struct web_page *page)
{
    return page_number(page->results[0], "total") > 0 || page->state.filter_count > 0;
}

void results_put(const struct web_page *page, struct buf *to)
{
    const json_t *result = page->results[0], *facets = page_list(result, "facets");
    buf_text(to, "<div class=\"columns\">\n<section class=\"found\" aria-labelledby=\"found\">\n");
    put_heading(to, &page->state, result);
    put_chosen(to, &page->state, facets);
    notices_put(to, &page->state, result);
    if (has_filters(page))
        buf_text(
            to,
            "<p class=\"to-filters\"><a class=\"button quiet\" href=\"#filters\">Narrow this down</a></p>\n");
    put_hits(to, page);
    buf_text(to, "</section>\n");
    if (has_filters(page))
        facets_put(page, to);
    buf_text(to, "</div>\n");
}
