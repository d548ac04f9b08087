/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar, informally; what is in brackets may be absent:
 *
 *   citation    = provisions ["of" | "under" | "," | "-"] ["the"] instrument
 *               | instrument ["-" | ":"] [provisions]
 *   provisions  = provision {("," | "and" | "or" | "&") provision}
 *   provision   = unit number {"(" part ")"} {[","] subunit number}
 *   unit        = "s" | "section" | "reg" | "regulation" | "art" | "article" | "schedule" | ...
 *
 * A text is cut at commas and semicolons that no citation takes for itself. A piece in which nothing is
 * understood is consent, or the rest of the sentence before it, or a value of its own, verbatim.
 */
#include "indexer/register/legal_basis.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis_grammar.h"

enum {
    PROVISION_SIZE = 96, /* bytes of a provision's spelling, NUL included */
    PROVISIONS_MAX = 64, /* in one list; more are read as a list of their own */
    NESTED_MAX = 4,      /* units one within the other: paragraph, chapter, part, schedule */
    WORDS_BEFORE_CONSENT = 5,
};

enum unit {
    UNIT_SECTION,
    UNIT_REGULATION,
    UNIT_ARTICLE,
    UNIT_SCHEDULE,
    UNIT_PART,
    UNIT_CHAPTER,
    UNIT_PARAGRAPH,
    UNIT_SUBSECTION,
    UNIT_COUNT
};

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

struct provision {
    enum unit unit;
    char head[PROVISION_SIZE]; /* "s261" */
    char full[PROVISION_SIZE]; /* "s261(2)(b)(ii)"; equals head where nothing follows */
};

struct provision_list {
    struct provision items[PROVISIONS_MAX];
    size_t count;
};

/* Something understood. */
struct citation {
    size_t token;     /* where it begins */
    char *instrument; /* *owned* */
    char *path;       /* *owned* */
    bool is_alone;    /* the instrument without a provision */
    bool is_used;     /* ... to which a later piece gave one */
};

struct parse {
    struct token *tokens;
    size_t count;
    bool *is_covered; /* count + 1: tokens that a citation has taken */
    struct citation *citations;
    size_t citation_count, citation_cap;
    bool is_silent;                   /* what is read is not what is relied on: an amending Act */
    char *last[INSTRUMENT_OTHER + 1]; /* the instruments named last, by class; *owned* */
    char *last_any;                   /* *owned* */
};

/* ---- Provisions ---- */

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
    if (tokens[0].kind != TOKEN_OPEN || tokens[2].kind != TOKEN_CLOSE)
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
    while ((more = take_subunit(tokens + i, provision)) > 0)
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

/* "section 39(4)(i) and 39(5)", "s 251", "Regulation 3 (4)". Adds to the list; returns tokens, 0 for none. */
static size_t take_provisions(const struct token *tokens, struct provision_list *list)
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

