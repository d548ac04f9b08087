/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A chart whose bars are links, drawn in per cents so that its letters keep their size on any screen, and the
 * same as a table. */
#include "daemon/web/page.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

enum {
    YEARS_HEIGHT = 150, /* of the drawing, in CSS pixels */
    YEARS_LABELS = 6,   /* years that are named, at most about */
    YEARS_LEAST = 12,   /* years there is room for: fewer bars are no wider */
    YEARS_MAX = 60,     /* the newest are drawn */
    ROW_HEIGHT = 44,
    BAR_HEIGHT = 12,
    LINE_HEIGHT = 16,
    LABEL_MAX = 36, /* bytes of a label: what fits beside the hits */
};

struct chart {
    const json_t *values;
    const struct field *field;
    const char *title, *counted;
    long long most;
};

static bool is_none(const json_t *value)
{
    return strcmp(page_text(value, "value"), "(none)") == 0;
}

/* A chosen value stands among those of its own level alone. */
static bool is_drawn(const struct chart *chart, const json_t *value)
{
    return !is_none(value) && !page_is_below(chart->values, value);
}

static bool find_values(struct chart *chart, const json_t *values)
{
    size_t i;
    const json_t *value;
    chart->values = values;
    chart->most = 0;
    json_array_foreach(values, i, value)
    {
        long long count = is_none(value) ? 0 : page_number(value, "count");
        chart->most = count > chart->most ? count : chart->most;
    }
    return chart->most > 0;
}

static void put_bar_link(struct buf *to, const struct chart *chart, const struct state *state,
                         const json_t *value)
{
    const char *key = page_text(value, "value");
    int number = state_find(state, chart->field, key);
    struct state_change change = {.drop = number + 1};
    if (number < 0)
        change = (struct state_change){.add_field = chart->field, .add_value = key};
    html_put(to, "<a class=\"bar%h\" href=\"", number >= 0 ? " on" : "");
    state_url(to, state, &change);
    buf_text(to, "\"");
}

/* Bytes of a label that stand on one line: whole words, as many as there is room for. */
static size_t line_len(const char *label)
{
    size_t len = strlen(label), kept = LABEL_MAX;
    if (len <= LABEL_MAX)
        return len;
    while (kept > 0 && label[kept] != ' ')
        kept--;
    return kept ? kept : len;
}

static int label_height(const char *label)
{
    return label[line_len(label)] ? 2 * LINE_HEIGHT : LINE_HEIGHT;
}

/* A label on one line or two, whole in what a pointer shows. */
static void put_label(struct buf *to, const char *label, int y)
{
    size_t first = line_len(label);
    html_put(to, "<title>%t</title><text x=\"0\" y=\"%d\">", label, y);
    html_text(to, label, first);
    buf_text(to, "</text> ");
    if (!label[first])
        return;
    const char *rest = label + first + 1;
    size_t second = line_len(rest);
    html_put(to, "<text x=\"0\" y=\"%d\">", y + LINE_HEIGHT);
    html_text(to, rest, second);
    html_put(to, "%h</text> ", rest[second] ? "\xE2\x80\xA6" : "");
}

/* ---- by year ---- */

static void put_year(struct buf *to, const struct chart *chart, const struct state *state,
                     const json_t *value, size_t at, size_t count)
{
    size_t step = count / YEARS_LABELS + 1;
    long long height = page_number(value, "count") * (YEARS_HEIGHT - 40) / chart->most;
    height = height ? height : 1;
    put_bar_link(to, chart, state, value);
    html_put(to, " aria-label=\"%t: %n\">", page_text(value, "label"), page_number(value, "count"));
    buf_printf(to,
               "<rect x=\"%.2f%%\" y=\"0\" width=\"%.2f%%\" height=\"%d\" class=\"reach\"/>"
               "<rect x=\"%.2f%%\" y=\"%lld\" width=\"%.2f%%\" height=\"%lld\" rx=\"1\"/>",
               100.0 * (double)at / (double)count, 100.0 / (double)count, YEARS_HEIGHT,
               100.0 * ((double)at + 0.1) / (double)count, YEARS_HEIGHT - 22 - height, 80.0 / (double)count,
               height);
    if (at % step == 0 && (at + step / 2 < count || count <= YEARS_LABELS))
        html_put(to, "<text x=\"%d%%\" y=\"%d\">%t</text>", (int)(100.0 * ((double)at + 0.1) / (double)count),
                 YEARS_HEIGHT - 6, page_text(value, "label"));
    buf_text(to, "</a>");
}

