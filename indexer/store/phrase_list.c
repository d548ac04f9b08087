/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/phrase_list.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/store/columns.h"

enum {
    KEY_SIZE = 32,      /* bytes of a metadata key */
    PHRASE_KEY = 8,     /* bytes of a phrase's key */
    PHRASE_BYTES = 160, /* of one, at most */
};

static void chunk_key(char key[KEY_SIZE], size_t chunk)
{
    snprintf(key, KEY_SIZE, "phrases/%04zu", chunk);
}

void phrase_list_free(struct phrase_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].text);
    free(list->items);
    *list = (struct phrase_list){0};
}

/* Takes one phrase off *bytes; false where it is damaged. */
static bool take_phrase(const unsigned char **bytes, const unsigned char *end, struct phrase *phrase)
{
    uint64_t key = 0, count, len;
    if (end - *bytes < PHRASE_KEY)
        return false;
    for (int i = 0; i < PHRASE_KEY; i++)
        key |= (uint64_t)(*bytes)[i] << (8 * i);
    *bytes += PHRASE_KEY;
    if (!column_take(bytes, end, &count) || !column_take(bytes, end, &len) || len > PHRASE_TEXT_MAX ||
        count > UINT32_MAX || (uint64_t)(end - *bytes) < len)
        return false;
    *phrase = (struct phrase){mem_copy(*bytes, len), key, (uint32_t)count};
    *bytes += len;
    return true;
}

static bool take_chunk(struct phrase_list *list, const unsigned char *bytes, size_t len)
{
    const unsigned char *end = bytes + len;
    list->items = mem_grow(list->items, list->count + PHRASE_LIST_CHUNK, sizeof *list->items);
    for (size_t i = 0; bytes < end; i++) {
        if (i == PHRASE_LIST_CHUNK || !take_phrase(&bytes, end, &list->items[list->count]))
            return false;
        list->count++;
    }
    return true;
}

enum shim_status phrase_list_load(struct shim_reader *reader, struct phrase_list *ret_list,
                                  struct error *error)
{
    struct phrase_list list = {0};
    struct shim_error shim_error = {.text = "damaged"};
    enum shim_status status = SHIM_OK;
    for (size_t chunk = 0; status == SHIM_OK && chunk < PHRASE_LIST_MAX / PHRASE_LIST_CHUNK; chunk++) {
        char key[KEY_SIZE];
        chunk_key(key, chunk);
        void *bytes;
        size_t len;
        status = shim_reader_metadata(reader, key, &bytes, &len, &shim_error);
        if (status != SHIM_OK)
            break;
        if (!take_chunk(&list, bytes, len))
            status = SHIM_DAMAGED;
        shim_free(bytes);
    }
    if (status == SHIM_OK || status == SHIM_NOT_FOUND) {
        *ret_list = list;
        return SHIM_OK;
    }
    phrase_list_free(&list);
    error_set(error, "the index's phrases cannot be read: %s", shim_error.text);
    return status;
}

static void put_phrase(struct buf *to, const struct phrase *phrase)
{
    size_t len = strlen(phrase->text);
    for (int i = 0; i < PHRASE_KEY; i++)
        buf_byte(to, (char)(phrase->key >> (8 * i)));
    column_put(to, phrase->count);
    column_put(to, len);
    buf_append(to, phrase->text, len);
}

int phrase_list_save(const struct phrase_list *list, size_t chunk, struct shim_writer *writer,
                     struct error *error)
{
    BUF_AUTO struct buf bytes = BUF_INIT(PHRASE_LIST_CHUNK * PHRASE_BYTES);
    size_t end = (chunk + 1) * PHRASE_LIST_CHUNK;
    for (size_t i = chunk * PHRASE_LIST_CHUNK; i < end && i < list->count; i++)
        put_phrase(&bytes, &list->items[i]);
    char key[KEY_SIZE];
    chunk_key(key, chunk);
    struct shim_error shim_error = {.text = "too many bytes"};
    if (!buf_failed(&bytes) &&
        shim_writer_set_metadata(writer, key, bytes.data, bytes.len, &shim_error) == SHIM_OK)
        return 0;
    error_set(error, "the index's phrases cannot be written: %s", shim_error.text);
    return -1;
}
