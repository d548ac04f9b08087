/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/check.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "indexer/base/mem.h"
#include "indexer/document.h"
#include "indexer/grouping.h"
#include "indexer/index.h"
#include "indexer/lock.h"
#include "indexer/options.h"
#include "indexer/store/columns.h"
#include "indexer/store/generation.h"
#include "indexer/store/metadata.h"
#include "indexer/sync.h"

struct check {
    const char *db;
    char generation[GENERATION_NAME_SIZE];
    struct ledger *ledger;
    struct shim_reader *reader;
    struct text_reader *text;
    struct text_frame *frame;
    size_t *spellings;     /* of each facet */
    struct strlist groups; /* the spellings of the facet `group` */
    int64_t documents, findings;
    const char *advice;
};

static const char advice_rebuild[] = "remove the file CURRENT from the index folder and run purpose-index on "
                                     "any source: the index is built anew from "
                                     "history.sqlite, nothing is lost";
static const char advice_step[] = "run purpose-index on any source: it brings the index in step";
static const char advice_history[] =
    "history.sqlite is damaged: restore the folder from a copy, or index all sources into a new folder";

__attribute__((format(printf, 3, 4))) static void find(struct check *check, const char *advice,
                                                       const char *format, ...)
{
    check->advice = check->advice == advice_history ? advice_history : advice;
    if (check->findings++ >= CHECK_FINDINGS_MAX)
        return;
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", check->db);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
}

/* ---- one document ---- */

static bool takes_all(const unsigned char *at, const unsigned char *end, uint64_t below)
{
    uint64_t value;
    while (at < end)
        if (!column_take(&at, end, &value) || value >= below)
            return false;
    return true;
}

/* A slot's bytes, *new*, to be freed by shim_free; NULL where there are none. */
static void *slot_bytes(struct check *check, uint32_t document, int slot, size_t *ret_len)
{
    void *bytes;
    enum shim_status status =
        shim_reader_value(check->reader, document, (uint32_t)slot, &bytes, ret_len, NULL);
    return status == SHIM_OK ? bytes : NULL;
}

static void check_facets(struct check *check, uint32_t document, const char *key)
{
    size_t count;
    const struct field *const *facets = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        size_t len;
        unsigned char *bytes = slot_bytes(check, document, facets[i]->slot, &len);
        if (bytes && !takes_all(bytes, bytes + len, check->spellings[i]))
            find(check, advice_rebuild, "%s: its values of %s are damaged", key, facets[i]->facet);
        shim_free(bytes);
    }
}

/* The group is the one that the history has; an older text is of none. */
static void check_group(struct check *check, uint32_t document, const struct manifest_entry *entry)
{
    size_t len = 0;
    unsigned char *bytes = slot_bytes(check, document, field_find("group")->slot, &len);
    const unsigned char *at = bytes;
    uint64_t ordinal = 0;
    bool has = bytes && column_take(&at, bytes + len, &ordinal) && ordinal < check->groups.len;
    const char *group = has ? check->groups.items[ordinal] : "";
    if (strcmp(group, entry->group ? entry->group : "") != 0 || (has && at != bytes + len))
        find(check, advice_rebuild, "%s: is not in the group that the history has", entry->key);
    else if (!entry->group && !entry->edition)
        find(check, advice_history, "%s: the history lacks its group", entry->key);
    shim_free(bytes);
}

static void check_part_hashes(struct check *check, uint32_t document, const char *key,
                              const struct text_section sections[TEXT_SECTION_COUNT])
{
    size_t len = 0;
    unsigned char *bytes = slot_bytes(check, document, COLUMN_PART_HASHES, &len);
    bool sound = bytes && len == FIELD_PART_COUNT * sizeof(uint64_t);
    for (size_t part = 0; sound && part < FIELD_PART_COUNT; part++) {
        const struct text_section *section = &sections[TEXT_SECTION_PARTS + part];
        MEM_AUTO char *text = section->bytes ? mem_copy(section->bytes, section->len) : NULL;
        uint64_t hash = column_part_hash(text);
        for (unsigned i = 0; i < sizeof hash; i++)
            sound = sound && bytes[part * sizeof hash + i] == (unsigned char)(hash >> (8 * i));
    }
    if (!sound)
        find(check, advice_rebuild, "%s: the hashes of its parts are not those of its text", key);
    shim_free(bytes);
}

/* One row of SLOT_RELEASES: count, month, editions, then the ordinals of each release facet. */
static bool takes_release(struct check *check, const unsigned char **at, const unsigned char *end)
{
    uint64_t rows, month, editions, value;
    if (!column_take(at, end, &rows) || !column_take(at, end, &month) || !column_take(at, end, &editions))
        return false;
    for (uint64_t i = 0; i < editions; i++)
        if (!column_take(at, end, &value))
            return false;
    size_t count;
    const struct field *const *facets = field_facets(&count);
    for (size_t i = 0; i < count; i++) {
        uint64_t ordinals;
        if (!(facets[i]->use & FIELD_USE_RELEASE))
            continue;
        if (!column_take(at, end, &ordinals))
            return false;
        for (uint64_t n = 0; n < ordinals; n++)
            if (!column_take(at, end, &value) || value >= check->spellings[i])
                return false;
    }
    return true;
}

