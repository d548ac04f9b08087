/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A new generation, whole: the records in the order of their keys, parted into one stretch for each thread;
 * each stretch a row of small indexes, segments, since the larger an index is the more of it every flush has
 * to rewrite; all of them made one compact index, which is the same however many there were.
 */
#include <fts.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "indexer/base/mem.h"
#include "indexer/document.h"
#include "indexer/index.h"
#include "indexer/phrase_sample.h"
#include "indexer/phrases.h"
#include "indexer/spellings.h"
#include "indexer/statements.h"
#include "indexer/store/generation.h"

enum { WAIT_MS = 10 }; /* between two looks at how far the threads are */

struct build {
    const struct index *index;
    char generation[GENERATION_NAME_SIZE];
    int64_t documents;
    struct text_writer *text;
    struct dictionaries *dictionaries;
    struct phrases *phrases;
    struct document_store store;
    struct shard *shards;
    size_t shard_count;
    int64_t segment_documents; /* of one segment, but for a shard's last */
    atomic_llong done;         /* documents of the stage under way */
    atomic_uint running;
    atomic_bool failed; /* one thread failed: the others need not go on */
    struct error *error;
};

/* A stretch of the records, and the thread that works on it. */
struct shard {
    struct build *build;
    pthread_t thread;
    bool started;
    int (*work)(struct shard *shard);
    char *after;                    /* the key before its first; "" */
    char *last;                     /* its last key */
    char *spelt_after, *spelt_last; /* the same of the records whose spellings it gathers */
    struct spellings *spellings;
    struct ledger *ledger;      /* its own */
    struct strlist segments;    /* folders of the indexes it made, in order */
    int64_t segment_left;       /* documents that the last of them still takes */
    struct shim_writer *writer; /* of that one */
    struct words *words;
    struct pairs *pairs;
    struct phrase_counts *phrases;
    struct document_maker *maker;
    int status;
    struct error error;
};

/* ---- walking a stretch ---- */

static int
each_record(struct shard *shard, const char *first_after, const char *last, enum record_extent extent,
            int (*take)(struct shard *shard, const struct manifest_entry *entry, const struct record *record))
{
    MEM_AUTO char *after = mem_text(first_after);
    int status = 0;
    while (status == 0 && !atomic_load(&shard->build->failed)) {
        struct manifest_entry entry = {0};
        int found = ledger_next_entry(shard->ledger, after, &entry, &shard->error);
        if (found == 1 && strcmp(entry.key, last) <= 0) {
            RECORD_AUTO struct record *record =
                statements_document(shard->ledger, &entry, extent, &shard->error);
            status = record ? take(shard, &entry, record) : -1;
            free(after);
            after = mem_text(entry.key);
            atomic_fetch_add(&shard->build->done, 1);
        } else {
            status = found < 0 ? -1 : 1;
        }
        manifest_entry_clear(&entry);
    }
    return status < 0 ? -1 : 0;
}

static int take_spellings(struct shard *shard, const struct manifest_entry *entry,
                          const struct record *record)
{
    spellings_add_record(shard->spellings, entry, record);
    return 0;
}

static int gather_spellings(struct shard *shard)
{
    shard->spellings = spellings_new();
    return each_record(shard, shard->spelt_after, shard->spelt_last, RECORD_WITHOUT_PROSE, take_spellings);
}

/* ---- segments ---- */

static int close_segment(struct shard *shard)
{
    struct shim_error shim_error;
    enum shim_status status = SHIM_OK;
    if (shard->writer)
        status = shim_writer_commit(shard->writer, &shim_error);
    shim_writer_free(shard->writer);
    shard->writer = NULL;
    return status == SHIM_OK ? 0 : index_fail("the index cannot be written", &shim_error, &shard->error);
}

static int open_segment(struct shard *shard)
{
    struct build *build = shard->build;
    struct shim_error shim_error;
    MEM_AUTO char *path = mem_format("%s/%s/shard-%zu-%zu", build->index->db, build->generation,
                                     (size_t)(shard - build->shards), shard->segments.len);
    if (close_segment(shard) != 0)
        return -1;
    enum shim_status opened = shim_writer_open_scratch(path, &shard->writer, &shim_error);
    if (opened == SHIM_OK)
        opened = shim_writer_begin(shard->writer, &shim_error);
    if (opened != SHIM_OK)
        return index_fail("the index cannot be made", &shim_error, &shard->error);
    strlist_add(&shard->segments, path);
    shard->segment_left = build->segment_documents;
    return 0;
}

