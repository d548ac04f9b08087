/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cases as plain data: lines of tab-parted columns, '#' begins a comment, with \n \t \\ \xHH and \uHHHH in a
 * column. */
#ifndef PURPOSED_TEST_TEXT_SUPPORT_H
#define PURPOSED_TEST_TEXT_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* after those that it needs */
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"

enum { CASE_COLUMNS = 6, CASE_BYTES = 1 << 20 };

struct test_case {
    struct buf column[CASE_COLUMNS];
    char *written[CASE_COLUMNS]; /* before escapes were taken out; borrowed from the line */
    int columns;
    int line;
};

static inline size_t case_hex(const char *at, int digits, struct buf *out, int is_character)
{
    char hex[9] = "";
    char utf8[4];
    unsigned long value;

    memcpy(hex, at, (size_t)digits);
    value = strtoul(hex, NULL, 16);
    if (is_character)
        buf_append(out, utf8,
                   (size_t)utf8proc_encode_char((utf8proc_int32_t)value, (utf8proc_uint8_t *)utf8));
    else
        buf_byte(out, (char)value);
    return (size_t)digits;
}

static inline void case_unescape(const char *written, struct buf *out)
{
    buf_reset(out);
    buf_append(out, "", 0);
    for (size_t at = 0; written[at] != '\0'; at++) {
        if (written[at] != '\\') {
            buf_byte(out, written[at]);
            continue;
        }
        switch (written[++at]) {
        case 'n':
            buf_byte(out, '\n');
            break;
        case 't':
            buf_byte(out, '\t');
            break;
        case 'x':
            at += case_hex(written + at + 1, 2, out, 0);
            break;
        case 'u':
            at += case_hex(written + at + 1, 4, out, 1);
            break;
        default:
            buf_byte(out, written[at]);
        }
    }
}

/* Calls `check` with every case of a file below TESTS_DIR/cases/text; returns how many there were. */
static inline int each_case(const char *name, void (*check)(const struct test_case *, void *), void *context)
{
    struct test_case test_case = {.line = 0};
    char path[4096];
    char *line = NULL;
    size_t size = 0;
    int count = 0;
    FILE *file;

    snprintf(path, sizeof path, "%s/cases/text/%s", TESTS_DIR, name);
    file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s: cannot be read", path);
    for (int i = 0; i < CASE_COLUMNS; i++)
        test_case.column[i] = (struct buf)BUF_INIT(CASE_BYTES);
    while (getline(&line, &size, file) > 0) {
        char *rest = line;
        test_case.line++;
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        for (test_case.columns = 0; rest != NULL && test_case.columns < CASE_COLUMNS; test_case.columns++) {
            test_case.written[test_case.columns] = strsep(&rest, "\t");
            case_unescape(test_case.written[test_case.columns], &test_case.column[test_case.columns]);
        }
        check(&test_case, context);
        count++;
    }
    for (int i = 0; i < CASE_COLUMNS; i++)
        buf_free(&test_case.column[i]);
    free(line);
    fclose(file);
    return count;
}

/* Numbers that are the same in every run (xorshift64*, Vigna 2016). */
static inline uint64_t case_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

#endif
