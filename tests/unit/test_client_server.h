/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A daemon that does as it is told, on a thread of its own: for what the client has to live with. */
#ifndef PURPOSED_TEST_CLIENT_SERVER_H
#define PURPOSED_TEST_CLIENT_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum server_act {
    SERVER_REPLY,     /* `bytes` for every request, $ID in them being its id and $PARAMS its parameters */
    SERVER_METHODS,   /* the result in `bytes`/METHOD-ID.json or METHOD.json; an unknown method is refused, an
                         empty file ends the connection */
    SERVER_HANG,      /* `bytes`, once, and then nothing more */
    SERVER_CLOSE,     /* `bytes` once a request came, and then the end */
    SERVER_SLAM,      /* `bytes` and the end, before anything was read */
    SERVER_TRICKLE,   /* a byte now and then, for ever */
    SERVER_FLOOD,     /* one line without an end */
    SERVER_NO_ACCEPT, /* listens, and takes nobody in */
};

enum server_door {
    SERVER_UNIX,
    SERVER_TCP,
    SERVER_HTTP, /* requests are bodies; so are `bytes`, and what lacks a line's end lacks the rest of its
                    body */
};

struct server_script {
    enum server_act act;
    const char *bytes; /* *borrowed* until server_stop(); NULL is "" */
    enum server_door door;
    const char *head; /* of HTTP: "STATUS REASON", then header lines; NULL: a good one of JSON */
};

struct server;

/* *New*, listening already. */
struct server *server_start(struct server_script script);
const char *server_address(const struct server *server); /* *borrowed* */
/* The folder in which a Unix server's socket is purposed/sock, as under $XDG_RUNTIME_DIR; *borrowed*. */
const char *server_folder(const struct server *server);
void server_stop(struct server *server);

#endif
