/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "client/mcp.h"
#include "client/mcp_tools.h"
#include "indexer/base/mem.h"

enum {
    PLACE_SIZE = 128, /* bytes of a member's place, NUL included; longer ones are cut */
    SHOWN_SIZE = 40,  /* bytes shown of a value that is wrong, NUL included */
};

static json_t *expand(const json_t *value, const json_t *shared);

/* The object with what it uses put in first, so that its own members win. */
static json_t *expand_object(const json_t *value, const json_t *shared)
{
    const char *name, *used = json_string_value(json_object_get(value, "use"));
    json_t *member;
    json_t *object = used ? expand(json_object_get(shared, used), shared) : json_object();
    json_object_foreach((json_t *)value, name, member)
    {
        if (strcmp(name, "use") != 0)
            json_object_set_new(object, name, expand(member, shared));
    }
    return object;
}

static json_t *expand(const json_t *value, const json_t *shared)
{
    size_t i;
    json_t *item;
    if (json_is_object(value))
        return expand_object(value, shared);
    if (!json_is_array(value))
        return json_deep_copy(value);
    json_t *array = json_array();
    json_array_foreach(value, i, item)
    {
        json_array_append_new(array, expand(item, shared));
    }
    return array;
}

json_t *mcp_describe(void)
{
    json_t *file = json_loadb((const char *)mcp_tools, mcp_tools_len, 0, NULL);
    json_t *description = json_object();
    json_object_set(description, "instructions", json_object_get(file, "instructions"));
    json_object_set_new(description, "tools",
                        expand(json_object_get(file, "tools"), json_object_get(file, "shared")));
    json_decref(file);
    return description;
}

const json_t *mcp_find_tool(const json_t *description, const char *name)
{
    size_t i;
    const json_t *tool;
    json_array_foreach(json_object_get(description, "tools"), i, tool)
    {
        if (!strcmp(json_string_value(json_object_get(tool, "name")), name))
            return tool;
    }
    return NULL;
}

/* The value as it came, cut. */
static void show(const json_t *value, char shown[SHOWN_SIZE])
{
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_ENSURE_ASCII);
    snprintf(shown, SHOWN_SIZE, "%s", text ? text : "?");
    if (text && strlen(text) >= SHOWN_SIZE)
        memcpy(shown + SHOWN_SIZE - 4, "...", 4);
    free(text);
}

