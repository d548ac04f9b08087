/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The query tree in words. */
#include <cstdio>

#include "shim/query.hh"

using shim::Kind;

namespace
{

void put_bytes(std::string &text, const std::string &bytes)
{
    for (unsigned char byte : bytes) {
        if (byte > ' ' && byte != '"' && byte != '\\' && byte != 0x7f) {
            text.push_back(static_cast<char>(byte));
            continue;
        }
        char escaped[8];
        std::snprintf(escaped, sizeof(escaped), "\\x%02x", byte);
        text.append(escaped);
    }
}

void put_terms(std::string &text, const shim_query &query, const char *between)
{
    for (size_t i = 0; i < query.terms.size(); i++) {
        text.append(i ? between : "");
        put_bytes(text, query.terms[i]);
    }
}

void put_query(std::string &text, const shim_query &query);

void put_children(std::string &text, const shim_query &query, const char *between)
{
    text.push_back('(');
    for (size_t i = 0; i < query.children.size(); i++) {
        text.append(i ? between : "");
        put_query(text, *query.children[i]);
    }
    text.push_back(')');
}

void put_range(std::string &text, const shim_query &query)
{
    text.append("slot ").append(std::to_string(query.slot)).append(":");
    put_bytes(text, query.from);
    text.append("..");
    put_bytes(text, query.to);
}

void put_query(std::string &text, const shim_query &query)
{
    switch (query.kind) {
    case Kind::all:
        text.append("ALL");
        break;
    case Kind::none:
        text.append("NONE");
        break;
    case Kind::word:
        put_terms(text, query, "");
        break;
    case Kind::phrase:
        text.push_back('"');
        put_terms(text, query, " ");
        text.push_back('"');
        break;
    case Kind::near:
        text.push_back('(');
        put_terms(text, query,
                  (" NEAR/" + std::to_string(query.number + 1 - query.terms.size()) + " ").c_str());
        text.push_back(')');
        break;
    case Kind::prefix:
        put_terms(text, query, "");
        text.push_back('*');
        break;
    case Kind::range:
        put_range(text, query);
        break;
    case Kind::all_of:
        put_children(text, query, " AND ");
        break;
    case Kind::any_of:
        put_children(text, query, " OR ");
        break;
    case Kind::without:
        put_children(text, query, " NOT ");
        break;
    case Kind::filter:
        put_children(text, query, " FILTER ");
        break;
    case Kind::boost:
        put_children(text, query, " MAYBE ");
        break;
    case Kind::scale:
        put_children(text, query, "");
        text.append("^").append(std::to_string(query.factor));
        break;
    }
}

} // namespace

extern "C" char *shim_query_text(const struct shim_query *query)
{
    return shim::made([&] {
        std::string text;
        put_query(text, *query);
        return static_cast<char *>(shim::copy_out(text));
    });
}
