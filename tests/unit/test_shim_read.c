/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading back: data, values, positions, columns, terms, spelling, synonyms; damaged and missing indexes;
 * compaction. */
#include "test_shim_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct shim_error error;

static struct shim_writer *open_batch(const char *path)
{
    struct shim_writer *writer;
    EXPECT(SHIM_OK, shim_writer_open(path, &writer, &error));
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    return writer;
}

static void close_batch(struct shim_writer *writer)
{
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    shim_writer_free(writer);
}

static void expect_bytes(void *bytes, size_t len, const void *wanted, size_t wanted_len)
{
    assert_int_equal(len, wanted_len);
    assert_memory_equal(bytes, wanted, wanted_len);
    assert_int_equal(((char *)bytes)[len], '\0');
    shim_free(bytes);
}

/* Document i of `n` has data and a value "v<i>" (but those whose number divides by 5), and a word of its own.
 */
static void index_numbered(const char *path, unsigned first, unsigned n)
{
    struct shim_writer *writer = open_batch(path);
    for (unsigned i = first; i < first + n; i++) {
        char text[32];
        uint32_t number;
        int len = snprintf(text, sizeof(text), "word%u common", i);
        struct shim_document *document = document_of(text);
        len = snprintf(text, sizeof(text), "v%u", i);
        assert_int_equal(shim_document_set_data(document, text, (size_t)len), SHIM_OK);
        if (i % 5)
            assert_int_equal(shim_document_set_value(document, 3, text, (size_t)len), SHIM_OK);
        EXPECT(SHIM_OK, shim_writer_add(writer, document, &number, &error));
        shim_document_free(document);
    }
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "common", 6, n, &error));
    EXPECT(SHIM_OK, shim_writer_add_synonym(writer, "common", first == 1 ? "usual" : "shared", &error));
    EXPECT(SHIM_OK, shim_writer_set_metadata(writer, "first", first == 1 ? "1" : "2", 1, &error));
    EXPECT(SHIM_OK, shim_writer_set_metadata(writer, first == 1 ? "one" : "two", "x", 1, &error));
    close_batch(writer);
}

static void expect_data(struct shim_reader *reader, uint32_t document, const char *wanted)
{
    void *bytes;
    size_t len;
    EXPECT(SHIM_OK, shim_reader_data(reader, document, &bytes, &len, &error));
    expect_bytes(bytes, len, wanted, strlen(wanted));
}

static void test_data_and_values(void **state)
{
    struct shim_writer *writer = open_batch(*state);
    struct shim_document *document = shim_document_new();
    uint32_t number;
    void *bytes;
    size_t len;
    assert_int_equal(shim_document_set_data(document, "a\0b", 3), SHIM_OK);
    assert_int_equal(shim_document_set_value(document, 0, "\0\xff", 2), SHIM_OK);
    assert_int_equal(shim_document_set_value(document, 7, "", 0), SHIM_OK);
    EXPECT(SHIM_OK, shim_writer_add(writer, document, &number, &error));
    shim_document_clear(document);
    EXPECT(SHIM_OK, shim_writer_add(writer, document, &number, &error));
    shim_document_free(document);
    close_batch(writer);

    struct shim_reader *reader = open_reader(*state);
    EXPECT(SHIM_OK, shim_reader_data(reader, 1, &bytes, &len, &error));
    expect_bytes(bytes, len, "a\0b", 3);
    EXPECT(SHIM_OK, shim_reader_value(reader, 1, 0, &bytes, &len, &error));
    expect_bytes(bytes, len, "\0\xff", 2);
    EXPECT(SHIM_NOT_FOUND, shim_reader_value(reader, 1, 7, &bytes, &len, &error));
    EXPECT(SHIM_NOT_FOUND, shim_reader_value(reader, 2, 0, &bytes, &len, &error));
    EXPECT(SHIM_NOT_FOUND, shim_reader_value(reader, 3, 0, &bytes, &len, &error));
    EXPECT(SHIM_NOT_FOUND, shim_reader_data(reader, 3, &bytes, &len, &error));
    EXPECT(SHIM_OK, shim_reader_data(reader, 2, &bytes, &len, &error));
    expect_bytes(bytes, len, "", 0);
    shim_reader_free(reader);
}

