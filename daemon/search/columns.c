/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/columns.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/search/columns_internal.h"
#include "indexer/base/hash.h"
#include "indexer/register/reference.h"
#include "indexer/store/columns.h"
#include "indexer/store/dictionary.h"

struct agreement_entry {
    UT_hash_handle hh;
    char *agreement; /* the hash key */
    uint32_t number;
    uint32_t *documents; /* current ones, newest version first, then older editions' texts */
    size_t count, cap;
    size_t current_count;
};

struct reference_entry {
    UT_hash_handle hh;
    uint32_t number;
    char text[]; /* the hash key */
};

/* ---- growing lists ---- */

void lists_begin(struct lists_builder *builder)
{
    *builder = (struct lists_builder){0};
    lists_end_row(builder);
}

size_t lists_rows(const struct lists_builder *builder)
{
    return builder->start_count - 1;
}

void lists_finish(struct lists_builder *builder, struct lists *lists, size_t *memory)
{
    lists->rows = lists_rows(builder);
    lists->starts = mem_grow(builder->starts, builder->start_count, sizeof *builder->starts);
    lists->items = mem_grow(builder->items, builder->item_count, sizeof *builder->items);
    *memory += (builder->start_count + builder->item_count) * sizeof(uint32_t);
}

void lists_free(struct lists *lists)
{
    free(lists->starts);
    free(lists->items);
}

/* ---- walking a slot ---- */

enum shim_status columns_walk(struct loading *loading, uint32_t slot, walk_function *take)
{
    struct shim_column *column;
    struct shim_error shim_error;
    enum shim_status status = shim_column_open(loading->reader, slot, &column, &shim_error);
    while (status == SHIM_OK) {
        uint32_t document;
        const void *bytes;
        size_t len;
        status = shim_column_next(column, &document, &bytes, &len, &shim_error);
        if (status == SHIM_OK && document < loading->columns->bits && !take(loading, document, bytes, len)) {
            error_set(loading->error, "slot %u of document %u is damaged; index the sources again", slot,
                      document);
            shim_column_free(column);
            return SHIM_DAMAGED;
        }
        if (status != SHIM_OK)
            shim_column_free(column);
    }
    if (status == SHIM_END)
        return SHIM_OK;
    error_set(loading->error, "the index cannot be read: %s", shim_error.text);
    return status;
}

/* ---- documents ---- */

static bool take_hash(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    (void)bytes;
    (void)len;
    loading->columns->states[document] |= DOCUMENT_IS_THERE;
    return true;
}

static bool take_state(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    if (len != 1)
        return false;
    if (bytes[0] & 1)
        loading->columns->states[document] |= DOCUMENT_IS_OLD;
    return true;
}

static bool take_part_starts(struct loading *loading, uint32_t document, const unsigned char *bytes,
                             size_t len)
{
    const unsigned char *end = bytes + len;
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        uint64_t start;
        if (!column_take(&bytes, end, &start))
            return false;
        loading->columns->part_starts[document][part] = (uint32_t)start;
    }
    return true;
}

static bool take_part_hashes(struct loading *loading, uint32_t document, const unsigned char *bytes,
                             size_t len)
{
    if (len != FIELD_PART_COUNT * sizeof(uint64_t))
        return false;
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        for (unsigned i = 0; i < sizeof(uint64_t); i++)
            loading->columns->part_hashes[document][part] |= (uint64_t)*bytes++ << (8 * i);
    return true;
}

static bool take_dates(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    const unsigned char *end = bytes + len;
    uint64_t values[5];
    for (int i = 0; i < 5; i++)
        if (!column_take(&bytes, end, &values[i]))
            return false;
    loading->columns->dates[document] = (struct document_dates){.start = (uint32_t)values[0],
                                                                .end = (uint32_t)values[1],
                                                                .released_from = (uint32_t)values[2],
                                                                .released_to = (uint32_t)values[3],
                                                                .changed = (uint32_t)values[4]};
    return true;
}

static bool take_id(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    loading->columns->ids[document] = mem_copy(bytes, len);
    loading->memory += len + 24;
    return true;
}

static bool take_reference(struct loading *loading, uint32_t document, const unsigned char *bytes, size_t len)
{
    struct reference_entry *entry;
    HASH_FIND(hh, loading->references, bytes, len, entry);
    if (!entry) {
        entry = mem_zero(1, sizeof *entry + len + 1);
        memcpy(entry->text, bytes, len);
        entry->number = (uint32_t)loading->columns->reference_count++;
        HASH_ADD(hh, loading->references, text[0], len, entry);
    }
    loading->columns->references[document] = entry->number;
    return true;
}

