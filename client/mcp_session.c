/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One message in, its answer out.
 *
 * Two eras: until revision 2025-11-25 a session begins with `initialize`; since 2026-07-28 there is none, and
 * each request names its revision in `_meta`. A request that names one is answered by that revision, any
 * other by the one that `initialize` agreed on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/mcp.h"
#include "client/purpose.h"
#include "daemon/wire/rpc.h"

#define META "io.modelcontextprotocol/"

enum {
    UNKNOWN_VERSION = -32022, /* the code of a revision that is not spoken here */
    VERSION_SHOWN = 40,       /* characters of such a revision that are repeated */
};

/* Newest first. The second is the newest that `initialize` knows. */
static const char *const VERSIONS[] = {"2026-07-28", "2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"};
enum { VERSION_COUNT = sizeof VERSIONS / sizeof *VERSIONS, NEWEST_WITH_INITIALIZE = 1 };

/* Since these there are structured results; no batches any more; no initialize. Dates compare as texts. */
static const char STRUCTURED_SINCE[] = "2025-06-18", STATELESS_SINCE[] = "2026-07-28";

static bool is_since(const char *version, const char *first)
{
    return strcmp(version, first) >= 0;
}

/* The constant of this text; NULL for any other. */
static const char *find_version(const json_t *text)
{
    const char *name = json_string_value(text);
    for (size_t i = 0; name && i < VERSION_COUNT; i++)
        if (!strcmp(VERSIONS[i], name))
            return VERSIONS[i];
    return NULL;
}

void mcp_session_init(struct mcp_session *session, mcp_ask *ask, void *context)
{
    *session = (struct mcp_session){
        .daemon = {.ask = ask, .context = context}, .description = mcp_describe(), .version = NULL};
}

void mcp_session_free(struct mcp_session *session)
{
    json_decref(session->daemon.explanations);
    json_decref(session->description);
    *session = (struct mcp_session){.description = NULL};
}

/* ---- writing ---- */

static json_t *server_info(void)
{
    return json_pack("{s:s, s:s, s:s}", "name", "purposed", "title", "Purposed: NHS England's data releases",
                     "version", PURPOSED_VERSION);
}

static json_t *version_list(void)
{
    json_t *list = json_array();
    for (size_t i = 0; i < VERSION_COUNT; i++)
        json_array_append_new(list, json_string(VERSIONS[i]));
    return list;
}

/* Writes a result; steals it. */
static void put_result(struct buf *to, const struct rpc_call *call, const char *version, json_t *result)
{
    if (version && is_since(version, STATELESS_SINCE)) {
        json_object_set_new(result, "resultType", json_string("complete"));
        json_object_set_new(result, "_meta", json_pack("{s:o}", META "serverInfo", server_info()));
    }
    char *text = json_dumps(result, JSON_COMPACT);
    if (text)
        rpc_put_result(to, call->id, text, strlen(text));
    else
        rpc_put_error(to, call->id, RPC_INTERNAL, "the answer could not be written");
    free(text);
    json_decref(result);
}

static void put_unknown_version(struct buf *to, const struct rpc_call *call, const char *requested)
{
    json_t *reply = json_pack("{s:s, s:s, s:{s:i, s:o, s:{s:o, s:s}}}", "jsonrpc", "2.0", "id", "", "error",
                              "code", (int)UNKNOWN_VERSION, "message",
                              json_sprintf("protocol version \"%.*s\" is not spoken here; see data.supported",
                                           VERSION_SHOWN,
                                           strlen(requested) > VERSION_SHOWN ? "(a long text)" : requested),
                              "data", "supported", version_list(), "requested", requested);
    json_object_set_new(reply, "id", json_loads(call->id, JSON_DECODE_ANY, NULL));
    char *text = json_dumps(reply, JSON_COMPACT);
    buf_text(to, text ? text : "{}");
    free(text);
    json_decref(reply);
}

/* ---- methods ---- */

