/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/labels.h"
#include "client/render.h"

enum {
    LINE_MAX_BYTES = 4096, /* of a line put together by render_line() */
};

void render_line(struct page *page, enum style style, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    BUF_AUTO struct buf text = TEXT_INIT;
    text_add(&text, style, line);
    page_paragraph(page, 0, 2, &text);
}

void add_count(struct buf *text, enum style style, json_int_t count, const char *one, const char *many)
{
    char digits[32];
    char grouped[64];
    size_t to = 0;
    int len = snprintf(digits, sizeof digits, "%lld", (long long)(count < 0 ? 0 : count));
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            grouped[to++] = ',';
        grouped[to++] = digits[i];
    }
    grouped[to] = '\0';
    text_printf(text, style, "%s %s", grouped, count == 1 ? one : many);
}

void render_comparison(struct page *page, int indent, const char *id, const char *from, const char *to)
{
    BUF_AUTO struct buf older = TEXT_INIT;
    BUF_AUTO struct buf newer = TEXT_INIT;
    BUF_AUTO struct buf text = TEXT_INIT;
    buf_printf(&older, "%s@%s", id, from);
    buf_printf(&newer, "%s%s%s", id, to ? "@" : "", to ? to : "");
    text_add(&text, STYLE_QUIET, "purpose compare ");
    add_shell_word(&text, STYLE_QUIET, older.data);
    text_add(&text, STYLE_PLAIN, " ");
    add_shell_word(&text, STYLE_QUIET, newer.data);
    page_paragraph(page, indent, indent, &text);
}

static json_int_t integer_member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

void render_notes(struct page *page, const json_t *result)
{
    size_t i;
    const json_t *warning;
    const char *corrected = text_member(result, "corrected");
    if (json_is_true(json_object_get(result, "relaxed")))
        render_line(page, STYLE_WARNING, "%s", label_relaxed);
    if (corrected)
        render_line(page, STYLE_WARNING, "Did you mean: %s", corrected);
    json_array_foreach(json_object_get(result, "warnings"), i, warning)
    {
        if (warning_text(warning))
            render_line(page, STYLE_WARNING, "Note: %s", warning_text(warning));
    }
}

/* "228 agreements in 62 distinct texts"; of what is like a record, which record that is. */
static void render_totals(struct page *page, const json_t *result, const struct view *view)
{
    const json_t *groups = json_object_get(result, "groups");
    json_int_t total = integer_member(result, "total");
    BUF_AUTO struct buf text = TEXT_INIT;
    if (total == 0) {
        text_add(&text, STYLE_NAME, "Nothing found");
    } else {
        add_count(&text, STYLE_NAME, total, "agreement", "agreements");
        if (json_is_integer(groups)) {
            text_add(&text, STYLE_PLAIN, " in ");
            add_count(&text, STYLE_PLAIN, json_integer_value(groups), "distinct text", "distinct texts");
        }
    }
    if (view->like) {
        text_add(&text, STYLE_PLAIN, view->copies ? " with the same text as " : " like ");
        text_add(&text, STYLE_REFERENCE, view->like);
    }
    page_paragraph(page, 0, 2, &text);
}

/* How the daemon read the query, where that was asked for. */
static void render_explanation(struct page *page, const json_t *result)
{
    const char *query = json_string_value(json_object_get(result, "query"));
    BUF_AUTO struct buf text = TEXT_INIT;
    if (!query)
        return;
    text_add(&text, STYLE_QUIET, "Understood as: ");
    text_add(&text, STYLE_PLAIN, *query ? query : "no query, the filters alone decide");
    page_paragraph(page, 0, 2, &text);
}

static void render_title(struct page *page, const json_t *hit, json_int_t number)
{
    const char *organisation = text_member(hit, "organisation");
    const char *title = text_member(hit, "title");
    BUF_AUTO struct buf name = TEXT_INIT;
    text_printf(&name, STYLE_QUIET, "%lld.", (long long)number);
    text_add(&name, STYLE_PLAIN, " ");
    text_add(&name, STYLE_NAME, organisation ? organisation : "Recipient not stated");
    page_paragraph(page, number < 10 ? 1 : 0, 4, &name); /* so that names stand below each other */
    BUF_AUTO struct buf text = TEXT_INIT;
    text_add(&text, STYLE_PLAIN, title);
    page_paragraph(page, 4, 4, &text);
}

