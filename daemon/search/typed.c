/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/typed.h"

#include <string.h>

#include "daemon/search/query.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"

enum {
    FIELD_NAME_MAX = 40, /* bytes of a field's name, with room */
    SMART_QUOTE = 3,     /* bytes of one */
};

static const struct {
    const char *name, *facet;
} kinds[COMPLETION_KIND_COUNT] = {
    [COMPLETION_WORD] = {"word", NULL},
    [COMPLETION_PHRASE] = {"phrase", NULL},
    [COMPLETION_ORGANISATION] = {"organisation", "organisation"},
    [COMPLETION_DATASET] = {"dataset", "dataset"},
    [COMPLETION_PROVISION] = {"provision", "legal_basis"},
    [COMPLETION_CONTROLLER] = {"controller", "controller"},
    [COMPLETION_RECORD] = {"record", NULL},
};

const char *completion_kind_name(enum completion_kind kind)
{
    return kinds[kind].name;
}

const char *completion_kind_facet(enum completion_kind kind)
{
    return kinds[kind].facet;
}

/* ---- marks ---- */

/* The bytes of the double quote at `at`, plain or typographic; 0 where there is none. */
static size_t quote_at(const char *text, size_t len, size_t at)
{
    if (text[at] == '"')
        return 1;
    bool is_smart = at + SMART_QUOTE <= len && memcmp(text + at, "\xE2\x80", 2) == 0 &&
                    (unsigned char)text[at + 2] >= 0x9C && (unsigned char)text[at + 2] <= 0x9F;
    return is_smart ? SMART_QUOTE : 0;
}

static bool is_space(char byte)
{
    return byte == ' ' || (unsigned char)byte < ' ';
}

/* Where the text behind the last quote begins, 0 where there is none; whether that quote is open. */
static size_t behind_quote(const char *text, size_t len, bool *ret_is_open)
{
    size_t behind = 0;
    *ret_is_open = false;
    for (size_t at = 0; at < len;) {
        size_t quote = quote_at(text, len, at);
        if (quote > 0) {
            *ret_is_open = !*ret_is_open;
            behind = at + quote;
        }
        at += quote > 0 ? quote : 1;
    }
    return behind;
}

static bool is_operator(const char *word, size_t len)
{
    static const char *const operators[] = {"AND", "OR", "NOT", "NEAR"};
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
        if (strlen(operators[i]) == len && memcmp(operators[i], word, len) == 0)
            return true;
    return len > 5 && memcmp(word, "NEAR/", 5) == 0;
}

/* Where the words begin that stand behind the last operator or bracket at or behind `start`. A bracket inside
 * a word belongs to it: "s261(2)". */
static size_t behind_operators(const char *text, size_t len, size_t start)
{
    for (size_t at = start; at < len;) {
        size_t end = at;
        while (end < len && !is_space(text[end]))
            end++;
        if (end < len && is_operator(text + at, end - at))
            start = end;
        while (at < end && strchr("()-+", text[at]))
            start = ++at;
        if (end > at && text[end - 1] == ')' && !memchr(text + at, '(', end - at))
            start = end;
        at = end + (end < len);
    }
    return start;
}

/* ---- fields ---- */

/* What may stand behind the name of a field; 0 where it is no field's. */
static unsigned kinds_of(const char *bytes, size_t len)
{
    char name[FIELD_NAME_MAX];
    if (len == 0 || len >= sizeof name)
        return 0;
    memcpy(name, bytes, len);
    name[len] = '\0';
    const struct field *field = field_find(name);
    if (strcmp(name, "id") == 0)
        return 1U << COMPLETION_RECORD;
    for (unsigned kind = 0; field && field->facet && kind < COMPLETION_KIND_COUNT; kind++)
        if (kinds[kind].facet && strcmp(kinds[kind].facet, field->facet) == 0)
            return 1U << kind;
    return query_parts_named(name, len) ? COMPLETION_TEXT : 0;
}

/* The kinds that the field named right before `at` takes; 0 where none is. */
static unsigned kinds_before(const char *text, size_t start, size_t at)
{
    if (at <= start || text[at - 1] != ':')
        return 0;
    size_t name = at - 1;
    while (name > start && at - 1 - name < FIELD_NAME_MAX && !is_space(text[name - 1]) &&
           !strchr("()-+\"", text[name - 1]))
        name--;
    return kinds_of(text + name, at - 1 - name);
}

static void take_field(struct typed *typed)
{
    for (size_t at = typed->len; at > 0; at--) {
        unsigned taken = kinds_before(typed->text, 0, at);
        if (taken == 0)
            continue;
        typed->kinds = taken;
        typed->is_value = taken != COMPLETION_TEXT;
        typed->text += at;
        typed->len -= at;
        return;
    }
}

/* ---- the end of the text ---- */

static void skip_spaces(struct typed *typed)
{
    while (typed->len > 0 && is_space(*typed->text)) {
        typed->text++;
        typed->len--;
    }
}

bool typed_drop_word(struct typed *typed)
{
    struct typed rest = *typed;
    while (rest.len > 0 && !is_space(*rest.text)) {
        rest.text++;
        rest.len--;
    }
    skip_spaces(&rest);
    if (rest.len == 0)
        return false;
    *typed = rest;
    return true;
}

/* Of a long text only the end, from the beginning of a word on. */
static void shorten(struct typed *typed)
{
    if (typed->len <= TYPED_BYTES_MAX)
        return;
    typed->text += typed->len - TYPED_BYTES_MAX;
    typed->len = TYPED_BYTES_MAX;
    if (!typed_drop_word(typed))
        typed->len = 0;
}

struct typed typed_of(const char *q, size_t len)
{
    bool is_open;
    size_t start = behind_quote(q, len, &is_open);
    struct typed typed = {.kinds = COMPLETION_ANY};
    if (is_open) {
        typed =
            (struct typed){q + start, len - start, 1U << COMPLETION_PHRASE | 1U << COMPLETION_WORD, false};
        size_t quote = q[start - 1] == '"' ? 1 : SMART_QUOTE;
        unsigned named = kinds_before(q, 0, start - quote);
        if (named != 0 && named != COMPLETION_TEXT)
            typed = (struct typed){q + start, len - start, named, true};
        skip_spaces(&typed);
        shorten(&typed);
        return typed;
    }
    start = behind_operators(q, len, start);
    typed.text = q + start;
    typed.len = len - start;
    take_field(&typed);
    skip_spaces(&typed);
    shorten(&typed);
    return typed;
}
