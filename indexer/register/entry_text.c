/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/register/entry_text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "indexer/register/key.h"

enum { NOTE_TEXT_MAX = 200 /* bytes of a text quoted in a note */ };

/* How people know the texts under headings; NULL where no note names one. */
static const char *const heading_labels[HEADING_COUNT] = {
    [HEADING_REFERENCE] = "Reference",
    [HEADING_TITLE] = "Title",
    [HEADING_ORGANISATION] = "Organisation",
    [HEADING_ORGANISATION_TYPE] = "Organisation type",
    [HEADING_TYPE_OF_DATA] = "Type of data",
    [HEADING_OPT_OUTS] = "Opt-outs",
    [HEADING_LEGAL_BASIS] = "Legal basis",
    [HEADING_DUTY_OF_CONFIDENCE] = "Duty of confidentiality",
    [HEADING_PURPOSES] = "Purposes",
    [HEADING_COMMERCIAL] = "Commercial",
    [HEADING_SENSITIVITY] = "Sensitivity",
    [HEADING_WHEN] = "When",
    [HEADING_START] = "Start",
    [HEADING_END] = "End",
    [HEADING_MONTH] = "Month",
    [HEADING_METHOD] = "Access method",
    [HEADING_CONTROLLERS] = "Data controllers",
    [HEADING_SUBLICENSING] = "Sublicensing",
    [HEADING_DATASETS] = "Data sets",
    [HEADING_OBJECTIVES] = "Objectives",
    [HEADING_EXPECTED_BENEFITS] = "Expected benefits",
    [HEADING_YIELDED_BENEFITS] = "Yielded benefits",
    [HEADING_OUTPUTS] = "Outputs",
    [HEADING_PROCESSING] = "Processing",
    [HEADING_PAGE_FILES] = "Number of data files",
    [HEADING_FLAGS] = "Warnings",
    [HEADING_PAGE_NOTES] = "Notes of the page",
    [HEADING_EXPLANATION] = "Explanation",
};

/* The bytes as UTF-8 without NUL, *new*: what is neither becomes U+FFFD, and *ret_clean false. */
static char *clean_text(const char *bytes, size_t len, bool *ret_clean)
{
    struct buf buf = BUF_INIT(3 * len + 1);
    *ret_clean = true;
    for (size_t i = 0; i < len;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t taken =
            utf8proc_iterate((const utf8proc_uint8_t *)bytes + i, (utf8proc_ssize_t)(len - i), &code);
        if (taken > 0 && code > 0) {
            buf_append(&buf, bytes + i, (size_t)taken);
            i += (size_t)taken;
            continue;
        }
        buf_text(&buf, "\xEF\xBF\xBD");
        *ret_clean = false;
        i++;
    }
    return buf_take(&buf);
}

/* Quotes the beginning of a text, so that a note stays one line. *new* */
static char *quoted(const char *text)
{
    char *tidy = key_tidy(text);
    size_t len = strlen(tidy);
    if (len <= NOTE_TEXT_MAX)
        return tidy;
    len = NOTE_TEXT_MAX;
    while (len > 0 && ((unsigned char)tidy[len] & 0xC0) == 0x80)
        len--;
    char *cut = mem_format("%.*s...", (int)len, tidy);
    free(tidy);
    return cut;
}

void entry_note(struct record *record, enum entry_heading heading, const char *what, const char *text)
{
    MEM_AUTO char *quote = quoted(text);
    MEM_AUTO char *sentence = mem_format("%s %s: %s", heading_labels[heading], what, quote);
    strlist_add_unique(&record->parse_notes, sentence);
}

char *entry_text(const struct entry *entry, enum entry_heading heading)
{
    const struct entry_field *field = &entry->fields[heading];
    bool is_clean;
    return field->text ? clean_text(field->text, field->len, &is_clean) : NULL;
}

char *entry_line(const struct entry *entry, enum entry_heading heading)
{
    MEM_AUTO char *text = entry_text(entry, heading);
    char *line = text ? key_tidy(text) : NULL;
    if (line && !*line) {
        free(line);
        line = NULL;
    }
    return line;
}

size_t entry_leading_space(const char *text)
{
    size_t len = 0;
    for (;;) {
        utf8proc_int32_t code;
        utf8proc_ssize_t taken = utf8proc_iterate((const utf8proc_uint8_t *)text + len, -1, &code);
        utf8proc_category_t category = taken > 0 ? utf8proc_category(code) : UTF8PROC_CATEGORY_CN;
        bool is_space = (category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP) ||
                        (code > 0 && code < 0x21) || code == 0x85;
        if (taken <= 0 || code == 0 || !is_space)
            return len;
        len += (size_t)taken;
    }
}

size_t entry_trimmed_length(const char *text)
{
    size_t len = strlen(text);
    while (len > 0) {
        size_t start = len - 1;
        while (start > 0 && ((unsigned char)text[start] & 0xC0) == 0x80)
            start--;
        if (entry_leading_space(text + start) < len - start)
            return len;
        len = start;
    }
    return 0;
}

char *entry_prose(const struct entry *entry, enum entry_heading heading)
{
    MEM_AUTO char *text = entry_text(entry, heading);
    if (!text)
        return NULL;
    const char *from = text + entry_leading_space(text);
    size_t len = entry_trimmed_length(from);
    struct buf buf = BUF_INIT(len + 1);
    for (size_t i = 0; i < len; i++) {
        if (from[i] == '\r')
            continue;
        while (from[i] == '\n' && buf.len && strchr(" \t", buf.data[buf.len - 1]))
            buf.len--;
        buf_byte(&buf, from[i]);
    }
    return buf_take(&buf);
}

bool entry_each_line(const char *text, size_t max, void (*take)(void *context, const char *line),
                     void *context)
{
    for (size_t taken = 0; *text;) {
        size_t len = strcspn(text, "\n");
        MEM_AUTO char *raw = mem_copy(text, len);
        MEM_AUTO char *line = key_tidy(raw);
        if (*line && taken++ == max)
            return false;
        if (*line)
            take(context, line);
        text += len;
        text += *text == '\n';
    }
    return true;
}

void entry_note_left_out(struct record *record, enum entry_heading heading, int max)
{
    strlist_add_steal(&record->parse_notes,
                      mem_format("%s: more than %d; the rest is left out", heading_labels[heading], max));
}

static void add_line(void *list, const char *line)
{
    strlist_add_unique(list, line);
}

void entry_take_lines(const struct entry *entry, enum entry_heading heading, struct record *record,
                      struct strlist *lines)
{
    MEM_AUTO char *text = entry_text(entry, heading);
    if (text && !entry_each_line(text, RECORD_LIST_MAX, add_line, lines))
        entry_note_left_out(record, heading, RECORD_LIST_MAX);
}

void entry_note_damage(const struct entry *entry, struct record *record)
{
    for (int heading = 0; heading < HEADING_COUNT; heading++) {
        const struct entry_field *field = &entry->fields[heading];
        const char *label = heading_labels[heading];
        if (!field->text || !label)
            continue;
        if (field->cut_off)
            strlist_add_steal(&record->parse_notes,
                              mem_format("%s was cut off at 32,767 characters in the source", label));
        bool is_clean;
        free(clean_text(field->text, field->len, &is_clean));
        if (!is_clean)
            strlist_add_steal(&record->parse_notes,
                              mem_format("%s held bytes that are not UTF-8; they were replaced", label));
    }
}
