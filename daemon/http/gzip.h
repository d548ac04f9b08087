/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compression of replies (RFC 1952), whole or piece by piece. One thread at a time. */
#ifndef PURPOSED_HTTP_GZIP_H
#define PURPOSED_HTTP_GZIP_H

#include <stdbool.h>

#include "indexer/base/buf.h"

struct gzip;

struct gzip *gzip_new(void);       /* *new* */
void gzip_free(struct gzip *gzip); /* takes NULL */
/* Appends what `from` becomes; all of it can be read by the other side. After the last piece nothing follows.
 */
void gzip_put(struct gzip *gzip, const struct buf *from, bool is_last, struct buf *to);

#endif
