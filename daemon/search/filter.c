/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/filter.h"

/* ---- ranges ---- */

static bool day_in(const struct range *range, uint32_t day)
{
    return day && day >= range->from && day <= range->to;
}

/* Any overlap; a span that runs backwards covers the same months. */
static bool span_meets(const struct range *range, uint32_t first, uint32_t last)
{
    first = first ? first : last;
    last = last ? last : first;
    uint32_t low = first < last ? first : last;
    uint32_t high = first < last ? last : first;
    return high && low <= range->to && high >= range->from;
}

static bool meets_ranges(const struct request *request, const struct document_dates *dates)
{
    const struct range *ranges = request->ranges;
    return (!ranges[RANGE_START].is_set || day_in(&ranges[RANGE_START], dates->start)) &&
           (!ranges[RANGE_END].is_set || day_in(&ranges[RANGE_END], dates->end)) &&
           (!ranges[RANGE_CHANGED].is_set || day_in(&ranges[RANGE_CHANGED], dates->changed)) &&
           (!ranges[RANGE_RELEASED].is_set ||
            span_meets(&ranges[RANGE_RELEASED], dates->released_from, dates->released_to));
}

static void apply_ranges(const struct request *request, const struct columns *columns, struct bits *documents)
{
    bool any = false;
    for (int kind = 0; kind < RANGE_COUNT; kind++)
        any |= request->ranges[kind].is_set;
    if (!any)
        return;
    BITS_EACH(documents, document)
    {
        if (!meets_ranges(request, &columns->dates[document]))
            bits_clear(documents, document);
    }
}

/* ---- selections ---- */

/* The chosen nodes of a facet as a set, so that asking is one look-up. */
static struct bits chosen_nodes(const struct selection *selection, const struct facet_column *column)
{
    struct bits chosen = bits_new(column->node_count);
    for (size_t i = 0; i < selection->count; i++)
        bits_set(&chosen, (size_t)selection->nodes[i]);
    return chosen;
}

static bool row_has_chosen(const struct lists *lists, size_t row, const struct bits *chosen)
{
    for (uint32_t i = lists->starts[row]; i < lists->starts[row + 1]; i++)
        if (bits_has(chosen, lists->items[i]))
            return true;
    return false;
}

bool filter_asks_rows(const struct request *request, const struct columns *columns, uint32_t document)
{
    return request->same_release && columns->rows.starts[document] != columns->rows.starts[document + 1];
}

/* Which selections of release facets a row fails: none, one, or more. */
static int16_t failing(int16_t before, int facet)
{
    return before == FILTER_PASSES ? (int16_t)facet : FILTER_FAILS;
}

static int16_t judge_row(const struct filtered *filtered, uint32_t combination)
{
    int16_t verdict = FILTER_PASSES;
    for (size_t facet = 0; facet < filtered->release_facet_count; facet++)
        if (filtered->rows[facet].words && !bits_has(&filtered->rows[facet], combination))
            verdict = failing(verdict, (int)facet);
    return verdict;
}

struct bits filter_speaking(const struct filtered *filtered, int facet)
{
    struct bits speaking = {0};
    for (size_t other = 0; filtered->rows && other < filtered->release_facet_count; other++) {
        if ((int)other == facet || !filtered->rows[other].words)
            continue;
        if (speaking.words)
            bits_and(&speaking, &filtered->rows[other]);
        else
            speaking = bits_copy(&filtered->rows[other]);
    }
    return speaking;
}

/* What a document says over all, against the release selections. */
static int16_t judge_document(const struct request *request, const struct columns *columns,
                              const struct bits *chosen, size_t document)
{
    int16_t verdict = FILTER_PASSES;
    for (size_t facet = 0; facet < columns->release_facet_count; facet++)
        if (request->selections[facet].is_set &&
            !row_has_chosen(&columns->facets[facet].documents, document, &chosen[facet]))
            verdict = failing(verdict, (int)facet);
    return verdict;
}

/* Sets the document in what it meets: `matched`, and each facet's `without` in which it would match. */
static void place(struct filtered *filtered, size_t document, int16_t verdict)
{
    if (verdict == FILTER_FAILS)
        return;
    if (verdict >= 0) {
        bits_set(&filtered->without[verdict], document);
        return;
    }
    bits_set(&filtered->matched, document);
}

