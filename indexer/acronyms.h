/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The acronyms that a record's texts explain, as keys by which they are counted and looked for. */
#ifndef PURPOSED_INDEXER_ACRONYMS_H
#define PURPOSED_INDEXER_ACRONYMS_H

#include <stddef.h>

#include "indexer/store/pairs.h"
#include "indexer/text/analyser.h"

/* Adds those of one text to the record that pairs_next_record() began. The analyser's text is given up. */
void acronyms_add_text(struct pairs *pairs, struct analyser *analyser, const char *text, size_t len);

#endif