static void test_large_data_and_values(void **state)
{
    enum { LARGE = 3000000 };
    char *large = malloc(LARGE);
    uint64_t seed = 88172645463325252u;
    struct shim_writer *writer = open_batch(*state);
    struct shim_document *document = shim_document_new();
    uint32_t number;
    void *bytes;
    size_t len;
    for (size_t i = 0; i < LARGE; i++) { /* nothing that compresses */
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
        large[i] = (char)seed;
    }
    assert_int_equal(shim_document_set_data(document, large, LARGE), SHIM_OK);
    assert_int_equal(shim_document_set_value(document, 1, large, 100000), SHIM_OK);
    EXPECT(SHIM_OK, shim_writer_add(writer, document, &number, &error));
    EXPECT(SHIM_OK, shim_writer_set_metadata(writer, "large", large, LARGE, &error));
    shim_document_free(document);
    close_batch(writer);
    struct shim_reader *reader = open_reader(*state);
    EXPECT(SHIM_OK, shim_reader_data(reader, 1, &bytes, &len, &error));
    expect_bytes(bytes, len, large, LARGE);
    EXPECT(SHIM_OK, shim_reader_value(reader, 1, 1, &bytes, &len, &error));
    expect_bytes(bytes, len, large, 100000);
    EXPECT(SHIM_OK, shim_reader_metadata(reader, "large", &bytes, &len, &error));
    expect_bytes(bytes, len, large, LARGE);
    shim_reader_free(reader);
    free(large);
}

static void test_positions(void **state)
{
    const char *texts[] = {"risk of risk | risk", "no such"};
    uint32_t *positions = NULL, number;
    size_t n;
    index_texts(*state, texts, 2);
    struct shim_reader *reader = open_reader(*state);
    EXPECT(SHIM_OK, shim_reader_positions(reader, 1, "risk", 4, &positions, &n, &error));
    assert_int_equal(n, 3);
    assert_int_equal(positions[0], 1);
    assert_int_equal(positions[1], 3);
    assert_int_equal(positions[2], 104);
    shim_free(positions);
    EXPECT(SHIM_OK, shim_reader_positions(reader, 2, "risk", 4, &positions, &n, &error));
    assert_int_equal(n, 0);
    assert_null(positions);
    EXPECT(SHIM_INVALID, shim_reader_positions(reader, 0, "risk", 4, &positions, &n, &error));
    EXPECT(SHIM_OK, shim_reader_find(reader, "no", 2, &number, &error));
    assert_int_equal(number, 2);
    shim_reader_free(reader);
}

/* A term may be counted apart from its positions, met again, and stand at position 0. */
static void test_postings_add_up(void **state)
{
    const uint32_t early[] = {0, 5}, late[] = {UINT32_MAX - 1};
    struct shim_writer *writer = open_batch(*state);
    struct shim_document *document = shim_document_new();
    uint32_t *positions, number;
    size_t n;
    assert_int_equal(shim_document_add_postings(document, "w", 1, early, 2, 2), SHIM_OK);
    assert_int_equal(shim_document_add_postings(document, "w", 1, late, 1, 1), SHIM_OK);
    assert_int_equal(shim_document_add_postings(document, "w", 1, NULL, 0, 4), SHIM_OK);
    EXPECT(SHIM_OK, shim_writer_add(writer, document, &number, &error));
    shim_document_free(document);
    close_batch(writer);
    struct shim_reader *reader = open_reader(*state);
    EXPECT(SHIM_OK, shim_reader_positions(reader, 1, "w", 1, &positions, &n, &error));
    assert_int_equal(n, 3);
    assert_int_equal(positions[0], 0);
    assert_int_equal(positions[1], 5);
    assert_int_equal(positions[2], UINT32_MAX - 1);
    shim_free(positions);
    shim_reader_free(reader);
}

