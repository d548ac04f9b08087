/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What columns.c and facet_columns.c share while columns are loaded. */
#ifndef PURPOSED_SEARCH_COLUMNS_INTERNAL_H
#define PURPOSED_SEARCH_COLUMNS_INTERNAL_H

#include "daemon/search/columns.h"

struct lists_builder {
    uint32_t *starts, *items;
    size_t start_count, start_cap, item_count, item_cap;
};

void lists_begin(struct lists_builder *builder);
void lists_push(struct lists_builder *builder, uint32_t item);
bool lists_row_has(const struct lists_builder *builder, uint32_t item);
void lists_end_row(struct lists_builder *builder);
size_t lists_rows(const struct lists_builder *builder);
/* Moves what was built into `lists`; adds the bytes to *memory. */
void lists_finish(struct lists_builder *builder, struct lists *lists, size_t *memory);
void lists_free(struct lists *lists);

struct loading {
    struct shim_reader *reader;
    struct columns *columns;
    struct error *error;
    struct reference_entry *references; /* while references are numbered */
    struct sort_item *items;            /* while a sort key is ranked */
    size_t item_count;
    struct facet_loading *facet;      /* the facet whose slot is read, or all facets while releases are */
    struct release_loading *releases; /* while releases are read */
};

/* Takes one value; false where it is damaged. */
typedef bool walk_function(struct loading *loading, uint32_t document, const unsigned char *bytes,
                           size_t len);
enum shim_status columns_walk(struct loading *loading, uint32_t slot, walk_function *take);

enum shim_status columns_load_ranks(struct loading *loading);
void columns_free_ranks(struct columns *columns);

enum shim_status columns_load_facets(struct loading *loading);
void columns_free_facets(struct columns *columns);

#endif
