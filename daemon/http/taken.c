/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart, since the kernel's header, which alone has the member, and the C library's cannot be included
 * together. */
#include "daemon/http/taken.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

static struct tcp_info info_of(int fd)
{
    struct tcp_info info = {.tcpi_bytes_acked = 0}, none = info;
    socklen_t len = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) ? none : info;
}

uint64_t taken_bytes(int fd)
{
    return info_of(fd).tcpi_bytes_acked;
}

uint64_t taken_received(int fd)
{
    return info_of(fd).tcpi_bytes_received;
}
