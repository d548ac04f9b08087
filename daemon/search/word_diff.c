/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/word_diff.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "indexer/base/mem.h"

struct word {
    size_t start, len; /* without the white space behind it */
    size_t next;       /* where the next one starts */
};

struct words {
    const char *text;
    struct word *items;
    size_t count, cap;
};

/* The bytes of the white space at `at`: ASCII's and controls, and Unicode's White_Space, so that copies
 * (column_part_hash) never differ; 0 where there is none. */
static size_t space_length(const char *at, const char *end)
{
    static const char *const wide[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8",
                                       "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    size_t left = (size_t)(end - at);
    if ((unsigned char)*at <= ' ')
        return 1;
    if ((unsigned char)*at < 0x80)
        return 0;
    if (left >= 3 && memcmp(at, "\xE2\x80", 2) == 0 && (unsigned char)at[2] >= 0x80 &&
        (unsigned char)at[2] <= 0x8A)
        return 3; /* U+2000 to U+200A */
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (left >= strlen(wide[i]) && memcmp(at, wide[i], strlen(wide[i])) == 0)
            return strlen(wide[i]);
    return 0;
}

static size_t skip_space(const char *text, size_t at, size_t len)
{
    size_t space;
    while (at < len && (space = space_length(text + at, text + len)) > 0)
        at += space;
    return at;
}

static struct words split(const char *text, size_t len)
{
    struct words words = {.text = text};
    size_t at = skip_space(text, 0, len);
    while (at < len) {
        size_t start = at;
        while (at < len && !space_length(text + at, text + len))
            at++;
        size_t next = skip_space(text, at, len);
        words.items = mem_push(words.items, words.count, &words.cap, sizeof *words.items);
        words.items[words.count++] = (struct word){start, at - start, next};
        at = next;
    }
    return words;
}

static bool same(const struct words *a, size_t i, const struct words *b, size_t j)
{
    return a->items[i].len == b->items[j].len &&
           memcmp(a->text + a->items[i].start, b->text + b->items[j].start, a->items[i].len) == 0;
}

bool word_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
    struct words left = split(a, a_len), right = split(b, b_len);
    bool equal = left.count == right.count;
    for (size_t i = 0; equal && i < left.count; i++)
        equal = same(&left, i, &right, i);
    free(left.items);
    free(right.items);
    return equal;
}

/* ---- the edit script ---- */

struct script {
    const struct words *a, *b;
    struct word_edit *edits;
    size_t count, cap;
};

/* Adds words i to j - 1 of one side; runs of one kind grow. */
static void add(struct script *script, enum word_diff_op op, size_t i, size_t j)
{
    const struct words *words = op == WORD_DIFF_INSERT ? script->b : script->a;
    if (i == j || !words->items)
        return;
    size_t start = words->items[i].start, end = words->items[j - 1].next;
    struct word_edit *last = script->count ? &script->edits[script->count - 1] : NULL;
    if (last && last->op == op && last->start + last->len == start) {
        last->len = end - last->start;
        return;
    }
    script->edits = mem_push(script->edits, script->count, &script->cap, sizeof *script->edits);
    script->edits[script->count++] = (struct word_edit){op, start, end - start};
}

/* The words between two points of the edit graph that the search is to join: a[i..a_end), b[j..b_end). */
struct region {
    size_t i, a_end, j, b_end;
};

/* One round of the search: `v` holds, for each diagonal k at v[k + max], how far along a it was reached with
 * d edits. */
static bool advance(const struct script *script, const struct region *region, int32_t *v, int32_t max,
                    int32_t d)
{
    int32_t n = (int32_t)(region->a_end - region->i), m = (int32_t)(region->b_end - region->j);
    for (int32_t k = -d; k <= d; k += 2) {
        bool down = k == -d || (k != d && v[max + k - 1] < v[max + k + 1]);
        int32_t x = down ? v[max + k + 1] : v[max + k - 1] + 1;
        int32_t y = x - k;
        while (x < n && y < m && x >= 0 && y >= 0 &&
               same(script->a, region->i + (size_t)x, script->b, region->j + (size_t)y)) {
            x++;
            y++;
        }
        v[max + k] = x;
        if (x >= n && y >= m)
            return true;
    }
    return false;
}

/* Walks back from the end over the rounds kept, noting at each edit which it was. Moves are told in order
 * afterwards. */
