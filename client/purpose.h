/* SPDX-License-Identifier: MIT */
/*
 * libpurpose: ask a Purposed daemon from a C program.
 *
 *     #include <purpose.h>
 *     #include <stdio.h>
 *
 *     int main(void)
 *     {
 *         struct purpose_query query = {.size = sizeof query, .text = "\"risk stratification\""};
 *         struct purpose_found *found = NULL;
 *         struct purpose_connection *daemon = purpose_new();
 *         if (purpose_connect(daemon, NULL) || purpose_search(daemon, &query, &found))
 *             fprintf(stderr, "%s\n", purpose_error_text(daemon));
 *         for (size_t i = 0; found && i < found->hit_count; i++)
 *             printf("%s  %s\n", found->hits[i]->id, found->hits[i]->organisation);
 *         purpose_found_free(found);
 *         purpose_free(daemon);
 *     }
 *
 * Compile with: cc example.c $(pkg-config --cflags --libs libpurpose)
 *
 * Conventions
 *  1. There is a function for each method of the daemon's JSON-RPC protocol, and purpose_call() for any of
 * them in raw JSON (jansson's values). A typed reply holds the raw one as `json`, for what is not typed.
 *  2. *New* things are the caller's to free, each by its own function, all of which take NULL. What stands in
 * a reply is *borrowed* from it until it is freed; no reply needs its connection. Nothing passed in is kept.
 *  3. A function that can fail returns an enum purpose_status and sets results on PURPOSE_OK only. After a
 * failure purpose_error_text() says, for people, what is wrong and what to do next.
 *  4. Nothing waits longer than the connection's timeout, but for the system's look-up of a host name.
 * Replies are bounded by PURPOSE_REPLY_MAX. A wait interrupted by a signal goes on.
 *  5. A connection belongs to one thread at a time and has one call under way. Different connections share
 * nothing and may be used by different threads at once. A reply may be read by several threads at once, but
 * for its `json`, whose reference count only one may change. purpose_default_address(), and so
 * purpose_connect() without an address, reads the environment, which no other thread may change meanwhile.
 *  6. The library never ends the program, raises no SIGPIPE, installs no handler and writes to no stream.
 *  7. After any failure but PURPOSE_REFUSED and PURPOSE_BAD_ARGUMENT the connection is closed;
 * purpose_connect() opens it again.
 *  8. Texts are UTF-8. A text of a reply is NULL where the daemon gives none. They come from the register and
 * may hold control characters: clean them before showing them on a terminal. Where NULL may be passed is
 * said; elsewhere it is PURPOSE_BAD_ARGUMENT, never a crash.
 *  9. Structs of replies grow at their end in later versions, so they are made by the library alone and
 * listed by pointers. A struct passed in begins with its `size`, by which the library knows its version.
 */
#ifndef PURPOSE_H
#define PURPOSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined __GNUC__
#define PURPOSE_API __attribute__((visibility("default")))
#else
#define PURPOSE_API
#endif

enum {
    PURPOSE_REPLY_MAX = 64 * 1024 * 1024,  /* bytes of one reply */
    PURPOSE_REQUEST_MAX = 4 * 1024 * 1024, /* bytes of one request */
    PURPOSE_TIMEOUT_MS = 30000,            /* milliseconds for a connect or a call, unless set otherwise */
    PURPOSE_TIMEOUT_MAX_MS = 86400000,     /* the longest that can be set: a day */
    PURPOSE_ADDRESS_SIZE = 512,            /* bytes of an address, NUL included */
    PURPOSE_ERROR_SIZE = 2048,             /* bytes of an error's text, NUL included; longer ones are cut */
    PURPOSE_NONE = -1,                     /* as a limit: nothing of the kind, only totals */
};

enum purpose_status {
    PURPOSE_OK = 0,
    PURPOSE_BAD_ARGUMENT, /* an argument cannot be used as it is */
    PURPOSE_NO_DAEMON,    /* nothing listens at the address, or it may not be reached */
    PURPOSE_TIMEOUT,      /* no connection, or no whole reply, in time */
    PURPOSE_LOST,         /* the daemon went away before its reply was whole */
    PURPOSE_BAD_REPLY,    /* what came is no reply to this call, or longer than PURPOSE_REPLY_MAX */
    PURPOSE_REFUSED,      /* the daemon answered with an error: see purpose_error_code() */
    PURPOSE_NO_MEMORY,
};

