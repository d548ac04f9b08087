/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of file this is, by its first bytes. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "indexer/base/mem.h"
#include "indexer/read/csv.h"
#include "indexer/read/page_headings.h"
#include "indexer/read/reader.h"

enum { DETECT_BYTES = 64 * 1024 /* looked at */ };

static enum read_format none(const char *shown, struct error *error, const char *why)
{
    error_set(error, "%s", why);
    error_at(error, shown, NULL, 0);
    return READ_AUTO;
}

static ssize_t first_bytes(const char *path, const char *shown, char *bytes, struct error *error)
{
    struct stat status;
    int fd = reader_open(path, shown, &status, error);
    if (fd < 0)
        return -1;
    ssize_t got, len = 0;
    while (len < DETECT_BYTES &&
           ((got = read(fd, bytes + len, (size_t)(DETECT_BYTES - len))) > 0 || (got < 0 && errno == EINTR)))
        len += got > 0 ? got : 0;
    if (got < 0) {
        none(shown, error, strerror(errno));
        len = -1;
    }
    close(fd);
    bytes[len < 0 ? 0 : len] = '\0';
    return len;
}

/* A page begins with the register's title; where that is gone, an agreement's heading tells. A sheet may
 * stand under that title too, and hold such a heading in a cell: what has a sheet's heading row is a page
 * only where both are there. */
static bool is_page(char *text, bool has_heading_row)
{
    bool first = true, is_titled = false;
    char *rest = text;
    for (char *line = strsep(&rest, "\n"); line; line = strsep(&rest, "\n")) {
        size_t title_len;
        const char *reference;
        line[strcspn(line, "\r")] = '\0';
        if (line[strspn(line, " \t")] == '\0')
            continue;
        if (first)
            is_titled = page_is_title(line);
        bool has_agreement = page_reference_parse(line, &title_len, &reference) == PAGE_REFERENCE_STRONG;
        if (has_heading_row ? is_titled && has_agreement : is_titled || has_agreement)
            return true;
        first = false;
    }
    return false;
}

enum read_format detect_format(const char *path, const char *shown, struct error *error)
{
    MEM_AUTO char *bytes = mem_alloc(DETECT_BYTES + 1);
    ssize_t len = first_bytes(path, shown, bytes, error);
    if (len < 0)
        return READ_AUTO;
    if (len == 0)
        return none(shown, error, "an empty file; expected a register page, a workbook, CSV or JSON Lines");
    if (len >= 4 && memcmp(bytes, "PK\3\4", 4) == 0)
        return READ_WORKBOOK;
    if (len >= 4 && memcmp(bytes, "\xD0\xCF\x11\xE0", 4) == 0)
        return none(shown, error, "a workbook in the old binary form (.xls); save it as .xlsx");
    char *text = bytes + (len >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0);
    char begin = text[strspn(text, " \t\r\n")];
    if (begin == '{')
        return READ_JSONL;
    if (memchr(bytes, '\0', (size_t)len))
        return none(shown, error,
                    "binary or UTF-16; expected a register page, CSV or JSON Lines as UTF-8 text, or .xlsx");
    char delimiter = csv_delimiter(text, strlen(text));
    if (is_page(text, delimiter != '\0'))
        return READ_PAGE;
    if (delimiter != '\0')
        return READ_CSV;
    if (begin == '[')
        return none(
            shown, error,
            "a list of JSON values; expected JSON Lines: one record a line, with no brackets or commas "
            "around them (jq -c '.[]' makes them)");
    return none(
        shown, error,
        "neither a register page (a first line naming the register), a workbook, CSV with known headings "
        "nor JSON Lines");
}

enum read_format read_detect(const char *path, struct error *error)
{
    return detect_format(path, path, error);
}
