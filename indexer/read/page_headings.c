/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/page_headings.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Spellings of older and newer pages stand below the usual one. */
static const struct page_heading HEADINGS[] = {
    {"Type of data", HEADING_TYPE_OF_DATA, PAGE_LINE, 0},
    {"Opt outs honoured", HEADING_OPT_OUTS, PAGE_LINE, 0},
    {"Legal basis", HEADING_LEGAL_BASIS, PAGE_LINE, 0},
    {"Purposes", HEADING_PURPOSES, PAGE_LINE, 0},
    {"Sensitive", HEADING_SENSITIVITY, PAGE_LINE, 0},
    {"When", HEADING_WHEN, PAGE_LINE, 0},
    {"Access method", HEADING_METHOD, PAGE_LINE, 0},
    {"Data controller type", HEADING_CONTROLLERS, PAGE_LINE, 0},
    {"Sublicensing allowed", HEADING_SUBLICENSING, PAGE_LINE, 0},
    {"Datasets", HEADING_DATASETS, PAGE_LIST, 0},
    {"Objectives", HEADING_OBJECTIVES, PAGE_PROSE, 1},
    {"Yielded Benefits", HEADING_YIELDED_BENEFITS, PAGE_PROSE, 2},
    {"Expected Benefits", HEADING_EXPECTED_BENEFITS, PAGE_PROSE, 2},
    {"Outputs", HEADING_OUTPUTS, PAGE_PROSE, 3},
    {"Processing", HEADING_PROCESSING, PAGE_PROSE, 4},
    {"Repeats", HEADING_METHOD, PAGE_LINE, 0},
    {"Categories", HEADING_TYPE_OF_DATA, PAGE_LINE, 0},
    {"Data controller", HEADING_CONTROLLERS, PAGE_LINE, 0},
    {"Data controllers", HEADING_CONTROLLERS, PAGE_LINE, 0},
    {"Data sets", HEADING_DATASETS, PAGE_LIST, 0},
};
enum { HEADINGS_COUNT = sizeof HEADINGS / sizeof *HEADINGS, UNKNOWN_HEADING_MAX = 40 /* bytes */ };

/* Letters alike but for their case, '-' as good as a space; returns what follows in `line`, NULL where it
 * differs. */
static const char *skip_words(const char *line, const char *words)
{
    for (; *words; words++, line++) {
        char c = *line == '-' ? ' ' : *line;
        if (tolower((unsigned char)c) != tolower((unsigned char)*words))
            return NULL;
    }
    return line;
}

const struct page_heading *page_heading_match(const char *line, const char **ret_rest)
{
    for (size_t i = 0; line && i < HEADINGS_COUNT; i++) {
        const char *rest = skip_words(line, HEADINGS[i].text);
        if (!rest || !isupper((unsigned char)line[0]))
            continue;
        /* Prose sets capital headings of its own ("PROCESSING:"). */
        if (HEADINGS[i].shape == PAGE_PROSE && isupper((unsigned char)line[1]))
            continue;
        rest += strspn(rest, " ");
        if (*rest != ':')
            continue;
        *ret_rest = rest + 1 + strspn(rest + 1, " \t");
        return &HEADINGS[i];
    }
    return NULL;
}

const struct page_heading *page_heading_of(enum entry_heading heading)
{
    for (size_t i = 0; i < HEADINGS_COUNT; i++)
        if (HEADINGS[i].heading == heading)
            return &HEADINGS[i];
    return NULL;
}

static bool starts_with_one_of(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strncasecmp(text, *words, strlen(*words)) == 0)
            return true;
    return false;
}

bool page_heading_fits(const struct page_heading *heading, const char *text)
{
    static const char *const answers[] = {
        "y", "n", "anonymised", "identifiable", "aggregated", "pseudonymised", NULL};
    static const char *const yes_no[] = {"yes", "no", "()", NULL};
    enum { SHORT = 120 };
    switch (heading->heading) {
    case HEADING_OPT_OUTS:
        return starts_with_one_of(text, answers);
    case HEADING_PURPOSES:
    case HEADING_SUBLICENSING:
        return starts_with_one_of(text, yes_no);
    case HEADING_SENSITIVITY:
        return strcasestr(text, "sensitive") != NULL && strlen(text) < SHORT;
    case HEADING_WHEN:
        return strncmp(text, "DSA", 3) == 0 || isdigit((unsigned char)text[0]);
    case HEADING_TYPE_OF_DATA:
        return strlen(text) < SHORT;
    case HEADING_DATASETS:
        return *text == '\0';
    default:
        return true;
    }
}

bool page_heading_unknown(const char *line)
{
    size_t len = 0;
    while (isalpha((unsigned char)line[len]) || line[len] == ' ' || line[len] == '-')
        len++;
    return isupper((unsigned char)line[0]) && len >= 2 && len <= UNKNOWN_HEADING_MAX && line[len] == ':' &&
           (line[len + 1] == ' ' || line[len + 1] == '\0');
}

bool page_is_title(const char *line)
{
    return strcasestr(line, "data release register") || strcasestr(line, "data uses register") ||
           (strcasestr(line, "register") && strcasestr(line, "reformatted"));
}

const char *page_flag_text(const char *line)
{
    static const char *const flags[] = {
        "\xF0\x9F\x9A\xA9", /* U+1F6A9 triangular flag on post */
        "\xF0\x9F\x9A\xA8", /* U+1F6A8 police car's light */
        "\xF0\x9F\x8F\xB4", /* U+1F3F4 black flag */
        "\xF0\x9F\x8F\xB3", /* U+1F3F3 white flag */
        "\xE2\x9A\x91",     /* U+2691 black flag */
        "\xE2\x9A\x90",     /* U+2690 white flag */
        "\xE2\x9A\xA0",     /* U+26A0 warning sign */
    };
    static const char selector[] = "\xEF\xB8\x8F"; /* U+FE0F, the coloured form */
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        size_t len = strlen(flags[i]);
        if (strncmp(line, flags[i], len) != 0)
            continue;
        line += len;
        if (strncmp(line, selector, sizeof selector - 1) == 0)
            line += sizeof selector - 1;
        return line + strspn(line, " \t");
    }
    return NULL;
}

bool page_is_file_count(const char *line)
{
    size_t digits = strspn(line, "0123456789,");
    return digits > 0 && strncasecmp(line + digits, " data file", 10) == 0;
}

const char *page_list_item(const char *line)
{
    static const char *const bullets[] = {"-", "*", "\xE2\x80\xA2" /* U+2022 */, NULL};
    const char *mark = line + strspn(line, " \t");
    size_t len = strspn(mark, "0123456789");
    if (len > 0)
        len = mark[len] == '.' || mark[len] == ')' ? len + 1 : 0;
    for (size_t i = 0; len == 0 && bullets[i]; i++)
        if (strncmp(mark, bullets[i], strlen(bullets[i])) == 0)
            len = strlen(bullets[i]);
    size_t space = strspn(mark + len, " \t");
    return len > 0 && space > 0 ? mark + len + space : line;
}
