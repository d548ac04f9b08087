/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/document.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "indexer/acronyms.h"
#include "indexer/base/mem.h"
#include "indexer/register/reference.h"
#include "indexer/store/columns.h"
#include "indexer/terms.h"

enum { SLOT_MAX = 64 << 20 }; /* bytes of one value */

struct document_maker {
    struct document_store *store;
    struct document_counts counts;
    struct analyser *analyser;
    struct terms *terms;
    struct shim_document *document;
    struct text_compressor *compressor; /* NULL where texts are not stored */
    struct buf packed, value;
    struct strlist spellings;
    enum shim_status status; /* the first that a slot met */
};

void document_identity(const char *key, char ret_term[DOCUMENT_IDENTITY_SIZE])
{
    size_t len = strlen(key);
    if (len <= DOCUMENT_KEY_MAX) {
        snprintf(ret_term, DOCUMENT_IDENTITY_SIZE, DOCUMENT_IDENTITY_PREFIX "%s", key);
        return;
    }
    XXH128_hash_t hash = XXH3_128bits(key, len);
    snprintf(ret_term, DOCUMENT_IDENTITY_SIZE, DOCUMENT_IDENTITY_PREFIX "%016" PRIx64 "%016" PRIx64,
             (uint64_t)hash.high64, (uint64_t)hash.low64);
}

void document_store_init(struct document_store *store, struct dictionaries *dictionaries,
                         struct text_writer *text)
{
    *store = (struct document_store){.dictionaries = dictionaries, .text = text};
    pthread_mutex_init(&store->dictionaries_lock, NULL);
    pthread_mutex_init(&store->text_lock, NULL);
}

void document_store_destroy(struct document_store *store)
{
    pthread_mutex_destroy(&store->dictionaries_lock);
    pthread_mutex_destroy(&store->text_lock);
}

struct document_maker *document_maker_new(struct document_store *store, const struct document_counts *counts)
{
    struct document_maker *maker = mem_zero(1, sizeof *maker);
    *maker = (struct document_maker){
        .store = store,
        .counts = *counts,
        .analyser = analyser_new(),
        .terms = terms_new(),
        .document = shim_document_new(),
        .packed = BUF_INIT(TEXT_RECORD_MAX),
        .value = BUF_INIT(SLOT_MAX),
    };
    if (store->text)
        maker->compressor = text_compressor_new(store->text);
    if (maker->analyser && maker->document && (maker->compressor || !store->text))
        return maker;
    document_maker_free(maker);
    return NULL;
}

void document_maker_free(struct document_maker *maker)
{
    if (!maker)
        return;
    analyser_free(maker->analyser);
    terms_free(maker->terms);
    shim_document_free(maker->document);
    text_compressor_free(maker->compressor);
    buf_free(&maker->packed);
    buf_free(&maker->value);
    strlist_free(&maker->spellings);
    free(maker);
}

const struct buf *document_text(const struct document_maker *maker)
{
    return &maker->packed;
}

/* ---- slots ---- */

static void set_value(struct document_maker *maker, int slot, const void *bytes, size_t len)
{
    enum shim_status status = shim_document_set_value(maker->document, (uint32_t)slot, bytes, len);
    if (maker->status == SHIM_OK)
        maker->status = status;
}

/* Puts maker->value there; an empty one is no value. */
static void set_gathered(struct document_maker *maker, int slot)
{
    if (buf_failed(&maker->value))
        maker->status = SHIM_INVALID;
    else if (maker->value.len > 0)
        set_value(maker, slot, maker->value.data, maker->value.len);
    buf_reset(&maker->value);
}

/* The values of a facet: of the record, or its group, which is made of all records together. */
static void facet_values(const struct field *facet, const struct manifest_entry *entry,
                         const struct record *record, struct strlist *values)
{
    field_record_values(facet, record, values);
    if (entry->group && strcmp(facet->facet, "group") == 0)
        strlist_add(values, entry->group);
}

