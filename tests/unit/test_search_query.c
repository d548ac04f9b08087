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

/* "\t", "\n", "\\" and "\xHH" in a case's text, in place; the length of what comes of it. */
static size_t unescape(char *text)
{
    char *to = text;
    for (const char *at = text; *at; at++) {
        unsigned byte;
        if (at[0] == '\\' && at[1] == 'x' && sscanf(at + 2, "%2x", &byte) == 1) {
            *to++ = (char)byte;
            at += 3;
        } else if (at[0] == '\\' && at[1]) {
            at++;
            *to++ = (char)(*at == 't' ? '\t' : *at == 'n' ? '\n' : *at);
        } else {
            *to++ = *at;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

/* Whether the warnings are as many as the pieces, parted by " | ", and each piece is of one of them. */
static bool warned_of(const struct strlist *warnings, const char *pieces)
{
    MEM_AUTO char *copy = mem_text(pieces);
    size_t count = 0;
    bool all = true;
    for (char *at = copy, *next; at && *at; at = next, count++) {
        next = strstr(at, " | ");
        if (next) {
            *next = '\0';
            next += strlen(" | ");
        }
        bool found = false;
        for (size_t i = 0; i < warnings->len; i++)
            found |= strstr(warnings->items[i], at) != NULL;
        all &= found;
    }
    return all && count == warnings->len;
}

static bool check_case(char *text, const char *tree, const char *warning)
{
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = NULL;
    struct error error = ERROR_NONE;
    size_t len = unescape(text);
    int status = query_parse(analyser, text, len, QUERY_ALL_PARTS, false, &query, &warnings, &error);
    char *got = status == 0 ? query_text(query) : mem_text(error.text);
    bool good = strcmp(got, tree) == 0 && warned_of(&warnings, warning);
    if (!good) {
        print_error("query: %s\n  wanted: %s (%s)\n  got:    %s\n", text, tree, warning, got);
        for (size_t i = 0; i < warnings.len; i++)
            print_error("          (%s)\n", warnings.items[i]);
    }
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
        "(",         ")",    "\"",     "-",           "*",       " ",      "AND",
        "OR",        "NOT",  "NEAR/3", "objectives:", "s261(2)", "risk",   "\xE2\x80\x9C",
        "re-design", "\xC3", "\x01",   "foo:",        "+",       ":",      "dataset:",
        "legal:",    "id:",  "year:",  "2018",        "..",      "(none)", "since:"};
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

/* The same piece over and over, up to what a text may hold: bounded, and what is left out is said. */
static void test_repeated(void **state)
{
    (void)state;
    static const struct {
        const char *piece, *tree; /* tree NULL: any */
        const char *warning;
    } cases[] = {
        {"(", "", "nested deeper than 64"},
        {")", "", "was not open"},
        {"()", "", "nothing to look for"},
        {"\"", "", "without words"},
        {"-", "", NULL},
        {"NOT ", "", "NOT needs"},
        {"AND ", "", "AND needs"},
        {"OR ", "", "OR needs"},
        {"NEAR ", "", "NEAR needs"},
        {"*", "", "stands for nothing"},
        {"* ", "", "stands for nothing"},
        {"title:", NULL, "stands right before another field"}, /* and more words than a query may have */
        {"dataset:(", NULL, "fields more than 8 deep"},
        {"foo", NULL, NULL},
        {"-a", NULL, NULL},
        {"1 ", NULL, NULL},
        {"(1)", NULL, NULL},
        {"a ", NULL, NULL},
        {"a (1)", NULL, NULL},
        {"NEAR/1", NULL, NULL},
        {"-(", "", "nested deeper than 64"},
        {"\xC2\xA0", "", NULL},
        {"\xE2\x80\xAE", "", NULL},
    };
    char *text = mem_alloc(SEARCH_QUERY_MAX);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t len = 0, piece = strlen(cases[i].piece);
        for (; len + piece <= SEARCH_QUERY_MAX; len += piece)
            memcpy(text + len, cases[i].piece, piece);
        STRLIST_AUTO struct strlist warnings = {0};
        struct query *query = NULL;
        int status = query_parse(analyser, text, len, QUERY_ALL_PARTS, false, &query, &warnings, NULL);
        assert_true(status == 0 || (status == -1 && !cases[i].tree));
        char *tree = query_text(query);
        if (cases[i].tree)
            assert_string_equal(tree, cases[i].tree);
        bool warned = !cases[i].warning;
        for (size_t w = 0; w < warnings.len && !warned; w++)
            warned = strstr(warnings.items[w], cases[i].warning) != NULL;
        assert_true(warned);
        assert_true(warnings.len <= QUERY_WARNINGS_MAX + 1);
        free(tree);
        query_free(query);
    }
    free(text);
}

/* Brackets that are opened too deep are ignored with those that close them: what follows stands where it did.
 */
static void test_deep_brackets(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(SEARCH_QUERY_MAX);
    buf_text(&text, "-");
    for (int i = 0; i < 100; i++)
        buf_byte(&text, '(');
    buf_text(&text, "risk");
    for (int i = 0; i < 100; i++)
        buf_byte(&text, ')');
    buf_text(&text, " tool");
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = NULL;
    assert_int_equal(
        query_parse(analyser, text.data, text.len, QUERY_ALL_PARTS, false, &query, &warnings, NULL), 0);
    char *tree = query_text(query);
    assert_string_equal(tree, "NOT risk AND tool");
    assert_int_equal(warnings.len, 1);
    free(tree);
    query_free(query);
    buf_free(&text);
}

/* More warnings than a person reads end in one that says so. */
static void test_many_warnings(void **state)
{
    (void)state;
    struct buf text = BUF_INIT(SEARCH_QUERY_MAX);
    for (int i = 0; i < 100; i++)
        buf_printf(&text, "foo%c%c:risk ", 'a' + i / 26, 'a' + i % 26);
    STRLIST_AUTO struct strlist warnings = {0};
    struct query *query = NULL;
    assert_int_equal(
        query_parse(analyser, text.data, text.len, QUERY_ALL_PARTS, false, &query, &warnings, NULL), 0);
    assert_int_equal(warnings.len, QUERY_WARNINGS_MAX + 1);
    assert_non_null(strstr(warnings.items[QUERY_WARNINGS_MAX], "there is more"));
    query_free(query);
    buf_free(&text);
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
        cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_many_warnings),
        cmocka_unit_test(test_quotes_and_places),
    };
    return cmocka_run_group_tests(tests, open_analyser, close_analyser);
}
