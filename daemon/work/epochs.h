/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The epoch of the index that is being served, and the move to the next.
 *
 * A look for a newer index, and its loading, are done on the loop's pool, never on the loop; then the new
 * snapshot is swapped in. Whoever computes an answer holds a reference of his own, so the old one goes with
 * its last answer.
 */
#ifndef PURPOSED_DAEMON_EPOCHS_H
#define PURPOSED_DAEMON_EPOCHS_H

#include <stddef.h>
#include <uv.h>

#include "daemon/search/search.h"

struct epochs;

/* Loads what index there is, in the caller's thread. That there is none yet, or none that can be read, is no
 * failure: it is waited for. *new*; `db` is copied. */
struct epochs *epochs_new(const char *db, unsigned workers);
void epochs_free(struct epochs *epochs); /* takes NULL; after the loop has ended */

/* The loop's: looks every EPOCH_CHECK_MS, until stopped. */
void epochs_watch(struct epochs *epochs, uv_loop_t *loop);
void epochs_stop(struct epochs *epochs);

/* Any thread. *new* reference, or NULL while there is no index. */
struct snapshot *epochs_current(struct epochs *epochs);
/* Any thread. Whether there is an index, and snapshot_tag() of its epoch. */
bool epochs_tag(struct epochs *epochs, uint64_t *ret_tag);
/* Any thread but the loop's: after `seen` turned out to be out of date, the one after it. *new* reference;
 * NULL where none could be opened. */
struct snapshot *epochs_renew(struct epochs *epochs, const struct snapshot *seen);
/* Any thread: why there is no index, or no newer one; "" where nothing is wrong. */
void epochs_problem(struct epochs *epochs, char *text, size_t size);

#endif
