/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The method `suggest`: what a text that is being typed may become. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/answer.h"
#include "daemon/search/completions.h"
#include "daemon/search/typed.h"
#include "indexer/base/json_text.h"
#include "indexer/register/key.h"

enum {
    SUGGEST_LIMIT_DEFAULT = 10, /* of at most COMPLETIONS_MAX */
    TYPED_WORDS_MAX = 12,       /* last words of the text that are looked for together */
    SHARE_SPARE = 1,            /* more than an even share that one kind may have while others have any */
};

/* What was found of each kind, best first, and how many of it are taken into the reply. */
struct found {
    struct completion best[COMPLETION_KIND_COUNT][COMPLETIONS_MAX];
    size_t counts[COMPLETION_KIND_COUNT], taken[COMPLETION_KIND_COUNT];
};

static bool comes_before(const struct completion *a, const struct completion *b)
{
    if (a->fit != b->fit)
        return a->fit < b->fit;
    return a->count != b->count ? a->count > b->count : a->kind < b->kind;
}

/* ---- words ---- */

/* How many records a search for the word finds: those that have its stem. */
static enum shim_status count_stem(struct inquiry *inquiry, const struct term *stem, bool has_older,
                                   uint32_t *ret_count)
{
    struct shim_reader *reader = inquiry->worker->reader;
    struct shim_error *error = &inquiry->matcher.error;
    if (!has_older)
        return shim_reader_frequency(reader, stem->bytes, stem->len, ret_count, error);
    struct bits documents = bits_new(inquiry->columns->bits);
    struct shim_query *query = shim_query_word(stem->bytes, stem->len);
    enum shim_status status =
        query ? shim_match(reader, query, documents.words, documents.count, error) : SHIM_NO_MEMORY;
    shim_query_free(query);
    bits_and(&documents, &inquiry->columns->current);
    *ret_count = (uint32_t)bits_total(&documents);
    bits_free(&documents);
    return status;
}

/* Of words that are found alike only the most frequent stays, with what a search for it finds; at most
 * `limit`. */
static enum shim_status settle_words(struct inquiry *inquiry, struct found *found, size_t limit)
{
    struct completion *words = found->best[COMPLETION_WORD];
    bool has_older = bits_total(&inquiry->columns->all) != bits_total(&inquiry->columns->current);
    STRLIST_AUTO struct strlist stems = {0};
    size_t kept = 0;
    for (size_t i = 0; i < found->counts[COMPLETION_WORD] && kept < limit; i++) {
        struct token token;
        struct completion word = words[i];
        analyser_begin(inquiry->worker->analyser, word.text, word.len);
        if (!analyser_next(inquiry->worker->analyser, &token))
            continue;
        MEM_AUTO char *stem = mem_copy(token.term.bytes, token.term.len);
        if (!strlist_add_unique(&stems, stem))
            continue;
        enum shim_status status = count_stem(inquiry, &token.term, has_older, &word.count);
        if (status != SHIM_OK)
            return status;
        size_t place = word.count > 0 ? kept++ : kept;
        for (; place > 0 && comes_before(&word, &words[place - 1]); place--)
            words[place] = words[place - 1];
        words[place] = word;
    }
    found->counts[COMPLETION_WORD] = kept;
    return SHIM_OK;
}

/* ---- finding ---- */

/* References are offered to who types one: they begin so, or hold a number. */
static bool may_be_reference(const char *folded)
{
    return strpbrk(folded, "0123456789") || strncmp(folded, "nic", 3) == 0 || strncmp(folded, "dars", 4) == 0;
}

/* A provision as paths spell it: "section 251" and "251" are s251, "regulation 3" is reg 3. */
static char *as_provision(const char *folded)
{
    static const struct {
        const char *typed, *spelt;
    } forms[] = {{"section-", "s"}, {"s-", "s"}, {"regulation-", "reg-"}, {"article-", "art-"}, {"", "s"}};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t len = strlen(forms[i].typed);
        if (strncmp(folded, forms[i].typed, len) == 0 && isdigit((unsigned char)folded[len]))
            return mem_format("%s%s", forms[i].spelt, folded + len);
    }
    return mem_text(folded);
}

