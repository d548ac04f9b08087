/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What there is to ask: one row a path, one a parameter. The description at /openapi.json is made of them. */
#include "daemon/http/route.h"

#define WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
#define PARAMS(...) ((const struct route_param *const[]){__VA_ARGS__, NULL})

static const struct route_param
    q = {"q", NULL, ROUTE_TEXT, NULL,
         "What to look for: words, \"phrases\", AND OR NOT, -word, prefix*, NEAR/5, objectives: and the "
         "like, "
         "year:2018..2020, since:2021-02."},
    match = {"match", NULL, ROUTE_WORD, WORDS("all", "any"), "Whether all words must be there, or any."},
    parts = {"parts", NULL, ROUTE_LIST, NULL, "Parts of the text to look in; all without it."},
    sort = {"sort", NULL, ROUTE_TEXT, NULL,
            "relevance, or start, end, released, changed, organisation, title, id, page_files, with - before "
            "it for the other direction."},
    offset = {"offset", NULL, ROUTE_NUMBER, NULL, "How many to pass over."},
    limit = {"limit", NULL, ROUTE_NUMBER, NULL, "How many to give at most."},
    cursor = {"cursor", NULL, ROUTE_TEXT, NULL, "Goes on where the reply that gave this cursor ended."},
    snippets = {"snippets", NULL, ROUTE_NUMBER, NULL, "Passages a hit."},
    fold_copies = {"fold_copies", NULL, ROUTE_FLAG, NULL, "One hit for each distinct text."},
    newest_version = {"newest_version", NULL, ROUTE_FLAG, NULL,
                      "Of the versions of an agreement that match, the newest alone."},
    history = {"history", NULL, ROUTE_FLAG, NULL, "Older editions' texts too."},
    same_release = {"same_release", NULL, ROUTE_FLAG, NULL,
                    "Whether filters on what was released must hold for one and the same release; yes "
                    "without it."},
    fields = {"fields", NULL, ROUTE_LIST, NULL,
              "Further fields of the record that each hit is to carry, such as datasets; no prose."},
    explain = {"explain", NULL, ROUTE_FLAG, NULL, "Says how the query was understood."},
    parent = {"parent", NULL, ROUTE_TEXT, NULL, "The value whose children are listed."},
    contains = {"contains", NULL, ROUTE_TEXT, NULL, "Values that have this in them."},
    value_sort = {"sort", NULL, ROUTE_WORD, WORDS("count", "value"), "The order of values."},
    value_count = {"count", NULL, ROUTE_WORD, WORDS("records", "releases"), "What is counted."},
    edition = {"edition", NULL, ROUTE_TEXT, NULL, "The text of this edition, YYYY-MM."},
    copies = {"copies", NULL, ROUTE_FLAG, NULL,
              "no: leaves copies out; yes: only those that are equal but for white space."},
    id = {"id", "ids", ROUTE_LIST, NULL, "A record; ID@EDITION is an older text. To be given twice."},
    from = {"from", NULL, ROUTE_TEXT, NULL, "The earlier edition, YYYY-MM."},
    to = {"to", NULL, ROUTE_TEXT, NULL, "The later edition, YYYY-MM."},
    format = {"format", NULL, ROUTE_WORD, WORDS("jsonl", "csv"), "JSON Lines, or CSV with a heading."};

#define SEARCH                                                                                               \
    PARAMS(&q, &match, &parts, &sort, &offset, &limit, &cursor, &snippets, &fold_copies, &newest_version,    \
           &history, &same_release, &explain, &fields)
#define SEARCH_TAKES (ROUTE_TAKES_FILTERS | ROUTE_TAKES_FACETS)