static void put_ordinals(struct document_maker *maker, int facet)
{
    pthread_mutex_lock(&maker->store->dictionaries_lock);
    for (size_t i = 0; i < maker->spellings.len; i++)
        column_put(&maker->value,
                   dictionaries_ordinal(maker->store->dictionaries, facet, maker->spellings.items[i]));
    pthread_mutex_unlock(&maker->store->dictionaries_lock);
}

static void set_facets(struct document_maker *maker, const struct manifest_entry *entry,
                       const struct record *record)
{
    size_t count;
    const struct field *const *facets = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        facet_values(facets[i], entry, record, &maker->spellings);
        put_ordinals(maker, (int)i);
        set_gathered(maker, facets[i]->slot);
    }
}

static void put_release(struct document_maker *maker, const struct release *release)
{
    column_put(&maker->value, (uint64_t)release->count);
    column_put(&maker->value, column_month(release->month));
    column_put(&maker->value, release->editions.len);
    for (size_t i = 0; i < release->editions.len; i++)
        column_put(&maker->value, column_month(release->editions.items[i]));
    size_t count;
    const struct field *const *facets = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        if (!(facets[i]->use & FIELD_USE_RELEASE))
            continue;
        field_release_values(facets[i], release, &maker->spellings);
        column_put(&maker->value, maker->spellings.len);
        put_ordinals(maker, (int)i);
    }
}

static void set_releases(struct document_maker *maker, const struct record *record)
{
    if (!record->has_releases)
        return;
    column_put(&maker->value, record->release_count);
    for (size_t i = 0; i < record->release_count; i++)
        put_release(maker, &record->releases[i]);
    set_gathered(maker, SLOT_RELEASES);
}

static void set_dates(struct document_maker *maker, const struct record *record)
{
    column_put(&maker->value, column_day(record->start));
    column_put(&maker->value, column_day(record->end));
    column_put(&maker->value, column_month(record->released_from));
    column_put(&maker->value, column_month(record->released_to));
    column_put(&maker->value, column_day(record->changed));
    set_gathered(maker, COLUMN_DATES);
    if (record->page_files < 0)
        return;
    column_put(&maker->value, (uint64_t)record->page_files + 1);
    set_gathered(maker, COLUMN_PAGE_FILES);
}

/* Folded, cut at the end of a character. */
static void set_sort_key(struct document_maker *maker, int slot, const char *text)
{
    if (!text)
        return;
    MEM_AUTO char *folded = analyser_fold(text, strlen(text));
    size_t len = strlen(folded);
    if (len > COLUMN_SORT_MAX) {
        len = COLUMN_SORT_MAX;
        while (len > 0 && ((unsigned char)folded[len] & 0xC0) == 0x80)
            len--;
    }
    if (len > 0)
        set_value(maker, slot, folded, len);
}

/* Eight bytes, low first. */
static void put_number(struct buf *to, uint64_t number)
{
    for (size_t i = 0; i < sizeof number; i++)
        buf_byte(to, (char)(number >> (8 * i)));
}

static void set_part_hashes(struct document_maker *maker, const struct record *record)
{
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        put_number(&maker->value, column_part_hash(field_part_text(field_parts()[part], record)));
    set_gathered(maker, COLUMN_PART_HASHES);
}

static void set_slots(struct document_maker *maker, const struct manifest_entry *entry,
                      const struct record *record)
{
    put_number(&maker->value, entry->hash);
    set_gathered(maker, SLOT_HASH);
    set_value(maker, SLOT_REFERENCE, entry->reference, strlen(entry->reference));
    unsigned char state = entry->edition ? DOCUMENT_STATE_OLDER : 0;
    if (state)
        set_value(maker, SLOT_STATE, &state, 1);
    set_facets(maker, entry, record);
    set_releases(maker, record);
    set_dates(maker, record);
    set_part_hashes(maker, record);
    set_sort_key(maker, COLUMN_SORT_ORGANISATION, record->organisation);
    set_sort_key(maker, COLUMN_SORT_TITLE, record->title);
    set_value(maker, COLUMN_ID, entry->key, strlen(entry->key)); /* of an older text "id@edition" */
}

