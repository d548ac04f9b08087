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
#include "indexer/statements.h"
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
    struct strlist groups; /* the spellings of the facet `group` */
    /* What makes a document as it should be, and what is counted on the way: */
    struct dictionaries *dictionaries;
    struct words *words;
    struct pairs *pairs;
    struct phrases *phrases;
    struct phrase_counts *phrase_counts;
    struct phrase_list offered; /* the phrases with the counts that the index has */
    struct document_store store;
    struct document_maker *maker;
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

/* A slot's bytes, *new*, to be freed by shim_free; NULL where there are none. */
static void *slot_bytes(struct check *check, uint32_t document, int slot, size_t *ret_len)
{
    void *bytes;
    enum shim_status status =
        shim_reader_value(check->reader, document, (uint32_t)slot, &bytes, ret_len, NULL);
    return status == SHIM_OK ? bytes : NULL;
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

/* What is stored of the record is what its statements say. */
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
    const struct buf *wanted = document_text(check->maker);
    BUF_AUTO struct buf stored = BUF_INIT(TEXT_RECORD_MAX);
    if (!text_address_unpack(bytes, len, &address)) {
        find(check, advice_rebuild, "%s: does not say where its text is", key);
    } else if (text_reader_get(check->text, check->frame, &address, sections, &error) != 0) {
        find(check, advice_rebuild, "%s: %s", key, error.text);
    } else {
        text_pack(sections, &stored);
        if (stored.len != wanted->len || memcmp(stored.data, wanted->data, stored.len) != 0)
            find(check, advice_rebuild, "%s: its stored record is not that of its history", key);
    }
    shim_free(bytes);
}

/* Terms with their positions, columns: as the record of the history has them. */
static void check_document(struct check *check, const struct manifest_entry *entry,
                           struct shim_document *wanted)
{
    char identity[DOCUMENT_IDENTITY_SIZE];
    uint32_t document;
    struct shim_error shim_error;
    document_identity(entry->key, identity);
    if (shim_reader_find(check->reader, identity, strlen(identity), &document, NULL) != SHIM_OK) {
        find(check, advice_rebuild, "%s: is missing from the index", entry->key);
        return;
    }
    shim_document_add_term(wanted, identity, strlen(identity), 0);
    check_group(check, document, entry);
    if (shim_reader_compare(check->reader, document, wanted, &shim_error) != SHIM_OK)
        find(check, advice_rebuild, "%s: is not as its history has it: %s", entry->key, shim_error.text);
    check_text(check, document, entry->key);
}

static void check_entry(struct check *check, const struct manifest_entry *entry)
{
    struct error problem = ERROR_NONE;
    RECORD_AUTO struct record *record = statements_document(check->ledger, entry, RECORD_WHOLE, &problem);
    struct shim_document *wanted = record ? document_make(check->maker, entry, record, &problem) : NULL;
    if (wanted)
        check_document(check, entry, wanted);
    else
        find(check, advice_history, "%s: %s", entry->key, problem.text);
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

/* The phrases that the index offers, once to be held against, once to be counted anew. */
static void open_phrases(struct check *check)
{
    struct phrase_list anew = {0};
    struct error problem = ERROR_NONE;
    if (phrase_list_load(check->reader, &check->offered, &problem) != SHIM_OK ||
        phrase_list_load(check->reader, &anew, &problem) != SHIM_OK)
        find(check, advice_rebuild, "%s", problem.text);
    for (size_t i = 0; i < anew.count; i++)
        anew.items[i].count = 0;
    check->phrases = phrases_new(&anew);
    check->phrase_counts = phrase_counts_new(check->phrases);
}

/* What makes each record's document once more, without storing it. */
static int open_maker(struct check *check, struct error *error)
{
    check->dictionaries = dictionaries_open(check->reader, error);
    if (!check->dictionaries ||
        dictionary_load(check->reader, field_facet_number(field_find("group")), &check->groups, error) != 0)
        return -1;
    document_store_init(&check->store, check->dictionaries, NULL);
    check->words = words_new();
    check->pairs = pairs_new();
    open_phrases(check);
    struct document_counts counts = {check->words, check->pairs, check->phrase_counts};
    check->maker = document_maker_new(&check->store, &counts);
    if (!check->maker)
        error_set(error, "no memory for the analyser");
    return check->maker ? 0 : -1;
}

static void close_maker(struct check *check)
{
    if (check->dictionaries && check->words)
        document_store_destroy(&check->store);
    document_maker_free(check->maker);
    phrase_counts_free(check->phrase_counts);
    phrases_free(check->phrases);
    phrase_list_free(&check->offered);
    pairs_free(check->pairs);
    words_free(check->words);
    dictionaries_free(check->dictionaries);
    strlist_free(&check->groups);
}

/* Which phrases these are was chosen when the index was built, and stays; their counts follow each record. */
static void check_phrases(struct check *check)
{
    phrases_take(check->phrases, check->phrase_counts);
    const struct phrase_list *counted = phrases_list(check->phrases);
    for (size_t i = 0; i < counted->count; i++) {
        const struct phrase *offered = &check->offered.items[i];
        if (offered->count == counted->items[i].count)
            continue;
        find(check, advice_rebuild,
             "the index is damaged: the phrase \"%s\" is counted %" PRIu32 " times, not %" PRIu32,
             offered->text, offered->count, counted->items[i].count);
        return;
    }
}

/* The tables against one another, once each document is as it should be. */
static void check_tables(struct check *check)
{
    struct shim_error shim_error;
    struct error words = ERROR_NONE, acronyms = ERROR_NONE;
    bool is_new = metadata_number(check->reader, "changes") == 0;
    if (shim_reader_check_postings(check->reader, &shim_error) != SHIM_OK)
        find(check, advice_rebuild, "the index is damaged: %s", shim_error.text);
    if (words_compare(check->words, check->reader, &words) != 0)
        find(check, advice_rebuild, "the index is damaged: %s", words.text);
    if (pairs_compare(check->pairs, check->reader, is_new, &acronyms) != 0)
        find(check, advice_rebuild, "the index is damaged: %s", acronyms.text);
    check_phrases(check);
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
    if (open_maker(check, error) != 0 || check_documents(check, error) != 0)
        return -1;
    if (check->findings == 0)
        check_tables(check);
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
    close_maker(check);
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
