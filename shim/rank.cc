/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranking: by weight through the library under a bitmap, by sort keys without it. */
#include <algorithm>
#include <cmath>
#include <functional>

#include "shim/query.hh"
#include "shim/source.hh"

using shim::guarded;
using shim::Kind;
using shim::Query;
using shim::report;

extern "C" const struct shim_weighting shim_weighting_default = {1.0, 0.5, 0.5, 1.0};

namespace shim
{

BitmapSource::BitmapSource(const uint64_t *words, size_t bits, Xapian::doccount documents)
    : words_(words), bits_(bits)
{
    size_t sum = 0;
    for (size_t i = 0; i < bits / 64; i++)
        sum += static_cast<size_t>(__builtin_popcountll(words[i]));
    if (bits % 64)
        sum += static_cast<size_t>(__builtin_popcountll(words[bits / 64] << (64 - bits % 64)));
    count_ = static_cast<Xapian::doccount>(std::min<size_t>(sum, documents));
}

namespace
{

Xapian::Query lower_children(const shim_query &query, Xapian::Query::op op)
{
    std::vector<Xapian::Query> parts;
    parts.reserve(query.children.size());
    for (const Query &child : query.children)
        parts.push_back(lower(*child));
    return Xapian::Query(op, parts.begin(), parts.end());
}

Xapian::Query lower_range(const shim_query &query)
{
    /* A bound that every value meets must not become "all documents": those without a value do not match. */
    const std::string from = query.from.empty() ? std::string(1, '\0') : query.from;
    if (query.has_to)
        return Xapian::Query(Xapian::Query::OP_VALUE_RANGE, query.slot, from, query.to);
    return Xapian::Query(Xapian::Query::OP_VALUE_GE, query.slot, from);
}

} // namespace

Xapian::Query lower(const shim_query &query)
{
    using Op = Xapian::Query;
    const auto &terms = query.terms;
    const auto window =
        static_cast<Xapian::termcount>(query.kind == Kind::phrase ? terms.size() : query.number);
    switch (query.kind) {
    case Kind::all:
        return Xapian::Query::MatchAll;
    case Kind::none:
        return Xapian::Query::MatchNothing;
    case Kind::word:
        return Xapian::Query(terms[0]);
    case Kind::phrase:
        return Xapian::Query(Op::OP_PHRASE, terms.begin(), terms.end(), window);
    case Kind::near:
        return Xapian::Query(Op::OP_NEAR, terms.begin(), terms.end(), window);
    case Kind::prefix:
        return Xapian::Query(Op::OP_WILDCARD, terms[0], query.number, Op::WILDCARD_LIMIT_ERROR,
                             Op::OP_SYNONYM);
    case Kind::range:
        return lower_range(query);
    case Kind::all_of:
        return lower_children(query, Op::OP_AND);
    case Kind::any_of:
        return lower_children(query, Op::OP_OR);
    case Kind::without:
        return lower_children(query, Op::OP_AND_NOT);
    case Kind::filter:
        return lower_children(query, Op::OP_FILTER);
    case Kind::scale:
        return Xapian::Query(query.factor, lower(*query.children[0]));
    }
    return Xapian::Query::MatchNothing;
}

} // namespace shim

namespace
{

bool is_sound(const shim_weighting &weighting)
{
    for (double parameter : {weighting.k1, weighting.b, weighting.min_normlen, weighting.delta})
        if (!std::isfinite(parameter) || parameter < 0)
            return false;
    return weighting.b <= 1;
}

/* The part of a result that can be: no more than there are documents. */
Xapian::doccount at_most(size_t wanted, Xapian::doccount documents)
{
    return wanted < documents ? static_cast<Xapian::doccount>(wanted) : documents;
}

size_t hand_out(const Xapian::MSet &found, shim_hit *hits)
{
    size_t n = 0;
    for (auto hit = found.begin(); hit != found.end(); ++hit)
        hits[n++] = shim_hit{*hit, hit.get_weight()};
    return n;
}

} // namespace

extern "C" {

enum shim_status shim_top_by_weight(struct shim_reader *reader, const struct shim_query *query,
                                    const uint64_t *words, size_t bits,
                                    const struct shim_weighting *weighting, size_t offset, size_t limit,
                                    struct shim_hit *hits, size_t *ret_n, struct shim_error *error)
{
    if (!is_sound(*weighting))
        return report(error, SHIM_INVALID, "a weighting parameter is out of its bounds");
    return shim::reading(reader, error, [&] {
        const Xapian::doccount documents = reader->index.get_doccount();
        const size_t end = std::min<size_t>(bits, size_t{reader->index.get_lastdocid()} + 1);
        shim::BitmapSource among(words, words ? end : 0, documents);
        Xapian::Query ranked = shim::lower(*query);
        if (words)
            ranked = Xapian::Query(Xapian::Query::OP_FILTER, ranked, Xapian::Query(&among));
        Xapian::Enquire enquire(reader->index);
        enquire.set_query(ranked);
        enquire.set_weighting_scheme(Xapian::BM25PlusWeight(weighting->k1, 0, 1, weighting->b,
                                                            weighting->min_normlen, weighting->delta));
        enquire.set_docid_order(Xapian::Enquire::ASCENDING);
        *ret_n = hand_out(enquire.get_mset(at_most(offset, documents), at_most(limit, documents)), hits);
        return SHIM_OK;
    });
}

enum shim_status shim_top_by_key(const uint64_t *words, size_t bits, const uint32_t *keys, bool descending,
                                 size_t offset, size_t limit, struct shim_hit *hits, size_t *ret_n,
                                 struct shim_error *error)
{
    return guarded(error, [&] {
        const uint32_t turned = descending ? UINT32_MAX : 0;
        const size_t matches = limit ? bits : 0;
        const size_t wanted = offset < matches ? offset + std::min(limit, matches - offset) : 0;
        /* Key and number in one word order as wanted. The best so far are the first `wanted`; when as many
         * again have come, they are chosen anew, and what comes after the last of them is not even kept. */
        std::vector<uint64_t> best;
        uint64_t worst = UINT64_MAX;
        const size_t room = std::max<size_t>(2 * wanted, 256);
        for (size_t d = shim::next_bit(words, bits, 1); wanted && d < bits;
             d = shim::next_bit(words, bits, d + 1)) {
            const uint64_t entry = uint64_t{keys[d] ^ turned} << 32 | d;
            if (entry >= worst)
                continue;
            best.push_back(entry);
            if (best.size() == room) {
                std::nth_element(best.begin(), best.begin() + static_cast<ptrdiff_t>(wanted) - 1, best.end());
                best.resize(wanted);
                worst = best.back();
            }
        }
        std::sort(best.begin(), best.end());
        size_t n = 0;
        for (size_t i = offset; i < std::min(best.size(), wanted); i++)
            hits[n++] = shim_hit{static_cast<uint32_t>(best[i]), 0};
        *ret_n = n;
        return SHIM_OK;
    });
}

} // extern "C"
