/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What differs between two texts. */
#include "daemon/web/page.h"

#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/reference.h"

enum { EQUAL_SHOWN = 240 /* bytes of an unchanged stretch kept on either side of a change */ };

/* ---- prose ---- */

/* A cut at a space, so that no word and no character is broken. */
static size_t cut_from(const char *text, size_t at)
{
    while (text[at] && text[at] != ' ' && text[at] != '\n')
        at++;
    return at;
}

static void put_equal(struct buf *to, const char *text, bool is_first, bool is_last)
{
    size_t len = strlen(text);
    size_t head = is_first ? 0 : cut_from(text, len < EQUAL_SHOWN ? len : EQUAL_SHOWN);
    size_t tail = is_last ? len : cut_from(text, len > EQUAL_SHOWN ? len - EQUAL_SHOWN : 0);
    if (len <= 2 * EQUAL_SHOWN + EQUAL_SHOWN / 2 || head >= tail) {
        html_text(to, text, len);
        return;
    }
    html_text(to, text, head);
    buf_text(to, "<details class=\"same\"><summary>the same in both</summary>");
    html_text(to, text + head, tail - head);
    buf_text(to, "</details>");
    html_text(to, text + tail, len - tail);
}

static void put_edits(struct buf *to, const json_t *edits)
{
    size_t i, count = json_array_size(edits);
    const json_t *edit;
    buf_text(to, "<div class=\"edits\" dir=\"auto\">");
    json_array_foreach(edits, i, edit)
    {
        const char *op = page_text(edit, "op"), *text = page_text(edit, "text");
        if (strcmp(op, "delete") == 0)
            html_put(
                to, "<del><span class=\"hidden\">[first only: </span>%t<span class=\"hidden\">]</span></del>",
                text);
        else if (strcmp(op, "insert") == 0)
            html_put(
                to,
                "<ins><span class=\"hidden\">[second only: </span>%t<span class=\"hidden\">]</span></ins>",
                text);
        else
            put_equal(to, text, i == 0, i + 1 == count);
    }
    buf_text(to, "</div>\n");
}

/* ---- facts ---- */

static void put_only(struct buf *to, bool is_first, const char *text)
{
    const char *tag = is_first ? "del" : "ins";
    html_put(to, "<%h><span class=\"hidden\">[%h only: </span>%b<span class=\"hidden\">]</span></%h>", tag,
             is_first ? "first" : "second", text, tag);
}

static bool has_value(const json_t *list, const char *text)
{
    size_t i;
    const json_t *value;
    json_array_foreach(list, i, value)
    {
        if (strcmp(page_string(value), text) == 0)
            return true;
    }
    return false;
}

/* The values of one list, those of the other that it shares only where they are asked for. Returns how many
 * were written before and now. */
static size_t put_values(struct buf *to, const struct field *field, const json_t *list, const json_t *other,
                         bool is_first, size_t count)
{
    size_t i;
    const json_t *value;
    json_array_foreach(list, i, value)
    {
        bool is_shared = has_value(other, page_string(value));
        MEM_AUTO char *words =
            field->kind == FIELD_PATHS ? page_path_words(page_string(value)) : mem_text(page_string(value));
        if (is_shared && !is_first)
            continue;
        buf_text(to, count++ ? "; " : "");
        if (is_shared)
            html_put(to, "%b", words);
        else
            put_only(to, is_first, words);
    }
    return count;
}

static void put_dates(struct buf *to, const json_t *record, bool is_first)
{
    MEM_AUTO char *from = page_date_words(page_text(record, "start"));
    MEM_AUTO char *until = page_date_words(page_text(record, "end"));
    MEM_AUTO char *words = mem_format("%s to %s", *from ? from : "not stated", *until ? until : "not stated");
    put_only(to, is_first, words);
}

static bool same_dates(const json_t *first, const json_t *second)
{
    return strcmp(page_text(first, "start"), page_text(second, "start")) == 0 &&
           strcmp(page_text(first, "end"), page_text(second, "end")) == 0;
}

