/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a request calls this server. A page of somebody else's can have its own name lead to this machine and
 * then read, as its own, what is served here (DNS rebinding); so a server that only this machine reaches is
 * asked by a number, as localhost, or by the name it was given.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon/http/internal.h"
#include "indexer/base/mem.h"

static bool is_number(const char *host)
{
    unsigned char address[16];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* Whether the base URL that the server was given names this host. */
static bool is_own(const char *base, const char *host)
{
    const char *own = base ? strstr(base, "://") : NULL;
    size_t len = strlen(host);
    return own && strncasecmp(own + 3, host, len) == 0 && strchr(":/", own[3 + len]);
}

/* The host without its port and brackets; false where it is no host. */
static bool take_host(const char *header, char host[HTTP_HOST_MAX])
{
    size_t len = strlen(header);
    if (len == 0 || len >= HTTP_HOST_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        if (!isalnum((unsigned char)header[i]) && !strchr(".-_:[]", header[i]))
            return false;
    bool is_bracketed = header[0] == '[';
    size_t end = is_bracketed ? strcspn(header, "]") : strcspn(header, ":");
    const char *port = header + end + (is_bracketed && header[end]);
    if ((is_bracketed && !header[end]) || (*port && *port != ':') ||
        (*port && port[1 + strspn(port + 1, "0123456789")]))
        return false;
    snprintf(host, HTTP_HOST_MAX, "%.*s", (int)(end - is_bracketed), header + is_bracketed);
    return host[0] != '\0';
}

static enum MHD_Result count_host(void *count, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind, (void)value;
    *(int *)count += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    return MHD_YES;
}

char *http_base(struct http_request *request, struct problem *problem)
{
    const struct http_host *own = &request->connection->http->host;
    const char *header = MHD_lookup_connection_value(request->mhd, MHD_HEADER_KIND, MHD_HTTP_HEADER_HOST);
    char host[HTTP_HOST_MAX];
    int count = 0;
    MHD_get_connection_values(request->mhd, MHD_HEADER_KIND, count_host, &count);
    if (count > 1) { /* whoever looked at the other one was deceived (RFC 9112, 3.2) */
        problem_set(problem, 400, NULL, "the Host header is given twice");
        return NULL;
    }
    if (!header && request->is_old) /* it need not say (RFC 1945): it is called as it was reached */
        return own->base_url ? mem_text(own->base_url) : http_bound_url(request->connection->fd);
    if (!header) {
        problem_set(problem, 400, NULL, "the Host header is missing");
        return NULL;
    }
    if (!take_host(header, host)) {
        problem_set(problem, 400, NULL, "the Host header takes a host and a port");
        return NULL;
    }
    if (!own->is_public && !is_number(host) && strcasecmp(host, "localhost") != 0 &&
        !is_own(own->base_url, host)) {
        problem_set(problem, 421, NULL,
                    "this server is not called %s: ask for localhost, or start it with --base-url "
                    "http://%s or with --public",
                    host, host);
        return NULL;
    }
    return own->base_url ? mem_text(own->base_url) : mem_format("http://%s", header);
}
