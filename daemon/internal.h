/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon's own files share. All of it is the loop's thread's. */
#ifndef PURPOSED_DAEMON_INTERNAL_H
#define PURPOSED_DAEMON_INTERNAL_H

#include <sys/queue.h>

#include "daemon/address.h"
#include "daemon/daemon.h"
#include "daemon/http/http.h"
#include "daemon/wire/frame.h"
#include "daemon/wire/rpc.h"
#include "daemon/work/epochs.h"
#include "daemon/work/metrics.h"
#include "daemon/work/workers.h"

struct exchange;
struct listener;
struct session;

LIST_HEAD(session_list, session);
STAILQ_HEAD(session_queue, session);
LIST_HEAD(exchange_list, exchange);

struct daemon {
    uv_loop_t *loop;
    struct daemon_options options;
    struct address_group group;
    bool is_watched; /* the service manager wants to hear from us */
    struct epochs *epochs;
    struct workers *workers;
    struct listener *listeners[LISTENERS_MAX];
    size_t listener_count;
    struct http *http; /* NULL: not asked for */
    const char *http_addresses[LISTENERS_MAX];
    size_t http_address_count;

    struct session_list sessions;
    struct session_queue dirty; /* to be seen to before the loop waits again */
    size_t session_count;
    uint64_t session_number; /* of the last one */

    uv_prepare_t before_wait;
    uv_timer_t sweep, drain;
    uv_signal_t terminate, interrupt;
    bool is_stopping, is_http_settled, is_settled;

    struct metrics metrics;
    char chunk[READ_CHUNK];
};

/* Ends the rest once it is stopping and the last connection is gone. */
void daemon_settle(struct daemon *daemon);
/* Makes ready to listen for HTTP. Returns 0, or -1 with `error`. */
int daemon_start_http(struct daemon *daemon, struct error *error);
/* Connections of all doors. */
size_t daemon_connections(const struct daemon *daemon);

/* listen.c. Returns 0, or -1 with `error`. */
int listen_open(struct daemon *daemon, const char *address, struct error *error);
/* Listens on a socket that does so already, *stolen*; one of TCP whose name begins with "http" speaks HTTP.
 */
int listen_take(struct daemon *daemon, int fd, const char *name, struct error *error);
void listen_close_all(struct daemon *daemon);
const char *listener_address(const struct listener *listener);

/* session.c: one connection. It is freed when its handle is closed and its last exchange is done. */
struct session {
    LIST_ENTRY(session) link;
    STAILQ_ENTRY(session) dirty_link;
    struct daemon *daemon;
    uint64_t number; /* names it in the log */
    union {
        uv_handle_t handle;
        uv_stream_t stream;
        uv_pipe_t pipe;
        uv_tcp_t tcp;
    };
    struct frame_reader reader;
    struct exchange_list exchanges;
    size_t in_flight;      /* calls that workers have */
    uint64_t calls;        /* that came on it */
    uint64_t rounds;       /* its turns with the workers */
    size_t unanswered;     /* bytes of the lines they came on */
    size_t unsent_batches; /* bytes of replies that wait for the rest of their batch */

    struct buf out;     /* replies not yet given to the stream */
    struct buf writing; /* replies that the stream is writing */
    uv_write_t write;
    size_t write_left; /* bytes, when last looked at */

    /* ms of uv_now() */
    uint64_t active_at; /* last byte in or out */
    uint64_t line_at;   /* since when there is an unfinished line; 0: there is none */
    uint64_t write_at;  /* when a byte was last taken by the client, or writing began */

    bool has_spoken; /* a line came */
    bool is_ended;   /* no more is read */
    bool is_writing, is_dirty, is_closing, is_handle_closed;
};

/* Serves who came; `fd` is *stolen*. */
void session_accept(struct daemon *daemon, int fd, bool is_unix);
/* Reads no more; closes when all that was read is answered and written. */
void session_end(struct session *session);
/* Closes at once; what is in flight is cancelled. */
void session_close(struct session *session);
/* The same, with a line in the log. */
void session_cut_off(struct session *session, const char *why);
/* Closes what has passed a deadline. */
void session_sweep(struct session *session);
/* To be looked at before the loop waits again: replies to be sent, lines to be taken. */
void session_mark(struct session *session);
/* Reads, takes lines and writes as far as can be done now. */
void session_advance(struct session *session);
/* Bytes of replies that the client has not taken. */
size_t session_unsent(const struct session *session);
/* Frees it if nothing refers to it any more. */
void session_release(struct session *session);

/* exchange.c: a line that came, the calls it makes and the replies to them. */
void exchange_start(struct session *session, const char *line, size_t len);
void exchange_cancel_all(struct session *session);
/* Bytes that a session's output may come to hold: what may be unread, and the longest reply on top. */
size_t exchange_output_max(const struct limits *limits);
/* Appends an error that answers no call to the session's output. */
void exchange_refuse(struct session *session, int code, const char *message);

/* status.c */
/* Answers the daemon's own method; 0, or a code with `message`. */
int status_run(struct daemon *daemon, const json_t *params, struct buf *result, char *message, size_t size);

#endif