void document_spellings(const struct manifest_entry *entry, const struct record *record,
                        void (*give)(void *context, int facet, const char *spelling), void *context)
{
    STRLIST_AUTO struct strlist values = {0};
    size_t count;
    const struct field *const *facets = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        facet_values(facets[i], entry, record, &values);
        for (size_t n = 0; n < values.len; n++)
            give(context, (int)i, values.items[n]);
    }
    for (size_t r = 0; record->has_releases && r < record->release_count; r++)
        for (size_t i = 0; i < count; i++) {
            if (!(facets[i]->use & FIELD_USE_RELEASE))
                continue;
            field_release_values(facets[i], &record->releases[r], &values);
            for (size_t n = 0; n < values.len; n++)
                give(context, (int)i, values.items[n]);
        }
}

/* ---- words ---- */

/* Adds a part's words from position `start` on; returns the position behind the last, or `start` where it has
 * none. */
static uint32_t add_part(struct document_maker *maker, int part, const char *text, uint32_t start)
{
    uint32_t end = start;
    struct token token;
    phrase_counts_next_part(maker->counts.phrases);
    analyser_begin(maker->analyser, text, strlen(text));
    while (analyser_next(maker->analyser, &token)) {
        uint32_t position = start + token.position;
        terms_add(maker->terms, token.term.bytes, token.term.len, part, position);
        for (size_t i = 0; i < token.extra_count; i++)
            terms_add(maker->terms, token.extra[i].bytes, token.extra[i].len, part, position);
        words_add(maker->counts.words, &token);
        phrase_counts_add(maker->counts.phrases, &token);
        end = position + 1;
    }
    return end;
}

/* A record is found by its own reference, whole, without its prefix and by its number. The reference is of no
part, so its terms have neither prefix nor position. */
static void add_reference(struct document_maker *maker, const struct record *record)
{
    struct token token;
    analyser_begin(maker->analyser, record->id, strlen(record->id));
    while (maker->status == SHIM_OK && analyser_next(maker->analyser, &token)) {
        maker->status = shim_document_add_term(maker->document, token.term.bytes, token.term.len, 1);
        for (size_t i = 0; maker->status == SHIM_OK && i < token.extra_count; i++)
            maker->status =
                shim_document_add_term(maker->document, token.extra[i].bytes, token.extra[i].len, 1);
    }
}

/* Older texts explain no acronyms: what they said was taken back. */
static void add_acronyms(struct document_maker *maker, const struct record *record)
{
    pairs_next_record(maker->counts.pairs, 1);
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        const char *text = field_part_text(field_parts()[part], record);
        if (text)
            acronyms_add_text(maker->counts.pairs, maker->analyser, text, strlen(text));
    }
}

static void add_words(struct document_maker *maker, const struct manifest_entry *entry,
                      const struct record *record)
{
    terms_clear(maker->terms);
    words_next_record(maker->counts.words, 1);
    phrase_counts_next_record(maker->counts.phrases, entry->edition ? 0 : 1);
    uint32_t starts[FIELD_PART_COUNT];
    uint32_t start = 1;
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        starts[part] = start;
        const char *text = field_part_text(field_parts()[part], record);
        uint32_t end = text ? add_part(maker, part, text, start) : start;
        if (end > start)
            start = end - 1 + PART_GAP;
    }
    for (int part = 0; part < FIELD_PART_COUNT; part++)
        column_put(&maker->value, starts[part]);
    set_gathered(maker, SLOT_PART_STARTS);
}

static void unword_part(struct analyser *analyser, const struct document_counts *counts,
                        const struct text_section *section)
{
    struct token token;
    phrase_counts_next_part(counts->phrases);
    analyser_begin(analyser, section->bytes, section->len);
    while (analyser_next(analyser, &token)) {
        words_add(counts->words, &token);
        phrase_counts_add(counts->phrases, &token);
    }
}

