/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --check: whether an index holds together, and what to do where it does not. */
#ifndef PURPOSED_INDEXER_CHECK_H
#define PURPOSED_INDEXER_CHECK_H

enum { CHECK_FINDINGS_MAX = 20 }; /* findings told one by one */

/* Checks the index in folder `db`: its structure, each document's text and slots, and that it is what the
 * ledger says. Findings go to stderr, a last line to stdout. Returns the exit code: 0 sound, 1 not, 2 it
 * could not be checked. */
int check_run(const char *db);

#endif
