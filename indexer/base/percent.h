/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way into a URL. */
#ifndef PURPOSED_BASE_PERCENT_H
#define PURPOSED_BASE_PERCENT_H

#include "indexer/base/buf.h"

/* Appends the text percent-encoded, all but the characters that are never special (RFC 3986, 2.3): a piece of
 * a path, or a parameter's name or value. */
void percent_put(struct buf *to, const char *text);
/* Appends the text of a whole URL, with what may not stand in one percent-encoded. */
void percent_put_url(struct buf *to, const char *url);

#endif
