/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/answers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"

enum { ANSWERS_VALUES_MAX = 1000 }; /* of one line; the rest stays with the last */

static const char *const dashes[] = {"-", "–", "—", "−"};

/* Length of the dash at `text`, 0 for none. */
static size_t dash_at(const char *text)
{
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++)
        if (strncmp(text, dashes[i], strlen(dashes[i])) == 0)
            return strlen(dashes[i]);
    return 0;
}

/* A text of `len` bytes without white space at its ends, *new*. */
static char *trimmed(const char *text, size_t len)
{
    while (len && *text == ' ') {
        text++;
        len--;
    }
    while (len && text[len - 1] == ' ')
        len--;
    return mem_copy(text, len);
}

/* Length of the piece at `text` up to a comma outside brackets. */
static size_t piece_length(const char *text)
{
    size_t len = 0;
    for (long depth = 0; text[len] && (text[len] != ',' || depth > 0); len++) {
        depth += (text[len] == '(') - (text[len] == ')');
        if (depth < 0)
            depth = 0;
    }
    return len;
}

/* Adds the pieces of a tidied text between commas outside brackets, empty ones left out. */
static void split_commas(const char *text, struct strlist *pieces)
{
    while (*text) {
        size_t len = pieces->len < ANSWERS_VALUES_MAX ? piece_length(text) : strlen(text);
        char *piece = trimmed(text, len);
        if (*piece)
            strlist_add_steal(pieces, piece);
        else
            free(piece);
        text += len;
        text += *text == ',';
    }
}

/* Adds what is not there in another spelling yet; `keys` go along with `values`. */
static void add_folded(struct strlist *values, struct strlist *keys, const char *value)
{
    MEM_AUTO char *key = key_fold(value);
    if (strlist_add_unique(keys, key))
        strlist_add_unique(values, value);
}

static void fold_all(const struct strlist *values, struct strlist *keys)
{
    for (size_t i = 0; i < values->len; i++)
        strlist_add_steal(keys, key_fold(values->items[i]));
}

void answers_split_list(const char *text, struct strlist *values)
{
    STRLIST_AUTO struct strlist pieces = {0};
    STRLIST_AUTO struct strlist keys = {0};
    MEM_AUTO char *tidy = key_tidy(text);
    split_commas(tidy, &pieces);
    fold_all(values, &keys);
    for (size_t i = 0; i < pieces.len; i++)
        add_folded(values, &keys, pieces.items[i]);
}

/* ---- Answers ---- */

/* Length of `word` at the beginning of a text, as a word of its own; 0 where it does not stand there. */
static size_t begins_with(const char *text, const char *word)
{
    size_t len = strlen(word);
    if (strncasecmp(text, word, len) != 0)
        return 0;
    return !text[len] || strchr(" (:.,;", text[len]) || dash_at(text + len) ? len : 0;
}

/* The yes or no that a text begins with; *ret_len its length. */
static enum answer leading_answer(const char *text, size_t *ret_len)
{
    static const struct {
        const char *word;
        enum answer answer;
    } words[] = {{"yes", ANSWER_YES}, {"y", ANSWER_YES}, {"no", ANSWER_NO}, {"n", ANSWER_NO}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        *ret_len = begins_with(text, words[i].word);
        if (*ret_len)
            return words[i].answer;
    }
    return ANSWER_UNKNOWN;
}

/* Where the reason behind a yes or no begins, *borrowed*: behind a dash, colon or comma, or at a bracket.
 * NULL where what follows goes on the sentence ("No answer was given"). */
static const char *reason_of(const char *behind)
{
    while (*behind == ' ' || *behind == '.')
        behind++;
    size_t dash = dash_at(behind);
    if (dash)
        behind += dash;
    else if (*behind && strchr(":,;", *behind))
        behind++;
    else if (*behind && *behind != '(')
        return NULL;
    while (*behind == ' ')
        behind++;
    return behind;
}

char *answers_opt_out(const char *text)
{
    char *tidy = key_tidy(text);
    field_as_level(tidy);
    MEM_AUTO char *key = key_fold(tidy);
    if (!*key) {
        free(tidy);
        return NULL;
    }
    size_t len;
    enum answer answer = leading_answer(tidy, &len);
    const char *reason = answer == ANSWER_UNKNOWN ? NULL : reason_of(tidy + len);
    if (!reason)
        return tidy;
    const char *word = answer == ANSWER_YES ? "Yes" : "No";
    char *path = *reason ? mem_format("%s" FIELD_PATH_SEPARATOR "%s", word, reason) : mem_text(word);
    free(tidy);
    return path;
}

enum answer answers_yes_no(const char *text)
{
    MEM_AUTO char *key = key_fold(text);
    static const struct {
        const char *word;
        enum answer answer;
    } words[] = {{"yes", ANSWER_YES}, {"y", ANSWER_YES}, {"true", ANSWER_YES},
                 {"no", ANSWER_NO},   {"n", ANSWER_NO},  {"false", ANSWER_NO}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(key, words[i].word) == 0)
            return words[i].answer;
    return ANSWER_UNKNOWN;
}