static void backtrack(struct script *script, const struct region *region, int32_t *const *rounds, int32_t max,
                      int32_t d)
{
    int32_t x = (int32_t)(region->a_end - region->i), y = (int32_t)(region->b_end - region->j);
    size_t moves = 0;
    struct move {
        int32_t x, y; /* where the edit ends; a run of equal words follows up to the next one's beginning */
        bool is_insert;
    } *path = mem_zero((size_t)d, sizeof *path);
    for (int32_t step = d; step > 0; step--) {
        const int32_t *v = rounds[step - 1];
        int32_t k = x - y;
        bool down = k == -step || (k != step && v[max + k - 1] < v[max + k + 1]);
        int32_t before = down ? v[max + k + 1] : v[max + k - 1];
        int32_t start_x = down ? before : before + 1;
        path[moves++] = (struct move){start_x, start_x - k, down};
        x = before;
        y = before - (down ? k + 1 : k - 1);
    }
    size_t at = 0; /* of a, in the region */
    for (size_t i = moves; i-- > 0;) {
        const struct move *move = &path[i];
        size_t edit_x = (size_t)(move->is_insert ? move->x : move->x - 1);
        add(script, WORD_DIFF_EQUAL, region->i + at, region->i + edit_x);
        if (move->is_insert)
            add(script, WORD_DIFF_INSERT, region->j + (size_t)move->y - 1, region->j + (size_t)move->y);
        else
            add(script, WORD_DIFF_DELETE, region->i + (size_t)move->x - 1, region->i + (size_t)move->x);
        at = (size_t)move->x;
    }
    add(script, WORD_DIFF_EQUAL, region->i + at, region->a_end);
    free(path);
}

/* The shortest script for the region; false where it is longer than allowed. */
static bool search(struct script *script, const struct region *region)
{
    size_t total = region->a_end - region->i + region->b_end - region->j;
    int32_t max = (int32_t)(total < WORD_DIFF_EDITS_MAX ? total : WORD_DIFF_EDITS_MAX);
    size_t width = 2 * (size_t)max + 3;
    int32_t *v = mem_zero(width, sizeof *v);
    int32_t **rounds = mem_zero((size_t)max + 1, sizeof *rounds);
    int32_t d = 0;
    bool found = false;
    for (; d <= max; d++) {
        found = advance(script, region, v, max + 1, d);
        if (found)
            break;
        rounds[d] = mem_alloc(width * sizeof *v);
        memcpy(rounds[d], v, width * sizeof *v);
    }
    if (found)
        backtrack(script, region, rounds, max + 1, d);
    for (int32_t i = 0; i <= max; i++)
        free(rounds[i]);
    free(rounds);
    free(v);
    return found;
}

/* Brings each deletion before the insertions beside it, so that a replaced name reads as old, then new. */
static void order_replacements(struct script *script)
{
    for (size_t i = 0; i + 1 < script->count; i++) {
        struct word_edit *edit = &script->edits[i];
        if (edit->op != WORD_DIFF_INSERT || edit[1].op != WORD_DIFF_DELETE)
            continue;
        struct word_edit moved = edit[0];
        edit[0] = edit[1];
        edit[1] = moved;
    }
}

/* Joins neighbours of one kind that ordering has brought together. */
static void join_neighbours(struct script *script)
{
    size_t kept = 0;
    for (size_t i = 0; i < script->count; i++) {
        struct word_edit *last = kept ? &script->edits[kept - 1] : NULL;
        const struct word_edit *edit = &script->edits[i];
        if (last && last->op == edit->op && last->start + last->len == edit->start)
            last->len += edit->len;
        else
            script->edits[kept++] = *edit;
    }
    script->count = kept;
}

struct word_edit *word_diff(const char *a, size_t a_len, const char *b, size_t b_len, size_t *ret_count)
{
    struct words left = split(a, a_len), right = split(b, b_len);
    struct script script = {.a = &left, .b = &right};
    struct region region = {0, left.count, 0, right.count};
    while (region.i < region.a_end && region.j < region.b_end && same(&left, region.i, &right, region.j)) {
        region.i++;
        region.j++;
    }
    while (region.a_end > region.i && region.b_end > region.j &&
           same(&left, region.a_end - 1, &right, region.b_end - 1)) {
        region.a_end--;
        region.b_end--;
    }
    add(&script, WORD_DIFF_EQUAL, 0, region.i);
    if (!search(&script, &region)) {
        add(&script, WORD_DIFF_DELETE, region.i, region.a_end);
        add(&script, WORD_DIFF_INSERT, region.j, region.b_end);
    }
    add(&script, WORD_DIFF_EQUAL, region.a_end, left.count);
    for (size_t before = 0; before != script.count;) {
        before = script.count;
        order_replacements(&script);
        join_neighbours(&script);
    }
    free(left.items);
    free(right.items);
    *ret_count = script.count;
    return script.edits;
}
