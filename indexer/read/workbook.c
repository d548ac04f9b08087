/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The register as it is published: a workbook (ECMA-376, Office Open XML). Its sheets are read in their
 * order, each in one stream; what they share, the texts, is spooled first.
 */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/read/edition.h"
#include "indexer/read/package.h"
#include "indexer/read/reader.h"
#include "indexer/read/shared_strings.h"
#include "indexer/read/sheet_xml.h"
#include "indexer/read/table.h"

enum {
    SHEETS_MAX = 256,
    RELATIONSHIPS_MAX = 4096,
    PARAGRAPH_MAX = 4096, /* bytes of a paragraph of the cover's drawing */
};

struct relationship {
    char *id, *target, *type;
};

struct sheet_entry {
    char *name, *id;
};

struct workbook {
    struct reader *reader;
    struct package package;
    char part[PACKAGE_NAME_MAX]; /* the workbook's own, usually xl/workbook.xml */
    struct relationship *relationships;
    size_t relationship_count, relationship_cap;
    struct sheet_entry *sheets;
    size_t sheet_count, sheet_cap;
    struct shared_strings strings;
    bool from_1904;               /* its numbers for days count from 1904-01-01 */
    char edition[EDITION_SIZE];   /* "" where unknown */
    bool found[SHEET_KIND_COUNT]; /* read, or told why not */
    const char
        *without_heading[SHEET_KIND_COUNT]; /* a sheet named as this kind that has no such heading row */
};

/* --- what the workbook consists of --- */

static void XMLCALL on_relationship(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct workbook *book = context;
    const char *id = package_attribute(attributes, "Id", false);
    const char *target = package_attribute(attributes, "Target", false);
    const char *type = package_attribute(attributes, "Type", false);
    if (strcmp(name, "Relationship") != 0 || !id || !target || !type ||
        book->relationship_count >= RELATIONSHIPS_MAX)
        return;
    const char *slash = strrchr(type, '/');
    book->relationships = mem_push(book->relationships, book->relationship_count, &book->relationship_cap,
                                   sizeof *book->relationships);
    book->relationships[book->relationship_count++] = (struct relationship){
        .id = mem_text(id), .target = mem_text(target), .type = mem_text(slash ? slash + 1 : type)};
}

static void forget_relationships(struct workbook *book)
{
    for (size_t i = 0; i < book->relationship_count; i++) {
        free(book->relationships[i].id);
        free(book->relationships[i].target);
        free(book->relationships[i].type);
    }
    book->relationship_count = 0;
}

/* The relationships of a part stand in "_rels/NAME.rels" beside it; `part` "" for those of the whole. */
static int load_relationships(struct workbook *book, const char *part)
{
    char name[PACKAGE_NAME_MAX + 16];
    const char *slash = strrchr(part, '/');
    int folder = slash ? (int)(slash + 1 - part) : 0;
    struct package_handlers handlers = {.context = book, .start = on_relationship};
    snprintf(name, sizeof name, "%.*s_rels/%s.rels", folder, part, part + folder);
    forget_relationships(book);
    return package_parse(&book->package, name, &handlers, book->reader->error);
}

/* By id or, where that is NULL, by type. */
static const struct relationship *relationship(const struct workbook *book, const char *id, const char *type)
{
    for (size_t i = 0; i < book->relationship_count; i++) {
        const struct relationship *one = &book->relationships[i];
        if (id ? strcmp(one->id, id) == 0 : type && strcmp(one->type, type) == 0)
            return one;
    }
    return NULL;
}

/* Days are numbers, and the workbook says from which day they count. */
static void take_properties(struct workbook *book, const char **attributes)
{
    const char *from_1904 = package_attribute(attributes, "date1904", false);
    book->from_1904 = from_1904 && (strcmp(from_1904, "1") == 0 || strcmp(from_1904, "true") == 0);
    if (from_1904 && !book->from_1904 && strcmp(from_1904, "0") != 0 && strcmp(from_1904, "false") != 0)
        reader_note(book->reader, PROBLEM_NOTE, 0,
                    "its property date1904 is \"%.20s\", expected 1, 0, true or false: its days are counted "
                    "from 1900",
                    from_1904);
}

static void take_sheet(struct workbook *book, const char **attributes)
{
    const char *id = package_attribute(attributes, "id", true);
    const char *title = package_attribute(attributes, "name", false);
    if (!id || !title)
        return;
    if (book->sheet_count++ >= SHEETS_MAX)
        return;
    book->sheets = mem_push(book->sheets, book->sheet_count - 1, &book->sheet_cap, sizeof *book->sheets);
    book->sheets[book->sheet_count - 1] = (struct sheet_entry){.name = mem_text(title), .id = mem_text(id)};
}

static void XMLCALL on_structure(void *context, const XML_Char *name, const XML_Char **attributes)
{
    if (strcmp(name, "workbookPr") == 0)
        take_properties(context, attributes);
    else if (strcmp(name, "sheet") == 0)
        take_sheet(context, attributes);
}

static int load_structure(struct workbook *book)
{
    struct package_handlers handlers = {.context = book, .start = on_structure};
    if (load_relationships(book, "") < 0)
        return -1;
    const struct relationship *office = relationship(book, NULL, "officeDocument");
    package_resolve("", office ? office->target : "xl/workbook.xml", book->part);
    if (load_relationships(book, book->part) < 0 ||
        package_parse(&book->package, book->part, &handlers, book->reader->error) < 0)
        return -1;
    if (book->sheet_count > SHEETS_MAX) {
        reader_problem(book->reader, NULL, 0, "has %zu sheets; only the first %d are read", book->sheet_count,
                       SHEETS_MAX);
        book->sheet_count = SHEETS_MAX;
    }
    return 0;
}

