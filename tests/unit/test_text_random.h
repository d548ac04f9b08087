/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random texts, the same in every run. */
#ifndef PURPOSED_TEST_TEXT_RANDOM_H
#define PURPOSED_TEST_TEXT_RANDOM_H

#include "test_text_support.h"

enum {
    TEXTS = 4000,
    TEXT_MAX = 600, /* bytes */
};

static const char *const pieces[] = {
    "s",
    "ss",
    "section",
    "Sections",
    "reg",
    "Regulation",
    "art",
    "article",
    "251",
    "261",
    "3",
    "45c",
    "2002",
    "(2)",
    "(b)",
    "(ii)",
    "(",
    ")",
    ".",
    ",",
    "-",
    "\xE2\x80\x91",
    "'",
    "\xE2\x80\x99",
    "&",
    "+",
    "_",
    " ",
    " ",
    "  ",
    "\n",
    "\xC2\xA0",
    "DARS-",
    "NIC-",
    "212898",
    "-X4C9W",
    "-v2.1",
    "-v",
    "SUS",
    "sus+",
    "A&E",
    "re",
    "design",
    "Data",
    "data",
    "risks",
    "\xC3\xA9",
    "\xCC\x81",
    "\xC2\xAD",
    "\xEF\x82\xB7",
    "\xE2\x80\xA8",
    "\xE2\x80\x8B",
    "\xEF\xAC\x81",
    "\xFF",
    "\xC3",
    "10,000",
    "1.5",
    "<b>",
    "\"",
    "dying",
    "e",
    "a",
};

static inline size_t random_piece(uint64_t *seed, char *at)
{
    const char *piece = pieces[case_random(seed) % (sizeof pieces / sizeof *pieces)];
    size_t len = strlen(piece);

    memcpy(at, piece, len);
    return len;
}

/* One text in three is of bytes, one of ASCII, one of pieces that the analyser has rules for. */
static inline size_t random_text(uint64_t *seed, char text[TEXT_MAX])
{
    size_t wanted = case_random(seed) % (TEXT_MAX - 16), len = 0;
    uint64_t kind = case_random(seed) % 3;

    while (len < wanted) {
        if (kind == 0)
            text[len++] = (char)case_random(seed);
        else if (kind == 1)
            text[len++] = (char)(case_random(seed) % 128);
        else
            len += random_piece(seed, text + len);
    }
    return len;
}

/* A copy without a byte to spare, so that reading past the end is noticed. */
static inline char *exactly(const char *text, size_t len)
{
    char *copy = mem_alloc(len > 0 ? len : 1);

    memcpy(copy, text, len);
    return copy;
}

#endif
