/* SPDX-License-Identifier: MIT */
/* Reading a reply: members checked by type, structs in memory that goes with the reply. */
#include <stdlib.h>

#include "client/purpose_inside.h"

/* One piece of memory of a reply; what is given out follows it. The first one holds the reply's JSON. */
struct reply_block {
    struct reply_block *next;
    json_t *json;
    max_align_t bytes[];
};

void *reply_alloc(struct reply *reply, size_t size)
{
    struct reply_block *block = calloc(1, sizeof *block + size);
    if (!block) {
        if (!reply->status)
            reply->status = purpose_fail(reply->connection, PURPOSE_NO_MEMORY, "out of memory");
        return NULL;
    }
    /* The first block stays in front, for reply_free() finds the others from it. */
    if (reply->blocks) {
        block->next = reply->blocks->next;
        reply->blocks->next = block;
    } else {
        reply->blocks = block;
    }
    return block->bytes;
}

static void free_blocks(struct reply_block *block)
{
    while (block) {
        struct reply_block *next = block->next;
        json_decref(block->json);
        free(block);
        block = next;
    }
}

void reply_free(void *made)
{
    if (made)
        free_blocks((struct reply_block *)((char *)made - offsetof(struct reply_block, bytes)));
}

enum purpose_status reply_take(struct purpose_connection *connection, const char *method, json_t *json,
                               size_t size, reply_filler *fill, void **ret_made)
{
    struct reply reply = {.connection = connection, .method = method, .json = json};
    void *made = reply_alloc(&reply, size);
    if (!made) {
        json_decref(json);
        return reply.status;
    }
    reply.blocks->json = json;
    if (json_is_object(json))
        fill(&reply, made);
    else
        reply_is_wrong(&reply, "result", "an object");
    if (reply.status)
        free_blocks(reply.blocks);
    else
        *ret_made = made;
    return reply.status;
}

enum purpose_status reply_ask(struct question *question, const char *method, size_t size, reply_filler *fill,
                              void **ret_made)
{
    json_t *result = NULL;
    enum purpose_status status = question->status;
    if (!status)
        status = purpose_call(question->connection, method, question->params, &result);
    json_decref(question->params);
    question->params = NULL;
    return status ? status : reply_take(question->connection, method, result, size, fill, ret_made);
}

void reply_is_wrong(struct reply *reply, const char *name, const char *expected)
{
    if (!reply->status)
        reply->status =
            purpose_fail(reply->connection, PURPOSE_BAD_REPLY,
                         "in the reply to %s, \"%s\" is not %s; is it a purposed of this version?",
                         reply->method, name, expected);
}

/* The member, or NULL where it is missing or null. */
static const json_t *member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return json_is_null(value) ? NULL : value;
}

const char *reply_text(struct reply *reply, const json_t *object, const char *name)
{
    const json_t *value = member(object, name);
    if (value && !json_is_string(value))
        reply_is_wrong(reply, name, "a text");
    return json_string_value(value);
}

long long reply_number(struct reply *reply, const json_t *object, const char *name, long long missing)
{
    const json_t *value = member(object, name);
    if (value && !json_is_integer(value))
        reply_is_wrong(reply, name, "a whole number");
    return json_is_integer(value) ? (long long)json_integer_value(value) : missing;
}

bool reply_flag(struct reply *reply, const json_t *object, const char *name)
{
    const json_t *value = member(object, name);
    if (value && !json_is_boolean(value))
        reply_is_wrong(reply, name, "true or false");
    return json_is_true(value);
}

const json_t *reply_optional_list(struct reply *reply, const json_t *object, const char *name)
{
    const json_t *value = member(object, name);
    if (value && !json_is_array(value))
        reply_is_wrong(reply, name, "a list");
    return json_is_array(value) ? value : NULL;
}

const json_t *reply_list(struct reply *reply, const json_t *object, const char *name)
{
    const json_t *list = reply_optional_list(reply, object, name);
    if (!list)
        reply_is_wrong(reply, name, "a list");
    return list;
}

struct purpose_texts reply_texts(struct reply *reply, const json_t *object, const char *name)
{
    const json_t *list = reply_optional_list(reply, object, name);
    size_t count = json_array_size(list);
    const char **items = count ? reply_alloc(reply, count * sizeof *items) : NULL;
    for (size_t i = 0; items && i < count; i++) {
        items[i] = json_string_value(json_array_get(list, i));
        if (!items[i])
            reply_is_wrong(reply, name, "a list of texts");
    }
    return (struct purpose_texts){items, items ? count : 0};
}

const void *reply_array(struct reply *reply, const json_t *list, reply_maker *make, size_t *ret_count)
{
    size_t count = json_array_size(list);
    void **items = count ? reply_alloc(reply, count * sizeof *items) : NULL;
    *ret_count = items ? count : 0;
    for (size_t i = 0; i < *ret_count && !reply->status; i++) {
        const json_t *item = json_array_get(list, i);
        if (json_is_object(item))
            items[i] = make(reply, item);
        else
            reply_is_wrong(reply, "an item of a list", "an object");
    }
    return items;
}
