/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which passages a text has for a query. A case of passages.tsv is a text, a query, a length, and the
 * passages as HTML, parted by " || ", each led by "ITEM: " where it begins in a list's item. A query is
 * things parted by "; ": words, "a phrase", NEAR/n a b, prefix*; "=" before one makes it another form of the
 * one before.
 */
#include "test_text_support.h"

#include "indexer/text/passage.h"

enum { QUERY_TERMS = 64, WANTED = 3 };

struct asked {
    char bytes[QUERY_TERMS][256];
    struct term terms[QUERY_TERMS];
    size_t count;
};

static void ask_terms(struct analyser *analyser, const char *text, size_t len, struct asked *asked)
{
    struct token token;

    asked->count = 0;
    analyser_begin(analyser, text, len);
    while (asked->count < QUERY_TERMS && analyser_next(analyser, &token)) {
        char *bytes = asked->bytes[asked->count];
        memcpy(bytes, token.exact.bytes, token.exact.len);
        asked->terms[asked->count++] = (struct term){bytes, token.exact.len};
    }
}

static void ask_thing(struct analyser *analyser, struct passage_query *query, const char *thing)
{
    struct asked asked;
    char *rest = NULL;
    if (*thing == '=') {
        passage_query_same(query);
        thing++;
    }
    size_t len = strlen(thing);
    unsigned long window = strncmp(thing, "NEAR/", 5) == 0 ? strtoul(thing + 5, &rest, 10) : 0;

    if (thing[len - 1] == '*') {
        passage_query_prefix(query, thing, len - 1, 1);
        return;
    }
    ask_terms(analyser, rest != NULL ? rest : thing, strlen(rest != NULL ? rest : thing), &asked);
    if (rest != NULL)
        passage_query_near(query, asked.terms, asked.count, (unsigned)window, 1);
    else if (thing[0] == '"')
        passage_query_phrase(query, asked.terms, asked.count, 1);
    for (size_t i = 0; thing[0] != '"' && rest == NULL && i < asked.count; i++)
        passage_query_word(query, asked.terms[i].bytes, asked.terms[i].len, 1);
}

static struct passage_query *ask(struct analyser *analyser, const char *things)
{
    struct passage_query *query = passage_query_new();
    char *copy = mem_text(things), *rest = copy;

    while (rest != NULL) {
        char *next = strstr(rest, "; ");
        if (next != NULL)
            *next = '\0';
        if (*rest != '\0')
            ask_thing(analyser, query, rest);
        rest = next != NULL ? next + 2 : NULL;
    }
    free(copy);
    return query;
}

static void answer(struct analyser *analyser, const struct passage_query *query, const struct buf *text,
                   size_t length, struct buf *html)
{
    struct passage passages[WANTED];
    size_t count = passage_find(analyser, query, text->data, text->len, length, passages, WANTED);

    buf_append(html, "", 0);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_text(html, " || ");
        if (passages[i].item_len > 0)
            buf_printf(html, "%.*s: ", (int)passages[i].item_len, text->data + passages[i].item_start);
        passage_html(analyser, query, text->data, text->len, &passages[i], html);
    }
}

static void check_passages(const struct test_case *test_case, void *context)
{
    struct passage_query *query = ask(context, test_case->column[1].data);
    struct buf html = BUF_INIT(CASE_BYTES);

    answer(context, query, &test_case->column[0], strtoul(test_case->column[2].data, NULL, 10), &html);
    if (strcmp(html.data, test_case->column[3].data) != 0)
        fail_msg("passages.tsv:%d: %s\n  expected %s\n  but got  %s", test_case->line, test_case->written[1],
                 test_case->column[3].data, html.data);
    buf_free(&html);
    passage_query_free(query);
}

static void texts_have_their_passages(void **state)
{
    struct analyser *analyser = analyser_new();

    (void)state;
    assert_true(each_case("passages.tsv", check_passages, analyser) >= 50);
    analyser_free(analyser);
}

static double best_score(struct analyser *analyser, const struct passage_query *query, const char *text)
{
    struct passage passage;

    assert_int_equal(passage_find(analyser, query, text, strlen(text), 100, &passage, 1), 1);
    return passage.score;
}

