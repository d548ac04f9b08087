/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/snippet.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/search/search.h"
#include "indexer/base/json_text.h"

enum {
    PHRASE_WEIGHT = 4, /* a phrase says more than its words */
    WORD_WEIGHT = 1,
    POSITIONS_TERMS_MAX = 8, /* terms that the index is asked for, of each hit */
    HTML_MAX = 64 << 10,     /* bytes of one snippet; a passage of some hundred bytes stays far below */
};

/* ---- what to mark ---- */

static void add_leaf(struct matcher *matcher, struct passage_query *to, const struct query *leaf)
{
    struct term terms[PASSAGE_WORDS_MAX];
    size_t count = leaf->terms.len < PASSAGE_WORDS_MAX ? leaf->terms.len : PASSAGE_WORDS_MAX;
    for (size_t i = 0; i < count; i++)
        terms[i] = (struct term){leaf->terms.items[i], strlen(leaf->terms.items[i])};
    if (leaf->kind == QUERY_WORD) {
        passage_query_word(to, leaf->terms.items[0], strlen(leaf->terms.items[0]), WORD_WEIGHT);
    } else if (leaf->kind == QUERY_PHRASE) {
        passage_query_phrase(to, terms, count, PHRASE_WEIGHT);
    } else if (leaf->kind == QUERY_NEAR) {
        passage_query_near(to, terms, count, (unsigned)count + leaf->distance - 1, PHRASE_WEIGHT);
    } else {
        /* A prefix stands for words, each found by its stem, and so marked. */
        const struct strlist *stems = matcher_expand(matcher, leaf->terms.items[0]);
        for (size_t i = 0; stems && i < stems->len; i++)
            passage_query_word(to, stems->items[i], strlen(stems->items[i]), WORD_WEIGHT);
    }
}

static void add_wanted(struct matcher *matcher, struct passage_query *to, const struct query *query,
                       unsigned part)
{
    if (!query_has_wanted(query))
        return;
    if (query->kind != QUERY_AND && query->kind != QUERY_OR) {
        if (query->parts & 1U << part)
            add_leaf(matcher, to, query);
        return;
    }
    for (size_t i = 0; i < query->count; i++) {
        /* Another form of a word says no more than the word. */
        if (query->children[i]->is_added && query->children[0]->count == 0)
            passage_query_same(to);
        add_wanted(matcher, to, query->children[i], part);
    }
}

/* Whether every wanted leaf looks in the same parts, so that one passage query serves them all. */
static bool same_parts(const struct query *query, unsigned *parts)
{
    if (!query_has_wanted(query))
        return true;
    if (query->kind != QUERY_AND && query->kind != QUERY_OR) {
        bool same = *parts == 0 || *parts == query->parts;
        *parts = query->parts;
        return same;
    }
    for (size_t i = 0; i < query->count; i++)
        if (!same_parts(query->children[i], parts))
            return false;
    return true;
}

struct snippet_query *snippet_query_new(struct matcher *matcher, const struct query *query)
{
    struct snippet_query *snippets = mem_zero(1, sizeof *snippets);
    snippets->nothing = passage_query_new();
    unsigned parts = 0;
    bool shared = query && same_parts(query, &parts);
    struct passage_query *common = NULL;
    for (unsigned part = 0; query && part < FIELD_PART_COUNT; part++) {
        if (shared && (!(parts & 1U << part) || common)) {
            snippets->parts[part] = parts & 1U << part ? common : NULL;
            continue;
        }
        struct passage_query *wanted = passage_query_new();
        add_wanted(matcher, wanted, query, part);
        if (passage_query_is_empty(wanted)) {
            passage_query_free(wanted);
            wanted = NULL;
        }
        snippets->parts[part] = wanted;
        if (shared)
            common = wanted;
        if (shared && !common)
            parts = 0;
    }
    return snippets;
}

