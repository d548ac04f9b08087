/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/passage_scan.h"

#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "indexer/text/fold.h"

static bool is_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

static char lower(char byte)
{
    return (char)(byte | 0x20);
}

/* Letters alone, two at least, and none that could be a level of a statute: "(iv)" may be part of the token
 * before it. */
static bool can_be_skipped_by(const char *term, size_t len)
{
    bool is_roman = true;

    for (size_t i = 0; i < len; i++) {
        if (!is_letter(term[i]))
            return false;
        is_roman = is_roman && strchr("ivx", term[i]) != NULL;
    }
    return len >= 2 && !is_roman;
}

static void add_pair(struct passage_begins *begins, char first, char second)
{
    for (unsigned i = 0; i < begins->count; i++) {
        if (begins->first[i] == first && begins->second[i] == second)
            return;
    }
    if (begins->count == PASSAGE_BEGINS_MAX) {
        begins->reads_all = true;
        return;
    }
    begins->first[begins->count] = first;
    begins->second[begins->count++] = second;
}

void passage_scan_add(struct passage_begins *begins, const char *term, size_t len)
{
    if (!can_be_skipped_by(term, len)) {
        begins->reads_all = true;
        return;
    }
    add_pair(begins, term[0], term[1]);
    if (len == 3 && memcmp(term + 1, "ie", 2) == 0) /* dying, lying, tying */
        add_pair(begins, term[0], 'y');
}

/* Whether a token that begins with these bytes may be wanted, for all that they say. */
static bool may_begin(const struct passage_begins *begins, const char *text, size_t len, size_t at)
{
    char first = text[at], second = at + 1 < len ? text[at + 1] : ' ';

    if ((unsigned char)first >= 0x80)
        return true;
    if (second == '\'' || second == '-' || (unsigned char)second >= 0x80)
        return is_letter(lower(first));
    for (unsigned i = 0; i < begins->count; i++) {
        if (lower(first) == begins->first[i] && lower(second) == begins->second[i])
            return true;
    }
    return false;
}

/* Inside a run of letters and digits nothing begins. */
static bool is_inside(const char *text, size_t at)
{
    return at > 0 && fold_ascii[(unsigned char)text[at - 1]] != 0;
}

size_t passage_scan_find_any(const struct passage_begins *begins, const char *text, size_t len, size_t at)
{
    while (at < len && (is_inside(text, at) || !may_begin(begins, text, len, at)))
        at++;
    return at;
}

#ifdef __SSE2__

enum { STEP = sizeof(__m128i) };

/* One bit a byte from `at` on: whether a wanted token may begin there, were it at its beginning. */
static unsigned step_mask(const struct passage_begins *begins, const char *text, size_t at)
{
    const __m128i small = _mm_set1_epi8(0x20);
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
    __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(text + at + 1));
    __m128i first = _mm_or_si128(here, small), second = _mm_or_si128(next, small);
    /* The highest bit of a byte is what is asked for in the end, so bytes of UTF-8 answer for themselves. */
    __m128i found =
        _mm_or_si128(_mm_or_si128(here, next), _mm_or_si128(_mm_cmpeq_epi8(next, _mm_set1_epi8('\'')),
                                                            _mm_cmpeq_epi8(next, _mm_set1_epi8('-'))));

    for (unsigned i = 0; i < begins->count; i++)
        found = _mm_or_si128(found, _mm_and_si128(_mm_cmpeq_epi8(first, _mm_set1_epi8(begins->first[i])),
                                                  _mm_cmpeq_epi8(second, _mm_set1_epi8(begins->second[i]))));
    return (unsigned)_mm_movemask_epi8(found);
}

size_t passage_scan_find(const struct passage_begins *begins, const char *text, size_t len, size_t at)
{
    for (; len - at > STEP; at += STEP) {
        for (unsigned mask = step_mask(begins, text, at); mask != 0; mask &= mask - 1) {
            size_t place = at + (unsigned)__builtin_ctz(mask);
            if (!is_inside(text, place) && may_begin(begins, text, len, place))
                return place;
        }
    }
    return passage_scan_find_any(begins, text, len, at);
}

#else

size_t passage_scan_find(const struct passage_begins *begins, const char *text, size_t len, size_t at)
{
    return passage_scan_find_any(begins, text, len, at);
}

#endif

/* Whether a token begins at `at` whatever stands further before: behind white space, and behind marks that
 * join nothing. */
static bool is_sure(const char *text, size_t at)
{
    char before = text[at - 1];

    return (unsigned char)text[at] < 0x80 && (unsigned char)before < 0x80 && before != '\'' &&
           before != '&' && before != '-';
}

/* The place behind the white space before `at`, or `low`. */
static size_t behind_space(const char *text, size_t low, size_t at)
{
    while (at > low && text[at - 1] != ' ' && text[at - 1] != '\n' && text[at - 1] != '\r' &&
           text[at - 1] != '\t')
        at--;
    return at;
}

/* How many bytes of a character that is no letter stand at `at`; 0 where it may be part of a word. */
static size_t skip_mark(const char *text, size_t len, size_t at)
{
    int32_t character;
    size_t taken;

    if ((unsigned char)text[at] < 0x80)
        return 0;
    taken = fold_decode(text, len, at, &character);
    return fold_class(character) == FOLD_PARTS ? taken : 0;
}

bool passage_scan_skip(struct analyser *analyser, const struct passage_begins *begins)
{
    const char *text = analyser->text;
    size_t len = analyser->len, from = analyser->at, at = from, mark;

    while (at < len && (at = passage_scan_find(begins, text, len, at)) < len &&
           (mark = skip_mark(text, len, at)) > 0)
        at += mark;
    if (at >= len)
        return false;
    if (at > from && !is_sure(text, at))
        at = behind_space(text, from, at);
    analyser->at = at;
    return true;
}
