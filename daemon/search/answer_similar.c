/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The method `similar`: records most like one, or copies of it.
 *
 * What a record is like is asked with its own most telling words: those that it has often and few others have
 * (tf-idf: Spärck Jones, 1972; as MoreLikeThis does it in Lucene). A record is found that has a share of
 * them, and ranked by them like the hits of any search. Copies, records of the same group, are left out; or
 * else nothing but copies is found: records whose named parts are the same but for white space.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/answer.h"
#include "daemon/search/count.h"
#include "indexer/base/hash.h"

enum {
    TELLING_MAX = 25, /* words that a record is compared by, as in Lucene */
    TELLING_SHARE_PERCENT =
        20,               /* of them that a similar record has (minimum_should_match of Elasticsearch) */
    TELLING_MARKED = 6,   /* of them that snippets show: each more makes every text be read further */
    TELLING_SHORTEST = 2, /* bytes of one */
    WORDS_MAX = 20000,    /* distinct words of a record that are weighed; further ones are not */
};

/* A distinct word of the record. */
struct word {
    UT_hash_handle hh;
    uint32_t count; /* in the parts asked */
    double weight;
    char term[]; /* its stem; the hash key */
};

/* ---- groups ---- */

static const struct facet_column *groups_of(const struct columns *columns)
{
    return &columns->facets[field_facet_number(field_find("group"))];
}

/* The record's group as a node of its facet, NODE_NONE where it has none. */
static int32_t group_of(const struct facet_column *groups, uint32_t document)
{
    uint32_t first = groups->documents.starts[document];
    return first < groups->documents.starts[document + 1] ? (int32_t)groups->documents.items[first]
                                                          : NODE_NONE;
}

static uint32_t count_copies(const struct columns *columns, uint32_t document)
{
    const struct facet_column *groups = groups_of(columns);
    int32_t group = group_of(groups, document);
    uint32_t copies = 1;
    BITS_EACH(&columns->current, other)
    {
        copies += other != document && group != NODE_NONE && group_of(groups, (uint32_t)other) == group;
    }
    return copies;
}

static void leave_copies_out(const struct columns *columns, uint32_t document, struct bits *documents)
{
    const struct facet_column *groups = groups_of(columns);
    int32_t group = group_of(groups, document);
    BITS_EACH(documents, other)
    {
        if (group != NODE_NONE && group_of(groups, (uint32_t)other) == group)
            bits_clear(documents, other);
    }
}

/* ---- telling words ---- */

static bool may_tell(const struct term *term)
{
    bool is_number = term->bytes[0] >= '0' && term->bytes[0] <= '9';
    bool is_reference = memchr(term->bytes, '-', term->len) != NULL;
    return term->len >= TELLING_SHORTEST && !is_number && !is_reference;
}

static void count_word(struct word **words, const struct term *term)
{
    struct word *word;
    HASH_FIND(hh, *words, term->bytes, term->len, word);
    if (!word) {
        if (HASH_COUNT(*words) >= WORDS_MAX)
            return;
        word = mem_zero(1, sizeof *word + term->len + 1);
        memcpy(word->term, term->bytes, term->len);
        HASH_ADD_KEYPTR(hh, *words, word->term, term->len, word);
    }
    word->count++;
}

static void free_words(struct word *words)
{
    struct word *word, *next;
    HASH_ITER(hh, words, word, next)
    {
        HASH_DEL(words, word);
        free(word);
    }
}

/* The words of the parts asked, of the record's stored text. */
static enum search_status read_words(struct inquiry *inquiry, uint32_t document, struct word **words)
{
    struct text_section sections[TEXT_SECTION_COUNT];
    struct error error = ERROR_NONE;
    const struct columns *columns = inquiry->columns;
    if (text_reader_get(inquiry->snapshot->texts, inquiry->worker->frame, &columns->addresses[document],
                        sections, &error) != 0)
        return answer_fail(inquiry->error, -32603, "%s: %s", columns->ids[document], error.text);
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        const struct text_section *section = &sections[TEXT_SECTION_PARTS + part];
        if (!(inquiry->request.parts & 1U << part) || !section->bytes)
            continue;
        struct token token;
        analyser_begin(inquiry->worker->analyser, section->bytes, section->len);
        while (analyser_next(inquiry->worker->analyser, &token))
            if (may_tell(&token.term))
                count_word(words, &token.term);
    }
    return SEARCH_OK;
}

/* Weighs each word by how often the record has it and how few documents do; one that no more documents have
 * than the record has copies, itself among them, finds nothing else. */
static enum shim_status weigh_words(struct inquiry *inquiry, uint32_t copies, struct word *words)
{
    double documents = (double)bits_total(&inquiry->columns->all);
    struct word *word, *next;
    HASH_ITER(hh, words, word, next)
    {
        uint32_t frequency;
        enum shim_status status = shim_reader_frequency(inquiry->worker->reader, word->term, word->hh.keylen,
                                                        &frequency, &inquiry->matcher.error);
        if (status != SHIM_OK)
            return status;
        word->weight = frequency <= copies ? 0 : (1 + log(word->count)) * log(documents / frequency);
    }
    return SHIM_OK;
}

static int by_weight(const struct word *a, const struct word *b)
{
    if (a->weight != b->weight)
        return a->weight > b->weight ? -1 : 1;
    return strcmp(a->term, b->term);
}

static void add_leaf(struct query *query, const char *term)
{
    struct query *leaf = query_new(QUERY_WORD, query->parts);
    strlist_add(&leaf->terms, term);
    query_add(query, leaf);
}

