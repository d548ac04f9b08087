/* SPDX-License-Identifier: GPL-2.0-or-later */
/* To be preloaded: the machine's clock jumps by years, forward and back, each time it is read. Clocks that
 * only go forward are let be. */
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { JUMP_S = 300000000 };

static time_t jump(void)
{
    static atomic_uint reads;
    return atomic_fetch_add(&reads, 1) % 2 ? JUMP_S : -JUMP_S;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (syscall(SYS_clock_gettime, clock, now))
        return -1;
    if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)
        now->tv_sec += jump();
    return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
    struct timespec is;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &is))
        return -1;
    *now = (struct timeval){is.tv_sec, is.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *to)
{
    struct timespec is;
    if (clock_gettime(CLOCK_REALTIME, &is))
        return -1;
    if (to)
        *to = is.tv_sec;
    return is.tv_sec;
}
