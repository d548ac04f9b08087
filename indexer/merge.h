/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One id, several sources: which statement is the record, which are older texts, which lost.
 *
 * Statements with equal texts are one. The text of the newest edition is the record; the texts of older
 * editions stay as history; no edition is older than any. Within one edition, and where there are none, the
 * source named last wins, and a text that only losers state is superseded. Pure functions of what is handed
 * in.
 */
#ifndef PURPOSED_INDEXER_MERGE_H
#define PURPOSED_INDEXER_MERGE_H

#include <stddef.h>

#include "indexer/ledger.h"
#include "indexer/register/record.h"

/* A text that is to be a document. */
struct merge_text {
    size_t *members; /* the sightings that state it, ascending */
    size_t count;
    size_t base;         /* the sighting whose record stands for all: of the newest edition, named last */
    const char *edition; /* its newest edition, *borrowed* from the base; NULL where none */
    const char *since; /* the oldest edition since when it was, without a break, the text of its time; NULL */
};

struct merge_plan {
    struct merge_text *texts; /* the record first, then older texts, newest first */
    size_t count;
    size_t *superseded; /* sightings that no text has for a member */
    size_t superseded_count;
};

/* `sightings`: all of one id, at least one, the source named last behind. */
void merge_plan_make(const struct sighting *sightings, size_t count, struct merge_plan *ret_plan);
void merge_plan_free(struct merge_plan *plan);

/* Makes `record`, the base's, that of the text: `edition`, `editions`, `sources` and `parse_notes` of all
 * members. 0, or -1 with `error` (what a sighting was seen with is damaged). */
int merge_seen(const struct sighting *sightings, const struct merge_text *text, struct record *record,
               struct error *error);

/* Gives the record the releases of its reference. A row that stood in several editions for the same month
 * (where it names none: its edition's) is known once, with the largest count and all editions; the record's
 * lists take in what its releases name. 0, or -1 with `error`. */
int merge_releases(const struct release_row *rows, size_t count, struct record *record, struct error *error);

/* The other way round, for a record that was put together once and is read again: takes out of its lists and
 * months what its releases name, so that it states what it did. */
void merge_take_out_releases(struct record *record);

#endif