/* ---- documents ---- */

static int take_document(struct shard *shard, const struct manifest_entry *entry, const struct record *record)
{
    if (shard->segment_left == 0 && open_segment(shard) != 0)
        return -1;
    shard->segment_left--;
    struct shim_document *document = document_make(shard->maker, entry, record, &shard->error);
    if (!document)
        return -1;
    char identity[DOCUMENT_IDENTITY_SIZE];
    document_identity(entry->key, identity);
    uint32_t number;
    struct shim_error shim_error;
    if (shim_document_add_term(document, identity, strlen(identity), 0) != SHIM_OK) {
        error_set(&shard->error, "the document of %s cannot be made", entry->key);
        return -1;
    }
    if (shim_writer_add(shard->writer, document, &number, &shim_error) != SHIM_OK)
        return index_fail("the index cannot be written", &shim_error, &shard->error);
    return words_write_when_full(shard->words, shard->writer, &shard->error);
}

static int write_documents(struct shard *shard)
{
    if (open_segment(shard) != 0 ||
        each_record(shard, shard->after, shard->last, RECORD_WHOLE, take_document) != 0 ||
        words_write(shard->words, shard->writer, &shard->error) != 0)
        return -1;
    return close_segment(shard);
}

/* Makes the stretch's own indexes. */
static int build_shard(struct shard *shard)
{
    shard->words = words_new();
    shard->pairs = pairs_new();
    shard->phrases = phrase_counts_new(shard->build->phrases);
    struct document_counts counts = {shard->words, shard->pairs, shard->phrases};
    shard->maker = document_maker_new(&shard->build->store, &counts);
    int status = -1;
    if (shard->maker)
        status = write_documents(shard);
    else
        error_set(&shard->error, "no memory for the analyser");
    document_maker_free(shard->maker);
    words_free(shard->words);
    shim_writer_free(shard->writer);
    return status;
}

/* ---- threads ---- */

static void *run_shard(void *context)
{
    struct shard *shard = context;
    shard->status = shard->work(shard);
    if (shard->status != 0)
        atomic_store(&shard->build->failed, true);
    atomic_fetch_sub(&shard->build->running, 1);
    return NULL;
}

static void start_shard(struct shard *shard, int (*work)(struct shard *))
{
    shard->work = work;
    atomic_fetch_add(&shard->build->running, 1);
    shard->started = pthread_create(&shard->thread, NULL, run_shard, shard) == 0;
    if (!shard->started)
        run_shard(shard);
}

/* Runs `work` on all stretches at once and tells how far it is. 0, or -1 with the error of the first that
 * failed. */
static int run_shards(struct build *build, int (*work)(struct shard *), const char *doing)
{
    atomic_store(&build->done, 0);
    for (size_t i = 0; i < build->shard_count; i++)
        start_shard(&build->shards[i], work);
    while (atomic_load(&build->running) > 0) {
        report_progress(build->index->report, doing, atomic_load(&build->done), build->documents);
        nanosleep(&(struct timespec){.tv_nsec = WAIT_MS * 1000000L}, NULL);
    }
    int status = 0;
    for (size_t i = 0; i < build->shard_count; i++) {
        struct shard *shard = &build->shards[i];
        if (shard->started)
            pthread_join(shard->thread, NULL);
        if (shard->status != 0 && status == 0) {
            error_at(build->error, shard->error.place, NULL, 0);
            error_set(build->error, "%s", shard->error.text);
            status = -1;
        }
    }
    return status;
}

/* ---- stretches ---- */

static size_t count_shards(const struct build *build)
{
    size_t most = (size_t)(build->documents / INDEX_SHARD_DOCUMENTS);
    size_t count = build->index->jobs < most ? build->index->jobs : most;
    return count > 0 ? count : 1;
}

/* The last key of the stretch `shard` of as many as there are shards, of the first `documents`; *ret_after
 * gets the one before its first. */
static int part_stretch(const struct build *build, size_t shard, int64_t documents, const char *before,
                        char **ret_after, char **ret_last)
{
    int64_t end = documents * (int64_t)(shard + 1) / (int64_t)build->shard_count;
    *ret_after = mem_text(shard > 0 ? before : "");
    return ledger_key_at(build->index->ledger, end - 1, ret_last, build->error);
}

