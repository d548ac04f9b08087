/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/terms.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/base/mem.h"

enum { TABLE_INITIAL = 4096 }; /* slots; a power of two */

struct entry {
    uint64_t hash;
    size_t start; /* of its bytes */
    uint32_t len;
    uint32_t last;  /* position plus 1 where it was last met */
    uint32_t count; /* positions */
    uint32_t in_part[FIELD_PART_COUNT];
};

struct occurrence {
    uint32_t entry, position;
};

struct terms {
    uint32_t *table; /* entry number plus 1; 0 free. Linear probing */
    size_t table_size;
    struct entry *entries;
    size_t count, cap;
    char *bytes; /* of all terms */
    size_t bytes_len, bytes_cap;
    struct occurrence *occurrences; /* in the order met */
    size_t occurrence_count, occurrence_cap;
};

struct terms *terms_new(void)
{
    struct terms *terms = mem_zero(1, sizeof *terms);
    terms->table_size = TABLE_INITIAL;
    terms->table = mem_zero(terms->table_size, sizeof *terms->table);
    return terms;
}

void terms_free(struct terms *terms)
{
    if (!terms)
        return;
    free(terms->table);
    free(terms->entries);
    free(terms->bytes);
    free(terms->occurrences);
    free(terms);
}

void terms_clear(struct terms *terms)
{
    memset(terms->table, 0, terms->table_size * sizeof *terms->table);
    terms->count = terms->bytes_len = terms->occurrence_count = 0;
}

static size_t find_slot(const struct terms *terms, uint64_t hash, const char *bytes, size_t len)
{
    size_t slot = hash & (terms->table_size - 1);
    for (; terms->table[slot]; slot = (slot + 1) & (terms->table_size - 1)) {
        const struct entry *entry = &terms->entries[terms->table[slot] - 1];
        if (entry->hash == hash && entry->len == len && memcmp(terms->bytes + entry->start, bytes, len) == 0)
            break;
    }
    return slot;
}

static void grow_table(struct terms *terms)
{
    free(terms->table);
    terms->table_size *= 2;
    terms->table = mem_zero(terms->table_size, sizeof *terms->table);
    for (size_t i = 0; i < terms->count; i++) {
        size_t slot = terms->entries[i].hash & (terms->table_size - 1);
        while (terms->table[slot])
            slot = (slot + 1) & (terms->table_size - 1);
        terms->table[slot] = (uint32_t)i + 1;
    }
}

static struct entry *add_entry(struct terms *terms, size_t slot, uint64_t hash, const char *bytes, size_t len)
{
    if (terms->bytes_len + len > terms->bytes_cap) {
        terms->bytes_cap = 2 * (terms->bytes_len + len);
        terms->bytes = mem_grow(terms->bytes, terms->bytes_cap, 1);
    }
    memcpy(terms->bytes + terms->bytes_len, bytes, len);
    terms->entries = mem_push(terms->entries, terms->count, &terms->cap, sizeof *terms->entries);
    struct entry *entry = &terms->entries[terms->count++];
    *entry = (struct entry){.hash = hash, .start = terms->bytes_len, .len = (uint32_t)len};
    terms->bytes_len += len;
    terms->table[slot] = (uint32_t)terms->count;
    if (terms->count * 2 > terms->table_size)
        grow_table(terms);
    return entry;
}

void terms_add(struct terms *terms, const char *bytes, size_t len, int part, uint32_t position)
{
    if (len == 0 || len > SHIM_TERM_MAX)
        return;
    uint64_t hash = XXH3_64bits(bytes, len);
    size_t slot = find_slot(terms, hash, bytes, len);
    struct entry *entry = terms->table[slot] ? &terms->entries[terms->table[slot] - 1]
                                             : add_entry(terms, slot, hash, bytes, len);
    if (entry->last == position + 1)
        return;
    entry->last = position + 1;
    entry->count++;
    entry->in_part[part]++;
    terms->occurrences = mem_push(terms->occurrences, terms->occurrence_count, &terms->occurrence_cap,
                                  sizeof *terms->occurrences);
    terms->occurrences[terms->occurrence_count++] =
        (struct occurrence){(uint32_t)(entry - terms->entries), position};
}

/* The positions of all terms, those of one together, in the order of `entries`; `starts` gets where each has
 * its own. */
static uint32_t *sort_positions(const struct terms *terms, size_t *starts)
{
    uint32_t *positions = mem_zero(terms->occurrence_count, sizeof *positions);
    size_t *next = mem_zero(terms->count, sizeof *next);
    for (size_t i = 1; i < terms->count; i++)
        next[i] = next[i - 1] + terms->entries[i - 1].count;
    memcpy(starts, next, terms->count * sizeof *next);
    for (size_t i = 0; i < terms->occurrence_count; i++)
        positions[next[terms->occurrences[i].entry]++] = terms->occurrences[i].position;
    free(next);
    return positions;
}

