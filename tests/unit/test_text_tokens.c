/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What tokens a text has. A case of tokens.tsv is a text and its tokens, `term`, `term=exact` where a query
 * looks for more than the term, `{extra,...}`; perhaps the pieces of text they stand for, parted by '|'. A
 * case of alike.tsv is texts that must have the same terms.
 */
#include "test_text_support.h"

#include "indexer/text/analyser.h"

static void write_token(const struct token *token, struct buf *out)
{
    if (out->len > 0)
        buf_byte(out, ' ');
    buf_append(out, token->term.bytes, token->term.len);
    if (token->exact.len != token->term.len ||
        memcmp(token->exact.bytes, token->term.bytes, token->term.len) != 0) {
        buf_byte(out, '=');
        buf_append(out, token->exact.bytes, token->exact.len);
    }
    for (size_t i = 0; i < token->extra_count; i++) {
        buf_byte(out, i == 0 ? '{' : ',');
        buf_append(out, token->extra[i].bytes, token->extra[i].len);
    }
    if (token->extra_count > 0)
        buf_byte(out, '}');
}

static void write_tokens(struct analyser *analyser, const struct buf *text, struct buf *tokens,
                         struct buf *pieces)
{
    struct token token;

    buf_append(tokens, "", 0);
    buf_append(pieces, "", 0);
    analyser_begin(analyser, text->data, text->len);
    while (analyser_next(analyser, &token)) {
        write_token(&token, tokens);
        if (pieces->len > 0)
            buf_byte(pieces, '|');
        buf_append(pieces, text->data + token.start, token.len);
    }
}

static void check_tokens(const struct test_case *test_case, void *context)
{
    struct buf tokens = BUF_INIT(CASE_BYTES), pieces = BUF_INIT(CASE_BYTES);

    write_tokens(context, &test_case->column[0], &tokens, &pieces);
    if (strcmp(tokens.data, test_case->column[1].data) != 0)
        fail_msg("tokens.tsv:%d: %s\n  expected %s\n  but got  %s", test_case->line, test_case->written[0],
                 test_case->column[1].data, tokens.data);
    if (test_case->columns > 2 && strcmp(pieces.data, test_case->column[2].data) != 0)
        fail_msg("tokens.tsv:%d: %s\n  expected %s\n  but got  %s", test_case->line, test_case->written[0],
                 test_case->column[2].data, pieces.data);
    buf_free(&tokens);
    buf_free(&pieces);
}

static void write_terms(struct analyser *analyser, const struct buf *text, struct buf *terms)
{
    struct token token;

    buf_reset(terms);
    analyser_begin(analyser, text->data, text->len);
    while (analyser_next(analyser, &token)) {
        buf_append(terms, token.term.bytes, token.term.len);
        buf_byte(terms, ' ');
    }
}

static void check_alike(const struct test_case *test_case, void *context)
{
    struct buf first = BUF_INIT(CASE_BYTES), other = BUF_INIT(CASE_BYTES);

    assert_true(test_case->columns > 1);
    write_terms(context, &test_case->column[0], &first);
    for (int i = 1; i < test_case->columns; i++) {
        write_terms(context, &test_case->column[i], &other);
        if (strcmp(first.data, other.data) != 0)
            fail_msg("alike.tsv:%d: %s is %s, %s is %s", test_case->line, test_case->written[0], first.data,
                     test_case->written[i], other.data);
    }
    buf_free(&first);
    buf_free(&other);
}

/* Whether a query that is `asked` (one token) finds the text: its exact form is among a token's terms. */
static bool is_found(struct analyser *analyser, const struct buf *text, const struct buf *asked)
{
    struct token token;
    char exact[256];
    size_t len;

    analyser_begin(analyser, asked->data, asked->len);
    assert_true(analyser_next(analyser, &token));
    len = token.exact.len;
    memcpy(exact, token.exact.bytes, len);
    analyser_begin(analyser, text->data, text->len);
    while (analyser_next(analyser, &token)) {
        if (token.term.len == len && memcmp(token.term.bytes, exact, len) == 0)
            return true;
        for (size_t i = 0; i < token.extra_count; i++) {
            if (token.extra[i].len == len && memcmp(token.extra[i].bytes, exact, len) == 0)
                return true;
        }
    }
    return false;
}

