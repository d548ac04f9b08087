/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `purpose mcp`: a Model Context Protocol server on standard input and output
 * (https://modelcontextprotocol.io/specification), for agents that search the register.
 *
 * mcp.c moves lines and asks the daemon; mcp_session.c answers a message; mcp_describe.c has what is said of
 * the tools (mcp_tools.json) and holds arguments against it; mcp_call.c runs a tool, each being a function of
 * mcp_search.c, mcp_record.c or mcp_lists.c; mcp_fit.c makes things fit the room there is.
 *
 * Everything but mcp.c is without input or output: a session answers from what its daemon, a function, gives.
 * One session belongs to one thread.
 */
#ifndef PURPOSED_CLIENT_MCP_H
#define PURPOSED_CLIENT_MCP_H

#include <jansson.h>
#include <stdbool.h>

#include "client/options.h"
#include "client/run.h"
#include "indexer/base/buf.h"
#include "indexer/base/error.h"

enum {
    MCP_LINE_MAX = 1 << 20,            /* bytes of one message read */
    MCP_ANSWER_MAX = 16 * 1024 * 1024, /* bytes of one line written */
    MCP_TOKENS = 6000,   /* of an answer, unless max_tokens says; mcp_tools.json has its bounds */
    MCP_TOKEN_BYTES = 4, /* bytes reckoned for a token */
    MCP_LIST_TTL_MS = 24 * 3600 * 1000, /* how long a client may keep the list of tools: it never changes */
    MCP_REVISION_SIZE = 64,             /* bytes of an index's revision, NUL included */
};

/* Asks the daemon: its result, *new* and an object, or NULL with `error` saying what to do. */
typedef json_t *mcp_ask(void *context, const char *method, const json_t *params, struct error *error);

struct mcp_daemon {
    mcp_ask *ask;
    void *context;
    json_t *explanations; /* of provisions, as the index of `revision` has them; NULL: not asked */
    char revision[MCP_REVISION_SIZE]; /* "": none */
};

struct mcp_session {
    struct mcp_daemon daemon;
    json_t *description; /* see mcp_describe() */
    const char *version; /* agreed on by `initialize`; NULL: none was */
};

/* A session over a daemon; `context` is *borrowed*. */
void mcp_session_init(struct mcp_session *session, mcp_ask *ask, void *context);
void mcp_session_free(struct mcp_session *session);
/* Appends the answer to one message, a line with its end; nothing where none is due. */
void mcp_answer(struct mcp_session *session, const char *line, size_t len, struct buf *to);
/* The same for a message that is longer than MCP_LINE_MAX. */
void mcp_answer_too_long(struct buf *to);

/* Serves standard input until it ends. */
enum exit_code mcp_run(const struct options *options, const char *address);

/* ---- what is said of the tools ---- */

/* {instructions, tools[]} of mcp_tools.json, *new*, each {"use": NAME} put in full. */
json_t *mcp_describe(void);
/* The description of a tool, *borrowed*; NULL where there is none of that name. */
const json_t *mcp_find_tool(const json_t *description, const char *name);
/* Holds a value against the part of JSON Schema that mcp_tools.json is written in. 0, or -1 with `error`
 * naming the member, below `place`, and what it takes. */
int mcp_check(const json_t *schema, const json_t *value, const char *place, struct error *error);

/* ---- calling one ---- */

struct tool_call {
    struct mcp_daemon *daemon;
    const json_t *arguments; /* an object that was held against the tool's schema */
    size_t room;             /* bytes that the result may take as JSON */
    bool has_explanations;   /* they were asked for */
    struct error error;
};

/* A tool's result, *new*, of any size; NULL with the call's error. */
typedef json_t *mcp_tool(struct tool_call *call);
mcp_tool mcp_search_register, mcp_get_record, mcp_list_facet_values, mcp_compare_records, mcp_what_changed;

/* What `tools/call` answers: content, structuredContent where `structured`, isError. *New*. */
json_t *mcp_call(struct mcp_daemon *daemon, const json_t *tool, const json_t *arguments, bool structured);

/* Arguments, or what stands for them where they are left out. */
const char *argument_text(const struct tool_call *call, const char *name); /* NULL */
json_int_t argument_number(const struct tool_call *call, const char *name, json_int_t missing);
bool argument_flag(const struct tool_call *call, const char *name, bool missing);
/* Sets `name` in `params` to the argument of `from`, as it is, where it is given. */
void argument_hand_on(const struct tool_call *call, const char *from, json_t *params, const char *name);

/* Asks the daemon for the call. */
json_t *tool_ask(struct tool_call *call, const char *method, const json_t *params);
/* What the provisions of `paths` (and so of all lists asked before, by `meanings`, an object) mean. `reply`
 * tells which revision of the index to ask. Without an explanation, nothing is set. */
void tool_explain(struct tool_call *call, const json_t *reply, const json_t *paths, json_t *meanings);
/* Says once that a daemon's reply is not what it should be. */
void tool_fail_reply(struct tool_call *call, const char *member);
/* Adds a note to the result. */
__attribute__((format(printf, 2, 3))) void tool_note(json_t *result, const char *format, ...);
/* Adds the warnings of a daemon's reply to the result's notes. */
void tool_warnings(json_t *result, const json_t *reply);

#endif
