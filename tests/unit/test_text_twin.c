/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passages against a plain search that takes no short cut, on random texts and queries; and what holds for
 * each passage.
 */
#include "test_text_random.h"

#include "indexer/text/fold.h"
#include "indexer/text/passage.h"

enum { QUERY_WORDS = 3, TERM_MAX = 200 /* bytes */, TOKENS_MAX = TEXT_MAX };

struct plain_token {
    size_t start, len;
    char terms[TOKEN_EXTRA_MAX + 1][TERM_MAX + 1];
    size_t count, joined_span;
    char joined[TERM_MAX + 1], word[ANALYSER_WORD_MAX + 1];
};

struct plain_query {
    char words[QUERY_WORDS][TERM_MAX + 1];
    size_t lens[QUERY_WORDS];
    size_t window;
    enum { ASKS_WORDS, ASKS_PHRASE, ASKS_NEAR, ASKS_PREFIX } kind;
};

static void copy_term(char *copy, struct term term)
{
    memcpy(copy, term.bytes, term.len);
    copy[term.len] = '\0';
}

static size_t plain_tokens(struct analyser *analyser, const char *text, size_t len,
                           struct plain_token *tokens)
{
    struct token token;
    size_t count = 0;

    analyser_begin(analyser, text, len);
    while (analyser_next(analyser, &token)) {
        struct plain_token *plain = &tokens[count++];
        *plain =
            (struct plain_token){.start = token.start, .len = token.len, .joined_span = token.joined_span};
        copy_term(plain->terms[plain->count++], token.term);
        for (size_t i = 0; i < token.extra_count; i++)
            copy_term(plain->terms[plain->count++], token.extra[i]);
        copy_term(plain->joined, token.joined);
        copy_term(plain->word, token.word);
    }
    return count;
}

/* Where a term at a token ends in the text; 0 where it is not there. */
static size_t plain_end(const struct plain_token *token, const char *term)
{
    for (size_t i = 0; i < token->count; i++) {
        const struct plain_token *last = token;
        if (strcmp(token->terms[i], term) != 0)
            continue;
        if (i > 0 && token->joined_span > 0 && strcmp(term, token->joined) == 0)
            last = token + token->joined_span - 1;
        return last->start + last->len;
    }
    return 0;
}

static void paint(char *marked, size_t start, size_t end)
{
    memset(marked + start, 1, end - start);
}

static void plain_phrase(const struct plain_query *query, const struct plain_token *tokens, size_t count,
                         char *marked)
{
    for (size_t i = 0; i + QUERY_WORDS <= count; i++) {
        size_t end = 1, last = 0;
        for (size_t k = 0; k < QUERY_WORDS && end > 0; k++) {
            end = plain_end(&tokens[i + k], query->words[k]);
            last = end > last ? end : last;
        }
        if (end > 0)
            paint(marked, tokens[i].start, last);
    }
}

/* Three tokens of three words, in whatever order, no further apart than the window. */
static void plain_near(const struct plain_query *query, const struct plain_token *tokens, size_t count,
                       char *marked)
{
    size_t at[QUERY_WORDS] = {0}, ends[QUERY_WORDS];

    for (size_t i = 0; i < count * query->window * query->window * 4; i++) {
        size_t low, high, rest = i;
        at[0] = rest % count, rest /= count;
        at[1] = at[0] + rest % (2 * query->window) - query->window, rest /= 2 * query->window;
        at[2] = at[0] + rest % (2 * query->window) - query->window;
        if (at[1] >= count || at[2] >= count || at[0] == at[1] || at[1] == at[2] || at[0] == at[2])
            continue;
        low = at[0] < at[1] ? at[0] : at[1];
        high = at[0] < at[1] ? at[1] : at[0];
        low = at[2] < low ? at[2] : low;
        high = at[2] > high ? at[2] : high;
        if (high - low >= query->window)
            continue;
        for (size_t k = 0; k < QUERY_WORDS; k++)
            ends[k] = plain_end(&tokens[at[k]], query->words[k]);
        for (size_t k = 0; k < QUERY_WORDS && ends[0] > 0 && ends[1] > 0 && ends[2] > 0; k++)
            paint(marked, tokens[at[k]].start, ends[k]);
    }
}

static void plain_word(const struct plain_query *query, const struct plain_token *tokens, size_t count,
                       char *marked)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < QUERY_WORDS; k++) {
            size_t end = plain_end(&tokens[i], query->words[k]);
            if (end > 0)
                paint(marked, tokens[i].start, end);
        }
    }
}

static void plain_prefix(const struct plain_query *query, const struct plain_token *tokens, size_t count,
                         char *marked)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(tokens[i].word, query->words[0], query->lens[0]) == 0)
            paint(marked, tokens[i].start, tokens[i].start + tokens[i].len);
    }
}

