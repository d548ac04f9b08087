/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/key.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/base/strlist.h"

enum {
    KEY_ACRONYM_MIN = 2,      /* letters */
    KEY_ACRONYM_MAX = 12,     /* letters */
    KEY_ACRONYMS = 16,        /* in brackets, that are looked at in one spelling */
    KEY_PLURAL_MIN = 4,       /* letters of a word whose 's' may be a plural's */
    KEY_REPLACEMENT = 0xFFFD, /* stands for bytes that are no UTF-8 */
};

/* Reads one code point and moves on; never past the terminating NUL. */
static utf8proc_int32_t next_code(const char **text)
{
    utf8proc_int32_t code;
    utf8proc_ssize_t len = utf8proc_iterate((const utf8proc_uint8_t *)*text, -1, &code);
    if (len <= 0) {
        *text += 1;
        return KEY_REPLACEMENT;
    }
    *text += len;
    return code;
}

static void append_code(struct buf *buf, utf8proc_int32_t code)
{
    utf8proc_uint8_t bytes[4];
    utf8proc_ssize_t len = utf8proc_encode_char(code, bytes);
    buf_append(buf, bytes, (size_t)len);
}

static bool is_space(utf8proc_int32_t code)
{
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CO: /* private use: bullets of symbol fonts */
        return true;
    default:
        return code == 0x200B || code == 0x2060 || code == 0xFEFF;
    }
}

/* Letters and digits; after NFKC nothing else carries the meaning of a word. */
static bool is_word(utf8proc_int32_t code)
{
    utf8proc_category_t category = utf8proc_category(code);
    return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_NO;
}

static bool is_apostrophe(utf8proc_int32_t code)
{
    return code == '\'' || code == 0x2019 || code == 0x2018 || code == 0x02BC || code == '`';
}

char *key_tidy(const char *text)
{
    struct buf buf = BUF_INIT(4 * strlen(text) + 1);
    bool gap = false;
    while (*text) {
        utf8proc_int32_t code = next_code(&text);
        if (is_space(code)) {
            gap = buf.len > 0;
            continue;
        }
        if (gap)
            buf_byte(&buf, ' ');
        gap = false;
        append_code(&buf, code);
    }
    return buf_take(&buf);
}

/* NFKC, case folded, marks taken off; *new*. `text` is valid UTF-8. */
static char *fold_characters(const char *text)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t len =
        utf8proc_map((const utf8proc_uint8_t *)text, 0, &folded,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT |
                         UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE);
    if (len < 0)
        return mem_text(text);
    char *copy = mem_copy(folded, (size_t)len);
    free(folded);
    return copy;
}

static void end_word(struct buf *word, struct strlist *words)
{
    if (word->len)
        strlist_add_copy(words, word->data, word->len);
    buf_reset(word);
}

/* fold_words() of a text in ASCII, as nearly all are: the same words, without looking up what each character
 * is. False where it is another text. */
static bool fold_ascii(const char *spelling, struct strlist *words)
{
    size_t len = 0;
    for (; spelling[len]; len++)
        if ((unsigned char)spelling[len] >= 0x80)
            return false;
    MEM_AUTO char *word = mem_alloc(len + 1);
    size_t word_len = 0;
    for (size_t i = 0; i <= len; i++) { /* the NUL ends the last word */
        char c = spelling[i];
        if (c >= 'A' && c <= 'Z') {
            word[word_len++] = (char)(c - 'A' + 'a');
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+') {
            word[word_len++] = c;
        } else if (!is_apostrophe(c)) {
            if (word_len)
                strlist_add_copy(words, word, word_len);
            word_len = 0;
            if (c == '&')
                strlist_add(words, "and");
        }
    }
    return true;
}

/* The folded words of a text, in order; '&' is one ("and"). */
static void fold_words(const char *spelling, struct strlist *words)
{
    if (fold_ascii(spelling, words))
        return;
    MEM_AUTO char *tidy = key_tidy(spelling);
    MEM_AUTO char *folded = fold_characters(tidy);
    BUF_AUTO struct buf word = BUF_INIT(strlen(folded) + 1);
    const char *at = folded;
    while (*at) {
        utf8proc_int32_t code = next_code(&at);
        if (is_word(code) || code == '+') {
            append_code(&word, code);
        } else if (!is_apostrophe(code)) {
            end_word(&word, words);
            if (code == '&')
                strlist_add(words, "and");
        }
    }
    end_word(&word, words);
}

