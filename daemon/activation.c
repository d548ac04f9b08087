/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/activation.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/work/limits.h"

/* A number that is all of the variable's text; -1 where it is none. */
static long number_of(const char *variable)
{
    const char *text = getenv(variable);
    char *end;
    errno = 0;
    long number = text ? strtol(text, &end, 10) : -1;
    return text && *text && !*end && !errno ? number : -1;
}

size_t activation_count(void)
{
    long count = number_of("LISTEN_PID") == (long)getpid() ? number_of("LISTEN_FDS") : 0;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    if (count <= 0)
        return 0;
    if (count > LISTENERS_MAX) /* more than there can be: one too many says so */
        count = LISTENERS_MAX + 1;
    for (int fd = ACTIVATION_FIRST; fd < ACTIVATION_FIRST + count; fd++)
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    return (size_t)count;
}

void activation_name(size_t number, char name[ACTIVATION_NAME_SIZE])
{
    const char *at = getenv("LISTEN_FDNAMES");
    name[0] = '\0';
    for (; at && number > 0; number--) {
        at = strchr(at, ':');
        at = at ? at + 1 : NULL;
    }
    if (at)
        snprintf(name, ACTIVATION_NAME_SIZE, "%.*s", (int)strcspn(at, ":"), at);
}

void activation_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    if (!path || (path[0] != '/' && path[0] != '@') || strlen(path) >= sizeof to.sun_path)
        return;
    strcpy(to.sun_path, path);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
    if (path[0] == '@')
        to.sun_path[0] = '\0'; /* an abstract name */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return;
    /* A manager that does not listen is none of our trouble. */
    (void)!sendto(fd, state, strlen(state), MSG_NOSIGNAL, (const struct sockaddr *)&to, len);
    close(fd);
}

bool activation_is_watched(void)
{
    long pid = number_of("WATCHDOG_PID");
    return number_of("WATCHDOG_USEC") > 0 && (pid < 0 || pid == (long)getpid());
}
