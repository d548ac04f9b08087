/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What writing and reading the text store share: how a record lies on disk (see text_store.h), and files. For
 * text_store*.c only. */
#ifndef PURPOSED_STORE_TEXT_STORE_INTERNAL_H
#define PURPOSED_STORE_TEXT_STORE_INTERNAL_H

#include "indexer/store/text_store.h"

enum {
    TEXT_SUM_SIZE = 4, /* bytes of a checksum */
    /* Bytes of the numbers before the frames. */
    TEXT_HEAD_MAX = 10 * (TEXT_SECTION_COUNT + TEXT_FRAME_COUNT) + TEXT_SUM_SIZE * (TEXT_FRAME_COUNT + 1),
};

/* Where the sections lie, as their lengths say: `bytes` of those that are there are places behind the
 * lengths, counted from 0. */
bool text_take_lengths(const unsigned char **at, const unsigned char *end,
                       struct text_section sections[TEXT_SECTION_COUNT], uint64_t *ret_total);
/* The frame that a section lies in. */
int text_frame_of(int section);
uint32_t text_sum(const void *bytes, size_t len);

/* Says of a file what failed and what errno says. -1 */
int text_fail(struct error *error, const char *path, const char *what);
/* The whole file as *new* bytes. 0, or -1 with `error`. */
int text_read_whole(const char *path, char **ret_bytes, size_t *ret_len, struct error *error);

#endif
