/* SPDX-License-Identifier: MIT */
#include "client/purpose.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client/dial.h"
#include "client/purpose_http.h"
#include "client/purpose_inside.h"
#include "daemon/wire/frame.h"
#include "daemon/wire/rpc.h"
#include "indexer/base/buf.h"

enum {
    READ_SIZE = 65536, /* bytes asked of the system at once */
};

struct purpose_connection {
    int fd;                    /* -1: closed, or HTTP */
    struct purpose_http *http; /* NULL: closed, or a socket */
    int timeout;
    long last_id;
    int code;
    char address[PURPOSE_ADDRESS_SIZE];
    struct frame_reader reader;
    char text[PURPOSE_ERROR_SIZE];
};

/* A text cut by vsnprintf may end within a character. */
static void end_at_character(char *text, size_t size)
{
    size_t len = strlen(text);
    if (len + 1 < size)
        return;
    while (len && ((unsigned char)text[len - 1] & 0xC0) == 0x80)
        len--;
    text[len ? len - 1 : 0] = '\0';
}

enum purpose_status purpose_fail(struct purpose_connection *connection, enum purpose_status status,
                                 const char *format, ...)
{
    va_list args;
    if (!connection)
        return status;
    va_start(args, format);
    vsnprintf(connection->text, sizeof connection->text, format, args);
    va_end(args);
    end_at_character(connection->text, sizeof connection->text);
    connection->code = 0;
    if (status != PURPOSE_BAD_ARGUMENT && status != PURPOSE_REFUSED)
        purpose_close(connection);
    return status;
}

static enum purpose_status fail_without_memory(struct purpose_connection *connection)
{
    return purpose_fail(connection, PURPOSE_NO_MEMORY, "out of memory");
}

struct purpose_connection *purpose_new(void)
{
    struct purpose_connection *connection = calloc(1, sizeof *connection);
    if (!connection)
        return NULL;
    connection->fd = -1;
    connection->timeout = PURPOSE_TIMEOUT_MS;
    frame_reader_init(&connection->reader, PURPOSE_REPLY_MAX);
    return connection;
}

void purpose_free(struct purpose_connection *connection)
{
    if (!connection)
        return;
    purpose_close(connection);
    frame_reader_free(&connection->reader);
    free(connection);
}

void purpose_close(struct purpose_connection *connection)
{
    if (!connection)
        return;
    purpose_http_free(connection->http);
    connection->http = NULL;
    if (connection->fd < 0)
        return;
    close(connection->fd);
    connection->fd = -1;
    frame_reader_free(&connection->reader);
    frame_reader_init(&connection->reader, PURPOSE_REPLY_MAX);
}

void purpose_set_timeout(struct purpose_connection *connection, int milliseconds)
{
    if (!connection)
        return;
    if (milliseconds > PURPOSE_TIMEOUT_MAX_MS)
        milliseconds = PURPOSE_TIMEOUT_MAX_MS;
    connection->timeout = milliseconds < 1 ? 1 : milliseconds;
}

const char *purpose_error_text(const struct purpose_connection *connection)
{
    return connection ? connection->text
                      : "there is no connection: purpose_new() had no memory, or NULL was passed";
}

int purpose_error_code(const struct purpose_connection *connection)
{
    return connection ? connection->code : 0;
}

const char *purpose_version(void)
{
    return PURPOSED_VERSION;
}

static void forget_error(struct purpose_connection *connection)
{
    connection->text[0] = '\0';
    connection->code = 0;
}

static bool is_open(const struct purpose_connection *connection)
{
    return connection->fd >= 0 || connection->http;
}

