/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An agreement of a page while its lines come in: which parts have been opened, what stands in each, and the
 * two ways back when a line turns out to have been something else than it looked. For this room only.
 */
#ifndef PURPOSED_READ_AGREEMENT_H
#define PURPOSED_READ_AGREEMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/buf.h"
#include "indexer/read/page_headings.h"
#include "indexer/register/entry.h"

struct agreement {
    long line;                  /* of its heading */
    enum entry_heading current; /* the part that lines go to; HEADING_NONE before the first */
    enum entry_heading
        resume; /* the prose that goes on behind a heading out of its place, else HEADING_NONE */
    bool met[HEADING_COUNT];
    bool prose;                               /* a part of prose has been opened */
    bool prose_on_heading_line;               /* this page writes "Objectives: text" */
    enum entry_heading before[HEADING_COUNT]; /* which part was current when this one was opened */
    bool misplaced[HEADING_COUNT];            /* a part that usually stands before this one came after it */
    struct buf text[HEADING_COUNT];
};

void agreement_init(struct agreement *agreement);
void agreement_free(struct agreement *agreement);
/* Begins anew, keeping the memory. `title` is of `title_len` bytes. */
void agreement_open(struct agreement *agreement, long line, const char *title, size_t title_len,
                    const char *reference);

bool agreement_in_prose(const struct agreement *agreement);
/* Bytes held in all parts; a part that passed its ceiling counts as more than READ_ENTRY_MAX. */
size_t agreement_size(const struct agreement *agreement);

/* Opens a part; what stood behind its heading on the same line follows by agreement_line(). */
void agreement_open_part(struct agreement *agreement, const struct page_heading *heading);
/* A heading of prose met again: when the first stood out of the usual order and this one does not, the first
 * was prose of the part before it. Gives that part its text back, opens the part here, and returns true. */
bool agreement_move_part(struct agreement *agreement, const struct page_heading *heading);

/* Appends a line to the current part as that part's shape wants it: blank lines matter in prose only. */
void agreement_line(struct agreement *agreement, const char *line, size_t len);
/* Appends a line to another part, e.g. the notes. */
void agreement_add(struct agreement *agreement, enum entry_heading heading, const char *line);

/* Where the current part ends now, and back to there. */
size_t agreement_mark(const struct agreement *agreement);
void agreement_cut(struct agreement *agreement, enum entry_heading part, size_t mark);

/* Takes blank lines off the ends of the parts, and fills in the entry's fields. *Borrowed* from the
 * agreement. */
void agreement_entry(struct agreement *agreement, struct entry *entry);

#endif
