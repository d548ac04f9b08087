/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "client/labels.h"
#include "client/render.h"

enum { ITEM_INDENT = 2 };

/* What each list means, in the order of `change_kinds`. */
static const char *const MEANINGS[CHANGE_KINDS] = {
    "in the newer edition only",
    "in the older edition only",
    "in both, with another text",
    "in both, under another reference",
};

static void render_counts(struct page *page, const json_t *result, const char *from, const char *to)
{
    const json_t *counts = json_object_get(result, "counts");
    const json_t *unchanged = json_object_get(counts, "unchanged");
    BUF_AUTO struct buf text = TEXT_INIT;
    text_printf(&text, STYLE_NAME, "From %s to %s: ", from ? from : "?", to ? to : "?");
    for (size_t i = 0; i < CHANGE_KINDS; i++) {
        add_count(&text, STYLE_PLAIN, json_integer_value(json_object_get(counts, change_kinds[i])),
                  change_kinds[i], change_kinds[i]);
        text_add(&text, STYLE_PLAIN, i + 1 < CHANGE_KINDS ? ", " : "");
    }
    if (json_is_integer(unchanged)) {
        text_add(&text, STYLE_PLAIN, ", ");
        add_count(&text, STYLE_PLAIN, json_integer_value(unchanged), "unchanged", "unchanged");
    }
    page_paragraph(page, 0, 2, &text);
}

static void render_list(struct page *page, const json_t *ids, size_t kind)
{
    size_t i;
    const json_t *id;
    if (!json_array_size(ids))
        return;
    BUF_AUTO struct buf heading = TEXT_INIT;
    page_blank(page);
    text_add(&heading, STYLE_HEADING, label_of(NULL, "", change_kinds[kind]).text);
    text_printf(&heading, STYLE_QUIET, " (%s)", MEANINGS[kind]);
    page_paragraph(page, 0, 2, &heading);
    json_array_foreach(ids, i, id)
    {
        BUF_AUTO struct buf text = TEXT_INIT;
        text_add(&text, STYLE_REFERENCE, json_string_value(id));
        page_paragraph(page, ITEM_INDENT, ITEM_INDENT + 2, &text);
    }
}

/* How to see what changed in one of them. */
static void render_hint(struct page *page, const json_t *changed, const char *from, const char *to)
{
    const char *id = json_string_value(json_array_get(changed, 0));
    if (!id || !from || !to)
        return;
    page_blank(page);
    render_line(page, STYLE_QUIET, "what changed in one of them:");
    render_comparison(page, ITEM_INDENT, id, from, to);
}

void render_changes(struct page *page, const json_t *result)
{
    const char *from = text_member(result, "from");
    const char *to = text_member(result, "to");
    const char *coverage = text_member(result, "coverage");
    render_counts(page, result, from, to);
    if (coverage && !strcmp(coverage, "period"))
        render_line(page, STYLE_WARNING, "Note: gone from an edition of one period does not mean ended.");
    for (size_t i = 0; i < CHANGE_KINDS; i++)
        render_list(page, json_object_get(result, change_kinds[i]), i);
    render_hint(page, json_object_get(result, "changed"), from, to);
}
