/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One writer at a time: the index folder's lock, which goes with the process that holds it. */
#ifndef PURPOSED_INDEXER_LOCK_H
#define PURPOSED_INDEXER_LOCK_H

#include "indexer/base/error.h"

/* Makes the folder where there is none and locks it. Returns the lock's descriptor, or -1 with `error` (which
 * says who holds it, where another does). */
int lock_take(const char *db, struct error *error);
void lock_release(int lock);

#endif
