/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/wire/rpc.h"

/* Whether brackets nest deeper than RPC_DEPTH_MAX. Asked before parsing, since jansson would recurse 2,048
 * deep. */
static bool is_too_deep(const char *line, size_t len)
{
    int depth = 0;
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        char c = line[i];
        if (in_string) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > RPC_DEPTH_MAX)
                return true;
        } else if (c == ']' || c == '}') {
            depth--;
        }
    }
    return false;
}

__attribute__((format(printf, 3, 4))) static void call_fail(struct rpc_call *call, int code,
                                                            const char *format, ...)
{
    va_list args;
    va_start(args, format);
    call->error = code;
    call->method = NULL;
    vsnprintf(call->message, sizeof call->message, format, args);
    va_end(args);
}

/* Puts the id as JSON text into `call`. Returns 0, or -1 without memory. */
static int take_id(struct rpc_call *call, const json_t *id)
{
    if (!id)
        return 0;
    struct buf text = BUF_INIT(RPC_ID_MAX);
    if (json_is_integer(id)) {
        buf_printf(&text, "%" JSON_INTEGER_FORMAT, json_integer_value(id));
    } else if (json_is_string(id)) {
        rpc_put_string(&text, json_string_value(id), json_string_length(id));
    } else if (json_is_real(id)) {
        char *real = json_dumps(id, JSON_ENCODE_ANY);
        buf_text(&text, real ? real : "null");
        free(real);
    } else {
        buf_text(&text, "null");
        if (!json_is_null(id))
            call_fail(call, RPC_INVALID_REQUEST, "id must be a string, a number or null");
    }
    if (buf_failed(&text)) {
        buf_reset(&text);
        buf_text(&text, "null");
        call_fail(call, RPC_INVALID_REQUEST, "id must be at most %d bytes long", RPC_ID_MAX);
    }
    call->id = buf_take(&text);
    return call->id ? 0 : -1;
}

static void take_params(struct rpc_call *call, json_t *params)
{
    if (json_is_object(params))
        call->params = params;
    else if (json_is_array(params))
        call_fail(call, RPC_INVALID_PARAMS, "params must be an object: parameters are given by name");
    else if (params && !json_is_null(params))
        call_fail(call, RPC_INVALID_REQUEST, "params must be an object");
}

static bool is_version(const json_t *version)
{
    return json_is_string(version) && strcmp(json_string_value(version), "2.0") == 0;
}

/* What looks like a notification but is no valid request is answered, with id null, as the specification
 * shows. */
static int answer_invalid(struct rpc_call *call)
{
    if (call->error != RPC_INVALID_REQUEST || call->id)
        return 0;
    call->id = strdup("null");
    return call->id ? 0 : -1;
}

static int take_call(struct rpc_call *call, const json_t *value)
{
    if (!json_is_object(value)) {
        call_fail(call, RPC_INVALID_REQUEST, "a request must be an object");
        return answer_invalid(call);
    }
    if (take_id(call, json_object_get(value, "id")))
        return -1;
    const json_t *method = json_object_get(value, "method");
    if (call->error)
        return 0;
    if (!is_version(json_object_get(value, "jsonrpc"))) {
        call_fail(call, RPC_INVALID_REQUEST, "jsonrpc must be \"2.0\"");
    } else if (!json_is_string(method) || strlen(json_string_value(method)) != json_string_length(method)) {
        call_fail(call, RPC_INVALID_REQUEST, "method must be a string, the method's name");
    } else {
        call->method = json_string_value(method);
        take_params(call, json_object_get(value, "params"));
    }
    return answer_invalid(call);
}

static int make_calls(struct rpc_message *message, size_t count)
{
    message->calls = calloc(count, sizeof *message->calls);
    message->count = message->calls ? count : 0;
    return message->calls ? 0 : -1;
}

/* One call that answers for the message as a whole. */
__attribute__((format(printf, 3, 4))) static int message_fail(struct rpc_message *message, int code,
                                                              const char *format, ...)
{
    char text[RPC_MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (make_calls(message, 1))
        return -1;
    call_fail(&message->calls[0], code, "%s", text);
    message->calls[0].id = strdup("null");
    return message->calls[0].id ? 0 : -1;
}

static int take_batch(struct rpc_message *message)
{
    size_t count = json_array_size(message->root);
    if (count == 0)
        return message_fail(message, RPC_INVALID_REQUEST, "a batch must hold at least one request");
    if (count > RPC_BATCH_MAX)
        return message_fail(message, RPC_INVALID_REQUEST, "a batch may hold %d requests, this one holds %zu",
                            RPC_BATCH_MAX, count);
    if (make_calls(message, count))
        return -1;
    message->is_batch = true;
    for (size_t i = 0; i < count; i++)
        if (take_call(&message->calls[i], json_array_get(message->root, i)))
            return -1;
    return 0;
}

static int take_message(struct rpc_message *message, const char *line, size_t len)
{
    if (is_too_deep(line, len))
        return message_fail(message, RPC_PARSE_ERROR, "nested deeper than %d levels", RPC_DEPTH_MAX);
    json_error_t error;
    message->root = json_loadb(line, len, JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    if (!message->root && json_error_code(&error) == json_error_out_of_memory)
        return -1;
    if (!message->root)
        return message_fail(message, RPC_PARSE_ERROR, "not JSON at byte %d: %s", error.position, error.text);
    if (json_is_array(message->root))
        return take_batch(message);
    return make_calls(message, 1) ? -1 : take_call(&message->calls[0], message->root);
}

int rpc_parse(const char *line, size_t len, struct rpc_message *ret_message)
{
    struct rpc_message message = {.root = NULL};
    if (take_message(&message, line, len)) {
        rpc_message_free(&message);
        return -1;
    }
    *ret_message = message;
    return 0;
}

void rpc_message_free(struct rpc_message *message)
{
    for (size_t i = 0; i < message->count; i++)
        free(message->calls[i].id);
    free(message->calls);
    json_decref(message->root);
    *message = (struct rpc_message){.root = NULL};
}
