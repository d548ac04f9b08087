/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/reference.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "indexer/base/mem.h"
#include "indexer/register/dates.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Length of the id without a "#n" at its end. */
static size_t base_length(const char *id)
{
    size_t len = strlen(id), at = len;
    while (at && is_digit(id[at - 1]))
        at--;
    return at > 1 && at < len && id[at - 1] == '#' ? at - 1 : len;
}

char *reference_base(const char *id)
{
    return mem_copy(id, base_length(id));
}

/* Where the version's number begins ("-v5.2", "_v5.2", " v5"), or `len` where there is none. */
static size_t version_start(const char *id, size_t len)
{
    size_t at = len;
    while (at && (is_digit(id[at - 1]) || (id[at - 1] == '.' && at < len && is_digit(id[at]))))
        at--;
    if (at == len || id[at] == '.' || at < 2 || tolower((unsigned char)id[at - 1]) != 'v')
        return len;
    return strchr("-_ ", id[at - 2]) ? at : len;
}

void reference_split(const char *id, char **ret_agreement, char **ret_version)
{
    size_t len = base_length(id);
    const char *start = strncasecmp(id, "DARS-NIC-", 9) == 0 ? id + 5 : id;
    if (strncasecmp(start, "NIC-", 4) != 0 || !is_digit(start[4])) {
        *ret_agreement = mem_copy(id, len);
        *ret_version = NULL;
        return;
    }
    size_t version = version_start(id, len);
    *ret_version = version < len ? mem_copy(id + version, len - version) : NULL;
    if (version < len)
        len = version - 2;
    *ret_agreement = mem_copy(start, len - (size_t)(start - id));
    for (char *c = *ret_agreement; *c; c++)
        *c = (char)toupper((unsigned char)*c);
}

const char *reference_edition(const char *id)
{
    const char *mark = strrchr(id, '@');
    return mark && dates_is_edition(mark + 1) ? mark + 1 : NULL;
}

/* Compares the numbers both texts begin with, of any length, and moves on behind them and one dot. */
static int compare_number(const char **a, const char **b)
{
    while (**a == '0')
        ++*a;
    while (**b == '0')
        ++*b;
    size_t a_len = strspn(*a, "0123456789"), b_len = strspn(*b, "0123456789");
    int order = a_len != b_len ? (a_len < b_len ? -1 : 1) : strncmp(*a, *b, a_len);
    *a += a_len;
    *b += b_len;
    *a += **a == '.';
    *b += **b == '.';
    return order;
}

int reference_compare_versions(const char *a, const char *b)
{
    if (!a || !b)
        return (a != NULL) - (b != NULL);
    while (is_digit(*a) || is_digit(*b)) {
        int order = compare_number(&a, &b);
        if (order)
            return order;
    }
    return strcmp(a, b);
}