static void free_references(struct loading *loading)
{
    struct reference_entry *entry, *next;
    HASH_ITER(hh, loading->references, entry, next)
    {
        HASH_DEL(loading->references, entry);
        free(entry);
    }
}

static enum shim_status load_addresses(struct loading *loading)
{
    struct columns *columns = loading->columns;
    BITS_EACH(&columns->all, document)
    {
        void *bytes;
        size_t len;
        struct shim_error shim_error;
        enum shim_status status =
            shim_reader_data(loading->reader, (uint32_t)document, &bytes, &len, &shim_error);
        if (status != SHIM_OK) {
            error_set(loading->error, "the index cannot be read: %s", shim_error.text);
            return status;
        }
        bool whole = text_address_unpack(bytes, len, &columns->addresses[document]);
        shim_free(bytes);
        if (!whole) {
            error_set(loading->error, "document %zu has no text; index the sources again", document);
            return SHIM_DAMAGED;
        }
    }
    return SHIM_OK;
}

static void mark_documents(struct columns *columns)
{
    columns->all = bits_new(columns->bits);
    columns->current = bits_new(columns->bits);
    for (size_t document = 0; document < columns->bits; document++) {
        if (!(columns->states[document] & DOCUMENT_IS_THERE))
            continue;
        bits_set(&columns->all, document);
        if (!(columns->states[document] & DOCUMENT_IS_OLD))
            bits_set(&columns->current, document);
    }
    columns->record_count = (uint32_t)bits_total(&columns->current);
}

/* ---- agreements ---- */

/* Agreement and version of a document; an older text's id is that of the record, "@" and its edition. */
static void split_id(const struct columns *columns, uint32_t document, char **ret_agreement,
                     char **ret_version)
{
    MEM_AUTO char *id = columns_base_id(columns, document);
    reference_split(id, ret_agreement, ret_version);
}

char *columns_base_id(const struct columns *columns, uint32_t document)
{
    const char *id = columns->ids[document];
    const char *at = columns->states[document] & DOCUMENT_IS_OLD ? strrchr(id, '@') : NULL;
    return mem_copy(id, at ? (size_t)(at - id) : strlen(id));
}

/* Current texts before older ones, newest version first, then by id. */
static int by_version(const void *a, const void *b, void *context)
{
    const struct columns *columns = context;
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    bool left_old = columns->states[left] & DOCUMENT_IS_OLD,
         right_old = columns->states[right] & DOCUMENT_IS_OLD;
    if (left_old != right_old)
        return left_old ? 1 : -1;
    uint32_t left_version = columns->versions[left], right_version = columns->versions[right];
    if (left_version != right_version)
        return left_version > right_version ? -1 : 1;
    return strcmp(columns->ids[left], columns->ids[right]);
}

static struct agreement_entry *enter_agreement(struct columns *columns, uint32_t document)
{
    MEM_AUTO char *agreement = NULL;
    MEM_AUTO char *version = NULL;
    split_id(columns, document, &agreement, &version);
    struct agreement_entry *entry;
    HASH_FIND_STR(columns->by_agreement, agreement, entry);
    if (entry)
        return entry;
    entry = mem_zero(1, sizeof *entry);
    entry->agreement = mem_text(agreement);
    entry->number = HASH_COUNT(columns->by_agreement);
    HASH_ADD_KEYPTR(hh, columns->by_agreement, entry->agreement, strlen(entry->agreement), entry);
    columns->memory += sizeof *entry + 64;
    return entry;
}

/* What a document of an agreement is compared by. */
struct statement {
    uint32_t document;
    char *reference, *version;
};

static struct statement *agreement_statements(const struct columns *columns,
                                              const struct agreement_entry *entry)
{
    struct statement *statements = mem_zero(entry->count, sizeof *statements);
    for (size_t i = 0; i < entry->count; i++) {
        MEM_AUTO char *id = columns_base_id(columns, entry->documents[i]);
        MEM_AUTO char *agreement = NULL;
        statements[i].document = entry->documents[i];
        statements[i].reference = reference_base(id);
        reference_split(id, &agreement, &statements[i].version);
    }
    return statements;
}

static void free_statements(struct statement *statements, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(statements[i].reference);
        free(statements[i].version);
    }
    free(statements);
}

