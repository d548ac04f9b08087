/* SPDX-License-Identifier: MIT */
/* The methods compare, changes, schema and status. */
#include <string.h>

#include "client/purpose_inside.h"

/* ---- compare ---- */

static void *make_edit(struct reply *reply, const json_t *json)
{
    static const char *const OPS[] = {
        [PURPOSE_EQUAL] = "equal", [PURPOSE_DELETE] = "delete", [PURPOSE_INSERT] = "insert"};
    struct purpose_edit *edit = reply_alloc(reply, sizeof *edit);
    const char *op = reply_text(reply, json, "op");
    size_t i = 0;
    if (!edit)
        return NULL;
    while (op && i < sizeof OPS / sizeof *OPS && strcmp(op, OPS[i]) != 0)
        i++;
    edit->op = (enum purpose_op)i;
    edit->text = reply_text(reply, json, "text");
    if (!op || i == sizeof OPS / sizeof *OPS)
        reply_is_wrong(reply, "op", "equal, delete or insert");
    if (!edit->text)
        reply_is_wrong(reply, "text", "a text");
    return edit;
}

static struct purpose_part *make_part(struct reply *reply, const char *name, const json_t *json)
{
    struct purpose_part *part = reply_alloc(reply, sizeof *part);
    if (!part)
        return NULL;
    part->name = name;
    part->equal = reply_flag(reply, json, "equal");
    part->edits = reply_array(reply, reply_optional_list(reply, json, "edits"), make_edit, &part->edit_count);
    if (!part->equal && !part->edits)
        reply_is_wrong(reply, name, "either equal or a list of edits");
    return part;
}

static void take_parts(struct reply *reply, json_t *parts, struct purpose_comparison *comparison)
{
    const char *name;
    json_t *json;
    size_t count = json_object_size(parts);
    const struct purpose_part **items = count ? reply_alloc(reply, count * sizeof *items) : NULL;
    if (!items)
        return;
    json_object_foreach(parts, name, json)
    {
        items[comparison->part_count++] = make_part(reply, name, json);
    }
    comparison->parts = items;
}

static void fill_comparison(struct reply *reply, void *made)
{
    struct purpose_comparison *comparison = made;
    json_t *parts = json_object_get(reply->json, "parts");
    if (json_is_object(parts))
        take_parts(reply, parts, comparison);
    else
        reply_is_wrong(reply, "parts", "an object");
    comparison->json = reply->json;
}

enum purpose_status purpose_compare(struct purpose_connection *connection, const char *first,
                                    const char *second, struct purpose_comparison **ret_comparison)
{
    void *made = NULL;
    struct question question = question_begin(connection, ret_comparison);
    question_list(&question, "ids", (const char *const[]){first, second}, 2);
    enum purpose_status status =
        reply_ask(&question, "compare", sizeof(struct purpose_comparison), fill_comparison, &made);
    if (!status)
        *ret_comparison = made;
    return status;
}

void purpose_comparison_free(struct purpose_comparison *comparison)
{
    reply_free(comparison);
}

/* ---- changes ---- */

static void fill_changes(struct reply *reply, void *made)
{
    *(struct purpose_changes *)made = (struct purpose_changes){
        .from = reply_text(reply, reply->json, "from"),
        .to = reply_text(reply, reply->json, "to"),
        .coverage = reply_text(reply, reply->json, "coverage"),
        .added = reply_texts(reply, reply->json, "added"),
        .gone = reply_texts(reply, reply->json, "gone"),
        .changed = reply_texts(reply, reply->json, "changed"),
        .renewed = reply_texts(reply, reply->json, "renewed"),
        .json = reply->json,
    };
}

enum purpose_status purpose_changes(struct purpose_connection *connection, const char *from, const char *to,
                                    struct purpose_changes **ret_changes)
{
    void *made = NULL;
    struct question question = question_begin(connection, ret_changes);
    question_text(&question, "from", from);
    question_text(&question, "to", to);
    enum purpose_status status =
        reply_ask(&question, "changes", sizeof(struct purpose_changes), fill_changes, &made);
    if (!status)
        *ret_changes = made;
    return status;
}

void purpose_changes_free(struct purpose_changes *changes)
{
    reply_free(changes);
}

/* ---- schema ---- */

static void *make_name(struct reply *reply, const json_t *json)
{
    struct purpose_name *name = reply_alloc(reply, sizeof *name);
    if (!name)
        return NULL;
    name->name = reply_text(reply, json, "name");
    name->label = reply_text(reply, json, "label");
    name->help = reply_text(reply, json, "help");
    if (!name->name)
        reply_is_wrong(reply, "name", "a text");
    return name;
}

static void *make_acronym(struct reply *reply, const json_t *json)
{
    struct purpose_acronym *acronym = reply_alloc(reply, sizeof *acronym);
    if (!acronym)
        return NULL;
    acronym->short_form = reply_text(reply, json, "short");
    acronym->long_form = reply_text(reply, json, "long");
    acronym->source = reply_text(reply, json, "source");
    acronym->count = reply_number(reply, json, "count", 0);
    if (!acronym->short_form || !acronym->long_form)
        reply_is_wrong(reply, "vocabulary", "a list of short and long forms");
    return acronym;
}

static void fill_schema(struct reply *reply, void *made)
{
    struct purpose_schema *schema = made;
    const json_t *json = reply->json;
    schema->fields = reply_array(reply, reply_list(reply, json, "fields"), make_name, &schema->field_count);
    schema->facets = reply_array(reply, reply_list(reply, json, "facets"), make_name, &schema->facet_count);
    schema->parts = reply_array(reply, reply_list(reply, json, "parts"), make_name, &schema->part_count);
    schema->vocabulary = reply_array(reply, reply_optional_list(reply, json, "vocabulary"), make_acronym,
                                     &schema->acronym_count);
    schema->json = json;
}

enum purpose_status purpose_schema(struct purpose_connection *connection, struct purpose_schema **ret_schema)
{
    void *made = NULL;
    struct question question = question_begin(connection, ret_schema);
    enum purpose_status status =
        reply_ask(&question, "schema", sizeof(struct purpose_schema), fill_schema, &made);
    if (!status)
        *ret_schema = made;
    return status;
}

void purpose_schema_free(struct purpose_schema *schema)
{
    reply_free(schema);
}

/* ---- status ---- */

static void fill_health(struct reply *reply, void *made)
{
    struct purpose_health *health = made;
    const json_t *index = json_object_get(reply->json, "index");
    health->version = reply_text(reply, reply->json, "version");
    health->uptime_ms = reply_number(reply, reply->json, "uptime_ms", 0);
    health->revision = reply_text(reply, index, "revision");
    health->records = reply_number(reply, index, "records", 0);
    health->problem = reply_text(reply, index, "problem");
    health->json = reply->json;
}

enum purpose_status purpose_health(struct purpose_connection *connection, struct purpose_health **ret_health)
{
    void *made = NULL;
    struct question question = question_begin(connection, ret_health);
    enum purpose_status status =
        reply_ask(&question, "status", sizeof(struct purpose_health), fill_health, &made);
    if (!status)
        *ret_health = made;
    return status;
}

void purpose_health_free(struct purpose_health *health)
{
    reply_free(health);
}
