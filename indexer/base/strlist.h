/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of texts that owns them. Zeroed memory is an empty list. */
#ifndef PURPOSED_BASE_STRLIST_H
#define PURPOSED_BASE_STRLIST_H

#include <stdbool.h>
#include <stddef.h>

struct strlist {
    char **items;
    size_t len;
    size_t cap;
};

void strlist_free(struct strlist *list); /* and leaves it empty */
void strlist_add(struct strlist *list, const char *text);
void strlist_add_copy(struct strlist *list, const char *bytes, size_t len);
void strlist_add_steal(struct strlist *list, char *text); /* steals `text` */

/* Adds what is not there yet, to the byte; returns whether it was added. Linear: for lists of tens. */
bool strlist_add_unique(struct strlist *list, const char *text);
bool strlist_has(const struct strlist *list, const char *text);

/* Adds all of `from` that is not there yet. */
void strlist_merge(struct strlist *list, const struct strlist *from);
/* Leaves the first `max`; returns whether there were more. */
bool strlist_cut(struct strlist *list, size_t max);
bool strlist_equal(const struct strlist *a, const struct strlist *b);
void strlist_sort(struct strlist *list); /* by bytes */

#define STRLIST_AUTO __attribute__((cleanup(strlist_free)))

#endif
