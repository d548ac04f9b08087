/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/text_store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>
#include <zdict.h>
#include <zstd.h>

#include "indexer/base/mem.h"
#include "indexer/store/columns.h"

enum {
    /* Frames of 2 to 8 KB with a dictionary of 112 KB: 6 is 13 % larger and a quarter slower to read, 12 is 4
     * % smaller and takes half as long again to write. */
    COMPRESSION_LEVEL = 9,
    DICTIONARY_SAMPLES_MIN = 16, /* below this zstd's trainer has too little to learn from */
    WRITE_BUFFER = 1 << 20,      /* bytes gathered before they are written */
    WRITE_SPARE = 1 << 20,       /* bytes by which frames may be larger than what they hold, while made */
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

bool text_take_lengths(const unsigned char **at, const unsigned char *end,
                       struct text_section sections[TEXT_SECTION_COUNT], uint64_t *ret_total)
{
    uint64_t total = 0;
    for (int i = 0; i < TEXT_SECTION_COUNT; i++) {
        uint64_t length;
        if (!column_take(at, end, &length) || length > TEXT_RECORD_MAX)
            return false;
        sections[i] = (struct text_section){NULL, length ? (size_t)length - 1 : 0};
        sections[i].bytes = length ? "" : NULL;
        total += sections[i].len;
    }
    *ret_total = total;
    return total <= TEXT_RECORD_MAX;
}

int text_frame_of(int section)
{
    if (section == TEXT_SECTION_HIT)
        return TEXT_FRAME_HIT;
    if (section == TEXT_SECTION_REST)
        return TEXT_FRAME_REST;
    int part = section - TEXT_SECTION_PARTS;
    return field_parts()[part]->kind == FIELD_PROSE ? TEXT_FRAME_PARTS + part : TEXT_FRAME_HIT;
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

int text_fail(struct error *error, const char *path, const char *what)
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

int text_read_whole(const char *path, char **ret_bytes, size_t *ret_len, struct error *error)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat info = {0};
    bool is_open = fd >= 0 && fstat(fd, &info) == 0;
    if (is_open && info.st_size > TEXT_RECORD_MAX)
        errno = EFBIG;
    if (!is_open || info.st_size > TEXT_RECORD_MAX) {
        int status = text_fail(error, path, "cannot be read");
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
        return text_fail(error, path, "cannot be made");
    int status = write_all(fd, dictionary, len) == 0 ? 0 : text_fail(error, path, "cannot be written");
    if (close(fd) != 0 && status == 0)
        status = text_fail(error, path, "cannot be written");
    return status;
}

/* ---- checksums ---- */

uint32_t text_sum(const void *bytes, size_t len)
{
    return (uint32_t)XXH3_64bits(bytes, len);
}

struct text_writer {
    char *path;
    int fd;
    uint64_t size; /* bytes of the file, those still gathered included */
    struct buf gathered;
    ZSTD_CDict *dictionary; /* NULL: none; read by all compressors */
};

/* ---- compressing ---- */

struct text_compressor {
    ZSTD_CCtx *context;
    struct buf record;      /* compressed, as it goes into the file */
    struct buf head, frame; /* of that one */
    size_t size;            /* bytes uncompressed */
};

/* There is one dictionary, so that no frame needs to name it. */
static bool set_up(ZSTD_CCtx *context, const ZSTD_CDict *dictionary)
{
    return !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, COMPRESSION_LEVEL)) &&
           !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0)) &&
           !ZSTD_isError(ZSTD_CCtx_refCDict(context, dictionary));
}

struct text_compressor *text_compressor_new(const struct text_writer *writer)
{
    struct text_compressor *compressor = mem_zero(1, sizeof *compressor);
    *compressor = (struct text_compressor){
        .context = ZSTD_createCCtx(),
        .record = BUF_INIT(TEXT_RECORD_MAX + WRITE_SPARE),
        .head = BUF_INIT(TEXT_HEAD_MAX),
        .frame = BUF_INIT(TEXT_RECORD_MAX),
    };
    if (compressor->context && set_up(compressor->context, writer->dictionary))
        return compressor;
    text_compressor_free(compressor);
    return NULL;
}

void text_compressor_free(struct text_compressor *compressor)
{
    if (!compressor)
        return;
    ZSTD_freeCCtx(compressor->context);
    buf_free(&compressor->record);
    buf_free(&compressor->head);
    buf_free(&compressor->frame);
    free(compressor);
}

static void put_sum(struct buf *to, const void *bytes, size_t len)
{
    uint32_t sum = text_sum(bytes, len);
    for (unsigned i = 0; i < TEXT_SUM_SIZE; i++)
        buf_byte(to, (char)(sum >> (8 * i)));
}

/* Appends the frame gathered, as it is where it does not get smaller. */
static bool put_frame(struct text_compressor *compressor, size_t *ret_stored)
{
    const struct buf *frame = &compressor->frame;
    size_t bound = ZSTD_compressBound(frame->len);
    char *to = frame->len ? buf_reserve(&compressor->record, bound) : NULL;
    *ret_stored = 0;
    if (!to)
        return frame->len == 0;
    size_t stored = ZSTD_compress2(compressor->context, to, bound, frame->data, frame->len);
    if (ZSTD_isError(stored))
        return false;
    if (stored >= frame->len) {
        memcpy(to, frame->data, frame->len);
        stored = frame->len;
    }
    compressor->record.len += stored;
    *ret_stored = stored;
    return true;
}

