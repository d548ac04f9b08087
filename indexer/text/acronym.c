/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/acronym.h"

#include <string.h>

#include "indexer/text/edges.h"
#include "indexer/text/fold.h"

enum {
    BRACKET_MAX = ACRONYM_LONG_MAX + 20, /* bytes between two brackets that are looked at */
    SMALL_MORE = 1,                      /* small letters of a short form beyond its capitals */
};

/* A stretch of the text. */
struct stretch {
    size_t start, end;
};

/* ---- characters ---- */

static bool is_capital(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static bool is_small(char byte)
{
    return byte >= 'a' && byte <= 'z';
}

/* Letters lower-cased and digits of ASCII, 0 for the rest: what a short form is made of. */
static unsigned char sign_of(char byte)
{
    return fold_ascii[(unsigned char)byte];
}

/* Whether the letter at `at` is its word's first. */
static bool begins_word(const char *text, size_t at)
{
    size_t before = at;
    int32_t character;

    if (at == 0)
        return true;
    if ((unsigned char)text[at - 1] < 0x80)
        return sign_of(text[at - 1]) == 0 && text[at - 1] != '\'';
    before = edge_character(text, at, at - 1);
    fold_decode(text, at, before, &character);
    return character == FOLD_INVALID || fold_class(character) == FOLD_PARTS;
}

/* The bytes of a quotation mark at `at`, or 0. */
static size_t quote_at(const char *text, size_t len, size_t at)
{
    if (at < len && (text[at] == '"' || text[at] == '\''))
        return 1;
    if (at + 3 <= len && memcmp(text + at, "\xE2\x80", 2) == 0 && strchr("\x98\x99\x9C\x9D", text[at + 2]) &&
        text[at + 2] != '\0')
        return 3;
    return 0;
}

/* The bytes of the quotation mark that ends at `end`, or 0. */
static size_t quote_before(const char *text, size_t start, size_t end)
{
    if (end > start && quote_at(text, end, end - 1) == 1)
        return 1;
    return end >= start + 3 && quote_at(text, end, end - 3) == 3 ? 3 : 0;
}

/* Without white space and quotation marks at both ends. */
static struct stretch trim(const char *text, struct stretch stretch)
{
    size_t more;

    while (stretch.start < stretch.end && ((more = edge_space(text, stretch.end, stretch.start)) > 0 ||
                                           (more = quote_at(text, stretch.end, stretch.start)) > 0))
        stretch.start += more;
    for (;;) {
        size_t end = edge_skip_back(text, stretch.end);
        if (end < stretch.start)
            end = stretch.start;
        end -= quote_before(text, stretch.start, end);
        if (end == stretch.end)
            return stretch;
        stretch.end = end;
    }
}

/* ---- short forms ---- */

/* As white space parts them. */
static size_t count_words(const char *text, struct stretch stretch)
{
    size_t words = 0;

    for (size_t at = stretch.start; at < stretch.end; at++)
        words += edge_space(text, stretch.end, at) == 0 &&
                 (at == stretch.start || edge_is_word_beginning(text, at));
    return words;
}

/* Without the 's' of a plural: "CCGs", "CCG's". */
static struct stretch singular(const char *text, struct stretch form)
{
    size_t len = form.end - form.start;

    if (len > ACRONYM_SHORT_MIN && text[form.end - 1] == 's' && is_capital(text[form.end - 2]))
        form.end--;
    else if (len > ACRONYM_SHORT_MIN + 1 && text[form.end - 1] == 's' && text[form.end - 2] == '\'')
        form.end -= 2;
    else if (len > ACRONYM_SHORT_MIN + 3 && text[form.end - 1] == 's' &&
             quote_at(text, form.end, form.end - 4) == 3)
        form.end -= 4;
    return form;
}

static bool is_short_form(const char *text, struct stretch form)
{
    size_t capitals = 0, smalls = 0, digits = 0;
    size_t len = form.end > form.start ? form.end - form.start : 0;

    if (len < ACRONYM_SHORT_MIN || len > ACRONYM_SHORT_MAX || sign_of(text[form.start]) == 0 ||
        count_words(text, form) > ACRONYM_SHORT_WORDS)
        return false;
    for (size_t at = form.start; at < form.end; at++) {
        capitals += is_capital(text[at]);
        smalls += is_small(text[at]);
        digits += fold_is_digit(text[at]);
        if (sign_of(text[at]) == 0 && (text[at] == '\0' || !strchr(" +&-/.", text[at])))
            return false;
    }
    return capitals > 0 && capitals + digits > 1 && smalls <= capitals + SMALL_MORE;
}

/* ---- long forms ---- */

/* "and", "of" and the like, which begin no long form though their letter may fit: "Accident and Emergency
 * (A&E)". */
static bool is_joining_word(const char *text, size_t end, size_t at)
{
    static const char *const words[] = {"a",  "an", "and", "at", "by",  "for", "from",
                                        "in", "of", "on",  "or", "the", "to",  "with"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t len = strlen(words[i]);
        if (end - at > len && memcmp(text + at, words[i], len) == 0 && edge_space(text, end, at + len) > 0)
            return true;
    }
    return false;
}

/* Looks for the short form's signs in the text from the right, each as near as can be, the first at a word's
 * beginning. Returns where the long form begins, SIZE_MAX where it is none. */
static size_t find_long(const char *text, struct stretch form, struct stretch room)
{
    size_t at = room.end, last_word = room.end;

    while (last_word > room.start && edge_space(text, room.end, last_word - 1) == 0)
        last_word--;
    for (size_t sign = form.end; sign-- > form.start;) {
        unsigned char wanted = sign_of(text[sign]);
        bool is_last = at == room.end;
        if (wanted == 0)
            continue;
        do {
            if (at-- == room.start)
                return SIZE_MAX;
        } while (sign_of(text[at]) != wanted ||
                 (sign == form.start && (!begins_word(text, at) || is_joining_word(text, room.end, at))));
        if (is_last && at < last_word)
            return SIZE_MAX;
    }
    return at;
}

/* Whether half of the short form's capitals and digits, at least, are first letters of words, in order. */
static bool has_initials(const char *text, struct stretch form, struct stretch words)
{
    size_t most[ACRONYM_SHORT_MAX + 1] = {0}; /* of the first n signs, how many the words so far begin with */
    size_t len = 0;
    unsigned char signs[ACRONYM_SHORT_MAX];

    for (size_t at = form.start; at < form.end; at++) {
        if (is_capital(text[at]) || fold_is_digit(text[at]))
            signs[len++] = sign_of(text[at]);
    }
    for (size_t at = words.start; at < words.end; at++) {
        if (sign_of(text[at]) == 0 || !begins_word(text, at))
            continue;
        for (size_t n = len; n > 0; n--) {
            if (signs[n - 1] == sign_of(text[at]) && most[n - 1] + 1 > most[n])
                most[n] = most[n - 1] + 1;
        }
        for (size_t n = 1; n <= len; n++)
            most[n] = most[n] > most[n - 1] ? most[n] : most[n - 1];
    }
    return 2 * most[len] >= len;
}

static bool holds_form(const char *text, struct stretch form, struct stretch within)
{
    size_t len = form.end - form.start;

    for (size_t at = within.start; at + len <= within.end; at++) {
        if (memcmp(text + at, text + form.start, len) == 0 && begins_word(text, at) &&
            (at + len == within.end || begins_word(text, at + len) || sign_of(text[at + len]) == 0))
            return true;
    }
    return false;
}

/* Whether two words begin in it, parted by white space or anything else. */
static bool is_several(const char *text, struct stretch words)
{
    size_t count = 0;

    for (size_t at = words.start; at < words.end && count < 2; at++)
        count += sign_of(text[at]) != 0 && begins_word(text, at);
    return count == 2;
}

/* Takes the pair where the stretch ends in the short form's long form. */
static bool take(const char *text, struct stretch form, struct stretch room, struct acronym *acronym)
{
    struct stretch found = room;

    form = singular(text, form);
    if (!is_short_form(text, form) || room.end <= room.start)
        return false;
    found.start = find_long(text, form, room);
    if (found.start == SIZE_MAX)
        return false;
    found = trim(text, found);
    if (found.end <= found.start || found.end - found.start > ACRONYM_LONG_MAX || !is_several(text, found) ||
        holds_form(text, form, found) || !has_initials(text, form, found))
        return false;
    *acronym = (struct acronym){form.start, form.end - form.start, found.start, found.end - found.start};
    return true;
}

/* ---- beside the brackets ---- */

/* The words before `end` in which the long form of so long a short form may be. */
static struct stretch words_before(const char *text, size_t end, size_t short_len)
{
    size_t most = short_len + 5 < 2 * short_len ? short_len + 5 : 2 * short_len;
    struct stretch room = trim(text, (struct stretch){0, end});

    room.start = room.end;
    for (size_t words = 0; words < most; words++) {
        size_t at = edge_skip_back(text, room.start);
        size_t word_end = at;
        while (at > 0 && !edge_is_word_beginning(text, at) && text[at - 1] != '(' && text[at - 1] != ')')
            at--;
        bool is_closed = word_end < room.end && strchr(";:()", text[word_end - 1]) != NULL;
        if (at == word_end || is_closed || room.end - at > ACRONYM_LONG_MAX)
            break;
        room.start = at;
        if (edge_is_beginning(text, room.end, at) || !edge_is_word_beginning(text, at))
            break;
    }
    return room;
}

/* The word right before `end`. */
static struct stretch word_before(const char *text, size_t end)
{
    struct stretch word = trim(text, (struct stretch){0, end});

    word.start = word.end;
    while (word.start > 0 && !edge_is_word_beginning(text, word.start) &&
           word.end - word.start <= ACRONYM_SHORT_MAX + 3)
        word.start--;
    return trim(text, word);
}

/* Where the bracket opened before `at` closes or has its first ',' or ';'; SIZE_MAX where it opens another or
 * ends too late. */
static size_t bracket_end(const char *text, size_t len, size_t at)
{
    size_t end = len - at < BRACKET_MAX ? len : at + BRACKET_MAX;

    for (; at < end; at++) {
        if (text[at] == ')' || text[at] == ',' || text[at] == ';')
            return at;
        if (text[at] == '(')
            return SIZE_MAX;
    }
    return SIZE_MAX;
}

bool acronym_next(struct acronym_finder *finder, struct acronym *acronym)
{
    const char *text = finder->text;
    const char *open;

    while (finder->at < finder->len &&
           (open = memchr(text + finder->at, '(', finder->len - finder->at)) != NULL) {
        size_t before = (size_t)(open - text);
        size_t close = bracket_end(text, finder->len, before + 1);
        finder->at = before + 1;
        if (close == SIZE_MAX || edge_is_beginning(text, finder->len, before))
            continue;
        struct stretch inside = trim(text, (struct stretch){before + 1, close});
        struct stretch form = singular(text, inside);
        bool is_short = is_short_form(text, form);
        if (is_short && take(text, inside, words_before(text, before, form.end - form.start), acronym))
            return true;
        if (!is_short && take(text, word_before(text, before), inside, acronym))
            return true;
    }
    return false;
}
