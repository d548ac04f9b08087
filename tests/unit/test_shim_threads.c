/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers in several threads while a writer commits: each sees whole commits only, or is told to look again.
 */
#include "test_shim_support.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { DOCUMENTS = 200, COMMITS = 40, READERS = 3, ATTEMPTS = 1000 };

struct shared {
    const char *path;
    atomic_bool done;
    atomic_int wrong;      /* answers that mix two commits, or errors */
    atomic_int consistent; /* whole requests answered */
};

/* Every document says which commit it is of, in a term, in a value and in its data. */
static enum shim_status write_commit(struct shim_writer *writer, int commit)
{
    struct shim_error error;
    enum shim_status status = shim_writer_begin(writer, &error);
    struct shim_document *document = shim_document_new();
    for (int d = 0; d < DOCUMENTS && status == SHIM_OK; d++) {
        char text[32], identity[16];
        uint32_t number, position = 1;
        int len = snprintf(text, sizeof(text), "commit%d", commit);
        shim_document_clear(document);
        shim_document_add_postings(document, text, (size_t)len, &position, 1, 1);
        position = 2;
        shim_document_add_postings(document, "common", 6, &position, 1, 1);
        shim_document_set_value(document, 0, text, (size_t)len);
        shim_document_set_data(document, text, (size_t)len);
        int identity_len = snprintf(identity, sizeof(identity), "Q%d", d);
        status = shim_writer_replace(writer, identity, (size_t)identity_len, document, &number, &error);
    }
    shim_document_free(document);
    return status == SHIM_OK ? shim_writer_commit(writer, &error) : status;
}

static void *write_commits(void *argument)
{
    struct shared *shared = argument;
    struct shim_writer *writer = NULL;
    if (shim_writer_open(shared->path, &writer, NULL) != SHIM_OK)
        atomic_fetch_add(&shared->wrong, 1);
    for (int commit = 1; writer && commit <= COMMITS; commit++)
        if (write_commit(writer, commit) != SHIM_OK)
            atomic_fetch_add(&shared->wrong, 1);
    shim_writer_free(writer);
    atomic_store(&shared->done, true);
    return NULL;
}

/* The commit's name as the first document's value gives it. */
static enum shim_status read_commit(struct shim_reader *reader, char name[32], size_t *ret_len)
{
    void *bytes;
    enum shim_status status = shim_reader_value(reader, 1, 0, &bytes, ret_len, NULL);
    if (status == SHIM_OK) {
        snprintf(name, 32, "%s", (const char *)bytes);
        shim_free(bytes);
    }
    return status;
}

static enum shim_status column_is(struct shim_reader *reader, const char *name, size_t len, bool *ret_same)
{
    struct shim_column *column;
    const void *bytes;
    size_t value_len;
    uint32_t document, n = 0;
    enum shim_status status = shim_column_open(reader, 0, &column, NULL);
    if (status != SHIM_OK)
        return status;
    *ret_same = true;
    while ((status = shim_column_next(column, &document, &bytes, &value_len, NULL)) == SHIM_OK) {
        *ret_same = *ret_same && value_len == len && memcmp(bytes, name, len) == 0;
        n++;
    }
    *ret_same = *ret_same && n == DOCUMENTS;
    shim_column_free(column);
    return status == SHIM_END ? SHIM_OK : status;
}

static enum shim_status phrase_count(struct shim_reader *reader, const char *name, size_t len,
                                     size_t *ret_count)
{
    const char *terms[] = {name, "common"};
    const size_t lens[] = {len, 6};
    uint64_t words[DOCUMENTS / 64 + 1] = {0};
    struct shim_hit hits[10];
    size_t n;
    struct shim_query *query = shim_query_phrase(terms, lens, 2);
    enum shim_status status = shim_match(reader, query, words, DOCUMENTS + 1, NULL);
    if (status == SHIM_OK)
        status = shim_top_by_weight(reader, query, words, DOCUMENTS + 1, &shim_weighting_default, 0, 10, hits,
                                    &n, NULL);
    shim_query_free(query);
    *ret_count = 0;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        *ret_count += (size_t)__builtin_popcountll(words[i]);
    return status;
}

