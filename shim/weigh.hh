/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ranking a known set of documents by walking the terms' lists.
 *
 * The library's matcher is made to find documents and to stop early. Where the documents are known already
 * and the query is words, adding up their weights over an array takes a fifth of its work: no tree of lists
 * is built, and the documents' lengths are read once an epoch. The weights are those that the library's
 * BM25PlusWeight gives (Robertson and Zaragoza 2009; Lv and Zhai 2011), to the bit.
 */
#ifndef PURPOSED_SHIM_WEIGH_HH
#define PURPOSED_SHIM_WEIGH_HH

#include "shim/query.hh"

namespace shim
{

/* Whether a tree is of words, AND, OR, boosts and factors alone. */
bool can_weigh(const shim_query &query) noexcept;

/* The documents of `words` that match, by weight and then by number, from the `offset`-th on at most `limit`;
 * returns how many. The reader is no writer's view; throws. */
size_t weigh_top(shim_reader &reader, const shim_query &query, const uint64_t *words, size_t bits,
                 const shim_weighting &weighting, size_t offset, size_t limit, shim_hit *hits);

} // namespace shim

#endif
