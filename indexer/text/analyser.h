/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one analyser: text into tokens, for indexing, for queries and for marking alike.
 *
 * What a token is. Folding is Unicode's (utf8proc: compatibility, case, marks taken off); ASCII takes a
 * short way with the same result. A word is a run of letters, digits and marks. Besides:
 *  - apostrophes of all kinds stand inside a word ("patient's" is patient, "don't" is dont, "O'Neil" is
 *    oneil): before a letter they vanish, and a last 's goes with its apostrophe;
 *  - '&' without spaces joins single letters and short runs, up to three letters on a side ("A&E", "R&D"
 *    are one token each); HTML is not known;
 *  - '+' right behind a word makes a further, exact form: "SUS+" is `sus` and, at the same position,
 *    `sus+`; whoever asks for SUS+ asks for the exact form;
 *  - hyphens and underscores part words ("re-design" is re, design); letters-only compounds of two or
 *    three pieces are also found joined (`redesign`, an extra at the first piece's position); soft hyphens
 *    vanish;
 *  - digits keep '.' between digits ("1.5"); ',' before exactly three digits goes ("10,000" is 10000);
 *  - statutory numbers: "s251", "s.251", "s 251", "section 251", "sections 251", "Section 261 (2)(b)(ii)",
 *    "regulation 3 (4)", "reg. 5", "article 6(1)(e)", "art 9" are each one token whose term is the number
 *    with its letter (`s251`, `reg3`, `art6`); extras at the same position are every level with it and
 *    without it (`s261(2)`, `s261(2)(b)`, ..., `261`, `261(2)`, ...) and, where it was written out, the
 *    word (`section`, `regul`, `articl`: stems). A number with brackets but no letter ("261(2)(b)(ii)")
 *    has the term `261` and its levels. `exact` is the deepest level written. Years are no numbers of
 *    provisions ("Regulations 2002" are two words);
 *  - references: "DARS-NIC-212898-X4C9W-v2.1" is one token; term `nic-212898-x4c9w`; extras are the whole
 *    as written, the whole without its version, `nic-212898`, `212898`, `x4c9w`; "NIC-212898" alone
 *    likewise as far as it goes; `exact` is the most that was written, without DARS- where there is no
 *    version;
 *  - private-use characters, U+2028, no-break and narrow spaces, controls and invalid UTF-8 part words;
 *    joiners and marks of direction vanish as soft hyphens do.
 * The term of an ordinary word is its English stem (Porter 2, as the shim has it); words with digits are
 * not stemmed; a plural 's' behind a word without vowels goes (CCGs is ccg, GPs is gp; also CSUs, DSCROs
 * and the like by a short list), but not where it is the acronym's own (NHS, ONS, DIDS and the like by the
 * same list: ONS must not be "on"). Case never changes what is found. Words longer than ANALYSER_WORD_MAX
 * bytes after folding are cut there.
 */
#ifndef PURPOSED_TEXT_ANALYSER_H
#define PURPOSED_TEXT_ANALYSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Stored in the index: another version means that the index is built anew.
 *   1  first */
enum { ANALYSER_VERSION = 1 };

enum {
    ANALYSER_WORD_MAX = 64,      /* bytes of a folded word */
    TOKEN_EXTRA_MAX = 24,        /* extra terms of one token */
    ANALYSER_MEMO_WORDS = 65536, /* words whose stems are remembered; past it the memo starts anew */
};

struct term {
    const char *bytes;
    size_t len;
};

struct token {
    size_t start, len; /* bytes of the text that it stands for */
    uint32_t position; /* 0 for the text's first token, then one more each */
    struct term term;  /* what is indexed at the position, first of all */
    /* Folded, not stemmed: for spelling, prefixes and completion; empty for what is no word. */
    struct term word;
    struct term exact;    /* what a query that holds this very token looks for */
    struct term joined;   /* hyphenated compounds, at the first piece: all pieces in one; else empty */
    unsigned joined_span; /* how many tokens the compound has */
    /* Further terms at the same position, `joined` and `exact` among them; no duplicates. */
    struct term extra[TOKEN_EXTRA_MAX];
    size_t extra_count;
    bool is_name; /* written with a capital or in capitals throughout */
};

struct analyser;

/* *new*; NULL without memory or stemmer. One thread each. */
struct analyser *analyser_new(void);
void analyser_free(struct analyser *analyser);

/* Starts on a text, *borrowed* until the last token is out. Any bytes are text. */
void analyser_begin(struct analyser *analyser, const char *text, size_t len);
/* The next token; false at the end. Its terms are *borrowed* until the next call. */
bool analyser_next(struct analyser *analyser, struct token *token);

/* The terms by which a query looks for these words next to each other (`exact` of each), parted by single
 * spaces; *new*. Equal keys are found in the same places. The text that was begun is given up. */
char *analyser_key(struct analyser *analyser, const char *text, size_t len);

/* Folds a text as words are folded, without parting it; *new*. For comparing and sorting. */
char *analyser_fold(const char *text, size_t len);

#endif
