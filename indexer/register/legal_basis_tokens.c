/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "indexer/base/mem.h"
#include "indexer/register/legal_basis_grammar.h"

static const char *const dashes[] = {"-", "–", "—", "−", "‐", "‑"};

static const struct {
    const char *open, *close;
} quotes[] = {{"'", "'"}, {"\"", "\""}, {"‘", "’"}, {"“", "”"}, {"’", "’"}};

static size_t starts_with_any(const char *text, const char *const *which, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, which[i], strlen(which[i])) == 0)
            return strlen(which[i]);
    return 0;
}

static size_t dash_length(const char *text)
{
    return starts_with_any(text, dashes, sizeof dashes / sizeof *dashes);
}

static bool is_apostrophe(const char *text, size_t *ret_len)
{
    static const char *const marks[] = {"'", "’"};
    *ret_len = starts_with_any(text, marks, 2);
    return *ret_len > 0;
}

/* Letters of ASCII; what is not ASCII is one too, unless it is a dash or a quotation mark. */
static size_t letter_length(const char *text)
{
    unsigned char first = (unsigned char)*text;
    if (first < 0x80)
        return isalpha(first) ? 1 : 0;
    static const char *const marks[] = {"‘", "’", "“", "”", "…", "•"};
    if (dash_length(text) || starts_with_any(text, marks, sizeof marks / sizeof *marks))
        return 0;
    size_t len = 1;
    while (((unsigned char)text[len] & 0xC0) == 0x80)
        len++;
    return len;
}

static size_t word_length(const char *text)
{
    size_t len = 0, more, apostrophe;
    while ((more = letter_length(text + len)) > 0) {
        len += more;
        if (is_apostrophe(text + len, &apostrophe) && letter_length(text + len + apostrophe))
            len += apostrophe;
    }
    return len;
}

static size_t number_length(const char *text)
{
    size_t digits = strspn(text, "0123456789"), letters = 0;
    while (isalpha((unsigned char)text[digits + letters]))
        letters++;
    return letters <= 2 ? digits + letters : digits;
}

/* Length of a text in quotation marks at `text`, marks included; 0 where none closes soon. */
static size_t quoted_length(const char *text)
{
    for (size_t i = 0; i < sizeof quotes / sizeof *quotes; i++) {
        size_t open = strlen(quotes[i].open), close = strlen(quotes[i].close);
        if (strncmp(text, quotes[i].open, open) != 0)
            continue;
        for (size_t len = open; text[len] && len < LEGAL_QUOTE_MAX; len++)
            if (strncmp(text + len, quotes[i].close, close) == 0 && !letter_length(text + len + close))
                return len + close;
    }
    return 0;
}

static size_t mark_length(const char *text)
{
    size_t len = 1;
    while (((unsigned char)text[len] & 0xC0) == 0x80)
        len++;
    return len;
}

static struct token token_at(const char *text)
{
    struct token token = {.kind = TOKEN_MARK, .start = text};
    if (letter_length(text)) {
        token.kind = TOKEN_WORD;
        token.len = word_length(text);
    } else if (isdigit((unsigned char)*text)) {
        token.kind = TOKEN_NUMBER;
        token.len = number_length(text);
    } else if ((token.len = quoted_length(text)) > 0) {
        token.kind = TOKEN_QUOTED;
    } else if ((token.len = dash_length(text)) > 0) {
        token.kind = TOKEN_DASH;
    } else {
        token.len = mark_length(text);
        if (strchr("([", *text))
            token.kind = TOKEN_OPEN;
        else if (strchr(")]", *text))
            token.kind = TOKEN_CLOSE;
        else if (*text == ',')
            token.kind = TOKEN_COMMA;
        else if (*text == ';')
            token.kind = TOKEN_SEMICOLON;
    }
    return token;
}

struct token *legal_tokens(const char *text, size_t *ret_count)
{
    struct token *tokens = NULL;
    size_t count = 0, cap = 0;
    bool is_spaced = true;
    while (*text) {
        if (*text == ' ') {
            is_spaced = true;
            text++;
            continue;
        }
        tokens = mem_push(tokens, count, &cap, sizeof *tokens);
        tokens[count] = token_at(text);
        tokens[count].is_spaced = is_spaced;
        text += tokens[count++].len;
        is_spaced = false;
    }
    tokens = mem_push(tokens, count, &cap, sizeof *tokens);
    tokens[count] = (struct token){.kind = TOKEN_END, .start = text, .is_spaced = true};
    *ret_count = count;
    return tokens;
}

bool token_is(const struct token *token, const char *word)
{
    return (token->kind == TOKEN_WORD || token->kind == TOKEN_NUMBER) && strlen(word) == token->len &&
           strncasecmp(token->start, word, token->len) == 0;
}

bool token_is_any(const struct token *token, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (token_is(token, words[i]))
            return true;
    return false;
}

bool token_is_capital(const struct token *token)
{
    return token->kind == TOKEN_WORD && (isupper((unsigned char)*token->start) || (*token->start & 0x80));
}

int token_year(const struct token *token)
{
    if (token->kind != TOKEN_NUMBER || token->len != 4 || strspn(token->start, "0123456789") < 4)
        return 0;
    int year = atoi(token->start);
    return year >= LEGAL_YEAR_MIN && year <= LEGAL_YEAR_MAX ? year : 0;
}
