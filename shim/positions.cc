/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Positions are left to the library's own matcher. It keeps one cursor for each term's position lists; the
 * public position iterators read the tree from its root for each document, which was measured nine times as
 * slow.
 */
#include "shim/positions.hh"

#include "shim/source.hh"

namespace
{

/* Sees every match, in no order, and never throws: the filter lets no document past the last bit through. */
class BitSetter final : public Xapian::MatchSpy
{
  public:
    explicit BitSetter(shim::Bitmap &found) : found_(found)
    {
    }

    void operator()(const Xapian::Document &document, double) override
    {
        found_.set(document.get_docid());
    }

  private:
    shim::Bitmap &found_;
};

} // namespace

namespace shim
{

void keep_positional(const Xapian::Database &index, const Xapian::Query &positional, Bitmap &among)
{
    const Xapian::doccount documents = index.get_doccount();
    BitmapSource source(among.words().data(), among.bits(), documents);
    Xapian::Enquire enquire(index);
    enquire.set_query(Xapian::Query(Xapian::Query::OP_FILTER, positional, Xapian::Query(&source)));
    enquire.set_weighting_scheme(Xapian::BoolWeight());
    Bitmap found(among.bits());
    BitSetter setter(found);
    enquire.add_matchspy(&setter);
    enquire.get_mset(0, 0, documents); /* fewer to be checked, and the spy would not see them all */
    among = found;
}

} // namespace shim
