/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/values.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/register/legal_basis.h"

enum {
    VALUES_TEXT_MAX = 256 << 20, /* bytes of all words of one facet's values */
    VALUES_SHOWN_MAX = 100,      /* bytes of a value in a message */
};

/* A word at its place in a value's label. */
struct place {
    const char *text; /* set when all text is there */
    uint32_t offset, node, position;
};

struct places {
    struct place *items; /* by text, node, position */
    size_t count, cap;
};

/* The words of one facet's values. */
struct value_words {
    struct buf text;       /* of all places, each ended by NUL */
    struct places terms;   /* as words are looked for */
    struct places written; /* as they stand, folded: for prefixes */
};

struct values {
    size_t facet_count;
    _Atomic(struct value_words *) facets[];
};

struct values *values_new(size_t facet_count)
{
    struct values *values = mem_zero(1, sizeof *values + facet_count * sizeof(_Atomic(struct value_words *)));
    values->facet_count = facet_count;
    for (size_t i = 0; i < facet_count; i++)
        atomic_init(&values->facets[i], NULL);
    return values;
}

static void free_words(struct value_words *words)
{
    if (!words)
        return;
    buf_free(&words->text);
    free(words->terms.items);
    free(words->written.items);
    free(words);
}

void values_free(struct values *values)
{
    if (!values)
        return;
    for (size_t i = 0; i < values->facet_count; i++)
        free_words(atomic_load_explicit(&values->facets[i], memory_order_acquire));
    free(values);
}

/* ---- words of values ---- */

static int compare_place(const struct place *place, const char *text, uint32_t node, uint32_t position)
{
    int order = strcmp(place->text, text);
    if (order != 0)
        return order;
    if (place->node != node)
        return place->node < node ? -1 : 1;
    return place->position < position ? -1 : place->position > position;
}

static int compare_places(const void *a, const void *b)
{
    const struct place *right = b;
    return compare_place(a, right->text, right->node, right->position);
}

static void add_place(struct value_words *words, struct places *places, const struct term *term,
                      uint32_t node, uint32_t position)
{
    if (term->len == 0)
        return;
    places->items = mem_push(places->items, places->count, &places->cap, sizeof *places->items);
    places->items[places->count++] = (struct place){NULL, (uint32_t)words->text.len, node, position};
    buf_append(&words->text, term->bytes, term->len);
    buf_byte(&words->text, '\0');
}

static void settle_places(const struct value_words *words, struct places *places)
{
    for (size_t i = 0; i < places->count; i++)
        places->items[i].text = words->text.data + places->items[i].offset;
    if (places->count)
        qsort(places->items, places->count, sizeof *places->items, compare_places);
}

/* While the words of a facet's values are gathered. */
struct gathering {
    struct value_words *words;
    struct analyser *analyser;
    uint32_t position; /* grows over all texts, with a gap between them: order holds within one text alone */
};

static void take_name(void *context, const char *name, int32_t node)
{
    struct gathering *gathering = context;
    struct value_words *words = gathering->words;
    uint32_t first = gathering->position, place = (uint32_t)node;
    struct token token;
    analyser_begin(gathering->analyser, name, strlen(name));
    while (analyser_next(gathering->analyser, &token) && !words->text.failed) {
        uint32_t position = first + token.position;
        add_place(words, &words->terms, &token.term, place, position);
        for (size_t i = 0; i < token.extra_count; i++)
            add_place(words, &words->terms, &token.extra[i], place, position);
        add_place(words, &words->written, &token.word, place, position);
        gathering->position = position + 2;
    }
}

/* Labels, and every spelling met: it may have an acronym that the label has not. */
static struct value_words *gather_words(const struct facet_column *column, struct analyser *analyser)
{
    struct value_words *words = mem_zero(1, sizeof *words);
    words->text = (struct buf)BUF_INIT(VALUES_TEXT_MAX);
    struct gathering gathering = {words, analyser, 0};
    for (size_t node = NODE_NONE + 1; node < column->node_count; node++)
        take_name(&gathering, column->nodes[node].label, (int32_t)node);
    columns_each_name(column, take_name, &gathering);
    settle_places(words, &words->terms);
    settle_places(words, &words->written);
    return words;
}

/* The words of a facet's values, *borrowed*; of two workers that gather them at once one's are kept. */
static const struct value_words *words_of(const struct values_asked *asked, int facet)
{
    _Atomic(struct value_words *) *kept = &asked->values->facets[facet];
    struct value_words *words = atomic_load_explicit(kept, memory_order_acquire);
    if (words)
        return words;
    struct value_words *gathered = gather_words(&asked->columns->facets[facet], asked->analyser);
    if (atomic_compare_exchange_strong_explicit(kept, &words, gathered, memory_order_acq_rel,
                                                memory_order_acquire))
        return gathered;
    free_words(gathered);
    return words;
}

