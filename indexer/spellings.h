/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facet spellings in the order first met, before they have ordinals: gathered by several threads, each over
 * its stretch of the records, then given ordinals stretch after stretch. So the ordinals do not depend on how
 * many threads. */
#ifndef PURPOSED_INDEXER_SPELLINGS_H
#define PURPOSED_INDEXER_SPELLINGS_H

#include "indexer/ledger.h"
#include "indexer/register/record.h"
#include "indexer/store/dictionary.h"

struct spellings;

struct spellings *spellings_new(void); /* *new* */
void spellings_free(struct spellings *spellings);
void spellings_add_record(struct spellings *spellings, const struct manifest_entry *entry,
                          const struct record *record);
/* Gives them ordinals in the order met. */
void spellings_enter(const struct spellings *spellings, struct dictionaries *dictionaries);

#endif
