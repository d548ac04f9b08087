/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pending documents into the current generation: one transaction, the text on disk before it. */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/document.h"
#include "indexer/index.h"
#include "indexer/statements.h"
#include "indexer/store/generation.h"

/* The generation while it is changed. */
struct update {
    const struct index *index;
    struct shim_writer *writer;
    struct shim_reader *view;
    struct text_writer *text;
    struct text_reader *stored; /* the text as it was */
    struct text_frame *frame;
    struct dictionaries *dictionaries;
    struct words *words;
    struct pairs *pairs;
    struct phrases *phrases;
    struct phrase_counts *phrase_counts;
    struct analyser *analyser; /* for stored texts; the maker has its own */
    struct document_store store;
    struct document_maker *maker;
    struct error *error;
};

static int open_update(struct update *update, const char *generation)
{
    const char *db = update->index->db;
    MEM_AUTO char *postings = generation_postings(db, generation);
    MEM_AUTO char *text = generation_text(db, generation);
    MEM_AUTO char *dictionary = generation_text_dictionary(db, generation);
    struct shim_error shim_error;
    if (shim_writer_open(postings, &update->writer, &shim_error) != SHIM_OK)
        return index_fail("the index cannot be opened for writing", &shim_error, update->error);
    update->view = shim_writer_view(update->writer);
    if (text_reader_open(text, dictionary, &update->stored, update->error) != 0 ||
        text_writer_open(text, dictionary, &update->text, update->error) != 0 ||
        !(update->dictionaries = dictionaries_open(update->view, update->error)))
        return -1;
    update->pairs = pairs_new();
    if (pairs_load(update->pairs, update->view, update->error) != SHIM_OK)
        return -1;
    struct phrase_list list = {0};
    if (phrase_list_load(update->view, &list, update->error) != SHIM_OK)
        return -1;
    document_store_init(&update->store, update->dictionaries, update->text);
    update->phrases = phrases_new(&list);
    update->phrase_counts = phrase_counts_new(update->phrases);
    update->words = words_new();
    update->frame = text_frame_new();
    update->analyser = analyser_new();
    struct document_counts counts = {update->words, update->pairs, update->phrase_counts};
    update->maker = document_maker_new(&update->store, &counts);
    if (update->analyser && update->maker)
        return 0;
    error_set(update->error, "no memory for the analyser");
    return -1;
}

static void close_update(struct update *update)
{
    if (update->maker)
        document_store_destroy(&update->store);
    document_maker_free(update->maker);
    analyser_free(update->analyser);
    words_free(update->words);
    pairs_free(update->pairs);
    phrase_counts_free(update->phrase_counts);
    phrases_free(update->phrases);
    dictionaries_free(update->dictionaries);
    text_frame_free(update->frame);
    text_reader_free(update->stored);
    text_writer_free(update->text);
    shim_writer_free(update->writer);
}

static bool is_older(struct update *update, uint32_t document)
{
    void *state = NULL;
    size_t len = 0;
    bool older = shim_reader_value(update->view, document, SLOT_STATE, &state, &len, NULL) == SHIM_OK &&
                 len > 0 && *(const unsigned char *)state & DOCUMENT_STATE_OLDER;
    shim_free(state);
    return older;
}

/* The words of the document that stands under the identity, if any, are taken off. */
static int unword(struct update *update, const char *identity)
{
    uint32_t document;
    struct shim_error shim_error;
    enum shim_status status =
        shim_reader_find(update->view, identity, strlen(identity), &document, &shim_error);
    if (status == SHIM_NOT_FOUND)
        return 0;
    void *bytes = NULL;
    size_t len = 0;
    if (status == SHIM_OK)
        status = shim_reader_data(update->view, document, &bytes, &len, &shim_error);
    if (status != SHIM_OK)
        return index_fail("the index cannot be read", &shim_error, update->error);
    struct text_address address;
    bool known = text_address_unpack(bytes, len, &address);
    shim_free(bytes);
    struct text_section sections[TEXT_SECTION_COUNT];
    if (!known) {
        error_set(update->error, "the index is damaged: a document does not say where its text is");
        return -1;
    }
    if (text_reader_get(update->stored, update->frame, &address, sections, update->error) != 0)
        return -1;
    struct document_counts counts = {update->words, update->pairs, update->phrase_counts};
    document_unword(update->analyser, &counts, is_older(update, document), sections);
    return 0;
}