/* ---- connections ---- */

struct purpose_connection;

/* *New*, not connected yet; NULL without memory. */
PURPOSE_API struct purpose_connection *purpose_new(void);
/* Closes and frees. */
PURPOSE_API void purpose_free(struct purpose_connection *connection);

/* Milliseconds for each connect and each call from now on, 1 to PURPOSE_TIMEOUT_MAX_MS (others are moved
 * there). */
PURPOSE_API void purpose_set_timeout(struct purpose_connection *connection, int milliseconds);

/* Connects to `unix:PATH`, `tcp:HOST:PORT` (`tcp:[HOST]:PORT` for a numeric IPv6 host), `http://HOST:PORT` or
 * `https://HOST`, which a path may follow; NULL is the default address. HTTP needs libcurl, which is looked
 * for then; whether somebody is there shows at the first call only; $http_proxy and its like are heeded but
 * for this machine, as is $SSL_CERT_FILE. A connection already open is closed first. A default folder under
 * /tmp that belongs to another user is not used. */
PURPOSE_API enum purpose_status purpose_connect(struct purpose_connection *connection, const char *address);
PURPOSE_API void purpose_close(struct purpose_connection *connection);

/* Calls `method` and waits for its result, *new*. `params` is an object or NULL. */
PURPOSE_API enum purpose_status purpose_call(struct purpose_connection *connection, const char *method,
                                             const json_t *params, json_t **ret_result);

/* What the last failure was, one line, *borrowed* until the next call on this connection; "" when there was
 * none. For PURPOSE_REFUSED it is the daemon's message as it came. Without a connection: that there is none.
 */
PURPOSE_API const char *purpose_error_text(const struct purpose_connection *connection);
/* The JSON-RPC code of the last PURPOSE_REFUSED (-32602 bad parameters, -32003 no such record, …), 0
 * otherwise. */
PURPOSE_API int purpose_error_code(const struct purpose_connection *connection);

/* Writes the address where this user's daemon listens: `unix:` and $XDG_RUNTIME_DIR/purposed/sock, else
 * /run/purposed/sock for root, else /tmp/purposed-UID/sock. PURPOSE_BAD_ARGUMENT when it does not fit. */
PURPOSE_API enum purpose_status purpose_default_address(char *to, size_t size);
/* The library's version, "0.1.0". */
PURPOSE_API const char *purpose_version(void);

/* ---- what is asked ---- */

/* One condition. On a facet: that it has any of `values`. On start, end, released or changed: that it lies
 * from `from` to `to`, both included (YYYY, YYYY-MM or YYYY-MM-DD), of which one may be NULL. */
struct purpose_filter {
    const char *name;
    const char *const *values;
    size_t value_count;
    const char *from, *to;
};

/* What is looked for. Zeroes but for `size` ask for everything, as the daemon does it by itself. */
struct purpose_query {
    size_t size;                          /* sizeof(struct purpose_query) */
    const char *text;                     /* in the daemon's query language; NULL: the filters alone decide */
    const struct purpose_filter *filters; /* each a condition of its own, no two on one facet */
    size_t filter_count;
    const char *const *facets; /* names of facets to count */
    size_t facet_count;
    const char *const *parts; /* names of the parts to look in; none: all of them */
    size_t part_count;
    const char *sort;   /* NULL: relevance */
    const char *cursor; /* of a reply to the same question: the page after it; NULL: by `offset` */
    int offset;         /* hits, or values of a facet, to pass over */
    int limit;          /* hits, values or suggestions; 0: the daemon's default, or PURPOSE_NONE */
    int snippets;       /* passages a hit; 0: the daemon's default, or PURPOSE_NONE */
    bool any_word;      /* not all words */
    bool any_release;   /* conditions need not hold for one and the same release */
    bool history;       /* older editions' texts too */
    bool newest_version;
    bool fold_copies; /* one hit per distinct text */
    bool explain;
    const json_t *more; /* an object: further parameters, which win over the above; NULL: none */
};

/* ---- replies ---- */

