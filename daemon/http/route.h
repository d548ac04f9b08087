/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a path and its parameters ask for: a method of the protocol and its params, and in which form the
 * answer is wanted. Nothing here knows a connection.
 *
 * Every parameter may be left empty, which is as if it were not there: forms send empty fields. Parameters
 * that take lists are repeated. Filters go by the name of their facet, singular or plural; ranges are
 * "FROM..TO", either side of which may be left out, or one date for both. facet=NAME counts a facet, and
 * facet.NAME.limit, .offset, .parent, .contains, .sort, .count say how; facet.NAME.name=OTHER counts OTHER
 * under NAME.
 */
#ifndef PURPOSED_HTTP_ROUTE_H
#define PURPOSED_HTTP_ROUTE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/http/problem.h"
#include "daemon/web/web.h"

enum { ROUTE_FEED_LIMIT = 50 /* entries of a feed, unless asked otherwise */ };

enum route_kind {
    ROUTE_JSON,        /* the result as it is */
    ROUTE_RESULTS,     /* hits as metasearch engines read them */
    ROUTE_ATOM,        /* hits as a feed */
    ROUTE_SUGGESTIONS, /* as browsers read them */
    ROUTE_EXPORT,      /* records as a stream */
    ROUTE_STATUS,      /* the daemon's own method */
    ROUTE_CALL,        /* a call of the protocol, as the body of a POST */
    ROUTE_OPENAPI,
    ROUTE_OPENSEARCH,
    ROUTE_HEALTH,
    ROUTE_READY,
    ROUTE_METRICS,
    ROUTE_PAGE,  /* for people */
    ROUTE_ASSET, /* what pages are made with */
};

enum route_type { ROUTE_TEXT, ROUTE_NUMBER, ROUTE_FLAG, ROUTE_WORD, ROUTE_LIST };

enum route_takes {
    ROUTE_TAKES_FILTERS = 1 << 0,
    ROUTE_TAKES_FACETS = 1 << 1,
};

struct route_param {
    const char *name;   /* in the URL */
    const char *member; /* of params; NULL: `name` */
    enum route_type type;
    const char *const *words; /* of ROUTE_WORD, ended by NULL */
    const char *help;
};

struct route {
    const char *path; /* one that ends with "/" takes what follows as a parameter */
    enum route_kind kind;
    const char *method;                      /* of the protocol; NULL where it is not about one */
    const char *rest;                        /* the parameter that what follows the path is */
    const struct route_param *const *params; /* ended by NULL */
    unsigned takes;                          /* enum route_takes */
    const char *summary;
};

/* All of them. *Borrowed*, for ever. */
const struct route *route_table(size_t *ret_count);

struct route_call {
    const struct route *route;
    json_t *params;        /* *new*; NULL where it takes none */
    bool is_csv;           /* of an export */
    char *rest;            /* the name of an asset; else NULL */
    struct web_page *page; /* of ROUTE_PAGE */
};

/* Resolves a target as it was sent. Returns 0, or -1 with `problem` and nothing to free. */
int route_resolve(const char *target, size_t len, struct route_call *ret_call, struct problem *problem);
/* Whether it is to this target that calls are posted. */
bool route_takes_calls(const char *target, size_t len);
void route_call_free(struct route_call *call);

/* The parameter of a route that a message of the protocol's is about, by its name in the URL: the first word
 * of the message that names one. "" where none does. */
void route_blame(const struct route *route, const char *message, char *name, size_t size);

#endif