/* The most telling words as a query for any of them; one without children where there is none. */
static struct query *telling_query(struct word **words, unsigned parts)
{
    struct query *query = query_new(QUERY_OR, parts);
    HASH_SORT(*words, by_weight);
    for (struct word *word = *words; word && word->weight > 0 && query->count < TELLING_MAX;
         word = word->hh.next)
        add_leaf(query, word->term);
    return query;
}

static enum search_status make_query(struct inquiry *inquiry, uint32_t document)
{
    struct word *words = NULL;
    enum search_status status = read_words(inquiry, document, &words);
    if (status == SEARCH_OK)
        status = answer_status(weigh_words(inquiry, count_copies(inquiry->columns, document), words),
                               inquiry->matcher.error.text, inquiry->error);
    if (status == SEARCH_OK)
        inquiry->query = telling_query(&words, inquiry->request.parts);
    free_words(words);
    return status;
}

/* ---- what is found ---- */

/* The documents that have each of the words; free all TELLING_MAX, also after a failure. */
static enum shim_status match_words(struct inquiry *inquiry, struct bits found[TELLING_MAX])
{
    const struct query *query = inquiry->query;
    enum shim_status status = SHIM_OK;
    for (size_t i = 0; i < query->count && status == SHIM_OK; i++)
        status = matcher_match(&inquiry->matcher, query->children[i], &found[i]);
    return status;
}

/* Adds the current documents that have enough of the words. */
static void add_alike(const struct inquiry *inquiry, const struct bits *found, struct bits *documents)
{
    size_t words = inquiry->query->count, needed = (words * TELLING_SHARE_PERCENT + 99) / 100;
    uint8_t *counts = mem_zero(inquiry->columns->bits, sizeof *counts); /* TELLING_MAX fits */
    for (size_t i = 0; i < words; i++) {
        BITS_EACH(&found[i], document)
        {
            counts[document]++;
        }
    }
    BITS_EACH(&inquiry->columns->current, document)
    {
        if (counts[document] >= needed && counts[document] > 0)
            bits_set(documents, document);
    }
    free(counts);
}

/* Snippets show the words that most of what was found has. */
static void choose_marked(struct inquiry *inquiry, const struct bits *found, const struct bits *documents)
{
    const struct query *query = inquiry->query;
    bool taken[TELLING_MAX] = {false};
    inquiry->marked = query_new(QUERY_OR, inquiry->request.parts);
    for (size_t marked = 0; marked < TELLING_MARKED && marked < query->count; marked++) {
        size_t best = query->count, most = 0;
        for (size_t i = 0; i < query->count; i++) {
            size_t shared = taken[i] ? 0 : bits_shared(&found[i], documents);
            if (!taken[i] && (best == query->count || shared > most)) {
                best = i;
                most = shared;
            }
        }
        taken[best] = true;
        add_leaf(inquiry->marked, query->children[best]->terms.items[0]);
    }
}

static enum search_status find_alike(struct inquiry *inquiry, uint32_t document, struct bits *documents)
{
    struct bits found[TELLING_MAX] = {0};
    enum shim_status status = match_words(inquiry, found);
    if (status == SHIM_OK) {
        add_alike(inquiry, found, documents);
        bits_clear(documents, document);
        leave_copies_out(inquiry->columns, document, documents);
        choose_marked(inquiry, found, documents);
    }
    for (size_t i = 0; i < TELLING_MAX; i++)
        bits_free(&found[i]);
    return answer_status(status, inquiry->matcher.error.text, inquiry->error);
}

/* Whether the parts are the same in both but for white space, and not all empty. */
static bool is_copy(const struct columns *columns, uint32_t document, uint32_t other, unsigned parts)
{
    bool has_text = false;
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        if (!(parts & 1U << part))
            continue;
        uint64_t hash = columns->part_hashes[document][part];
        if (hash != columns->part_hashes[other][part])
            return false;
        has_text |= hash != 0;
    }
    return has_text;
}

/* A copy is another's prose: title and recipient are asked only where they are named. */
static unsigned copied_parts(const struct request *request)
{
    if (request->parts != QUERY_ALL_PARTS)
        return request->parts;
    unsigned parts = 0;
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        if (field_parts()[part]->kind == FIELD_PROSE)
            parts |= 1U << part;
    return parts;
}

static enum search_status find(struct inquiry *inquiry, uint32_t document, struct bits *documents)
{
    const struct columns *columns = inquiry->columns;
    if (inquiry->request.copies) {
        unsigned parts = copied_parts(&inquiry->request);
        BITS_EACH(&columns->current, other)
        {
            if (is_copy(columns, document, (uint32_t)other, parts))
                bits_set(documents, other);
        }
        bits_clear(documents, document);
        return SEARCH_OK;
    }
    enum search_status status = make_query(inquiry, document);
    if (status == SEARCH_OK)
        status = find_alike(inquiry, document, documents);
    return status;
}

enum search_status answer_similar(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    long long start = answer_microseconds();
    if (request_parse_similar(&inquiry->request, inquiry->columns, params, inquiry->error) != 0)
        return SEARCH_FAILED;
    inquiry->request.q = ""; /* what the words of the query stand in, where it is explained */
    uint32_t document;
    enum search_status status = answer_find(inquiry, inquiry->request.id, NULL, &document);
    if (status != SEARCH_OK)
        return status;
    struct bits documents = bits_new(inquiry->columns->bits);
    status = find(inquiry, document, &documents);
    if (status != SEARCH_OK) {
        bits_free(&documents);
        return status;
    }
    answer_filter(inquiry, documents);
    return answer_put_search(inquiry, start, to);
}
