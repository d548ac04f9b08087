/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every reply in cases/client/render/NAME.json is laid out 80 columns wide and held against NAME.txt, and in
 * colour against NAME.ansi. Where a layout changes on purpose, CLIENT_CASES_OUT=FOLDER has the new layouts
 * written there.
 */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "client/labels.h"
#include "client/render.h"
#include "client/text.h"

#define CASES TESTS_DIR "/cases/client/"

enum { NAME_SIZE = 512, WIDTH = 80, FILE_MAX = 1 << 20, CASES_MAX = 100 };

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *value = json_load_file(path, 0, &error);
    if (!value)
        fail_msg("%s:%d: %s", path, error.line, error.text);
    return value;
}

static void render(struct page *page, const json_t *testcase, const json_t *schema)
{
    const char *command = json_string_value(json_object_get(testcase, "command"));
    const json_t *result = json_object_get(testcase, "result");
    long limit = (long)json_integer_value(json_object_get(testcase, "limit"));
    long number = (long)json_integer_value(json_object_get(testcase, "page"));
    struct view view = {.schema = json_is_true(json_object_get(testcase, "schema")) ? schema : NULL,
                        .limit = limit,
                        .offset = number ? (number - 1) * limit : 0,
                        .facet = json_string_value(json_object_get(testcase, "facet")),
                        .parent = json_string_value(json_object_get(testcase, "parent")),
                        .like = json_string_value(json_object_get(testcase, "like")),
                        .by_cursor = json_is_true(json_object_get(testcase, "by_cursor")),
                        .copies = json_is_true(json_object_get(testcase, "copies")),
                        .full = json_is_true(json_object_get(testcase, "full"))};
    assert_non_null(command);
    if (!strcmp(command, "search") || !strcmp(command, "similar"))
        render_search(page, result, &view);
    else if (!strcmp(command, "show"))
        render_record(page, result, &view);
    else if (!strcmp(command, "facets"))
        render_facets(page, result, &view);
    else if (!strcmp(command, "suggest"))
        render_suggestions(page, result);
    else if (!strcmp(command, "compare"))
        render_compare(page, result, &view);
    else if (!strcmp(command, "changes"))
        render_changes(page, result);
    else if (!strcmp(command, "schema"))
        render_schema(page, result);
    else if (!strcmp(command, "status"))
        render_status(page, result);
    else
        fail_msg("no command %s", command);
}

static void write_out(const char *name, const char *ending, const struct buf *bytes)
{
    char path[NAME_SIZE];
    const char *folder = getenv("CLIENT_CASES_OUT");
    if (!folder)
        return;
    snprintf(path, sizeof path, "%s/%s.%s", folder, name, ending);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fwrite(bytes->data, 1, bytes->len, file);
    fclose(file);
}

static void compare(const char *name, const char *ending, const struct buf *got)
{
    char path[NAME_SIZE];
    static char expected[FILE_MAX];
    snprintf(path, sizeof path, CASES "render/%s.%s", name, ending);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("%s is missing", path);
    size_t len = fread(expected, 1, sizeof expected - 1, file);
    fclose(file);
    expected[len] = '\0';
    assert_string_equal(got->data, expected);
}

/* No line is wider than the page, and none holds a control character that the layout did not put there. */
static void check_lines(const struct buf *plain)
{
    for (const char *line = plain->data; *line;) {
        size_t len = strcspn(line, "\n");
        assert_in_range(text_width(line, len), 0, WIDTH);
        for (size_t i = 0; i < len; i++)
            assert_true((unsigned char)line[i] >= ' ' && line[i] != 0x7F);
        line += len + (line[len] == '\n');
    }
}

static void test_case(void **state)
{
    const char *name = *state;
    char path[NAME_SIZE];
    snprintf(path, sizeof path, CASES "render/%s.json", name);
    json_t *testcase = load(path);
    json_t *schema = load(CASES "schema.json");
    struct page plain = PAGE_INIT(WIDTH, false);
    struct page coloured = PAGE_INIT(WIDTH, true);
    render(&plain, testcase, schema);
    render(&coloured, testcase, schema);
    check_lines(&plain.out);
    write_out(name, "txt", &plain.out);
    write_out(name, "ansi", &coloured.out);
    compare(name, "txt", &plain.out);
    compare(name, "ansi", &coloured.out);
    buf_free(&plain.out);
    buf_free(&coloured.out);
    json_decref(schema);
    json_decref(testcase);
}

