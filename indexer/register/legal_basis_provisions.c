/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sections, regulations, articles, schedules: their numbers and what is within them. */
#include <ctype.h>
#include <string.h>

#include "indexer/register/legal_basis_grammar.h"

enum { NESTED_MAX = 4 }; /* units one within the other: paragraph, chapter, part, schedule */

/* How paths spell a unit, and how it stands behind another ("sch 12, part 9"). */
static const struct {
    const char *prefix, *behind;
} unit_spelling[UNIT_COUNT] = {
    {"s", ", s"},         {"reg ", ", reg "},         {"art ", ", art "},   {"sch ", ", sch "},
    {"part ", ", part "}, {"chapter ", ", chapter "}, {"para ", ", para "}, {"subsection ", ", subsection "},
};

static const struct {
    const char *word;
    enum unit unit;
} unit_words[] = {
    {"s", UNIT_SECTION},
    {"ss", UNIT_SECTION},
    {"sec", UNIT_SECTION},
    {"sect", UNIT_SECTION},
    {"section", UNIT_SECTION},
    {"sections", UNIT_SECTION},
    {"reg", UNIT_REGULATION},
    {"regs", UNIT_REGULATION},
    {"regulation", UNIT_REGULATION},
    {"regulations", UNIT_REGULATION},
    {"art", UNIT_ARTICLE},
    {"arts", UNIT_ARTICLE},
    {"article", UNIT_ARTICLE},
    {"articles", UNIT_ARTICLE},
    {"sch", UNIT_SCHEDULE},
    {"sched", UNIT_SCHEDULE},
    {"schedule", UNIT_SCHEDULE},
    {"schedules", UNIT_SCHEDULE},
    {"part", UNIT_PART},
    {"parts", UNIT_PART},
    {"pt", UNIT_PART},
    {"chapter", UNIT_CHAPTER},
    {"para", UNIT_PARAGRAPH},
    {"paras", UNIT_PARAGRAPH},
    {"paragraph", UNIT_PARAGRAPH},
    {"paragraphs", UNIT_PARAGRAPH},
    {"subsection", UNIT_SUBSECTION},
    {"subsections", UNIT_SUBSECTION},
};

/* Length in tokens of the word for a unit at `tokens`, with its full stop; 0 where there is none. */
static size_t unit_at(const struct token *tokens, enum unit *ret_unit)
{
    for (size_t i = 0; i < sizeof unit_words / sizeof *unit_words; i++) {
        if (!token_is(&tokens[0], unit_words[i].word))
            continue;
        *ret_unit = unit_words[i].unit;
        return 1 + (tokens[1].kind == TOKEN_MARK && *tokens[1].start == '.');
    }
    if (tokens[0].kind == TOKEN_MARK && strncmp(tokens[0].start, "§", 2) == 0) {
        *ret_unit = UNIT_SECTION;
        return 1;
    }
    return 0;
}

static bool is_provision_number(const struct token *token)
{
    if (token->kind != TOKEN_NUMBER || token_year(token))
        return false;
    return strspn(token->start, "0123456789") <= LEGAL_NUMBER_DIGITS;
}

/* Whether "(x)" at `tokens` is part of a provision's number: digits, a letter or two, or a small Roman
 * number. */
static bool is_bracketed_part(const struct token *tokens)
{
    const struct token *inside = &tokens[1];
    if (tokens[0].kind != TOKEN_OPEN || inside->kind == TOKEN_END || tokens[2].kind != TOKEN_CLOSE)
        return false;
    if (inside->kind == TOKEN_NUMBER)
        return !token_year(inside) && inside->len <= LEGAL_NUMBER_DIGITS;
    if (inside->kind != TOKEN_WORD || inside->len > 6)
        return false;
    bool is_letter = inside->len == 1 || (inside->len == 2 && inside->start[0] == inside->start[1]);
    return (is_letter && isalpha((unsigned char)*inside->start)) ||
           strspn(inside->start, "ivxIVX") >= inside->len;
}