void document_unword(struct analyser *analyser, const struct document_counts *counts, bool is_older,
                     const struct text_section sections[TEXT_SECTION_COUNT])
{
    words_next_record(counts->words, -1);
    pairs_next_record(counts->pairs, -1);
    phrase_counts_next_record(counts->phrases, is_older ? 0 : -1);
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        const struct text_section *section = &sections[TEXT_SECTION_PARTS + part];
        if (!section->bytes)
            continue;
        unword_part(analyser, counts, section);
        if (!is_older)
            acronyms_add_text(counts->pairs, analyser, section->bytes, section->len);
    }
}

/* ---- stored text ---- */

/* The members of a hit, without braces. *new* */
static char *hit_members(const json_t *object)
{
    json_t *hit = json_object();
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++)
        if (fields[i].use & FIELD_USE_HIT)
            json_object_set(hit, fields[i].name, json_object_get(object, fields[i].name));
    /* When it was first seen or last changed, as the record says it: what columns hold does not tell a month
     * from its first day. */
    json_object_set(hit, "changed", json_object_get(object, "changed"));
    char *text = json_dumps(hit, JSON_COMPACT);
    json_decref(hit);
    if (!text)
        return NULL;
    size_t len = strlen(text);
    memmove(text, text + 1, len - 2);
    text[len - 2] = '\0';
    return text;
}

int document_pack(const struct record *record, struct buf *packed, struct error *error)
{
    /* The prose stands in its own sections. Titles and organisations are short, and of use without their
     * part. */
    json_t *object = record_extent_json(record, RECORD_WITHOUT_PROSE);
    MEM_AUTO char *hit = hit_members(object);
    MEM_AUTO char *rest = json_dumps(object, JSON_COMPACT);
    json_decref(object);
    struct text_section sections[TEXT_SECTION_COUNT] = {0};
    if (hit && rest) {
        sections[TEXT_SECTION_HIT] = (struct text_section){hit, strlen(hit)};
        sections[TEXT_SECTION_REST] = (struct text_section){rest, strlen(rest)};
    }
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        const char *text = field_part_text(field_parts()[part], record);
        if (text)
            sections[TEXT_SECTION_PARTS + part] = (struct text_section){text, strlen(text)};
    }
    text_pack(sections, packed);
    if (hit && rest && !buf_failed(packed))
        return 0;
    error_set(error, "%s is too large to be stored", record->id);
    return -1;
}

static int store_text(struct document_maker *maker, const struct record *record, struct error *error)
{
    buf_reset(&maker->packed);
    if (document_pack(record, &maker->packed, error) != 0)
        return -1;
    if (!maker->compressor)
        return 0;
    if (text_compress(maker->compressor, &maker->packed, error) != 0)
        return -1;
    struct text_address address;
    pthread_mutex_lock(&maker->store->text_lock);
    int status = text_writer_put(maker->store->text, maker->compressor, &address, error);
    pthread_mutex_unlock(&maker->store->text_lock);
    if (status != 0)
        return -1;
    char bytes[TEXT_ADDRESS_SIZE];
    size_t len = text_address_pack(&address, bytes);
    if (maker->status == SHIM_OK)
        maker->status = shim_document_set_data(maker->document, bytes, len);
    return 0;
}

struct shim_document *document_make(struct document_maker *maker, const struct manifest_entry *entry,
                                    const struct record *record, struct error *error)
{
    maker->status = SHIM_OK;
    shim_document_clear(maker->document);
    if (store_text(maker, record, error) != 0)
        return NULL;
    set_slots(maker, entry, record);
    add_words(maker, entry, record);
    if (!entry->edition)
        add_acronyms(maker, record);
    add_reference(maker, record);
    if (maker->status != SHIM_OK)
        error_set(error, "the document of %s cannot be made: %s", entry->key,
                  shim_status_text(maker->status));
    if (maker->status != SHIM_OK || terms_write(maker->terms, maker->document, error) != 0)
        return NULL;
    return maker->document;
}
