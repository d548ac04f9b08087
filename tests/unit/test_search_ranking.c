/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a ranking weighs, against sums made by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/search/function_words.h"
#include "daemon/search/ranking.h"

enum { TITLE = 0, OBJECTIVES = 2, PROCESSING = 6, DOCUMENTS = 3 };

struct made {
    char folder[32];
    struct shim_reader *reader;
    struct analyser *analyser;
    struct strlist warnings;
};

static void add(struct shim_document *document, const char *word, int part, uint32_t count)
{
    char term[SHIM_TERM_MAX];
    size_t len = match_scoped_term(field_parts()[part], word, term);
    assert_int_equal(shim_document_add_term(document, word, strlen(word), count), SHIM_OK);
    assert_int_equal(shim_document_add_term(document, term, len, count), SHIM_OK);
}

/* Lengths are 6, 4 and 2, since a word in a part counts for both. */
static void write_documents(struct shim_writer *writer)
{
    struct shim_document *document = shim_document_new();
    uint32_t number;
    add(document, "stroke", TITLE, 1);
    add(document, "stroke", OBJECTIVES, 2);
    assert_int_equal(shim_writer_add(writer, document, &number, NULL), SHIM_OK);
    shim_document_clear(document);
    add(document, "stroke", PROCESSING, 1);
    add(document, "the", PROCESSING, 1);
    assert_int_equal(shim_writer_add(writer, document, &number, NULL), SHIM_OK);
    shim_document_clear(document);
    add(document, "the", PROCESSING, 1);
    assert_int_equal(shim_writer_add(writer, document, &number, NULL), SHIM_OK);
    shim_document_free(document);
}

static int set_up(void **state)
{
    struct made *made = calloc(1, sizeof *made);
    strcpy(made->folder, "/tmp/ranking-XXXXXX");
    assert_non_null(mkdtemp(made->folder));
    struct shim_writer *writer;
    assert_int_equal(shim_writer_open(made->folder, &writer, NULL), SHIM_OK);
    assert_int_equal(shim_writer_begin(writer, NULL), SHIM_OK);
    write_documents(writer);
    assert_int_equal(shim_writer_commit(writer, NULL), SHIM_OK);
    shim_writer_free(writer);
    assert_int_equal(shim_reader_open(made->folder, &made->reader, NULL), SHIM_OK);
    made->analyser = analyser_new();
    *state = made;
    return 0;
}

static int tear_down(void **state)
{
    struct made *made = *state;
    char command[64];
    shim_reader_free(made->reader);
    analyser_free(made->analyser);
    strlist_free(&made->warnings);
    snprintf(command, sizeof command, "rm -rf %s", made->folder);
    assert_int_equal(system(command), 0);
    free(made);
    return 0;
}

/* The weights of the documents, by number - 1; and that they are the sums of what the leaves give. */
static void weigh(struct made *made, const char *text, unsigned parts, double ret_weights[DOCUMENTS])
{
    struct matcher matcher = {
        .reader = made->reader, .analyser = made->analyser, .warnings = &made->warnings};
    struct query *query;
    struct ranking ranking;
    struct shim_hit hits[DOCUMENTS];
    double sums[DOCUMENTS] = {0};
    size_t n;
    assert_int_equal(
        query_parse(made->analyser, text, strlen(text), parts, true, &query, &made->warnings, NULL), 0);
    assert_int_equal(ranking_make(&matcher, query, &ranking), SHIM_OK);
    for (size_t i = 0; i <= ranking.count; i++) {
        struct shim_query *asked = i < ranking.count ? ranking_leaf_query(&ranking.leaves[i]) : ranking.query;
        assert_int_equal(shim_top_by_weight(made->reader, asked, NULL, 0, &shim_weighting_default, 0,
                                            DOCUMENTS, hits, &n, NULL),
                         SHIM_OK);
        memset(ret_weights, 0, DOCUMENTS * sizeof *ret_weights);
        for (size_t h = 0; h < n; h++) {
            ret_weights[hits[h].document - 1] = hits[h].weight;
            sums[hits[h].document - 1] += i < ranking.count ? hits[h].weight : 0;
        }
        if (i < ranking.count)
            shim_query_free(asked);
    }
    for (int d = 0; d < DOCUMENTS; d++)
        assert_float_equal(sums[d], ret_weights[d], 1e-9);
    ranking_free(&ranking);
    query_free(query);
}

