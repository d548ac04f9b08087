/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dates: what comes out is a day that exists, written in the one way that gives itself again. */
#include <stdio.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/dates.h"
#include "tests/fuzz/support.h"

static void check_day(const char *date)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = 0, month = 0, day = 1, end = 0;
    int taken = sscanf(date, "%4d-%2d%n-%2d%n", &year, &month, &end, &day, &end);
    FUZZ_CHECK(taken >= 2 && !date[end] && (end == 7 || end == 10), "not as dates are written: \"%s\"", date);
    FUZZ_CHECK(month >= 1 && month <= 12, "month %d", month);
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    FUZZ_CHECK(day >= 1 && day <= days[month - 1] + (month == 2 && is_leap), "no such day: %s", date);
}

static void check_date(const char *text, enum dates_system system)
{
    char date[11] = "", month[8] = "", again[11] = "";
    bool is_date = dates_parse(text, system, date);
    FUZZ_CHECK(dates_parse_month(text, system, month) == is_date, "a date and no month, or the reverse");
    if (!is_date)
        return;
    check_day(date);
    FUZZ_CHECK(strncmp(date, month, 7) == 0 && strlen(month) == 7, "the month of %s is %s", date, month);
    FUZZ_CHECK(dates_is_edition(month), "%s is no month", month);
    FUZZ_CHECK(dates_parse(date, system, again) && strcmp(date, again) == 0, "%s becomes %s", date, again);
}

static void check_when(const char *text)
{
    struct page_dates dates;
    dates_parse_when(text, &dates);
    if (*dates.start)
        check_day(dates.start);
    if (*dates.end)
        check_day(dates.end);
    FUZZ_CHECK(!*dates.released_from || dates_is_edition(dates.released_from), "%s", dates.released_from);
    FUZZ_CHECK(!*dates.released_to || dates_is_edition(dates.released_to), "%s", dates.released_to);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_AUTO char *text = fuzz_text(data, size);
    check_date(text, DATES_FROM_1900);
    check_date(text, DATES_FROM_1904);
    check_when(text);
    if (dates_is_edition(text))
        check_day(text);
    return 0;
}
