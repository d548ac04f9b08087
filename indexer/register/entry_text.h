/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands under the headings of an entry, as clean text, and notes about it. No meaning: see
 * understand.h. */
#ifndef PURPOSED_REGISTER_ENTRY_TEXT_H
#define PURPOSED_REGISTER_ENTRY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/strlist.h"
#include "indexer/register/entry.h"
#include "indexer/register/record.h"

/* The text under a heading, *new*: UTF-8 without NUL, what is neither as U+FFFD. NULL where the heading was
 * not met. */
char *entry_text(const struct entry *entry, enum entry_heading heading);
/* The same on one line; NULL where nothing stands there, too. */
char *entry_line(const struct entry *entry, enum entry_heading heading);
/* Prose: paragraphs kept, no space at the ends of lines nor white space at either end. NULL where not met.
 * *new* */
char *entry_prose(const struct entry *entry, enum entry_heading heading);
/* Adds each line under a heading to `lines`, tidied and once; past RECORD_LIST_MAX it is noted. */
void entry_take_lines(const struct entry *entry, enum entry_heading heading, struct record *record,
                      struct strlist *lines);

/* Calls `take` with each of the first `max` lines that hold anything, tidied. Returns whether that was all.
 */
bool entry_each_line(const char *text, size_t max, void (*take)(void *context, const char *line),
                     void *context);
/* Length of the white space of any kind that a text begins with. */
size_t entry_leading_space(const char *text);
/* Length of a text without the white space of any kind at its end. */
size_t entry_trimmed_length(const char *text);

/* Add to the record's parse_notes: "Heading what: the beginning of `text`"; */
void entry_note(struct record *record, enum entry_heading heading, const char *what, const char *text);
/* that no more than `max` of what stands under the heading was taken; */
void entry_note_left_out(struct record *record, enum entry_heading heading, int max);
/* which of the entry's texts the source had cut off, or are no clean UTF-8. */
void entry_note_damage(const struct entry *entry, struct record *record);

#endif
