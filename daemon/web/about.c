/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this is, how to ask it, and what the legal bases mean. */
#include "daemon/web/page.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

enum { BASES_MAX = 256 };

static const struct {
    const char *typed, *found;
} ways[] = {
    {"risk stratification", "agreements that have both words, in any form"},
    {"\"risk stratification\"", "these words, next to each other"},
    {"commission* -invoice", "words that begin with commission, where invoice does not occur"},
    {"objectives:cancer", "cancer among the objectives; likewise processing:, outputs:, benefits:"},
    {"dataset:\"mental health\"",
     "agreements with such a data set; likewise organisation:, controller:, legal:"},
    {"year:2018..2020", "agreements in force in these years, where the source says"},
    {"pseudonym* NEAR/5 key", "two words within five of one another"},
};

static void put_ways(struct buf *to)
{
    buf_text(to, "<section class=\"part-whole\" id=\"ask\"><h2>How to ask</h2><dl class=\"ways\">");
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        html_put(to, "<div><dt><a href=\"/?q=%u\"><code>%t</code></a></dt><dd>%t</dd></div>\n", ways[i].typed,
                 ways[i].typed, ways[i].found);
    buf_text(to, "</dl></section>\n");
}

static void put_basis(struct buf *to, const json_t *value)
{
    const char *key = page_text(value, "value"), *plain = page_text(value, "explanation");
    MEM_AUTO char *words = page_path_words(key);
    if (!*plain)
        return;
    html_put(to, "<div><dt><a href=\"/?legal_basis=%u\">%b</a></dt><dd>%t. <span class=\"plain\">", key,
             words, plain);
    page_count(to, page_number(value, "count"), "agreement", "agreements");
    buf_text(to, "</span></dd></div>\n");
}

static int by_path(const void *a, const void *b)
{
    const json_t *const *left = a, *const *right = b;
    return strcmp(page_text(*left, "value"), page_text(*right, "value"));
}

/* The legal bases of all levels that were asked for. Returns how many. */
static size_t gather_bases(const struct web_page *page, const json_t *bases[BASES_MAX])
{
    size_t count = 0, i;
    for (int level = 0; level < 3; level++) {
        const char *name;
        json_t *values, *value;
        json_object_foreach((json_t *)page_list(page->results[level], "facets"), name, values)
        {
            if (strncmp(name, "legal_basis", strlen("legal_basis")) == 0)
                json_array_foreach(values, i, value) if (count < BASES_MAX) bases[count++] = value;
        }
    }
    qsort(bases, count, sizeof(const json_t *), by_path);
    return count;
}

static void put_bases(struct buf *to, const struct web_page *page)
{
    const json_t *bases[BASES_MAX];
    size_t count = gather_bases(page, bases);
    buf_text(to, "<section class=\"part-whole\"><h2>Legal bases in plain words</h2><dl class=\"ways\">\n");
    for (size_t i = 0; i < count; i++)
        put_basis(to, bases[i]);
    buf_text(to, "</dl></section>\n");
}

void about_put(const struct web_page *page, struct buf *to)
{
    buf_text(
        to,
        "<div class=\"narrow\"><h1>About this service</h1>\n<p class=\"lead\">NHS England lets health data "
        "out "
        "under agreements, and publishes a register of them. This page searches that register whole.</p>\n"
        "<section class=\"part-whole\"><h2>Worth knowing</h2><div class=\"prose\">"
        "<p>An <strong>agreement</strong> is one statement of the register: who gets data, which, on which "
        "legal "
        "basis and what for. Many are copies of one text with another organisation\xE2\x80\x99s name; they "
        "are "
        "shown once, with their number.</p>"
        "<p><strong>What went with what.</strong> Where the register says for each release which data set "
        "went "
        "out in which form, filters on these must hold for one and the same release. Where it does not say, "
        "this page says so and does not guess.</p>"
        "<p><strong>Not stated</strong> means that the source does not say. It does not mean no.</p>"
        "<p>An edition may list only the releases of its own month. An agreement that is missing from a "
        "later "
        "one has not necessarily ended.</p></div></section>\n");
    put_ways(to);
    put_bases(to, page);
    buf_text(
        to,
        "<section class=\"part-whole\"><h2>For programs</h2><div class=\"prose\"><p>Every page is made of an "
        "open "
        "interface that you may use too: <a href=\"/openapi.json\">its description</a>. Each search has a "
        "feed, and can be taken away as CSV or JSON Lines.</p></div></section>\n</div>\n");
}
