// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What ours is held against: Xapian used straight, stemmed words of the whole text, any of them.
 *
 *   relevance_reference RECORDS QUESTIONS NAME=k1,b... : lines "NAME question rank id", the best of each
 * question. `k1,b` empty stands for Xapian's own defaults. RECORDS are records as JSON Lines, QUESTIONS
 * {"id", "q"}.
 */
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <jansson.h>
#include <xapian.h>

extern "C" {
#include "indexer/register/field.h"
}

namespace
{

const Xapian::doccount DEEPEST = 1000; /* as many as a reply of the daemon has at most */

template <typename Each> void each_line(const char *path, Each each)
{
    std::ifstream file(path);
    std::string line;
    while (std::getline(file, line)) {
        json_t *object = json_loadb(line.data(), line.size(), 0, nullptr);
        if (!object) {
            std::fprintf(stderr, "%s: a line is no JSON\n", path);
            std::exit(2);
        }
        each(object);
        json_decref(object);
    }
}

std::string member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

Xapian::WritableDatabase read_records(const char *path, const Xapian::Stem &stemmer)
{
    Xapian::WritableDatabase index(std::string(), Xapian::DB_BACKEND_INMEMORY);
    Xapian::TermGenerator generator;
    generator.set_stemmer(stemmer);
    generator.set_stemming_strategy(Xapian::TermGenerator::STEM_ALL);
    each_line(path, [&](const json_t *record) {
        Xapian::Document document;
        generator.set_document(document);
        for (int part = 0; part < FIELD_PART_COUNT; part++)
            generator.index_text_without_positions(member(record, field_parts()[part]->name));
        document.set_data(member(record, "id"));
        index.add_document(document);
    });
    return index;
}

void put_answer(const Xapian::Database &index, const std::string &name, const std::string &parameters,
                const std::string &question, const Xapian::Query &query)
{
    Xapian::Enquire enquire(index);
    double k1 = 1, b = 0.5;
    if (std::sscanf(parameters.c_str(), "%lf,%lf", &k1, &b) == 2)
        enquire.set_weighting_scheme(Xapian::BM25Weight(k1, 0, 1, b, 0));
    enquire.set_query(query);
    const Xapian::MSet found = enquire.get_mset(0, DEEPEST);
    for (auto hit = found.begin(); hit != found.end(); ++hit)
        std::printf("%s %s %u %s\n", name.c_str(), question.c_str(), hit.get_rank() + 1,
                    hit.get_document().get_data().c_str());
}

} // namespace

int main(int argc, char **argv)
{
    if (argc < 4) {
        std::fprintf(stderr, "usage: relevance_reference RECORDS QUESTIONS NAME=k1,b...\n");
        return 2;
    }
    const Xapian::Stem stemmer("english");
    const Xapian::WritableDatabase index = read_records(argv[1], stemmer);
    Xapian::QueryParser parser;
    parser.set_stemmer(stemmer);
    parser.set_stemming_strategy(Xapian::QueryParser::STEM_ALL);
    parser.set_database(index);
    each_line(argv[2], [&](const json_t *question) {
        const Xapian::Query query = parser.parse_query(member(question, "q"), 0);
        for (int i = 3; i < argc; i++) {
            const std::string named = argv[i];
            const size_t equals = named.find('=');
            put_answer(index, named.substr(0, equals), named.substr(equals + 1), member(question, "id"),
                       query);
        }
    });
    return 0;
}