/* Who controls the data is mostly who gets it: then it is named once. */
static void drop_known_controllers(struct found *found)
{
    struct completion *controllers = found->best[COMPLETION_CONTROLLER];
    size_t kept = 0;
    for (size_t i = 0; i < found->counts[COMPLETION_CONTROLLER]; i++) {
        bool is_known = false;
        for (size_t n = 0; n < found->counts[COMPLETION_ORGANISATION] && !is_known; n++)
            is_known = strcmp(found->best[COMPLETION_ORGANISATION][n].text, controllers[i].text) == 0;
        if (!is_known)
            controllers[kept++] = controllers[i];
    }
    found->counts[COMPLETION_CONTROLLER] = kept;
}

/* The last character parts words: what was typed before it is complete. */
static bool is_ended(const struct typed *typed)
{
    unsigned char last = typed->len > 0 ? (unsigned char)typed->text[typed->len - 1] : 'a';
    return last < 0x80 && !isalnum(last) && last != '\'' && last != '+';
}

static char *fold_typed(const struct typed *typed)
{
    MEM_AUTO char *text = mem_copy(typed->text, typed->len);
    for (size_t i = 0; i < typed->len; i++)
        if (!text[i])
            text[i] = ' ';
    return key_fold(text);
}

static size_t find_all(const struct inquiry *inquiry, const struct typed *typed, size_t limit,
                       struct found *found)
{
    MEM_AUTO char *folded = fold_typed(typed);
    MEM_AUTO char *provision = as_provision(folded);
    size_t total = 0;
    for (enum completion_kind kind = 0; kind < COMPLETION_KIND_COUNT; kind++) {
        bool wanted = typed->kinds & 1U << kind && (typed->is_value || *folded);
        if (kind == COMPLETION_RECORD && !typed->is_value && !may_be_reference(folded))
            wanted = false;
        found->taken[kind] = 0;
        found->counts[kind] =
            wanted ? completions_find(inquiry->snapshot->completions, kind,
                                      kind == COMPLETION_PROVISION ? provision : folded, is_ended(typed),
                                      found->best[kind], kind == COMPLETION_WORD ? COMPLETIONS_MAX : limit)
                   : 0;
        total += found->counts[kind];
    }
    drop_known_controllers(found);
    return total;
}

static size_t count_words(struct typed typed)
{
    size_t count = typed.len > 0;
    while (typed_drop_word(&typed))
        count++;
    return count;
}

/* Finds what the last words may become: as many of them as there is anything for. */
static void find(const struct inquiry *inquiry, struct typed *typed, size_t limit, struct found *found)
{
    for (size_t words = count_words(*typed); words > TYPED_WORDS_MAX && !typed->is_value; words--)
        typed_drop_word(typed);
    while (find_all(inquiry, typed, limit, found) == 0 && !typed->is_value)
        if (!typed_drop_word(typed))
            return;
}

/* ---- choosing ---- */

/* The kind whose next is the best, of those with less than `share` taken; `fresh`: of those with none taken.
 * -1 where there is none. */
static int next_kind(const struct found *found, size_t share, bool fresh)
{
    int best = -1;
    for (int kind = 0; kind < COMPLETION_KIND_COUNT; kind++) {
        size_t taken = found->taken[kind];
        if (taken == found->counts[kind] || taken >= share || (fresh && taken > 0))
            continue;
        if (best < 0 || comes_before(&found->best[kind][taken], &found->best[best][found->taken[best]]))
            best = kind;
    }
    return best;
}

static size_t count_kinds(const struct found *found, bool fresh)
{
    size_t count = 0;
    for (int kind = 0; kind < COMPLETION_KIND_COUNT; kind++)
        count += found->counts[kind] > 0 && !(fresh && found->taken[kind] > 0);
    return count;
}

