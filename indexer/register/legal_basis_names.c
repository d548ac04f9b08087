/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of instruments: a table of those the register cites, and the shape of all others. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "indexer/base/mem.h"
#include "indexer/register/legal_basis_grammar.h"

enum { NO_YEAR = 0, NEVER_A_YEAR = -1 };

/* `words` as they are met, lower case, brackets left out; `year` where the text names none. */
static const struct known_name {
    const char *words, *title;
    int year;
    enum instrument_class class;
} known_names[] = {
    {"health and social care act", "Health and Social Care Act", 2012, INSTRUMENT_ACT},
    {"hsca", "Health and Social Care Act", 2012, INSTRUMENT_ACT},
    {"hsc act", "Health and Social Care Act", 2012, INSTRUMENT_ACT},
    {"h and sc act", "Health and Social Care Act", 2012, INSTRUMENT_ACT},
    {"2012 act", "Health and Social Care Act", 2012, INSTRUMENT_ACT},
    {"national health service act", "National Health Service Act", 2006, INSTRUMENT_ACT},
    {"national health services act", "National Health Service Act", 2006, INSTRUMENT_ACT},
    {"nhs act", "National Health Service Act", 2006, INSTRUMENT_ACT},
    {"nhsa", "National Health Service Act", 2006, INSTRUMENT_ACT},
    {"2006 act", "National Health Service Act", 2006, INSTRUMENT_ACT},
    {"statistics and registration service act", "Statistics and Registration Service Act", 2007,
     INSTRUMENT_ACT},
    {"statistics and registration services act", "Statistics and Registration Service Act", 2007,
     INSTRUMENT_ACT},
    {"statistics registration service act", "Statistics and Registration Service Act", 2007, INSTRUMENT_ACT},
    {"statistical registration service act", "Statistics and Registration Service Act", 2007, INSTRUMENT_ACT},
    {"statistical and registration service act", "Statistics and Registration Service Act", 2007,
     INSTRUMENT_ACT},
    {"srsa", "Statistics and Registration Service Act", 2007, INSTRUMENT_ACT},
    {"health act", "Health Act", NO_YEAR, INSTRUMENT_ACT},
    {"health and care act", "Health and Care Act", 2022, INSTRUMENT_ACT},
    {"care act", "Care Act", 2014, INSTRUMENT_ACT},
    {"digital economy act", "Digital Economy Act", 2017, INSTRUMENT_ACT},
    {"data protection act", "Data Protection Act", 2018, INSTRUMENT_ACT},
    {"dpa", "Data Protection Act", 2018, INSTRUMENT_ACT},
    {"national audit act", "National Audit Act", 1983, INSTRUMENT_ACT},
    {"local audit and accountability act", "Local Audit and Accountability Act", 2014, INSTRUMENT_ACT},
    {"coronavirus act", "Coronavirus Act", 2020, INSTRUMENT_ACT},
    {"mental capacity act", "Mental Capacity Act", 2005, INSTRUMENT_ACT},
    {"human tissue act", "Human Tissue Act", 2004, INSTRUMENT_ACT},
    {"health service control of patient information regulations",
     "Health Service (Control of Patient Information) Regulations", 2002, INSTRUMENT_REGULATIONS},
    {"health services control of patient information regulations",
     "Health Service (Control of Patient Information) Regulations", 2002, INSTRUMENT_REGULATIONS},
    {"control of patient information regulations",
     "Health Service (Control of Patient Information) Regulations", 2002, INSTRUMENT_REGULATIONS},
    {"control of patient information notice", "Health Service (Control of Patient Information) Regulations",
     2002, INSTRUMENT_REGULATIONS},
    {"copi regulations", "Health Service (Control of Patient Information) Regulations", 2002,
     INSTRUMENT_REGULATIONS},
    {"copi regs", "Health Service (Control of Patient Information) Regulations", 2002,
     INSTRUMENT_REGULATIONS},
    {"copi notice", "Health Service (Control of Patient Information) Regulations", 2002,
     INSTRUMENT_REGULATIONS},
    {"copi notices", "Health Service (Control of Patient Information) Regulations", 2002,
     INSTRUMENT_REGULATIONS},
    {"copi", "Health Service (Control of Patient Information) Regulations", 2002, INSTRUMENT_REGULATIONS},
    {"cv 19 notice", "Health Service (Control of Patient Information) Regulations", 2002,
     INSTRUMENT_REGULATIONS},
    {"cv 19", "Health Service (Control of Patient Information) Regulations", 2002, INSTRUMENT_REGULATIONS},
    {"uk gdpr", LEGAL_GDPR, NEVER_A_YEAR, INSTRUMENT_GDPR},
    {"eu gdpr", LEGAL_GDPR, NEVER_A_YEAR, INSTRUMENT_GDPR},
    {"gdpr", LEGAL_GDPR, NEVER_A_YEAR, INSTRUMENT_GDPR},
    {"uk general data protection regulation", LEGAL_GDPR, NEVER_A_YEAR, INSTRUMENT_GDPR},
    {"uk general data protection regulations", LEGAL_GDPR, NEVER_A_YEAR, INSTRUMENT_GDPR},
    {"general data protection regulation", LEGAL_GDPR, NEVER_A_YEAR, INSTRUMENT_GDPR},
    {"general data protection regulations", LEGAL_GDPR, NEVER_A_YEAR, INSTRUMENT_GDPR},
};