/* A query out of what the text holds, so that it is found often. */
static bool random_query(uint64_t *seed, const struct plain_token *tokens, size_t count,
                         struct plain_query *query)
{
    size_t at;

    if (count < QUERY_WORDS)
        return false;
    at = case_random(seed) % (count - QUERY_WORDS + 1);
    query->kind = case_random(seed) % 4;
    query->window = QUERY_WORDS + case_random(seed) % 4;
    for (size_t k = 0; k < QUERY_WORDS; k++) {
        const struct plain_token *token = &tokens[at + k];
        strcpy(query->words[k], token->terms[case_random(seed) % token->count]);
        query->lens[k] = strlen(query->words[k]);
    }
    for (size_t k = 1; query->kind == ASKS_WORDS && case_random(seed) % 2 == 0 && k < QUERY_WORDS; k++) {
        strcpy(query->words[k], query->words[0]);
        query->lens[k] = query->lens[0];
    }
    if (query->kind == ASKS_PREFIX) {
        query->lens[0] = tokens[at].word[0] == '\0' ? 0 : 1 + case_random(seed) % strlen(tokens[at].word);
        strcpy(query->words[0], tokens[at].word);
        return query->lens[0] > 0;
    }
    return true;
}

static struct passage_query *ask(const struct plain_query *query)
{
    struct passage_query *asked = passage_query_new();
    struct term terms[QUERY_WORDS];

    for (size_t k = 0; k < QUERY_WORDS; k++)
        terms[k] = (struct term){query->words[k], query->lens[k]};
    switch (query->kind) {
    case ASKS_WORDS:
        for (size_t k = 0; k < QUERY_WORDS; k++)
            passage_query_word(asked, terms[k].bytes, terms[k].len, 1);
        break;
    case ASKS_PHRASE:
        passage_query_phrase(asked, terms, QUERY_WORDS, 1);
        break;
    case ASKS_NEAR:
        passage_query_near(asked, terms, QUERY_WORDS, (unsigned)query->window, 1);
        break;
    case ASKS_PREFIX:
        passage_query_prefix(asked, query->words[0], query->lens[0], 1);
        break;
    }
    return asked;
}

/* What is inside <mark> in the passage that is the whole text, white space left out. */
static void marked_text(const struct buf *html, struct buf *out)
{
    bool inside = false;

    for (size_t at = 0; at < html->len; at++) {
        if (html->data[at] == '<') {
            inside = html->data[at + 1] == 'm';
            at = (size_t)(strchr(html->data + at, '>') - html->data);
        } else if (inside && html->data[at] != ' ') {
            buf_byte(out, html->data[at]);
        }
    }
    buf_append(out, "", 0);
}

/* The painted bytes as passage_html() would write them, white space left out: by marking nothing in each run.
 */
static void painted_text(struct analyser *analyser, const char *text, size_t len, const char *marked,
                         struct buf *out)
{
    struct passage_query *nothing = passage_query_new();
    struct buf html = BUF_INIT(CASE_BYTES);

    for (size_t at = 0, end; at < len; at = end) {
        char *run;
        struct passage passage;
        for (end = at; end < len && marked[end] == marked[at]; end++)
            ;
        if (!marked[at])
            continue;
        run = exactly(text + at, end - at);
        passage = (struct passage){.start = 0, .end = end - at};
        buf_reset(&html);
        passage_html(analyser, nothing, run, end - at, &passage, &html);
        for (size_t i = 0; i < html.len; i++) {
            if (html.data[i] != ' ')
                buf_byte(out, html.data[i]);
        }
        free(run);
    }
    buf_append(out, "", 0);
    buf_free(&html);
    passage_query_free(nothing);
}

static void plain_marks(const struct plain_query *query, const struct plain_token *tokens, size_t count,
                        char *marked)
{
    switch (query->kind) {
    case ASKS_WORDS:
        plain_word(query, tokens, count, marked);
        break;
    case ASKS_PHRASE:
        plain_phrase(query, tokens, count, marked);
        break;
    case ASKS_NEAR:
        plain_near(query, tokens, count, marked);
        break;
    case ASKS_PREFIX:
        plain_prefix(query, tokens, count, marked);
        break;
    }
}