/* Takes `limit` in all: the best, but of each kind that has any one at least, and of none much more than its
 * share while others have some left. */
static void choose(struct found *found, size_t limit)
{
    size_t kinds = count_kinds(found, false);
    size_t share = kinds ? (limit + kinds - 1) / kinds + SHARE_SPARE : 0;
    for (size_t left = limit; left > 0; left--) {
        int kind = next_kind(found, share, left <= count_kinds(found, true));
        if (kind < 0)
            kind = next_kind(found, SIZE_MAX, false);
        if (kind < 0)
            return;
        found->taken[kind]++;
    }
}

/* Those taken, the best first. */
static void put_found(struct found *found, struct buf *to)
{
    size_t put[COMPLETION_KIND_COUNT] = {0};
    for (;;) {
        const struct completion *best = NULL;
        for (int kind = 0; kind < COMPLETION_KIND_COUNT; kind++)
            if (put[kind] < found->taken[kind] &&
                (!best || comes_before(&found->best[kind][put[kind]], best)))
                best = &found->best[kind][put[kind]];
        if (!best)
            return;
        put[best->kind]++;
        json_text_comma(to);
        buf_byte(to, '{');
        json_text_member(to, "text");
        json_text_string(to, best->text, best->len);
        json_text_member(to, "kind");
        json_text_or_null(to, completion_kind_name(best->kind));
        json_text_member(to, "count");
        json_text_number(to, best->count);
        buf_byte(to, '}');
    }
}

/* ---- the method ---- */

static enum search_status take_params(struct inquiry *inquiry, const json_t *params, struct typed *ret_typed,
                                      size_t *ret_limit)
{
    static const char *const known[] = {"q", "limit", NULL};
    if (request_check_names(params, known, "suggest", inquiry->error) != 0)
        return SEARCH_FAILED;
    const json_t *q = json_object_get(params, "q");
    const json_t *limit = json_object_get(params, "limit");
    if (!json_is_string(q))
        return answer_fail(inquiry->error, -32602, "suggest needs q, the text as typed so far");
    if (json_string_length(q) > search_limits()->query_bytes)
        return answer_fail(inquiry->error, -32602, "q takes a text of at most %d bytes",
                           (int)search_limits()->query_bytes);
    *ret_limit = SUGGEST_LIMIT_DEFAULT;
    if (limit && !json_is_null(limit)) {
        json_int_t number = json_is_integer(limit) ? json_integer_value(limit) : 0;
        if (number < 1 || number > COMPLETIONS_MAX)
            return answer_fail(inquiry->error, -32602, "limit takes a whole number from 1 to %d",
                               COMPLETIONS_MAX);
        *ret_limit = (size_t)number;
    }
    *ret_typed = typed_of(json_string_value(q), json_string_length(q));
    return SEARCH_OK;
}

enum search_status answer_suggest(struct inquiry *inquiry, const json_t *params, struct buf *to)
{
    struct typed typed = {0};
    size_t limit = 0;
    enum search_status status = take_params(inquiry, params, &typed, &limit);
    if (status != SEARCH_OK)
        return status;
    struct found *found = mem_zero(1, sizeof *found);
    find(inquiry, &typed, limit, found);
    enum shim_status settled = settle_words(inquiry, found, limit);
    if (settled != SHIM_OK) {
        free(found);
        return answer_status(settled, inquiry->matcher.error.text, inquiry->error);
    }
    choose(found, limit);
    buf_byte(to, '{');
    json_text_member(to, "revision");
    json_text_or_null(to, inquiry->snapshot->revision);
    json_text_member(to, "suggestions");
    buf_byte(to, '[');
    put_found(found, to);
    buf_byte(to, ']');
    json_text_member(to, "replaces");
    json_text_string(to, typed.text, typed.len);
    buf_byte(to, '}');
    free(found);
    return SEARCH_OK;
}
