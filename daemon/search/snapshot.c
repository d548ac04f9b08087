/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/search/snapshot.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "indexer/base/mem.h"
#include "indexer/store/metadata.h"

enum {
    OPEN_TRIES_MAX = 20, /* times the readers are opened anew because a commit came between them */
};

/* FNV-1a of 64 bits (draft-eastlake-fnv). */
#define TAG_OFFSET UINT64_C(0xCBF29CE484222325)
#define TAG_PRIME UINT64_C(0x100000001B3)

static void close_workers(struct snapshot *snapshot)
{
    for (unsigned i = 0; i < snapshot->worker_count; i++) {
        shim_reader_free(snapshot->workers[i].reader);
        analyser_free(snapshot->workers[i].analyser);
        text_frame_free(snapshot->workers[i].frame);
    }
    free(snapshot->workers);
    snapshot->workers = NULL;
    snapshot->worker_count = 0;
}

static void unload(struct snapshot *snapshot)
{
    kept_free(snapshot->kept);
    values_free(snapshot->values);
    completions_free(snapshot->completions);
    columns_free(snapshot->columns);
    vocabulary_free(snapshot->vocabulary);
    text_reader_free(snapshot->texts);
    snapshot->kept = NULL;
    snapshot->values = NULL;
    snapshot->columns = NULL;
    snapshot->vocabulary = NULL;
    snapshot->completions = NULL;
    snapshot->texts = NULL;
}

static void snapshot_free(struct snapshot *snapshot)
{
    close_workers(snapshot);
    unload(snapshot);
    free(snapshot);
}

/* An index of another format is refused rather than misread. */
static int check_format(struct shim_reader *reader, struct error *error)
{
    long format = (long)metadata_number(reader, "format");
    long analyser = (long)metadata_number(reader, "analyser");
    if (format == FIELD_FORMAT && analyser == ANALYSER_VERSION)
        return 0;
    error_set(error,
              "the index has format %ld.%ld, this program reads %d.%d; bring it up to date with: "
              "purpose-index --db DIR SOURCE... (its history is kept)",
              format, analyser, FIELD_FORMAT, ANALYSER_VERSION);
    return -1;
}

/* Opens one reader a worker, all at the same commit. 0, 1 to try again, -1 with `error`. */
static int open_workers(struct snapshot *snapshot, const char *postings, unsigned workers,
                        struct error *error)
{
    snapshot->workers = mem_zero(workers, sizeof *snapshot->workers);
    snapshot->worker_count = workers;
    for (unsigned i = 0; i < workers; i++) {
        struct snapshot_worker *worker = &snapshot->workers[i];
        struct shim_error shim_error;
        uint64_t epoch;
        enum shim_status status = shim_reader_open(postings, &worker->reader, &shim_error);
        if (status == SHIM_OK)
            status = shim_reader_epoch(worker->reader, &epoch, &shim_error);
        if (status == SHIM_CHANGED || (status == SHIM_OK && i > 0 && epoch != snapshot->epoch)) {
            close_workers(snapshot);
            return 1;
        }
        worker->analyser = analyser_new();
        worker->frame = text_frame_new();
        if (status != SHIM_OK || !worker->analyser) {
            error_at(error, postings, NULL, 0);
            error_set(error, "%s", status != SHIM_OK ? shim_error.text : "no memory");
            close_workers(snapshot);
            return -1;
        }
        snapshot->epoch = epoch;
    }
    return 0;
}

/* Another reader of the same commit, for a thread that helps to load: the next worker's, or one *made* for
 * it. NULL where there is none, and one thread loads. */
static struct shim_reader *second_reader(const struct snapshot *snapshot, const char *postings)
{
    if (snapshot->worker_count > 1)
        return snapshot->workers[1].reader;
    struct shim_reader *reader;
    uint64_t epoch;
    if (shim_reader_open(postings, &reader, NULL) != SHIM_OK)
        return NULL;
    if (shim_reader_epoch(reader, &epoch, NULL) == SHIM_OK && epoch == snapshot->epoch)
        return reader;
    shim_reader_free(reader);
    return NULL;
}

static enum shim_status load_columns(struct snapshot *snapshot, const char *db, struct error *error)
{
    MEM_AUTO char *postings = generation_postings(db, snapshot->generation);
    struct shim_reader *second = second_reader(snapshot, postings);
    enum shim_status status = columns_load(snapshot->workers[0].reader, second, &snapshot->columns, error);
    if (snapshot->worker_count == 1)
        shim_reader_free(second);
    return status;
}

/* Texts are mapped after the readers are open: what the commit refers to was on disk before it. */
static int load(struct snapshot *snapshot, const char *db, struct error *error)
{
    MEM_AUTO char *text = generation_text(db, snapshot->generation);
    MEM_AUTO char *dictionary = generation_text_dictionary(db, snapshot->generation);
    struct shim_reader *reader = snapshot->workers[0].reader;
    if (check_format(reader, error) != 0 || text_reader_open(text, dictionary, &snapshot->texts, error) != 0)
        return -1;
    enum shim_status status = load_columns(snapshot, db, error);
    if (status == SHIM_OK)
        status = vocabulary_load(reader, snapshot->workers[0].analyser, snapshot->columns->record_count,
                                 &snapshot->vocabulary, error);
    if (status == SHIM_OK)
        status = completions_load(reader, snapshot->columns, &snapshot->completions, error);
    if (status == SHIM_OK) {
        snapshot->values = values_new(snapshot->columns->facet_count);
        snapshot->kept = kept_new((size_t)search_limits()->kept_bytes);
        return 0;
    }
    unload(snapshot);
    return status == SHIM_CHANGED ? 1 : -1;
}

