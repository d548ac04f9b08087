/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The index as it lies on disk: generations, stored text, packed values, dictionaries, acronyms. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "indexer/base/mem.h"
#include "indexer/store/columns.h"
#include "indexer/store/dictionary.h"
#include "indexer/store/generation.h"
#include "indexer/store/pairs.h"
#include "indexer/store/text_store.h"

static char folder[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/purposed-store-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    char *command = mem_format("rm -rf '%s'", folder);
    int status = system(command);
    free(command);
    return status;
}

static void test_varints(void **state)
{
    (void)state;
    static const uint64_t values[] = {0, 1, 127, 128, 300, 16383, 16384, UINT32_MAX, UINT64_MAX};
    struct buf bytes = BUF_INIT(1000);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        column_put(&bytes, values[i]);
    const unsigned char *at = (const unsigned char *)bytes.data, *end = at + bytes.len;
    uint64_t value;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        assert_true(column_take(&at, end, &value));
        assert_true(value == values[i]);
    }
    assert_false(column_take(&at, end, &value));
    buf_free(&bytes);
    static const unsigned char cut[] = {0x80, 0x80};
    at = cut;
    assert_false(column_take(&at, cut + sizeof cut, &value));
    assert_ptr_equal(at, cut);
}

static void test_dates(void **state)
{
    (void)state;
    assert_int_equal(column_month("2019-09"), 119 * 12 + 9);
    assert_int_equal(column_month("2019-09-30"), 119 * 12 + 9);
    assert_int_equal(column_month("2019-13"), 0);
    assert_int_equal(column_month(NULL), 0);
    assert_int_equal(column_day("2019-09-30"), 20190930);
    assert_int_equal(column_day("2019-09"), 20190901);
    assert_int_equal(column_day("soon"), 0);
}

static void test_generations(void **state)
{
    (void)state;
    char name[GENERATION_NAME_SIZE], current[GENERATION_NAME_SIZE];
    struct error error = ERROR_NONE;
    assert_int_equal(generation_current(folder, current, &error), 1);
    assert_int_equal(generation_create(folder, name, &error), 0);
    assert_string_equal(name, "gen-000001");
    assert_int_equal(generation_current(folder, current, &error), 1); /* not before it is published */
    assert_int_equal(generation_publish(folder, name, &error), 0);
    assert_int_equal(generation_current(folder, current, &error), 0);
    assert_string_equal(current, name);
    assert_int_equal(generation_create(folder, name, &error), 0);
    assert_string_equal(name, "gen-000002");
    assert_int_equal(generation_publish(folder, name, &error), 0);
    generation_remove_others(folder, name);
    char *gone = mem_format("%s/gen-000001", folder);
    assert_int_equal(access(gone, F_OK), -1);
    free(gone);
    assert_false(error.is_set);
}

static void test_a_bad_current_is_refused(void **state)
{
    (void)state;
    char *path = mem_format("%s/CURRENT", folder);
    FILE *file = fopen(path, "w");
    fputs("../elsewhere\n", file);
    fclose(file);
    char current[GENERATION_NAME_SIZE];
    struct error error = ERROR_NONE;
    assert_int_equal(generation_current(folder, current, &error), -2);
    assert_non_null(strstr(error.place, "CURRENT:1"));
    unlink(path);
    free(path);
}

static void pack_record(int number, struct buf *packed)
{
    struct text_section sections[TEXT_SECTION_COUNT] = {0};
    char text[4000];
    size_t len = 0;
    for (int line = 0; line < 40; line++)
        len += (size_t)snprintf(text + len, sizeof text - len,
                                "Line %d of agreement %d: data is kept apart.\n", line, number * 7 % 13);
    sections[TEXT_SECTION_HIT] = (struct text_section){"\"id\":1", 6};
    sections[TEXT_SECTION_REST] = (struct text_section){"{}", 2};
    sections[TEXT_SECTION_PARTS + 2] = (struct text_section){text, len};
    sections[TEXT_SECTION_PARTS + 4] = (struct text_section){"", 0};
    text_pack(sections, packed);
}

static void write_records(const char *path, const char *dictionary, struct text_address *addresses, int count)
{
    struct text_writer *writer;
    struct error error = ERROR_NONE;
    assert_int_equal(text_writer_open(path, dictionary, &writer, &error), 0);
    struct text_compressor *compressor = text_compressor_new(writer);
    for (int i = 0; i < count; i++) {
        struct buf packed = BUF_INIT(100000);
        pack_record(i, &packed);
        assert_int_equal(text_compress(compressor, &packed, &error), 0);
        assert_int_equal(text_writer_put(writer, compressor, &addresses[i], &error), 0);
        buf_free(&packed);
    }
    text_compressor_free(compressor);
    assert_int_equal(text_writer_sync(writer, &error), 0);
    text_writer_free(writer);
}

