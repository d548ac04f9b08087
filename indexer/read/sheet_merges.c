/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/sheet_merges.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/read/sheet_xml.h"

bool cell_position(const char *reference, long *ret_row, size_t *ret_column)
{
    size_t column = 0;
    const char *at = reference;
    for (; isupper((unsigned char)*at) && column <= TABLE_COLUMNS_MAX; at++)
        column = column * 26 + (size_t)(*at - 'A') + 1;
    if (at == reference || column > TABLE_COLUMNS_MAX || !isdigit((unsigned char)*at))
        return false;
    *ret_row = strtol(at, NULL, 10);
    *ret_column = column - 1;
    return true;
}

static void XMLCALL on_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct merges *merges = context;
    const char *range = strcmp(name, "mergeCell") == 0 ? package_attribute(attributes, "ref", false) : NULL;
    const char *colon = range ? strchr(range, ':') : NULL;
    struct merge merge = {0};
    size_t last_column;
    if (!colon || merges->count >= SHEET_MERGES_MAX || !cell_position(range, &merge.first, &merge.column) ||
        !cell_position(colon + 1, &merge.last, &last_column) || merge.last <= merge.first)
        return;
    merges->items = mem_push(merges->items, merges->count, &merges->cap, sizeof merge);
    merges->items[merges->count++] = merge;
}

static int by_first_row(const void *a, const void *b)
{
    const struct merge *left = a, *right = b;
    return (left->first > right->first) - (left->first < right->first);
}

void merges_find(struct merges *merges, const struct package *package, const char *part)
{
    struct package_handlers handlers = {.context = merges, .start = on_start};
    *merges = (struct merges){0};
    package_parse(package, part, &handlers, NULL); /* damage is told by the reading proper */
    if (merges->count)
        qsort(merges->items, merges->count, sizeof *merges->items, by_first_row);
}

void merges_free(struct merges *merges)
{
    for (size_t i = 0; i < merges->count; i++)
        free(merges->items[i].text);
    free(merges->items);
}

static void open_ranges(struct merges *merges, long row)
{
    while (merges->open < merges->count && merges->items[merges->open].first <= row)
        merges->open++;
    while (merges->done < merges->open && merges->items[merges->done].last < row) {
        free(merges->items[merges->done].text);
        merges->items[merges->done++].text = NULL;
    }
}

void merges_keep(struct merges *merges, long row, size_t column, const char *text, size_t len)
{
    open_ranges(merges, row);
    for (size_t i = merges->open; i > merges->done && merges->items[i - 1].first == row; i--) {
        struct merge *merge = &merges->items[i - 1];
        if (merge->column != column || merge->text)
            continue;
        merge->text = mem_copy(text, len);
        merge->len = len;
    }
}

void merges_fill(struct merges *merges, long row, struct table *table)
{
    open_ranges(merges, row);
    for (size_t i = merges->done; i < merges->open; i++) {
        const struct merge *merge = &merges->items[i];
        if (merge->text && merge->first < row && merge->last >= row)
            table_cell(table, merge->column, merge->text, merge->len);
    }
}
