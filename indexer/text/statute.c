/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/statute.h"

#include <string.h>

#include "indexer/text/fold.h"

static const struct lead {
    const char *word, *letters;
} leads[] = {
    {"s", "s"},        {"ss", "s"},     {"sec", "s"},       {"sect", "s"},         {"section", "s"},
    {"sections", "s"}, {"reg", "reg"},  {"regs", "reg"},    {"regulation", "reg"}, {"regulations", "reg"},
    {"art", "art"},    {"arts", "art"}, {"article", "art"}, {"articles", "art"},
};

enum {
    SPACES_MAX = 2, /* between the word and the number */
    NUMBER_DIGITS_MAX = 4,
    YEAR_FIRST = 1800,
    YEAR_LAST = 2099,
};

static const struct lead *find_lead(const char *folded, size_t len)
{
    if (len == 0 || (folded[0] != 's' && folded[0] != 'r' && folded[0] != 'a'))
        return NULL;
    for (size_t i = 0; i < sizeof leads / sizeof *leads; i++) {
        if (strlen(leads[i].word) == len && memcmp(leads[i].word, folded, len) == 0)
            return &leads[i];
    }
    return NULL;
}

bool statute_begins(const char *folded, size_t len)
{
    return find_lead(folded, len) != NULL;
}

static bool is_letter(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* Whether these bytes are digits and perhaps a letter. */
static bool is_number(const char *folded, size_t len, size_t digits_max)
{
    size_t digits = 0;

    while (digits < len && fold_is_digit(folded[digits]))
        digits++;
    return digits >= 1 && digits <= digits_max &&
           (digits == len || (digits + 1 == len && is_letter(folded[digits])));
}

static bool is_year(const char *folded, size_t len)
{
    int year = 0;

    if (len != 4)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!fold_is_digit(folded[i]))
            return false;
        year = 10 * year + (folded[i] - '0');
    }
    return year >= YEAR_FIRST && year <= YEAR_LAST;
}

/* The bytes of a space (also no-break, narrow, figure and thin) at `at`; 0 where there is none. */
static size_t space_at(const char *text, size_t len, size_t at)
{
    int32_t character;
    size_t taken;

    if (at >= len)
        return 0;
    if (text[at] == ' ')
        return 1;
    if ((unsigned char)text[at] < 0x80)
        return 0;
    taken = fold_decode(text, len, at, &character);
    return character == 0xA0 || character == 0x202F || character == 0x2007 || character == 0x2009 ? taken : 0;
}

static bool is_roman(const char *folded, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (folded[i] != 'i' && folded[i] != 'v' && folded[i] != 'x')
            return false;
    }
    return len > 0;
}

/* Reads "(…)" at `at`; returns the folded bytes inside, or 0. */
static size_t read_bracket(const char *text, size_t len, size_t at, char inside[STATUTE_LEVEL_MAX])
{
    size_t count = 0;

    if (at >= len || text[at] != '(')
        return 0;
    for (at++; at < len && text[at] != ')'; at++) {
        unsigned char folded = fold_ascii[(unsigned char)text[at]];
        if (folded == 0 || count == STATUTE_LEVEL_MAX)
            return 0;
        inside[count++] = (char)folded;
    }
    if (at >= len)
        return 0;
    if (is_number(inside, count, 3) || (count == 1 && is_letter(inside[0])) || is_roman(inside, count))
        return count;
    return 0;
}

/* Behind a space only what can hardly be a number of its own: "(2)", "(b)", "(iv)". */
static bool may_stand_apart(const char *inside, size_t count)
{
    return count <= 2 || is_roman(inside, count);
}

static void read_levels(const char *text, size_t len, struct statute *statute)
{
    size_t bytes = statute->level_end[0];

    while (statute->levels < STATUTE_LEVELS_MAX) {
        char inside[STATUTE_LEVEL_MAX];
        size_t space = statute->lead > 0 ? space_at(text, len, statute->end) : 0;
        size_t count = read_bracket(text, len, statute->end + space, inside);
        if (count == 0 || (space > 0 && !may_stand_apart(inside, count)))
            return;
        statute->bytes[bytes++] = '(';
        memcpy(statute->bytes + bytes, inside, count);
        bytes += count;
        statute->bytes[bytes++] = ')';
        statute->level_end[++statute->levels] = bytes;
        statute->end += space + count + 2;
    }
}

static void begin(struct statute *statute, const char *letters, const char *number, size_t len, size_t end)
{
    statute->lead = strlen(letters);
    memcpy(statute->bytes, letters, statute->lead);
    memcpy(statute->bytes + statute->lead, number, len);
    statute->level_end[0] = statute->lead + len;
    statute->levels = 0;
    statute->end = end;
}

/* A word that is plain ASCII and nothing but: "s251" and not "s2'51" or "s,251". */
static bool is_as_written(const struct word *word)
{
    return word->end - word->start == word->len;
}

/* "s251", "reg3", and with brackets alone "261(2)". */
static bool read_attached(const char *text, size_t len, const struct word *word, struct statute *statute)
{
    size_t letters = 0;
    const struct lead *lead = NULL;
    const char *number;

    while (letters < word->len && is_letter(word->folded[letters]))
        letters++;
    number = word->folded + letters;
    if (letters > 0 && (lead = find_lead(word->folded, letters)) == NULL)
        return false;
    if (!is_as_written(word) || !is_number(number, word->len - letters, NUMBER_DIGITS_MAX))
        return false;
    if (lead != NULL && is_year(number, word->len - letters))
        return false;
    begin(statute, lead != NULL ? lead->letters : "", number, word->len - letters, word->end);
    statute->is_word_apart = false;
    read_levels(text, len, statute);
    return lead != NULL || statute->levels > 0;
}

/* "U.S. 3", "patient' s 3": an s that belongs to what stands before it. */
static bool is_alone(const char *text, const struct word *word)
{
    char before = word->start > 0 ? text[word->start - 1] : ' ';

    return word->len > 2 || (before != '.' && before != '\'' && before != '&' && before != '+');
}

/* "section 251", "s. 251". */
static bool read_apart(const char *text, size_t len, const struct word *word, struct statute *statute)
{
    const struct lead *lead = find_lead(word->folded, word->len);
    size_t at = word->end;
    struct word number;

    if (lead == NULL || !is_as_written(word) || !is_alone(text, word))
        return false;
    if (at < len && text[at] == '.')
        at++;
    for (int i = 0; i < SPACES_MAX; i++)
        at += space_at(text, len, at);
    if (at == word->end || at >= len || !fold_is_digit(text[at]) || !word_find_any(text, len, at, &number))
        return false;
    if (!is_as_written(&number) || !is_number(number.folded, number.len, NUMBER_DIGITS_MAX) ||
        is_year(number.folded, number.len))
        return false;
    begin(statute, lead->letters, number.folded, number.len, number.end);
    statute->is_word_apart = word->len > 2;
    read_levels(text, len, statute);
    return true;
}

bool statute_read(const char *text, size_t len, const struct word *word, struct statute *ret_statute)
{
    return word->is_letters ? read_apart(text, len, word, ret_statute)
                            : read_attached(text, len, word, ret_statute);
}
