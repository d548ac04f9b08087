/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/count.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/json_text.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"

/* ---- records ---- */

static void add_list(uint32_t *counts, const struct lists *lists, size_t row)
{
    for (uint32_t i = lists->starts[row]; i < lists->starts[row + 1]; i++)
        counts[lists->items[i]]++;
}

/* Whether a selection of another release facet stands: then only some rows of a document speak for this
 * facet. */
static bool rows_are_restricted(const struct request *request, const struct columns *columns, int facet)
{
    if ((size_t)facet >= columns->release_facet_count)
        return false;
    for (size_t other = 0; other < columns->release_facet_count; other++)
        if ((int)other != facet && request->selections[other].is_set)
            return true;
    return false;
}

/* Whether a row meets all selections of release facets, this facet's own set aside. */
static bool row_speaks(const struct filtered *filtered, uint32_t combination, int facet)
{
    if (!filtered->combinations)
        return true;
    int16_t verdict = filtered->combinations[combination];
    return verdict == FILTER_PASSES || verdict == facet;
}

uint32_t *count_records(const struct request *request, const struct columns *columns,
                        const struct filtered *filtered, int facet)
{
    const struct facet_column *column = &columns->facets[facet];
    uint32_t *counts = mem_zero(column->node_count, sizeof *counts);
    bool restricted = rows_are_restricted(request, columns, facet);
    uint32_t *seen = restricted ? mem_zero(column->node_count, sizeof *seen) : NULL;
    BITS_EACH(filtered_for(filtered, facet), document)
    {
        if (!restricted || !filter_asks_rows(request, columns, (uint32_t)document)) {
            add_list(counts, &column->documents, document);
            continue;
        }
        for (uint32_t row = columns->rows.starts[document]; row < columns->rows.starts[document + 1]; row++) {
            uint32_t combination = columns->rows.items[row];
            if (!row_speaks(filtered, combination, facet))
                continue;
            const struct lists *lists = &column->combinations;
            for (uint32_t i = lists->starts[combination]; i < lists->starts[combination + 1]; i++) {
                uint32_t node = lists->items[i];
                counts[node] += seen[node] != document;
                seen[node] = (uint32_t)document;
            }
        }
    }
    free(seen);
    return counts;
}

/* ---- releases ---- */

struct statement {
    uint32_t reference, document;
};

static int by_reference(const void *a, const void *b)
{
    const struct statement *left = a, *right = b;
    if (left->reference != right->reference)
        return left->reference < right->reference ? -1 : 1;
    return (left->document > right->document) - (left->document < right->document);
}

/* The documents of a set, statements of one reference next to each other; *new*. */
static struct statement *sort_by_reference(const struct columns *columns, const struct bits *documents,
                                           size_t *ret_count)
{
    struct statement *statements = mem_zero(bits_total(documents), sizeof *statements);
    size_t count = 0;
    BITS_EACH(documents, document)
    {
        statements[count++] = (struct statement){columns->references[document], (uint32_t)document};
    }
    if (count > 1)
        qsort(statements, count, sizeof *statements, by_reference);
    *ret_count = count;
    return statements;
}

/* Adds each speaking row's count to the values that the row has. */
static void add_rows(const struct columns *columns, const struct filtered *filtered, int facet,
                     uint32_t document, bool all_speak, uint32_t *counts)
{
    const struct lists *lists = &columns->facets[facet].combinations;
    for (uint32_t row = columns->rows.starts[document]; row < columns->rows.starts[document + 1]; row++) {
        uint32_t combination = columns->rows.items[row];
        if (!all_speak && !row_speaks(filtered, combination, facet))
            continue;
        for (uint32_t i = lists->starts[combination]; i < lists->starts[combination + 1]; i++)
            counts[lists->items[i]] += columns->row_counts[row];
    }
}

/* Adds the speaking rows to each value of the record that the reference has not counted yet. */
static void add_rows_of_record(const struct columns *columns, const struct filtered *filtered, int facet,
                               const struct statement *statement, bool all_speak, uint32_t *counted_for,
                               uint32_t *counts)
{
    uint32_t rows = 0;
    for (uint32_t row = columns->rows.starts[statement->document];
         row < columns->rows.starts[statement->document + 1]; row++)
        if (all_speak || row_speaks(filtered, columns->rows.items[row], facet))
            rows += columns->row_counts[row];
    const struct lists *lists = &columns->facets[facet].documents;
    for (uint32_t i = lists->starts[statement->document]; i < lists->starts[statement->document + 1]; i++) {
        uint32_t node = lists->items[i];
        if (counted_for[node] != statement->reference + 1)
            counts[node] += rows;
        counted_for[node] = statement->reference + 1;
    }
}

uint32_t *count_releases(const struct request *request, const struct columns *columns,
                         const struct filtered *filtered, int facet)
{
    const struct facet_column *column = &columns->facets[facet];
    uint32_t *counts = mem_zero(column->node_count, sizeof *counts);
    uint32_t *counted_for = mem_zero(column->node_count, sizeof *counted_for);
    size_t count;
    struct statement *statements = sort_by_reference(columns, filtered_for(filtered, facet), &count);
    bool all_speak = !request->same_release;
    for (size_t i = 0; i < count; i++) {
        bool repeated = i > 0 && statements[i].reference == statements[i - 1].reference;
        if ((size_t)facet >= columns->release_facet_count)
            add_rows_of_record(columns, filtered, facet, &statements[i], all_speak, counted_for, counts);
        else if (!repeated)
            add_rows(columns, filtered, facet, statements[i].document, all_speak, counts);
    }
    free(statements);
    free(counted_for);
    return counts;
}

