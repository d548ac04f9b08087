/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sheets saved as CSV: rows come in the order of their lines, all of one kind. */
#include "tests/fuzz/support.h"

struct sheet {
    long line;
    int kind; /* of the rows so far, or -1 */
};

static void look(const struct entry *entry, void *context)
{
    struct sheet *sheet = context;
    FUZZ_CHECK(entry->line > sheet->line, "line %ld behind line %ld", entry->line, sheet->line);
    FUZZ_CHECK(sheet->kind < 0 || (int)entry->kind == sheet->kind, "kinds %d and %d", sheet->kind,
               entry->kind);
    sheet->line = entry->line;
    sheet->kind = (int)entry->kind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct sheet sheet = {.kind = -1};
    fuzz_read(data, size, READ_CSV, look, &sheet);
    return 0;
}
