/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines and JSON-RPC. How a stream is cut into feeds never shows: the lines are those one would cut by hand.
 * Each line is requests, or an error that can be sent back; a request written out and read again is the same.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/wire/frame.h"
#include "daemon/wire/rpc.h"
#include "indexer/base/mem.h"
#include "tests/fuzz/support.h"

enum { REPLY_MAX = 1 << 20 /* bytes */ };

static const size_t limits[] = {8, 64, 4096};
static const size_t chunks[] = {1, 3, 16, SIZE_MAX};

/* ---- lines ---- */

static void put_line(struct buf *seen, enum frame_status status, const char *line, size_t len)
{
    if (status == FRAME_TOO_LONG)
        buf_text(seen, "too long\n");
    else if (status == FRAME_LINE)
        buf_printf(seen, "%zu:", len);
    if (status == FRAME_LINE)
        buf_append(seen, line, len);
}

static void cut_by_hand(const char *text, size_t size, size_t limit, struct buf *seen)
{
    for (const char *at = text, *end = text + size, *stop; at < end; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);
        if (len > 0 && at[len - 1] == '\r')
            len--;
        if (stop || len > limit)
            put_line(seen, len > limit ? FRAME_TOO_LONG : FRAME_LINE, at, len);
        if (!stop)
            break;
    }
}

static void cut_by_reader(const char *text, size_t size, size_t limit, size_t chunk, struct buf *seen)
{
    struct frame_reader reader;
    frame_reader_init(&reader, limit);
    for (size_t at = 0; at < size;) {
        size_t len = size - at < chunk ? size - at : chunk;
        char *line = NULL;
        size_t line_len = 0;
        enum frame_status status = frame_reader_feed(&reader, text + at, len);
        FUZZ_CHECK(status == FRAME_WAIT, "feeding gives %d", status);
        while ((status = frame_reader_next(&reader, &line, &line_len)) != FRAME_WAIT) {
            FUZZ_CHECK(status == FRAME_LINE || status == FRAME_TOO_LONG, "reading gives %d", status);
            FUZZ_CHECK(status != FRAME_LINE || line[line_len] == '\0', "no NUL behind the line");
            put_line(seen, status, line, line_len);
        }
        FUZZ_CHECK(frame_reader_pending(&reader) <= limit + 1, "%zu bytes wait, the limit is %zu",
                   frame_reader_pending(&reader), limit);
        at += len;
    }
    frame_reader_free(&reader);
}

static void check_lines(const char *text, size_t size)
{
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        BUF_AUTO struct buf meant = BUF_INIT(REPLY_MAX);
        cut_by_hand(text, size, limits[i], &meant);
        for (size_t k = 0; k < sizeof chunks / sizeof *chunks; k++) {
            BUF_AUTO struct buf seen = BUF_INIT(REPLY_MAX);
            cut_by_reader(text, size, limits[i], chunks[k], &seen);
            FUZZ_CHECK(seen.len == meant.len && (!seen.len || memcmp(seen.data, meant.data, seen.len) == 0),
                       "limit %zu, %zu bytes at a time:\n%s\nby hand:\n%s", limits[i], chunks[k], seen.data,
                       meant.data);
        }
    }
}

/* ---- messages ---- */

static void check_error_reply(const struct rpc_call *call)
{
    BUF_AUTO struct buf bytes = BUF_INIT(REPLY_MAX);
    struct rpc_reply reply;
    FUZZ_CHECK(*call->message, "error %d without a message", call->error);
    rpc_put_error(&bytes, call->id, call->error, call->message);
    FUZZ_CHECK(rpc_parse_reply(bytes.data, bytes.len, &reply) == 0, "no reply: %s", bytes.data);
    FUZZ_CHECK(reply.code == call->error && !reply.result, "code %d became %d", call->error, reply.code);
    rpc_reply_free(&reply);
}

static void check_id(const char *id)
{
    json_t *value = json_loads(id, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    FUZZ_CHECK(value && (json_is_string(value) || json_is_number(value) || json_is_null(value)), "id %s", id);
    FUZZ_CHECK(strlen(id) <= RPC_ID_MAX, "an id of %zu bytes", strlen(id));
    BUF_AUTO struct buf bytes = BUF_INIT(REPLY_MAX);
    rpc_put_result(&bytes, id, "{}", 2);
    json_t *reply = json_loadb(bytes.data, bytes.len, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, NULL);
    FUZZ_CHECK(json_equal(json_object_get(reply, "id"), value), "id %s comes back in %s", id, bytes.data);
    json_decref(reply);
    json_decref(value);
}

static void check_request_again(const struct rpc_call *call)
{
    BUF_AUTO struct buf bytes = BUF_INIT(REPLY_MAX);
    struct rpc_message message;
    rpc_put_request(&bytes, 7, call->method, call->params);
    FUZZ_CHECK(bytes.len && memchr(bytes.data, '\n', bytes.len) == bytes.data + bytes.len - 1,
               "not one line: %s", bytes.data);
    FUZZ_CHECK(rpc_parse(bytes.data, bytes.len - 1, &message) == 0 && message.count == 1, "%s", bytes.data);
    const struct rpc_call *again = message.calls;
    FUZZ_CHECK(!again->error && strcmp(again->id, "7") == 0 && strcmp(again->method, call->method) == 0,
               "%s: %s", bytes.data, again->message);
    FUZZ_CHECK(!again->params == !call->params && (!call->params || json_equal(again->params, call->params)),
               "other parameters: %s", bytes.data);
    rpc_message_free(&message);
}

static void check_call(const struct rpc_call *call)
{
    FUZZ_CHECK(call->error || call->method, "neither a method nor an error");
    FUZZ_CHECK(!call->params || json_is_object(call->params), "parameters without names");
    if (call->id)
        check_id(call->id);
    if (call->error && call->id)
        check_error_reply(call);
    if (!call->error)
        check_request_again(call);
}

static void check_message(const char *line, size_t len)
{
    struct rpc_message message;
    struct rpc_reply reply;
    FUZZ_CHECK(rpc_parse(line, len, &message) == 0, "no memory for %zu bytes", len);
    FUZZ_CHECK(message.count >= 1 && message.count <= RPC_BATCH_MAX, "%zu calls", message.count);
    FUZZ_CHECK(message.is_batch || message.count == 1, "%zu calls without a batch", message.count);
    for (size_t i = 0; i < message.count; i++)
        check_call(&message.calls[i]);
    rpc_message_free(&message);
    if (rpc_parse_reply(line, len, &reply) == 0) {
        FUZZ_CHECK((reply.code == 0) == (reply.result != NULL), "code %d", reply.code);
        FUZZ_CHECK(reply.code == 0 || reply.message, "an error without a message");
        rpc_reply_free(&reply);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    check_lines(text, size);
    for (const char *at = text, *end = text + size, *stop; at < end; at = stop + 1) {
        stop = memchr(at, '\n', (size_t)(end - at));
        size_t len = (size_t)((stop ? stop : end) - at);
        MEM_AUTO char *line = mem_copy(at, len);
        check_message(line, len);
        if (!stop)
            break;
    }
    return 0;
}
