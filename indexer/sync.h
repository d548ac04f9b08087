/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run: the sources named, what changed in them, the ledger, the index.
 *
 * The ledger changes in one transaction, which is committed first; the index follows it. A run that is
 * interrupted in between leaves the index as it was and the next one brings it in step.
 */
#ifndef PURPOSED_INDEXER_SYNC_H
#define PURPOSED_INDEXER_SYNC_H

#include "indexer/options.h"
#include "indexer/report.h"

#define SYNC_LEDGER_NAME "history.sqlite"

/* Runs once; problems are told and counted. 0, or -1 with `error` when nothing could be done. */
int sync_run(const struct options *options, struct report *report, struct error *error);
/* As sync_run(), for a caller that holds the lock. */
int sync_run_locked(const struct options *options, struct report *report, struct error *error);

#endif