/* The first place not before (text, node, position). */
static size_t find_place(const struct places *places, const char *text, uint32_t node, uint32_t position)
{
    size_t low = 0, high = places->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_place(&places->items[middle], text, node, position) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_placed(const struct places *places, const char *text, uint32_t node, uint32_t position)
{
    size_t at = find_place(places, text, node, position);
    return at < places->count && compare_place(&places->items[at], text, node, position) == 0;
}

static void choose_by_prefix(const struct value_words *words, const char *prefix, struct bits *nodes)
{
    const struct places *places = &words->written;
    size_t len = strlen(prefix);
    for (size_t at = find_place(places, prefix, 0, 0);
         at < places->count && strncmp(places->items[at].text, prefix, len) == 0; at++)
        bits_set(nodes, places->items[at].node);
}

/* Whether the words behind the first follow it. */
static bool goes_on(const struct places *places, const struct strlist *terms, const struct place *first)
{
    for (size_t i = 1; i < terms->len; i++)
        if (!is_placed(places, terms->items[i], first->node, first->position + (uint32_t)i))
            return false;
    return true;
}

/* The values that have the words, next to each other. */
static void choose_by_phrase(const struct places *places, const struct strlist *terms, struct bits *nodes)
{
    const char *first = terms->items[0];
    for (size_t at = find_place(places, first, 0, 0);
         at < places->count && strcmp(places->items[at].text, first) == 0; at++) {
        const struct place *place = &places->items[at];
        if (!bits_has(nodes, place->node) && goes_on(places, terms, place))
            bits_set(nodes, place->node);
    }
}

/* Adds the values that have what a tree of words says, each all of it, wherever in its label or spellings. */
static void choose_by_words(const struct places *places, const struct query *words, struct bits *nodes)
{
    if (words->kind != QUERY_AND && words->kind != QUERY_OR) {
        choose_by_phrase(places, &words->terms, nodes);
        return;
    }
    BITS_AUTO struct bits all = bits_new(nodes->count);
    for (size_t i = 0; i < words->count; i++) {
        bool narrows = words->kind == QUERY_AND && i > 0;
        BITS_AUTO struct bits found = bits_new(nodes->count);
        choose_by_words(places, words->children[i], &found);
        if (narrows)
            bits_and(&all, &found);
        else
            bits_or(&all, &found);
    }
    bits_or(nodes, &all);
}

/* ---- values meant ---- */

/* Whether values are names, which people call by some of their words. */
static bool holds_names(const struct field *field)
{
    static const char *const names[] = {"dataset", "controller", "organisation_type", "flag"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(field->facet, names[i]) == 0)
            return true;
    return false;
}

static bool choose_provisions(const struct values_asked *asked, const struct facet_column *column,
                              const char *typed, struct bits *nodes)
{
    STRLIST_AUTO struct strlist paths = {0};
    MEM_AUTO char *note = NULL;
    bool meant = legal_basis_resolve(typed, &column->paths, &paths, &note);
    for (size_t i = 0; meant && i < paths.len; i++) {
        int32_t node = columns_node(column, paths.items[i]);
        if (node != NODE_UNKNOWN)
            bits_set(nodes, (size_t)node);
    }
    if (note)
        strlist_add_unique(asked->warnings, note);
    return meant;
}

/* The nodes of the values meant; free with bits_free. */
static struct bits choose(const struct values_asked *asked, const struct query *leaf)
{
    const struct facet_column *column = &asked->columns->facets[leaf->facet];
    struct bits nodes = bits_new(column->node_count);
    if (leaf->is_prefix) {
        choose_by_prefix(words_of(asked, leaf->facet), leaf->terms.items[0], &nodes);
    } else {
        bool is_none = strcasecmp(leaf->value, column->nodes[NODE_NONE].key) == 0;
        int32_t node = is_none ? NODE_NONE : columns_node(column, leaf->value);
        bool is_legal = strcmp(column->field->facet, "legal_basis") == 0 && node != NODE_NONE;
        bool settled = is_legal && choose_provisions(asked, column, leaf->value, &nodes);
        if (!settled && node != NODE_UNKNOWN) {
            bits_set(&nodes, (size_t)node);
            settled = node == NODE_NONE || !holds_names(column->field);
        }
        if (!settled)
            choose_by_words(&words_of(asked, leaf->facet)->terms, leaf->words, &nodes);
    }
    if (bits_total(&nodes) == 0 && asked->warnings->len < QUERY_WARNINGS_MAX) {
        MEM_AUTO char *text =
            mem_format("%s: nothing in this index has the value \"%.*s%s\"", column->field->facet,
                       VALUES_SHOWN_MAX, leaf->value, leaf->is_prefix ? "*" : "");
        strlist_add_unique(asked->warnings, text);
    }
    return nodes;
}

static bool row_has(const struct lists *lists, size_t row, const struct bits *nodes)
{
    for (uint32_t i = lists->starts[row]; i < lists->starts[row + 1]; i++)
        if (bits_has(nodes, lists->items[i]))
            return true;
    return false;
}

void values_match(const struct values_asked *asked, const struct query *leaf, struct bits *documents)
{
    const struct columns *columns = asked->columns;
    BITS_AUTO struct bits nodes = choose(asked, leaf);
    BITS_EACH(&columns->all, document)
    {
        if (row_has(&columns->facets[leaf->facet].documents, document, &nodes))
            bits_set(documents, document);
    }
}

/* ---- one and the same release ---- */

static bool document_has(const struct columns *columns, const struct query *const *leaves,
                         const struct bits *nodes, size_t count, const struct bits *combinations,
                         size_t document)
{
    uint32_t row = columns->rows.starts[document], end = columns->rows.starts[document + 1];
    bool states_rows = row != end;
    for (; row < end; row++)
        if (bits_has(combinations, columns->rows.items[row]))
            return true;
    for (size_t i = 0; i < count && !states_rows; i++)
        if (!row_has(&columns->facets[leaves[i]->facet].documents, document, &nodes[i]))
            return false;
    return !states_rows;
}

void values_match_release(const struct values_asked *asked, const struct query *const *leaves, size_t count,
                          struct bits *documents)
{
    const struct columns *columns = asked->columns;
    struct bits *nodes = mem_zero(count, sizeof *nodes);
    for (size_t i = 0; i < count; i++)
        nodes[i] = choose(asked, leaves[i]);
    BITS_AUTO struct bits combinations = bits_new(columns->combination_count);
    for (size_t row = 0; row < columns->combination_count; row++) {
        bool meets = true;
        for (size_t i = 0; i < count && meets; i++)
            meets = row_has(&columns->facets[leaves[i]->facet].combinations, row, &nodes[i]);
        if (meets)
            bits_set(&combinations, row);
    }
    BITS_EACH(&columns->all, document)
    {
        if (document_has(columns, leaves, nodes, count, &combinations, document))
            bits_set(documents, document);
    }
    for (size_t i = 0; i < count; i++)
        bits_free(&nodes[i]);
    free(nodes);
}

/* ---- references ---- */

static const char *without_dars(const char *id)
{
    return strncasecmp(id, "DARS-", 5) == 0 ? id + 5 : id;
}

/* The reference as typed, typographic dashes made plain, without DARS-; *new*. */
static char *plain_reference(const char *typed)
{
    char *plain = mem_text(without_dars(typed)), *to = plain;
    for (const char *at = plain; *at; at++) {
        bool is_dash =
            memcmp(at, "\xE2\x80", 2) == 0 && (unsigned char)at[2] >= 0x90 && (unsigned char)at[2] <= 0x94;
        *to++ = is_dash ? '-' : *at;
        at += is_dash ? 2 : 0;
    }
    *to = '\0';
    return plain;
}

/* Whether `id` is the reference asked for, or goes on behind it with another piece. */
static bool is_reference(const char *id, const char *asked, size_t len, bool is_prefix)
{
    id = without_dars(id);
    if (isdigit((unsigned char)*asked) && strncasecmp(id, "NIC-", 4) == 0)
        id += 4;
    return strncasecmp(id, asked, len) == 0 && (is_prefix || !id[len] || strchr("-#@", id[len]));
}

void values_match_id(const struct values_asked *asked, const struct query *leaf, struct bits *documents)
{
    MEM_AUTO char *reference = plain_reference(leaf->value);
    size_t len = strlen(reference);
    bool found = false;
    BITS_EACH(&asked->columns->all, document)
    {
        if (!is_reference(asked->columns->ids[document], reference, len, leaf->is_prefix))
            continue;
        bits_set(documents, document);
        found = true;
    }
    if (found || asked->warnings->len >= QUERY_WARNINGS_MAX)
        return;
    MEM_AUTO char *text = mem_format("id: nothing in this index has the reference \"%.*s%s\"",
                                     VALUES_SHOWN_MAX, leaf->value, leaf->is_prefix ? "*" : "");
    strlist_add_unique(asked->warnings, text);
}