enum purpose_status purpose_connect(struct purpose_connection *connection, const char *address)
{
    struct dial_error error = {.status = PURPOSE_OK};
    char at[PURPOSE_ADDRESS_SIZE];
    if (!connection)
        return PURPOSE_BAD_ARGUMENT;
    purpose_close(connection);
    forget_error(connection);
    if (!address && purpose_default_address(at, sizeof at))
        return purpose_fail(connection, PURPOSE_BAD_ARGUMENT, "the default address is longer than %d bytes",
                            PURPOSE_ADDRESS_SIZE - 1);
    if (address && strlen(address) >= sizeof at)
        return purpose_fail(connection, PURPOSE_BAD_ARGUMENT, "an address has at most %d bytes",
                            PURPOSE_ADDRESS_SIZE - 1);
    if (address)
        strcpy(at, address);
    memcpy(connection->address, at, sizeof at);
    if (purpose_http_is(at))
        connection->http = purpose_http_new(at, &error);
    else
        connection->fd = dial(at, !address, dial_now() + connection->timeout, &error);
    return is_open(connection) ? PURPOSE_OK : purpose_fail(connection, error.status, "%s", error.text);
}

static enum purpose_status fail_by_timeout(struct purpose_connection *connection)
{
    return purpose_fail(connection, PURPOSE_TIMEOUT,
                        "no whole reply from %s within %g s; try again, or allow it more time",
                        connection->address, connection->timeout / 1000.0);
}

static enum purpose_status fail_by_loss(struct purpose_connection *connection)
{
    bool may_be_http = !strncmp(connection->address, "tcp:", 4);
    return purpose_fail(
        connection, PURPOSE_LOST,
        "the daemon at %s closed the connection before its reply was whole; see whether it is "
        "still running%s",
        connection->address, may_be_http ? ", or speaks HTTP: then name it as http://HOST:PORT" : "");
}

/* A daemon that closes may have said why before: its reply is read even when a request cannot be sent whole.
 */
static enum purpose_status send_request(struct purpose_connection *connection, const struct buf *request,
                                        int64_t deadline)
{
    size_t sent = 0;
    while (sent < request->len) {
        ssize_t count = send(connection->fd, request->data + sent, request->len - sent, MSG_NOSIGNAL);
        if (count >= 0) {
            sent += (size_t)count;
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET)
            return PURPOSE_OK;
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN)
            return purpose_fail(connection, PURPOSE_LOST, "cannot send to %s: %s", connection->address,
                                strerror(errno));
        int ready = dial_wait(connection->fd, POLLOUT, deadline);
        if (ready == 0)
            return fail_by_timeout(connection);
        if (ready < 0)
            return purpose_fail(connection, PURPOSE_LOST, "cannot send to %s: %s", connection->address,
                                strerror(errno));
    }
    return PURPOSE_OK;
}

/* Reads once, waiting for something to read. */
static enum purpose_status receive_some(struct purpose_connection *connection, int64_t deadline)
{
    char bytes[READ_SIZE];
    int ready = dial_wait(connection->fd, POLLIN, deadline);
    if (ready == 0)
        return fail_by_timeout(connection);
    ssize_t count = ready < 0 ? -1 : recv(connection->fd, bytes, sizeof bytes, 0);
    if (count > 0)
        return frame_reader_feed(&connection->reader, bytes, (size_t)count) == FRAME_NO_MEMORY
                   ? fail_without_memory(connection)
                   : PURPOSE_OK;
    if (count == 0 || errno == ECONNRESET)
        return fail_by_loss(connection);
    if (errno == EAGAIN || errno == EINTR)
        return PURPOSE_OK;
    return purpose_fail(connection, PURPOSE_LOST, "cannot read from %s: %s", connection->address,
                        strerror(errno));
}

/* The next line, *borrowed* from the reader. */
static enum purpose_status receive_line(struct purpose_connection *connection, int64_t deadline,
                                        char **ret_line, size_t *ret_len)
{
    for (;;) {
        switch (frame_reader_next(&connection->reader, ret_line, ret_len)) {
        case FRAME_LINE:
            return PURPOSE_OK;
        case FRAME_TOO_LONG:
            return purpose_fail(connection, PURPOSE_BAD_REPLY,
                                "the reply from %s is longer than %d MiB; ask for less at a time",
                                connection->address, PURPOSE_REPLY_MAX / (1024 * 1024));
        case FRAME_NO_MEMORY:
            return fail_without_memory(connection);
        case FRAME_WAIT:
            break;
        }
        enum purpose_status status = receive_some(connection, deadline);
        if (status)
            return status;
    }
}

