/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register pages: a title, the organisation, notes on the page, then agreements.
 *
 * Prose holds lines that look like headings, so what a line is depends on where it stands:
 *  - one-line headings open a part before the first prose; behind it only where the text fits and the part is
 * missing;
 *  - a prose heading stands alone on its line and opens its part once; of two, the one in the usual order
 * counts;
 *  - a line like an agreement's heading, met in prose, is one when a one-line heading follows it. Until then
 * it is a candidate: the lines are kept as prose, with a mark where to cut.
 */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/hash.h"
#include "indexer/base/mem.h"
#include "indexer/read/agreement.h"
#include "indexer/read/lines.h"
#include "indexer/read/page_headings.h"
#include "indexer/read/reader.h"

enum {
    ORPHAN_HEADINGS = 3,  /* one-line headings in a row, the first met before: an agreement without heading */
    ORPHAN_LINES = 2,     /* lines with text from one of them to the next */
    HEADER_MAX = 1 << 20, /* bytes of each of a page's notes */
    REFERENCES_MAX = 100000,  /* references remembered to tell doubles */
    ORGANISATION_LINES = 100, /* of a page, among which its organisation is looked for */
};

enum page_state { PAGE_HEADER, PAGE_IN_AGREEMENT, PAGE_SKIPPING };

/* A line that may begin an agreement. */
struct candidate {
    bool active;
    enum page_reference strength; /* PAGE_NO_REFERENCE: parts that begin anew without a heading */
    char *title, *reference;
    char *text; /* the whole line */
    long line;
    enum entry_heading part; /* which held the line, and where it began */
    size_t mark;
    int lines_left; /* until it is given up */
    int headings;   /* met in a row */
};

struct seen_reference {
    UT_hash_handle hh;
    long line;
    char reference[];
};

struct page {
    struct reader *reader;
    enum page_state state;
    struct buf organisation, files, flags, notes;
    bool title_seen;
    struct agreement agreement;
    struct candidate candidate;
    struct seen_reference *seen;
    long repaired_lines;
};

static void forget_candidate(struct page *page)
{
    free(page->candidate.title);
    free(page->candidate.reference);
    free(page->candidate.text);
    page->candidate = (struct candidate){.active = false};
}

static void add_line(struct buf *to, const char *line)
{
    if (to->len)
        buf_byte(to, '\n');
    buf_text(to, line);
}

/* Joins what the page says with what stands at the agreement itself. */
static void set_page_field(struct entry *entry, enum entry_heading heading, const struct buf *of_page,
                           struct buf *joined)
{
    if (of_page->len == 0)
        return;
    buf_append(joined, of_page->data, of_page->len);
    if (entry->fields[heading].len) {
        buf_byte(joined, '\n');
        buf_append(joined, entry->fields[heading].text, entry->fields[heading].len);
    }
    reader_field(entry, heading, joined);
}

static void note_double(struct page *page, const char *reference)
{
    struct seen_reference *seen;
    HASH_FIND_STR(page->seen, reference, seen);
    if (seen) {
        reader_note(page->reader, PROBLEM_NOTE, page->agreement.line,
                    "a second agreement with the reference %s, the first is on line %ld: kept as a further "
                    "statement under it",
                    reference, seen->line);
        return;
    }
    if (HASH_COUNT(page->seen) >= REFERENCES_MAX)
        return;
    size_t size = strlen(reference) + 1;
    seen = mem_zero(1, sizeof *seen + size);
    memcpy(seen->reference, reference, size);
    seen->line = page->agreement.line;
    HASH_ADD_STR(page->seen, reference, seen);
}

/* Hands the agreement on, if one is open. */
static bool emit(struct page *page)
{
    if (page->state != PAGE_IN_AGREEMENT)
        return true;
    struct entry entry = {.kind = ENTRY_PAGE_AGREEMENT};
    BUF_AUTO struct buf flags = BUF_INIT(READ_ENTRY_MAX);
    BUF_AUTO struct buf notes = BUF_INIT(READ_ENTRY_MAX);
    agreement_entry(&page->agreement, &entry);
    set_page_field(&entry, HEADING_FLAGS, &page->flags, &flags);
    set_page_field(&entry, HEADING_PAGE_NOTES, &page->notes, &notes);
    if (page->organisation.len)
        reader_field(&entry, HEADING_ORGANISATION, &page->organisation);
    if (page->files.len)
        reader_field(&entry, HEADING_PAGE_FILES, &page->files);
    note_double(page, entry.fields[HEADING_REFERENCE].text);
    page->state = PAGE_SKIPPING;
    return reader_take(page->reader, &entry);
}

