/* SPDX-License-Identifier: MIT */
/*
 * Of libpurpose's inside: what its files share. Threads as in purpose.h.
 */
#ifndef PURPOSED_CLIENT_PURPOSE_INSIDE_H
#define PURPOSED_CLIENT_PURPOSE_INSIDE_H

#include "client/purpose.h"

/* ---- connections ---- */

/* Sets the connection's error and returns `status`; closes the connection where purpose.h says so. Takes
 * NULL. */
__attribute__((format(printf, 3, 4))) enum purpose_status
purpose_fail(struct purpose_connection *connection, enum purpose_status status, const char *format, ...);

/* ---- questions ---- */

/* Parameters being put together. The first failure wins; `status` is asked at the end. */
struct question {
    struct purpose_connection *connection;
    json_t *params;
    enum purpose_status status;
};

/* `ret_result` is where the answer goes; NULL is an error, as is a NULL connection. */
struct question question_begin(struct purpose_connection *connection, const void *ret_result);
/* Sets a text that may be NULL: then nothing is set. */
void question_text(struct question *question, const char *name, const char *text);
/* Sets a text that must be there. */
void question_needed_text(struct question *question, const char *name, const char *text);
/* Sets a list of texts, none of which may be NULL; nothing where `count` is 0. */
void question_list(struct question *question, const char *name, const char *const *texts, size_t count);
void question_flag(struct question *question, const char *name, bool flag); /* false sets nothing */
void question_limit(struct question *question, const char *name, int limit);
/* Sets what is looked for: text, filters, parts, and how they are to be taken. NULL sets nothing. */
void question_query(struct question *question, const struct purpose_query *query);
/* Sets what is shown of it: facets, snippets, limit, offset, cursor, explain. */
void question_page(struct question *question, const struct purpose_query *query);
/* The parameters that win over all others. */
void question_more(struct question *question, const struct purpose_query *query);

/* ---- replies ---- */

struct reply_block;

/*
 * A reply being read. What is made for it is freed with it. The first thing that is wrong with it is kept as
 * the connection's error; reading goes on and gives nothing, so that `status` is asked once, at the end.
 */
struct reply {
    struct purpose_connection *connection;
    const char *method;
    json_t *json;
    struct reply_block *blocks;
    int depth; /* of the values being read */
    enum purpose_status status;
};

/* Fills in `made`, which is zeroed and of the size asked for, from reply->json. */
typedef void reply_filler(struct reply *reply, void *made);
/* Asks the question and frees it: on PURPOSE_OK `*ret_made` is *new*, for reply_free(), and owns whatever was
 * made for the reply, its JSON too. A result that is no object is an error. */
enum purpose_status reply_ask(struct question *question, const char *method, size_t size, reply_filler *fill,
                              void **ret_made);
/* The same of a result that is there already; steals `json`. */
enum purpose_status reply_take(struct purpose_connection *connection, const char *method, json_t *json,
                               size_t size, reply_filler *fill, void **ret_made);
void reply_free(void *made);
/* Zeroed memory of the reply, NULL without memory. */
void *reply_alloc(struct reply *reply, size_t size);

/* Members of an object, NULL or 0 where they are missing or null; of another type they are an error. */
const char *reply_text(struct reply *reply, const json_t *object, const char *name);
long long reply_number(struct reply *reply, const json_t *object, const char *name, long long missing);
bool reply_flag(struct reply *reply, const json_t *object, const char *name);
struct purpose_texts reply_texts(struct reply *reply, const json_t *object, const char *name);
/* A list that must be there, an array. */
const json_t *reply_list(struct reply *reply, const json_t *object, const char *name);
/* A list that may be missing: NULL then. */
const json_t *reply_optional_list(struct reply *reply, const json_t *object, const char *name);
void reply_is_wrong(struct reply *reply, const char *name, const char *expected);

/* Makes one struct of `item`, in memory of the reply. */
typedef void *reply_maker(struct reply *reply, const json_t *item);
/* A *new* array, of the reply's, of what `make` makes of each item of `list`, which may be NULL: NULL for
 * none. An item that is no object is an error. */
const void *reply_array(struct reply *reply, const json_t *list, reply_maker *make, size_t *ret_count);

/* What is found, without hits or facets. */
void reply_head(struct reply *reply, struct purpose_found *found);

#endif
