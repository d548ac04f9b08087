/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What changed between two editions: by name, a few of each kind, or a page of one kind. */
#include "daemon/web/page.h"

#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/reference.h"

static const struct kind {
    const char *name, *title, *word;
} kinds[] = {{"added", "Added", "added"},
             {"changed", "Changed", "changed"},
             {"renewed", "Renewed under another reference", "renewed"},
             {"gone", "No longer listed", "no longer listed"}};

enum { KINDS = sizeof kinds / sizeof *kinds, START_EACH = PAGE_NEWEST / 3 };

/* ---- which of them are shown ---- */

static const struct kind *kind_asked(const struct web_page *page)
{
    for (size_t i = 0; i < KINDS && page->state.kind; i++)
        if (strcmp(kinds[i].name, page->state.kind) == 0)
            return &kinds[i];
    return NULL;
}

/* The ids of a kind that the page shows: from *ret_from on. Returns how many. */
static size_t shown(const struct web_page *page, const json_t *changes, const struct kind *kind,
                    size_t *ret_from)
{
    const struct kind *asked = kind_asked(page);
    size_t total = json_array_size(page_list(changes, kind->name));
    size_t most = PAGE_CHANGES_FEW;
    *ret_from = 0;
    if (page->kind == PAGE_START) {
        most = strcmp(kind->name, "gone") == 0 ? 0 : START_EACH;
    } else if (asked) {
        most = asked == kind ? PAGE_CHANGES : 0;
        *ret_from = (size_t)page->state.offset;
    }
    size_t left = total > *ret_from ? total - *ret_from : 0;
    return left < most ? left : most;
}

/* ---- their names ---- */

/* Adds what finds all texts of an id's agreement. */
static void ask_name(struct buf *query, const char *id)
{
    MEM_AUTO char *agreement = NULL;
    MEM_AUTO char *version = NULL;
    reference_split(id, &agreement, &version);
    buf_text(query, query->len ? " OR id:\"" : "id:\"");
    for (const char *at = agreement; *at; at++)
        buf_byte(query, (char)(*at == '"' ? ' ' : *at));
    buf_byte(query, '"');
}

json_t *changes_names(const struct web_page *page, const json_t *changes)
{
    BUF_AUTO struct buf query = BUF_INIT(PAGE_HTML_MAX);
    for (size_t i = 0; i < KINDS; i++) {
        size_t from, count = shown(page, changes, &kinds[i], &from);
        for (size_t k = from; k < from + count; k++)
            ask_name(&query, page_string(json_array_get(page_list(changes, kinds[i].name), k)));
    }
    if (query.len == 0)
        return NULL;
    return json_pack("{s:s, s:i, s:i, s:b, s:s, s:[s]}", "q", query.data, "limit", PAGE_NAMES_MAX, "snippets",
                     0, "history", 1, "sort", "id", "fields", "editions");
}

/* The record as it stands, or its text of an older edition; NULL where it was not looked up. */
static const json_t *find_name(const json_t *names, const char *id)
{
    const json_t *found = NULL, *hit;
    size_t i;
    json_array_foreach(page_list(names, "hits"), i, hit)
    {
        if (strcmp(page_text(hit, "id"), id) == 0 && (!found || !page_older(hit)))
            found = hit;
    }
    return found;
}

static bool has_edition(const json_t *hit, const char *edition)
{
    size_t i;
    const json_t *one;
    json_array_foreach(page_list(hit, "editions"), i, one)
    {
        if (strcmp(page_string(one), edition) == 0)
            return true;
    }
    return false;
}

/* What a renewed record was called in the earlier edition; NULL where that is not known. */
static const json_t *find_before(const json_t *names, const json_t *renewed, const char *from)
{
    size_t i;
    const json_t *hit;
    json_array_foreach(page_list(names, "hits"), i, hit)
    {
        if (strcmp(page_text(hit, "agreement"), page_text(renewed, "agreement")) == 0 &&
            strcmp(page_text(hit, "id"), page_text(renewed, "id")) != 0 && has_edition(hit, from))
            return hit;
    }
    return NULL;
}

/* ---- one of them ---- */

/* A link to how a text differs from that of the earlier edition. */
static void put_comparison(struct buf *to, const json_t *changes, const char *before, const char *id,
                           const json_t *hit)
{
    const char *until = page_text(changes, "to");
    bool is_newest = strcmp(page_text(hit, "edition"), until) == 0;
    html_put(to, "<a class=\"compare-link\" href=\"/compare?id=%u%%40%u&amp;id=%u", before,
             page_text(changes, "from"), id);
    html_put(to, "%h%u\">What changed<span class=\"hidden\"> in %t</span></a>", is_newest ? "" : "%40",
             is_newest ? "" : until, id);
}

