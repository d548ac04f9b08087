/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/count.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/json_text.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"

/*
 * A tally of one facet. With `newest_version` a value counts the newest version, of each agreement, among the
 * documents that have it: documents come agreement by agreement, and what an older version had added is taken
 * back.
 */
struct tally {
    uint32_t *counts; /* by node */
    bool newest;
    uint32_t *agreements; /* by node, plus 1: whose documents were added last */
    uint32_t *versions, *added;
};

static struct tally tally_new(size_t nodes, bool newest)
{
    struct tally tally = {.counts = mem_zero(nodes, sizeof(uint32_t)), .newest = newest};
    if (newest) {
        tally.agreements = mem_zero(nodes, sizeof(uint32_t));
        tally.versions = mem_zero(nodes, sizeof(uint32_t));
        tally.added = mem_zero(nodes, sizeof(uint32_t));
    }
    return tally;
}

/* The counts; the rest is freed. */
static uint32_t *tally_finish(struct tally *tally)
{
    free(tally->agreements);
    free(tally->versions);
    free(tally->added);
    return tally->counts;
}

/* Takes back what older versions of the agreement added to a node; false where this one is older. */
static bool tally_takes(struct tally *tally, const struct columns *columns, uint32_t document, uint32_t node,
                        uint32_t amount)
{
    uint32_t agreement = columns->agreements[document] + 1, version = columns->versions[document];
    bool is_first = tally->agreements[node] != agreement;
    if (!is_first && version < tally->versions[node])
        return false;
    if (!is_first && version > tally->versions[node])
        tally->counts[node] -= tally->added[node];
    if (is_first || version > tally->versions[node])
        tally->added[node] = 0;
    tally->agreements[node] = agreement;
    tally->versions[node] = version;
    tally->added[node] += amount;
    return true;
}

static inline void tally_add(struct tally *tally, const struct columns *columns, uint32_t document,
                             uint32_t node, uint32_t amount)
{
    if (!tally->newest || tally_takes(tally, columns, document, node, amount))
        tally->counts[node] += amount;
}

/* ---- order ---- */

struct statement {
    uint32_t agreement, version, reference, document;
};

/* Agreement by agreement, and in it reference by reference. */
static int by_reference(const void *a, const void *b)
{
    const struct statement *left = a, *right = b;
    if (left->agreement != right->agreement)
        return left->agreement < right->agreement ? -1 : 1;
    if (left->reference != right->reference)
        return left->reference < right->reference ? -1 : 1;
    return (left->document > right->document) - (left->document < right->document);
}

/* The documents of a set in that order; *new*. */
static struct statement *sort_statements(const struct columns *columns, const struct bits *documents,
                                         size_t *ret_count)
{
    struct statement *statements = mem_zero(bits_total(documents), sizeof *statements);
    size_t count = 0;
    BITS_EACH(documents, document)
    {
        statements[count++] = (struct statement){columns->agreements[document], columns->versions[document],
                                                 columns->references[document], (uint32_t)document};
    }
    if (count > 1)
        qsort(statements, count, sizeof *statements, by_reference);
    *ret_count = count;
    return statements;
}

void keep_newest_versions(const struct columns *columns, struct bits *documents)
{
    size_t count;
    struct statement *statements = sort_statements(columns, documents, &count);
    for (size_t first = 0, last; first < count; first = last) {
        uint32_t newest = 0;
        for (last = first; last < count && statements[last].agreement == statements[first].agreement; last++)
            newest = statements[last].version > newest ? statements[last].version : newest;
        for (size_t i = first; i < last; i++)
            if (statements[i].version < newest)
                bits_clear(documents, statements[i].document);
    }
    free(statements);
}

/* ---- records ---- */

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

/* One facet while its records are counted. */
struct counting {
    const struct columns *columns;
    int facet;
    struct tally tally;
    uint32_t *seen;       /* by node: the document that was added last */
    struct bits speaking; /* see filter_speaking() */
};

static struct counting counting_new(const struct request *request, const struct columns *columns,
                                    const struct filtered *filtered, int facet)
{
    size_t nodes = columns->facets[facet].node_count;
    return (struct counting){.columns = columns,
                             .facet = facet,
                             .tally = tally_new(nodes, request->newest_version),
                             .seen = mem_zero(nodes, sizeof(uint32_t)),
                             .speaking = filter_speaking(filtered, facet)};
}

/* The counts, *new*; the rest is freed. */
static uint32_t *counting_finish(struct counting *counting)
{
    free(counting->seen);
    bits_free(&counting->speaking);
    return tally_finish(&counting->tally);
}

