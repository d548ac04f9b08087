/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passages: where in a text a query's words stand, the best stretch of it, and that stretch as marked
 * HTML.
 *
 * A text is read once, token by token. A stretch is scored by how many different things of the query it
 * holds, each by its weight, phrases above words (a phrase's weight counts twice, a nearness' one and a half
 * times), nearness breaking ties (the density of query terms in a window, as in Tombros and Sanderson,
 * "Advantages of query biased summaries in information retrieval", SIGIR 1998); the earliest wins a tie. It
 * begins and ends at ends of sentences, lines or words, with an ellipsis where it was cut.
 */
#ifndef PURPOSED_TEXT_PASSAGE_H
#define PURPOSED_TEXT_PASSAGE_H

#include "indexer/base/buf.h"
#include "indexer/text/analyser.h"

enum {
    PASSAGE_ITEMS_MAX = 512,      /* things of a query that are looked for; more are left out */
    PASSAGE_WORDS_MAX = 64,       /* words of one phrase */
    PASSAGE_LENGTH_DEFAULT = 280, /* bytes of text in a passage, about */
    PASSAGE_COUNT_MAX = 16,       /* passages cut from one text */
};

/* What to look for; built once a query, used for many texts. One thread each. */
struct passage_query;

struct passage_query *passage_query_new(void); /* *new* */
void passage_query_free(struct passage_query *query);
/* A word or an extra term: marked wherever a token has it as term, extra or exact form. */
void passage_query_word(struct passage_query *query, const char *term, size_t len, double weight);
/* Terms in exactly this order: marked where they stand together. */
void passage_query_phrase(struct passage_query *query, const struct term *terms, size_t n, double weight);
/* Terms in any order, each at a position of its own, within `window` positions from the first to the last,
 * both counted (shim_query_near's distance and one less than the number of terms, together): marked where
 * they do. */
void passage_query_near(struct passage_query *query, const struct term *terms, size_t n, unsigned window,
                        double weight);
/* Words (unstemmed) that begin so. */
void passage_query_prefix(struct passage_query *query, const char *prefix, size_t len, double weight);
/* The next word or phrase added is another form of the one added last: a passage is worth no more for having
 * both. */
void passage_query_same(struct passage_query *query);
bool passage_query_is_empty(const struct passage_query *query);
/* The score of a passage that holds everything: no passage has more. */
double passage_query_most(const struct passage_query *query);

/* Its distinct terms, and each of them, *borrowed*. */
size_t passage_query_terms(const struct passage_query *query);
struct term passage_query_term_at(const struct passage_query *query, size_t number);

/* Ascending positions of a term. */
struct passage_positions {
    const uint32_t *items;
    size_t count;
};

/* The score that no passage of about `length` bytes passes, of a text whose tokens lie from position `from`
 * up to `to`, the positions of each term being known; 0 where nothing of the query stands there. */
double passage_query_bound(const struct passage_query *query, const struct passage_positions *terms,
                           uint32_t from, uint32_t to, size_t length);

struct passage {
    size_t start, end; /* bytes of the text */
    double score;      /* 0: nothing of the query stands in the text, the passage is its beginning */
    /* The number or letter of the list item it begins in ("3", "a", "iv"); len 0: none. */
    size_t item_start, item_len;
};

/* The best passage of a text in which none is worth more than `bound` (see passage_query_bound); what
 * passage_find() gives where one is wanted, read no further than that takes. */
size_t passage_find_one(struct analyser *analyser, const struct passage_query *query, const char *text,
                        size_t text_len, size_t length, double bound, struct passage *ret_passage);

/* The best `wanted` (at most PASSAGE_COUNT_MAX) passages of about `length` bytes that do not overlap, best
 * first. Returns how many; for a text that holds nothing of the query, its beginning with score 0 (an empty
 * text: none). */
size_t passage_find(struct analyser *analyser, const struct passage_query *query, const char *text,
                    size_t text_len, size_t length, struct passage *passages, size_t wanted);

/* Appends the stretch as HTML: escaped (& < > " '), marked with <mark>, with U+2026 where it begins or ends
 * inside a sentence. A phrase is one mark, its spaces included, words are marked each; marks that overlap are
 * one. Only what stands in the stretch as a whole is marked. Runs of white space, controls and private-use
 * characters are one space, of invalid UTF-8 one U+FFFD; soft hyphens and whatever turns the direction of
 * writing are left out. `passage` may be any stretch, a whole title too; nothing is marked in one of score 0.
 */
void passage_html(struct analyser *analyser, const struct passage_query *query, const char *text,
                  size_t text_len, const struct passage *passage, struct buf *html);

/* A stretch of a text that is marked, in bytes. */
struct passage_mark {
    size_t start, end;
};

/* All of the query that stands in the text, as passage_html() marks it: in order, without overlap, the first
 * `max` of them. Returns how many. */
size_t passage_marks(struct analyser *analyser, const struct passage_query *query, const char *text,
                     size_t text_len, struct passage_mark *marks, size_t max);

#endif
