/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facets as columns: dictionaries into nodes, slots and rows of releases into lists of nodes. */
#include <stdlib.h>
#include <string.h>

#include "daemon/search/columns.h"
#include "daemon/search/columns_internal.h"
#include "indexer/base/hash.h"
#include "indexer/register/key.h"
#include "indexer/store/columns.h"
#include "indexer/store/dictionary.h"

struct name_entry {
    UT_hash_handle hh;
    int32_t node;
    char text[]; /* the hash key, folded */
};

/* ---- nodes ---- */

/* What a spelling is looked up by. A group is known by an id, letter for letter: there is one for nearly
 * every record, and ids that fold alike are different records. */
static char *name_of(const struct field *facet, const char *spelling)
{
    return facet->kind == FIELD_DERIVED ? mem_text(spelling) : key_fold(spelling);
}

static void name_node(struct facet_column *column, const char *name, int32_t node)
{
    MEM_AUTO char *folded = name_of(column->field, name);
    struct name_entry *entry;
    HASH_FIND_STR(column->by_name, folded, entry);
    if (entry)
        return;
    size_t len = strlen(folded);
    entry = mem_zero(1, sizeof *entry + len + 1);
    memcpy(entry->text, folded, len);
    entry->node = node;
    HASH_ADD_STR(column->by_name, text, entry);
}

int32_t columns_node(const struct facet_column *column, const char *value)
{
    if (strcmp(value, column->nodes[NODE_NONE].key) == 0)
        return NODE_NONE;
    MEM_AUTO char *folded = name_of(column->field, value);
    struct name_entry *entry;
    HASH_FIND_STR(column->by_name, folded, entry);
    if (!entry) {
        MEM_AUTO char *key = field_key(column->field, value);
        MEM_AUTO char *folded_key = name_of(column->field, key);
        HASH_FIND_STR(column->by_name, folded_key, entry);
    }
    return entry ? entry->node : NODE_UNKNOWN;
}

void columns_each_name(const struct facet_column *column,
                       void (*take)(void *context, const char *name, int32_t node), void *context)
{
    for (const struct name_entry *entry = column->by_name; entry; entry = entry->hh.next)
        take(context, entry->text, entry->node);
}

static int32_t add_node(struct facet_column *column, const char *key, int32_t parent)
{
    column->nodes = mem_push(column->nodes, column->node_count, &column->node_cap, sizeof *column->nodes);
    column->nodes[column->node_count] = (struct node){.key = mem_text(key), .label = NULL, .parent = parent};
    return (int32_t)column->node_count++;
}

/* The node of a key, made with the levels above it where there is none. */
static int32_t enter_key(struct facet_column *column, const char *key)
{
    MEM_AUTO char *folded = name_of(column->field, key);
    struct name_entry *entry;
    HASH_FIND_STR(column->by_name, folded, entry);
    if (entry)
        return entry->node;
    int32_t parent = NODE_NO_PARENT;
    if (column->field->kind == FIELD_PATHS) {
        const char *last = NULL;
        for (const char *at = key; (at = strstr(at, FIELD_PATH_SEPARATOR));
             at += strlen(FIELD_PATH_SEPARATOR))
            last = at;
        if (last) {
            MEM_AUTO char *above = mem_copy(key, (size_t)(last - key));
            parent = enter_key(column, above);
        }
    }
    int32_t node = add_node(column, key, parent);
    name_node(column, key, node);
    if (column->field->kind == FIELD_PATHS)
        strlist_add(&column->paths, key);
    return node;
}

static int load_nodes(struct shim_reader *reader, int facet, struct facet_loading *loading,
                      struct error *error)
{
    struct facet_column *column = loading->column;
    add_node(column, "(none)", NODE_NO_PARENT);
    if (dictionary_load(reader, facet, &loading->spellings, error) != 0)
        return -1;
    loading->node_of = mem_zero(loading->spellings.len, sizeof *loading->node_of);
    loading->uses = mem_zero(loading->spellings.len, sizeof *loading->uses);
    for (size_t i = 0; i < loading->spellings.len; i++) {
        MEM_AUTO char *key = field_key(column->field, loading->spellings.items[i]);
        loading->node_of[i] = enter_key(column, key);
    }
    for (size_t i = 0; i < loading->spellings.len; i++)
        name_node(column, loading->spellings.items[i], loading->node_of[i]);
    return 0;
}