static void test_columns(void **state)
{
    struct shim_column *column;
    const void *bytes;
    size_t len;
    uint32_t document;
    index_numbered(*state, 1, 300);
    struct shim_reader *reader = open_reader(*state);
    EXPECT(SHIM_OK, shim_column_open(reader, 3, &column, &error));
    for (uint32_t wanted = 1; wanted <= 300; wanted++) {
        char text[16];
        if (wanted % 5 == 0)
            continue;
        EXPECT(SHIM_OK, shim_column_next(column, &document, &bytes, &len, &error));
        assert_int_equal(document, wanted);
        assert_int_equal(len, snprintf(text, sizeof(text), "v%u", wanted));
        assert_memory_equal(bytes, text, len);
    }
    EXPECT(SHIM_END, shim_column_next(column, &document, &bytes, &len, &error));
    EXPECT(SHIM_END, shim_column_next(column, &document, &bytes, &len, &error));
    shim_column_free(column);
    EXPECT(SHIM_OK, shim_column_open(reader, 99, &column, &error));
    EXPECT(SHIM_END, shim_column_next(column, &document, &bytes, &len, &error));
    shim_column_free(column);
    shim_column_free(NULL);
    shim_reader_free(reader);
}

/* The walk as text, "term:count term:count". */
static const char *walked(struct shim_terms *terms)
{
    static char text[1024];
    size_t used = 0, len;
    const char *term;
    uint32_t count;
    enum shim_status status;
    text[0] = '\0';
    while ((status = shim_terms_next(terms, &term, &len, &count, &error)) == SHIM_OK)
        used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%.*s:%u", used ? " " : "", (int)len,
                                 term, count);
    expect_status(status, SHIM_END, &error, "a walk");
    expect_status(shim_terms_next(terms, &term, &len, &count, &error), SHIM_END, &error,
                  "a walk past its end");
    shim_terms_free(terms);
    return text;
}

static const char *terms_from(struct shim_reader *reader, const char *prefix)
{
    struct shim_terms *terms;
    EXPECT(SHIM_OK, shim_reader_terms(reader, prefix, strlen(prefix), &terms, &error));
    return walked(terms);
}

static const char *spellings_from(struct shim_reader *reader, const char *prefix)
{
    struct shim_terms *terms;
    EXPECT(SHIM_OK, shim_reader_spellings(reader, prefix, strlen(prefix), &terms, &error));
    return walked(terms);
}

static void test_terms(void **state)
{
    const char *texts[] = {"risk risks", "risk stratify", "ristretto"};
    index_texts(*state, texts, 3);
    struct shim_reader *reader = open_reader(*state);
    struct shim_terms *terms;
    char prefix[SHIM_TERM_MAX + 1] = {0};
    assert_string_equal(terms_from(reader, "ris"), "risk:2 risks:1 ristretto:1");
    assert_string_equal(terms_from(reader, "risk"), "risk:2 risks:1");
    assert_string_equal(terms_from(reader, "x"), "");
    assert_string_equal(terms_from(reader, ""), "Q0:1 Q1:1 Q2:1 risk:2 risks:1 ristretto:1 stratify:1");
    EXPECT(SHIM_INVALID, shim_reader_terms(reader, prefix, sizeof(prefix), &terms, &error));
    shim_terms_free(NULL);
    shim_reader_free(reader);
}

