/* SPDX-License-Identifier: MIT */
/*
 * From an address to a connected socket, within a deadline. Of libpurpose's inside; threads as there.
 */
#ifndef PURPOSED_CLIENT_DIAL_H
#define PURPOSED_CLIENT_DIAL_H

#include <stdint.h>

#include "client/purpose.h"

enum {
    DIAL_RETRY_MS = 20, /* between two tries at a Unix socket whose queue is full */
};

struct dial_error {
    enum purpose_status status;
    char text[PURPOSE_ERROR_SIZE];
};

/* Milliseconds of a clock that only goes forward. */
int64_t dial_now(void);
/* Waits until `fd` is ready for poll's `events`: 1, or 0 once dial_now() has reached `deadline`, or -1 with
 * errno. */
int dial_wait(int fd, short events, int64_t deadline);
/* A *new* non-blocking socket connected to `address`, or -1 with `error`. `is_default`: the address was not
 * chosen by the user, so hints need not name it and its folder is checked. */
int dial(const char *address, int is_default, int64_t deadline, struct dial_error *error);

#endif
