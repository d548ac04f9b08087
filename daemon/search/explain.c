/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/explain.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/json_text.h"
#include "indexer/base/mem.h"

enum { SENTENCE_MAX = 1 << 20 /* bytes; a longer one is cut, as nobody reads it */ };

/* ---- the query in words ---- */

static void put_parts(struct buf *to, unsigned parts)
{
    const char *between = " in ";
    for (int part = 0; part < FIELD_PART_COUNT && parts != QUERY_ALL_PARTS; part++) {
        if (!(parts & 1U << part))
            continue;
        buf_printf(to, "%s%s", between, field_parts()[part]->label);
        between = " or ";
    }
}

static void put_terms(struct buf *to, const struct strlist *terms, const char *between)
{
    for (size_t i = 0; i < terms->len; i++)
        buf_printf(to, "%s%s", i ? between : "", terms->items[i]);
}

/* A compound's word is looked for in one: its terms say so, what was typed does not. */
static bool shows_terms(const struct query *leaf, const char *text)
{
    bool is_joined = leaf->kind == QUERY_WORD && memchr(text + leaf->start, '-', leaf->end - leaf->start) &&
                     !strchr(leaf->terms.items[0], '-');
    return leaf->end == 0 || leaf->kind == QUERY_NEAR || is_joined;
}

static void put_words(struct buf *to, const struct query *leaf, const char *text)
{
    buf_byte(to, '"');
    if (shows_terms(leaf, text))
        put_terms(to, &leaf->terms, leaf->kind == QUERY_NEAR ? "\", \"" : " ");
    else
        buf_append(to, text + leaf->start, leaf->end - leaf->start);
    buf_byte(to, '"');
}

static void put_years(struct buf *to, const struct query *leaf)
{
    if (leaf->from == leaf->to)
        buf_printf(to, "in force in %u", leaf->from);
    else if (leaf->from == 0)
        buf_printf(to, "in force in %u or earlier", leaf->to);
    else if (leaf->to == QUERY_YEAR_LAST)
        buf_printf(to, "in force in %u or later", leaf->from);
    else
        buf_printf(to, "in force between %u and %u", leaf->from, leaf->to);
}

static void put_tree(struct buf *to, const struct query *query, const char *text, enum query_kind above);

static void put_narrowing(struct buf *to, const struct query *leaf, const char *text)
{
    size_t count;
    if (leaf->kind == QUERY_SINCE) {
        buf_printf(to, "first seen or changed since %04u-%02u-%02u", leaf->from / 10000,
                   leaf->from / 100 % 100, leaf->from % 100);
        return;
    }
    if (leaf->kind == QUERY_YEARS) {
        put_years(to, leaf);
        return;
    }
    buf_text(to, leaf->kind == QUERY_ID ? "Reference" : field_facets(&count)[leaf->facet]->label);
    if (leaf->is_prefix)
        buf_text(to, leaf->kind == QUERY_ID ? " beginning with " : " with a word that begins with ");
    else
        buf_text(to, ": ");
    if (leaf->is_widened)
        put_tree(to, leaf->words, text, leaf->kind);
    else
        put_words(to, leaf, text);
}

static void put_leaf(struct buf *to, const struct query *leaf, const char *text)
{
    if (query_narrows(leaf)) {
        put_narrowing(to, leaf, text);
        return;
    }
    if (leaf->kind == QUERY_PREFIX)
        buf_text(to, "words that begin with ");
    if (leaf->kind == QUERY_PHRASE && !leaf->is_added)
        buf_text(to, "the phrase ");
    put_words(to, leaf, text);
    if (leaf->kind == QUERY_NEAR && leaf->distance == 1)
        buf_text(to, " next to each other");
    else if (leaf->kind == QUERY_NEAR)
        buf_printf(to, " with at most %u %s between them", leaf->distance - 1,
                   leaf->distance == 2 ? "word" : "words");
    if (leaf->is_added)
        buf_text(to, " (the vocabulary's)");
    put_parts(to, leaf->parts);
}

