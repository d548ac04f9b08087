/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What of a query stands where in a text.
 *
 * Most words of a text are nothing that a query looks for. They are told apart by their first two letters
 * alone, without stemming: see stems_of() for why that is exact. Mostly they need not even be parted from
 * each other (passage_scan.h).
 */
#ifndef PURPOSED_TEXT_PASSAGE_MATCH_H
#define PURPOSED_TEXT_PASSAGE_MATCH_H

#include "indexer/text/passage.h"

enum {
    MATCH_TERMS_MAX = 8192,   /* distinct terms of one query */
    MATCH_HITS_MAX = 16384,   /* wanted terms taken from one text; what stands behind them is not looked at */
    MATCH_FOUND_MAX = 32768,  /* matches in one text */
    MATCH_WORK_MAX = 4000000, /* steps of putting phrases and nearness together in one text */
    MATCH_BYTES_MAX = 1 << 20,  /* bytes of a query's terms */
    MATCH_TERM_BYTES_MAX = 200, /* a longer term is no token's */
};

/* Weights are counted in whole units, so that equal stretches are equal whatever order they are summed in. */
enum { MATCH_UNIT = 65536 };

enum match_kind { MATCH_WORD, MATCH_PREFIX, MATCH_PHRASE, MATCH_NEAR };

struct match_item {
    enum match_kind kind;
    uint64_t units;    /* weight, with the kind's factor; at least 1 */
    uint32_t form_of;  /* the item that it counts as: itself, unless it is another form of one before */
    uint32_t first, n; /* its terms, in passage_query.order */
    uint32_t term;     /* of MATCH_WORD */
    unsigned window;   /* of MATCH_NEAR, positions */
};

struct match_term {
    size_t at, len; /* in passage_query.bytes */
    uint32_t hash;
    int32_t word_item; /* the item that is this very word, or -1 */
    bool is_grouped;   /* part of a phrase or of a nearness */
};

enum { PASSAGE_BEGINS_MAX = 8 }; /* pairs of letters that are looked for at once */

/* The pairs of letters that wanted tokens begin with, see passage_scan.h. */
struct passage_begins {
    unsigned count;
    bool reads_all; /* some wanted token may begin otherwise, or there are too many */
    char first[PASSAGE_BEGINS_MAX], second[PASSAGE_BEGINS_MAX];
};

struct passage_query {
    size_t item_count;
    uint32_t last;     /* the item added last, or met again; UINT32_MAX: none */
    bool is_same_next; /* what is added next is another form of it */
    struct match_term *terms;
    size_t term_count, term_cap;
    uint32_t *order; /* numbers of terms */
    size_t order_count, order_cap;
    uint32_t *slots; /* numbers of terms + 1, by hash; 0: free */
    size_t slot_count;
    struct buf bytes;
    bool has_groups, has_prefixes;
    unsigned reach; /* positions that the widest phrase or nearness spans */
    struct passage_begins pairs;
    uint32_t begins[32]; /* bit b of begins[a]: a plain word of the letters a, b, ... may be wanted */
    struct match_item items[PASSAGE_ITEMS_MAX]; /* the last, since those behind item_count are never set */
};

/* The item that stands for a match: of forms of one thing the first. */
static inline uint32_t passage_query_counts_as(const struct passage_query *query, uint32_t item)
{
    return query->items[item].form_of;
}

/* Whether all items are forms of one. */
bool passage_query_is_single(const struct passage_query *query);

/* The number of a term, or -1. */
int32_t passage_query_find(const struct passage_query *query, struct term term);

static inline struct term passage_query_term(const struct passage_query *query, uint32_t number)
{
    return (struct term){query->bytes.data + query->terms[number].at, query->terms[number].len};
}

struct match {
    size_t start, end; /* bytes of the text */
    uint32_t item;
};

struct match_mark {
    size_t start, end;
};

/* A grouped term at a token. */
struct match_hit {
    size_t start, end;
    uint32_t term, position;
};

struct matches {
    struct match *found; /* by start */
    size_t count, cap;
    struct match_mark *marks; /* what to mark, in no order, overlapping */
    size_t mark_count, mark_cap;
    struct match_hit *hits; /* by position */
    size_t hit_count, hit_cap;
    bool wants_marks;
    bool first_only; /* of a query that is a single thing: nothing behind its first match is looked at */
    /* Of a query of words alone: nothing is looked at behind the first match of one that is worth as much; 0:
     * all is. */
    uint64_t first_units;
    uint32_t work;
};

/* Finds everything of the query in text[from .. to), adding to `matches` (zeroed but for wants_marks,
 * first_only and first_units). */
void matches_collect(struct matches *matches, struct analyser *analyser, const struct passage_query *query,
                     const char *text, size_t from, size_t to);
void matches_free(struct matches *matches);

/* Puts together phrases and nearness from the hits; used by matches_collect(). */
void matches_group(struct matches *matches, const struct passage_query *query);
void matches_add(struct matches *matches, size_t start, size_t end, uint32_t item);
void matches_add_mark(struct matches *matches, size_t start, size_t end);

#endif
