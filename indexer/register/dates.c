/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/dates.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "indexer/base/mem.h"
#include "indexer/register/key.h"

enum {
    DATES_YEAR_MIN = 1900,
    DATES_YEAR_MAX = 2199,
    DATES_SERIAL_MIN = 20000,  /* days: 1954-10-03; smaller numbers are years, or no dates */
    DATES_SERIAL_MAX = 109574, /* days: 2199-12-31 */
    DATES_SERIAL_1904 = 1462,  /* days: 1904-01-01, where the other system begins */
    DATES_TEXT_MAX = 64,       /* bytes of a text that may be one date */
};

struct date {
    int year, month, day; /* day 0: only the month is known */
};

static const char *const month_names[] = {"january",   "february", "march",    "april",
                                          "may",       "june",     "july",     "august",
                                          "september", "october",  "november", "december"};

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool is_real(const struct date *date)
{
    return date->year >= DATES_YEAR_MIN && date->year <= DATES_YEAR_MAX && date->month >= 1 &&
           date->month <= 12 && date->day >= 0 && date->day <= days_in_month(date->year, date->month);
}

/* Between `min` and `max` digits; *text moves behind them. -1 where they are not there. */
static int take_number(const char **text, int min, int max)
{
    int value = 0, digits = 0;
    for (; isdigit((unsigned char)**text) && digits < max; ++*text, digits++)
        value = value * 10 + (**text - '0');
    return digits >= min && !isdigit((unsigned char)**text) ? value : -1;
}

/* A month by its name or three or four letters of it; *text moves behind it. 0 where there is none. */
static int take_month_name(const char **text)
{
    size_t len = 0;
    while (isalpha((unsigned char)(*text)[len]))
        len++;
    for (int month = 1; len >= 3 && month <= 12; month++) {
        const char *name = month_names[month - 1];
        bool is_short = len <= 4 && strncasecmp(*text, name, len) == 0;
        if (!is_short && (strlen(name) != len || strncasecmp(*text, name, len) != 0))
            continue;
        *text += len;
        *text += **text == '.';
        return month;
    }
    return 0;
}

static void skip_spaces(const char **text)
{
    while (**text == ' ')
        ++*text;
}

static bool take_separator(const char **text, const char *which)
{
    if (!**text || !strchr(which, **text))
        return false;
    ++*text;
    return true;
}

static int full_year(int year)
{
    return year >= 0 && year < 100 ? 2000 + year : year;
}

/* "2019-09-01", "2019/09", "2019.09". */
static bool take_year_first(const char **text, struct date *date)
{
    const char *at = *text;
    *date = (struct date){.year = take_number(&at, 4, 4)};
    char separator = *at;
    if (date->year < 0 || !take_separator(&at, "-/."))
        return false;
    date->month = take_number(&at, 1, 2);
    if (*at == separator && isdigit((unsigned char)at[1])) {
        at++;
        date->day = take_number(&at, 1, 2);
        if (date->day == 0)
            return false;
    }
    *text = at;
    return is_real(date);
}

/* "09/2019". */
static bool take_month_first(const char **text, struct date *date)
{
    const char *at = *text;
    *date = (struct date){.month = take_number(&at, 1, 2)};
    if (date->month < 1 || !take_separator(&at, "-/."))
        return false;
    date->year = take_number(&at, 4, 4);
    *text = at;
    return is_real(date);
}

/* "01/09/2019", "1.9.19". */
static bool take_day_first(const char **text, struct date *date)
{
    const char *at = *text;
    *date = (struct date){.day = take_number(&at, 1, 2)};
    if (date->day < 1 || !take_separator(&at, "-/."))
        return false;
    date->month = take_number(&at, 1, 2);
    if (date->month < 1 || !take_separator(&at, "-/."))
        return false;
    int start_of_year = at[0] && at[1] && isdigit((unsigned char)at[2]) ? 4 : 2;
    date->year = full_year(take_number(&at, start_of_year, start_of_year));
    *text = at;
    return is_real(date);
}

