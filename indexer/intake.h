/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A file into what the ledger keeps of it: entries are read, understood, hashed and packed (intake_file, any
 * thread), then written (intake_store, the ledger's thread).
 */
#ifndef PURPOSED_INDEXER_INTAKE_H
#define PURPOSED_INDEXER_INTAKE_H

#include "indexer/base/buf.h"
#include "indexer/ledger.h"
#include "indexer/read/read.h"
#include "indexer/register/organisations.h"

/* Kept with each source: a file read by another version is read anew.
 *   1  first
 *   2  names of organisation columns part lists; months such as 09/2019; yes and no of cells; bounds
 *   3  days of workbooks that count them from 1904 */
enum { INTAKE_VERSION = 3 };

enum intake_kind { INTAKE_STATEMENT, INTAKE_RELEASE, INTAKE_LABEL };

/* One thing stated. Its owner frees it with intake_item_free. */
struct intake_item {
    enum intake_kind kind;
    char *file, *sheet; /* its place, for problems */
    long line;
    struct sighting sighting;   /* a statement; `id` as stated, numbers unset */
    struct buf record;          /* its JSON, compressed */
    struct release_row release; /* a row; numbers unset */
    char *label_path, *label_text;
};

void intake_item_free(struct intake_item *item); /* takes NULL */

struct intake {
    const char *path, *shown;
    enum read_format format;
    const char *edition;   /* goes before what the file says; NULL */
    const char *inherited; /* where neither says any; NULL */
    const struct organisation_names *names;
    unsigned threads; /* that understand its entries, where they are more than one, beside the caller's */
    /* Called on the caller's thread, in the order of the file. *Steals* the item. 0 to go on. */
    int (*take)(void *context, struct intake_item *item);
    void (*problem)(void *context, enum problem_kind kind, const struct error *error);
    void *context;
};

/* What it takes to understand entries, for one thread; an intake's `take` and `problem` get what comes of
 * them. *new*; `intake` is *borrowed*. */
struct intake_hand;
struct intake_hand *intake_hand_new(const struct intake *intake);
void intake_hand_free(struct intake_hand *hand); /* takes NULL */
/* 0, or what `take` returned. */
int intake_entry(struct intake_hand *hand, const struct entry *entry);

/* 0; -1 with `error` where the file could not be read at all; else what `take` returned. */
int intake_file(const struct intake *intake, struct error *error);

/* Writes an item as stated by `source` in `run`; *ordinal counts its items. 0; 1 with `error` where the item
 * cannot be taken (others can); -1 with `error`. Items that are labels set *ret_label_changed when they say
 * something new. */
int intake_store(struct ledger *ledger, int64_t source, int64_t run, int64_t *ordinal,
                 struct intake_item *item, bool *ret_label_changed, struct error *error);

#endif