static void put_more(struct buf *to, const json_t *hit, bool has_title)
{
    BUF_AUTO struct buf span = BUF_INIT(PAGE_HTML_MAX);
    const char *organisation = page_text(hit, "organisation");
    bool has_span = page_span(&span, page_text(hit, "start"), page_text(hit, "end"));
    if (!has_span && !has_title)
        return;
    buf_text(to, "<span class=\"plain\">");
    if (has_title)
        html_put(to, "%b", *organisation ? organisation : "recipient not stated");
    if (has_span)
        html_put(to, "%hin force %h", has_title ? ", " : "", span.data);
    buf_text(to, "</span>");
}

static void put_change(struct buf *to, const json_t *changes, const json_t *names, const struct kind *kind,
                       const char *id, bool has_tag)
{
    const json_t *hit = find_name(names, id);
    const char *title = page_text(hit, "title"), *organisation = page_text(hit, "organisation");
    bool is_renewed = strcmp(kind->name, "renewed") == 0;
    const json_t *before = is_renewed && hit ? find_before(names, hit, page_text(changes, "from")) : NULL;
    buf_text(to, "<li>");
    if (has_tag)
        html_put(to, "<span class=\"tag tag-%t\">%t</span> ", kind->name, kind->word);
    buf_text(to, "<a class=\"name\" href=\"");
    page_record_url(to, id, NULL, NULL);
    html_put(to, "\">%b</a>", *title ? title : *organisation ? organisation : id);
    put_more(to, hit, *title != '\0');
    html_put(to, "<span class=\"plain\"><span class=\"reference\">%b</span>", id);
    if (before)
        html_put(to, ", before that <span class=\"reference\">%b</span>", page_text(before, "id"));
    if (strcmp(kind->name, "changed") == 0 || before)
        put_comparison(to, changes, before ? page_text(before, "id") : id, id, hit);
    buf_text(to, "</span></li>\n");
}

/* ---- a kind ---- */

static void put_kind_url(struct buf *to, const json_t *changes, const struct kind *kind, long offset)
{
    html_put(to, "/changes?from=%u&amp;to=%u&amp;kind=%u", page_text(changes, "from"),
             page_text(changes, "to"), kind->name);
    if (offset > 0)
        html_put(to, "&amp;offset=%d", (int)offset);
}

static void put_pages(struct buf *to, const json_t *changes, const struct kind *kind, size_t from,
                      size_t count)
{
    size_t total = json_array_size(page_list(changes, kind->name));
    if (from == 0 && count >= total)
        return;
    buf_text(to, "<nav class=\"pages\" aria-label=\"Pages\">");
    if (from > 0) {
        buf_text(to, "<a rel=\"prev\" href=\"");
        put_kind_url(to, changes, kind, from > PAGE_CHANGES ? (long)(from - PAGE_CHANGES) : 0);
        buf_text(to, "\">\xE2\x86\x90 Before</a>");
    }
    html_put(to, "<span>%n to %n of %n</span>", (long long)(count ? from + 1 : from),
             (long long)from + (long long)count, (long long)total);
    if (from + count < total) {
        buf_text(to, "<a rel=\"next\" href=\"");
        put_kind_url(to, changes, kind, (long)(from + count));
        buf_text(to, "\">More \xE2\x86\x92</a>");
    }
    buf_text(to, "</nav>\n");
}

static void put_kind(struct buf *to, const struct web_page *page, const json_t *changes,
                     const struct kind *kind)
{
    const json_t *ids = page_list(changes, kind->name);
    size_t from, count = shown(page, changes, kind, &from);
    bool is_alone = kind_asked(page) == kind;
    if (count == 0 && !(is_alone && json_array_size(ids) > 0))
        return;
    html_put(to, "<section id=\"%t\"><h2>%t <span class=\"count\">%n</span></h2><ul class=\"kin changes\">\n",
             kind->name, kind->title, (long long)json_array_size(ids));
    for (size_t i = from; i < from + count; i++)
        put_change(to, changes, page->results[2], kind, page_string(json_array_get(ids, i)), false);
    buf_text(to, "</ul>");
    if (is_alone) {
        put_pages(to, changes, kind, from, count);
    } else if (count < json_array_size(ids)) {
        buf_text(to, "<p class=\"all\"><a href=\"");
        put_kind_url(to, changes, kind, 0);
        html_put(to, "\">Show all %n<span class=\"hidden\"> %t</span></a></p>",
                 (long long)json_array_size(ids), kind->word);
    }
    buf_text(to, "</section>\n");
}

/* ---- the page ---- */

static void put_edition_choice(struct buf *to, const char *name, const char *label, const json_t *editions,
                               const char *now)
{
    size_t i;
    const json_t *edition;
    html_put(to, "<label>%t <select name=\"%t\">", label, name);
    json_array_foreach(editions, i, edition)
    {
        const char *value = page_text(edition, "value");
        if (strcmp(value, "(none)") != 0)
            html_put(to, "<option%h>%t</option>", strcmp(value, now) == 0 ? " selected" : "", value);
    }
    buf_text(to, "</select></label>");
}