/* Whatever the width, each word of the text is there, in order, and no line is wider. */
static void test_every_width(void **state)
{
    (void)state;
    static const char TEXT[] =
        "one two-three 東京都健康 e\xCC\x81t\xC3\xA9 aVeryLongWordIndeedThatFitsNowhere end";
    for (int width = 2; width < 60; width++) {
        struct page page = PAGE_INIT(width, false);
        struct buf text = TEXT_INIT;
        struct buf joined = TEXT_INIT;
        struct buf whole = TEXT_INIT;
        text_add(&text, STYLE_PLAIN, TEXT);
        page_paragraph(&page, 0, 0, &text);
        for (const char *line = page.out.data; *line; line += strcspn(line, "\n") + 1)
            assert_in_range(text_width(line, strcspn(line, "\n")), 1, width);
        for (const char *at = page.out.data; *at; at++)
            buf_append(&joined, at, *at != '\n' && *at != ' ');
        for (const char *at = TEXT; *at; at++)
            buf_append(&whole, at, *at != ' ');
        assert_string_equal(joined.data, whole.data);
        buf_free(&page.out);
        buf_free(&text);
        buf_free(&joined);
        buf_free(&whole);
    }
}

/* Results of other shapes than the contract's are passed over, not fallen over. */
static void test_wrong_shapes(void **state)
{
    (void)state;
    static const char *const RESULTS[] = {
        "{}",
        "{\"total\": \"many\", \"hits\": {\"a\": 1}, \"facets\": [1], \"warnings\": \"no\", \"corrected\": "
        "7}",
        "{\"total\": 3, \"hits\": [1, null, [], {}, {\"snippets\": [1, {}, {\"html\": 3}], \"legal_basis\": "
        "[null, 4]}]}",
        "{\"total\": 1, \"hits\": [{\"id\": 1}], \"facets\": {\"x\": 3, \"y\": [1, {}, {\"children\": "
        "[{}]}]}}",
        "{\"values\": [null, {\"value\": 1}], \"total\": -1, \"releases\": [1, {}], \"flags\": [1], "
        "\"sources\": [1]}",
        "{\"releases\": 3, \"objectives\": 3, \"datasets\": [[], {}], \"legal_basis\": {\"a\": 1}, "
        "\"versions\": [{}]}",
        "{\"ids\": 1, \"parts\": {\"x\": 1, \"y\": {\"edits\": [1, {}, {\"op\": \"gone\", \"text\": \"x\"}, "
        "{\"op\": \"delete\"}]}, \"z\": {\"edits\": {}}}, \"counts\": 1, \"added\": {}, \"changed\": [1], "
        "\"from\": 1}",
        "{\"suggestions\": [1, {}, {\"text\": 1, \"count\": \"x\"}], \"vocabulary\": [1, {\"short\": []}], "
        "\"hits\": [{\"explain\": 1}, {\"explain\": [1, {}, {\"word\": 1}]}]}",
    };
    json_t *schema = json_loads(
        "{\"fields\": [1, {\"name\": 3}], \"facets\": 7, \"parts\": [{\"name\": \"x\"}]}", 0, NULL);
    for (size_t i = 0; i < sizeof RESULTS / sizeof *RESULTS; i++) {
        struct page page = PAGE_INIT(WIDTH, true);
        json_t *result = json_loads(RESULTS[i], 0, NULL);
        struct view view = {.schema = schema, .limit = 10, .facet = "x"};
        assert_non_null(result);
        render_search(&page, result, &view);
        render_facets(&page, result, &view);
        render_record(&page, result, &view);
        render_compare(&page, result, &view);
        render_changes(&page, result);
        render_suggestions(&page, result);
        render_schema(&page, result);
        render_status(&page, result);
        assert_false(buf_failed(&page.out));
        buf_free(&page.out);
        json_decref(result);
    }
    json_decref(schema);
}

/* ---- comparisons ---- */

/* The words of each op: as they were asked for, or as they are shown. */
struct op_words {
    struct buf of[3]; /* equal, delete, insert; each word and a space */
};

static void free_words(struct op_words *words)
{
    for (size_t op = 0; op < 3; op++)
        buf_free(&words->of[op]);
}

static unsigned next_random(unsigned *seed, unsigned below)
{
    *seed = *seed * 1103515245U + 12345U;
    return (*seed >> 16) % below;
}

