/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test_shim_model.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_shim_support.h"

uint32_t model_random(struct model *model, uint32_t below)
{
    model->seed ^= model->seed << 13;
    model->seed ^= model->seed >> 7;
    model->seed ^= model->seed << 17;
    return (uint32_t)((model->seed >> 32) % below);
}

const char *model_word(int word)
{
    static char spelt[8][16];
    static unsigned used;
    char *text = spelt[used++ % 8];
    snprintf(text, 16, "w%d", word);
    return text;
}

/* Low numbers are common, high ones rare. */
static int random_word(struct model *model)
{
    uint32_t wide = model_random(model, MODEL_VOCABULARY) + 1;
    return (int)model_random(model, wide);
}

static void random_value(struct model *model, char value[8])
{
    static const char *const values[] = {"", "", "a", "ab", "b", "ba", "\x01", "z"};
    snprintf(value, 8, "%s", values[model_random(model, 8)]);
}

void model_fill(struct model *model, uint64_t seed)
{
    memset(model, 0, sizeof(*model));
    model->seed = seed;
    for (int d = 1; d <= MODEL_DOCUMENTS; d++) {
        struct model_document *document = &model->documents[d];
        document->n = 1 + (int)model_random(model, MODEL_WORDS_MAX);
        for (int i = 0; i < document->n; i++)
            document->words[i] = model_random(model, 10) ? random_word(model) : -1;
        random_value(model, document->value);
        document->deleted = model_random(model, MODEL_DELETED) == 0;
    }
}

static void put_document(const struct model_document *document, struct shim_document *out)
{
    for (int word = 0; word < MODEL_VOCABULARY; word++) {
        uint32_t positions[MODEL_WORDS_MAX];
        size_t n = 0;
        const char *spelt = model_word(word);
        for (int i = 0; i < document->n; i++)
            if (document->words[i] == word)
                positions[n++] = (uint32_t)i + 1;
        if (n > 0)
            assert_int_equal(shim_document_add_postings(out, spelt, strlen(spelt), positions, n, (uint32_t)n),
                             SHIM_OK);
    }
    assert_int_equal(shim_document_set_value(out, 1, document->value, strlen(document->value)), SHIM_OK);
}

void model_index(const struct model *model, const char *path)
{
    struct shim_error error;
    struct shim_writer *writer;
    struct shim_document *document = shim_document_new();
    EXPECT(SHIM_OK, shim_writer_open(path, &writer, &error));
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    for (int d = 1; d <= MODEL_DOCUMENTS; d++) {
        char identity[16];
        uint32_t number;
        int len = snprintf(identity, sizeof(identity), "Q%d", d);
        shim_document_clear(document);
        put_document(&model->documents[d], document);
        EXPECT(SHIM_OK, shim_writer_replace(writer, identity, (size_t)len, document, &number, &error));
        assert_int_equal(number, d);
    }
    for (int d = 1; d <= MODEL_DOCUMENTS; d++) {
        char identity[16];
        int len = snprintf(identity, sizeof(identity), "Q%d", d);
        if (model->documents[d].deleted)
            EXPECT(SHIM_OK, shim_writer_delete(writer, identity, (size_t)len, &error));
    }
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    shim_document_free(document);
    shim_writer_free(writer);
}

static void random_leaf(struct model *model, struct model_query *query, bool ranked)
{
    static const enum model_kind kinds[] = {MODEL_WORD,   MODEL_WORD,  MODEL_WORD,   MODEL_PHRASE,
                                            MODEL_PHRASE, MODEL_NEAR,  MODEL_ALL,    MODEL_NONE,
                                            MODEL_RANGE,  MODEL_RANGE, MODEL_PREFIX, MODEL_NEAR};
    do
        query->kind = kinds[model_random(model, sizeof(kinds) / sizeof(kinds[0]))];
    while (ranked && query->kind == MODEL_PREFIX);
    query->n = query->kind == MODEL_PHRASE || query->kind == MODEL_NEAR ? 2 + (int)model_random(model, 2) : 1;
    for (int i = 0; i < query->n; i++)
        query->words[i] = query->kind == MODEL_PREFIX ? (int)model_random(model, 10) : random_word(model);
    query->distance = 1 + (int)model_random(model, 6);
    random_value(model, query->from);
    random_value(model, query->to);
}

struct model_query *model_query_random(struct model *model, int depth, bool ranked)
{
    struct model_query *query = calloc(1, sizeof(*query));
    query->factor = 0.5 * model_random(model, 6);
    if (depth <= 1 || model_random(model, 4) == 0) {
        random_leaf(model, query, ranked);
        return query;
    }
    query->kind = (enum model_kind)(MODEL_AND + model_random(model, MODEL_KINDS - MODEL_AND));
    query->n = query->kind == MODEL_SCALE ? 1 : 2;
    if (query->kind == MODEL_AND || query->kind == MODEL_OR)
        query->n = (int)model_random(model, MODEL_CHILDREN_MAX + 1);
    for (int i = 0; i < query->n; i++)
        query->children[i] = model_query_random(model, depth - 1, ranked);
    return query;
}

void model_query_free(struct model_query *query)
{
    for (int i = 0; i < MODEL_CHILDREN_MAX; i++)
        if (query->children[i])
            model_query_free(query->children[i]);
    free(query);
}

