/* SPDX-License-Identifier: MIT */
/*
 * Calls by HTTP, over libcurl. Of libpurpose's inside; threads as there.
 *
 * The library is looked for when the first address of HTTP is used, and not linked to: it brings thirty
 * others with it, which would be loaded each time `purpose` starts, and into every program that links
 * libpurpose.
 */
#ifndef PURPOSED_CLIENT_PURPOSE_HTTP_H
#define PURPOSED_CLIENT_PURPOSE_HTTP_H

#include "client/dial.h"
#include "indexer/base/buf.h"

enum {
    HTTP_URL_SIZE = PURPOSE_ADDRESS_SIZE + 16, /* bytes of the URL that is posted to, NUL included */
    HTTP_DETAIL_MAX = 64 * 1024,               /* bytes of a problem's description that are looked at */
};

struct purpose_http;

/* Whether the address is of HTTP. */
bool purpose_http_is(const char *address);
/* *New*; NULL with `error`. Nothing is sent yet. `address` is http:HOST:PORT, http://HOST:PORT or
 * https://HOST, which a path may follow. */
struct purpose_http *purpose_http_new(const char *address, struct dial_error *error);
void purpose_http_free(struct purpose_http *http); /* takes NULL */
/* Posts a call and waits for its reply, the text of which is *borrowed* until the next. `timeout` is in
 * milliseconds. A reply that is no call's, but says why, is PURPOSE_REFUSED with `*ret_code`, which may be 0.
 */
enum purpose_status purpose_http_post(struct purpose_http *http, const struct buf *request, int timeout,
                                      const struct buf **ret_reply, int *ret_code, struct dial_error *error);

#endif
