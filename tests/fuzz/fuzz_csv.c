/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Sheets saved as CSV: rows come in the order of their lines, all of one kind, and none twice. Lone carriage
 * returns put several rows on one line; what is handed on twice from a line stands there twice.
 */
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

struct sheet {
    const char *text, *end;
    long line;       /* of the row before; 0: none */
    char *reference; /* of the row before; *owned* */
    long alike;      /* rows on this line with this reference, one behind the other */
    int kind;        /* of the rows so far, or -1 */
};

/* How often a text stands on a line. */
static long times_on(const struct sheet *sheet, long line, const char *text)
{
    const char *at = sheet->text;
    for (; at < sheet->end && line > 1; at++)
        line -= *at == '\n';
    const char *stop = memchr(at, '\n', (size_t)(sheet->end - at));
    long times = 0;
    stop = stop ? stop : sheet->end;
    while ((at = memmem(at, (size_t)(stop - at), text, strlen(text)))) {
        at += strlen(text);
        times++;
    }
    return times;
}

/* Whether a row goes on over several lines, or its reference is not as it stands in the file. */
static bool is_rewritten(const struct entry *entry, const char *reference)
{
    for (int heading = 0; heading < HEADING_COUNT; heading++) {
        const struct entry_field *field = &entry->fields[heading];
        if (field->text && memchr(field->text, '\n', field->len))
            return true;
    }
    return !*reference || strchr(reference, '"') || strstr(reference, "\xEF\xBF\xBD");
}

static void look(const struct entry *entry, void *context)
{
    struct sheet *sheet = context;
    const struct entry_field *field = &entry->fields[HEADING_REFERENCE];
    char *reference = mem_copy(field->text ? field->text : "", field->len);
    FUZZ_CHECK(entry->line >= sheet->line, "line %ld behind line %ld", entry->line, sheet->line);
    FUZZ_CHECK(sheet->kind < 0 || (int)entry->kind == sheet->kind, "kinds %d and %d", sheet->kind,
               entry->kind);
    bool is_alike = entry->line == sheet->line && strcmp(reference, sheet->reference) == 0;
    sheet->alike = is_alike ? sheet->alike + 1 : 1;
    if (is_alike && !is_rewritten(entry, reference))
        FUZZ_CHECK(times_on(sheet, entry->line, reference) >= sheet->alike, "%ld rows of \"%s\" on line %ld",
                   sheet->alike, reference, entry->line);
    free(sheet->reference);
    sheet->reference = reference;
    sheet->line = entry->line;
    sheet->kind = (int)entry->kind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sheet sheet = {.text = (const char *)data, .end = (const char *)data + size, .kind = -1};
    fuzz_read(data, size, READ_CSV, look, &sheet);
    free(sheet.reference);
    return 0;
}
