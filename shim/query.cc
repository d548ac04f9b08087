/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building the query tree, flat where it can be: a chain of ANDs, ORs or NOTs is one node however it was
 * built. */
#include <algorithm>
#include <cmath>
#include <iterator>

#include "shim/query.hh"

using shim::Kind;
using shim::made;
using shim::Query;

namespace
{

/* The tree, or where it is past a limit, nothing. */
Query bounded(Query query)
{
    if (query->leaves > SHIM_QUERY_WORDS || query->depth > SHIM_QUERY_DEPTH)
        return nullptr;
    return query;
}

/* A node of its own over two others. */
Query pair(Kind kind, Query first, Query second)
{
    Query whole(new shim_query(kind));
    whole->leaves = first->leaves + second->leaves;
    whole->depth = std::max(first->depth, second->depth) + 1;
    whole->children.reserve(2);
    whole->children.push_back(std::move(first));
    whole->children.push_back(std::move(second));
    return bounded(std::move(whole));
}

/* Takes the queries over whatever happens; false where one is NULL or memory is short, and then they are
 * gone. */
bool adopt(shim_query **queries, size_t n, std::vector<Query> &ret_owned) noexcept
{
    bool whole = n <= SHIM_QUERY_WORDS;
    try {
        if (whole)
            ret_owned.reserve(n);
    } catch (...) {
        whole = false;
    }
    for (size_t i = 0; i < n; i++) {
        Query owned(queries[i]);
        whole = whole && owned;
        if (whole)
            ret_owned.push_back(std::move(owned));
    }
    return whole;
}

/* One level in place of nested ones of the same kind. The largest such child takes up the others, so that a
 * chain built from either end costs no more than its length. */
Query join(Kind kind, std::vector<Query> parts)
{
    Query joined(new shim_query(kind));
    joined->leaves = 0;
    Query *base = nullptr;
    for (Query &part : parts) {
        bool same = part->kind == kind;
        joined->leaves += part->leaves;
        joined->depth = std::max(joined->depth, part->depth + !same);
        if (same && (!base || part->children.size() > (*base)->children.size()))
            base = &part;
    }
    if (base)
        joined->children = std::move((*base)->children);
    for (Query &part : parts) {
        if (part->kind != kind)
            joined->children.push_back(std::move(part));
        else if (&part != base)
            std::move(part->children.begin(), part->children.end(), std::back_inserter(joined->children));
    }
    return bounded(std::move(joined));
}

Query join_two(Kind kind, Query first, Query second)
{
    std::vector<Query> parts;
    parts.reserve(2);
    parts.push_back(std::move(first));
    parts.push_back(std::move(second));
    return join(kind, std::move(parts));
}

shim_query *combine(Kind kind, Kind when_empty, shim_query **queries, size_t n) noexcept
{
    std::vector<Query> parts;
    if (!adopt(queries, n, parts))
        return nullptr;
    return made([&]() -> shim_query * {
        if (parts.empty())
            return new shim_query(when_empty); // NOLINT(bugprone-unhandled-exception-at-new): made() catches
        if (parts.size() == 1)
            return parts[0].release();
        return join(kind, std::move(parts)).release();
    });
}

/* `kind` (query, other); where the query is of that kind already, its second half is joined to the other. */
shim_query *combine_halves(Kind kind, Kind second_halves, shim_query *query, shim_query *other) noexcept
{
    Query first(query), second(other);
    if (!first || !second)
        return nullptr;
    return made([&]() -> shim_query * {
        if (first->kind == kind) {
            second = join_two(second_halves, std::move(first->children[1]), std::move(second));
            first = std::move(first->children[0]);
        }
        return second ? pair(kind, std::move(first), std::move(second)).release() : nullptr;
    });
}

/* A leaf over terms in order; NULL where one is out of bounds. */
shim_query *over_terms(Kind kind, const char *const *terms, const size_t *lens, size_t n,
                       uint32_t number) noexcept
{
    if (n == 0 || n > SHIM_QUERY_WORDS)
        return nullptr;
    for (size_t i = 0; i < n; i++)
        if (!shim::fits_term(terms[i], lens[i]))
            return nullptr;
    return made([&] {
        // NOLINTNEXTLINE(bugprone-unhandled-exception-at-new): made() catches
        Query query(new shim_query(n == 1 && kind != Kind::prefix ? Kind::word : kind));
        query->terms.reserve(n);
        for (size_t i = 0; i < n; i++)
            query->terms.emplace_back(terms[i], lens[i]);
        query->leaves = n;
        query->number = number;
        return query.release();
    });
}

} // namespace

