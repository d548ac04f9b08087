/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cursors: where a reply ended, as a text that brings what comes next.
 *
 * To others a cursor is opaque. It is base64url (RFC 4648, without padding) of a checksum and of JSON, which
 * holds the place of the last hit: its sort key's value and its id, so that records that come and go between
 * two pages move no other across the border. By relevance it holds the hit's rank and score. A search's
 * cursor knows its question by a hash, an export's carries it whole.
 */
#ifndef PURPOSED_SEARCH_CURSOR_H
#define PURPOSED_SEARCH_CURSOR_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "indexer/base/buf.h"

enum {
    CURSOR_ID_MAX = 4096,           /* bytes of an id, and of a sort key's text */
    CURSOR_SEARCH_MAX = 64 << 10,   /* bytes of a search's cursor */
    CURSOR_EXPORT_MAX = 1000 << 10, /* bytes of an export's cursor: four thirds of its parameters and more */
};

struct cursor {
    uint64_t question; /* hash of what was asked */
    char *id;          /* of the last hit */
    /* Sorted by a key: its value, both unset where the record has none. */
    char *text;
    uint32_t number;
    bool by_weight;       /* by relevance: the value is the score */
    double score;         /* of the last hit */
    uint64_t rank;        /* hits that came before the next one */
    uint64_t revision;    /* hash of the revision in which they did */
    const json_t *params; /* of an export, *borrowed* when written, owned by `json` when read */
    json_t *json;         /* holds what was read */
};

/* The cursor as text, *new*; NULL where it would be longer than `max`. */
char *cursor_write(const struct cursor *cursor, size_t max);
/* Reads what cursor_write wrote. Returns 0, or -1 for anything else. Free with cursor_free, also after a
 * failure. */
int cursor_read(const char *text, size_t len, struct cursor *ret_cursor);
void cursor_free(struct cursor *cursor);

/* The steps in between, for tests: text of a payload, *new*, and the payload of a text into `to` (-1 where it
 * is no cursor). */
char *cursor_seal(const char *payload, size_t len);
int cursor_unseal(const char *text, size_t len, struct buf *to);

/* Hash of the parameters of a search that decide which hits there are and in which order. */
uint64_t cursor_question(const json_t *params);
uint64_t cursor_hash(const void *bytes, size_t len);

#endif
