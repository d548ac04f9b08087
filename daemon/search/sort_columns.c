/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What hits are sorted by: the values of each sort key, and every document's rank among them. */
#include <stdlib.h>
#include <string.h>

#include "daemon/search/columns_internal.h"
#include "indexer/store/columns.h"

struct sort_item {
    uint32_t document;
    uint32_t number;
    char *text; /* NULL: the number is the key */
};

static bool has_texts(enum sort_key key)
{
    return key == SORT_ORGANISATION || key == SORT_TITLE || key == SORT_ID;
}

static int by_value(const void *a, const void *b)
{
    const struct sort_item *left = a, *right = b;
    if (left->text && right->text)
        return strcmp(left->text, right->text);
    return (left->number > right->number) - (left->number < right->number);
}

/* Takes the value of the next rank. */
static void add_value(struct loading *loading, struct sort_values *values, struct sort_item *item)
{
    if (item->text) {
        values->texts[values->count++] = item->text;
        loading->memory += sizeof item->text + strlen(item->text) + 1;
        item->text = NULL;
        return;
    }
    values->numbers[values->count++] = item->number;
    loading->memory += sizeof item->number;
}

/* Numbers the items in ascending order; *steals* them. */
static void rank_items(struct loading *loading, enum sort_key key, struct sort_item *items, size_t count)
{
    struct columns *columns = loading->columns;
    struct sort_values *values = &columns->values[key];
    uint32_t *ranks = mem_zero(columns->bits, sizeof *ranks);
    if (has_texts(key))
        values->texts = mem_zero(count, sizeof *values->texts);
    else
        values->numbers = mem_zero(count, sizeof *values->numbers);
    if (count > 1)
        qsort(items, count, sizeof *items, by_value);
    for (size_t i = 0, next; i < count; i = next) {
        for (next = i; next < count && by_value(&items[i], &items[next]) == 0; next++)
            ranks[items[next].document] = (uint32_t)values->count + 1;
        add_value(loading, values, &items[i]);
    }
    for (size_t i = 0; i < count; i++)
        free(items[i].text);
    free(items);
    columns->ranks[key] = ranks;
    loading->memory += columns->bits * sizeof *ranks;
}

static void rank_dates(struct loading *loading, enum sort_key key)
{
    const struct columns *columns = loading->columns;
    struct sort_item *items = mem_zero(columns->bits, sizeof *items);
    size_t count = 0;
    for (uint32_t document = 0; document < columns->bits; document++) {
        const struct document_dates *dates = &columns->dates[document];
        uint32_t last = dates->released_to ? dates->released_to : dates->released_from;
        uint32_t number = key == SORT_START     ? dates->start
                          : key == SORT_END     ? dates->end
                          : key == SORT_CHANGED ? dates->changed
                                                : last;
        if (number)
            items[count++] = (struct sort_item){document, number, NULL};
    }
    rank_items(loading, key, items, count);
}

static bool take_text(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    if (len > 0)
        loading->items[loading->item_count++] = (struct sort_item){document, 0, mem_copy(bytes, len)};
    return true;
}

static bool take_number(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    uint64_t number;
    if (!column_take(&bytes, bytes + len, &number))
        return false;
    loading->items[loading->item_count++] = (struct sort_item){document, (uint32_t)number, NULL};
    return true;
}

static enum shim_status rank_slot(struct loading *loading, enum sort_key key, uint32_t slot)
{
    loading->items = mem_zero(loading->columns->bits, sizeof *loading->items);
    loading->item_count = 0;
    enum shim_status status = columns_walk(loading, slot, has_texts(key) ? take_text : take_number);
    rank_items(loading, key, loading->items, loading->item_count);
    loading->items = NULL;
    return status;
}

enum shim_status columns_load_ranks(struct loading *loading)
{
    rank_dates(loading, SORT_START);
    rank_dates(loading, SORT_END);
    rank_dates(loading, SORT_RELEASED);
    rank_dates(loading, SORT_CHANGED);
    enum shim_status status = rank_slot(loading, SORT_PAGE_FILES, COLUMN_PAGE_FILES);
    if (status == SHIM_OK)
        status = rank_slot(loading, SORT_ORGANISATION, COLUMN_SORT_ORGANISATION);
    if (status == SHIM_OK)
        status = rank_slot(loading, SORT_TITLE, COLUMN_SORT_TITLE);
    if (status == SHIM_OK)
        status = rank_slot(loading, SORT_ID, COLUMN_ID);
    return status;
}

void columns_free_ranks(struct columns *columns)
{
    for (int key = 0; key < SORT_KEY_COUNT; key++) {
        struct sort_values *values = &columns->values[key];
        for (size_t i = 0; values->texts && i < values->count; i++)
            free(values->texts[i]);
        free(values->texts);
        free(values->numbers);
        free(columns->ranks[key]);
    }
}

size_t columns_values_below(const struct columns *columns, enum sort_key key, const char *text,
                            uint32_t number, bool *ret_is_there)
{
    const struct sort_values *values = &columns->values[key];
    size_t from = 0, to = values->count;
    *ret_is_there = false;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = values->texts ? strcmp(values->texts[middle], text)
                                  : (values->numbers[middle] > number) - (values->numbers[middle] < number);
        *ret_is_there |= order == 0;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}
