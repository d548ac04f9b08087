/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The page one comes to first: what there is, and questions to begin with. */
#include "daemon/web/page.h"

#include <string.h>

#include "indexer/base/mem.h"

/* Questions that people have asked of this register, and how they are put to it. */
static const struct {
    const char *words, *query; /* of the address, as it stands in an attribute */
} questions[] = {
    {"Who may use data to find out which patients are at risk?", "q=%22risk+stratification%22"},
    {"Where was confidentiality set aside under section 251?", "legal_basis=s251"},
    {"Who gets data in which people can be identified?", "identifiability=Identifiable"},
    {"What goes to universities about cancer?", "q=cancer+research+university"},
    {"Which agreements speak of commercial use of data?", "q=objectives%3A%22commercial%22"},
};

static void put_questions(struct buf *to)
{
    buf_text(to, "<div class=\"questions\"><h2>Begin with a question</h2><ul>");
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
        html_put(to, "<li><a href=\"/?%h\">%t</a></li>", questions[i].query, questions[i].words);
    buf_text(to, "</ul></div>\n");
}

static void put_figure(struct buf *to, long long number, const char *one, const char *many, const char *href)
{
    if (number > 0)
        html_put(to, "<li><a href=\"%h\"><strong>%n</strong> %t</a></li>", href, number,
                 number == 1 ? one : many);
}

static void put_figures(struct buf *to, const struct web_page *page)
{
    const json_t *all = page->results[0];
    buf_text(to, "<ul class=\"figures\" aria-label=\"What the register has\">");
    put_figure(to, page_number(all, "total"), "agreement", "agreements", "/?sort=organisation");
    put_figure(to, page_number(all, "groups"), "distinct text", "distinct texts", "/?sort=organisation");
    put_figure(to, page_number(page->results[1], "total"), "recipient", "recipients", "/facets/organisation");
    put_figure(to, page_number(page->results[2], "total"), "data set", "data sets", "/facets/dataset");
    buf_text(to, "</ul>\n");
}

/* A facet as a list of links, each with a bar as long as its count. */
static void put_counts(struct buf *to, const struct web_page *page, const char *name)
{
    const struct field *field = field_find(name);
    const json_t *values = page_list(page_list(page->results[0], "facets"), name);
    size_t i;
    const json_t *value;
    long long most = 1;
    json_array_foreach(values, i, value) most =
        page_number(value, "count") > most ? page_number(value, "count") : most;
    if (json_array_size(values) == 0 ||
        (i == 1 && strcmp(page_text(json_array_get(values, 0), "value"), "(none)") == 0))
        return;
    html_put(to, "<section class=\"counts\"><h2>%t</h2><ul>", field->label);
    json_array_foreach(values, i, value)
    {
        BUF_AUTO struct buf url = BUF_INIT(PAGE_HTML_MAX);
        const char *plain = page_text(value, "explanation");
        html_put(&url, "/?%u=%u", name, page_text(value, "value"));
        html_put(to, "<li><a href=\"%h\"><span class=\"name\">%b</span> ", url.data,
                 page_value(field, page_text(value, "label")));
        page_found(to, value);
        html_put(to,
                 "<svg class=\"mini\" width=\"100%%\" height=\"4\" aria-hidden=\"true\"><rect width=\"%d%%\" "
                 "height=\"4\" rx=\"2\"/></svg></a>",
                 (int)(100 * page_number(value, "count") / most));
        if (*plain)
            html_put(to, "<span class=\"plain\">%t</span>", plain);
        buf_text(to, "</li>");
    }
    html_put(to,
             "</ul><p class=\"all\"><a href=\"/facets/%u\">Show all<span class=\"hidden\">: "
             "%t</span></a></p></section>\n",
             name, field->label);
}

void start_put(const struct web_page *page, struct buf *to)
{
    buf_text(
        to, "<div class=\"hero\">\n<h1>Who uses England\xE2\x80\x99s health data, and what for</h1>\n"
            "<p class=\"lead\">NHS England lets health data out under agreements, and publishes a register "
            "of them. "
            "Search all of it: who got what, on which legal basis, whether people\xE2\x80\x99s opt-outs were "
            "respected, and the purpose in their own words.</p>\n");
    search_box_put(to, &page->state, true);
    notices_put(to, &page->state, NULL);
    put_questions(to);
    put_figures(to, page);
    buf_text(to, "</div>\n");
    buf_text(to, "<div class=\"start-two\">\n");
    newest_put(page, to);
    buf_text(to, "<div class=\"start-chart\">");
    chart_put(to, page_list(page->results[0], "facets"), &page->state);
    buf_text(to, "</div>\n</div>\n");
    buf_text(to, "<div class=\"counts-grid\">\n");
    put_counts(to, page, "legal_basis");
    put_counts(to, page, "opt_outs");
    put_counts(to, page, "identifiability");
    put_counts(to, page, "organisation");
    put_counts(to, page, "dataset");
    put_counts(to, page, "organisation_type");
    buf_text(to, "</div>\n");
}