/* The children of a group that rank, or those that do not, with a word between them. Returns how many. */
static size_t put_children(struct buf *to, const struct query *group, const char *text, bool wanted,
                           const char *between, enum query_kind above)
{
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++) {
        if (query_has_wanted(group->children[i]) != wanted)
            continue;
        buf_text(to, count++ ? between : "");
        put_tree(to, group->children[i], text, above);
    }
    return count;
}

static size_t count_wanted(const struct query *group)
{
    size_t count = 0;
    for (size_t i = 0; i < group->count; i++)
        count += query_has_wanted(group->children[i]);
    return count;
}

/* Any of the words, and all that narrows or excludes: what nobody typed an OR between (see match.c). */
static void put_any(struct buf *to, const struct query *group, const char *text)
{
    size_t wanted = count_wanted(group);
    bool has_both = wanted > 0 && wanted < group->count;
    buf_text(to, has_both && wanted > 1 ? "(" : "");
    put_children(to, group, text, true, " or ", has_both && wanted == 1 ? QUERY_AND : QUERY_OR);
    buf_text(to, has_both && wanted > 1 ? ")" : "");
    buf_text(to, has_both ? " and " : "");
    put_children(to, group, text, false, " and ", QUERY_AND);
}

static void put_all(struct buf *to, const struct query *group, const char *text)
{
    for (size_t i = 0; i < group->count; i++) {
        buf_text(to, i == 0 ? "" : group->kind == QUERY_AND ? " and " : " or ");
        put_tree(to, group->children[i], text, group->kind);
    }
}

/* `above` is the kind of the group around it, QUERY_WORD at the top. */
static void put_tree(struct buf *to, const struct query *query, const char *text, enum query_kind above)
{
    if (query->kind == QUERY_NOT) {
        buf_text(to, "not ");
        put_tree(to, query->children[0], text, QUERY_NOT);
        return;
    }
    if (query->count == 0) {
        put_leaf(to, query, text);
        return;
    }
    bool is_any = query->kind == QUERY_OR && query->is_implied;
    bool has_narrowing = is_any && count_wanted(query) < query->count;
    bool has_brackets = above != QUERY_WORD && (above != query->kind || has_narrowing);
    buf_text(to, has_brackets ? "(" : "");
    if (is_any)
        put_any(to, query, text);
    else
        put_all(to, query, text);
    buf_text(to, has_brackets ? ")" : "");
}

char *explain_query(const struct query *query, const char *text)
{
    struct buf sentence = BUF_INIT(SENTENCE_MAX);
    if (query)
        put_tree(&sentence, query, text, QUERY_WORD);
    sentence.failed = false;
    char *taken = buf_take(&sentence);
    buf_free(&sentence);
    return taken ? taken : mem_text("");
}

/* ---- weights ---- */

/* A word that ranks, in a part or the whole text, and what it gives each hit. */
struct weighed {
    const char *term; /* borrowed from the ranking's tree */
    char *word;       /* as typed, where that is known */
    int part;
    double *weights; /* by hit */
};

struct explanation {
    struct matcher *matcher; /* borrowed */
    struct ranking ranking;
    const struct shim_hit *hits; /* borrowed */
    size_t hit_count;
    struct weighed *leaves;
    size_t count;
};

/* How the word of a term was typed, *new*: NULL where it was not. */
static char *typed_word(const struct matcher *matcher, const struct query *query, const char *text,
                        const char *term)
{
    for (size_t i = 0; i < query->count && query->kind != QUERY_NOT; i++) {
        char *word = typed_word(matcher, query->children[i], text, term);
        if (word)
            return word;
    }
    if (query->count || query->end == 0 || query_narrows(query) || !strlist_has(&query->terms, term))
        return NULL;
    struct token token;
    analyser_begin(matcher->analyser, text + query->start, query->end - query->start);
    while (analyser_next(matcher->analyser, &token))
        if (token.exact.len == strlen(term) && memcmp(token.exact.bytes, term, token.exact.len) == 0)
            return mem_copy(text + query->start + token.start, token.len);
    return NULL;
}

