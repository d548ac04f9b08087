/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Days and months as sources write them. A date is "YYYY-MM-DD", or "YYYY-MM" where only that is known. */
#ifndef PURPOSED_REGISTER_DATES_H
#define PURPOSED_REGISTER_DATES_H

#include <stdbool.h>

struct page_dates {
    char start[11], end[11];               /* "" where not said */
    char released_from[8], released_to[8]; /* "" where not said */
};

/* A page's "When" line, either half alone, in every typesetting known:
 * "DSA runs 2019-09-01 — 2022-08-31 2020.02 — 2021.05.", "2016/04 (or before) — 2016/11.", "2025-07 –
 * 2028-07". Returns false where something in it was not understood (the rest is taken all the same). Ranges
 * that run backwards stay as written. */
bool dates_parse_when(const char *text, struct page_dates *ret_dates);

/* The day that a spreadsheet's numbers count from: a workbook says which (ECMA-376, part 1, 18.17.4.1). */
enum dates_system {
    DATES_FROM_1900, /* 1899-12-30, for all days from March 1900 on: the numbers before count a 29 February
                        1900, which there was not */
    DATES_FROM_1904, /* 1904-01-01, which is 0 */
};

/* One date: "2019-09-01", "01/09/2019", "1 September 2019", "2019-09", "09/2019", "Jul-19", or a number of
 * days in that system. Writes "YYYY-MM-DD" or "YYYY-MM"; false where it is none (a 31st of June is none). */
bool dates_parse(const char *text, enum dates_system system, char ret_date[11]);
/* The same, cut to its month. */
bool dates_parse_month(const char *text, enum dates_system system, char ret_month[8]);
/* "YYYY-MM" exactly, a month that exists. */
bool dates_is_edition(const char *text);

#endif
