/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person means by a form typed as a filter. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"
#include "indexer/register/legal_basis.h"
#include "indexer/register/legal_basis_grammar.h"

enum {
    RESOLVE_TYPED_MAX = 1000, /* bytes; nobody types more */
    RESOLVE_NOTE_MAX = 4000,  /* bytes of a note */
    RESOLVE_NAMED_MAX = 10,   /* provisions that a note names */
};

#define S251 LEGAL_NHS_ACT FIELD_PATH_SEPARATOR "s251"
#define S261_7 LEGAL_HSCA FIELD_PATH_SEPARATOR "s261" FIELD_PATH_SEPARATOR "s261(7)"

static const char *last_level(const char *path)
{
    const char *level = path;
    for (const char *next; (next = strstr(level, FIELD_PATH_SEPARATOR)) != NULL;)
        level = next + strlen(FIELD_PATH_SEPARATOR);
    return level;
}

/* Adds the known paths whose key, or whose last level's, is `key`. */
static void add_by_key(const char *key, bool by_last_level, const struct strlist *known,
                       struct strlist *paths)
{
    for (size_t i = 0; *key && i < known->len; i++) {
        const char *path = known->items[i];
        if (key_is(by_last_level ? last_level(path) : path, key))
            strlist_add_unique(paths, path);
    }
}

/* The form without its instrument, as last levels spell it: "section 251", "s.251", "251" are all "s251";
 * NULL where an instrument is named or no provision is. *new*. A bare number stands for each unit: '?' goes
 * before it. */
static char *bare_provision(const char *typed)
{
    static const struct {
        const char *word, *unit;
    } units[] = {
        {"sections", "s"},
        {"section", "s"},
        {"sect", "s"},
        {"sec", "s"},
        {"ss", "s"},
        {"s", "s"},
        {"§", "s"},
        {"regulations", "reg "},
        {"regulation", "reg "},
        {"regs", "reg "},
        {"reg", "reg "},
        {"articles", "art "},
        {"article", "art "},
        {"arts", "art "},
        {"art", "art "},
        {"schedule", "sch "},
        {"sched", "sch "},
        {"sch", "sch "},
        {"part", "part "},
        {"", "?"},
    };
    struct buf buf = BUF_INIT(RESOLVE_TYPED_MAX + 8);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t len = strlen(units[i].word);
        if (strncasecmp(typed, units[i].word, len) != 0)
            continue;
        const char *number = typed + len;
        number += strspn(number, ". ");
        if (!isdigit((unsigned char)*number))
            continue;
        buf_text(&buf, units[i].unit);
        for (; isalnum((unsigned char)*number) || strchr("() ", *number); number++) {
            if (!*number)
                return buf_take(&buf);
            if (*number != ' ')
                buf_byte(&buf, (char)tolower((unsigned char)*number));
        }
        break;
    }
    buf_free(&buf);
    return NULL;
}

static bool is_last_level(const char *path, const char *provision)
{
    const char *level = last_level(path);
    if (*provision != '?')
        return strcmp(level, provision) == 0;
    static const char *const units[] = {"s", "reg ", "art ", "sch ", "part "};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strncmp(level, units[i], strlen(units[i])) == 0 &&
            strcmp(level + strlen(units[i]), provision + 1) == 0)
            return true;
    return false;
}

static void add_by_provision(const char *typed, const struct strlist *known, struct strlist *paths)
{
    MEM_AUTO char *provision = bare_provision(typed);
    for (size_t i = 0; provision && i < known->len; i++)
        if (is_last_level(known->items[i], provision))
            strlist_add_unique(paths, known->items[i]);
}

/* Adds what the grammar makes of the text, as far as it is known. */
static void add_by_grammar(const char *typed, const struct strlist *known, struct strlist *paths)
{
    STRLIST_AUTO struct strlist parsed = {0};
    legal_basis_parse(typed, &parsed);
    for (size_t i = 0; i < parsed.len; i++) {
        MEM_AUTO char *key = key_fold(parsed.items[i]);
        add_by_key(key, false, known, paths);
    }
}

/* Instruments are typed without their year too ("Statistics and Registration Service Act"), and by part of
 * it. */
static void add_by_beginning(const char *key, const struct strlist *known, struct strlist *paths)
{
    size_t len = strlen(key);
    for (size_t i = 0; len > 0 && i < known->len; i++) {
        if (strstr(known->items[i], FIELD_PATH_SEPARATOR))
            continue;
        MEM_AUTO char *known_key = key_fold(known->items[i]);
        if (strncmp(known_key, key, len) == 0 && known_key[len] == '-' &&
            strspn(known_key + len + 1, "0123456789") == 4 && !known_key[len + 5])
            strlist_add_unique(paths, known->items[i]);
    }
}

static void note_several(const char *typed, const struct strlist *paths, size_t from, struct buf *note)
{
    size_t count = paths->len - from;
    buf_printf(note, "\"%s\" fits %zu provisions: ", typed, count);
    for (size_t i = 0; i < count && i < RESOLVE_NAMED_MAX; i++)
        buf_printf(note, "%s%s", i ? "; " : "", paths->items[from + i]);
    buf_text(note, count > RESOLVE_NAMED_MAX ? "; and others" : "");
}

/* Whether `path` is `level` or lies below it. */
static bool is_within(const char *path, const char *level)
{
    size_t len = strlen(level);
    return strncmp(path, level, len) == 0 &&
           (!path[len] || strncmp(path + len, FIELD_PATH_SEPARATOR, strlen(FIELD_PATH_SEPARATOR)) == 0);
}

static void note_support(const struct strlist *known, const struct strlist *paths, size_t from,
                         struct buf *note)
{
    bool means_s251 = false;
    for (size_t i = from; i < paths->len; i++) {
        means_s251 |= is_within(paths->items[i], S251);
        if (is_within(S261_7, paths->items[i]))
            return;
    }
    if (!means_s251 || !strlist_has(known, S261_7))
        return;
    if (note->len)
        buf_text(note, ". ");
    buf_text(note, "Support under section 251 also stands in the register as " LEGAL_HSCA
                   " s261(7), which this does not include");
}

bool legal_basis_resolve(const char *typed, const struct strlist *known, struct strlist *paths,
                         char **ret_note)
{
    *ret_note = NULL;
    MEM_AUTO char *tidy = key_tidy(typed);
    if (!*tidy || strlen(tidy) > RESOLVE_TYPED_MAX)
        return false;
    size_t from = paths->len;
    MEM_AUTO char *key = key_fold(tidy);
    bool is_one_form = true;
    STRLIST_AUTO struct strlist found = {0};
    add_by_key(key, false, known, &found);
    if (!found.len)
        add_by_provision(tidy, known, &found);
    if (!found.len) {
        add_by_grammar(tidy, known, &found);
        is_one_form = found.len == 0;
    }
    if (!found.len)
        add_by_key(key, true, known, &found);
    if (!found.len)
        add_by_beginning(key, known, &found);
    for (size_t i = 0; i < found.len; i++)
        strlist_add(paths, found.items[i]);
    BUF_AUTO struct buf note = BUF_INIT(RESOLVE_NOTE_MAX);
    if (is_one_form && found.len > 1)
        note_several(tidy, &found, 0, &note);
    note_support(known, paths, from, &note);
    if (note.len)
        *ret_note = buf_take(&note);
    return found.len > 0;
}