static bool row_speaks(const struct counting *counting, uint32_t combination)
{
    return !counting->speaking.words || bits_has(&counting->speaking, combination);
}

/* Of all current documents most: what the others have is taken off the totals. */
static void count_most(const struct columns *columns, const struct facet_column *column,
                       const struct bits *documents, uint32_t *counts)
{
    BITS_AUTO struct bits others = bits_copy(&columns->current);
    bits_and_not(&others, documents);
    columns_count(&column->documents, &others, counts);
    for (size_t node = 0; node < column->node_count; node++)
        counts[node] = column->totals[node] - counts[node];
}

/* Every value of every document once: nothing stands between a document and what it says over all. */
static uint32_t *count_plainly(const struct columns *columns, const struct bits *documents, int facet)
{
    const struct facet_column *column = &columns->facets[facet];
    uint32_t *counts = mem_zero(column->node_count, sizeof *counts);
    size_t total = bits_total(documents);
    bool are_current = bits_shared(documents, &columns->current) == total;
    if (are_current && 2 * total > columns->record_count)
        count_most(columns, column, documents, counts);
    else
        columns_count(&column->documents, documents, counts);
    return counts;
}

static void add_values(struct counting *counting, uint32_t document)
{
    const struct lists *lists = &counting->columns->facets[counting->facet].documents;
    for (uint32_t i = lists->starts[document]; i < lists->starts[document + 1]; i++)
        tally_add(&counting->tally, counting->columns, document, lists->items[i], 1);
}

/* The values of the rows that speak, each once. */
static void add_values_of_rows(struct counting *counting, uint32_t document)
{
    const struct columns *columns = counting->columns;
    const struct lists *lists = &columns->facets[counting->facet].combinations;
    uint32_t *seen = counting->seen;
    for (uint32_t row = columns->rows.starts[document]; row < columns->rows.starts[document + 1]; row++) {
        uint32_t combination = columns->rows.items[row];
        if (!row_speaks(counting, combination))
            continue;
        for (uint32_t i = lists->starts[combination]; i < lists->starts[combination + 1]; i++) {
            uint32_t node = lists->items[i];
            if (seen[node] == document)
                continue;
            seen[node] = document;
            tally_add(&counting->tally, columns, document, node, 1);
        }
    }
}

static void add_document(struct counting *counting, const struct request *request, bool restricted,
                         uint32_t document)
{
    if (restricted && filter_asks_rows(request, counting->columns, document))
        add_values_of_rows(counting, document);
    else
        add_values(counting, document);
}

uint32_t *count_records(const struct request *request, const struct columns *columns,
                        const struct filtered *filtered, int facet)
{
    bool restricted = rows_are_restricted(request, columns, facet);
    if (!restricted && !request->newest_version)
        return count_plainly(columns, filtered_for(filtered, facet), facet);
    struct counting counting = counting_new(request, columns, filtered, facet);
    const struct bits *documents = filtered_for(filtered, facet);
    if (request->newest_version) {
        size_t count;
        struct statement *statements = sort_statements(columns, documents, &count);
        for (size_t i = 0; i < count; i++)
            add_document(&counting, request, restricted, statements[i].document);
        free(statements);
    } else {
        BITS_EACH(documents, document)
        {
            add_document(&counting, request, restricted, (uint32_t)document);
        }
    }
    return counting_finish(&counting);
}

/* ---- releases ---- */

/* Adds each speaking row's count to the values that the row has. */
static void add_rows(struct counting *counting, uint32_t document, bool all_speak)
{
    const struct columns *columns = counting->columns;
    const struct lists *lists = &columns->facets[counting->facet].combinations;
    for (uint32_t row = columns->rows.starts[document]; row < columns->rows.starts[document + 1]; row++) {
        uint32_t combination = columns->rows.items[row];
        if (!all_speak && !row_speaks(counting, combination))
            continue;
        for (uint32_t i = lists->starts[combination]; i < lists->starts[combination + 1]; i++)
            tally_add(&counting->tally, columns, document, lists->items[i], columns->row_counts[row]);
    }
}

/* Adds the speaking rows to each value of the record that the reference has not counted yet (`seen` holds the
 * reference, plus 1). */
static void add_rows_of_record(struct counting *counting, const struct statement *statement, bool all_speak)
{
    const struct columns *columns = counting->columns;
    uint32_t document = statement->document, rows = 0;
    for (uint32_t row = columns->rows.starts[document]; row < columns->rows.starts[document + 1]; row++)
        if (all_speak || row_speaks(counting, columns->rows.items[row]))
            rows += columns->row_counts[row];
    const struct lists *lists = &columns->facets[counting->facet].documents;
    for (uint32_t i = lists->starts[document]; i < lists->starts[document + 1]; i++) {
        uint32_t node = lists->items[i];
        if (counting->seen[node] != statement->reference + 1)
            tally_add(&counting->tally, columns, document, node, rows);
        counting->seen[node] = statement->reference + 1;
    }
}

