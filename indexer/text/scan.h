/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tokens before their terms are made: what a reader that wants few of them (the passage matcher) walks along.
 */
#ifndef PURPOSED_TEXT_SCAN_H
#define PURPOSED_TEXT_SCAN_H

#include "indexer/text/analyser.h"
#include "indexer/text/reference.h"
#include "indexer/text/statute.h"
#include "indexer/text/stems.h"
#include "indexer/text/word.h"

enum scan_kind { SCAN_WORD, SCAN_STATUTE, SCAN_REFERENCE };

struct compound {
    unsigned pieces; /* 0: none */
    size_t end;      /* bytes of the text */
    size_t len;
    char folded[ANALYSER_WORD_MAX];
};

struct analyser {
    struct stems *stems;
    const char *text; /* borrowed */
    size_t len;
    size_t at;         /* where the next token is looked for */
    size_t link;       /* where a word would go on the compound before it */
    uint32_t position; /* of the next token */

    enum scan_kind kind; /* of the current token */
    struct word word;
    size_t end;
    bool goes_on; /* a compound that began before */
    struct statute statute;
    struct agreement_reference reference;
    struct compound compound; /* made by analyser_complete() */
    char plus[ANALYSER_WORD_MAX + 2];
};

/* Goes to the next token; false at the end. A token whose word is_plain has its word's stem for a term and no
 * more. */
bool analyser_scan(struct analyser *analyser);

/* Makes the terms of the token that analyser_scan() went to. */
void analyser_complete(struct analyser *analyser, struct token *token);

#endif
