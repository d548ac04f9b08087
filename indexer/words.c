/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "indexer/base/mem.h"

enum { SLOTS_FIRST = 4096 /* a power of two */ };

struct word {
    int64_t change;
    uint64_t record; /* where it was met last */
    size_t start;    /* of its bytes */
    size_t len;
};

/* Linear probing: most tokens of a text are met here, and few are new. */
struct slot {
    uint32_t hash;
    uint32_t word; /* number plus 1; 0 is free */
};

struct words {
    struct slot *slots;
    size_t slot_count;
    struct word *all;
    size_t count, cap;
    char *bytes;
    size_t bytes_len, bytes_cap;
    uint64_t record;
    int by;
};

struct words *words_new(void)
{
    struct words *words = mem_zero(1, sizeof *words);
    words->slot_count = SLOTS_FIRST;
    words->slots = mem_zero(words->slot_count, sizeof *words->slots);
    return words;
}

static void clear(struct words *words)
{
    memset(words->slots, 0, words->slot_count * sizeof *words->slots);
    words->count = words->bytes_len = 0;
}

void words_free(struct words *words)
{
    if (!words)
        return;
    free(words->slots);
    free(words->all);
    free(words->bytes);
    free(words);
}

static void grow(struct words *words)
{
    struct slot *old = words->slots;
    size_t count = words->slot_count;
    words->slot_count = 2 * count;
    words->slots = mem_zero(words->slot_count, sizeof *words->slots);
    for (size_t i = 0; i < count; i++) {
        size_t at = old[i].hash & (words->slot_count - 1);
        while (old[i].word && words->slots[at].word)
            at = (at + 1) & (words->slot_count - 1);
        if (old[i].word)
            words->slots[at] = old[i];
    }
    free(old);
}

/* The free slot `at` becomes that of a new word. */
static struct word *add(struct words *words, size_t at, uint32_t hash, const struct term *term)
{
    if (words->bytes_len + term->len > words->bytes_cap) {
        words->bytes_cap = 2 * (words->bytes_len + term->len);
        words->bytes = mem_grow(words->bytes, words->bytes_cap, 1);
    }
    memcpy(words->bytes + words->bytes_len, term->bytes, term->len);
    words->all = mem_push(words->all, words->count, &words->cap, sizeof *words->all);
    struct word *word = &words->all[words->count++];
    *word = (struct word){.start = words->bytes_len, .len = term->len};
    words->bytes_len += term->len;
    words->slots[at] = (struct slot){hash, (uint32_t)words->count};
    if (2 * words->count > words->slot_count)
        grow(words);
    return word;
}

static uint32_t hash_of(const struct term *term)
{
    return (uint32_t)XXH3_64bits(term->bytes, term->len);
}

/* The slot of a word, free where it was not met. */
static size_t find_slot(const struct words *words, const struct term *term, uint32_t hash)
{
    size_t mask = words->slot_count - 1, at = hash & mask;
    for (; words->slots[at].word; at = (at + 1) & mask) {
        const struct word *word = &words->all[words->slots[at].word - 1];
        if (words->slots[at].hash == hash && word->len == term->len &&
            memcmp(words->bytes + word->start, term->bytes, term->len) == 0)
            break;
    }
    return at;
}

static struct word *find_or_add(struct words *words, const struct term *term)
{
    uint32_t hash = hash_of(term);
    size_t at = find_slot(words, term, hash);
    uint32_t number = words->slots[at].word;
    return number ? &words->all[number - 1] : add(words, at, hash, term);
}

void words_next_record(struct words *words, int by)
{
    words->record++;
    words->by = by;
}

static bool is_offered(const struct term *word)
{
    if (word->len < WORDS_SHORTEST || word->len > WORDS_LONGEST)
        return false;
    for (size_t i = 0; i < word->len; i++) {
        unsigned char byte = (unsigned char)word->bytes[i];
        if (byte >= 0x80 || (byte >= 'a' && byte <= 'z'))
            return true;
    }
    return false;
}

void words_add(struct words *words, const struct token *token)
{
    if (!is_offered(&token->word))
        return;
    struct word *word = find_or_add(words, &token->word);
    if (word->record == words->record)
        return;
    word->record = words->record;
    word->change += words->by;
}

static enum shim_status write_word(const struct words *words, const struct word *word,
                                   struct shim_writer *writer, struct shim_error *error)
{
    const char *text = words->bytes + word->start;
    if (word->change > 0)
        return shim_writer_add_spelling(writer, text, word->len, (uint32_t)word->change, error);
    if (word->change < 0)
        return shim_writer_remove_spelling(writer, text, word->len, (uint32_t)-word->change, error);
    return SHIM_OK;
}

int words_write(struct words *words, struct shim_writer *writer, struct error *error)
{
    for (size_t i = 0; i < words->count; i++) {
        struct shim_error shim_error;
        if (write_word(words, &words->all[i], writer, &shim_error) != SHIM_OK) {
            error_set(error, "the index's words cannot be written: %s", shim_error.text);
            return -1;
        }
    }
    clear(words);
    return 0;
}

int words_write_when_full(struct words *words, struct shim_writer *writer, struct error *error)
{
    return words->count >= WORDS_MAX ? words_write(words, writer, error) : 0;
}

/* The entry's word as it was counted; NULL where it was not. */
static const struct word *find_word(const struct words *words, const char *text, size_t len)
{
    const struct term term = {text, len};
    uint32_t number = words->slots[find_slot(words, &term, hash_of(&term))].word;
    return number ? &words->all[number - 1] : NULL;
}

int words_compare(const struct words *words, struct shim_reader *reader, struct error *error)
{
    struct shim_terms *entries;
    struct shim_error shim_error;
    const char *text = NULL;
    size_t len = 0, found = 0;
    uint32_t count = 0;
    enum shim_status status = shim_reader_spellings(reader, "", 0, &entries, &shim_error);
    if (status == SHIM_OK) {
        while ((status = shim_terms_next(entries, &text, &len, &count, &shim_error)) == SHIM_OK) {
            const struct word *word = find_word(words, text, len);
            if (!word || word->change != (int64_t)count)
                break;
            found++;
        }
        shim_terms_free(entries);
    }
    if (status == SHIM_OK)
        error_set(error, "of the words, \"%.*s\" is counted %u times", (int)len, text, (unsigned)count);
    else if (status != SHIM_END)
        error_set(error, "the words cannot be read: %s", shim_error.text);
    else if (found != words->count)
        error_set(error, "words are missing");
    return status == SHIM_END && found == words->count ? 0 : 1;
}