static int put_document(struct update *update, const struct manifest_entry *entry, const char *identity)
{
    RECORD_AUTO struct record *record =
        statements_document(update->index->ledger, entry, RECORD_WHOLE, update->error);
    if (!record)
        return -1;
    struct shim_document *document = document_make(update->maker, entry, record, update->error);
    if (!document)
        return -1;
    uint32_t number;
    struct shim_error shim_error;
    if (shim_writer_replace(update->writer, identity, strlen(identity), document, &number, &shim_error) !=
        SHIM_OK)
        return index_fail("the index cannot be written", &shim_error, update->error);
    return 0;
}

static int remove_document(struct update *update, const char *identity)
{
    struct shim_error shim_error;
    enum shim_status status = shim_writer_delete(update->writer, identity, strlen(identity), &shim_error);
    if (status == SHIM_OK || status == SHIM_NOT_FOUND)
        return 0;
    return index_fail("the index cannot be written", &shim_error, update->error);
}

static int update_key(struct update *update, const char *key)
{
    char identity[DOCUMENT_IDENTITY_SIZE];
    document_identity(key, identity);
    if (unword(update, identity) != 0)
        return -1;
    struct manifest_entry entry = {0};
    int found = ledger_find_entry(update->index->ledger, key, &entry, update->error);
    int status = found < 0    ? -1
                 : found == 1 ? put_document(update, &entry, identity)
                              : remove_document(update, identity);
    manifest_entry_clear(&entry);
    return status == 0 ? words_write_when_full(update->words, update->writer, update->error) : -1;
}

static int update_pending(struct update *update)
{
    int64_t total, done = 0;
    if (ledger_count_pending(update->index->ledger, &total, update->error) != 0)
        return -1;
    MEM_AUTO char *key = mem_text("");
    int status;
    char *next;
    while ((status = ledger_next_pending(update->index->ledger, key, &next, update->error)) == 1) {
        free(key);
        key = next;
        if (update_key(update, key) != 0)
            return -1;
        report_progress(update->index->report, "indexing", ++done, total);
    }
    return status;
}

static int commit_update(struct update *update, int64_t sequence, int64_t changes)
{
    struct shim_error shim_error;
    phrases_take(update->phrases, update->phrase_counts);
    if (words_write(update->words, update->writer, update->error) != 0 ||
        pairs_save(update->pairs, update->writer, update->error) != 0 ||
        phrases_write(update->phrases, false, update->writer, update->error) != 0 ||
        index_write_metadata(update->index, update->writer, update->dictionaries, sequence, changes,
                             update->error) != 0 ||
        text_writer_sync(update->text, update->error) != 0)
        return -1;
    if (shim_writer_commit(update->writer, &shim_error) != SHIM_OK)
        return index_fail("the index cannot be written", &shim_error, update->error);
    return 0;
}

int index_update(const struct index *index, const char *generation, int64_t sequence, int64_t changes,
                 struct error *error)
{
    struct update update = {.index = index, .error = error};
    int status = open_update(&update, generation);
    struct shim_error shim_error;
    if (status == 0 && shim_writer_begin(update.writer, &shim_error) != SHIM_OK)
        status = index_fail("the index cannot be written", &shim_error, error);
    if (status == 0)
        status = update_pending(&update);
    if (status == 0)
        status = commit_update(&update, sequence, changes);
    close_update(&update);
    return status;
}