/* Leaves the open agreement out, since part of it cannot be read. */
static void skip_agreement(struct page *page)
{
    forget_candidate(page);
    page->state = PAGE_SKIPPING;
}

static bool open_agreement(struct page *page, long line, const char *title, size_t title_len,
                           const char *reference)
{
    bool going_on = emit(page);
    agreement_open(&page->agreement, line, title, title_len, reference);
    page->state = PAGE_IN_AGREEMENT;
    return going_on;
}

/* The candidate was an agreement's heading: what was kept of it as prose is cut off, and the agreement
 * opened. */
static bool accept_candidate(struct page *page)
{
    struct candidate found = page->candidate;
    page->candidate = (struct candidate){.active = false};
    if (page->state == PAGE_IN_AGREEMENT)
        agreement_cut(&page->agreement, found.part, found.mark);
    bool going_on;
    if (found.strength == PAGE_NO_REFERENCE) {
        going_on = emit(page);
        reader_problem(
            page->reader, NULL, found.line,
            "the parts of an agreement without its heading \"<Title> \xE2\x80\x94 <Reference>\": left out");
    } else {
        going_on = open_agreement(page, found.line, found.title, strlen(found.title), found.reference);
    }
    free(found.title);
    free(found.reference);
    free(found.text);
    return going_on;
}

static bool confirms(const struct page *page, const struct page_heading *heading)
{
    if (page->candidate.strength == PAGE_NO_REFERENCE)
        return false;
    if (heading->shape !=
        PAGE_PROSE) /* where prose has not begun, the heading may continue the open agreement */
        return page->candidate.strength == PAGE_REFERENCE_STRONG || page->state != PAGE_IN_AGREEMENT ||
               page->agreement.prose || page->agreement.met[heading->heading];
    return page->candidate.strength == PAGE_REFERENCE_STRONG &&
           (page->state != PAGE_IN_AGREEMENT || page->agreement.met[heading->heading]);
}

/* What this line says about the candidate. Returns false when the reading is to end. */
static bool weigh_candidate(struct page *page, const struct page_heading *heading)
{
    struct candidate *candidate = &page->candidate;
    if (!candidate->active)
        return true;
    if (heading && confirms(page, heading))
        return accept_candidate(page);
    if (heading && candidate->strength == PAGE_NO_REFERENCE && heading->shape != PAGE_PROSE) {
        candidate->lines_left = ORPHAN_LINES + 1;
        if (++candidate->headings >= ORPHAN_HEADINGS)
            return accept_candidate(page);
    }
    if (--candidate->lines_left > 0)
        return true;
    if (page->state == PAGE_HEADER)
        add_line(&page->notes, candidate->text);
    forget_candidate(page);
    return true;
}

static void set_candidate(struct page *page, enum page_reference strength, long line, int lines)
{
    forget_candidate(page);
    page->candidate = (struct candidate){.active = true,
                                         .strength = strength,
                                         .line = line,
                                         .part = page->agreement.current,
                                         .mark = agreement_mark(&page->agreement),
                                         .lines_left = lines,
                                         .headings = 1};
}

/* A line that has the form of an agreement's heading. Sets *ret_opened where it is one for certain. */
static bool agreement_heading(struct page *page, const struct line *line, bool *ret_opened)
{
    size_t title_len;
    const char *reference;
    enum page_reference strength = page_reference_parse(line->text, &title_len, &reference);
    bool item = page->agreement.current == HEADING_DATASETS && page_list_item(line->text) != line->text;
    if (strength == PAGE_NO_REFERENCE || (page->state == PAGE_IN_AGREEMENT && item))
        return true;
    bool in_prose = page->state == PAGE_IN_AGREEMENT && agreement_in_prose(&page->agreement);
    if (strength == PAGE_REFERENCE_STRONG && page->state != PAGE_SKIPPING && !in_prose) {
        forget_candidate(page);
        *ret_opened = true;
        return open_agreement(page, line->number, line->text, title_len, reference);
    }
    set_candidate(page, strength, line->number, 1);
    page->candidate.title = mem_copy(line->text, title_len);
    page->candidate.reference = mem_text(reference);
    page->candidate.text = mem_text(line->text);
    return true;
}

static void header_line(struct page *page, const struct line *line, const struct page_heading *heading)
{
    static const char projects[] = " projects";
    const char *flag = page_flag_text(line->text);
    size_t len = line->len;
    if (!page->title_seen && page->organisation.len == 0 && page_is_title(line->text)) {
        page->title_seen = true;
    } else if (flag) {
        add_line(&page->flags, flag);
    } else if (page_is_file_count(line->text)) {
        add_line(&page->files, line->text);
    } else if (heading && strncmp(line->text, "Repeats", 7) != 0 &&
               strncmp(line->text, "Categories", 10) != 0) {
        reader_problem(
            page->reader, NULL, line->number,
            "\"%s:\" before any agreement; expected a heading \"<Title> \xE2\x80\x94 <Reference>\" first",
            heading->text);
        page->state = PAGE_SKIPPING;
    } else if (page->organisation.len == 0 && !heading) {
        if (len > strlen(projects) && strcmp(line->text + len - strlen(projects), projects) == 0)
            len -= strlen(projects);
        buf_append(&page->organisation, line->text, len);
    } else {
        add_line(&page->notes, line->text);
    }
}

