/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plain model of an index: documents as arrays of words, queries evaluated by looking at every document. */
#ifndef PURPOSED_TEST_SHIM_MODEL_H
#define PURPOSED_TEST_SHIM_MODEL_H

#include "shim/shim.h"

enum {
    MODEL_DOCUMENTS = 400,
    MODEL_VOCABULARY = 40,
    MODEL_WORDS_MAX = 60, /* words of a document */
    MODEL_CHILDREN_MAX = 4,
};

/* One in so many documents is deleted again, so that numbers have gaps. */
enum { MODEL_DELETED = 9 };

struct model_document {
    int words[MODEL_WORDS_MAX]; /* at positions from 1; -1 is a position without a word */
    int n;
    char value[8]; /* of slot 1; "" is none */
    bool deleted;
};

struct model {
    struct model_document documents[MODEL_DOCUMENTS + 1]; /* from 1 */
    uint64_t seed;
};

enum model_kind {
    MODEL_ALL,
    MODEL_NONE,
    MODEL_WORD,
    MODEL_PHRASE,
    MODEL_NEAR,
    MODEL_PREFIX,
    MODEL_RANGE,
    MODEL_AND,
    MODEL_OR,
    MODEL_NOT,
    MODEL_FILTER,
    MODEL_BOOST,
    MODEL_SCALE,
    MODEL_KINDS,
};

struct model_query {
    enum model_kind kind;
    int words[3]; /* of word, phrase, near; of prefix the digit that the word's number begins with */
    int n;        /* words or children */
    int distance;
    char from[8], to[8]; /* "" is no bound */
    double factor;
    struct model_query *children[MODEL_CHILDREN_MAX];
};

uint32_t model_random(struct model *model, uint32_t below);
/* The word's spelling: "w" and its number. *Borrowed* until the eighth call after. */
const char *model_word(int word);
void model_fill(struct model *model, uint64_t seed);
/* Into a new index at `path`, deletions included. */
void model_index(const struct model *model, const char *path);

/* `depth` levels at most; without prefixes where `ranked`, whose weights are the library's own affair. */
struct model_query *model_query_random(struct model *model, int depth, bool ranked);
void model_query_free(struct model_query *query);
struct shim_query *model_query_build(const struct model_query *query);

bool model_matches(const struct model *model, const struct model_query *query, int document);
/* The BM25+ weight of a document that matches. */
double model_weight(const struct model *model, const struct model_query *query, int document,
                    const struct shim_weighting *weighting);

#endif
