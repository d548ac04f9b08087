/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The query tree. It is the shim's own, since matching (match.cc) evaluates it with bitmaps and only ranking
 * (rank.cc) needs the library's.
 */
#ifndef PURPOSED_SHIM_QUERY_HH
#define PURPOSED_SHIM_QUERY_HH

#include <memory>
#include <string>
#include <vector>

#include "shim/internal.hh"

namespace shim
{

enum class Kind {
    all,
    none,
    word,    /* terms[0] */
    phrase,  /* terms */
    near,    /* terms, number = window in positions */
    prefix,  /* terms[0], number = most expansions */
    range,   /* slot, from, to, has_to */
    all_of,  /* children */
    any_of,  /* children */
    without, /* children[0] but not children[1] */
    filter,  /* children[0], weighed, and children[1], not weighed */
    boost,   /* children[0], and children[1] weighed where it matches too */
    scale,   /* children[0] times factor */
};

} // namespace shim

struct shim_query {
    shim::Kind kind;
    size_t leaves = 1;
    unsigned depth = 1;
    std::vector<std::string> terms;
    std::vector<std::unique_ptr<shim_query>> children;
    uint32_t number = 0;
    uint32_t slot = 0;
    std::string from, to; /* an empty `from` is no bound: there are no empty values */
    bool has_to = false;
    double factor = 1;
    shim_stretches held = {}; /* word, phrase, near: where a match begins; anywhere, without `starts` */

    explicit shim_query(shim::Kind what) : kind(what)
    {
    }
};

namespace shim
{

using Query = std::unique_ptr<shim_query>;

/* A phrase or NEAR in the library's form; throws. */
Xapian::Query lower_positional(const shim_query &query);

} // namespace shim

#endif
