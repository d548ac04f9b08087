/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What holds for every text, shown on random ones: bytes, Unicode, and words of the register's kind. */
#include "test_text_random.h"

#include "indexer/text/analyser.h"
#include "indexer/text/fold.h"
#include "indexer/text/stems.h"
#include "indexer/text/word.h"

enum { TERM_MAX = 200 /* bytes */, CHARACTERS = 0x110000 };

static void assert_utf8(const char *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        int32_t character;
        at += fold_decode(bytes, len, at, &character);
        assert_int_not_equal(character, FOLD_INVALID);
    }
}

static void assert_term(struct term term)
{
    assert_in_range(term.len, 1, TERM_MAX);
    assert_utf8(term.bytes, term.len);
    for (size_t i = 0; i < term.len; i++) {
        assert_false(term.bytes[i] >= 'A' && term.bytes[i] <= 'Z');
        assert_false((unsigned char)term.bytes[i] <= ' ');
    }
}

static bool is_same(struct term a, struct term b)
{
    return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

static void assert_token(const struct token *token)
{
    bool has_exact = is_same(token->exact, token->term), has_joined = token->joined.len == 0;

    assert_term(token->term);
    assert_term(token->exact);
    assert_in_range(token->word.len, 0, ANALYSER_WORD_MAX);
    for (size_t i = 0; i < token->extra_count; i++) {
        assert_term(token->extra[i]);
        assert_false(is_same(token->extra[i], token->term));
        for (size_t k = 0; k < i; k++)
            assert_false(is_same(token->extra[i], token->extra[k]));
        has_exact = has_exact || is_same(token->extra[i], token->exact);
        has_joined = has_joined || is_same(token->extra[i], token->joined);
    }
    assert_true(has_exact);
    assert_true(has_joined || is_same(token->joined, token->term));
}

static void tokens_are_in_order_and_bounded(void **state)
{
    struct analyser *analyser = analyser_new();
    uint64_t seed = 42;

    (void)state;
    for (int i = 0; i < TEXTS; i++) {
        char buffer[TEXT_MAX];
        size_t len = random_text(&seed, buffer), end = 0;
        char *text = exactly(buffer, len);
        struct token token;
        uint32_t position = 0;
        analyser_begin(analyser, text, len);
        while (analyser_next(analyser, &token)) {
            assert_int_equal(token.position, position++);
            assert_true(token.start >= end && token.len > 0);
            end = token.start + token.len;
            assert_true(end <= len);
            assert_token(&token);
        }
        free(text);
    }
    analyser_free(analyser);
}

static void the_short_way_is_the_long_way(void **state)
{
    uint64_t seed = 7;

    (void)state;
    for (int i = 0; i < TEXTS; i++) {
        char text[TEXT_MAX];
        size_t len = random_text(&seed, text), at = 0;
        struct word one, other;
        for (bool more = true; more; at = one.end) {
            more = word_find(text, len, at, &one);
            assert_int_equal(more, word_find_any(text, len, at, &other));
            if (!more)
                break;
            assert_int_equal(one.start, other.start);
            assert_int_equal(one.end, other.end);
            assert_int_equal(one.is_letters, other.is_letters);
            assert_int_equal(one.is_capital, other.is_capital);
            assert_string_equal(one.folded, other.folded);
        }
    }
}

static void ascii_folds_as_unicode_does(void **state)
{
    (void)state;
    for (int32_t character = 0; character < 0x80; character++) {
        enum fold_class class = fold_class(character);
        char folded[FOLD_BYTES_MAX] = "";
        if (class == FOLD_LETTER || class == FOLD_DIGIT) {
            assert_int_equal(fold_letter(character, folded), 1);
            assert_int_equal(folded[0], fold_ascii[character]);
        } else {
            assert_int_equal(fold_ascii[character], 0);
        }
    }
}

static void folding_again_changes_nothing(void **state)
{
    (void)state;
    for (int32_t character = 1; character < CHARACTERS; character++) {
        char utf8[4];
        char *once, *twice;
        size_t len;
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        len = (size_t)utf8proc_encode_char(character, (utf8proc_uint8_t *)utf8);
        once = analyser_fold(utf8, len);
        twice = analyser_fold(once, strlen(once));
        if (strcmp(once, twice) != 0)
            fail_msg("U+%04X folds to %s and then to %s", (unsigned)character, once, twice);
        free(once);
        free(twice);
    }
}

/* Terms of a text of its own terms: indexing and querying agree however often a text goes through. */
static void words_of_every_script_fold_once(void **state)
{
    struct word word, again;

    (void)state;
    for (int32_t character = 1; character < CHARACTERS; character++) {
        char text[8] = "a";
        size_t len = 1;
        if (character >= 0xD800 && character <= 0xDFFF)
            continue;
        len += (size_t)utf8proc_encode_char(character, (utf8proc_uint8_t *)text + 1);
        text[len++] = 'b';
        assert_true(word_find(text, len, 0, &word));
        assert_utf8(word.folded, word.len);
        assert_true(word_find(word.folded, word.len, 0, &again));
        if (strcmp(word.folded, again.folded) != 0)
            fail_msg("a, U+%04X, b is %s and then %s", (unsigned)character, word.folded, again.folded);
    }
}

/* What the passage matcher builds on; see stems_of(). */
static void assert_begins_alike(const char *word, size_t len, struct term stem)
{
    bool is_die =
        stem.len == 3 && memcmp(stem.bytes + 1, "ie", 2) == 0 && strchr("dlt", stem.bytes[0]) != NULL;

    assert_true(stem.len > 0);
    assert_int_equal(stem.bytes[0], word[0]);
    if (stem.len > 1 && len > 1 && stem.bytes[1] != word[1] && !(is_die && word[1] == 'y'))
        fail_msg("%.*s has the stem %.*s", (int)len, word, (int)stem.len, stem.bytes);
}

static size_t random_word(uint64_t *seed, char word[16])
{
    static const char *const endings[] = {"",   "s",   "ed",  "ing", "ies", "ied", "y",   "ying", "ly",
                                          "es", "ate", "ize", "bl",  "e",   "ss",  "ion", "edly", "ingly"};
    static const char letters[] = "abdeilmnorstuyaeiyss";
    size_t len = case_random(seed) % 5;

    for (size_t i = 0; i < len; i++)
        word[i] = letters[case_random(seed) % (sizeof letters - 1)];
    strcpy(word + len, endings[case_random(seed) % (sizeof endings / sizeof *endings)]);
    return strlen(word);
}

static void stems_begin_as_their_words(void **state)
{
    struct stems *stems = stems_new();
    uint64_t seed = 3;

    (void)state;
    for (int i = 0; i < 300000; i++) {
        char word[16];
        size_t len = random_word(&seed, word);
        stems_settle(stems);
        if (len > 0)
            assert_begins_alike(word, len, stems_of(stems, word, len));
    }
    stems_free(stems);
}

/* More words than are remembered, twice. */
static void stems_survive_forgetting(void **state)
{
    struct analyser *analyser = analyser_new();

    (void)state;
    for (int i = 0; i < 2 * (ANALYSER_MEMO_WORDS + 1000); i++) {
        int number = i % (ANALYSER_MEMO_WORDS + 1000);
        char text[32];
        struct token token;
        for (int k = 0; k < 5; k++, number /= 10)
            text[k] = (char)("bcdfghjkmn"[number % 10]);
        strcpy(text + 5, "ations");
        analyser_begin(analyser, text, strlen(text));
        assert_true(analyser_next(analyser, &token));
        assert_int_equal(token.term.len, strlen(text) - strlen("s"));
        assert_memory_equal(token.term.bytes, text, token.term.len);
        assert_memory_equal(token.word.bytes, text, token.word.len);
    }
    analyser_free(analyser);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tokens_are_in_order_and_bounded), cmocka_unit_test(the_short_way_is_the_long_way),
        cmocka_unit_test(ascii_folds_as_unicode_does),     cmocka_unit_test(folding_again_changes_nothing),
        cmocka_unit_test(words_of_every_script_fold_once), cmocka_unit_test(stems_begin_as_their_words),
        cmocka_unit_test(stems_survive_forgetting),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
