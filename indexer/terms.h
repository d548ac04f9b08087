/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terms of one document, gathered before they go to the index: each term once, with all its positions. */
#ifndef PURPOSED_INDEXER_TERMS_H
#define PURPOSED_INDEXER_TERMS_H

#include <stddef.h>
#include <stdint.h>

#include "indexer/base/error.h"
#include "indexer/register/field.h"
#include "shim/shim.h"

struct terms;

struct terms *terms_new(void); /* *new* */
void terms_free(struct terms *terms);
void terms_clear(struct terms *terms); /* empty again, memory kept */
/* A term met at `position` in part number `part`. Positions must not go backwards. The same term again at the
 * position where it was last is known already. */
void terms_add(struct terms *terms, const char *bytes, size_t len, int part, uint32_t position);
/* Puts them into the document: each term with its positions, and for each part it is in the part's prefix and
 * the term, without. 0, or -1 with `error`. */
int terms_write(const struct terms *terms, struct shim_document *document, struct error *error);

#endif