static bool put_list_fact(struct buf *to, const struct field *field, const json_t *first,
                          const json_t *second)
{
    const json_t *one = page_list(first, field->name), *other = page_list(second, field->name);
    if (json_equal(one, other))
        return false;
    html_put(to, "<div><dt>%t</dt><dd>", field->label);
    put_values(to, field, other, one, false, put_values(to, field, one, other, true, 0));
    buf_text(to, "</dd></div>\n");
    return true;
}

/* What is agreed beside the prose, where it differs; what does not is named in `same`. */
static void put_facts(struct buf *to, const json_t *first, const json_t *second, struct buf *same)
{
    static const char *const names[] = {"legal_basis", "opt_outs", "identifiability", "dataset"};
    BUF_AUTO struct buf facts = BUF_INIT(PAGE_HTML_MAX);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!put_list_fact(&facts, field_find(names[i]), first, second))
            html_put(same, "%h%t", same->len ? ", " : "", page_label(names[i]));
    if (!same_dates(first, second)) {
        buf_text(&facts, "<div><dt>In force</dt><dd>");
        put_dates(&facts, first, true);
        buf_text(&facts, " ");
        put_dates(&facts, second, false);
        buf_text(&facts, "</dd></div>\n");
    }
    if (facts.len)
        html_put(to,
                 "<section class=\"part-whole\"><h2>What is agreed</h2>\n<dl "
                 "class=\"facts-two\">%h</dl></section>\n",
                 facts.data);
}

/* ---- the page ---- */

static void put_side(struct buf *to, const json_t *record, const char *id, const char *which)
{
    BUF_AUTO struct buf url = BUF_INIT(PAGE_HTML_MAX);
    const char *title = page_text(record, "title"), *organisation = page_text(record, "organisation");
    page_record_url(&url, page_text(record, "id"), reference_edition(id), NULL);
    html_put(to,
             "<li><span class=\"side side-%t\">%t</span> <a href=\"%h\">%b</a> <span "
             "class=\"reference\">%b</span>",
             which, which, url.data,
             *title          ? title
             : *organisation ? organisation
                             : id,
             id);
    if (*page_text(record, "edition")) {
        buf_text(to, "<span class=\"plain\">in the register of ");
        page_date(to, page_text(record, "edition"));
        buf_text(to, "</span>");
    }
    buf_text(to, "</li>\n");
}

static void put_choice(struct buf *to, const struct strlist *ids)
{
    html_put(to,
             "<p class=\"lead\">Two references are needed, as the register prints them.</p>\n"
             "<form class=\"two\" action=\"/compare\" method=\"get\"><label>First <input name=\"id\" "
             "value=\"%t\"></label>"
             "<label>Second <input name=\"id\" value=\"%t\"></label><button>Compare</button></form>\n",
             ids->len > 0 ? ids->items[0] : "", ids->len > 1 ? ids->items[1] : "");
}

void compare_put(const struct web_page *page, struct buf *to)
{
    const struct strlist *ids = &page->state.ids;
    buf_text(to, "<div class=\"narrow\"><h1>Compare two agreements</h1>\n");
    notices_put(to, &page->state, NULL);
    if (ids->len != 2) {
        put_choice(to, ids);
        buf_text(to, "</div>\n");
        return;
    }
    buf_text(to, "<ul class=\"sides\">");
    put_side(to, page->results[1], ids->items[0], "first");
    put_side(to, page->results[2], ids->items[1], "second");
    buf_text(to, "</ul><p class=\"legend\"><del>only in the first</del> <ins>only in the second</ins></p>\n");
    const json_t *parts = page_list(page->results[0], "parts");
    BUF_AUTO struct buf same = BUF_INIT(PAGE_HTML_MAX);
    const char *name;
    json_t *part;
    put_facts(to, page->results[1], page->results[2], &same);
    json_object_foreach((json_t *)parts, name, part)
    {
        if (json_is_true(json_object_get(part, "equal"))) {
            html_put(&same, "%h%t", same.len ? ", " : "", page_label(name));
            continue;
        }
        html_put(to, "<section class=\"part-whole\"><h2>%t</h2>\n", page_label(name));
        put_edits(to, page_list(part, "edits"));
        buf_text(to, "</section>\n");
    }
    if (same.len)
        html_put(to, "<p class=\"notice\">The same in both: %h.</p>\n", same.data);
    buf_text(to, "</div>\n");
}
