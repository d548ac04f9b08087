/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pages call things: in plain words, and "not stated" where the source does not say. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "daemon/web/page.h"
#include "indexer/base/mem.h"
#include "indexer/register/legal_basis.h"

#define SEPARATOR FIELD_PATH_SEPARATOR

enum { SEPARATOR_LEN = sizeof SEPARATOR - 1 };

/* ---- JSON ---- */

const char *page_string(const json_t *value)
{
    const char *text = json_string_value(value);
    return text ? text : "";
}

const char *page_text(const json_t *object, const char *name)
{
    return page_string(json_object_get(object, name));
}

const json_t *page_list(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

long long page_number(const json_t *object, const char *name)
{
    json_int_t number = json_integer_value(json_object_get(object, name));
    return number < 0 ? 0 : number > PAGE_NUMBER_MAX ? PAGE_NUMBER_MAX : number;
}

/* ---- values ---- */

/* A provision (`s261`, `art 6`, `reg 3`) follows its Act as it is; words follow after a colon. */
static bool is_provision(const char *level)
{
    size_t letters = strspn(level, "abcdefghijklmnopqrstuvwxyz");
    return letters <= 4 && isdigit((unsigned char)level[letters + (level[letters] == ' ')]);
}

char *page_path_words(const char *path)
{
    const char *first = strstr(path, SEPARATOR), *last = NULL;
    for (const char *at = path; (at = strstr(at, SEPARATOR)); last = at)
        at += SEPARATOR_LEN;
    if (!last)
        return mem_text(path);
    return mem_format("%.*s%s%s", (int)(first - path), path, is_provision(last) ? " " : ": ", last);
}

const char *page_label(const char *name)
{
    const struct field *field = field_find(name);
    if (strcmp(name, "benefits") == 0)
        return "Benefits";
    return field ? field->label : name;
}

const char *page_value(const struct field *field, const char *label)
{
    if (strcmp(label, "(none)") == 0)
        return "Not stated";
    if (field && field->kind == FIELD_ANSWER)
        return strcmp(label, "yes") == 0 ? "Yes" : strcmp(label, "no") == 0 ? "No" : label;
    return label;
}

bool page_is_below(const json_t *values, const json_t *value)
{
    size_t i;
    const json_t *other;
    const char *key = page_text(value, "value");
    json_array_foreach(values, i, other)
    {
        const char *path = page_text(other, "value");
        size_t len = strlen(path);
        if (strncmp(key, path, len) == 0 && strncmp(key + len, SEPARATOR, SEPARATOR_LEN) == 0)
            return true;
    }
    return false;
}

void page_query(struct buf *to, const char *q)
{
    html_put(to, strchr(q, '"') ? "%b" : "<q>%b</q>", q);
}

void page_count(struct buf *to, long long count, const char *one, const char *many)
{
    html_put(to, "%n %t", count, count == 1 ? one : many);
}

void page_found(struct buf *to, const json_t *value)
{
    long long count = page_number(value, "count");
    html_put(to, "<span class=\"count\">%n<span class=\"hidden\"> agreement%h</span></span>", count,
             count == 1 ? "" : "s");
}

/* ---- dates ---- */

char *page_date_words(const char *date)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    int year, month, day;
    int count = sscanf(date, "%4d-%2d-%2d", &year, &month, &day);
    if (count < 2 || month < 1 || month > 12)
        return mem_text(date);
    return count == 3 ? mem_format("%d %s %d", day, months[month - 1], year)
                      : mem_format("%s %d", months[month - 1], year);
}

void page_date(struct buf *to, const char *date)
{
    MEM_AUTO char *words = page_date_words(date);
    html_put(to, strcmp(words, date) == 0 ? "%t" : "<time datetime=\"%t\">%t</time>", date, words);
}

bool page_span(struct buf *to, const char *from, const char *until)
{
    if (*from) {
        buf_text(to, "from ");
        page_date(to, from);
    }
    if (*until) {
        buf_text(to, *from ? " to " : "until ");
        page_date(to, until);
    }
    return *from || *until;
}

/* ---- addresses and lists ---- */

void page_record_url(struct buf *to, const char *id, const char *edition, const struct state *state)
{
    html_put(to, "/records/%u", id);
    if (edition)
        html_put(to, "?edition=%u", edition);
    if (!state || !*state->q)
        return;
    html_put(to, "%hq=%u", edition ? "&amp;" : "?", state->q);
    if (state->part)
        html_put(to, "&amp;part=%u", state->part);
    if (state->any)
        buf_text(to, "&amp;match=any");
}

const char *page_older(const json_t *hit)
{
    return json_is_true(json_object_get(hit, "history")) ? page_text(hit, "edition") : NULL;
}

void page_bases(struct buf *to, const json_t *paths, bool with_words)
{
    size_t i;
    const json_t *path;
    if (json_array_size(paths) == 0) {
        buf_text(to, PAGE_UNSAID);
        return;
    }
    buf_text(to, "<ul class=\"bases\">");
    json_array_foreach(paths, i, path)
    {
        MEM_AUTO char *words = page_path_words(page_string(path));
        const char *plain = with_words ? legal_basis_explain(page_string(path)) : NULL;
        html_put(to, "<li>%b", words);
        if (plain)
            html_put(to, "<span class=\"plain\">%t</span>", plain);
        buf_text(to, "</li>");
    }
    buf_text(to, "</ul>");
}

void page_values(struct buf *to, const struct field *field, const json_t *values)
{
    size_t i;
    const json_t *value;
    if (json_array_size(values) == 0)
        buf_text(to, PAGE_UNSAID);
    json_array_foreach(values, i, value)
    {
        MEM_AUTO char *words = field && field->kind == FIELD_PATHS ? page_path_words(page_string(value))
                                                                   : mem_text(page_string(value));
        html_put(to, "%h%b", i ? "; " : "", words);
    }
}
