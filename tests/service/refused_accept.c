/* SPDX-License-Identifier: GPL-2.0-or-later */
/* To be preloaded: as long as there is the file that REFUSED_ACCEPT names, nobody can be accepted, for the
 * reason whose number it holds. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NUMBER_MAX = 15 };

static int reason(void)
{
    char number[NUMBER_MAX + 1] = {0};
    const char *path = getenv("REFUSED_ACCEPT");
    int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t len = file >= 0 ? read(file, number, NUMBER_MAX) : -1;
    if (file >= 0)
        close(file);
    return len > 0 ? (int)strtol(number, NULL, 10) : 0;
}

int accept4(int fd, struct sockaddr *restrict from, socklen_t *restrict len, int flags)
{
    int why = reason();
    if (!why)
        return (int)syscall(SYS_accept4, fd, from, len, flags);
    errno = why;
    return -1;
}
