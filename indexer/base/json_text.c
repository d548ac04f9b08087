/* SPDX-License-Identifier: MIT */
#include "indexer/base/json_text.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "indexer/base/utf8.h"

static const char HEX[] = "0123456789abcdef";

static void escape(struct buf *to, unsigned char byte)
{
    char escaped[6] = {'\\', 'u', '0', '0', HEX[byte >> 4], HEX[byte & 15]};
    size_t len = 2;
    switch (byte) {
    case '"':
    case '\\':
        escaped[1] = (char)byte;
        break;
    case '\n':
        escaped[1] = 'n';
        break;
    case '\r':
        escaped[1] = 'r';
        break;
    case '\t':
        escaped[1] = 't';
        break;
    default:
        len = 6;
    }
    buf_append(to, escaped, len);
}

/* A byte in each of eight places. */
#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Whether one of eight bytes is 0: exact, though not as to which one (Mycroft 1987). */
static uint64_t has_zero(uint64_t bytes)
{
    return (bytes - EIGHT(0x01)) & ~bytes & EIGHT(0x80);
}

/* Whether eight bytes are printable ASCII that needs no escape. */
static bool are_plain(const unsigned char *at)
{
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    uint64_t below = (bytes - EIGHT(0x20)) & ~bytes & EIGHT(0x80);
    uint64_t others =
        has_zero(bytes ^ EIGHT('"')) | has_zero(bytes ^ EIGHT('\\')) | has_zero(bytes ^ EIGHT(0x7F));
    return ((bytes & EIGHT(0x80)) | below | others) == 0;
}

void json_text_string(struct buf *to, const char *text, size_t len)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + len;
    const unsigned char *plain = at; /* start of what can be copied as it is */
    buf_byte(to, '"');
    while (at < end) {
        while (end - at >= 8 && are_plain(at))
            at += 8;
        if (at == end)
            break;
        if (*at >= 0x20 && *at < 0x7F && *at != '"' && *at != '\\') {
            at++;
            continue;
        }
        size_t width = utf8_length((const char *)at, (size_t)(end - at));
        if (width > 1) {
            at += width;
            continue;
        }
        buf_append(to, plain, (size_t)(at - plain));
        if (width == 0)
            buf_text(to, "\xEF\xBF\xBD");
        else
            escape(to, *at);
        plain = ++at;
    }
    buf_append(to, plain, (size_t)(at - plain));
    buf_byte(to, '"');
}

void json_text_or_null(struct buf *to, const char *text)
{
    if (text)
        json_text_string(to, text, strlen(text));
    else
        buf_text(to, "null");
}

void json_text_number(struct buf *to, long long number)
{
    char digits[24];
    size_t at = sizeof digits;
    unsigned long long rest = number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (number < 0)
        digits[--at] = '-';
    buf_append(to, digits + at, sizeof digits - at);
}

void json_text_decimal(struct buf *to, double number)
{
    enum { DIGITS_MAX = 320 }; /* of the largest double, with sign and four decimals */
    char digits[DIGITS_MAX];
    if (!isfinite(number)) {
        buf_text(to, "null");
        return;
    }
    int len = snprintf(digits, sizeof digits, "%.4f", number);
    buf_append(to, digits, (size_t)len);
}

void json_text_comma(struct buf *to)
{
    if (to->len && to->data[to->len - 1] != '{' && to->data[to->len - 1] != '[')
        buf_byte(to, ',');
}

void json_text_member(struct buf *to, const char *name)
{
    json_text_comma(to);
    buf_byte(to, '"');
    buf_text(to, name);
    buf_append(to, "\":", 2);
}
