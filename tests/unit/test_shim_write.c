/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writing: batches, identities, what a commit keeps and a cancel drops, refusals. */
#include "test_shim_support.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static struct shim_error error;

static struct shim_writer *open_writer(const char *path)
{
    struct shim_writer *writer;
    EXPECT(SHIM_OK, shim_writer_open(path, &writer, &error));
    return writer;
}

static enum shim_status replace(struct shim_writer *writer, const char *identity, const char *text)
{
    uint32_t number;
    struct shim_document *document = document_of(text);
    enum shim_status status =
        shim_writer_replace(writer, identity, strlen(identity), document, &number, &error);
    shim_document_free(document);
    return status;
}

static void test_commit_is_seen_after_refresh_only(void **state)
{
    struct shim_writer *writer = open_writer(*state);
    struct shim_reader *reader = open_reader(*state);
    uint64_t before, after;
    bool changed;
    EXPECT(SHIM_OK, shim_reader_epoch(reader, &before, &error));
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, replace(writer, "Q1", "risk stratification"));
    EXPECT(SHIM_OK, shim_reader_refresh(reader, &changed, &error));
    assert_false(changed);
    assert_int_equal(document_count(reader), 0);
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    assert_int_equal(document_count(reader), 0);
    EXPECT(SHIM_OK, shim_reader_refresh(reader, &changed, &error));
    assert_true(changed);
    assert_int_equal(document_count(reader), 1);
    EXPECT(SHIM_OK, shim_reader_epoch(reader, &after, &error));
    assert_true(after > before);
    EXPECT(SHIM_OK, shim_reader_refresh(reader, &changed, &error));
    assert_false(changed);
    shim_reader_free(reader);
    shim_writer_free(writer);
}

static void fill_batch(struct shim_writer *writer)
{
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, replace(writer, "Q1", "new words"));
    EXPECT(SHIM_OK, replace(writer, "Q2", "another"));
    EXPECT(SHIM_OK, shim_writer_set_metadata(writer, "key", "new", 3, &error));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "words", 5, 1, &error));
    EXPECT(SHIM_OK, shim_writer_add_synonym(writer, "word", "term", &error));
}

/* What was there before fill_batch(): one document, and nothing beside it. */
static void expect_untouched(const char *path)
{
    struct shim_reader *reader = open_reader(path);
    struct shim_terms *terms;
    const char *term;
    char *lines;
    void *bytes;
    size_t len;
    uint32_t count;
    assert_int_equal(document_count(reader), 1);
    assert_int_equal(frequency(reader, "old"), 1);
    assert_int_equal(frequency(reader, "new"), 0);
    EXPECT(SHIM_NOT_FOUND, shim_reader_metadata(reader, "key", &bytes, &len, &error));
    EXPECT(SHIM_NOT_FOUND, shim_reader_synonyms(reader, "word", &lines, &error));
    EXPECT(SHIM_OK, shim_reader_spellings(reader, "", 0, &terms, &error));
    EXPECT(SHIM_END, shim_terms_next(terms, &term, &len, &count, &error));
    shim_terms_free(terms);
    shim_reader_free(reader);
}

static void test_cancel_leaves_nothing(void **state)
{
    struct shim_writer *writer = open_writer(*state);
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, replace(writer, "Q1", "old words"));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    fill_batch(writer);
    EXPECT(SHIM_OK, shim_writer_cancel(writer, &error));
    expect_untouched(*state);
    /* An empty commit after it must not bring anything back. */
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    expect_untouched(*state);
    shim_writer_free(writer);
}

static void test_closing_drops_the_open_batch(void **state)
{
    struct shim_writer *writer = open_writer(*state);
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, replace(writer, "Q1", "old words"));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    fill_batch(writer);
    shim_writer_free(writer);
    expect_untouched(*state);
}

/* More than the flush threshold, so that part of the batch is on disk, uncommitted, when it is dropped. */
static void test_a_large_batch_is_whole_or_nothing(void **state)
{
    shim_set_flush_threshold(10);
    struct shim_writer *writer = open_writer(*state);
    struct shim_reader *reader;
    char identity[16];
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    for (int i = 0; i < 100; i++) {
        snprintf(identity, sizeof(identity), "Q%d", i);
        EXPECT(SHIM_OK, replace(writer, identity, "some words"));
    }
    reader = open_reader(*state);
    assert_int_equal(document_count(reader), 0);
    EXPECT(SHIM_OK, shim_writer_cancel(writer, &error));
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, replace(writer, "Q1", "one"));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    shim_reader_free(reader);
    reader = open_reader(*state);
    assert_int_equal(document_count(reader), 1);
    assert_int_equal(frequency(reader, "some"), 0);
    shim_reader_free(reader);
    shim_set_flush_threshold(0); /* the default again */
    shim_writer_free(writer);
}