/* Edits of words "w0 w1 ..." with line ends here and there. */
static json_t *make_edits(unsigned *seed, struct op_words *words)
{
    static const char *const NAMES[] = {"equal", "delete", "insert"};
    static const char *const GAPS[] = {" ", " ", " ", "\n", "\n\n", "  \n "};
    json_t *edits = json_array();
    unsigned number = 0;
    for (unsigned i = 0; i < 9; i++) {
        unsigned op = i % 3;
        unsigned count = next_random(seed, op ? 4 : 40);
        struct buf text = BUF_INIT(FILE_MAX);
        for (unsigned word = 0; word < count; word++) {
            buf_printf(&text, "w%u%s", number, GAPS[next_random(seed, 6)]);
            buf_printf(&words->of[op], "w%u ", number++);
        }
        if (count)
            json_array_append_new(edits, json_pack("{s:s, s:s}", "op", NAMES[op], "text", text.data));
        buf_free(&text);
    }
    return edits;
}

static bool is_mark(const char *at, const char *mark)
{
    return !strncmp(at, mark, strlen(mark));
}

static void end_word(struct buf *words)
{
    if (words->len && words->data[words->len - 1] != ' ')
        buf_byte(words, ' ');
}

/* Sorts what is shown by the marks around it. */
static void read_page(const char *shown, struct op_words *words)
{
    size_t op = 0;
    while (*shown) {
        bool opens = is_mark(shown, "[-") || is_mark(shown, "{+");
        bool closes = is_mark(shown, "-]") || is_mark(shown, "+}");
        if (opens || closes || *shown == ' ' || *shown == '\n')
            end_word(&words->of[op]);
        else
            buf_byte(&words->of[op], *shown);
        if (opens)
            op = *shown == '[' ? 1 : 2;
        else if (closes)
            op = 0;
        shown += opens || closes ? 2 : 1;
    }
    end_word(&words->of[op]);
}

static void assert_same_words(const struct buf *got, const struct buf *expected)
{
    assert_string_equal(got->data ? got->data : "", expected->data ? expected->data : "");
}

static void check_comparison(const json_t *result, const struct op_words *asked, bool full)
{
    struct page page = PAGE_INIT(WIDTH, false);
    struct view view = {.full = full};
    struct op_words shown = {.of = {BUF_INIT(FILE_MAX), BUF_INIT(FILE_MAX), BUF_INIT(FILE_MAX)}};
    render_compare(&page, result, &view);
    const char *body = strstr(page.out.data, "the same\n");
    const char *end = strstr(page.out.data, "\nwords that both have were left out");
    assert_non_null(body);
    assert_true(!full || !end);
    if (end)
        page.out.data[end - page.out.data] = '\0';
    read_page(body + strlen("the same\n"), &shown);
    assert_same_words(&shown.of[1], &asked->of[1]);
    assert_same_words(&shown.of[2], &asked->of[2]);
    if (full)
        assert_same_words(&shown.of[0], &asked->of[0]);
    free_words(&shown);
    buf_free(&page.out);
}

/* Whatever differs is shown, in order and between its marks; with --full all else is too. */
static void test_comparisons(void **state)
{
    (void)state;
    for (unsigned round = 1; round <= 300; round++) {
        unsigned seed = round;
        struct op_words asked = {.of = {BUF_INIT(FILE_MAX), BUF_INIT(FILE_MAX), BUF_INIT(FILE_MAX)}};
        json_t *edits = make_edits(&seed, &asked);
        json_t *result = json_pack("{s:{s:{s:O}}}", "parts", "objectives", "edits", edits);
        if (asked.of[0].len) {
            check_comparison(result, &asked, true);
            check_comparison(result, &asked, false);
        }
        json_decref(result);
        json_decref(edits);
        free_words(&asked);
    }
}

static size_t find_cases(struct CMUnitTest *tests)
{
    size_t count = 0;
    struct dirent *entry;
    DIR *folder = opendir(CASES "render");
    while (folder && (entry = readdir(folder)) && count < CASES_MAX) {
        char *dot = strrchr(entry->d_name, '.');
        if (!dot || strcmp(dot, ".json") != 0)
            continue;
        char *name = strndup(entry->d_name, (size_t)(dot - entry->d_name));
        tests[count++] = (struct CMUnitTest){.name = name, .test_func = test_case, .initial_state = name};
    }
    if (folder)
        closedir(folder);
    return count;
}

int main(void)
{
    enum { OTHERS = 3 };
    static struct CMUnitTest tests[CASES_MAX + OTHERS] = {cmocka_unit_test(test_every_width),
                                                          cmocka_unit_test(test_wrong_shapes),
                                                          cmocka_unit_test(test_comparisons)};
    size_t count = find_cases(tests + OTHERS);
    if (!count) {
        fputs("no cases in " CASES "render\n", stderr);
        return 1;
    }
    int failed = _cmocka_run_group_tests("client_render", tests, count + OTHERS, NULL, NULL);
    for (size_t i = 0; i < count; i++)
        free(tests[i + OTHERS].initial_state);
    return failed;
}
