/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pages for people, made of the very results that programs get. A page says which methods it asks, one after
 * another on one snapshot, is given each result, and is written when it has them. It knows no connection; a
 * page is one thread's at a time.
 */
#ifndef PURPOSED_WEB_WEB_H
#define PURPOSED_WEB_WEB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "indexer/base/buf.h"

enum { WEB_CALLS_MAX = 6 /* methods asked for one page */ };

struct web_pair {
    const char *name, *value; /* decoded UTF-8 */
};

struct web_page;

/* What the policy of pages is to be (CSP level 3): nothing but what this server itself gives. */
#define WEB_POLICY                                                                                           \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "    \
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/* The page at a path, *new*; NULL where there is none. */
struct web_page *web_page_new(const char *path, const struct web_pair *pairs, size_t count);
void web_page_free(struct web_page *page); /* takes NULL */
/* Call number `number` of the page: its method (*borrowed*, for ever) and params (*borrowed* until the page
 * is freed, or the call is asked for again). NULL: there are no more. Call 0 needs nothing; a later one may
 * look at what came of those before. A page without calls needs no index. */
const char *web_page_call(struct web_page *page, unsigned number, const json_t **ret_params);
/* Takes what came of a call: the result's JSON, or an error's code and message. */
void web_page_take(struct web_page *page, unsigned number, const char *json, size_t len, int code,
                   const char *message);
/* Appends the page. `base`: "http://host:port". */
void web_page_put(const struct web_page *page, const char *base, struct buf *to);
/* A page that says what went wrong, in the place of `page`, whose search stays in the box; NULL: of none. */
void web_problem_put(const struct web_page *page, int status, const char *detail, struct buf *to);

struct web_asset {
    const char *name, *type;
    const unsigned char *bytes;
    size_t len;
};

/* What pages need beside themselves, by the name behind "/assets/"; NULL where there is none. */
const struct web_asset *web_asset_find(const char *name);

#endif
