/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages. The first line is the target asked for; each line behind it is the result of one method that the
 * page asks, or, where it is no JSON, why the method failed. Whatever stands there, the page is whole:
 * elements nested rightly and known, one script, links that stay here, no character that a reader cannot see.
 * An address that the page writes of what was asked says the same when it is asked.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/http/target.h"
#include "daemon/web/html.h"
#include "daemon/web/state.h"
#include "daemon/web/web.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

enum { PAGE_MAX = 64 << 20, CALLS_MADE_MAX = WEB_CALLS_MAX + 1, DEPTH_MAX = 8 };

struct input {
    const char *at, *end;
};

/* The next line; false where none is left. */
static bool take_line(struct input *input, const char **ret_line, size_t *ret_len)
{
    if (input->at >= input->end)
        return false;
    const char *newline = memchr(input->at, '\n', (size_t)(input->end - input->at));
    const char *end = newline ? newline : input->end;
    *ret_line = input->at;
    *ret_len = (size_t)(end - input->at);
    input->at = newline ? newline + 1 : input->end;
    return true;
}

/* ---- results ---- */

/* Text as searches mark it: what a record says is escaped, and marks are closed. */
static json_t *marked(const char *text)
{
    static const char open[] = "<mark>", close[] = "</mark>";
    BUF_AUTO struct buf html = BUF_INIT(PAGE_MAX);
    bool is_open = false;
    while (*text) {
        const char *tag = is_open ? close : open;
        const char *next = strstr(text, tag);
        size_t len = next ? (size_t)(next - text) : strlen(text);
        html_text(&html, text, len);
        text += len;
        if (next) {
            buf_text(&html, tag);
            text += strlen(tag);
            is_open = !is_open;
        }
    }
    buf_text(&html, is_open ? close : "");
    return json_stringn(html.data ? html.data : "", html.len);
}

/* `html` is the one value of a result that is markup already: such as a search would write. */
static void mend_html(json_t *value, int depth)
{
    size_t i;
    json_t *item;
    const char *name;
    void *next;
    if (depth > DEPTH_MAX)
        return;
    json_array_foreach(value, i, item) mend_html(item, depth + 1);
    json_object_foreach_safe(value, next, name, item)
    {
        if (strcmp(name, "html") == 0 && json_is_string(item))
            json_object_set_new(value, name, marked(json_string_value(item)));
        else
            mend_html(item, depth + 1);
    }
}

/* Puts null in place of value `*left`, counted in depth. */
static void spoil(json_t *value, long *left, int depth)
{
    size_t i;
    json_t *item;
    const char *name;
    void *next;
    json_array_foreach(value, i, item)
    {
        if (--*left == 0)
            json_array_set_new(value, i, json_null());
        else if (depth < DEPTH_MAX)
            spoil(item, left, depth + 1);
    }
    json_object_foreach_safe(value, next, name, item)
    {
        if (--*left == 0)
            json_object_set_new(value, name, json_null());
        else if (depth < DEPTH_MAX)
            spoil(item, left, depth + 1);
    }
}

/* The result that a line is; NULL where it is none. *new* */
static json_t *result_of(const char *line, size_t len)
{
    MEM_AUTO char *text = mem_copy(line, len);
    char *json = text;
    long left = *text == '!' ? strtol(text + 1, &json, 10) : 0;
    json_t *result = json_loads(json, 0, NULL);
    if (result && left > 0)
        spoil(result, &left, 0);
    return result;
}

/* Gives the page what came of a call; false where the method failed. */
static bool give(struct web_page *page, unsigned number, const char *line, size_t len)
{
    json_t *result = result_of(line, len);
    if (!result) {
        MEM_AUTO char *why = mem_copy(line, len);
        web_page_take(page, number, NULL, 0, -32602, why);
        return false;
    }
    mend_html(result, 0);
    MEM_AUTO char *json = json_dumps(result, 0);
    web_page_take(page, number, json, strlen(json), 0, NULL);
    json_decref(result);
    return true;
}

/* Asks what the page asks, as the daemon does; false where there is no page without the first. */
static bool ask(struct web_page *page, struct input *input)
{
    const json_t *params = NULL;
    const char *line;
    size_t len;
    for (unsigned number = 0; web_page_call(page, number, &params); number++) {
        FUZZ_CHECK(number < CALLS_MADE_MAX && json_is_object(params), "call %u has no params", number);
        if (!take_line(input, &line, &len)) {
            line = "{}";
            len = 2;
        }
        if (!give(page, number, line, len) && number == 0)
            return false;
    }
    return true;
}

/* ---- addresses ---- */

/* As an attribute's value is read. */
static char *unescape(const char *html)
{
    char *text = mem_text(html), *to = text;
    for (const char *at = text; *at;) {
        size_t len = strncmp(at, "&amp;", 5) == 0 ? 5 : 1;
        *to++ = *at;
        at += len;
    }
    *to = '\0';
    return text;
}

static char *address_of(const struct target *target, struct state *state)
{
    struct web_pair *pairs = mem_zero(target->count, sizeof *pairs);
    BUF_AUTO struct buf url = BUF_INIT(PAGE_MAX);
    for (size_t i = 0; i < target->count; i++)
        pairs[i] = (struct web_pair){target->pairs[i].name, target->pairs[i].value};
    state_take(state, pairs, target->count);
    free(pairs);
    state_url(&url, state, &(struct state_change){.offset = state->offset});
    return unescape(url.data);
}

/* What is asked again by the address that the page gives it is the same. */
static void check_address(const struct target *target)
{
    struct state first, second;
    struct target again;
    struct problem problem;
    MEM_AUTO char *url = address_of(target, &first);
    if (strlen(url) <= TARGET_MAX) {
        FUZZ_CHECK(target_parse(url, strlen(url), &again, &problem) == 0, "%s: %s", url, problem.detail);
        MEM_AUTO char *second_url = address_of(&again, &second);
        json_t *one = state_params(&first), *other = state_params(&second);
        FUZZ_CHECK(strcmp(url, second_url) == 0, "%s became %s", url, second_url);
        FUZZ_CHECK(json_equal(one, other), "it does not ask the same: %s", url);
        FUZZ_CHECK(second.unknown.len == 0, "it writes what it does not know: %s", url);
        json_decref(one);
        json_decref(other);
        state_free(&second);
        target_free(&again);
    }
    state_free(&first);
}

/* ---- the page ---- */

static void show(const struct target *target, struct input *input)
{
    BUF_AUTO struct buf html = BUF_INIT(PAGE_MAX);
    struct web_pair *pairs = mem_zero(target->count, sizeof *pairs);
    for (size_t i = 0; i < target->count; i++)
        pairs[i] = (struct web_pair){target->pairs[i].name, target->pairs[i].value};
    struct web_page *page = web_page_new(target->path, pairs, target->count);
    free(pairs);
    if (page && ask(page, input))
        web_page_put(page, "http://127.0.0.1:1", &html);
    else
        web_problem_put(page, page ? 400 : 404, target->path, &html);
    web_page_free(page);
    FUZZ_CHECK(!buf_failed(&html), "too large");
    fuzz_check_page(html.data, html.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct target target;
    struct problem problem;
    MEM_AUTO char *text = fuzz_text(data, size);
    struct input input = {text, text + size};
    const char *line;
    size_t len;
    if (!take_line(&input, &line, &len) || target_parse(line, len, &target, &problem))
        return 0;
    check_address(&target);
    show(&target, &input);
    target_free(&target);
    return 0;
}