static void read_records(const char *path, const char *dictionary, const struct text_address *addresses,
                         int count)
{
    struct text_reader *reader;
    struct error error = ERROR_NONE;
    assert_int_equal(text_reader_open(path, dictionary, &reader, &error), 0);
    struct text_frame *frame = text_frame_new();
    for (int i = count - 1; i >= 0; i--) {
        struct text_section sections[TEXT_SECTION_COUNT];
        assert_int_equal(text_reader_get(reader, frame, &addresses[i], sections, &error), 0);
        char wanted[64];
        snprintf(wanted, sizeof wanted, "Line 0 of agreement %d:", i * 7 % 13);
        assert_memory_equal(sections[TEXT_SECTION_PARTS + 2].bytes, wanted, strlen(wanted));
        assert_null(sections[TEXT_SECTION_PARTS].bytes);         /* absent */
        assert_non_null(sections[TEXT_SECTION_PARTS + 4].bytes); /* empty is not absent */
        assert_int_equal(sections[TEXT_SECTION_PARTS + 4].len, 0);
    }
    /* Section after section, in whatever order, and again. */
    struct text_section whole[TEXT_SECTION_COUNT], section;
    for (int i = 0; i < count; i++) {
        assert_int_equal(text_reader_find(reader, frame, &addresses[i], &error), 0);
        for (int s = 2 * TEXT_SECTION_COUNT - 1; s >= 0; s--)
            assert_int_equal(
                text_frame_section(frame, s % TEXT_SECTION_COUNT, &whole[s % TEXT_SECTION_COUNT], &error), 0);
        assert_int_equal(whole[TEXT_SECTION_HIT].len, 6);
        assert_memory_equal(whole[TEXT_SECTION_HIT].bytes, "\"id\":1", 6);
        assert_memory_equal(whole[TEXT_SECTION_REST].bytes, "{}", 2);
        assert_int_equal(text_frame_section(frame, TEXT_SECTION_PARTS, &section, &error), 0);
        assert_null(section.bytes);
    }
    struct text_address outside = {1 << 30, 10, 10};
    struct text_section sections[TEXT_SECTION_COUNT];
    assert_int_equal(text_reader_get(reader, frame, &outside, sections, &error), -1);
    text_frame_free(frame);
    text_reader_free(reader);
}

static void test_texts(void **state)
{
    (void)state;
    enum { RECORDS = 100 };
    char *path = mem_format("%s/text", folder);
    char *dictionary = mem_format("%s/text.dict", folder);
    struct buf samples = BUF_INIT(10 << 20);
    size_t sizes[RECORDS];
    for (int i = 0; i < RECORDS; i++) {
        size_t before = samples.len;
        pack_record(i, &samples);
        sizes[i] = samples.len - before;
    }
    struct error error = ERROR_NONE;
    assert_int_equal(text_dictionary_train(dictionary, &samples, sizes, RECORDS, &error), 0);
    struct text_address addresses[2 * RECORDS];
    write_records(path, dictionary, addresses, RECORDS);
    read_records(path, dictionary, addresses, RECORDS);
    /* Opened again, a store goes on behind what is there. */
    write_records(path, dictionary, addresses + RECORDS, RECORDS);
    assert_true(addresses[RECORDS].offset > addresses[RECORDS - 1].offset);
    read_records(path, dictionary, addresses, RECORDS);
    buf_free(&samples);
    free(path);
    free(dictionary);
}

static void test_addresses(void **state)
{
    (void)state;
    struct text_address address = {UINT64_C(1) << 40, 12345, TEXT_RECORD_MAX}, got;
    char bytes[TEXT_ADDRESS_SIZE];
    size_t len = text_address_pack(&address, bytes);
    assert_true(text_address_unpack(bytes, len, &got));
    assert_memory_equal(&address, &got, sizeof got);
    assert_false(text_address_unpack(bytes, len - 1, &got));
    assert_false(text_address_unpack("", 0, &got));
}