struct purpose_texts {
    const char *const *items;
    size_t count;
};

struct purpose_snippet {
    const char *part;
    const char *item; /* the number of a numbered item */
    const char *html; /* escaped, the words found within <mark> and </mark> */
};

/* What a word gave to a hit's score. */
struct purpose_weight {
    const char *word, *part;
    double weight;
};

struct purpose_hit {
    const char *id, *agreement, *version, *title, *organisation, *edition, *start, *end;
    struct purpose_texts identifiability, opt_outs, legal_basis;
    double score;
    long long copies;        /* folded: how many of its group match, itself included; else 0 */
    const char *group;       /* folded: the value of facet "group" that lists them */
    bool history;            /* a text of an older edition */
    bool release_not_stated; /* the source does not say which data set went out on which basis */
    const struct purpose_snippet *const *snippets;
    size_t snippet_count;
    const struct purpose_weight *const *weights; /* with `explain`, the heaviest first */
    size_t weight_count;
    const json_t *json;
};

struct purpose_value {
    const char *value, *label; /* the key that filters take; what people read */
    long long count;
    bool selected;
    long long below; /* values a level below, known or listed */
    const struct purpose_value *const *children;
    size_t child_count;
};

struct purpose_facet {
    const char *name;
    const struct purpose_value *const *values;
    size_t value_count;
};

/* Of a search, of what is similar, and at the head of an export (which has no hits here). */
struct purpose_found {
    const char *revision;
    long long total;
    long long groups; /* distinct texts among them; -1 where it was not asked to fold them */
    const struct purpose_hit *const *hits;
    size_t hit_count;
    const struct purpose_facet *const *facets;
    size_t facet_count;
    const char *corrected; /* a query that may have been meant */
    bool relaxed;          /* no record has every word, so any word was enough */
    struct purpose_texts warnings;
    const char *cursor;     /* to the next page; NULL: this is the last, or none is told */
    const char *understood; /* with `explain`: the query in words */
    const json_t *json;
};

struct purpose_record {
    const char *id, *agreement, *version, *title, *organisation, *edition, *start, *end;
    const char *released_from, *released_to, *first_seen, *changed, *legal_basis_text;
    const char *objectives, *expected_benefits, *yielded_benefits, *outputs, *processing, *commercial_note;
    int commercial, sublicensing; /* 1 yes, 0 no, -1 not stated */
    struct purpose_texts organisation_types, controllers, editions, identifiability, opt_outs, legal_basis;
    struct purpose_texts duty_of_confidence, sensitivity, method, datasets, flags, parse_notes;
    struct purpose_texts versions; /* ids of the agreement, newest first; of purpose_get() only */
    bool history;                  /* a text of an older edition */
    const json_t *json;            /* and what stands there alone: releases, sources, page_files */
};

struct purpose_values {
    long long total; /* how many values there are */
    const struct purpose_value *const *values;
    size_t value_count;
    struct purpose_texts warnings;
    const json_t *json;
};

enum purpose_op { PURPOSE_EQUAL, PURPOSE_DELETE, PURPOSE_INSERT };

struct purpose_edit {
    enum purpose_op op;
    const char *text;
};

struct purpose_part {
    const char *name;
    bool equal; /* but for white space; there are no edits then */
    const struct purpose_edit *const *edits;
    size_t edit_count;
};

struct purpose_comparison {
    const struct purpose_part *const *parts;
    size_t part_count;
    const json_t *json;
};

struct purpose_suggestion {
    const char *text, *kind;
    long long count;
};

struct purpose_suggestions {
    const struct purpose_suggestion *const *items;
    size_t count;
    const json_t *json;
};

struct purpose_changes {
    const char *from, *to; /* editions */
    const char *coverage;  /* "period": gone from an edition does not mean ended; or "cumulative" */
    struct purpose_texts added, gone, changed, renewed; /* ids */
    const json_t *json;
};

/* A field, facet or part: its name in queries and replies, and what people read. */
struct purpose_name {
    const char *name, *label, *help;
};

struct purpose_acronym {
    const char *short_form, *long_form, *source;
    long long count;
};

