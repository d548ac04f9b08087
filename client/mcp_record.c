/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tools that read: one record, and how two differ. */
#include <string.h>

#include "client/labels.h"
#include "client/mcp.h"
#include "client/mcp_fit.h"

enum {
    PARTS_MAX = 32,       /* parts of one record or comparison; more are not shown */
    PART_OVERHEAD = 110,  /* bytes of a part's name and numbers as JSON */
    RELEASES_SHOWN = 10,  /* rows of releases in an overview */
    RELEASES_SHARE = 3,   /* of an overview's room they take at most a third */
    MARKED_MAX = 1 << 24, /* bytes of a comparison's marked text */
    EQUAL_KEPT = 100,     /* bytes kept at either end of a long stretch of equal words */
    HEAD_ROOM = 300,      /* bytes kept for what stands around parts */
};

/* A text to be shown under a part's name, from `offset` on. */
struct part {
    const char *name;
    const char *text;
    size_t len, offset;
};

struct parts {
    struct part items[PARTS_MAX];
    size_t count;
};

static const char *const PROSE[] = {"objectives", "expected_benefits", "yielded_benefits",
                                    "outputs",    "processing",        "commercial_note"};

static json_t *new_part(const struct part *part, size_t room)
{
    size_t next = 0;
    json_t *text = fit_text_from(part->text, part->len, part->offset, room, &next);
    json_t *shown =
        json_pack("{s:s, s:I, s:o}", "part", part->name, "bytes", (json_int_t)part->len, "text", text);
    if (part->offset)
        json_object_set_new(shown, "offset", json_integer((json_int_t)part->offset));
    if (next)
        json_object_set_new(shown, "next_offset", json_integer((json_int_t)next));
    return shown;
}

/* The parts, *new*, the room shared among them. */
static json_t *new_parts(const struct parts *parts, size_t room)
{
    size_t needs[PARTS_MAX], gives[PARTS_MAX];
    json_t *list = json_array();
    for (size_t i = 0; i < parts->count; i++) {
        json_t *text = json_stringn(parts->items[i].text, parts->items[i].len);
        needs[i] = fit_size(text) + PART_OVERHEAD;
        json_decref(text);
    }
    fit_share(needs, gives, parts->count, room);
    for (size_t i = 0; i < parts->count; i++) {
        size_t give = gives[i] > PART_OVERHEAD ? gives[i] - PART_OVERHEAD : 0;
        json_array_append_new(list, new_part(&parts->items[i], give));
    }
    return list;
}

static int fail_offset(struct tool_call *call, const char *part, size_t len, const char *unit)
{
    error_set(&call->error, "offset %" JSON_INTEGER_FORMAT " is beyond the end of %s, which has %zu %s",
              argument_number(call, "offset", 0), part, len, unit);
    return -1;
}

/* ---- releases ---- */

static json_t *new_release(const json_t *release, const struct fit *fit)
{
    static const char *const TEXTS[] = {"dataset",     "identifiability", "opt_outs", "duty_of_confidence",
                                        "sensitivity", "method",          "month"};
    json_t *shown = json_object();
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        fit_text(shown, release, TEXTS[i], fit);
    fit_texts(shown, release, "legal_basis", fit, NULL);
    fit_texts(shown, release, "editions", fit, NULL);
    fit_count_of(shown, release, "count");
    return shown;
}

/* Rows from `offset` on, `most` of them and as far as `room` allows. */
static void add_releases(json_t *result, const json_t *record, size_t offset, size_t most, size_t room,
                         const struct fit *fit)
{
    const json_t *releases = json_object_get(record, "releases");
    size_t count = json_array_size(releases), at = offset, used = 0;
    json_t *rows = json_array();
    for (; at < count && at - offset < most; at++) {
        json_t *row = new_release(json_array_get(releases, at), fit);
        used += fit_size(row) + 1;
        if (used <= room)
            json_array_append(rows, row);
        json_decref(row);
        if (used > room)
            break;
    }
    json_object_set_new(result, "releases_stated", json_boolean(json_is_array(releases)));
    if (json_is_array(releases))
        json_object_set_new(result, "release_count", json_integer((json_int_t)count));
    if (at < count)
        json_object_set_new(result, "next_release_offset", json_integer((json_int_t)at));
    json_object_set_new(result, "releases", rows);
}

/* ---- get_record ---- */