/* How many tokens spell `words`; brackets and dashes between them are passed over, '&' is "and". 0: they do
 * not. */
static size_t match_words(const struct token *tokens, const char *words)
{
    size_t i = 0;
    while (*words) {
        while (i > 0 && (tokens[i].kind == TOKEN_OPEN || tokens[i].kind == TOKEN_CLOSE ||
                         (tokens[i].kind == TOKEN_DASH && !tokens[i].is_spaced)))
            i++;
        size_t len = strcspn(words, " ");
        bool is_and =
            tokens[i].kind == TOKEN_MARK && *tokens[i].start == '&' && strncmp(words, "and", len) == 0;
        bool same = (tokens[i].kind == TOKEN_WORD || tokens[i].kind == TOKEN_NUMBER) &&
                    tokens[i].len == len && strncasecmp(tokens[i].start, words, len) == 0;
        if (!same && !is_and)
            return 0;
        i++;
        words += len;
        words += *words == ' ';
    }
    return i;
}

/* "2012", "(2012)", "of 2012", ", 2012" at tokens; *ret_year and how many tokens, 0 for none. */
static size_t match_year(const struct token *tokens, int *ret_year)
{
    size_t i = 0;
    if (tokens[0].kind == TOKEN_OPEN || tokens[0].kind == TOKEN_COMMA || token_is(&tokens[0], "of"))
        i = 1;
    int year = token_year(&tokens[i]);
    if (!year || (tokens[0].kind == TOKEN_OPEN && tokens[i + 1].kind != TOKEN_CLOSE))
        return 0;
    *ret_year = year;
    return i + 1 + (tokens[0].kind == TOKEN_OPEN);
}

/* "(EU) 2016/679" behind the GDPR's name. */
static size_t match_eu_number(const struct token *tokens)
{
    static const char *const parts[] = {"eu", "no", "2016", "679", "regulation"};
    size_t i = 0;
    while (tokens[i].kind == TOKEN_OPEN || tokens[i].kind == TOKEN_CLOSE ||
           (tokens[i].kind == TOKEN_MARK && *tokens[i].start == '/') ||
           token_is_any(&tokens[i], parts, sizeof parts / sizeof *parts))
        i++;
    return i > 0 && token_is(&tokens[i - 1], "679") ? i : 0;
}

static char *name_with_year(const char *title, int year)
{
    return year > 0 ? mem_format("%s %d", title, year) : mem_text(title);
}

static bool known_instrument(const struct token *tokens, struct instrument *ret)
{
    const struct known_name *best = NULL;
    size_t best_len = 0;
    for (size_t i = 0; i < sizeof known_names / sizeof *known_names; i++) {
        size_t len = match_words(tokens, known_names[i].words);
        if (len <= best_len)
            continue;
        best = &known_names[i];
        best_len = len;
    }
    if (!best)
        return false;
    int year = best->year;
    if (year == NEVER_A_YEAR)
        best_len += match_eu_number(tokens + best_len);
    else
        best_len += match_year(tokens + best_len, &year);
    *ret = (struct instrument){name_with_year(best->title, year), best->class, best_len};
    return true;
}

static const struct {
    const char *word;
    enum instrument_class class;
} shapes[] = {
    {"act", INSTRUMENT_ACT},     {"regulations", INSTRUMENT_REGULATIONS}, {"order", INSTRUMENT_REGULATIONS},
    {"rules", INSTRUMENT_OTHER}, {"directions", INSTRUMENT_OTHER},        {"direction", INSTRUMENT_OTHER},
};

/* Index in shapes[], or -1. */
static int shape_of(const struct token *token)
{
    for (int i = 0; i < (int)(sizeof shapes / sizeof *shapes); i++)
        if (token_is_capital(token) && token_is(token, shapes[i].word))
            return i;
    return -1;
}

