/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an index says of itself as a whole, kept in its metadata and so committed with it: "format"
 * (FIELD_FORMAT), "analyser" (ANALYSER_VERSION), "ledger" (how far it follows the history), "changes"
 * (documents changed in place), as decimal text; "labels" as JSON; "vocabulary" as vocabulary_read() gives
 * it; pairs.h and dictionary.h have theirs.
 */
#ifndef PURPOSED_STORE_METADATA_H
#define PURPOSED_STORE_METADATA_H

#include <stdint.h>

#include "shim/shim.h"

/* A number under a key, -1 where there is none. */
int64_t metadata_number(struct shim_reader *reader, const char *key);

#endif
