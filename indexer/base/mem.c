/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "indexer/base/mem.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void mem_run_out(void)
{
    static const char message[] = "out of memory: stopping; what was indexed before is safe\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);
    (void)ignored;
    _exit(2);
}

void *mem_alloc(size_t size)
{
    void *block = malloc(size ? size : 1);
    if (!block)
        mem_run_out();
    return block;
}

void *mem_zero(size_t count, size_t size)
{
    void *block = calloc(count ? count : 1, size ? size : 1);
    if (!block)
        mem_run_out();
    return block;
}

void *mem_grow(void *block, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        mem_run_out();
    void *grown = realloc(block, count && size ? count * size : 1);
    if (!grown)
        mem_run_out();
    return grown;
}

char *mem_copy(const void *bytes, size_t len)
{
    char *copy = mem_alloc(len + 1);
    if (len)
        memcpy(copy, bytes, len);
    copy[len] = '\0';
    return copy;
}

char *mem_text(const char *text)
{
    return text ? mem_copy(text, strlen(text)) : NULL;
}

char *mem_format(const char *format, ...)
{
    char *text = NULL;
    va_list args;
    va_start(args, format);
    int len = vasprintf(&text, format, args);
    va_end(args);
    if (len < 0)
        mem_run_out();
    return text;
}

void *mem_push(void *array, size_t len, size_t *cap, size_t size)
{
    if (len < *cap)
        return array;
    *cap = *cap ? *cap * 2 : 8;
    return mem_grow(array, *cap, size);
}
