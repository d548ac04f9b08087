/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reading half of the text store: the file mapped, a record found in it, its sections unpacked where they
 * are asked for. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include "indexer/base/mem.h"
#include "indexer/store/columns.h"
#include "indexer/store/text_store_internal.h"

struct text_reader {
    char *bytes; /* the file, mapped; NULL for an empty one */
    size_t len;
    ZSTD_DDict *dictionary; /* NULL: none */
};

struct packed_frame {
    const char *stored; /* in the file */
    size_t stored_len, len;
    uint32_t sum; /* of the `len` bytes */
    char *bytes;  /* NULL: not unpacked yet */
};

struct text_frame {
    ZSTD_DCtx *context;
    const struct text_reader *reader;
    const struct text_holder *holder; /* NULL: none */
    char *bytes;                      /* of all frames that were unpacked, each in its place */
    size_t cap;
    struct packed_frame frames[TEXT_FRAME_COUNT];
    struct text_section sections[TEXT_SECTION_COUNT];
};

static int map_file(const char *path, struct text_reader *reader, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        int status = text_fail(error, path, "cannot be read");
        if (fd >= 0)
            close(fd);
        return status;
    }
    int status = 0;
    if (info.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (bytes == MAP_FAILED) {
            status = text_fail(error, path, "cannot be mapped");
        } else {
            reader->bytes = bytes;
            reader->len = (size_t)info.st_size;
        }
    }
    close(fd);
    return status;
}

int text_reader_open(const char *path, const char *dictionary_path, struct text_reader **ret_reader,
                     struct error *error)
{
    MEM_AUTO char *dictionary = NULL;
    size_t dictionary_len;
    if (text_read_whole(dictionary_path, &dictionary, &dictionary_len, error) != 0)
        return -1;
    struct text_reader *reader = mem_zero(1, sizeof *reader);
    if (map_file(path, reader, error) != 0) {
        text_reader_free(reader);
        return -1;
    }
    if (dictionary_len && !(reader->dictionary = ZSTD_createDDict(dictionary, dictionary_len))) {
        text_reader_free(reader);
        error_set(error, "no memory to decompress with");
        return -1;
    }
    *ret_reader = reader;
    return 0;
}

void text_reader_free(struct text_reader *reader)
{
    if (!reader)
        return;
    if (reader->bytes)
        munmap(reader->bytes, reader->len);
    ZSTD_freeDDict(reader->dictionary);
    free(reader);
}

struct text_frame *text_frame_new(void)
{
    struct text_frame *frame = mem_zero(1, sizeof *frame);
    frame->context = ZSTD_createDCtx();
    return frame;
}

void text_frame_free(struct text_frame *frame)
{
    if (!frame)
        return;
    ZSTD_freeDCtx(frame->context);
    free(frame->bytes);
    free(frame);
}

static int damaged(struct error *error, const char *what)
{
    error_set(error, "a stored record %s: the index is damaged; purpose-index --check says more", what);
    return -1;
}

/* Takes a checksum off *bytes; false at the end. */
static bool take_sum(const unsigned char **bytes, const unsigned char *end, uint32_t *ret_sum)
{
    uint32_t sum = 0;
    if (end - *bytes < TEXT_SUM_SIZE)
        return false;
    for (unsigned i = 0; i < TEXT_SUM_SIZE; i++)
        sum |= (uint32_t)(*bytes)[i] << (8 * i);
    *bytes += TEXT_SUM_SIZE;
    *ret_sum = sum;
    return true;
}

