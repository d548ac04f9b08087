/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two texts as one, as wdiff(1) shows them: [-words of the first-] {+words of the second+}. The marks stay in
 * colour too, for those who cannot tell red from green.
 */
#include <string.h>

#include "client/labels.h"
#include "client/render.h"

enum { INDENT = 2 };

enum op { OP_EQUAL, OP_DELETE, OP_INSERT };

/* How many words there are of each op. */
struct words {
    size_t of[OP_INSERT + 1];
};

static const struct {
    const char *name;
    enum style style;
    const char *open, *close;
} OPS[] = {
    [OP_EQUAL] = {"equal", STYLE_PLAIN, "", ""},
    [OP_DELETE] = {"delete", STYLE_DELETED, "[-", "-]"},
    [OP_INSERT] = {"insert", STYLE_INSERTED, "{+", "+}"},
};

/* ---- words of a text ---- */

static const char WHITE[] = " \t\r\n\f\v";

struct span {
    const char *text;
    size_t len;
};

static bool is_white(char byte)
{
    return byte && strchr(WHITE, byte);
}

/* Bytes up to the end of the first `count` words. */
static size_t first_words(struct span span, size_t count)
{
    size_t at = 0;
    for (; count && at < span.len; count--) {
        while (at < span.len && is_white(span.text[at]))
            at++;
        while (at < span.len && !is_white(span.text[at]))
            at++;
    }
    return at;
}

/* Where the last `count` words begin. */
static size_t last_words(struct span span, size_t count)
{
    size_t at = span.len;
    for (; count && at; count--) {
        while (at && is_white(span.text[at - 1]))
            at--;
        while (at && !is_white(span.text[at - 1]))
            at--;
    }
    return at;
}

static size_t count_words(struct span span)
{
    size_t count = 0;
    for (size_t at = 0; at < span.len; at++)
        count += !is_white(span.text[at]) && (at == 0 || is_white(span.text[at - 1]));
    return count;
}

static struct span trimmed(struct span span)
{
    while (span.len && is_white(span.text[span.len - 1]))
        span.len--;
    while (span.len && is_white(*span.text)) {
        span.text++;
        span.len--;
    }
    return span;
}

/* ---- edits ---- */

/* An edit's words; false where it is none. */
static bool read_edit(const json_t *edit, enum op *ret_op, struct span *ret_span)
{
    const char *name = text_member(edit, "op");
    const char *text = text_member(edit, "text");
    for (enum op op = OP_EQUAL; name && text && op <= OP_INSERT; op++) {
        if (strcmp(name, OPS[op].name) != 0)
            continue;
        *ret_op = op;
        *ret_span = (struct span){text, strlen(text)};
        return true;
    }
    return false;
}

static struct words count_edits(const json_t *edits)
{
    struct words words = {.of = {0}};
    size_t i;
    const json_t *edit;
    json_array_foreach(edits, i, edit)
    {
        enum op op;
        struct span span;
        if (read_edit(edit, &op, &span))
            words.of[op] += count_words(span);
    }
    return words;
}

/* A paragraph being put together, and where it goes. */
struct paragraph {
    struct page *page;
    struct buf text;
    bool has_hidden; /* words were counted in place of being shown */
};

static void end_paragraph(struct paragraph *paragraph)
{
    page_paragraph(paragraph->page, INDENT, INDENT, &paragraph->text);
    buf_reset(&paragraph->text);
}

/* Adds words, each line's between its own marks; a line's end ends the paragraph. */
static void add_words(struct paragraph *paragraph, enum op op, struct span span)
{
    while (span.len) {
        const char *end = memchr(span.text, '\n', span.len);
        size_t len = end ? (size_t)(end - span.text) : span.len;
        struct span line = trimmed((struct span){span.text, len});
        if (line.len) {
            text_add(&paragraph->text, STYLE_PLAIN, " ");
            text_printf(&paragraph->text, OPS[op].style, "%s%.*s%s", OPS[op].open, (int)line.len, line.text,
                        OPS[op].close);
        }
        if (end)
            end_paragraph(paragraph);
        span.text += len + (end != NULL);
        span.len -= len + (end != NULL);
    }
}

static void add_hidden(struct paragraph *paragraph, size_t count)
{
    text_add(&paragraph->text, STYLE_PLAIN, " ");
    text_add(&paragraph->text, STYLE_QUIET, "… ");
    add_count(&paragraph->text, STYLE_QUIET, (json_int_t)count, "word", "words");
    text_add(&paragraph->text, STYLE_QUIET, " …");
    paragraph->has_hidden = true;
}

