/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/columns.h"

#include <string.h>
#include <xxhash.h>

#include "indexer/base/mem.h"

enum { VARINT_BYTES_MAX = 10 /* of a 64-bit value */ };

void column_put(struct buf *to, uint64_t value)
{
    unsigned char bytes[VARINT_BYTES_MAX];
    size_t len = 0;
    do {
        bytes[len] = value & 0x7F;
        value >>= 7;
        if (value)
            bytes[len] |= 0x80;
        len++;
    } while (value);
    buf_append(to, bytes, len);
}

bool column_take_long(const unsigned char **bytes, const unsigned char *end, uint64_t *ret_value)
{
    const unsigned char *at = *bytes;
    uint64_t value = 0;
    for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
        unsigned char byte = *at++;
        value |= (uint64_t)(byte & 0x7F) << shift;
        if (byte & 0x80)
            continue;
        *bytes = at;
        *ret_value = value;
        return true;
    }
    return false;
}

/* `count` digits as a number, or -1. */
static int digits(const char *text, size_t count)
{
    int number = 0;
    for (size_t i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* Year and month of "YYYY-MM..."; false for anything else. */
static bool year_and_month(const char *date, int *ret_year, int *ret_month)
{
    if (!date || strlen(date) < 7 || date[4] != '-')
        return false;
    *ret_year = digits(date, 4);
    *ret_month = digits(date + 5, 2);
    return *ret_year >= 1900 && *ret_month >= 1 && *ret_month <= 12;
}

uint32_t column_month(const char *date)
{
    int year, month;
    if (!year_and_month(date, &year, &month))
        return 0;
    return (uint32_t)((year - 1900) * 12 + month);
}

uint32_t column_day(const char *date)
{
    int year, month;
    if (!year_and_month(date, &year, &month))
        return 0;
    int day = 1;
    if (strlen(date) >= 10 && date[7] == '-')
        day = digits(date + 8, 2);
    return day < 1 ? 0 : (uint32_t)(year * 10000 + month * 100 + day);
}

/* The bytes of the white space at `at` (NUL-terminated UTF-8): ASCII's and Unicode's White_Space; 0 where
 * there is none. */
static size_t space_length(const char *at)
{
    static const char *const wide[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
                                       "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    if ((unsigned char)*at < 0x80)
        return *at == ' ' || (*at >= '\t' && *at <= '\r');
    if (strncmp(at, "\xE2\x80", 2) == 0 && (unsigned char)at[2] >= 0x80 && (unsigned char)at[2] <= 0x8A)
        return 3; /* U+2000 to U+200A */
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (strncmp(at, wide[i], strlen(wide[i])) == 0)
            return strlen(wide[i]);
    return 0;
}

uint64_t column_part_hash(const char *text)
{
    if (!text)
        return 0;
    MEM_AUTO char *tidy = mem_alloc(strlen(text) + 1);
    size_t len = 0;
    bool gap = false;
    while (*text) {
        size_t space = space_length(text);
        if (space > 0) {
            gap = len > 0;
            text += space;
            continue;
        }
        if (gap)
            tidy[len++] = ' ';
        gap = false;
        tidy[len++] = *text++;
    }
    return len > 0 ? XXH3_64bits(tidy, len) : 0;
}
