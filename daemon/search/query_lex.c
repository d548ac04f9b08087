/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Query text told apart by its characters: white space, quotes, chunks, operators, names of fields. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/query_internal.h"
#include "indexer/base/mem.h"

enum {
    PIECE_MAX = 60,         /* bytes of the text in a message */
    MESSAGE_MAX = 400,      /* bytes of a message */
    PROVISION_MAX = 96,     /* bytes of a provision written with spaces */
    BRACKET_LETTERS_MAX = 6 /* letters and digits in one bracket of a provision: "(viii)" */
};

/* The length of the first of `signs` that stands at `at`, 0 where none does. */
static size_t sign_length(const char *const *signs, size_t count, const char *at, const char *end)
{
    for (size_t i = 0; i < count; i++) {
        size_t len = strlen(signs[i]);
        if ((size_t)(end - at) >= len && memcmp(at, signs[i], len) == 0)
            return len;
    }
    return 0;
}

size_t lex_space(const char *at, const char *end)
{
    static const char *const spaces[] = {"\xC2\xA0",     "\xC2\x85",     "\xE2\x80\xA8", "\xE2\x80\xA9",
                                         "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    unsigned char byte = at < end ? (unsigned char)*at : 'x';
    if (byte <= ' ' || byte == 0x7F)
        return 1;
    if (byte < 0x80)
        return 0;
    if (end - at >= 3 && memcmp(at, "\xE2\x80", 2) == 0 && (unsigned char)at[2] <= 0x8A)
        return (unsigned char)at[2] >= 0x80 ? 3 : 0; /* U+2000 to U+200A */
    return sign_length(spaces, sizeof spaces / sizeof *spaces, at, end);
}

size_t lex_quote(const char *at, const char *end)
{
    static const char *const quotes[] = {"\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x9E", "\xE2\x80\x9F",
                                         "\xC2\xAB",     "\xC2\xBB",     "\xEF\xBC\x82"};
    if (at < end && *at == '"')
        return 1;
    if (at >= end || (unsigned char)*at < 0x80)
        return 0;
    return sign_length(quotes, sizeof quotes / sizeof *quotes, at, end);
}

/* Marks of direction, joiners and the mark of byte order: nothing is seen of them. */
static size_t mark_length(const char *at, const char *end)
{
    if (end - at < 3 || (unsigned char)*at < 0x80)
        return 0;
    unsigned last = (unsigned char)at[2];
    bool general =
        memcmp(at, "\xE2\x80", 2) == 0 && ((last >= 0x8B && last <= 0x8F) || (last >= 0xAA && last <= 0xAE));
    bool isolate = memcmp(at, "\xE2\x81", 2) == 0 && last >= 0xA0 && last <= 0xAF;
    return general || isolate || memcmp(at, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
}

const char *lex_skip(const char *at, const char *end)
{
    size_t len;
    while ((len = lex_space(at, end)) || (len = mark_length(at, end)))
        at += len;
    return at;
}

const char *lex_chunk(const char *at, const char *end)
{
    int open = 0;
    for (const char *start = at; at < end; at++) {
        if (lex_space(at, end) || lex_quote(at, end))
            break;
        if (*at == '(' && at == start)
            break;
        if (*at == '(')
            open++;
        if (*at == ')' && open-- == 0)
            break;
    }
    return at;
}

/* Where brackets of a provision end: "(2)(b)(ii)"; `at` where there are none. */
static const char *brackets_end(const char *at, const char *end)
{
    while (at < end && *at == '(') {
        const char *inner = at + 1;
        while (inner < end && isalnum((unsigned char)*inner))
            inner++;
        if (inner >= end || *inner != ')' || inner == at + 1 || inner - at > BRACKET_LETTERS_MAX + 1)
            break;
        at = inner + 1;
    }
    return at;
}

/* Whether one token of the text reaches over `border`. */
static bool token_spans(struct analyser *analyser, const char *from, const char *to, const char *border)
{
    struct token token;
    analyser_begin(analyser, from, (size_t)(to - from));
    while (analyser_next(analyser, &token))
        if (from + token.start < border && from + token.start + token.len > border)
            return true;
    return false;
}

const char *lex_word(struct analyser *analyser, const char *at, const char *end)
{
    const char *stop = lex_chunk(at, end);
    for (;;) {
        const char *next = lex_skip(stop, end);
        if (next == stop || next >= end)
            return stop;
        const char *limit = end - at > PROVISION_MAX ? at + PROVISION_MAX : end;
        const char *after = next >= limit                   ? next
                            : isdigit((unsigned char)*next) ? lex_chunk(next, limit)
                                                            : brackets_end(next, limit);
        if (after == next || (after == limit && limit < end) || !token_spans(analyser, at, after, stop))
            return stop;
        stop = after;
    }
}

bool lex_is(const char *at, const char *end, const char *word)
{
    return (size_t)(end - at) == strlen(word) && memcmp(at, word, strlen(word)) == 0;
}

/* Whether an operator may end here: nothing of its chunk is behind it, but for a bracket. Chunks may be as
 * long as the text, so they are not walked through for this. */
static bool ends_operator(const char *at, const char *end)
{
    return at >= end || lex_space(at, end) || lex_quote(at, end) || *at == '(' || *at == ')';
}

const char *lex_operator(const char *at, const char *end, const char *word)
{
    size_t len = strlen(word);
    bool stands = (size_t)(end - at) >= len && memcmp(at, word, len) == 0;
    return stands && ends_operator(at + len, end) ? at + len : NULL;
}

const char *lex_near(const char *at, const char *end, long *ret_distance)
{
    *ret_distance = QUERY_NEAR_DEFAULT;
    const char *plain = lex_operator(at, end, "NEAR");
    if (plain || end - at < 6 || memcmp(at, "NEAR/", 5) != 0 || !isdigit((unsigned char)at[5]))
        return plain;
    *ret_distance = 0;
    for (at += 5; at < end && isdigit((unsigned char)*at); at++)
        if (*ret_distance <= QUERY_NEAR_MAX)
            *ret_distance = *ret_distance * 10 + (*at - '0');
    return ends_operator(at, end) ? at : NULL;
}

bool lex_any_operator(const char *at, const char *end)
{
    long distance;
    return lex_operator(at, end, "AND") || lex_operator(at, end, "OR") || lex_operator(at, end, "NOT") ||
           lex_near(at, end, &distance);
}

const char *lex_field(const char *at, const char *end)
{
    const char *start = at;
    if (at >= end || *at == '-')
        return NULL;
    while (at < end && at - start <= LEX_FIELD_MAX &&
           (isalpha((unsigned char)*at) || *at == '_' || *at == '-'))
        at++;
    bool is_field = at > start && at - start <= LEX_FIELD_MAX && end - at > 1 && *at == ':' &&
                    !lex_space(at + 1, end) && at[1] != '/' && at[1] != ')' && at[1] != ':';
    return is_field ? at : NULL;
}

bool lex_ends_run(const char *at, const char *end)
{
    if (*at == '-' || *at == '(' || lex_field(at, end) || lex_any_operator(at, end))
        return true;
    const char *chunk = lex_chunk(at, end);
    return chunk == at || chunk[-1] == '*';
}

void parser_warn(struct parser *parser, const char *format, ...)
{
    static const char more[] = "there is more that was not taken literally";
    char text[MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (parser->warnings->len < QUERY_WARNINGS_MAX)
        strlist_add_unique(parser->warnings, text);
    else if (!strlist_has(parser->warnings, text))
        strlist_add_unique(parser->warnings, more);
}

char *parser_piece(const char *from, const char *to)
{
    if (to - from <= PIECE_MAX)
        return mem_copy(from, (size_t)(to - from));
    const char *cut = from + PIECE_MAX;
    while (cut > from && ((unsigned char)*cut & 0xC0) == 0x80)
        cut--;
    MEM_AUTO char *piece = mem_copy(from, (size_t)(cut - from));
    return mem_format("%s...", piece);
}

void lex_warn_of_controls(struct parser *parser)
{
    for (const char *at = parser->text; at < parser->end; at++) {
        bool is_control = (unsigned char)*at < ' ' || *at == 0x7F;
        if (!is_control || isspace((unsigned char)*at))
            continue;
        parser_warn(parser, "control characters were taken as spaces");
        return;
    }
}
