/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What differs between two texts; an input is both, parted by a tab. What is equal and what was deleted is
 * the first, what is equal and what was inserted is the second, and nothing differs where the words are the
 * same.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/search/word_diff.h"
#include "indexer/base/buf.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

struct text {
    const char *bytes;
    size_t len;
};

/* One side put together again from its runs, a space between them. */
static void put_side(const struct word_edit *edits, size_t count, enum word_diff_op other, struct text a,
                     struct text b, struct buf *to)
{
    for (size_t i = 0; i < count; i++) {
        struct text of = edits[i].op == WORD_DIFF_INSERT ? b : a;
        FUZZ_CHECK(edits[i].len > 0 && edits[i].start <= of.len && edits[i].len <= of.len - edits[i].start,
                   "%zu bytes from %zu of %zu", edits[i].len, edits[i].start, of.len);
        if (edits[i].op != WORD_DIFF_EQUAL && edits[i].op != other)
            continue;
        buf_append(to, of.bytes + edits[i].start, edits[i].len);
        buf_byte(to, ' ');
    }
}

static void check_side(const struct word_edit *edits, size_t count, enum word_diff_op other, struct text a,
                       struct text b)
{
    BUF_AUTO struct buf side = BUF_INIT(4 * (a.len + b.len) + 1);
    struct text meant = other == WORD_DIFF_DELETE ? a : b;
    put_side(edits, count, other, a, b, &side);
    const char *made = side.len ? side.data : "";
    FUZZ_CHECK(word_equal(made, side.len, meant.bytes, meant.len), "\"%s\" was \"%.*s\"", made,
               (int)meant.len, meant.bytes);
}

static void check_order(const struct word_edit *edits, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        FUZZ_CHECK(edits[i].op != edits[i - 1].op, "two runs of op %d", edits[i].op);
        FUZZ_CHECK(edits[i].op != WORD_DIFF_DELETE || edits[i - 1].op == WORD_DIFF_EQUAL,
                   "a deletion behind the insertion at its place");
    }
}

static void check_diff(struct text a, struct text b)
{
    size_t count = 0;
    struct word_edit *edits = word_diff(a.bytes, a.len, b.bytes, b.len, &count);
    bool differs = count > 1 || (count == 1 && edits[0].op != WORD_DIFF_EQUAL);
    FUZZ_CHECK(differs != word_equal(a.bytes, a.len, b.bytes, b.len), "%zu runs between equal texts", count);
    check_order(edits, count);
    check_side(edits, count, WORD_DIFF_DELETE, a, b);
    check_side(edits, count, WORD_DIFF_INSERT, a, b);
    free(edits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *tab = memchr(data, '\t', size);
    size_t len = tab ? (size_t)(tab - (const char *)data) : size;
    struct text a = {(const char *)data, len};
    struct text b = {tab ? tab + 1 : "", tab ? size - len - 1 : 0};
    check_diff(a, b);
    check_diff(b, a);
    check_diff(a, a);
    return 0;
}
