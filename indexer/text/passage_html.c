/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>
#include <utf8proc.h>

#include "indexer/base/mem.h"
#include "indexer/text/edges.h"
#include "indexer/text/fold.h"
#include "indexer/text/passage_match.h"

static const char open_tag[] = "<mark>", close_tag[] = "</mark>";
static const char ellipsis[] = "\xE2\x80\xA6", replacement[] = "\xEF\xBF\xBD";

/* HTML being written: tags and spaces wait until the next character to be seen shows where they belong. */
struct writing {
    struct buf *html;
    const struct match_mark *marks; /* from the next or current one on */
    size_t mark_count;
    bool is_open;
    bool has_space; /* white space was met since the last character */
    bool has_text;
    bool is_invalid; /* the last character stands for invalid bytes */
};

enum shown { SHOWN_AS_IS, SHOWN_AS_SPACE, SHOWN_REPLACED, SHOWN_NOT };

/* Soft hyphens, marks and overrides of direction, and the byte-order mark have no place in a passage. */
static bool is_hidden(int32_t character)
{
    return character == 0xAD || character == 0x61C || (character >= 0x200E && character <= 0x200F) ||
           (character >= 0x202A && character <= 0x202E) || (character >= 0x2060 && character <= 0x206F) ||
           character == 0xFEFF || (character >= 0xFFF9 && character <= 0xFFFB);
}

static bool is_noncharacter(int32_t character)
{
    return (character & 0xFFFE) == 0xFFFE || (character >= 0xFDD0 && character <= 0xFDEF);
}

/* Private-use characters are bullets of fonts that nobody has: they part words, and so does what stands for
 * them. */
static enum shown how_shown(int32_t character)
{
    if (character == FOLD_INVALID || is_noncharacter(character))
        return SHOWN_REPLACED;
    if (character > ' ' && character < 0x7F)
        return SHOWN_AS_IS;
    if (is_hidden(character))
        return SHOWN_NOT;
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
        return SHOWN_AS_SPACE;
    default:
        return SHOWN_AS_IS;
    }
}

static void append_escaped(struct buf *html, const char *bytes, size_t len)
{
    switch (len == 1 ? bytes[0] : 0) {
    case '&':
        buf_text(html, "&amp;");
        break;
    case '<':
        buf_text(html, "&lt;");
        break;
    case '>':
        buf_text(html, "&gt;");
        break;
    case '"':
        buf_text(html, "&quot;");
        break;
    case '\'':
        buf_text(html, "&#39;");
        break;
    default:
        buf_append(html, bytes, len);
    }
}

static void close_mark(struct writing *writing)
{
    if (writing->is_open)
        buf_text(writing->html, close_tag);
    writing->is_open = false;
}

/* Tags and space before the character at `at`. */
static void lead_to(struct writing *writing, size_t at)
{
    bool is_inside;

    while (writing->mark_count > 0 && writing->marks->end <= at) {
        close_mark(writing);
        writing->marks++;
        writing->mark_count--;
    }
    if (writing->has_space && writing->has_text)
        buf_byte(writing->html, ' ');
    is_inside = writing->mark_count > 0 && writing->marks->start <= at;
    if (is_inside && !writing->is_open) {
        buf_text(writing->html, open_tag);
        writing->is_open = true;
    }
    writing->has_space = false;
    writing->has_text = true;
}

static void write_character(struct writing *writing, const char *text, size_t at, size_t len,
                            int32_t character)
{
    bool was_invalid = writing->is_invalid;

    writing->is_invalid = false;
    switch (how_shown(character)) {
    case SHOWN_AS_IS:
        lead_to(writing, at);
        append_escaped(writing->html, text + at, len);
        break;
    case SHOWN_AS_SPACE:
        writing->has_space = true;
        break;
    case SHOWN_REPLACED:
        writing->is_invalid = true;
        if (was_invalid)
            break;
        lead_to(writing, at);
        buf_text(writing->html, replacement);
        break;
    case SHOWN_NOT:
        break;
    }
}

