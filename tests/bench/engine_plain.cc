/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include <xapian.h>

extern "C" {
#include "indexer/register/field.h"
}
#include "tests/bench/engines.h"
#include "tests/bench/filtered.hh"

namespace
{

const char BETWEEN_VALUES = '\x1f';
const size_t SHOWN_VALUES = 10;

std::string part_prefix(int part)
{
    return "XP" + std::to_string(part);
}

class ValueSpy : public Xapian::MatchSpy
{
  public:
    explicit ValueSpy(Xapian::valueno slot) : slot_(slot)
    {
    }
    void operator()(const Xapian::Document &document, double) override
    {
        const std::string joined = document.get_value(slot_);
        size_t start = 0;
        while (start < joined.size()) {
            const size_t end = std::min(joined.find(BETWEEN_VALUES, start), joined.size());
            counts_[joined.substr(start, end - start)]++;
            start = end + 1;
        }
    }
    std::vector<std::pair<std::string, size_t>> most_frequent() const
    {
        std::vector<std::pair<std::string, size_t>> all(counts_.begin(), counts_.end());
        const size_t shown = std::min(all.size(), SHOWN_VALUES);
        std::partial_sort(all.begin(), all.begin() + static_cast<ptrdiff_t>(shown), all.end(),
                          [](const auto &a, const auto &b) { return a.second > b.second; });
        all.resize(shown);
        return all;
    }

  private:
    Xapian::valueno slot_;
    std::unordered_map<std::string, size_t> counts_;
};

[[noreturn]] void give_up(const char *path, const Xapian::Error &error)
{
    std::fprintf(stderr, "bench: %s: %s\n", path, error.get_description().c_str());
    std::exit(2);
}

} // namespace

struct plain_builder {
    Xapian::WritableDatabase index;
    Xapian::TermGenerator generator;
};

struct plain_builder *plain_create(const char *path)
{
    try {
        auto *builder = new plain_builder{Xapian::WritableDatabase(path, Xapian::DB_CREATE_OR_OVERWRITE),
                                          Xapian::TermGenerator()};
        builder->generator.set_stemmer(Xapian::Stem("english"));
        return builder;
    } catch (const Xapian::Error &error) {
        give_up(path, error);
    }
}

void plain_add(struct plain_builder *builder, const struct bench_record *record)
{
    Xapian::Document document;
    std::string text;
    builder->generator.set_document(document);
    for (int part = 0; part < FIELD_PART_COUNT; part++) {
        if (!record->parts[part])
            continue;
        builder->generator.index_text(record->parts[part], 1, part_prefix(part));
        builder->generator.increase_termpos();
        builder->generator.index_text(record->parts[part]);
        builder->generator.increase_termpos();
        text.append(record->parts[part]).push_back('\n');
    }
    for (int facet = 0; facet < BENCH_FACETS; facet++) {
        std::string joined;
        for (size_t i = 0; i < record->value_counts[facet]; i++)
            joined.append(i ? 1 : 0, BETWEEN_VALUES).append(record->values[facet][i]);
        document.add_value(static_cast<Xapian::valueno>(facet), joined);
    }
    bench::add_facet_terms(document, *record);
    document.set_data(text);
    builder->index.add_document(document);
}

void plain_finish(struct plain_builder *builder)
{
    builder->index.commit();
    delete builder;
}

struct plain_engine {
    explicit plain_engine(const char *path) : index(path), stemmer("english")
    {
    }
    Xapian::Database index;
    Xapian::Stem stemmer;
    Xapian::QueryParser parser;
};

struct plain_engine *plain_open(const char *path)
{
    try {
        auto *engine = new plain_engine(path);
        engine->parser.set_stemmer(engine->stemmer);
        engine->parser.set_stemming_strategy(Xapian::QueryParser::STEM_SOME);
        engine->parser.set_default_op(Xapian::Query::OP_AND);
        engine->parser.set_database(engine->index);
        return engine;
    } catch (const Xapian::Error &error) {
        give_up(path, error);
    }
}

namespace
{

std::string prefix_of(const char *part)
{
    for (int i = 0; part && i < FIELD_PART_COUNT; i++)
        if (std::string(field_parts()[i]->name) == part)
            return part_prefix(i);
    return std::string();
}

Xapian::Query plain_query(plain_engine &engine, const bench_query &query)
{
    const Xapian::Query words =
        engine.parser.parse_query(query.text, Xapian::QueryParser::FLAG_DEFAULT, prefix_of(query.part));
    return bench::filtered(words, query);
}

} // namespace

void plain_search(struct plain_engine *engine, const struct bench_query *query, struct bench_hits *hits)
{
    Xapian::Enquire enquire(engine->index);
    enquire.set_query(plain_query(*engine, *query));
    std::deque<ValueSpy> spies; /* a spy cannot be moved */
    for (Xapian::valueno facet = 0; facet < BENCH_FACETS; facet++)
        enquire.add_matchspy(&spies.emplace_back(facet));
    const Xapian::MSet found = enquire.get_mset(0, BENCH_HITS, engine->index.get_doccount());
    hits->count = 0;
    size_t shown = 0;
    for (auto hit = found.begin(); hit != found.end(); ++hit) {
        hits->weights[hits->count++] = hit.get_weight();
        shown += found.snippet(hit.get_document().get_data(), 300, engine->stemmer).size();
    }
    for (const ValueSpy &spy : spies)
        shown += spy.most_frequent().size();
    if (found.size() > 0 && shown == 0)
        std::abort();
}

void plain_close(struct plain_engine *engine)
{
    delete engine;
}
