/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "daemon/work/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { LOG_LINE_MAX = 4096 /* bytes; a longer line is cut */ };

void log_line(const char *format, ...)
{
    static const char NAME[] = "purposed: ";
    char line[LOG_LINE_MAX];
    va_list args;
    memcpy(line, NAME, sizeof NAME);
    va_start(args, format);
    vsnprintf(line + sizeof NAME - 1, sizeof line - sizeof NAME, format, args);
    va_end(args);
    size_t len = strlen(line);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
            line[i] = '?';
    line[len++] = '\n';
    /* One write, so that lines of several threads do not mix; where stderr is gone there is nobody to tell.
     */
    if (write(STDERR_FILENO, line, len) < 0)
        return;
}
