/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about connections share. All of it is the loop's thread's, unless it says otherwise. */
#ifndef PURPOSED_HTTP_INTERNAL_H
#define PURPOSED_HTTP_INTERNAL_H

#include <microhttpd.h>
#include <sys/queue.h>

#include "daemon/http/gzip.h"
#include "daemon/http/http.h"
#include "daemon/http/metrics_text.h"
#include "daemon/http/problem.h"
#include "daemon/http/route.h"
#include "daemon/http/target.h"
#include "daemon/search/search.h"
#include "daemon/wire/rpc.h"
#include "daemon/work/log.h"

enum {
    HTTP_CONNECTIONS_SPARE = 64,       /* beyond the limit: they are told to try again later */
    HTTP_CONNECTION_BYTES = 512 << 10, /* memory of a connection for a request's head and its parsed parts */
    HTTP_HEAD_MAX = TARGET_MAX + (32 << 10), /* bytes of a request before its body */
    HTTP_BODY_DISCARD_MAX = 1 << 20, /* bytes of a body that are read away before its request is refused */
    HTTP_RUNS_MAX = 16,              /* of the library, likewise */
    HTTP_LISTENERS_MAX = LISTENERS_MAX,
    HTTP_GZIP_LEAST = 1024, /* bytes of a reply worth compressing */
    HTTP_ETAG_SIZE = 32,
    HTTP_HOST_MAX = 256, /* bytes of a Host header */
    HTTP_RETRY_S = 1,    /* told in Retry-After */
};

#define HTTP_HTML "text/html; charset=utf-8"

LIST_HEAD(http_connection_list, http_connection);
LIST_HEAD(http_peer_list, http_peer);

/* All connections of one address. */
struct http_peer {
    LIST_ENTRY(http_peer) link;
    unsigned char address[16];
    size_t connections, in_flight;
};

struct http_listener {
    struct acceptor *acceptor;
    char *address;
};

struct http {
    struct http_host host;
    struct MHD_Daemon *mhd;
    uv_poll_t poll;
    uv_timer_t timer;
    struct http_listener listeners[HTTP_LISTENERS_MAX];
    size_t listener_count;
    struct http_connection_list connections;
    struct http_peer_list peers;
    size_t connection_count;
    uint64_t connection_number;
    struct http_connection *accepting; /* while the library takes it over */
    uint64_t salt;                     /* of this start, in every ETag */
    uint64_t statuses[METRICS_STATUSES];
    char *openapi; /* made when first asked for */
    size_t openapi_len;
    bool is_dirty; /* the library has something to do */
    bool is_stopping, is_settled;
};

struct http_connection {
    LIST_ENTRY(http_connection) link;
    struct http *http;
    struct http_peer *peer;
    int fd;
    uint64_t number;              /* names it in the log */
    uint64_t requests;            /* that came on it */
    uint64_t rounds;              /* its turns with the workers */
    uint64_t waits_since;         /* ms of uv_now(): for a request to come whole; 0: it has come */
    uint64_t taken, taken_at;     /* bytes that the client has acknowledged, and when it last did */
    uint64_t ended_for;           /* `waits_since` when the end was first seen */
    uint64_t received;            /* bytes that came for the requests before the one waited for */
    uint64_t received_for;        /* `requests` when they were noted */
    bool is_surplus;              /* beyond the limit of connections */
    struct http_request *request; /* under way; NULL: none */
};

enum http_stage { HTTP_NEW, HTTP_READING, HTTP_WAITING, HTTP_DONE };

struct http_request {
    struct http_connection *connection; /* NULL until its head is there */
    struct MHD_Connection *mhd;
    enum http_stage stage;
    uint64_t number; /* among its connection's */
    char *target;    /* as it was sent, from its path on */
    char *base;      /* URL of this server */
    struct route_call call;
    size_t body;     /* bytes read */
    bool takes_body; /* they are a call */
    struct buf posted;
    struct rpc_message message; /* of it */
    bool is_head, is_old /* HTTP/1.0 */, takes_gzip, is_gzipped;
    char etag[HTTP_ETAG_SIZE];
    struct job job;
    const char *method;   /* what the worker is asked; of a page, first */
    const json_t *params; /* likewise */
    /* Of an export. */
    json_t *cursor; /* params of the next piece; NULL: there is none */
    struct gzip *gzip;
    struct buf piece;
    size_t sent; /* bytes of the piece */
    bool has_begun, is_starved;
};

