/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An index held against what should be in it, and its tables against one another. */
#include <cstdint>
#include <vector>

#include "shim/internal.hh"

using shim::reading;
using shim::report;

namespace
{

enum { SHOWN_MAX = 60 /* bytes of a term in a message */ };

/* A term as a message may have it: in quotes, what is no printable ASCII as '?'. */
std::string quoted(const std::string &term)
{
    std::string shown = "\"";
    for (char byte : term.substr(0, SHOWN_MAX))
        shown += byte >= ' ' && byte <= '~' ? byte : '?';
    return shown + "\"";
}

shim_status differs(shim_error *error, const std::string &what)
{
    return report(error, SHIM_DAMAGED, what.c_str());
}

bool same_positions(const Xapian::TermIterator &one, const Xapian::TermIterator &other)
{
    Xapian::PositionIterator a = one.positionlist_begin(), b = other.positionlist_begin();
    const Xapian::PositionIterator a_end = one.positionlist_end(), b_end = other.positionlist_end();
    for (; a != a_end && b != b_end; ++a, ++b)
        if (*a != *b)
            return false;
    return a == a_end && b == b_end;
}

shim_status compare_terms(const Xapian::Document &there, const Xapian::Document &wanted, shim_error *error)
{
    Xapian::TermIterator a = there.termlist_begin(), b = wanted.termlist_begin();
    const Xapian::TermIterator a_end = there.termlist_end(), b_end = wanted.termlist_end();
    for (; a != a_end && b != b_end; ++a, ++b) {
        const std::string term = *a, should = *b;
        if (term != should)
            return differs(error, "it has the term " + quoted(term) + " in place of " + quoted(should));
        if (a.get_wdf() != b.get_wdf() || !same_positions(a, b))
            return differs(error, "the term " + quoted(term) + " is not where it should be");
    }
    if (a != a_end || b != b_end)
        return differs(error, a != a_end ? "it has terms too many" : "it lacks terms");
    return SHIM_OK;
}

shim_status compare_values(const Xapian::Document &there, const Xapian::Document &wanted, shim_error *error)
{
    Xapian::ValueIterator a = there.values_begin(), b = wanted.values_begin();
    const Xapian::ValueIterator a_end = there.values_end(), b_end = wanted.values_end();
    for (; a != a_end && b != b_end; ++a, ++b)
        if (a.get_valueno() != b.get_valueno() || *a != *b)
            return differs(error, "its value " + std::to_string(b.get_valueno()) + " is another");
    if (a != a_end || b != b_end)
        return differs(error, a != a_end ? "it has values too many" : "it lacks values");
    return SHIM_OK;
}

/* FNV-1a of 64 bits (draft-eastlake-fnv), stirred by the count. */
uint64_t posting_sum(const std::string &term, uint32_t count)
{
    uint64_t sum = UINT64_C(0xCBF29CE484222325);
    for (unsigned char byte : term)
        sum = (sum ^ byte) * UINT64_C(0x100000001B3);
    return (sum ^ count) * UINT64_C(0x9E3779B97F4A7C15);
}

} // namespace

extern "C" {

enum shim_status shim_reader_compare(struct shim_reader *reader, uint32_t document,
                                     const struct shim_document *wanted, struct shim_error *error)
{
    /* A document that is another is read as well as any: it must not spoil the reader for those behind it. */
    shim_status found = SHIM_OK;
    const shim_status status = reading(reader, error, [&] {
        const Xapian::Document there = reader->index.get_document(document);
        found = compare_terms(there, wanted->document, error);
        if (found == SHIM_OK)
            found = compare_values(there, wanted->document, error);
        return SHIM_OK;
    });
    return status == SHIM_OK ? found : status;
}

enum shim_status shim_reader_check_postings(struct shim_reader *reader, struct shim_error *error)
{
    return reading(reader, error, [&] {
        const Xapian::Database &index = reader->index;
        const Xapian::docid last = index.get_lastdocid();
        std::vector<uint64_t> sums(static_cast<size_t>(last) + 1);
        for (auto term = index.allterms_begin(); term != index.allterms_end(); ++term) {
            const std::string name = *term;
            for (auto at = index.postlist_begin(name); at != index.postlist_end(name); ++at) {
                if (*at > last)
                    return differs(error, "the term " + quoted(name) + " is in a document that is not there");
                sums[*at] += posting_sum(name, at.get_wdf());
            }
        }
        for (auto at = index.postlist_begin(std::string()); at != index.postlist_end(std::string()); ++at)
            for (auto term = index.termlist_begin(*at); term != index.termlist_end(*at); ++term)
                sums.at(*at) -= posting_sum(*term, term.get_wdf());
        for (Xapian::docid document = 1; document <= last; document++)
            if (sums[document] != 0)
                return differs(error, "what the postings have of document " + std::to_string(document) +
                                          " are not its terms");
        return SHIM_OK;
    });
}

} // extern "C"
