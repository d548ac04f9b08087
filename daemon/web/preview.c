/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a page is called where only its link is seen: in tabs, bookmarks and previews. Plain text. */
#include "daemon/web/page.h"

#include <string.h>

#include "indexer/base/mem.h"

enum {
    NAMED_MAX = 3,     /* filters or recipients that are named */
    EXCERPT_MAX = 200, /* bytes of prose */
};

static const char SERVICE[] = "NHS England\xE2\x80\x99s data release register";

/* ---- pieces ---- */

static void put_plural(struct buf *to, long long count, const char *one, const char *many)
{
    html_number(to, count);
    buf_printf(to, " %s", count == 1 ? one : many);
}

/* What was chosen, parted by `separator`; where `has_labels`, each after what it is. */
static void put_filters(struct buf *to, const struct state *state, const char *separator, bool has_labels)
{
    for (size_t i = 0; i < state->filter_count && i < NAMED_MAX; i++) {
        const struct field *field = state->filters[i].field;
        MEM_AUTO char *words = field->kind == FIELD_PATHS
                                   ? page_path_words(state->filters[i].value)
                                   : mem_text(page_value(field, state->filters[i].value));
        buf_text(to, i ? separator : "");
        if (has_labels)
            buf_printf(to, "%s: ", field->label);
        buf_text(to, words);
    }
}

/* The first recipients found, each once. */
static void put_recipients(struct buf *to, const json_t *result)
{
    STRLIST_AUTO struct strlist named = {.items = NULL};
    size_t i;
    const json_t *hit;
    json_array_foreach(page_list(result, "hits"), i, hit)
    {
        if (named.len < NAMED_MAX && *page_text(hit, "organisation"))
            strlist_add_unique(&named, page_text(hit, "organisation"));
    }
    for (i = 0; i < named.len; i++)
        buf_printf(to, "%s%s", i ? ", " : " Among them: ", named.items[i]);
    buf_text(to, named.len ? "." : "");
}

/* The beginning of a text, to the end of a word. */
static void put_excerpt(struct buf *to, const char *text)
{
    size_t len = strlen(text), kept = len < EXCERPT_MAX ? len : EXCERPT_MAX;
    while (kept > 0 && kept < len && text[kept] != ' ' && text[kept] != '\n')
        kept--;
    for (size_t i = 0; i < kept; i++)
        buf_byte(to, (char)(text[i] == '\n' ? ' ' : text[i]));
    buf_text(to, kept < len ? "\xE2\x80\xA6" : "");
}

static void put_period(struct buf *to, const json_t *changes)
{
    MEM_AUTO char *from = page_date_words(page_text(changes, "from"));
    MEM_AUTO char *until = page_date_words(page_text(changes, "to"));
    buf_printf(to, "from %s to %s", from, until);
}

static const char *name_of(const json_t *record)
{
    const char *title = page_text(record, "title"), *organisation = page_text(record, "organisation");
    return *title ? title : *organisation ? organisation : page_text(record, "id");
}

/* ---- titles ---- */

static void put_results_title(struct buf *to, const struct state *state)
{
    if (*state->q)
        buf_text(to, state->q);
    if (*state->q && state->filter_count > 0)
        buf_text(to, " \xC2\xB7 ");
    put_filters(to, state, ", ", false);
    if (to->len == 0)
        buf_text(to, "Agreements");
}

void preview_title(const struct web_page *page, struct buf *to)
{
    const json_t *first = page->results[0];
    switch (page->kind) {
    case PAGE_RESULTS:
        put_results_title(to, &page->state);
        break;
    case PAGE_RECORD:
        buf_text(to, name_of(first));
        if (*page_text(first, "title") && *page_text(first, "organisation"))
            buf_printf(to, ", %s", page_text(first, "organisation"));
        buf_printf(to, " \xC2\xB7 %s", page_text(first, "id"));
        break;
    case PAGE_COMPARE:
        if (page->results[1] && page->results[2])
            buf_printf(to, "%s compared with %s", name_of(page->results[1]), name_of(page->results[2]));
        else
            buf_text(to, "Compare two agreements");
        break;
    case PAGE_CHANGES_KIND:
        buf_text(to, "What changed");
        if (page->results[1]) {
            buf_byte(to, ' ');
            put_period(to, page->results[1]);
        }
        break;
    case PAGE_VALUES:
        buf_text(to, page->facet->label);
        break;
    case PAGE_ABOUT:
        buf_text(to, "About this service");
        break;
    case PAGE_START:
        break;
    }
}

/* ---- descriptions ---- */

static void put_results(struct buf *to, const struct web_page *page)
{
    const json_t *found = page->results[0];
    put_plural(to, page_number(found, "total"), "agreement", "agreements");
    buf_printf(to, " in %s", SERVICE);
    if (page->state.filter_count > 0) {
        buf_text(to, "; ");
        put_filters(to, &page->state, "; ", true);
    }
    buf_byte(to, '.');
    put_recipients(to, found);
}

static void put_record(struct buf *to, const json_t *record)
{
    size_t i;
    const json_t *path;
    json_array_foreach(page_list(record, "legal_basis"), i, path)
    {
        MEM_AUTO char *words = page_path_words(page_string(path));
        if (i < NAMED_MAX)
            buf_printf(to, "%s%s", i ? "; " : "Legal basis: ", words);
    }
    buf_text(to, i ? ". " : "");
    put_excerpt(to, page_text(record, "objectives"));
}

static void put_changes(struct buf *to, const json_t *changes)
{
    static const char *const kinds[][2] = {
        {"added", "added"}, {"changed", "changed"}, {"renewed", "renewed"}, {"gone", "no longer listed"}};
    buf_printf(to, "%s, ", SERVICE);
    put_period(to, changes);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        buf_text(to, i ? ", " : ": ");
        put_plural(to, (long long)json_array_size(page_list(changes, kinds[i][0])), kinds[i][1], kinds[i][1]);
    }
    buf_byte(to, '.');
}

void preview_description(const struct web_page *page, struct buf *to)
{
    const json_t *first = page->results[0];
    if (page->kind == PAGE_RESULTS)
        put_results(to, page);
    else if (page->kind == PAGE_RECORD)
        put_record(to, first);
    else if (page->kind == PAGE_COMPARE && page->state.ids.len == 2)
        buf_printf(to, "What differs between %s and %s in %s, word by word.", page->state.ids.items[0],
                   page->state.ids.items[1], SERVICE);
    else if (page->kind == PAGE_CHANGES_KIND && page->results[1])
        put_changes(to, page->results[1]);
    else if (page->kind == PAGE_VALUES)
        buf_printf(to, "%s Every value in %s, with its number of agreements.", page->facet->help, SERVICE);
    if (to->len == 0)
        buf_text(to, "Who gets health data from NHS England, on which legal basis, and what for.");
}