static void check_marks(struct analyser *analyser, const char *text, size_t len,
                        const struct plain_query *query, const struct plain_token *tokens, size_t count)
{
    struct passage_query *asked = ask(query);
    struct passage whole = {.start = 0, .end = len, .score = 1}, found, several[2];
    struct buf html = BUF_INIT(CASE_BYTES), got = BUF_INIT(CASE_BYTES), expected = BUF_INIT(CASE_BYTES);
    char marked[TEXT_MAX] = {0};

    plain_marks(query, tokens, count, marked);
    passage_html(analyser, asked, text, len, &whole, &html);
    marked_text(&html, &got);
    painted_text(analyser, text, len, marked, &expected);
    assert_string_equal(got.data, expected.data);
    assert_int_equal(passage_find(analyser, asked, text, len, 100, &found, 1), 1);
    assert_int_equal(found.score > 0, memchr(marked, 1, len) != NULL);
    /* One alone is looked for no further than needed, and is the same. */
    assert_true(passage_find(analyser, asked, text, len, 100, several, 2) >= 1);
    assert_int_equal(found.start, several[0].start);
    assert_int_equal(found.end, several[0].end);
    assert_true(found.score == several[0].score);
    buf_free(&html);
    buf_free(&got);
    buf_free(&expected);
    passage_query_free(asked);
}

static void passages_mark_what_a_plain_search_finds(void **state)
{
    struct analyser *analyser = analyser_new();
    struct plain_token *tokens = mem_zero(TOKENS_MAX, sizeof *tokens);
    uint64_t seed = 99;
    int asked = 0;

    (void)state;
    for (int i = 0; i < TEXTS; i++) {
        char buffer[TEXT_MAX];
        size_t len = random_text(&seed, buffer);
        char *text = exactly(buffer, len);
        size_t count = plain_tokens(analyser, text, len, tokens);
        struct plain_query query;
        if (random_query(&seed, tokens, count, &query)) {
            check_marks(analyser, text, len, &query, tokens, count);
            asked++;
        }
        free(text);
    }
    assert_true(asked > TEXTS / 2);
    free(tokens);
    analyser_free(analyser);
}

static void assert_utf8(const char *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        int32_t character;
        at += fold_decode(bytes, len, at, &character);
        assert_int_not_equal(character, FOLD_INVALID);
    }
}

/* Escaped, marks closed and not nested, nothing cut inside, no control, private-use or bidirectional
 * character. */
static void assert_safe(const struct buf *html)
{
    bool is_open = false;

    assert_utf8(html->data, html->len);
    for (size_t at = 0; at < html->len;) {
        int32_t character;
        const char *here = html->data + at;
        if (*here == '<') {
            assert_int_equal(strncmp(here, is_open ? "</mark>" : "<mark>", is_open ? 7 : 6), 0);
            is_open = !is_open;
            at += is_open ? 6 : 7;
            continue;
        }
        assert_null(strchr(">\"'", *here));
        if (*here == '&')
            assert_true(strcspn(here, ";") < 7 && strcspn(here, "; ") == strcspn(here, ";"));
        at += fold_decode(html->data, html->len, at, &character);
        assert_false(character < ' ' || (character >= 0x7F && character < 0xA0));
        assert_false(character >= 0xE000 && character < 0xF900);
        assert_false((character >= 0x202A && character <= 0x202E) ||
                     (character >= 0x2066 && character <= 0x2069));
        assert_false(character == ' ' && here[1] == ' ');
    }
    assert_false(is_open);
}

static void passages_are_safe_and_apart(void **state)
{
    struct analyser *analyser = analyser_new();
    struct passage_query *query = passage_query_new();
    struct term words[] = {{"data", 4}, {"s251", 4}};
    uint64_t seed = 5;

    (void)state;
    passage_query_word(query, "sus", 3, 1);
    passage_query_word(query, "\xC3\xA9", 2, 1);
    passage_query_phrase(query, words, 2, 1);
    passage_query_near(query, words, 2, 10, 1);
    passage_query_prefix(query, "d", 1, 1);
    for (int i = 0; i < TEXTS; i++) {
        char buffer[TEXT_MAX];
        struct passage passages[4];
        size_t len = random_text(&seed, buffer);
        char *text = exactly(buffer, len);
        size_t count = passage_find(analyser, query, text, len, 40 + case_random(&seed) % 200, passages, 4);
        for (size_t k = 0; k < count; k++) {
            struct buf html = BUF_INIT(CASE_BYTES);
            assert_true(passages[k].start < passages[k].end && passages[k].end <= len);
            for (size_t m = 0; m < k; m++) {
                assert_true(passages[k].end <= passages[m].start || passages[k].start >= passages[m].end);
                assert_true(passages[k].score <= passages[m].score);
            }
            buf_append(&html, "", 0);
            passage_html(analyser, query, text, len, &passages[k], &html);
            assert_safe(&html);
            if (passages[k].score > 0)
                assert_non_null(strstr(html.data, "<mark>"));
            buf_free(&html);
        }
        free(text);
    }
    passage_query_free(query);
    analyser_free(analyser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passages_mark_what_a_plain_search_finds),
        cmocka_unit_test(passages_are_safe_and_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
