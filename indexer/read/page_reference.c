/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An agreement's heading: title, dash, reference. */
#include <ctype.h>
#include <string.h>

#include "indexer/read/page_headings.h"

enum { REFERENCE_MAX = 80 /* bytes of a reference that is no NIC number */ };

static const char EM_DASH[] = "\xE2\x80\x94";
static const char EN_DASH[] = "\xE2\x80\x93";

static bool is_one_of(char c, int (*is)(int))
{
    return is((unsigned char)c) != 0;
}

static const char *skip_while(const char *at, int (*is)(int))
{
    while (*at && is_one_of(*at, is))
        at++;
    return at;
}

/* "-v5.2", or nothing. NULL where something else follows. */
static const char *skip_version(const char *at)
{
    if (*at == '\0')
        return at;
    if (at[0] != '-' || (at[1] != 'v' && at[1] != 'V') || !is_one_of(at[2], isdigit))
        return NULL;
    at = skip_while(at + 2, isdigit);
    while (at[0] == '.' && is_one_of(at[1], isdigit))
        at = skip_while(at + 1, isdigit);
    return at;
}

/* [DARS-]NIC-<digits>-<letters and digits>[-v<number>] and nothing else. */
static bool is_nic_reference(const char *at)
{
    if (strncmp(at, "DARS-", 5) == 0)
        at += 5;
    if (strncmp(at, "NIC-", 4) != 0 || !is_one_of(at[4], isdigit))
        return false;
    at = skip_while(at + 4, isdigit);
    if (at[0] != '-' || !is_one_of(at[1], isalnum))
        return false;
    at = skip_version(skip_while(at + 1, isalnum));
    return at && *at == '\0';
}

/* CASEMIX_NHSE, GPCENSUS, SHMI_trusts: one word with two capitals at its start, joined by '_', '-', '/' or
 * '.'. */
static bool is_other_reference(const char *at)
{
    size_t len = strlen(at);
    if (len < 3 || len > REFERENCE_MAX || !is_one_of(at[0], isupper) ||
        !(is_one_of(at[1], isupper) || is_one_of(at[1], isdigit)))
        return false;
    for (; *at; at++)
        if (!is_one_of(*at, isalnum) && !strchr("_-/.", *at))
            return false;
    return true;
}

bool page_reference_plausible(const char *text)
{
    return is_nic_reference(text) || is_other_reference(text);
}

/* The last `dash` of the line that stands between spaces, or at its start; NULL where there is none. */
static const char *last_dash(const char *line, const char *dash)
{
    const char *last = NULL;
    size_t len = strlen(dash);
    for (const char *at = strstr(line, dash); at; at = strstr(at + len, dash))
        if (at[len] == ' ' && (at == line || at[-1] == ' '))
            last = at;
    return last;
}

enum page_reference page_reference_parse(const char *line, size_t *ret_title_len, const char **ret_reference)
{
    static const char *const dashes[] = {EM_DASH, EN_DASH, "-"};
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++) {
        const char *dash = last_dash(line, dashes[i]);
        if (!dash)
            continue;
        const char *reference = dash + strlen(dashes[i]);
        reference += strspn(reference, " ");
        bool nic = is_nic_reference(reference);
        if (!nic && (i > 0 || !is_other_reference(reference)))
            continue;
        *ret_reference = reference;
        *ret_title_len = (size_t)(dash - line);
        return nic && i == 0 ? PAGE_REFERENCE_STRONG : PAGE_REFERENCE_WEAK;
    }
    return PAGE_NO_REFERENCE;
}
