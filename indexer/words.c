/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/words.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "indexer/base/mem.h"

struct word {
    UT_hash_handle hh;
    int64_t change;
    uint64_t record; /* where it was met last */
    char text[];
};

struct words {
    struct word *all;
    uint64_t record;
    int by;
};

struct words *words_new(void)
{
    return mem_zero(1, sizeof(struct words));
}

static void clear(struct words *words)
{
    struct word *word, *next;
    HASH_ITER(hh, words->all, word, next)
    {
        HASH_DEL(words->all, word);
        free(word);
    }
}

void words_free(struct words *words)
{
    if (!words)
        return;
    clear(words);
    free(words);
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
    struct word *word;
    HASH_FIND(hh, words->all, token->word.bytes, token->word.len, word);
    if (!word) {
        word = mem_zero(1, sizeof *word + token->word.len);
        memcpy(word->text, token->word.bytes, token->word.len);
        HASH_ADD_KEYPTR(hh, words->all, word->text, token->word.len, word);
    }
    if (word->record == words->record)
        return;
    word->record = words->record;
    word->change += words->by;
}

static enum shim_status write_word(const struct word *word, struct shim_writer *writer,
                                   struct shim_error *error)
{
    if (word->change > 0)
        return shim_writer_add_spelling(writer, word->text, word->hh.keylen, (uint32_t)word->change, error);
    if (word->change < 0)
        return shim_writer_remove_spelling(writer, word->text, word->hh.keylen, (uint32_t)-word->change,
                                           error);
    return SHIM_OK;
}

int words_write(struct words *words, struct shim_writer *writer, struct error *error)
{
    struct word *word, *next;
    HASH_ITER(hh, words->all, word, next)
    {
        struct shim_error shim_error;
        if (write_word(word, writer, &shim_error) != SHIM_OK) {
            error_set(error, "the index's words cannot be written: %s", shim_error.text);
            return -1;
        }
    }
    clear(words);
    return 0;
}

int words_write_when_full(struct words *words, struct shim_writer *writer, struct error *error)
{
    return HASH_COUNT(words->all) >= WORDS_MAX ? words_write(words, writer, error) : 0;
}

/* The entry's word as it was counted; NULL where it was not. */
static struct word *find_word(const struct words *words, const char *text, size_t len)
{
    struct word *word;
    HASH_FIND(hh, words->all, text, len, word);
    return word;
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
    else if (found != HASH_COUNT(words->all))
        error_set(error, "words are missing");
    return status == SHIM_END && found == HASH_COUNT(words->all) ? 0 : 1;
}