uint32_t *count_releases(const struct request *request, const struct columns *columns,
                         const struct filtered *filtered, int facet)
{
    struct counting counting = counting_new(request, columns, filtered, facet);
    size_t count;
    struct statement *statements = sort_statements(columns, filtered_for(filtered, facet), &count);
    bool all_speak = !request->same_release;
    for (size_t i = 0; i < count; i++) {
        bool repeated = i > 0 && statements[i].reference == statements[i - 1].reference;
        if ((size_t)facet >= columns->release_facet_count)
            add_rows_of_record(&counting, &statements[i], all_speak);
        else if (!repeated)
            add_rows(&counting, statements[i].document, all_speak);
    }
    free(statements);
    return counting_finish(&counting);
}

/* ---- values ---- */

enum { INSERTED_MAX = 64 }; /* values up to which the best are kept in order while all are looked at */

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

/* How many values of the level below each node count something, *new*; NULL where there are no levels. */
static uint32_t *count_children(const struct facet_column *column, const uint32_t *counts)
{
    if (column->field->kind != FIELD_PATHS)
        return NULL;
    uint32_t *children = mem_zero(column->node_count, sizeof *children);
    for (size_t node = 0; node < column->node_count; node++)
        if (counts[node] > 0 && column->nodes[node].parent != NODE_NO_PARENT)
            children[column->nodes[node].parent]++;
    return children;
}

static void put_value(struct buf *to, const struct facet_column *column, const struct value *value,
                      bool selected, const uint32_t *children)
{
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
    json_text_number(to, children ? children[value->node] : 0);
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

/* Puts a value in its place among the best so far, of which there are at most `wanted`; returns how many. */
static size_t insert_value(struct value *best, size_t count, size_t wanted, const struct value *value,
                           int (*compare)(const void *, const void *))
{
    if (count == wanted && compare(value, &best[count - 1]) >= 0)
        return count;
    size_t at = count < wanted ? count : count - 1;
    for (; at > 0 && compare(value, &best[at - 1]) < 0; at--)
        best[at] = best[at - 1];
    best[at] = *value;
    return count < wanted ? count + 1 : count;
}

/* The values asked, in order, those behind offset and limit perhaps left out; *new*. `*ret_count` is how many
 * there are, `*ret_total` how many there would be with those. */
static struct value *list_values(const struct facet_column *column, const struct counted *counted,
                                 const uint32_t *counts, size_t *ret_count, size_t *ret_total)
{
    int (*compare)(const void *, const void *) = counted->by_value ? by_key : by_count;
    size_t wanted = counted->offset + counted->limit;
    bool few = wanted > 0 && wanted <= INSERTED_MAX;
    struct value *values = mem_zero(few ? wanted : column->node_count, sizeof *values);
    size_t count = 0, total = 0;
    for (size_t node = 0; node < column->node_count; node++) {
        if (!is_listed(counted, &column->nodes[node], (int32_t)node, counts[node]))
            continue;
        struct value value = {(int32_t)node, counts[node], column->nodes[node].key};
        total++;
        if (few)
            count = insert_value(values, count, wanted, &value, compare);
        else
            values[count++] = value;
    }
    if (!few && count > 1)
        qsort(values, count, sizeof *values, compare);
    *ret_count = count;
    *ret_total = total;
    return values;
}

void count_put(struct buf *to, const struct request *request, const struct columns *columns,
               const struct counted *counted, const uint32_t *counts, size_t *ret_total)
{
    const struct facet_column *column = &columns->facets[counted->facet];
    const struct selection *selection = &request->selections[counted->facet];
    size_t count;
    struct value *values = list_values(column, counted, counts, &count, ret_total);
    struct bits shown = bits_new(column->node_count);
    uint32_t *children = count_children(column, counts);
    buf_byte(to, '[');
    for (size_t i = counted->offset; i < count && i - counted->offset < counted->limit; i++) {
        put_value(to, column, &values[i], is_selected(selection, values[i].node), children);
        bits_set(&shown, (size_t)values[i].node);
    }
    for (size_t i = 0; i < selection->count; i++) {
        int32_t node = selection->nodes[i];
        if (bits_has(&shown, (size_t)node))
            continue;
        struct value value = {node, counts[node], column->nodes[node].key};
        put_value(to, column, &value, true, children);
    }
    put_unknown(to, selection);
    buf_byte(to, ']');
    bits_free(&shown);
    free(children);
    free(values);
}
