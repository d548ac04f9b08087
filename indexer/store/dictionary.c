/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/dictionary.h"

#include <stdlib.h>
#include <string.h>

#define HASH_FUNCTION HASH_JEN

#include "indexer/base/buf.h"
#include "indexer/base/hash.h"
#include "indexer/base/mem.h"

enum {
    KEY_SIZE = 64,        /* bytes of a metadata key */
    CHUNK_MAX = 64 << 20, /* bytes of one chunk */
};
_Static_assert(DICTIONARY_CHUNK *(RECORD_VALUE_MAX + 1) <= CHUNK_MAX, "the longest values fit");

struct spelling {
    UT_hash_handle hh;
    uint32_t ordinal;
    char text[]; /* the hash key; owned by the table's entry */
};

struct dictionary {
    struct spelling *by_text;
    struct strlist spellings;
    size_t saved; /* spellings that the index holds already */
};

struct dictionaries {
    struct dictionary *items;
    size_t count;
};

/* "facet/<name>/<chunk>": chunks keep one key's value small and an addition cheap. */
static void chunk_key(char key[KEY_SIZE], int facet, size_t chunk)
{
    size_t count;
    const struct field *field = field_facets(&count)[facet];
    snprintf(key, KEY_SIZE, "facet/%s/%06zu", field->facet, chunk);
}

int dictionary_load(struct shim_reader *reader, int facet, struct strlist *spellings, struct error *error)
{
    for (size_t chunk = 0;; chunk++) {
        char key[KEY_SIZE];
        chunk_key(key, facet, chunk);
        void *bytes;
        size_t len;
        struct shim_error shim_error;
        enum shim_status status = shim_reader_metadata(reader, key, &bytes, &len, &shim_error);
        if (status == SHIM_NOT_FOUND)
            return 0;
        if (status != SHIM_OK) {
            error_set(error, "the index's dictionaries cannot be read: %s", shim_error.text);
            return -1;
        }
        const char *at = bytes;
        const char *end = at + len;
        for (const char *nul; at < end && (nul = memchr(at, '\0', (size_t)(end - at))); at = nul + 1)
            strlist_add_copy(spellings, at, (size_t)(nul - at));
        shim_free(bytes);
    }
}

static struct spelling *dictionary_enter(struct dictionary *dictionary, const char *text)
{
    size_t len = strlen(text);
    struct spelling *spelling = mem_alloc(sizeof *spelling + len + 1);
    memcpy(spelling->text, text, len + 1);
    spelling->ordinal = (uint32_t)HASH_COUNT(dictionary->by_text);
    HASH_ADD_STR(dictionary->by_text, text, spelling);
    return spelling;
}

struct dictionaries *dictionaries_open(struct shim_reader *reader, struct error *error)
{
    struct dictionaries *dictionaries = mem_zero(1, sizeof *dictionaries);
    field_facets(&dictionaries->count);
    dictionaries->items = mem_zero(dictionaries->count, sizeof *dictionaries->items);
    for (size_t i = 0; reader && i < dictionaries->count; i++) {
        struct dictionary *dictionary = &dictionaries->items[i];
        if (dictionary_load(reader, (int)i, &dictionary->spellings, error) != 0) {
            dictionaries_free(dictionaries);
            return NULL;
        }
        for (size_t n = 0; n < dictionary->spellings.len; n++)
            dictionary_enter(dictionary, dictionary->spellings.items[n]);
        dictionary->saved = dictionary->spellings.len;
    }
    return dictionaries;
}

void dictionaries_free(struct dictionaries *dictionaries)
{
    if (!dictionaries)
        return;
    for (size_t i = 0; i < dictionaries->count; i++) {
        struct dictionary *dictionary = &dictionaries->items[i];
        struct spelling *spelling, *next;
        HASH_ITER(hh, dictionary->by_text, spelling, next)
        {
            HASH_DEL(dictionary->by_text, spelling);
            free(spelling);
        }
        strlist_free(&dictionary->spellings);
    }
    free(dictionaries->items);
    free(dictionaries);
}

uint32_t dictionaries_ordinal(struct dictionaries *dictionaries, int facet, const char *text)
{
    struct dictionary *dictionary = &dictionaries->items[facet];
    struct spelling *spelling;
    HASH_FIND_STR(dictionary->by_text, text, spelling);
    if (!spelling) {
        spelling = dictionary_enter(dictionary, text);
        strlist_add(&dictionary->spellings, text);
    }
    return spelling->ordinal;
}

/* Writes the chunks that hold spellings from `saved` on. */
static int dictionary_save(struct dictionary *dictionary, int facet, struct shim_writer *writer,
                           struct error *error)
{
    const struct strlist *spellings = &dictionary->spellings;
    for (size_t chunk = dictionary->saved / DICTIONARY_CHUNK; chunk * DICTIONARY_CHUNK < spellings->len;
         chunk++) {
        BUF_AUTO struct buf bytes = BUF_INIT(CHUNK_MAX);
        size_t end = (chunk + 1) * DICTIONARY_CHUNK;
        for (size_t i = chunk * DICTIONARY_CHUNK; i < end && i < spellings->len; i++)
            buf_append(&bytes, spellings->items[i], strlen(spellings->items[i]) + 1);
        char key[KEY_SIZE];
        chunk_key(key, facet, chunk);
        struct shim_error shim_error = {.text = "too many bytes"};
        if (buf_failed(&bytes) ||
            shim_writer_set_metadata(writer, key, bytes.data, bytes.len, &shim_error) != SHIM_OK) {
            error_set(error, "the index's dictionaries cannot be written: %s", shim_error.text);
            return -1;
        }
    }
    dictionary->saved = spellings->len;
    return 0;
}

int dictionaries_save(struct dictionaries *dictionaries, struct shim_writer *writer, struct error *error)
{
    for (size_t i = 0; i < dictionaries->count; i++) {
        struct dictionary *dictionary = &dictionaries->items[i];
        if (dictionary->saved < dictionary->spellings.len &&
            dictionary_save(dictionary, (int)i, writer, error) != 0)
            return -1;
    }
    return 0;
}
