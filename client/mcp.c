/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client/mcp.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "client/purpose.h"
#include "client/terminal.h"
#include "daemon/wire/frame.h"
#include "daemon/wire/rpc.h"

enum {
    READ_SIZE = 65536, /* bytes asked of standard input at once */
    TRIES = 2,         /* at a call: a connection that has been idle may turn out to be gone */
};

/* ---- the daemon ---- */

struct link {
    struct purpose_connection *connection;
    const char *address; /* *borrowed*; NULL: the default */
    bool is_open;
};

static enum purpose_status try_once(struct link *link, const char *method, const json_t *params,
                                    json_t **ret_result)
{
    enum purpose_status status = PURPOSE_OK;
    if (!link->is_open)
        status = purpose_connect(link->connection, link->address);
    link->is_open = !status;
    if (!status)
        status = purpose_call(link->connection, method, params, ret_result);
    if (status && status != PURPOSE_REFUSED && status != PURPOSE_BAD_ARGUMENT)
        link->is_open = false;
    return status;
}

/* What an agent can do about a failure, beyond what the daemon or the library says of it. */
static const char *advice(const struct link *link, enum purpose_status status)
{
    int code = purpose_error_code(link->connection);
    if (status == PURPOSE_REFUSED && (code == RPC_OVERLOADED || code == RPC_DEADLINE))
        return "; try again in a moment";
    return status == PURPOSE_LOST ? "; call again once it runs" : "";
}

/* All questions only read, so one may be asked again over a new connection. */
static json_t *ask_daemon(void *context, const char *method, const json_t *params, struct error *error)
{
    struct link *link = context;
    json_t *result = NULL;
    enum purpose_status status = PURPOSE_LOST;
    for (int i = 0; i < TRIES && status == PURPOSE_LOST; i++)
        status = try_once(link, method, params, &result);
    if (!status && json_is_object(result))
        return result;
    json_decref(result);
    if (!status)
        error_set(error, "the daemon's result is no object; is it a purposed of this version?");
    else
        error_set(error, "%s%s", purpose_error_text(link->connection), advice(link, status));
    if (status != PURPOSE_REFUSED)
        terminal_complain(error->text);
    return NULL;
}

/* ---- standard input and output ---- */

/* 0, or -1 with errno. */
static int write_all(const char *bytes, size_t len)
{
    while (len) {
        ssize_t count = write(STDOUT_FILENO, bytes, len);
        if (count < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = STDOUT_FILENO, .events = POLLOUT};
            poll(&ready, 1, -1);
        } else if (count < 0 && errno != EINTR) {
            return -1;
        }
        bytes += count > 0 ? count : 0;
        len -= count > 0 ? (size_t)count : 0;
    }
    return 0;
}

/* Bytes read, 0 at the end of input, -1 with errno. */
static ssize_t read_some(char *bytes, size_t size)
{
    for (;;) {
        ssize_t count = read(STDIN_FILENO, bytes, size);
        if (count < 0 && errno == EAGAIN) {
            struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
            poll(&ready, 1, -1);
        } else if (count >= 0 || errno != EINTR) {
            return count;
        }
    }
}

static bool is_blank(const char *line, size_t len)
{
    return strspn(line, " \t\r") >= len;
}

/* Answers every line that is whole. 0, or -1 with errno. */
static int answer_lines(struct mcp_session *session, struct frame_reader *reader)
{
    char *line;
    size_t len;
    for (;;) {
        BUF_AUTO struct buf answer = BUF_INIT(MCP_ANSWER_MAX);
        switch (frame_reader_next(reader, &line, &len)) {
        case FRAME_WAIT:
            return 0;
        case FRAME_NO_MEMORY:
            errno = ENOMEM;
            return -1;
        case FRAME_TOO_LONG:
            mcp_answer_too_long(&answer);
            break;
        case FRAME_LINE:
            if (!is_blank(line, len))
                mcp_answer(session, line, len, &answer);
            break;
        }
        if (write_all(answer.data, answer.len))
            return -1;
    }
}

/* 0 at the end of input, or -1 with errno. */
static int serve(struct mcp_session *session)
{
    char bytes[READ_SIZE];
    ssize_t count;
    struct frame_reader reader;
    int status = 0;
    frame_reader_init(&reader, MCP_LINE_MAX);
    do {
        count = read_some(bytes, sizeof bytes);
        if (count == 0) /* the last line may lack its end */
            status = frame_reader_feed(&reader, "\n", 1) == FRAME_NO_MEMORY ? -1 : 0;
        else if (count > 0)
            status = frame_reader_feed(&reader, bytes, (size_t)count) == FRAME_NO_MEMORY ? -1 : 0;
        if (count < 0 || status)
            status = -1;
        else
            status = answer_lines(session, &reader);
    } while (count > 0 && !status);
    frame_reader_free(&reader);
    return status;
}

enum exit_code mcp_run(const struct options *options, const char *address)
{
    struct mcp_session session;
    struct link link = {.connection = purpose_new(), .address = address};
    if (!link.connection) {
        terminal_complain("out of memory");
        return EXIT_TROUBLE;
    }
    signal(SIGPIPE, SIG_IGN);
    purpose_set_timeout(link.connection, options->seconds * 1000);
    mcp_session_init(&session, ask_daemon, &link);
    errno = 0;
    int status = serve(&session);
    if (status && errno != EPIPE)
        terminal_complain(errno == ENOMEM ? "out of memory" : "cannot read or write messages");
    bool is_trouble = status && errno != EPIPE; /* a client that went away has ended the session */
    mcp_session_free(&session);
    purpose_free(link.connection);
    return is_trouble ? EXIT_TROUBLE : EXIT_FOUND;
}