/* A heading whose part is open already, or that prose may hold. Returns whether it opens a part here. */
static bool heading_opens(struct page *page, const struct page_heading *heading, const struct line *line,
                          const char *rest)
{
    struct agreement *agreement = &page->agreement;
    if (heading->shape == PAGE_PROSE) {
        if (*rest && agreement->prose && !agreement->prose_on_heading_line)
            return false;
        return !agreement->met[heading->heading];
    }
    if (agreement->met[heading->heading])
        return false;
    if (!agreement->prose)
        return true;
    bool orphan = page->candidate.active && page->candidate.strength == PAGE_NO_REFERENCE;
    if (orphan || !page_heading_fits(heading, rest))
        return false;
    reader_note(page->reader, PROBLEM_NOTE, line->number,
                "\"%s:\" out of order, behind the prose of %s: taken all the same", heading->text,
                agreement->text[HEADING_REFERENCE].data);
    return true;
}

static void heading_line(struct page *page, const struct page_heading *heading, const struct line *line,
                         const char *rest)
{
    struct agreement *agreement = &page->agreement;
    if (heading_opens(page, heading, line, rest)) {
        if (heading->shape == PAGE_PROSE && *rest && !agreement->prose)
            agreement->prose_on_heading_line = true;
        agreement_open_part(agreement, heading);
        if (*rest)
            agreement_line(agreement, rest, strlen(rest));
        return;
    }
    if (*rest == '\0' && agreement->met[heading->heading] && agreement_move_part(agreement, heading))
        return;
    if (agreement->prose && heading->shape != PAGE_PROSE && agreement->met[heading->heading] &&
        !page->candidate.active)
        set_candidate(page, PAGE_NO_REFERENCE, line->number, ORPHAN_LINES + 1);
    if (!agreement->prose && heading->shape == PAGE_LINE)
        agreement_add(agreement, HEADING_PAGE_NOTES, line->text);
    else
        agreement_line(agreement, line->text, line->len);
}

static void text_line(struct page *page, const struct line *line)
{
    struct agreement *agreement = &page->agreement;
    const char *flag = page_flag_text(line->text);
    const struct page_heading *current = page_heading_of(agreement->current);
    if (flag && agreement->current == HEADING_NONE) {
        agreement_add(agreement, HEADING_FLAGS, flag);
    } else if (current && current->shape == PAGE_LINE && agreement->current != HEADING_PURPOSES &&
               agreement->resume == HEADING_NONE && page_heading_unknown(line->text)) {
        /* A one-line heading we do not know, of another year's pages. */
        agreement->current = HEADING_NONE;
        agreement_add(agreement, HEADING_PAGE_NOTES, line->text);
    } else {
        agreement_line(agreement, line->text, line->len);
    }
}

static bool check_size(struct page *page, const struct line *line)
{
    if (page->state != PAGE_IN_AGREEMENT || agreement_size(&page->agreement) <= READ_ENTRY_MAX)
        return true;
    reader_problem(page->reader, NULL, line->number,
                   "the agreement %s (line %ld) has more than %d bytes and is left out",
                   page->agreement.text[HEADING_REFERENCE].data, page->agreement.line, READ_ENTRY_MAX);
    skip_agreement(page);
    return true;
}

static void unreadable_line(struct page *page, const struct line *line)
{
    if (page->state == PAGE_IN_AGREEMENT)
        reader_problem(page->reader, NULL, line->number,
                       "a line of more than %d bytes: the agreement %s (line %ld) is left out", READ_LINE_MAX,
                       page->agreement.text[HEADING_REFERENCE].data, page->agreement.line);
    else
        reader_problem(page->reader, NULL, line->number, "a line of more than %d bytes is passed over",
                       READ_LINE_MAX);
    if (page->state == PAGE_IN_AGREEMENT)
        skip_agreement(page);
}

static void note_repair(struct page *page, const struct line *line)
{
    if (line->repaired && page->repaired_lines++ == 0)
        reader_note(page->reader, PROBLEM_NOTE, line->number,
                    "bytes that are no UTF-8 text were replaced by U+FFFD");
}