static const struct route routes[] = {
    {"/api/search", ROUTE_JSON, "search", NULL, SEARCH, SEARCH_TAKES, "Search the register"},
    {"/api/records/", ROUTE_JSON, "get", "id", PARAMS(&edition, &q, &match, &parts), 0,
     "A record whole, by its reference or its agreement; with q, where that stands in its parts"},
    {"/api/facets/", ROUTE_JSON, "facets", "name",
     PARAMS(&q, &parts, &limit, &offset, &parent, &contains, &value_sort, &value_count, &same_release,
            &newest_version, &match, &history),
     ROUTE_TAKES_FILTERS, "The values of a facet, with counts"},
    {"/api/similar/", ROUTE_JSON, "similar", "id",
     PARAMS(&parts, &copies, &sort, &offset, &limit, &cursor, &snippets, &fold_copies, &newest_version,
            &same_release, &explain, &fields),
     SEARCH_TAKES, "Records like one"},
    {"/api/compare", ROUTE_JSON, "compare", NULL, PARAMS(&id), 0, "What differs between two texts"},
    {"/api/suggest", ROUTE_JSON, "suggest", NULL, PARAMS(&q, &limit), 0, "What a text may go on to be"},
    {"/api/changes", ROUTE_JSON, "changes", NULL, PARAMS(&from, &to), 0,
     "What one edition added, left out, changed and renewed against another"},
    {"/api/schema", ROUTE_JSON, "schema", NULL, PARAMS(NULL), 0, "Fields, facets and parts, with labels"},
    {"/api/export", ROUTE_EXPORT, "export", NULL,
     PARAMS(&q, &match, &parts, &sort, &fold_copies, &newest_version, &history, &same_release, &format),
     ROUTE_TAKES_FILTERS, "All records that match, as a stream"},
    {"/api/status", ROUTE_STATUS, "status", NULL, PARAMS(NULL), 0,
     "What the daemon serves and how busy it is"},
    {"/api/rpc", ROUTE_CALL, NULL, NULL, PARAMS(NULL), 0,
     "One call of the protocol that the socket speaks, JSON-RPC 2.0, as the body of a POST"},
    {"/search.json", ROUTE_RESULTS, "search", NULL, SEARCH, ROUTE_TAKES_FILTERS,
     "Hits as metasearch engines read them: url, title, content"},
    {"/search.atom", ROUTE_ATOM, "search", NULL, SEARCH, ROUTE_TAKES_FILTERS,
     "A search as an Atom feed, newest changes first"},
    {"/suggest", ROUTE_SUGGESTIONS, "suggest", NULL, PARAMS(&q, &limit), 0,
     "OpenSearch suggestions, as browsers read them"},
    {"/opensearch.xml", ROUTE_OPENSEARCH, NULL, NULL, PARAMS(NULL), 0, "OpenSearch 1.1 description"},
    {"/openapi.json", ROUTE_OPENAPI, NULL, NULL, PARAMS(NULL), 0, "This description"},
    {"/healthz", ROUTE_HEALTH, NULL, NULL, PARAMS(NULL), 0, "Whether the daemon runs"},
    {"/readyz", ROUTE_READY, NULL, NULL, PARAMS(NULL), 0, "Whether it has an index to answer from"},
    {"/metrics", ROUTE_METRICS, NULL, NULL, PARAMS(NULL), 0, "Counts in Prometheus's text format"},
    {"/", ROUTE_PAGE, NULL, NULL, PARAMS(NULL), 0, "A search, for people"},
    {"/records/", ROUTE_PAGE, NULL, "id", PARAMS(NULL), 0, "The permanent address of a record"},
    {"/compare", ROUTE_PAGE, NULL, NULL, PARAMS(NULL), 0, "What differs between two texts"},
    {"/changes", ROUTE_PAGE, NULL, NULL, PARAMS(NULL), 0, "What one edition changed"},
    {"/facets/", ROUTE_PAGE, NULL, "name", PARAMS(NULL), 0, "All values of a facet"},
    {"/about", ROUTE_PAGE, NULL, NULL, PARAMS(NULL), 0, "What this is"},
    {"/assets/", ROUTE_ASSET, NULL, "name", PARAMS(NULL), 0, "What pages are made with"},
};

const struct route *route_table(size_t *ret_count)
{
    *ret_count = sizeof routes / sizeof *routes;
    return routes;
}
