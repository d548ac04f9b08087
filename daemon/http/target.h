/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request's target taken apart: path and parameters, percent-decoded (RFC 3986; in parameters "+" is a
 * space, as forms send it). What cannot be decoded, decodes to a NUL, or is no UTF-8, is refused by name.
 */
#ifndef PURPOSED_HTTP_TARGET_H
#define PURPOSED_HTTP_TARGET_H

#include <stddef.h>

#include "daemon/http/problem.h"

enum {
    TARGET_MAX = 64 << 10,   /* bytes of a target as it is sent */
    TARGET_PAIRS_MAX = 4096, /* parameters */
    TARGET_NAME_SHOWN = 48,  /* bytes of a parameter's name that are repeated */
};

struct pair {
    char *name, *value; /* NUL-terminated; "" where nothing stands */
};

struct target {
    char *path; /* starts with "/" */
    struct pair *pairs;
    size_t count;
};

/* Takes the target as it was sent, in origin form ("/path?query") or absolute form
 * ("http://host/path?query"). Returns 0, or -1 with `problem` and nothing to free. */
int target_parse(const char *text, size_t len, struct target *ret_target, struct problem *problem);
/* Where the path begins: an absolute target, as proxies send it, names scheme and host before it. 0 where
 * there is no path. */
size_t target_path_start(const char *text, size_t len);
void target_free(struct target *target);

#endif