static void test_spelling_counts(void **state)
{
    char word[SHIM_SPELLING_MAX + 1];
    struct shim_writer *writer = open_batch(*state);
    memset(word, 'a', sizeof(word));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "risk", 4, 2, &error));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "risk", 4, 3, &error));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "rising", 6, 1, &error));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "zeal", 4, 1, &error));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, word, sizeof(word), 1, &error));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, word, SHIM_SPELLING_MAX, 0, &error));
    EXPECT(SHIM_INVALID, shim_writer_add_spelling(writer, "", 0, 1, &error));
    close_batch(writer);
    struct shim_reader *reader = open_reader(*state);
    assert_string_equal(spellings_from(reader, ""), "rising:1 risk:5 zeal:1");
    assert_string_equal(spellings_from(reader, "ris"), "rising:1 risk:5");
    assert_string_equal(spellings_from(reader, "s"), "");
    shim_reader_free(reader);

    writer = open_batch(*state);
    EXPECT(SHIM_OK, shim_writer_remove_spelling(writer, "risk", 4, 4, &error));
    EXPECT(SHIM_OK, shim_writer_remove_spelling(writer, "rising", 6, 1, &error));
    EXPECT(SHIM_OK, shim_writer_remove_spelling(writer, "zeal", 4, 9, &error));
    EXPECT(SHIM_OK, shim_writer_remove_spelling(writer, "absent", 6, 1, &error));
    close_batch(writer);
    reader = open_reader(*state);
    assert_string_equal(spellings_from(reader, ""), "risk:1");
    shim_reader_free(reader);
}

static const char *corrected(struct shim_reader *reader, const char *word, unsigned distance)
{
    static char text[128];
    char *nearest;
    enum shim_status status = shim_reader_correct(reader, word, strlen(word), distance, &nearest, &error);
    if (status == SHIM_NOT_FOUND)
        return "";
    expect_status(status, SHIM_OK, &error, "a correction");
    snprintf(text, sizeof(text), "%s", nearest);
    shim_free(nearest);
    return text;
}

static void test_corrections(void **state)
{
    char endless[5000];
    char *nearest;
    struct shim_writer *writer = open_batch(*state);
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "stratification", 14, 9, &error));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "commissioning", 13, 5, &error));
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "commissioned", 12, 2, &error));
    close_batch(writer);
    struct shim_reader *reader = open_reader(*state);
    assert_string_equal(corrected(reader, "stratifcation", 2), "stratification");
    assert_string_equal(corrected(reader, "startification", 2), "stratification");
    assert_string_equal(corrected(reader, "commissionig", 1), "commissioning");
    assert_string_equal(corrected(reader, "commissioning", 3),
                        ""); /* itself, and commoner than what is near */
    assert_string_equal(corrected(reader, "pharmacy", 2), "");
    assert_string_equal(corrected(reader, "", 2), "");
    assert_string_equal(corrected(reader, "stratifcation", 0), "");
    memset(endless, 's', sizeof(endless));
    EXPECT(SHIM_NOT_FOUND, shim_reader_correct(reader, endless, sizeof(endless), 2, &nearest, &error));
    shim_reader_free(reader);
}

/* libxapian 1.4.22 misses the end of what it keeps about so many words so alike. */
static void test_corrections_that_cannot_be_read(void **state)
{
    enum { WORDS = 12000 };
    char word[16];
    uint32_t documents, last;
    struct shim_writer *writer = open_batch(*state);
    for (int i = 0; i < WORDS; i++) {
        int len = snprintf(word, sizeof(word), "w%dord", i);
        EXPECT(SHIM_OK, shim_writer_add_spelling(writer, word, (size_t)len, 1, &error));
    }
    EXPECT(SHIM_OK, shim_writer_add_spelling(writer, "commissioning", 13, 5, &error));
    close_batch(writer);
    EXPECT(SHIM_OK, shim_check(*state, &error));
    struct shim_reader *reader = open_reader(*state);
    corrected(reader, "wxord", 1); /* found or not: an answer, as everything after it */
    assert_string_equal(corrected(reader, "comissioning", 2), "commissioning");
    EXPECT(SHIM_OK, shim_reader_count(reader, &documents, &last, &error));
    shim_reader_free(reader);
}

