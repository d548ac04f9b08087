/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replies laid out for people, whatever a daemon sends: the text is UTF-8, no control character of a reply
 * reaches the terminal, and without colour there is no escape sequence at all.
 */
#include <jansson.h>
#include <string.h>
#include <utf8proc.h>

#include "client/render.h"
#include "tests/fuzz/support.h"

/* The length of a colour's escape sequence, "ESC [ digits ; digits m"; 0 for anything else. */
static size_t colour_length(const char *at, const char *end)
{
    const char *begin = at;
    if (end - at < 3 || at[0] != '\x1b' || at[1] != '[')
        return 0;
    for (at += 2; at < end && ((*at >= '0' && *at <= '9') || *at == ';'); at++)
        continue;
    return at < end && *at == 'm' ? (size_t)(at + 1 - begin) : 0;
}

static void check_page(const struct page *page)
{
    const char *end = page->out.data + page->out.len;
    fuzz_check_utf8(page->out.len ? page->out.data : "", page->out.len, "the page");
    for (const char *at = page->out.data; at < end;) {
        size_t colour = page->colour ? colour_length(at, end) : 0;
        utf8proc_int32_t code;
        utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)at, end - at, &code);
        bool is_control = utf8proc_category(code) == UTF8PROC_CATEGORY_CC && code != '\n';
        bool turns = (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
        FUZZ_CHECK(colour || !(is_control || turns), "U+%04X reaches the terminal", (unsigned)code);
        at += colour ? colour : (size_t)len;
    }
}

static void render(const json_t *reply, const struct view *view, int width, bool colour)
{
    static void (*const renders[])(struct page *, const json_t *, const struct view *) = {
        render_search, render_facets, render_record, render_compare};
    static void (*const plain[])(struct page *, const json_t *) = {render_schema, render_status,
                                                                   render_changes, render_suggestions};
    enum { WITH_VIEW = sizeof renders / sizeof *renders, ALL = WITH_VIEW + sizeof plain / sizeof *plain };
    for (size_t i = 0; i < ALL; i++) {
        struct page page = PAGE_INIT(width, colour);
        if (i < WITH_VIEW)
            renders[i](&page, reply, view);
        else
            plain[i - WITH_VIEW](&page, reply);
        if (page.out.len)
            check_page(&page);
        buf_free(&page.out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_t *reply = json_loadb((const char *)data, size, JSON_ALLOW_NUL, NULL);
    struct view view = {.schema = NULL, .offset = 0, .limit = 10, .facet = "legal_basis"};
    if (reply) {
        render(reply, &view, PAGE_WIDTH_PIPE, false);
        view.schema = reply;
        render(reply, &view, PAGE_WIDTH_MIN, true);
    }
    json_decref(reply);
    return 0;
}