static int part_shards(struct build *build)
{
    build->shard_count = count_shards(build);
    build->shards = mem_zero(build->shard_count, sizeof *build->shards);
    build->segment_documents = build->documents / INDEX_SEGMENTS_MAX + 1;
    if (build->segment_documents < INDEX_SEGMENT_DOCUMENTS)
        build->segment_documents = INDEX_SEGMENT_DOCUMENTS;
    for (size_t i = 0; i < build->shard_count; i++) {
        struct shard *shard = &build->shards[i];
        *shard = (struct shard){.build = build};
        const struct shard *before = i > 0 ? &build->shards[i - 1] : NULL;
        if (part_stretch(build, i, build->documents, before ? before->last : "", &shard->after,
                         &shard->last) != 0 ||
            ledger_open(build->index->ledger_path, LEDGER_READ, &shard->ledger, build->error) != 0)
            return -1;
    }
    return 0;
}

static void free_shards(struct build *build)
{
    for (size_t i = 0; i < build->shard_count; i++) {
        struct shard *shard = &build->shards[i];
        free(shard->after);
        free(shard->last);
        free(shard->spelt_after);
        free(shard->spelt_last);
        strlist_free(&shard->segments);
        spellings_free(shard->spellings);
        pairs_free(shard->pairs);
        phrase_counts_free(shard->phrases);
        ledger_close(shard->ledger);
    }
    free(build->shards);
}

/* ---- text ---- */

/* Keys for samples, spread evenly, in an order in which any beginning is spread as well. */
static int sample_keys(const struct build *build, struct ledger *ledger, int64_t most, struct strlist *keys,
                       struct error *error)
{
    int64_t count = build->documents < most ? build->documents : most;
    int64_t place = 0, taken = 0;
    MEM_AUTO char *after = mem_text("");
    while (taken < count) {
        struct manifest_entry entry = {0};
        int found = ledger_next_entry(ledger, after, &entry, error);
        if (found != 1)
            return found;
        if (place++ == taken * build->documents / count) {
            strlist_add(keys, entry.key);
            taken++;
        }
        free(after);
        after = mem_text(entry.key);
        manifest_entry_clear(&entry);
    }
    return 0;
}

static int add_sample(struct build *build, const char *key, struct buf *samples)
{
    struct manifest_entry entry = {0};
    int found = ledger_find_entry(build->index->ledger, key, &entry, build->error);
    RECORD_AUTO struct record *record =
        found == 1 ? statements_document(build->index->ledger, &entry, RECORD_WHOLE, build->error) : NULL;
    manifest_entry_clear(&entry);
    BUF_AUTO struct buf packed = BUF_INIT(TEXT_RECORD_MAX);
    if (!record || document_pack(record, &packed, build->error) != 0)
        return -1;
    buf_append(samples, packed.data, packed.len);
    return 0;
}

static int train_dictionary(struct build *build, const char *path)
{
    enum { STRIDE = 619 }; /* a prime: visits every sample, far from the one before */
    STRLIST_AUTO struct strlist keys = {0};
    BUF_AUTO struct buf samples = BUF_INIT(INDEX_SAMPLES_MAX + TEXT_RECORD_MAX);
    if (sample_keys(build, build->index->ledger, TEXT_DICTIONARY_SAMPLES, &keys, build->error) != 0)
        return -1;
    size_t *sizes = mem_zero(keys.len, sizeof *sizes);
    size_t count = 0;
    int status = 0;
    while (status == 0 && count < keys.len && samples.len < INDEX_SAMPLES_MAX) {
        size_t before = samples.len;
        size_t which = keys.len % STRIDE == 0 ? count : count * STRIDE % keys.len;
        status = add_sample(build, keys.items[which], &samples);
        sizes[count++] = samples.len - before;
    }
    if (status == 0)
        status = text_dictionary_train(path, &samples, sizes, count, build->error);
    free(sizes);
    return status;
}

/* ---- phrases ---- */

/* The phrases are chosen beside the training of the dictionary: both read a sample of fixed size. */
struct choosing {
    struct build *build;
    struct ledger *ledger;
    pthread_t thread;
    bool started;
    int status;
    struct error error;
};