static void test_synonyms(void **state)
{
    char *lines;
    struct shim_writer *writer = open_batch(*state);
    EXPECT(SHIM_OK, shim_writer_add_synonym(writer, "sus", "secondary uses service", &error));
    EXPECT(SHIM_OK, shim_writer_add_synonym(writer, "sus", "secondary user services", &error));
    EXPECT(SHIM_OK, shim_writer_add_synonym(writer, "secondary uses service", "sus", &error));
    EXPECT(SHIM_OK, shim_writer_add_synonym(writer, "hes", "hospital episode statistics", &error));
    EXPECT(SHIM_INVALID, shim_writer_add_synonym(writer, "", "x", &error));
    EXPECT(SHIM_INVALID, shim_writer_add_synonym(writer, "x", "two\nlines", &error));
    EXPECT(SHIM_OK, shim_writer_clear_synonyms(writer, "hes", &error));
    close_batch(writer);
    struct shim_reader *reader = open_reader(*state);
    EXPECT(SHIM_OK, shim_reader_synonyms(reader, "sus", &lines, &error));
    assert_string_equal(lines, "secondary user services\nsecondary uses service");
    shim_free(lines);
    EXPECT(SHIM_OK, shim_reader_synonyms(reader, "secondary uses service", &lines, &error));
    assert_string_equal(lines, "sus");
    shim_free(lines);
    EXPECT(SHIM_NOT_FOUND, shim_reader_synonyms(reader, "hes", &lines, &error));
    shim_reader_free(reader);
}

static void test_metadata(void **state)
{
    void *bytes;
    size_t len;
    struct shim_writer *writer = open_batch(*state);
    EXPECT(SHIM_OK, shim_writer_set_metadata(writer, "format", "1\0", 2, &error));
    EXPECT(SHIM_OK, shim_writer_set_metadata(writer, "gone", "x", 1, &error));
    EXPECT(SHIM_OK, shim_writer_set_metadata(writer, "gone", NULL, 0, &error));
    EXPECT(SHIM_INVALID, shim_writer_set_metadata(writer, "", "x", 1, &error));
    close_batch(writer);
    struct shim_reader *reader = open_reader(*state);
    EXPECT(SHIM_OK, shim_reader_metadata(reader, "format", &bytes, &len, &error));
    expect_bytes(bytes, len, "1\0", 2);
    EXPECT(SHIM_NOT_FOUND, shim_reader_metadata(reader, "gone", &bytes, &len, &error));
    EXPECT(SHIM_INVALID, shim_reader_metadata(reader, "", &bytes, &len, &error));
    shim_reader_free(reader);
}

static void test_nothing_there(void **state)
{
    struct shim_reader *reader = NULL;
    const char *from = in_folder(state, "none"), *file = in_folder(state, "file");
    FILE *stub = fopen(file, "w");
    fputs("auto /etc\n", stub);
    fclose(stub);
    EXPECT(SHIM_NO_INDEX, shim_reader_open(from, &reader, &error));
    assert_non_null(strstr(error.text, from));
    EXPECT(SHIM_NO_INDEX, shim_reader_open(file, &reader, &error));
    EXPECT(SHIM_NO_INDEX, shim_reader_open(*state, &reader, &error));
    assert_null(reader);
    EXPECT(SHIM_NO_INDEX, shim_check(from, &error));
    EXPECT(SHIM_NO_INDEX, shim_check(file, &error));
    EXPECT(SHIM_NO_INDEX, shim_compact(&from, 1, in_folder(state, "to"), &error));
    assert_int_equal(access(in_folder(state, "to"), F_OK), -1);
    assert_int_equal(shim_reader_open(from, &reader, NULL), SHIM_NO_INDEX);
    shim_reader_free(NULL);
    shim_writer_free(NULL);
}

/* Opens what is there and reads all of it: whatever the damage, a status comes back. */
static enum shim_status read_everything(const char *path)
{
    struct shim_reader *reader;
    uint64_t words[8] = {0};
    enum shim_status status = shim_reader_open(path, &reader, &error);
    if (status != SHIM_OK)
        return status;
    struct shim_query *query = phrase_of("word7 common");
    status = shim_match(reader, query, words, 512, &error);
    for (uint32_t d = 1; d <= 300 && status == SHIM_OK; d++) {
        void *bytes;
        size_t len;
        status = shim_reader_data(reader, d, &bytes, &len, &error);
        if (status == SHIM_OK)
            shim_free(bytes);
    }
    shim_query_free(query);
    shim_reader_free(reader);
    return status;
}

