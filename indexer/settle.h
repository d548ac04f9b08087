/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From what sources state to what the index is to hold: references that were touched are merged again, and
 * what differs goes into the manifest. Nothing is read but hashes. */
#ifndef PURPOSED_INDEXER_SETTLE_H
#define PURPOSED_INDEXER_SETTLE_H

#include "indexer/ledger.h"
#include "indexer/report.h"

struct settling {
    const char *today;   /* "YYYY-MM-DD" */
    const char *edition; /* of this run, or NULL: since when what is lost is gone */
    int64_t run;         /* whose statements are counted as superseded */
};

/* Settles every affected reference; counts added, updated, removed and superseded. *ret_changed: whether the
 * index has to follow. 0, or -1 with `error`. */
int settle(struct ledger *ledger, const struct settling *settling, struct report *report, bool *ret_changed,
           struct error *error);

#endif
