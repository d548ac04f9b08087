/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facet dictionaries: ordinal to spelling, one a facet, kept in the index's metadata and so committed with
 * it.
 *
 * A spelling met once keeps its ordinal for the life of the generation. Spellings of one value (equal
 * field_key) have ordinals of their own: which spelling is the most frequent, and so the label, is counted by
 * the reader.
 */
#ifndef PURPOSED_STORE_DICTIONARY_H
#define PURPOSED_STORE_DICTIONARY_H

#include <stdint.h>

#include "indexer/base/error.h"
#include "indexer/base/strlist.h"
#include "indexer/register/field.h"
#include "shim/shim.h"

enum { DICTIONARY_CHUNK = 512 }; /* spellings under one key of the metadata */

/* All dictionaries while they grow. Writer's side. */
struct dictionaries;
/* Reads what the index holds (`reader` NULL: none). *new*, or NULL with `error`. */
struct dictionaries *dictionaries_open(struct shim_reader *reader, struct error *error);
void dictionaries_free(struct dictionaries *dictionaries);
/* The ordinal of a spelling, given one if it has none. `facet` counts as in field_facets(). */
uint32_t dictionaries_ordinal(struct dictionaries *dictionaries, int facet, const char *spelling);
/* Writes what is new into the open batch. 0, or -1 with `error`. */
int dictionaries_save(struct dictionaries *dictionaries, struct shim_writer *writer, struct error *error);

/* Reader's side: the spellings of one facet, item n having ordinal n. 0, or -1 with `error`. */
int dictionary_load(struct shim_reader *reader, int facet, struct strlist *spellings, struct error *error);

#endif
