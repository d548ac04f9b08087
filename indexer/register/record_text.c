/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record read from the text of its JSON, its prose past the parser. */
#include <stdlib.h>

#include "indexer/base/json_lift.h"
#include "indexer/base/mem.h"
#include "indexer/register/field.h"
#include "indexer/register/record.h"

enum { PROSE_MAX = 16 }; /* fields of prose */

/* The fields of prose, as what is taken out; returns how many. */
static size_t list_prose(struct json_lifted *texts, const struct field **prose)
{
    size_t count, found = 0;
    const struct field *fields = field_table(&count);
    for (size_t i = 0; i < count && found < PROSE_MAX; i++)
        if (fields[i].kind == FIELD_PROSE) {
            texts[found] = (struct json_lifted){.name = fields[i].name};
            prose[found++] = &fields[i];
        }
    return found;
}

static json_t *parse(const char *json, size_t len, struct error *error)
{
    json_error_t json_error;
    json_t *object = json_loadb(json, len, JSON_REJECT_DUPLICATES, &json_error);
    if (!object)
        error_set(error, "not JSON: %s, at byte %d", json_error.text, json_error.position);
    return object;
}

static void put_prose(struct record *record, const struct field *field, struct json_lifted *text)
{
    char **at = (char **)((char *)record + field->offset);
    free(*at);
    *at = text->text;
    text->text = NULL;
}

struct record *record_from_text(const char *json, size_t len, enum record_extent extent, struct error *error)
{
    struct json_lifted texts[PROSE_MAX];
    const struct field *prose[PROSE_MAX];
    size_t count = list_prose(texts, prose);
    BUF_AUTO struct buf rest = BUF_INIT(len);
    json_t *object = NULL;
    if (json_lift(json, len, texts, count, extent == RECORD_WHOLE, &rest))
        object = parse(rest.data, rest.len, NULL);
    if (!object) {
        json_lifted_free(texts, count); /* and the place of what is wrong is one in the whole */
        object = parse(json, len, error);
    }
    struct record *record = object ? record_from_json(object, error) : NULL;
    json_decref(object);
    for (size_t i = 0; record && i < count; i++)
        if (texts[i].text)
            put_prose(record, prose[i], &texts[i]);
    json_lifted_free(texts, count);
    return record;
}