static void weights_decide(void **state)
{
    struct analyser *analyser = analyser_new();
    struct passage_query *query = passage_query_new();
    struct term terms[] = {{"care", 4}, {"data", 4}};

    (void)state;
    assert_true(passage_query_is_empty(query));
    passage_query_word(query, "care", 4, 1);
    passage_query_word(query, "data", 4, 3);
    assert_false(passage_query_is_empty(query));
    assert_true(best_score(analyser, query, "data") > best_score(analyser, query, "care"));
    assert_true(best_score(analyser, query, "data, care") > best_score(analyser, query, "data, data"));
    passage_query_phrase(query, terms, 2, 1);
    assert_true(best_score(analyser, query, "care data") > best_score(analyser, query, "data care"));
    assert_true(best_score(analyser, query, "other words") == 0);
    passage_query_free(query);
    analyser_free(analyser);
}

static void queries_are_bounded(void **state)
{
    struct analyser *analyser = analyser_new();
    struct passage_query *query = passage_query_new();
    struct term terms[PASSAGE_WORDS_MAX + 1];
    char word[ANALYSER_WORD_MAX + 1];

    (void)state;
    for (int i = 0; i < 3 * PASSAGE_ITEMS_MAX; i++) {
        snprintf(word, sizeof word, "word%d", i);
        passage_query_word(query, word, strlen(word), 1);
        passage_query_prefix(query, word, strlen(word), 1);
    }
    for (size_t i = 0; i <= PASSAGE_WORDS_MAX; i++)
        terms[i] = (struct term){"care", 4};
    passage_query_phrase(query, terms, PASSAGE_WORDS_MAX + 1, 1);
    assert_true(best_score(analyser, query, "word0") > 0);
    assert_true(best_score(analyser, query, "nothing") == 0);
    passage_query_free(query);
    analyser_free(analyser);
}

/* A text and a query made to be slow: every word wanted, phrases that fail at their last word. */
static void work_is_bounded(void **state)
{
    enum { WORDS = 400000 };
    struct analyser *analyser = analyser_new();
    struct passage_query *query = passage_query_new();
    struct term terms[PASSAGE_WORDS_MAX];
    struct passage passages[PASSAGE_COUNT_MAX];
    char *text = mem_alloc(2 * WORDS);

    (void)state;
    for (size_t i = 0; i < PASSAGE_WORDS_MAX; i++)
        terms[i] = (struct term){i + 1 < PASSAGE_WORDS_MAX ? "a" : "b", 1};
    for (int i = 0; i < PASSAGE_ITEMS_MAX / 2; i++) {
        passage_query_phrase(query, terms, PASSAGE_WORDS_MAX, 1);
        passage_query_near(query, terms, PASSAGE_WORDS_MAX, 100000, 1);
    }
    for (size_t i = 0; i < WORDS; i++)
        memcpy(text + 2 * i, "a ", 2);
    assert_int_equal(passage_find(analyser, query, text, 2 * WORDS, 280, passages, PASSAGE_COUNT_MAX), 1);
    assert_true(passages[0].score == 0);
    free(text);
    passage_query_free(query);
    analyser_free(analyser);
}

/* HTML that does not fit is refused by the buffer, whole: nothing is cut inside an entity. */
static void small_buffers_fail_whole(void **state)
{
    struct analyser *analyser = analyser_new();
    struct passage_query *query = passage_query_new();
    struct buf html = BUF_INIT(8);
    struct passage passage = {.start = 0, .end = 10};

    (void)state;
    passage_html(analyser, query, "abcdef&&&&", 10, &passage, &html);
    assert_true(buf_failed(&html));
    assert_string_equal(html.data, "abcdef");
    buf_free(&html);
    passage_query_free(query);
    analyser_free(analyser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_their_passages), cmocka_unit_test(weights_decide),
        cmocka_unit_test(queries_are_bounded),       cmocka_unit_test(work_is_bounded),
        cmocka_unit_test(small_buffers_fail_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
