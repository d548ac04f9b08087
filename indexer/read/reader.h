/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every reader of this room is given, and how it tells what it met. For this room only. */
#ifndef PURPOSED_READ_READER_H
#define PURPOSED_READ_READER_H

#include <stdbool.h>
#include <sys/stat.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"
#include "indexer/read/read.h"
#include "indexer/register/entry.h"

struct reader {
    const char *path;
    const char *shown;
    const struct entry_sink *sink;
    struct error *error;
    int stopped; /* what `take` returned to end the reading, else 0 */
};

/* One for each format, same results as read_file(). */
int page_read(struct reader *reader);
int jsonl_read(struct reader *reader);
int csv_read(struct reader *reader);
int workbook_read(struct reader *reader);

/* As read_page_organisation(), of a file that is a page. */
char *page_organisation(const char *path);

/* As read_detect(), for a file that is shown under another name. */
enum read_format detect_format(const char *path, const char *shown, struct error *error);

/* Opens a file that can be read from any place in it: a descriptor, or -1 with `error`. Folders, pipes and
 * devices are refused. */
int reader_open(const char *path, const char *shown, struct stat *ret_stat, struct error *error);

/* Hands an entry on, with the reader's file name. Returns false when the reading is to end. */
bool reader_take(struct reader *reader, struct entry *entry);

/* Tells the sink of something that was left out. `sheet` may be NULL, `line` < 1 stands for all of it.
 */
__attribute__((format(printf, 4, 5))) void reader_problem(struct reader *reader, const char *sheet, long line,
                                                          const char *format, ...);

/* Tells the sink of something that was taken all the same. `line` < 1 stands for the whole file. */
__attribute__((format(printf, 4, 5))) void reader_note(struct reader *reader, enum problem_kind kind,
                                                       long line, const char *format, ...);

/* Puts what was gathered under a heading into an entry: the buffer's text, "" while it is empty. */
void reader_field(struct entry *entry, enum entry_heading heading, const struct buf *text);

/* What a reader returns at its end. */
static inline int reader_result(const struct reader *reader)
{
    return reader->stopped;
}

#endif
