/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A register read for those who are compared with us. */
#ifndef PURPOSED_BENCH_PEERS_H
#define PURPOSED_BENCH_PEERS_H

#include "indexer/base/error.h"

/* Makes an index of the register `path` (JSON Lines) at `to`, of kind "plain" or "fts5" (see engines.h), or
 * writes it as what Omega's scriptindex ("omega") or the program groonga ("groonga") reads. Of kind "raw"
 * `to` is a copy of our own index of that register, and is given the facets' values as terms. 0, or -1 with
 * `error`. */
int peers_build(const char *kind, const char *path, const char *to, struct error *error);

#endif
