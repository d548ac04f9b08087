/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/http/openapi.h"

#include <stdio.h>
#include <string.h>

#include "daemon/http/openapi_template.h"
#include "daemon/http/route.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"

/* In what a route answers. */
static const struct {
    const char *path, *type, *schema; /* schema NULL: a text */
} answers[] = {
    {"/api/search", "application/json", "SearchResult"},
    {"/api/records/", "application/json", "Record"},
    {"/api/facets/", "application/json", "FacetResult"},
    {"/api/similar/", "application/json", "SearchResult"},
    {"/api/compare", "application/json", "CompareResult"},
    {"/api/suggest", "application/json", "SuggestResult"},
    {"/api/changes", "application/json", "ChangesResult"},
    {"/api/schema", "application/json", "SchemaResult"},
    {"/api/status", "application/json", "StatusResult"},
    {"/search.json", "application/json", "Results"},
    {"/search.atom", "application/atom+xml", NULL},
    {"/suggest", "application/x-suggestions+json", "Suggestions"},
    {"/opensearch.xml", "application/opensearchdescription+xml", NULL},
    {"/openapi.json", "application/json", ""},
    {"/healthz", "text/plain", NULL},
    {"/readyz", "text/plain", NULL},
    {"/metrics", "text/plain", NULL},
};

static json_t *reference(const char *kind, const char *name)
{
    MEM_AUTO char *path = mem_format("#/components/%s/%s", kind, name);
    return json_pack("{s:s}", "$ref", path);
}

/* ---- parameters ---- */

static json_t *words_of(const char *const *words)
{
    json_t *list = json_array();
    for (size_t i = 0; words[i]; i++)
        json_array_append_new(list, json_string(words[i]));
    return list;
}

static json_t *schema_of(const struct route_param *param)
{
    switch (param->type) {
    case ROUTE_NUMBER:
        return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
    case ROUTE_FLAG:
        return json_pack("{s:[s,s,s,s,s,s]}", "enum", "0", "1", "no", "yes", "false", "true");
    case ROUTE_WORD:
        return json_pack("{s:s, s:o}", "type", "string", "enum", words_of(param->words));
    case ROUTE_LIST:
        return json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", "string");
    case ROUTE_TEXT:
        break;
    }
    return json_pack("{s:s}", "type", "string");
}

static void add_param(json_t *params, const char *name, const char *in, const char *help, json_t *schema)
{
    json_t *param = json_pack("{s:s, s:s, s:o}", "name", name, "in", in, "schema", schema);
    if (help)
        json_object_set_new(param, "description", json_string(help));
    if (strcmp(in, "path") == 0)
        json_object_set_new(param, "required", json_true());
    json_array_append_new(params, param);
}

static void add_list(json_t *params, const char *name, const char *help)
{
    add_param(params, name, "query", help,
              json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", "string"));
}

static void add_filters(json_t *params)
{
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (fields[i].use & FIELD_USE_FACET) {
            MEM_AUTO char *help = mem_format("Filter: %s; several values: any of them.", fields[i].label);
            add_list(params, field_filter_name(&fields[i]), help);
        } else if (fields[i].use & FIELD_USE_RANGE && strcmp(fields[i].name, "released_to") != 0) {
            MEM_AUTO char *help =
                mem_format("Filter: %s, FROM..TO, FROM.., ..TO, or one date.", fields[i].label);
            add_param(params, field_filter_name(&fields[i]), "query", help,
                      json_pack("{s:s}", "type", "string"));
        }
    }
}

static json_t *params_of(const struct route *route)
{
    json_t *params = json_array();
    if (route->rest)
        add_param(params, route->rest, "path", NULL, json_pack("{s:s}", "type", "string"));
    for (size_t i = 0; route->params[i]; i++)
        add_param(params, route->params[i]->name, "query", route->params[i]->help,
                  schema_of(route->params[i]));
    if (route->takes & ROUTE_TAKES_FACETS)
        add_list(params, "facet",
                 "Facets to count. How is said by facet.NAME.limit, .offset, .parent, .contains, "
                 ".sort=count|value and .count=records|releases; facet.NAME.name=OTHER counts OTHER under "
                 "NAME.");
    if (route->takes & ROUTE_TAKES_FILTERS)
        add_filters(params);
    return params;
}

