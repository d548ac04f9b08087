/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A search as a feed. An entry's id is a tag URI (RFC 4151) of the server's name and the record's reference,
 * so it stays the same whatever is searched for and however often the index is built; `updated` is when the
 * record's text was first seen or last changed.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "daemon/http/markup.h"
#include "daemon/http/render.h"
#include "indexer/base/percent.h"
#include "indexer/register/field.h"

enum { TIME_SIZE = 24, URL_MAX = 256 << 10 };

#define TAG_YEAR "2026"
#define NO_TIME "1970-01-01T00:00:00Z"

static const char *text_member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static long long number_member(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

/* "YYYY-MM" or "YYYY-MM-DD" as a moment; false where it is neither. */
static bool moment(const char *date, char to[TIME_SIZE])
{
    size_t len = strspn(date, "0123456789-");
    if (date[len] || (len != 7 && len != 10) || date[4] != '-')
        return false;
    snprintf(to, TIME_SIZE, "%.10s%sT00:00:00Z", date, len == 7 ? "-01" : "");
    return true;
}

static void hit_moment(const json_t *hit, char to[TIME_SIZE])
{
    if (!moment(text_member(hit, "changed"), to) && !moment(text_member(hit, "edition"), to))
        strcpy(to, NO_TIME);
}

/* ---- names ---- */

/* The host of a base URL as a tag's authority; this machine's names for itself are one. */
static void put_authority(struct buf *to, const char *base)
{
    const char *host = strstr(base, "://");
    host = host ? host + 3 : base;
    size_t len = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":/");
    if ((len == 5 && strncmp(host, "[::1]", 5) == 0) || strncmp(host, "127.", 4) == 0) {
        buf_text(to, "localhost");
        return;
    }
    for (size_t i = 0; i < len && host[i]; i++)
        buf_byte(to, isalnum((unsigned char)host[i]) || host[i] == '.' ? (char)tolower(host[i]) : '-');
}

static void put_tag(struct buf *to, const char *base, const char *path, const char *name, bool is_url)
{
    BUF_AUTO struct buf tag = BUF_INIT(URL_MAX);
    buf_text(&tag, "tag:");
    put_authority(&tag, base);
    buf_printf(&tag, ",%s:%s", TAG_YEAR, path);
    if (is_url)
        percent_put_url(&tag, name);
    else
        percent_put(&tag, name);
    markup_put_element(to, "id", tag.data);
}

static void put_link(struct buf *to, const char *rel, const char *type, const char *url)
{
    buf_printf(to, "<link rel=\"%s\"%s%s%s href=\"", rel, type ? " type=\"" : "", type ? type : "",
               type ? "\"" : "");
    markup_put_xml(to, url);
    buf_text(to, "\"/>\n");
}

static void put_record_link(struct buf *to, const struct render_call *call, const char *rel, const char *type,
                            const char *path, const char *id)
{
    BUF_AUTO struct buf url = BUF_INIT(URL_MAX);
    buf_printf(&url, "%s%s", call->base, path);
    percent_put(&url, id);
    put_link(to, rel, type, url.data);
}

/* ---- entries ---- */

static const char *part_label(const char *part)
{
    const struct field *field = field_find(part);
    return field ? field->label : part;
}

static const char *facet_label(const char *name)
{
    return part_label(name);
}

/* A paragraph "<b>label:</b> text" of HTML, itself escaped for XML. `is_html`: the text is HTML already. */
static void put_paragraph(struct buf *to, const char *label, const char *text, bool is_html)
{
    BUF_AUTO struct buf html = BUF_INIT(1 << 20);
    buf_text(&html, "<p><b>");
    markup_put_xml(&html, label);
    size_t len = strlen(label);
    buf_text(&html, len && label[len - 1] == '?' ? "</b> " : ":</b> ");
    if (is_html)
        buf_text(&html, text);
    else
        markup_put_xml(&html, text);
    buf_text(&html, "</p>");
    markup_put_xml(to, html.data);
}

static void put_list(struct buf *to, const json_t *hit, const char *name)
{
    BUF_AUTO struct buf list = BUF_INIT(1 << 20);
    size_t i;
    const json_t *item;
    json_array_foreach(json_object_get(hit, name), i, item)
        buf_printf(&list, "%s%s", i ? "; " : "", json_string_value(item));
    if (list.len)
        put_paragraph(to, facet_label(name), list.data, false);
}

/* Why it matched: the passages found; without any, it met the filters. */
static void put_content(struct buf *to, const json_t *hit)
{
    static const char *const lists[] = {"legal_basis", "identifiability", "opt_outs"};
    size_t i;
    const json_t *snippet;
    buf_text(to, "<content type=\"html\">");
    json_array_foreach(json_object_get(hit, "snippets"), i, snippet)
    {
        char label[128];
        snprintf(label, sizeof label, "Found in %s", part_label(text_member(snippet, "part")));
        put_paragraph(to, label, text_member(snippet, "html"), true);
    }
    put_paragraph(to, "Recipient", text_member(hit, "organisation"), false);
    for (i = 0; i < sizeof lists / sizeof *lists; i++)
        put_list(to, hit, lists[i]);
    buf_text(to, "</content>\n");
}