void snippet_query_free(struct snippet_query *query)
{
    if (!query)
        return;
    passage_query_free(query->nothing);
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        bool freed = false;
        for (int before = 0; before < part; before++)
            freed |= query->parts[before] == query->parts[part];
        if (!freed)
            passage_query_free(query->parts[part]);
    }
    free(query);
}

/* ---- choosing ---- */

/* A record whose passages are looked for. */
struct looking {
    struct analyser *analyser;
    const struct snippet_query *query;
    const struct snippet_record *record;
    struct error *error;
};

/* A part's text; empty where there is none, or where it is damaged. */
static struct text_section text_of(const struct looking *looking, int part)
{
    struct text_section section;
    if (text_frame_section(looking->record->frame, TEXT_SECTION_PARTS + part, &section, looking->error) != 0)
        return (struct text_section){0};
    return section;
}

struct found {
    int part;
    size_t place; /* 0: the part's best, 1: its second best, ... */
    struct passage passage;
};

static bool is_heading(int part)
{
    return field_parts()[part]->kind != FIELD_PROSE;
}

/* Prose before title and recipient; each part's best before any second; then by score, then as the parts are
 * ordered. */
static int by_worth(const void *a, const void *b)
{
    const struct found *left = a, *right = b;
    if (is_heading(left->part) != is_heading(right->part))
        return is_heading(left->part) ? 1 : -1;
    if (left->place != right->place)
        return left->place < right->place ? -1 : 1;
    if (left->passage.score != right->passage.score)
        return left->passage.score > right->passage.score ? -1 : 1;
    return left->part - right->part;
}

/* The query that all parts share; NULL where they do not, or its terms are too many to ask the index for. */
static const struct passage_query *shared_query(const struct snippet_query *query)
{
    const struct passage_query *shared = NULL;
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        if (shared && query->parts[part] && query->parts[part] != shared)
            return NULL;
        shared = query->parts[part] ? query->parts[part] : shared;
    }
    return shared && passage_query_terms(shared) <= POSITIONS_TERMS_MAX ? shared : NULL;
}

/* Where each term stands in the record; free the items. False where the index cannot be read: then nothing is
 * known. */
static bool read_positions(const struct looking *looking, const struct passage_query *query,
                           struct passage_positions *positions)
{
    for (size_t i = 0; i < passage_query_terms(query); i++) {
        struct term term = passage_query_term_at(query, i);
        struct shim_error ignored;
        uint32_t *items;
        size_t count;
        if (shim_reader_positions(looking->record->reader, looking->record->document, term.bytes, term.len,
                                  &items, &count, &ignored) != SHIM_OK)
            return false;
        positions[i] = (struct passage_positions){items, count};
    }
    return true;
}

/* What a passage of each part is worth at most. */
static void bound_parts(const struct looking *looking, double bounds[FIELD_PART_COUNT])
{
    struct passage_positions positions[POSITIONS_TERMS_MAX] = {0};
    const struct passage_query *shared = shared_query(looking->query);
    const uint32_t *starts = looking->record->columns->part_starts[looking->record->document];
    bool is_known = shared && read_positions(looking, shared, positions);
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        const struct passage_query *query = looking->query->parts[part];
        uint32_t end = part + 1 < FIELD_PART_COUNT ? starts[part + 1] : UINT32_MAX;
        bounds[part] = query ? passage_query_most(query) : 0;
        if (query && is_known)
            bounds[part] = passage_query_bound(query, positions, starts[part], end, PASSAGE_LENGTH_DEFAULT);
    }
    for (size_t i = 0; i < POSITIONS_TERMS_MAX; i++)
        shim_free((void *)positions[i].items);
}

/* The part, heading or not, that may have the best passage, the first of such; -1 where none has any. */
static int best_part(const double bounds[FIELD_PART_COUNT], bool headings)
{
    int best = -1;
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        if (is_heading(part) == headings && bounds[part] > (best < 0 ? 0 : bounds[best]))
            best = part;
    return best;
}

