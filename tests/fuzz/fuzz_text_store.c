/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stored records. An input's first byte says what the rest is: 'f' a file of stored records, behind an
 * address in it ("offset stored size\n"); 'p' a record's bytes before they are compressed; anything else the
 * text of sections parted by '|', of which "~" is an absent one. What is stored comes back as it was; what is
 * damaged is an error, never a record.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/store/columns.h"
#include "indexer/store/text_store.h"
#include "tests/fuzz/support.h"

static const char no_dictionary[] = "/dev/null";
static struct text_frame *frame;

static bool is_same(const struct text_section *one, const struct text_section *other)
{
    if (!one->bytes || !other->bytes)
        return !one->bytes && !other->bytes;
    return one->len == other->len && memcmp(one->bytes, other->bytes, one->len) == 0;
}

/* Reads one record and shows it to `look`. 0, or -1 where the store says that it is damaged. */
static int get(const char *path, const struct text_address *address,
               void (*look)(const struct text_section *sections, const void *context), const void *context)
{
    struct error error = ERROR_NONE;
    struct text_reader *reader;
    struct text_section sections[TEXT_SECTION_COUNT];
    FUZZ_CHECK(text_reader_open(path, no_dictionary, &reader, &error) == 0, "%s", error.text);
    int status = text_reader_get(reader, frame, address, sections, &error);
    FUZZ_CHECK((status == 0) == !error.is_set, "status %d", status);
    if (status == 0 && look)
        look(sections, context);
    text_reader_free(reader);
    return status;
}

/* Stores a packed record as the only one; its file, or NULL where it is no packed record. */
static const char *put(const struct buf *packed, struct text_address *address)
{
    struct error error = ERROR_NONE;
    struct text_writer *writer;
    const char *path = fuzz_file("", 0);
    FUZZ_CHECK(text_writer_open(path, no_dictionary, &writer, &error) == 0, "%s", error.text);
    struct text_compressor *compressor = text_compressor_new(writer);
    int status = text_compress(compressor, packed, &error);
    if (status == 0)
        status = text_writer_put(writer, compressor, address, &error);
    FUZZ_CHECK((status == 0) == !error.is_set, "status %d", status);
    text_compressor_free(compressor);
    if (status != 0) {
        text_writer_free(writer);
        return NULL;
    }
    FUZZ_CHECK(text_writer_sync(writer, &error) == 0, "%s", error.text);
    FUZZ_CHECK(text_writer_size(writer) == address->offset + address->stored, "the file's size");
    text_writer_free(writer);
    return path;
}

static void check_address(const struct text_address *address)
{
    char bytes[TEXT_ADDRESS_SIZE];
    struct text_address again;
    size_t len = text_address_pack(address, bytes);
    FUZZ_CHECK(text_address_unpack(bytes, len, &again), "an address that cannot be read back");
    FUZZ_CHECK(again.offset == address->offset && again.stored == address->stored &&
                   again.size == address->size,
               "another address");
    FUZZ_CHECK(!text_address_unpack(bytes, len - 1, &again), "a cut address is taken");
}

static void look_for_same(const struct text_section *sections, const void *context)
{
    const struct text_section *meant = context;
    for (int i = 0; i < TEXT_SECTION_COUNT; i++)
        FUZZ_CHECK(is_same(&sections[i], &meant[i]), "section %d: \"%.*s\" became \"%.*s\"", i,
                   (int)meant[i].len, meant[i].bytes ? meant[i].bytes : "", (int)sections[i].len,
                   sections[i].bytes ? sections[i].bytes : "");
}

static void check_sections(const struct text_section sections[TEXT_SECTION_COUNT])
{
    BUF_AUTO struct buf packed = BUF_INIT(TEXT_RECORD_MAX);
    struct text_address address;
    text_pack(sections, &packed);
    const char *path = put(&packed, &address);
    FUZZ_CHECK(path != NULL, "sections that cannot be stored");
    check_address(&address);
    FUZZ_CHECK(get(path, &address, look_for_same, sections) == 0, "a stored record cannot be read");
    address.size += 1;
    FUZZ_CHECK(get(path, &address, NULL, NULL) != 0, "a record of another size is taken");
    address.size -= 1;
    address.stored += 1;
    FUZZ_CHECK(get(path, &address, NULL, NULL) != 0, "a record beyond the file is taken");
}

