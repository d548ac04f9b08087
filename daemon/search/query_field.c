/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of the query text: which names there are, and what dates and years behind them say. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/query_internal.h"
#include "indexer/base/mem.h"
#include "indexer/store/columns.h"

/* The parts that a name stands for, written as field names are. */
static unsigned parts_of(const char *name)
{
    static const struct {
        const char *name, *part;
    } names[] = {
        {"expected", "expected_benefits"}, {"yielded", "yielded_benefits"}, {"output", "outputs"},
        {"objective", "objectives"},       {"recipient", "organisation"},
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i].name) == 0)
            name = names[i].part;
    unsigned parts = 0;
    for (int i = 0; i < FIELD_PART_COUNT; i++) {
        const char *known = field_parts()[i]->name;
        bool is_benefit = strcmp(known, "expected_benefits") == 0 || strcmp(known, "yielded_benefits") == 0;
        if (strcmp(name, known) == 0 || (is_benefit && strcmp(name, "benefits") == 0))
            parts |= 1U << i;
    }
    return parts;
}

static char *fold_name(const char *name, size_t len)
{
    char *folded = mem_copy(name, len);
    for (char *at = folded; *at; at++)
        *at = (char)(*at == '-' ? '_' : tolower((unsigned char)*at));
    return folded;
}

unsigned query_parts_named(const char *name, size_t len)
{
    MEM_AUTO char *folded = fold_name(name, len);
    return parts_of(folded);
}

bool field_scope(const char *name, size_t len, struct scope *ret_scope)
{
    static const struct {
        const char *name;
        enum scope_kind kind;
        const char *shown;
    } own[] = {{"id", SCOPE_ID, "id"},
               {"reference", SCOPE_ID, "id"},
               {"agreement", SCOPE_ID, "id"},
               {"since", SCOPE_SINCE, "since"},
               {"year", SCOPE_YEARS, "year"}};
    if (len > LEX_FIELD_MAX)
        return false;
    MEM_AUTO char *folded = fold_name(name, len);
    struct scope scope = {.kind = SCOPE_PARTS, .parts = QUERY_ALL_PARTS};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (strcmp(folded, own[i].name) == 0) {
            scope.kind = own[i].kind;
            scope.name = own[i].shown;
            *ret_scope = scope;
            return true;
        }
    }
    scope.parts = parts_of(folded);
    if (scope.parts == 0) {
        const struct field *field = field_find(folded);
        if (!field || !(field->use & FIELD_USE_FACET))
            return false;
        scope = (struct scope){SCOPE_FACET, QUERY_ALL_PARTS, field_facet_number(field), field->facet};
    }
    *ret_scope = scope;
    return true;
}

/* ---- dates ---- */

/* Four digits at `at`, 0 where there are none. */
static unsigned year_at(const char *at, const char *end)
{
    unsigned year = 0;
    for (int i = 0; i < 4; i++, at++) {
        if (at >= end || !isdigit((unsigned char)*at))
            return 0;
        year = year * 10 + (unsigned)(*at - '0');
    }
    return at < end && isdigit((unsigned char)*at) ? 0 : year;
}

/* The length of what stands between two years, 0 where nothing of the kind does. Only ".." may be open. */
static size_t between_years(const char *at, const char *end, bool *ret_may_be_open)
{
    static const char *const signs[] = {"..", "-", "\xE2\x80\x93"};
    *ret_may_be_open = false;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        size_t len = strlen(signs[i]);
        if ((size_t)(end - at) >= len && memcmp(at, signs[i], len) == 0) {
            *ret_may_be_open = i == 0;
            return len;
        }
    }
    return 0;
}

/* "2019", "2018..2020", "2018..", "..2020". */
static bool take_years(const char *at, const char *end, unsigned *ret_from, unsigned *ret_to)
{
    unsigned from = year_at(at, end);
    at += from ? 4 : 0;
    bool is_open;
    size_t sign = between_years(at, end, &is_open);
    at += sign;
    unsigned to = sign ? year_at(at, end) : from;
    at += sign && to ? 4 : 0;
    bool good = at == end && (from || to) && (is_open || (from && to));
    *ret_from = from;
    *ret_to = to ? to : QUERY_YEAR_LAST;
    return good;
}

/* "2021-02", "2021" or "2021-02-28" as a day. */
static bool take_since(const char *at, const char *end, unsigned *ret_day)
{
    char date[] = "0000-01-01";
    size_t len = (size_t)(end - at);
    if (len != 4 && len != 7 && len != 10)
        return false;
    memcpy(date, at, len);
    *ret_day = column_day(date);
    return *ret_day != 0;
}

struct query *leaf_of_time(struct parser *parser, const char *from, const char *to, struct scope scope)
{
    bool is_since = scope.kind == SCOPE_SINCE;
    unsigned first = 0, last = 0;
    if (!(is_since ? take_since(from, to, &first) : take_years(from, to, &first, &last))) {
        if (is_since)
            parser_warn(parser, "since: takes a date, such as since:2021-02; it was left out");
        else
            parser_warn(parser, "year: takes years, such as year:2019 or year:2018..2020; it was left out");
        return NULL;
    }
    if (!is_since && first > last) {
        unsigned swapped = first;
        first = last;
        last = swapped;
        parser_warn(parser, "the years ran backwards: year:%u..%u was used", first, last);
    }
    struct query *leaf = query_new(is_since ? QUERY_SINCE : QUERY_YEARS, QUERY_ALL_PARTS);
    leaf->from = first;
    leaf->to = last;
    leaf->start = (size_t)(from - parser->text);
    leaf->end = (size_t)(to - parser->text);
    return leaf;
}
