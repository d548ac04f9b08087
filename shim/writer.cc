/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

#include "shim/internal.hh"

using shim::guarded;
using shim::report;

namespace
{

const char FLUSH_THRESHOLD[] = "XAPIAN_FLUSH_THRESHOLD";
const unsigned FLUSH_THRESHOLD_DEFAULT =
    500; /* documents; a batch of 5,500 takes 68 MB, with the library's own 599 */

/* The library reads the threshold from the environment each time an index is opened for writing, and the
 * environment may not be changed beside other threads: so it is set before main(), where the user has not set
 * it. */
[[maybe_unused]] const int flush_threshold_set = [] {
    char text[16];
    std::snprintf(text, sizeof(text), "%u", FLUSH_THRESHOLD_DEFAULT);
    return setenv(FLUSH_THRESHOLD, text, 0);
}();

enum class Batch {
    none,
    open,
    failed, /* a change was made in part: what follows would be committed without it */
    stuck,  /* not even undoing worked */
};

const char *batch_trouble(Batch batch)
{
    switch (batch) {
    case Batch::none:
        return "no batch is open";
    case Batch::open:
        return "a batch is open already";
    case Batch::failed:
        return "an earlier change of this batch failed: cancel it";
    case Batch::stuck:
        break;
    }
    return "this writer failed and could not undo its changes: open another";
}

} // namespace

struct shim_writer {
    std::string path;
    Xapian::WritableDatabase index;
    Batch batch;
    bool is_scratch;
    shim_reader view;
};

namespace
{

/* Drops all changes since the last commit, in a transaction or left by a commit that failed half-way. */
Batch undo(shim_writer *writer) noexcept
{
    try {
        try {
            writer->index.cancel_transaction();
        } catch (const Xapian::InvalidOperationError &) {
            writer->index.begin_transaction(false);
            writer->index.cancel_transaction();
        }
        return Batch::none;
    } catch (...) {
        return Batch::stuck;
    }
}

/* Lets go of an index of which changes could not be undone. Left to itself the library commits them as it
 * goes, half made as they are, or never comes to an end of it: in a transaction it does not. */
void abandon(shim_writer *writer) noexcept
{
    try {
        writer->index.begin_transaction(false);
    } catch (...) { // NOLINT(bugprone-empty-catch): there is one
    }
    try {
        writer->index.close();
    } catch (...) { // NOLINT(bugprone-empty-catch): nothing is left to be done
    }
}

/* One change of the open batch. */
template <typename Body> shim_status change(shim_writer *writer, shim_error *error, Body &&body) noexcept
{
    if (writer->batch != Batch::open)
        return report(error, SHIM_INVALID, batch_trouble(writer->batch));
    shim_status status = guarded(error, body);
    if (status != SHIM_OK && status != SHIM_NOT_FOUND)
        writer->batch = Batch::failed;
    return status;
}

shim_status open_writer(const char *path, bool is_scratch, shim_writer **ret_writer,
                        shim_error *error) noexcept
{
    shim_status status = guarded(error, [&] {
        /* Told to create where need be, the library would do so over an index that has lost a table. */
        const bool there = access((std::string(path) + "/iamglass").c_str(), F_OK) == 0;
        const int action = there ? Xapian::DB_OPEN : Xapian::DB_CREATE_OR_OPEN;
        const int care = is_scratch ? Xapian::DB_NO_SYNC | Xapian::DB_DANGEROUS : 0;
        shim_status tables = there ? shim::find_tables(path, error) : SHIM_OK;
        if (tables != SHIM_OK)
            return tables;
        Xapian::WritableDatabase index(path, action | care | Xapian::DB_BACKEND_GLASS);
        tables = shim::make_tables(path, error);
        if (tables != SHIM_OK)
            return tables;
        shim_reader view{index, true, SHIM_OK, {}, {}};
        // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): guarded() catches
        *ret_writer = new shim_writer{path, index, Batch::none, is_scratch, view};
        return SHIM_OK;
    });
    return shim::at_path(status, path, error);
}

shim_status check_spelling(const char *word, size_t len, shim_error *error) noexcept
{
    if (!word || len == 0)
        return report(error, SHIM_INVALID, "a spelling entry must not be empty");
    return SHIM_OK;
}

} // namespace

namespace shim
{

shim_status sync_folder(const char *path, shim_error *error) noexcept
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return report_errno(error, path, "cannot open the folder");
    shim_status status = fsync(folder) == 0 ? SHIM_OK : report_errno(error, path, "cannot sync the folder");
    close(folder);
    return status;
}

} // namespace shim