static void test_calls_out_of_order_are_refused(void **state)
{
    struct shim_writer *writer = open_writer(*state);
    bool changed;
    EXPECT(SHIM_INVALID, replace(writer, "Q1", "words"));
    EXPECT(SHIM_INVALID, shim_writer_delete(writer, "Q1", 2, &error));
    EXPECT(SHIM_INVALID, shim_writer_set_metadata(writer, "key", "v", 1, &error));
    EXPECT(SHIM_INVALID, shim_writer_add_spelling(writer, "word", 4, 1, &error));
    EXPECT(SHIM_INVALID, shim_writer_add_synonym(writer, "word", "term", &error));
    EXPECT(SHIM_INVALID, shim_writer_commit(writer, &error));
    EXPECT(SHIM_INVALID, shim_writer_cancel(writer, &error));
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_INVALID, shim_writer_begin(writer, &error));
    EXPECT(SHIM_INVALID, shim_reader_refresh(shim_writer_view(writer), &changed, &error));
    shim_writer_free(writer);
}

static void test_replace_delete_and_identity(void **state)
{
    struct shim_writer *writer = open_writer(*state);
    struct shim_document *document = document_of("first text");
    uint32_t first, second, found;
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, shim_writer_replace(writer, "Q1", 2, document, &first, &error));
    shim_document_clear(document);
    assert_int_equal(shim_document_add_term(document, "second", 6, 3), SHIM_OK);
    EXPECT(SHIM_OK, shim_writer_replace(writer, "Q1", 2, document, &second, &error));
    assert_int_equal(first, second);
    shim_document_free(document);
    EXPECT(SHIM_OK, replace(writer, "Q2", "other"));
    EXPECT(SHIM_NOT_FOUND, shim_writer_delete(writer, "Q3", 2, &error));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));

    struct shim_reader *reader = open_reader(*state);
    assert_int_equal(document_count(reader), 2);
    assert_int_equal(frequency(reader, "first"), 0);
    assert_int_equal(frequency(reader, "second"), 1);
    EXPECT(SHIM_OK, shim_reader_find(reader, "Q1", 2, &found, &error));
    assert_int_equal(found, first);
    EXPECT(SHIM_NOT_FOUND, shim_reader_find(reader, "Q3", 2, &found, &error));
    shim_reader_free(reader);

    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, shim_writer_delete(writer, "Q1", 2, &error));
    EXPECT(SHIM_NOT_FOUND, shim_writer_delete(writer, "Q1", 2, &error));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    reader = open_reader(*state);
    assert_int_equal(document_count(reader), 1);
    EXPECT(SHIM_NOT_FOUND, shim_reader_find(reader, "Q1", 2, &found, &error));
    assert_string_equal(matches(reader, shim_query_all()), "2");
    shim_reader_free(reader);
    shim_writer_free(writer);
}

static void test_view_sees_the_open_batch(void **state)
{
    struct shim_writer *writer = open_writer(*state);
    struct shim_reader *view = shim_writer_view(writer);
    uint32_t found;
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, replace(writer, "Q1", "seen at once"));
    assert_int_equal(document_count(view), 1);
    assert_string_equal(matches(view, phrase_of("seen at once")), "1");
    EXPECT(SHIM_OK, shim_writer_cancel(writer, &error));
    EXPECT(SHIM_NOT_FOUND, shim_reader_find(view, "Q1", 2, &found, &error));
    assert_int_equal(document_count(view), 0);
    shim_reader_free(view); /* the writer's, so it stays */
    assert_int_equal(document_count(view), 0);
    shim_writer_free(writer);
}

static void test_second_writer_is_locked_out(void **state)
{
    struct shim_writer *writer = open_writer(*state), *second = NULL;
    EXPECT(SHIM_LOCKED, shim_writer_open(*state, &second, &error));
    assert_null(second);
    assert_int_equal(error.status, SHIM_LOCKED);
    assert_null(strstr(error.text, "Xapian"));
    shim_writer_free(writer);
    second = open_writer(*state);
    shim_writer_free(second);
}