static enum purpose_status take_reply(struct purpose_connection *connection, const char *line, size_t len,
                                      json_t **ret_result)
{
    struct rpc_reply reply = {.root = NULL};
    if (!strncmp(line, "HTTP/", 5))
        return purpose_fail(connection, PURPOSE_BAD_REPLY,
                            "%s speaks HTTP; name it as http://HOST:PORT, or the daemon's unix:PATH or "
                            "tcp:HOST:PORT",
                            connection->address);
    if (rpc_parse_reply(line, len, &reply))
        return purpose_fail(connection, PURPOSE_BAD_REPLY,
                            "what came from %s is no JSON-RPC reply; see whether a purposed listens there",
                            connection->address);
    enum purpose_status status = PURPOSE_OK;
    /* A daemon that could not read the request, or is too busy to, names no id. */
    if (reply.id != connection->last_id && !(reply.id == -1 && !reply.result)) {
        status = purpose_fail(connection, PURPOSE_BAD_REPLY, "the reply from %s belongs to another call",
                              connection->address);
    } else if (reply.result) {
        *ret_result = json_incref(reply.result);
    } else {
        status = purpose_fail(connection, PURPOSE_REFUSED, "%s",
                              reply.message ? reply.message : "the daemon gave no reason");
        connection->code = reply.code;
    }
    rpc_reply_free(&reply);
    return status;
}

/* Puts the request together; `request` is empty on failure. */
static enum purpose_status write_request(struct purpose_connection *connection, const char *method,
                                         const json_t *params, struct buf *request)
{
    if (params && !json_is_object(params))
        return purpose_fail(connection, PURPOSE_BAD_ARGUMENT, "the parameters of %s are no object", method);
    rpc_put_request(request, ++connection->last_id, method, params);
    if (buf_failed(request))
        return purpose_fail(connection, PURPOSE_BAD_ARGUMENT,
                            "the request is longer than %d MiB, or there is no memory for it",
                            PURPOSE_REQUEST_MAX / (1024 * 1024));
    return PURPOSE_OK;
}

/* The reply's line over a socket, *borrowed* from the reader. */
static enum purpose_status exchange_lines(struct purpose_connection *connection, const struct buf *request,
                                          int64_t deadline, const char **ret_line, size_t *ret_len)
{
    char *line = NULL;
    enum purpose_status status = send_request(connection, request, deadline);
    if (!status)
        status = receive_line(connection, deadline, &line, ret_len);
    *ret_line = line;
    return status;
}

/* The same over HTTP. */
static enum purpose_status post(struct purpose_connection *connection, const struct buf *request,
                                const char **ret_line, size_t *ret_len)
{
    int code = 0;
    const struct buf *reply = NULL;
    struct dial_error error = {.status = PURPOSE_OK};
    enum purpose_status status =
        purpose_http_post(connection->http, request, connection->timeout, &reply, &code, &error);
    if (status) {
        purpose_fail(connection, status, "%s", error.text);
        connection->code = code;
        return status;
    }
    *ret_line = reply->data ? reply->data : "";
    *ret_len = reply->len;
    return PURPOSE_OK;
}

enum purpose_status purpose_call(struct purpose_connection *connection, const char *method,
                                 const json_t *params, json_t **ret_result)
{
    const char *line = NULL;
    size_t len = 0;
    if (!connection)
        return PURPOSE_BAD_ARGUMENT;
    forget_error(connection);
    if (!method || !ret_result)
        return purpose_fail(connection, PURPOSE_BAD_ARGUMENT,
                            "the method, or where its result goes, is NULL");
    int64_t deadline = dial_now() + connection->timeout;
    if (!is_open(connection))
        return purpose_fail(connection, PURPOSE_LOST, "the connection is closed; connect again");
    BUF_AUTO struct buf request = BUF_INIT(PURPOSE_REQUEST_MAX);
    enum purpose_status status = write_request(connection, method, params, &request);
    if (!status)
        status = connection->http ? post(connection, &request, &line, &len)
                                  : exchange_lines(connection, &request, deadline, &line, &len);
    return status ? status : take_reply(connection, line, len, ret_result);
}
