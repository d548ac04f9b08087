/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/read/agreement.h"

#include <string.h>

#include "indexer/read/read.h"
#include "indexer/read/reader.h"

static const char SPACE[] = " \t\r\n";

void agreement_init(struct agreement *agreement)
{
    *agreement = (struct agreement){.current = HEADING_NONE, .resume = HEADING_NONE};
    for (int i = 0; i < HEADING_COUNT; i++)
        agreement->text[i] = (struct buf)BUF_INIT(READ_ENTRY_MAX);
}

void agreement_free(struct agreement *agreement)
{
    for (int i = 0; i < HEADING_COUNT; i++)
        buf_free(&agreement->text[i]);
}

static size_t trimmed_len(const char *text, size_t len)
{
    while (len && strchr(SPACE, text[len - 1]))
        len--;
    return len;
}

void agreement_open(struct agreement *agreement, long line, const char *title, size_t title_len,
                    const char *reference)
{
    for (int i = 0; i < HEADING_COUNT; i++) {
        buf_reset(&agreement->text[i]);
        agreement->met[i] = false;
        agreement->misplaced[i] = false;
    }
    agreement->line = line;
    agreement->current = agreement->resume = HEADING_NONE;
    agreement->prose = agreement->prose_on_heading_line = false;
    agreement->met[HEADING_TITLE] = agreement->met[HEADING_REFERENCE] = true;
    size_t space = strspn(title, SPACE);
    if (space < title_len)
        buf_append(&agreement->text[HEADING_TITLE], title + space,
                   trimmed_len(title + space, title_len - space));
    buf_append(&agreement->text[HEADING_REFERENCE], reference, trimmed_len(reference, strlen(reference)));
}

bool agreement_in_prose(const struct agreement *agreement)
{
    const struct page_heading *heading = page_heading_of(agreement->current);
    return heading && heading->shape == PAGE_PROSE;
}

/* Where lines go: before the first part they are notes. */
static enum entry_heading part_of_lines(const struct agreement *agreement)
{
    return agreement->current == HEADING_NONE ? HEADING_PAGE_NOTES : agreement->current;
}

size_t agreement_size(const struct agreement *agreement)
{
    size_t size = 0;
    for (int i = 0; i < HEADING_COUNT; i++)
        size += buf_failed(&agreement->text[i]) ? (size_t)READ_ENTRY_MAX + 1 : agreement->text[i].len;
    return size;
}

/* Of the parts of prose open already, those whose place is behind this one's stand where they usually do not.
 */
static void note_order(struct agreement *agreement, const struct page_heading *opened)
{
    for (int i = 0; i < HEADING_COUNT; i++) {
        const struct page_heading *other = page_heading_of(i);
        if (other && other->shape == PAGE_PROSE && agreement->met[i] && other->place > opened->place)
            agreement->misplaced[i] = true;
    }
}

void agreement_open_part(struct agreement *agreement, const struct page_heading *heading)
{
    enum entry_heading part = heading->heading;
    if (heading->shape == PAGE_PROSE) {
        note_order(agreement, heading);
        agreement->prose = true;
        agreement->resume = HEADING_NONE;
    } else if (agreement_in_prose(agreement)) {
        agreement->resume = agreement->current;
    }
    agreement->before[part] = agreement->current;
    agreement->met[part] = true;
    agreement->current = part;
}

bool agreement_move_part(struct agreement *agreement, const struct page_heading *heading)
{
    enum entry_heading part = heading->heading, before = agreement->before[part];
    if (heading->shape != PAGE_PROSE || !agreement->misplaced[part] || before == HEADING_NONE)
        return false;
    struct buf *to = &agreement->text[before], *from = &agreement->text[part];
    buf_printf(to, "%s:\n", heading->text);
    buf_append(to, from->data, from->len);
    buf_reset(from);
    agreement->misplaced[part] = false;
    agreement->resume = HEADING_NONE;
    agreement->before[part] = agreement->current;
    agreement->current = part;
    return true;
}

/* Lines that are no list items follow a heading out of its place: the prose it stands in goes on. */
static void leave_misplaced(struct agreement *agreement, const char *line)
{
    if (agreement->resume == HEADING_NONE)
        return;
    bool list = agreement->current == HEADING_DATASETS;
    if (list ? page_list_item(line) == line : agreement->text[agreement->current].len > 0) {
        agreement->current = agreement->resume;
        agreement->resume = HEADING_NONE;
    }
}

void agreement_add(struct agreement *agreement, enum entry_heading heading, const char *line)
{
    struct buf *text = &agreement->text[heading];
    line += strspn(line, SPACE);
    if (text->len)
        buf_byte(text, '\n');
    buf_append(text, line, trimmed_len(line, strlen(line)));
    agreement->met[heading] = true;
}

/* A bracketed line without a list mark goes on with the name above it. */
static void add_dataset(struct agreement *agreement, const char *line)
{
    struct buf *text = &agreement->text[HEADING_DATASETS];
    const char *item = page_list_item(line);
    const char *start = item + strspn(item, SPACE);
    if (start[0] == '(' && item == line && text->len) {
        buf_byte(text, ' ');
        buf_append(text, start, trimmed_len(start, strlen(start)));
    } else {
        agreement_add(agreement, HEADING_DATASETS, item);
    }
}

void agreement_line(struct agreement *agreement, const char *line, size_t len)
{
    bool blank = trimmed_len(line, len) == 0;
    if (!blank)
        leave_misplaced(agreement, line);
    if (agreement_in_prose(agreement)) {
        struct buf *text = &agreement->text[agreement->current];
        buf_append(text, line, len);
        buf_byte(text, '\n');
    } else if (!blank && agreement->current == HEADING_DATASETS) {
        add_dataset(agreement, line);
    } else if (!blank) {
        agreement_add(agreement, part_of_lines(agreement), line);
    }
}

size_t agreement_mark(const struct agreement *agreement)
{
    return agreement->text[part_of_lines(agreement)].len;
}

void agreement_cut(struct agreement *agreement, enum entry_heading part, size_t mark)
{
    struct buf *text = &agreement->text[part == HEADING_NONE ? HEADING_PAGE_NOTES : part];
    if (mark >= text->len)
        return;
    text->len = mark;
    text->data[mark] = '\0';
}

/* Blank lines before the text go; the indent of its first line stays. Its end is trimmed already. */
static struct entry_field without_leading_lines(const struct buf *text)
{
    const char *start = text->len ? text->data : "";
    const char *line = start + strspn(start, SPACE);
    while (line > start && line[-1] != '\n')
        line--;
    return (struct entry_field){.text = line, .len = text->len - (size_t)(line - start)};
}

void agreement_entry(struct agreement *agreement, struct entry *entry)
{
    entry->kind = ENTRY_PAGE_AGREEMENT;
    entry->line = agreement->line;
    for (int i = 0; i < HEADING_COUNT; i++) {
        if (!agreement->met[i])
            continue;
        struct buf *text = &agreement->text[i];
        agreement_cut(agreement, i, trimmed_len(text->data, text->len));
        entry->fields[i] = without_leading_lines(text);
    }
}
