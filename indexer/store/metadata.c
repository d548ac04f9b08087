/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/store/metadata.h"

#include <stdlib.h>
#include <string.h>

enum { DIGITS = 24 }; /* bytes of a number as text */

int64_t metadata_number(struct shim_reader *reader, const char *key)
{
    void *bytes;
    size_t len;
    if (shim_reader_metadata(reader, key, &bytes, &len, NULL) != SHIM_OK)
        return -1;
    char digits[DIGITS] = "";
    memcpy(digits, bytes, len < sizeof digits ? len : sizeof digits - 1);
    shim_free(bytes);
    return strtoll(digits, NULL, 10);
}
