/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef PURPOSED_SHIM_POSITIONS_HH
#define PURPOSED_SHIM_POSITIONS_HH

#include "shim/bitmap.hh"
#include "shim/query.hh"

namespace shim
{

/* Clears the bits of `among` that a phrase or NEAR, in the library's form, does not match. */
void keep_positional(const Xapian::Database &index, const Xapian::Query &positional, Bitmap &among);
/* Clears the bits of `among`, each of a document that matches, where no match begins in a stretch that
 * counts. */
void keep_held(const Xapian::Database &index, const shim_query &query, Bitmap &among);

} // namespace shim

#endif
