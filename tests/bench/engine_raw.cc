/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <xapian.h>

#include "shim/shim.h"
#include "tests/bench/engines.h"
#include "tests/bench/filtered.hh"

struct raw_engine {
    Xapian::Database index;      /* our own, as it is */
    Xapian::Database with_terms; /* the same with the facets' values as terms: for searches with a filter */
};

struct raw_builder {
    std::string path;
    Xapian::WritableDatabase index;
};

namespace
{

[[noreturn]] void give_up(const char *path, const std::string &why)
{
    std::fprintf(stderr, "bench: %s: %s\n", path, why.c_str());
    std::exit(2);
}

const Xapian::Database &index_for(const raw_engine &engine, const bench_query &query)
{
    return query.facet ? engine.with_terms : engine.index;
}

Xapian::Query words_query(const bench_query &query)
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

Xapian::Query raw_query(const bench_query &query)
{
    return bench::filtered(words_query(query), query);
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

struct raw_builder *raw_begin(const char *path)
{
    try {
        return new raw_builder{path, Xapian::WritableDatabase(path, Xapian::DB_OPEN)};
    } catch (const Xapian::Error &error) {
        give_up(path, error.get_description());
    }
}

void raw_add(struct raw_builder *builder, const struct bench_record *record)
{
    const auto found = builder->index.postlist_begin(record->identity);
    if (found == builder->index.postlist_end(record->identity))
        give_up(builder->path.c_str(), std::string(record->identity) + " is missing from the index");
    Xapian::Document document = builder->index.get_document(*found);
    bench::add_facet_terms(document, *record);
    builder->index.replace_document(document.get_docid(), document);
}

void raw_finish(struct raw_builder *builder)
{
    const std::string compact = builder->path + ".compact";
    builder->index.commit();
    builder->index.compact(compact, Xapian::Compactor::FULL); /* as ours is */
    builder->index.close();
    std::filesystem::remove_all(builder->path);
    std::filesystem::rename(compact, builder->path);
    delete builder;
}

struct raw_engine *raw_open(const char *postings, const char *with_terms)
{
    try {
        return new raw_engine{Xapian::Database(postings), Xapian::Database(with_terms)};
    } catch (const Xapian::Error &error) {
        give_up(postings, error.get_description());
    }
}

void raw_search(struct raw_engine *engine, const struct bench_query *query, struct bench_hits *hits)
{
    top(index_for(*engine, *query), raw_query(*query), hits);
}

void raw_search_boosted(struct raw_engine *engine, const struct bench_query *query,
                        const struct bench_boost *boosts, size_t count, struct bench_hits *hits)
{
    const Xapian::Database &index = index_for(*engine, *query);
    const Xapian::Query more = extras(index, *query, boosts, count);
    top(index, Xapian::Query(Xapian::Query::OP_AND_MAYBE, raw_query(*query), more), hits);
}

size_t raw_count(struct raw_engine *engine, const struct bench_query *query)
{
    const Xapian::Database &index = index_for(*engine, *query);
    Xapian::Enquire enquire(index);
    enquire.set_query(raw_query(*query));
    enquire.set_weighting_scheme(Xapian::BoolWeight());
    return enquire.get_mset(0, 0, index.get_doccount()).get_matches_lower_bound();
}

void raw_close(struct raw_engine *engine)
{
    delete engine;
}