static void skip_between(const char **text)
{
    skip_spaces(text);
    take_separator(text, "-/,");
    skip_spaces(text);
}

/* "1 September 2019", "1st Sep 2019", "Jul-19", "July 2019". */
static bool take_named_month(const char **text, struct date *date)
{
    const char *at = *text;
    *date = (struct date){0};
    if (isdigit((unsigned char)*at)) {
        date->day = take_number(&at, 1, 2);
        if (date->day < 1)
            return false;
        if (!strncasecmp(at, "st", 2) || !strncasecmp(at, "nd", 2) || !strncasecmp(at, "rd", 2) ||
            !strncasecmp(at, "th", 2))
            at += 2;
        skip_between(&at);
    }
    date->month = take_month_name(&at);
    if (!date->month)
        return false;
    skip_between(&at);
    size_t digits = strspn(at, "0123456789");
    if (digits != 2 && digits != 4)
        return false;
    date->year = full_year(take_number(&at, 2, 4));
    *text = at;
    return is_real(date);
}

/* Days as spreadsheets count them; the time of day behind the point is dropped. */
static bool take_serial(const char **text, enum dates_system system, struct date *date)
{
    const char *at = *text;
    long days = take_number(&at, 5, 6);
    if (days >= 0 && system == DATES_FROM_1904)
        days += DATES_SERIAL_1904;
    if (*at == '.')
        at += 1 + strspn(at + 1, "0123456789");
    if (days < DATES_SERIAL_MIN || days > DATES_SERIAL_MAX)
        return false;
    days -= 2; /* from 1899-12-30 to 1900-01-01 */
    int year = 1900, month = 1;
    for (int in_year; days >= (in_year = days_in_month(year, 2) == 29 ? 366 : 365); year++)
        days -= in_year;
    for (; days >= days_in_month(year, month); month++)
        days -= days_in_month(year, month);
    *date = (struct date){year, month, (int)days + 1};
    *text = at;
    return true;
}

/* "00:00:00", "T00:00:00Z": the time of day that some programs write behind a date. */
static void skip_time(const char **text)
{
    const char *at = *text;
    take_separator(&at, " T");
    if (isdigit((unsigned char)at[0]) && isdigit((unsigned char)at[1]) && at[2] == ':')
        *text = at + strspn(at, "0123456789:.Z");
}

static bool parse_date(const char *text, enum dates_system system, struct date *date)
{
    if (strlen(text) > DATES_TEXT_MAX)
        return false;
    static bool (*const forms[])(const char **text, struct date *date) = {take_year_first, take_day_first,
                                                                          take_month_first, take_named_month};
    MEM_AUTO char *tidy = key_tidy(text);
    const char *at = tidy;
    bool taken = take_serial(&at, system, date);
    for (size_t i = 0; !taken && i < sizeof forms / sizeof *forms; i++) {
        at = tidy;
        taken = forms[i](&at, date);
    }
    skip_time(&at);
    return taken && *at == '\0';
}

static void write_month(const struct date *date, char month[8])
{
    snprintf(month, 8, "%04u-%02u", (unsigned)date->year % 10000, (unsigned)date->month % 100);
}

static void write_date(const struct date *date, char text[11])
{
    write_month(date, text);
    if (date->day)
        snprintf(text + 7, 4, "-%02u", (unsigned)date->day % 100);
}

bool dates_parse(const char *text, enum dates_system system, char ret_date[11])
{
    struct date date;
    if (!parse_date(text, system, &date))
        return false;
    write_date(&date, ret_date);
    return true;
}

bool dates_parse_month(const char *text, enum dates_system system, char ret_month[8])
{
    struct date date;
    if (!parse_date(text, system, &date))
        return false;
    write_month(&date, ret_month);
    return true;
}

bool dates_is_edition(const char *text)
{
    struct date date;
    const char *at = text;
    return strlen(text) == 7 && text[4] == '-' && take_year_first(&at, &date) && at == text + 7;
}

/* ---- A page's "When" ---- */

