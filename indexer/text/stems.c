/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/text/stems.h"

#include <string.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "indexer/base/mem.h"
#include "shim/shim.h"

enum {
    SLOTS_FIRST = 4096, /* a power of two */
    BLOCK_SIZE = 65536, /* bytes of words and stems that are allocated at once */
    SETTLE_MARGIN = 64, /* words that may be added between two calls of stems_settle() */
};

struct slot {
    const char *bytes; /* the word, then its stem where that is no beginning of the word; NULL: free */
    uint32_t hash;
    uint8_t word_len;
    uint8_t stem_at;
    uint8_t stem_len;
};

struct block {
    struct block *next;
    char bytes[BLOCK_SIZE];
};

struct stems {
    struct shim_stemmer *stemmer;
    struct slot *slots;
    size_t slot_count, used;
    struct block *blocks, *spare; /* the first of `blocks` is being filled */
    size_t filled;
};

/* Where Porter 2 is wrong for the register: acronyms whose s is their own, and plurals of acronyms that it
 * keeps. */
static const struct {
    const char *word, *stem;
} fixed[] = {
    {"nhs", "nhs"},    {"ons", "ons"},    {"dids", "dids"},    {"mhsds", "mhsds"}, {"csds", "csds"},
    {"pds", "pds"},    {"gms", "gms"},    {"pms", "pms"},      {"ods", "ods"},     {"ics", "ics"},
    {"mds", "mds"},    {"dns", "dns"},    {"dars", "dars"},    {"sms", "sms"},     {"mrs", "mrs"},
    {"icss", "ics"},   {"csus", "csu"},   {"dscros", "dscro"}, {"icus", "icu"},    {"itus", "itu"},
    {"hdus", "hdu"},   {"pcus", "pcu"},   {"mous", "mou"},     {"dsas", "dsa"},    {"dpas", "dpa"},
    {"dpias", "dpia"}, {"lsoas", "lsoa"}, {"msoas", "msoa"},   {"las", "la"},      {"stas", "sta"},
    {"ndas", "nda"},   {"hras", "hra"},   {"rcas", "rca"},     {"ngos", "ngo"},    {"ceos", "ceo"},
    {"cios", "cio"},   {"ccios", "ccio"}, {"acos", "aco"},     {"dpos", "dpo"},    {"siros", "siro"},
};

struct stems *stems_new(void)
{
    struct stems *stems = mem_zero(1, sizeof *stems);

    if (shim_stemmer_new("english", &stems->stemmer, NULL) != SHIM_OK) {
        free(stems);
        return NULL;
    }
    stems->slot_count = SLOTS_FIRST;
    stems->slots = mem_zero(stems->slot_count, sizeof *stems->slots);
    stems->filled = BLOCK_SIZE;
    return stems;
}

static void free_blocks(struct block *block)
{
    while (block != NULL) {
        struct block *next = block->next;
        free(block);
        block = next;
    }
}

void stems_free(struct stems *stems)
{
    if (stems == NULL)
        return;
    shim_stemmer_free(stems->stemmer);
    free_blocks(stems->blocks);
    free_blocks(stems->spare);
    free(stems->slots);
    free(stems);
}

void stems_settle(struct stems *stems)
{
    struct block *block;

    if (stems->used + SETTLE_MARGIN <= ANALYSER_MEMO_WORDS)
        return;
    memset(stems->slots, 0, stems->slot_count * sizeof *stems->slots);
    stems->used = 0;
    while ((block = stems->blocks) != NULL) {
        stems->blocks = block->next;
        block->next = stems->spare;
        stems->spare = block;
    }
    stems->filled = BLOCK_SIZE;
}

static char *room_for(struct stems *stems, size_t len)
{
    struct block *block;
    char *bytes;

    if (stems->filled + len > BLOCK_SIZE) {
        block = stems->spare;
        if (block != NULL)
            stems->spare = block->next;
        else
            block = mem_alloc(sizeof *block);
        block->next = stems->blocks;
        stems->blocks = block;
        stems->filled = 0;
    }
    bytes = stems->blocks->bytes + stems->filled;
    stems->filled += len;
    return bytes;
}

static struct slot *find(const struct stems *stems, const char *word, size_t len, uint32_t hash)
{
    size_t mask = stems->slot_count - 1;

    for (size_t i = hash & mask;; i = (i + 1) & mask) {
        struct slot *slot = &stems->slots[i];
        if (slot->bytes == NULL ||
            (slot->hash == hash && slot->word_len == len && memcmp(slot->bytes, word, len) == 0))
            return slot;
    }
}

static void grow(struct stems *stems)
{
    struct slot *old = stems->slots;
    size_t count = stems->slot_count;

    stems->slot_count = 2 * count;
    stems->slots = mem_zero(stems->slot_count, sizeof *stems->slots);
    for (size_t i = 0; i < count; i++) {
        if (old[i].bytes != NULL)
            *find(stems, old[i].bytes, old[i].word_len, old[i].hash) = old[i];
    }
    free(old);
}

static bool has_vowel(const char *word, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (strchr("aeiouy", word[i]) != NULL || (unsigned char)word[i] >= 0x80)
            return true;
    }
    return false;
}

/* Writes the stem that is not the stemmer's to give; 0 where there is none. */
static size_t own_stem(const char *word, size_t len, char *stem)
{
    size_t stem_len = 0;

    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) {
        if (strlen(fixed[i].word) == len && memcmp(fixed[i].word, word, len) == 0) {
            stem_len = strlen(fixed[i].stem);
            memcpy(stem, fixed[i].stem, stem_len);
            return stem_len;
        }
    }
    if (len >= 3 && word[len - 1] == 's' && word[len - 2] != 's' && !has_vowel(word, len)) {
        stem_len = len - 1;
        memcpy(stem, word, stem_len);
    }
    return stem_len;
}

static size_t compute(struct stems *stems, const char *word, size_t len, char stem[SHIM_TERM_MAX])
{
    size_t stem_len = own_stem(word, len, stem);

    if (stem_len > 0)
        return stem_len;
    if (shim_stemmer_stem(stems->stemmer, word, len, stem, &stem_len) == SHIM_OK && stem_len > 0)
        return stem_len;
    memcpy(stem, word, len);
    return len;
}

static void learn(struct stems *stems, struct slot *slot, const char *word, size_t len, uint32_t hash)
{
    char stem[SHIM_TERM_MAX];
    size_t stem_len = compute(stems, word, len, stem);
    bool is_beginning = stem_len <= len && memcmp(stem, word, stem_len) == 0;
    char *bytes = room_for(stems, is_beginning ? len : len + stem_len);

    memcpy(bytes, word, len);
    if (!is_beginning)
        memcpy(bytes + len, stem, stem_len);
    slot->bytes = bytes;
    slot->hash = hash;
    slot->word_len = (uint8_t)len;
    slot->stem_at = is_beginning ? 0 : (uint8_t)len;
    slot->stem_len = (uint8_t)stem_len;
    stems->used++;
}

struct term stems_of(struct stems *stems, const char *word, size_t len)
{
    uint32_t hash;
    struct slot *slot;

    if (len <= 2)
        return (struct term){word, len};
    hash = (uint32_t)XXH3_64bits(word, len);
    slot = find(stems, word, len, hash);
    if (slot->bytes == NULL) {
        if (2 * (stems->used + 1) > stems->slot_count) {
            grow(stems);
            slot = find(stems, word, len, hash);
        }
        learn(stems, slot, word, len, hash);
    }
    return (struct term){slot->bytes + slot->stem_at, slot->stem_len};
}
