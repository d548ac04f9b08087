/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/correct.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/search.h"
#include "indexer/base/mem.h"

/* A word of the text and what is to stand in its place. */
struct mending {
    size_t start, len;
    const char *word;
};

/* A word that was looked up, and what it became; NULL: nothing. */
struct lookup {
    char *word, *neighbour;
};

struct correcting {
    struct matcher *matcher;
    const char *text;
    bool few; /* records were found */
    size_t words;
    struct lookup lookups[CORRECT_LOOKUPS_MAX]; /* each word once */
    size_t lookup_count;
    struct mending *mendings;
    size_t count, cap;
};

/* Small letters alone, enough of them: no number, no reference, no acronym's '&'. */
static bool may_be_misspelt(const struct term *word)
{
    if (word->len < CORRECT_SHORTEST || word->len > SHIM_SPELLING_MAX)
        return false;
    for (size_t i = 0; i < word->len; i++) {
        unsigned char byte = (unsigned char)word->bytes[i];
        if (byte < 0x80 && !islower(byte))
            return false;
    }
    return true;
}

/* How many documents have the stem of a word. */
static enum shim_status count_word(struct matcher *matcher, const char *word, uint32_t *ret_count)
{
    struct token token;
    *ret_count = 0;
    analyser_begin(matcher->analyser, word, strlen(word));
    if (!analyser_next(matcher->analyser, &token))
        return SHIM_OK;
    return shim_reader_frequency(matcher->reader, token.exact.bytes, token.exact.len, ret_count,
                                 &matcher->error);
}

/* The spelling entry nearest to a word, *new*; "" where none is near. It takes the library some hundred times
 * as long as to look a word up, so it is kept. */
static enum shim_status find_near(struct matcher *matcher, const char *word, char **ret_near)
{
    size_t len = strlen(word);
    char *near;
    if (matcher->kept && kept_find_word(matcher->kept, word, ret_near))
        return SHIM_OK;
    enum shim_status status =
        shim_reader_correct(matcher->reader, word, len, len < CORRECT_LONG ? 1 : 2, &near, &matcher->error);
    if (status != SHIM_OK && status != SHIM_NOT_FOUND)
        return status;
    *ret_near = mem_text(status == SHIM_OK ? near : "");
    if (status == SHIM_OK)
        shim_free(near);
    if (matcher->kept)
        kept_put_word(matcher->kept, word, *ret_near);
    return SHIM_OK;
}

/* The register's neighbour of a word that `count` documents have, *new*; NULL where there is none that says
 * more. */
static enum shim_status find_neighbour(struct matcher *matcher, const char *word, uint32_t count,
                                       char **ret_word)
{
    MEM_AUTO char *near = NULL;
    *ret_word = NULL;
    /* No word is in more documents than there are. */
    if (bits_total(&matcher->columns->all) / CORRECT_RARER < count)
        return SHIM_OK;
    enum shim_status status = find_near(matcher, word, &near);
    if (status != SHIM_OK || !*near)
        return status;
    uint32_t near_count;
    status = count_word(matcher, near, &near_count);
    if (status == SHIM_OK && near_count > 0 && near_count / CORRECT_RARER >= count)
        *ret_word = mem_text(near);
    return status;
}

/* What a word becomes, *borrowed*; NULL where it stays, or too many were looked up. */
static enum shim_status look_up(struct correcting *correcting, const char *word, const char **ret_neighbour)
{
    *ret_neighbour = NULL;
    for (size_t i = 0; i < correcting->lookup_count; i++) {
        if (strcmp(correcting->lookups[i].word, word) == 0) {
            *ret_neighbour = correcting->lookups[i].neighbour;
            return SHIM_OK;
        }
    }
    uint32_t count;
    enum shim_status status = count_word(correcting->matcher, word, &count);
    if (status != SHIM_OK || (count > 0 && !correcting->few) ||
        correcting->lookup_count == CORRECT_LOOKUPS_MAX)
        return status;
    struct lookup *lookup = &correcting->lookups[correcting->lookup_count++];
    lookup->word = mem_text(word);
    status = find_neighbour(correcting->matcher, word, count, &lookup->neighbour);
    *ret_neighbour = lookup->neighbour;
    return status;
}

static bool is_mended(const struct correcting *correcting, size_t start)
{
    for (size_t i = 0; i < correcting->count; i++)
        if (correcting->mendings[i].start == start)
            return true;
    return false;
}

