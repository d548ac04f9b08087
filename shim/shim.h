/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An inverted index for C: terms with positions, value slots, stored data, boolean and ranked matching.
 *
 * Conventions
 *
 * 1. Ownership. A function that returns a pointer to an opaque type, or sets a `ret_` parameter to memory,
 * gives *new* memory: objects go with their `_free`, bytes with shim_free(). *Borrowed* is said where it is
 * so, with how long it lives. *Steals* means that the callee owns the argument from then on, also when the
 * call fails.
 * Every `_free` takes NULL.
 *
 * 2. Threads. No object may be used by two threads at once, nor may objects made from one (columns, term
 * walks) be used beside it. Different readers, also of the same index, may be used by different threads. A
 * writer is one thread's.
 *
 * 3. Errors. Calls that can fail return an enum shim_status and, where `error` is not NULL, fill it. `ret_`
 * parameters are set on success only, and stand last but for `error`. Nothing is ever thrown through this
 * header, and no call ends the program: without memory a call says SHIM_NO_MEMORY, unless
 * shim_on_no_memory() was told otherwise.
 *
 * 4. Text is bytes with a length; what they mean is the caller's. A term is 1 to SHIM_TERM_MAX bytes, NUL
 * bytes counting twice. Positions, document numbers and slots are as their types say; document numbers start
 * at 1.
 *
 * 5. A reader sees one commit. When two more have passed since, a call may say SHIM_CHANGED: the answer so
 * far is void, refresh (or open anew) and run the whole request again.
 *
 * 6. Bounded. Expansions, query size and results have the limits named here or given by the caller.
 */
#ifndef PURPOSED_SHIM_H
#define PURPOSED_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    SHIM_TERM_MAX = 245,      /* bytes of a term */
    SHIM_SPELLING_MAX = 64,   /* bytes of a spelling entry */
    SHIM_ERROR_SIZE = 256,    /* bytes, NUL included */
    SHIM_QUERY_WORDS = 20000, /* leaves of a query; building past it gives NULL */
    SHIM_QUERY_DEPTH = 256,   /* levels of one; AND in AND, OR in OR and NOT after NOT count once */
};

enum shim_status {
    SHIM_OK = 0,
    SHIM_END,       /* a walk has no more */
    SHIM_NOT_FOUND, /* no such document, key or value */
    SHIM_CHANGED,   /* convention 5 */
    SHIM_NO_INDEX,  /* nothing there, or not an index */
    SHIM_DAMAGED,   /* an index that does not hold together, or of a format this library does not read */
    SHIM_LOCKED,    /* another writer has it */
    SHIM_INVALID,   /* an argument out of its bounds, or a call out of order */
    SHIM_TOO_MANY,  /* more expansions than allowed */
    SHIM_IO,        /* the disk or the file system said no */
    SHIM_NO_MEMORY,
    SHIM_INTERNAL, /* anything else; a defect */
};

struct shim_error {
    enum shim_status status;
    char text[SHIM_ERROR_SIZE];
};

struct shim_document;
struct shim_writer;
struct shim_reader;
struct shim_column;
struct shim_terms;
struct shim_query;
struct shim_stemmer;

const char *shim_status_text(enum shim_status status); /* borrowed, for ever */
void shim_free(void *bytes);

/* How many changed documents may gather in memory before they go to disk, uncommitted (default 100, measured
 * the fastest and leanest). One value for the process: call it before any thread starts and before the first
 * writer. */
void shim_set_flush_threshold(unsigned documents);

/* What is called where C++ has no memory, the library's own parts too, and does not come back; NULL: nothing,
 * and calls say SHIM_NO_MEMORY where the library gets by (README.md). Of the process; call it before any
 * thread starts. */
void shim_on_no_memory(void (*end)(void));

/* ---- A document being built ---- */

struct shim_document *shim_document_new(void); /* NULL: no memory */
void shim_document_free(struct shim_document *document);
void shim_document_clear(struct shim_document *document); /* empty again, to be used again */

/* A term met `count` times (its within-document frequency), without positions. */
enum shim_status shim_document_add_term(struct shim_document *document, const char *term, size_t len,
                                        uint32_t count);
/* A term at `n` ascending positions, met `count` times. Handing a document over is quickest, by a fifth, with
 * its terms in the order of their bytes. */
enum shim_status shim_document_add_postings(struct shim_document *document, const char *term, size_t len,
                                            const uint32_t *positions, size_t n, uint32_t count);