/* One line. Returns false when the reading is to end. */
static bool take_line(struct page *page, const struct line *line)
{
    if (line->too_long) {
        unreadable_line(page, line);
        return true;
    }
    note_repair(page, line);
    if (line->text[strspn(line->text, " \t")] == '\0') {
        if (page->state == PAGE_IN_AGREEMENT)
            agreement_line(&page->agreement, "", 0);
        return true;
    }
    const char *rest = "";
    const struct page_heading *heading = page_heading_match(line->text, &rest);
    bool opened = false;
    if (!weigh_candidate(page, heading) || (!heading && !agreement_heading(page, line, &opened)))
        return false;
    if (opened)
        return true;
    if (page->state == PAGE_HEADER && !page->candidate.active)
        header_line(page, line, heading);
    else if (page->state == PAGE_IN_AGREEMENT && heading)
        heading_line(page, heading, line, rest);
    else if (page->state == PAGE_IN_AGREEMENT)
        text_line(page, line);
    return check_size(page, line);
}

/* Pages end without a line end as often as not; but then they end in their last part. */
static void check_end(struct page *page, const struct line *last)
{
    const struct page_heading *part = page_heading_of(page->agreement.current);
    if (page->repaired_lines > 1)
        reader_note(page->reader, PROBLEM_NOTE, 0,
                    "bytes that are no UTF-8 text were replaced on %ld lines in all", page->repaired_lines);
    if (page->state == PAGE_HEADER)
        reader_problem(
            page->reader, NULL, last->number,
            "the page ends without an agreement; expected a heading \"<Title> \xE2\x80\x94 <Reference>\"");
    if (page->state == PAGE_IN_AGREEMENT && !last->ended && !page->agreement.met[HEADING_PROCESSING])
        reader_note(
            page->reader, PROBLEM_CUT_SHORT, last->number,
            "the file ends inside %s of %s, without a line end: perhaps cut short; taken as far as it goes",
            part ? part->text : "the heading", page->agreement.text[HEADING_REFERENCE].data);
}

static void page_free(struct page *page)
{
    struct seen_reference *seen, *next;
    HASH_ITER(hh, page->seen, seen, next)
    {
        HASH_DEL(page->seen, seen);
        free(seen);
    }
    forget_candidate(page);
    agreement_free(&page->agreement);
    buf_free(&page->organisation);
    buf_free(&page->files);
    buf_free(&page->flags);
    buf_free(&page->notes);
}

/* An agreement's heading at the file's end, with nothing behind it, is still an agreement. */
static bool accept_last_candidate(struct page *page)
{
    if (page->candidate.active && page->candidate.strength == PAGE_REFERENCE_STRONG)
        return accept_candidate(page);
    return true;
}

static void page_init(struct page *page, struct reader *reader)
{
    *page = (struct page){.reader = reader,
                          .organisation = BUF_INIT(HEADER_MAX),
                          .files = BUF_INIT(HEADER_MAX),
                          .flags = BUF_INIT(HEADER_MAX),
                          .notes = BUF_INIT(HEADER_MAX)};
    agreement_init(&page->agreement);
}

int page_read(struct reader *reader)
{
    struct page page;
    struct lines lines;
    struct line line = {.ended = true};
    if (lines_open(&lines, reader->path, reader->shown, READ_LINE_MAX, reader->error) < 0)
        return -1;
    page_init(&page, reader);
    bool going_on = true;
    while (going_on && lines_next(&lines, &line))
        going_on = take_line(&page, &line);
    if (going_on && !lines.failed && accept_last_candidate(&page)) {
        check_end(&page, &line);
        emit(&page);
    }
    bool failed = lines.failed;
    page_free(&page);
    lines_close(&lines);
    return failed ? -1 : reader_result(reader);
}

static int take_nothing(void *context, const struct entry *entry)
{
    (void)context;
    (void)entry;
    return 1;
}

static void tell_nobody(void *context, enum problem_kind kind, const struct error *error)
{
    (void)context;
    (void)kind;
    (void)error;
}

char *page_organisation(const char *path)
{
    struct entry_sink sink = {.take = take_nothing, .problem = tell_nobody};
    struct reader reader = {.path = path, .shown = path, .sink = &sink};
    struct page page;
    struct lines lines;
    struct line line;
    if (lines_open(&lines, path, path, READ_LINE_MAX, NULL) < 0)
        return NULL;
    page_init(&page, &reader);
    while (page.state == PAGE_HEADER && page.organisation.len == 0 && lines.number < ORGANISATION_LINES &&
           lines_next(&lines, &line) && take_line(&page, &line))
        continue;
    char *organisation = page.organisation.len ? buf_take(&page.organisation) : NULL;
    page_free(&page);
    lines_close(&lines);
    return organisation;
}
