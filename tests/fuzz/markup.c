/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A page as a browser would take it apart, held to the little of HTML that pages of ours are made of. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "indexer/base/strlist.h"
#include "tests/fuzz/support.h"

enum { DEPTH_MAX = 64, NAME_MAX_LEN = 32 };

struct markup {
    const char *at, *end;
    char open[DEPTH_MAX][NAME_MAX_LEN]; /* the elements around `at` */
    size_t depth;
    size_t scripts;
    struct strlist ids;
};

static const char *const elements[] = {
    "a",       "article", "aside",   "bdi",    "blockquote", "body",   "button",  "caption",    "code",
    "dd",      "del",     "details", "div",    "dl",         "dt",     "figure",  "footer",     "form",
    "h1",      "h2",      "h3",      "h4",     "head",       "header", "html",    "ins",        "label",
    "li",      "main",    "mark",    "nav",    "ol",         "option", "p",       "q",          "script",
    "section", "select",  "span",    "strong", "svg",        "table",  "tbody",   "td",         "text",
    "th",      "thead",   "time",    "title",  "tr",         "ul",     "summary", "figcaption", "dialog",
    "em",      "tfoot",   "abbr",    "small",  "g",          "desc",   "hgroup"};
static const char *const void_elements[] = {"br", "hr", "input", "link", "meta", "wbr"};
static const char *const attributes[] = {"action",
                                         "autocapitalize",
                                         "autocomplete",
                                         "charset",
                                         "checked",
                                         "class",
                                         "colspan",
                                         "content",
                                         "datetime",
                                         "defer",
                                         "dir",
                                         "disabled",
                                         "download",
                                         "enterkeyhint",
                                         "for",
                                         "hidden",
                                         "href",
                                         "id",
                                         "label",
                                         "lang",
                                         "maxlength",
                                         "method",
                                         "name",
                                         "open",
                                         "placeholder",
                                         "property",
                                         "rel",
                                         "role",
                                         "scope",
                                         "selected",
                                         "spellcheck",
                                         "src",
                                         "tabindex",
                                         "title",
                                         "type",
                                         "value",
                                         "viewBox",
                                         "width",
                                         "height",
                                         "x",
                                         "y",
                                         "x1",
                                         "x2",
                                         "y1",
                                         "y2",
                                         "rx",
                                         "ry",
                                         "d",
                                         "points",
                                         "transform",
                                         "focusable",
                                         "preserveAspectRatio"};
/* Where a link may lead beside this server; the first is what the target is given as its address. */
static const char *const places[] = {"http://127.0.0.1:1/", "https://digital.nhs.uk/",
                                     "https://www.nationalarchives.gov.uk/"};

#define SHOWN(markup)                                                                                        \
    (int)((markup)->end - (markup)->at < 200 ? (markup)->end - (markup)->at : 200), (markup)->at
#define COUNT(list) (sizeof(list) / sizeof *(list))

static bool is_among(const char *const *list, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], name) == 0)
            return true;
    return false;
}

static bool begins(const struct markup *markup, const char *word)
{
    return (size_t)(markup->end - markup->at) >= strlen(word) && memcmp(markup->at, word, strlen(word)) == 0;
}

static bool skip(struct markup *markup, const char *word)
{
    bool is_there = begins(markup, word);
    markup->at += is_there ? strlen(word) : 0;
    return is_there;
}

static void take_name(struct markup *markup, char *name)
{
    size_t len = 0;
    while (markup->at < markup->end && (isalnum((unsigned char)*markup->at) || *markup->at == '-')) {
        FUZZ_CHECK(len < NAME_MAX_LEN - 1, "a long name: %.*s", SHOWN(markup));
        name[len++] = *markup->at++;
    }
    FUZZ_CHECK(len > 0, "a name was expected: %.*s", SHOWN(markup));
    name[len] = '\0';
}

/* Passes one character of text, or of an attribute's value. */
static void pass_character(struct markup *markup)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    if (*markup->at == '&') {
        size_t i = 0;
        while (i < COUNT(entities) && !skip(markup, entities[i]))
            i++;
        FUZZ_CHECK(i < COUNT(entities), "a bare ampersand: %.*s", SHOWN(markup));
        return;
    }
    FUZZ_CHECK(*markup->at != '<' && *markup->at != '>', "a bare bracket: %.*s", SHOWN(markup));
    markup->at++;
}

