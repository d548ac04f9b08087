/* SPDX-License-Identifier: MIT */
/*
 * libpurpose: ask a Purposed daemon from a C program.
 *
 *     struct purpose_connection *daemon = purpose_new();
 *     json_t *params = json_pack("{s:s}", "q", "risk stratification");
 *     json_t *result = NULL;
 *     if (purpose_connect(daemon, NULL) || purpose_call(daemon, "search", params, &result))
 *         fprintf(stderr, "%s\n", purpose_error_text(daemon));
 *
 * Conventions
 *  1. Methods, parameters and results are those of the daemon's JSON-RPC protocol, as jansson values.
 *  2. *New* things are the caller's to free: purpose_free(), json_decref(). Nothing passed in is kept.
 *  3. A function that can fail returns an enum purpose_status; results are set on PURPOSE_OK only. After a
 * failure purpose_error_text() says, for people, what is wrong and what to do next.
 *  4. Nothing waits longer than the connection's timeout, but for the system's look-up of a host name.
 * Replies are bounded by PURPOSE_REPLY_MAX. A wait interrupted by a signal goes on.
 *  5. A connection belongs to one thread at a time and has one call under way. Different connections share
 * nothing and may be used by different threads at once. purpose_default_address() reads the environment.
 *  6. The library never ends the program, raises no SIGPIPE, installs no handler and writes to no stream.
 *  7. After any failure but PURPOSE_REFUSED and PURPOSE_BAD_ARGUMENT the connection is closed;
 * purpose_connect() opens it again.
 */
#ifndef PURPOSE_H
#define PURPOSE_H

#include <jansson.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    PURPOSE_REPLY_MAX = 64 * 1024 * 1024,  /* bytes of one reply */
    PURPOSE_REQUEST_MAX = 4 * 1024 * 1024, /* bytes of one request */
    PURPOSE_TIMEOUT_MS = 30000,            /* milliseconds for a connect or a call, unless set otherwise */
    PURPOSE_TIMEOUT_MAX_MS = 86400000,     /* the longest that can be set: a day */
    PURPOSE_ADDRESS_SIZE = 512,            /* bytes of an address, NUL included */
    PURPOSE_ERROR_SIZE = 2048,             /* bytes of an error's text, NUL included; longer ones are cut */
};

enum purpose_status {
    PURPOSE_OK = 0,
    PURPOSE_BAD_ARGUMENT, /* the address, method or parameters cannot be used as they are */
    PURPOSE_NO_DAEMON,    /* nothing listens at the address, or it may not be reached */
    PURPOSE_TIMEOUT,      /* no connection, or no whole reply, in time */
    PURPOSE_LOST,         /* the daemon went away before its reply was whole */
    PURPOSE_BAD_REPLY,    /* what came is no reply to this call, or longer than PURPOSE_REPLY_MAX */
    PURPOSE_REFUSED,      /* the daemon answered with an error: see purpose_error_code() */
    PURPOSE_NO_MEMORY,
};

struct purpose_connection;

/* *New*, not connected yet; NULL without memory. */
struct purpose_connection *purpose_new(void);
/* Closes and frees; takes NULL. */
void purpose_free(struct purpose_connection *connection);

/* Milliseconds for each connect and each call from now on, 1 to PURPOSE_TIMEOUT_MAX_MS (others are moved
 * there). */
void purpose_set_timeout(struct purpose_connection *connection, int milliseconds);

/* Connects to `unix:PATH` or `tcp:HOST:PORT` (`tcp:[HOST]:PORT` for a numeric IPv6 host); NULL is the default
 * address. A connection already open is closed first. A default folder under /tmp that belongs to another
 * user is not used. */
enum purpose_status purpose_connect(struct purpose_connection *connection, const char *address);
void purpose_close(struct purpose_connection *connection);

/* Calls `method` and waits for its result, *new*. `params` is an object or NULL. */
enum purpose_status purpose_call(struct purpose_connection *connection, const char *method,
                                 const json_t *params, json_t **ret_result);

/* What the last failure was, one line, *borrowed* until the next call on this connection; "" when there was
 * none. For PURPOSE_REFUSED it is the daemon's message as it came: clean it before showing it on a terminal.
 */
const char *purpose_error_text(const struct purpose_connection *connection);
/* The JSON-RPC code of the last PURPOSE_REFUSED (-32602 bad parameters, -32003 no such record, …), 0
 * otherwise. */
int purpose_error_code(const struct purpose_connection *connection);

/* Writes the address where this user's daemon listens: `unix:` and $XDG_RUNTIME_DIR/purposed/sock, else
 * /run/purposed/sock for root, else /tmp/purposed-UID/sock. PURPOSE_BAD_ARGUMENT when it does not fit. */
enum purpose_status purpose_default_address(char *to, size_t size);

#ifdef __cplusplus
}
#endif

#endif