/* http.c */
/* The URL of this server by the address that a socket is bound to, *new*. */
char *http_bound_url(int fd);

/* connection.c */
/* An acceptor_take; `data` is a struct http. */
void http_accept(void *data, int fd, const struct sockaddr *from, socklen_t len);
void http_connection_notify(void *cls, struct MHD_Connection *mhd, void **socket_context,
                            enum MHD_ConnectionNotificationCode code);
/* Cuts off by shutting the socket down: the library then ends what there is of it. */
void http_connection_cut(struct http_connection *connection);
void http_connection_sweep(struct http_connection *connection);
/* Counts the connection as cut off, and tells the log why. */
void http_connection_tell(const struct http_connection *connection, const char *why);
/* The connection that the library means. *Borrowed*. */
struct http_connection *http_connection_of(struct MHD_Connection *mhd);

/* request.c */
void *http_request_begin(void *cls, const char *uri, struct MHD_Connection *mhd);
enum MHD_Result http_request_handle(void *cls, struct MHD_Connection *mhd, const char *url,
                                    const char *method, const char *version, const char *upload,
                                    size_t *upload_size, void **context);
void http_request_completed(void *cls, struct MHD_Connection *mhd, void **context,
                            enum MHD_RequestTerminationCode code);
/* Frees a request that was begun and never completed: the library says nothing of one that it refuses itself,
 * as where its parameters are too many for it. Nothing works on such a one. */
void http_request_forget(struct http_connection *connection);
/* Hands the request's job in and suspends the connection; false where the queue is full. */
bool http_request_submit(struct http_request *request, const char *method, const json_t *params);

/* Tells the log of a call that ended, where it is to be told. */
void http_request_tell(const struct http_request *request, const char *method, int code, const char *message);
/* Names the request for the log, and for who asks about a failure. */
void http_request_name(const struct http_request *request, char name[LOG_ID_SIZE]);

/* host.c */
/* The base URL of this server as the request calls it, *new*; NULL with `problem` where it may not be called
 * so. */
char *http_base(struct http_request *request, struct problem *problem);

/* reply.c: each queues a response. */
enum MHD_Result http_reply_problem(struct http_request *request, const struct problem *problem);
/* Of the request's route; steals the body. */
enum MHD_Result http_reply(struct http_request *request, const char *type, struct buf *body);
/* The same with another status. */
enum MHD_Result http_reply_as(struct http_request *request, unsigned status, const char *type,
                              struct buf *body);
enum MHD_Result http_reply_empty(struct http_request *request, unsigned status, const char *location);
enum MHD_Result http_reply_stream(struct http_request *request, const char *type,
                                  MHD_ContentReaderCallback reader);
/* Whether the client has what it would be sent. */
bool http_is_unchanged(struct http_request *request);
void http_set_etag(struct http_request *request, uint64_t tag);
bool http_takes_gzip(struct MHD_Connection *mhd);

/* local.c: what is answered without a worker. */
enum MHD_Result http_answer_local(struct http_request *request);

/* call.c: a call of the protocol that came as a body. */
enum MHD_Result http_call_start(struct http_request *request);
/* What a worker answered it. */
enum MHD_Result http_call_finish(struct http_request *request);
/* In the worker's thread: puts the result in its envelope. */
void http_call_render(struct http_request *request);
/* An error as the reply to it, and counted. */
enum MHD_Result http_call_refuse(struct http_request *request, int code, const char *message);

/* answer.c: what a worker answers. */
/* Whether a worker is needed; takes down what it is to be asked. */
bool http_answer_asks(struct http_request *request);
enum MHD_Result http_answer_start(struct http_request *request);
/* Has a worker asked; the answer is http_answer_finish()'s. */
enum MHD_Result http_answer_ask(struct http_request *request, const char *method, const json_t *params);
enum MHD_Result http_answer_finish(struct http_request *request);
/* Goes on with an export that found the queue full. */
void http_answer_retry(struct http_request *request);

#endif