/* Whether a text begins with a confidentiality class. */
static bool is_class(const char *text)
{
    static const char *const words[] = {"anonymised", "identifiable",  "aggregated",
                                        "aggregate",  "pseudonymised", "anonymized"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins_with(text, words[i]))
            return true;
    return false;
}

/* Whether a piece begins an answer of its own, and does not go on the one before: capital letter, and a "No"
 * is followed by its reason or by nothing. */
static bool begins_answer(const char *piece)
{
    if (*piece < 'A' || *piece > 'Z')
        return false;
    size_t len;
    if (leading_answer(piece, &len) != ANSWER_UNKNOWN)
        return reason_of(piece + len) != NULL;
    return is_class(piece);
}

/* Where the bracket that ends an answer opens, one that is never closed included; NULL for none. A bracket
 * right behind a letter belongs to the word: "flow(s)". */
static char *trailing_bracket(char *answer)
{
    char *open = NULL;
    long depth = 0;
    for (char *c = answer; *c; c++) {
        if (*c == '(' && depth++ == 0)
            open = c;
        else if (*c == ')' && depth > 0)
            depth--;
        else if (depth == 0 && *c != ' ')
            open = NULL;
    }
    return open && open > answer && open[-1] == ' ' ? open : NULL;
}

/* Takes the reasons in brackets off an answer's end, and adds them to the list. */
static void take_reasons(char *answer, struct strlist *reasons)
{
    char *open = trailing_bracket(answer);
    if (!open)
        return;
    size_t len = strlen(open + 1);
    if (len && open[len] == ')')
        open[len] = '\0';
    const char *inside = open + 1;
    if (strncasecmp(inside, "Excuses:", 8) == 0) /* as newer pages introduce them */
        inside += 8;
    STRLIST_AUTO struct strlist pieces = {0};
    split_commas(inside, &pieces);
    strlist_merge(reasons, &pieces);
    while (open > answer && open[-1] == ' ')
        open--;
    *open = '\0';
}

static void add_page_answer(char *answer, struct strlist *opt_outs, struct strlist *identifiability,
                            struct strlist *duty_of_confidence)
{
    take_reasons(answer, duty_of_confidence);
    if (is_class(answer)) {
        answers_split_list(answer, identifiability);
        return;
    }
    MEM_AUTO char *path = answers_opt_out(answer);
    if (path)
        strlist_add_unique(opt_outs, path);
}

void answers_parse_page(const char *text, struct strlist *opt_outs, struct strlist *identifiability,
                        struct strlist *duty_of_confidence)
{
    MEM_AUTO char *tidy = key_tidy(text);
    STRLIST_AUTO struct strlist pieces = {0};
    split_commas(tidy, &pieces);
    for (size_t i = 0; i < pieces.len;) {
        char *answer = mem_text(pieces.items[i++]);
        for (; i < pieces.len && !begins_answer(pieces.items[i]); i++) {
            char *longer = mem_format("%s, %s", answer, pieces.items[i]);
            free(answer);
            answer = longer;
        }
        add_page_answer(answer, opt_outs, identifiability, duty_of_confidence);
        free(answer);
    }
}

bool answers_type_of_data(const char *text, struct strlist *identifiability)
{
    MEM_AUTO char *key = key_fold(text);
    if (!*key || strncmp(key, "information-not-disclosed", 25) == 0)
        return true;
    STRLIST_AUTO struct strlist pieces = {0};
    MEM_AUTO char *tidy = key_tidy(text);
    split_commas(tidy, &pieces);
    bool is_understood = true;
    for (size_t i = 0; i < pieces.len; i++) {
        if (is_class(pieces.items[i]))
            answers_split_list(pieces.items[i], identifiability);
        else
            is_understood = false;
    }
    return is_understood;
}

/* ---- Sensitivity ---- */

/* The usual spelling of one of the two classes, or NULL. */
static const char *sensitivity_class(const char *text)
{
    MEM_AUTO char *key = key_fold(text);
    if (strcmp(key, "sensitive") == 0)
        return "Sensitive";
    static const char *const negative[] = {"non-sensitive", "nonsensitive", "not-sensitive"};
    for (size_t i = 0; i < sizeof negative / sizeof *negative; i++)
        if (strcmp(key, negative[i]) == 0)
            return "Non-Sensitive";
    return NULL;
}

static void add_sensitivity(const char *piece, struct strlist *values, struct strlist *keys)
{
    if (strncasecmp(piece, "and ", 4) == 0)
        piece += 4;
    const char *class = sensitivity_class(piece), *both = strcasestr(piece, " and ");
    if (!class && both) {
        MEM_AUTO char *first = mem_copy(piece, (size_t)(both - piece));
        const char *second = sensitivity_class(both + 5);
        if (sensitivity_class(first) && second) {
            add_folded(values, keys, sensitivity_class(first));
            class = second;
        }
    }
    add_folded(values, keys, class ? class : piece);
}

void answers_sensitivity(const char *text, struct strlist *values)
{
    STRLIST_AUTO struct strlist pieces = {0};
    STRLIST_AUTO struct strlist keys = {0};
    MEM_AUTO char *tidy = key_tidy(text);
    split_commas(tidy, &pieces);
    fold_all(values, &keys);
    for (size_t i = 0; i < pieces.len; i++)
        add_sensitivity(pieces.items[i], values, &keys);
}
