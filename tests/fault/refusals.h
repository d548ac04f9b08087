/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which calls of a kind are refused, decided outside of the program while it runs: four numbers of 64 bits in
 * the machine's order, in a file shared with whoever runs it. Takes no lock and allocates nothing.
 */
#ifndef PURPOSED_TESTS_REFUSALS_H
#define PURPOSED_TESTS_REFUSALS_H

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct refusals {
    _Atomic int64_t made;        /* calls so far */
    _Atomic int64_t first, last; /* to be refused; 0: none */
    _Atomic int64_t refused;
};

/* Those of the file that the environment names; NULL: it names none. */
static inline struct refusals *refusals_open(const char *variable)
{
    const char *path = getenv(variable);
    int fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return NULL;
    long found = syscall(SYS_mmap, NULL, sizeof(struct refusals), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    syscall(SYS_close, fd);
    if (found < 0 && found > -4096)
        return NULL;
    return (struct refusals *)found; // NOLINT(performance-no-int-to-ptr): as the kernel gives it
}

/* Counts a call; true: it fails with `error`, which is put into errno. */
static inline bool refusals_apply(struct refusals *refusals, int error)
{
    if (!refusals)
        return false;
    int64_t number = atomic_fetch_add(&refusals->made, 1) + 1;
    int64_t first = atomic_load(&refusals->first);
    if (first == 0 || number < first || number > atomic_load(&refusals->last))
        return false;
    atomic_fetch_add(&refusals->refused, 1);
    errno = error;
    return true;
}

#endif