/* One range of the line: "DSA runs A — B", "A — B.", either end missing. */
struct range {
    struct date from, to;
    bool has_from, has_to, has_dash;
    bool is_agreement; /* introduced by "DSA runs" */
    bool is_releases;  /* ends in a full stop or is written with dots or slashes, as release months are */
};

static bool take_dash(const char **text)
{
    static const char *const dashes[] = {"—", "–", "−", "-", "to "};
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
        if (strncmp(*text, dashes[i], strlen(dashes[i])) != 0)
            continue;
        *text += strlen(dashes[i]);
        return true;
    }
    return false;
}

static bool take_words(const char **text, const char *words)
{
    skip_spaces(text);
    if (strncasecmp(*text, words, strlen(words)) != 0)
        return false;
    *text += strlen(words);
    return true;
}

static bool take_end(const char **text, struct date *date, bool *is_releases)
{
    skip_spaces(text);
    const char *start = *text;
    if (!take_year_first(text, date)) {
        *text = start;
        return false;
    }
    *is_releases |= start[4] != '-';
    if (take_words(text, "(or before)") || take_words(text, "(or after)"))
        *is_releases = true;
    return true;
}

/* What parts the numbers of the date at `text`; '\0' where none begins there. */
static char separator_of(const char *text)
{
    return strspn(text, "0123456789") == 4 ? text[4] : '\0';
}

/* "DSA runs 2019-10-01 — 2018.06 — 2021.05.": where the agreement's end is missing, what follows is written
 * as releases are, not as its start. */
static bool is_agreement_end(const char *text, char start_separator)
{
    char separator = separator_of(text);
    return separator && (start_separator ? separator == start_separator : separator == '-');
}

/* Takes the range at *text; false where there is none. */
static bool take_range(const char **text, struct range *range)
{
    *range = (struct range){0};
    range->is_agreement = take_words(text, "DSA runs") || take_words(text, "DSA ran");
    bool has_colon = take_words(text, ":");
    skip_spaces(text);
    char separator = separator_of(*text);
    range->has_from = take_end(text, &range->from, &range->is_releases);
    skip_spaces(text);
    range->has_dash = take_dash(text);
    skip_spaces(text);
    if (range->has_dash && (!range->is_agreement || is_agreement_end(*text, separator)))
        range->has_to = take_end(text, &range->to, &range->is_releases);
    skip_spaces(text);
    while (take_separator(text, ".;,"))
        range->is_releases |= (*text)[-1] == '.';
    return range->has_from || range->has_dash || range->is_agreement || has_colon;
}

static void store_agreement(const struct range *range, struct page_dates *dates)
{
    if (range->has_from)
        write_date(&range->from, dates->start);
    if (range->has_to)
        write_date(&range->to, dates->end);
}

static void store_releases(const struct range *range, struct page_dates *dates)
{
    if (range->has_from)
        write_month(&range->from, dates->released_from);
    if (range->has_to)
        write_month(&range->to, dates->released_to);
    else if (range->has_from && !range->has_dash)
        write_month(&range->from, dates->released_to);
}

bool dates_parse_when(const char *text, struct page_dates *ret_dates)
{
    *ret_dates = (struct page_dates){0};
    MEM_AUTO char *tidy = key_tidy(text);
    const char *at = tidy;
    bool understood = true, has_agreement = false, has_releases = false;
    for (skip_spaces(&at); *at; skip_spaces(&at)) {
        struct range range;
        if (!take_range(&at, &range)) {
            understood = false;
            at += strcspn(at, " ");
            continue;
        }
        bool is_agreement = range.is_agreement || (!range.is_releases && !has_agreement);
        if (is_agreement ? has_agreement : has_releases) {
            understood = false;
            continue;
        }
        if (is_agreement)
            store_agreement(&range, ret_dates);
        else
            store_releases(&range, ret_dates);
        /* "DSA runs" before a date that is none says nothing yet. */
        if (range.has_from || range.has_dash)
            *(is_agreement ? &has_agreement : &has_releases) = true;
    }
    return understood;
}
