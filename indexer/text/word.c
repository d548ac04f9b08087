/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/word.h"

#include <string.h>

#include "indexer/text/fold.h"
#include "indexer/text/statute.h"

enum { AMPERSAND_RUN_MAX = 3 }; /* letters on either side of an '&' that joins */

static const size_t none = SIZE_MAX;

/* A word being read by the long way. */
struct reading {
    const char *text;
    size_t len;
    struct word *word;
    size_t apostrophe; /* the folded length at the last apostrophe, or none */
    size_t piece;      /* where in the folded word the run since the last '&' begins */
    bool is_full;
};

static void add(struct reading *reading, const char *bytes, size_t len)
{
    struct word *word = reading->word;

    if (reading->is_full || word->len + len > ANALYSER_WORD_MAX) {
        reading->is_full = true;
        return;
    }
    memcpy(word->folded + word->len, bytes, len);
    word->len += len;
}

static bool is_ascii_letter(unsigned char byte)
{
    return fold_ascii[byte] >= 'a';
}

/* How many bytes at `at` are ASCII letters, counted up to one more than an '&' joins. */
static size_t short_run(const char *text, size_t len, size_t at)
{
    size_t run = 0;

    while (run <= AMPERSAND_RUN_MAX && at + run < len && is_ascii_letter((unsigned char)text[at + run]))
        run++;
    if (at + run < len && (fold_is_digit(text[at + run]) || (unsigned char)text[at + run] >= 0x80))
        return 0;
    return run;
}

static bool joins_ampersand(const struct reading *reading, size_t at)
{
    const struct word *word = reading->word;
    size_t before = word->len - reading->piece;
    size_t behind = short_run(reading->text, reading->len, at + 1);

    if (before == 0 || before > AMPERSAND_RUN_MAX || behind == 0 || behind > AMPERSAND_RUN_MAX)
        return false;
    for (size_t i = reading->piece; i < word->len; i++) {
        if (!is_ascii_letter((unsigned char)word->folded[i]))
            return false;
    }
    return true;
}

static bool digit_at(const struct reading *reading, size_t at)
{
    return at < reading->len && fold_is_digit(reading->text[at]);
}

static bool ends_in_digit(const struct word *word)
{
    return word->len > 0 && fold_is_digit(word->folded[word->len - 1]);
}

/* "10,000": up to three digits before (or groups of three), exactly three behind. */
static bool joins_thousands(const struct reading *reading, size_t at)
{
    const struct word *word = reading->word;
    size_t group = 0;

    for (size_t i = 0; i < word->len; i++) {
        if (!fold_is_digit(word->folded[i]))
            return false;
    }
    while (group < 4 && group < at && fold_is_digit(reading->text[at - 1 - group]))
        group++;
    return group >= 1 && group <= 3 && word->len <= 12 && digit_at(reading, at + 1) &&
           digit_at(reading, at + 2) && digit_at(reading, at + 3) && !digit_at(reading, at + 4);
}

static bool letter_at(const struct reading *reading, size_t at)
{
    int32_t character;

    if (at >= reading->len)
        return false;
    fold_decode(reading->text, reading->len, at, &character);
    return fold_class(character) == FOLD_LETTER;
}

/* Notes the apostrophe before `behind`, where the word goes on there; returns 1 or 0. */
static size_t take_apostrophe(struct reading *reading, size_t behind)
{
    if (!letter_at(reading, behind))
        return 0;
    reading->apostrophe = reading->word->len;
    return 1;
}

static bool is_joined(const struct reading *reading, size_t at, char mark)
{
    switch (mark) {
    case '&':
        return joins_ampersand(reading, at);
    case '.':
        return ends_in_digit(reading->word) && digit_at(reading, at + 1);
    case ',':
        return joins_thousands(reading, at);
    default:
        return false;
    }
}

/* Takes an ASCII mark into the word, if it belongs there; returns its length or 0. */
static size_t take_mark(struct reading *reading, size_t at)
{
    char mark = reading->text[at];

    if (!is_joined(reading, at, mark))
        return 0;
    if (mark != ',')
        add(reading, &mark, 1);
    if (mark == '&')
        reading->piece = reading->word->len;
    return 1;
}

static size_t take_ascii(struct reading *reading, size_t at)
{
    unsigned char byte = (unsigned char)reading->text[at];
    char folded = (char)fold_ascii[byte];

    if (folded == 0)
        return byte == '\'' ? take_apostrophe(reading, at + 1) : take_mark(reading, at);
    add(reading, &folded, 1);
    reading->word->end = at + 1;
    return 1;
}

static size_t take_other(struct reading *reading, size_t at)
{
    char folded[FOLD_BYTES_MAX];
    int32_t character;
    size_t taken = fold_decode(reading->text, reading->len, at, &character);

    switch (fold_class(character)) {
    case FOLD_LETTER:
    case FOLD_DIGIT:
        add(reading, folded, fold_letter(character, folded));
        reading->word->end = at + taken;
        return taken;
    case FOLD_VANISHES:
        return taken;
    case FOLD_APOSTROPHE:
        return take_apostrophe(reading, at + taken) > 0 ? taken : 0;
    case FOLD_PARTS:
        break;
    }
    return 0;
}

