/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The query tree: built, asked, relaxed, and put in words as people read it back. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/query.h"
#include "indexer/base/mem.h"

enum { QUERY_TEXT_MAX = 1 << 20 /* bytes; a longer tree is cut, as it is nothing to read */ };

struct query *query_new(enum query_kind kind, unsigned parts)
{
    struct query *query = mem_zero(1, sizeof *query);
    query->kind = kind;
    query->parts = parts;
    return query;
}

void query_free(struct query *query)
{
    if (!query)
        return;
    for (size_t i = 0; i < query->count; i++)
        query_free(query->children[i]);
    free(query->children);
    strlist_free(&query->terms);
    query_free(query->words);
    free(query->value);
    free(query);
}

void query_add(struct query *query, struct query *child)
{
    query->children = mem_push(query->children, query->count, &query->cap, sizeof *query->children);
    query->children[query->count++] = child;
}

struct query *query_simplify(struct query *query)
{
    if (query->count > 1)
        return query;
    struct query *only = query->count ? query->children[0] : NULL;
    query->count = 0;
    query_free(query);
    return only;
}

/* One word beside what narrows or excludes is wanted either way. */
static bool wants_several(const struct query *group)
{
    size_t wanted = 0;
    for (size_t i = 0; i < group->count; i++)
        wanted += query_has_wanted(group->children[i]);
    return wanted > 1;
}

bool query_relax(struct query *query)
{
    bool relaxed = query->kind == QUERY_AND && query->is_implied && wants_several(query);
    if (relaxed)
        query->kind = QUERY_OR;
    /* Any of the words instead of all would find less, not more, where they are not wanted. */
    for (size_t i = 0; query->kind != QUERY_NOT && i < query->count; i++)
        relaxed |= query_relax(query->children[i]);
    return relaxed;
}

bool query_narrows(const struct query *query)
{
    return query->kind == QUERY_SINCE || query->kind == QUERY_YEARS || query->kind == QUERY_VALUE ||
           query->kind == QUERY_ID;
}

bool query_has_wanted(const struct query *query)
{
    if (query->kind == QUERY_NOT || query_narrows(query))
        return false;
    if (query->kind != QUERY_AND && query->kind != QUERY_OR)
        return true;
    for (size_t i = 0; i < query->count; i++)
        if (query_has_wanted(query->children[i]))
            return true;
    return false;
}

/* ---- in words ---- */

static void put_parts(struct buf *to, unsigned parts)
{
    if (parts == QUERY_ALL_PARTS)
        return;
    const char *between = "";
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        if (!(parts & 1U << part))
            continue;
        buf_text(to, between);
        buf_text(to, field_parts()[part]->name);
        between = "|";
    }
    buf_byte(to, ':');
}

static void put_time(struct buf *to, const struct query *query)
{
    if (query->kind == QUERY_SINCE) {
        buf_printf(to, "since:%04u-%02u-%02u", query->from / 10000, query->from / 100 % 100,
                   query->from % 100);
        return;
    }
    buf_text(to, "year:");
    if (query->from)
        buf_printf(to, "%u", query->from);
    if (query->from != query->to)
        buf_text(to, "..");
    if (query->from != query->to && query->to != QUERY_YEAR_LAST)
        buf_printf(to, "%u", query->to);
}

/* Whether a reference can be shown as it was typed: others are shown by their words. */
static bool is_plain(const char *value)
{
    for (; *value; value++)
        if (!isalnum((unsigned char)*value) && !strchr("-_.#@", *value))
            return false;
    return true;
}

static void put_tree(struct buf *to, const struct query *query, const char *both, bool inside);

/* dataset:(mental health), dataset:"mental health", dataset:ment*, id:nic-12345, and widened
 * dataset:((hes OR "hospit episod statist") critic): words next to each other are one value's. */
static void put_value(struct buf *to, const struct query *query)
{
    size_t count;
    const struct field *const *facets = field_facets(&count);
    const char *open = query->is_quoted ? "\"" : query->terms.len > 1 ? "(" : "";
    const char *close = query->is_quoted ? "\"" : query->terms.len > 1 ? ")" : "";
    if (query->kind == QUERY_ID && is_plain(query->value)) {
        buf_printf(to, "id:%s%s", query->value, query->is_prefix ? "*" : "");
        return;
    }
    if (query->is_widened) {
        buf_printf(to, "%s:", facets[query->facet]->facet);
        put_tree(to, query->words, " ", true);
        return;
    }
    buf_printf(to, "%s:%s", query->kind == QUERY_ID ? "id" : facets[query->facet]->facet, open);
    for (size_t i = 0; i < query->terms.len; i++)
        buf_printf(to, "%s%s", i ? " " : "", query->terms.items[i]);
    buf_printf(to, "%s%s", query->is_prefix ? "*" : "", close);
}

static void put_leaf(struct buf *to, const struct query *query)
{
    if (query_narrows(query)) {
        if (query->value)
            put_value(to, query);
        else
            put_time(to, query);
        return;
    }
    put_parts(to, query->parts);
    if (query->kind == QUERY_PHRASE || query->kind == QUERY_NEAR)
        buf_byte(to, query->kind == QUERY_PHRASE ? '"' : '(');
    for (size_t i = 0; i < query->terms.len; i++) {
        if (i > 0 && query->kind == QUERY_NEAR)
            buf_printf(to, " NEAR/%u ", query->distance);
        else if (i > 0)
            buf_byte(to, ' ');
        buf_text(to, query->terms.items[i]);
    }
    if (query->kind == QUERY_PREFIX)
        buf_byte(to, '*');
    if (query->kind == QUERY_PHRASE || query->kind == QUERY_NEAR)
        buf_byte(to, query->kind == QUERY_PHRASE ? '"' : ')');
}

/* `both` stands between what is wanted together. */
static void put_tree(struct buf *to, const struct query *query, const char *both, bool inside)
{
    if (query->kind == QUERY_NOT) {
        buf_text(to, "NOT ");
        put_tree(to, query->children[0], both, true);
        return;
    }
    if (query->kind != QUERY_AND && query->kind != QUERY_OR) {
        put_leaf(to, query);
        return;
    }
    if (inside)
        buf_byte(to, '(');
    for (size_t i = 0; i < query->count; i++) {
        if (i > 0)
            buf_text(to, query->kind == QUERY_AND ? both : " OR ");
        put_tree(to, query->children[i], both, true);
    }
    if (inside)
        buf_byte(to, ')');
}

char *query_text(const struct query *query)
{
    struct buf text = BUF_INIT(QUERY_TEXT_MAX);
    if (query)
        put_tree(&text, query, " AND ", false);
    text.failed = false;
    char *taken = buf_take(&text);
    buf_free(&text);
    return taken ? taken : mem_text("");
}
