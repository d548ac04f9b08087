/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passages. An input is a text and, behind a tab, what is looked for: words, "phrases in quotes", ~nearness~,
 * prefixes*. Passages lie in the text, apart from each other, the best first; their HTML is safe, shows the
 * text's own characters, and marks nothing where nothing was found.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/text/passage.h"
#include "tests/fuzz/support.h"

enum { TERMS_MAX = 8, HTML_MAX = 1 << 20 };

static struct analyser *analyser;

/* The terms of a piece of the first line, copied: the analyser's own are gone with the next token. */
static size_t terms_of(const char *text, size_t len, char *copies[TERMS_MAX], struct term terms[TERMS_MAX])
{
    struct token token;
    size_t count = 0;
    analyser_begin(analyser, text, len);
    while (count < TERMS_MAX && analyser_next(analyser, &token)) {
        copies[count] = mem_copy(token.exact.bytes, token.exact.len);
        terms[count] = (struct term){copies[count], token.exact.len};
        count++;
    }
    return count;
}

static void add_words(struct passage_query *query, const char *text, size_t len, char kind)
{
    char *copies[TERMS_MAX];
    struct term terms[TERMS_MAX];
    size_t count = terms_of(text, len, copies, terms);
    if (kind == '"' && count)
        passage_query_phrase(query, terms, count, 4);
    else if (kind == '~' && count)
        passage_query_near(query, terms, count, (unsigned)count + 5, 4);
    else
        for (size_t i = 0; i < count; i++)
            passage_query_word(query, terms[i].bytes, terms[i].len, 1);
    for (size_t i = 0; i < count; i++)
        free(copies[i]);
}

static void add_prefix(struct passage_query *query, const char *text, size_t len)
{
    MEM_AUTO char *prefix = analyser_fold(text, len);
    if (*prefix)
        passage_query_prefix(query, prefix, strlen(prefix), 1);
}

static struct passage_query *make_query(const char *line, size_t len)
{
    struct passage_query *query = passage_query_new();
    for (const char *at = line, *end = line + len; at < end;) {
        char kind = *at == '"' || *at == '~' ? *at++ : ' ';
        const char *stop = memchr(at, kind, (size_t)(end - at));
        size_t piece = stop ? (size_t)(stop - at) : (size_t)(end - at);
        if (kind == ' ' && piece && at[piece - 1] == '*')
            add_prefix(query, at, piece - 1);
        else
            add_words(query, at, piece, kind);
        at += piece + (stop != NULL);
    }
    return query;
}

static void check_places(const struct passage *passages, size_t count, size_t len)
{
    for (size_t i = 0; i < count; i++) {
        const struct passage *passage = &passages[i];
        FUZZ_CHECK(passage->start < passage->end && passage->end <= len, "passage %zu to %zu of %zu",
                   passage->start, passage->end, len);
        FUZZ_CHECK(passage->item_len <= len && passage->item_start <= len - passage->item_len, "item at %zu",
                   passage->item_start);
        FUZZ_CHECK(i == 0 || passage->score <= passages[i - 1].score, "a better one behind");
        FUZZ_CHECK(i == 0 || passage->score > 0, "a second one with nothing found");
        for (size_t k = 0; k < i; k++)
            FUZZ_CHECK(passage->end <= passages[k].start || passages[k].end <= passage->start,
                       "%zu to %zu lies over %zu to %zu", passage->start, passage->end, passages[k].start,
                       passages[k].end);
    }
}

/* ASCII letters and digits of HTML without its tags and entities, *new*. */
static char *seen_letters(const char *html, size_t len)
{
    char *letters = mem_alloc(len + 1), *to = letters;
    for (const char *at = html, *end = html + len; at < end; at++) {
        if (*at == '<')
            at = memchr(at, '>', (size_t)(end - at));
        else if (*at == '&')
            at = memchr(at, ';', (size_t)(end - at));
        else if (isascii(*at) && isalnum(*at))
            *to++ = *at;
    }
    *to = '\0';
    return letters;
}

static char *text_letters(const char *text, const struct passage *passage)
{
    char *letters = mem_alloc(passage->end - passage->start + 1), *to = letters;
    for (size_t i = passage->start; i < passage->end; i++)
        if (isascii(text[i]) && isalnum(text[i]))
            *to++ = text[i];
    *to = '\0';
    return letters;
}

static void check_html(const struct passage_query *query, const char *text, size_t len,
                       const struct passage *passage)
{
    BUF_AUTO struct buf html = BUF_INIT(HTML_MAX);
    passage_html(analyser, query, text, len, passage, &html);
    FUZZ_CHECK(!buf_failed(&html), "a passage of %zu bytes is too long", passage->end - passage->start);
    if (!html.len)
        return;
    fuzz_check_html(html.data, html.len);
    MEM_AUTO char *seen = seen_letters(html.data, html.len);
    MEM_AUTO char *meant = text_letters(text, passage);
    FUZZ_CHECK(strcmp(seen, meant) == 0, "\"%s\" is shown as \"%s\"", meant, seen);
    FUZZ_CHECK(passage->score > 0 || !strstr(html.data, "<mark>"), "score 0, yet marked: %s", html.data);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!analyser)
        analyser = analyser_new();
    const char *tab = memchr(data, '\t', size);
    size_t len = tab ? (size_t)(tab - (const char *)data) : size;
    const char *line = tab ? tab + 1 : "risk data";
    size_t line_len = tab ? size - len - 1 : strlen(line);
    const char *more = memchr(line, '\t', line_len);
    line_len = more ? (size_t)(more - line) : line_len;
    char *text = mem_alloc(len);
    memcpy(text, data, len);
    struct passage_query *query = make_query(line, line_len);
    struct passage passages[PASSAGE_COUNT_MAX];
    size_t wanted = 1 + line_len % PASSAGE_COUNT_MAX;
    size_t count = passage_find(analyser, query, text, len, len % 300, passages, wanted);
    FUZZ_CHECK(count <= wanted, "%zu passages of %zu", count, wanted);
    check_places(passages, count, len);
    for (size_t i = 0; i < count; i++)
        check_html(query, text, len, &passages[i]);
    passage_query_free(query);
    free(text);
    return 0;
}
