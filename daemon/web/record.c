/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record whole: what is agreed, what went out, in which words, and what is like it. */
#include "daemon/web/page.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

/* ---- marks ---- */

static bool is_same_edition(const json_t *one, const json_t *other)
{
    return strcmp(page_text(one, "edition"), page_text(other, "edition")) == 0;
}

static const json_t *marks_of(const json_t *record, const char *part)
{
    return page_list(page_list(record, "marks"), part);
}

/* A part's text with where the query stands in it. */
static void put_marked(struct buf *to, const json_t *record, const char *part,
                       void (*put)(struct buf *to, const struct html_marked *marked))
{
    const json_t *ranges = marks_of(record, part);
    size_t i, count = json_array_size(ranges);
    const json_t *range;
    struct html_mark *marks = mem_zero(count + 1, sizeof *marks);
    json_array_foreach(ranges, i, range)
    {
        marks[i].start = (size_t)json_integer_value(json_array_get(range, 0));
        marks[i].end = (size_t)json_integer_value(json_array_get(range, 1));
    }
    put(to, &(struct html_marked){page_text(record, part), marks, count});
    free(marks);
}

static void put_name(struct buf *to, const json_t *record, const char *part)
{
    buf_text(to, "<bdi>");
    put_marked(to, record, part, html_marked);
    buf_text(to, "</bdi>");
}

/* ---- the facts ---- */

static void open_fact(struct buf *to, const char *name)
{
    html_put(to, "<div><dt>%t</dt><dd>", page_label(name));
}

static void put_values(struct buf *to, const json_t *record, const char *name, bool is_shown_empty)
{
    const json_t *values = page_list(record, name);
    if (json_array_size(values) == 0 && !is_shown_empty)
        return;
    open_fact(to, name);
    page_values(to, field_find(name), values);
    buf_text(to, "</dd></div>\n");
}

static void put_answer(struct buf *to, const json_t *record, const char *name)
{
    const json_t *answer = json_object_get(record, name);
    open_fact(to, name);
    buf_text(to, json_is_boolean(answer) ? json_is_true(answer) ? "Yes" : "No" : PAGE_UNSAID);
    buf_text(to, "</dd></div>\n");
}

static void put_dates(struct buf *to, const json_t *record)
{
    buf_text(to, "<div><dt>In force</dt><dd>");
    if (!page_span(to, page_text(record, "start"), page_text(record, "end")))
        buf_text(to, PAGE_UNSAID);
    buf_text(to, "</dd></div>\n");
    if (!*page_text(record, "released_from") && !*page_text(record, "released_to"))
        return;
    buf_text(to, "<div><dt>Released</dt><dd>");
    page_span(to, page_text(record, "released_from"), page_text(record, "released_to"));
    buf_text(to, "</dd></div>\n");
}

static void put_facts(struct buf *to, const json_t *record)
{
    buf_text(to, "<dl class=\"facts facts-whole\">\n<div class=\"fact-basis\"><dt>Legal basis</dt><dd>");
    page_bases(to, page_list(record, "legal_basis"), true);
    buf_text(to, "</dd></div>\n");
    put_values(to, record, "opt_outs", true);
    put_values(to, record, "identifiability", true);
    put_dates(to, record);
    put_values(to, record, "duty_of_confidence", false);
    put_values(to, record, "organisation_types", false);
    put_values(to, record, "controllers", true);
    put_answer(to, record, "commercial");
    put_answer(to, record, "sublicensing");
    put_values(to, record, "sensitivity", false);
    put_values(to, record, "method", false);
    buf_text(to, "</dl>\n");
}

/* ---- releases ---- */

static void put_cell(struct buf *to, const char *label, const char *value)
{
    html_put(to, "<td data-label=\"%t\">", label);
    if (*value)
        html_put(to, "%b", value);
    else
        buf_text(to, PAGE_UNSAID);
    buf_text(to, "</td>");
}

static void put_release(struct buf *to, const json_t *release)
{
    MEM_AUTO char *opt_outs = page_path_words(page_text(release, "opt_outs"));
    const char *month = page_text(release, "month");
    const char *dataset = page_text(release, "dataset");
    const char *edition = page_string(json_array_get(page_list(release, "editions"), 0));
    html_put(to, "<tr><th scope=\"row\">%b</th>", *dataset ? dataset : "Data set not stated");
    put_cell(to, page_label("identifiability"), page_text(release, "identifiability"));
    put_cell(to, page_label("opt_outs"), opt_outs);
    html_put(to, "<td data-label=\"%t\">", page_label("legal_basis"));
    page_bases(to, page_list(release, "legal_basis"), false);
    buf_text(to, "</td>");
    put_cell(to, "How often", page_text(release, "method"));
    buf_text(to, "<td data-label=\"When\">");
    page_date(to, *month ? month : edition ? edition : "");
    html_put(to, "</td><td class=\"number\" data-label=\"Rows\">%n</td></tr>\n",
             page_number(release, "count"));
}

