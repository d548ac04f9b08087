/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the invented register is made of. All lists are *borrowed*, for ever. */
#ifndef PURPOSED_BENCH_VOCABULARY_H
#define PURPOSED_BENCH_VOCABULARY_H

#include <stddef.h>
#include <stdint.h>

#include "indexer/base/buf.h"

enum {
    TOPIC_COUNT = 24,
    TOPIC_WORDS = 8,
    TOPIC_PHRASES = 4,
    TOPIC_RISK = 0, /* "risk stratification", of which half of all agreements speak */
};

struct topic {
    const char *words[TOPIC_WORDS];
    const char *phrases[TOPIC_PHRASES];
};

struct wordlist {
    const char *const *items;
    uint32_t count;
};

extern const struct topic TOPICS[TOPIC_COUNT];
extern const struct wordlist NOUNS, VERBS, ADJECTIVES, PROVISIONS;
/* Sentences. %N noun, %V verb, %A adjective, %T word and %P phrase of the topic, %O organisation, %D data
 * set, %S provision, %R rare word, %# number. */
extern const struct wordlist SENTENCES;
/* Runs of common words that the sentences hold: the dearest phrases to look for. */
extern const struct wordlist COMMON_PHRASES;
/* Values of facets, the most frequent first; paths as the contract writes them. */
extern const struct wordlist LEGAL_BASES, OPT_OUTS, IDENTIFIABILITIES, DUTIES, SENSITIVITIES, METHODS,
    ORGANISATION_TYPES;

/* Names and words by number, as many as there are numbers, no two the same. */
void vocabulary_rare_word(struct buf *to, uint32_t number);
void vocabulary_organisation(struct buf *to, uint32_t number);
void vocabulary_data_set(struct buf *to, uint32_t number);

#endif
