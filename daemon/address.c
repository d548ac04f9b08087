/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/address.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOST_MAX = 256, FOLDER_MODE = 0700, GROUP_FOLDER_MODE = 0750, GROUP_SOCKET_MODE = 0660 };

static bool is_loopback(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        return (ntohl(in->sin_addr.s_addr) >> 24) == 127;
    }
    const struct in6_addr *in6 = &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr;
    return IN6_IS_ADDR_LOOPBACK(in6) || (IN6_IS_ADDR_V4MAPPED(in6) && in6->s6_addr[12] == 127);
}

static int parse_unix(const char *path, struct address *address, struct error *error)
{
    size_t len = strlen(path);
    if (len == 0 || len >= sizeof address->path) {
        error_set(error, "a socket's path takes 1 to %zu bytes, this one has %zu", sizeof address->path - 1,
                  len);
        return -1;
    }
    address->is_unix = true;
    memcpy(address->path, path, len + 1);
    return 0;
}

/* Splits "HOST:PORT" or "[HOST]:PORT" at its last colon. */
static int split_host(const char *text, char *host, size_t size, const char **ret_port, struct error *error)
{
    const char *colon = strrchr(text, ':');
    bool is_bracketed = text[0] == '[' && colon && colon > text + 1 && colon[-1] == ']';
    const char *from = is_bracketed ? text + 1 : text;
    size_t len = colon ? (size_t)(colon - from) - is_bracketed : 0;
    char *end = NULL;
    long port = colon ? strtol(colon + 1, &end, 10) : -1;
    if (!colon || end == colon + 1 || *end || port < 0 || port > 65535 || len >= size ||
        (!is_bracketed && memchr(from, ':', len))) {
        error_set(
            error,
            "expected tcp:HOST:PORT or http:HOST:PORT, with an IPv6 host in brackets and a port of 0 to "
            "65535");
        return -1;
    }
    memcpy(host, from, len);
    host[len] = '\0';
    *ret_port = colon + 1;
    return 0;
}

static int take_hosts(const struct addrinfo *found, bool is_public, struct address *address,
                      struct error *error)
{
    for (const struct addrinfo *at = found; at && address->host_count < ADDRESS_HOSTS_MAX; at = at->ai_next) {
        if (at->ai_addrlen > sizeof address->hosts[0])
            continue;
        if (!is_public && !is_loopback(at->ai_addr)) {
            error_set(error,
                      "others could reach this address: say --public if they may, or use 127.0.0.1 or ::1");
            return -1;
        }
        memcpy(&address->hosts[address->host_count++], at->ai_addr, at->ai_addrlen);
    }
    return 0;
}

static int parse_tcp(const char *text, bool is_public, struct address *address, struct error *error)
{
    char host[HOST_MAX];
    const char *port;
    if (split_host(text, host, sizeof host, &port, error))
        return -1;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *found = NULL;
    bool is_any = host[0] == '\0' || strcmp(host, "*") == 0;
    /* This name needs no resolver (RFC 6761), which a bare machine has not been told of. */
    if (strcasecmp(host, "localhost") == 0)
        strcpy(host, "127.0.0.1");
    int status = getaddrinfo(is_any ? NULL : host, port, &hints, &found);
    if (status) {
        error_set(error, "no such host: %s", status == EAI_SYSTEM ? strerror(errno) : gai_strerror(status));
        return -1;
    }
    status = take_hosts(found, is_public, address, error);
    freeaddrinfo(found);
    return status;
}

static int parse(const char *text, bool is_public, struct address *address, struct error *error)
{
    if (strncmp(text, "unix:", 5) == 0)
        return parse_unix(text + 5, address, error);
    if (strncmp(text, "tcp:", 4) == 0)
        return parse_tcp(text + 4, is_public, address, error);
    address->is_http = strncmp(text, "http:", 5) == 0;
    if (address->is_http)
        return parse_tcp(text + (strncmp(text, "http://", 7) == 0 ? 7 : 5), is_public, address, error);
    error_set(error, "expected unix:PATH, tcp:HOST:PORT or http:HOST:PORT");
    return -1;
}