/* Names and commits begin anew in an index that was built afresh where another one stood; its files are
 * others. The texts are held as long as they are mapped, so their number is nobody else's. */
static struct snapshot_identity identify(const char *db, const char *generation)
{
    MEM_AUTO char *text = generation_text(db, generation);
    struct stat status;
    if (stat(text, &status) != 0)
        return (struct snapshot_identity){0};
    return (struct snapshot_identity){status.st_dev, status.st_ino};
}

static bool is_identity(const struct snapshot *snapshot, const char *db)
{
    struct snapshot_identity now = identify(db, snapshot->generation);
    return now.device == snapshot->identity.device && now.inode == snapshot->identity.inode;
}

/* What cannot be opened is told with what to do about it. */
static void advise(const char *db, const struct error *failure, struct error *error)
{
    error_at(error, failure->place, NULL, 0);
    if (strstr(failure->text, "purpose-index"))
        error_set(error, "%s", failure->text);
    else
        error_set(error, "%s; purpose-index --db %.128s --check says what to do", failure->text, db);
}

/* One try: 0, 1 to try again, -1 with `error`. */
static int open_once(struct snapshot *snapshot, const char *db, unsigned workers, struct error *error)
{
    MEM_AUTO char *postings = generation_postings(db, snapshot->generation);
    snapshot->identity = identify(db, snapshot->generation);
    int status = open_workers(snapshot, postings, workers, error);
    if (status == 0)
        status = load(snapshot, db, error);
    if (status == 0 && !is_identity(snapshot, db)) {
        unload(snapshot);
        status = 1;
    }
    if (status != 0)
        close_workers(snapshot);
    return status;
}

int snapshot_open(const char *db, unsigned workers, struct snapshot **ret_snapshot, struct error *error)
{
    struct snapshot *snapshot = mem_zero(1, sizeof *snapshot);
    atomic_init(&snapshot->references, 1);
    int status = 1;
    for (int tries = 0; status == 1 && tries < OPEN_TRIES_MAX; tries++) {
        int current = generation_current(db, snapshot->generation, error);
        if (current != 0) {
            snapshot_free(snapshot);
            return current;
        }
        struct error failure = ERROR_NONE;
        status = open_once(snapshot, db, workers, &failure);
        if (status == 0)
            break;
        /* The generation may have been replaced and removed between the two steps: then the next try finds
         * another. */
        char now[GENERATION_NAME_SIZE];
        if (generation_current(db, now, NULL) == 0 && strcmp(now, snapshot->generation) != 0)
            status = 1;
        else if (status == -1)
            advise(db, &failure, error);
    }
    if (status != 0) {
        error_set(error, "the index changes faster than it can be opened");
        snapshot_free(snapshot);
        return -1;
    }
    snprintf(snapshot->revision, sizeof snapshot->revision, "%s/%" PRIu64, snapshot->generation,
             snapshot->epoch);
    *ret_snapshot = snapshot;
    return 0;
}

struct snapshot *snapshot_ref(struct snapshot *snapshot)
{
    atomic_fetch_add_explicit(&snapshot->references, 1, memory_order_relaxed);
    return snapshot;
}

void snapshot_unref(struct snapshot *snapshot)
{
    if (snapshot && atomic_fetch_sub_explicit(&snapshot->references, 1, memory_order_acq_rel) == 1)
        snapshot_free(snapshot);
}

bool snapshot_is_stale(const struct snapshot *snapshot, const char *db)
{
    char now[GENERATION_NAME_SIZE];
    if (generation_current(db, now, NULL) != 0)
        return false; /* what is open goes on being served */
    if (strcmp(now, snapshot->generation) != 0 || !is_identity(snapshot, db))
        return true;
    MEM_AUTO char *postings = generation_postings(db, now);
    struct shim_reader *reader;
    if (shim_reader_open(postings, &reader, NULL) != SHIM_OK)
        return false;
    uint64_t epoch = snapshot->epoch;
    shim_reader_epoch(reader, &epoch, NULL);
    shim_reader_free(reader);
    return epoch != snapshot->epoch;
}

const char *snapshot_revision(const struct snapshot *snapshot)
{
    return snapshot->revision;
}

uint64_t snapshot_tag(const struct snapshot *snapshot)
{
    const uint64_t parts[] = {snapshot->identity.device, snapshot->identity.inode, snapshot->epoch};
    uint64_t tag = TAG_OFFSET;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (unsigned shift = 0; shift < 64; shift += 8)
            tag = (tag ^ (parts[i] >> shift & 0xFF)) * TAG_PRIME;
    return tag;
}

uint32_t snapshot_record_count(const struct snapshot *snapshot)
{
    return snapshot->columns->record_count;
}

size_t snapshot_memory(const struct snapshot *snapshot)
{
    return snapshot->columns->memory + completions_memory(snapshot->completions);
}

struct search_kept snapshot_kept(const struct snapshot *snapshot)
{
    const struct kept_figures figures = kept_figures(snapshot->kept);
    return (struct search_kept){.sets = figures.counts[KEPT_SET],
                                .texts = figures.counts[KEPT_TEXT],
                                .words = figures.counts[KEPT_WORD],
                                .bytes = figures.bytes,
                                .bytes_max = figures.bytes_max,
                                .hits = figures.hits,
                                .misses = figures.misses,
                                .text_hits = figures.text_hits,
                                .text_misses = figures.text_misses};
}