/* --- its edition --- */

struct drawing {
    struct buf paragraph;
    bool in_text;
    bool found;
    char *edition;
};

static void XMLCALL on_drawing_start(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct drawing *drawing = context;
    (void)attributes;
    drawing->in_text = strcmp(name, "t") == 0;
    if (strcmp(name, "p") == 0)
        buf_reset(&drawing->paragraph);
}

static void XMLCALL on_drawing_end(void *context, const XML_Char *name)
{
    struct drawing *drawing = context;
    drawing->in_text = false;
    if (strcmp(name, "p") == 0 && drawing->paragraph.len)
        drawing->found = edition_from_text(drawing->paragraph.data, drawing->edition);
}

static void XMLCALL on_drawing_text(void *context, const XML_Char *text, int len)
{
    struct drawing *drawing = context;
    if (drawing->in_text)
        buf_append(&drawing->paragraph, text, (size_t)len);
}

/* A period written over several runs of text is one paragraph of a drawing. */
static void find_edition(struct workbook *book)
{
    STRLIST_AUTO struct strlist parts = {0};
    struct drawing drawing = {.paragraph = BUF_INIT(PARAGRAPH_MAX), .edition = book->edition};
    struct package_handlers handlers = {.context = &drawing,
                                        .start = on_drawing_start,
                                        .end = on_drawing_end,
                                        .text = on_drawing_text,
                                        .stop = &drawing.found};
    package_list(&book->package, "drawings/", ".xml", &parts);
    for (size_t i = 0; i < parts.len && !drawing.found; i++)
        package_parse(&book->package, parts.items[i], &handlers, NULL);
    buf_free(&drawing.paragraph);
    if (!drawing.found)
        edition_from_file_name(book->reader->shown, book->edition);
}

/* --- its sheets --- */

static int load_strings(struct workbook *book)
{
    char part[PACKAGE_NAME_MAX];
    const struct relationship *shared = relationship(book, NULL, "sharedStrings");
    if (shared)
        package_resolve(book->part, shared->target, part);
    return shared_strings_load(&book->strings, &book->package, shared ? part : NULL, book->reader->error);
}

static bool is_named(const struct workbook *book, enum sheet_kind kind)
{
    for (size_t i = 0; i < book->sheet_count; i++)
        if (sheet_kind_named(book->sheets[i].name) == kind)
            return true;
    return false;
}

static void read_sheet(struct workbook *book, const struct sheet_entry *entry)
{
    char part[PACKAGE_NAME_MAX];
    const struct relationship *target = relationship(book, entry->id, NULL);
    if (!target || strcmp(target->type, "worksheet") != 0)
        return; /* a chart */
    struct table table;
    package_resolve(book->part, target->target, part);
    table_init(&table, book->reader, entry->name, book->edition[0] ? book->edition : NULL);
    table.only_named = is_named(book, SHEET_RELEASES);
    table.from_1904 = book->from_1904;
    bool whole = table.over || sheet_read(&book->package, part, &book->strings, &table);
    if (!whole)
        book->found[table.named] = true; /* told already */
    else if (table.kind != SHEET_UNKNOWN)
        book->found[table.kind] = true;
    else if (!book->without_heading[table.named])
        book->without_heading[table.named] = entry->name;
    table_free(&table);
}

static void tell_missing(struct workbook *book, enum sheet_kind kind)
{
    const char *name = book->without_heading[kind];
    if (book->found[kind])
        return;
    if (name)
        reader_problem(book->reader, name, 0, "no heading row in its first %d rows; expected a sheet of %s",
                       TABLE_HEADING_ROWS, sheet_kind_sought(kind));
    else
        reader_problem(book->reader, NULL, 0, "no sheet of %s", sheet_kind_sought(kind));
}

static int read_sheets(struct workbook *book)
{
    for (size_t i = 0; i < book->sheet_count && !book->reader->stopped; i++)
        read_sheet(book, &book->sheets[i]);
    if (book->reader->stopped)
        return book->reader->stopped;
    if (!book->found[SHEET_STATEMENTS] && !book->found[SHEET_RELEASES] &&
        !book->without_heading[SHEET_STATEMENTS] && !book->without_heading[SHEET_RELEASES]) {
        error_set(book->reader->error, "no workbook of the register: no sheet of %s and none of %s",
                  sheet_kind_sought(SHEET_STATEMENTS), sheet_kind_sought(SHEET_RELEASES));
        return -1;
    }
    tell_missing(book, SHEET_STATEMENTS);
    tell_missing(book, SHEET_RELEASES);
    return 0;
}

static void workbook_free(struct workbook *book)
{
    forget_relationships(book);
    free(book->relationships);
    for (size_t i = 0; i < book->sheet_count; i++) {
        free(book->sheets[i].name);
        free(book->sheets[i].id);
    }
    free(book->sheets);
    shared_strings_free(&book->strings);
    package_close(&book->package);
}

int workbook_read(struct reader *reader)
{
    struct workbook book = {.reader = reader};
    if (package_open(&book.package, reader->path, reader->shown, reader->error) < 0)
        return -1;
    int result = -1;
    if (load_structure(&book) == 0 && load_strings(&book) == 0) {
        find_edition(&book);
        result = read_sheets(&book);
    }
    if (result < 0 && reader->error)
        error_at(reader->error, reader->shown, NULL, 0);
    workbook_free(&book);
    return result;
}
