/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/text_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zdict.h>
#include <zstd.h>

#include "indexer/base/mem.h"
#include "indexer/store/columns.h"

enum {
    COMPRESSION_LEVEL =
        6, /* 3 is 4 % larger, 9 twice as slow for 1 % (20 KB records, dictionary of 112 KB) */
    DICTIONARY_SAMPLES_MIN = 16, /* below this zstd's trainer has too little to learn from */
    WRITE_BUFFER = 1 << 20,      /* bytes gathered before they are written */
};

/* ---- packing ---- */

void text_pack(const struct text_section sections[TEXT_SECTION_COUNT], struct buf *packed)
{
    /* 0 is absent, else length + 1. */
    for (int i = 0; i < TEXT_SECTION_COUNT; i++)
        column_put(packed, sections[i].bytes ? sections[i].len + 1 : 0);
    for (int i = 0; i < TEXT_SECTION_COUNT; i++)
        if (sections[i].bytes)
            buf_append(packed, sections[i].bytes, sections[i].len);
}

static bool text_unpack(const unsigned char *bytes, size_t len,
                        struct text_section sections[TEXT_SECTION_COUNT])
{
    const unsigned char *at = bytes;
    const unsigned char *end = bytes + len;
    uint64_t lengths[TEXT_SECTION_COUNT];
    for (int i = 0; i < TEXT_SECTION_COUNT; i++)
        if (!column_take(&at, end, &lengths[i]))
            return false;
    for (int i = 0; i < TEXT_SECTION_COUNT; i++) {
        sections[i] = (struct text_section){0};
        if (lengths[i] == 0)
            continue;
        if (lengths[i] - 1 > (uint64_t)(end - at))
            return false;
        sections[i] = (struct text_section){(const char *)at, (size_t)(lengths[i] - 1)};
        at += lengths[i] - 1;
    }
    return at == end;
}

size_t text_address_pack(const struct text_address *address, char ret_bytes[TEXT_ADDRESS_SIZE])
{
    BUF_AUTO struct buf bytes = BUF_INIT(TEXT_ADDRESS_SIZE);
    column_put(&bytes, address->offset);
    column_put(&bytes, address->stored);
    column_put(&bytes, address->size);
    memcpy(ret_bytes, bytes.data, bytes.len);
    return bytes.len;
}

bool text_address_unpack(const void *bytes, size_t len, struct text_address *ret_address)
{
    const unsigned char *at = bytes;
    const unsigned char *end = at + len;
    uint64_t offset, stored, size;
    if (!column_take(&at, end, &offset) || !column_take(&at, end, &stored) || !column_take(&at, end, &size))
        return false;
    if (at != end || stored > UINT32_MAX || size > TEXT_RECORD_MAX)
        return false;
    *ret_address = (struct text_address){offset, (uint32_t)stored, (uint32_t)size};
    return true;
}

/* ---- files ---- */

static int fail(struct error *error, const char *path, const char *what)
{
    error_at(error, path, NULL, 0);
    error_set(error, "%s: %s", what, strerror(errno));
    return -1;
}

static int write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t written = write(fd, bytes, len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        bytes += written;
        len -= (size_t)written;
    }
    return 0;
}

/* The whole file as *new* bytes. */
static int read_whole(const char *path, char **ret_bytes, size_t *ret_len, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0 || info.st_size > TEXT_RECORD_MAX) {
        int status = fail(error, path, "cannot be read");
        if (fd >= 0)
            close(fd);
        return status;
    }
    char *bytes = mem_alloc((size_t)info.st_size);
    size_t len = 0;
    while (len < (size_t)info.st_size) {
        ssize_t got = read(fd, bytes + len, (size_t)info.st_size - len);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    close(fd);
    *ret_bytes = bytes;
    *ret_len = len;
    return 0;
}

