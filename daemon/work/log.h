/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line a failure, on stderr. Never what somebody asked, unless the daemon was told to log queries or slow
 * calls. */
#ifndef PURPOSED_DAEMON_LOG_H
#define PURPOSED_DAEMON_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum {
    LOG_LINE_MAX = 8192,    /* bytes; a longer line is cut, at the end of a text */
    LOG_TOLD_A_SECOND = 20, /* failures, slow calls, connections cut off; the others are counted */
    LOG_ID_SIZE = 48,       /* bytes of a request's id, NUL included */
};

enum log_form { LOG_TEXT, LOG_JSON };

/* How lines are written from now on; before there are threads. */
void log_set_form(enum log_form form);

/* Writes "purposed: ", the text and a line's end in one go; as JSON, an object of `time` (UTC) and `message`.
 * Any thread; control characters come out as "?", or escaped. */
__attribute__((format(printf, 1, 2))) void log_line(const char *format, ...);

/* The same of what others can bring about as often as they like: those that are too many in a second are
 * counted. The loop's thread's. */
__attribute__((format(printf, 1, 2))) void log_trouble(const char *format, ...);

/* A call, as it ended. Texts are *borrowed*; NULL where there is none. */
struct log_call {
    char request[LOG_ID_SIZE]; /* which it is: see log_request() */
    const char *id;            /* by which the caller knows it, JSON text */
    const char *method;
    const char *asked;      /* its parameters, where they may be told */
    const char *understood; /* the query in words, likewise */
    uint64_t waited_us, took_us;
    bool is_slow;
    bool is_wanted; /* every call is; else it is one of those that are counted by the second */
    int code;       /* 0: a result */
    const char *message;
};

/* Names request `number` of connection `connection` of a door: "s12.3", "h7.1". */
void log_request(char id[LOG_ID_SIZE], char door, uint64_t connection, uint64_t number);
/* The loop's thread's. */
void log_call(const struct log_call *call);
/* Whether a call that failed so is a failure of ours, and told without being asked for. */
bool log_is_failure(int code);

#endif