/* The newest edition that has a reference, in any of its texts, *borrowed*; "" where none is known. */
static const char *newest_edition(const struct columns *columns, const struct statement *statements,
                                  size_t count, const char *reference)
{
    const struct facet_column *column = &columns->facets[field_facet_number(field_find("edition"))];
    const char *newest = "";
    for (size_t i = 0; i < count; i++) {
        uint32_t document = statements[i].document;
        if (strcmp(statements[i].reference, reference) != 0)
            continue;
        for (uint32_t n = column->documents.starts[document]; n < column->documents.starts[document + 1];
             n++) {
            uint32_t node = column->documents.items[n];
            if (node > NODE_NONE && strcmp(column->nodes[node].key, newest) > 0)
                newest = column->nodes[node].key;
        }
    }
    return newest;
}

/* An agreement that got another prefix has two references of one version: the newer edition has the newer. */
static bool is_newer(const struct columns *columns, const struct statement *statements, size_t count,
                     size_t one, size_t other)
{
    int order = reference_compare_versions(statements[one].version, statements[other].version);
    if (order != 0)
        return order > 0;
    const char *reference = statements[one].reference, *other_reference = statements[other].reference;
    return strcmp(reference, other_reference) != 0 &&
           strcmp(newest_edition(columns, statements, count, reference),
                  newest_edition(columns, statements, count, other_reference)) > 0;
}

/* Numbers the versions of an agreement's documents: by pairs, since an agreement has a handful. */
static void number_versions(struct columns *columns, const struct agreement_entry *entry)
{
    struct statement *statements = agreement_statements(columns, entry);
    for (size_t i = 0; i < entry->count; i++)
        for (size_t other = 0; other < entry->count; other++)
            columns->versions[statements[i].document] +=
                is_newer(columns, statements, entry->count, i, other);
    free_statements(statements, entry->count);
}

static void load_agreements(struct columns *columns)
{
    BITS_EACH(&columns->all, document)
    {
        struct agreement_entry *entry = enter_agreement(columns, (uint32_t)document);
        columns->agreements[document] = entry->number;
        entry->documents = mem_push(entry->documents, entry->count, &entry->cap, sizeof *entry->documents);
        entry->documents[entry->count++] = (uint32_t)document;
        entry->current_count += !(columns->states[document] & DOCUMENT_IS_OLD);
    }
    struct agreement_entry *entry, *next;
    HASH_ITER(hh, columns->by_agreement, entry, next)
    {
        if (entry->count < 2)
            continue;
        number_versions(columns, entry);
        qsort_r(entry->documents, entry->count, sizeof *entry->documents, by_version, columns);
    }
}

const uint32_t *columns_agreement(const struct columns *columns, const char *agreement, size_t *ret_count)
{
    struct agreement_entry *entry;
    HASH_FIND_STR(columns->by_agreement, agreement, entry);
    *ret_count = entry ? entry->current_count : 0;
    return entry ? entry->documents : NULL;
}

const uint32_t *columns_texts(const struct columns *columns, uint32_t document, size_t *ret_count)
{
    MEM_AUTO char *agreement = NULL;
    MEM_AUTO char *version = NULL;
    split_id(columns, document, &agreement, &version);
    struct agreement_entry *entry;
    HASH_FIND_STR(columns->by_agreement, agreement, entry);
    *ret_count = entry ? entry->count : 0;
    return entry ? entry->documents : NULL;
}

bool columns_has_edition(const struct columns *columns, uint32_t document, const char *edition)
{
    const struct facet_column *column = &columns->facets[field_facet_number(field_find("edition"))];
    int32_t node = columns_node(column, edition);
    for (uint32_t i = column->documents.starts[document]; i < column->documents.starts[document + 1]; i++)
        if (node > NODE_NONE && column->documents.items[i] == (uint32_t)node)
            return true;
    return false;
}

/* ---- all together ---- */

static void allocate(struct columns *columns, uint32_t last)
{
    size_t bits = (size_t)last + 1;
    columns->bits = bits;
    columns->states = mem_zero(bits, sizeof *columns->states);
    columns->addresses = mem_zero(bits, sizeof *columns->addresses);
    columns->ids = mem_zero(bits, sizeof *columns->ids);
    columns->references = mem_zero(bits, sizeof *columns->references);
    columns->agreements = mem_zero(bits, sizeof *columns->agreements);
    columns->versions = mem_zero(bits, sizeof *columns->versions);
    columns->part_starts = mem_zero(bits, sizeof *columns->part_starts);
    columns->part_hashes = mem_zero(bits, sizeof *columns->part_hashes);
    columns->dates = mem_zero(bits, sizeof *columns->dates);
    columns->memory = bits * (sizeof *columns->states + sizeof *columns->addresses + sizeof *columns->ids +
                              3 * sizeof *columns->references + sizeof *columns->part_starts +
                              sizeof *columns->part_hashes + sizeof *columns->dates);
}

