/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The prose of an invented agreement: a template's, with the names of its organisation and data sets put in
 * and a few sentences changed.
 *
 * Templates share sentences, as those of the register do: a sentence comes either from a bank that all draw
 * on, or is the template's own.
 */
#ifndef PURPOSED_BENCH_PROSE_H
#define PURPOSED_BENCH_PROSE_H

#include <stdint.h>

#include "indexer/base/buf.h"

enum { PROSE_PARTS = 5 };

struct prose {
    uint32_t number;   /* of the agreement */
    uint32_t template; /* what it is a copy of */
    const char *organisation;
    const char *data_sets[2];
};

/* Bit n: the template speaks of topic n. */
uint32_t prose_topics(uint32_t template);
/* Members' names of the parts: objectives, expected_benefits, yielded_benefits, outputs, processing. */
extern const char *const PROSE_PART_NAMES[PROSE_PARTS];
/* Appends one part's text; nothing for a part that this template leaves empty. */
void prose_part(struct buf *to, const struct prose *prose, int part);

#endif