/* Reference, dates and edition in one line. */
static void render_reference(struct page *page, const json_t *hit)
{
    const char *start = text_member(hit, "start");
    const char *end = text_member(hit, "end");
    const char *edition = text_member(hit, "edition");
    BUF_AUTO struct buf text = TEXT_INIT;
    text_add(&text, STYLE_REFERENCE, text_member(hit, "id"));
    if (start || end) {
        text_add(&text, STYLE_PLAIN, text.len ? " · in force " : "In force ");
        add_period(&text, start, end);
    }
    if (edition)
        text_printf(&text, STYLE_PLAIN, "%s %s", text.len ? " · edition" : "Edition", edition);
    page_paragraph(page, 4, 4, &text);
}

static void render_answers(struct page *page, const json_t *hit, const char *name, const struct view *view)
{
    const json_t *values = json_object_get(hit, name);
    if (!json_array_size(values))
        return;
    BUF_AUTO struct buf text = TEXT_INIT;
    text_add(&text, STYLE_QUIET, label_before_value(view->schema, "fields", name).text);
    add_paths(&text, values);
    page_paragraph(page, 4, 6, &text);
}

/* What made the hit's score: "risk" in Objectives 3.21, and so on, the heaviest first. */
static void render_weights(struct page *page, const json_t *hit, const struct view *view)
{
    size_t i;
    const json_t *weight;
    const json_t *weights = json_object_get(hit, "explain");
    BUF_AUTO struct buf text = TEXT_INIT;
    json_array_foreach(weights, i, weight)
    {
        const char *word = text_member(weight, "word");
        const char *part = text_member(weight, "part");
        if (!word || i >= RENDER_WEIGHTS_MAX)
            continue;
        text_add(&text, STYLE_QUIET, text.len ? "; " : "Score: ");
        text_add(&text, STYLE_PLAIN, word);
        if (part)
            text_printf(&text, STYLE_QUIET, " in %s", label_of(view->schema, "parts", part).text);
        text_printf(&text, STYLE_PLAIN, " %.2f", json_number_value(json_object_get(weight, "weight")));
    }
    if (json_array_size(weights) > RENDER_WEIGHTS_MAX)
        text_printf(&text, STYLE_QUIET, "; and %zu more", json_array_size(weights) - RENDER_WEIGHTS_MAX);
    page_paragraph(page, 4, 6, &text);
}

static void render_snippet(struct page *page, const json_t *snippet, const struct view *view)
{
    const char *part = text_member(snippet, "part");
    BUF_AUTO struct buf heading = TEXT_INIT;
    BUF_AUTO struct buf text = TEXT_INIT;
    const json_t *item = json_object_get(snippet, "item");
    if (part)
        text_printf(&heading, STYLE_QUIET, "Found in %s", label_of(view->schema, "parts", part).text);
    if (part && json_is_integer(item))
        text_printf(&heading, STYLE_QUIET, ", item %lld", (long long)json_integer_value(item));
    else if (part && text_member(snippet, "item"))
        text_printf(&heading, STYLE_QUIET, ", item %s", text_member(snippet, "item"));
    text_add(&heading, STYLE_QUIET, part ? ":" : "");
    text_add_html(&text, json_string_value(json_object_get(snippet, "html")));
    page_paragraph(page, 4, 4, &heading);
    page_paragraph(page, 6, 6, &text);
}