static void check_releases(struct check *check, uint32_t document, const char *key)
{
    size_t len;
    unsigned char *bytes = slot_bytes(check, document, SLOT_RELEASES, &len);
    if (!bytes)
        return;
    const unsigned char *at = bytes, *end = bytes + len;
    uint64_t rows;
    bool sound = column_take(&at, end, &rows);
    for (uint64_t i = 0; sound && i < rows; i++)
        sound = takes_release(check, &at, end);
    if (!sound || at != end)
        find(check, advice_rebuild, "%s: its releases are damaged", key);
    shim_free(bytes);
}

static void check_numbers(struct check *check, uint32_t document, const char *key)
{
    static const int slots[] = {SLOT_PART_STARTS, COLUMN_DATES};
    static const size_t values[] = {FIELD_PART_COUNT, 5};
    for (size_t i = 0; i < sizeof slots / sizeof *slots; i++) {
        size_t len;
        unsigned char *bytes = slot_bytes(check, document, slots[i], &len);
        const unsigned char *at = bytes;
        uint64_t value;
        size_t taken = 0;
        while (bytes && column_take(&at, bytes + len, &value))
            taken++;
        if (taken != values[i])
            find(check, advice_rebuild, "%s: its value %d is damaged", key, slots[i]);
        shim_free(bytes);
    }
}

static bool is_object(const struct text_section *section, const char *open, const char *close)
{
    if (!section->bytes)
        return false;
    MEM_AUTO char *text = mem_format("%s%.*s%s", open, (int)section->len, section->bytes, close);
    json_t *object = json_loads(text, 0, NULL);
    bool sound = json_is_object(object);
    json_decref(object);
    return sound;
}

static void check_text(struct check *check, uint32_t document, const char *key)
{
    void *bytes;
    size_t len;
    struct shim_error shim_error;
    if (shim_reader_data(check->reader, document, &bytes, &len, &shim_error) != SHIM_OK) {
        find(check, advice_rebuild, "%s: cannot be read: %s", key, shim_error.text);
        return;
    }
    struct text_address address;
    struct text_section sections[TEXT_SECTION_COUNT];
    struct error error = ERROR_NONE;
    if (!text_address_unpack(bytes, len, &address))
        find(check, advice_rebuild, "%s: does not say where its text is", key);
    else if (text_reader_get(check->text, check->frame, &address, sections, &error) != 0)
        find(check, advice_rebuild, "%s: %s", key, error.text);
    else if (!is_object(&sections[TEXT_SECTION_HIT], "{", "}") ||
             !is_object(&sections[TEXT_SECTION_REST], "", ""))
        find(check, advice_rebuild, "%s: its stored record is damaged", key);
    else
        check_part_hashes(check, document, key, sections);
    shim_free(bytes);
}

static void check_hash(struct check *check, uint32_t document, const struct manifest_entry *entry)
{
    size_t len;
    unsigned char *bytes = slot_bytes(check, document, SLOT_HASH, &len);
    uint64_t hash = 0;
    for (size_t i = 0; bytes && i < len && i < 8; i++)
        hash |= (uint64_t)bytes[i] << (8 * i);
    if (!bytes || len != 8 || hash != entry->hash)
        find(check, advice_rebuild, "%s: is not the record that the history has", entry->key);
    shim_free(bytes);
}

static void check_entry(struct check *check, const struct manifest_entry *entry)
{
    char identity[DOCUMENT_IDENTITY_SIZE];
    uint32_t document;
    document_identity(entry->key, identity);
    if (shim_reader_find(check->reader, identity, strlen(identity), &document, NULL) != SHIM_OK) {
        find(check, advice_rebuild, "%s: is missing from the index", entry->key);
        return;
    }
    check_hash(check, document, entry);
    check_text(check, document, entry->key);
    check_numbers(check, document, entry->key);
    check_facets(check, document, entry->key);
    check_group(check, document, entry);
    check_releases(check, document, entry->key);
}

/* ---- the whole ---- */

static int check_documents(struct check *check, struct error *error)
{
    uint32_t count, last;
    struct shim_error shim_error;
    if (shim_reader_count(check->reader, &count, &last, &shim_error) != SHIM_OK)
        return index_fail("the index cannot be read", &shim_error, error);
    MEM_AUTO char *after = mem_text("");
    struct manifest_entry entry = {0};
    int status;
    while ((status = ledger_next_entry(check->ledger, after, &entry, error)) == 1) {
        check_entry(check, &entry);
        check->documents++;
        free(after);
        after = mem_text(entry.key);
        manifest_entry_clear(&entry);
    }
    if (status == 0 && count != check->documents)
        find(check, advice_rebuild, "the index has %" PRIu32 " documents, the history %" PRId64, count,
             check->documents);
    return status;
}

