/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A daemon on a loop in a thread of its own, and clients that talk to it from the test's.
 *
 * Every failure of the helpers fails the test. A client waits at most CLIENT_WAIT_S for what must come.
 */
#ifndef PURPOSED_TESTS_HARNESS_H
#define PURPOSED_TESTS_HARNESS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "daemon/daemon.h"
#include "daemon/wire/frame.h"

enum { CLIENT_WAIT_S = 60 };

struct served {
    struct daemon_options options;
    uv_loop_t loop;
    uv_thread_t thread;
    struct daemon *daemon;
    char folder[64]; /* made for it, removed at the end */
    char path[96];   /* of its socket in that folder */
};

/* Standard options, with timeouts long enough that none passes by chance; change them, then start. */
void served_init(struct served *served);
void served_start(struct served *served);
/* Waits until it has ended by itself, frees it, and sees that nothing is left on the loop nor of the search.
 */
void served_join(struct served *served);
/* SIGTERM, and the same. */
void served_stop(struct served *served);

struct client {
    int fd;
    struct frame_reader reader;
};

void client_dial(struct client *client, const char *path);
void client_dial_tcp(struct client *client, unsigned short port);
void client_close(struct client *client);
void client_send(struct client *client, const char *text);
void client_send_bytes(struct client *client, const char *bytes, size_t len);
/* A request line with an integer id; `params` is JSON text, NULL for none. */
void client_call(struct client *client, int id, const char *method, const char *params);
/* So many, with ids from `first` on, in one piece: all of them are there when the first is read. */
void client_call_at_once(struct client *client, int first, int count, const char *method, const char *params);
/* The next line as JSON, *new*; NULL where the daemon has closed the connection. */
json_t *client_reply(struct client *client);
/* The next reply has this id and is an error of this code whose message holds `says`. */
void client_expect_error(struct client *client, int id, int code, const char *says);
/* The next reply has this id and this result (JSON text). */
void client_expect_result(struct client *client, int id, const char *result);
void client_expect_end(struct client *client);

int reply_id(const json_t *reply);   /* -1: null */
int reply_code(const json_t *reply); /* 0: a result */

/* The member a.b of what `status` says on a connection of its own. */
json_int_t status_number(const char *path, const char *object, const char *member);
/* Asks `condition` until it holds, at most CLIENT_WAIT_S. */
void wait_until(bool (*condition)(void *data), void *data);

#endif
