/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/analyser.h"

#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/text/fold.h"
#include "indexer/text/scan.h"

enum {
    COMPOUND_PIECES_MAX = 3,
    PLUS_MAX = 2,      /* "C++" */
    KEY_MAX = 1 << 20, /* bytes of a key; a longer one is cut */
};

static const struct term no_term = {"", 0};

struct analyser *analyser_new(void)
{
    struct analyser *analyser = mem_zero(1, sizeof *analyser);

    analyser->stems = stems_new();
    if (analyser->stems == NULL) {
        free(analyser);
        return NULL;
    }
    analyser_begin(analyser, "", 0);
    return analyser;
}

void analyser_free(struct analyser *analyser)
{
    if (analyser == NULL)
        return;
    stems_free(analyser->stems);
    free(analyser);
}

void analyser_begin(struct analyser *analyser, const char *text, size_t len)
{
    analyser->text = len > 0 ? text : "";
    analyser->len = len;
    analyser->at = 0;
    analyser->link = SIZE_MAX;
    analyser->position = 0;
}

/* How many '+' stand right behind `at`, where no word follows them. */
static size_t count_plus(const char *text, size_t len, size_t at)
{
    size_t count = 0;

    while (count < PLUS_MAX && at + count < len && text[at + count] == '+')
        count++;
    if (count > 0 && at + count < len && fold_ascii[(unsigned char)text[at + count]] != 0)
        return 0;
    return count;
}

/* What a word that is not plain turns out to be, and where it ends. */
static void recognise(struct analyser *analyser)
{
    const struct word *word = &analyser->word;
    size_t hyphen;

    if (agreement_reference_read(analyser->text, analyser->len, word, &analyser->reference)) {
        analyser->kind = SCAN_REFERENCE;
        analyser->end = analyser->reference.end;
        return;
    }
    if (statute_read(analyser->text, analyser->len, word, &analyser->statute)) {
        analyser->kind = SCAN_STATUTE;
        analyser->end = analyser->statute.end;
        return;
    }
    analyser->end = word->end + count_plus(analyser->text, analyser->len, word->end);
    analyser->goes_on = word->start == analyser->link;
    hyphen = fold_hyphen(analyser->text, analyser->len, analyser->end);
    if (hyphen > 0)
        analyser->link = analyser->end + hyphen;
}

bool analyser_scan(struct analyser *analyser)
{
    if (!word_find(analyser->text, analyser->len, analyser->at, &analyser->word))
        return false;
    analyser->kind = SCAN_WORD;
    analyser->end = analyser->word.end;
    if (!analyser->word.is_plain)
        recognise(analyser);
    analyser->at = analyser->end;
    analyser->position++;
    return true;
}

/* The hyphenated compound whose first piece is the current word. */
static void read_compound(struct analyser *analyser)
{
    struct compound *compound = &analyser->compound;
    const struct word *first = &analyser->word;
    size_t hyphen, at = first->end;

    compound->pieces = 0;
    compound->len = 0;
    if (analyser->goes_on || !first->is_letters || fold_hyphen(analyser->text, analyser->len, at) == 0)
        return;
    memcpy(compound->folded, first->folded, first->len);
    compound->len = first->len;
    for (unsigned pieces = 1; (hyphen = fold_hyphen(analyser->text, analyser->len, at)) > 0; pieces++) {
        struct word piece;
        if (!word_find_any(analyser->text, analyser->len, at + hyphen, &piece) || piece.start != at + hyphen)
            return;
        if (pieces == COMPOUND_PIECES_MAX || !piece.is_letters ||
            compound->len + piece.len > sizeof compound->folded) {
            compound->pieces = 0;
            return;
        }
        memcpy(compound->folded + compound->len, piece.folded, piece.len);
        compound->len += piece.len;
        compound->pieces = pieces + 1;
        compound->end = at = piece.end;
    }
}

static bool is_equal(struct term a, struct term b)
{
    return a.len == b.len && memcmp(a.bytes, b.bytes, a.len) == 0;
}

/* Adds a term at the token's position, unless it is there already. */
static void add_extra(struct token *token, struct term term)
{
    if (token->extra_count == TOKEN_EXTRA_MAX || is_equal(term, token->term))
        return;
    for (size_t i = 0; i < token->extra_count; i++) {
        if (is_equal(term, token->extra[i]))
            return;
    }
    token->extra[token->extra_count++] = term;
}

