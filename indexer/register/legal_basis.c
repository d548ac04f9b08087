/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar, informally; what is in brackets may be absent:
 *
 *   citation    = provisions ["of" | "under" | "," | "-"] ["the"] instrument
 *               | instrument ["-" | ":"] [provisions]
 *   provisions  = provision {("," | "and" | "or" | "&") provision}
 *   provision   = unit number {"(" part ")"} {[","] subunit number}
 *   unit        = "s" | "section" | "reg" | "regulation" | "art" | "article" | "schedule" | ...
 *
 * A text is cut at commas and semicolons that no citation takes for itself. A piece in which nothing is
 * understood is consent, or the rest of the sentence before it, or a value of its own, verbatim.
 */
#include "indexer/register/legal_basis.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis_grammar.h"

/* Of "Informed Patient consent"; with more the wording is the whole piece. */
enum { WORDS_BEFORE_CONSENT = 5 };

/* A run of tokens between commas and semicolons that nothing has taken. */
struct piece {
    size_t from, to;
    bool is_understood;   /* holds a citation */
    bool ends_in_prose;   /* words that are no citation stand at its end */
    bool after_semicolon; /* or at the beginning */
};

/* The next piece from token `from`, brackets keeping their commas. */
static struct piece next_piece(const struct parse *parse, size_t from)
{
    struct piece piece = {.from = from};
    piece.after_semicolon = from == 0 || parse->tokens[from - 1].kind == TOKEN_SEMICOLON;
    long depth = 0;
    size_t i = from;
    for (; i < parse->count; i++) {
        const struct token *token = &parse->tokens[i];
        bool is_covered = parse->is_covered[i];
        if (!is_covered && (token->kind == TOKEN_SEMICOLON || (token->kind == TOKEN_COMMA && depth <= 0)))
            break;
        depth += (token->kind == TOKEN_OPEN) - (token->kind == TOKEN_CLOSE);
        piece.is_understood |= is_covered;
        if (is_covered || token->kind == TOKEN_WORD || token->kind == TOKEN_NUMBER)
            piece.ends_in_prose = !is_covered;
    }
    piece.to = i;
    return piece;
}

static bool has_words(const struct parse *parse, const struct piece *piece)
{
    for (size_t i = piece->from; i < piece->to; i++)
        if (parse->tokens[i].kind == TOKEN_WORD || parse->tokens[i].kind == TOKEN_NUMBER)
            return true;
    return false;
}

/* The text of the source from one token up to another, *new*, fit to be a level of a path. */
static char *source_text(const struct parse *parse, size_t from, size_t to)
{
    const struct token *first = &parse->tokens[from], *last = &parse->tokens[to - 1];
    char *text = mem_copy(first->start, (size_t)(last->start + last->len - first->start));
    field_as_level(text);
    return text;
}

static void add_verbatim(const struct parse *parse, size_t from, size_t to, struct strlist *paths)
{
    MEM_AUTO char *text = source_text(parse, from, to);
    strlist_add_unique(paths, text);
}

static size_t consent_word(const struct parse *parse, size_t from, size_t to)
{
    static const char *const words[] = {"consent", "consents", "consented"};
    for (size_t i = from; i < to; i++)
        if (token_is_any(&parse->tokens[i], words, sizeof words / sizeof *words))
            return i;
    return to;
}

static bool is_denied(const struct parse *parse, size_t from, size_t to)
{
    static const char *const words[] = {"without", "no", "not", "non", "exemption", "absence"};
    for (size_t i = from; i < to; i++)
        if (token_is_any(&parse->tokens[i], words, sizeof words / sizeof *words))
            return true;
    return false;
}

static bool is_dangling(const struct token *token)
{
    static const char *const words[] = {"and", "or", "under", "with", "of", "in", "per"};
    return (token->kind != TOKEN_WORD && token->kind != TOKEN_NUMBER) ||
           token_is_any(token, words, sizeof words / sizeof *words);
}

/* The tokens from..to without dashes, brackets, full stops and words that join at either end. */
static void trim_tokens(const struct parse *parse, size_t *from, size_t *to)
{
    const struct token *tokens = parse->tokens;
    while (*from < *to && tokens[*from].kind != TOKEN_WORD && tokens[*from].kind != TOKEN_NUMBER &&
           tokens[*from].kind != TOKEN_QUOTED)
        ++*from;
    long open = 0;
    for (size_t i = *from; i < *to; i++)
        open += (tokens[i].kind == TOKEN_OPEN) - (tokens[i].kind == TOKEN_CLOSE);
    while (*to > *from && is_dangling(&tokens[*to - 1]) && tokens[*to - 1].kind != TOKEN_QUOTED) {
        if (tokens[*to - 1].kind == TOKEN_CLOSE && open++ >= 0)
            break;
        --*to;
    }
}

static void add_consent(const struct parse *parse, size_t from, size_t to, struct strlist *paths)
{
    trim_tokens(parse, &from, &to);
    if (from >= to) {
        strlist_add_unique(paths, "Consent");
        return;
    }
    MEM_AUTO char *wording = source_text(parse, from, to);
    MEM_AUTO char *path = mem_format("Consent" FIELD_PATH_SEPARATOR "%s", wording);
    strlist_add_unique(paths, path);
}

