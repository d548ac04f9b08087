/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <xapian.h>

#include "shim/shim.h"
#include "tests/bench/engines.h"

struct raw_engine {
    Xapian::Database index;
};

namespace
{

Xapian::Query raw_query(const bench_query &query)
{
    using Op = Xapian::Query;
    std::vector<std::string> words(query.terms, query.terms + query.term_count), scoped;
    if (!query.part)
        return Xapian::Query(query.phrase ? Op::OP_PHRASE : Op::OP_AND, words.begin(), words.end());
    for (const std::string &word : words)
        scoped.push_back(query.prefix + word);
    const Xapian::Query in_part(Op::OP_AND, scoped.begin(), scoped.end());
    if (!query.phrase)
        return in_part;
    return Xapian::Query(Op::OP_FILTER, Xapian::Query(Op::OP_PHRASE, words.begin(), words.end()), in_part);
}

} // namespace

struct raw_engine *raw_open(const char *postings)
{
    try {
        return new raw_engine{Xapian::Database(postings)};
    } catch (const Xapian::Error &error) {
        std::fprintf(stderr, "bench: %s: %s\n", postings, error.get_description().c_str());
        std::exit(2);
    }
}

void raw_search(struct raw_engine *engine, const struct bench_query *query, struct bench_hits *hits)
{
    const shim_weighting &weighting = shim_weighting_default;
    Xapian::Enquire enquire(engine->index);
    enquire.set_query(raw_query(*query));
    enquire.set_weighting_scheme(
        Xapian::BM25PlusWeight(weighting.k1, 0, 1, weighting.b, weighting.min_normlen, weighting.delta));
    enquire.set_docid_order(Xapian::Enquire::ASCENDING);
    const Xapian::MSet found = enquire.get_mset(0, BENCH_HITS);
    hits->count = 0;
    for (auto hit = found.begin(); hit != found.end(); ++hit)
        hits->weights[hits->count++] = hit.get_weight();
}

void raw_close(struct raw_engine *engine)
{
    delete engine;
}
