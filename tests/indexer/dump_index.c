/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dump_index DIR: all that an index holds, as text that depends neither on the numbers of its documents nor
 * on the order of its dictionaries: two indexes that answer alike have the same dump.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/store/columns.h"
#include "indexer/store/dictionary.h"
#include "indexer/store/generation.h"
#include "indexer/store/text_store.h"
#include "shim/shim.h"

struct dump {
    struct shim_reader *reader;
    struct text_reader *text;
    struct text_frame *frame;
    struct strlist *spellings;
    char **keys; /* by document */
    uint32_t last;
};

static void need(bool good, const char *what, const char *why)
{
    if (good)
        return;
    fprintf(stderr, "dump_index: %s: %s\n", what, why);
    exit(2);
}

/* A slot's bytes as text's length says, *new*; NULL where absent. */
static unsigned char *slot(struct dump *dump, uint32_t document, int number, size_t *ret_len)
{
    void *bytes;
    if (shim_reader_value(dump->reader, document, (uint32_t)number, &bytes, ret_len, NULL) != SHIM_OK)
        return NULL;
    return bytes;
}

static void open_dump(struct dump *dump, const char *db)
{
    char generation[GENERATION_NAME_SIZE];
    struct error error = ERROR_NONE;
    need(generation_current(db, generation, &error) == 0, db, "no current generation");
    MEM_AUTO char *postings = generation_postings(db, generation);
    MEM_AUTO char *text = generation_text(db, generation);
    MEM_AUTO char *dictionary = generation_text_dictionary(db, generation);
    struct shim_error shim_error;
    need(shim_reader_open(postings, &dump->reader, &shim_error) == SHIM_OK, postings, shim_error.text);
    need(text_reader_open(text, dictionary, &dump->text, &error) == 0, text, error.text);
    dump->frame = text_frame_new();
    size_t count;
    field_facets(&count);
    dump->spellings = mem_zero(count, sizeof *dump->spellings);
    for (size_t i = 0; i < count; i++)
        need(dictionary_load(dump->reader, (int)i, &dump->spellings[i], &error) == 0, db, error.text);
    uint32_t documents;
    need(shim_reader_count(dump->reader, &documents, &dump->last, &shim_error) == SHIM_OK, db,
         shim_error.text);
    dump->keys = mem_zero(dump->last + 1, sizeof *dump->keys);
    for (uint32_t d = 1; d <= dump->last; d++) {
        size_t len;
        unsigned char *key = slot(dump, d, COLUMN_ID, &len);
        dump->keys[d] = key ? mem_copy(key, len) : NULL;
        shim_free(key);
    }
}

static void close_dump(struct dump *dump)
{
    size_t count;
    field_facets(&count);
    for (size_t i = 0; i < count; i++)
        strlist_free(&dump->spellings[i]);
    free(dump->spellings);
    for (uint32_t d = 1; d <= dump->last; d++)
        free(dump->keys[d]);
    free(dump->keys);
    text_frame_free(dump->frame);
    text_reader_free(dump->text);
    shim_reader_free(dump->reader);
}

/* ---- a document ---- */

static void print_values(struct dump *dump, size_t facet, const unsigned char **at, const unsigned char *end,
                         uint64_t n)
{
    uint64_t ordinal;
    for (uint64_t i = 0; i < n && column_take(at, end, &ordinal); i++) {
        need(ordinal < dump->spellings[facet].len, "ordinal", "not in its dictionary");
        printf(" [%s]", dump->spellings[facet].items[ordinal]);
    }
}

static void print_facets(struct dump *dump, uint32_t d)
{
    size_t count, len;
    const struct field *const *facets = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        unsigned char *bytes = slot(dump, d, facets[i]->slot, &len);
        if (!bytes)
            continue;
        const unsigned char *at = bytes;
        printf("%s\t%s", dump->keys[d], facets[i]->facet);
        print_values(dump, i, &at, bytes + len, UINT64_MAX);
        printf("\n");
        shim_free(bytes);
    }
}

static void print_release(struct dump *dump, uint32_t d, const unsigned char **at, const unsigned char *end)
{
    uint64_t number, editions, values;
    printf("%s\trelease", dump->keys[d]);
    for (int i = 0; i < 2; i++)
        printf(" %" PRIu64, column_take(at, end, &number) ? number : 0);
    column_take(at, end, &editions);
    for (uint64_t i = 0; i < editions && column_take(at, end, &number); i++)
        printf(" @%" PRIu64, number);
    size_t count;
    const struct field *const *facets = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        if (!(facets[i]->use & FIELD_USE_RELEASE) || !column_take(at, end, &values))
            continue;
        printf(" %s", facets[i]->facet);
        print_values(dump, i, at, end, values);
    }
    printf("\n");
}

