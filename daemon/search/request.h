/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameters of a search, taken out of JSON and checked: wrong ones are answered by name, with what they
 * take. */
#ifndef PURPOSED_SEARCH_REQUEST_H
#define PURPOSED_SEARCH_REQUEST_H

#include <jansson.h>

#include "daemon/search/columns.h"
#include "daemon/search/cursor.h"
#include "daemon/search/search.h"
#include "indexer/base/strlist.h"

enum {
    REQUEST_LIMIT_DEFAULT = 10,  /* hits */
    REQUEST_VALUES_DEFAULT = 20, /* values of a facet */
    REQUEST_UNKNOWN_MAX =
        1000, /* chosen values that nothing has and that are shown all the same; more are left out */
    REQUEST_WARNINGS_MAX = 20, /* warnings about such values */
    REQUEST_TEXT_MAX = 4096,   /* bytes of a filter value or another short text */
    REQUEST_EXPORT_MAX = 2048, /* records of one reply to an export */
    REQUEST_FIELDS_MAX = 64,   /* further fields of a hit */
};

enum range_kind { RANGE_START, RANGE_END, RANGE_RELEASED, RANGE_CHANGED, RANGE_COUNT };

/* Both included, as column_day, or as column_month for RANGE_RELEASED. */
struct range {
    bool is_set;
    uint32_t from, to;
};

/* The values chosen of one facet: a document (or a release) must have one of them. */
struct selection {
    bool is_set;
    int32_t *nodes; /* distinct */
    size_t count, cap;
    struct strlist unknown; /* values that no document has, as typed */
};

/* A facet to be counted. */
struct counted {
    int facet;  /* as in field_facets() */
    char *name; /* under which it stands in the reply */
    size_t limit, offset;
    int32_t parent;  /* whose children are listed; NODE_NO_PARENT: the top level */
    bool has_parent; /* asked for, though it may be unknown */
    char *contains;  /* folded; NULL: any */
    bool by_value;   /* in the order of the values, else by count */
    bool releases;   /* counts rows of releases, else records */
};

struct request {
    const json_t *params; /* borrowed; what decides which records are found and in which order */
    const char *q;        /* borrowed from the parameters; NULL: none */
    size_t q_len;
    unsigned parts; /* bit n is part n of field_parts() */
    bool match_any, same_release, history, explain, newest_version, fold_copies;
    struct range ranges[RANGE_COUNT];
    struct selection *selections; /* one a facet */
    size_t facet_count;
    struct counted *counted;
    size_t counted_count;
    enum sort_key sort;
    bool descending;
    size_t offset, limit, snippets;
    const struct field *fields[REQUEST_FIELDS_MAX]; /* that hits carry beside their own, each once */
    size_t field_count;
    const char *id;  /* of the record that others are to be like; borrowed from the parameters */
    bool copies;     /* only those that are equal to it but for white space */
    bool has_cursor; /* then the page begins there */
    struct cursor cursor;
    struct strlist warnings;
};

/* Fills an error with RPC-style code -32602 and returns -1. */
__attribute__((format(printf, 2, 3))) int request_fail(struct search_error *error, const char *format, ...);

/* What a method of this room takes, by name, each ended by NULL. Names not among them are an error that lists
 * them. */
int request_check_names(const json_t *params, const char *const *known, const char *method,
                        struct search_error *error);

/* The name of a sort key, or of a range among the filters, *borrowed*. */
const char *request_sort_name(enum sort_key key);
const char *request_range_name(enum range_kind kind);

/* Fill a request. 0, or -1 with `error`. Free with request_free, also after a failure. */
void request_init(struct request *request, const struct columns *columns);
int request_parse_search(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error);
int request_parse_export(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error);
int request_parse_similar(struct request *request, const struct columns *columns, const json_t *params,
                          struct search_error *error);
int request_parse_facets(struct request *request, const struct columns *columns, const json_t *params,
                         struct search_error *error);
/* What is to be marked in a record: q, match, parts. */
int request_parse_get(struct request *request, const json_t *params, struct search_error *error);
void request_free(struct request *request);

#endif
