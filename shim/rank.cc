/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ranking: by weight through the library under a bitmap, by sort keys without it. */
#include <algorithm>
#include <cmath>

#include "shim/match.hh"
#include "shim/source.hh"
#include "shim/weigh.hh"

using shim::guarded;
using shim::Kind;
using shim::Query;
using shim::report;

extern "C" const struct shim_weighting shim_weighting_default = {2.0, 0.5, 0.5, 0.0};

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

Xapian::Query lower_positional(const shim_query &query)
{
    const auto op = query.kind == Kind::phrase ? Xapian::Query::OP_PHRASE : Xapian::Query::OP_NEAR;
    const size_t window = query.kind == Kind::phrase ? query.terms.size() : query.number;
    return Xapian::Query(op, query.terms.begin(), query.terms.end(), static_cast<Xapian::termcount>(window));
}

} // namespace shim

namespace
{

/* Puts a tree into the library's form, for one ranking. */
class Lowering
{
  public:
    /* Only documents of `within` will be asked for; both are borrowed. */
    Lowering(const Xapian::Database &index, const shim::Bitmap &within) : index_(index), within_(within)
    {
    }

    /* Borrows from this object. `required`: no document matches the whole tree without this part of it. */
    Xapian::Query lower(const shim_query &query, bool required);

  private:
    struct Held {
        shim::Bitmap bits;
        shim::BitmapSource source;

        Held(shim::Bitmap found, Xapian::doccount documents)
            : bits(std::move(found)), source(bits.words().data(), bits.bits(), documents)
        {
        }
    };

    Xapian::Query lower_children(const shim_query &query, Xapian::Query::op op, bool required);
    Xapian::Query lower_positional(const shim_query &query, bool required);

    const Xapian::Database &index_;
    const shim::Bitmap &within_;
    std::vector<std::unique_ptr<Held>> held_;
};

Xapian::Query Lowering::lower_children(const shim_query &query, Xapian::Query::op op, bool required)
{
    std::vector<Xapian::Query> parts;
    parts.reserve(query.children.size());
    for (const Query &child : query.children)
        parts.push_back(lower(*child, required));
    return Xapian::Query(op, parts.begin(), parts.end());
}

/* Where a phrase is one of several ways to match, the library (1.4.22) adds its weight to documents that
 * match otherwise and only have its words. There it is its words under the bitmap of its matches. */
Xapian::Query Lowering::lower_positional(const shim_query &query, bool required)
{
    if (required && !query.held.starts)
        return shim::lower_positional(query);
    held_.push_back(
        std::make_unique<Held>(shim::find_matches(index_, query, within_), index_.get_doccount()));
    const Xapian::Query words(Xapian::Query::OP_AND, query.terms.begin(), query.terms.end());
    return Xapian::Query(Xapian::Query::OP_FILTER, words, Xapian::Query(&held_.back()->source));
}

Xapian::Query lower_range(const shim_query &query)
{
    /* A bound that every value meets must not become "all documents": those without a value do not match. */
    const std::string from = query.from.empty() ? std::string(1, '\0') : query.from;
    if (query.has_to)
        return Xapian::Query(Xapian::Query::OP_VALUE_RANGE, query.slot, from, query.to);
    return Xapian::Query(Xapian::Query::OP_VALUE_GE, query.slot, from);
}

Xapian::Query Lowering::lower(const shim_query &query, bool required)
{
    using Op = Xapian::Query;
    switch (query.kind) {
    case Kind::all:
        return Xapian::Query::MatchAll;
    case Kind::none:
        return Xapian::Query::MatchNothing;
    case Kind::word:
        return query.held.starts ? lower_positional(query, required) : Xapian::Query(query.terms[0]);
    case Kind::phrase:
    case Kind::near:
        return lower_positional(query, required);
    case Kind::prefix:
        return Xapian::Query(Op::OP_WILDCARD, query.terms[0], query.number, Op::WILDCARD_LIMIT_ERROR,
                             Op::OP_SYNONYM);
    case Kind::range:
        return lower_range(query);
    case Kind::all_of:
        return lower_children(query, Op::OP_AND, required);
    case Kind::any_of:
        return lower_children(query, Op::OP_OR, false);
    case Kind::without:
        return lower_children(query, Op::OP_AND_NOT, false);
    case Kind::filter:
        return lower_children(query, Op::OP_FILTER, required);
    case Kind::boost:
        return Xapian::Query(Op::OP_AND_MAYBE, lower(*query.children[0], required),
                             lower(*query.children[1], false));
    case Kind::scale:
        return Xapian::Query(query.factor, lower(*query.children[0], required));
    }
    return Xapian::Query::MatchNothing;
}

} // namespace