extern "C" {

struct shim_query *shim_query_all(void)
{
    return made([] { return new shim_query(Kind::all); });
}

struct shim_query *shim_query_none(void)
{
    return made([] { return new shim_query(Kind::none); });
}

struct shim_query *shim_query_word(const char *term, size_t len)
{
    return over_terms(Kind::word, &term, &len, 1, 0);
}

struct shim_query *shim_query_phrase(const char *const *terms, const size_t *lens, size_t n)
{
    return over_terms(Kind::phrase, terms, lens, n, 0);
}

struct shim_query *shim_query_near(const char *const *terms, const size_t *lens, size_t n, unsigned distance)
{
    if (distance == 0 || n > SHIM_QUERY_WORDS || distance > UINT32_MAX - n)
        return nullptr;
    return over_terms(Kind::near, terms, lens, n, static_cast<uint32_t>(n + distance - 1));
}

struct shim_query *shim_query_held(struct shim_query *query, const struct shim_stretches *stretches)
{
    Query leaf(query);
    if (!leaf || !stretches->starts || stretches->per_document == 0 || stretches->per_document > 32 ||
        (leaf->kind != Kind::word && leaf->kind != Kind::phrase && leaf->kind != Kind::near))
        return nullptr;
    leaf->held = *stretches;
    return leaf.release();
}

struct shim_query *shim_query_prefix(const char *prefix, size_t len, unsigned limit)
{
    if (limit == 0)
        return nullptr;
    return over_terms(Kind::prefix, &prefix, &len, 1, limit);
}

struct shim_query *shim_query_and(struct shim_query **queries, size_t n)
{
    return combine(Kind::all_of, Kind::all, queries, n);
}

struct shim_query *shim_query_or(struct shim_query **queries, size_t n)
{
    return combine(Kind::any_of, Kind::none, queries, n);
}

struct shim_query *shim_query_and_not(struct shim_query *query, struct shim_query *without)
{
    return combine_halves(Kind::without, Kind::any_of, query, without);
}

struct shim_query *shim_query_filter(struct shim_query *query, struct shim_query *filter)
{
    return combine_halves(Kind::filter, Kind::all_of, query, filter);
}

struct shim_query *shim_query_boost(struct shim_query *query, struct shim_query *extra)
{
    return combine_halves(Kind::boost, Kind::any_of, query, extra);
}

struct shim_query *shim_query_range(uint32_t slot, const void *from, size_t from_len, const void *to,
                                    size_t to_len)
{
    if (slot == Xapian::BAD_VALUENO)
        return nullptr;
    return made([&] {
        Query query(new shim_query(Kind::range));
        query->slot = slot;
        if (from)
            query->from.assign(static_cast<const char *>(from), from_len);
        if (to)
            query->to.assign(static_cast<const char *>(to), to_len);
        query->has_to = to != nullptr;
        return query.release();
    });
}

struct shim_query *shim_query_scale(struct shim_query *query, double factor)
{
    Query scaled(query);
    if (!scaled || !std::isfinite(factor) || factor < 0)
        return nullptr;
    return made([&]() -> shim_query * {
        if (scaled->kind == Kind::scale) {
            scaled->factor *= factor;
            return std::isfinite(scaled->factor) ? scaled.release() : nullptr;
        }
        Query whole(new shim_query(Kind::scale));
        whole->factor = factor;
        whole->leaves = scaled->leaves;
        whole->depth = scaled->depth + 1;
        whole->children.push_back(std::move(scaled));
        return bounded(std::move(whole)).release();
    });
}

void shim_query_free(struct shim_query *query)
{
    delete query;
}

} // extern "C"
