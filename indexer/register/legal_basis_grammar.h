/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of legal_basis: tokens of a citation, and the names of instruments. */
#ifndef PURPOSED_REGISTER_LEGAL_BASIS_GRAMMAR_H
#define PURPOSED_REGISTER_LEGAL_BASIS_GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>

enum {
    PROVISION_SIZE = 96,     /* bytes of a provision's spelling, NUL included */
    PROVISIONS_MAX = 64,     /* in one list; more are read as a list of their own */
    LEGAL_TEXT_MAX = 40000,  /* bytes of a text that is parsed; a longer one is one verbatim value */
    LEGAL_QUOTE_MAX = 200,   /* bytes between quotation marks */
    LEGAL_TITLE_TOKENS = 40, /* of the title of an instrument */
    LEGAL_NUMBER_DIGITS = 4, /* of a section's number */
    LEGAL_YEAR_MIN = 1200,   /* statutes older than that are not cited by year */
    LEGAL_YEAR_MAX = 2199,
};

enum token_kind {
    TOKEN_WORD,   /* letters, apostrophes inside */
    TOKEN_NUMBER, /* digits, up to two letters behind them: 251, 45c */
    TOKEN_QUOTED, /* a text in quotation marks, the marks included */
    TOKEN_COMMA,
    TOKEN_SEMICOLON,
    TOKEN_DASH, /* of any length */
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_MARK, /* any other character */
    TOKEN_END,  /* one, behind the last */
};

struct token {
    enum token_kind kind;
    const char *start; /* *borrowed* from the text */
    size_t len;
    bool is_spaced; /* white space before it */
};

/* The tokens of a tidied text, *new*, ended by TOKEN_END; free() them. */
struct token *legal_tokens(const char *text, size_t *ret_count);

/* Whether the token is this word or number, given in lower case. */
bool token_is(const struct token *token, const char *word);
bool token_is_any(const struct token *token, const char *const *words, size_t count);
bool token_is_capital(const struct token *token);
/* The year a number says, or 0. */
int token_year(const struct token *token);

enum instrument_class { INSTRUMENT_ACT, INSTRUMENT_REGULATIONS, INSTRUMENT_GDPR, INSTRUMENT_OTHER };

struct instrument {
    char *name; /* *new* */
    enum instrument_class class;
    size_t tokens; /* how many it takes */
};

/* The instrument named at `tokens`, by its title or short name, or by its shape ("... Act 2009"). */
bool legal_instrument(const struct token *tokens, struct instrument *ret_instrument);

enum unit {
    UNIT_SECTION,
    UNIT_REGULATION,
    UNIT_ARTICLE,
    UNIT_SCHEDULE,
    UNIT_PART,
    UNIT_CHAPTER,
    UNIT_PARAGRAPH,
    UNIT_SUBSECTION,
    UNIT_COUNT
};

struct provision {
    enum unit unit;
    char head[PROVISION_SIZE]; /* "s261" */
    char full[PROVISION_SIZE]; /* "s261(2)(b)(ii)"; equals head where nothing follows */
};

struct provision_list {
    struct provision items[PROVISIONS_MAX];
    size_t count;
};

/* Each returns how many tokens it took, 0 where there is no such thing at `tokens`; provisions are added to
 * the list. */
/* "section 39(4)(i) and 39(5)", "s 251", "Regulation 3 (4)", "Part 1 of Schedule 1". */
size_t legal_provisions(const struct token *tokens, struct provision_list *list);
/* A number right behind an instrument's name: "GDPR 6(1)(e)", "NHS Act 2006 251". */
size_t legal_bare_provisions(const struct token *tokens, enum instrument_class class,
                             struct provision_list *list);

/* Something understood. */
struct citation {
    size_t token;     /* where it begins */
    char *instrument; /* *owned* */
    char *path;       /* *owned* */
    bool is_alone;    /* the instrument without a provision */
    bool is_used;     /* ... to which a later piece gave one */
};

/* A text while it is read. */
struct parse {
    struct token *tokens;
    size_t count;
    bool *is_covered; /* count + 1: tokens that a citation has taken */
    struct citation *citations;
    size_t citation_count, citation_cap;
    bool is_silent;                   /* what is read is not what is relied on: an amending Act */
    char *last[INSTRUMENT_OTHER + 1]; /* the instruments named last, by class; *owned* */
    char *last_any;                   /* *owned* */
};

/* Finds the citations in parse->tokens, in order, and covers the tokens they take. */
void legal_find_citations(struct parse *parse);

#define LEGAL_HSCA "Health and Social Care Act 2012"
#define LEGAL_NHS_ACT "National Health Service Act 2006"
#define LEGAL_COPI "Health Service (Control of Patient Information) Regulations 2002"
#define LEGAL_GDPR "UK GDPR"
#define LEGAL_SRSA "Statistics and Registration Service Act 2007"

#endif