static void check_found(const struct test_case *test_case, void *context)
{
    bool found = is_found(context, &test_case->column[0], &test_case->column[1]);

    if (found != (strcmp(test_case->column[2].data, "yes") == 0))
        fail_msg("found.tsv:%d: %s is %sfound in %s", test_case->line, test_case->written[1],
                 found ? "" : "not ", test_case->written[0]);
}

static void run(const char *file, void (*check)(const struct test_case *, void *), int least)
{
    struct analyser *analyser = analyser_new();

    assert_non_null(analyser);
    assert_true(each_case(file, check, analyser) >= least);
    analyser_free(analyser);
}

static void texts_have_their_tokens(void **state)
{
    (void)state;
    run("tokens.tsv", check_tokens, 80);
}

static void spellings_are_alike(void **state)
{
    (void)state;
    run("alike.tsv", check_alike, 15);
}

static void words_find_texts(void **state)
{
    (void)state;
    run("found.tsv", check_found, 30);
}

static struct token first_token(struct analyser *analyser, const char *text)
{
    struct token token;

    analyser_begin(analyser, text, strlen(text));
    assert_true(analyser_next(analyser, &token));
    return token;
}

static void assert_word(struct analyser *analyser, const char *text, const char *word, bool is_name)
{
    struct token token = first_token(analyser, text);

    assert_int_equal(token.word.len, strlen(word));
    assert_memory_equal(token.word.bytes, word, token.word.len);
    assert_int_equal(token.is_name, is_name);
}

static void words_are_for_spelling_and_completion(void **state)
{
    struct analyser *analyser = analyser_new();

    (void)state;
    assert_word(analyser, "Stratification", "stratification", true);
    assert_word(analyser, "stratification", "stratification", false);
    assert_word(analyser, "Östlich", "ostlich", true);
    assert_word(analyser, "COVID19", "covid19", true);
    assert_word(analyser, "A&E", "a&e", true);
    assert_word(analyser, "SUS+", "sus", true);
    assert_word(analyser, "2012", "", false);
    assert_word(analyser, "1.5", "", false);
    assert_word(analyser, "Section 251", "", false);
    assert_word(analyser, "NIC-212898", "", false);
    analyser_free(analyser);
}

static void compounds_know_their_span(void **state)
{
    struct analyser *analyser = analyser_new();
    struct token token = first_token(analyser, "re-designing services");

    (void)state;
    assert_int_equal(token.joined_span, 2);
    assert_int_equal(token.joined.len, strlen("redesign"));
    assert_memory_equal(token.joined.bytes, "redesign", token.joined.len);
    assert_true(analyser_next(analyser, &token));
    assert_int_equal(token.joined_span, 0);
    assert_int_equal(token.joined.len, 0);
    assert_int_equal(token.position, 1);
    token = first_token(analyser, "non-patient-level");
    assert_int_equal(token.joined_span, 3);
    analyser_free(analyser);
}

static void assert_folds(const char *text, const char *expected)
{
    char *folded = analyser_fold(text, strlen(text));

    assert_string_equal(folded, expected);
    free(folded);
}

static void texts_fold_whole(void **state)
{
    (void)state;
    assert_folds("", "");
    assert_folds("NHS Mid Essex CCG", "nhs mid essex ccg");
    assert_folds("Straße O’Neil", "strasse o'neil");
    assert_folds("Act 2012 – s261", "act 2012 - s261");
    assert_folds("a\xC2\xA0z, (É)", "a z, (e)");
    assert_folds("soft\xC2\xADhyphen \xEF\x82\xB7 bullet", "softhyphen   bullet");
    assert_folds("bad \xFF byte", "bad   byte");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_their_tokens),   cmocka_unit_test(spellings_are_alike),
        cmocka_unit_test(words_find_texts),          cmocka_unit_test(words_are_for_spelling_and_completion),
        cmocka_unit_test(compounds_know_their_span), cmocka_unit_test(texts_fold_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