static void initialize(struct mcp_session *session, const struct rpc_call *call, struct buf *to)
{
    const json_t *asked = json_object_get(call->params, "protocolVersion");
    if (!json_is_string(asked)) {
        rpc_put_error(to, call->id, RPC_INVALID_PARAMS,
                      "initialize needs protocolVersion, a text such as \"2025-11-25\"");
        return;
    }
    const char *version = find_version(asked);
    if (!version || is_since(version, STATELESS_SINCE))
        version = VERSIONS[NEWEST_WITH_INITIALIZE];
    session->version = version;
    put_result(to, call, version,
               json_pack("{s:s, s:{s:{}}, s:o, s:O}", "protocolVersion", version, "capabilities", "tools",
                         "serverInfo", server_info(), "instructions",
                         json_object_get(session->description, "instructions")));
}

static void set_cache(json_t *result)
{
    json_object_set_new(result, "ttlMs", json_integer(MCP_LIST_TTL_MS));
    json_object_set_new(result, "cacheScope", json_string("public"));
}

static void discover(struct mcp_session *session, const struct rpc_call *call, const char *version,
                     struct buf *to)
{
    json_t *result =
        json_pack("{s:o, s:{s:{}}, s:O}", "supportedVersions", version_list(), "capabilities", "tools",
                  "instructions", json_object_get(session->description, "instructions"));
    set_cache(result);
    put_result(to, call, version, result);
}

static void list_tools(struct mcp_session *session, const struct rpc_call *call, const char *version,
                       struct buf *to)
{
    size_t i;
    json_t *tool, *tools = json_deep_copy(json_object_get(session->description, "tools"));
    if (json_object_get(call->params, "cursor")) {
        rpc_put_error(to, call->id, RPC_INVALID_PARAMS,
                      "tools/list has one page, so there is no cursor it could have given");
        json_decref(tools);
        return;
    }
    json_array_foreach(tools, i, tool)
    {
        if (!is_since(version, STRUCTURED_SINCE))
            json_object_del(tool, "outputSchema");
    }
    json_t *result = json_pack("{s:o}", "tools", tools);
    if (is_since(version, STATELESS_SINCE))
        set_cache(result);
    put_result(to, call, version, result);
}

static void call_tool(struct mcp_session *session, const struct rpc_call *call, const char *version,
                      struct buf *to)
{
    char message[RPC_MESSAGE_SIZE];
    const char *name = json_string_value(json_object_get(call->params, "name"));
    const json_t *tool = name ? mcp_find_tool(session->description, name) : NULL;
    if (tool) {
        put_result(to, call, version,
                   mcp_call(&session->daemon, tool, json_object_get(call->params, "arguments"),
                            is_since(version, STRUCTURED_SINCE)));
        return;
    }
    snprintf(message, sizeof message, "%s; there are search_register, get_record, list_facet_values, %s",
             name ? "there is no tool of that name" : "tools/call needs name, a text",
             "compare_records and what_changed");
    rpc_put_error(to, call->id, RPC_INVALID_PARAMS, message);
}

static void put_unknown_method(struct buf *to, const struct rpc_call *call)
{
    rpc_put_error(to, call->id, RPC_UNKNOWN_METHOD,
                  "there is no such method here; there are tools/list, tools/call, server/discover and, for "
                  "older clients, initialize and ping");
}

/* Answers a request by the revision it is made in. */
static void answer_in(struct mcp_session *session, const struct rpc_call *call, const char *version,
                      struct buf *to)
{
    bool is_stateless = is_since(version, STATELESS_SINCE);
    if (!strcmp(call->method, "tools/list"))
        list_tools(session, call, version, to);
    else if (!strcmp(call->method, "tools/call"))
        call_tool(session, call, version, to);
    else if (!strcmp(call->method, "server/discover") && is_stateless)
        discover(session, call, version, to);
    else if (!strcmp(call->method, "ping") && !is_stateless)
        put_result(to, call, version, json_object());
    else
        put_unknown_method(to, call);
}

