/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cursors: any text is refused or read, and so is any payload with the checksum that belongs to it. What is
 * read comes back as it was when it is written and read again.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/search/cursor.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

static bool same_text(const char *left, const char *right)
{
    return left && right ? strcmp(left, right) == 0 : left == right;
}

static void check_read(const struct cursor *cursor)
{
    struct cursor again;
    MEM_AUTO char *text = cursor_write(cursor, CURSOR_EXPORT_MAX);
    FUZZ_CHECK(text, "a cursor that was read cannot be written");
    FUZZ_CHECK(cursor_read(text, strlen(text), &again) == 0, "its own text is refused: %s", text);
    FUZZ_CHECK(again.question == cursor->question && again.number == cursor->number &&
                   again.by_weight == cursor->by_weight && again.score == cursor->score,
               "another question or value: %s", text);
    FUZZ_CHECK(!cursor->by_weight || (again.rank == cursor->rank && again.revision == cursor->revision),
               "another rank: %s", text);
    FUZZ_CHECK(same_text(again.id, cursor->id) && same_text(again.text, cursor->text), "another place: %s",
               text);
    FUZZ_CHECK(again.params ? json_equal(again.params, cursor->params) : !cursor->params, "other parameters");
    cursor_free(&again);
}

static void check_text(const char *text, size_t len)
{
    struct cursor cursor;
    BUF_AUTO struct buf payload = BUF_INIT(CURSOR_EXPORT_MAX);
    if (cursor_unseal(text, len, &payload) == 0) {
        MEM_AUTO char *sealed = cursor_seal(payload.data, payload.len);
        FUZZ_CHECK(strlen(sealed) == len && memcmp(sealed, text, len) == 0, "two texts of one cursor");
    }
    if (cursor_read(text, len, &cursor) == 0)
        check_read(&cursor);
    cursor_free(&cursor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    MEM_AUTO char *exactly = mem_alloc(size ? size : 1);
    memcpy(exactly, data, size);
    check_text(exactly, size);
    MEM_AUTO char *sealed = cursor_seal(exactly, size);
    FUZZ_CHECK(sealed, "nothing sealed");
    check_text(sealed, strlen(sealed));
    json_t *params = json_loadb(exactly, size, JSON_ALLOW_NUL, NULL);
    cursor_question(params);
    json_decref(params);
    return 0;
}