static int add_to_sample(struct choosing *choosing, const char *key, struct analyser *analyser,
                         struct phrase_sample *sample)
{
    struct manifest_entry entry = {0};
    int found = ledger_find_entry(choosing->ledger, key, &entry, &choosing->error);
    int status = found < 0 ? -1 : 0;
    if (found == 1 && !entry.edition) {
        RECORD_AUTO struct record *record =
            statements_document(choosing->ledger, &entry, RECORD_WHOLE, &choosing->error);
        if (record)
            phrase_sample_add(sample, analyser, record);
        else
            status = -1;
    }
    manifest_entry_clear(&entry);
    return status;
}

static int choose_phrases(struct choosing *choosing)
{
    STRLIST_AUTO struct strlist keys = {0};
    if (sample_keys(choosing->build, choosing->ledger, PHRASE_SAMPLE_RECORDS, &keys, &choosing->error) != 0)
        return -1;
    struct analyser *analyser = analyser_new();
    struct phrase_sample *sample = phrase_sample_new();
    int status = analyser ? 0 : -1;
    if (!analyser)
        error_set(&choosing->error, "no memory for the analyser");
    for (size_t i = 0; i < keys.len && status == 0; i++)
        status = add_to_sample(choosing, keys.items[i], analyser, sample);
    struct phrase_list chosen = phrase_sample_choose(sample, PHRASE_LIST_MAX);
    choosing->build->phrases = phrases_new(&chosen);
    phrase_sample_free(sample);
    analyser_free(analyser);
    return status;
}

static void *run_choosing(void *context)
{
    struct choosing *choosing = context;
    choosing->status = choose_phrases(choosing);
    return NULL;
}

/* On a thread of its own where there are to be several, else here and now. 0, or -1 with the build's error.
 */
static int start_choosing(struct choosing *choosing)
{
    const struct index *index = choosing->build->index;
    if (ledger_open(index->ledger_path, LEDGER_READ, &choosing->ledger, choosing->build->error) != 0)
        return -1;
    choosing->started =
        index->jobs > 1 && pthread_create(&choosing->thread, NULL, run_choosing, choosing) == 0;
    if (!choosing->started)
        run_choosing(choosing);
    return 0;
}

static int end_choosing(struct choosing *choosing)
{
    struct error *error = choosing->build->error;
    if (choosing->started)
        pthread_join(choosing->thread, NULL);
    ledger_close(choosing->ledger);
    if (choosing->status != 0) {
        error_at(error, choosing->error.place, NULL, 0);
        error_set(error, "%s", choosing->error.text);
    }
    return choosing->status;
}

static int open_text(struct build *build)
{
    MEM_AUTO char *text = generation_text(build->index->db, build->generation);
    MEM_AUTO char *dictionary = generation_text_dictionary(build->index->db, build->generation);
    report_progress(build->index->report, "indexing", 0, build->documents);
    if (train_dictionary(build, dictionary) != 0)
        return -1;
    return text_writer_open(text, dictionary, &build->text, build->error);
}

/* ---- putting it together ---- */

/* Parts the records of all shards but the last among all threads. */
static int part_spellings(struct build *build)
{
    int64_t documents = build->documents * (int64_t)(build->shard_count - 1) / (int64_t)build->shard_count;
    for (size_t i = 0; i < build->shard_count; i++) {
        struct shard *shard = &build->shards[i];
        const char *before = i > 0 ? build->shards[i - 1].spelt_last : "";
        if (part_stretch(build, i, documents, before, &shard->spelt_after, &shard->spelt_last) != 0)
            return -1;
    }
    return 0;
}

/* The thread of the last shard gives ordinals as it goes, in the order of the records: those that stand
 * before its own have theirs by then. */
static int assign_ordinals(struct build *build)
{
    if (build->shard_count <= 1)
        return 0;
    if (part_spellings(build) != 0)
        return -1;
    if (run_shards(build, gather_spellings, "looking through records") != 0)
        return -1;
    for (size_t i = 0; i < build->shard_count; i++) {
        spellings_enter(build->shards[i].spellings, build->dictionaries);
        spellings_free(build->shards[i].spellings);
        build->shards[i].spellings = NULL;
    }
    return 0;
}

/* The sums of all stretches, which are the same however many there are. */
static int write_pairs(struct build *build, struct shim_writer *writer)
{
    struct pairs *pairs = pairs_new();
    for (size_t i = 0; i < build->shard_count; i++)
        pairs_merge(pairs, build->shards[i].pairs);
    int status = pairs_save(pairs, writer, build->error);
    pairs_free(pairs);
    return status;
}

