/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tool that searches. */
#include <string.h>

#include "client/labels.h"
#include "client/mcp.h"
#include "client/mcp_fit.h"
#include "client/mcp_values.h"

enum {
    HITS_DEFAULT = 10,        /* unless limit says; the same in mcp_tools.json */
    FACET_VALUES = 10,        /* most frequent values of a facet that are shown */
    FACETS_SHARE = 2,         /* facets take at most this part of the room: a half */
    PASSAGE_MAX = 1000,       /* bytes of a passage as JSON */
    TAIL_ROOM = 400,          /* bytes kept for next_cursor and notes */
    PASSAGES_BUF = 64 * 1024, /* bytes of a passage's text; longer ones are left out */
};

/* ---- passages ---- */

/* Markup back to text: what is found stands between ** and **, the escapes are undone. */
static void add_plain(struct buf *to, const char *html)
{
    static const char *const MARKUP[][2] = {{"<mark>", "**"}, {"</mark>", "**"}, {"&lt;", "<"}, {"&gt;", ">"},
                                            {"&quot;", "\""}, {"&#39;", "'"},    {"&amp;", "&"}};
    while (*html) {
        size_t i = 0;
        while (i < sizeof MARKUP / sizeof *MARKUP && strncmp(html, MARKUP[i][0], strlen(MARKUP[i][0])) != 0)
            i++;
        if (i == sizeof MARKUP / sizeof *MARKUP) {
            buf_byte(to, *html++);
            continue;
        }
        buf_text(to, MARKUP[i][1]);
        html += strlen(MARKUP[i][0]);
    }
}

static void add_passages(json_t *shown, const json_t *snippets, const struct fit *fit)
{
    json_t *passages = json_array();
    size_t i;
    const json_t *snippet;
    json_array_foreach(snippets, i, snippet)
    {
        BUF_AUTO struct buf text = BUF_INIT(PASSAGES_BUF);
        const char *html = text_member(snippet, "html");
        size_t next;
        if (!html)
            continue;
        add_plain(&text, html);
        if (!text.len || buf_failed(&text))
            continue;
        json_t *passage = json_object();
        fit_text(passage, snippet, "part", fit);
        size_t room = fit->text < PASSAGE_MAX ? fit->text : PASSAGE_MAX;
        json_object_set_new(passage, "text", fit_text_from(text.data, text.len, 0, room, &next));
        json_array_append_new(passages, passage);
    }
    if (json_array_size(passages))
        json_object_set(shown, "passages", passages);
    json_decref(passages);
}

/* ---- hits ---- */

static json_t *new_hit(const json_t *hit, const struct fit *fit)
{
    static const char *const TEXTS[] = {"id", "title", "organisation", "edition", "start", "end", "changed"};
    static const char *const LISTS[] = {"identifiability", "opt_outs", "legal_basis"};
    json_t *shown = json_object();
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        fit_text(shown, hit, TEXTS[i], fit);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        fit_texts(shown, hit, LISTS[i], fit, NULL);
    fit_flag(shown, hit, "history");
    if (json_integer_value(json_object_get(hit, "copies")) > 1) {
        fit_count_of(shown, hit, "copies");
        fit_text(shown, hit, "group", fit);
    }
    if (json_is_string(json_object_get(hit, "same_release")))
        json_object_set_new(shown, "same_release", json_string("not stated"));
    add_passages(shown, json_object_get(hit, "snippets"), fit);
    if (json_object_get(shown, "id"))
        return shown;
    json_decref(shown);
    return NULL;
}

/* Sets hits and meanings as far as `room` allows; returns how many of the reply's hits were dealt with. */
static size_t add_hits(struct tool_call *call, json_t *result, const json_t *reply, const struct fit *fit,
                       size_t room)
{
    json_t *hits = json_array(), *meanings = json_object();
    size_t i, used = 0;
    const json_t *hit;
    json_array_foreach(json_object_get(reply, "hits"), i, hit)
    {
        json_t *shown = new_hit(hit, fit), *with = json_deep_copy(meanings);
        tool_explain(call, reply, json_object_get(shown, "legal_basis"), with);
        size_t size = fit_size(shown) + 1;
        bool has_room = used + size + fit_size(with) <= room;
        if (shown && has_room) {
            json_array_append(hits, shown);
            used += size;
            json_object_update(meanings, with);
        }
        json_decref(shown);
        json_decref(with);
        if (!has_room)
            break;
    }
    json_object_set_new(result, "hits", hits);
    if (json_object_size(meanings))
        json_object_set(result, "meanings", meanings);
    json_decref(meanings);
    return i;
}

static void add_facets(json_t *result, const json_t *reply, size_t room)
{
    const json_t *facets = json_object_get(reply, "facets");
    const char *name;
    json_t *values;
    if (!json_object_size(facets))
        return;
    json_t *shown = json_object();
    size_t share = room / FACETS_SHARE / json_object_size(facets);
    json_object_set_new(result, "facets", shown);
    json_object_foreach((json_t *)facets, name, values)
    {
        json_t *list = json_array();
        json_object_set_new(shown, name, list);
        if (add_values(list, values, share > strlen(name) ? share - strlen(name) : 0) <
            json_array_size(values))
            tool_note(result, "facets: not all values of %s fit; list_facet_values has them", name);
    }
}