static void put_editions(struct buf *to, const struct web_page *page, const json_t *changes)
{
    const json_t *editions = page_list(page->results[0], "values");
    if (json_array_size(editions) < 2)
        return;
    buf_text(to, "<form class=\"two\" action=\"/changes\" method=\"get\">");
    put_edition_choice(to, "from", "From", editions, page_text(changes, "from"));
    put_edition_choice(to, "to", "To", editions, page_text(changes, "to"));
    buf_text(to, "<button>Show</button></form>\n");
}

static void put_period(struct buf *to, const json_t *changes)
{
    buf_text(to, "from ");
    page_date(to, page_text(changes, "from"));
    buf_text(to, " to ");
    page_date(to, page_text(changes, "to"));
}

static void put_all(struct buf *to, const struct web_page *page, const json_t *changes)
{
    size_t total = 0;
    for (size_t i = 0; i < KINDS; i++)
        total += json_array_size(page_list(changes, kinds[i].name));
    if (total == 0)
        buf_text(to, "<p class=\"lead\">Nothing: both editions say the same.</p>\n");
    if (strcmp(page_text(changes, "coverage"), "period") == 0)
        buf_text(to,
                 "<p class=\"notice\">These editions list the releases of their own period. No longer listed "
                 "does not mean that an agreement has ended.</p>\n");
    if (kind_asked(page))
        html_put(
            to, "<p class=\"back\"><a href=\"/changes?from=%u&amp;to=%u\">\xE2\x86\x90 All changes</a></p>\n",
            page_text(changes, "from"), page_text(changes, "to"));
    for (size_t i = 0; i < KINDS; i++)
        put_kind(to, page, changes, &kinds[i]);
    html_put(to, "<p class=\"plain\"><a href=\"/api/changes?from=%u&amp;to=%u\">All of it as JSON</a></p>\n",
             page_text(changes, "from"), page_text(changes, "to"));
}

void changes_put(const struct web_page *page, struct buf *to)
{
    const json_t *changes = page->results[1];
    buf_text(to, "<div class=\"narrow\"><h1>What changed");
    if (changes) {
        buf_text(to, " <span class=\"for\">");
        put_period(to, changes);
        buf_text(to, "</span>");
    }
    buf_text(to, "</h1>\n");
    notices_put(to, &page->state, NULL);
    put_editions(to, page, changes);
    if (changes)
        put_all(to, page, changes);
    else
        html_put(to, "<p class=\"lead\">%b.</p>\n", page->failures[1]);
    buf_text(to, "</div>\n");
}

/* ---- on the start page ---- */

/* The only edition there is; NULL where there are several, or none. */
static const char *only_edition(const struct web_page *page)
{
    size_t i, count = 0;
    const json_t *value;
    const char *edition = NULL;
    json_array_foreach(page_list(page_list(page->results[0], "facets"), "edition"), i, value)
    {
        if (strcmp(page_text(value, "value"), "(none)") != 0 && count++ == 0)
            edition = page_text(value, "value");
    }
    return count == 1 ? edition : NULL;
}

static void put_counts(struct buf *to, const json_t *changes)
{
    buf_text(to, "<ul class=\"figures\">");
    for (size_t i = 0; i < KINDS; i++) {
        long long count = (long long)json_array_size(page_list(changes, kinds[i].name));
        if (count == 0)
            continue;
        buf_text(to, "<li><a href=\"");
        put_kind_url(to, changes, &kinds[i], 0);
        html_put(to, "\"><strong>%n</strong> %t</a></li>", count, kinds[i].word);
    }
    buf_text(to, "</ul>");
}

void newest_put(const struct web_page *page, struct buf *to)
{
    const json_t *changes = page->results[3];
    const char *edition = changes ? NULL : only_edition(page);
    if (!changes && !edition)
        return;
    buf_text(to,
             "<section class=\"newest\" aria-labelledby=\"newest\"><h2 id=\"newest\">Newest changes</h2>");
    if (edition) {
        buf_text(to, "<p>This is the register of ");
        page_date(to, edition);
        buf_text(to,
                 " alone. When a later edition is added, what it changes is listed here.</p></section>\n");
        return;
    }
    buf_text(to, "<p class=\"plain\">");
    put_period(to, changes);
    buf_text(to, "</p>");
    put_counts(to, changes);
    buf_text(to, "<ul class=\"kin changes\">\n");
    for (size_t i = 0; i < KINDS; i++) {
        size_t from, count = shown(page, changes, &kinds[i], &from);
        for (size_t k = from; k < from + count; k++)
            put_change(to, changes, page->results[4], &kinds[i],
                       page_string(json_array_get(page_list(changes, kinds[i].name), k)), true);
    }
    buf_text(to, "</ul><p class=\"all\"><a href=\"/changes\">All changes</a></p></section>\n");
}