static enum shim_status load_documents(struct loading *loading)
{
    enum shim_status status = columns_walk(loading, SLOT_HASH, take_hash);
    if (status == SHIM_OK)
        status = columns_walk(loading, SLOT_STATE, take_state);
    if (status == SHIM_OK)
        status = columns_walk(loading, SLOT_PART_STARTS, take_part_starts);
    if (status == SHIM_OK)
        status = columns_walk(loading, COLUMN_PART_HASHES, take_part_hashes);
    if (status == SHIM_OK)
        status = columns_walk(loading, COLUMN_DATES, take_dates);
    if (status == SHIM_OK)
        status = columns_walk(loading, COLUMN_ID, take_id);
    if (status == SHIM_OK)
        status = columns_walk(loading, SLOT_REFERENCE, take_reference);
    free_references(loading);
    return status;
}

static void *load_aside(void *context)
{
    struct loading *aside = context;
    aside->status = columns_load_release_facets(aside);
    return NULL;
}

/* What is loaded beside that: of each document, and of records. */
static enum shim_status load_here(struct loading *loading)
{
    enum shim_status status = load_addresses(loading);
    if (status == SHIM_OK)
        status = columns_load_ranks(loading);
    if (status == SHIM_OK)
        status = columns_load_record_facets(loading);
    return status;
}

/* Both halves, which share nothing but what is there already: at once where there is a second reader. */
static enum shim_status load_halves(struct loading *loading, struct loading *aside)
{
    pthread_t thread;
    bool beside = aside->reader != loading->reader && pthread_create(&thread, NULL, load_aside, aside) == 0;
    if (!beside)
        load_aside(aside);
    enum shim_status status = load_here(loading);
    if (beside)
        pthread_join(thread, NULL);
    if (aside->status == SHIM_OK || (status != SHIM_OK && aside->status != SHIM_CHANGED))
        return status;
    error_set(loading->error, "%s", aside->error->text);
    return aside->status;
}

static enum shim_status load_all(struct loading *loading, struct shim_reader *second)
{
    struct columns *columns = loading->columns;
    enum shim_status status = load_documents(loading);
    mark_documents(columns);
    if (status != SHIM_OK)
        return status;
    columns_begin_facets(columns);
    struct error error = ERROR_NONE;
    struct loading aside = {.reader = second ? second : loading->reader,
                            .columns = columns,
                            .error = &error,
                            .with_releases = bits_new(columns->bits)};
    status = load_halves(loading, &aside);
    columns->memory += aside.memory;
    BITS_EACH(&aside.with_releases, document)
    {
        columns->states[document] |= DOCUMENT_HAS_RELEASES;
    }
    bits_free(&aside.with_releases);
    return status;
}

enum shim_status columns_load(struct shim_reader *reader, struct shim_reader *second,
                              struct columns **ret_columns, struct error *error)
{
    uint32_t count, last;
    struct shim_error shim_error;
    enum shim_status status = shim_reader_count(reader, &count, &last, &shim_error);
    if (status != SHIM_OK) {
        error_set(error, "the index cannot be read: %s", shim_error.text);
        return status;
    }
    struct columns *columns = mem_zero(1, sizeof *columns);
    struct loading loading = {.reader = reader, .columns = columns, .error = error};
    allocate(columns, last);
    status = load_all(&loading, second);
    columns->memory += loading.memory;
    if (status != SHIM_OK) {
        columns_free(columns);
        return status;
    }
    load_agreements(columns);
    *ret_columns = columns;
    return SHIM_OK;
}

void columns_free(struct columns *columns)
{
    if (!columns)
        return;
    for (size_t document = 0; document < columns->bits; document++)
        free(columns->ids[document]);
    struct agreement_entry *entry, *next;
    HASH_ITER(hh, columns->by_agreement, entry, next)
    {
        HASH_DEL(columns->by_agreement, entry);
        free(entry->agreement);
        free(entry->documents);
        free(entry);
    }
    columns_free_facets(columns);
    columns_free_ranks(columns);
    bits_free(&columns->current);
    bits_free(&columns->all);
    free(columns->states);
    free(columns->addresses);
    free(columns->ids);
    free(columns->references);
    free(columns->agreements);
    free(columns->versions);
    strlist_free(&columns->cumulative);
    free(columns->part_starts);
    free(columns->part_hashes);
    free(columns->dates);
    free(columns);
}
