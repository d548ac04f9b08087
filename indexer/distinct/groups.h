/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Texts grouped by single linkage: a group is what is connected by pairs that are alike. Candidates share a
 * band of their signatures (minhash.h) and a caller's test decides.
 *
 * The groups depend on nothing but the set of texts. A pair that is in one group already need not be tested,
 * which makes a group of n copies cost about n tests; neither does a pair of texts whose groups are known
 * from before. Where more than GROUP_BUCKET_MAX texts agree in a band, each is compared with those next to it
 * in the order of their signatures; which those are changes with every text that comes or goes, so that
 * nothing known from before is then used.
 */
#ifndef PURPOSED_DISTINCT_GROUPS_H
#define PURPOSED_DISTINCT_GROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "indexer/distinct/minhash.h"

enum { GROUP_BUCKET_MAX = 1024 }; /* texts that agree in a band and are all compared with one another */

struct group_text {
    uint32_t signature[MINHASH_SIZE];
    uint32_t size;     /* runs of its set */
    int64_t component; /* the group it was in before; 0: it is new */
    bool open;         /* new, or of a group that lost a text: who else is in its group is to be found */
};

struct grouping {
    struct group_text *texts; /* *borrowed*; component and open are changed */
    size_t count;
    /* Whether two texts are alike: 1 or 0; else ends the grouping. Asked for pairs whose sizes and signatures
     * allow it. */
    int (*test)(void *context, size_t a, size_t b);
    void *context;
};

/* Writes for each text the lowest number of a text in its group. *ret_crowded: more than GROUP_BUCKET_MAX
 * texts agreed in a band; whoever groups these texts with others the next time must say that all are open. 0,
 * or what the test said. */
int group_texts(struct grouping *grouping, uint32_t *ret_groups, bool *ret_crowded);

#endif
