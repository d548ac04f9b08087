/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int refuse(const char *shown, struct error *error, const char *why)
{
    error_set(error, "%s", why);
    error_at(error, shown, NULL, 0);
    return -1;
}

int reader_open(const char *path, const char *shown, struct stat *ret_stat, struct error *error)
{
    /* O_NONBLOCK: opening a pipe without a writer would wait for ever before it could be refused. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) < 0) {
        refuse(shown, error, strerror(errno));
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (!S_ISREG(status.st_mode)) {
        close(fd);
        return refuse(shown, error,
                      S_ISDIR(status.st_mode) ? "a folder where a file was expected"
                                              : "no regular file: pipes and devices are not read");
    }
    *ret_stat = status;
    return fd;
}

bool reader_take(struct reader *reader, struct entry *entry)
{
    entry->file = reader->shown;
    reader->stopped = reader->sink->take(reader->sink->context, entry);
    return reader->stopped == 0;
}

void reader_problem(struct reader *reader, const char *sheet, long line, const char *format, ...)
{
    struct error error = ERROR_NONE;
    va_list args;
    va_start(args, format);
    error_vset(&error, format, args);
    va_end(args);
    error_at(&error, reader->shown, sheet, line);
    reader->sink->problem(reader->sink->context, PROBLEM_LEFT_OUT, &error);
}

void reader_note(struct reader *reader, enum problem_kind kind, long line, const char *format, ...)
{
    struct error error = ERROR_NONE;
    va_list args;
    va_start(args, format);
    error_vset(&error, format, args);
    va_end(args);
    error_at(&error, reader->shown, NULL, line);
    reader->sink->problem(reader->sink->context, kind, &error);
}

void reader_field(struct entry *entry, enum entry_heading heading, const struct buf *text)
{
    entry->fields[heading] = (struct entry_field){.text = text->len ? text->data : "", .len = text->len};
}