static char *join_words(const struct strlist *words)
{
    size_t size = 1;
    for (size_t i = 0; i < words->len; i++)
        size += strlen(words->items[i]) + 1;
    struct buf buf = BUF_INIT(size);
    for (size_t i = 0; i < words->len; i++) {
        if (i)
            buf_byte(&buf, '-');
        buf_text(&buf, words->items[i]);
    }
    return buf_take(&buf);
}

char *key_fold(const char *spelling)
{
    STRLIST_AUTO struct strlist words = {0};
    fold_words(spelling, &words);
    return join_words(&words);
}

static bool is_ascii(const char *text)
{
    while (*text && isascii(*text))
        text++;
    return !*text;
}

/* Folding leaves ASCII as it is but for capitals, so it is compared without being written down. */
static bool key_is_plainly(const char *spelling, const char *key)
{
    bool in_word = false;
    const char *at = key;
    for (; *spelling; spelling++) {
        const char *word = *spelling == '&' ? "and" : "";
        char letter = (char)tolower((unsigned char)*spelling);
        if (*spelling == '\'' || *spelling == '`')
            continue;
        bool is_letter = isalnum((unsigned char)letter) || letter == '+';
        if ((*word || (is_letter && !in_word)) && at > key && *at++ != '-')
            return false;
        for (; *word; word++)
            if (*at++ != *word)
                return false;
        if (is_letter && *at++ != letter)
            return false;
        in_word = is_letter;
    }
    return !*at;
}

bool key_is(const char *spelling, const char *key)
{
    if (is_ascii(spelling))
        return key_is_plainly(spelling, key);
    MEM_AUTO char *folded = key_fold(spelling);
    return strcmp(folded, key) == 0;
}

/* Takes a plural's 's' off, in place: "flows", "therapies", but "access", "census", "analysis" stay. */
static void singular(char *word)
{
    size_t len = strlen(word);
    if (len < KEY_PLURAL_MIN || word[len - 1] != 's' || strchr("siu", word[len - 2]))
        return;
    if (len > KEY_PLURAL_MIN && word[len - 2] == 'e' && word[len - 3] == 'i') {
        word[len - 3] = 'y';
        word[len - 2] = '\0';
        return;
    }
    word[len - 1] = '\0';
}

static const struct {
    const char *first, *second, *whole;
} one_word[] = {
    {"data", "set", "dataset"},
    {"ad", "hoc", "adhoc"},
};

/* The whole of two words that are also written as one, or NULL. */
static const char *joined(const char *first, const char *second)
{
    for (size_t i = 0; i < sizeof one_word / sizeof *one_word; i++)
        if (strcmp(first, one_word[i].first) == 0 && strcmp(second, one_word[i].second) == 0)
            return one_word[i].whole;
    return NULL;
}

/* Words that tell nothing apart: "Registrations of Death", "The University of ...". */
static bool says_nothing(const char *word, size_t at)
{
    return strcmp(word, "of") == 0 || (at == 0 && strcmp(word, "the") == 0);
}

static void loose_words(const char *spelling, struct strlist *words)
{
    STRLIST_AUTO struct strlist all = {0};
    STRLIST_AUTO struct strlist telling = {0};
    fold_words(spelling, &all);
    for (size_t i = 0; i < all.len; i++) {
        singular(all.items[i]);
        if (!says_nothing(all.items[i], i))
            strlist_add(&telling, all.items[i]);
    }
    for (size_t i = 0; i < telling.len; i++) {
        const char *whole = i + 1 < telling.len ? joined(telling.items[i], telling.items[i + 1]) : NULL;
        if (whole)
            i++;
        const char *word = whole ? whole : telling.items[i];
        strlist_add(words, strcmp(word, "limited") == 0 ? "ltd" : word);
    }
}

/* The initials of words, lower case; a data set has two. *new*. `*ret_weighty`: without those of "and",
 * "for", ... */