/* ---- answers ---- */

static json_t *export_content(void)
{
    return json_pack("{s:{s:{s:s}}, s:{s:{s:s}}}", "application/jsonl", "schema", "type", "string",
                     "text/csv", "schema", "type", "string");
}

static json_t *content_of(const struct route *route)
{
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        if (strcmp(answers[i].path, route->path) != 0)
            continue;
        const char *schema = answers[i].schema;
        json_t *is = !schema    ? json_pack("{s:s}", "type", "string")
                     : !*schema ? json_pack("{s:s}", "type", "object")
                                : reference("schemas", schema);
        json_t *content = json_object();
        json_object_set_new(content, answers[i].type, json_pack("{s:o}", "schema", is));
        return content;
    }
    return export_content();
}

static json_t *responses_of(const struct route *route)
{
    json_t *responses = json_object();
    json_object_set_new(responses, "200",
                        json_pack("{s:s, s:o}", "description", route->summary, "content", content_of(route)));
    json_object_set_new(responses, "400", reference("responses", "Problem"));
    if (route->method && route->kind != ROUTE_STATUS) {
        json_object_set_new(responses, "304", reference("responses", "Unchanged"));
        json_object_set_new(responses, "404", reference("responses", "Problem"));
        json_object_set_new(responses, "429", reference("responses", "Busy"));
        json_object_set_new(responses, "503", reference("responses", "Busy"));
    }
    return responses;
}

/* "/api/records/" as "get_api_records". */
static char *operation_of(const struct route *route)
{
    char *name = mem_format("get%s", route->path);
    for (char *at = name; *at; at++)
        if (strchr("/.", *at))
            *at = '_';
    size_t len = strlen(name);
    if (len > 4 && name[len - 1] == '_')
        name[len - 1] = '\0';
    return name;
}

/* What is posted is the socket's protocol, which the template describes. */
static json_t *post_of(const struct route *route)
{
    json_t *responses = json_object();
    static const char *const ERRORS[] = {"400", "404", "501", "503"};
    json_object_set_new(responses, "200", reference("responses", "CallReply"));
    json_object_set_new(responses, "202",
                        json_pack("{s:s}", "description", "A notification: nothing to say"));
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++)
        json_object_set_new(responses, ERRORS[i], reference("responses", "CallReply"));
    json_object_set_new(responses, "413", reference("responses", "Problem"));
    json_object_set_new(responses, "415", reference("responses", "Problem"));
    json_object_set_new(responses, "429", reference("responses", "Busy"));
    return json_pack("{s:s, s:s, s:o, s:o}", "operationId", "post_api_rpc", "summary", route->summary,
                     "requestBody", reference("requestBodies", "Call"), "responses", responses);
}

static void add_path(json_t *paths, const struct route *route)
{
    if (route->kind == ROUTE_CALL) {
        json_object_set_new(paths, route->path, json_pack("{s:o}", "post", post_of(route)));
        return;
    }
    MEM_AUTO char *operation = operation_of(route);
    MEM_AUTO char *path =
        route->rest ? mem_format("%s{%s}", route->path, route->rest) : mem_text(route->path);
    json_object_set_new(paths, path,
                        json_pack("{s:{s:s, s:s, s:o, s:o}}", "get", "operationId", operation, "summary",
                                  route->summary, "parameters", params_of(route), "responses",
                                  responses_of(route)));
}

/* ---- records ---- */

static json_t *nullable(const char *type)
{
    return json_pack("{s:[s,s]}", "type", type, "null");
}

static json_t *list_of(json_t *items)
{
    return json_pack("{s:s, s:o}", "type", "array", "items", items);
}