/* Appends bytes in lower case, as far as there is room. */
static void append_lower(char text[PROVISION_SIZE], const char *bytes, size_t len)
{
    size_t at = strlen(text);
    for (size_t i = 0; i < len && at + 1 < PROVISION_SIZE; i++)
        text[at++] = (char)tolower((unsigned char)bytes[i]);
    text[at] = '\0';
}

static size_t take_bracketed_parts(const struct token *tokens, struct provision *provision)
{
    size_t i = 0;
    for (; is_bracketed_part(tokens + i); i += 3) {
        append_lower(provision->full, "(", 1);
        append_lower(provision->full, tokens[i + 1].start, tokens[i + 1].len);
        append_lower(provision->full, ")", 1);
    }
    return i;
}

/* Appends "(2)(b)" or ", part 9(a)" to a provision: the number at `tokens`, bare or in brackets, of a unit
 * below it. Returns tokens, 0 for none. */
static size_t append_subunit(const struct token *tokens, enum unit unit, struct provision *provision)
{
    if (is_bracketed_part(tokens))
        return take_bracketed_parts(tokens, provision);
    if (!is_provision_number(&tokens[0]))
        return 0;
    bool in_brackets = (unit == UNIT_SUBSECTION || unit == UNIT_PARAGRAPH) && provision->unit < UNIT_SCHEDULE;
    const char *before = in_brackets ? "(" : unit_spelling[unit].behind;
    append_lower(provision->full, before, strlen(before));
    append_lower(provision->full, tokens[0].start, tokens[0].len);
    append_lower(provision->full, ")", in_brackets);
    return 1 + take_bracketed_parts(tokens + 1, provision);
}

/* "subsection (2)", ", Part 9" behind a provision; 0 tokens for none. */
static size_t take_subunit(const struct token *tokens, struct provision *provision)
{
    enum unit unit;
    size_t comma = tokens[0].kind == TOKEN_COMMA, word = unit_at(tokens + comma, &unit);
    if (!word || unit < UNIT_PART || (unit <= provision->unit && unit != UNIT_SUBSECTION))
        return 0;
    size_t taken = append_subunit(tokens + comma + word, unit, provision);
    return taken ? comma + word + taken : 0;
}

/* The number at `tokens` with all that belongs to it, as a provision of that unit. Returns tokens, 0 for
 * none. */
static size_t take_number(const struct token *tokens, enum unit unit, struct provision *provision)
{
    if (!is_provision_number(&tokens[0]))
        return 0;
    *provision = (struct provision){.unit = unit};
    append_lower(provision->head, unit_spelling[unit].prefix, strlen(unit_spelling[unit].prefix));
    append_lower(provision->head, tokens[0].start, tokens[0].len);
    memcpy(provision->full, provision->head, sizeof provision->full);
    size_t i = 1 + take_bracketed_parts(tokens + 1, provision), more;
    for (int depth = 0; depth < NESTED_MAX && (more = take_subunit(tokens + i, provision)) > 0; depth++)
        i += more;
    return i;
}

/* "," "and" ", and" "or" "&" "/" between the numbers of a list; of a range ("30-34") the ends are cited. */
static size_t joiner_at(const struct token *tokens)
{
    if (tokens[0].kind == TOKEN_DASH && !tokens[0].is_spaced && !tokens[1].is_spaced)
        return 1;
    size_t i = tokens[0].kind == TOKEN_COMMA;
    if (token_is(&tokens[i], "and") || token_is(&tokens[i], "or") ||
        (tokens[i].kind == TOKEN_MARK && (*tokens[i].start == '&' || *tokens[i].start == '/')))
        return i + 1;
    return i;
}

/* Whether a bare number belongs to the list before it, and is not the beginning of prose ("and 3 others"). */
static bool is_listed_number(const struct token *tokens)
{
    if (!is_provision_number(&tokens[0]))
        return false;
    const struct token *next = &tokens[1];
    return next->kind != TOKEN_WORD || token_is_capital(next) || token_is(next, "of") ||
           token_is(next, "and") || token_is(next, "or") || token_is(next, "as") || token_is(next, "under");
}