/* The label is the spelling that stands most often, the first by bytes among equals; of a path, the path. */
static void label_nodes(struct facet_loading *loading)
{
    struct facet_column *column = loading->column;
    uint32_t *best = mem_zero(column->node_count, sizeof *best);
    for (size_t i = 0; i < loading->spellings.len && column->field->kind != FIELD_PATHS; i++) {
        int32_t node = loading->node_of[i];
        char **label = &column->nodes[node].label;
        const char *spelling = loading->spellings.items[i];
        bool better = !*label || loading->uses[i] > best[node] ||
                      (loading->uses[i] == best[node] && strcmp(spelling, *label) < 0);
        if (!better)
            continue;
        free(*label);
        *label = mem_text(spelling);
        best[node] = loading->uses[i];
    }
    for (size_t node = 0; node < column->node_count; node++)
        if (!column->nodes[node].label)
            column->nodes[node].label = mem_text(column->nodes[node].key);
    free(best);
}

/* ---- documents ---- */

bool columns_push_ordinal(struct facet_loading *facet, struct lists_builder *rows, uint64_t ordinal)
{
    if (ordinal >= facet->spellings.len)
        return false;
    for (int32_t node = facet->node_of[ordinal]; node != NODE_NO_PARENT;
         node = facet->column->nodes[node].parent)
        if (!lists_row_has(rows, (uint32_t)node))
            lists_push(rows, (uint32_t)node);
    return true;
}

/* Ends the rows of documents before `document`; those that are there but have no value get "(none)". */
static void close_rows(struct loading *loading, uint32_t document)
{
    struct facet_loading *facet = loading->facet;
    for (; facet->next_document < document; facet->next_document++) {
        if (loading->columns->states[facet->next_document] & DOCUMENT_IS_THERE)
            lists_push(&facet->documents, NODE_NONE);
        lists_end_row(&facet->documents);
    }
}

static bool take_ordinals(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    struct facet_loading *facet = loading->facet;
    const unsigned char *end = bytes + len;
    close_rows(loading, document);
    uint64_t ordinal;
    const struct lists *rows = facet->is_of_releases ? &loading->columns->rows : NULL;
    bool is_gathered = rows && rows->starts[document] < rows->starts[document + 1]; /* anew, from those */
    while (column_take(&bytes, end, &ordinal)) {
        if (ordinal >= facet->spellings.len ||
            (!is_gathered && !columns_push_ordinal(facet, &facet->documents, ordinal)))
            return false;
        facet->uses[ordinal]++;
    }
    lists_end_row(&facet->documents);
    facet->next_document++;
    return bytes == end;
}

static enum shim_status load_facet_documents(struct loading *loading, struct facet_loading *facet)
{
    loading->facet = facet;
    lists_begin(&facet->documents);
    enum shim_status status = columns_walk(loading, (uint32_t)facet->column->field->slot, take_ordinals);
    if (status == SHIM_OK)
        close_rows(loading, (uint32_t)loading->columns->bits);
    size_t gone = 0; /* with the list, once it has been gathered from releases */
    lists_finish(&facet->documents, &facet->column->documents,
                 facet->is_of_releases ? &gone : &loading->memory);
    return status;
}

/* ---- counts ---- */

static inline void count_items(const struct lists *lists, size_t first, size_t end, uint32_t *counts)
{
    const uint32_t *item = lists->items + lists->starts[first], *last = lists->items + lists->starts[end];
    for (; item < last; item++)
        counts[*item]++;
}

void columns_count(const struct lists *lists, const struct bits *documents, uint32_t *counts)
{
    enum { BITS = 64 };
    for (size_t i = 0; i < bits_words(documents->count); i++) {
        uint64_t word = documents->words[i];
        if (word == UINT64_MAX) {
            count_items(lists, i * BITS, (i + 1) * BITS, counts);
            continue;
        }
        for (; word; word &= word - 1) {
            size_t document = i * BITS + (size_t)__builtin_ctzll(word);
            count_items(lists, document, document + 1, counts);
        }
    }
}