static void split_sections(const char *text, size_t len, struct text_section sections[TEXT_SECTION_COUNT])
{
    for (int i = 0; i < TEXT_SECTION_COUNT; i++) {
        const char *bar = i + 1 < TEXT_SECTION_COUNT ? memchr(text, '|', len) : NULL;
        size_t piece = bar ? (size_t)(bar - text) : len;
        bool is_absent = piece == 1 && *text == '~';
        sections[i] = is_absent ? (struct text_section){0} : (struct text_section){text, piece};
        text += piece + (bar != NULL);
        len -= piece + (bar != NULL);
    }
}

/* What was taken as a record is one: its sections are stored and come back. Copies them first, since reading
 * uses the frame anew. */
static void look_for_record(const struct text_section *sections, const void *context)
{
    struct text_section copies[TEXT_SECTION_COUNT];
    size_t total = 0;
    for (int i = 0; i < TEXT_SECTION_COUNT; i++) {
        total += sections[i].len;
        copies[i] = (struct text_section){NULL, sections[i].len};
        if (sections[i].bytes)
            copies[i].bytes = mem_copy(sections[i].bytes, sections[i].len);
    }
    FUZZ_CHECK(total < *(const size_t *)context, "%zu bytes of %zu", total, *(const size_t *)context);
    check_sections(copies);
    for (int i = 0; i < TEXT_SECTION_COUNT; i++)
        free((char *)copies[i].bytes);
}

static void check_packed(const char *bytes, size_t len)
{
    BUF_AUTO struct buf packed = BUF_INIT(TEXT_RECORD_MAX);
    struct text_address address;
    buf_append(&packed, bytes, len);
    const char *path = put(&packed, &address);
    if (path != NULL)
        FUZZ_CHECK(get(path, &address, look_for_record, &len) == 0, "a stored record cannot be read");
}

static void check_file(const char *bytes, size_t len)
{
    unsigned long long offset = 0;
    unsigned stored = 0, size = 0;
    char head[64] = "";
    const char *end = memchr(bytes, '\n', len);
    size_t head_len = end ? (size_t)(end - bytes) : 0;
    if (!end || head_len >= sizeof head)
        return;
    memcpy(head, bytes, head_len);
    sscanf(head, "%20llu %10u %10u", &offset, &stored, &size);
    struct text_address address = {offset, stored, size % TEXT_RECORD_MAX};
    size_t most = address.size;
    get(fuzz_file(end + 1, len - head_len - 1), &address, look_for_record, &most);
}

/* A run of numbers, as columns are packed: what is read and written again reads the same. */
static void check_numbers(const uint8_t *data, size_t size)
{
    BUF_AUTO struct buf numbers = BUF_INIT(10 * size + 10);
    const unsigned char *at = data, *end = data + size;
    uint64_t value, again;
    while (column_take(&at, end, &value)) {
        size_t before = numbers.len;
        column_put(&numbers, value);
        const unsigned char *written = (const unsigned char *)numbers.data + before;
        FUZZ_CHECK(column_take(&written, (const unsigned char *)numbers.data + numbers.len, &again) &&
                       again == value && written == (const unsigned char *)numbers.data + numbers.len,
                   "%llu comes back as %llu", (unsigned long long)value, (unsigned long long)again);
    }
    FUZZ_CHECK(at <= end, "read past the end");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text_section sections[TEXT_SECTION_COUNT];
    struct text_address address;
    if (!frame)
        frame = text_frame_new();
    MEM_AUTO char *text = fuzz_text(data, size);
    check_numbers(data, size);
    if (text_address_unpack(data, size, &address))
        check_address(&address);
    if (*text == 'f') {
        check_file(text + 1, size - 1);
    } else if (*text == 'p') {
        check_packed(text + 1, size - 1);
    } else {
        split_sections(text, size, sections);
        check_sections(sections);
    }
    return 0;
}