static int compare_documents(const void *a, const void *b)
{
    const struct shim_hit *left = a, *right = b;
    return left->document < right->document ? -1 : left->document > right->document;
}

/* What one leaf gives each of the hits: one ranking of them all by it alone. */
static enum shim_status weigh_leaf(struct explanation *explanation, const struct ranking_leaf *leaf,
                                   const struct bits *documents, struct weighed *weighed)
{
    struct matcher *matcher = explanation->matcher;
    struct shim_query *query = ranking_leaf_query(leaf);
    struct shim_hit *found = mem_zero(explanation->hit_count, sizeof *found);
    size_t count = 0;
    enum shim_status status = SHIM_NO_MEMORY;
    matcher->error = (struct shim_error){SHIM_NO_MEMORY, "no memory for the query"};
    if (query)
        status = shim_top_by_weight(matcher->reader, query, documents->words, documents->count,
                                    &shim_weighting_default, 0, explanation->hit_count, found, &count,
                                    &matcher->error);
    shim_query_free(query);
    if (status == SHIM_OK && count)
        qsort(found, count, sizeof *found, compare_documents);
    for (size_t i = 0; status == SHIM_OK && i < explanation->hit_count; i++) {
        const struct shim_hit *hit =
            count ? bsearch(&explanation->hits[i], found, count, sizeof *found, compare_documents) : NULL;
        weighed->weights[i] = hit ? hit->weight : 0;
    }
    free(found);
    return status;
}

static enum shim_status weigh_all(struct explanation *explanation, const struct query *query,
                                  const char *text)
{
    BITS_AUTO struct bits documents = bits_new(explanation->matcher->columns->bits);
    for (size_t i = 0; i < explanation->hit_count; i++)
        bits_set(&documents, explanation->hits[i].document);
    enum shim_status status = SHIM_OK;
    for (size_t i = 0; i < explanation->count && status == SHIM_OK; i++) {
        const struct ranking_leaf *leaf = &explanation->ranking.leaves[i];
        struct weighed *weighed = &explanation->leaves[i];
        *weighed = (struct weighed){.term = leaf->term,
                                    .word = typed_word(explanation->matcher, query, text, leaf->term),
                                    .part = leaf->part,
                                    .weights = mem_zero(explanation->hit_count, sizeof(double))};
        status = weigh_leaf(explanation, leaf, &documents, weighed);
    }
    return status;
}

enum shim_status explain_hits(struct matcher *matcher, const struct query *query, const char *text,
                              const struct shim_hit *hits, size_t count, struct explanation **ret_explanation)
{
    struct explanation *explanation = mem_zero(1, sizeof *explanation);
    *explanation = (struct explanation){.matcher = matcher, .hits = hits, .hit_count = count};
    *ret_explanation = NULL;
    if (!query || count == 0 || ranking_make(matcher, query, &explanation->ranking) != 0) {
        free(explanation);
        return SHIM_OK;
    }
    explanation->count = explanation->ranking.count;
    if (explanation->count > EXPLAIN_LEAVES_MAX) {
        MEM_AUTO char *text_of = mem_format("explain tells the weights of %d words: the query stands for %zu",
                                            EXPLAIN_LEAVES_MAX, explanation->count);
        strlist_add_unique(matcher->warnings, text_of);
        explanation->count = EXPLAIN_LEAVES_MAX;
    }
    explanation->leaves = mem_zero(explanation->count, sizeof *explanation->leaves);
    enum shim_status status = weigh_all(explanation, query, text);
    if (status == SHIM_OK)
        *ret_explanation = explanation;
    else
        explanation_free(explanation);
    return status;
}

