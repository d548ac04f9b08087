/* SPDX-License-Identifier: MIT */
/*
 * The JSON-RPC 2.0 envelope, both ways (https://www.jsonrpc.org/specification).
 *
 * Requests are taken apart with jansson; replies are put together as bytes, the result being JSON text
 * already.
 */
#ifndef PURPOSED_WIRE_RPC_H
#define PURPOSED_WIRE_RPC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/buf.h"

enum rpc_code {
    RPC_PARSE_ERROR = -32700,
    RPC_INVALID_REQUEST = -32600,
    RPC_UNKNOWN_METHOD = -32601,
    RPC_INVALID_PARAMS = -32602,
    RPC_INTERNAL = -32603,
    RPC_OVERLOADED = -32001,
    RPC_DEADLINE = -32002,
    RPC_NOT_FOUND = -32003,
    RPC_NO_INDEX = -32004,
};

enum {
    RPC_DEPTH_MAX = 32,     /* nesting of a message; deeper is a parse error that says so */
    RPC_BATCH_MAX = 100,    /* calls in one batch */
    RPC_ID_MAX = 256,       /* bytes of an id as JSON text; longer is an invalid request */
    RPC_MESSAGE_SIZE = 160, /* bytes of an error's message, NUL included */
};

/* One call of a message. */
struct rpc_call {
    char *id;           /* as JSON text; NULL: a notification, to which nothing is replied */
    const char *method; /* *borrowed* from the message; NULL where the call itself is wrong */
    json_t *params;     /* *borrowed*; an object, or NULL where none were given */
    int error;          /* 0, or an enum rpc_code with `message` */
    char message[RPC_MESSAGE_SIZE];
};

struct rpc_message {
    json_t *root;
    struct rpc_call *calls;
    size_t count;
    bool is_batch;
};

/* Takes a line apart. A message that is wrong as a whole has one call with `error` and id "null". Returns 0,
 * or -1 without memory. `params` given as an array are RPC_INVALID_PARAMS: this protocol's are named; null
 * stands for none. A name given twice in one object is a parse error: which of the two was meant cannot be
 * known. */
int rpc_parse(const char *line, size_t len, struct rpc_message *ret_message);
void rpc_message_free(struct rpc_message *message);

/* Append one reply object, without the line's end. `id` is JSON text. */
void rpc_put_result(struct buf *to, const char *id, const char *result, size_t len);
void rpc_put_error(struct buf *to, const char *id, int code, const char *message);
/* Appends a JSON string literal; quotes, backslashes and controls escaped, invalid UTF-8 as U+FFFD. */
void rpc_put_string(struct buf *to, const char *text, size_t len);

/* Appends a request, as one line with its end. `params` may be NULL. */
void rpc_put_request(struct buf *to, long id, const char *method, const json_t *params);

struct rpc_reply {
    json_t *root;
    long id;             /* -1 where the reply names none */
    json_t *result;      /* *borrowed*; NULL for an error */
    int code;            /* 0 for a result */
    const char *message; /* *borrowed* */
};
/* Takes a reply apart; 0, or -1 where the line is none. */
int rpc_parse_reply(const char *line, size_t len, struct rpc_reply *ret_reply);
void rpc_reply_free(struct rpc_reply *reply);

#endif