static void count_totals(const struct columns *columns, struct facet_column *column)
{
    column->totals = mem_zero(column->node_count, sizeof *column->totals);
    columns_count(&column->documents, &columns->current, column->totals);
}

/* ---- all together ---- */

static void free_loading(struct facet_loading *facets, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        strlist_free(&facets[i].spellings);
        free(facets[i].node_of);
        free(facets[i].uses);
    }
    free(facets);
}

void columns_begin_facets(struct columns *columns)
{
    const struct field *const *fields = field_facets(&columns->facet_count);
    columns->facets = mem_zero(columns->facet_count, sizeof *columns->facets);
    for (size_t i = 0; i < columns->facet_count; i++)
        columns->facets[i].field = fields[i];
    while (columns->release_facet_count < columns->facet_count &&
           fields[columns->release_facet_count]->use & FIELD_USE_RELEASE)
        columns->release_facet_count++;
}

/* What `count` facets are loaded with, from the `first` on, *new*: their dictionaries, first of all. NULL
 * with an error where one cannot be read. */
static struct facet_loading *begin_facets(struct loading *loading, size_t first, size_t count)
{
    struct facet_loading *facets = mem_zero(count, sizeof *facets);
    for (size_t i = 0; i < count; i++) {
        facets[i].column = &loading->columns->facets[first + i];
        if (load_nodes(loading->reader, (int)(first + i), &facets[i], loading->error) == 0)
            continue;
        free_loading(facets, count);
        return NULL;
    }
    return facets;
}

static enum shim_status load_documents(struct loading *loading, struct facet_loading *facets, size_t count)
{
    enum shim_status status = SHIM_OK;
    for (size_t i = 0; i < count && status == SHIM_OK; i++) {
        status = load_facet_documents(loading, &facets[i]);
        if (status == SHIM_OK)
            label_nodes(&facets[i]);
    }
    return status;
}

enum shim_status columns_load_release_facets(struct loading *loading)
{
    struct columns *columns = loading->columns;
    size_t count = columns->release_facet_count;
    struct facet_loading *facets = begin_facets(loading, 0, count);
    if (!facets)
        return SHIM_DAMAGED;
    enum shim_status status = columns_load_releases(loading, facets);
    for (size_t i = 0; i < count; i++)
        facets[i].is_of_releases = true;
    if (status == SHIM_OK)
        status = load_documents(loading, facets, count);
    for (size_t i = 0; i < count && status == SHIM_OK; i++) {
        columns_gather(loading, &columns->facets[i]);
        count_totals(columns, &columns->facets[i]);
    }
    free_loading(facets, count);
    return status;
}

enum shim_status columns_load_record_facets(struct loading *loading)
{
    struct columns *columns = loading->columns;
    size_t first = columns->release_facet_count, count = columns->facet_count - first;
    struct facet_loading *facets = begin_facets(loading, first, count);
    if (!facets)
        return SHIM_DAMAGED;
    enum shim_status status = load_documents(loading, facets, count);
    for (size_t i = first; i < columns->facet_count && status == SHIM_OK; i++)
        count_totals(columns, &columns->facets[i]);
    free_loading(facets, count);
    return status;
}

void columns_free_facets(struct columns *columns)
{
    for (size_t i = 0; i < columns->facet_count; i++) {
        struct facet_column *column = &columns->facets[i];
        for (size_t node = 0; node < column->node_count; node++) {
            free(column->nodes[node].key);
            free(column->nodes[node].label);
        }
        free(column->nodes);
        struct name_entry *entry, *next;
        HASH_ITER(hh, column->by_name, entry, next)
        {
            HASH_DEL(column->by_name, entry);
            free(entry);
        }
        strlist_free(&column->paths);
        lists_free(&column->documents);
        lists_free(&column->combinations);
        free(column->totals);
    }
    free(columns->facets);
    lists_free(&columns->rows);
    free(columns->row_counts);
}
