/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/fuzz/support.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utf8proc.h>

#include "indexer/base/mem.h"
#include "indexer/register/dates.h"
#include "indexer/register/field.h"
#include "indexer/register/key.h"

void fuzz_fail(const char *file, int line, const char *claim, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%d: does not hold: %s: ", file, line, claim);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

char *fuzz_text(const uint8_t *data, size_t size)
{
    return mem_copy(data, size);
}

const char *fuzz_file(const void *data, size_t size)
{
    static int fd = -1;
    static char path[32];
    if (fd < 0) {
        fd = memfd_create("fuzz", MFD_CLOEXEC);
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    bool is_written = fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size;
    FUZZ_CHECK(is_written, "no file in memory");
    return path;
}

/* ---- Texts ---- */

bool fuzz_is_utf8(const char *bytes, size_t len)
{
    for (size_t at = 0; at < len;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t taken =
            utf8proc_iterate((const utf8proc_uint8_t *)bytes + at, (utf8proc_ssize_t)(len - at), &code);
        if (taken <= 0)
            return false;
        at += (size_t)taken;
    }
    return true;
}

void fuzz_check_utf8(const char *bytes, size_t len, const char *what)
{
    FUZZ_CHECK(fuzz_is_utf8(bytes, len), "%s is no UTF-8: \"%.*s\"", what, (int)len, bytes);
}

void fuzz_check_values(const struct strlist *values, const char *what)
{
    for (size_t i = 0; i < values->len; i++) {
        const char *value = values->items[i];
        FUZZ_CHECK(*value, "%s: an empty value", what);
        fuzz_check_utf8(value, strlen(value), what);
        for (size_t k = 0; k < i; k++)
            FUZZ_CHECK(strcmp(value, values->items[k]) != 0, "%s: twice \"%s\"", what, value);
    }
}

void fuzz_check_tidy(const struct strlist *values, const char *what)
{
    for (size_t i = 0; i < values->len; i++) {
        MEM_AUTO char *tidy = key_tidy(values->items[i]);
        FUZZ_CHECK(strcmp(tidy, values->items[i]) == 0, "%s: not tidy: \"%s\"", what, values->items[i]);
    }
}

void fuzz_check_paths(const struct strlist *paths, size_t max, const char *what)
{
    for (size_t i = 0; i < paths->len; i++) {
        size_t levels = 1;
        for (const char *at = paths->items[i], *next; (next = strstr(at, FIELD_PATH_SEPARATOR)); levels++) {
            FUZZ_CHECK(next > at, "%s: an empty level in \"%s\"", what, paths->items[i]);
            at = next + strlen(FIELD_PATH_SEPARATOR);
            FUZZ_CHECK(*at, "%s: an empty last level in \"%s\"", what, paths->items[i]);
        }
        FUZZ_CHECK(levels <= max, "%s: %zu levels in \"%s\"", what, levels, paths->items[i]);
    }
}

/* ---- Passages ---- */

static bool begins(const char *at, const char *end, const char *word)
{
    return (size_t)(end - at) >= strlen(word) && memcmp(at, word, strlen(word)) == 0;
}

static size_t entity_length(const char *at, const char *end)
{
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
        if (begins(at, end, entities[i]))
            return strlen(entities[i]);
    return 0;
}

static size_t check_tag(const char *at, const char *end, bool *is_open)
{
    const char *tag = *is_open ? "</mark>" : "<mark>";
    FUZZ_CHECK(begins(at, end, tag), "expected %s: %.*s", tag, (int)(end - at), at);
    *is_open = !*is_open;
    return strlen(tag);
}

/* What turns the direction of text around, or cannot be shown at all. */
static bool is_unfit(utf8proc_int32_t code)
{
    return (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0x200E ||
           code == 0x200F || utf8proc_category(code) == UTF8PROC_CATEGORY_CC ||
           utf8proc_category(code) == UTF8PROC_CATEGORY_CO;
}

void fuzz_check_html(const char *html, size_t len)
{
    bool is_open = false;
    const char *end = html + len;
    fuzz_check_utf8(html, len, "html");
    for (const char *at = html; at < end;) {
        utf8proc_int32_t code;
        size_t taken =
            (size_t)utf8proc_iterate((const utf8proc_uint8_t *)at, (utf8proc_ssize_t)(end - at), &code);
        if (*at == '<')
            taken = check_tag(at, end, &is_open);
        else if (*at == '&')
            taken = entity_length(at, end);
        FUZZ_CHECK(taken > 0, "a bare &: %.*s", (int)len, html);
        FUZZ_CHECK(!strchr(">\"'", *at), "not escaped: %.*s", (int)len, html);
        FUZZ_CHECK(!is_unfit(code), "U+%04X in html", (unsigned)code);
        FUZZ_CHECK(*at != ' ' || at + 1 == end || at[1] != ' ', "two spaces: %.*s", (int)len, html);
        at += taken;
    }
    FUZZ_CHECK(!is_open, "a mark is not closed: %.*s", (int)len, html);
}

/* ---- Records ---- */

static void check_facets(const struct record *record)
{
    size_t count;
    const struct field *const *facets = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        STRLIST_AUTO struct strlist values = {0};
        field_record_values(facets[i], record, &values);
        for (size_t k = 0; k < record->release_count; k++) {
            STRLIST_AUTO struct strlist of_release = {0};
            field_release_values(facets[i], &record->releases[k], &of_release);
            strlist_merge(&values, &of_release);
        }
        for (size_t k = 0; k < values.len; k++) {
            MEM_AUTO char *key = field_key(facets[i], values.items[k]);
            fuzz_check_utf8(key, strlen(key), "a key");
        }
    }
}

static void check_date(const char *date)
{
    char again[11];
    if (date)
        FUZZ_CHECK(dates_parse(date, DATES_FROM_1900, again) && strcmp(date, again) == 0, "no date: \"%s\"",
                   date);
}

void fuzz_check_record(const struct record *record)
{
    struct error error = ERROR_NONE;
    FUZZ_CHECK(record->id && *record->id && record->agreement, "a record without id");
    json_t *json = record_to_json(record);
    RECORD_AUTO struct record *again = record_from_json(json, &error);
    FUZZ_CHECK(again, "its own JSON is no record: %s", error.text);
    json_t *json_again = record_to_json(again);
    if (!json_equal(json, json_again)) {
        MEM_AUTO char *one = json_dumps(json, 0);
        MEM_AUTO char *other = json_dumps(json_again, 0);
        FUZZ_CHECK(false, "the record changes on its way through JSON:\n%s\n%s", one, other);
    }
    MEM_AUTO char *says = record_statement_text(record);
    MEM_AUTO char *says_again = record_statement_text(again);
    FUZZ_CHECK(strcmp(says, says_again) == 0, "it says something else: %s\n%s", says, says_again);
    check_date(record->start);
    check_date(record->end);
    check_date(record->released_from);
    check_date(record->released_to);
    check_facets(record);
    json_decref(json);
    json_decref(json_again);
}
