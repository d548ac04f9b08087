/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file read into text, one line a field, as the expectations of the reader's tests are written. */
#ifndef PURPOSED_TEST_READ_DUMP_H
#define PURPOSED_TEST_READ_DUMP_H

#include "indexer/base/buf.h"
#include "indexer/read/read.h"

/* What was read, in the order met:
 *
 *   agreement LINE | statement SHEET:ROW | release SHEET:ROW | label SHEET:ROW | record LINE
 *     heading | text, line ends as \n, only its two ends where it is long
 *   problem PLACE: text | cut short PLACE: text | note PLACE: text
 *   failed PLACE: text
 */
void read_dump(const char *path, const char *shown, enum read_format format, struct buf *to);

#endif
