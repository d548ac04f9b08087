/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/edges.h"

#include <string.h>

#include "indexer/text/fold.h"

enum { SEPARATOR_BYTES = 3 }; /* U+2028 and U+2029 */

static bool is_separator(const char *at)
{
    return at[0] == '\xE2' && at[1] == '\x80' && (at[2] == '\xA8' || at[2] == '\xA9');
}

static bool is_white(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

size_t edge_space(const char *text, size_t len, size_t at)
{
    if (at < len && is_white(text[at]))
        return 1;
    return at + SEPARATOR_BYTES <= len && is_separator(text + at) ? SEPARATOR_BYTES : 0;
}

/* The bytes of the white space that ends at `at`, or 0. */
static size_t space_before(const char *text, size_t at)
{
    if (at > 0 && is_white(text[at - 1]))
        return 1;
    return at >= SEPARATOR_BYTES && is_separator(text + at - SEPARATOR_BYTES) ? SEPARATOR_BYTES : 0;
}

size_t edge_skip(const char *text, size_t len, size_t at)
{
    size_t space;

    while ((space = edge_space(text, len, at)) > 0)
        at += space;
    return at;
}

size_t edge_skip_back(const char *text, size_t at)
{
    size_t space;

    while ((space = space_before(text, at)) > 0)
        at -= space;
    return at;
}

static bool has_line_break(const char *text, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++) {
        if (text[at] == '\n' || text[at] == '\r' || (to - at >= SEPARATOR_BYTES && is_separator(text + at)))
            return true;
    }
    return false;
}

/* Before closing brackets and quotation marks. */
static size_t before_closing(const char *text, size_t at)
{
    for (;;) {
        if (at > 0 && strchr(")]\"'", text[at - 1]) != NULL && text[at - 1] != '\0')
            at--;
        else if (at >= 3 && (memcmp(text + at - 3, "\xE2\x80\x99", 3) == 0 ||
                             memcmp(text + at - 3, "\xE2\x80\x9D", 3) == 0))
            at -= 3;
        else
            return at;
    }
}

static bool is_word_byte(char byte)
{
    return fold_ascii[(unsigned char)byte] != 0 || (unsigned char)byte >= 0x80;
}

/* "e.g.", "No.", "s.", "Dr.", and the number of a list's item: a full stop that ends no sentence. */
static bool is_abbreviation(const char *text, size_t stop)
{
    static const char *const pairs[] = {"eg", "ie", "cf", "al", "vs", "pp"};
    size_t len = 0;
    const char *word;

    while (len < 4 && len < stop && is_word_byte(text[stop - 1 - len]))
        len++;
    word = text + stop - len;
    if (len <= 1)
        return true;
    if (fold_is_digit(word[0]) && len <= 3)
        return edge_is_beginning(text, stop, stop - len);
    if (len != 2)
        return false;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (memcmp(pairs[i], word, 2) == 0)
            return true;
    }
    return word[0] >= 'A' && word[0] <= 'Z' && word[1] >= 'a' && word[1] <= 'z';
}

/* Whether what ends before `at` ends like a sentence. */
static bool ends_sentence(const char *text, size_t at)
{
    size_t stop = before_closing(text, at);

    if (stop == 0)
        return false;
    if (text[stop - 1] == '!' || text[stop - 1] == '?')
        return true;
    return text[stop - 1] == '.' && !is_abbreviation(text, stop - 1);
}

bool edge_is_beginning(const char *text, size_t len, size_t at)
{
    size_t before = edge_skip_back(text, at);

    if (before == 0 || has_line_break(text, before, at))
        return true;
    if (before == at || (at < len && text[at] >= 'a' && text[at] <= 'z'))
        return false;
    return ends_sentence(text, before);
}

bool edge_is_end(const char *text, size_t len, size_t at)
{
    size_t behind = edge_skip(text, len, at);

    if (behind >= len || has_line_break(text, at, behind) ||
        has_line_break(text, edge_skip_back(text, at), at))
        return true;
    return behind > at && edge_is_beginning(text, len, behind);
}

bool edge_is_word_beginning(const char *text, size_t at)
{
    return at == 0 || space_before(text, at) > 0;
}

bool edge_is_word_end(const char *text, size_t len, size_t at)
{
    return at >= len || edge_space(text, len, at) > 0;
}

size_t edge_character(const char *text, size_t len, size_t at)
{
    size_t back = 0;

    if (at >= len)
        return len;
    while (back < 3 && back < at && ((unsigned char)text[at - back] & 0xC0) == 0x80)
        back++;
    return ((unsigned char)text[at - back] & 0xC0) == 0x80 ? at : at - back;
}