static void test_dictionaries(void **state)
{
    (void)state;
    char *path = mem_format("%s/postings", folder);
    struct shim_writer *writer;
    struct error error = ERROR_NONE;
    assert_int_equal(shim_writer_open(path, &writer, NULL), SHIM_OK);
    enum { SPELLINGS = DICTIONARY_CHUNK + 100 };
    for (int run = 0; run < 2; run++) {
        struct dictionaries *dictionaries = dictionaries_open(shim_writer_view(writer), &error);
        assert_non_null(dictionaries);
        assert_int_equal(shim_writer_begin(writer, NULL), SHIM_OK);
        for (uint32_t i = 0; i < SPELLINGS; i++) {
            char spelling[32];
            snprintf(spelling, sizeof spelling, "value %u", i);
            assert_int_equal(dictionaries_ordinal(dictionaries, 0, spelling), i);
        }
        assert_int_equal(dictionaries_ordinal(dictionaries, 1, "value 7"), 0);
        assert_int_equal(dictionaries_save(dictionaries, writer, &error), 0);
        assert_int_equal(shim_writer_commit(writer, NULL), SHIM_OK);
        dictionaries_free(dictionaries);
    }
    struct strlist spellings = {0};
    assert_int_equal(dictionary_load(shim_writer_view(writer), 0, &spellings, &error), 0);
    assert_int_equal(spellings.len, SPELLINGS);
    assert_string_equal(spellings.items[DICTIONARY_CHUNK], "value 512");
    strlist_free(&spellings);
    shim_writer_free(writer);
    free(path);
}

/* ---- acronyms ---- */

/* Adds the pairs number `from` to `to` - 1, or takes them away, each as that of a record of its own. */
static void count_pairs(struct pairs *pairs, int from, int to, int by)
{
    for (int i = from; i < to; i++) {
        char short_form[16], long_form[32];
        snprintf(short_form, sizeof short_form, "s%06d", i);
        snprintf(long_form, sizeof long_form, "short form %06d", i);
        pairs_next_record(pairs, by);
        pairs_add(pairs, short_form, long_form, short_form, long_form);
    }
}

/* What the index holds, with the pairs from `from` to `to` - 1 added or taken away. */
static void change_pairs(const char *path, int from, int to, int by)
{
    struct shim_writer *writer;
    struct pairs *pairs = pairs_new();
    assert_int_equal(shim_writer_open(path, &writer, NULL), SHIM_OK);
    assert_int_equal(pairs_load(pairs, shim_writer_view(writer), NULL), SHIM_OK);
    assert_int_equal(shim_writer_begin(writer, NULL), SHIM_OK);
    count_pairs(pairs, from, to, by);
    assert_int_equal(pairs_save(pairs, writer, NULL), 0);
    assert_int_equal(shim_writer_commit(writer, NULL), SHIM_OK);
    shim_writer_free(writer);
    pairs_free(pairs);
}

/* Whether the index's rows can be those of pairs `from` to `to` - 1. */
static bool can_be(const char *path, int from, int to, bool is_new)
{
    struct shim_reader *reader;
    struct error error = ERROR_NONE;
    struct pairs *pairs = pairs_new();
    count_pairs(pairs, from, to, 1);
    assert_int_equal(shim_reader_open(path, &reader, NULL), SHIM_OK);
    int result = pairs_compare(pairs, reader, is_new, &error);
    assert_int_equal(error.is_set, result != 0);
    shim_reader_free(reader);
    pairs_free(pairs);
    return result == 0;
}

/* Two rows each: the last pair's went when the index was built, and are missing when the others are gone too.
 */
static void test_pairs_that_went(void **state)
{
    (void)state;
    enum { COUNT = PAIRS_KEPT_MAX / 2 + 1 };
    MEM_AUTO char *path = mem_format("%s/pairs", folder);
    change_pairs(path, 0, COUNT, 1);
    assert_true(can_be(path, 0, COUNT, true));
    assert_false(can_be(path, 0, COUNT - 2, false));
    change_pairs(path, 0, COUNT - 2, -1);
    assert_true(can_be(path, COUNT - 2, COUNT, false));
    assert_false(can_be(path, COUNT - 2, COUNT, true));
    assert_false(can_be(path, COUNT - 1, COUNT, false));
    change_pairs(path, COUNT - 2, COUNT, -1);
    assert_true(can_be(path, 0, 0, true));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_varints),      cmocka_unit_test(test_dates),
        cmocka_unit_test(test_generations),  cmocka_unit_test(test_a_bad_current_is_refused),
        cmocka_unit_test(test_texts),        cmocka_unit_test(test_addresses),
        cmocka_unit_test(test_dictionaries), cmocka_unit_test(test_pairs_that_went),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