static void print_releases(struct dump *dump, uint32_t d)
{
    size_t len;
    unsigned char *bytes = slot(dump, d, SLOT_RELEASES, &len);
    if (!bytes)
        return;
    const unsigned char *at = bytes;
    uint64_t rows = 0;
    column_take(&at, bytes + len, &rows);
    printf("%s\treleases %" PRIu64 "\n", dump->keys[d], rows);
    for (uint64_t i = 0; i < rows; i++)
        print_release(dump, d, &at, bytes + len);
    need(at == bytes + len, dump->keys[d], "bytes behind the last release");
    shim_free(bytes);
}

static void print_slots(struct dump *dump, uint32_t d)
{
    static const int slots[] = {SLOT_PART_STARTS,  SLOT_REFERENCE,           SLOT_STATE,        COLUMN_DATES,
                                COLUMN_PAGE_FILES, COLUMN_SORT_ORGANISATION, COLUMN_SORT_TITLE, SLOT_HASH};
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        size_t len;
        unsigned char *bytes = slot(dump, d, slots[i], &len);
        if (!bytes)
            continue;
        printf("%s\tslot %d ", dump->keys[d], slots[i]);
        for (size_t n = 0; n < len; n++)
            printf("%02x", bytes[n]);
        printf("\n");
        shim_free(bytes);
    }
}

static void print_text(struct dump *dump, uint32_t d)
{
    void *bytes;
    size_t len;
    struct text_address address;
    struct text_section sections[TEXT_SECTION_COUNT];
    struct error error = ERROR_NONE;
    need(shim_reader_data(dump->reader, d, &bytes, &len, NULL) == SHIM_OK &&
             text_address_unpack(bytes, len, &address),
         dump->keys[d], "no text address");
    need(text_reader_get(dump->text, dump->frame, &address, sections, &error) == 0, dump->keys[d],
         error.text);
    for (int i = 0; i < TEXT_SECTION_COUNT; i++)
        if (sections[i].bytes)
            printf("%s\ttext %d %zu %.*s\n", dump->keys[d], i, sections[i].len, (int)sections[i].len,
                   sections[i].bytes);
    shim_free(bytes);
}

/* ---- terms ---- */

static void print_term(struct dump *dump, const char *term, size_t len)
{
    size_t words = dump->last / 64 + 1;
    uint64_t *bits = mem_zero(words, sizeof *bits);
    struct shim_query *query = shim_query_word(term, len);
    struct shim_error error;
    need(shim_match(dump->reader, query, bits, words * 64, &error) == SHIM_OK, "match", error.text);
    shim_query_free(query);
    for (uint32_t d = 1; d <= dump->last; d++) {
        if (!(bits[d / 64] >> (d % 64) & 1))
            continue;
        uint32_t *positions;
        size_t n;
        need(shim_reader_positions(dump->reader, d, term, len, &positions, &n, &error) == SHIM_OK,
             "positions", error.text);
        printf("%s\tterm %.*s", dump->keys[d], (int)len, term);
        for (size_t i = 0; i < n; i++)
            printf(" %" PRIu32, positions[i]);
        printf("\n");
        shim_free(positions);
    }
    free(bits);
}

static void print_terms(struct dump *dump)
{
    struct shim_terms *terms;
    struct shim_error error;
    const char *term;
    size_t len;
    uint32_t count;
    need(shim_reader_terms(dump->reader, "", 0, &terms, &error) == SHIM_OK, "terms", error.text);
    while (shim_terms_next(terms, &term, &len, &count, &error) == SHIM_OK)
        print_term(dump, term, len);
    shim_terms_free(terms);
    need(shim_reader_spellings(dump->reader, "", 0, &terms, &error) == SHIM_OK, "spellings", error.text);
    while (shim_terms_next(terms, &term, &len, &count, &error) == SHIM_OK)
        printf("\tspelling %.*s %" PRIu32 "\n", (int)len, term, count);
    shim_terms_free(terms);
}

/* What the metadata has under a key, a line of it a line. */
static void print_metadata(struct dump *dump, const char *key)
{
    void *bytes;
    size_t len;
    if (shim_reader_metadata(dump->reader, key, &bytes, &len, NULL) != SHIM_OK)
        return;
    MEM_AUTO char *text = mem_copy(bytes, len);
    shim_free(bytes);
    char *rest = text;
    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            printf("\t%s %s\n", key, line);
}

int main(int argc, char **argv)
{
    need(argc == 2, "usage", "dump_index DIR");
    struct dump dump = {0};
    open_dump(&dump, argv[1]);
    for (uint32_t d = 1; d <= dump.last; d++) {
        if (!dump.keys[d])
            continue;
        print_facets(&dump, d);
        print_releases(&dump, d);
        print_slots(&dump, d);
        print_text(&dump, d);
    }
    print_terms(&dump);
    print_metadata(&dump, "labels");
    print_metadata(&dump, "pairs");
    print_metadata(&dump, "vocabulary");
    close_dump(&dump);
    return 0;
}
