/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Query text into trees: cases as plain data, and any bytes at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/search/query.h"
#include "daemon/search/search.h"
#include "indexer/base/mem.h"

static struct analyser *analyser;

static int open_analyser(void **state)
{
    (void)state;
    analyser = analyser_new();
    return analyser ? 0 : -1;
}

static int close_analyser(void **state)
{
    (void)state;
    analyser_free(analyser);
    return 0;
}

static bool check_case(const char *text, const char *tree, const char *warning)
{
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = NULL;
    struct error error = ERROR_NONE;
    int status = query_parse(analyser, text, strlen(text), QUERY_ALL_PARTS, false, &query, &warnings, &error);
    char *got = status == 0 ? query_text(query) : mem_text(error.text);
    bool good = strcmp(got, tree) == 0;
    bool warned = warnings.len > 0;
    good = good && warned == (*warning != '\0') && (!warned || strstr(warnings.items[0], warning));
    if (!good)
        print_error("query: %s\n  wanted: %s (%s)\n  got:    %s (%s)\n", text, tree, warning, got,
                    warned ? warnings.items[0] : "");
    free(got);
    query_free(query);
    return good;
}

static void test_cases(void **state)
{
    (void)state;
    FILE *file = fopen(TESTS_DIR "/cases/query/queries.tsv", "r");
    assert_non_null(file);
    char line[4096];
    size_t cases = 0, failures = 0;
    while (fgets(line, sizeof line, file)) {
        if (line[0] == '#')
            continue;
        line[strcspn(line, "\n")] = '\0';
        char *rest = line;
        char *text = strsep(&rest, "\t");
        char *tree = strsep(&rest, "\t");
        assert_non_null(tree);
        failures += !check_case(text, tree, rest ? rest : "");
        cases++;
    }
    fclose(file);
    assert_true(cases > 40);
    assert_int_equal(failures, 0);
}

static void test_any_is_or(void **state)
{
    (void)state;
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query;
    assert_int_equal(
        query_parse(analyser, "risk audit -tool", 16, QUERY_ALL_PARTS, true, &query, &warnings, NULL), 0);
    char *text = query_text(query);
    assert_string_equal(text, "(risk OR audit) OR NOT tool");
    assert_true(query->is_implied);
    free(text);
    query_free(query);
}

/* What came from quotes is known as such, and every leaf knows its place in the text. */
static void test_quotes_and_places(void **state)
{
    (void)state;
    static const char text[] = "the \"Risk\" re-design surgeons NEAR/3 \"section 251\" \"risk tool\"";
    static const struct {
        const char *typed;
        bool is_quoted;
    } wanted[] = {{"the", false},
                  {"Risk", true},
                  {"re-design", false},
                  {"surgeons NEAR/3 \"section 251", true},
                  {"risk tool", true}};
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query;
    assert_int_equal(
        query_parse(analyser, text, strlen(text), QUERY_ALL_PARTS, false, &query, &warnings, NULL), 0);
    assert_int_equal(query->count, 5);
    for (size_t i = 0; i < query->count; i++) {
        const struct query *leaf = query->children[i];
        while (leaf->count)
            leaf = leaf->children[0];
        char *typed = mem_copy(text + leaf->start, leaf->end - leaf->start);
        assert_string_equal(typed, wanted[i].typed);
        assert_int_equal(leaf->is_quoted, wanted[i].is_quoted);
        free(typed);
    }
    query_free(query);
}

static void test_relaxing(void **state)
{
    (void)state;
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query;
    assert_int_equal(
        query_parse(analyser, "risk AND audit", 14, QUERY_ALL_PARTS, false, &query, &warnings, NULL), 0);
    assert_false(query_relax(query)); /* an AND that was typed is meant */
    query_free(query);
    assert_int_equal(query_parse(analyser, "risk audit", 10, QUERY_ALL_PARTS, false, &query, &warnings, NULL),
                     0);
    assert_true(query_relax(query));
    assert_int_equal(query->kind, QUERY_OR);
    query_free(query);
}

static void test_too_many_words(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(SEARCH_QUERY_MAX);
    for (int i = 0; i <= SEARCH_QUERY_WORDS_MAX; i++)
        buf_printf(&text, "w%d ", i);
    STRLIST_AUTO struct strlist warnings = {0};
    struct error error = ERROR_NONE;
    struct query *query = NULL;
    assert_int_equal(
        query_parse(analyser, text.data, text.len, QUERY_ALL_PARTS, false, &query, &warnings, &error), -1);
    assert_non_null(strstr(error.text, "words"));
    buf_free(&text);
}

/* Pieces of the language in any order: a tree or an error, and no more than the text can hold. */
static void test_any_text(void **state)
{
    (void)state;
    static const char *const pieces[] = {
        "(",         ")",    "\"",     "-",           "*",       " ",    "AND",
        "OR",        "NOT",  "NEAR/3", "objectives:", "s261(2)", "risk", "\xE2\x80\x9C",
        "re-design", "\xC3", "\x01",   "foo:",        "+",       ":"};
    srand(20261122);
    for (int round = 0; round < 20000; round++) {
        char text[512] = "";
        size_t len = 0;
        for (int n = rand() % 24; n > 0; n--) {
            const char *piece = pieces[(size_t)rand() % (sizeof pieces / sizeof *pieces)];
            memcpy(text + len, piece, strlen(piece));
            len += strlen(piece);
        }
        STRLIST_AUTO struct strlist warnings = {0};
        struct query *query = NULL;
        assert_int_equal(
            query_parse(analyser, text, len, QUERY_ALL_PARTS, round % 2, &query, &warnings, NULL), 0);
        char *words = query_text(query);
        assert_true(strlen(words) <= 40 * (len + 1));
        free(words);
        query_free(query);
    }
}

static void test_deep_brackets(void **state)
{
    (void)state;
    char *text = mem_alloc(SEARCH_QUERY_MAX);
    memset(text, '(', SEARCH_QUERY_MAX);
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = NULL;
    assert_int_equal(
        query_parse(analyser, text, SEARCH_QUERY_MAX, QUERY_ALL_PARTS, false, &query, &warnings, NULL), 0);
    assert_null(query);
    assert_true(warnings.len > 0);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_any_is_or),
        cmocka_unit_test(test_relaxing),
        cmocka_unit_test(test_too_many_words),
        cmocka_unit_test(test_any_text),
        cmocka_unit_test(test_deep_brackets),
        cmocka_unit_test(test_quotes_and_places),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
