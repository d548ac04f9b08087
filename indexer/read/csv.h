/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sheet saved as CSV. For this room only. */
#ifndef PURPOSED_READ_CSV_H
#define PURPOSED_READ_CSV_H

#include <stddef.h>

/* What parts the cells (',', ';' or a tab), by a heading row among the first bytes; '\0' where there is none
 * known. */
char csv_delimiter(const char *bytes, size_t len);

#endif