static void put_title(struct buf *to, const json_t *hit)
{
    const char *title = text_member(hit, "title"), *organisation = text_member(hit, "organisation");
    const char *first = *title ? title : *organisation ? organisation : text_member(hit, "id");
    buf_text(to, "<title>");
    markup_put_xml(to, first);
    if (*title && *organisation) {
        buf_text(to, " \xE2\x80\x94 ");
        markup_put_xml(to, organisation);
    }
    buf_text(to, "</title>\n");
}

static void put_entry(struct buf *to, const json_t *hit, const struct render_call *call)
{
    const char *id = text_member(hit, "id");
    char updated[TIME_SIZE];
    hit_moment(hit, updated);
    buf_text(to, "<entry>\n");
    put_tag(to, call->base, "records/", id, false);
    put_title(to, hit);
    markup_put_element(to, "updated", updated);
    put_record_link(to, call, "alternate", "text/html", "/records/", id);
    put_record_link(to, call, "alternate", "application/json", "/api/records/", id);
    size_t i;
    const json_t *basis;
    json_array_foreach(json_object_get(hit, "legal_basis"), i, basis)
    {
        buf_text(to, "<category term=\"");
        markup_put_xml(to, json_string_value(basis));
        buf_text(to, "\"/>\n");
    }
    put_content(to, hit);
    buf_text(to, "</entry>\n");
}

/* ---- the feed ---- */

/* The target with another offset. */
static void put_page_link(struct buf *to, const struct render_call *call, const char *rel, long long offset)
{
    BUF_AUTO struct buf url = BUF_INIT(URL_MAX);
    const char *query = strchr(call->target, '?');
    buf_text(&url, call->base);
    buf_append(&url, call->target, query ? (size_t)(query - call->target) : strlen(call->target));
    buf_byte(&url, '?');
    for (const char *at = query ? query + 1 : ""; *at;) {
        size_t len = strcspn(at, "&");
        if (len > 0 && strncmp(at, "offset=", 7) != 0) {
            BUF_AUTO struct buf one = BUF_INIT(URL_MAX);
            buf_append(&one, at, len);
            percent_put_url(&url, one.data);
            buf_byte(&url, '&');
        }
        at += len + (at[len] != '\0');
    }
    buf_printf(&url, "offset=%lld", offset);
    put_link(to, rel, "application/atom+xml", url.data);
}

static void put_counts(struct buf *to, const json_t *result, const struct render_call *call)
{
    const char *q = text_member(call->params, "q");
    long long offset = number_member(call->params, "offset"), limit = number_member(call->params, "limit");
    const json_t *groups = json_object_get(result, "groups");
    long long total = json_integer_value(groups ? groups : json_object_get(result, "total"));
    long long shown = (long long)json_array_size(json_object_get(result, "hits"));
    buf_printf(to,
               "<opensearch:totalResults>%lld</opensearch:totalResults>\n"
               "<opensearch:startIndex>%lld</opensearch:startIndex>\n"
               "<opensearch:itemsPerPage>%lld</opensearch:itemsPerPage>\n"
               "<opensearch:Query role=\"request\" searchTerms=\"",
               total, offset, limit);
    percent_put(to, q);
    buf_printf(to, "\" startIndex=\"%lld\"/>\n", offset);
    if (offset > 0)
        put_page_link(to, call, "previous", offset > limit ? offset - limit : 0);
    if (shown > 0 && offset + shown < total)
        put_page_link(to, call, "next", offset + shown);
}

static void put_head(struct buf *to, const json_t *result, const struct render_call *call)
{
    const char *q = text_member(call->params, "q");
    const char *query = strchr(call->target, '?');
    char newest[TIME_SIZE] = NO_TIME, updated[TIME_SIZE];
    size_t i;
    const json_t *hit;
    json_array_foreach(json_object_get(result, "hits"), i, hit)
    {
        hit_moment(hit, updated);
        if (strcmp(updated, newest) > 0)
            strcpy(newest, updated);
    }
    put_tag(to, call->base, "search?", query ? query + 1 : "", true);
    buf_text(to, "<title>Data release register");
    buf_text(to, *q ? ": " : "");
    markup_put_xml(to, q);
    buf_text(to, "</title>\n");
    markup_put_element(to, "updated", newest);
    buf_text(to, "<author><name>NHS England</name><uri>" RENDER_SOURCE_URL "</uri></author>\n");
    markup_put_element(to, "rights", RENDER_ATTRIBUTION);
    buf_text(to, "<generator version=\"" PURPOSED_VERSION "\">Purposed</generator>\n");
}

void render_atom(const json_t *result, const struct render_call *call, struct buf *to)
{
    BUF_AUTO struct buf self = BUF_INIT(URL_MAX);
    BUF_AUTO struct buf description = BUF_INIT(URL_MAX);
    buf_text(&self, call->base);
    percent_put_url(&self, call->target);
    buf_printf(&description, "%s/opensearch.xml", call->base);
    buf_text(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                 "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
                 "xmlns:opensearch=\"http://a9.com/-/spec/opensearch/1.1/\" xml:lang=\"en-GB\">\n");
    put_head(to, result, call);
    put_link(to, "self", "application/atom+xml", self.data);
    put_link(to, "search", "application/opensearchdescription+xml", description.data);
    put_link(to, "license", NULL, RENDER_LICENCE_URL);
    put_link(to, "via", NULL, RENDER_SOURCE_URL);
    put_counts(to, result, call);
    size_t i;
    const json_t *hit;
    json_array_foreach(json_object_get(result, "hits"), i, hit) put_entry(to, hit, call);
    buf_text(to, "</feed>\n");
}