static void put_table(struct buf *to, const json_t *releases, size_t from, size_t end, const char *label)
{
    html_put(
        to,
        "<div class=\"scroll\" role=\"region\" aria-label=\"%t\" tabindex=\"0\"><table "
        "class=\"releases\"><thead><tr><th scope=\"col\">Data set</th><th scope=\"col\">Could people be "
        "identified?</th><th scope=\"col\">Were opt-outs respected?</th><th scope=\"col\">Legal basis</th>"
        "<th scope=\"col\">How often</th><th scope=\"col\">When</th><th scope=\"col\" "
        "class=\"number\">Rows</th></tr></thead><tbody>\n",
        label);
    for (size_t i = from; i < end; i++)
        put_release(to, json_array_get(releases, i));
    buf_text(to, "</tbody></table></div>\n");
}

/* The source's rows: equal ones are one row here, with their number. */
static long long count_rows(const json_t *releases)
{
    size_t i;
    const json_t *release;
    long long rows = 0;
    json_array_foreach(releases, i, release) rows += page_number(release, "count");
    return rows;
}

/* Many stay a table that one can get past: the rest is behind a click. */
static void put_rows(struct buf *to, const json_t *record)
{
    const json_t *releases = page_list(record, "releases");
    size_t count = json_array_size(releases),
           few = count > PAGE_RELEASES + PAGE_RELEASES / 4 ? PAGE_RELEASES : count;
    long long sets = (long long)json_array_size(page_list(record, "datasets"));
    buf_text(to, "<p class=\"plain\">");
    page_count(to, count_rows(releases), "release", "releases");
    buf_text(to, sets ? " of " : "");
    if (sets)
        page_count(to, sets, "data set", "data sets");
    buf_text(to, "</p>\n");
    put_table(to, releases, 0, few, "Releases");
    if (few == count)
        return;
    html_put(to, "<details class=\"more-releases\"><summary>Show the other %n</summary>\n",
             (long long)(count - few));
    put_table(to, releases, few, count, "Further releases");
    buf_text(to, "</details>\n");
}

static void put_releases(struct buf *to, const json_t *record)
{
    size_t i;
    const json_t *set;
    const json_t *sets = page_list(record, "datasets");
    buf_text(to,
             "<section id=\"releases\" aria-labelledby=\"releases-head\"><h2 id=\"releases-head\">What was "
             "released</h2>\n");
    if (json_array_size(page_list(record, "releases")) > 0) {
        put_rows(to, record);
        buf_text(to, "</section>\n");
        return;
    }
    buf_text(to,
             json_array_size(sets)
                 ? "<p class=\"unsaid-note\">Not stated which data set went out in which form: the source "
                   "lists the data sets alone.</p><ul class=\"datasets\">"
                 : "<p>" PAGE_UNSAID "</p><ul class=\"datasets\">");
    json_array_foreach(sets, i, set) html_put(to, "<li>%b</li>", page_string(set));
    buf_text(to, "</ul></section>\n");
}

/* ---- prose ---- */

static bool has_part(const json_t *record, const struct field *part)
{
    return part->kind == FIELD_PROSE && *page_text(record, part->name);
}

static void put_parts(struct buf *to, const json_t *record)
{
    const struct field *const *parts = field_parts();
    for (size_t i = 0; i < FIELD_PART_COUNT; i++) {
        if (!has_part(record, parts[i]))
            continue;
        html_put(to, "<section class=\"part-whole\" id=\"%t\"><h2>%t</h2>\n", parts[i]->name,
                 parts[i]->label);
        put_marked(to, record, parts[i]->name, html_prose);
        buf_text(to, "</section>\n");
    }
}

static void put_content(struct buf *to, const json_t *record, const struct field *part)
{
    long long marks = (long long)json_array_size(marks_of(record, part->name));
    html_put(to, "<li><a href=\"#%t\">%t</a>", part->name, part->label);
    if (marks > 0)
        html_put(to, " <span class=\"tally\">%n<span class=\"hidden\"> marked</span></span>", marks);
    buf_text(to, "</li>");
}

