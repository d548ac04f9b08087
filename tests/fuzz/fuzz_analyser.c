/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The analyser: tokens stand in the text, in order, one position each; their terms are folded UTF-8 within
 * bounds; the text read a second time, from elsewhere in memory, has the same tokens; folding again changes
 * nothing.
 */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/text/analyser.h"
#include "tests/fuzz/support.h"

enum { TERM_MAX = 200 /* bytes; a term of the index with its prefix has 245 */, DUMP_MAX = 16 << 20 };

static bool is_same(struct term a, struct term b)
{
    return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

static void check_term(struct term term)
{
    FUZZ_CHECK(term.len > 0 && term.len <= TERM_MAX, "a term of %zu bytes", term.len);
    fuzz_check_utf8(term.bytes, term.len, "a term");
    for (size_t i = 0; i < term.len; i++)
        FUZZ_CHECK((unsigned char)term.bytes[i] > ' ' && (term.bytes[i] < 'A' || term.bytes[i] > 'Z'),
                   "not folded: %.*s", (int)term.len, term.bytes);
}

static void check_word(struct term word)
{
    FUZZ_CHECK(word.len <= ANALYSER_WORD_MAX, "a word of %zu bytes", word.len);
    fuzz_check_utf8(word.bytes, word.len, "a word");
}

static void check_terms(const struct token *token)
{
    bool has_exact = is_same(token->exact, token->term);
    bool has_joined = token->joined.len == 0 || is_same(token->joined, token->term);
    check_term(token->term);
    check_term(token->exact);
    check_word(token->word);
    FUZZ_CHECK(token->extra_count <= TOKEN_EXTRA_MAX, "%zu extra terms", token->extra_count);
    for (size_t i = 0; i < token->extra_count; i++) {
        struct term extra = token->extra[i];
        check_term(extra);
        FUZZ_CHECK(!is_same(extra, token->term), "an extra that is the term: %.*s", (int)extra.len,
                   extra.bytes);
        for (size_t k = 0; k < i; k++)
            FUZZ_CHECK(!is_same(extra, token->extra[k]), "twice %.*s", (int)extra.len, extra.bytes);
        has_exact |= is_same(extra, token->exact);
        has_joined |= is_same(extra, token->joined);
    }
    FUZZ_CHECK(has_exact && has_joined, "what would be asked for is not indexed");
    FUZZ_CHECK(!token->joined.len || (token->joined_span >= 2 && token->joined_span <= 3), "%u pieces joined",
               token->joined_span);
}

static void put_term(struct buf *to, struct term term)
{
    buf_append(to, term.bytes, term.len);
    buf_byte(to, '|');
}

/* Appends the tokens in words, checking each. */
static void read_tokens(struct analyser *analyser, const char *text, size_t len, struct buf *tokens)
{
    struct token token;
    uint32_t position = 0;
    size_t end = 0;
    analyser_begin(analyser, text, len);
    while (analyser_next(analyser, &token)) {
        FUZZ_CHECK(token.position == position++, "position %u", token.position);
        FUZZ_CHECK(token.len > 0 && token.start >= end && token.len <= len - token.start,
                   "bytes %zu to %zu behind %zu, of %zu", token.start, token.start + token.len, end, len);
        end = token.start + token.len;
        check_terms(&token);
        buf_printf(tokens, "%zu+%zu %d ", token.start, token.len, token.is_name);
        put_term(tokens, token.term);
        put_term(tokens, token.word);
        put_term(tokens, token.exact);
        for (size_t i = 0; i < token.extra_count; i++)
            put_term(tokens, token.extra[i]);
    }
}

static void check_fold(const char *text, size_t len)
{
    MEM_AUTO char *once = analyser_fold(text, len);
    MEM_AUTO char *twice = analyser_fold(once, strlen(once));
    FUZZ_CHECK(strcmp(once, twice) == 0, "folds to \"%s\", then to \"%s\"", once, twice);
    fuzz_check_utf8(once, strlen(once), "a folded text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct analyser *analyser;
    BUF_AUTO struct buf one = BUF_INIT(DUMP_MAX);
    BUF_AUTO struct buf other = BUF_INIT(DUMP_MAX);
    MEM_AUTO char *text = fuzz_text(data, size);
    if (!analyser)
        analyser = analyser_new();
    read_tokens(analyser, (const char *)data, size, &one);
    read_tokens(analyser, text, size, &other);
    FUZZ_CHECK(one.len == other.len && (!one.len || memcmp(one.data, other.data, one.len) == 0),
               "two readings:\n%s\n%s", one.data, other.data);
    check_fold(text, size);
    return 0;
}
