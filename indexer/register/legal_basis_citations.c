/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which provision belongs to which instrument. */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/legal_basis_grammar.h"

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
    return legal_provisions(tokens + i, &list) > 0;
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
    size_t i = legal_provisions(tokens, list), more;
    *ret_last = 0;
    while (i && (token_is(&tokens[i], "and") || token_is(&tokens[i], "or"))) {
        size_t before = list->count;
        if ((more = legal_provisions(tokens + i + 1, list)) == 0)
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
    size_t between = skip_to_provisions(behind), len = legal_provisions(behind + between, &list);
    if (!len && (between == 0 || behind[between - 1].kind == TOKEN_DASH))
        len = legal_bare_provisions(behind + between, instrument.class, &list);
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

void legal_find_citations(struct parse *parse)
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
