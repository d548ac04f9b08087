/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connection: lines in, replies out, and what bounds both. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "daemon/internal.h"
#include "daemon/work/log.h"
#include "indexer/base/mem.h"

static const struct limits *limits_of(const struct session *session)
{
    return &session->daemon->options.limits;
}

static uint64_t now_of(const struct session *session)
{
    return uv_now(session->daemon->loop);
}

size_t session_unsent(const struct session *session)
{
    return session->out.len + uv_stream_get_write_queue_size(&session->stream) + session->unsent_batches;
}

/* Whether another line may be taken: not while too much of this client is in flight or waits to be read by
 * it. */
static bool has_room(const struct session *session)
{
    return !session->is_closing && session->in_flight < limits_of(session)->in_flight &&
           session->unanswered < INPUT_PAUSE && session_unsent(session) < OUTPUT_PAUSE;
}

void session_mark(struct session *session)
{
    if (session->is_dirty || session->is_closing)
        return;
    session->is_dirty = true;
    STAILQ_INSERT_TAIL(&session->daemon->dirty, session, dirty_link);
}

/* The end: the handle is closed, and no exchange will come back. */

void session_release(struct session *session)
{
    struct daemon *daemon = session->daemon;
    if (!session->is_handle_closed || !LIST_EMPTY(&session->exchanges))
        return;
    LIST_REMOVE(session, link);
    daemon->session_count--;
    frame_reader_free(&session->reader);
    buf_free(&session->out);
    buf_free(&session->writing);
    free(session);
    daemon_settle(daemon);
}

static void on_closed(uv_handle_t *handle)
{
    struct session *session = handle->data;
    session->is_handle_closed = true;
    session_release(session);
}

void session_close(struct session *session)
{
    if (session->is_closing)
        return;
    session->is_closing = true;
    if (session->is_dirty)
        STAILQ_REMOVE(&session->daemon->dirty, session, session, dirty_link);
    session->is_dirty = false;
    exchange_cancel_all(session);
    uv_close(&session->handle, on_closed);
}

void session_cut_off(struct session *session, const char *why)
{
    if (session->is_closing)
        return;
    session->daemon->metrics.cut_off++;
    log_trouble("connection %" PRIu64 " cut off: %s", session->number, why);
    session_close(session);
}

void session_end(struct session *session)
{
    if (session->is_closing || session->is_ended)
        return;
    session->is_ended = true;
    uv_read_stop(&session->stream);
    session_mark(session);
}

/* Writing */

static void on_written(uv_write_t *write, int status)
{
    struct session *session = write->data;
    session->is_writing = false;
    if (session->is_closing)
        return;
    buf_reset(&session->writing);
    if (session->writing.cap > OUTPUT_KEEP)
        buf_free(&session->writing);
    session->active_at = now_of(session);
    if (status < 0)
        session_close(session);
    else
        session_mark(session);
}

/* Leaves to the stream what it did not take at once, from byte `from` of `out` on. */
static void write_rest(struct session *session, size_t from)
{
    struct buf rest = session->out;
    session->out = session->writing;
    session->writing = rest;
    uv_buf_t bytes = uv_buf_init(rest.data + from, (unsigned)(rest.len - from));
    session->write.data = session;
    int status = uv_write(&session->write, &session->stream, &bytes, 1, on_written);
    if (status < 0) {
        session_close(session);
        return;
    }
    session->is_writing = true;
    session->write_at = now_of(session);
    session->write_left = uv_stream_get_write_queue_size(&session->stream);
}

static void flush(struct session *session)
{
    if (session->is_closing || session->is_writing || session->out.len == 0)
        return;
    session->daemon->metrics.bytes_out += session->out.len;
    uv_buf_t bytes = uv_buf_init(session->out.data, (unsigned)session->out.len);
    int taken = uv_try_write(&session->stream, &bytes, 1);
    if (taken < 0 && taken != UV_EAGAIN) {
        session_close(session);
        return;
    }
    session->active_at = now_of(session);
    if (taken < 0 || (size_t)taken < session->out.len) {
        write_rest(session, taken < 0 ? 0 : (size_t)taken);
        return;
    }
    buf_reset(&session->out);
    if (session->out.cap > OUTPUT_KEEP)
        buf_free(&session->out);
}

/* Reading */

static void refuse_and_end(struct session *session, int code, const char *message)
{
    exchange_refuse(session, code, message);
    frame_reader_free(&session->reader);
    session->reader.skipping = 0;
    session_end(session);
}

/* A browser made to post to a local port must not get its body run as requests. */
static bool is_http(const char *line, size_t len)
{
    static const char VERSION[] = " HTTP/1.";
    size_t tail = sizeof VERSION; /* with the digit after it */
    return len > tail && memcmp(line + len - tail, VERSION, sizeof VERSION - 1) == 0;
}

static void take_line(struct session *session, const char *line, size_t len)
{
    bool is_first = !session->has_spoken;
    session->has_spoken = true;
    if (is_first && is_http(line, len))
        refuse_and_end(session, RPC_INVALID_REQUEST,
                       "this address speaks JSON-RPC, one message a line, not HTTP");
    else
        exchange_start(session, line, len);
}

static void refuse_long_line(struct session *session)
{
    char message[96];
    session->has_spoken = true;
    snprintf(message, sizeof message, "a line may hold %" PRIu64 " bytes", limits_of(session)->line_bytes);
    exchange_refuse(session, RPC_INVALID_REQUEST, message);
}