static bool has_letter(const struct word *word)
{
    for (size_t i = 0; i < word->len; i++) {
        if ((unsigned char)word->folded[i] >= 'a')
            return true;
    }
    return false;
}

static void complete_joined(struct analyser *analyser, struct token *token)
{
    struct compound *compound = &analyser->compound;

    read_compound(analyser);
    if (compound->pieces < 2)
        return;
    token->joined = stems_of(analyser->stems, compound->folded, compound->len);
    token->joined_span = compound->pieces;
    add_extra(token, token->joined);
}

static void complete_plus(struct analyser *analyser, struct token *token)
{
    const struct word *word = &analyser->word;
    size_t plus = analyser->end - word->end;

    if (plus == 0 || word->len + plus > ANALYSER_WORD_MAX)
        return;
    memcpy(analyser->plus, word->folded, word->len);
    memset(analyser->plus + word->len, '+', plus);
    token->exact = (struct term){analyser->plus, word->len + plus};
    add_extra(token, token->exact);
}

static void complete_word(struct analyser *analyser, struct token *token)
{
    const struct word *word = &analyser->word;
    struct term folded = {word->folded, word->len};

    token->is_name = word->is_capital;
    token->term = word->is_letters ? stems_of(analyser->stems, word->folded, word->len) : folded;
    token->exact = token->term;
    token->word = word->is_letters || has_letter(word) ? folded : no_term;
    if (word->is_plain)
        return;
    complete_joined(analyser, token);
    complete_plus(analyser, token);
}

static void complete_statute(struct analyser *analyser, struct token *token)
{
    const struct statute *statute = &analyser->statute;
    const struct word *word = &analyser->word;

    token->term = (struct term){statute->bytes, statute->level_end[0]};
    token->exact = (struct term){statute->bytes, statute->level_end[statute->levels]};
    for (size_t i = 1; i <= statute->levels; i++)
        add_extra(token, (struct term){statute->bytes, statute->level_end[i]});
    for (size_t i = 0; i <= statute->levels; i++)
        add_extra(token,
                  (struct term){statute->bytes + statute->lead, statute->level_end[i] - statute->lead});
    if (statute->is_word_apart)
        add_extra(token, stems_of(analyser->stems, word->folded, word->len));
}

static void complete_reference(struct analyser *analyser, struct token *token)
{
    const struct agreement_reference *reference = &analyser->reference;
    const char *bytes = reference->bytes;
    bool has_version = reference->len > reference->letters_end;
    size_t nic = reference->nic;

    token->term = (struct term){bytes + nic, reference->letters_end - nic};
    token->exact = has_version ? (struct term){bytes, reference->len} : token->term;
    add_extra(token, (struct term){bytes, reference->len});
    add_extra(token, (struct term){bytes + nic, reference->len - nic});
    add_extra(token, (struct term){bytes, reference->letters_end});
    add_extra(token, (struct term){bytes + nic, reference->number_end - nic});
    add_extra(token, (struct term){bytes + reference->number, reference->number_end - reference->number});
    if (reference->letters_end > reference->letters)
        add_extra(token,
                  (struct term){bytes + reference->letters, reference->letters_end - reference->letters});
}

void analyser_complete(struct analyser *analyser, struct token *token)
{
    stems_settle(analyser->stems);
    token->start = analyser->word.start;
    token->len = analyser->end - token->start;
    token->position = analyser->position - 1;
    token->word = token->joined = no_term;
    token->joined_span = 0;
    token->extra_count = 0;
    token->is_name = false;
    switch (analyser->kind) {
    case SCAN_WORD:
        complete_word(analyser, token);
        break;
    case SCAN_STATUTE:
        complete_statute(analyser, token);
        break;
    case SCAN_REFERENCE:
        complete_reference(analyser, token);
        break;
    }
}

bool analyser_next(struct analyser *analyser, struct token *token)
{
    if (!analyser_scan(analyser))
        return false;
    analyser_complete(analyser, token);
    return true;
}

char *analyser_key(struct analyser *analyser, const char *text, size_t len)
{
    struct buf key = BUF_INIT(KEY_MAX);
    struct token token;

    analyser_begin(analyser, text, len);
    while (analyser_next(analyser, &token)) {
        if (key.len > 0)
            buf_byte(&key, ' ');
        buf_append(&key, token.exact.bytes, token.exact.len);
    }
    key.failed = false;
    char *taken = buf_take(&key);
    return taken != NULL ? taken : mem_text("");
}
