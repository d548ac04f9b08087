/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tools that list: values of a facet, and what changed between editions. */
#include <string.h>

#include "client/labels.h"
#include "client/mcp.h"
#include "client/mcp_fit.h"
#include "client/mcp_values.h"

enum {
    VALUES_DEFAULT = 50, /* values of a facet, unless limit says; the same in mcp_tools.json */
    TEXT_MAX = 1000,     /* bytes of one value as JSON; longer ones are cut */
    LIST_OVERHEAD = 80,  /* bytes of a list's kind and next_offset as JSON */
    HEAD_ROOM = 600,     /* bytes kept for what stands around lists: editions, counts, notes */
};

/* ---- list_facet_values ---- */

/* One value of a facet for an agent, *new*: under the spelling that people read, which filters take as well
 * as its key. NULL for what is no value. */
static json_t *new_value(const json_t *value)
{
    static const struct fit fit = {0, TEXT_MAX};
    const char *label = text_member(value, "label");
    json_t *shown = json_object();
    fit_text(shown, value, label ? "label" : "value", &fit);
    if (label) {
        json_object_set(shown, "value", json_object_get(shown, "label"));
        json_object_del(shown, "label");
    }
    json_int_t count = json_integer_value(json_object_get(value, "count"));
    const json_t *children = json_object_get(value, "children");
    json_int_t below =
        json_is_array(children) ? (json_int_t)json_array_size(children) : json_integer_value(children);
    json_object_set_new(shown, "count", json_integer(count < 0 ? 0 : count));
    if (json_is_true(json_object_get(value, "selected")))
        json_object_set_new(shown, "selected", json_true());
    if (below > 0)
        json_object_set_new(shown, "levels_below", json_integer(below));
    if (text_member(value, "explanation"))
        json_object_set(shown, "meaning", json_object_get(value, "explanation"));
    if (json_object_get(shown, "value"))
        return shown;
    json_decref(shown);
    return NULL;
}

size_t add_values(json_t *list, const json_t *values, size_t room)
{
    size_t i, used = 0;
    const json_t *value;
    json_array_foreach(values, i, value)
    {
        json_t *shown = new_value(value);
        size_t size = fit_size(shown) + 1;
        if (shown && used + size <= room)
            json_array_append(list, shown);
        json_decref(shown);
        if (shown && used + size > room)
            break;
        used += shown ? size : 0;
    }
    return i;
}

void hand_on_question(const struct tool_call *call, json_t *params)
{
    const char *name;
    json_t *value, *filters = json_object();
    argument_hand_on(call, "query", params, "q");
    argument_hand_on(call, "same_release", params, "same_release");
    json_object_foreach(json_object_get(call->arguments, "filters"), name, value)
    {
        json_object_set_new(filters, name,
                            json_is_string(value) ? json_pack("[O]", value) : json_incref(value));
    }
    if (json_object_size(filters))
        json_object_set(params, "filters", filters);
    json_decref(filters);
}

static json_t *facet_params(const struct tool_call *call)
{
    json_t *params = json_object();
    hand_on_question(call, params);
    argument_hand_on(call, "facet", params, "name");
    argument_hand_on(call, "parent", params, "parent");
    argument_hand_on(call, "contains", params, "contains");
    argument_hand_on(call, "sort", params, "sort");
    json_object_set_new(params, "limit", json_integer(argument_number(call, "limit", VALUES_DEFAULT)));
    json_object_set_new(params, "offset", json_integer(argument_number(call, "offset", 0)));
    return params;
}

json_t *mcp_list_facet_values(struct tool_call *call)
{
    json_t *params = facet_params(call);
    json_t *reply = tool_ask(call, "facets", params);
    const json_t *listed = json_object_get(reply, "values");
    const json_t *total = json_object_get(reply, "total");
    json_int_t offset = argument_number(call, "offset", 0);
    json_decref(params);
    if (reply && (!json_is_array(listed) || !json_is_integer(total) || json_integer_value(total) < 0)) {
        json_decref(reply);
        tool_fail_reply(call, "values, total");
        return NULL;
    }
    if (!reply)
        return NULL;
    json_t *values = json_array();
    json_t *result =
        json_pack("{s:s, s:O, s:o}", "facet", argument_text(call, "facet"), "total", total, "values", values);
    static const struct fit fit = {0, TEXT_MAX};
    fit_text(result, reply, "label", &fit);
    tool_warnings(result, reply);
    size_t used = fit_size(result) + LIST_OVERHEAD;
    json_int_t seen =
        offset + (json_int_t)add_values(values, listed, call->room > used ? call->room - used : 0);
    if (seen > offset && seen < json_integer_value(total))
        json_object_set_new(result, "next_offset", json_integer(seen));
    json_decref(reply);
    return result;
}

