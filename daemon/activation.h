/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a service manager hands over, and is told: sockets that it listens on for us (sd_listen_fds(3)), and
 * that we are ready, alive or ending (sd_notify(3)). Both are a few lines over environment variables, whose
 * form is promised to stay (systemd's "Interface Portability and Stability"), so libsystemd is not needed for
 * them.
 */
#ifndef PURPOSED_DAEMON_ACTIVATION_H
#define PURPOSED_DAEMON_ACTIVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/error.h"

enum {
    ACTIVATION_FIRST = 3,       /* the first descriptor handed over; the others follow */
    ACTIVATION_NAME_SIZE = 256, /* bytes of a socket's name, NUL included */
};

/* How many sockets were handed to this process, LISTENERS_MAX + 1 where they are more than that: descriptors
 * from ACTIVATION_FIRST on, which are not inherited any further. The second time there are none. */
size_t activation_count(void);
/* The name that the manager has for socket number `number`; "" for none. To be asked before
 * activation_count(). */
void activation_name(size_t number, char name[ACTIVATION_NAME_SIZE]);

/* Tells the manager `state`, as "READY=1"; nothing where there is none to tell. */
void activation_notify(const char *state);
/* Whether it wants to hear from us now and then. */
bool activation_is_watched(void);

#endif