static json_t *field_schema(const struct field *field)
{
    switch (field->kind) {
    case FIELD_PROSE:
        return json_pack("{s:s}", "type", "string");
    case FIELD_LIST:
    case FIELD_PATHS:
        return list_of(json_pack("{s:s}", "type", "string"));
    case FIELD_ANSWER:
        return nullable("boolean");
    case FIELD_NUMBER:
        return nullable("integer");
    case FIELD_RELEASES:
        return json_pack("{s:[s,s], s:o}", "type", "array", "null", "items", reference("schemas", "Release"));
    case FIELD_SOURCES:
        return list_of(reference("schemas", "Source"));
    case FIELD_TEXT:
    case FIELD_DATE:
    case FIELD_DERIVED:
        break;
    }
    return strcmp(field->name, "id") == 0 ? json_pack("{s:s}", "type", "string") : nullable("string");
}

/* An object of the fields of that use; 0: of all that a record has. Prose may be absent. */
static json_t *object_of(unsigned use)
{
    size_t count;
    const struct field *fields = field_table(&count);
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < count; i++) {
        if (fields[i].kind == FIELD_DERIVED || (use && !(fields[i].use & use)))
            continue;
        json_t *schema = field_schema(&fields[i]);
        if (fields[i].help)
            json_object_set_new(schema, "description", json_string(fields[i].help));
        json_object_set_new(properties, fields[i].name, schema);
        if (fields[i].kind != FIELD_PROSE)
            json_array_append_new(required, json_string(fields[i].name));
    }
    return json_pack("{s:s, s:o, s:o}", "type", "object", "properties", properties, "required", required);
}

/* What hits may carry beside their own fields. */
static void add_asked_fields(json_t *properties)
{
    size_t count;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count; i++)
        if (fields[i].kind != FIELD_PROSE && fields[i].kind != FIELD_DERIVED &&
            !json_object_get(properties, fields[i].name))
            json_object_set_new(properties, fields[i].name, field_schema(&fields[i]));
}

static void add_record_schemas(json_t *schemas)
{
    json_t *record = object_of(0), *hit = object_of(FIELD_USE_HIT);
    json_object_set_new(json_object_get(record, "properties"), "versions",
                        list_of(json_pack("{s:s}", "type", "string")));
    json_object_set_new(json_object_get(record, "properties"), "marks", reference("schemas", "Marks"));
    json_t *more = json_object_get(hit, "properties");
    json_object_set_new(more, "score", json_pack("{s:s}", "type", "number"));
    json_object_set_new(more, "snippets", list_of(reference("schemas", "Snippet")));
    json_object_set_new(more, "same_release", json_pack("{s:s}", "const", "not stated"));
    json_object_set_new(more, "changed", nullable("string"));
    json_object_set_new(more, "history", json_pack("{s:s}", "type", "boolean"));
    json_object_set_new(more, "copies", json_pack("{s:s}", "type", "integer"));
    json_object_set_new(more, "group", nullable("string"));
    add_asked_fields(more);
    json_object_set_new(schemas, "Record", record);
    json_object_set_new(schemas, "Hit", hit);
}

/* Pages are for people. */
static bool is_told(const struct route *route, bool (*has_method)(const char *method))
{
    if (route->kind == ROUTE_PAGE || route->kind == ROUTE_ASSET)
        return false;
    return !route->method || route->kind == ROUTE_STATUS || has_method(route->method);
}

void openapi_put(struct buf *to, bool (*has_method)(const char *method))
{
    json_t *root = json_loadb((const char *)openapi_template, openapi_template_len, 0, NULL);
    size_t count;
    const struct route *routes = route_table(&count);
    json_object_set_new(json_object_get(root, "info"), "version", json_string(PURPOSED_VERSION));
    for (size_t i = 0; i < count; i++)
        if (is_told(&routes[i], has_method))
            add_path(json_object_get(root, "paths"), &routes[i]);
    add_record_schemas(json_object_get(json_object_get(root, "components"), "schemas"));
    char *text = json_dumps(root, JSON_COMPACT);
    if (text)
        buf_text(to, text);
    free(text);
    json_decref(root);
}