struct shim_query *model_query_build(const struct model_query *query)
{
    struct shim_query *children[MODEL_CHILDREN_MAX] = {NULL};
    const char *words[3] = {model_word(query->words[0]), model_word(query->words[1]),
                            model_word(query->words[2])};
    const size_t lens[3] = {strlen(words[0]), strlen(words[1]), strlen(words[2])};
    for (int i = 0; i < query->n && query->kind >= MODEL_AND; i++)
        children[i] = model_query_build(query->children[i]);
    switch (query->kind) {
    case MODEL_ALL:
        return shim_query_all();
    case MODEL_NONE:
        return shim_query_none();
    case MODEL_WORD:
        return shim_query_word(words[0], lens[0]);
    case MODEL_PHRASE:
        return shim_query_phrase(words, lens, (size_t)query->n);
    case MODEL_NEAR:
        return shim_query_near(words, lens, (size_t)query->n, (unsigned)query->distance);
    case MODEL_PREFIX:
        return shim_query_prefix(words[0], lens[0], MODEL_VOCABULARY);
    case MODEL_RANGE:
        return shim_query_range(1, query->from[0] ? query->from : NULL, strlen(query->from),
                                query->to[0] ? query->to : NULL, strlen(query->to));
    case MODEL_AND:
        return shim_query_and(children, (size_t)query->n);
    case MODEL_OR:
        return shim_query_or(children, (size_t)query->n);
    case MODEL_NOT:
        return shim_query_and_not(children[0], children[1]);
    case MODEL_FILTER:
        return shim_query_filter(children[0], children[1]);
    case MODEL_BOOST:
        return shim_query_boost(children[0], children[1]);
    case MODEL_SCALE:
        return shim_query_scale(children[0], query->factor);
    case MODEL_KINDS:
        break;
    }
    return NULL;
}

static int count_of(const struct model_document *document, int word)
{
    int count = 0;
    for (int i = 0; i < document->n; i++)
        count += document->words[i] == word;
    return count;
}

static bool has_phrase(const struct model_document *document, const struct model_query *query)
{
    for (int start = 0; start + query->n <= document->n; start++) {
        int same = 0;
        while (same < query->n && document->words[start + same] == query->words[same])
            same++;
        if (same == query->n)
            return true;
    }
    return false;
}

/* Whether word `i` and those after it can be given positions of their own in [start, end), `taken` ones
 * apart. */
static bool can_place(const struct model_document *document, const struct model_query *query, int i,
                      int start, int end, uint64_t taken)
{
    if (i == query->n)
        return true;
    for (int at = start; at < end && at < document->n; at++)
        if (document->words[at] == query->words[i] && !(taken >> at & 1) &&
            can_place(document, query, i + 1, start, end, taken | UINT64_C(1) << at))
            return true;
    return false;
}

static bool has_near(const struct model_document *document, const struct model_query *query)
{
    for (int start = 0; start < document->n; start++)
        if (can_place(document, query, 0, start, start + query->n + query->distance - 1, 0))
            return true;
    return false;
}

static bool has_prefix(const struct model_document *document, int word)
{
    char prefix[16];
    snprintf(prefix, sizeof(prefix), "%s", model_word(word));
    for (int i = 0; i < document->n; i++)
        if (document->words[i] >= 0 && strncmp(model_word(document->words[i]), prefix, strlen(prefix)) == 0)
            return true;
    return false;
}

static bool in_range(const struct model_document *document, const struct model_query *query)
{
    return document->value[0] && strcmp(document->value, query->from) >= 0 &&
           (!query->to[0] || strcmp(document->value, query->to) <= 0);
}

bool model_matches(const struct model *model, const struct model_query *query, int number)
{
    const struct model_document *document = &model->documents[number];
    int met = 0;
    if (document->deleted || query->kind == MODEL_NONE)
        return false;
    for (int i = 0; i < query->n && query->kind >= MODEL_AND; i++)
        met += model_matches(model, query->children[i], number);
    switch (query->kind) {
    case MODEL_WORD:
        return count_of(document, query->words[0]) > 0;
    case MODEL_PHRASE:
        return has_phrase(document, query);
    case MODEL_NEAR:
        return has_near(document, query);
    case MODEL_PREFIX:
        return has_prefix(document, query->words[0]);
    case MODEL_RANGE:
        return in_range(document, query);
    case MODEL_OR:
        return met > 0;
    case MODEL_NOT:
        return model_matches(model, query->children[0], number) &&
               !model_matches(model, query->children[1], number);
    case MODEL_BOOST:
        return model_matches(model, query->children[0], number);
    default: /* all, and, filter, scale */
        return query->kind < MODEL_AND || met == query->n;
    }
}

static double word_weight(const struct model *model, int word, const struct model_document *document,
                          const struct shim_weighting *by)
{
    double documents = 0, with_word = 0, length = 0;
    double count = count_of(document, word), own_length = 0;
    for (int d = 1; d <= MODEL_DOCUMENTS; d++) {
        if (model->documents[d].deleted)
            continue;
        documents++;
        with_word += count_of(&model->documents[d], word) > 0;
        length += model->documents[d].n - count_of(&model->documents[d], -1);
    }
    if (count == 0)
        return 0;
    own_length = (document->n - count_of(document, -1)) / (length / documents);
    if (own_length < by->min_normlen)
        own_length = by->min_normlen;
    return log((documents + 1) / with_word) *
           (by->delta + (by->k1 + 1) * count / (by->k1 * (1 - by->b + by->b * own_length) + count));
}

double model_weight(const struct model *model, const struct model_query *query, int document,
                    const struct shim_weighting *by)
{
    double sum = 0;
    int weighed = query->kind == MODEL_NOT || query->kind == MODEL_FILTER ? 1 : query->n;
    if (query->kind == MODEL_ALL || query->kind == MODEL_NONE || query->kind == MODEL_RANGE)
        return 0;
    for (int i = 0; i < weighed; i++) {
        if (query->kind < MODEL_AND)
            sum += word_weight(model, query->words[i], &model->documents[document], by);
        else if (model_matches(model, query->children[i], document))
            sum += model_weight(model, query->children[i], document, by);
    }
    return query->kind == MODEL_SCALE ? sum * query->factor : sum;
}