/* A request that names its revision. */
static void answer_named(struct mcp_session *session, const struct rpc_call *call, const json_t *named,
                         struct buf *to)
{
    const json_t *meta = json_object_get(call->params, "_meta");
    const char *version = find_version(named);
    if (!json_is_string(named))
        rpc_put_error(to, call->id, RPC_INVALID_PARAMS,
                      "_meta: " META "protocolVersion takes a text such as \"2026-07-28\"");
    else if (!version)
        put_unknown_version(to, call, json_string_value(named));
    else if (is_since(version, STATELESS_SINCE) &&
             !json_is_object(json_object_get(meta, META "clientCapabilities")))
        rpc_put_error(to, call->id, RPC_INVALID_PARAMS,
                      "_meta needs " META "clientCapabilities, an object, which may be empty");
    else
        answer_in(session, call, version, to);
}

static void answer_request(struct mcp_session *session, const struct rpc_call *call, struct buf *to)
{
    const json_t *named = json_object_get(json_object_get(call->params, "_meta"), META "protocolVersion");
    if (named)
        answer_named(session, call, named, to);
    else if (!strcmp(call->method, "initialize"))
        initialize(session, call, to);
    else if (session->version)
        answer_in(session, call, session->version, to);
    else if (!strcmp(call->method, "ping"))
        put_result(to, call, NULL, json_object());
    else
        rpc_put_error(to, call->id, RPC_INVALID_PARAMS,
                      "name " META "protocolVersion in _meta, or open with initialize");
}

/* ---- messages ---- */

/* A client answers requests, and none is made here: whatever it answers is left aside. */
static bool is_response(const json_t *message)
{
    return json_is_object(message) && !json_object_get(message, "method") &&
           (json_object_get(message, "result") || json_object_get(message, "error"));
}

/* Appends an answer; nothing where none is due. */
static void answer_call(struct mcp_session *session, const struct rpc_call *call, struct buf *to)
{
    if (call->error && call->id)
        rpc_put_error(to, call->id, call->error, call->message);
    else if (!call->id)
        return; /* a notification: there is nothing under way that one could cancel */
    else if (!strcmp(call->id, "null"))
        rpc_put_error(to, call->id, RPC_INVALID_REQUEST, "id must be a text or a whole number, not null");
    else
        answer_request(session, call, to);
}

static void answer_batch(struct mcp_session *session, const struct rpc_message *message, struct buf *to)
{
    size_t begin = to->len;
    if (!session->version || is_since(session->version, STRUCTURED_SINCE)) {
        rpc_put_error(to, "null", RPC_INVALID_REQUEST,
                      "one message a line: batches ended with revision 2025-03-26");
        return;
    }
    for (size_t i = 0; i < message->count; i++) {
        if (is_response(json_array_get(message->root, i)))
            continue;
        size_t before = to->len;
        buf_byte(to, before == begin ? '[' : ',');
        answer_call(session, &message->calls[i], to);
        if (to->len == before + 1)
            to->len = before; /* nothing was due */
    }
    if (to->len > begin)
        buf_byte(to, ']');
}

static void end_answer(struct buf *to, size_t begin)
{
    if (!buf_failed(to) && to->len > begin)
        buf_byte(to, '\n');
    if (!buf_failed(to))
        return;
    buf_reset(to);
    rpc_put_error(to, "null", RPC_INTERNAL, "the answer is too long for one line; ask for less at a time");
    buf_byte(to, '\n');
}

void mcp_answer(struct mcp_session *session, const char *line, size_t len, struct buf *to)
{
    struct rpc_message message;
    size_t begin = to->len;
    if (rpc_parse(line, len, &message)) {
        rpc_put_error(to, "null", RPC_INTERNAL, "out of memory");
        end_answer(to, begin);
        return;
    }
    if (message.is_batch)
        answer_batch(session, &message, to);
    else if (!is_response(message.root))
        answer_call(session, &message.calls[0], to);
    end_answer(to, begin);
    rpc_message_free(&message);
}

void mcp_answer_too_long(struct buf *to)
{
    char message[RPC_MESSAGE_SIZE];
    snprintf(message, sizeof message, "the message is longer than %d bytes", MCP_LINE_MAX);
    rpc_put_error(to, "null", RPC_INVALID_REQUEST, message);
    buf_byte(to, '\n');
}
