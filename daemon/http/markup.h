/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text on its way into XML, URLs and plain text. */
#ifndef PURPOSED_HTTP_MARKUP_H
#define PURPOSED_HTTP_MARKUP_H

#include "indexer/base/buf.h"

/* Text for XML 1.0, in content or a quoted attribute: what XML cannot hold becomes U+FFFD. NULL is "". */
void markup_put_xml(struct buf *to, const char *text);
/* "<name>text</name>" */
void markup_put_element(struct buf *to, const char *name, const char *text);
/* A text percent-encoded, all but the characters that are never special (RFC 3986, 2.3). */
void markup_put_percent(struct buf *to, const char *text);
/* A URL's text as it was sent, with what may not stand in a URL percent-encoded. */
void markup_put_url(struct buf *to, const char *url);
/* The text that a snippet shows: without marks and escapes. */
void markup_put_plain(struct buf *to, const char *html);

#endif
