/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shim/internal.hh"

#include <vector>

using shim::check_term;
using shim::guarded;
using shim::reading;
using shim::report;

namespace shim
{

Xapian::Database open_index(const char *path)
{
    /* The format is named, so that no file can send the reader elsewhere as a stub. */
    return Xapian::Database(path, Xapian::DB_BACKEND_GLASS);
}

} // namespace shim

namespace
{

shim_status hand_out(const std::string &bytes, void **ret_bytes, size_t *ret_len)
{
    *ret_bytes = shim::copy_out(bytes);
    *ret_len = bytes.size();
    return SHIM_OK;
}

} // namespace

extern "C" {

enum shim_status shim_reader_open(const char *path, struct shim_reader **ret_reader, struct shim_error *error)
{
    shim_status status = guarded(error, [&] {
        const Xapian::Database index = shim::open_index(path);
        const shim_status found = shim::find_tables(path, error);
        if (found == SHIM_OK)
            *ret_reader = new shim_reader{index, false, SHIM_OK, {}, {}};
        return found;
    });
    return shim::at_path(status, path, error);
}

void shim_reader_free(struct shim_reader *reader)
{
    if (reader && !reader->of_writer)
        delete reader;
}

enum shim_status shim_reader_refresh(struct shim_reader *reader, bool *ret_changed, struct shim_error *error)
{
    if (reader->of_writer)
        return report(error, SHIM_INVALID, "a writer's view is always up to date");
    return guarded(error, [&] {
        /* reopen()'s own answer is true for an index without a commit, whatever happened. */
        const Xapian::rev before = reader->index.get_revision();
        reader->index.reopen();
        reader->lengths.clear();
        reader->counts.clear();
        const bool changed = reader->index.get_revision() != before;
        if (changed)
            reader->spoilt = SHIM_OK;
        if (reader->spoilt != SHIM_OK)
            return report(error, reader->spoilt, shim_status_text(reader->spoilt));
        *ret_changed = changed;
        return SHIM_OK;
    });
}

enum shim_status shim_reader_epoch(struct shim_reader *reader, uint64_t *ret_epoch, struct shim_error *error)
{
    return reading(reader, error, [&] {
        *ret_epoch = reader->index.get_revision();
        return SHIM_OK;
    });
}

enum shim_status shim_reader_count(struct shim_reader *reader, uint32_t *ret_documents, uint32_t *ret_last,
                                   struct shim_error *error)
{
    return reading(reader, error, [&] {
        uint32_t documents = reader->index.get_doccount();
        *ret_last = reader->index.get_lastdocid();
        *ret_documents = documents;
        return SHIM_OK;
    });
}

enum shim_status shim_reader_find(struct shim_reader *reader, const char *identity, size_t len,
                                  uint32_t *ret_document, struct shim_error *error)
{
    if (check_term(identity, len, error) != SHIM_OK)
        return SHIM_INVALID;
    return reading(reader, error, [&] {
        const std::string term(identity, len);
        Xapian::PostingIterator posting = reader->index.postlist_begin(term);
        if (posting == reader->index.postlist_end(term))
            return report(error, SHIM_NOT_FOUND, "no document has this identity");
        *ret_document = *posting;
        return SHIM_OK;
    });
}

enum shim_status shim_reader_data(struct shim_reader *reader, uint32_t document, void **ret_bytes,
                                  size_t *ret_len, struct shim_error *error)
{
    return guarded(
        error, [&] { return hand_out(reader->index.get_document(document).get_data(), ret_bytes, ret_len); });
}

enum shim_status shim_reader_value(struct shim_reader *reader, uint32_t document, uint32_t slot,
                                   void **ret_bytes, size_t *ret_len, struct shim_error *error)
{
    return reading(reader, error, [&] {
        std::string value = reader->index.get_document(document).get_value(slot);
        if (value.empty())
            return report(error, SHIM_NOT_FOUND, "the document has no such value");
        return hand_out(value, ret_bytes, ret_len);
    });
}

enum shim_status shim_reader_metadata(struct shim_reader *reader, const char *key, void **ret_bytes,
                                      size_t *ret_len, struct shim_error *error)
{
    return reading(reader, error, [&] {
        std::string value = reader->index.get_metadata(key);
        if (value.empty())
            return report(error, SHIM_NOT_FOUND, "the index has no such metadata");
        return hand_out(value, ret_bytes, ret_len);
    });
}

enum shim_status shim_reader_frequency(struct shim_reader *reader, const char *term, size_t len,
                                       uint32_t *ret_documents, struct shim_error *error)
{
    if (check_term(term, len, error) != SHIM_OK)
        return SHIM_INVALID;
    return reading(reader, error, [&] {
        *ret_documents = reader->index.get_termfreq(std::string(term, len));
        return SHIM_OK;
    });
}

enum shim_status shim_reader_positions(struct shim_reader *reader, uint32_t document, const char *term,
                                       size_t len, uint32_t **ret_positions, size_t *ret_n,
                                       struct shim_error *error)
{
    if (check_term(term, len, error) != SHIM_OK)
        return SHIM_INVALID;
    if (document == 0)
        return report(error, SHIM_INVALID, "document numbers start at 1");
    return reading(reader, error, [&] {
        const std::string name(term, len);
        std::vector<uint32_t> positions;
        const auto end = reader->index.positionlist_end(document, name);
        for (auto at = reader->index.positionlist_begin(document, name); at != end; ++at)
            positions.push_back(*at);
        std::string_view bytes(reinterpret_cast<const char *>(positions.data()),
                               positions.size() * sizeof(uint32_t));
        *ret_positions = positions.empty() ? nullptr : static_cast<uint32_t *>(shim::copy_out(bytes));
        *ret_n = positions.size();
        return SHIM_OK;
    });
}

} // extern "C"