static void expect_damaged(enum shim_status status, const char *file, const char *what)
{
    if (status != SHIM_DAMAGED && status != SHIM_NO_INDEX)
        fail_msg("%s %s: %s", what, file, shim_status_text(status));
    assert_null(strstr(error.text, "Xapian"));
    assert_int_equal(error.status, status);
}

static void test_truncated_files(void **state)
{
    static const char *const files[] = {"iamglass", "postlist.glass", "position.glass", "docdata.glass"};
    const char *good = in_folder(state, "good");
    index_numbered(good, 1, 300);
    EXPECT(SHIM_OK, shim_check(good, &error));
    assert_int_equal(read_everything(good), SHIM_OK);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char bad[TEST_PATH_MAX], file[TEST_PATH_MAX + 32];
        struct stat info;
        snprintf(bad, sizeof(bad), "%s/bad", (const char *)*state);
        snprintf(file, sizeof(file), "%s/%s", bad, files[i]);
        copy_folder(good, bad);
        assert_int_equal(stat(file, &info), 0);
        assert_int_equal(truncate(file, info.st_size / 2), 0);
        expect_damaged(read_everything(bad), files[i], "reading");
        expect_damaged(shim_check(bad, &error), files[i], "checking");
        assert_non_null(strstr(error.text, bad));
        assert_int_equal(truncate(file, 0), 0);
        expect_damaged(read_everything(bad), files[i], "reading the empty");
        if (i < 2) { /* the others come into being when they are first used, so none is an empty one */
            assert_int_equal(unlink(file), 0);
            assert_int_not_equal(read_everything(bad), SHIM_OK);
        }
    }
}

static void test_check_finds_a_changed_byte(void **state)
{
    const char *path = in_folder(state, "index");
    char file[TEST_PATH_MAX + 32];
    index_numbered(path, 1, 300);
    snprintf(file, sizeof(file), "%s/postlist.glass", path);
    FILE *table = fopen(file, "r+");
    for (long at = 4000; at < 8000; at += 3) {
        fseek(table, at, SEEK_SET);
        fputc(0xa5, table);
    }
    fclose(table);
    expect_damaged(shim_check(path, &error), "postlist.glass", "checking");
}

static void test_compaction_keeps_all(void **state)
{
    const char *const from[] = {in_folder(state, "a"), in_folder(state, "b")};
    const char *to = in_folder(state, "whole");
    void *bytes;
    char *lines;
    size_t len;
    uint32_t documents, last;
    index_numbered(from[0], 1, 120);
    index_numbered(from[1], 121, 80);
    EXPECT(SHIM_INVALID, shim_compact(from, 0, to, &error));
    EXPECT(SHIM_INVALID, shim_compact(from, 2, from[0], &error));
    EXPECT(SHIM_OK, shim_compact(from, 2, to, &error));
    EXPECT(SHIM_OK, shim_check(to, &error));
    EXPECT(SHIM_INVALID, shim_compact(from, 2, to, &error));

    struct shim_reader *reader = open_reader(to);
    EXPECT(SHIM_OK, shim_reader_count(reader, &documents, &last, &error));
    assert_int_equal(documents, 200);
    assert_int_equal(last, 200);
    expect_data(reader, 1, "v1");
    expect_data(reader, 121, "v121");
    expect_data(reader, 200, "v200");
    EXPECT(SHIM_OK, shim_reader_value(reader, 171, 3, &bytes, &len, &error));
    expect_bytes(bytes, len, "v171", 4);
    assert_string_equal(matches(reader, phrase_of("word150 common")), "150");
    assert_string_equal(matches(reader, phrase_of("common word150")), "");
    EXPECT(SHIM_OK, shim_reader_metadata(reader, "first", &bytes, &len, &error));
    expect_bytes(bytes, len, "1", 1);
    EXPECT(SHIM_OK, shim_reader_metadata(reader, "two", &bytes, &len, &error));
    expect_bytes(bytes, len, "x", 1);
    assert_string_equal(spellings_from(reader, ""), "common:200");
    EXPECT(SHIM_OK, shim_reader_synonyms(reader, "common", &lines, &error));
    assert_string_equal(lines, "shared\nusual");
    shim_free(lines);
    shim_reader_free(reader);
}

