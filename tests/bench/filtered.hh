/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters as Xapian has them: a boolean term a value, and OP_FILTER. For raw and plain alike. */
#ifndef PURPOSED_BENCH_FILTERED_HH
#define PURPOSED_BENCH_FILTERED_HH

#include <string>

#include <xapian.h>

#include "tests/bench/engines.h"

namespace bench
{

inline std::string facet_term(int facet, const std::string &value)
{
    return "XF" + std::to_string(facet) + ":" + value;
}

inline void add_facet_terms(Xapian::Document &document, const bench_record &record)
{
    for (int facet = 0; facet < BENCH_FACETS; facet++)
        for (size_t i = 0; i < record.value_counts[facet]; i++)
            document.add_boolean_term(facet_term(facet, record.values[facet][i]));
}

/* `words` held to the query's value, where it has one. */
inline Xapian::Query filtered(const Xapian::Query &words, const bench_query &query)
{
    for (int facet = 0; query.facet && facet < BENCH_FACETS; facet++)
        if (std::string(BENCH_FACET_NAMES[facet]) == query.facet)
            return Xapian::Query(Xapian::Query::OP_FILTER, words,
                                 Xapian::Query(facet_term(facet, query.value)));
    return words;
}

} // namespace bench

#endif
