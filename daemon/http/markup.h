/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way into XML and plain text. */
#ifndef PURPOSED_HTTP_MARKUP_H
#define PURPOSED_HTTP_MARKUP_H

#include "indexer/base/buf.h"

/* Text for XML 1.0, in content or a quoted attribute: what XML cannot hold becomes U+FFFD. NULL is "". */
void markup_put_xml(struct buf *to, const char *text);
/* "<name>text</name>" */
void markup_put_element(struct buf *to, const char *name, const char *text);
/* The text that a snippet shows: without marks and escapes. */
void markup_put_plain(struct buf *to, const char *html);

#endif
