/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One spelling for each question: what may be left out is, and names are those of the field table. */
#ifndef PURPOSED_SEARCH_CANONICAL_H
#define PURPOSED_SEARCH_CANONICAL_H

#include <jansson.h>

/* *New*. The parameters, themselves parameters of `method` that ask the same: two questions whose canonical
 * parameters are equal are answered alike, but for the order of warnings. Wrong ones stay as wrong as they
 * are. NULL is as no parameters; what is no object comes back as it is. */
json_t *canonical_params(const char *method, const json_t *params);

#endif
