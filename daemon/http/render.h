/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Results of the protocol's methods in the forms that other programs read. Each takes the result of a call
 * and appends bytes; none knows a connection. They may run in any thread.
 */
#ifndef PURPOSED_HTTP_RENDER_H
#define PURPOSED_HTTP_RENDER_H

#include <jansson.h>
#include <stdbool.h>

#include "indexer/base/buf.h"

/* Where the records come from, and under what they may be used. */
#define RENDER_SOURCE_URL                                                                                    \
    "https://digital.nhs.uk/services/data-access-request-service-dars/data-uses-register"
#define RENDER_LICENCE_URL "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
#define RENDER_ATTRIBUTION                                                                                   \
    "Contains information from NHS England, licensed under the Open Government Licence v3.0."

struct render_call {
    const char *base;     /* "http://host:port", without a slash at its end */
    const char *target;   /* as it was sent: "/search.atom?q=..." */
    const json_t *params; /* of the method that was called */
};

/* `search` as a feed (RFC 4287) with OpenSearch's counts. */
void render_atom(const json_t *result, const struct render_call *call, struct buf *to);
/* `search` as {total, offset, results: [{url, title, content, ...}]}. */
void render_results(const json_t *result, const struct render_call *call, struct buf *to);
/* `suggest` as OpenSearch's suggestions: [text, [texts], [descriptions], [URLs]]. */
void render_suggestions(const json_t *result, const struct render_call *call, struct buf *to);

/* `export`, a piece at a time. */
void render_jsonl(const json_t *result, struct buf *to);
/* The rows that `purpose export --csv` writes, byte for byte (daemon/wire/row.h), the heading first where
 * `is_first`: a column for each field that records have of themselves, and `history` where older texts were
 * asked for. */
void render_csv(const json_t *result, bool with_history, bool is_first, struct buf *to);

/* OpenSearch 1.1's description of this server. */
void render_opensearch(const char *base, struct buf *to);

#endif
