/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a request, as RFC 9457 (Problem Details for HTTP APIs) spells it. */
#ifndef PURPOSED_HTTP_PROBLEM_H
#define PURPOSED_HTTP_PROBLEM_H

#include "indexer/base/buf.h"

enum {
    PROBLEM_PARAMETER_SIZE = 64, /* bytes, NUL included */
    PROBLEM_DETAIL_SIZE = 1024,  /* bytes, NUL included; a longer text is cut */
};

struct problem {
    int status;                             /* of HTTP */
    int code;                               /* of the JSON-RPC protocol; 0: HTTP's alone */
    char parameter[PROBLEM_PARAMETER_SIZE]; /* "": it is not about one */
    char detail[PROBLEM_DETAIL_SIZE];
};

/* Sets all of it and returns -1. `parameter` may be NULL. */
__attribute__((format(printf, 4, 5))) int problem_set(struct problem *problem, int status,
                                                      const char *parameter, const char *format, ...);
/* The HTTP status that answers an error of the protocol. */
int problem_status(int code);
/* Appends the JSON object. */
void problem_put(struct buf *to, const struct problem *problem);

#endif