static int write_metadata(struct build *build, const char *path, int64_t sequence)
{
    struct shim_writer *writer = NULL;
    struct shim_error shim_error;
    enum shim_status status = shim_writer_open(path, &writer, &shim_error);
    if (status == SHIM_OK)
        status = shim_writer_begin(writer, &shim_error);
    int written = -1;
    if (status == SHIM_OK && phrases_write(build->phrases, true, writer, build->error) == 0) {
        written = index_write_metadata(build->index, writer, build->dictionaries, sequence, 0, build->error);
        if (written == 0)
            written = write_pairs(build, writer);
        if (written == 0)
            status = shim_writer_commit(writer, &shim_error);
    }
    shim_writer_free(writer);
    if (status != SHIM_OK)
        return index_fail("the index cannot be written", &shim_error, build->error);
    return written;
}

static void remove_folder(const char *path)
{
    char *const roots[] = {(char *)path, NULL};
    FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;
    while (tree && (entry = fts_read(tree)))
        if (entry->fts_info == FTS_DP)
            rmdir(entry->fts_accpath);
        else if (entry->fts_info != FTS_D)
            unlink(entry->fts_accpath);
    if (tree)
        fts_close(tree);
}

/* Makes the index of all segments, in order. */
static int join_segments(struct build *build, const char *postings)
{
    const char **paths = NULL;
    size_t count = 0, cap = 0;
    for (size_t i = 0; i < build->shard_count; i++) {
        const struct strlist *segments = &build->shards[i].segments;
        for (size_t n = 0; n < segments->len; n++) {
            paths = mem_push(paths, count, &cap, sizeof *paths);
            paths[count++] = segments->items[n];
        }
    }
    struct shim_error shim_error;
    enum shim_status status = shim_compact(paths, count, postings, &shim_error);
    for (size_t i = 0; i < count; i++)
        remove_folder(paths[i]);
    free(paths);
    return status == SHIM_OK ? 0 : index_fail("the index cannot be made compact", &shim_error, build->error);
}

static int build_documents(struct build *build, int64_t sequence)
{
    MEM_AUTO char *postings = generation_postings(build->index->db, build->generation);
    if (build->documents == 0)
        return write_metadata(build, postings, sequence);
    if (part_shards(build) != 0 || assign_ordinals(build) != 0 ||
        run_shards(build, build_shard, "indexing") != 0)
        return -1;
    for (size_t i = 0; i < build->shard_count; i++)
        phrases_take(build->phrases, build->shards[i].phrases);
    if (write_metadata(build, build->shards[0].segments.items[0], sequence) != 0)
        return -1;
    return join_segments(build, postings);
}

static int prepare(struct build *build)
{
    struct choosing choosing = {.build = build, .error = ERROR_NONE};
    if (start_choosing(&choosing) != 0)
        return -1;
    int status = open_text(build);
    return end_choosing(&choosing) != 0 ? -1 : status;
}

static int build_generation(struct build *build, int64_t sequence)
{
    if (prepare(build) != 0)
        return -1;
    build->dictionaries = dictionaries_open(NULL, build->error);
    if (!build->dictionaries)
        return -1;
    document_store_init(&build->store, build->dictionaries, build->text);
    int status = build_documents(build, sequence);
    document_store_destroy(&build->store);
    if (status == 0)
        status = text_writer_sync(build->text, build->error);
    if (status == 0)
        status = generation_publish(build->index->db, build->generation, build->error);
    return status;
}

int index_build(const struct index *index, int64_t sequence, struct error *error)
{
    struct build build = {.index = index, .error = error};
    int64_t records;
    if (ledger_count(index->ledger, &build.documents, &records, error) != 0 ||
        generation_create(index->db, build.generation, error) != 0)
        return -1;
    int status = build_generation(&build, sequence);
    free_shards(&build);
    dictionaries_free(build.dictionaries);
    phrases_free(build.phrases);
    text_writer_free(build.text);
    /* What CURRENT does not name goes, the new one if it failed; where CURRENT cannot be read, nothing is
     * touched. */
    char current[GENERATION_NAME_SIZE];
    int has_current = generation_current(index->db, current, NULL);
    if (has_current >= 0)
        generation_remove_others(index->db, has_current == 0 ? current : NULL);
    return status;
}
