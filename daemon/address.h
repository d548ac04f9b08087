/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses to listen on: unix:PATH, tcp:HOST:PORT and http:HOST:PORT. */
#ifndef PURPOSED_DAEMON_ADDRESS_H
#define PURPOSED_DAEMON_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "indexer/base/buf.h"
#include "indexer/base/error.h"

enum { ADDRESS_HOSTS_MAX = 4 /* socket addresses that one host name stands for */ };

struct address {
    bool is_unix, is_http;
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
    struct sockaddr_storage hosts[ADDRESS_HOSTS_MAX];
    size_t host_count;
};

/* Takes an address apart, a host's name looked up. Addresses others can reach are refused unless `is_public`.
 * Returns 0, or -1 with `error`. */
int address_parse(const char *text, bool is_public, struct address *ret_address, struct error *error);

/* Those who may use a socket besides its user. */
struct address_group {
    bool is_given;
    gid_t id;
};

/* Looks a group up by its name or number; NULL: none is given. Returns 0, or -1 with `error`. */
int address_take_group(const char *name, struct address_group *ret_group, struct error *error);

/* Appends the address used when none is given, and sees to it that its folder is there, ours, and 0700, or
 * 0750 for a group. Returns 0, or -1 with `error`. */
int address_default(const struct address_group *group, struct buf *to, struct error *error);

/* Makes the folder that a socket goes in (0700, or 0750 for a group; its last level alone), if it is not
 * there. */
int address_make_folder(const char *path, const struct address_group *group, struct error *error);
/* Lets the group use the socket at `path`; nobody else but its user may. */
int address_share(const char *path, const struct address_group *group, struct error *error);
/* Whether others than this machine could reach a socket bound so. */
bool address_is_public(const struct sockaddr *address);

/* Appends "tcp:HOST:PORT", an IPv6 host in brackets. */
void address_put_tcp(struct buf *to, const struct sockaddr *address);

#endif