/* One word of a leaf, at `start` of the text. */
static enum shim_status correct_word(struct correcting *correcting, const char *word, size_t start,
                                     size_t len)
{
    const char *neighbour;
    correcting->words++;
    enum shim_status status = look_up(correcting, word, &neighbour);
    if (status != SHIM_OK || !neighbour)
        return status;
    correcting->mendings =
        mem_push(correcting->mendings, correcting->count, &correcting->cap, sizeof *correcting->mendings);
    correcting->mendings[correcting->count++] = (struct mending){start, len, neighbour};
    return SHIM_OK;
}

struct typed_word {
    char *word;
    size_t start, len;
};

/* The words of a leaf that may be misspelt: those of its place in the text that it looks for. */
static size_t take_words(struct correcting *correcting, const struct query *leaf, struct typed_word *words)
{
    size_t count = 0;
    struct token token;
    analyser_begin(correcting->matcher->analyser, correcting->text + leaf->start, leaf->end - leaf->start);
    while (count + correcting->words < CORRECT_WORDS_MAX &&
           analyser_next(correcting->matcher->analyser, &token)) {
        MEM_AUTO char *exact = mem_copy(token.exact.bytes, token.exact.len);
        size_t start = leaf->start + token.start;
        if (may_be_misspelt(&token.word) && strlist_has(&leaf->terms, exact) && !is_mended(correcting, start))
            words[count++] =
                (struct typed_word){mem_copy(token.word.bytes, token.word.len), start, token.len};
    }
    return count;
}

static enum shim_status correct_leaf(struct correcting *correcting, const struct query *leaf)
{
    struct typed_word words[CORRECT_WORDS_MAX];
    bool is_text = leaf->kind == QUERY_WORD || leaf->kind == QUERY_PHRASE || leaf->kind == QUERY_NEAR;
    if (!is_text || leaf->is_added || leaf->end == 0)
        return SHIM_OK;
    size_t count = take_words(correcting, leaf, words);
    enum shim_status status = SHIM_OK;
    for (size_t i = 0; i < count; i++) {
        if (status == SHIM_OK)
            status = correct_word(correcting, words[i].word, words[i].start, words[i].len);
        free(words[i].word);
    }
    return status;
}

static enum shim_status correct_tree(struct correcting *correcting, const struct query *query)
{
    if (query->kind == QUERY_NOT)
        return SHIM_OK;
    enum shim_status status = query->count ? SHIM_OK : correct_leaf(correcting, query);
    for (size_t i = 0; i < query->count && status == SHIM_OK; i++)
        status = correct_tree(correcting, query->children[i]);
    return status;
}

static int compare_mendings(const void *a, const void *b)
{
    const struct mending *left = a, *right = b;
    return left->start < right->start ? -1 : left->start > right->start;
}

/* Writes a small word as the typed one is: in capitals, or with one at its beginning. */
static void put_in_case(struct buf *to, const char *word, const char *typed, size_t len)
{
    bool capital = len > 0 && isupper((unsigned char)typed[0]);
    bool capitals = capital && len > 1;
    for (size_t i = 0; i < len; i++)
        capitals = capitals && !islower((unsigned char)typed[i]);
    for (size_t i = 0; word[i]; i++)
        buf_byte(to, capitals || (capital && i == 0) ? (char)toupper((unsigned char)word[i]) : word[i]);
}

/* The text with the mendings in it, *new*; NULL where that is longer than a query may be. */
static char *mended_text(struct correcting *correcting, size_t len)
{
    struct buf text = BUF_INIT((size_t)search_limits()->query_bytes);
    size_t at = 0;
    qsort(correcting->mendings, correcting->count, sizeof *correcting->mendings, compare_mendings);
    for (size_t i = 0; i < correcting->count; i++) {
        const struct mending *mending = &correcting->mendings[i];
        if (mending->start < at)
            continue;
        buf_append(&text, correcting->text + at, mending->start - at);
        put_in_case(&text, mending->word, correcting->text + mending->start, mending->len);
        at = mending->start + mending->len;
    }
    buf_append(&text, correcting->text + at, len - at);
    char *taken = buf_take(&text);
    buf_free(&text);
    return taken;
}

enum shim_status correct(struct matcher *matcher, const struct query *query, const char *text, size_t len,
                         size_t found, char **ret_text)
{
    struct correcting correcting = {.matcher = matcher, .text = text, .few = found < CORRECT_FEW};
    *ret_text = NULL;
    if (!query_has_wanted(query) || memchr(text, '\0', len))
        return SHIM_OK;
    enum shim_status status = correct_tree(&correcting, query);
    if (status == SHIM_OK && correcting.count)
        *ret_text = mended_text(&correcting, len);
    for (size_t i = 0; i < correcting.lookup_count; i++) {
        free(correcting.lookups[i].word);
        free(correcting.lookups[i].neighbour);
    }
    free(correcting.mendings);
    return status;
}