/* One request: a value, a column, a phrase, the last document's data; *ret_whole says whether all are of one
 * commit. */
static enum shim_status request(struct shim_reader *reader, bool *ret_whole)
{
    char name[32] = "";
    size_t len = 0, count = 0, data_len;
    bool same = false;
    void *data;
    enum shim_status status = read_commit(reader, name, &len);
    if (status == SHIM_OK)
        status = column_is(reader, name, len, &same);
    if (status == SHIM_OK)
        status = phrase_count(reader, name, len, &count);
    if (status == SHIM_OK)
        status = shim_reader_data(reader, DOCUMENTS, &data, &data_len, NULL);
    if (status != SHIM_OK)
        return status;
    *ret_whole = same && count == DOCUMENTS && data_len == len && memcmp(data, name, len) == 0;
    shim_free(data);
    return SHIM_OK;
}

/* Until the writer is done, and at least once: it may be done before a reader has its turn. */
static void *read_requests(void *argument)
{
    struct shared *shared = argument;
    struct shim_reader *reader = NULL;
    bool whole, changed, has_answered = false;
    if (shim_reader_open(shared->path, &reader, NULL) != SHIM_OK)
        atomic_fetch_add(&shared->wrong, 1);
    for (int changes = 0; reader && changes < ATTEMPTS && !(has_answered && atomic_load(&shared->done));) {
        enum shim_status status = request(reader, &whole);
        if (status == SHIM_CHANGED) {
            changes++;
            status = shim_reader_refresh(reader, &changed, NULL);
            if (status != SHIM_OK && status != SHIM_CHANGED)
                atomic_fetch_add(&shared->wrong, 1);
            continue;
        }
        has_answered = true;
        if (status != SHIM_OK || !whole) {
            atomic_fetch_add(&shared->wrong, 1);
        } else {
            changes = 0;
            atomic_fetch_add(&shared->consistent, 1);
        }
    }
    shim_reader_free(reader);
    return NULL;
}

static void test_readers_beside_a_writer(void **state)
{
    struct shared shared = {.path = *state};
    pthread_t writer, readers[READERS];
    struct shim_writer *first;
    assert_int_equal(shim_writer_open(*state, &first, NULL), SHIM_OK);
    assert_int_equal(write_commit(first, 0), SHIM_OK);
    shim_writer_free(first);
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_requests, &shared), 0);
    assert_int_equal(pthread_create(&writer, NULL, write_commits, &shared), 0);
    pthread_join(writer, NULL);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(atomic_load(&shared.wrong), 0);
    assert_true(atomic_load(&shared.consistent) >= READERS);
    struct shim_reader *reader = open_reader(*state);
    assert_int_equal(frequency(reader, "commit40"), DOCUMENTS);
    shim_reader_free(reader);
}

static void *stem_words(void *argument)
{
    atomic_int *wrong = argument;
    struct shim_stemmer *stemmer = NULL;
    char stem[SHIM_TERM_MAX];
    size_t len;
    if (shim_stemmer_new("english", &stemmer, NULL) != SHIM_OK)
        atomic_fetch_add(wrong, 1);
    for (int i = 0; stemmer && i < 2000; i++)
        if (shim_stemmer_stem(stemmer, "commissioners", 13, stem, &len) != SHIM_OK || len != 10)
            atomic_fetch_add(wrong, 1);
    shim_stemmer_free(stemmer);
    return NULL;
}

static void test_a_stemmer_for_each_thread(void **state)
{
    pthread_t threads[READERS];
    atomic_int wrong = 0;
    (void)state;
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, stem_words, &wrong), 0);
    for (int i = 0; i < READERS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&wrong), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_readers_beside_a_writer, make_folder, remove_folder),
        cmocka_unit_test(test_a_stemmer_for_each_thread),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
