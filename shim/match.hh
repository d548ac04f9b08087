/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PURPOSED_SHIM_MATCH_HH
#define PURPOSED_SHIM_MATCH_HH

#include "shim/bitmap.hh"
#include "shim/query.hh"

namespace shim
{

/* Every number that a document could have and `bits` has a bit for. */
Bitmap all_numbers(const Xapian::Database &index, size_t bits);

/* The matches of `query` among `within`, which all_numbers() has the size of; throws. */
Bitmap find_matches(const Xapian::Database &index, const shim_query &query, const Bitmap &within);

} // namespace shim

#endif
