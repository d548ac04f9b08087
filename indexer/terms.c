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

/* The positions of all terms, those of one together, in the order of `entries`. */
static uint32_t *sort_positions(const struct terms *terms)
{
    uint32_t *positions = mem_zero(terms->occurrence_count, sizeof *positions);
    size_t *next = mem_zero(terms->count, sizeof *next);
    for (size_t i = 1; i < terms->count; i++)
        next[i] = next[i - 1] + terms->entries[i - 1].count;
    for (size_t i = 0; i < terms->occurrence_count; i++)
        positions[next[terms->occurrences[i].entry]++] = terms->occurrences[i].position;
    free(next);
    return positions;
}

static enum shim_status write_prefixed(const struct entry *entry, const char *bytes,
                                       struct shim_document *document)
{
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        char term[SHIM_TERM_MAX];
        const char *prefix = field_parts()[part]->prefix;
        size_t prefix_len = strlen(prefix);
        if (entry->in_part[part] == 0 || prefix_len + entry->len > sizeof term)
            continue;
        memcpy(term, prefix, prefix_len);
        memcpy(term + prefix_len, bytes, entry->len);
        enum shim_status status =
            shim_document_add_term(document, term, prefix_len + entry->len, entry->in_part[part]);
        if (status != SHIM_OK)
            return status;
    }
    return SHIM_OK;
}

int terms_write(const struct terms *terms, struct shim_document *document, struct error *error)
{
    uint32_t *positions = sort_positions(terms);
    enum shim_status status = SHIM_OK;
    size_t at = 0;
    for (size_t i = 0; status == SHIM_OK && i < terms->count; i++) {
        const struct entry *entry = &terms->entries[i];
        const char *bytes = terms->bytes + entry->start;
        status = shim_document_add_postings(document, bytes, entry->len, positions + at, entry->count,
                                            entry->count);
        at += entry->count;
        if (status == SHIM_OK)
            status = write_prefixed(entry, bytes, document);
    }
    free(positions);
    if (status == SHIM_OK)
        return 0;
    error_set(error, "a document cannot be made: %s", shim_status_text(status));
    return -1;
}