static void put_contents(struct buf *to, const json_t *record)
{
    const struct field *const *parts = field_parts();
    buf_text(to, "<nav class=\"contents\" aria-label=\"On this page\"><ul><li><a href=\"#releases\">What was "
                 "released</a></li>");
    for (size_t i = 0; i < FIELD_PART_COUNT; i++)
        if (has_part(record, parts[i]))
            put_content(to, record, parts[i]);
    buf_text(to, "<li><a href=\"#similar\">Others like it</a></li></ul></nav>\n");
}

/* ---- its kin ---- */

static void put_compare_link(struct buf *to, const char *one, const char *other, const char *edition)
{
    html_put(to, "<a class=\"compare-link\" href=\"/compare?id=%u", one);
    html_put(to, "&amp;id=%u%h%u\">Compare<span class=\"hidden\"> with %t %t</span></a>", other,
             *edition ? "%40" : "", edition, other, edition);
}

/* Whether a text found by the reference is one of the agreement's, and another than the one shown. */
static bool is_other_text(const struct web_page *page, const json_t *hit)
{
    const json_t *record = page->results[CALL_RECORD];
    return strcmp(page_text(hit, "agreement"), page_text(record, "agreement")) == 0 &&
           (strcmp(page_text(hit, "id"), page_text(record, "id")) != 0 || !is_same_edition(hit, record));
}

static void put_text(struct buf *to, const struct web_page *page, const json_t *hit)
{
    const json_t *record = page->results[CALL_RECORD];
    const char *id = page_text(hit, "id"), *edition = page_edition(page), *older = page_older(hit);
    BUF_AUTO struct buf own = BUF_INIT(PAGE_HTML_MAX);
    buf_printf(&own, "%s%s%s", page_text(record, "id"), edition ? "@" : "",
               edition ? page_text(record, "edition") : "");
    buf_text(to, "<li><a href=\"");
    page_record_url(to, id, older, &page->state);
    html_put(to, "\">%b</a>", id);
    if (*page_text(hit, "edition")) {
        buf_text(to, older ? ", as in the register of " : ", in the register of ");
        page_date(to, page_text(hit, "edition"));
    }
    buf_byte(to, ' ');
    put_compare_link(to, own.data, id, older ? older : "");
    buf_text(to, "</li>");
}

static void put_versions(struct buf *to, const struct web_page *page)
{
    size_t i, others = 0;
    const json_t *hit;
    const json_t *editions = page_list(page->results[CALL_RECORD], "editions");
    buf_text(
        to,
        "<section aria-labelledby=\"versions\"><h2 id=\"versions\">Versions and editions</h2><p>This text "
        "is in the register of ");
    json_array_foreach(editions, i, hit)
    {
        buf_text(to, i ? ", " : "");
        page_date(to, page_string(hit));
    }
    buf_text(to, json_array_size(editions) ? ".</p>" : "an edition that is " PAGE_UNSAID ".</p>");
    json_array_foreach(page_list(page->results[CALL_TEXTS], "hits"), i, hit)
    {
        if (!is_other_text(page, hit))
            continue;
        buf_text(to, others++ ? "" : "<p>Other texts of this agreement:</p><ul class=\"kin\">");
        put_text(to, page, hit);
    }
    buf_text(to, others ? "</ul></section>\n" : "</section>\n");
}

static void put_like(struct buf *to, const struct web_page *page, const json_t *hit)
{
    BUF_AUTO struct buf url = BUF_INIT(PAGE_HTML_MAX);
    const char *id = page_text(hit, "id"), *name = page_text(hit, "title");
    name = *name ? name : page_text(hit, "organisation");
    page_record_url(&url, id, NULL, &page->state);
    html_put(to, "<li><a href=\"%h\">%b</a> <span class=\"reference\">%b</span> ", url.data,
             *name ? name : id, id);
    put_compare_link(to, page_text(page->results[0], "id"), id, "");
    buf_text(to, "</li>");
}