extern "C" {

void shim_set_flush_threshold(unsigned documents)
{
    char text[16];
    std::snprintf(text, sizeof(text), "%u", documents ? documents : FLUSH_THRESHOLD_DEFAULT);
    setenv(FLUSH_THRESHOLD, text, 1);
}

enum shim_status shim_writer_open(const char *path, struct shim_writer **ret_writer, struct shim_error *error)
{
    return open_writer(path, false, ret_writer, error);
}

enum shim_status shim_writer_open_scratch(const char *path, struct shim_writer **ret_writer,
                                          struct shim_error *error)
{
    return open_writer(path, true, ret_writer, error);
}

void shim_writer_free(struct shim_writer *writer)
{
    if (!writer)
        return;
    if (writer->batch == Batch::open || writer->batch == Batch::failed)
        writer->batch = undo(writer);
    if (writer->batch == Batch::stuck)
        abandon(writer);
    delete writer;
}

enum shim_status shim_writer_begin(struct shim_writer *writer, struct shim_error *error)
{
    if (writer->batch != Batch::none)
        return report(error, SHIM_INVALID, batch_trouble(writer->batch));
    return guarded(error, [&] {
        writer->index.begin_transaction(true);
        writer->batch = Batch::open;
        return SHIM_OK;
    });
}

enum shim_status shim_writer_commit(struct shim_writer *writer, struct shim_error *error)
{
    if (writer->batch != Batch::open)
        return report(error, SHIM_INVALID, batch_trouble(writer->batch));
    shim_status status = guarded(error, [&] {
        writer->index.commit_transaction();
        return SHIM_OK;
    });
    if (status != SHIM_OK) {
        writer->batch = undo(writer);
        return status;
    }
    writer->batch = Batch::none;
    if (writer->is_scratch)
        return SHIM_OK;
    /* The commit renamed its version file; only the folder's own sync makes the rename last. */
    return shim::sync_folder(writer->path.c_str(), error);
}

enum shim_status shim_writer_cancel(struct shim_writer *writer, struct shim_error *error)
{
    if (writer->batch == Batch::none || writer->batch == Batch::stuck)
        return report(error, SHIM_INVALID, batch_trouble(writer->batch));
    writer->batch = undo(writer);
    if (writer->batch == Batch::none)
        return SHIM_OK;
    return report(error, SHIM_IO, batch_trouble(writer->batch));
}

enum shim_status shim_writer_replace(struct shim_writer *writer, const char *identity, size_t len,
                                     struct shim_document *document, uint32_t *ret_document,
                                     struct shim_error *error)
{
    if (shim::check_term(identity, len, error) != SHIM_OK)
        return SHIM_INVALID;
    return change(writer, error, [&] {
        const std::string term(identity, len);
        document->document.add_boolean_term(term);
        *ret_document = writer->index.replace_document(term, document->document);
        return SHIM_OK;
    });
}

enum shim_status shim_writer_add(struct shim_writer *writer, struct shim_document *document,
                                 uint32_t *ret_document, struct shim_error *error)
{
    return change(writer, error, [&] {
        *ret_document = writer->index.add_document(document->document);
        return SHIM_OK;
    });
}

enum shim_status shim_writer_delete(struct shim_writer *writer, const char *identity, size_t len,
                                    struct shim_error *error)
{
    if (shim::check_term(identity, len, error) != SHIM_OK)
        return SHIM_INVALID;
    return change(writer, error, [&] {
        const std::string term(identity, len);
        if (!writer->index.term_exists(term))
            return report(error, SHIM_NOT_FOUND, "no document has this identity");
        writer->index.delete_document(term);
        return SHIM_OK;
    });
}

enum shim_status shim_writer_add_spelling(struct shim_writer *writer, const char *word, size_t len,
                                          uint32_t count, struct shim_error *error)
{
    if (check_spelling(word, len, error) != SHIM_OK)
        return SHIM_INVALID;
    return change(writer, error, [&] {
        if (len <= SHIM_SPELLING_MAX && count > 0)
            writer->index.add_spelling(std::string(word, len), count);
        return SHIM_OK;
    });
}

enum shim_status shim_writer_remove_spelling(struct shim_writer *writer, const char *word, size_t len,
                                             uint32_t count, struct shim_error *error)
{
    if (check_spelling(word, len, error) != SHIM_OK)
        return SHIM_INVALID;
    return change(writer, error, [&] {
        if (len <= SHIM_SPELLING_MAX && count > 0)
            writer->index.remove_spelling(std::string(word, len), count);
        return SHIM_OK;
    });
}

enum shim_status shim_writer_add_synonym(struct shim_writer *writer, const char *word, const char *synonym,
                                         struct shim_error *error)
{
    if (!shim::fits_term(word, std::strlen(word)) || !shim::fits_term(synonym, std::strlen(synonym)) ||
        std::strchr(synonym, '\n'))
        return report(error, SHIM_INVALID, "a synonym and its word must have 1 to 245 bytes and no line end");
    return change(writer, error, [&] {
        writer->index.add_synonym(word, synonym);
        return SHIM_OK;
    });
}

enum shim_status shim_writer_clear_synonyms(struct shim_writer *writer, const char *word,
                                            struct shim_error *error)
{
    if (shim::check_term(word, std::strlen(word), error) != SHIM_OK)
        return SHIM_INVALID;
    return change(writer, error, [&] {
        writer->index.clear_synonyms(word);
        return SHIM_OK;
    });
}

enum shim_status shim_writer_set_metadata(struct shim_writer *writer, const char *key, const void *bytes,
                                          size_t len, struct shim_error *error)
{
    if (!shim::fits_term(key, std::strlen(key)))
        return report(error, SHIM_INVALID, "a metadata key must have 1 to 245 bytes");
    return change(writer, error, [&] {
        writer->index.set_metadata(key,
                                   len ? std::string(static_cast<const char *>(bytes), len) : std::string());
        return SHIM_OK;
    });
}

struct shim_reader *shim_writer_view(struct shim_writer *writer)
{
    return &writer->view;
}

} // extern "C"
