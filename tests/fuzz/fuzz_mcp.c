/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages of agents' programs: the first line is what the daemon answers to everything, each further line a
 * message. Every answer is one line of JSON-RPC, of a request's id or null, and a tool's answer keeps to its
 * bound. An input without a second line is a message, and there is no daemon.
 */
#include <jansson.h>
#include <string.h>

#include "client/mcp.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

enum { BOUND_TOKENS_MAX = 50000 };

static json_t *answer_all(void *context, const char *method, const json_t *params, struct error *error)
{
    json_t *result = context;
    FUZZ_CHECK(method && *method && (!params || json_is_object(params)), "the daemon was asked oddly");
    if (json_is_object(result))
        return json_incref(result);
    error_set(error, "no daemon");
    return NULL;
}

static void check_tool(const json_t *result)
{
    const json_t *content = json_array_get(json_object_get(result, "content"), 0);
    const json_t *text = json_object_get(content, "text"),
                 *made = json_object_get(result, "structuredContent");
    if (!content)
        return;
    FUZZ_CHECK(json_string_length(text) > 0, "a tool says nothing");
    FUZZ_CHECK(json_string_length(text) <= (size_t)BOUND_TOKENS_MAX * MCP_TOKEN_BYTES, "an answer too long");
    if (!made)
        return;
    json_t *same = json_loadb(json_string_value(text), json_string_length(text), JSON_ALLOW_NUL, NULL);
    FUZZ_CHECK(json_equal(same, made), "the text is not the structured content");
    json_decref(same);
}

static void check_answer(const json_t *answer)
{
    const json_t *error = json_object_get(answer, "error"), *id = json_object_get(answer, "id");
    FUZZ_CHECK(json_is_object(answer) && id, "no answer");
    FUZZ_CHECK(!json_is_null(id) || error, "a result without an id");
    FUZZ_CHECK(!error != !json_object_get(answer, "result"), "neither result nor error, or both");
    FUZZ_CHECK(!error || json_is_string(json_object_get(error, "message")), "an error without a message");
    check_tool(json_object_get(answer, "result"));
}

static void check_line(const char *line, size_t len)
{
    size_t i;
    json_t *part, *answer = json_loadb(line, len, JSON_ALLOW_NUL, NULL);
    FUZZ_CHECK(answer && line[len - 1] == '\n' && !memchr(line, '\n', len - 1), "not one line of JSON");
    if (json_is_object(answer))
        check_answer(answer);
    json_array_foreach(answer, i, part)
    {
        check_answer(part);
    }
    json_decref(answer);
}

static void say(struct mcp_session *session, const char *line, size_t len)
{
    struct buf to = BUF_INIT(MCP_ANSWER_MAX);
    char *exact = mem_copy(line, len);
    mcp_answer(session, exact, len, &to);
    if (to.len)
        check_line(to.data, to.len);
    free(exact);
    buf_free(&to);
}

/* As new but for the description, which takes longer to make than an input to try. */
static struct mcp_session *begin(json_t *result)
{
    static struct mcp_session session;
    if (!session.description)
        mcp_session_init(&session, answer_all, NULL);
    json_decref(session.daemon.explanations);
    session.daemon =
        (struct mcp_daemon){.ask = answer_all, .context = result, .explanations = NULL, .revision = ""};
    session.version = NULL;
    return &session;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    const char *first = size ? memchr(at, '\n', size) : NULL;
    json_t *result = first ? json_loadb(at, (size_t)(first - at), 0, NULL) : NULL;
    struct mcp_session *session = begin(result);
    if (first)
        at = first + 1;
    while (at < end) {
        const char *next = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((next ? next : end) - at);
        say(session, at, len);
        at += len + 1;
    }
    json_decref(result);
    return 0;
}