enum shim_status shim_document_set_value(struct shim_document *document, uint32_t slot, const void *bytes,
                                         size_t len);
enum shim_status shim_document_set_data(struct shim_document *document, const void *bytes, size_t len);

/* ---- Writer ---- */

/* Opens the index in folder `path` for writing, making it where there is none. */
enum shim_status shim_writer_open(const char *path, struct shim_writer **ret_writer,
                                  struct shim_error *error);
/* The same for an index that only goes into shim_compact(): what is committed may be lost with the machine,
 * and no reader may look at it beside the writer. */
enum shim_status shim_writer_open_scratch(const char *path, struct shim_writer **ret_writer,
                                          struct shim_error *error);
/* Closes; what was not committed is dropped. */
void shim_writer_free(struct shim_writer *writer);

/* One transaction a batch: begin, changes, commit or cancel. Changes outside one say SHIM_INVALID. After
 * commit says SHIM_OK the batch is on disk, the folder synced; until then no reader sees any of it. */
enum shim_status shim_writer_begin(struct shim_writer *writer, struct shim_error *error);
enum shim_status shim_writer_commit(struct shim_writer *writer, struct shim_error *error);
enum shim_status shim_writer_cancel(struct shim_writer *writer, struct shim_error *error);

/* Puts the document in place of the one that has the term `identity`, or adds it; `identity` is added to its
 * terms. */
enum shim_status shim_writer_replace(struct shim_writer *writer, const char *identity, size_t len,
                                     struct shim_document *document, uint32_t *ret_document,
                                     struct shim_error *error);
/* Adds without looking for an older one: for a new index, where the caller knows identities to be
 * distinct. */
enum shim_status shim_writer_add(struct shim_writer *writer, struct shim_document *document,
                                 uint32_t *ret_document, struct shim_error *error);
/* SHIM_NOT_FOUND where there is none. */
enum shim_status shim_writer_delete(struct shim_writer *writer, const char *identity, size_t len,
                                    struct shim_error *error);

/* Spelling entries are what shim_reader_spellings walks and shim_reader_correct offers. Counts add up; taking
 * away the last removes the word. Longer words than SHIM_SPELLING_MAX are left out (SHIM_OK). */
enum shim_status shim_writer_add_spelling(struct shim_writer *writer, const char *word, size_t len,
                                          uint32_t count, struct shim_error *error);
enum shim_status shim_writer_remove_spelling(struct shim_writer *writer, const char *word, size_t len,
                                             uint32_t count, struct shim_error *error);
/* Synonyms of a word or of words parted by single spaces, lower case. */
enum shim_status shim_writer_add_synonym(struct shim_writer *writer, const char *word, const char *synonym,
                                         struct shim_error *error);
enum shim_status shim_writer_clear_synonyms(struct shim_writer *writer, const char *word,
                                            struct shim_error *error);
/* A value under a key of the index as a whole; an empty value removes it. Committed with the batch. */
enum shim_status shim_writer_set_metadata(struct shim_writer *writer, const char *key, const void *bytes,
                                          size_t len, struct shim_error *error);
/* *Borrowed*: a reader of the writer's own state, changes of the open batch included; lives as long as the
 * writer and belongs to the writer's thread. It must not be freed or refreshed. */
struct shim_reader *shim_writer_view(struct shim_writer *writer);

/* Makes one compact index in the new folder `to` out of `n` others, documents in the order given, their
 * numbers moved on past those of the indexes before (gaps inside an index stay); metadata comes from the
 * first that has the key, spelling counts are summed. */
enum shim_status shim_compact(const char *const *from, size_t n, const char *to, struct shim_error *error);
/* Verifies the index's own structure. SHIM_DAMAGED, with what was found. */
enum shim_status shim_check(const char *path, struct shim_error *error);

/* ---- Reader ---- */

enum shim_status shim_reader_open(const char *path, struct shim_reader **ret_reader,
                                  struct shim_error *error);
void shim_reader_free(struct shim_reader *reader);
/* Goes to the newest commit; *ret_changed says whether there was one. Never across a swap of the folder: open
 * anew. */
enum shim_status shim_reader_refresh(struct shim_reader *reader, bool *ret_changed, struct shim_error *error);
/* Grows with each commit of this index; unique together with the folder's name. */
enum shim_status shim_reader_epoch(struct shim_reader *reader, uint64_t *ret_epoch, struct shim_error *error);
enum shim_status shim_reader_count(struct shim_reader *reader, uint32_t *ret_documents, uint32_t *ret_last,
                                   struct shim_error *error);