/* ---- what_changed ---- */

/* The ids of one kind from `offset`, as far as `room` allows, with their kind. */
static json_t *new_list(const char *kind, const json_t *ids, size_t offset, size_t room)
{
    json_t *shown = json_array();
    json_t *list = json_pack("{s:s, s:o}", "kind", kind, "ids", shown);
    size_t used = LIST_OVERHEAD, at = offset;
    for (; at < json_array_size(ids); at++) {
        json_t *id = json_array_get(ids, at);
        size_t size = fit_size(id) + 1;
        if (used + size > room)
            break;
        used += size;
        if (json_is_string(id))
            json_array_append(shown, id);
    }
    if (at < json_array_size(ids))
        json_object_set_new(list, "next_offset", json_integer((json_int_t)at));
    return list;
}

static void add_lists(const struct tool_call *call, const json_t *reply, json_t *lists)
{
    size_t needs[CHANGE_KINDS] = {0}, gives[CHANGE_KINDS];
    const char *wanted = argument_text(call, "kind");
    for (size_t i = 0; i < CHANGE_KINDS; i++)
        if (!wanted || !strcmp(wanted, change_kinds[i]))
            needs[i] = fit_size(json_object_get(reply, change_kinds[i])) + LIST_OVERHEAD;
    fit_share(needs, gives, CHANGE_KINDS, call->room > HEAD_ROOM ? call->room - HEAD_ROOM : 0);
    for (size_t i = 0; i < CHANGE_KINDS; i++) {
        const json_t *ids = json_object_get(reply, change_kinds[i]);
        if (needs[i] && json_array_size(ids))
            json_array_append_new(lists, new_list(change_kinds[i], ids,
                                                  wanted ? (size_t)argument_number(call, "offset", 0) : 0,
                                                  gives[i]));
    }
}

static json_t *new_changes(const struct tool_call *call, const json_t *reply)
{
    static const struct fit fit = {0, TEXT_MAX};
    static const char *const COUNTS[] = {"added", "gone", "changed", "renewed", "unchanged"};
    const char *coverage = text_member(reply, "coverage");
    json_t *counts = json_object(), *lists = json_array();
    json_t *result = json_object();
    fit_text(result, reply, "from", &fit);
    fit_text(result, reply, "to", &fit);
    if (coverage && (!strcmp(coverage, "period") || !strcmp(coverage, "cumulative")))
        json_object_set(result, "coverage", json_object_get(reply, "coverage"));
    if (coverage && !strcmp(coverage, "period"))
        tool_note(result, "%s covers one period: gone from it does not mean ended.",
                  text_member(reply, "to") ? text_member(reply, "to") : "The newer edition");
    for (size_t i = 0; i < sizeof COUNTS / sizeof *COUNTS; i++)
        fit_count_of(counts, json_object_get(reply, "counts"), COUNTS[i]);
    json_object_set_new(result, "counts", counts);
    json_object_set_new(result, "lists", lists);
    add_lists(call, reply, lists);
    return result;
}

json_t *mcp_what_changed(struct tool_call *call)
{
    json_t *params = json_object();
    argument_hand_on(call, "from", params, "from");
    argument_hand_on(call, "to", params, "to");
    bool is_lost = argument_number(call, "offset", 0) > 0 && !argument_text(call, "kind");
    if (is_lost)
        error_set(&call->error, "offset goes with kind: which of the lists is to go on?");
    json_t *reply = is_lost ? NULL : tool_ask(call, "changes", params);
    json_t *result = NULL;
    json_decref(params);
    if (reply &&
        (!json_is_string(json_object_get(reply, "from")) || !json_is_string(json_object_get(reply, "to"))))
        tool_fail_reply(call, "from, to");
    else if (reply)
        result = new_changes(call, reply);
    json_decref(reply);
    return result;
}