/* ---- values ---- */

struct value {
    int32_t node;
    uint32_t count;
    const char *key;
};

static int by_count(const void *a, const void *b)
{
    const struct value *left = a, *right = b;
    if (left->count != right->count)
        return left->count > right->count ? -1 : 1;
    return strcmp(left->key, right->key);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct value *)a)->key, ((const struct value *)b)->key);
}

static bool is_selected(const struct selection *selection, int32_t node)
{
    for (size_t i = 0; i < selection->count; i++)
        if (selection->nodes[i] == node)
            return true;
    return false;
}

static bool label_contains(const struct node *node, const char *contains)
{
    if (!contains)
        return true;
    MEM_AUTO char *label = key_fold(node->label);
    return strstr(label, contains) != NULL;
}

/* Whether a node is among the values asked: a child of `parent` (or of the top) that counts something. */
static bool is_listed(const struct counted *counted, const struct node *node, int32_t number, uint32_t count)
{
    if (count == 0 || (counted->has_parent && number == NODE_NONE))
        return false;
    bool in_place = counted->has_parent ? counted->parent != NODE_UNKNOWN && node->parent == counted->parent
                                        : node->parent == NODE_NO_PARENT;
    /* A search among the values looks at every level. */
    return (in_place || (counted->contains && !counted->has_parent)) &&
           label_contains(node, counted->contains);
}

static void put_value(struct buf *to, const struct facet_column *column, const struct value *value,
                      bool selected, const uint32_t *counts)
{
    size_t children = 0;
    for (size_t node = 0; column->field->kind == FIELD_PATHS && node < column->node_count; node++)
        children += column->nodes[node].parent == value->node && counts[node] > 0;
    json_text_comma(to);
    buf_byte(to, '{');
    json_text_member(to, "value");
    json_text_or_null(to, value->key);
    json_text_member(to, "label");
    json_text_or_null(to, column->nodes[value->node].label);
    json_text_member(to, "count");
    json_text_number(to, value->count);
    json_text_member(to, "selected");
    buf_text(to, selected ? "true" : "false");
    json_text_member(to, "children");
    json_text_number(to, (long long)children);
    const char *explanation =
        strcmp(column->field->facet, "legal_basis") == 0 ? legal_basis_explain(value->key) : NULL;
    if (explanation) {
        json_text_member(to, "explanation");
        json_text_or_null(to, explanation);
    }
    buf_byte(to, '}');
}

/* Chosen values that nothing has: shown with 0, as typed. */
static void put_unknown(struct buf *to, const struct selection *selection)
{
    for (size_t i = 0; i < selection->unknown.len; i++) {
        json_text_comma(to);
        buf_byte(to, '{');
        json_text_member(to, "value");
        json_text_or_null(to, selection->unknown.items[i]);
        json_text_member(to, "label");
        json_text_or_null(to, selection->unknown.items[i]);
        buf_text(to, ",\"count\":0,\"selected\":true,\"children\":0}");
    }
}

/* The values asked, in order; *new*. */
static struct value *list_values(const struct facet_column *column, const struct counted *counted,
                                 const uint32_t *counts, size_t *ret_count)
{
    struct value *values = mem_zero(column->node_count, sizeof *values);
    size_t count = 0;
    for (size_t node = 0; node < column->node_count; node++)
        if (is_listed(counted, &column->nodes[node], (int32_t)node, counts[node]))
            values[count++] = (struct value){(int32_t)node, counts[node], column->nodes[node].key};
    if (count > 1)
        qsort(values, count, sizeof *values, counted->by_value ? by_key : by_count);
    *ret_count = count;
    return values;
}

void count_put(struct buf *to, const struct request *request, const struct columns *columns,
               const struct counted *counted, const uint32_t *counts, size_t *ret_total)
{
    const struct facet_column *column = &columns->facets[counted->facet];
    const struct selection *selection = &request->selections[counted->facet];
    size_t count;
    struct value *values = list_values(column, counted, counts, &count);
    struct bits shown = bits_new(column->node_count);
    buf_byte(to, '[');
    for (size_t i = counted->offset; i < count && i - counted->offset < counted->limit; i++) {
        put_value(to, column, &values[i], is_selected(selection, values[i].node), counts);
        bits_set(&shown, (size_t)values[i].node);
    }
    for (size_t i = 0; i < selection->count; i++) {
        int32_t node = selection->nodes[i];
        if (bits_has(&shown, (size_t)node))
            continue;
        struct value value = {node, counts[node], column->nodes[node].key};
        put_value(to, column, &value, true, counts);
    }
    put_unknown(to, selection);
    buf_byte(to, ']');
    bits_free(&shown);
    free(values);
    *ret_total = count;
}
