/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Memory that is there or the program is not.
 *
 * The programs bound what they hold by named limits, so running out of memory means that the machine is out
 * of it. They then say so on stderr and end with exit code 2; the index is changed by transactions only, so
 * nothing indexed is lost. The rooms that others link into their own programs (shim, daemon/wire, client's
 * library) do not use this: they report it as an error. Our programs have libraries end the same way where
 * they can be told to (mem_run_out): what goes on without memory that it needed is believed to be whole.
 */
#ifndef PURPOSED_BASE_MEM_H
#define PURPOSED_BASE_MEM_H

#include <stddef.h>
#include <stdlib.h>

/* Says that there is no memory and ends the program with exit code 2; nothing of it runs any more. */
_Noreturn void mem_run_out(void);

/* All return *new* memory, never NULL; free() it. A size of 0 is allowed. */
void *mem_alloc(size_t size);
void *mem_zero(size_t count, size_t size);
void *mem_grow(void *block, size_t count, size_t size); /* steals `block` */
char *mem_copy(const void *bytes, size_t len);          /* NUL-terminated */
char *mem_text(const char *text);                       /* NULL gives NULL */
__attribute__((format(printf, 1, 2))) char *mem_format(const char *format, ...);

/* Room for one more: grows *array, doubling, so that it holds len + 1 of `size` bytes. `*cap` is in items. */
void *mem_push(void *array, size_t len, size_t *cap, size_t size);

static inline void mem_free_text(char **text)
{
    free(*text);
}

/* A local that frees itself at the end of its block. */
#define MEM_AUTO __attribute__((cleanup(mem_free_text)))

#endif