namespace
{

bool is_sound(const shim_weighting &weighting)
{
    for (double parameter : {weighting.k1, weighting.b, weighting.min_normlen, weighting.delta})
        if (!std::isfinite(parameter) || parameter < 0)
            return false;
    return weighting.b <= 1;
}

/* A document and what it is sorted by. */
struct Keyed {
    uint64_t key;
    uint32_t document;

    bool operator<(const Keyed &other) const
    {
        return key != other.key ? key < other.key : document < other.document;
    }
};

/* The smallest of many entries. Those so far are kept unsorted; when as many again have come they are chosen
 * anew, and what is no smaller than the last of them is not even kept. */
class Smallest
{
  public:
    explicit Smallest(size_t wanted) : wanted_(wanted), room_(std::max<size_t>(2 * wanted, 256))
    {
    }

    void offer(const Keyed &entry)
    {
        if (!(entry < bound_))
            return;
        entries_.push_back(entry);
        if (entries_.size() == room_)
            choose();
    }

    /* In ascending order. */
    std::vector<Keyed> take()
    {
        std::sort(entries_.begin(), entries_.end());
        entries_.resize(std::min(entries_.size(), wanted_));
        return std::move(entries_);
    }

  private:
    void choose()
    {
        const auto last = entries_.begin() + static_cast<ptrdiff_t>(wanted_) - 1;
        std::nth_element(entries_.begin(), last, entries_.end());
        bound_ = *last;
        entries_.resize(wanted_);
    }

    size_t wanted_, room_;
    Keyed bound_ = {UINT64_MAX, UINT32_MAX};
    std::vector<Keyed> entries_;
};

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

double shim_weighting_rarity(uint32_t documents, uint32_t having)
{
    return std::log((documents + 1.0) / having);
}

enum shim_status shim_top_by_weight(struct shim_reader *reader, const struct shim_query *query,
                                    const uint64_t *words, size_t bits,
                                    const struct shim_weighting *weighting, size_t offset, size_t limit,
                                    struct shim_hit *hits, size_t *ret_n, struct shim_error *error)
{
    if (!is_sound(*weighting))
        return report(error, SHIM_INVALID, "a weighting parameter is out of its bounds");
    return shim::reading(reader, error, [&] {
        if (words && !reader->of_writer && shim::can_weigh(*query)) {
            *ret_n = shim::weigh_top(*reader, *query, words, bits, *weighting, offset, limit, hits);
            return SHIM_OK;
        }
        const Xapian::doccount documents = reader->index.get_doccount();
        shim::Bitmap within = shim::all_numbers(reader->index, words ? bits : SIZE_MAX);
        if (words)
            within.keep(words);
        shim::BitmapSource among(within.words().data(), within.bits(), documents);
        Lowering lowering(reader->index, within);
        Xapian::Query ranked = lowering.lower(*query, true);
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
                                 const uint32_t *ties, size_t offset, size_t limit, struct shim_hit *hits,
                                 size_t *ret_n, struct shim_error *error)
{
    return guarded(error, [&] {
        const uint32_t turned = descending ? UINT32_MAX : 0;
        const size_t wanted = offset < bits && limit ? offset + std::min(limit, bits - offset) : 0;
        Smallest best(wanted);
        shim::Bitmap::each(words, wanted ? bits : 0, [&](size_t d) {
            if (d > 0)
                best.offer(
                    {uint64_t{keys[d] ^ turned} << 32 | (ties ? ties[d] : 0), static_cast<uint32_t>(d)});
        });
        const std::vector<Keyed> entries = best.take();
        size_t n = 0;
        for (size_t i = offset; i < entries.size(); i++)
            hits[n++] = shim_hit{entries[i].document, 0};
        *ret_n = n;
        return SHIM_OK;
    });
}

} // extern "C"