/* Whether a byte is a character that is shown as it is, and not escaped. */
static bool is_plain(unsigned char byte)
{
    static const bool plain[256] = {
        ['!'] = true, ['#' ... '%'] = true, ['(' ... ';'] = true, ['='] = true, ['?' ... '~'] = true};
    return plain[byte];
}

/* The end of the plain characters that begin at `at` and are all marked, or all not. */
static size_t plain_end(const struct writing *writing, const char *text, size_t at, size_t end)
{
    const struct match_mark *mark = NULL;

    for (size_t i = 0; writing->marks && i < writing->mark_count && !mark; i++)
        if (writing->marks[i].end > at)
            mark = &writing->marks[i];
    if (mark && mark->start > at)
        end = mark->start < end ? mark->start : end;
    else if (mark)
        end = mark->end < end ? mark->end : end;
    while (at < end && is_plain((unsigned char)text[at]))
        at++;
    return at;
}

/* Writes what is mostly there, plain characters, as many as can be at once; returns how many. */
static size_t write_plain(struct writing *writing, const char *text, size_t at, size_t end)
{
    size_t len = plain_end(writing, text, at, end) - at;

    if (len == 0)
        return 0;
    lead_to(writing, at);
    buf_append(writing->html, text + at, len);
    writing->is_invalid = false;
    return len;
}

static void write_stretch(struct writing *writing, const char *text, size_t start, size_t end)
{
    for (size_t at = start; at < end;) {
        int32_t character;
        size_t len = write_plain(writing, text, at, end);
        if (len > 0) {
            at += len;
            continue;
        }
        if (text[at] == ' ') {
            writing->is_invalid = false;
            writing->has_space = true;
            at++;
            continue;
        }
        len = fold_decode(text, end, at, &character);
        write_character(writing, text, at, len, character);
        at += len;
    }
    close_mark(writing);
}

static int compare_marks(const void *a, const void *b)
{
    const struct match_mark *one = a, *other = b;

    return one->start < other->start ? -1 : one->start > other->start;
}

/* Sorts marks and makes one of those that overlap; returns how many are left. */
static size_t merge_marks(struct match_mark *marks, size_t count)
{
    size_t kept = 0;

    if (count == 0)
        return 0;
    qsort(marks, count, sizeof *marks, compare_marks);
    for (size_t i = 1; i < count; i++) {
        if (marks[i].start >= marks[kept].end)
            marks[++kept] = marks[i];
        else if (marks[i].end > marks[kept].end)
            marks[kept].end = marks[i].end;
    }
    return kept + 1;
}

void passage_html(struct analyser *analyser, const struct passage_query *query, const char *text,
                  size_t text_len, const struct passage *passage, struct buf *html)
{
    struct matches matches = {.wants_marks = true};
    size_t end = edge_character(text, text_len, passage->end);
    size_t start = edge_character(text, text_len, passage->start);
    struct writing writing = {.html = html};

    start = start < end ? edge_skip(text, end, start) : end;
    /* A beginning cut inside a long run of characters may end with a piece that looks like a word of the
     * query. */
    if (passage->score > 0 && !passage_query_is_empty(query))
        matches_collect(&matches, analyser, query, text, start, end);
    writing.marks = matches.marks;
    writing.mark_count = merge_marks(matches.marks, matches.mark_count);
    if (start < end && !edge_is_beginning(text, text_len, start))
        buf_text(html, ellipsis);
    write_stretch(&writing, text, start, end);
    if (start < end && !edge_is_end(text, text_len, end))
        buf_text(html, ellipsis);
    matches_free(&matches);
}

size_t passage_marks(struct analyser *analyser, const struct passage_query *query, const char *text,
                     size_t text_len, struct passage_mark *marks, size_t max)
{
    struct matches matches = {.wants_marks = true};
    if (!passage_query_is_empty(query))
        matches_collect(&matches, analyser, query, text, 0, text_len);
    size_t count = merge_marks(matches.marks, matches.mark_count);
    count = count < max ? count : max;
    for (size_t i = 0; i < count; i++)
        marks[i] = (struct passage_mark){matches.marks[i].start, matches.marks[i].end};
    matches_free(&matches);
    return count;
}