/* Places a document by its rows. The first that passes decides: what matches is in every `without` too. */
static void place_rows(const struct columns *columns, struct filtered *filtered, size_t document)
{
    for (uint32_t i = columns->rows.starts[document]; i < columns->rows.starts[document + 1]; i++) {
        int16_t verdict = judge_row(filtered, columns->rows.items[i]);
        place(filtered, document, verdict);
        if (verdict == FILTER_PASSES)
            return;
    }
}

/* ---- selections whose documents are kept ---- */

/* A selection's documents do not depend on the text, so they are found among all documents and kept where the
 * text leaves so many that this costs little more; among fewer they are found anew. */
enum { WIDE = 8 /* one document in so many, at least */ };

static bool is_wide(const struct columns *columns, const struct filtered *filtered)
{
    return bits_total(&filtered->base) * WIDE > bits_total(&columns->all);
}

static void put_selection(struct buf *key, const struct selection *selection, size_t facet)
{
    buf_printf(key, " %zu:", facet);
    for (size_t i = 0; i < selection->count; i++)
        buf_printf(key, "%d,", (int)selection->nodes[i]);
}

/* The key of what meets all release selections (`without` FILTER_PASSES) or all but that facet's. */
static void release_key(const struct request *request, const struct columns *columns, int without,
                        struct buf *key)
{
    buf_reset(key);
    buf_printf(key, "releases %d %d", request->same_release, without);
    for (size_t facet = 0; facet < columns->release_facet_count; facet++)
        if (request->selections[facet].is_set)
            put_selection(key, &request->selections[facet], facet);
}

/* Goes through what the release selections leave: all of it, then each facet's `without`. Stops where `take`
 * says false, and returns that. */
static bool each_release_set(const struct request *request, const struct columns *columns, struct kept *kept,
                             struct filtered *filtered,
                             bool (*take)(struct kept *kept, const struct buf *key, struct bits *documents))
{
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    release_key(request, columns, FILTER_PASSES, &key);
    bool going = take(kept, &key, &filtered->matched);
    for (size_t facet = 0; facet < columns->release_facet_count && going; facet++) {
        if (!filtered->without[facet].words)
            continue;
        release_key(request, columns, (int)facet, &key);
        going = take(kept, &key, &filtered->without[facet]);
    }
    return going;
}

static bool keep(struct kept *kept, const struct buf *key, struct bits *documents)
{
    kept_put(kept, key, documents);
    return true;
}

static bool clear(struct kept *kept, const struct buf *key, struct bits *documents)
{
    (void)kept;
    (void)key;
    memset(documents->words, 0, bits_words(documents->count) * sizeof *documents->words);
    return true;
}

/* The combinations that have a chosen value of a release facet; *new*. */
static struct bits find_rows(const struct request *request, const struct columns *columns, struct kept *kept,
                             size_t facet, const struct bits *chosen)
{
    const struct lists *lists = &columns->facets[facet].combinations;
    struct bits rows = bits_new(columns->combination_count + 1); /* never empty */
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    buf_text(&key, "rows");
    put_selection(&key, &request->selections[facet], facet);
    if (kept_find(kept, &key, &rows))
        return rows;
    for (size_t combination = 0; combination < columns->combination_count; combination++)
        if (row_has_chosen(lists, combination, chosen))
            bits_set(&rows, combination);
    kept_put(kept, &key, &rows);
    return rows;
}

/* Places the documents of `among`. */
static void place_all(const struct request *request, const struct columns *columns, const struct bits *chosen,
                      const struct bits *among, struct filtered *filtered)
{
    BITS_EACH(among, document)
    {
        if (filter_asks_rows(request, columns, (uint32_t)document))
            place_rows(columns, filtered, document);
        else
            place(filtered, document, judge_document(request, columns, chosen, document));
    }
    for (size_t facet = 0; facet < columns->release_facet_count; facet++)
        if (filtered->without[facet].words)
            bits_or(&filtered->without[facet], &filtered->matched);
}

