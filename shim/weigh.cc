/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "shim/weigh.hh"

#include <algorithm>
#include <cmath>

#include "shim/bitmap.hh"

namespace
{

using shim::Kind;

/* A list is walked step by step unless it has this many times more documents than are asked about. */
const size_t LOOK_UP_FACTOR = 2;

/* Likewise, of the walk that makes an array of it, which the next search for the word has the good of. */
const size_t COUNTS_FACTOR = 32;

/* Hits up to which the best are kept in order while all are looked at. */
const size_t INSERTED_MAX = 64;

/* What a part of the tree gives each of the documents asked about. */
struct Scores {
    std::vector<double> weights;
    std::vector<unsigned char> matches;

    explicit Scores(size_t count, bool all = false) : weights(count), matches(count, all)
    {
    }
};

class Weigher
{
  public:
    Weigher(shim_reader &reader, const shim_weighting &weighting, std::vector<uint32_t> documents);

    Scores score(const shim_query &query, double factor) const;
    size_t hand_out(const Scores &scores, size_t offset, size_t limit, shim_hit *hits) const;

  private:
    Scores score_word(const std::string &term, double factor) const;
    void score_counts(const uint16_t *counts, double weight, Scores &scores) const noexcept;
    void score_list(const std::string &term, double weight, bool looks_up, Scores &scores) const;
    Scores score_all(const shim_query &query, double factor) const;
    Scores score_any(const shim_query &query, double factor) const;
    Scores score_boost(const shim_query &query, double factor) const;
    double part(double term_weight, double count, size_t i) const noexcept;

