/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/expand.h"

#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

struct expansion_run {
    const struct vocabulary *vocabulary;
    struct strlist *warnings;
    size_t added;
};

/* ---- what is typed as plain words ---- */

static bool is_typed(const struct query *query)
{
    return (query->kind == QUERY_WORD || query->kind == QUERY_PHRASE) && !query->is_quoted;
}

/* The words of a child as one piece of text, or NULL. A hyphenated compound is the pieces, with all of them
 * joined beside: both leaves come from the same place. */
static const struct query *typed_words(const struct query *query)
{
    if (is_typed(query))
        return query;
    if (query->kind != QUERY_OR || query->is_implied || query->count != 2)
        return NULL;
    const struct query *pieces = query->children[0], *joined = query->children[1];
    bool is_compound = is_typed(pieces) && is_typed(joined) && pieces->end > 0 &&
                       pieces->start == joined->start && pieces->end == joined->end;
    return is_compound ? pieces : NULL;
}

static void put_words(struct buf *key, const struct query *words)
{
    for (size_t i = 0; i < words->terms.len; i++) {
        if (key->len > 0)
            buf_byte(key, ' ');
        buf_text(key, words->terms.items[i]);
    }
}

/* The other forms of `group`'s children from `first` on, of as many of them as can be, at most `most`; NULL
 * where there are none. *ret_count: of how many. */
static const struct vocabulary_form *find_form(const struct expansion_run *run, const struct query *group,
                                               size_t first, size_t most, size_t *ret_count)
{
    enum { KEY_MAX = 4096 }; /* no form is longer */
    BUF_AUTO struct buf key = BUF_INIT(KEY_MAX);
    const struct vocabulary_form *longest = NULL;
    const struct query *start = typed_words(group->children[first]);
    size_t words = 0;
    for (size_t n = 0; n < most && first + n < group->count; n++) {
        const struct query *next = typed_words(group->children[first + n]);
        if (!next || next->parts != start->parts)
            break;
        put_words(&key, next);
        words += next->terms.len;
        if (words > vocabulary_longest(run->vocabulary) || buf_failed(&key))
            break;
        const struct vocabulary_form *found = vocabulary_find(run->vocabulary, key.data, key.len);
        if (!found)
            continue;
        longest = found;
        *ret_count = n + 1;
    }
    return longest;
}

/* ---- what is put beside them ---- */

static struct query *added_leaf(const struct vocabulary_other *other, unsigned parts)
{
    const char *key = other->key;
    struct query *leaf = query_new(strchr(key, ' ') ? QUERY_PHRASE : QUERY_WORD, parts);
    leaf->is_added = true;
    for (const char *at = key; *at;) {
        size_t len = strcspn(at, " ");
        strlist_add_copy(&leaf->terms, at, len);
        at += len + (at[len] == ' ');
    }
    return leaf;
}

/* `typed`, *stolen*, with the other forms beside it. */
static struct query *widen(struct expansion_run *run, struct query *typed, unsigned parts,
                           const struct vocabulary_form *forms)
{
    struct query *either = query_new(QUERY_OR, parts);
    query_add(either, typed);
    for (size_t i = 0; i < forms->count; i++) {
        if (run->added == EXPAND_ADDED_MAX) {
            MEM_AUTO char *text =
                mem_format("acronyms and long forms: no more than %d others were looked for "
                           "beside what was typed",
                           EXPAND_ADDED_MAX);
            strlist_add_unique(run->warnings, text);
            break;
        }
        query_add(either, added_leaf(forms->others[i], parts));
        run->added++;
    }
    return query_simplify(either);
}

/* ---- the tree ---- */

/* `count` children of a group from `first` on, *stolen*, as they stood: one of them, or a group of its own.
 */
static struct query *take_children(const struct query *group, size_t first, size_t count)
{
    if (count == 1)
        return group->children[first];
    struct query *words = query_new(group->kind, group->parts);
    words->is_implied = true;
    for (size_t i = 0; i < count; i++)
        query_add(words, group->children[first + i]);
    return words;
}

static struct query *expand_tree(struct expansion_run *run, struct query *query);

/* The words that a value must have, as words of the text. */
static void expand_value(struct expansion_run *run, struct query *leaf)
{
    if (leaf->is_quoted || !leaf->words)
        return;
    size_t before = run->added;
    leaf->words = expand_tree(run, leaf->words);
    leaf->is_widened = run->added > before;
}

static struct query *expand_group(struct expansion_run *run, struct query *group)
{
    size_t kept = 0;
    for (size_t i = 0, count; i < group->count; i += count) {
        count = 1;
        struct query *child = group->children[i];
        const struct query *typed = typed_words(child);
        if (!typed) {
            group->children[kept++] = expand_tree(run, child);
            continue;
        }
        unsigned parts = typed->parts;
        const struct vocabulary_form *forms =
            find_form(run, group, i, group->is_implied ? group->count : 1, &count);
        child = take_children(group, i, count);
        group->children[kept++] = forms ? widen(run, child, parts, forms) : child;
    }
    group->count = kept;
    return query_simplify(group);
}

/* A leaf or a compound by itself is a group of one. */
static struct query *expand_tree(struct expansion_run *run, struct query *query)
{
    if (query->kind == QUERY_VALUE)
        expand_value(run, query);
    if (!typed_words(query) && query->kind != QUERY_AND && query->kind != QUERY_OR)
        return query;
    if (!typed_words(query))
        return expand_group(run, query);
    struct query *group = query_new(QUERY_AND, query->parts);
    query_add(group, query);
    return expand_group(run, group);
}

struct query *expand(const struct vocabulary *vocabulary, struct query *query, struct strlist *warnings)
{
    struct expansion_run run = {.vocabulary = vocabulary, .warnings = warnings};
    return query ? expand_tree(&run, query) : NULL;
}
