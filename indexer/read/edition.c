/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/edition.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Length of a month's name at `text`, in full or its first three letters, and which it is; 0 where there is
 * none. */
static size_t month_at(const char *text, int *ret_month)
{
    static const char *const months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};
    for (int i = 0; i < 12; i++) {
        size_t full = strlen(months[i]);
        size_t len = strncasecmp(text, months[i], full) == 0 ? full
                     : strncasecmp(text, months[i], 3) == 0  ? 3
                                                             : 0;
        if (len == 0 || isalpha((unsigned char)text[len]))
            continue;
        *ret_month = i + 1;
        return len;
    }
    return 0;
}

/* Four digits that are a year the register may speak of; other digits may follow. */
static bool year_at(const char *text, int *ret_year)
{
    int year = 0;
    for (int i = 0; i < 4; i++) {
        if (!isdigit((unsigned char)text[i]))
            return false;
        year = year * 10 + (text[i] - '0');
    }
    *ret_year = year;
    return year >= 1980 && year < 2200;
}

static void write_edition(char edition[EDITION_SIZE], int year, int month)
{
    snprintf(edition, EDITION_SIZE, "%04u-%02u", (unsigned)year % 10000, (unsigned)month % 100);
}

bool edition_from_text(const char *text, char ret_edition[EDITION_SIZE])
{
    bool found = false;
    for (const char *at = text; *at; at++) {
        int month, year;
        if (at > text && isalpha((unsigned char)at[-1]))
            continue;
        size_t len = month_at(at, &month);
        if (len == 0)
            continue;
        const char *digits = at + len + strspn(at + len, " ,._-");
        if (!year_at(digits, &year) || isdigit((unsigned char)digits[4]))
            continue;
        write_edition(ret_edition, year, month);
        found = true;
    }
    return found;
}

/* "2021-02", "202102", "2021_02", with a day behind it or not. */
static bool edition_from_digits(const char *text, char ret_edition[EDITION_SIZE])
{
    bool found = false;
    for (const char *at = text; *at; at++) {
        int year;
        if ((at > text && isdigit((unsigned char)at[-1])) || !year_at(at, &year))
            continue;
        const char *digits = at + 4 + (at[4] && strchr("-_. ", at[4]) ? 1 : 0);
        if (!isdigit((unsigned char)digits[0]) || !isdigit((unsigned char)digits[1]))
            continue;
        int month = (digits[0] - '0') * 10 + (digits[1] - '0');
        if (month < 1 || month > 12)
            continue;
        write_edition(ret_edition, year, month);
        found = true;
    }
    return found;
}

bool edition_from_file_name(const char *path, char ret_edition[EDITION_SIZE])
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    return edition_from_text(name, ret_edition) || edition_from_digits(name, ret_edition);
}
