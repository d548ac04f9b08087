/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matching into a bitmap.
 *
 * Each node gives its matches among those it is asked about, so that what is dear (positions) is looked at
 * last and only where everything else matched. Words are posting lists walked into bitmaps.
 */
#include <algorithm>

#include "shim/match.hh"
#include "shim/positions.hh"

using shim::Bitmap;
using shim::Kind;
using shim::Query;

namespace
{

/* A posting list is walked whole unless it has this many times more documents than are asked about; then each
 * is looked up. */
const size_t LOOK_UP_FACTOR = 16;

class Matcher
{
  public:
    Matcher(const Xapian::Database &index, size_t bits) : index_(index), bits_(bits)
    {
    }

    /* The matches of `query` among `within`. */
    Bitmap find(const shim_query &query, const Bitmap &within) const;

  private:
    Bitmap existing(const Bitmap &within) const;
    void add_word(const std::string &term, Bitmap &found) const;
    void keep_word(const std::string &term, Bitmap &among) const;
    Bitmap all_words(const std::vector<std::string> &terms, const Bitmap &within) const;
    Bitmap all_of(const shim_query &query, const Bitmap &within) const;
    Bitmap any_of(const shim_query &query, const Bitmap &within) const;
    Bitmap prefix(const shim_query &query, const Bitmap &within) const;
    Bitmap range(const shim_query &query, const Bitmap &within) const;

    const Xapian::Database &index_;
    size_t bits_;
};

void Matcher::add_word(const std::string &term, Bitmap &found) const
{
    const auto end = index_.postlist_end(term);
    for (auto posting = index_.postlist_begin(term); posting != end && *posting < bits_; ++posting)
        found.set(*posting);
}

Bitmap Matcher::existing(const Bitmap &within) const
{
    if (index_.get_doccount() == index_.get_lastdocid())
        return within; /* no number is free */
    Bitmap found(bits_);
    add_word(std::string(), found); /* the list of all documents */
    found &= within;
    return found;
}

void Matcher::keep_word(const std::string &term, Bitmap &among) const
{
    if (index_.get_termfreq(term) / LOOK_UP_FACTOR < among.count()) {
        Bitmap found(bits_);
        add_word(term, found);
        among &= found;
        return;
    }
    const auto end = index_.postlist_end(term);
    auto posting = index_.postlist_begin(term);
    for (size_t document = among.next(1); document < bits_; document = among.next(document + 1)) {
        if (posting != end)
            posting.skip_to(static_cast<Xapian::docid>(document));
        if (posting == end || *posting != document)
            among.clear(document);
    }
}

Bitmap Matcher::all_words(const std::vector<std::string> &terms, const Bitmap &within) const
{
    std::vector<std::pair<Xapian::doccount, const std::string *>> rarest_first;
    rarest_first.reserve(terms.size());
    for (const std::string &term : terms)
        rarest_first.emplace_back(index_.get_termfreq(term), &term);
    std::sort(rarest_first.begin(), rarest_first.end());
    Bitmap found = within;
    for (const auto &word : rarest_first)
        keep_word(*word.second, found);
    return found;
}

Bitmap Matcher::all_of(const shim_query &query, const Bitmap &within) const
{
    std::vector<std::pair<size_t, const shim_query *>> cheapest_first;
    for (const Query &child : query.children) {
        size_t cost = size_t{UINT32_MAX} + 1;
        if (child->kind == Kind::word)
            cost = index_.get_termfreq(child->terms[0]);
        else if (child->kind == Kind::phrase || child->kind == Kind::near)
            cost *= 2;
        cheapest_first.emplace_back(cost, child.get());
    }
    std::sort(cheapest_first.begin(), cheapest_first.end(),
              [](const auto &a, const auto &b) { return a.first < b.first; });
    Bitmap found = within;
    for (const auto &part : cheapest_first)
        found = find(*part.second, found);
    return found;
}

Bitmap Matcher::any_of(const shim_query &query, const Bitmap &within) const
{
    Bitmap found(bits_);
    for (const Query &child : query.children)
        if (child->kind == Kind::word)
            add_word(child->terms[0], found);
    found &= within;
    for (const Query &child : query.children) {
        if (child->kind == Kind::word)
            continue;
        Bitmap rest = within;
        rest -= found;
        found |= find(*child, rest);
    }
    return found;
}

Bitmap Matcher::prefix(const shim_query &query, const Bitmap &within) const
{
    Bitmap found(bits_);
    uint32_t expansions = 0;
    const auto end = index_.allterms_end(query.terms[0]);
    for (auto term = index_.allterms_begin(query.terms[0]); term != end; ++term) {
        if (++expansions > query.number)
            throw Xapian::WildcardError(query.terms[0]);
        add_word(*term, found);
    }
    found &= within;
    return found;
}

Bitmap Matcher::range(const shim_query &query, const Bitmap &within) const
{
    Bitmap found(bits_);
    const auto end = index_.valuestream_end(query.slot);
    auto value = index_.valuestream_begin(query.slot);
    for (size_t document = within.next(1); document < bits_ && value != end;
         document = within.next(value.get_docid() + size_t{1})) {
        value.skip_to(static_cast<Xapian::docid>(document));
        if (value == end)
            break;
        if (value.get_docid() >= bits_ || !within.has(value.get_docid()))
            continue;
        const std::string bytes = *value;
        if (bytes >= query.from && (!query.has_to || bytes <= query.to))
            found.set(value.get_docid());
    }
    return found;
}

Bitmap Matcher::find(const shim_query &query, const Bitmap &within) const
{
    Bitmap found(0);
    switch (query.kind) {
    case Kind::all:
        return existing(within);
    case Kind::none:
        return Bitmap(bits_);
    case Kind::word:
        found = within;
        keep_word(query.terms[0], found);
        if (query.held.starts)
            shim::keep_held(index_, query, found);
        return found;
    case Kind::phrase:
    case Kind::near:
        found = all_words(query.terms, within);
        shim::keep_positional(index_, shim::lower_positional(query), found);
        if (query.held.starts)
            shim::keep_held(index_, query, found);
        return found;
    case Kind::prefix:
        return prefix(query, within);
    case Kind::range:
        return range(query, within);
    case Kind::all_of:
    case Kind::filter:
        return all_of(query, within);
    case Kind::any_of:
        return any_of(query, within);
    case Kind::without:
        found = find(*query.children[0], within);
        found -= find(*query.children[1], found);
        return found;
    case Kind::boost:
    case Kind::scale:
        return find(*query.children[0], within);
    }
    return Bitmap(bits_);
}

} // namespace

namespace shim
{

Bitmap all_numbers(const Xapian::Database &index, size_t bits)
{
    return Bitmap::full(std::min<size_t>(bits, size_t{index.get_lastdocid()} + 1));
}

Bitmap find_matches(const Xapian::Database &index, const shim_query &query, const Bitmap &within)
{
    return Matcher(index, within.bits()).find(query, within);
}

} // namespace shim

extern "C" enum shim_status shim_match(struct shim_reader *reader, const struct shim_query *query,
                                       uint64_t *words, size_t bits, struct shim_error *error)
{
    return shim::reading(reader, error, [&] {
        const Bitmap found =
            shim::find_matches(reader->index, *query, shim::all_numbers(reader->index, bits));
        for (size_t i = 0; i < found.words().size(); i++)
            words[i] |= found.words()[i];
        return SHIM_OK;
    });
}