struct purpose_schema {
    const struct purpose_name *const *fields;
    size_t field_count;
    const struct purpose_name *const *facets;
    size_t facet_count;
    const struct purpose_name *const *parts;
    size_t part_count;
    const struct purpose_acronym *const *vocabulary;
    size_t acronym_count;
    const json_t *json;
};

struct purpose_health {
    const char *version; /* the daemon's */
    long long uptime_ms;
    const char *revision; /* of the index served; NULL: none yet */
    long long records;    /* in it */
    const char *problem;  /* why a newer index is not served; NULL: nothing is wrong */
    const json_t *json;   /* and its queue, calls and limits */
};

/* ---- methods: each waits for its reply, *new* ---- */

/* `query` may be NULL: everything. */
PURPOSE_API enum purpose_status purpose_search(struct purpose_connection *connection,
                                               const struct purpose_query *query,
                                               struct purpose_found **ret_found);
/* What is most like the record `id`: without its copies, or only those whose parts are the same. */
PURPOSE_API enum purpose_status purpose_similar(struct purpose_connection *connection, const char *id,
                                                bool copies, const struct purpose_query *query,
                                                struct purpose_found **ret_found);
PURPOSE_API void purpose_found_free(struct purpose_found *found);

/* `id` is an exact id, or an agreement, then its newest version. `edition` may be NULL. */
PURPOSE_API enum purpose_status purpose_get(struct purpose_connection *connection, const char *id,
                                            const char *edition, struct purpose_record **ret_record);
PURPOSE_API void purpose_record_free(struct purpose_record *record);

/* The values of the facet `name`; `parent` NULL: its top level. `query` may be NULL; its limit is of values.
 */
PURPOSE_API enum purpose_status purpose_facets(struct purpose_connection *connection, const char *name,
                                               const char *parent, const struct purpose_query *query,
                                               struct purpose_values **ret_values);
PURPOSE_API void purpose_values_free(struct purpose_values *values);

/* How the second text differs from the first; `ID@EDITION` for an older text. */
PURPOSE_API enum purpose_status purpose_compare(struct purpose_connection *connection, const char *first,
                                                const char *second,
                                                struct purpose_comparison **ret_comparison);
PURPOSE_API void purpose_comparison_free(struct purpose_comparison *comparison);

/* What `text` may become; `limit` 0: the daemon's default. */
PURPOSE_API enum purpose_status purpose_suggest(struct purpose_connection *connection, const char *text,
                                                int limit, struct purpose_suggestions **ret_suggestions);
PURPOSE_API void purpose_suggestions_free(struct purpose_suggestions *suggestions);

/* From one edition to another; NULL: the last but one, the last. */
PURPOSE_API enum purpose_status purpose_changes(struct purpose_connection *connection, const char *from,
                                                const char *to, struct purpose_changes **ret_changes);
PURPOSE_API void purpose_changes_free(struct purpose_changes *changes);

PURPOSE_API enum purpose_status purpose_schema(struct purpose_connection *connection,
                                               struct purpose_schema **ret_schema);
PURPOSE_API void purpose_schema_free(struct purpose_schema *schema);

PURPOSE_API enum purpose_status purpose_health(struct purpose_connection *connection,
                                               struct purpose_health **ret_health);
PURPOSE_API void purpose_health_free(struct purpose_health *health);

/* ---- all records that match, one after another ---- */

struct purpose_export;

/* Begins an export, *new*; its first page and one more are held at a time. The connection must outlive it,
 * may be used for other calls meanwhile, and has the error of a failure. `query` may be NULL; its limit,
 * offset, snippets, facets and explain are not for an export. */
PURPOSE_API enum purpose_status purpose_export_open(struct purpose_connection *connection,
                                                    const struct purpose_query *query,
                                                    struct purpose_export **ret_export);
/* The total and the warnings, as they were at its beginning; *borrowed* from the export. */
PURPOSE_API const struct purpose_found *purpose_export_head(const struct purpose_export *records);
/* The next record, *new*; NULL with PURPOSE_OK after the last. After a failure the export is at its end. */
PURPOSE_API enum purpose_status purpose_export_next(struct purpose_export *records,
                                                    struct purpose_record **ret_record);
PURPOSE_API void purpose_export_free(struct purpose_export *records);

#ifdef __cplusplus
}
#endif

#endif