/* Takes the character at `at`; returns its length, or 0 where the word ends. */
static size_t take(struct reading *reading, size_t at)
{
    return (unsigned char)reading->text[at] < 0x80 ? take_ascii(reading, at) : take_other(reading, at);
}

static bool has_letters_only(const struct word *word)
{
    for (size_t at = 0; at < word->len;) {
        unsigned char byte = (unsigned char)word->folded[at];
        int32_t character;
        if (byte < 'a')
            return false;
        if (byte < 0x80) {
            at++;
            continue;
        }
        at += fold_decode(word->folded, word->len, at, &character);
        if (fold_class(character) != FOLD_LETTER)
            return false;
    }
    return true;
}

static bool read_any(const char *text, size_t len, size_t start, struct word *word)
{
    struct reading reading = {.text = text, .len = len, .word = word, .apostrophe = none};
    int32_t first;

    word->start = word->end = start;
    word->len = 0;
    word->is_plain = false;
    for (size_t at = start, taken = 1; at < len && taken > 0; at += taken)
        taken = take(&reading, at);
    if (reading.apostrophe != none && reading.apostrophe > 0 && !reading.is_full &&
        word->len == reading.apostrophe + 1 && word->folded[word->len - 1] == 's')
        word->len--;
    word->folded[word->len] = '\0';
    word->is_letters = has_letters_only(word);
    fold_decode(text, len, start, &first);
    word->is_capital = fold_is_capital(first);
    return word->len > 0;
}

/* The first character at or behind `at` that a word may begin with; `len` where there is none. */
static size_t skip_to_word(const char *text, size_t len, size_t at)
{
    while (at < len) {
        int32_t character;
        size_t taken = 1;
        enum fold_class class;
        if ((unsigned char)text[at] < 0x80) {
            if (fold_ascii[(unsigned char)text[at]] != 0)
                return at;
        } else {
            taken = fold_decode(text, len, at, &character);
            class = fold_class(character);
            if (class == FOLD_LETTER || class == FOLD_DIGIT)
                return at;
        }
        at += taken;
    }
    return len;
}

bool word_find_any(const char *text, size_t len, size_t at, struct word *word)
{
    while ((at = skip_to_word(text, len, at)) < len) {
        if (read_any(text, len, at, word))
            return true;
        at = word->end; /* marks without a letter fold to nothing */
    }
    return false;
}

/* What may stand behind a word of letters and make more of it: 1 certainly of interest, 2 where a digit is
 * near. */
static const unsigned char behind[256] = {
    ['+'] = 1,
    ['-'] = 1,
    [' '] = 2,
    ['.'] = 2,
};

static bool digit_is_near(const unsigned char *at, const unsigned char *end)
{
    for (int i = 1; i <= 3; i++) {
        if (at + i >= end)
            return false;
        if ((unsigned)(at[i] - '0') < 10 || at[i] >= 0x80)
            return true;
    }
    return false;
}

static bool stays_plain(const struct word *word, const unsigned char *at, const unsigned char *end)
{
    if (at == end)
        return true;
    if (*at >= 0x80 || behind[*at] == 1)
        return false;
    return behind[*at] == 0 || !digit_is_near(at, end) || !statute_begins(word->folded, word->len);
}

bool word_find(const char *text, size_t len, size_t at, struct word *word)
{
    const unsigned char *bytes = (const unsigned char *)text, *end = bytes + len, *here = bytes + at;
    const unsigned char *start, *limit;
    unsigned char folded, all = 0xff;
    size_t count = 0;

    while (here < end && fold_ascii[*here] == 0 && *here < 0x80)
        here++;
    if (here == end)
        return false;
    start = here;
    limit = end - here > ANALYSER_WORD_MAX ? here + ANALYSER_WORD_MAX : end;
    while (here < limit && (folded = fold_ascii[*here]) != 0) {
        word->folded[count++] = (char)folded;
        all &= folded;
        here++;
    }
    /* Letters have this bit, digits have not. */
    if ((all & 0x40) == 0 || count == 0 || count == ANALYSER_WORD_MAX || (here < end && *here >= 0x80))
        return word_find_any(text, len, (size_t)(start - bytes), word);
    word->folded[count] = '\0';
    word->len = count;
    if (here < end && (*here == '\'' || *here == '&'))
        return word_find_any(text, len, (size_t)(start - bytes), word);
    word->start = (size_t)(start - bytes);
    word->end = (size_t)(here - bytes);
    word->is_letters = true;
    word->is_capital = *start < 'a';
    word->is_plain = stays_plain(word, here, end);
    return true;
}