/* " and 39(5)", ", (2)(b)": what goes on a list. The first provision's unit holds for all. */
static size_t take_more_numbers(const struct token *tokens, struct provision_list *list)
{
    size_t i = 0;
    while (list->count < PROVISIONS_MAX) {
        size_t joiner = joiner_at(tokens + i);
        const struct provision *before = &list->items[list->count - 1];
        struct provision *next = &list->items[list->count];
        if (!joiner)
            break;
        size_t taken = 0;
        if (is_bracketed_part(tokens + i + joiner) && strcmp(before->head, before->full) != 0) {
            *next = *before;
            memcpy(next->full, before->head, sizeof next->full);
            taken = take_bracketed_parts(tokens + i + joiner, next);
        } else if (is_listed_number(tokens + i + joiner)) {
            taken = take_number(tokens + i + joiner, before->unit, next);
        }
        if (!taken)
            break;
        list->count++;
        i += joiner + taken;
    }
    return i;
}

/* How many tokens the number of a subunit takes. */
static size_t subunit_length(const struct token *tokens)
{
    struct provision ignored = {.unit = UNIT_SCHEDULE};
    return append_subunit(tokens, UNIT_PARAGRAPH, &ignored);
}

/* "of", "to", "of the" between a unit and the larger one it lies in. */
static size_t nesting_at(const struct token *tokens)
{
    if (!token_is(&tokens[0], "of") && !token_is(&tokens[0], "to"))
        return 0;
    return 1 + token_is(&tokens[1], "the");
}

/* "paragraph 3 of Part 1 of Schedule 1": the smaller unit first. Returns tokens, 0 where nothing is nested.
 */
static size_t take_nested(const struct token *tokens, unsigned depth, struct provision *provision)
{
    enum unit unit;
    size_t word = unit_at(tokens, &unit);
    if (!word || unit < UNIT_PART || depth == NESTED_MAX)
        return 0;
    size_t number = subunit_length(tokens + word), between = nesting_at(tokens + word + number);
    if (!number || !between)
        return 0;
    const struct token *outer = tokens + word + number + between;
    enum unit outer_unit;
    size_t taken = take_nested(outer, depth + 1, provision), outer_word = unit_at(outer, &outer_unit);
    if (!taken && outer_word) {
        taken = take_number(outer + outer_word, outer_unit, provision);
        taken += taken ? outer_word : 0;
    }
    if (!taken)
        return 0;
    append_subunit(tokens + word, unit, provision);
    return word + number + between + taken;
}

size_t legal_provisions(const struct token *tokens, struct provision_list *list)
{
    enum unit unit;
    size_t i = unit_at(tokens, &unit);
    if (!i || list->count == PROVISIONS_MAX)
        return 0;
    struct provision *provision = &list->items[list->count];
    size_t nested = take_nested(tokens, 0, provision);
    if (nested) {
        list->count++;
        return nested;
    }
    size_t taken = take_number(tokens + i, unit, provision);
    if (!taken)
        return 0;
    list->count++;
    i += taken;
    return i + take_more_numbers(tokens + i, list);
}

size_t legal_bare_provisions(const struct token *tokens, enum instrument_class class,
                             struct provision_list *list)
{
    static const enum unit usual[] = {[INSTRUMENT_ACT] = UNIT_SECTION,
                                      [INSTRUMENT_REGULATIONS] = UNIT_REGULATION,
                                      [INSTRUMENT_GDPR] = UNIT_ARTICLE,
                                      [INSTRUMENT_OTHER] = UNIT_PARAGRAPH};
    if (!is_listed_number(tokens))
        return 0;
    size_t taken = take_number(tokens, usual[class], &list->items[0]);
    if (!taken)
        return 0;
    list->count = 1;
    return taken + take_more_numbers(tokens + taken, list);
}
