/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every value of a facet, to be looked through. */
#include "daemon/web/page.h"

#include <string.h>

#include "indexer/base/mem.h"

static void put_form(struct buf *to, const struct web_page *page)
{
    html_put(
        to,
        "<form class=\"two\" action=\"/facets/%u\" method=\"get\"><label>Find one <input type=\"search\" "
        "name=\"contains\" value=\"%t\" autocomplete=\"off\"></label>",
        page->facet->facet, page->state.contains);
    html_put(to,
             "<label>Order <select name=\"order\"><option value=\"count\">most agreements first</option>"
             "<option value=\"name\"%h>A to Z</option></select></label>",
             page->state.by_name ? " selected" : "");
    state_hidden(to, &page->state, true);
    if (page->state.parent)
        html_put(to, "<input type=\"hidden\" name=\"parent\" value=\"%t\">", page->state.parent);
    buf_text(to, "<button>Show</button></form>\n");
}

static void put_value(struct buf *to, const struct web_page *page, const json_t *value)
{
    const struct field *field = page->facet;
    const char *key = page_text(value, "value"), *plain = page_text(value, "explanation");
    bool is_selected = json_is_true(json_object_get(value, "selected"));
    MEM_AUTO char *words = field->kind == FIELD_PATHS && strcmp(key, "(none)") != 0
                               ? page_path_words(key)
                               : mem_text(page_value(field, page_text(value, "label")));
    struct state_change change = {.add_field = field, .add_value = key};
    if (is_selected)
        change = state_without(&page->state, field, key);
    html_put(to, "<li><a class=\"value%h\" href=\"", is_selected ? " on" : "");
    state_url(to, &page->state, &change);
    html_put(to, "\"%h><span class=\"name\">%b", is_selected ? " aria-current=\"true\"" : "", words);
    if (*plain)
        html_put(to, "<span class=\"plain\">%t</span>", plain);
    buf_text(to, "</span> ");
    page_found(to, value);
    buf_text(to, "</a>");
    if (page_number(value, "children")) {
        BUF_AUTO struct buf path = BUF_INIT(PAGE_HTML_MAX);
        html_put(&path, "/facets/%u", field->facet);
        buf_text(to, "<a class=\"deeper\" href=\"");
        state_url(to, &page->state, &(struct state_change){.path = path.data, .parent = key});
        html_put(to, "\">What it is made of<span class=\"hidden\">: %t</span></a>", words);
    }
    buf_text(to, "</li>\n");
}

static void put_page_link(struct buf *to, const struct web_page *page, const char *parent, long offset,
                          const char *words)
{
    BUF_AUTO struct buf path = BUF_INIT(PAGE_HTML_MAX);
    html_put(&path, "/facets/%u", page->facet->facet);
    buf_text(to, "<a href=\"");
    state_url(
        to, &page->state,
        &(struct state_change){.path = path.data, .parent = parent, .offset = offset, .for_values = true});
    html_put(to, "\">%h</a>", words);
}

static void put_pages(struct buf *to, const struct web_page *page, long shown, long long total)
{
    long offset = page->state.offset;
    if (offset == 0 && shown >= total)
        return;
    buf_text(to, "<nav class=\"pages\" aria-label=\"Pages\">");
    if (offset > 0)
        put_page_link(to, page, page->state.parent, offset > STATE_VALUES ? offset - STATE_VALUES : 0,
                      "\xE2\x86\x90 Before");
    html_put(to, "<span>%n to %n of %n</span>", (long long)(shown ? offset + 1 : offset),
             (long long)offset + shown, total);
    if (offset + shown < total)
        put_page_link(to, page, page->state.parent, offset + shown, "More \xE2\x86\x92");
    buf_text(to, "</nav>\n");
}

void values_put(const struct web_page *page, struct buf *to)
{
    const json_t *result = page->results[0], *values = page_list(result, "values");
    size_t i;
    const json_t *value;
    buf_text(to, "<div class=\"narrow\"><p class=\"back\"><a href=\"");
    state_url(to, &page->state, &(struct state_change){.path = NULL});
    html_put(to, "\">\xE2\x86\x90 Back to the agreements</a></p>\n<h1>%t</h1>\n<p class=\"lead\">%t</p>\n",
             page->facet->label, page->facet->help);
    notices_put(to, &page->state, result);
    put_form(to, page);
    if (page->state.parent) {
        MEM_AUTO char *words = page_path_words(page->state.parent);
        html_put(to, "<p>Within <strong>%b</strong>. ", words);
        put_page_link(to, page, NULL, 0, "All");
        buf_text(to, "</p>\n");
    }
    if (json_array_size(values) == 0)
        buf_text(to, "<p class=\"notice\">There is none like this.</p>\n");
    buf_text(to, "<ul class=\"all-values\">\n");
    json_array_foreach(values, i, value) put_value(to, page, value);
    buf_text(to, "</ul>\n");
    put_pages(to, page, (long)json_array_size(values), page_number(result, "total"));
    buf_text(to, "</div>\n");
}