void explanation_free(struct explanation *explanation)
{
    if (!explanation)
        return;
    for (size_t i = 0; i < explanation->count; i++) {
        free(explanation->leaves[i].word);
        free(explanation->leaves[i].weights);
    }
    free(explanation->leaves);
    ranking_free(&explanation->ranking);
    free(explanation);
}

/* ---- of one hit ---- */

/* What a word gave in a part. */
struct gift {
    const char *word;
    int part;
    double weight;
};

struct gifts {
    struct gift *items;
    size_t count, cap;
};

/* Adds to what the word gave in the part already. */
static void give(struct gifts *gifts, const char *word, int part, double weight)
{
    for (size_t i = 0; i < gifts->count; i++) {
        if (gifts->items[i].part == part && strcmp(gifts->items[i].word, word) == 0) {
            gifts->items[i].weight += weight;
            return;
        }
    }
    gifts->items = mem_push(gifts->items, gifts->count, &gifts->cap, sizeof *gifts->items);
    gifts->items[gifts->count++] = (struct gift){word, part, weight};
}

/* Shares what a word gave over the whole text among the parts, by how often it stands in each. */
static enum shim_status give_by_parts(const struct explanation *explanation, const struct weighed *weighed,
                                      size_t hit, struct gifts *gifts)
{
    struct matcher *matcher = explanation->matcher;
    uint32_t document = explanation->hits[hit].document, *positions = NULL;
    size_t count = 0, in_part[FIELD_PART_COUNT] = {0};
    const char *word = weighed->word ? weighed->word : weighed->term;
    enum shim_status status = shim_reader_positions(
        matcher->reader, document, weighed->term, strlen(weighed->term), &positions, &count, &matcher->error);
    if (status != SHIM_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        in_part[match_part_at(matcher->columns, document, positions[i])]++;
    shim_free(positions);
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        if (in_part[part])
            give(gifts, word, part, weighed->weights[hit] * (double)in_part[part] / (double)count);
    if (count == 0)
        give(gifts, word, RANKING_WHOLE, weighed->weights[hit]);
    return SHIM_OK;
}

static int compare_gifts(const void *a, const void *b)
{
    const struct gift *left = a, *right = b;
    if (left->weight != right->weight)
        return left->weight > right->weight ? -1 : 1;
    int order = strcmp(left->word, right->word);
    return order ? order : left->part - right->part;
}

static void put_gifts(const struct gifts *gifts, struct buf *to)
{
    buf_byte(to, '[');
    for (size_t i = 0; i < gifts->count; i++) {
        const struct gift *gift = &gifts->items[i];
        json_text_comma(to);
        buf_byte(to, '{');
        json_text_member(to, "word");
        json_text_or_null(to, gift->word);
        json_text_member(to, "part");
        json_text_or_null(to, gift->part == RANKING_WHOLE ? NULL : field_parts()[gift->part]->name);
        json_text_member(to, "weight");
        json_text_decimal(to, gift->weight);
        buf_byte(to, '}');
    }
    buf_byte(to, ']');
}

enum shim_status explain_put(const struct explanation *explanation, size_t hit, struct buf *to)
{
    struct gifts gifts = {0};
    enum shim_status status = SHIM_OK;
    for (size_t i = 0; i < explanation->count && status == SHIM_OK; i++) {
        const struct weighed *weighed = &explanation->leaves[i];
        if (weighed->weights[hit] <= 0)
            continue;
        if (weighed->part == RANKING_WHOLE)
            status = give_by_parts(explanation, weighed, hit, &gifts);
        else
            give(&gifts, weighed->word ? weighed->word : weighed->term, weighed->part, weighed->weights[hit]);
    }
    if (gifts.count)
        qsort(gifts.items, gifts.count, sizeof *gifts.items, compare_gifts);
    if (status == SHIM_OK)
        put_gifts(&gifts, to);
    free(gifts.items);
    return status;
}
