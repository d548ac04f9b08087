/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Matches that begin in some stretches of a document, found over the public position iterators.
 *
 * Such an iterator reads its way down the tree with a cursor of its own, which is nine tenths of its cost
 * whatever the order of looking. So the library's own matcher first leaves those documents that match
 * somewhere (positions.cc), words that have few positions are looked at before those that have many, and
 * where one of them stands nowhere but in stretches that count, so does the match, and nothing else is read.
 */
#include <algorithm>

#include "shim/positions.hh"

namespace
{

const size_t BLOCK = 512; /* documents gone through at once, whose positions are held */

/* Whether a position lies in a stretch that counts. */
bool is_kept(const shim_stretches &held, Xapian::docid document, uint32_t position)
{
    if (document >= held.documents)
        return false;
    const uint32_t *starts = held.starts + size_t{document} * held.per_document;
    unsigned stretch = held.per_document - 1;
    while (stretch > 0 && starts[stretch] > position)
        stretch--;
    return held.kept >> stretch & 1;
}

/* A word of the query and its place in it. */
struct Word {
    const std::string *term;
    uint32_t place;
    double positions; /* in a document that has it, on average */
};

/* Positions of documents, one list after the other. */
struct Lists {
    std::vector<Xapian::docid> documents;
    std::vector<size_t> starts = {0}; /* of the lists; and the end of the last */
    std::vector<uint32_t> positions;

    void clear()
    {
        documents.clear();
        starts.resize(1);
        positions.clear();
    }
    /* Ends the list of a document. */
    void close(Xapian::docid document)
    {
        documents.push_back(document);
        starts.push_back(positions.size());
    }
    /* Takes back the list that is open. */
    void drop()
    {
        positions.resize(starts.back());
    }
    bool is_open() const
    {
        return positions.size() > starts.back();
    }
};

class Phrases
{
  public:
    Phrases(const Xapian::Database &index, const shim_query &query) : index_(index), held_(query.held)
    {
        for (const std::string &term : query.terms) {
            const double documents = std::max<Xapian::doccount>(index.get_termfreq(term), 1);
            words_.push_back({&term, static_cast<uint32_t>(words_.size()),
                              static_cast<double>(index.get_collection_freq(term)) / documents});
        }
        std::stable_sort(words_.begin(), words_.end(),
                         [](const Word &a, const Word &b) { return a.positions < b.positions; });
    }

    /* Sets in `found` which of the documents, that all have the phrase, have it in such a stretch. */
    void find(const std::vector<Xapian::docid> &documents, shim::Bitmap &found)
    {
        begin(documents, found);
        for (size_t i = 1; i < words_.size(); i++)
            follow(words_[i], i + 1 == words_.size());
        for (Xapian::docid document : begins_.documents)
            found.set(document);
    }

  private:
    /* Where the phrase would begin, by the word that has the fewest positions. */
    void begin(const std::vector<Xapian::docid> &documents, shim::Bitmap &found)
    {
        const Word &word = words_[0];
        begins_.clear();
        for (Xapian::docid document : documents) {
            const auto end = index_.positionlist_end(document, *word.term);
            bool all_kept = true;
            for (auto at = index_.positionlist_begin(document, *word.term); at != end; ++at) {
                if (*at >= word.place && is_kept(held_, document, *at - word.place))
                    begins_.positions.push_back(*at - word.place);
                else
                    all_kept = false;
            }
            if (!begins_.is_open())
                continue;
            if (all_kept || words_.size() == 1) {
                begins_.drop();
                found.set(document);
            } else {
                begins_.close(document);
            }
        }
    }

    /* Keeps the beginnings that have the word in its place; of a document the first is enough in the end. */
    void follow(const Word &word, bool is_last)
    {
        next_.clear();
        for (size_t i = 0; i < begins_.documents.size(); i++) {
            const Xapian::docid document = begins_.documents[i];
            const auto end = index_.positionlist_end(document, *word.term);
            auto at = index_.positionlist_begin(document, *word.term);
            for (size_t b = begins_.starts[i]; b < begins_.starts[i + 1] && at != end; b++) {
                at.skip_to(begins_.positions[b] + word.place);
                if (at == end || *at != begins_.positions[b] + word.place)
                    continue;
                next_.positions.push_back(begins_.positions[b]);
                if (is_last)
                    break;
            }
            if (next_.is_open())
                next_.close(document);
        }
        std::swap(begins_, next_);
    }

    const Xapian::Database &index_;
    const shim_stretches &held_;
    std::vector<Word> words_;
    Lists begins_, next_;
};

class Windows
{
  public:
    Windows(const Xapian::Database &index, const shim_query &query)
        : index_(index), query_(query), lists_(query.terms.size())
    {
    }

    /* Sets in `found` which of the documents have the words near each other. */
    void find(const std::vector<Xapian::docid> &documents, shim::Bitmap &found)
    {
        for (size_t word = 0; word < lists_.size(); word++) {
            lists_[word].clear();
            for (Xapian::docid document : documents) {
                const auto end = index_.positionlist_end(document, query_.terms[word]);
                for (auto at = index_.positionlist_begin(document, query_.terms[word]); at != end; ++at)
                    lists_[word].positions.push_back(*at);
                lists_[word].close(document);
            }
        }
        for (size_t i = 0; i < documents.size(); i++)
            if (has_window(i))
                found.set(documents[i]);
    }

  private:
    bool has_window(size_t i)
    {
        for (const Lists &list : lists_)
            for (size_t at = list.starts[i]; at < list.starts[i + 1]; at++)
                if (is_kept(query_.held, list.documents[i], list.positions[at]) &&
                    holds(i, list.positions[at]))
                    return true;
        return false;
    }

    /* Whether every word has a place of its own in the window that starts at `low`: each in turn takes the
     * first that is free. */
    bool holds(size_t i, uint32_t low)
    {
        used_.clear();
        for (const Lists &list : lists_) {
            const auto end = list.positions.begin() + static_cast<ptrdiff_t>(list.starts[i + 1]);
            auto at =
                std::lower_bound(list.positions.begin() + static_cast<ptrdiff_t>(list.starts[i]), end, low);
            while (at != end && *at - low < query_.number &&
                   std::find(used_.begin(), used_.end(), *at) != used_.end())
                ++at;
            if (at == end || *at - low >= query_.number)
                return false;
            used_.push_back(*at);
        }
        return true;
    }

    const Xapian::Database &index_;
    const shim_query &query_;
    std::vector<Lists> lists_;
    std::vector<uint32_t> used_;
};

/* Calls `finder` with the documents of `among`, a block at a time. */
template <typename Finder> shim::Bitmap by_blocks(Finder finder, const shim::Bitmap &among)
{
    shim::Bitmap found(among.bits());
    std::vector<Xapian::docid> block;
    block.reserve(BLOCK);
    for (size_t document = among.next(1); document < among.bits(); document = among.next(document + 1)) {
        block.push_back(static_cast<Xapian::docid>(document));
        if (block.size() < BLOCK)
            continue;
        finder.find(block, found);
        block.clear();
    }
    finder.find(block, found);
    return found;
}

} // namespace

namespace shim
{

void keep_held(const Xapian::Database &index, const shim_query &query, Bitmap &among)
{
    if (query.kind == Kind::near)
        among = by_blocks(Windows(index, query), among);
    else
        among = by_blocks(Phrases(index, query), among);
}

} // namespace shim