/* The passages of a part, best first; of one that is enough, the best. */
static size_t find_passages(const struct looking *looking, int part, double bound, size_t wanted,
                            struct passage *passages)
{
    const struct passage_query *query = looking->query->parts[part];
    struct text_section text = text_of(looking, part);
    if (wanted == 1)
        return passage_find_one(looking->analyser, query, text.bytes, text.len, PASSAGE_LENGTH_DEFAULT, bound,
                                passages);
    return passage_find(looking->analyser, query, text.bytes, text.len, PASSAGE_LENGTH_DEFAULT, passages,
                        wanted);
}

/* Adds the passages of the parts, those first that may have the best. Where one is wanted, only until no part
 * can have a better one: of equal ones the first part's is taken. */
static size_t find_in(const struct looking *looking, double bounds[FIELD_PART_COUNT], bool headings,
                      size_t wanted, struct found *found)
{
    size_t count = 0;
    int part;
    while ((part = best_part(bounds, headings)) >= 0) {
        struct found limit = {.part = part, .passage = {.score = bounds[part]}};
        if (wanted == 1 && count > 0 && by_worth(&found[0], &limit) < 0)
            break;
        struct passage passages[SEARCH_SNIPPETS_MAX];
        size_t n = find_passages(looking, part, bounds[part], wanted, passages);
        bounds[part] = 0; /* it has been read */
        for (size_t i = 0; i < n; i++)
            if (passages[i].score > 0)
                found[count++] = (struct found){part, i, passages[i]};
        if (count > 1)
            qsort(found, count, sizeof *found, by_worth);
    }
    return count;
}

/* Title and recipient are shown with every hit anyway. */
static size_t find_all(const struct looking *looking, size_t wanted, struct found *found)
{
    double bounds[FIELD_PART_COUNT];
    bound_parts(looking, bounds);
    size_t count = find_in(looking, bounds, false, wanted, found);
    return count ? count : find_in(looking, bounds, true, wanted, found);
}

/* The beginning of the first part of prose there is. */
static size_t find_beginning(const struct looking *looking, struct found *found)
{
    size_t count = 0;
    for (int part = 0; part < FIELD_PART_COUNT && count == 0; part++) {
        if (is_heading(part))
            continue;
        struct text_section text = text_of(looking, part);
        found[0] = (struct found){.part = part};
        count = passage_find(looking->analyser, looking->query->nothing, text.bytes, text.len,
                             PASSAGE_LENGTH_DEFAULT, &found[0].passage, 1);
    }
    return count;
}

static void put_found(struct buf *to, const struct looking *looking, const struct found *found)
{
    const struct snippet_query *query = looking->query;
    struct text_section text = text_of(looking, found->part);
    json_text_comma(to);
    buf_byte(to, '{');
    json_text_member(to, "part");
    json_text_or_null(to, field_parts()[found->part]->name);
    json_text_member(to, "item");
    if (found->passage.item_len)
        json_text_string(to, text.bytes + found->passage.item_start, found->passage.item_len);
    else
        buf_text(to, "null");
    BUF_AUTO struct buf html = BUF_INIT(HTML_MAX);
    const struct passage_query *marked =
        query->parts[found->part] ? query->parts[found->part] : query->nothing;
    passage_html(looking->analyser, marked, text.bytes, text.len, &found->passage, &html);
    json_text_member(to, "html");
    json_text_string(to, html.len ? html.data : "", html.len);
    buf_byte(to, '}');
}

void snippet_put(struct buf *to, struct analyser *analyser, const struct snippet_query *query,
                 const struct snippet_record *record, size_t wanted, struct error *error)
{
    const struct looking looking = {analyser, query, record, error};
    buf_byte(to, '[');
    if (wanted > 0) {
        struct found found[FIELD_PART_COUNT * SEARCH_SNIPPETS_MAX];
        size_t count = find_all(&looking, wanted, found);
        if (count == 0)
            count = find_beginning(&looking, found);
        for (size_t i = 0; i < count && i < wanted; i++)
            put_found(to, &looking, &found[i]);
    }
    buf_byte(to, ']');
}