int address_parse(const char *text, bool is_public, struct address *ret_address, struct error *error)
{
    struct error own = ERROR_NONE;
    struct address address = {.is_unix = false};
    if (parse(text, is_public, &address, &own)) {
        error_set(error, "cannot listen on \"%s\": %s", text, own.text);
        return -1;
    }
    *ret_address = address;
    return 0;
}

bool address_is_public(const struct sockaddr *address)
{
    return (address->sa_family == AF_INET || address->sa_family == AF_INET6) && !is_loopback(address);
}

/* ---- folders and groups ---- */

int address_take_group(const char *name, struct address_group *ret_group, struct error *error)
{
    char *end;
    *ret_group = (struct address_group){.is_given = name != NULL};
    if (!name)
        return 0;
    const struct group *found = getgrnam(name);
    unsigned long number = strtoul(name, &end, 10);
    ret_group->id = found ? found->gr_gid : (gid_t)number;
    if (found || (*name && !*end && (unsigned long)ret_group->id == number))
        return 0;
    error_set(error, "there is no group \"%s\"", name);
    return -1;
}

static mode_t folder_mode(const struct address_group *group)
{
    return group->is_given ? GROUP_FOLDER_MODE : FOLDER_MODE;
}

/* Sets owner and mode of what is ours. */
static int set_mode(const char *path, mode_t mode, const struct address_group *group, struct error *error)
{
    if ((group->is_given && chown(path, (uid_t)-1, group->id)) || chmod(path, mode)) {
        error_set(error, "cannot say who may use %s: %s", path, strerror(errno));
        return -1;
    }
    return 0;
}

int address_share(const char *path, const struct address_group *group, struct error *error)
{
    return group->is_given ? set_mode(path, GROUP_SOCKET_MODE, group, error) : 0;
}

int address_make_folder(const char *path, const struct address_group *group, struct error *error)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path)
        return 0;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    if (mkdir(folder, FOLDER_MODE) == 0)
        return set_mode(folder, folder_mode(group), group, error);
    if (errno == EEXIST)
        return 0;
    error_set(error, "cannot make the folder %s: %s", folder, strerror(errno));
    return -1;
}

/* Whether nobody else can put a socket of their own in the folder, or, but for the group, listen to ours. */
static int secure_folder(const char *folder, const struct address_group *group, struct error *error)
{
    struct stat is;
    if (mkdir(folder, FOLDER_MODE) && errno != EEXIST) {
        error_set(error, "cannot make the folder %s: %s", folder, strerror(errno));
        return -1;
    }
    if (lstat(folder, &is) || !S_ISDIR(is.st_mode) || is.st_uid != geteuid()) {
        error_set(error, "%s is not a folder of ours: remove it, or name another address with --listen",
                  folder);
        return -1;
    }
    return set_mode(folder, folder_mode(group), group, error);
}

int address_default(const struct address_group *group, struct buf *to, struct error *error)
{
    char folder[PATH_MAX];
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (runtime && runtime[0] == '/')
        snprintf(folder, sizeof folder, "%s/purposed", runtime);
    else if (geteuid() == 0)
        snprintf(folder, sizeof folder, "/run/purposed");
    else
        snprintf(folder, sizeof folder, "/tmp/purposed-%lu", (unsigned long)geteuid());
    if (secure_folder(folder, group, error))
        return -1;
    buf_printf(to, "unix:%s/sock", folder);
    return 0;
}

void address_put_tcp(struct buf *to, const struct sockaddr *address)
{
    char host[INET6_ADDRSTRLEN] = "?";
    if (address->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)address;
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof host);
        buf_printf(to, "tcp:[%s]:%u", host, ntohs(in6->sin6_port));
    } else {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)address;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof host);
        buf_printf(to, "tcp:%s:%u", host, ntohs(in->sin_port));
    }
}
