/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/fold.h"

#include <string.h>
#include <utf8proc.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/text/analyser.h"

enum { DECOMPOSED_MAX = 32 }; /* characters; Unicode's longest, U+FDFA, has 18 */

const unsigned char fold_ascii[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',
    ['8'] = '8', ['9'] = '9', ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f',
    ['G'] = 'g', ['H'] = 'h', ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n',
    ['O'] = 'o', ['P'] = 'p', ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v',
    ['W'] = 'w', ['X'] = 'x', ['Y'] = 'y', ['Z'] = 'z', ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd',
    ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h', ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l',
    ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p', ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't',
    ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x', ['y'] = 'y', ['z'] = 'z',
};

size_t fold_decode(const char *text, size_t len, size_t at, int32_t *ret_character)
{
    utf8proc_int32_t character;
    size_t left = len - at < 4 ? len - at : 4;
    utf8proc_ssize_t taken =
        utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)left, &character);

    if (taken <= 0) {
        *ret_character = FOLD_INVALID;
        return 1;
    }
    *ret_character = character;
    return (size_t)taken;
}

static bool is_apostrophe(int32_t character)
{
    return character == '\'' || character == 0x2018 || character == 0x2019 || character == 0x201B ||
           character == 0x02BC || character == 0xFF07;
}

enum fold_class fold_class(int32_t character)
{
    if (is_apostrophe(character))
        return FOLD_APOSTROPHE;
    if (character == FOLD_INVALID || character == 0x200B)
        return FOLD_PARTS;
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ME:
    case UTF8PROC_CATEGORY_NL:
        return FOLD_LETTER;
    case UTF8PROC_CATEGORY_ND:
        return FOLD_DIGIT;
    case UTF8PROC_CATEGORY_CF:
        return FOLD_VANISHES;
    default:
        return FOLD_PARTS;
    }
}

bool fold_is_capital(int32_t character)
{
    utf8proc_category_t category;

    if (character < 0x80)
        return character >= 'A' && character <= 'Z';
    category = utf8proc_category(character);
    return category == UTF8PROC_CATEGORY_LU || category == UTF8PROC_CATEGORY_LT;
}

static size_t decompose(int32_t character, int32_t out[DECOMPOSED_MAX])
{
    const utf8proc_option_t options = UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                      UTF8PROC_STRIPMARK | UTF8PROC_IGNORE | UTF8PROC_STABLE;
    int boundary = 0;
    utf8proc_ssize_t count = utf8proc_decompose_char(character, out, DECOMPOSED_MAX, options, &boundary);

    return count < 0 || count > DECOMPOSED_MAX ? 0 : (size_t)count;
}

size_t fold_letter(int32_t character, char folded[FOLD_BYTES_MAX])
{
    int32_t parts[DECOMPOSED_MAX];
    size_t count = decompose(character, parts);
    size_t len = 0;

    for (size_t i = 0; i < count; i++) {
        enum fold_class class = fold_class(parts[i]);
        if (class == FOLD_LETTER || class == FOLD_DIGIT)
            len += (size_t)utf8proc_encode_char(parts[i], (utf8proc_uint8_t *)folded + len);
    }
    return len;
}

size_t fold_hyphen(const char *text, size_t len, size_t at)
{
    if (at < len && text[at] == '-')
        return 1;
    if (at + 2 < len && text[at] == '\xE2' && text[at + 1] == '\x80' &&
        (text[at + 2] == '\x90' || text[at + 2] == '\x91'))
        return 3;
    return 0;
}

/* What is no part of a word, made alike where it looks alike. */
static int32_t plain_mark(int32_t character)
{
    if (is_apostrophe(character))
        return '\'';
    if ((character >= 0x2010 && character <= 0x2015) || character == 0x2212)
        return '-';
    switch (utf8proc_category(character)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
        return ' ';
    default:
        return character;
    }
}

static void fold_mark(int32_t character, struct buf *out)
{
    int32_t parts[DECOMPOSED_MAX];
    char bytes[4];
    int32_t plain = character == FOLD_INVALID ? ' ' : plain_mark(character);
    size_t count = decompose(plain, parts);

    for (size_t i = 0; i < count; i++) {
        size_t len = (size_t)utf8proc_encode_char(plain_mark(parts[i]), (utf8proc_uint8_t *)bytes);
        buf_append(out, bytes, len);
    }
}

static size_t fold_one(const char *text, size_t len, size_t at, struct buf *out)
{
    char folded[FOLD_BYTES_MAX];
    int32_t character;
    size_t taken = fold_decode(text, len, at, &character);

    switch (fold_class(character)) {
    case FOLD_LETTER:
    case FOLD_DIGIT:
        buf_append(out, folded, fold_letter(character, folded));
        break;
    case FOLD_VANISHES:
        break;
    case FOLD_APOSTROPHE:
    case FOLD_PARTS:
        fold_mark(character, out);
        break;
    }
    return taken;
}

char *analyser_fold(const char *text, size_t len)
{
    struct buf out = BUF_INIT(SIZE_MAX / 2);
    char *folded;

    for (size_t at = 0; at < len;) {
        unsigned char plain = fold_ascii[(unsigned char)text[at]];
        if (plain != 0) {
            buf_byte(&out, (char)plain);
            at++;
        } else {
            at += fold_one(text, len, at, &out);
        }
    }
    folded = buf_take(&out);
    return folded != NULL ? folded : mem_text("");
}