/* Gathers the sections of a frame; the sections' bytes follow each other from `bytes` on. */
static void gather_frame(const struct text_section sections[TEXT_SECTION_COUNT], const char *bytes, int frame,
                         struct buf *gathered)
{
    buf_reset(gathered);
    for (int i = 0; i < TEXT_SECTION_COUNT; bytes += sections[i].len, i++)
        if (text_frame_of(i) == frame)
            buf_append(gathered, bytes, sections[i].len);
}

/* Head and frames; false where there is no memory. The head is as long as it is only known once the frames
 * are there, so they are moved behind it. */
static bool put_record(struct text_compressor *compressor,
                       const struct text_section sections[TEXT_SECTION_COUNT], const char *lengths,
                       const char *bytes)
{
    struct buf *head = &compressor->head, *frame = &compressor->frame, *to = &compressor->record;
    buf_reset(head);
    buf_reset(to);
    buf_append(head, lengths, (size_t)(bytes - lengths));
    for (int i = 0; i < TEXT_FRAME_COUNT; i++) {
        size_t stored;
        gather_frame(sections, bytes, i, frame);
        if (buf_failed(frame) || !put_frame(compressor, &stored))
            return false;
        column_put(head, stored);
        if (frame->len > 0)
            put_sum(head, frame->data, frame->len);
    }
    put_sum(head, head->data, head->len);
    if (buf_failed(head) || !buf_reserve(to, head->len))
        return false;
    memmove(to->data + head->len, to->data, to->len);
    memcpy(to->data, head->data, head->len);
    to->len += head->len;
    return true;
}

static int no_memory(struct error *error)
{
    error_set(error, "no memory to compress a record");
    return -1;
}

int text_compress(struct text_compressor *compressor, const struct buf *packed, struct error *error)
{
    if (buf_failed(packed) || packed->len > TEXT_RECORD_MAX) {
        error_set(error, "a record of more than %d MiB cannot be stored", TEXT_RECORD_MAX >> 20);
        return -1;
    }
    struct text_section sections[TEXT_SECTION_COUNT];
    const unsigned char *bytes = (const unsigned char *)packed->data, *end = bytes + packed->len;
    uint64_t total;
    if (!text_take_lengths(&bytes, end, sections, &total) || total != (uint64_t)(end - bytes)) {
        error_set(error, "what is to be stored is no packed record");
        return -1;
    }
    compressor->size = packed->len;
    return put_record(compressor, sections, packed->data, (const char *)bytes) ? 0 : no_memory(error);
}

/* ---- writer ---- */

int text_writer_open(const char *path, const char *dictionary_path, struct text_writer **ret_writer,
                     struct error *error)
{
    MEM_AUTO char *dictionary = NULL;
    size_t dictionary_len;
    if (text_read_whole(dictionary_path, &dictionary, &dictionary_len, error) != 0)
        return -1;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
    if (size < 0) {
        int status = text_fail(error, path, "cannot be opened for writing");
        if (fd >= 0)
            close(fd);
        return status;
    }
    struct text_writer *writer = mem_zero(1, sizeof *writer);
    *writer = (struct text_writer){.path = mem_text(path),
                                   .fd = fd,
                                   .size = (uint64_t)size,
                                   .gathered = BUF_INIT(WRITE_BUFFER + TEXT_RECORD_MAX + WRITE_SPARE)};
    if (dictionary_len)
        writer->dictionary = ZSTD_createCDict(dictionary, dictionary_len, COMPRESSION_LEVEL);
    if (dictionary_len && !writer->dictionary) {
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
    ZSTD_freeCDict(writer->dictionary);
    buf_free(&writer->gathered);
    close(writer->fd);
    free(writer->path);
    free(writer);
}

static int flush(struct text_writer *writer, struct error *error)
{
    if (write_all(writer->fd, writer->gathered.data, writer->gathered.len) != 0)
        return text_fail(error, writer->path, "cannot be written");
    buf_reset(&writer->gathered);
    return 0;
}

int text_writer_put(struct text_writer *writer, const struct text_compressor *compressor,
                    struct text_address *ret_address, struct error *error)
{
    const struct buf *record = &compressor->record;
    buf_append(&writer->gathered, record->data, record->len);
    if (buf_failed(&writer->gathered)) {
        writer->gathered.failed = false;
        return no_memory(error);
    }
    *ret_address = (struct text_address){writer->size, (uint32_t)record->len, (uint32_t)compressor->size};
    writer->size += record->len;
    return writer->gathered.len >= WRITE_BUFFER ? flush(writer, error) : 0;
}

int text_writer_sync(struct text_writer *writer, struct error *error)
{
    if (flush(writer, error) != 0)
        return -1;
    return fsync(writer->fd) == 0 ? 0 : text_fail(error, writer->path, "cannot be brought to disk");
}

uint64_t text_writer_size(const struct text_writer *writer)
{
    return writer->size;
}
