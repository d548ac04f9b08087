/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facets as columns: dictionaries into nodes, slots and rows of releases into lists of nodes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "daemon/search/columns.h"
#include "daemon/search/columns_internal.h"
#include "indexer/base/hash.h"
#include "indexer/register/key.h"
#include "indexer/store/columns.h"
#include "indexer/store/dictionary.h"

enum {
    RELEASE_VALUES_MAX = 4096, /* values in one row of releases; more is damage */
    EDITION_SIZE = 16,         /* bytes of "YYYY-MM", with room */
    COMBINATION_SLOTS = 1024,  /* of the table of combinations, at first; a power of two */
    COMBINATION_BYTES = 1 << 15,
};

struct name_entry {
    UT_hash_handle hh;
    int32_t node;
    char text[]; /* the hash key, folded */
};

/* The combinations met, found by the bytes of their ordinals: a register has many times more rows than
 * combinations, so the look-up is most of what loading costs. Open addressing, at most half full. */
struct combinations {
    uint32_t *slots; /* number of a combination plus 1; 0 is free */
    size_t slot_count;
    uint64_t *hashes; /* by combination: XXH3 of its bytes */
    size_t *starts;   /* by combination, and the end of the last: in `bytes` */
    char *bytes;
    size_t hash_cap, start_cap, byte_cap;
};