int text_dictionary_train(const char *path, const struct buf *samples, const size_t *sizes, size_t count,
                          struct error *error)
{
    MEM_AUTO char *dictionary = mem_alloc(TEXT_DICTIONARY_SIZE);
    size_t len = 0;
    if (count >= DICTIONARY_SAMPLES_MIN && count <= TEXT_DICTIONARY_SAMPLES) {
        len = ZDICT_trainFromBuffer(dictionary, TEXT_DICTIONARY_SIZE, samples->data, sizes, (unsigned)count);
        if (ZDICT_isError(len))
            len = 0;
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail(error, path, "cannot be made");
    int status = write_all(fd, dictionary, len) == 0 ? 0 : fail(error, path, "cannot be written");
    if (close(fd) != 0 && status == 0)
        status = fail(error, path, "cannot be written");
    return status;
}

/* ---- writer ---- */

struct text_writer {
    char *path;
    int fd;
    uint64_t size; /* bytes of the file, those still gathered included */
    struct buf gathered;
    ZSTD_CCtx *context;
    ZSTD_CDict *dictionary; /* NULL: none */
};

int text_writer_open(const char *path, const char *dictionary_path, struct text_writer **ret_writer,
                     struct error *error)
{
    MEM_AUTO char *dictionary = NULL;
    size_t dictionary_len;
    if (read_whole(dictionary_path, &dictionary, &dictionary_len, error) != 0)
        return -1;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    if (size < 0) {
        int status = fail(error, path, "cannot be opened for writing");
        if (fd >= 0)
            close(fd);
        return status;
    }
    struct text_writer *writer = mem_zero(1, sizeof *writer);
    *writer = (struct text_writer){.path = mem_text(path),
                                   .fd = fd,
                                   .size = (uint64_t)size,
                                   .gathered = BUF_INIT(WRITE_BUFFER + TEXT_RECORD_MAX + (1 << 20)),
                                   .context = ZSTD_createCCtx()};
    if (dictionary_len)
        writer->dictionary = ZSTD_createCDict(dictionary, dictionary_len, COMPRESSION_LEVEL);
    if (!writer->context || (dictionary_len && !writer->dictionary)) {
        text_writer_free(writer);
        error_set(error, "no memory to compress with");
        return -1;
    }
    *ret_writer = writer;
    return 0;
}

void text_writer_free(struct text_writer *writer)
{
    if (!writer)
        return;
    ZSTD_freeCCtx(writer->context);
    ZSTD_freeCDict(writer->dictionary);
    buf_free(&writer->gathered);
    close(writer->fd);
    free(writer->path);
    free(writer);
}

static int flush(struct text_writer *writer, struct error *error)
{
    if (write_all(writer->fd, writer->gathered.data, writer->gathered.len) != 0)
        return fail(error, writer->path, "cannot be written");
    buf_reset(&writer->gathered);
    return 0;
}

int text_writer_put(struct text_writer *writer, const struct buf *packed, struct text_address *ret_address,
                    struct error *error)
{
    if (buf_failed(packed) || packed->len > TEXT_RECORD_MAX) {
        error_set(error, "a record of more than %d MiB cannot be stored", TEXT_RECORD_MAX >> 20);
        return -1;
    }
    size_t bound = ZSTD_compressBound(packed->len);
    char *to = buf_reserve(&writer->gathered, bound);
    size_t stored;
    if (!to)
        stored = (size_t)-1;
    else if (writer->dictionary)
        stored = ZSTD_compress_usingCDict(writer->context, to, bound, packed->data, packed->len,
                                          writer->dictionary);
    else
        stored = ZSTD_compressCCtx(writer->context, to, bound, packed->data, packed->len, COMPRESSION_LEVEL);
    if (ZSTD_isError(stored)) {
        error_set(error, "a record cannot be compressed: %s", ZSTD_getErrorName(stored));
        return -1;
    }
    *ret_address = (struct text_address){writer->size, (uint32_t)stored, (uint32_t)packed->len};
    writer->gathered.len += stored;
    writer->size += stored;
    return writer->gathered.len >= WRITE_BUFFER ? flush(writer, error) : 0;
}

int text_writer_sync(struct text_writer *writer, struct error *error)
{
    if (flush(writer, error) != 0)
        return -1;
    return fsync(writer->fd) == 0 ? 0 : fail(error, writer->path, "cannot be brought to disk");
}

uint64_t text_writer_size(const struct text_writer *writer)
{
    return writer->size;
}

/* ---- reader ---- */

struct text_reader {
    char *bytes; /* the file, mapped; NULL for an empty one */
    size_t len;
    ZSTD_DDict *dictionary; /* NULL: none */
};

struct text_frame {
    ZSTD_DCtx *context;
    char *bytes;
    size_t cap;
};

static int map_file(const char *path, struct text_reader *reader, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (fd < 0 || fstat(fd, &info) != 0) {
        int status = fail(error, path, "cannot be read");
        if (fd >= 0)
            close(fd);
        return status;
    }
    int status = 0;
    if (info.st_size > 0) {
        void *bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_SHARED, fd, 0);
        if (bytes == MAP_FAILED) {
            status = fail(error, path, "cannot be mapped");
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
    if (read_whole(dictionary_path, &dictionary, &dictionary_len, error) != 0)
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

int text_reader_get(const struct text_reader *reader, struct text_frame *frame,
                    const struct text_address *address, struct text_section ret_sections[TEXT_SECTION_COUNT],
                    struct error *error)
{
    if (!frame->context || address->offset > reader->len || address->stored > reader->len - address->offset) {
        error_set(
            error,
            "a stored record lies outside its file: the index is damaged; purpose-index --check says more");
        return -1;
    }
    if (address->size > frame->cap) {
        frame->bytes = mem_grow(frame->bytes, address->size, 1);
        frame->cap = address->size;
    }
    const char *stored = reader->bytes ? reader->bytes + address->offset : "";
    size_t size;
    if (reader->dictionary)
        size = ZSTD_decompress_usingDDict(frame->context, frame->bytes, frame->cap, stored, address->stored,
                                          reader->dictionary);
    else
        size = ZSTD_decompressDCtx(frame->context, frame->bytes, frame->cap, stored, address->stored);
    if (ZSTD_isError(size) || size != address->size ||
        !text_unpack((const unsigned char *)frame->bytes, size, ret_sections)) {
        error_set(
            error,
            "a stored record cannot be unpacked: the index is damaged; purpose-index --check says more");
        return -1;
    }
    return 0;
}
