/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What columns.c and facet_columns.c share while columns are loaded. */
#ifndef PURPOSED_SEARCH_COLUMNS_INTERNAL_H
#define PURPOSED_SEARCH_COLUMNS_INTERNAL_H

#include "daemon/search/columns.h"
#include "indexer/base/mem.h"
#include "indexer/base/strlist.h"

struct lists_builder {
    uint32_t *starts, *items;
    size_t start_count, start_cap, item_count, item_cap;
};

void lists_begin(struct lists_builder *builder);

static inline void lists_push(struct lists_builder *builder, uint32_t item)
{
    if (builder->item_count == builder->item_cap)
        builder->items =
            mem_push(builder->items, builder->item_count, &builder->item_cap, sizeof *builder->items);
    builder->items[builder->item_count++] = item;
}

/* Whether the open row has the item already. */
static inline bool lists_row_has(const struct lists_builder *builder, uint32_t item)
{
    for (size_t i = builder->starts[builder->start_count - 1]; i < builder->item_count; i++)
        if (builder->items[i] == item)
            return true;
    return false;
}

static inline void lists_end_row(struct lists_builder *builder)
{
    builder->starts =
        mem_push(builder->starts, builder->start_count, &builder->start_cap, sizeof *builder->starts);
    builder->starts[builder->start_count++] = (uint32_t)builder->item_count;
}

size_t lists_rows(const struct lists_builder *builder);
/* Moves what was built into `lists`; adds the bytes to *memory. */
void lists_finish(struct lists_builder *builder, struct lists *lists, size_t *memory);
void lists_free(struct lists *lists);

/* One of the two halves in which columns are loaded, by two threads where there are two readers: each fills
 * columns of its own, and reads but those that were there before. */
struct loading {
    struct shim_reader *reader;
    struct columns *columns;
    struct error *error;
    size_t memory; /* what this half adds to the columns' */
    enum shim_status status;
    struct reference_entry *references; /* while references are numbered */
    struct sort_item *items;            /* while a sort key is ranked */
    size_t item_count;
    struct facet_loading *facet;      /* the facet whose slot is read, or all facets while releases are */
    struct release_loading *releases; /* while releases are read */
    struct bits with_releases;        /* the documents that have any, in the half that reads them */
};

/* Takes one value; false where it is damaged. */
typedef bool walk_function(struct loading *loading, uint32_t document, const unsigned char *bytes,
                           size_t len);
enum shim_status columns_walk(struct loading *loading, uint32_t slot, walk_function *take);

enum shim_status columns_load_ranks(struct loading *loading);
void columns_free_ranks(struct columns *columns);

/* What is needed of a facet while it is loaded. */
struct facet_loading {
    struct facet_column *column;
    struct strlist spellings;
    int32_t *node_of; /* spelling ordinal to node */
    uint32_t *uses;   /* spelling ordinal to how often it stands */
    struct lists_builder documents;
    struct lists_builder combinations;
    uint32_t next_document;
    bool is_of_releases; /* which are loaded already */
};

/* Adds a spelling's node and the levels above it to the open row, each once; false where there is no such
 * spelling. */
bool columns_push_ordinal(struct facet_loading *facet, struct lists_builder *rows, uint64_t ordinal);
/* Loads the rows of releases, for the facets of releases, whose nodes are there. */
enum shim_status columns_load_releases(struct loading *loading, struct facet_loading *facets);
/* Where a document has releases, what it says over all of them is its nodes: the column counts and filters
 * alike. */
void columns_gather(struct loading *loading, struct facet_column *column);

void columns_begin_facets(struct columns *columns);
enum shim_status columns_load_release_facets(struct loading *loading);
enum shim_status columns_load_record_facets(struct loading *loading);
void columns_free_facets(struct columns *columns);

#endif
