/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods that there are, for those who ask for another. */
#ifndef PURPOSED_WORK_METHODS_H
#define PURPOSED_WORK_METHODS_H

#include <stddef.h>

enum { METHODS_UNKNOWN_SIZE = 256 /* bytes of the message, NUL included */ };

/* Says that there is no such method, and which there are. */
void methods_unknown(const char *method, char *message, size_t size);

#endif
