/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which phrases occur: chosen from records read for the purpose, before the index is built.
 *
 * A run of PHRASE_WORDS_MIN to PHRASE_WORDS_MAX words is met where nothing but spaces and hyphens stands
 * between them and neither its first nor its last word is a stop word. It is a phrase where its neighbours
 * vary: what nearly always has the same word before or behind it is a fragment of something longer (accessor
 * variety: Feng, Chen, Deng and Zheng, "Accessor variety criteria for Chinese word extraction", Computational
 * Linguistics 30(1), 2004). The neighbour that it has most often, and its most frequent spelling, are kept by
 * majority vote (Boyer and Moore, 1981). Memory is bounded as in lossy counting (Manku and Motwani, VLDB
 * 2002): when there are PHRASE_SAMPLE_RUNS, the rarest go.
 *
 * A phrase counts once a record. Which are chosen depends on the records and their order alone.
 */
#ifndef PURPOSED_INDEXER_PHRASE_SAMPLE_H
#define PURPOSED_INDEXER_PHRASE_SAMPLE_H

#include "indexer/phrases.h"
#include "indexer/register/record.h"
#include "indexer/text/analyser.h"

enum {
    PHRASE_SAMPLE_RECORDS = 400,  /* read, at most, spread evenly over all: what stands in one record of a
                                     hundred  is met four times */
    PHRASE_SAMPLE_RUNS = 1 << 19, /* runs of words held */
    PHRASE_SAMPLE_TEXT_MAX = 24 << 20, /* bytes of their spellings */
    PHRASE_RECORDS_MIN = 2,            /* records that have a phrase, at least */
    PHRASE_SAME_PERCENT = 90,          /* of its places a fragment has the same neighbour, at least */
};

struct phrase_sample;

struct phrase_sample *phrase_sample_new(void); /* *new* */
void phrase_sample_free(struct phrase_sample *sample);
/* Adds the runs of a record's parts. */
void phrase_sample_add(struct phrase_sample *sample, struct analyser *analyser, const struct record *record);
/* The most frequent phrases, at most `max`, their counts 0: *new*. */
struct phrase_list phrase_sample_choose(struct phrase_sample *sample, size_t max);

#endif
