/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/reference.h"

#include <string.h>

#include "indexer/text/fold.h"

enum {
    NUMBER_MIN = 3, /* digits */
    NUMBER_MAX = 8,
    LETTERS = 5,
    VERSION_DIGITS_MAX = 4,
    VERSION_PARTS_MAX = 3, /* "2.1.3" */
};

/* A hyphen or an en dash: typesetting makes one of the other. */
static size_t dash_at(const char *text, size_t len, size_t at)
{
    if (at + 2 < len && memcmp(text + at, "\xE2\x80\x93", 3) == 0)
        return 3;
    return fold_hyphen(text, len, at);
}

static bool is_word_byte(const char *text, size_t len, size_t at)
{
    int32_t character;
    enum fold_class class;

    if (at >= len)
        return false;
    if ((unsigned char)text[at] < 0x80)
        return fold_ascii[(unsigned char)text[at]] != 0;
    fold_decode(text, len, at, &character);
    class = fold_class(character);
    return class == FOLD_LETTER || class == FOLD_DIGIT;
}

static void add(struct agreement_reference *reference, const char *folded, size_t len)
{
    memcpy(reference->bytes + reference->len, folded, len);
    reference->len += len;
}

/* The run of ASCII letters and digits behind the dash at `at`, up to `max`; 0 where it is longer or there is
 * none. */
static size_t read_run(const char *text, size_t len, size_t at, char *folded, size_t max, size_t *ret_end)
{
    size_t dash = dash_at(text, len, at);
    size_t count = 0;

    if (dash == 0)
        return 0;
    for (at += dash; count < max && at < len && fold_ascii[(unsigned char)text[at]] != 0; at++)
        folded[count++] = (char)fold_ascii[(unsigned char)text[at]];
    *ret_end = at;
    return is_word_byte(text, len, at) ? 0 : count;
}

static size_t count_digits(const char *folded, size_t len)
{
    size_t digits = 0;

    for (size_t i = 0; i < len; i++)
        digits += fold_is_digit(folded[i]) ? 1 : 0;
    return digits;
}

static bool read_number(const char *text, size_t len, struct agreement_reference *reference)
{
    char folded[NUMBER_MAX];
    size_t end;
    size_t count = read_run(text, len, reference->end, folded, sizeof folded, &end);

    if (count < NUMBER_MIN || count_digits(folded, count) != count)
        return false;
    add(reference, "-", 1);
    reference->number = reference->len;
    add(reference, folded, count);
    reference->number_end = reference->letters = reference->letters_end = reference->len;
    reference->end = end;
    return true;
}

static void read_letters(const char *text, size_t len, struct agreement_reference *reference)
{
    char folded[LETTERS];
    size_t end;
    size_t count = read_run(text, len, reference->end, folded, sizeof folded, &end);
    size_t digits = count_digits(folded, count);

    if (count != LETTERS || digits == 0)
        return;
    add(reference, "-", 1);
    reference->letters = reference->len;
    add(reference, folded, count);
    reference->letters_end = reference->len;
    reference->end = end;
}

/* "-v2.1" */
static void read_version(const char *text, size_t len, struct agreement_reference *reference)
{
    char version[2 + VERSION_PARTS_MAX * (VERSION_DIGITS_MAX + 1)] = "-v";
    size_t count = 2, parts = 0;
    size_t at = reference->end + dash_at(text, len, reference->end);

    if (at == reference->end || at >= len || (text[at] != 'v' && text[at] != 'V'))
        return;
    do {
        size_t digits = 0;
        if (parts > 0)
            version[count++] = '.';
        for (at++; digits < VERSION_DIGITS_MAX && at < len && fold_is_digit(text[at]); at++, digits++)
            version[count++] = text[at];
        if (digits == 0)
            return;
    } while (++parts < VERSION_PARTS_MAX && at + 1 < len && text[at] == '.' && fold_is_digit(text[at + 1]));
    if (is_word_byte(text, len, at))
        return;
    add(reference, version, count);
    reference->end = at;
}

static bool is_word(const struct word *word, const char *wanted)
{
    return word->is_letters && word->len == strlen(wanted) && memcmp(word->folded, wanted, word->len) == 0;
}

bool agreement_reference_read(const char *text, size_t len, const struct word *word,
                              struct agreement_reference *ret_reference)
{
    struct agreement_reference *reference = ret_reference;
    char nic[3];
    size_t end;

    reference->len = 0;
    reference->nic = 0;
    reference->end = word->end;
    if (is_word(word, "dars")) {
        if (read_run(text, len, word->end, nic, sizeof nic, &end) != 3 || memcmp(nic, "nic", 3) != 0)
            return false;
        add(reference, "dars-", 5);
        reference->nic = 5;
        reference->end = end;
    } else if (!is_word(word, "nic")) {
        return false;
    }
    add(reference, "nic", 3);
    if (!read_number(text, len, reference))
        return false;
    read_letters(text, len, reference);
    read_version(text, len, reference);
    return true;
}