static void put_kin(struct buf *to, const struct web_page *page, const json_t *result, const char *title,
                    const char *anchor)
{
    size_t i, count = 0;
    const json_t *hit;
    const char *id = page_text(page->results[CALL_RECORD], "id");
    json_array_foreach(page_list(result, "hits"), i, hit)
    {
        if (strcmp(page_text(hit, "id"), id) == 0 || count == PAGE_SIMILAR)
            continue;
        if (count++ == 0)
            html_put(to, "<section aria-labelledby=\"%t\"><h2 id=\"%t\">%t</h2><ul class=\"kin\">", anchor,
                     anchor, title);
        put_like(to, page, hit);
    }
    if (count == 0)
        return;
    buf_text(to, "</ul>");
    if (result == page->results[CALL_COPIES])
        html_put(
            to, "<p class=\"all\"><a href=\"/?group=%u&amp;fold=0\">All %n agreements with this text</a></p>",
            page_group(page), page_number(result, "total"));
    buf_text(to, "</section>\n");
}

static void put_notes(struct buf *to, const json_t *record)
{
    static const char *const lists[] = {"flags", "parse_notes"};
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++) {
        size_t i;
        const json_t *note;
        json_array_foreach(page_list(record, lists[k]), i, note)
            html_put(to, "<p class=\"notice\">%b</p>\n", page_string(note));
    }
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static void put_sources(struct buf *to, const json_t *record)
{
    size_t i;
    const json_t *source;
    buf_text(to, "<section aria-labelledby=\"sources\"><h2 id=\"sources\">Where this stands</h2><ul "
                 "class=\"kin plain\">");
    json_array_foreach(page_list(record, "sources"), i, source)
    {
        html_put(to, "<li>%b", file_name(page_text(source, "file")));
        if (*page_text(source, "sheet"))
            html_put(to, ", sheet %b", page_text(source, "sheet"));
        if (page_number(source, "row"))
            html_put(to, ", row %n", page_number(source, "row"));
        if (page_number(source, "line"))
            html_put(to, ", line %n", page_number(source, "line"));
        buf_text(to, "</li>");
    }
    BUF_AUTO struct buf url = BUF_INIT(PAGE_HTML_MAX);
    html_put(&url, "/api/records/%u", page_text(record, "id"));
    html_put(to, "</ul><p><a href=\"%h\">This record as JSON</a></p></section>\n", url.data);
}

/* An older text says so, and leads to the newest. */
static void put_age(struct buf *to, const struct web_page *page)
{
    size_t i;
    const json_t *hit;
    const char *id = page_text(page->results[CALL_RECORD], "id");
    json_array_foreach(page_list(page->results[CALL_TEXTS], "hits"), i, hit)
    {
        if (page_older(hit) || strcmp(page_text(hit, "id"), id) != 0 || !is_other_text(page, hit))
            continue;
        buf_text(to, "<p class=\"notice\">This is the text of an older edition. <a href=\"");
        page_record_url(to, id, NULL, &page->state);
        buf_text(to, "\">The newest text</a></p>\n");
        return;
    }
}

static void put_heading(struct buf *to, const struct web_page *page)
{
    const json_t *record = page->results[0];
    const char *title = page_text(record, "title"), *organisation = page_text(record, "organisation");
    const char *id = page_text(record, "id");
    if (*page->state.q) {
        buf_text(to, "<p class=\"back\"><a href=\"");
        state_url(to, &page->state, &(struct state_change){.drop_field = field_find("edition")});
        buf_text(to, "\">\xE2\x86\x90 All results for ");
        page_query(to, page->state.q);
        buf_text(to, "</a></p>\n");
    }
    buf_text(to, "<h1>");
    put_name(to, record, *title ? "title" : *organisation ? "organisation" : "id");
    buf_text(to, "</h1>\n<p class=\"who\">");
    if (*title && *organisation)
        put_name(to, record, "organisation");
    else if (*title)
        buf_text(to, "recipient not stated");
    html_put(to, "%h<span class=\"reference\">%b</span></p>\n", *title ? " \xC2\xB7 " : "", id);
}

void record_put(const struct web_page *page, struct buf *to)
{
    const json_t *record = page->results[0];
    buf_text(to, "<article class=\"record\">\n");
    put_heading(to, page);
    put_age(to, page);
    notices_put(to, &page->state, record);
    put_notes(to, record);
    put_facts(to, record);
    put_contents(to, record);
    put_releases(to, record);
    put_parts(to, record);
    buf_text(to, "</article>\n<div class=\"kin-grid\" id=\"similar\">\n");
    put_kin(to, page, page->results[CALL_SIMILAR], "Others like it", "like");
    put_kin(to, page, page->results[CALL_COPIES], "The same text, or nearly", "same");
    put_versions(to, page);
    put_sources(to, record);
    buf_text(to, "</div>\n");
}