/* The word is in two of three documents: rarity ln(4 / 2). The mean length is 4; with k1 2 and b .5 a count c
 * in a document of length l gives 3c / (c + 1 + l / 4): 3 in length 6 gives 18 / 11, 1 gives 6 / 7 (title),
 * 2 gives 4 / 3 (objectives); 1 in length 4 gives 1. */
static void test_title_and_objectives_weigh_more(void **state)
{
    double weights[DOCUMENTS];
    weigh(*state, "stroke", QUERY_ALL_PARTS, weights);
    assert_float_equal(weights[0], 0.6931471805599453 * (18.0 / 11 + 0.75 * 6 / 7 + 0.35 * 4 / 3), 1e-9);
    assert_float_equal(weights[1], 0.6931471805599453, 1e-9);
    assert_float_equal(weights[2], 0, 0);
}

/* Held to the title, the word is in one of three: ln 4, and nothing more than that. */
static void test_a_word_of_a_part_weighs_by_it(void **state)
{
    double weights[DOCUMENTS];
    weigh(*state, "stroke", 1U << TITLE, weights);
    assert_float_equal(weights[0], 1.3862943611198906 * 6 / 7, 1e-9);
    assert_float_equal(weights[1], 0, 0);
}

static void test_a_function_word_weighs_a_tenth(void **state)
{
    double with[DOCUMENTS], without[DOCUMENTS];
    weigh(*state, "the stroke", QUERY_ALL_PARTS, with);
    weigh(*state, "stroke", QUERY_ALL_PARTS, without);
    assert_float_equal(with[0], without[0], 1e-9);
    assert_float_equal(with[1], without[1] + 0.06931471805599453, 1e-9);
    assert_float_equal(with[2], 0.1 * 0.6931471805599453 * 3 / (1 + 1 + 0.5), 1e-9);
}

static void test_nothing_wanted_cannot_rank(void **state)
{
    struct made *made = *state;
    struct matcher matcher = {
        .reader = made->reader, .analyser = made->analyser, .warnings = &made->warnings};
    struct query *query;
    struct ranking ranking;
    assert_int_equal(
        query_parse(made->analyser, "-stroke", 7, QUERY_ALL_PARTS, true, &query, &made->warnings, NULL), 0);
    assert_int_equal(ranking_make(&matcher, query, &ranking), SHIM_INVALID);
    query_free(query);
}

static void test_function_words(void **state)
{
    (void)state;
    static const char *const words[] = {"a", "the", "whi", "yourselv", "which"};
    static const char *const others[] = {"", "data", "stroke", "mental", "us", "use", "not-a"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        assert_true(is_function_word(words[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_false(is_function_word(others[i]));
}

/* A table out of order would be searched in vain, here and there: every word of a sentence made of nothing
 * else is found. */
static void test_every_function_word_is_found(void **state)
{
    struct made *made = *state;
    static const char text[] =
        "What about those of you who would have been there without them, and why should we all not do this "
        "ourselves, through which, or until when, must they be at it again, although she may also have had "
        "his own, between both, upon most such others";
    struct token token;
    analyser_begin(made->analyser, text, sizeof text - 1);
    while (analyser_next(made->analyser, &token)) {
        char term[SHIM_TERM_MAX + 1];
        memcpy(term, token.term.bytes, token.term.len);
        term[token.term.len] = '\0';
        if (!is_function_word(term))
            fail_msg("\"%s\" is not found", term);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_title_and_objectives_weigh_more, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_word_of_a_part_weighs_by_it, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_a_function_word_weighs_a_tenth, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_nothing_wanted_cannot_rank, set_up, tear_down),
        cmocka_unit_test(test_function_words),
        cmocka_unit_test_setup_teardown(test_every_function_word_is_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