static void apply_release_selections(const struct request *request, const struct columns *columns,
                                     struct kept *kept, const struct bits *chosen, struct filtered *filtered)
{
    filtered->rows = mem_zero(columns->release_facet_count, sizeof *filtered->rows);
    for (size_t facet = 0; facet < columns->release_facet_count; facet++)
        if (request->selections[facet].is_set)
            filtered->rows[facet] = find_rows(request, columns, kept, facet, &chosen[facet]);
    if (!each_release_set(request, columns, kept, filtered, kept_find)) {
        bool wide = is_wide(columns, filtered);
        each_release_set(request, columns, kept, filtered, clear); /* some may have been found */
        place_all(request, columns, chosen, wide ? &columns->all : &filtered->base, filtered);
        if (wide)
            each_release_set(request, columns, kept, filtered, keep);
    }
    bits_and(&filtered->matched, &filtered->base);
    for (size_t facet = 0; facet < columns->release_facet_count; facet++)
        if (filtered->without[facet].words)
            bits_and(&filtered->without[facet], &filtered->base);
}

/* The documents that have a chosen value of a facet of records, *new*: all that `filtered->base` has of them
 * at least. */
static struct bits find_having(const struct request *request, const struct columns *columns,
                               struct kept *kept, size_t facet, const struct bits *chosen,
                               const struct filtered *filtered)
{
    struct bits have = bits_new(columns->bits);
    BUF_AUTO struct buf key = BUF_INIT(KEPT_KEY_MAX);
    buf_text(&key, "record");
    put_selection(&key, &request->selections[facet], facet);
    if (kept_find(kept, &key, &have))
        return have;
    bool wide = is_wide(columns, filtered);
    BITS_EACH(wide ? &columns->all : &filtered->base, document)
    {
        if (row_has_chosen(&columns->facets[facet].documents, document, chosen))
            bits_set(&have, document);
    }
    if (wide)
        kept_put(kept, &key, &have);
    return have;
}

/* Narrows everything but the facet's own `without` to the documents that have a chosen value. */
static void apply_record_selection(const struct request *request, const struct columns *columns,
                                   struct kept *kept, size_t facet, const struct bits *chosen,
                                   struct filtered *filtered)
{
    BITS_AUTO struct bits have = find_having(request, columns, kept, facet, chosen, filtered);
    bits_and(&filtered->matched, &have);
    for (size_t other = 0; other < columns->facet_count; other++)
        if (other != facet && filtered->without[other].words)
            bits_and(&filtered->without[other], &have);
}

void filter_apply(const struct request *request, const struct columns *columns, struct kept *kept,
                  struct bits text, struct filtered *ret_filtered)
{
    struct filtered filtered = {.base = text,
                                .facet_count = columns->facet_count,
                                .release_facet_count = columns->release_facet_count};
    apply_ranges(request, columns, &filtered.base);
    filtered.without = mem_zero(columns->facet_count, sizeof *filtered.without);
    struct bits *chosen = mem_zero(columns->facet_count, sizeof *chosen);
    for (size_t facet = 0; facet < columns->facet_count; facet++) {
        if (!request->selections[facet].is_set)
            continue;
        chosen[facet] = chosen_nodes(&request->selections[facet], &columns->facets[facet]);
        filtered.has_release_selection |= facet < columns->release_facet_count;
        filtered.without[facet] = bits_new(columns->bits);
    }
    if (filtered.has_release_selection) {
        filtered.matched = bits_new(columns->bits);
        apply_release_selections(request, columns, kept, chosen, &filtered);
    } else {
        filtered.matched = bits_copy(&filtered.base);
    }
    for (size_t facet = columns->release_facet_count; facet < columns->facet_count; facet++)
        if (request->selections[facet].is_set)
            bits_or(&filtered.without[facet], &filtered.matched);
    for (size_t facet = columns->release_facet_count; facet < columns->facet_count; facet++)
        if (request->selections[facet].is_set)
            apply_record_selection(request, columns, kept, facet, &chosen[facet], &filtered);
    for (size_t facet = 0; facet < columns->facet_count; facet++)
        bits_free(&chosen[facet]);
    free(chosen);
    *ret_filtered = filtered;
}

void filtered_free(struct filtered *filtered)
{
    for (size_t facet = 0; filtered->without && facet < filtered->facet_count; facet++)
        bits_free(&filtered->without[facet]);
    free(filtered->without);
    for (size_t facet = 0; filtered->rows && facet < filtered->release_facet_count; facet++)
        bits_free(&filtered->rows[facet]);
    free(filtered->rows);
    bits_free(&filtered->base);
    bits_free(&filtered->matched);
}

const struct bits *filtered_for(const struct filtered *filtered, int facet)
{
    return filtered->without[facet].words ? &filtered->without[facet] : &filtered->matched;
}
