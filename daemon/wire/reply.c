/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <string.h>

#include "daemon/wire/rpc.h"

static long reply_id(const json_t *id)
{
    json_int_t value = json_is_integer(id) ? json_integer_value(id) : -1;
    return value >= 0 && value <= LONG_MAX ? (long)value : -1;
}

/* Fills in code and message; whether `error` is an error object. */
static bool take_error(const json_t *error, struct rpc_reply *reply)
{
    const json_t *code = json_object_get(error, "code");
    const json_t *message = json_object_get(error, "message");
    if (!json_is_integer(code) || !json_is_string(message))
        return false;
    json_int_t value = json_integer_value(code);
    reply->code = value >= INT_MIN && value <= INT_MAX && value != 0 ? (int)value : RPC_INTERNAL;
    reply->message = json_string_value(message);
    return true;
}

static bool take_reply(struct rpc_reply *reply)
{
    const json_t *version = json_object_get(reply->root, "jsonrpc");
    const json_t *error = json_object_get(reply->root, "error");
    reply->result = json_object_get(reply->root, "result");
    if (!json_is_string(version) || strcmp(json_string_value(version), "2.0") != 0)
        return false;
    reply->id = reply_id(json_object_get(reply->root, "id"));
    return error ? !reply->result && take_error(error, reply) : reply->result != NULL;
}

int rpc_parse_reply(const char *line, size_t len, struct rpc_reply *ret_reply)
{
    struct rpc_reply reply = {.root = json_loadb(line, len, JSON_ALLOW_NUL, NULL), .id = -1};
    if (!reply.root)
        return -1;
    if (!take_reply(&reply)) {
        rpc_reply_free(&reply);
        return -1;
    }
    *ret_reply = reply;
    return 0;
}

void rpc_reply_free(struct rpc_reply *reply)
{
    json_decref(reply->root);
    *reply = (struct rpc_reply){.root = NULL, .id = -1};
}