enum shim_status shim_reader_find(struct shim_reader *reader, const char *identity, size_t len,
                                  uint32_t *ret_document, struct shim_error *error);
enum shim_status shim_reader_data(struct shim_reader *reader, uint32_t document, void **ret_bytes,
                                  size_t *ret_len, struct shim_error *error);
/* An absent value is SHIM_NOT_FOUND. */
enum shim_status shim_reader_value(struct shim_reader *reader, uint32_t document, uint32_t slot,
                                   void **ret_bytes, size_t *ret_len, struct shim_error *error);
enum shim_status shim_reader_metadata(struct shim_reader *reader, const char *key, void **ret_bytes,
                                      size_t *ret_len, struct shim_error *error);
/* In how many documents a term stands; 0 where in none. */
enum shim_status shim_reader_frequency(struct shim_reader *reader, const char *term, size_t len,
                                       uint32_t *ret_documents, struct shim_error *error);
/* The ascending positions of a term in a document, `*ret_n` of them; none is *ret_n 0 and *ret_positions
 * NULL. */
enum shim_status shim_reader_positions(struct shim_reader *reader, uint32_t document, const char *term,
                                       size_t len, uint32_t **ret_positions, size_t *ret_n,
                                       struct shim_error *error);

/* Whether a document has exactly the terms, counts, positions and values of `wanted`; its data is not looked
 * at. SHIM_DAMAGED, with the first that differs. */
enum shim_status shim_reader_compare(struct shim_reader *reader, uint32_t document,
                                     const struct shim_document *wanted, struct shim_error *error);
/* Whether the postings of all terms are those that the documents list: SHIM_DAMAGED, with a document of which
 * they are not. Reads the whole index. */
enum shim_status shim_reader_check_postings(struct shim_reader *reader, struct shim_error *error);

/* Walks a slot in document order; documents without a value are left out. */
enum shim_status shim_column_open(struct shim_reader *reader, uint32_t slot, struct shim_column **ret_column,
                                  struct shim_error *error);
/* SHIM_END when there are no more. The bytes are *borrowed* until the next call. */
enum shim_status shim_column_next(struct shim_column *column, uint32_t *ret_document, const void **ret_bytes,
                                  size_t *ret_len, struct shim_error *error);
void shim_column_free(struct shim_column *column);

/* Walks the terms, or the spelling entries, that begin with `prefix`, by bytes. */
enum shim_status shim_reader_terms(struct shim_reader *reader, const char *prefix, size_t len,
                                   struct shim_terms **ret_terms, struct shim_error *error);
enum shim_status shim_reader_spellings(struct shim_reader *reader, const char *prefix, size_t len,
                                       struct shim_terms **ret_terms, struct shim_error *error);
/* `*ret_count`: documents that have the term, or the spelling's count. The bytes are *borrowed* until the
 * next call. */
enum shim_status shim_terms_next(struct shim_terms *terms, const char **ret_term, size_t *ret_len,
                                 uint32_t *ret_count, struct shim_error *error);
void shim_terms_free(struct shim_terms *terms);
/* The spelling entry nearest to `word`, other than itself, within `distance` edits, of equals the one of the
 * greatest count; SHIM_NOT_FOUND where there is none, or where `word` is an entry of a greater
 * count. */
enum shim_status shim_reader_correct(struct shim_reader *reader, const char *word, size_t len,
                                     unsigned distance, char **ret_word, struct shim_error *error);
/* Synonyms of `word`, one a line ('\n' between); SHIM_NOT_FOUND where there are none. */
enum shim_status shim_reader_synonyms(struct shim_reader *reader, const char *word, char **ret_lines,
                                      struct shim_error *error);

/* ---- Query: a tree built by calls ----
 * Each returns a *new* query, or NULL without memory, past SHIM_QUERY_WORDS or SHIM_QUERY_DEPTH, or for
 * arguments out of bounds. Queries given are *stolen*; a NULL among them gives NULL, so that a tree is asked
 * once, at its root. A query belongs to no reader. */

struct shim_query *shim_query_all(void);
struct shim_query *shim_query_none(void);
struct shim_query *shim_query_word(const char *term, size_t len);
/* The terms in exactly this order, next to each other. */
struct shim_query *shim_query_phrase(const char *const *terms, const size_t *lens, size_t n);
/* The terms in any order with at most `distance` - 1 words between neighbours: a window of n + distance - 1
 * positions. */
