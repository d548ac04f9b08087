/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read one after the other: value slots, terms, spelling entries; and the two look-ups beside them.
 */
#include "shim/internal.hh"

using shim::reading;
using shim::report;

struct shim_column {
    Xapian::ValueIterator at, end;
    std::string value; /* what was handed out last */
    bool started;
    shim_status spoilt;
};

struct shim_terms {
    Xapian::TermIterator at, end;
    std::string prefix;
    std::string term; /* what was handed out last */
    bool started;
    shim_status spoilt;
};

namespace
{

/* Empty where there is none, or where the library cannot read what it needs to tell. */
std::string nearest_spelling(const Xapian::Database &index, const std::string &word, unsigned distance)
{
    try {
        return index.get_spelling_suggestion(word, distance);
    } catch (const Xapian::DatabaseCorruptError &problem) {
        if (shim::is_sound_but_unread(problem))
            return std::string();
        throw;
    }
}

} // namespace

extern "C" {

enum shim_status shim_column_open(struct shim_reader *reader, uint32_t slot, struct shim_column **ret_column,
                                  struct shim_error *error)
{
    return reading(reader, error, [&] {
        const Xapian::Database &index = reader->index;
        *ret_column =
            new shim_column{index.valuestream_begin(slot), index.valuestream_end(slot), {}, false, SHIM_OK};
        return SHIM_OK;
    });
}

enum shim_status shim_column_next(struct shim_column *column, uint32_t *ret_document, const void **ret_bytes,
                                  size_t *ret_len, struct shim_error *error)
{
    return reading(column, error, [&] {
        if (column->started && column->at != column->end)
            ++column->at;
        column->started = true;
        if (column->at == column->end)
            return SHIM_END;
        column->value = *column->at;
        *ret_document = column->at.get_docid();
        *ret_bytes = column->value.data();
        *ret_len = column->value.size();
        return SHIM_OK;
    });
}

void shim_column_free(struct shim_column *column)
{
    delete column;
}

enum shim_status shim_reader_terms(struct shim_reader *reader, const char *prefix, size_t len,
                                   struct shim_terms **ret_terms, struct shim_error *error)
{
    if (len > SHIM_TERM_MAX)
        return report(error, SHIM_INVALID, "no term is as long as this prefix");
    return reading(reader, error, [&] {
        const std::string begin(prefix, len);
        const Xapian::Database &index = reader->index;
        *ret_terms =
            new shim_terms{index.allterms_begin(begin), index.allterms_end(begin), begin, {}, false, SHIM_OK};
        return SHIM_OK;
    });
}

enum shim_status shim_reader_spellings(struct shim_reader *reader, const char *prefix, size_t len,
                                       struct shim_terms **ret_terms, struct shim_error *error)
{
    if (len > SHIM_TERM_MAX)
        return report(error, SHIM_INVALID, "no spelling entry is as long as this prefix");
    return reading(reader, error, [&] {
        const std::string begin(prefix, len);
        Xapian::TermIterator at = reader->index.spellings_begin();
        at.skip_to(begin);
        *ret_terms = new shim_terms{at, reader->index.spellings_end(), begin, {}, false, SHIM_OK};
        return SHIM_OK;
    });
}

enum shim_status shim_terms_next(struct shim_terms *terms, const char **ret_term, size_t *ret_len,
                                 uint32_t *ret_count, struct shim_error *error)
{
    return reading(terms, error, [&] {
        if (terms->started && terms->at != terms->end)
            ++terms->at;
        terms->started = true;
        if (terms->at == terms->end)
            return SHIM_END;
        terms->term = *terms->at;
        if (terms->term.compare(0, terms->prefix.size(), terms->prefix) != 0) {
            terms->at = terms->end; /* spelling entries are walked to their end, not to the prefix's */
            return SHIM_END;
        }
        *ret_count = terms->at.get_termfreq();
        *ret_term = terms->term.data();
        *ret_len = terms->term.size();
        return SHIM_OK;
    });
}

void shim_terms_free(struct shim_terms *terms)
{
    delete terms;
}

enum shim_status shim_reader_correct(struct shim_reader *reader, const char *word, size_t len,
                                     unsigned distance, char **ret_word, struct shim_error *error)
{
    return reading(reader, error, [&] {
        std::string nearest;
        if (len <= SHIM_SPELLING_MAX) /* the look-up takes time by the word's length */
            nearest = nearest_spelling(reader->index, std::string(word, len), distance);
        if (nearest.empty())
            return report(error, SHIM_NOT_FOUND, "no spelling entry is near enough");
        *ret_word = static_cast<char *>(shim::copy_out(nearest));
        return SHIM_OK;
    });
}

enum shim_status shim_reader_synonyms(struct shim_reader *reader, const char *word, char **ret_lines,
                                      struct shim_error *error)
{
    return reading(reader, error, [&] {
        std::string lines;
        const auto end = reader->index.synonyms_end(word);
        for (auto at = reader->index.synonyms_begin(word); at != end; ++at)
            lines.append(lines.empty() ? "" : "\n").append(*at);
        if (lines.empty())
            return report(error, SHIM_NOT_FOUND, "the word has no synonyms");
        *ret_lines = static_cast<char *>(shim::copy_out(lines));
        return SHIM_OK;
    });
}

} // extern "C"