/* Reads what stands before the frames; false where it is damaged. */
static bool take_head(struct text_frame *frame, const struct text_address *address, const unsigned char *at)
{
    const unsigned char *first = at, *end = at + address->stored;
    uint64_t total, stored;
    uint32_t sum;
    if (!text_take_lengths(&at, end, frame->sections, &total) ||
        total + (uint64_t)(at - first) != address->size)
        return false;
    memset(frame->frames, 0, sizeof frame->frames);
    for (int i = 0; i < TEXT_SECTION_COUNT; i++)
        frame->frames[text_frame_of(i)].len += frame->sections[i].len;
    for (int i = 0; i < TEXT_FRAME_COUNT; i++) {
        struct packed_frame *packed = &frame->frames[i];
        if (!column_take(&at, end, &stored) || stored > address->stored ||
            (packed->len > 0 && !take_sum(&at, end, &packed->sum)))
            return false;
        packed->stored_len = (size_t)stored;
    }
    const unsigned char *head_end = at;
    if (!take_sum(&at, end, &sum) || sum != text_sum(first, (size_t)(head_end - first)))
        return false;
    for (int i = 0; i < TEXT_FRAME_COUNT; i++) {
        struct packed_frame *packed = &frame->frames[i];
        if (packed->stored_len > (size_t)(end - at) || packed->stored_len > packed->len ||
            (packed->len > 0 && packed->stored_len == 0))
            return false;
        packed->stored = (const char *)at;
        at += packed->stored_len;
    }
    return at == end;
}

int text_reader_find(const struct text_reader *reader, struct text_frame *frame,
                     const struct text_address *address, struct error *error)
{
    frame->reader = reader;
    if (!frame->context || address->offset > reader->len || address->stored > reader->len - address->offset)
        return damaged(error, "lies outside its file");
    const char *stored = reader->bytes ? reader->bytes + address->offset : "";
    if (!take_head(frame, address, (const unsigned char *)stored))
        return damaged(error, "cannot be unpacked");
    if (address->size > frame->cap) {
        frame->bytes = mem_grow(frame->bytes, address->size, 1);
        frame->cap = address->size;
    }
    return 0;
}

/* The place of a frame's bytes, behind those of the frames before it. */
static char *place_of(const struct text_frame *frame, int number)
{
    char *place = frame->bytes;
    for (int i = 0; i < number; i++)
        place += frame->frames[i].len;
    return place;
}

static bool unpack(struct text_frame *frame, struct packed_frame *packed, char *to)
{
    const struct text_reader *reader = frame->reader;
    size_t len = packed->len;
    if (packed->stored_len == packed->len) {
        memcpy(to, packed->stored, packed->len);
    } else if (reader->dictionary) {
        len = ZSTD_decompress_usingDDict(frame->context, to, packed->len, packed->stored, packed->stored_len,
                                         reader->dictionary);
    } else {
        len = ZSTD_decompressDCtx(frame->context, to, packed->len, packed->stored, packed->stored_len);
    }
    if (ZSTD_isError(len) || len != packed->len || text_sum(to, len) != packed->sum)
        return false;
    packed->bytes = to;
    return true;
}

void text_frame_hold(struct text_frame *frame, const struct text_holder *holder)
{
    frame->holder = holder;
}

/* Unpacks a frame, or takes it from where it is held. */
static bool fetch(struct text_frame *frame, struct packed_frame *packed, char *to)
{
    const struct text_holder *holder = frame->holder;
    uint64_t place = (uint64_t)(packed->stored - frame->reader->bytes);
    if (holder && holder->find(holder->context, place, to, packed->len)) {
        packed->bytes = to;
        return true;
    }
    if (!unpack(frame, packed, to))
        return false;
    if (holder)
        holder->put(holder->context, place, to, packed->len);
    return true;
}

int text_frame_section(struct text_frame *frame, int section, struct text_section *ret_section,
                       struct error *error)
{
    int number = text_frame_of(section);
    struct packed_frame *packed = &frame->frames[number];
    struct text_section found = frame->sections[section];
    if (found.len > 0) {
        if (!packed->bytes && !fetch(frame, packed, place_of(frame, number)))
            return damaged(error, "cannot be unpacked");
        found.bytes = packed->bytes;
        for (int before = 0; before < section; before++)
            if (text_frame_of(before) == number)
                found.bytes += frame->sections[before].len;
    }
    *ret_section = found;
    return 0;
}

int text_reader_get(const struct text_reader *reader, struct text_frame *frame,
                    const struct text_address *address, struct text_section ret_sections[TEXT_SECTION_COUNT],
                    struct error *error)
{
    int status = text_reader_find(reader, frame, address, error);
    for (int i = 0; i < TEXT_SECTION_COUNT && status == 0; i++)
        status = text_frame_section(frame, i, &ret_sections[i], error);
    return status;
}