static void test_terms_at_their_bounds(void **state)
{
    char longest[SHIM_TERM_MAX + 1], nuls[SHIM_TERM_MAX];
    const uint32_t position = 1;
    struct shim_writer *writer = open_writer(*state);
    struct shim_document *document = shim_document_new();
    uint32_t number, documents;
    memset(longest, 'x', sizeof(longest));
    memset(nuls, '\0', sizeof(nuls));
    assert_int_equal(shim_document_add_term(document, "", 0, 1), SHIM_INVALID);
    assert_int_equal(shim_document_add_term(document, longest, SHIM_TERM_MAX + 1, 1), SHIM_INVALID);
    assert_int_equal(shim_document_add_postings(document, nuls, 123, &position, 1, 1), SHIM_INVALID);
    assert_int_equal(shim_document_add_postings(document, nuls, 122, &position, 1, 1), SHIM_OK);
    assert_int_equal(shim_document_add_postings(document, longest, SHIM_TERM_MAX, &position, 1, 1), SHIM_OK);
    assert_int_equal(shim_document_set_value(document, UINT32_MAX, "v", 1), SHIM_INVALID);
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_INVALID, shim_writer_replace(writer, "", 0, document, &number, &error));
    EXPECT(SHIM_INVALID, shim_writer_replace(writer, longest, SHIM_TERM_MAX + 1, document, &number, &error));
    EXPECT(SHIM_INVALID, shim_writer_delete(writer, nuls, 123, &error));
    EXPECT(SHIM_OK, shim_writer_replace(writer, "Q\0x", 3, document, &number, &error));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error)); /* refused arguments do not spoil the batch */
    shim_document_free(document);
    shim_writer_free(writer);

    struct shim_reader *reader = open_reader(*state);
    EXPECT(SHIM_OK, shim_reader_frequency(reader, longest, SHIM_TERM_MAX, &documents, &error));
    assert_int_equal(documents, 1);
    EXPECT(SHIM_INVALID, shim_reader_frequency(reader, longest, SHIM_TERM_MAX + 1, &documents, &error));
    EXPECT(SHIM_INVALID, shim_reader_frequency(reader, "", 0, &documents, &error));
    assert_string_equal(matches(reader, shim_query_word(nuls, 122)), "1");
    assert_string_equal(matches(reader, shim_query_word(nuls, 121)), "");
    assert_null(shim_query_word(nuls, 123));
    EXPECT(SHIM_OK, shim_reader_find(reader, "Q\0x", 3, &number, &error));
    EXPECT(SHIM_NOT_FOUND, shim_reader_find(reader, "Q", 1, &number, &error));
    shim_reader_free(reader);
}

/* The file system refuses in the middle of a batch: nothing of it stays, and the writer goes on when there is
 * room. */
static void test_full_disk_drops_the_batch(void **state)
{
    struct rlimit before, tight;
    char identity[16];
    enum shim_status status = SHIM_OK;
    struct shim_writer *writer = open_writer(*state);
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, replace(writer, "Q1", "old words"));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    tight = before;
    tight.rlim_cur = 40000;
    setrlimit(RLIMIT_FSIZE, &tight);
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    for (int i = 0; i < 3000 && status == SHIM_OK; i++) {
        snprintf(identity, sizeof(identity), "R%d", i);
        status = replace(writer, identity, identity);
    }
    if (status == SHIM_OK)
        status = shim_writer_commit(writer, &error);
    else
        assert_int_equal(shim_writer_commit(writer, NULL), SHIM_INVALID);
    setrlimit(RLIMIT_FSIZE, &before);
    expect_status(status, SHIM_IO, &error, "a batch on a full disk");
    if (shim_writer_cancel(writer, NULL) == SHIM_OK)
        assert_int_equal(document_count(shim_writer_view(writer)), 1);
    expect_untouched(*state);
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    EXPECT(SHIM_OK, replace(writer, "Q2", "more words"));
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    shim_writer_free(writer);

    struct shim_reader *reader = open_reader(*state);
    assert_int_equal(document_count(reader), 2);
    EXPECT(SHIM_OK, shim_check(*state, &error));
    shim_reader_free(reader);
}

/* An index that has lost a file is not taken for a folder in which one may be made. */
static void test_no_new_index_over_a_damaged_one(void **state)
{
    static const char *const files[] = {"iamglass", "postlist.glass", "termlist.glass"};
    struct shim_writer *writer = NULL;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char file[2 * TEST_PATH_MAX];
        const char *const texts[] = {"some words"}, *path = in_folder(state, files[i]);
        index_texts(path, texts, 1);
        snprintf(file, sizeof(file), "%s/%s", path, files[i]);
        assert_int_equal(remove(file), 0);
        enum shim_status status = shim_writer_open(path, &writer, &error);
        assert_true(status == SHIM_NO_INDEX || status == SHIM_DAMAGED);
        assert_non_null(strstr(error.text, path));
        assert_null(writer);
    }
}

static void test_a_folder_that_cannot_be(void **state)
{
    struct shim_writer *writer = NULL;
    const char *file = in_folder(state, "file");
    FILE *made = fopen(file, "w");
    assert_non_null(made);
    fclose(made);
    EXPECT(SHIM_IO, shim_writer_open(in_folder(state, "no/such/parent"), &writer, &error));
    EXPECT(SHIM_IO, shim_writer_open(file, &writer, &error));
    assert_non_null(strstr(error.text, file));
    assert_int_equal(shim_writer_open(file, &writer, NULL), SHIM_IO);
    assert_null(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_commit_is_seen_after_refresh_only, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_cancel_leaves_nothing, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_closing_drops_the_open_batch, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_a_large_batch_is_whole_or_nothing, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_calls_out_of_order_are_refused, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_replace_delete_and_identity, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_view_sees_the_open_batch, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_second_writer_is_locked_out, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_terms_at_their_bounds, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_full_disk_drops_the_batch, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_no_new_index_over_a_damaged_one, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(test_a_folder_that_cannot_be, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