/* Takes lines while there is room. Whether none is left that is whole. */
static bool take_lines(struct session *session)
{
    while (has_room(session)) {
        char *line;
        size_t len;
        enum frame_status status = frame_reader_next(&session->reader, &line, &len);
        if (status == FRAME_WAIT)
            return true;
        session->line_at = 0;
        if (status == FRAME_LINE)
            take_line(session, line, len);
        else
            refuse_long_line(session);
    }
    return false;
}

static bool is_gone(const struct session *session)
{
    uv_os_fd_t fd;
    if (uv_fileno(&session->handle, &fd))
        return true;
    struct pollfd poll_fd = {.fd = fd, .events = 0};
    return poll(&poll_fd, 1, 0) > 0 && (poll_fd.revents & (POLLHUP | POLLERR));
}

/* The client's end: half a line counts as a line, and what it asked is answered, unless it cannot hear us any
 * more. */
static void on_end(struct session *session)
{
    if (is_gone(session)) {
        session_close(session);
        return;
    }
    if (frame_reader_pending(&session->reader) > 0)
        frame_reader_feed(&session->reader, "\n", 1);
    session_end(session);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct session *session = handle->data;
    (void)suggested;
    *buf = uv_buf_init(session->daemon->chunk, sizeof session->daemon->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct session *session = stream->data;
    if (session->is_closing || count == 0)
        return;
    if (count == UV_EOF) {
        on_end(session);
        return;
    }
    if (count < 0) {
        session_close(session);
        return;
    }
    session->active_at = now_of(session);
    session->daemon->metrics.bytes_in += (uint64_t)count;
    if (frame_reader_feed(&session->reader, buf->base, (size_t)count) == FRAME_NO_MEMORY)
        session_cut_off(session, "no memory for its line");
    else
        session_advance(session);
}

/* Reads on, or lets the client's bytes wait where they are. Time counts for an unfinished line only while
 * reading. */
static void set_reading(struct session *session, bool wanted)
{
    if (session->is_closing)
        return;
    bool is_unfinished = frame_reader_pending(&session->reader) > 0 || session->reader.skipping;
    if (!wanted || !is_unfinished)
        session->line_at = 0;
    else if (session->line_at == 0)
        session->line_at = now_of(session);
    if (!wanted) {
        uv_read_stop(&session->stream);
        return;
    }
    int status = uv_read_start(&session->stream, on_alloc, on_read);
    if (status < 0 && status != UV_EALREADY)
        session_close(session);
}

void session_advance(struct session *session)
{
    bool is_drained;
    do {
        is_drained = take_lines(session);
        flush(session);
    } while (!is_drained && has_room(session));
    set_reading(session, !session->is_ended && is_drained && has_room(session));
    bool is_silent = session->in_flight == 0 && !session->is_writing && session->out.len == 0;
    if (session->is_ended && is_drained && is_silent)
        session_close(session);
}

/* The beginning */

void session_accept(struct daemon *daemon, int fd, bool is_unix)
{
    struct session *session = mem_zero(1, sizeof *session);
    session->daemon = daemon;
    session->number = ++daemon->session_number;
    session->active_at = uv_now(daemon->loop);
    session->out = session->writing = (struct buf)BUF_INIT(exchange_output_max(&daemon->options.limits));
    frame_reader_init(&session->reader, daemon->options.limits.line_bytes);
    LIST_INIT(&session->exchanges);
    LIST_INSERT_HEAD(&daemon->sessions, session, link);
    daemon->session_count++;
    if (is_unix)
        uv_pipe_init(daemon->loop, &session->pipe, 0);
    else
        uv_tcp_init(daemon->loop, &session->tcp);
    session->handle.data = session;
    if (is_unix ? uv_pipe_open(&session->pipe, fd) : uv_tcp_open(&session->tcp, fd)) {
        close(fd);
        session_close(session);
        return;
    }
    daemon->metrics.accepted++;
    if (!is_unix)
        uv_tcp_nodelay(&session->tcp, 1);
    if (daemon_connections(daemon) > daemon->options.limits.connections) {
        daemon->metrics.refused++;
        refuse_and_end(session, RPC_OVERLOADED, "too many connections: try again later");
    }
    session_mark(session);
}

/* Deadlines */

static bool is_past(const struct session *session, uint64_t since, uint64_t allowed)
{
    return now_of(session) - since >= allowed;
}

static void sweep_writing(struct session *session)
{
    size_t left = uv_stream_get_write_queue_size(&session->stream);
    if (left < session->write_left) {
        session->write_left = left;
        session->write_at = now_of(session);
    } else if (is_past(session, session->write_at, limits_of(session)->write_ms)) {
        session_cut_off(session, "it does not read its replies");
    }
}

static void sweep_line(struct session *session)
{
    char message[96];
    uint64_t allowed = limits_of(session)->line_ms;
    if (!is_past(session, session->line_at, allowed))
        return;
    session->daemon->metrics.cut_off++;
    snprintf(message, sizeof message, "a line must end within %" PRIu64 " ms of its first byte", allowed);
    refuse_and_end(session, RPC_DEADLINE, message);
}

void session_sweep(struct session *session)
{
    uint64_t idle_ms = limits_of(session)->idle_ms;
    if (session->is_closing)
        return;
    /* While its bytes wait unread, reading does not tell that a client has left. */
    bool has_left = session->in_flight > 0 && is_gone(session);
    bool is_idle = session->in_flight == 0 && !session->is_writing && !session->line_at;
    if (has_left || (is_idle && idle_ms && is_past(session, session->active_at, idle_ms)))
        session_close(session);
    else if (session->is_writing)
        sweep_writing(session);
    else if (session->line_at)
        sweep_line(session);
}
