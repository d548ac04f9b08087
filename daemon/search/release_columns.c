/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of releases as columns: what each says is a combination of values, kept once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "daemon/search/columns.h"
#include "daemon/search/columns_internal.h"
#include "indexer/store/columns.h"

enum {
    RELEASE_VALUES_MAX = 4096, /* values in one row of releases; more is damage */
    EDITION_SIZE = 16,         /* bytes of "YYYY-MM", with room */
    COMBINATION_SLOTS = 1024,  /* of the table of combinations, at first; a power of two */
    COMBINATION_BYTES = 1 << 15,
    NOTED_MAX = 64, /* cumulative editions that are known without looking for their names */
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

struct release_loading {
    struct combinations combinations;
    uint64_t noted[NOTED_MAX]; /* editions that have been noted */
    size_t noted_count;
    struct lists_builder rows;
    uint32_t *counts; /* beside rows */
    size_t count_cap;
    uint32_t next_document;
};

/* Notes that an edition is cumulative: its rows name the months in which they went out. */
static void note_cumulative(struct columns *columns, struct release_loading *releases, uint64_t edition)
{
    for (size_t i = 0; i < releases->noted_count; i++)
        if (releases->noted[i] == edition) /* as in nearly every row */
            return;
    if (releases->noted_count < NOTED_MAX)
        releases->noted[releases->noted_count++] = edition;
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
            note_cumulative(loading->columns, loading->releases, edition);
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
            if (!columns_push_ordinal(facet, &facet->combinations, ordinal))
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
    bits_set(&loading->with_releases, document);
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

enum shim_status columns_load_releases(struct loading *loading, struct facet_loading *facets)
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
    loading->memory += releases.rows.item_count * sizeof(uint32_t);
    lists_finish(&releases.rows, &columns->rows, &loading->memory);
    for (size_t i = 0; i < columns->release_facet_count; i++)
        lists_finish(&facets[i].combinations, &facets[i].column->combinations, &loading->memory);
    free_combinations(&releases.combinations);
    return status;
}

void columns_gather(struct loading *loading, struct facet_column *column)
{
    const struct columns *columns = loading->columns;
    const struct lists *from = &column->documents, *combinations = &column->combinations;
    size_t *met =
        mem_zero(column->node_count, sizeof *met); /* by node: the document that has it last, plus 1 */
    struct lists_builder rows;
    lists_begin(&rows);
    for (size_t document = 0; document < columns->bits; document++) {
        uint32_t first = from->starts[document], last = from->starts[document + 1];
        uint32_t row = columns->rows.starts[document], row_end = columns->rows.starts[document + 1];
        if (row == row_end) {
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
    lists_finish(&rows, &column->documents, &loading->memory);
}
