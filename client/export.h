/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every record that a search finds, page by page from the daemon into one stream on standard output. */
#ifndef PURPOSED_CLIENT_EXPORT_H
#define PURPOSED_CLIENT_EXPORT_H

#include <jansson.h>

#include "client/options.h"
#include "client/purpose.h"
#include "client/run.h"

/* Writes the records that `params` ask for, in the options' format, in bounded memory. Tells
 * on stderr what warnings came with them, and where the stream ends before all was written. A reader that
 * goes away ends it without a word. */
enum exit_code export_run(struct purpose_connection *daemon, const struct options *options,
                          const json_t *params);

#endif
