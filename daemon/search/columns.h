/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns: what every document says, as flat arrays, loaded once an epoch and then only read, by all workers.
 *
 * A facet's values are nodes: 0 is "(none)", the others are the distinct keys (for paths every level is a
 * node). A document's nodes are listed once each, the levels above them included, so that counting is one
 * pass over an array. Rows of releases say the same in many agreements: a combination of values is kept once,
 * and a document lists its combinations with the number of rows.
 *
 * "(none)" is a value too: of a record that has no value, and of a release that states none.
 */
#ifndef PURPOSED_SEARCH_COLUMNS_H
#define PURPOSED_SEARCH_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/search/bits.h"
#include "indexer/base/error.h"
#include "indexer/register/field.h"
#include "indexer/store/text_store.h"
#include "shim/shim.h"

enum { NODE_NONE = 0, NODE_NO_PARENT = -1, NODE_UNKNOWN = -1 };

struct node {
    char *key;      /* what filters and replies call it; a path for hierarchical facets */
    char *label;    /* the most frequent spelling; for paths the key itself */
    int32_t parent; /* NODE_NO_PARENT at the top */
};

/* Lists of numbers, one a row: row r has items[starts[r]] to items[starts[r + 1] - 1]. */
struct lists {
    uint32_t *starts;
    uint32_t *items;
    size_t rows;
};

struct facet_column {
    const struct field *field;
    struct node *nodes;
    size_t node_count, node_cap;
    struct name_entry *by_name; /* key, label and every spelling met to node */
    struct strlist paths;       /* hierarchical facets: every node's path, for resolving what people type */
    struct lists documents;     /* document to nodes */
    struct lists combinations;  /* release facets: combination of values to nodes */
    uint32_t *totals;           /* by node: how many current documents have it */
};

enum document_state { DOCUMENT_IS_THERE = 1, DOCUMENT_IS_OLD = 2, DOCUMENT_HAS_RELEASES = 4 };

enum sort_key {
    SORT_START,
    SORT_END,
    SORT_RELEASED,
    SORT_CHANGED,
    SORT_ORGANISATION,
    SORT_TITLE,
    SORT_ID,
    SORT_PAGE_FILES,
    SORT_KEY_COUNT,
    SORT_RELEVANCE,
};

struct document_dates {
    uint32_t start, end, changed;        /* as column_day */
    uint32_t released_from, released_to; /* as column_month */
};

/* The distinct values of a sort key in ascending order: that of rank r is the r - 1st. */
struct sort_values {
    char **texts;      /* NULL: the values are numbers */
    uint32_t *numbers; /* NULL: the values are texts */
    size_t count;
};

struct columns {
    size_t bits; /* size of every set of documents: highest document number + 1 */
    uint32_t record_count;
    uint8_t *states; /* enum document_state, by document */
    struct bits current, all;
    struct text_address *addresses;
    char **ids;
    uint32_t *references; /* a number for each reference, equal for its statements */
    size_t reference_count;
    uint32_t *agreements; /* a number for each agreement, equal for its versions and older texts */
    uint32_t *versions;   /* among an agreement's, higher is newer, equal is the same version */
    uint32_t (*part_starts)[FIELD_PART_COUNT];
    uint64_t (*part_hashes)[FIELD_PART_COUNT]; /* column_part_hash() of each part; 0 where there is none */
    struct document_dates *dates;
    /* By sort key and document: 1 and up in ascending order, equal keys equal; 0 where there is none. No two
     * documents have one rank of SORT_ID. */
    uint32_t *ranks[SORT_KEY_COUNT];
    struct sort_values values[SORT_KEY_COUNT];
    struct facet_column *facets; /* in the order of field_facets() */
    size_t facet_count, release_facet_count;
    struct lists rows;    /* document to combinations, one for each distinct one */
    uint32_t *row_counts; /* beside rows.items: rows of the source */
    size_t combination_count;
    struct agreement_entry *by_agreement; /* agreement to its documents, newest version first */
    struct strlist
        cumulative; /* editions whose releases name their months: they list all that went out so far */
    size_t memory;  /* bytes, about */
};

/* Loads everything. `second` is another reader of the same commit, for a thread beside this one, or NULL.
 * SHIM_OK, or what a reader said (SHIM_CHANGED: again on a fresh one) with `error` set. */
enum shim_status columns_load(struct shim_reader *reader, struct shim_reader *second,
                              struct columns **ret_columns, struct error *error);
void columns_free(struct columns *columns);

/* Adds one to a node's count for each of the documents that has it. */
void columns_count(const struct lists *lists, const struct bits *documents, uint32_t *counts);
/* The node of a value given by key, label or any spelling met; NODE_UNKNOWN where there is none. */
int32_t columns_node(const struct facet_column *facet, const char *value);
/* Calls `take` with every name by which columns_node knows a value, folded as key_fold does. */
void columns_each_name(const struct facet_column *facet,
                       void (*take)(void *context, const char *name, int32_t node), void *context);
/* All documents of the agreement that a document belongs to, older texts included, *borrowed*. */
const uint32_t *columns_texts(const struct columns *columns, uint32_t document, size_t *ret_count);
/* The id of the record that a document is a text of, *new*: an older text's without "@" and its edition. */
char *columns_base_id(const struct columns *columns, uint32_t document);
/* Whether the document's own text is that of the edition ("YYYY-MM"). */
bool columns_has_edition(const struct columns *columns, uint32_t document, const char *edition);
/* The current documents of an agreement, newest version first, *borrowed*; `*ret_count` 0 where there are
 * none. */
const uint32_t *columns_agreement(const struct columns *columns, const char *agreement, size_t *ret_count);
/* How many values of a sort key are smaller than this one (`text`, or `number` where the key's values are
 * numbers); *ret_is_there says whether any document has it. */
size_t columns_values_below(const struct columns *columns, enum sort_key key, const char *text,
                            uint32_t number, bool *ret_is_there);

#endif