/* What goes before the hits, so that they get the room it leaves. */
static json_t *new_head(const struct tool_call *call, const json_t *reply)
{
    static const struct fit fit = {0, PASSAGE_MAX};
    json_t *result = json_object();
    const char *corrected = text_member(reply, "corrected");
    json_object_set(result, "total", json_object_get(reply, "total"));
    fit_count_of(result, reply, "groups");
    if (json_object_get(result, "groups")) {
        json_object_set(result, "distinct_texts", json_object_get(result, "groups"));
        json_object_del(result, "groups");
    }
    if (json_is_true(json_object_get(reply, "relaxed")))
        tool_note(result, "No record has all of the words; these have any of them.");
    tool_warnings(result, reply);
    if (corrected) {
        fit_text(result, reply, "corrected", &fit);
        json_object_set(result, "did_you_mean", json_object_get(result, "corrected"));
        json_object_del(result, "corrected");
    }
    if (!json_integer_value(json_object_get(reply, "total")) && text_member(reply, "query")) {
        fit_text(result, reply, "query", &fit);
        json_object_set(result, "understood", json_object_get(result, "query"));
        json_object_del(result, "query");
    }
    add_facets(result, reply, call->room);
    return result;
}

/* ---- asking ---- */

static json_t *new_facets(const json_t *names)
{
    json_t *facets = json_array();
    size_t i;
    json_t *name;
    json_array_foreach(names, i, name)
    {
        json_array_append_new(facets, json_pack("{s:O, s:i}", "name", name, "limit", FACET_VALUES));
    }
    return facets;
}

static json_t *search_params(const struct tool_call *call)
{
    static const char *const SAME[] = {"parts", "match", "sort", "newest_version", "history", "cursor"};
    json_t *params = json_object();
    hand_on_question(call, params);
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++)
        argument_hand_on(call, SAME[i], params, SAME[i]);
    json_object_set_new(params, "fold_copies", json_boolean(argument_flag(call, "fold_copies", true)));
    json_object_set_new(params, "limit", json_integer(argument_number(call, "limit", HITS_DEFAULT)));
    json_object_set_new(params, "snippets", json_integer(argument_number(call, "passages", 1)));
    json_object_set_new(params, "explain", json_true());
    json_object_set_new(params, "facets", new_facets(json_object_get(call->arguments, "facets")));
    return params;
}

static json_t *ask(struct tool_call *call, const json_t *params)
{
    json_t *reply = tool_ask(call, "search", params);
    if (!reply ||
        (json_integer_value(json_object_get(reply, "total")) >= 0 &&
         json_is_integer(json_object_get(reply, "total")) && json_is_array(json_object_get(reply, "hits"))))
        return reply;
    tool_fail_reply(call, "total, hits");
    json_decref(reply);
    return NULL;
}

/* The page of a reply, some of whose hits may not fit: *ret_count of them were dealt with. */
static json_t *new_page(struct tool_call *call, const json_t *reply, size_t *ret_count)
{
    json_t *result = NULL;
    size_t least = json_array_size(json_object_get(reply, "hits")) > 0;
    for (size_t i = 0; i < fit_count; i++) {
        json_decref(result);
        result = new_head(call, reply);
        const json_t *cursor = json_object_get(reply, "cursor");
        size_t used = fit_size(result) + fit_size(cursor) + TAIL_ROOM;
        *ret_count = add_hits(call, result, reply, &fits[i], call->room > used ? call->room - used : 0);
        if (*ret_count >= least)
            break;
    }
    return result;
}

static void end_page(json_t *result, const json_t *reply)
{
    json_t *cursor = json_object_get(reply, "cursor");
    if (json_is_string(cursor))
        json_object_set(result, "next_cursor", cursor);
}

/* Where fewer hits fit than were asked for, the daemon is asked for those alone: its cursor goes on behind
 * the last hit of a reply. */
static json_t *shorten(struct tool_call *call, json_t *params, json_t *result, size_t count)
{
    json_object_set_new(params, "limit", json_integer((json_int_t)count));
    json_object_set_new(params, "snippets", json_integer(0));
    json_object_del(params, "facets");
    json_t *reply = ask(call, params);
    if (reply) {
        tool_note(result, "%zu hits fit in max_tokens; next_cursor goes on.", count);
        end_page(result, reply);
        json_decref(reply);
        return result;
    }
    json_decref(result);
    return NULL;
}

json_t *mcp_search_register(struct tool_call *call)
{
    json_t *params = search_params(call);
    json_t *reply = ask(call, params), *result = NULL;
    size_t count = 0;
    if (reply) {
        result = new_page(call, reply, &count);
        if (count && count < json_array_size(json_object_get(reply, "hits")))
            result = shorten(call, params, result, count);
        else
            end_page(result, reply);
    }
    json_decref(reply);
    json_decref(params);
    return result;
}