static void add_facts(struct tool_call *call, json_t *result, const json_t *record, const struct fit *fit)
{
    static const char *const TEXTS[] = {"agreement", "version",       "title",       "organisation",
                                        "edition",   "start",         "end",         "legal_basis_text",
                                        "changed",   "released_from", "released_to", "first_seen"};
    static const char *const LISTS[] = {"organisation_types",
                                        "controllers",
                                        "editions",
                                        "datasets",
                                        "identifiability",
                                        "opt_outs",
                                        "legal_basis",
                                        "duty_of_confidence",
                                        "sensitivity",
                                        "method",
                                        "flags",
                                        "parse_notes",
                                        "versions"};
    static const char *const FLAGS[] = {"commercial", "sublicensing", "history"};
    json_t *notes = json_array(), *meanings = json_object();
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++)
        fit_text(result, record, TEXTS[i], fit);
    for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++)
        fit_texts(result, record, LISTS[i], fit, notes);
    for (size_t i = 0; i < sizeof FLAGS / sizeof *FLAGS; i++)
        fit_flag(result, record, FLAGS[i]);
    fit_count_of(result, record, "page_files");
    tool_explain(call, record, json_object_get(result, "legal_basis"), meanings);
    if (json_object_size(meanings))
        json_object_set(result, "meanings", meanings);
    if (json_array_size(notes))
        json_object_set(result, "notes", notes);
    json_decref(meanings);
    json_decref(notes);
}

static struct parts prose_of(const json_t *record)
{
    struct parts parts = {.count = 0};
    for (size_t i = 0; i < sizeof PROSE / sizeof *PROSE; i++) {
        const json_t *text = json_object_get(record, PROSE[i]);
        if (json_string_length(text))
            parts.items[parts.count++] =
                (struct part){PROSE[i], json_string_value(text), json_string_length(text), 0};
    }
    return parts;
}

static json_t *new_overview(struct tool_call *call, const json_t *record)
{
    struct parts parts = prose_of(record);
    json_t *result = NULL;
    for (size_t i = 0; i < fit_count; i++) {
        json_decref(result);
        result = json_object();
        fit_text(result, record, "id", &fits[i]);
        add_facts(call, result, record, &fits[i]);
        add_releases(result, record, 0, RELEASES_SHOWN, call->room / RELEASES_SHARE, &fits[i]);
        size_t used = fit_size(result) + HEAD_ROOM + parts.count * PART_OVERHEAD;
        if (used < call->room || i + 1 == fit_count) {
            size_t room = call->room > used ? call->room - used : 0;
            json_object_set_new(result, "parts", new_parts(&parts, room + parts.count * PART_OVERHEAD));
            break;
        }
    }
    return result;
}

static json_t *new_rows(struct tool_call *call, const json_t *record)
{
    size_t count = json_array_size(json_object_get(record, "releases"));
    size_t offset = (size_t)argument_number(call, "offset", 0);
    json_t *result = json_object();
    if (offset > count && fail_offset(call, "releases", count, "rows")) {
        json_decref(result);
        return NULL;
    }
    fit_text(result, record, "id", &fits[0]);
    add_releases(result, record, offset, count, call->room > HEAD_ROOM ? call->room - HEAD_ROOM : 0,
                 &fits[1]);
    return result;
}

/* One part alone, from the offset asked for. */
static json_t *new_one(struct tool_call *call, struct part part)
{
    part.offset = (size_t)argument_number(call, "offset", 0);
    if (part.offset > part.len && fail_offset(call, part.name, part.len, "bytes"))
        return NULL;
    return json_pack("[o]", new_part(&part, call->room > HEAD_ROOM ? call->room - HEAD_ROOM : 0));
}

static json_t *new_prose(struct tool_call *call, const json_t *record, const char *name)
{
    const json_t *text = json_object_get(record, name);
    struct part part = {name, json_is_string(text) ? json_string_value(text) : "", json_string_length(text),
                        0};
    json_t *shown = new_one(call, part), *result = NULL;
    if (shown) {
        result = json_object();
        fit_text(result, record, "id", &fits[0]);
        json_object_set(result, "parts", shown);
        if (!json_is_string(text))
            tool_note(result, "the record has no %s", name);
    }
    json_decref(shown);
    return result;
}

static json_t *new_record(struct tool_call *call, const json_t *record)
{
    const char *part = argument_text(call, "part");
    if (!text_member(record, "id")) {
        tool_fail_reply(call, "id");
        return NULL;
    }
    if (!part && argument_number(call, "offset", 0)) {
        error_set(&call->error, "offset goes with part: which of them is to go on?");
        return NULL;
    }
    if (!part)
        return new_overview(call, record);
    return strcmp(part, "releases") != 0 ? new_prose(call, record, part) : new_rows(call, record);
}

