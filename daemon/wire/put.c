/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "daemon/wire/rpc.h"
#include "indexer/base/json_text.h"

void rpc_put_string(struct buf *to, const char *text, size_t len)
{
    json_text_string(to, text, len);
}

static void put_head(struct buf *to, const char *id)
{
    static const char HEAD[] = "{\"jsonrpc\":\"2.0\",\"id\":";
    buf_append(to, HEAD, sizeof HEAD - 1);
    buf_text(to, id);
}

void rpc_put_result(struct buf *to, const char *id, const char *result, size_t len)
{
    static const char RESULT[] = ",\"result\":";
    put_head(to, id);
    buf_append(to, RESULT, sizeof RESULT - 1);
    buf_append(to, result, len);
    buf_byte(to, '}');
}

void rpc_put_error(struct buf *to, const char *id, int code, const char *message)
{
    put_head(to, id);
    buf_printf(to, ",\"error\":{\"code\":%d,\"message\":", code);
    rpc_put_string(to, message, strlen(message));
    buf_text(to, "}}");
}

static int put_dumped(const char *bytes, size_t len, void *to)
{
    buf_append(to, bytes, len);
    return buf_failed(to) ? -1 : 0;
}

void rpc_put_request(struct buf *to, long id, const char *method, const json_t *params)
{
    buf_printf(to, "{\"jsonrpc\":\"2.0\",\"id\":%ld,\"method\":", id);
    rpc_put_string(to, method, strlen(method));
    if (params) {
        buf_text(to, ",\"params\":");
        if (json_dump_callback(params, put_dumped, to, JSON_COMPACT))
            to->failed = true;
    }
    buf_text(to, "}\n");
}
