/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/base/strlist.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

void strlist_free(struct strlist *list)
{
    for (size_t i = 0; i < list->len; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct strlist){0};
}

void strlist_add_steal(struct strlist *list, char *text)
{
    list->items = mem_push(list->items, list->len, &list->cap, sizeof *list->items);
    list->items[list->len++] = text;
}

void strlist_add_copy(struct strlist *list, const char *bytes, size_t len)
{
    strlist_add_steal(list, mem_copy(bytes, len));
}

void strlist_add(struct strlist *list, const char *text)
{
    strlist_add_copy(list, text, strlen(text));
}

bool strlist_has(const struct strlist *list, const char *text)
{
    for (size_t i = 0; i < list->len; i++)
        if (strcmp(list->items[i], text) == 0)
            return true;
    return false;
}

bool strlist_add_unique(struct strlist *list, const char *text)
{
    if (strlist_has(list, text))
        return false;
    strlist_add(list, text);
    return true;
}

void strlist_merge(struct strlist *list, const struct strlist *from)
{
    for (size_t i = 0; i < from->len; i++)
        strlist_add_unique(list, from->items[i]);
}

bool strlist_cut(struct strlist *list, size_t max)
{
    bool is_longer = list->len > max;
    while (list->len > max)
        free(list->items[--list->len]);
    return is_longer;
}

bool strlist_equal(const struct strlist *a, const struct strlist *b)
{
    if (a->len != b->len)
        return false;
    for (size_t i = 0; i < a->len; i++)
        if (strcmp(a->items[i], b->items[i]) != 0)
            return false;
    return true;
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void strlist_sort(struct strlist *list)
{
    if (list->len > 1)
        qsort(list->items, list->len, sizeof *list->items, by_bytes);
}
