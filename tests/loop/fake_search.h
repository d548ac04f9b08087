/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A search for tests of the loop: its methods do what a test tells them.
 *
 * echo: the params · wait: nothing until the gate opens · big: {bytes} a text that long · fail: {code,
 * message} · revision: {revision, worker} · runs: how many ran, this one included · empty: no result at all ·
 * kept: {bytes} the revision, epoch and runs of when it ran and a text; the one that may be kept; or as fail.
 */
#ifndef PURPOSED_TESTS_FAKE_SEARCH_H
#define PURPOSED_TESTS_FAKE_SEARCH_H

#include <stdbool.h>

enum fake_index { FAKE_NONE, FAKE_THERE, FAKE_DAMAGED };

/* All may be called from any thread. An index that is there, an open gate and nothing changing is where it
 * starts. */
void fake_reset(void);
void fake_set_index(enum fake_index index);
void fake_next_epoch(void);
/* The next `times` runs find that the index moved on under them. */
void fake_set_changes(int times);
void fake_close_gate(void);
void fake_open_gate(void);

int fake_snapshots(void); /* open now */
int fake_runs(void);      /* since the reset */
int fake_waiting(void);   /* runs at the closed gate */
/* Whether two threads were ever at work under one number, or a snapshot was used after it was closed. */
bool fake_was_misused(void);

#endif
