/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/columns.h"

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

bool column_take(const unsigned char **bytes, const unsigned char *end, uint64_t *ret_value)
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
