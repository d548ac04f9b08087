/* SPDX-License-Identifier: GPL-2.0-or-later */
/* --parse: what the sources state, as JSON Lines on stdout; nothing is indexed. */
#ifndef PURPOSED_INDEXER_PARSE_H
#define PURPOSED_INDEXER_PARSE_H

#include "indexer/options.h"
#include "indexer/report.h"

/* Prints the records of each file as they would be were it the only source: `#n` given, releases joined,
 * first_seen and changed null. Problems are told and counted. 0, or -1 with `error`. */
int parse_run(const struct options *options, struct report *report, struct error *error);

#endif