static char *initials(const struct strlist *words, size_t *ret_weighty)
{
    static const char *const light[] = {"and", "for", "in", "on", "to", "the", "at", "by"};
    struct buf buf = BUF_INIT(2 * words->len + 1);
    *ret_weighty = 0;
    for (size_t i = 0; i < words->len; i++) {
        const char *word = words->items[i];
        bool is_light = false;
        for (size_t j = 0; j < sizeof light / sizeof *light; j++)
            is_light |= strcmp(word, light[j]) == 0;
        *ret_weighty += !is_light;
        buf_byte(&buf, word[0]);
        if (strcmp(word, "dataset") == 0) {
            buf_byte(&buf, 's');
            ++*ret_weighty;
        }
    }
    return buf_take(&buf);
}

static bool is_subsequence(const char *letters, size_t count, const char *of)
{
    size_t met = 0;
    for (; *of && met < count; of++)
        met += *of == tolower((unsigned char)letters[met]);
    return met == count;
}

/* A few letters of ASCII, two or more of them capitals. */
static bool looks_like_acronym(const char *letters, size_t len)
{
    if (len < KEY_ACRONYM_MIN || len > KEY_ACRONYM_MAX)
        return false;
    size_t capitals = 0;
    for (size_t i = 0; i < len; i++) {
        if (!isascii(letters[i]) || !isalpha((unsigned char)letters[i]))
            return false;
        capitals += isupper((unsigned char)letters[i]) != 0;
    }
    return capitals >= KEY_ACRONYM_MIN;
}

/* Whether letters that look like an acronym are one of `words`: three or more of their initials in order, or
 * two that are all they have. */
static bool is_acronym_of(const char *letters, size_t len, const struct strlist *words)
{
    size_t weighty;
    MEM_AUTO char *first_letters = initials(words, &weighty);
    if (len == KEY_ACRONYM_MIN && weighty != len)
        return false;
    if (is_subsequence(letters, len, first_letters))
        return true;
    bool plural = letters[len - 1] == 's' && len > KEY_ACRONYM_MIN + 1;
    return plural && is_subsequence(letters, len - 1, first_letters);
}

/* "MSDS (Maternity Services Data Set)": what stands in the brackets, *new*; NULL where the text is not of
 * that form. */
static char *expansion(const char *text)
{
    const char *open = strchr(text, '(');
    size_t len = strlen(text);
    if (!open || open == text || text[len - 1] != ')' || strchr(open, ')') != text + len - 1)
        return NULL;
    size_t acronym = (size_t)(open - text);
    while (acronym && text[acronym - 1] == ' ')
        acronym--;
    if (!looks_like_acronym(text, acronym))
        return NULL;
    char *inside = mem_copy(open + 1, (size_t)(text + len - 1 - (open + 1)));
    STRLIST_AUTO struct strlist words = {0};
    loose_words(inside, &words);
    if (is_acronym_of(text, acronym, &words))
        return inside;
    free(inside);
    return NULL;
}

/* Length of an acronym in brackets at `text`, brackets not counted; 0 where there is none. */
static size_t bracketed_acronym(const char *text)
{
    size_t len = 0;
    while (len <= KEY_ACRONYM_MAX && text[1 + len] && text[1 + len] != ')')
        len++;
    return text[0] == '(' && text[1 + len] == ')' && looks_like_acronym(text + 1, len) ? len : 0;
}

/* The text without brackets that hold an acronym of words before them; *new*. */
static char *drop_acronyms(const char *text)
{
    struct buf kept = BUF_INIT(strlen(text) + 1);
    for (int tries = 0; *text;) {
        size_t len = *text == '(' && kept.len && tries < KEY_ACRONYMS ? bracketed_acronym(text) : 0;
        tries += len > 0;
        if (len) {
            STRLIST_AUTO struct strlist before = {0};
            loose_words(kept.data, &before);
            if (is_acronym_of(text + 1, len, &before)) {
                text += len + 2;
                continue;
            }
        }
        buf_byte(&kept, *text++);
    }
    return buf_take(&kept);
}

char *key_loose(const char *spelling)
{
    MEM_AUTO char *tidy = key_tidy(spelling);
    MEM_AUTO char *inside = expansion(tidy);
    MEM_AUTO char *plain = drop_acronyms(inside ? inside : tidy);
    STRLIST_AUTO struct strlist words = {0};
    loose_words(plain, &words);
    return words.len ? join_words(&words) : key_fold(spelling);
}
