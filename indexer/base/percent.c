/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/base/percent.h"

#include <string.h>

#define UNRESERVED "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"

static void put(struct buf *to, const char *text, bool (*stays)(char byte))
{
    for (; *text; text++) {
        if (stays(*text))
            buf_byte(to, *text);
        else
            buf_printf(to, "%%%02X", (unsigned char)*text);
    }
}

static bool is_unreserved(char byte)
{
    return strchr(UNRESERVED, byte) != NULL;
}

static bool is_of_url(char byte)
{
    return byte > 0x20 && byte < 0x7F && !strchr("\"<>\\^`{|}#", byte);
}

void percent_put(struct buf *to, const char *text)
{
    put(to, text, is_unreserved);
}

void percent_put_url(struct buf *to, const char *url)
{
    put(to, url, is_of_url);
}
