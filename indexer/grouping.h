/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which current records are copies of one another.
 *
 * Two records are when the sets of five-word runs of their prose (objectives, expected_benefits,
 * yielded_benefits, outputs, processing; a run lies within one part) have 70 % in common, and so are records
 * that a chain of such pairs joins. A record without prose is of a group of its own. The ledger keeps each
 * record's wording and each wording's signature and group, so that a run reads what is new, compares it with
 * what it may be alike to, and finds anew who belongs together in groups that lost a wording; the outcome is
 * the same as if all had been compared at once.
 */
#ifndef PURPOSED_INDEXER_GROUPING_H
#define PURPOSED_INDEXER_GROUPING_H

#include "indexer/ledger.h"
#include "indexer/register/record.h"
#include "indexer/report.h"

enum {
    GROUPING_RUNS_MAX = 4 << 20, /* runs of all sets held at once (32 MB), two sets always fit */
    GROUPING_BATCH = 64,         /* records that several threads work out between two looks at the ledger */
    GROUPING_BATCH_BYTES = 8 << 20, /* of them as the ledger has them, where they are more than one */
};

/* Before anything is read: where groups were made in another way (DISTINCT_VERSION), or never, all references
 * become affected and *ret_anew is set. 0, or -1 with `error`. */
int grouping_prepare(struct ledger *ledger, bool *ret_anew, struct error *error);
/* After all was settled: brings wordings and groups in step with the members. Sets *changed where a record
 * has another group than before; leaves it alone otherwise. `jobs` threads may be at work. 0, or -1 with
 * `error`. */
int grouping_run(struct ledger *ledger, unsigned jobs, struct report *report, bool *changed,
                 struct error *error);
/* Finds all groups anew, from the statements alone. 0 where they are those that the ledger has; 1, and in
 * `error` what is not so; -1 with `error`. */
int grouping_check(struct ledger *ledger, struct error *error);

#endif
