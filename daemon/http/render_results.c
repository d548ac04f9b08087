/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hits and suggestions for search engines and browsers. */
#include <stdio.h>
#include <string.h>

#include "daemon/http/markup.h"
#include "daemon/http/render.h"
#include "indexer/base/json_text.h"
#include "indexer/base/mem.h"
#include "indexer/base/percent.h"
#include "indexer/register/field.h"

enum { TEXT_MAX = 1 << 20 };

static const char *text_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static void put_text(struct buf *to, const char *name, const struct buf *text)
{
    json_text_member(to, name);
    json_text_string(to, text->data ? text->data : "", text->len);
}

/* ---- hits ---- */

static void put_content(struct buf *to, const json_t *hit)
{
    BUF_AUTO struct buf content = BUF_INIT(TEXT_MAX);
    size_t i;
    const json_t *snippet, *basis;
    json_array_foreach(json_object_get(hit, "snippets"), i, snippet)
    {
        const struct field *part = field_find(text_member(snippet, "part"));
        buf_printf(&content, "%s%s: ", i ? " " : "", part ? part->label : "Found");
        markup_put_plain(&content, text_member(snippet, "html"));
    }
    if (content.len == 0) {
        json_array_foreach(json_object_get(hit, "legal_basis"), i, basis)
            buf_printf(&content, "%s%s", i ? "; " : "Legal basis: ", json_string_value(basis));
    }
    put_text(to, "content", &content);
}

static void put_hit(struct buf *to, const json_t *hit, const struct render_call *call)
{
    const char *id = text_member(hit, "id"), *title = text_member(hit, "title");
    const char *organisation = text_member(hit, "organisation");
    BUF_AUTO struct buf url = BUF_INIT(TEXT_MAX);
    BUF_AUTO struct buf heading = BUF_INIT(TEXT_MAX);
    buf_printf(&url, "%s/records/", call->base);
    percent_put(&url, id);
    buf_printf(&heading, "%s%s%s", title, *title && *organisation ? " \xE2\x80\x94 " : "", organisation);
    if (heading.len == 0)
        buf_text(&heading, id);
    json_text_comma(to);
    buf_byte(to, '{');
    put_text(to, "url", &url);
    put_text(to, "title", &heading);
    put_content(to, hit);
    json_text_member(to, "id");
    json_text_or_null(to, id);
    buf_byte(to, '}');
}

void render_results(const json_t *result, const struct render_call *call, struct buf *to)
{
    size_t i;
    const json_t *hit;
    const json_t *offset = json_object_get(call->params, "offset");
    buf_byte(to, '{');
    json_text_member(to, "total");
    json_text_number(to, json_integer_value(json_object_get(result, "total")));
    json_text_member(to, "offset");
    json_text_number(to, json_integer_value(offset));
    json_text_member(to, "results");
    buf_byte(to, '[');
    json_array_foreach(json_object_get(result, "hits"), i, hit) put_hit(to, hit, call);
    buf_text(to, "]}");
}

/* ---- suggestions ---- */

static void put_description(struct buf *to, const json_t *suggestion)
{
    char text[128];
    long long count = json_integer_value(json_object_get(suggestion, "count"));
    const char *kind = text_member(suggestion, "kind");
    const struct field *field = field_find(kind);
    snprintf(text, sizeof text, "%s, %lld agreement%s", field ? field->label : kind, count,
             count == 1 ? "" : "s");
    json_text_or_null(to, text);
}

/* What of the input a suggestion leaves as it is. */
static size_t kept(const json_t *result, const struct render_call *call)
{
    const char *q = text_member(call->params, "q"), *end = text_member(result, "replaces");
    size_t len = strlen(q), end_len = strlen(end);
    bool is_end = end_len <= len && strcmp(q + len - end_len, end) == 0;
    return is_end ? len - end_len : 0;
}

/* What choosing a suggestion finds: a record; what is left of the input, narrowed by a value; or words as
 * they stand. */
static void put_search_url(struct buf *to, const json_t *suggestion, const char *rest,
                           const struct render_call *call)
{
    const char *kind = text_member(suggestion, "kind"), *text = text_member(suggestion, "text");
    const struct field *field = field_find(strcmp(kind, "provision") == 0 ? "legal_basis" : kind);
    BUF_AUTO struct buf url = BUF_INIT(TEXT_MAX);
    BUF_AUTO struct buf q = BUF_INIT(TEXT_MAX);
    bool is_record = strcmp(kind, "record") == 0, is_value = field && field->use & FIELD_USE_FACET;
    if (is_value)
        buf_text(&q, rest);
    else
        buf_printf(&q, "%s\"%s\"", rest, text);
    buf_printf(&url, "%s%s", call->base, is_record ? "/records/" : "/?q=");
    percent_put(&url, is_record ? text : q.data ? q.data : "");
    if (is_value && !is_record) {
        buf_printf(&url, "&%s=", field_filter_name(field));
        percent_put(&url, text);
    }
    json_text_string(to, url.data, url.len);
}

enum { SUGGESTION_TEXTS, SUGGESTION_DESCRIPTIONS, SUGGESTION_URLS, SUGGESTION_LISTS };

static void put_list(struct buf *to, const json_t *result, int list, const struct render_call *call)
{
    size_t i;
    const json_t *suggestion;
    MEM_AUTO char *rest = mem_copy(text_member(call->params, "q"), kept(result, call));
    buf_text(to, ",[");
    json_array_foreach(json_object_get(result, "suggestions"), i, suggestion)
    {
        MEM_AUTO char *whole = mem_format("%s%s", rest, text_member(suggestion, "text"));
        json_text_comma(to);
        if (list == SUGGESTION_TEXTS)
            json_text_or_null(to, whole);
        else if (list == SUGGESTION_DESCRIPTIONS)
            put_description(to, suggestion);
        else
            put_search_url(to, suggestion, rest, call);
    }
    buf_byte(to, ']');
}

void render_suggestions(const json_t *result, const struct render_call *call, struct buf *to)
{
    buf_byte(to, '[');
    json_text_or_null(to, text_member(call->params, "q"));
    for (int list = 0; list < SUGGESTION_LISTS; list++)
        put_list(to, result, list, call);
    buf_byte(to, ']');
}
