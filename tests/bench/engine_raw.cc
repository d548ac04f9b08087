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

/* The terms of parts that weigh more, with the rarity of the word in whole texts. */
Xapian::Query extras(const Xapian::Database &index, const bench_query &query, const bench_boost *boosts,
                     size_t count)
{
    std::vector<Xapian::Query> all;
    for (size_t i = 0; i < query.term_count && !query.part; i++)
        for (size_t b = 0; b < count; b++) {
            const std::string term = boosts[b].prefix + std::string(query.terms[i]);
            if (!index.term_exists(term))
                continue;
            const uint32_t documents = index.get_doccount();
            const double rarity = shim_weighting_rarity(documents, index.get_termfreq(query.terms[i])) /
                                  shim_weighting_rarity(documents, index.get_termfreq(term));
            all.push_back(boosts[b].factor * rarity * Xapian::Query(term));
        }
    return Xapian::Query(Xapian::Query::OP_OR, all.begin(), all.end());
}

void top(const Xapian::Database &index, const Xapian::Query &query, bench_hits *hits)
{
    const shim_weighting &weighting = shim_weighting_default;
    Xapian::Enquire enquire(index);
    enquire.set_query(query);
    enquire.set_weighting_scheme(
        Xapian::BM25PlusWeight(weighting.k1, 0, 1, weighting.b, weighting.min_normlen, weighting.delta));
    enquire.set_docid_order(Xapian::Enquire::ASCENDING);
    const Xapian::MSet found = enquire.get_mset(0, BENCH_HITS);
    hits->count = 0;
    for (auto hit = found.begin(); hit != found.end(); ++hit)
        hits->weights[hits->count++] = hit.get_weight();
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
    top(engine->index, raw_query(*query), hits);
}

void raw_search_boosted(struct raw_engine *engine, const struct bench_query *query,
                        const struct bench_boost *boosts, size_t count, struct bench_hits *hits)
{
    const Xapian::Query more = extras(engine->index, *query, boosts, count);
    top(engine->index, Xapian::Query(Xapian::Query::OP_AND_MAYBE, raw_query(*query), more), hits);
}

void raw_close(struct raw_engine *engine)
{
    delete engine;
}
