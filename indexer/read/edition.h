/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The edition a text names: the month in which the period ends that it covers. For this room only. */
#ifndef PURPOSED_READ_EDITION_H
#define PURPOSED_READ_EDITION_H

#include <stdbool.h>

enum { EDITION_SIZE = 8 /* bytes of "YYYY-MM" with its NUL */ };

/* "01 February 2021 to 28 February 2021" and the like: the last month named with its year. */
bool edition_from_text(const char *text, char ret_edition[EDITION_SIZE]);
/* The same, or digits as in "2021-02.xlsx", "register_202102_final.csv". Folders do not count. */
bool edition_from_file_name(const char *path, char ret_edition[EDITION_SIZE]);

#endif