/* ---- in order ---- */

/* A term by its first bytes, the first one highest, which tell most from one another. */
struct ranked {
    uint64_t lead;
    const char *bytes;
    uint32_t len, entry;
};

static uint64_t lead_of(const char *bytes, size_t len)
{
    uint64_t lead = 0;
    for (size_t i = 0; i < sizeof lead; i++)
        lead = lead << 8 | (i < len ? (unsigned char)bytes[i] : 0);
    return lead;
}

static int by_bytes(const void *a, const void *b)
{
    const struct ranked *left = a, *right = b;
    if (left->lead != right->lead)
        return left->lead < right->lead ? -1 : 1;
    int order = memcmp(left->bytes, right->bytes, left->len < right->len ? left->len : right->len);
    return order ? order : (left->len > right->len) - (left->len < right->len);
}

static struct ranked *rank(const struct terms *terms)
{
    struct ranked *ranked = mem_zero(terms->count, sizeof *ranked);
    for (size_t i = 0; i < terms->count; i++) {
        const struct entry *entry = &terms->entries[i];
        const char *bytes = terms->bytes + entry->start;
        ranked[i] = (struct ranked){lead_of(bytes, entry->len), bytes, entry->len, (uint32_t)i};
    }
    if (terms->count > 1)
        qsort(ranked, terms->count, sizeof *ranked, by_bytes);
    return ranked;
}

static int by_prefix(const void *a, const void *b)
{
    return strcmp(field_parts()[*(const int *)a]->prefix, field_parts()[*(const int *)b]->prefix);
}

/* ---- writing ---- */

/* All terms of a part, with its prefix. */
static enum shim_status write_part(const struct terms *terms, const struct ranked *ranked, int part,
                                   struct shim_document *document)
{
    char term[SHIM_TERM_MAX];
    const char *prefix = field_parts()[part]->prefix;
    size_t prefix_len = strlen(prefix);
    memcpy(term, prefix, prefix_len);
    for (size_t i = 0; i < terms->count; i++) {
        const struct entry *entry = &terms->entries[ranked[i].entry];
        if (entry->in_part[part] == 0 || prefix_len + entry->len > sizeof term)
            continue;
        memcpy(term + prefix_len, ranked[i].bytes, entry->len);
        enum shim_status status =
            shim_document_add_term(document, term, prefix_len + entry->len, entry->in_part[part]);
        if (status != SHIM_OK)
            return status;
    }
    return SHIM_OK;
}

static enum shim_status write_parts(const struct terms *terms, const struct ranked *ranked,
                                    struct shim_document *document)
{
    int parts[FIELD_PART_COUNT];
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        parts[part] = part;
    qsort(parts, FIELD_PART_COUNT, sizeof *parts, by_prefix);
    enum shim_status status = SHIM_OK;
    for (int i = 0; i < FIELD_PART_COUNT && status == SHIM_OK; i++)
        status = write_part(terms, ranked, parts[i], document);
    return status;
}

/* The terms with their positions, from the `i`-th in order up to the first that begins with `until` or a
 * greater byte; returns how far it came. */
static enum shim_status write_plain(const struct terms *terms, const struct ranked *ranked,
                                    const uint32_t *positions, const size_t *starts, int until, size_t *i,
                                    struct shim_document *document)
{
    enum shim_status status = SHIM_OK;
    for (; status == SHIM_OK && *i < terms->count && (unsigned char)*ranked[*i].bytes < until; ++*i) {
        const struct entry *entry = &terms->entries[ranked[*i].entry];
        status = shim_document_add_postings(document, ranked[*i].bytes, entry->len,
                                            positions + starts[ranked[*i].entry], entry->count, entry->count);
    }
    return status;
}

/* In the order of their bytes, as the library wants them: digits stand before the prefixes, letters behind.
 */
int terms_write(const struct terms *terms, struct shim_document *document, struct error *error)
{
    enum { ALL = 256 };
    size_t *starts = mem_zero(terms->count, sizeof *starts);
    uint32_t *positions = sort_positions(terms, starts);
    struct ranked *ranked = rank(terms);
    size_t at = 0;
    enum shim_status status = write_plain(terms, ranked, positions, starts, 'A', &at, document);
    if (status == SHIM_OK)
        status = write_parts(terms, ranked, document);
    if (status == SHIM_OK)
        status = write_plain(terms, ranked, positions, starts, ALL, &at, document);
    free(ranked);
    free(positions);
    free(starts);
    if (status == SHIM_OK)
        return 0;
    error_set(error, "a document cannot be made: %s", shim_status_text(status));
    return -1;
}
