/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PURPOSED_SHIM_SOURCE_HH
#define PURPOSED_SHIM_SOURCE_HH

#include <algorithm>

#include "shim/bitmap.hh"
#include "shim/internal.hh"

namespace shim
{

/* A bitmap as a list of documents that a query of the library's can be filtered by. Borrows the words. It
 * gives no clone, since a reader is of one index. */
class BitmapSource final : public Xapian::PostingSource
{
  public:
    BitmapSource(const uint64_t *words, size_t bits, Xapian::doccount documents);

    Xapian::doccount get_termfreq_min() const override
    {
        return 0; /* bits may be of documents that are gone */
    }
    Xapian::doccount get_termfreq_est() const override
    {
        return count_;
    }
    Xapian::doccount get_termfreq_max() const override
    {
        return count_;
    }
    Xapian::docid get_docid() const override
    {
        return static_cast<Xapian::docid>(at_);
    }
    bool at_end() const override
    {
        return at_ >= bits_;
    }
    void init(const Xapian::Database &) override
    {
        at_ = 0;
    }
    void next(double) override
    {
        at_ = next_bit(words_, bits_, at_ + 1);
    }
    void skip_to(Xapian::docid document, double) override
    {
        if (document > at_)
            at_ = next_bit(words_, bits_, document);
    }
    /* False leaves the position open, which next() and skip_to() go on from. */
    bool check(Xapian::docid document, double) override
    {
        if (document > at_)
            at_ = document;
        return at_ >= bits_ || (words_[at_ / 64] >> at_ % 64 & 1);
    }

  private:
    const uint64_t *words_;
    size_t bits_;
    size_t at_ = 0;
    Xapian::doccount count_ = 0;
};

} // namespace shim

#endif
