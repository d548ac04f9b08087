/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/distinct/shingles.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/base/mem.h"
#include "indexer/text/fold.h"

enum {
    WORD_MAX = 256, /* bytes of a folded word that count */
    DIGIT_BITS = 11,
    DIGITS = 1 << DIGIT_BITS,
    PASSES = (64 + DIGIT_BITS - 1) / DIGIT_BITS,
    SORT_SIMPLY_BELOW = 256, /* runs, below which counting sort does not pay */
};

/* ---- words ---- */

/* The last words of the text that is being added. */
struct window {
    struct shingles *shingles;
    uint64_t words[SHINGLE_WORDS]; /* hashes, the newest last */
    size_t count;                  /* words so far */
    char word[WORD_MAX];           /* the open one */
    size_t len;
};

static void push_run(struct shingles *shingles, const uint64_t *words, size_t count)
{
    if (shingles->count == SHINGLES_MAX)
        return;
    shingles->runs = mem_push(shingles->runs, shingles->count, &shingles->cap, sizeof *shingles->runs);
    shingles->runs[shingles->count++] = XXH3_64bits(words, count * sizeof *words);
}

static void end_word(struct window *window)
{
    if (window->len == 0)
        return;
    memmove(window->words, window->words + 1, sizeof window->words - sizeof *window->words);
    window->words[SHINGLE_WORDS - 1] = XXH3_64bits(window->word, window->len);
    window->len = 0;
    if (++window->count >= SHINGLE_WORDS)
        push_run(window->shingles, window->words, SHINGLE_WORDS);
}

static void add_bytes(struct window *window, const char *bytes, size_t len)
{
    if (len > WORD_MAX - window->len)
        len = WORD_MAX - window->len;
    memcpy(window->word + window->len, bytes, len);
    window->len += len;
}

/* Any character but a letter or digit of ASCII; returns the bytes it takes. */
static size_t add_character(struct window *window, const char *text, size_t len, size_t at)
{
    char folded[FOLD_BYTES_MAX];
    int32_t character;
    size_t taken = fold_decode(text, len, at, &character);
    switch (fold_class(character)) {
    case FOLD_LETTER:
    case FOLD_DIGIT:
        add_bytes(window, folded, fold_letter(character, folded));
        break;
    case FOLD_VANISHES:
        break;
    case FOLD_APOSTROPHE:
    case FOLD_PARTS:
        end_word(window);
        break;
    }
    return taken;
}

void shingles_add(struct shingles *shingles, const char *text, size_t len)
{
    struct window window = {.shingles = shingles};
    for (size_t at = 0; at < len;) {
        unsigned char byte = (unsigned char)text[at];
        if (fold_ascii[byte] == 0 && byte != ' ') {
            at += add_character(&window, text, len, at);
            continue;
        }
        if (byte == ' ')
            end_word(&window);
        else if (window.len < WORD_MAX)
            window.word[window.len++] = (char)fold_ascii[byte];
        at++;
    }
    end_word(&window);
    if (window.count > 0 && window.count < SHINGLE_WORDS)
        push_run(shingles, window.words + SHINGLE_WORDS - window.count, window.count);
}

/* ---- sets ---- */

static int by_number(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* One pass of a counting sort, by the digit that starts at `shift`. */
static void sort_pass(const uint64_t *from, uint64_t *to, size_t count, unsigned shift)
{
    uint32_t starts[DIGITS] = {0};
    for (size_t i = 0; i < count; i++)
        starts[(from[i] >> shift) % DIGITS]++;
    uint32_t start = 0;
    for (size_t digit = 0; digit < DIGITS; digit++) {
        uint32_t next = start + starts[digit];
        starts[digit] = start;
        start = next;
    }
    for (size_t i = 0; i < count; i++)
        to[starts[(from[i] >> shift) % DIGITS]++] = from[i];
}

static void sort_runs(struct shingles *shingles)
{
    if (shingles->count < SORT_SIMPLY_BELOW) {
        if (shingles->count > 1)
            qsort(shingles->runs, shingles->count, sizeof *shingles->runs, by_number);
        return;
    }
    if (shingles->spare_cap < shingles->cap) {
        shingles->spare = mem_grow(shingles->spare, shingles->cap, sizeof *shingles->spare);
        shingles->spare_cap = shingles->cap;
    }
    uint64_t *from = shingles->runs, *to = shingles->spare;
    for (unsigned pass = 0; pass < PASSES; pass++) {
        sort_pass(from, to, shingles->count, pass * DIGIT_BITS);
        uint64_t *sorted = to;
        to = from;
        from = sorted;
    }
    if (from != shingles->runs)
        memcpy(shingles->runs, from, shingles->count * sizeof *from);
}

void shingles_finish(struct shingles *shingles)
{
    sort_runs(shingles);
    size_t kept = 0;
    for (size_t i = 0; i < shingles->count; i++)
        if (i == 0 || shingles->runs[i] != shingles->runs[i - 1])
            shingles->runs[kept++] = shingles->runs[i];
    shingles->count = kept;
}

void shingles_clear(struct shingles *shingles)
{
    shingles->count = 0;
}

void shingles_free(struct shingles *shingles)
{
    free(shingles->runs);
    free(shingles->spare);
    *shingles = (struct shingles){0};
}

void shingles_hash(const struct shingles *shingles, unsigned char ret_hash[SHINGLES_HASH_SIZE])
{
    XXH128_canonical_t canonical;
    const void *runs = shingles->count > 0 ? (const void *)shingles->runs : "";
    XXH128_canonicalFromHash(&canonical, XXH3_128bits(runs, shingles->count * sizeof *shingles->runs));
    memcpy(ret_hash, canonical.digest, SHINGLES_HASH_SIZE);
}

/* ---- likeness ---- */

bool shingles_sizes_alike(size_t a_count, size_t b_count)
{
    size_t less = a_count < b_count ? a_count : b_count, more = a_count < b_count ? b_count : a_count;
    return 10 * less >= SHINGLES_ALIKE_TENTHS * more;
}

bool shingles_alike(const uint64_t *a, size_t a_count, const uint64_t *b, size_t b_count)
{
    if (a_count == 0 || b_count == 0 || !shingles_sizes_alike(a_count, b_count))
        return false;
    size_t i = 0, j = 0, common = 0;
    while (i < a_count && j < b_count) {
        uint64_t left = a[i], right = b[j];
        common += left == right;
        i += left <= right;
        j += right <= left;
    }
    return 10 * common >= SHINGLES_ALIKE_TENTHS * (a_count + b_count - common);
}