    shim_reader &reader_;
    const Xapian::Database &index_;
    const shim_weighting &weighting_;
    std::vector<uint32_t> documents_; /* ascending */
    std::vector<double> below_;       /* by place there: what its length adds below the line */
};

const std::vector<Xapian::termcount> &lengths_of(shim_reader &reader)
{
    if (reader.lengths.empty()) {
        std::vector<Xapian::termcount> lengths(size_t{reader.index.get_lastdocid()} + 1);
        const auto end = reader.index.postlist_end(std::string());
        for (auto at = reader.index.postlist_begin(std::string()); at != end; ++at)
            lengths[*at] = at.get_doclength();
        reader.lengths = std::move(lengths);
    }
    return reader.lengths;
}

/* The library's arithmetic, here and in part(), in the same order (BM25PlusWeight::get_sumpart), so that
 * equal weights are equal. */
Weigher::Weigher(shim_reader &reader, const shim_weighting &weighting, std::vector<uint32_t> documents)
    : reader_(reader), index_(reader.index), weighting_(weighting), documents_(std::move(documents)),
      below_(documents_.size())
{
    const std::vector<Xapian::termcount> &lengths = lengths_of(reader);
    double length_factor = reader.index.get_average_length();
    if (length_factor != 0)
        length_factor = 1 / length_factor;
    for (size_t i = 0; i < documents_.size(); i++) {
        const double length = std::max(lengths[documents_[i]] * length_factor, weighting_.min_normlen);
        below_[i] = weighting_.k1 * (length * weighting_.b + (1 - weighting_.b));
    }
}

/* What a word that the `i`-th document has so often gives it. */
double Weigher::part(double term_weight, double count, size_t i) const noexcept
{
    return term_weight * ((weighting_.k1 + 1) * count / (below_[i] + count) + weighting_.delta);
}

void Weigher::score_counts(const uint16_t *counts, double weight, Scores &scores) const noexcept
{
    for (size_t i = 0; i < documents_.size(); i++) {
        const uint16_t count = counts[documents_[i]];
        if (count == 0)
            continue;
        scores.matches[i] = 1;
        scores.weights[i] = part(weight, count - 1, i);
    }
}

void Weigher::score_list(const std::string &term, double weight, bool looks_up, Scores &scores) const
{
    const auto end = index_.postlist_end(term);
    auto posting = index_.postlist_begin(term);
    for (size_t i = 0; i < documents_.size() && posting != end; i++) {
        if (looks_up)
            posting.skip_to(documents_[i]);
        while (posting != end && *posting < documents_[i])
            ++posting;
        if (posting == end || *posting != documents_[i])
            continue;
        scores.matches[i] = 1;
        scores.weights[i] = part(weight, posting.get_wdf(), i);
    }
}

Scores Weigher::score_word(const std::string &term, double factor) const
{
    Scores scores(documents_.size());
    const Xapian::doccount having = index_.get_termfreq(term);
    if (having == 0)
        return scores;
    const double weight = shim_weighting_rarity(index_.get_doccount(), having) * factor;
    const bool looks_up = having / LOOK_UP_FACTOR >= documents_.size();
    const uint16_t *counts =
        reader_.counts.find(index_, term, having, having / COUNTS_FACTOR < documents_.size());
    if (counts)
        score_counts(counts, weight, scores);
    else
        score_list(term, weight, looks_up, scores);
    return scores;
}

Scores Weigher::score_all(const shim_query &query, double factor) const
{
    Scores scores(documents_.size(), true);
    for (const shim::Query &child : query.children) {
        const Scores more = score(*child, factor);
        for (size_t i = 0; i < documents_.size(); i++) {
            scores.matches[i] &= more.matches[i];
            scores.weights[i] += more.weights[i];
        }
    }
    return scores;
}

Scores Weigher::score_any(const shim_query &query, double factor) const
{
    Scores scores(documents_.size());
    for (const shim::Query &child : query.children) {
        const Scores more = score(*child, factor);
        for (size_t i = 0; i < documents_.size(); i++) {
            if (!more.matches[i])
                continue;
            scores.matches[i] = 1;
            scores.weights[i] += more.weights[i];
        }
    }
    return scores;
}

Scores Weigher::score_boost(const shim_query &query, double factor) const
{
    Scores scores = score(*query.children[0], factor);
    const Scores more = score(*query.children[1], factor);
    for (size_t i = 0; i < documents_.size(); i++)
        scores.weights[i] += more.matches[i] ? more.weights[i] : 0;
    return scores;
}

Scores Weigher::score(const shim_query &query, double factor) const
{
    switch (query.kind) {
    case Kind::word:
        return score_word(query.terms[0], factor);
    case Kind::all_of:
        return score_all(query, factor);
    case Kind::any_of:
        return score_any(query, factor);
    case Kind::boost:
        return score_boost(query, factor);
    case Kind::scale:
        return score(*query.children[0], factor * query.factor);
    default:
        return Scores(documents_.size());
    }
}

/* The best few: documents come in ascending order, so of equal ones the first stays before. */
size_t take_few(const Scores &scores, const std::vector<uint32_t> &documents, size_t wanted, shim_hit *best)
{
    size_t count = 0;
    for (size_t i = 0; i < documents.size(); i++) {
        const double weight = scores.weights[i];
        if (!scores.matches[i] || (count == wanted && weight <= best[count - 1].weight))
            continue;
        size_t at = count < wanted ? count++ : count - 1;
        for (; at > 0 && weight > best[at - 1].weight; at--)
            best[at] = best[at - 1];
        best[at] = shim_hit{documents[i], weight};
    }
    return count;
}

std::vector<shim_hit> take_many(const Scores &scores, const std::vector<uint32_t> &documents, size_t wanted)
{
    std::vector<shim_hit> found;
    found.reserve(documents.size());
    for (size_t i = 0; i < documents.size(); i++)
        if (scores.matches[i])
            found.push_back({documents[i], scores.weights[i]});
    wanted = std::min(wanted, found.size());
    const auto last = found.begin() + static_cast<ptrdiff_t>(wanted);
    std::partial_sort(found.begin(), last, found.end(), [](const shim_hit &a, const shim_hit &b) {
        return a.weight != b.weight ? a.weight > b.weight : a.document < b.document;
    });
    found.resize(wanted);
    return found;
}

size_t Weigher::hand_out(const Scores &scores, size_t offset, size_t limit, shim_hit *hits) const
{
    offset = std::min(offset, documents_.size());
    const size_t wanted = offset + std::min(limit, documents_.size() - offset);
    std::vector<shim_hit> best(wanted <= INSERTED_MAX ? wanted : 0);
    if (wanted > INSERTED_MAX)
        best = take_many(scores, documents_, wanted);
    else if (wanted > 0)
        best.resize(take_few(scores, documents_, wanted, best.data()));
    if (best.size() <= offset)
        return 0;
    std::copy(best.begin() + static_cast<ptrdiff_t>(offset), best.end(), hits);
    return best.size() - offset;
}

} // namespace

namespace shim
{

bool can_weigh(const shim_query &query) noexcept
{
    switch (query.kind) {
    case Kind::word:
    case Kind::none:
        return true;
    case Kind::all_of:
        if (query.children.empty()) /* all documents, whether they have words or not */
            return false;
        [[fallthrough]];
    case Kind::any_of:
    case Kind::boost:
    case Kind::scale:
        return std::all_of(query.children.begin(), query.children.end(),
                           [](const Query &child) { return can_weigh(*child); });
    default:
        return false;
    }
}

size_t weigh_top(shim_reader &reader, const shim_query &query, const uint64_t *words, size_t bits,
                 const shim_weighting &weighting, size_t offset, size_t limit, shim_hit *hits)
{
    bits = std::min<size_t>(bits, size_t{reader.index.get_lastdocid()} + 1);
    std::vector<uint32_t> documents;
    Bitmap::each(words, bits, [&](size_t document) {
        if (document > 0)
            documents.push_back(static_cast<uint32_t>(document));
    });
    const Weigher weigher(reader, weighting, std::move(documents));
    return weigher.hand_out(weigher.score(query, 1), offset, limit, hits);
}

} // namespace shim