struct shim_query *shim_query_near(const char *const *terms, const size_t *lens, size_t n, unsigned distance);
/* Stretches of documents' positions: stretch i of document d goes from starts[d * per_document + i] to before
 * where the next one starts, the first one from position 0, the last one without end. Starts ascend within a
 * document; those of documents below `documents` are known. */
struct shim_stretches {
    const uint32_t *starts; /* borrowed, as long as the query lives */
    size_t documents;
    unsigned per_document; /* at most 32 */
    uint32_t kept;         /* bit i: stretch i counts */
};
/* A word, phrase or NEAR, where what it matches begins in a stretch that counts. NULL for another query. */
struct shim_query *shim_query_held(struct shim_query *query, const struct shim_stretches *stretches);
/* Any term that begins so; matching says SHIM_TOO_MANY past `limit` terms. */
struct shim_query *shim_query_prefix(const char *prefix, size_t len, unsigned limit);
/* An AND of none matches all, an OR of none nothing. */
struct shim_query *shim_query_and(struct shim_query **queries, size_t n);
struct shim_query *shim_query_or(struct shim_query **queries, size_t n);
struct shim_query *shim_query_and_not(struct shim_query *query, struct shim_query *without);
/* Matches both, weighs the first only. */
struct shim_query *shim_query_filter(struct shim_query *query, struct shim_query *filter);
/* Matches the first; weighs both, the second where it matches too. */
struct shim_query *shim_query_boost(struct shim_query *query, struct shim_query *extra);
/* Documents whose value in `slot` lies between both, by bytes, both included; NULL stands for no bound. */
struct shim_query *shim_query_range(uint32_t slot, const void *from, size_t from_len, const void *to,
                                    size_t to_len);
/* The query's weights times `factor` (>= 0). */
struct shim_query *shim_query_scale(struct shim_query *query, double factor);
void shim_query_free(struct shim_query *query);
/* The query in words, for tests and messages; its form is not promised. NULL: no memory. */
char *shim_query_text(const struct shim_query *query);

/* ---- Matching ---- */

/* Sets bit d of `words` (64 to a word, document d at words[d / 64] bit d % 64) for every document that
 * matches; bits from `bits` on do not exist and are left out. Other bits stay. */
enum shim_status shim_match(struct shim_reader *reader, const struct shim_query *query, uint64_t *words,
                            size_t bits, struct shim_error *error);

struct shim_hit {
    uint32_t document;
    double weight;
};

/* How to rank: BM25+ (Robertson and Zaragoza 2009; Lv and Zhai 2011) with these parameters. With `delta` 0,
 * as by default, it is BM25 with the rarity of Lv and Zhai, which is never negative and nothing for a word
 * that all documents have. The defaults were chosen by measuring: tests/relevance. */
struct shim_weighting {
    double k1, b, min_normlen, delta;
};
extern const struct shim_weighting shim_weighting_default;
/* What the weight of a term that `having` (at least one) of `documents` have is multiplied by. */
double shim_weighting_rarity(uint32_t documents, uint32_t having);

/* The documents at ranks `offset` .. `offset` + `limit` - 1 by weight under `query`, heaviest first and then
 * lowest number, among those whose bit is set in `words` (NULL: all). `hits` has room for `limit`. */
enum shim_status shim_top_by_weight(struct shim_reader *reader, const struct shim_query *query,
                                    const uint64_t *words, size_t bits,
                                    const struct shim_weighting *weighting, size_t offset, size_t limit,
                                    struct shim_hit *hits, size_t *ret_n, struct shim_error *error);
/* The same by sort keys: `keys`[d], smallest first (or largest, `descending`), then smallest `ties`[d] (NULL:
 * all equal), then lowest number. Needs no reader. Weights are 0. */
enum shim_status shim_top_by_key(const uint64_t *words, size_t bits, const uint32_t *keys, bool descending,
                                 const uint32_t *ties, size_t offset, size_t limit, struct shim_hit *hits,
                                 size_t *ret_n, struct shim_error *error);

/* ---- Stemmer ---- */

enum shim_status shim_stemmer_new(const char *language, struct shim_stemmer **ret_stemmer,
                                  struct shim_error *error);
void shim_stemmer_free(struct shim_stemmer *stemmer);
/* Writes the stem of a lower-case word of at most SHIM_TERM_MAX bytes. */
enum shim_status shim_stemmer_stem(struct shim_stemmer *stemmer, const char *word, size_t len,
                                   char ret_stem[SHIM_TERM_MAX], size_t *ret_len);

#ifdef __cplusplus
}
#endif

#endif
