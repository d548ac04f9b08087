/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Apart, since the kernel's header, which alone has the member, and the C library's cannot be included
 * together. */
#include "daemon/http/taken.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

uint64_t taken_bytes(int fd)
{
    struct tcp_info info = {.tcpi_bytes_acked = 0};
    socklen_t len = sizeof info;
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) ? 0 : info.tcpi_bytes_acked;
}
