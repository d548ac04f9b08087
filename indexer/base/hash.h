/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian's uthash, without memory ending as everything else of ours does (mem.h). Left to itself it calls
 * exit(), which waits for threads that may wait for a lock that the caller holds, and says nothing.
 */
#ifndef PURPOSED_BASE_HASH_H
#define PURPOSED_BASE_HASH_H

#include "indexer/base/mem.h"

#define uthash_malloc(size) mem_alloc(size)
#define uthash_fatal(text) mem_run_out()

#include <uthash.h>

#endif