/* What is needed of a facet while it is loaded. */
struct facet_loading {
    struct facet_column *column;
    struct strlist spellings;
    int32_t *node_of; /* spelling ordinal to node */
    uint32_t *uses;   /* spelling ordinal to how often it stands */
    struct lists_builder documents;
    struct lists_builder combinations;
    uint32_t next_document;
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

/* Adds a spelling's node and the levels above it to the open row, each once. */
static bool push_ordinal(struct facet_loading *facet, struct lists_builder *rows, uint64_t ordinal)
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
    while (column_take(&bytes, end, &ordinal)) {
        if (!push_ordinal(facet, &facet->documents, ordinal))
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
    lists_finish(&facet->documents, &facet->column->documents, &loading->columns->memory);
    return status;
}

/* ---- releases ---- */

struct release_loading {
    struct combinations combinations;
    uint64_t noted; /* the edition that was noted last; 0: none */
    struct lists_builder rows;
    uint32_t *counts; /* beside rows */
    size_t count_cap;
    uint32_t next_document;
};

/* Notes that an edition is cumulative: its rows name the months in which they went out. */
static void note_cumulative(struct columns *columns, uint64_t edition, uint64_t *noted)
{
    if (edition == *noted) /* as in nearly every row */
        return;
    *noted = edition;
    char name[EDITION_SIZE];
    snprintf(name, sizeof name, "%04d-%02d", (int)(1900 + (edition - 1) / 12 % 8100),
             (int)((edition - 1) % 12 + 1));
    strlist_add_unique(&columns->cumulative, name);
}

/* Takes count, month and editions of a row; false where it is damaged. */
static bool take_row_head(struct loading *loading, const unsigned char **at, const unsigned char *end,
                          uint64_t *ret_count)
{
    uint64_t month, editions, edition;
    if (!column_take(at, end, ret_count) || !column_take(at, end, &month) || !column_take(at, end, &editions))
        return false;
    for (uint64_t i = 0; i < editions; i++) {
        if (!column_take(at, end, &edition))
            return false;
        if (month && edition)
            note_cumulative(loading->columns, edition, &loading->releases->noted);
    }
    return true;
}

/* Finds where the values of a row end; false where it is damaged. */
static bool skip_values(const unsigned char **at, const unsigned char *end, size_t facets)
{
    for (size_t facet = 0; facet < facets; facet++) {
        uint64_t values, ordinal;
        if (!column_take(at, end, &values) || values > RELEASE_VALUES_MAX)
            return false;
        for (uint64_t i = 0; i < values; i++)
            if (!column_take(at, end, &ordinal))
                return false;
    }
    return true;
}

/* Lists the nodes of a new combination in each release facet; the bytes were walked once already. */
static bool enter_values(struct loading *loading, const unsigned char *at, const unsigned char *end)
{
    for (size_t i = 0; i < loading->columns->release_facet_count; i++) {
        struct facet_loading *facet = &loading->facet[i];
        uint64_t values, ordinal;
        column_take(&at, end, &values);
        for (uint64_t v = 0; v < values; v++) {
            column_take(&at, end, &ordinal);
            if (!push_ordinal(facet, &facet->combinations, ordinal))
                return false;
        }
        if (values == 0)
            lists_push(&facet->combinations, NODE_NONE);
        lists_end_row(&facet->combinations);
    }
    return true;
}

static void grow_slots(struct combinations *combinations, size_t count)
{
    size_t slot_count = combinations->slot_count ? 2 * combinations->slot_count : COMBINATION_SLOTS;
    uint32_t *slots = mem_zero(slot_count, sizeof *slots);
    for (size_t i = 0; i < count; i++) {
        size_t slot = combinations->hashes[i] % slot_count;
        while (slots[slot])
            slot = (slot + 1) % slot_count;
        slots[slot] = (uint32_t)i + 1;
    }
    free(combinations->slots);
    combinations->slots = slots;
    combinations->slot_count = slot_count;
}

/* Adds the combination of that number, which is the next. */
static void add_combination(struct combinations *combinations, size_t number, size_t slot, uint64_t hash,
                            const unsigned char *bytes, size_t len)
{
    size_t start = number ? combinations->starts[number] : 0;
    while (start + len > combinations->byte_cap) {
        combinations->byte_cap = combinations->byte_cap ? 2 * combinations->byte_cap : COMBINATION_BYTES;
        combinations->bytes = mem_grow(combinations->bytes, combinations->byte_cap, 1);
    }
    memcpy(combinations->bytes + start, bytes, len);
    combinations->hashes =
        mem_push(combinations->hashes, number, &combinations->hash_cap, sizeof *combinations->hashes);
    combinations->hashes[number] = hash;
    combinations->starts =
        mem_push(combinations->starts, number + 1, &combinations->start_cap, sizeof *combinations->starts);
    combinations->starts[number] = start;
    combinations->starts[number + 1] = start + len;
    combinations->slots[slot] = (uint32_t)number + 1;
}

/* The number of a combination, entered where it is new; false where it is damaged. */
static bool find_combination(struct loading *loading, const unsigned char *bytes, const unsigned char *end,
                             uint32_t *ret_number)
{
    struct combinations *combinations = &loading->releases->combinations;
    size_t len = (size_t)(end - bytes), *count = &loading->columns->combination_count;
    if (2 * *count >= combinations->slot_count)
        grow_slots(combinations, *count);
    uint64_t hash = XXH3_64bits(bytes, len);
    size_t slot = hash % combinations->slot_count;
    for (; combinations->slots[slot]; slot = (slot + 1) % combinations->slot_count) {
        uint32_t number = combinations->slots[slot] - 1;
        size_t start = combinations->starts[number];
        if (combinations->hashes[number] != hash || combinations->starts[number + 1] - start != len ||
            memcmp(combinations->bytes + start, bytes, len) != 0)
            continue;
        *ret_number = number;
        return true;
    }
    if (!enter_values(loading, bytes, end))
        return false;
    *ret_number = (uint32_t)*count;
    add_combination(combinations, (*count)++, slot, hash, bytes, len);
    return true;
}

/* Adds a row of the open document: one entry for each distinct combination, counts summed. */
static void add_row(struct release_loading *releases, uint32_t combination, uint32_t count)
{
    struct lists_builder *rows = &releases->rows;
    for (size_t i = rows->starts[rows->start_count - 1]; i < rows->item_count; i++) {
        if (rows->items[i] == combination) {
            releases->counts[i] += count;
            return;
        }
    }
    releases->counts = mem_push(releases->counts, rows->item_count, &releases->count_cap, sizeof(uint32_t));
    releases->counts[rows->item_count] = count;
    lists_push(rows, combination);
}

static bool take_releases(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    struct release_loading *releases = loading->releases;
    const unsigned char *end = bytes + len;
    for (; releases->next_document < document; releases->next_document++)
        lists_end_row(&releases->rows);
    loading->columns->states[document] |= DOCUMENT_HAS_RELEASES;
    uint64_t row_count, count;
    if (!column_take(&bytes, end, &row_count))
        return false;
    for (uint64_t row = 0; row < row_count; row++) {
        if (!take_row_head(loading, &bytes, end, &count))
            return false;
        const unsigned char *values = bytes;
        if (!skip_values(&bytes, end, loading->columns->release_facet_count))
            return false;
        uint32_t combination;
        if (!find_combination(loading, values, bytes, &combination))
            return false;
        add_row(releases, combination, (uint32_t)count);
    }
    lists_end_row(&releases->rows);
    releases->next_document++;
    return bytes == end;
}

static void free_combinations(struct combinations *combinations)
{
    free(combinations->slots);
    free(combinations->hashes);
    free(combinations->starts);
    free(combinations->bytes);
}

static enum shim_status load_releases(struct loading *loading, struct facet_loading *facets)
{
    struct columns *columns = loading->columns;
    struct release_loading releases = {0};
    loading->facet = facets;
    loading->releases = &releases;
    lists_begin(&releases.rows);
    for (size_t i = 0; i < columns->release_facet_count; i++)
        lists_begin(&facets[i].combinations);
    enum shim_status status = columns_walk(loading, SLOT_RELEASES, take_releases);
    for (; releases.next_document < columns->bits; releases.next_document++)
        lists_end_row(&releases.rows);
    columns->row_counts = mem_grow(releases.counts, releases.rows.item_count, sizeof(uint32_t));
    columns->memory += releases.rows.item_count * sizeof(uint32_t);
    lists_finish(&releases.rows, &columns->rows, &columns->memory);
    for (size_t i = 0; i < columns->release_facet_count; i++)
        lists_finish(&facets[i].combinations, &facets[i].column->combinations, &columns->memory);
    free_combinations(&releases.combinations);
    return status;
}

/* Where a document has releases, what it says over all of them is its nodes: the column counts and filters
 * alike. */
static void gather_from_releases(struct columns *columns, struct facet_column *column)
{
    const struct lists *from = &column->documents, *combinations = &column->combinations;
    size_t *met =
        mem_zero(column->node_count, sizeof *met); /* by node: the document that has it last, plus 1 */
    struct lists_builder rows;
    lists_begin(&rows);
    for (size_t document = 0; document < columns->bits; document++) {
        uint32_t first = from->starts[document], last = from->starts[document + 1];
        uint32_t row = columns->rows.starts[document], row_end = columns->rows.starts[document + 1];
        if (!(columns->states[document] & DOCUMENT_HAS_RELEASES) || row == row_end) {
            for (; first < last; first++)
                lists_push(&rows, from->items[first]);
        }
        for (; row < row_end; row++) {
            uint32_t combination = columns->rows.items[row];
            for (uint32_t i = combinations->starts[combination]; i < combinations->starts[combination + 1];
                 i++) {
                uint32_t node = combinations->items[i];
                if (met[node] != document + 1)
                    lists_push(&rows, node);
                met[node] = document + 1;
            }
        }
        lists_end_row(&rows);
    }
    free(met);
    lists_free(&column->documents);
    size_t ignored = 0; /* the old list was counted, and is of nearly the same size */
    lists_finish(&rows, &column->documents, &ignored);
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

enum shim_status columns_load_facets(struct loading *loading)
{
    struct columns *columns = loading->columns;
    const struct field *const *fields = field_facets(&columns->facet_count);
    columns->facets = mem_zero(columns->facet_count, sizeof *columns->facets);
    while (columns->release_facet_count < columns->facet_count &&
           fields[columns->release_facet_count]->use & FIELD_USE_RELEASE)
        columns->release_facet_count++;
    struct facet_loading *facets = mem_zero(columns->facet_count, sizeof *facets);
    enum shim_status status = SHIM_OK;
    for (size_t i = 0; i < columns->facet_count && status == SHIM_OK; i++) {
        columns->facets[i].field = fields[i];
        facets[i].column = &columns->facets[i];
        if (load_nodes(loading->reader, (int)i, &facets[i], loading->error) != 0)
            status = SHIM_DAMAGED;
        else
            status = load_facet_documents(loading, &facets[i]);
    }
    if (status == SHIM_OK)
        status = load_releases(loading, facets);
    for (size_t i = 0; i < columns->facet_count && status == SHIM_OK; i++) {
        label_nodes(&facets[i]);
        if (i < columns->release_facet_count)
            gather_from_releases(columns, &columns->facets[i]);
        count_totals(columns, &columns->facets[i]);
    }
    free_loading(facets, columns->facet_count);
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
