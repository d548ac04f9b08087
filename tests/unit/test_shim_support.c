/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "test_shim_support.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { WORDS_MAX = 64, MATCH_BITS = 4096 };

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info;
    (void)kind;
    (void)walk;
    return remove(path);
}

int make_folder(void **state)
{
    const char *base = getenv("TMPDIR");
    char *path = malloc(TEST_PATH_MAX);
    snprintf(path, TEST_PATH_MAX, "%s/shim-test-XXXXXX", base ? base : "/tmp");
    *state = mkdtemp(path);
    return *state ? 0 : -1;
}

int remove_folder(void **state)
{
    nftw(*state, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(*state);
    return 0;
}

const char *in_folder(void **state, const char *name)
{
    static char paths[3][TEST_PATH_MAX];
    static size_t used;
    char *path = paths[used++ % 3];
    snprintf(path, TEST_PATH_MAX, "%s/%s", (const char *)*state, name);
    return path;
}

void copy_folder(const char *from, const char *to)
{
    char command[3 * TEST_PATH_MAX];
    snprintf(command, sizeof(command), "rm -rf '%s' && cp -r '%s' '%s'", to, from, to);
    assert_int_equal(system(command), 0);
}

void expect_status(enum shim_status status, enum shim_status wanted, const struct shim_error *error,
                   const char *what)
{
    if (status != wanted)
        fail_msg("%s said \"%s\" (%s), not \"%s\"", what, shim_status_text(status),
                 error && status != SHIM_OK ? error->text : "", shim_status_text(wanted));
}

/* The words of `text`, cut in a copy that the next call overwrites. */
static size_t split(const char *text, const char **words, size_t *lens)
{
    static char copy[4096];
    size_t n = 0;
    snprintf(copy, sizeof(copy), "%s", text);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        assert_true(n < WORDS_MAX);
        words[n] = word;
        lens[n++] = strlen(word);
    }
    return n;
}

struct shim_document *document_of(const char *text)
{
    const char *words[WORDS_MAX];
    size_t lens[WORDS_MAX];
    size_t n = split(text, words, lens);
    uint32_t position = 0;
    struct shim_document *document = shim_document_new();
    assert_non_null(document);
    for (size_t i = 0; i < n; i++) {
        position += words[i][0] == '|' ? 100 : 1;
        if (words[i][0] != '|')
            assert_int_equal(shim_document_add_postings(document, words[i], lens[i], &position, 1, 1),
                             SHIM_OK);
    }
    return document;
}

struct shim_query *word_of(const char *word)
{
    return shim_query_word(word, strlen(word));
}

struct shim_query *phrase_of(const char *text)
{
    const char *words[WORDS_MAX];
    size_t lens[WORDS_MAX];
    size_t n = split(text, words, lens);
    return shim_query_phrase(words, lens, n);
}

struct shim_query *near_of(const char *text, unsigned distance)
{
    const char *words[WORDS_MAX];
    size_t lens[WORDS_MAX];
    size_t n = split(text, words, lens);
    return shim_query_near(words, lens, n, distance);
}

void index_texts(const char *path, const char *const *texts, size_t n)
{
    struct shim_error error;
    struct shim_writer *writer;
    EXPECT(SHIM_OK, shim_writer_open(path, &writer, &error));
    EXPECT(SHIM_OK, shim_writer_begin(writer, &error));
    for (size_t i = 0; i < n; i++) {
        char identity[16];
        uint32_t number;
        struct shim_document *document = document_of(texts[i]);
        int len = snprintf(identity, sizeof(identity), "Q%zu", i);
        EXPECT(SHIM_OK, shim_writer_replace(writer, identity, (size_t)len, document, &number, &error));
        shim_document_free(document);
    }
    EXPECT(SHIM_OK, shim_writer_commit(writer, &error));
    shim_writer_free(writer);
}

struct shim_reader *open_reader(const char *path)
{
    struct shim_error error;
    struct shim_reader *reader;
    EXPECT(SHIM_OK, shim_reader_open(path, &reader, &error));
    return reader;
}

const char *matches(struct shim_reader *reader, struct shim_query *query)
{
    static char text[8192];
    uint64_t words[MATCH_BITS / 64] = {0};
    struct shim_error error;
    size_t used = 0;
    assert_non_null(query);
    EXPECT(SHIM_OK, shim_match(reader, query, words, MATCH_BITS, &error));
    shim_query_free(query);
    text[0] = '\0';
    for (size_t d = 0; d < MATCH_BITS && used < sizeof(text); d++)
        if (words[d / 64] >> d % 64 & 1)
            used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%zu", used ? " " : "", d);
    return text;
}

uint32_t frequency(struct shim_reader *reader, const char *term)
{
    struct shim_error error;
    uint32_t documents;
    EXPECT(SHIM_OK, shim_reader_frequency(reader, term, strlen(term), &documents, &error));
    return documents;
}

uint32_t document_count(struct shim_reader *reader)
{
    struct shim_error error;
    uint32_t documents, last;
    EXPECT(SHIM_OK, shim_reader_count(reader, &documents, &last, &error));
    return documents;
}