/* Consent in a piece, if it is one: "Consent (Reasonable Expectation)" stands under its wording, "Informed
 * Patient consent to permit ..." under its first words. *ret_from..*ret_to is the wording. */
static bool find_consent(const struct parse *parse, const struct piece *piece, size_t *ret_from,
                         size_t *ret_to)
{
    size_t from = piece->from, to = piece->from;
    while (to < piece->to && !parse->is_covered[to])
        to++;
    from += from < to && token_is(&parse->tokens[from], "other");
    while (from < to && parse->tokens[from].kind == TOKEN_DASH)
        from++;
    size_t word = consent_word(parse, from, to);
    if (word == to || is_denied(parse, from, to))
        return false;
    bool is_first = word == from, is_near = word - from <= WORDS_BEFORE_CONSENT;
    *ret_from = is_first ? word + 1 : from;
    *ret_to = is_near && !is_first ? word + 1 : to;
    return true;
}

/* Whether an instrument cited alone is cited with its provisions after all, in the same piece or by what
 * follows. */
static bool is_superfluous(const struct parse *parse, const struct citation *citation,
                           const struct piece *piece)
{
    if (!citation->is_alone)
        return false;
    if (citation->is_used)
        return true;
    for (size_t i = 0; i < parse->citation_count; i++) {
        const struct citation *other = &parse->citations[i];
        if (!other->is_alone && other->token >= piece->from && other->token < piece->to &&
            strcmp(other->instrument, citation->instrument) == 0)
            return true;
    }
    return false;
}

static void add_citations(const struct parse *parse, const struct piece *piece, size_t *next,
                          struct strlist *paths)
{
    for (; *next < parse->citation_count && parse->citations[*next].token < piece->to; ++*next)
        if (!is_superfluous(parse, &parse->citations[*next], piece))
            strlist_add_unique(paths, parse->citations[*next].path);
}

static bool begins_lower(const struct parse *parse, const struct piece *piece)
{
    const struct token *first = &parse->tokens[piece->from];
    return first->kind == TOKEN_WORD && !token_is_capital(first);
}

/* "Other - ..." begins a text of its own; any other piece behind one that is not understood goes on with it.
 */
static bool begins_anew(const struct parse *parse, const struct piece *piece)
{
    return piece->after_semicolon || token_is(&parse->tokens[piece->from], "other");
}

static void read_pieces(const struct parse *parse, struct strlist *paths)
{
    size_t citation = 0, verbatim_from = 0, verbatim_to = 0; /* a verbatim run that may go on */
    bool sentence_goes_on = false;
    for (size_t from = 0; from < parse->count;) {
        struct piece piece = next_piece(parse, from);
        from = piece.to + 1;
        if (!piece.is_understood && !has_words(parse, &piece))
            continue;
        bool goes_on = verbatim_to > 0 && !begins_anew(parse, &piece);
        size_t consent_from, consent_to;
        bool is_consent = find_consent(parse, &piece, &consent_from, &consent_to);
        if (!is_consent && !piece.is_understood && sentence_goes_on && !piece.after_semicolon &&
            begins_lower(parse, &piece))
            continue;
        if (verbatim_to && (is_consent || piece.is_understood || !goes_on)) {
            add_verbatim(parse, verbatim_from, verbatim_to, paths);
            verbatim_to = 0;
        }
        if (is_consent)
            add_consent(parse, consent_from, consent_to, paths);
        sentence_goes_on = is_consent || (piece.is_understood && piece.ends_in_prose);
        if (is_consent || piece.is_understood) {
            add_citations(parse, &piece, &citation, paths);
            continue;
        }
        if (!verbatim_to)
            verbatim_from = piece.from;
        verbatim_to = piece.to;
    }
    if (verbatim_to)
        add_verbatim(parse, verbatim_from, verbatim_to, paths);
}

static void parse_free(struct parse *parse)
{
    for (size_t i = 0; i < parse->citation_count; i++) {
        free(parse->citations[i].instrument);
        free(parse->citations[i].path);
    }
    free(parse->citations);
    for (size_t i = 0; i < sizeof parse->last / sizeof *parse->last; i++)
        free(parse->last[i]);
    free(parse->last_any);
    free(parse->is_covered);
    free(parse->tokens);
}

void legal_basis_parse(const char *text, struct strlist *paths)
{
    MEM_AUTO char *tidy = key_tidy(text);
    if (strlen(tidy) > LEGAL_TEXT_MAX) {
        field_as_level(tidy);
        strlist_add_unique(paths, tidy);
        return;
    }
    struct parse parse = {0};
    parse.tokens = legal_tokens(tidy, &parse.count);
    parse.is_covered = mem_zero(parse.count + 1, sizeof *parse.is_covered);
    legal_find_citations(&parse);
    read_pieces(&parse, paths);
    parse_free(&parse);
}
