/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Register pages: read, understood, and their records through JSON and back. What stands under a heading
 * stood in the page, agreements come in the order of their lines, and telling a file's kind never fails.
 */
#include <string.h>

#include "indexer/base/mem.h"
#include "indexer/register/key.h"
#include "tests/fuzz/support.h"

struct page {
    const char *text;
    size_t len;
    bool is_plain; /* UTF-8 without NUL or carriage return: lines are handed on as they are */
    long line;     /* of the agreement before */
};

static const enum entry_heading prose[] = {HEADING_OBJECTIVES, HEADING_EXPECTED_BENEFITS,
                                           HEADING_YIELDED_BENEFITS, HEADING_OUTPUTS, HEADING_PROCESSING};

static void check_lines(const struct page *page, const struct entry_field *field)
{
    for (size_t at = 0; at < field->len;) {
        const char *end = memchr(field->text + at, '\n', field->len - at);
        size_t len = end ? (size_t)(end - field->text) - at : field->len - at;
        FUZZ_CHECK(memmem(page->text, page->len, field->text + at, len), "a line the page has not: \"%.*s\"",
                   (int)len, field->text + at);
        at += len + 1;
    }
}

static void look(const struct entry *entry, void *context)
{
    struct page *page = context;
    FUZZ_CHECK(entry->kind == ENTRY_PAGE_AGREEMENT, "an entry of kind %d", entry->kind);
    FUZZ_CHECK(entry->line > page->line, "line %ld behind line %ld", entry->line, page->line);
    page->line = entry->line;
    for (size_t i = 0; page->is_plain && i < sizeof prose / sizeof *prose; i++)
        check_lines(page, &entry->fields[prose[i]]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct page page = {.text = (const char *)data, .len = size};
    page.is_plain = fuzz_is_utf8(page.text, size) && !memchr(data, '\0', size) && !memchr(data, '\r', size);
    fuzz_read(data, size, READ_PAGE, look, &page);

    struct error error = ERROR_NONE;
    const char *path = fuzz_file(data, size);
    enum read_format format = read_detect(path, &error);
    FUZZ_CHECK((format == READ_AUTO) == (error.is_set != 0), "kind %d, and an error: %d", format,
               error.is_set);
    MEM_AUTO char *organisation = read_page_organisation(path);
    if (organisation) {
        MEM_AUTO char *tidy = key_tidy(organisation);
        FUZZ_CHECK(*tidy, "an organisation without a name: \"%s\"", organisation);
        fuzz_check_utf8(organisation, strlen(organisation), "the organisation");
    }
    return 0;
}
