/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/labels.h"
#include "client/mcp.h"
#include "client/mcp_fit.h"

enum {
    NOTES_MAX = 20,  /* of one answer */
    NOTE_SIZE = 512, /* bytes of a note, NUL included; longer ones are cut */
};

const char *argument_text(const struct tool_call *call, const char *name)
{
    return json_string_value(json_object_get(call->arguments, name));
}

json_int_t argument_number(const struct tool_call *call, const char *name, json_int_t missing)
{
    const json_t *number = json_object_get(call->arguments, name);
    if (json_is_real(number))
        return (json_int_t)json_real_value(number);
    return number ? json_integer_value(number) : missing;
}

bool argument_flag(const struct tool_call *call, const char *name, bool missing)
{
    const json_t *flag = json_object_get(call->arguments, name);
    return flag ? json_is_true(flag) : missing;
}

void argument_hand_on(const struct tool_call *call, const char *from, json_t *params, const char *name)
{
    json_t *value = json_object_get(call->arguments, from);
    if (value)
        json_object_set(params, name, value);
}

json_t *tool_ask(struct tool_call *call, const char *method, const json_t *params)
{
    return call->daemon->ask(call->daemon->context, method, params, &call->error);
}

void tool_fail_reply(struct tool_call *call, const char *member)
{
    error_set(&call->error,
              "the daemon's reply is not what was expected (%s); is it a purposed of this version?", member);
}

/* The explanations of the index that `reply` is of; an index that changed is asked anew. Without them an
 * answer says less, which is no reason to fail. */
static const json_t *explanations(struct tool_call *call, const json_t *reply)
{
    struct mcp_daemon *daemon = call->daemon;
    struct error error = ERROR_NONE;
    const char *revision = text_member(reply, "revision");
    if (!revision)
        revision = "";
    if (call->has_explanations ||
        (daemon->explanations && !strncmp(revision, daemon->revision, sizeof daemon->revision - 1)))
        return daemon->explanations;
    call->has_explanations = true; /* or there are none to be had now */
    json_t *schema = daemon->ask(daemon->context, "schema", NULL, &error);
    json_decref(daemon->explanations);
    daemon->explanations = json_incref(json_object_get(schema, "explanations"));
    snprintf(daemon->revision, sizeof daemon->revision, "%s", revision);
    json_decref(schema);
    return daemon->explanations;
}

void tool_explain(struct tool_call *call, const json_t *reply, const json_t *paths, json_t *meanings)
{
    size_t i;
    const json_t *path;
    json_array_foreach(paths, i, path)
    {
        const char *text = json_string_value(path);
        json_t *meaning = text ? json_object_get(explanations(call, reply), text) : NULL;
        if (json_is_string(meaning))
            json_object_set(meanings, text, meaning);
    }
}

void tool_note(json_t *result, const char *format, ...)
{
    struct error note = ERROR_NONE; /* cuts between characters */
    json_t *notes = json_object_get(result, "notes");
    va_list args;
    if (!notes) {
        notes = json_array();
        json_object_set_new(result, "notes", notes);
    }
    if (json_array_size(notes) >= NOTES_MAX)
        return;
    va_start(args, format);
    error_vset(&note, format, args);
    va_end(args);
    json_array_append_new(notes, json_string(note.text));
}

void tool_warnings(json_t *result, const json_t *reply)
{
    size_t i;
    const json_t *warning;
    json_array_foreach(json_object_get(reply, "warnings"), i, warning)
    {
        if (warning_text(warning))
            tool_note(result, "%s", warning_text(warning));
    }
}

/* ---- tools/call ---- */

static mcp_tool *find_function(const char *name)
{
    static const struct {
        const char *name;
        mcp_tool *call;
    } TOOLS[] = {{"search_register", mcp_search_register},
                 {"get_record", mcp_get_record},
                 {"list_facet_values", mcp_list_facet_values},
                 {"compare_records", mcp_compare_records},
                 {"what_changed", mcp_what_changed}};
    for (size_t i = 0; i < sizeof TOOLS / sizeof *TOOLS; i++)
        if (!strcmp(TOOLS[i].name, name))
            return TOOLS[i].call;
    return NULL;
}

static json_t *new_content(const char *text)
{
    return json_pack("{s:[{s:s, s:s}]}", "content", "type", "text", "text", text);
}

static json_t *new_failure(const char *text)
{
    json_t *answer = new_content(text);
    json_object_set_new(answer, "isError", json_true());
    return answer;
}

/* The text is what stands in structuredContent, since clients give their models the one or the other. */
static json_t *new_answer(json_t *result, bool structured)
{
    char *text = json_dumps(result, JSON_COMPACT);
    json_t *answer = new_content(text ? text : "{}");
    if (structured)
        json_object_set(answer, "structuredContent", result);
    json_object_set_new(answer, "isError", json_false());
    free(text);
    return answer;
}

static json_t *run_tool(struct tool_call *call, mcp_tool *function)
{
    call->room = (size_t)argument_number(call, "max_tokens", MCP_TOKENS) * MCP_TOKEN_BYTES;
    json_t *result = function(call);
    if (!result || fit_size(result) <= call->room)
        return result;
    json_decref(result);
    error_set(
        &call->error,
        "the answer does not fit in max_tokens; ask for one part, for a lower limit, or for more tokens");
    return NULL;
}

json_t *mcp_call(struct mcp_daemon *daemon, const json_t *tool, const json_t *arguments, bool structured)
{
    struct tool_call call = {.daemon = daemon, .error = ERROR_NONE};
    const char *name = json_string_value(json_object_get(tool, "name"));
    json_t *own = arguments && !json_is_null(arguments) ? json_incref((json_t *)arguments) : json_object();
    json_t *result = NULL;
    call.arguments = own;
    if (!mcp_check(json_object_get(tool, "inputSchema"), own, "", &call.error))
        result = run_tool(&call, find_function(name));
    json_t *answer = result ? new_answer(result, structured) : new_failure(call.error.text);
    json_decref(result);
    json_decref(own);
    return answer;
}