static bool may_begin_title(const struct token *token)
{
    static const char *const others[] = {"the",      "other",   "under", "section", "sections", "regulation",
                                         "article",  "this",    "that",  "see",     "per",      "part",
                                         "schedule", "consent", "and",   "of",      "in"};
    return token_is_capital(token) && !token_is_any(token, others, sizeof others / sizeof *others);
}

static bool may_go_on_title(const struct token *token)
{
    static const char *const light[] = {"and", "of", "the",  "for", "in",  "to",
                                        "on",  "by", "with", "etc", "from"};
    if (token->kind == TOKEN_WORD)
        return token_is_capital(token) || token_is_any(token, light, sizeof light / sizeof *light);
    if (token->kind == TOKEN_DASH || token->kind == TOKEN_NUMBER)
        return !token->is_spaced;
    if (token->kind == TOKEN_MARK)
        return *token->start == '&' || *token->start == ':';
    return token->kind == TOKEN_OPEN || token->kind == TOKEN_CLOSE;
}

static char *source_text(const struct token *first, const struct token *last)
{
    return mem_copy(first->start, (size_t)(last->start + last->len - first->start));
}

/* A title that ends in "Act 2009", "Directions 2023" and the like; without a year only where nothing goes on.
 */
static bool shaped_instrument(const struct token *tokens, struct instrument *ret)
{
    if (!may_begin_title(&tokens[0]))
        return false;
    for (size_t i = 1; i < LEGAL_TITLE_TOKENS && may_go_on_title(&tokens[i]); i++) {
        int shape = shape_of(&tokens[i]), year = NO_YEAR;
        if (shape < 0)
            continue;
        size_t more = match_year(tokens + i + 1, &year);
        if (!more && (may_go_on_title(&tokens[i + 1]) || tokens[i + 1].kind == TOKEN_WORD))
            continue;
        MEM_AUTO char *title = source_text(&tokens[0], &tokens[i]);
        *ret = (struct instrument){name_with_year(title, year), shapes[shape].class, i + 1 + more};
        return true;
    }
    return false;
}

/* "2012 Health and Social Care Act": the year before the name, and none behind it. */
static bool year_first(const struct token *tokens, struct instrument *ret)
{
    int year = token_year(&tokens[0]);
    struct instrument named;
    if (!year || (!known_instrument(tokens + 1, &named) && !shaped_instrument(tokens + 1, &named)))
        return false;
    size_t len = strlen(named.name);
    bool has_year = named.tokens && token_year(&tokens[named.tokens]);
    if (has_year || named.class == INSTRUMENT_GDPR) {
        free(named.name);
        return false;
    }
    if (len > 5 && strspn(named.name + len - 4, "0123456789") == 4)
        len -= 5;
    *ret =
        (struct instrument){mem_format("%.*s %d", (int)len, named.name, year), named.class, named.tokens + 1};
    free(named.name);
    return true;
}

/* Takes "(HSCA)" behind the name as one more name of the same. */
static void take_other_name(const struct token *tokens, struct instrument *instrument)
{
    struct instrument other;
    size_t i = instrument->tokens;
    if (tokens[i].kind != TOKEN_OPEN || !known_instrument(tokens + i + 1, &other))
        return;
    if (strcmp(other.name, instrument->name) == 0 && tokens[i + 1 + other.tokens].kind == TOKEN_CLOSE)
        instrument->tokens += other.tokens + 2;
    free(other.name);
}

/* Whether the name of so many tokens ends as titles do, but for its year. */
static bool ends_as_title(const struct token *tokens, size_t count)
{
    for (size_t i = count; i-- > 0;)
        if (tokens[i].kind == TOKEN_WORD && !token_is(&tokens[i], "of"))
            return shape_of(&tokens[i]) >= 0;
    return false;
}

bool legal_instrument(const struct token *tokens, struct instrument *ret_instrument)
{
    struct instrument known = {0}, shaped = {0};
    bool is_known = known_instrument(tokens, &known);
    /* A longer title may begin with a known short name ("NHSA Directions 2020"). */
    bool is_whole = is_known && ends_as_title(tokens, known.tokens);
    bool is_shaped = !is_whole && shaped_instrument(tokens, &shaped);
    if (is_known && is_shaped) {
        bool takes_shape = shaped.tokens > known.tokens;
        free(takes_shape ? known.name : shaped.name);
        *ret_instrument = takes_shape ? shaped : known;
    } else if (is_known || is_shaped) {
        *ret_instrument = is_known ? known : shaped;
    } else if (!year_first(tokens, ret_instrument)) {
        return false;
    }
    take_other_name(tokens, ret_instrument);
    return true;
}