static void put_years(struct buf *to, const struct chart *chart, const struct state *state)
{
    size_t i, count = 0, passed = 0;
    const json_t *value;
    json_array_foreach(chart->values, i, value) count += !is_none(value);
    size_t skipped = count > YEARS_MAX ? count - YEARS_MAX : 0;
    size_t room = count - skipped < YEARS_LEAST ? YEARS_LEAST : count - skipped;
    html_put(to, "<svg class=\"chart\" width=\"100%%\" height=\"%d\" role=\"group\" aria-label=\"%t\">",
             YEARS_HEIGHT, chart->title);
    json_array_foreach(chart->values, i, value)
    {
        if (is_none(value))
            continue;
        if (passed >= skipped)
            put_year(to, chart, state, value, passed - skipped, room);
        passed++;
    }
    buf_text(to, "</svg>");
}

/* ---- by legal basis ---- */

static int basis_height(const json_t *value)
{
    return label_height(page_text(value, "label")) + ROW_HEIGHT - LINE_HEIGHT;
}

static void put_basis(struct buf *to, const struct chart *chart, const struct state *state,
                      const json_t *value, int y)
{
    const char *label = page_text(value, "label");
    long long count = page_number(value, "count");
    double width = 100.0 * (double)count / (double)chart->most;
    put_bar_link(to, chart, state, value);
    buf_byte(to, '>');
    buf_printf(to,
               "<rect x=\"0\" y=\"%d\" width=\"100%%\" height=\"%d\" class=\"reach\"/>"
               "<rect x=\"0\" y=\"%d\" width=\"%.2f%%\" height=\"%d\" rx=\"1\"/>",
               y, basis_height(value), y + label_height(label) + 8, width < 0.5 ? 0.5 : width, BAR_HEIGHT);
    put_label(to, label, y + LINE_HEIGHT);
    html_put(to, "<text class=\"end\" x=\"100%%\" y=\"%d\">%n</text></a>", y + LINE_HEIGHT, count);
}

static void put_bases(struct buf *to, const struct chart *chart, const struct state *state)
{
    size_t i;
    const json_t *value;
    int height = 0;
    json_array_foreach(chart->values, i, value) height += is_drawn(chart, value) ? basis_height(value) : 0;
    html_put(to, "<svg class=\"chart rows\" width=\"100%%\" height=\"%d\" role=\"group\" aria-label=\"%t\">",
             height, chart->title);
    height = 0;
    json_array_foreach(chart->values, i, value)
    {
        if (!is_drawn(chart, value))
            continue;
        put_basis(to, chart, state, value, height);
        height += basis_height(value);
    }
    buf_text(to, "</svg>");
}

/* ---- all of it ---- */

static void put_table(struct buf *to, const struct chart *chart)
{
    size_t i;
    const json_t *value;
    html_put(
        to,
        "<details class=\"as-table\"><summary>As a table</summary><table><caption>%t</caption><thead><tr>"
        "<th scope=\"col\">%t</th><th scope=\"col\" class=\"number\">%t</th></tr></thead><tbody>",
        chart->title, strcmp(chart->field->facet, "in_force") == 0 ? "Year" : chart->field->label,
        chart->counted);
    json_array_foreach(chart->values, i, value) if (!page_is_below(chart->values, value))
        html_put(to, "<tr><th scope=\"row\">%b</th><td class=\"number\">%n</td></tr>",
                 page_value(chart->field, page_text(value, "label")), page_number(value, "count"));
    buf_text(to, "</tbody></table></details>");
}

void chart_put(struct buf *to, const json_t *facets, const struct state *state)
{
    struct chart chart = {
        .field = field_find("in_force"), .title = "Agreements in force, by year", .counted = "Agreements"};
    bool is_years = find_values(&chart, page_list(facets, "in_force"));
    if (!is_years) {
        chart.field = field_find("legal_basis");
        chart.title = "Releases, by legal basis";
        chart.counted = "Releases";
        if (!find_values(&chart, page_list(facets, "chart")))
            return;
    }
    html_put(to, "<figure class=\"figure\"><figcaption>%t</figcaption>", chart.title);
    if (is_years)
        put_years(to, &chart, state);
    else
        put_bases(to, &chart, state);
    put_table(to, &chart);
    buf_text(to, "</figure>\n");
}
