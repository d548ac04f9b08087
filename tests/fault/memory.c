/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A library to be loaded before others (LD_PRELOAD): it counts a program's allocations, those of C++ and of
 * the libraries too, and refuses some, as a machine does that has no memory left.
 *
 *   FAULT_MEMORY  a file of numbers (refusals.h)
 *
 * It allocates nothing, takes no lock and calls nothing that might: what stands behind is asked under glibc's
 * own names, and a program that dies of a refusal does so by itself.
 */
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "refusals.h"

static struct refusals *memory;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

__attribute__((constructor)) static void set_up(void)
{
    memory = refusals_open("FAULT_MEMORY");
}

static bool is_refused(void)
{
    return refusals_apply(memory, ENOMEM);
}

void *malloc(size_t size)
{
    return is_refused() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return is_refused() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *block, size_t size)
{
    return is_refused() ? NULL : __libc_realloc(block, size);
}

void *memalign(size_t alignment, size_t size);
void *memalign(size_t alignment, size_t size)
{
    return is_refused() ? NULL : __libc_memalign(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return is_refused() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **ret_block, size_t alignment, size_t size)
{
    void *block = is_refused() ? NULL : __libc_memalign(alignment, size);
    if (!block)
        return ENOMEM;
    *ret_block = block;
    return 0;
}

void *mmap64(void *at, size_t len, int protection, int flags, int fd, off64_t offset)
{
    long found = -1;
    if (!is_refused())
        found = syscall(SYS_mmap, at, len, protection, flags, fd, offset);
    return (void *)found; // NOLINT(performance-no-int-to-ptr): as the kernel gives it
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t offset)
{
    return mmap64(at, len, protection, flags, fd, offset);
}