static void check_address(const char *value, size_t len)
{
    bool is_ours = len > 0 && (value[0] == '#' || (value[0] == '/' && (len == 1 || value[1] != '/')));
    for (size_t i = 0; i < COUNT(places) && !is_ours; i++)
        is_ours = len >= strlen(places[i]) && memcmp(value, places[i], strlen(places[i])) == 0;
    FUZZ_CHECK(is_ours, "it leads elsewhere: %.*s", (int)len, value);
    for (size_t i = 0; i < len; i++)
        FUZZ_CHECK((unsigned char)value[i] > ' ' && (unsigned char)value[i] < 0x7F, "no address: %.*s",
                   (int)len, value);
}

static void take_attribute(struct markup *markup, const char *element)
{
    char name[NAME_MAX_LEN];
    take_name(markup, name);
    FUZZ_CHECK(strncmp(name, "aria-", 5) == 0 || strncmp(name, "data-", 5) == 0 ||
                   is_among(attributes, COUNT(attributes), name),
               "<%s %s>", element, name);
    if (!skip(markup, "=\""))
        return;
    const char *value = markup->at;
    while (markup->at < markup->end && *markup->at != '"')
        pass_character(markup);
    size_t len = (size_t)(markup->at - value);
    FUZZ_CHECK(skip(markup, "\""), "<%s %s> is not closed", element, name);
    if (strcmp(name, "href") == 0 || strcmp(name, "src") == 0 || strcmp(name, "action") == 0)
        check_address(value, len);
    if (strcmp(name, "id") == 0)
        strlist_add_steal(&markup->ids, strndup(value, len));
}

static void close_element(struct markup *markup)
{
    char name[NAME_MAX_LEN];
    take_name(markup, name);
    FUZZ_CHECK(skip(markup, ">"), "</%s is not closed", name);
    FUZZ_CHECK(markup->depth > 0 && strcmp(markup->open[markup->depth - 1], name) == 0,
               "</%s> where </%s> was expected", name, markup->depth ? markup->open[markup->depth - 1] : "");
    markup->depth--;
}

static void open_element(struct markup *markup)
{
    char name[NAME_MAX_LEN];
    bool is_ours = begins(markup, "script src=\"/assets/page.js\" defer></script>");
    take_name(markup, name);
    bool is_void = is_among(void_elements, COUNT(void_elements), name);
    bool is_drawn = strcmp(name, "rect") == 0 || strcmp(name, "path") == 0 || strcmp(name, "line") == 0 ||
                    strcmp(name, "circle") == 0;
    FUZZ_CHECK(is_void || is_drawn || is_among(elements, COUNT(elements), name), "<%s>", name);
    FUZZ_CHECK(strcmp(name, "script") != 0 || is_ours, "a script: %.*s", SHOWN(markup));
    markup->scripts += is_ours;
    while (skip(markup, " "))
        take_attribute(markup, name);
    bool is_closed = is_drawn ? skip(markup, "/>") : skip(markup, ">");
    FUZZ_CHECK(is_closed, "<%s is not closed: %.*s", name, SHOWN(markup));
    if (is_void || is_drawn)
        return;
    FUZZ_CHECK(markup->depth < DEPTH_MAX, "too deep");
    strcpy(markup->open[markup->depth++], name);
}

/* No control, nothing that turns the text round, no noncharacter. */
static void check_characters(const char *html, size_t len)
{
    fuzz_check_utf8(html, len, "the page");
    for (size_t at = 0; at < len;) {
        utf8proc_int32_t code = 0;
        at += (size_t)utf8proc_iterate((const utf8proc_uint8_t *)html + at, (utf8proc_ssize_t)(len - at),
                                       &code);
        bool is_control = utf8proc_category(code) == UTF8PROC_CATEGORY_CC && code != '\n' && code != '\t';
        bool turns = code == 0x61C || code == 0x200E || code == 0x200F ||
                     (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
        FUZZ_CHECK(!is_control && !turns && (code & 0xFFFE) != 0xFFFE, "U+%04X is on the page",
                   (unsigned)code);
    }
}

void fuzz_check_page(const char *html, size_t len)
{
    struct markup markup = {.at = html, .end = html + len};
    check_characters(html, len);
    FUZZ_CHECK(skip(&markup, "<!doctype html>\n"), "it does not begin as a page: %.*s", SHOWN(&markup));
    while (markup.at < markup.end) {
        if (skip(&markup, "</"))
            close_element(&markup);
        else if (skip(&markup, "<"))
            open_element(&markup);
        else
            pass_character(&markup);
    }
    FUZZ_CHECK(markup.depth == 0, "<%s> is not closed", markup.open[markup.depth - 1]);
    FUZZ_CHECK(markup.scripts == 1, "%zu scripts", markup.scripts);
    fuzz_check_values(&markup.ids, "ids of elements");
    strlist_free(&markup.ids);
}
