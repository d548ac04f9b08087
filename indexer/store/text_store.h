/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stored records: appended to one file and never changed, addressed from document data. A writer that dies
 * leaves at most unused bytes at the end.
 *
 * A record holds sections: the members of a hit as JSON text, the record's other members as JSON text, then
 * the parts of its text in the order of field_parts(). A section may be absent, which is not the same as
 * empty. The sections lie in frames, compressed each for itself (zstd, with the generation's dictionary), so
 * that a hit costs no more than what is shown of it: one frame of the hit and the short parts that it
 * repeats, one of the other members, one of each part of prose.
 *
 * On disk: for each section 0 where it is absent, else its bytes plus 1; for each frame the bytes it takes,
 * as many as its sections have where it is not compressed, and where it has any the checksum of what it
 * unpacks to; the checksum of all this; then the frames. Numbers as columns.h has them, checksums the low 32
 * bits of XXH3, low byte first: what was changed on disk, in the dictionary too, is found when it is read.
 */
#ifndef PURPOSED_STORE_TEXT_STORE_H
#define PURPOSED_STORE_TEXT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"
#include "indexer/register/field.h"

enum {
    TEXT_SECTION_HIT,   /* members of a hit, without braces: "id":"...", ... ,"changed":... */
    TEXT_SECTION_REST,  /* the record as a JSON object, without the text of its parts but title and
                           organisation */
    TEXT_SECTION_PARTS, /* first of FIELD_PART_COUNT */
    TEXT_SECTION_COUNT = TEXT_SECTION_PARTS + FIELD_PART_COUNT,

    TEXT_FRAME_HIT = 0, /* the hit, and the parts that are no prose */
    TEXT_FRAME_REST,    /* the record's other members */
    TEXT_FRAME_PARTS,   /* first of FIELD_PART_COUNT; of a part that is no prose it is empty */
    TEXT_FRAME_COUNT = TEXT_FRAME_PARTS + FIELD_PART_COUNT,

    TEXT_RECORD_MAX = 64 << 20,       /* bytes of one record, uncompressed */
    TEXT_DICTIONARY_SIZE = 112 << 10, /* bytes, as zstd's own tool makes them */
    TEXT_DICTIONARY_SAMPLES = 1000,   /* records it is trained on, at most */
};

struct text_section {
    const char *bytes; /* NULL: absent */
    size_t len;
};

struct text_address {
    uint64_t offset; /* of the record in the file */
    uint32_t stored; /* bytes of the record there */
    uint32_t size;   /* bytes uncompressed, as text_pack() gives them */
};

enum { TEXT_ADDRESS_SIZE = 24 }; /* bytes of a packed address, at most */
size_t text_address_pack(const struct text_address *address, char ret_bytes[TEXT_ADDRESS_SIZE]);
bool text_address_unpack(const void *bytes, size_t len, struct text_address *ret_address);

/* Trains a dictionary on packed records (see text_pack) and writes it to `path`; too few or too small samples
 * give an empty one, which is as good as none. 0, or -1 with `error`. */
int text_dictionary_train(const char *path, const struct buf *samples, const size_t *sizes, size_t count,
                          struct error *error);
/* Packs sections into one run of bytes: the lengths, then the sections. */
void text_pack(const struct text_section sections[TEXT_SECTION_COUNT], struct buf *packed);

/* Writer: appends. Puts are in memory or in the page cache until text_writer_sync says 0. */
struct text_writer;
struct text_compressor;
int text_writer_open(const char *path, const char *dictionary_path, struct text_writer **ret_writer,
                     struct error *error);
void text_writer_free(struct text_writer *writer);
/* Appends the record compressed last. 0, or -1 with `error`. */
int text_writer_put(struct text_writer *writer, const struct text_compressor *compressor,
                    struct text_address *ret_address, struct error *error);
int text_writer_sync(struct text_writer *writer, struct error *error);
/* Bytes of the file so far. */
uint64_t text_writer_size(const struct text_writer *writer);

/* What takes most of a put's time, so that each of a writer's threads has its own: it holds one record,
 * compressed. *new*, which the writer must outlive; NULL without memory. */
struct text_compressor *text_compressor_new(const struct text_writer *writer);
void text_compressor_free(struct text_compressor *compressor);
/* `packed` as text_pack() gives it. 0, or -1 with `error`: then nothing may be put. */
int text_compress(struct text_compressor *compressor, const struct buf *packed, struct error *error);

/* Reader: the file mapped as it was when opened. Shared by threads, read-only; each thread has its own frame.
 */
struct text_reader;
struct text_frame; /* one record's sections, and what it takes to unpack them; used again and again. It
                      borrows the reader of the record found last. */

int text_reader_open(const char *path, const char *dictionary_path, struct text_reader **ret_reader,
                     struct error *error);
void text_reader_free(struct text_reader *reader);
struct text_frame *text_frame_new(void); /* *new* */
void text_frame_free(struct text_frame *frame);
/* Where unpacked bytes are looked for before they are unpacked, and put once they are. `place` and `len` tell
 * them: the bytes packed at that place of the file, and how many they are unpacked. */
struct text_holder {
    bool (*find)(void *context, uint64_t place, char *to, size_t len);
    void (*put)(void *context, uint64_t place, const char *bytes, size_t len);
    void *context;
};
/* *Borrowed* until another is set; NULL: none, as in a new frame. */
void text_frame_hold(struct text_frame *frame, const struct text_holder *holder);
/* Finds a record, of which nothing is unpacked yet. 0, or -1 with `error` (damaged). */
int text_reader_find(const struct text_reader *reader, struct text_frame *frame,
                     const struct text_address *address, struct error *error);
/* A section of the record found, unpacked where it was not; *borrowed* from the frame until the next find or
 * get. 0, or -1 with `error` (damaged). */
int text_frame_section(struct text_frame *frame, int section, struct text_section *ret_section,
                       struct error *error);
/* Finds a record and unpacks all of it. 0, or -1 with `error` (damaged). */
int text_reader_get(const struct text_reader *reader, struct text_frame *frame,
                    const struct text_address *address, struct text_section ret_sections[TEXT_SECTION_COUNT],
                    struct error *error);

#endif