/* Adds words that both have: those near a difference, and of the others how many there are. */
static void add_equal(struct paragraph *paragraph, struct span span, bool is_first, bool is_last)
{
    size_t count = count_words(span);
    size_t head = is_first ? 0 : RENDER_CONTEXT;
    size_t tail = is_last ? 0 : RENDER_CONTEXT;
    if (count < head + tail + RENDER_HIDDEN_MIN) {
        add_words(paragraph, OP_EQUAL, span);
        return;
    }
    size_t from = first_words(span, head);
    size_t to = last_words(span, tail);
    add_words(paragraph, OP_EQUAL, (struct span){span.text, from});
    add_hidden(paragraph, count - head - tail);
    if (tail && memchr(span.text + from, '\n', to - from))
        end_paragraph(paragraph);
    add_words(paragraph, OP_EQUAL, (struct span){span.text + to, span.len - to});
}

static bool is_insertion(const json_t *edit)
{
    const char *name = text_member(edit, "op");
    return name && !strcmp(name, OPS[OP_INSERT].name);
}

/* Whether words were left out. */
static bool render_edits(struct page *page, const json_t *edits, bool full)
{
    struct paragraph paragraph = {.page = page, .text = TEXT_INIT};
    size_t count = json_array_size(edits);
    for (size_t i = 0; i < count; i++) {
        enum op op;
        struct span span;
        if (!read_edit(json_array_get(edits, i), &op, &span))
            continue;
        if (op == OP_EQUAL && !full) {
            add_equal(&paragraph, span, i == 0, i + 1 == count);
            continue;
        }
        /* What replaces words stands in the same line as they, wherever their lines end. */
        if (op == OP_DELETE && is_insertion(json_array_get(edits, i + 1)))
            span = trimmed(span);
        add_words(&paragraph, op, span);
    }
    end_paragraph(&paragraph);
    buf_free(&paragraph.text);
    return paragraph.has_hidden;
}

/* ---- parts ---- */

static void add_tally(struct buf *text, const struct words *words)
{
    json_int_t deleted = (json_int_t)words->of[OP_DELETE];
    json_int_t inserted = (json_int_t)words->of[OP_INSERT];
    json_int_t same = (json_int_t)words->of[OP_EQUAL];
    if (!same && !(deleted && inserted)) {
        add_count(text, STYLE_QUIET, deleted ? deleted : inserted, "word", "words");
        text_printf(text, STYLE_QUIET, ", in the %s text only", deleted ? "first" : "second");
        return;
    }
    add_count(text, STYLE_QUIET, deleted, "word deleted, ", "words deleted, ");
    add_count(text, STYLE_QUIET, inserted, "inserted, ", "inserted, ");
    add_count(text, STYLE_QUIET, same, "the same", "the same");
}

static bool is_equal_part(const json_t *part)
{
    return json_is_true(json_object_get(part, "equal"));
}

/* Whether words were left out. */
static bool render_part(struct page *page, const char *name, const json_t *part, const struct view *view)
{
    const json_t *edits = json_object_get(part, "edits");
    bool is_equal = is_equal_part(part);
    struct words words = count_edits(edits);
    if (!is_equal && !json_array_size(edits))
        return false;
    BUF_AUTO struct buf text = TEXT_INIT;
    text_printf(&text, STYLE_HEADING, "%s:", label_of(view->schema, "parts", name).text);
    text_add(&text, STYLE_PLAIN, " ");
    if (is_equal)
        text_add(&text, STYLE_QUIET, "the same words");
    else
        add_tally(&text, &words);
    page_paragraph(page, 0, INDENT, &text);
    return render_edits(page, edits, view->full);
}

/* Which text is which, by the marks that its words have. */
static void render_ids(struct page *page, const json_t *ids)
{
    for (enum op op = OP_DELETE; op <= OP_INSERT; op++) {
        const char *id = json_string_value(json_array_get(ids, op - OP_DELETE));
        if (id)
            render_line(page, OPS[op].style, "%s%s%s", OPS[op].open, id, OPS[op].close);
    }
}

static void render_verdict(struct page *page, const json_t *parts)
{
    size_t count = 0;
    size_t differing = 0;
    const char *name;
    json_t *part;
    json_object_foreach((json_t *)parts, name, part)
    {
        count++;
        differing += !is_equal_part(part);
    }
    if (!count)
        render_line(page, STYLE_NAME, "Neither has any words.");
    else if (!differing)
        render_line(page, STYLE_NAME, "The same words throughout");
    else
        render_line(page, STYLE_NAME, "%zu of %zu part%s differ%s", differing, count, count == 1 ? "" : "s",
                    differing == 1 ? "s" : "");
}

void render_compare(struct page *page, const json_t *result, const struct view *view)
{
    const json_t *parts = json_object_get(result, "parts");
    const char *name;
    json_t *part;
    bool was_equal = false;
    bool has_hidden = false;
    render_ids(page, json_object_get(result, "ids"));
    render_verdict(page, parts);
    json_object_foreach((json_t *)parts, name, part)
    {
        if (!was_equal || !is_equal_part(part))
            page_blank(page); /* parts that are the same stand together */
        has_hidden = render_part(page, name, part, view) || has_hidden;
        was_equal = is_equal_part(part);
    }
    if (!has_hidden)
        return;
    page_blank(page);
    render_line(page, STYLE_QUIET, "words that both have were left out; all of them: --full");
}
