/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A hit: who it is about, where the words stand, and what is known of it. */
#include "daemon/web/page.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/key.h"

enum { SETS_SHOWN = 3 /* data sets of a hit that are named */ };

/* ---- facts ---- */

static void put_answer(struct buf *to, const char *name, const json_t *hit)
{
    const struct field *field = field_find(name);
    html_put(to, "<div><dt>%t</dt><dd>", field->label);
    page_values(to, field, page_list(hit, name));
    buf_text(to, "</dd></div>\n");
}

static bool is_chosen(const struct state *state, const struct field *field, const char *label)
{
    MEM_AUTO char *key = key_loose(label);
    for (size_t i = 0; i < state->filter_count; i++) {
        MEM_AUTO char *chosen = key_loose(state->filters[i].value);
        if (state->filters[i].field == field && strcmp(chosen, key) == 0)
            return true;
    }
    return false;
}

/* The data sets that were chosen come first. Returns how many were written. */
static size_t put_some_sets(struct buf *to, const json_t *sets, const struct state *state, bool chosen,
                            size_t shown)
{
    const struct field *field = field_find("dataset");
    size_t i;
    const json_t *set;
    json_array_foreach(sets, i, set)
    {
        const char *label = page_string(set);
        if (shown == SETS_SHOWN)
            break;
        if (is_chosen(state, field, label) == chosen)
            html_put(to, "%h%b", shown++ ? "; " : "", label);
    }
    return shown;
}

static void put_sets(struct buf *to, const json_t *hit, const struct state *state)
{
    const json_t *sets = page_list(hit, "datasets");
    long long more = (long long)json_array_size(sets) - SETS_SHOWN;
    buf_text(to, "<div class=\"fact-sets\"><dt>Data sets</dt><dd>");
    if (json_array_size(sets) == 0)
        buf_text(to, PAGE_UNSAID);
    put_some_sets(to, sets, state, false, put_some_sets(to, sets, state, true, 0));
    if (more > 0) {
        buf_text(to, " <a href=\"");
        page_record_url(to, page_text(hit, "id"), page_older(hit), state);
        html_put(to, "#releases\">and %n more<span class=\"hidden\"> of %t</span></a>", more,
                 page_text(hit, "id"));
    }
    buf_text(to, "</dd></div>\n");
}

static void put_facts(struct buf *to, const json_t *hit, const struct state *state)
{
    buf_text(to, "<dl class=\"facts\">\n<div class=\"fact-basis\"><dt>Legal basis</dt><dd>");
    page_bases(to, page_list(hit, "legal_basis"), true);
    buf_text(to, "</dd></div>\n");
    put_answer(to, "opt_outs", hit);
    put_answer(to, "identifiability", hit);
    buf_text(to, "<div><dt>In force</dt><dd>");
    if (!page_span(to, page_text(hit, "start"), page_text(hit, "end")))
        buf_text(to, PAGE_UNSAID);
    if (*page_text(hit, "edition")) {
        buf_text(to, "<span class=\"plain\">in the register of ");
        page_date(to, page_text(hit, "edition"));
        buf_text(to, "</span>");
    }
    buf_text(to, "</dd></div>\n");
    put_sets(to, hit, state);
    buf_text(to, "</dl>\n");
    if (strcmp(page_text(hit, "same_release"), "not stated") == 0)
        buf_text(to, "<p class=\"unsaid-note\">Not stated which data set went out in which form: the source "
                     "gives one list for the whole agreement.</p>\n");
}

/* ---- passages ---- */

/* The best one, and links to the other parts that have the words. */
static void put_passages(struct buf *to, const json_t *hit, const struct state *state)
{
    STRLIST_AUTO struct strlist named = {.items = NULL};
    size_t i, others = 0;
    const json_t *snippet;
    const json_t *snippets = page_list(hit, "snippets");
    const json_t *best = json_array_get(snippets, 0);
    if (*page_text(best, "html"))
        html_put(
            to, "<blockquote class=\"passage\" dir=\"auto\"><span class=\"part\">%t</span> %h</blockquote>\n",
            page_label(page_text(best, "part")), page_text(best, "html"));
    strlist_add(&named, page_text(best, "part"));
    json_array_foreach(snippets, i, snippet)
    {
        const char *part = page_text(snippet, "part");
        if (!strlist_add_unique(&named, part))
            continue;
        buf_text(to, others++ ? ", <a href=\"" : "<p class=\"also\">Also in <a href=\"");
        page_record_url(to, page_text(hit, "id"), page_older(hit), state);
        html_put(to, "#%u\">%t</a>", part, page_label(part));
    }
    buf_text(to, others ? "</p>\n" : "");
}

/* Which of the words a hit has, where none has all. */
static void put_words(struct buf *to, const json_t *explained)
{
    STRLIST_AUTO struct strlist words = {.items = NULL};
    size_t i;
    const json_t *one;
    json_array_foreach(page_list(explained, "explain"), i, one)
        strlist_add_unique(&words, page_text(one, "word"));
    if (words.len == 0)
        return;
    html_put(to, "<p class=\"also\">Has the word%h ", words.len > 1 ? "s" : "");
    for (i = 0; i < words.len; i++)
        html_put(to, "%h%b", i ? ", " : "", words.items[i]);
    buf_text(to, "</p>\n");
}

/* ---- a hit ---- */

static void put_copies(struct buf *to, const json_t *hit, const struct state *state)
{
    long long copies = page_number(hit, "copies");
    const char *group = page_text(hit, "group");
    if (copies < 2 || !*group)
        return;
    buf_text(to, "<a class=\"copies\" href=\"");
    state_url(to, state,
              &(struct state_change){
                  .add_field = field_find("group"), .add_value = group, .flip_copies = !state->shows_copies});
    html_put(to, "\">%n agreements have this text</a>", copies);
}

static void put_head(struct buf *to, const json_t *hit, const struct state *state)
{
    const char *id = page_text(hit, "id"), *title = page_text(hit, "title");
    const char *organisation = page_text(hit, "organisation"), *older = page_older(hit);
    buf_text(to, "<h2><a href=\"");
    page_record_url(to, id, older, state);
    html_put(to, "\">%b</a></h2>\n<p class=\"who\">", *title ? title : *organisation ? organisation : id);
    if (*title)
        html_put(to, "%b \xC2\xB7 ", *organisation ? organisation : "recipient not stated");
    html_put(to, "<span class=\"reference\">%b</span>%h</p>\n", id,
             older ? " \xC2\xB7 <strong>older text</strong>" : "");
}

void hit_put(struct buf *to, const json_t *hit, const struct state *state, const json_t *explained)
{
    const char *id = page_text(hit, "id"), *older = page_older(hit);
    buf_text(to, "<li><article class=\"hit\">\n");
    put_head(to, hit, state);
    put_passages(to, hit, state);
    put_words(to, explained);
    put_facts(to, hit, state);
    buf_text(to, "<p class=\"hit-foot\">");
    put_copies(to, hit, state);
    html_put(to,
             "<label class=\"tick\"><input type=\"checkbox\" name=\"id\" value=\"%t%h%t\"> Compare"
             "<span class=\"hidden\"> %t, %t</span></label></p>\n</article></li>\n",
             id, older ? "@" : "", older, page_text(hit, "organisation"), id);
}