/* A compact index can be written on. */
static void test_compact_then_write(void **state)
{
    const char *const from[] = {in_folder(state, "a")};
    const char *to = in_folder(state, "whole");
    uint32_t number;
    index_numbered(from[0], 1, 50);
    EXPECT(SHIM_OK, shim_compact(from, 1, to, &error));
    struct shim_writer *writer = open_batch(to);
    struct shim_document *document = document_of("common extra");
    EXPECT(SHIM_OK, shim_writer_replace(writer, "word7", 5, document, &number, &error));
    assert_int_equal(number, 7);
    shim_document_free(document);
    close_batch(writer);
    struct shim_reader *reader = open_reader(to);
    assert_string_equal(matches(reader, word_of("extra")), "7");
    assert_int_equal(document_count(reader), 50);
    shim_reader_free(reader);
}

/* Puts other words in place of every document's. They are enough for tables of several levels: the root is
 * all that a reader holds when it has been opened. */
static void replace_all(const char *path, int round)
{
    struct shim_writer *writer = open_batch(path);
    for (int d = 0; d < 500; d++) {
        char identity[16], text[128];
        uint32_t number;
        int len = snprintf(identity, sizeof(identity), "Q%d", d);
        snprintf(text, sizeof(text), "round%d r%d-%d-a r%d-%d-b r%d-%d-c", round, round, d, round, d, round,
                 d);
        struct shim_document *document = document_of(text);
        EXPECT(SHIM_OK, shim_writer_replace(writer, identity, (size_t)len, document, &number, &error));
        shim_document_free(document);
    }
    close_batch(writer);
}

/* Convention 5: what a reader left behind says, it says to every call until it is refreshed. Without that the
 * library was seen to answer the second call with "no such term". */
static void test_a_reader_left_behind(void **state)
{
    bool changed;
    uint32_t documents;
    uint64_t words[16] = {0};
    struct shim_query *query = word_of("round0");
    replace_all(*state, 0);
    struct shim_reader *reader = open_reader(*state);
    for (int round = 1; round < 5; round++)
        replace_all(*state, round);
    EXPECT(SHIM_CHANGED, shim_match(reader, query, words, 1024, &error));
    EXPECT(SHIM_CHANGED, shim_match(reader, query, words, 1024, &error));
    EXPECT(SHIM_CHANGED, shim_reader_frequency(reader, "round0", 6, &documents, &error));
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(words[i], 0);
    EXPECT(SHIM_OK, shim_reader_refresh(reader, &changed, &error));
    assert_true(changed);
    assert_int_equal(frequency(reader, "round0"), 0);
    assert_int_equal(frequency(reader, "round4"), 500);
    shim_query_free(query);
    shim_reader_free(reader);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(test_data_and_values),
        IN_FOLDER(test_large_data_and_values),
        IN_FOLDER(test_positions),
        IN_FOLDER(test_postings_add_up),
        IN_FOLDER(test_columns),
        IN_FOLDER(test_terms),
        IN_FOLDER(test_spelling_counts),
        IN_FOLDER(test_corrections),
        IN_FOLDER(test_corrections_that_cannot_be_read),
        IN_FOLDER(test_synonyms),
        IN_FOLDER(test_metadata),
        IN_FOLDER(test_nothing_there),
        IN_FOLDER(test_truncated_files),
        IN_FOLDER(test_check_finds_a_changed_byte),
        IN_FOLDER(test_compaction_keeps_all),
        IN_FOLDER(test_compact_then_write),
        IN_FOLDER(test_a_reader_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