static int load_spellings(struct check *check, struct error *error)
{
    size_t count;
    field_facets(&count);
    check->spellings = mem_zero(count, sizeof *check->spellings);
    for (size_t i = 0; i < count; i++) {
        STRLIST_AUTO struct strlist spellings = {0};
        if (dictionary_load(check->reader, (int)i, &spellings, error) != 0)
            return -1;
        check->spellings[i] = spellings.len;
        if ((int)i == field_facet_number(field_find("group"))) {
            check->groups = spellings;
            spellings = (struct strlist){0};
        }
    }
    return 0;
}

/* Whether the index is of this program's format and in step; what follows makes sense only then. */
static bool check_step(struct check *check, struct error *error)
{
    int64_t sequence;
    if (metadata_number(check->reader, "format") != FIELD_FORMAT ||
        metadata_number(check->reader, "analyser") != ANALYSER_VERSION) {
        find(check, advice_step, "the index is of another format than this program's");
        return false;
    }
    if (ledger_number(check->ledger, "sequence", &sequence, error) != 0)
        return false;
    if (metadata_number(check->reader, "ledger") == sequence)
        return true;
    find(check, advice_step, "a run was interrupted: the index is behind its history");
    return false;
}

/* The groups, found anew from what the history holds. */
static void check_groups(struct check *check)
{
    struct error found = ERROR_NONE;
    if (grouping_check(check->ledger, &found) != 0)
        find(check, advice_history, "%s", found.text);
}

static int check_index(struct check *check, struct error *error)
{
    MEM_AUTO char *postings = generation_postings(check->db, check->generation);
    MEM_AUTO char *text = generation_text(check->db, check->generation);
    MEM_AUTO char *dictionary = generation_text_dictionary(check->db, check->generation);
    struct shim_error shim_error;
    if (shim_check(postings, &shim_error) != SHIM_OK ||
        shim_reader_open(postings, &check->reader, &shim_error) != SHIM_OK) {
        find(check, advice_rebuild, "the index is damaged: %s", shim_error.text);
        return 0;
    }
    struct error text_error = ERROR_NONE;
    if (text_reader_open(text, dictionary, &check->text, &text_error) != 0) {
        find(check, advice_rebuild, "%s: %s", text_error.place, text_error.text);
        return 0;
    }
    check->frame = text_frame_new();
    if (!check_step(check, error))
        return error->is_set ? -1 : 0;
    if (load_spellings(check, error) != 0 || check_documents(check, error) != 0)
        return -1;
    check_groups(check);
    return 0;
}

static int check_ledger(struct check *check, struct error *error)
{
    MEM_AUTO char *path = mem_format("%s/" SYNC_LEDGER_NAME, check->db);
    if (ledger_open(path, LEDGER_READ, &check->ledger, error) != 0)
        return -1;
    struct error found = ERROR_NONE;
    int status = ledger_check(check->ledger, &found);
    if (status != 0)
        find(check, advice_history, "%s", found.text);
    return 0;
}

static int check_locked(struct check *check, struct error *error)
{
    int current = generation_current(check->db, check->generation, error);
    if (current == 1)
        error_set(error, "there is no index yet; make one with purpose-index --db %s SOURCE...", check->db);
    if (current != 0 || check_ledger(check, error) != 0)
        return -1;
    return check->findings > 0 ? 0 : check_index(check, error);
}

static void free_check(struct check *check)
{
    free(check->spellings);
    strlist_free(&check->groups);
    text_frame_free(check->frame);
    text_reader_free(check->text);
    shim_reader_free(check->reader);
    ledger_close(check->ledger);
}

static int tell(const struct check *check, int status, const struct error *error)
{
    if (status != 0) {
        fprintf(stderr, "purpose-index: %s%s%s\n", error->place, *error->place ? ": " : "", error->text);
        return EXIT_NOTHING_DONE;
    }
    if (check->findings == 0) {
        printf("%s: sound, %" PRId64 " documents\n", check->db, check->documents);
        return EXIT_ALL_TAKEN;
    }
    printf("%s: not sound, %" PRId64 " findings; %s\n", check->db, check->findings, check->advice);
    return EXIT_SOME_REJECTED;
}

int check_run(const char *db)
{
    struct check check = {.db = db};
    struct error error = ERROR_NONE;
    struct stat info;
    int status = -1;
    if (stat(db, &info) != 0 || !S_ISDIR(info.st_mode)) {
        error_set(&error, "is not a folder");
        error_at(&error, db, NULL, 0);
        return tell(&check, -1, &error);
    }
    int lock = lock_take(db, &error);
    if (lock >= 0)
        status = check_locked(&check, &error);
    free_check(&check);
    lock_release(lock);
    return tell(&check, status, &error);
}