__attribute__((format(printf, 4, 5))) static int fail(struct error *error, const char *place,
                                                      const json_t *value, const char *format, ...)
{
    char shown[SHOWN_SIZE], expected[ERROR_TEXT_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(expected, sizeof expected, format, args);
    va_end(args);
    show(value, shown);
    error_set(error, "%s takes %s, not %s", *place ? place : "arguments", expected, shown);
    return -1;
}

static bool is_whole(const json_t *value)
{
    return json_is_integer(value) ||
           (json_is_real(value) && json_real_value(value) == floor(json_real_value(value)));
}

static bool is_of_type(const json_t *value, const char *type)
{
    switch (*type) {
    case 's':
        return json_is_string(value);
    case 'i':
        return is_whole(value);
    case 'b':
        return json_is_boolean(value);
    case 'a':
        return json_is_array(value);
    default:
        return json_is_object(value);
    }
}

static const char *in_words(const char *type)
{
    static const char *const WORDS[][2] = {{"string", "a text"},
                                           {"integer", "a whole number"},
                                           {"boolean", "true or false"},
                                           {"array", "a list"},
                                           {"object", "an object"}};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (!strcmp(type, WORDS[i][0]))
            return WORDS[i][1];
    return type;
}

/* "type" is a name or, for what may be a text or a list of texts, two. */
static int check_type(const json_t *schema, const json_t *value, const char *place, struct error *error)
{
    const json_t *type = json_object_get(schema, "type");
    if (json_is_string(type) && !is_of_type(value, json_string_value(type)))
        return fail(error, place, value, "%s", in_words(json_string_value(type)));
    if (json_is_array(type) && !json_is_string(value) && !json_is_array(value))
        return fail(error, place, value, "a list of texts");
    return 0;
}

static int check_enum(const json_t *schema, const json_t *value, const char *place, struct error *error)
{
    const json_t *choices = json_object_get(schema, "enum");
    BUF_AUTO struct buf list = BUF_INIT(ERROR_TEXT_SIZE);
    size_t i;
    const json_t *choice;
    json_array_foreach(choices, i, choice)
    {
        if (json_equal(choice, value))
            return 0;
        buf_printf(&list, "%s%s", i ? ", " : "", json_string_value(choice));
    }
    return choices ? fail(error, place, value, "one of %s", list.data ? list.data : "none") : 0;
}

static int check_number(const json_t *schema, const json_t *value, const char *place, struct error *error)
{
    json_int_t least = json_integer_value(json_object_get(schema, "minimum"));
    json_int_t most = json_integer_value(json_object_get(schema, "maximum"));
    double number = json_number_value(value);
    if (json_is_number(value) && (number < (double)least || number > (double)most))
        return fail(error, place, value,
                    "a whole number from %" JSON_INTEGER_FORMAT " to %" JSON_INTEGER_FORMAT, least, most);
    return 0;
}

static int check_text(const json_t *schema, const json_t *value, const char *place, struct error *error)
{
    const json_t *most = json_object_get(schema, "maxLength");
    size_t least = (size_t)json_integer_value(json_object_get(schema, "minLength"));
    size_t len = json_string_length(value);
    if (json_is_string(value) && strlen(json_string_value(value)) != len)
        return fail(error, place, value, "a text without NUL characters");
    if (json_is_string(value) && most && (len < least || len > (size_t)json_integer_value(most)))
        return fail(error, place, value, "a text of %zu to %" JSON_INTEGER_FORMAT " bytes", least,
                    json_integer_value(most));
    return 0;
}

static int check_items(const json_t *schema, const json_t *value, const char *place, struct error *error)
{
    char inner[PLACE_SIZE];
    const json_t *most = json_object_get(schema, "maxItems");
    size_t least = (size_t)json_integer_value(json_object_get(schema, "minItems"));
    size_t i, count = json_array_size(value);
    const json_t *item;
    if (json_is_array(value) && most && (count < least || count > (size_t)json_integer_value(most)))
        return fail(error, place, value, "%zu to %" JSON_INTEGER_FORMAT " values", least,
                    json_integer_value(most));
    json_array_foreach(value, i, item)
    {
        snprintf(inner, sizeof inner, "%s[%zu]", place, i);
        if (mcp_check(json_object_get(schema, "items"), item, inner, error))
            return -1;
    }
    return 0;
}

static int fail_name(const json_t *properties, const char *place, const char *name, struct error *error)
{
    BUF_AUTO struct buf list = BUF_INIT(ERROR_TEXT_SIZE);
    const char *known;
    json_t *schema;
    json_object_foreach((json_t *)properties, known, schema)
    {
        buf_printf(&list, "%s%s", list.len ? ", " : "", known);
    }
    error_set(error, "%s has no \"%.*s\"; it takes %s", *place ? place : "the tool", SHOWN_SIZE, name,
              list.data ? list.data : "nothing");
    return -1;
}

static int check_members(const json_t *schema, const json_t *value, const char *place, struct error *error)
{
    char inner[PLACE_SIZE];
    const json_t *properties = json_object_get(schema, "properties");
    const char *name;
    size_t i;
    json_t *member;
    json_object_foreach((json_t *)value, name, member)
    {
        const json_t *known = json_object_get(properties, name);
        snprintf(inner, sizeof inner, "%s%s%s", place, *place ? "." : "", name);
        if (!known)
            return fail_name(properties, place, name, error);
        if (mcp_check(known, member, inner, error))
            return -1;
    }
    json_array_foreach(json_object_get(schema, "required"), i, member)
    {
        if (json_is_object(value) && !json_object_get(value, json_string_value(member))) {
            error_set(error, "%s is needed", json_string_value(member));
            return -1;
        }
    }
    return 0;
}

int mcp_check(const json_t *schema, const json_t *value, const char *place, struct error *error)
{
    return check_type(schema, value, place, error) || check_enum(schema, value, place, error) ||
                   check_number(schema, value, place, error) || check_text(schema, value, place, error) ||
                   check_items(schema, value, place, error) || check_members(schema, value, place, error)
               ? -1
               : 0;
}
