/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/labels.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const char SEPARATOR[] = " > ";

const char *const change_kinds[CHANGE_KINDS] = {"added", "gone", "changed", "renewed"};

const char label_relaxed[] = "No agreement has all of these words; shown are those with any of them.";

const char *warning_text(const json_t *warning)
{
    const char *text = json_string_value(warning);
    return text ? text : text_member(warning, "message");
}

size_t count_changes(const json_t *result)
{
    size_t count = 0;
    for (size_t i = 0; i < CHANGE_KINDS; i++)
        count += json_array_size(json_object_get(result, change_kinds[i]));
    return count;
}

const char *text_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text && *text ? text : NULL;
}

static const char *find_label(const json_t *schema, const char *list, const char *name)
{
    const json_t *rows = json_object_get(schema, list);
    for (size_t i = 0; i < json_array_size(rows) && i < LABELS_MAX; i++) {
        const json_t *row = json_array_get(rows, i);
        const char *found = text_member(row, "name");
        if (found && !strcmp(found, name))
            return text_member(row, "label");
    }
    return NULL;
}

static struct label named(const char *name)
{
    struct label label;
    snprintf(label.text, sizeof label.text, "%s", name);
    for (char *at = label.text; *at; at++)
        if (*at == '_')
            *at = ' ';
    label.text[0] = (char)toupper((unsigned char)label.text[0]);
    return label;
}

struct label label_of(const json_t *schema, const char *list, const char *name)
{
    static const char *const LISTS[] = {"fields", "facets", "parts"};
    const char *found = find_label(schema, list, name);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS && !found; i++)
        found = find_label(schema, LISTS[i], name);
    if (!found)
        return named(name);
    struct label label;
    snprintf(label.text, sizeof label.text, "%s", found);
    return label;
}

struct label label_before_value(const json_t *schema, const char *list, const char *name)
{
    struct label label = label_of(schema, list, name);
    size_t len = strlen(label.text);
    if (len + 3 <= sizeof label.text)
        strcpy(label.text + len, len && label.text[len - 1] == '?' ? " " : ": ");
    return label;
}

static size_t first_level(const char *path)
{
    const char *end = strstr(path, SEPARATOR);
    return end ? (size_t)(end - path) : strlen(path);
}

/* The last level, or NULL where there is only one. */
static const char *last_level(const char *path)
{
    const char *last = NULL;
    for (const char *at = path; (at = strstr(at, SEPARATOR)); last = at)
        at += sizeof SEPARATOR - 1;
    return last;
}

/* A provision (`s261`, `art 6`, `reg 3`, `sch 12`) follows its Act as it is; words follow after a colon. */
static bool is_provision(const char *level)
{
    size_t letters = strspn(level, "abcdefghijklmnopqrstuvwxyz");
    return letters <= 4 && isdigit((unsigned char)level[letters + (level[letters] == ' ')]);
}

static void add_last_level(struct buf *text, const char *level)
{
    text_add(text, STYLE_PLAIN, is_provision(level) ? " " : ": ");
    text_add(text, STYLE_PLAIN, level);
}

void add_path(struct buf *text, const char *path)
{
    const char *last = last_level(path);
    text_add_bytes(text, STYLE_PLAIN, path, first_level(path));
    if (last)
        add_last_level(text, last);
}

static bool same_first_level(const char *a, const char *b)
{
    size_t len = first_level(a);
    return len == first_level(b) && !memcmp(a, b, len);
}

/* Whether a path before number `at` has the same first level. */
static bool is_told(const json_t *paths, size_t at, const char *path)
{
    for (size_t i = 0; i < at; i++) {
        const char *other = json_string_value(json_array_get(paths, i));
        if (other && same_first_level(other, path))
            return true;
    }
    return false;
}

static size_t told_count(const json_t *paths)
{
    size_t count = json_array_size(paths);
    return count < PATHS_MAX ? count : PATHS_MAX;
}

/* Adds the last levels of all paths from number `at` on that share the first level of `path`. */
static void add_last_levels(struct buf *text, const json_t *paths, size_t at, const char *path)
{
    bool is_next = false;
    for (size_t i = at; i < told_count(paths); i++) {
        const char *other = json_string_value(json_array_get(paths, i));
        const char *last = other && same_first_level(other, path) ? last_level(other) : NULL;
        if (!last)
            continue;
        if (is_next) {
            text_add(text, STYLE_PLAIN, ", ");
            text_add(text, STYLE_PLAIN, last);
        } else {
            add_last_level(text, last);
        }
        is_next = true;
    }
}

void add_paths(struct buf *text, const json_t *paths)
{
    bool is_next = false;
    for (size_t i = 0; i < told_count(paths); i++) {
        const char *path = json_string_value(json_array_get(paths, i));
        if (!path || is_told(paths, i, path))
            continue;
        if (is_next)
            text_add(text, STYLE_PLAIN, "; ");
        text_add_bytes(text, STYLE_PLAIN, path, first_level(path));
        add_last_levels(text, paths, i, path);
        is_next = true;
    }
    if (json_array_size(paths) > PATHS_MAX)
        text_printf(text, STYLE_QUIET, "; and %zu more", json_array_size(paths) - PATHS_MAX);
}

void add_period(struct buf *text, const char *from, const char *to)
{
    if (from && to)
        text_printf(text, STYLE_PLAIN, "%s to %s", from, to);
    else if (from || to)
        text_printf(text, STYLE_PLAIN, "%s %s", from ? "from" : "until", from ? from : to);
}

void add_shell_word(struct buf *text, enum style style, const char *word)
{
    static const char SAFE[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.,:/@+#";
    BUF_AUTO struct buf quoted = TEXT_INIT;
    if (*word && *word != '#' && !word[strspn(word, SAFE)]) {
        text_add(text, style, word);
        return;
    }
    for (; *word; word++) {
        if (*word == '\'')
            buf_text(&quoted, "'\\'");
        buf_byte(&quoted, *word);
    }
    text_printf(text, style, "'%s'", quoted.data ? quoted.data : "");
}
