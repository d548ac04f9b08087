/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From options to a call of the daemon. */
#ifndef PURPOSED_CLIENT_REQUEST_H
#define PURPOSED_CLIENT_REQUEST_H

#include <jansson.h>

#include "client/options.h"

/* The method that a command calls, *borrowed* for ever; COMMAND_HELP calls none. */
const char *request_method(enum command command);
/* Its parameters, *new*; NULL with `error` where the options say something that no request can. */
json_t *request_params(const struct options *options, struct error *error);

#endif