/* A number right behind an instrument's name: "GDPR 6(1)(e)", "NHS Act 2006 251". */
static size_t take_bare_provisions(const struct token *tokens, enum instrument_class class,
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

/* ---- Citations ---- */

static void cover(struct parse *parse, size_t from, size_t to)
{
    memset(parse->is_covered + from, true, to - from);
}

static void replace_text(char **text, const char *with)
{
    free(*text);
    *text = mem_text(with);
}

static char *path_of(const char *instrument, const struct provision *provision)
{
    if (strcmp(provision->head, provision->full) == 0)
        return mem_format("%s" FIELD_PATH_SEPARATOR "%s", instrument, provision->head);
    return mem_format("%s" FIELD_PATH_SEPARATOR "%s" FIELD_PATH_SEPARATOR "%s", instrument, provision->head,
                      provision->full);
}

/* `provision` NULL: the instrument alone. */
static void cite(struct parse *parse, size_t token, const char *instrument, const struct provision *provision)
{
    if (parse->is_silent)
        return;
    parse->citations =
        mem_push(parse->citations, parse->citation_count, &parse->citation_cap, sizeof *parse->citations);
    parse->citations[parse->citation_count++] =
        (struct citation){.token = token,
                          .instrument = mem_text(instrument),
                          .path = provision ? path_of(instrument, provision) : mem_text(instrument),
                          .is_alone = !provision};
}

static void remember(struct parse *parse, const struct instrument *instrument)
{
    if (parse->is_silent)
        return;
    replace_text(&parse->last[instrument->class], instrument->name);
    replace_text(&parse->last_any, instrument->name);
}

/* A provision without its instrument has made use of one named before. */
static void mark_used(struct parse *parse, const char *instrument)
{
    for (size_t i = parse->citation_count; i-- > 0;) {
        if (!parse->citations[i].is_alone || strcmp(parse->citations[i].instrument, instrument) != 0)
            continue;
        parse->citations[i].is_used = true;
        return;
    }
}

static const struct {
    const char *head, *instrument;
} well_known[] = {
    {"s261", LEGAL_HSCA},  {"s251", LEGAL_NHS_ACT}, {"reg 2", LEGAL_COPI},
    {"reg 3", LEGAL_COPI}, {"reg 5", LEGAL_COPI},   {"reg 7", LEGAL_COPI},
};

static const char *well_known_instrument(const struct provision *provision)
{
    for (size_t i = 0; i < sizeof well_known / sizeof *well_known; i++)
        if (strcmp(provision->head, well_known[i].head) == 0)
            return well_known[i].instrument;
    return NULL;
}

/* The instrument of a provision that names none: 251 and 261 mean the Acts they always mean in this register,
 * articles the UK GDPR, others the instrument of their kind named last. *Borrowed*, NULL for none. */
static const char *instrument_meant(const struct parse *parse, const struct provision *provision)
{
    const char *known = well_known_instrument(provision);
    switch (provision->unit) {
    case UNIT_SECTION:
    case UNIT_SUBSECTION:
        return known ? known : parse->last[INSTRUMENT_ACT];
    case UNIT_REGULATION:
        return parse->last[INSTRUMENT_REGULATIONS] ? parse->last[INSTRUMENT_REGULATIONS] : known;
    case UNIT_ARTICLE:
        return LEGAL_GDPR;
    default:
        return parse->last_any;
    }
}

/* "of the", "under", at `tokens`; *ret_len tokens. */
static bool preposition_at(const struct token *tokens, size_t *ret_len)
{
    static const char *const words[] = {"of", "under", "in", "to", "from"};
    if (!token_is_any(&tokens[0], words, sizeof words / sizeof *words))
        return false;
    *ret_len = 1 + (token_is(&tokens[1], "the") || token_is(&tokens[1], "that"));
    return true;
}

/* How firmly an instrument behind provisions is tied to them. */
enum tie { TIE_NONE, TIE_LOOSE /* by a comma or dash */, TIE_FIRM /* by "of", or by nothing between */ };

/* The instrument that follows provisions at `tokens`: "of the X Act", "X Act", ", X Act". *ret_len with what
 * stands between. */
static enum tie following_instrument(const struct token *tokens, struct instrument *instrument,
                                     size_t *ret_len)
{
    size_t between = 0;
    enum tie tie = TIE_FIRM;
    if (!preposition_at(tokens, &between)) {
        if (tokens[0].kind == TOKEN_COMMA || tokens[0].kind == TOKEN_DASH) {
            tie = TIE_LOOSE;
            between = 1;
        }
        between += token_is(&tokens[between], "the");
    }
    if (!legal_instrument(tokens + between, instrument))
        return TIE_NONE;
    *ret_len = between + instrument->tokens;
    return tie;
}

/* Whether provisions stand right behind an instrument's name, so that it needs none from before. */
static bool has_own_provisions(const struct token *tokens)
{
    size_t i = tokens[0].kind == TOKEN_DASH;
    struct provision_list list = {.count = 0};
    return take_provisions(tokens + i, &list) > 0;
}

static void cite_each(struct parse *parse, size_t token, const char *instrument,
                      const struct provision_list *list, size_t from)
{
    for (size_t i = from; i < list->count; i++)
        cite(parse, token, instrument, &list->items[i]);
}

/* Provisions whose instrument is not tied to them. Returns whether it is known. */
static bool cite_untied(struct parse *parse, size_t token, const struct provision_list *list, size_t from,
                        size_t to)
{
    const char *instrument = instrument_meant(parse, &list->items[from]);
    if (!instrument)
        return false;
    for (size_t i = from; i < to; i++) {
        mark_used(parse, instrument);
        cite(parse, token, instrument, &list->items[i]);
    }
    return true;
}

/* "section 36 and section 37 of the X Act": the end of a list of lists joined by "and". `*ret_last` is the
 * first provision of the last list. */
static size_t take_provision_lists(const struct token *tokens, struct provision_list *list, size_t *ret_last)
{
    size_t i = take_provisions(tokens, list), more;
    *ret_last = 0;
    while (i && (token_is(&tokens[i], "and") || token_is(&tokens[i], "or"))) {
        size_t before = list->count;
        if ((more = take_provisions(tokens + i + 1, list)) == 0)
            break;
        *ret_last = before;
        i += 1 + more;
    }
    return i;
}

/* A citation that begins with provisions; tokens taken, 0 for none. */
static size_t take_provisions_first(struct parse *parse, size_t at)
{
    struct provision_list list = {.count = 0};
    size_t last, behind, len = take_provision_lists(parse->tokens + at, &list, &last);
    if (!len)
        return 0;
    struct instrument instrument;
    const struct token *next = parse->tokens + at + len;
    enum tie tie = following_instrument(next, &instrument, &behind);
    if (tie == TIE_LOOSE) {
        const char *known = well_known_instrument(&list.items[last]);
        if (has_own_provisions(next + behind) || (known && strcmp(known, instrument.name) != 0)) {
            free(instrument.name);
            tie = TIE_NONE;
        }
    }
    size_t untied = tie == TIE_NONE ? list.count : 0;
    for (; untied < last && well_known_instrument(&list.items[untied]); untied++)
        ;
    for (size_t i = 0; i < untied; i++)
        if (!cite_untied(parse, at, &list, i, i + 1))
            return 0;
    if (tie == TIE_NONE)
        return len;
    cite_each(parse, at, instrument.name, &list, untied);
    remember(parse, &instrument);
    free(instrument.name);
    return len + behind;
}

/* What may stand between an instrument's name and its provisions. */
static size_t skip_to_provisions(const struct token *tokens)
{
    size_t i = 0;
    while (tokens[i].kind == TOKEN_DASH || tokens[i].kind == TOKEN_QUOTED || tokens[i].kind == TOKEN_OPEN ||
           (tokens[i].kind == TOKEN_MARK && *tokens[i].start == ':'))
        i++;
    return i + (token_is(&tokens[i], "under") || token_is(&tokens[i], "notice"));
}

/* Whether provisions are tied to another instrument behind them. */
static bool belongs_elsewhere(const struct token *tokens, const char *name)
{
    struct instrument next;
    size_t len;
    if (!preposition_at(tokens, &len) || !legal_instrument(tokens + len, &next))
        return false;
    bool is_other = strcmp(next.name, name) != 0;
    free(next.name);
    return is_other;
}

/* A citation that begins with an instrument; tokens taken, 0 for none. */
static size_t take_instrument_first(struct parse *parse, size_t at)
{
    struct instrument instrument;
    if (!legal_instrument(parse->tokens + at, &instrument))
        return 0;
    const struct token *behind = parse->tokens + at + instrument.tokens;
    struct provision_list list = {.count = 0};
    size_t between = skip_to_provisions(behind), len = take_provisions(behind + between, &list);
    if (!len && (between == 0 || behind[between - 1].kind == TOKEN_DASH))
        len = take_bare_provisions(behind + between, instrument.class, &list);
    if (len && belongs_elsewhere(behind + between + len, instrument.name))
        len = 0;
    remember(parse, &instrument);
    if (len)
        cite_each(parse, at, instrument.name, &list, 0);
    else
        cite(parse, at, instrument.name, NULL);
    free(instrument.name);
    return instrument.tokens + (len ? between + len : 0);
}

static size_t take_citation(struct parse *parse, size_t at)
{
    size_t len = take_provisions_first(parse, at);
    return len ? len : take_instrument_first(parse, at);
}

/* "as amended by section 287 of the X Act": what amended the provision is not relied on. */
static size_t take_amendment(struct parse *parse, size_t at)
{
    static const char *const words[] = {"amended", "inserted", "substituted", "modified"};
    const struct token *tokens = parse->tokens + at;
    size_t i = token_is(&tokens[0], "as");
    if (!token_is_any(&tokens[i], words, sizeof words / sizeof *words))
        return 0;
    i++;
    if (!token_is(&tokens[i], "by"))
        return i;
    i++;
    i += token_is(&tokens[i], "the");
    parse->is_silent = true;
    size_t len = take_citation(parse, at + i);
    parse->is_silent = false;
    return i + len;
}

static void find_citations(struct parse *parse)
{
    for (size_t at = 0; at < parse->count;) {
        size_t len = take_amendment(parse, at);
        if (!len)
            len = take_citation(parse, at);
        if (!len) {
            at++;
            continue;
        }
        if (at + len > parse->count)
            len = parse->count - at;
        cover(parse, at, at + len);
        at += len;
    }
}

/* ---- Pieces ---- */

/* A run of tokens between commas and semicolons that nothing has taken. */
struct piece {
    size_t from, to;
    bool is_understood;   /* holds a citation */
    bool ends_in_prose;   /* words that are no citation stand at its end */
    bool after_semicolon; /* or at the beginning */
};

/* The next piece from token `from`, brackets keeping their commas. */
static struct piece next_piece(const struct parse *parse, size_t from)
{
    struct piece piece = {.from = from};
    piece.after_semicolon = from == 0 || parse->tokens[from - 1].kind == TOKEN_SEMICOLON;
    long depth = 0;
    size_t i = from;
    for (; i < parse->count; i++) {
        const struct token *token = &parse->tokens[i];
        bool is_covered = parse->is_covered[i];
        if (!is_covered && (token->kind == TOKEN_SEMICOLON || (token->kind == TOKEN_COMMA && depth <= 0)))
            break;
        depth += (token->kind == TOKEN_OPEN) - (token->kind == TOKEN_CLOSE);
        piece.is_understood |= is_covered;
        if (is_covered || token->kind == TOKEN_WORD || token->kind == TOKEN_NUMBER)
            piece.ends_in_prose = !is_covered;
    }
    piece.to = i;
    return piece;
}

static bool has_words(const struct parse *parse, const struct piece *piece)
{
    for (size_t i = piece->from; i < piece->to; i++)
        if (parse->tokens[i].kind == TOKEN_WORD || parse->tokens[i].kind == TOKEN_NUMBER)
            return true;
    return false;
}

/* The text of the source from one token up to another, *new*, fit to be a level of a path. */
static char *source_text(const struct parse *parse, size_t from, size_t to)
{
    const struct token *first = &parse->tokens[from], *last = &parse->tokens[to - 1];
    char *text = mem_copy(first->start, (size_t)(last->start + last->len - first->start));
    field_as_level(text);
    return text;
}

static void add_verbatim(const struct parse *parse, size_t from, size_t to, struct strlist *paths)
{
    MEM_AUTO char *text = source_text(parse, from, to);
    strlist_add_unique(paths, text);
}

static size_t consent_word(const struct parse *parse, size_t from, size_t to)
{
    static const char *const words[] = {"consent", "consents", "consented"};
    for (size_t i = from; i < to; i++)
        if (token_is_any(&parse->tokens[i], words, sizeof words / sizeof *words))
            return i;
    return to;
}

static bool is_denied(const struct parse *parse, size_t from, size_t to)
{
    static const char *const words[] = {"without", "no", "not", "non", "exemption", "absence"};
    for (size_t i = from; i < to; i++)
        if (token_is_any(&parse->tokens[i], words, sizeof words / sizeof *words))
            return true;
    return false;
}

static bool is_dangling(const struct token *token)
{
    static const char *const words[] = {"and", "or", "under", "with", "of", "in", "per"};
    return (token->kind != TOKEN_WORD && token->kind != TOKEN_NUMBER) ||
           token_is_any(token, words, sizeof words / sizeof *words);
}

/* The tokens from..to without dashes, brackets, full stops and words that join at either end. */
static void trim_tokens(const struct parse *parse, size_t *from, size_t *to)
{
    const struct token *tokens = parse->tokens;
    while (*from < *to && tokens[*from].kind != TOKEN_WORD && tokens[*from].kind != TOKEN_NUMBER &&
           tokens[*from].kind != TOKEN_QUOTED)
        ++*from;
    long open = 0;
    for (size_t i = *from; i < *to; i++)
        open += (tokens[i].kind == TOKEN_OPEN) - (tokens[i].kind == TOKEN_CLOSE);
    while (*to > *from && is_dangling(&tokens[*to - 1]) && tokens[*to - 1].kind != TOKEN_QUOTED) {
        if (tokens[*to - 1].kind == TOKEN_CLOSE && open++ >= 0)
            break;
        --*to;
    }
}

static void add_consent(const struct parse *parse, size_t from, size_t to, struct strlist *paths)
{
    trim_tokens(parse, &from, &to);
    if (from >= to) {
        strlist_add_unique(paths, "Consent");
        return;
    }
    MEM_AUTO char *wording = source_text(parse, from, to);
    MEM_AUTO char *path = mem_format("Consent" FIELD_PATH_SEPARATOR "%s", wording);
    strlist_add_unique(paths, path);
}

/* Consent in a piece, if it is one: "Consent (Reasonable Expectation)" stands under its wording, "Informed
 * Patient consent to permit ..." under its first words. *ret_from..*ret_to is the wording. */
static bool find_consent(const struct parse *parse, const struct piece *piece, size_t *ret_from,
                         size_t *ret_to)
{
    size_t from = piece->from, to = piece->from;
    while (to < piece->to && !parse->is_covered[to])
        to++;
    from += from < to && token_is(&parse->tokens[from], "other");
    while (from < to && parse->tokens[from].kind == TOKEN_DASH)
        from++;
    size_t word = consent_word(parse, from, to);
    if (word == to || is_denied(parse, from, to))
        return false;
    bool is_first = word == from, is_near = word - from <= WORDS_BEFORE_CONSENT;
    *ret_from = is_first ? word + 1 : from;
    *ret_to = is_near && !is_first ? word + 1 : to;
    return true;
}

/* Whether an instrument cited alone is cited with its provisions after all, in the same piece or by what
 * follows. */
static bool is_superfluous(const struct parse *parse, const struct citation *citation,
                           const struct piece *piece)
{
    if (!citation->is_alone)
        return false;
    if (citation->is_used)
        return true;
    for (size_t i = 0; i < parse->citation_count; i++) {
        const struct citation *other = &parse->citations[i];
        if (!other->is_alone && other->token >= piece->from && other->token < piece->to &&
            strcmp(other->instrument, citation->instrument) == 0)
            return true;
    }
    return false;
}

static void add_citations(const struct parse *parse, const struct piece *piece, size_t *next,
                          struct strlist *paths)
{
    for (; *next < parse->citation_count && parse->citations[*next].token < piece->to; ++*next)
        if (!is_superfluous(parse, &parse->citations[*next], piece))
            strlist_add_unique(paths, parse->citations[*next].path);
}

static bool begins_lower(const struct parse *parse, const struct piece *piece)
{
    const struct token *first = &parse->tokens[piece->from];
    return first->kind == TOKEN_WORD && !token_is_capital(first);
}

/* "Other - ..." begins a text of its own; any other piece behind one that is not understood goes on with it.
 */
static bool begins_anew(const struct parse *parse, const struct piece *piece)
{
    return piece->after_semicolon || token_is(&parse->tokens[piece->from], "other");
}

static void read_pieces(const struct parse *parse, struct strlist *paths)
{
    size_t citation = 0, verbatim_from = 0, verbatim_to = 0; /* a verbatim run that may go on */
    bool sentence_goes_on = false;
    for (size_t from = 0; from < parse->count;) {
        struct piece piece = next_piece(parse, from);
        from = piece.to + 1;
        if (!piece.is_understood && !has_words(parse, &piece))
            continue;
        bool goes_on = verbatim_to > 0 && !begins_anew(parse, &piece);
        size_t consent_from, consent_to;
        bool is_consent = find_consent(parse, &piece, &consent_from, &consent_to);
        if (!is_consent && !piece.is_understood && sentence_goes_on && !piece.after_semicolon &&
            begins_lower(parse, &piece))
            continue;
        if (verbatim_to && (is_consent || piece.is_understood || !goes_on)) {
            add_verbatim(parse, verbatim_from, verbatim_to, paths);
            verbatim_to = 0;
        }
        if (is_consent)
            add_consent(parse, consent_from, consent_to, paths);
        sentence_goes_on = is_consent || (piece.is_understood && piece.ends_in_prose);
        if (is_consent || piece.is_understood) {
            add_citations(parse, &piece, &citation, paths);
            continue;
        }
        if (!verbatim_to)
            verbatim_from = piece.from;
        verbatim_to = piece.to;
    }
    if (verbatim_to)
        add_verbatim(parse, verbatim_from, verbatim_to, paths);
}

static void parse_free(struct parse *parse)
{
    for (size_t i = 0; i < parse->citation_count; i++) {
        free(parse->citations[i].instrument);
        free(parse->citations[i].path);
    }
    free(parse->citations);
    for (size_t i = 0; i < sizeof parse->last / sizeof *parse->last; i++)
        free(parse->last[i]);
    free(parse->last_any);
    free(parse->is_covered);
    free(parse->tokens);
}

void legal_basis_parse(const char *text, struct strlist *paths)
{
    MEM_AUTO char *tidy = key_tidy(text);
    if (strlen(tidy) > LEGAL_TEXT_MAX) {
        field_as_level(tidy);
        strlist_add_unique(paths, tidy);
        return;
    }
    struct parse parse = {0};
    parse.tokens = legal_tokens(tidy, &parse.count);
    parse.is_covered = mem_zero(parse.count + 1, sizeof *parse.is_covered);
    find_citations(&parse);
    read_pieces(&parse, paths);
    parse_free(&parse);
}