/* What one must know of a hit beside its fields. */
static void render_remarks(struct page *page, const json_t *hit)
{
    const char *same_release = text_member(hit, "same_release");
    const char *group = text_member(hit, "group");
    json_int_t copies = integer_member(hit, "copies");
    BUF_AUTO struct buf told = TEXT_INIT;
    BUF_AUTO struct buf text = TEXT_INIT;
    if (same_release && !strcmp(same_release, "not stated"))
        text_add(&told, STYLE_WARNING, "The source does not say which data set went out on which basis.");
    page_paragraph(page, 4, 4, &told);
    if (copies > 1) {
        add_count(&text, STYLE_QUIET, copies, "copy", "copies");
        if (group) {
            text_add(&text, STYLE_QUIET, "; to list them: -f group=");
            add_shell_word(&text, STYLE_QUIET, group);
        }
    }
    page_paragraph(page, 4, 4, &text);
}

/* A text that a newer edition replaced must not be taken for what holds now. */
static void render_age(struct page *page, const json_t *hit)
{
    const char *edition = text_member(hit, "edition");
    const char *id = text_member(hit, "id");
    BUF_AUTO struct buf text = TEXT_INIT;
    if (!json_is_true(json_object_get(hit, "history")))
        return;
    text_add(&text, STYLE_WARNING, "An older text");
    if (edition)
        text_printf(&text, STYLE_WARNING, ", as of edition %s", edition);
    if (edition && id)
        text_add(&text, STYLE_QUIET, "; what changed since:");
    page_paragraph(page, 4, 6, &text);
    if (edition && id)
        render_comparison(page, 4, id, edition, NULL);
}

static void render_hit(struct page *page, const json_t *hit, json_int_t number, const struct view *view)
{
    size_t i;
    const json_t *snippet;
    page_blank(page);
    render_title(page, hit, number);
    render_reference(page, hit);
    render_age(page, hit);
    render_answers(page, hit, "legal_basis", view);
    render_answers(page, hit, "identifiability", view);
    render_answers(page, hit, "opt_outs", view);
    render_remarks(page, hit);
    render_weights(page, hit, view);
    json_array_foreach(json_object_get(hit, "snippets"), i, snippet)
    {
        render_snippet(page, snippet, view);
    }
}

static void render_search_facets(struct page *page, const json_t *facets, const struct view *view)
{
    const char *name;
    json_t *values;
    json_object_foreach((json_t *)facets, name, values)
    {
        page_blank(page);
        render_line(page, STYLE_HEADING, "%s", label_of(view->schema, "facets", name).text);
        render_values(page, values);
    }
}

/* Of a page asked for by a cursor: that there is a next. Its cursor would not fit a line. */
static void render_next(struct page *page, const json_t *result)
{
    if (!text_member(result, "cursor"))
        return;
    page_blank(page);
    render_line(page, STYLE_QUIET, "there are more; for the cursor to them: --json");
}

/* Where in all hits this page is, and how to go on. */
static void render_place(struct page *page, const json_t *result, const struct view *view)
{
    const json_t *groups = json_object_get(result, "groups");
    json_int_t total = json_is_integer(groups) ? json_integer_value(groups) : integer_member(result, "total");
    json_int_t here = (json_int_t)json_array_size(json_object_get(result, "hits"));
    bool has_more = view->offset + here < total;
    if (view->limit < 1 || total <= 0 || (here && !has_more))
        return;
    page_blank(page);
    if (here)
        render_line(page, STYLE_QUIET, "%ld to %lld shown; for more: --page %ld", view->offset + 1,
                    (long long)(view->offset + here), view->offset / view->limit + 2);
    else
        render_line(page, STYLE_QUIET, "Page %ld is empty: the last one is %lld.",
                    view->offset / view->limit + 1, (long long)((total - 1) / view->limit + 1));
}

void render_search(struct page *page, const json_t *result, const struct view *view)
{
    size_t i;
    const json_t *hit;
    render_totals(page, result, view);
    render_explanation(page, result);
    render_notes(page, result);
    json_array_foreach(json_object_get(result, "hits"), i, hit)
    {
        render_hit(page, hit, view->offset + (json_int_t)i + 1, view);
    }
    render_search_facets(page, json_object_get(result, "facets"), view);
    if (view->by_cursor)
        render_next(page, result);
    else
        render_place(page, result, view);
}