json_t *mcp_get_record(struct tool_call *call)
{
    json_t *params = json_object();
    argument_hand_on(call, "id", params, "id");
    argument_hand_on(call, "edition", params, "edition");
    json_t *record = tool_ask(call, "get", params);
    json_t *result = record ? new_record(call, record) : NULL;
    json_decref(record);
    json_decref(params);
    return result;
}

/* ---- compare_records ---- */

/* Equal words; a long stretch keeps its ends. */
static void add_equal(struct buf *to, const char *text, size_t len)
{
    size_t next, begin = len - EQUAL_KEPT;
    if (len <= 3 * EQUAL_KEPT) {
        buf_append(to, text, len);
        return;
    }
    json_t *first = fit_text_from(text, len, 0, EQUAL_KEPT, &next);
    while (begin < len && ((unsigned char)text[begin] & 0xC0) == 0x80)
        begin++;
    buf_text(to, json_string_value(first));
    buf_printf(to, "[…%zu bytes the same…]", begin - next);
    buf_append(to, text + begin, len - begin);
    json_decref(first);
}

/* The edits of a part as one text. */
static void mark(struct buf *to, const json_t *edits)
{
    size_t i;
    const json_t *edit;
    json_array_foreach(edits, i, edit)
    {
        const char *op = text_member(edit, "op"), *text = text_member(edit, "text");
        if (!op || !text)
            continue;
        if (!strcmp(op, "equal"))
            add_equal(to, text, strlen(text));
        else
            buf_printf(to, !strcmp(op, "delete") ? "[-%s-]" : "{+%s+}", text);
    }
}

/* The parts that are wanted: names of those that are equal into `same`, the others marked. The
 * texts are the caller's to free. */
static void sort_parts(const json_t *parts, const char *wanted, json_t *same, struct parts *differing,
                       struct buf texts[PARTS_MAX])
{
    const char *name;
    json_t *part;
    json_object_foreach((json_t *)parts, name, part)
    {
        if (wanted && strcmp(wanted, name) != 0)
            continue;
        if (json_is_true(json_object_get(part, "equal"))) {
            json_array_append_new(same, json_string(name));
        } else if (differing->count < PARTS_MAX) {
            struct buf *text = &texts[differing->count];
            *text = (struct buf)BUF_INIT(MARKED_MAX);
            mark(text, json_object_get(part, "edits"));
            differing->items[differing->count++] =
                (struct part){name, text->data ? text->data : "", text->len, 0};
        }
    }
}

static json_t *new_differing(struct tool_call *call, const char *wanted, const struct parts *differing)
{
    if (argument_number(call, "offset", 0) && !wanted) {
        error_set(&call->error, "offset goes with part: which of them is to go on?");
        return NULL;
    }
    if (wanted && differing->count)
        return new_one(call, differing->items[0]);
    return new_parts(differing, call->room > 2 * HEAD_ROOM ? call->room - 2 * HEAD_ROOM : 0);
}

static json_t *new_comparison(struct tool_call *call, const json_t *reply)
{
    struct parts differing = {.count = 0};
    struct buf texts[PARTS_MAX];
    const char *wanted = argument_text(call, "part");
    json_t *same = json_array(), *result = NULL;
    sort_parts(json_object_get(reply, "parts"), wanted, same, &differing, texts);
    json_t *shown = new_differing(call, wanted, &differing);
    if (shown)
        result =
            json_pack("{s:O, s:O, s:O, s:O}", "first", json_object_get(call->arguments, "first"), "second",
                      json_object_get(call->arguments, "second"), "same", same, "differing", shown);
    json_decref(shown);
    json_decref(same);
    for (size_t i = 0; i < differing.count; i++)
        buf_free(&texts[i]);
    return result;
}

json_t *mcp_compare_records(struct tool_call *call)
{
    json_t *params = json_pack("{s:[O, O]}", "ids", json_object_get(call->arguments, "first"),
                               json_object_get(call->arguments, "second"));
    json_t *reply = tool_ask(call, "compare", params), *result = NULL;
    if (reply && !json_is_object(json_object_get(reply, "parts")))
        tool_fail_reply(call, "parts");
    else if (reply)
        result = new_comparison(call, reply);
    json_decref(reply);
    json_decref(params);
    return result;
}
